# SPDX-License-Identifier: MIT
# Provides Eigen3::Eigen: the parent project's, else an installed one, else a download.
#
# The version is checked by hand: a version argument would refuse Eigen 5, a range Eigen 3.4.0.

if(NOT TARGET Eigen3::Eigen)
  include(FetchContent)
  FetchContent_Declare(Eigen3
    URL https://gitlab.com/libeigen/eigen/-/archive/3.4.0/eigen-3.4.0.tar.bz2
    URL_HASH SHA256=b4c198460eba6f28d34894e3a5710998818515104d6e74e5cc331ce31e46e626
    SOURCE_SUBDIR headers-only # no such folder: Eigen's own targets and options stay out
    FIND_PACKAGE_ARGS CONFIG GLOBAL)
  FetchContent_MakeAvailable(Eigen3)
  if(NOT TARGET Eigen3::Eigen)
    if(NOT EXISTS "${eigen3_SOURCE_DIR}/Eigen/Core")
      message(FATAL_ERROR "alphabar needs Eigen 3.4 or newer: none is installed, and none was "
        "downloaded (FETCHCONTENT_FULLY_DISCONNECTED?). Say where one is by Eigen3_DIR or "
        "FETCHCONTENT_SOURCE_DIR_EIGEN3")
    endif()
    add_library(Eigen3::Eigen INTERFACE IMPORTED GLOBAL)
    target_include_directories(Eigen3::Eigen INTERFACE ${eigen3_SOURCE_DIR})
  endif()
endif()

if(DEFINED Eigen3_VERSION AND Eigen3_VERSION VERSION_LESS 3.4)
  message(FATAL_ERROR "alphabar needs Eigen 3.4 or newer, found ${Eigen3_VERSION} in ${Eigen3_DIR}")
endif()

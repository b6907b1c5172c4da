# SPDX-License-Identifier: MIT
# What developers need beside the library: each from the system, else downloaded, and only what is
# switched on. The library itself needs Eigen alone (eigen.cmake).
include(FetchContent)

block(PROPAGATE CMAKE_MODULE_PATH)
  set(CMAKE_CXX_CLANG_TIDY "") # our rules are for our code
  string(APPEND CMAKE_CXX_FLAGS " -w")

  if(ALPHABAR_BUILD_TESTS)
    FetchContent_Declare(Catch2 # tests/support/catch.hpp takes 2.13 and 3
      URL https://github.com/catchorg/Catch2/archive/v3.6.0.tar.gz
      URL_HASH SHA256=485932259a75c7c6b72d4b874242c489ea5155d17efa345eb8cc72159f49f356
      SYSTEM FIND_PACKAGE_ARGS CONFIG)
    FetchContent_MakeAvailable(Catch2)
    list(APPEND CMAKE_MODULE_PATH ${catch2_SOURCE_DIR}/extras) # catch_discover_tests
  endif()

  if(ALPHABAR_BUILD_TESTS OR ALPHABAR_BUILD_EXAMPLES OR ALPHABAR_BUILD_PYTHON)
    FetchContent_Declare(nlohmann_json # include/alphabar/io, for who includes it
      URL https://github.com/nlohmann/json/releases/download/v3.11.3/json.tar.xz
      URL_HASH SHA256=d6c65aca6b1ed68e7a182f4757257b107ae403032760ed6ef121c9d55e81757d
      SYSTEM FIND_PACKAGE_ARGS CONFIG)
    FetchContent_MakeAvailable(nlohmann_json)
  endif()

  if(ALPHABAR_BUILD_EXAMPLES)
    FetchContent_Declare(CLI11
      URL https://github.com/CLIUtils/CLI11/archive/v2.4.2.tar.gz
      URL_HASH SHA256=f2d893a65c3b1324c50d4e682c0cdc021dd0477ae2c048544f39eed6654b699a
      SYSTEM FIND_PACKAGE_ARGS CONFIG)
    set(SKIP_INSTALL_ALL ON)
    set(ZLIB_BUILD_EXAMPLES OFF)
    FetchContent_Declare(ZLIB
      URL https://github.com/madler/zlib/releases/download/v1.3.1/zlib-1.3.1.tar.gz
      URL_HASH SHA256=9a93b2b7dfdac77ceba5a558a580e74667dd6fede4585b91eefb60f03b72df23
      SYSTEM FIND_PACKAGE_ARGS)
    FetchContent_MakeAvailable(CLI11 ZLIB)
    if(NOT TARGET ZLIB::ZLIB)
      add_library(ZLIB::ZLIB ALIAS zlibstatic)
      target_include_directories(zlibstatic SYSTEM INTERFACE ${zlib_SOURCE_DIR} ${zlib_BINARY_DIR})
    endif()
  endif()

  if(ALPHABAR_BUILD_BENCHMARKS)
    set(BENCHMARK_ENABLE_TESTING OFF)
    set(BENCHMARK_ENABLE_INSTALL OFF)
    FetchContent_Declare(benchmark
      URL https://github.com/google/benchmark/archive/v1.8.2.tar.gz
      URL_HASH SHA256=2aab2980d0376137f969d92848fbb68216abb07633034534fc8c65cc4e7a0e93
      SYSTEM FIND_PACKAGE_ARGS CONFIG)
    FetchContent_MakeAvailable(benchmark)
  endif()
endblock()

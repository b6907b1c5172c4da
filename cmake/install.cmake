# SPDX-License-Identifier: MIT
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

# Folders relative to the prefix, also where they are given absolutely (as by Nix): consumers and
# pkg-config look for them from the prefix.
foreach(folder IN ITEMS INCLUDE DATA)
  set(dir ${CMAKE_INSTALL_${folder}DIR})
  if(IS_ABSOLUTE ${dir})
    file(RELATIVE_PATH dir ${CMAKE_INSTALL_PREFIX} ${dir})
  endif()
  string(TOLOWER ${folder}_dir name)
  set(${name} ${dir})
endforeach()

set(package_dir ${data_dir}/cmake/alphabar)
install(TARGETS alphabar EXPORT alphabar FILE_SET HEADERS DESTINATION ${include_dir})
install(EXPORT alphabar
  DESTINATION ${package_dir} NAMESPACE alphabar:: FILE alphabar-targets.cmake)
write_basic_package_version_file(alphabar-config-version.cmake
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES cmake/alphabar-config.cmake ${PROJECT_BINARY_DIR}/alphabar-config-version.cmake
  DESTINATION ${package_dir})

set(pkgconfig_dir ${data_dir}/pkgconfig)
file(RELATIVE_PATH prefix_from_pkgconfig ${CMAKE_INSTALL_PREFIX}/${pkgconfig_dir} ${CMAKE_INSTALL_PREFIX})
configure_file(cmake/alphabar.pc.in alphabar.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/alphabar.pc DESTINATION ${pkgconfig_dir})

if(PROJECT_IS_TOP_LEVEL)
  include(cmake/package.cmake)
endif()

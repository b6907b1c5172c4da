# SPDX-License-Identifier: MIT
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

set(package_dir ${CMAKE_INSTALL_DATADIR}/cmake/alphabar)
install(TARGETS alphabar EXPORT alphabar FILE_SET HEADERS)
install(EXPORT alphabar
  DESTINATION ${package_dir} NAMESPACE alphabar:: FILE alphabar-targets.cmake)
write_basic_package_version_file(alphabar-config-version.cmake
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES cmake/alphabar-config.cmake ${PROJECT_BINARY_DIR}/alphabar-config-version.cmake
  DESTINATION ${package_dir})

set(pkgconfig_dir ${CMAKE_INSTALL_DATADIR}/pkgconfig)
file(RELATIVE_PATH prefix_from_pkgconfig /${pkgconfig_dir} /)
configure_file(cmake/alphabar.pc.in alphabar.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/alphabar.pc DESTINATION ${pkgconfig_dir})

if(PROJECT_IS_TOP_LEVEL)
  include(cmake/package.cmake)
endif()

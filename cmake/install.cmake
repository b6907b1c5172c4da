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

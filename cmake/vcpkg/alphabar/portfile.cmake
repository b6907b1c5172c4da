# SPDX-License-Identifier: MIT
# An overlay port of the working tree: vcpkg install alphabar --overlay-ports=cmake/vcpkg
cmake_path(SET source NORMALIZE "${CURRENT_PORT_DIR}/../../..")
vcpkg_cmake_configure(
  SOURCE_PATH "${source}"
  OPTIONS
    -DALPHABAR_BUILD_TESTS=OFF
    -DALPHABAR_BUILD_EXAMPLES=OFF
    -DALPHABAR_BUILD_BENCHMARKS=OFF)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH share/cmake/alphabar)
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/debug")
vcpkg_install_copyright(FILE_LIST "${source}/LICENSE")

# SPDX-License-Identifier: MIT
include(CMakeFindDependencyMacro)
find_dependency(Eigen3 CONFIG)
include(${CMAKE_CURRENT_LIST_DIR}/alphabar-targets.cmake)

# SPDX-License-Identifier: MIT
# cpack, then dpkg-deb -x.
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE ${ROOT})
execute_process(COMMAND ${CMAKE_CPACK_COMMAND} --config ${CONFIG} -B ${ROOT}/package
  COMMAND_ERROR_IS_FATAL ANY)
file(GLOB package ${ROOT}/package/*.deb)
execute_process(COMMAND ${DPKG_DEB} -x ${package} ${ROOT} COMMAND_ERROR_IS_FATAL ANY)

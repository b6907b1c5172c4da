# SPDX-License-Identifier: MIT
#
# Would catch: folders of an installation that consumers do not find when they are given absolutely.
#   cmake -D SOURCE=... -D WORK=... -D COMPILER=... -D CONSUMER=... -P absolute_folders.cmake
file(REMOVE_RECURSE ${WORK})
foreach(step IN ITEMS
    "-S;${SOURCE};-B;${WORK}/build;-DALPHABAR_BUILD_TESTS=OFF;-DALPHABAR_BUILD_EXAMPLES=OFF;-DCMAKE_CXX_COMPILER=${COMPILER};-DCMAKE_INSTALL_PREFIX=${WORK}/prefix;-DCMAKE_INSTALL_INCLUDEDIR=${WORK}/prefix/headers;-DCMAKE_INSTALL_DATADIR=${WORK}/prefix/shared"
    "--install;${WORK}/build"
    "-S;${CONSUMER};-B;${WORK}/consumer;-DCMAKE_CXX_COMPILER=${COMPILER};-Dalphabar_DIR=${WORK}/prefix/shared/cmake/alphabar")
  execute_process(COMMAND ${CMAKE_COMMAND} ${step} OUTPUT_QUIET COMMAND_ERROR_IS_FATAL ANY)
endforeach()
file(STRINGS ${WORK}/prefix/shared/pkgconfig/alphabar.pc lines REGEX "^(prefix|includedir)=")
list(TRANSFORM lines REPLACE ".*}/" "")
list(JOIN lines "/" folder)
if(NOT EXISTS ${WORK}/prefix/shared/pkgconfig/${folder}/alphabar/core.hpp)
  message(FATAL_ERROR "pkg-config names ${folder}, where no header is")
endif()

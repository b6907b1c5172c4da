# SPDX-License-Identifier: MIT
#
# What including the umbrella costs, beside the headers of Eigen that it stands on: the lines that
# the preprocessor leaves, and with clang++ what its front end makes of them, which moves with the
# seconds but is the same on every run. Instantiations are declarations: one careless function that
# is no template, but calls Eigen, adds a hundred thousand of them.
#
#   cmake -D COMPILER=clang++ -D INCLUDE=include -D EIGEN=/usr/include/eigen3 -D OUTPUT=build/cost
#     -P tests/contract/inclusion_cost.cmake
cmake_minimum_required(VERSION 3.25)

file(GLOB_RECURSE headers ${INCLUDE}/alphabar/*.hpp)
set(eigen "")
foreach(header IN LISTS headers)
  file(STRINGS ${header} lines REGEX "^#include <(unsupported/)?Eigen/")
  list(APPEND eigen ${lines})
endforeach()
list(REMOVE_DUPLICATES eigen)
list(JOIN eigen "\n" eigen)
file(WRITE ${OUTPUT}/eigen.cpp "${eigen}\n")
file(WRITE ${OUTPUT}/umbrella.cpp "#include <alphabar/alphabar.hpp>\n")

function(front_end unit pattern)
  execute_process(COMMAND ${COMPILER} -std=c++20 -I${INCLUDE} -isystem ${EIGEN} ${ARGN}
      ${OUTPUT}/${unit}.cpp
    OUTPUT_VARIABLE text ERROR_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
  if(pattern STREQUAL "lines")
    string(REGEX MATCHALL "\n" lines "${text}")
    list(LENGTH lines count)
  elseif(NOT text MATCHES "([0-9]+) ${pattern}")
    message(FATAL_ERROR "${COMPILER} does not print the number of ${pattern}")
  else()
    set(count ${CMAKE_MATCH_1})
  endif()
  set(count ${count} PARENT_SCOPE)
endfunction()

function(compare pattern limit_percent)
  front_end(eigen ${pattern} ${ARGN})
  set(base ${count})
  front_end(umbrella ${pattern} ${ARGN})
  math(EXPR percent "(100 * ${count} + ${base} - 1) / ${base}") # rounded up
  message("${pattern}: Eigen ${base}, alphabar.hpp ${count}, ${percent} %")
  if(percent GREATER limit_percent)
    message(SEND_ERROR "more than ${limit_percent} % of the ${pattern} of Eigen's own headers")
  endif()
endfunction()

compare(lines 135 -E -P)
if(COMPILER MATCHES "clang")
  compare("decls total" 135 -fsyntax-only -Xclang -print-stats)
endif()

# SPDX-License-Identifier: MIT
#
# A short run, and one that goes on from its checkpoint to the end of a run without a break: both
# must print the same numbers.
function(run folder steps output)
  execute_process(COMMAND ${PROGRAM} --steps ${steps} --samples 40 --sampler euler heun
    --calls 8 --out ${FOLDER}/${folder}
    OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
  string(REGEX REPLACE "\n[0-9]+ seconds[^\n]*" "" text "${text}")
  string(REGEX REPLACE ".*\n\\[losses\\]" "" text "${text}")
  set(${output} "${text}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE ${FOLDER})
run(whole 40 whole)
run(broken 20 half)
run(broken 40 broken)
if(NOT whole STREQUAL broken)
  message(FATAL_ERROR "a run of 40 steps:\n${whole}\none of 20 and 20:\n${broken}")
endif()
if(whole STREQUAL half)
  message(FATAL_ERROR "20 more steps change nothing:\n${whole}")
endif()
file(SIZE ${FOLDER}/whole/euler_Karras.png size)
if(size LESS 100)
  message(FATAL_ERROR "a picture of ${size} bytes")
endif()

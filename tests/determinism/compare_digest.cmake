# Runs PROGRAM and compares what it prints with the file EXPECTED, line by line.
# With UPDRAFT_UPDATE_GOLDEN=1 in the environment it writes the file instead.
execute_process(COMMAND ${PROGRAM} OUTPUT_VARIABLE printed RESULT_VARIABLE code)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} ended with ${code}")
endif()
if("$ENV{UPDRAFT_UPDATE_GOLDEN}" STREQUAL "1")
  file(WRITE ${EXPECTED} "${printed}")
  return()
endif()
file(READ ${EXPECTED} expected)
if(NOT printed STREQUAL expected)
  message(FATAL_ERROR "expected\n${expected}\nbut ${PROGRAM} printed\n${printed}")
endif()

# Copyright (c) 2026 the fanout authors
# Distributed under the Boost Software License, Version 1.0.
# (See accompanying file LICENSE_1_0.txt or copy at
# https://www.boost.org/LICENSE_1_0.txt)

# cmake -DPROGRAM=... -DEXPECTED=... -DACTUAL=... -P check_output.cmake
# Runs PROGRAM; its standard output, kept in the file ACTUAL, must equal the file EXPECTED.

execute_process(COMMAND "${PROGRAM}" OUTPUT_FILE "${ACTUAL}" RESULT_VARIABLE code)
if(NOT code EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} ended with ${code}")
endif()
execute_process(COMMAND "${CMAKE_COMMAND}" -E compare_files --ignore-eol "${ACTUAL}" "${EXPECTED}"
  RESULT_VARIABLE differs OUTPUT_QUIET ERROR_QUIET)
if(differs)
  file(READ "${ACTUAL}" actual)
  file(READ "${EXPECTED}" expected)
  message("printed:\n${actual}\nexpected:\n${expected}")
  message(FATAL_ERROR "${PROGRAM}: the output differs from ${EXPECTED}")
endif()

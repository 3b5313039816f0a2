# Compares what a tool prints with a file. cmake -DTOOL=... -DFILE=... -P compare_layout.cmake
execute_process(COMMAND ${TOOL} OUTPUT_VARIABLE now RESULT_VARIABLE code)
file(READ ${FILE} wanted)
if(NOT code EQUAL 0)
    message(FATAL_ERROR "${TOOL} failed: ${code}")
endif()
if(NOT now STREQUAL wanted)
    message("${now}")
    message(FATAL_ERROR "The layout of the binary contract is not that of ${FILE}. "
        "If the change is meant (members at the end only), write the lines above into the file.")
endif()

# Runs a program once and checks what it says. Settings:
#     PROGRAM, ARGS (separated by commas), INPUT (file for standard input)
#     MAKE      the kind of input file to write to SCRATCH; it is the last argument then
#     EXIT      the exit code, 0 if not set
#     RESULTS   file with the lines before the figures; EXACTLY: their text; SORTED: in any order
#     FIGURES   pattern that must be found in the whole output
#     MESSAGES  file with all of standard error; MESSAGE: pattern to be found in it. Neither: none
string(REPLACE "," ";" args "${ARGS}")

if(MAKE)
    string(REPEAT " " 100000 spaces)
    string(REPEAT "x" 100000 letters)
    string(REPEAT "add 1 2\n" 5000 sums)
    set(text_empty "")
    set(text_no_newline "add 1 2")
    set(text_long_line "add${spaces}2 3\n")
    set(text_long_word "${letters}\nadd 1 2\n")
    set(text_many_lines "${sums}")
    file(WRITE ${SCRATCH} "${text_${MAKE}}")
    list(APPEND args --impl slow ${SCRATCH})
endif()

set(input)
if(INPUT)
    set(input INPUT_FILE ${INPUT})
endif()
execute_process(COMMAND ${PROGRAM} ${args} ${input}
    RESULT_VARIABLE code OUTPUT_VARIABLE out ERROR_VARIABLE err)

# fail(<what was wrong>): with all that the program said.
macro(fail what)
    message(FATAL_ERROR "${what}\nexit code: ${code}\n-- output --\n${out}\n-- errors --\n${err}")
endmacro()

if(NOT EXIT)
    set(EXIT 0)
endif()
if(NOT code STREQUAL EXIT)
    fail("exit code ${EXIT} was expected")
endif()

string(REGEX REPLACE "\n        allocations of\n.*$" "" results "${out}")
string(STRIP "${results}" results)
if(RESULTS)
    file(READ ${RESULTS} EXACTLY)
    string(STRIP "${EXACTLY}" EXACTLY)
endif()
if(SORTED)
    foreach(text results EXACTLY)
        string(REPLACE "\n" ";" lines "${${text}}")
        list(SORT lines)
        list(JOIN lines "\n" ${text})
    endforeach()
endif()
if(DEFINED EXACTLY AND NOT results STREQUAL EXACTLY)
    fail("results are not:\n${EXACTLY}\n")
endif()
if(FIGURES AND NOT out MATCHES "${FIGURES}")
    fail("output does not match ${FIGURES}")
endif()

if(MESSAGES)
    file(READ ${MESSAGES} expected)
    if(NOT err STREQUAL expected)
        fail("messages are not:\n${expected}\n")
    endif()
elseif(MESSAGE)
    if(NOT err MATCHES "${MESSAGE}")
        fail("messages do not match ${MESSAGE}")
    endif()
elseif(NOT err STREQUAL "")
    fail("there are messages")
endif()

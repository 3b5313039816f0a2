# Code that is not checked has not an instruction of it.
add_test(NAME unchecked COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/unit/unchecked.sh
    ${CMAKE_C_COMPILER})
set_tests_properties(unchecked PROPERTIES TIMEOUT 300 LABELS "unit;once")

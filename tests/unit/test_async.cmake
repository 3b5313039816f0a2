# The second source of the split definitions; and bodies compiled and run as C++17, where there is
# a C++ compiler.
target_sources(${BIDE_TEST_TARGET} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/unit/async_split.c)

find_program(BIDE_CXX_COMPILER NAMES c++ g++ clang++)
if(BIDE_CXX_COMPILER AND NOT BIDE_SANITIZE)
    add_test(NAME async_cxx COMMAND sh ${CMAKE_CURRENT_SOURCE_DIR}/unit/async_cxx.sh
        ${BIDE_CXX_COMPILER} $<TARGET_FILE:bide_testing> $<TARGET_FILE:bide>)
    set_tests_properties(async_cxx PROPERTIES TIMEOUT 120 LABELS unit)
endif()

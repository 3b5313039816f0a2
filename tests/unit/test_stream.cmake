# Streams, sinks, closures and adapters compiled and run as C++17 and C++20, where there is a C++
# compiler.
find_program(BIDE_CXX_COMPILER NAMES c++ g++ clang++)
if(BIDE_CXX_COMPILER AND NOT BIDE_SANITIZE)
    add_test(NAME stream_cxx COMMAND ${CMAKE_COMMAND} -E env SOURCE=stream_cxx.cpp
        sh ${CMAKE_CURRENT_SOURCE_DIR}/unit/async_cxx.sh
        ${BIDE_CXX_COMPILER} $<TARGET_FILE:bide_testing> $<TARGET_FILE:bide>)
    set_tests_properties(stream_cxx PROPERTIES TIMEOUT 120 LABELS unit)
endif()

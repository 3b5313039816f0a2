# The library's sources a second time, counting their read-modify-writes; what is linked here comes
# before the library's symbols.
target_sources(${BIDE_TEST_TARGET} PRIVATE ${core_sources})
target_compile_definitions(${BIDE_TEST_TARGET} PRIVATE BIDE_BUILD=1)
target_include_directories(${BIDE_TEST_TARGET} PRIVATE ${PROJECT_SOURCE_DIR}/src)
target_compile_options(${BIDE_TEST_TARGET} PRIVATE
    -include ${CMAKE_CURRENT_SOURCE_DIR}/unit/counted_atomics.h)

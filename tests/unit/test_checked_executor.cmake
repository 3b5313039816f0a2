# With the library's own sources, checked: what is linked here comes before the library's symbols.
target_sources(${BIDE_TEST_TARGET} PRIVATE ${core_sources})
target_compile_definitions(${BIDE_TEST_TARGET} PRIVATE BIDE_CHECKED=1 BIDE_BUILD=1)

# The library's sources a second time, stopping at each step of queueing, draining and parking.
# The program's own definitions stand before those of the library.
target_sources(${BIDE_TEST_TARGET} PRIVATE ${core_sources})
target_compile_definitions(${BIDE_TEST_TARGET} PRIVATE BIDE_TEST_STEPS=1 BIDE_BUILD=1)

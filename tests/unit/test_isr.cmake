# The executor's sources a second time, stopping at each step of queueing, draining and parking.
# The program's own definitions stand before those of the library.
foreach(name park timer_heap core core_slab alloc_slab task executor block_on offload runtime time)
    target_sources(${BIDE_TEST_TARGET} PRIVATE ${PROJECT_SOURCE_DIR}/src/${name}.c)
endforeach()
target_compile_definitions(${BIDE_TEST_TARGET} PRIVATE BIDE_TEST_STEPS=1 BIDE_BUILD=1)

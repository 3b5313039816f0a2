# The second source of the split definitions.
target_sources(${BIDE_TEST_TARGET} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/unit/async_split.c)

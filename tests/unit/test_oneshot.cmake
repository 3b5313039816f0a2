# Over-aligned items are passed by value: gcc notes that this was different before 4.6.
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${BIDE_TEST_TARGET} PRIVATE -Wno-psabi)
endif()

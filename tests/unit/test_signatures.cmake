# gcc notes that it passes 64-byte aligned arguments otherwise than its versions before 4.6.
target_compile_options(${BIDE_TEST_TARGET} PRIVATE -Wno-psabi)

/*
 * The tests of test_shared.c over what is for one thread, but for those that need several.
 */
#define TEST_LOCAL_FORM 1
#define TEST_FORM_FLAGS (~(int)BIDE_SEND)
#include <bide/shared.h>

#undef BIDE_SHARE
#define BIDE_SHARE BIDE_LOCAL_SHARE

#include "test_shared.c"

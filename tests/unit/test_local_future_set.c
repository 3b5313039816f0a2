/*
 * The tests of test_future_set.c over what is for one thread, but for those that need several.
 */
#define TEST_LOCAL_FORM 1
#define TEST_FORM_FLAGS (~(int)BIDE_SEND)
#include <bide/future_set.h>

#undef BIDE_FUTURE_SET
#define BIDE_FUTURE_SET BIDE_LOCAL_FUTURE_SET
#undef BIDE_ORDERED_SET
#define BIDE_ORDERED_SET BIDE_LOCAL_ORDERED_SET

#include "test_future_set.c"

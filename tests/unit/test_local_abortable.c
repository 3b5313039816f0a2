/*
 * The tests of test_abortable.c over what is for one thread, but for those that need several.
 */
#define TEST_LOCAL_FORM 1
#include <bide/abortable.h>

#undef BIDE_ABORTABLE
#define BIDE_ABORTABLE BIDE_LOCAL_ABORTABLE
#define bide_abort bide_local_abort
#define bide_abort_init bide_local_abort_init
#define bide_abort_fire bide_local_abort_fire
#define bide_abort_is_fired bide_local_abort_is_fired

#include "test_abortable.c"

/*
 * The tests of test_scope.c over what is for one thread, but for those that need several.
 */
#define TEST_LOCAL_FORM 1
#include <bide/scope.h>

#undef BIDE_SCOPE_SPAWN_TO
#define BIDE_SCOPE_SPAWN_TO BIDE_LOCAL_SCOPE_SPAWN_TO
#define bide_scope bide_local_scope
#define bide_scope_new bide_local_scope_new
#define bide_scope_cancel bide_local_scope_cancel
#define bide_scope_is_canceled bide_local_scope_is_canceled
#define bide_scope_running bide_local_scope_running
#define bide_scope_drop bide_local_scope_drop
#define bide_scope_wait bide_local_scope_wait
#define bide_scope_wait_start bide_local_scope_wait_start
#define bide_scope_wait_poll bide_local_scope_wait_poll
#define bide_scope_wait_drop bide_local_scope_wait_drop
#define bide_scope_wait_type bide_local_scope_wait_type

#include "test_scope.c"

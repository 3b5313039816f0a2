/*
 * calls.c: the books of the wrappers that count calls and look for moved frames.
 */
#include <bide/testing_futures.h>

#include "../atomic.h"

void bide_call_counts_reset(bide_call_counts *counts)
{
    *counts = (bide_call_counts){0};
}

void bide_priv_call(size_t *counter)
{
    (void)bide_priv_add_acq_rel(BIDE_PRIV_SIZE(counter), (size_t)1);
}

void bide_unmoved_reset(bide_unmoved *books)
{
    *books = (bide_unmoved){0};
}

void bide_priv_unmoved_poll(bide_unmoved *books, const void **at, const void *frame)
{
    bide_priv_call(&books->polls);
    if (!*at)
        *at = frame;
    else if (*at != frame)
        bide_priv_call(&books->violations);
}

void bide_priv_unmoved_drop(bide_unmoved *books, const void **at, const void *frame)
{
    if (*at && *at != frame)
        bide_priv_call(&books->violations);
    *at = NULL;
}

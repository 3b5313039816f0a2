/*
 * combine.h: combinators in async C; see test_combine.c.
 */
#ifndef RUNTIME_COMBINE_H
#define RUNTIME_COMBINE_H

#include <bide/bide.h>
#include <bide/future_set.h>
#include <bide/generated.h>
#include <bide/join.h>
#include <bide/select.h>
#include <bide/timeout.h>

/* delayed(ms, number): gives the number after so long. */
#define delayed_FRAME(ROW)                                                                         \
    ROW(PARAM, uint64_t, ms) ROW(PARAM, int32_t, number) ROW(CHILD, bide_sleep, nap)
BIDE_ASYNC(int32_t, delayed)
{
    BIDE_BEGIN(delayed);
    BIDE_AWAIT(bide_sleep, nap, (f->ms));
    BIDE_RETURN(f->number);
    BIDE_END;
}

BIDE_TIMEOUT(delayed_timed, delayed);
BIDE_JOIN_OF(delayed_both, (delayed, a), (bide_sleep, b));
BIDE_RACE(delayed_race, (delayed, a), (delayed, b));
BIDE_SELECT(delayed_select, (delayed, a), (delayed, b));
BIDE_FUTURE_SET(delayed_set, delayed);

bide_async int32_t late(void);
bide_async int32_t both(void);
bide_async int32_t first_of_two(void);
bide_async int32_t in_turn(int32_t rounds);
bide_async int32_t all_of(int32_t n);
bide_async int32_t answer(const char *text, uint64_t ms);
bide_async int32_t patient(uint64_t ms);
bide_async int32_t impatient(uint64_t until, uint64_t nap);

#include BIDE_GENERATED("combine.gen.h")

#endif

/*
 * calculator.h: the interface of the example, as a library would publish it.
 *
 * Whoever calls a Calculator knows this header alone. The five implementations beside it differ in
 * when they answer, in what they remember, and in who keeps them alive.
 */
#ifndef CALCULATOR_H
#define CALCULATOR_H

#include <bide/bide.h>

/* add, sub   the sum or difference. A result that does not fit into int32_t is the nearest number
 *            that does: every implementation saturates, by calculator_fit.
 * reset      forgets the last result: it is 0 again
 * last       the result of the last call that has ended, or 0; at once */
#define Calculator_METHODS(METHOD, I, Self)                                                        \
    METHOD(I, Self, ASYNC, int32_t, add, (int32_t, a), (int32_t, b))                               \
    METHOD(I, Self, ASYNC, int32_t, sub, (int32_t, a), (int32_t, b))                               \
    METHOD(I, Self, ASYNC, void, reset)                                                            \
    METHOD(I, Self, SYNC, int32_t, last)
BIDE_INTERFACE(Calculator);

/* The int32_t nearest to a sum. */
static inline int32_t calculator_fit(int64_t sum)
{
    return sum > INT32_MAX ? INT32_MAX : sum < INT32_MIN ? INT32_MIN : (int32_t)sum;
}

#endif

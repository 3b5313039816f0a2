/*
 * frames.h: the functions of the frame table in async C, and what they stand on.
 */
#ifndef FRAMES_H
#define FRAMES_H

#include <bide/bide.h>

/* Suspends once, gives value + 1. As large as its counterparts in Rust and C++: 8 bytes. */
#define leaf_FRAME(ROW)                                                                            \
    ROW(TRAITS, BIDE_SEND | BIDE_UNPIN)                                                            \
    ROW(PARAM, uint32_t, value) ROW(LOCAL, uint32_t, polled)
BIDE_FUTURE(uint32_t, leaf)
BIDE_INLINE bide_poll leaf_poll(struct leaf *f, bide_context *cx, uint32_t *out)
{
    if (f->polled == 0) {
        f->polled = 1;
        bide_waker_wake_by_ref(cx->waker);
        return BIDE_PENDING;
    }
    if (f->polled == 2)
        return BIDE_EMISUSE;
    f->polled = 2;
    *out = f->value + 1;
    return BIDE_READY;
}
BIDE_INLINE void leaf_drop(struct leaf *f)
{
    f->polled = 2;
}

/* Not inline: nobody sees what they do with the pointer. */
void fill(uint8_t *a, size_t n, uint32_t seed);
uint32_t total(const uint8_t *a, size_t n);

typedef struct Block {
    uint8_t bytes[128];
} Block;

typedef struct Reply {
    bool ok;
    uint32_t value;
} Reply;

typedef struct Counter {
    uint32_t n;
} Counter;

#define Adder_METHODS(METHOD, I, Self)                                                             \
    METHOD(I, Self, ASYNC, uint32_t, add, (uint32_t, a), (uint32_t, b))
BIDE_INTERFACE(Adder);

typedef struct Plus {
    uint32_t extra;
} Plus;
BIDE_IMPL_DECLARE(Adder, Plus);

/* Callees: an array of theirs lives across their await. */
bide_async uint32_t large_a(uint32_t x);
bide_async uint32_t large_b(uint32_t x);
bide_async Block make_block(uint32_t x);
bide_async int32_t step(int32_t x);
bide_async Reply query(uint32_t x);

/* The table. */
bide_async uint32_t once(uint32_t x);
bide_async uint32_t array_live(uint32_t x);
bide_async uint32_t array_dead(uint32_t x);
bide_async uint32_t array_dead_in_scope(uint32_t x);
bide_async uint32_t args_before(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
                                uint64_t f, uint64_t g, uint64_t h);
bide_async uint32_t args_across(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e,
                                uint64_t f, uint64_t g, uint64_t h);
bide_async uint32_t two_large(uint32_t x);
bide_async uint32_t four_large(uint32_t x);
bide_async uint32_t both_first(uint32_t x);
bide_async uint32_t level1(uint32_t x);
bide_async uint32_t level2(uint32_t x);
bide_async uint32_t level3(uint32_t x);
bide_async uint32_t level4(uint32_t x);
bide_async uint32_t levels(uint32_t x);
bide_async uint32_t args1(uint64_t a, uint64_t b, uint32_t c);
bide_async uint32_t args2(uint64_t a, uint64_t b, uint32_t c);
bide_async uint32_t args3(uint64_t a, uint64_t b, uint32_t c);
bide_async uint32_t args4(uint64_t a, uint64_t b, uint32_t c);
bide_async uint32_t levels_args(uint64_t a, uint64_t b, uint32_t c);
bide_async uint32_t arrays1(uint32_t x);
bide_async uint32_t arrays2(uint32_t x);
bide_async uint32_t arrays3(uint32_t x);
bide_async uint32_t arrays4(uint32_t x);
bide_async uint32_t levels_arrays(uint32_t x);
bide_async uint32_t loop_sum(uint32_t n);
bide_async uint32_t loop_array(uint32_t n);
bide_async uint32_t switch_arms(uint32_t which, uint32_t x);
bide_async uint32_t conditions(uint32_t x);
bide_async uint32_t large_result(uint32_t x);
bide_async Block forward1(uint32_t x);
bide_async Block forward2(uint32_t x);
bide_async uint32_t large_forwarded(uint32_t x);
bide_async uint32_t counter_next(Counter *self, uint32_t by);
bide_async uint32_t counter_two(Counter *self, uint32_t by);
bide_async uint32_t flags(uint32_t x);
bide_async uint32_t mixed_sizes(uint32_t x);
bide_async uint32_t disjoint_arrays(uint32_t x);
bide_async uint32_t disjoint_scalars(uint32_t x);
bide_async uint32_t self_pointer(uint32_t x);
bide_async uint32_t Plus_add(Plus *self, uint32_t a, uint32_t b);
bide_async uint32_t dyn_held(Adder *o, uint32_t a, uint32_t b);
bide_async uint32_t dyn_two(Adder *o, Adder *p, uint32_t a, uint32_t b);
bide_async uint32_t join_two(uint32_t x);
bide_async int32_t early_error(int32_t x);
bide_async uint32_t retry(uint32_t x);

#include BIDE_GENERATED("frames.gen.h")

#endif

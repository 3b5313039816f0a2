/*
 * work.h: the workloads as async C; the macro forms are in ../bide.c.
 */
#ifndef WORK_H
#define WORK_H

#include "../gate.h"
#include "../stream.h"

#define Adder_METHODS(METHOD, I, Self)                                                             \
    METHOD(I, Self, ASYNC, uint32_t, add, (uint32_t, a), (uint32_t, b))
BIDE_INTERFACE(Adder);

/* Four leaves: ready at once or after one suspension, each in two variants, so that a receiver
 * chosen at run time cannot be known to the compiler. */
typedef struct Leaf {
    uint32_t last;
} Leaf;
typedef Leaf Plus, Minus, NapPlus, NapMinus;

/* A link of the chain: awaits the next one and adds 1. */
typedef struct Link {
    Adder next;
} Link;

BIDE_IMPL_DECLARE(Adder, Plus);
BIDE_IMPL_DECLARE(Adder, Minus);
BIDE_IMPL_DECLARE(Adder, NapPlus);
BIDE_IMPL_DECLARE(Adder, NapMinus);
BIDE_IMPL_DECLARE(Adder, Link);

bide_async uint32_t Plus_add(Plus *self, uint32_t a, uint32_t b);
bide_async uint32_t Minus_add(Minus *self, uint32_t a, uint32_t b);
bide_async uint32_t NapPlus_add(NapPlus *self, uint32_t a, uint32_t b);
bide_async uint32_t NapMinus_add(NapMinus *self, uint32_t a, uint32_t b);
bide_async uint32_t Link_add(Link *self, uint32_t a, uint32_t b);

/* A static chain: level<n> awaits level<n-1> and adds 1. */
bide_async uint32_t level1(Plus *self, uint32_t a, uint32_t b);
bide_async uint32_t level2(Plus *self, uint32_t a, uint32_t b);
bide_async uint32_t level3(Plus *self, uint32_t a, uint32_t b);
bide_async uint32_t level4(Plus *self, uint32_t a, uint32_t b);
bide_async uint32_t level5(Plus *self, uint32_t a, uint32_t b);
bide_async uint32_t level6(Plus *self, uint32_t a, uint32_t b);
bide_async uint32_t level7(Plus *self, uint32_t a, uint32_t b);
bide_async uint32_t level8(Plus *self, uint32_t a, uint32_t b);
bide_async uint32_t level9(Plus *self, uint32_t a, uint32_t b);

/* The root futures: one operation over and over. */
bide_async uint32_t static_loop(Plus *self, uint32_t loops);
bide_async uint32_t chain_loop(Plus *self, uint32_t loops);
bide_async uint32_t dyn_loop(Adder *self, uint32_t loops);

bide_async Item Up_next(Up *self);
bide_async Item Down_next(Down *self);
bide_async uint32_t stream_static_loop(Up *self, uint32_t loops);
bide_async uint32_t stream_poll_loop(Numbers *self, uint32_t loops);
bide_async uint32_t stream_next_loop(Numbers *self, uint32_t loops);

/* A task that waits at a gate. */
bide_async uint32_t Front_pass(Front *self, uint32_t n);
bide_async uint32_t Back_pass(Back *self, uint32_t n);
bide_async uint32_t client(Gate *gate, uint32_t n);

#include BIDE_GENERATED("work.gen.h")

#endif

/*
 * work.async.c: the bodies of work.h.
 */
#include "work.h"

#include <bide/async_source.h>

async uint32_t Plus_add(Plus *self, uint32_t a, uint32_t b)
{
    self->last = a + b;
    return self->last;
}

async uint32_t Minus_add(Minus *self, uint32_t a, uint32_t b)
{
    self->last = a - b;
    return self->last;
}

async uint32_t NapPlus_add(NapPlus *self, uint32_t a, uint32_t b)
{
    await(bide_yield());
    self->last = a + b;
    return self->last;
}

async uint32_t NapMinus_add(NapMinus *self, uint32_t a, uint32_t b)
{
    await(bide_yield());
    self->last = a - b;
    return self->last;
}

async uint32_t Link_add(Link *self, uint32_t a, uint32_t b)
{
    return await(Adder_add(&self->next, a, b)) + 1;
}

BIDE_IMPL(Adder, Plus);
BIDE_IMPL(Adder, Minus);
BIDE_IMPL(Adder, NapPlus);
BIDE_IMPL(Adder, NapMinus);
BIDE_IMPL(Adder, Link);

async uint32_t level1(Plus *self, uint32_t a, uint32_t b)
{
    return await(Plus_add(self, a, b)) + 1;
}
async uint32_t level2(Plus *self, uint32_t a, uint32_t b)
{
    return await(level1(self, a, b)) + 1;
}
async uint32_t level3(Plus *self, uint32_t a, uint32_t b)
{
    return await(level2(self, a, b)) + 1;
}
async uint32_t level4(Plus *self, uint32_t a, uint32_t b)
{
    return await(level3(self, a, b)) + 1;
}
async uint32_t level5(Plus *self, uint32_t a, uint32_t b)
{
    return await(level4(self, a, b)) + 1;
}
async uint32_t level6(Plus *self, uint32_t a, uint32_t b)
{
    return await(level5(self, a, b)) + 1;
}
async uint32_t level7(Plus *self, uint32_t a, uint32_t b)
{
    return await(level6(self, a, b)) + 1;
}
async uint32_t level8(Plus *self, uint32_t a, uint32_t b)
{
    return await(level7(self, a, b)) + 1;
}
async uint32_t level9(Plus *self, uint32_t a, uint32_t b)
{
    return await(level8(self, a, b)) + 1;
}

async uint32_t static_loop(Plus *self, uint32_t loops)
{
    uint32_t acc = 0;
    for (uint32_t i = 0; i < loops; i++)
        acc = await(Plus_add(self, acc, opaque(i)));
    return acc;
}

async uint32_t chain_loop(Plus *self, uint32_t loops)
{
    uint32_t acc = 0;
    for (uint32_t i = 0; i < loops; i++)
        acc = await(level9(self, acc, opaque(i)));
    return acc;
}

async uint32_t dyn_loop(Adder *self, uint32_t loops)
{
    uint32_t acc = 0;
    for (uint32_t i = 0; i < loops; i++)
        acc = await(Adder_add(self, acc, opaque(i)));
    return acc;
}

async Item Up_next(Up *self)
{
    return count_next(self, 1);
}

async Item Down_next(Down *self)
{
    return count_next(self, UINT32_MAX);
}

BIDE_IMPL(Numbers, Up);
BIDE_IMPL(Numbers, Down);

async uint32_t stream_static_loop(Up *self, uint32_t loops)
{
    uint32_t acc = 0;
    while (loops > 0) {
        Item item = await(Up_item(self));
        if (item.some)
            acc += item.value;
        else
            loops--;
    }
    return acc;
}

async uint32_t stream_poll_loop(Numbers *self, uint32_t loops)
{
    uint32_t acc = 0;
    while (loops > 0) {
        Item item = await(Numbers_item(self));
        if (item.some)
            acc += item.value;
        else
            loops--;
    }
    return acc;
}

async uint32_t stream_next_loop(Numbers *self, uint32_t loops)
{
    uint32_t acc = 0;
    while (loops > 0) {
        Item item = await(Numbers_next(self));
        if (item.some)
            acc += item.value;
        else
            loops--;
    }
    return acc;
}

async uint32_t Front_pass(Front *self, uint32_t n)
{
    await(event_wait(self->event));
    return n;
}

async uint32_t Back_pass(Back *self, uint32_t n)
{
    await(event_wait(self->event));
    return 0 - n;
}

BIDE_IMPL(Gate, Front);
BIDE_IMPL(Gate, Back);

async uint32_t client(Gate *gate, uint32_t n)
{
    return await(Gate_pass(gate, n));
}

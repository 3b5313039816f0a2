/*
 * near.async.c: the bodies of near.h.
 */
#include "near.h"

#include <bide/async_source.h>

async uint32_t near1(uint32_t *last, uint32_t a, uint32_t b)
{
    return await(nap_add(last, a, b)) + 1;
}
async uint32_t near2(uint32_t *last, uint32_t a, uint32_t b)
{
    return await(near1(last, a, b)) + 1;
}
async uint32_t near3(uint32_t *last, uint32_t a, uint32_t b)
{
    return await(near2(last, a, b)) + 1;
}
async uint32_t near4(uint32_t *last, uint32_t a, uint32_t b)
{
    return await(near3(last, a, b)) + 1;
}
async uint32_t near5(uint32_t *last, uint32_t a, uint32_t b)
{
    return await(near4(last, a, b)) + 1;
}
async uint32_t near6(uint32_t *last, uint32_t a, uint32_t b)
{
    return await(near5(last, a, b)) + 1;
}
async uint32_t near7(uint32_t *last, uint32_t a, uint32_t b)
{
    return await(near6(last, a, b)) + 1;
}
async uint32_t near8(uint32_t *last, uint32_t a, uint32_t b)
{
    return await(near7(last, a, b)) + 1;
}

/*
 * near.h: the chain of eight in one file: the compiler sees all of it and may inline the polls.
 */
#ifndef NEAR_H
#define NEAR_H

#include "nap.h"

bide_async uint32_t near1(uint32_t *last, uint32_t a, uint32_t b);
bide_async uint32_t near2(uint32_t *last, uint32_t a, uint32_t b);
bide_async uint32_t near3(uint32_t *last, uint32_t a, uint32_t b);
bide_async uint32_t near4(uint32_t *last, uint32_t a, uint32_t b);
bide_async uint32_t near5(uint32_t *last, uint32_t a, uint32_t b);
bide_async uint32_t near6(uint32_t *last, uint32_t a, uint32_t b);
bide_async uint32_t near7(uint32_t *last, uint32_t a, uint32_t b);
bide_async uint32_t near8(uint32_t *last, uint32_t a, uint32_t b);

#include BIDE_GENERATED("near.gen.h")

#endif

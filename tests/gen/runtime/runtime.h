/*
 * runtime.h: generated futures that the tests of this folder look at from outside.
 */
#ifndef RUNTIME_H
#define RUNTIME_H

#include <bide/bide.h>
#include <bide/generated.h>

/* A leaf by hand: pends as often as it is told. */
#define ticks_FRAME(ROW) ROW(PARAM, int, count) ROW(LOCAL, int, polls)
BIDE_FUTURE_DECLARE(int, ticks)

#define Adder_METHODS(METHOD, I, Self) METHOD(I, Self, ASYNC, int, add, (int, n))
#ifdef BIDE_BLOCKING
typedef struct Adder Adder;
int Adder_add(Adder *self, int n);
#else
BIDE_INTERFACE(Adder);
#endif
typedef struct Base {
    int value;
} Base;

bide_async int one(int count);
bide_async int chain(int count);
bide_async int both(int count);
bide_async int in_boxes(int count);
bide_async int through(Adder *adder, int count);
bide_async int ready_chain(int count);
bide_async void close_later(int **log);
bide_async int closing(int *log, int count);
bide_async int closing_twice(int *log, int count);

#ifndef BIDE_BLOCKING
BIDE_IMPL_DECLARE(Adder, Base);
/* Ordinary functions of the same file. */
bide_poll start_closing(bide_local *executor, int *log, int count, bide_join *join);
bide_poll run_chain(int count, int *out);
#endif

#include BIDE_GENERATED("runtime.gen.h")

#endif

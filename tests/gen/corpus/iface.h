#ifndef CORPUS_IFACE_H
#define CORPUS_IFACE_H

#include "corpus.h"

typedef struct Slow {
    int total;
} Slow;
typedef struct Quick {
    int sum;
} Quick;

bide_async int Slow_add(Slow *self, int n);
bide_async int Slow_twice(Slow *self, int n);
bide_async int Quick_add(Quick *self, int n);
bide_async int Quick_twice(Quick *self, int n);
bide_async int dyn_calls(Counter *c, int x);
bide_async int dyn_both(int x);
bide_async int static_calls(int x);
bide_async int add_up(Counter *c, int n);
bide_async int add_up_Slow(Slow *c, int n);
bide_async int add_up_Quick(Quick *c, int n);
bide_async int generic_calls(int x);

#ifdef BIDE_BLOCKING
Counter Slow_as_Counter(Slow *self, bide_allocator *a);
Counter Quick_as_Counter(Quick *self, bide_allocator *a);
#else
BIDE_IMPL_DECLARE(Counter, Slow);
BIDE_IMPL_DECLARE(Counter, Quick);
#endif

#include BIDE_GENERATED("iface.gen.h")

#endif

#ifndef CORPUS_GENS_H
#define CORPUS_GENS_H

#include "corpus.h"

#include <bide/stream_adapt.h>

/* A closure whose call waits. */
typedef struct Tripled {
    int factor;
} Tripled;
BIDE_INLINE void Tripled_drop(Tripled *s)
{
    s->factor = 0;
}

#ifndef BIDE_BLOCKING
bide_async_gen int count_up(int n);
bide_async_gen struct pair pairs(int x);
bide_async_gen int with_cleanup(struct resource *r, int n);
bide_async_gen int endless(int x);
bide_async_gen int empty(int x);
#endif
bide_async int read_all(int x);
bide_async int read_pairs(int x);
bide_async int read_some(int x);
bide_async int read_two(int x);
bide_async int read_last(int x);
bide_async int read_empty(int x);
bide_async int Tripled_call(Tripled *s, int item);
bide_async int stream_by_init(int x);
bide_async int stream_made(int x);
bide_async int stream_static(int x);
bide_async int stream_adapted(int x);

#include BIDE_GENERATED("gens.gen.h")

#endif

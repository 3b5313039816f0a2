#ifndef CORPUS_GENS_H
#define CORPUS_GENS_H

#include "corpus.h"

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

#include BIDE_GENERATED("gens.gen.h")

#endif

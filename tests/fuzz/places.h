/*
 * places.h: every allocator that the library has, over one that fails on demand and keeps records.
 */
#ifndef FOREST_PLACES_H
#define FOREST_PLACES_H

#include <bide/alloc.h>

enum { BASE, POOL, POOL_ALONE, SHARED_POOL, ARENA, SLAB, SLOT, RECYCLER, COUNTER, BUDGET, PLACES };

void places_open(void);
bide_allocator *place(uint32_t which);

/* The nth request from now on to the allocator below all others fails; 0: none. */
void places_refuse(size_t nth);

/* Changes whenever a request has been refused: by that one, or by one that is full. */
size_t places_refused(void);

/* Gives back what can be: the arena if it is empty, the recycler's cache. */
void places_tidy(void);

/* The slab's task has ended. */
void places_retire(void);

/* Ends all of them; NULL, or what was wrong. */
const char *places_close(void);

#endif

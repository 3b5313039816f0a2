/*
 * library.h: a plugin in its shared library, and when that may be unloaded.
 *
 * A library stays while the host holds its handle, and while a block of memory is out in which a
 * frame of a call lies. The second needs no help from the calls: the handle's allocator is the
 * library's own and counts. Memory goes back behind the end of a future, so when the last block has
 * come back and the handle is gone, no code and no record of the library is in use, and it is
 * closed there and then. A call that was made and not yet started is a copy of the handle: who
 * keeps one, retains the library.
 *
 * For one thread at a time.
 */
#ifndef LIBRARY_H
#define LIBRARY_H

#include "filter.h"

typedef struct library library;

struct library {
    bide_allocator frames;     /* of the handle: counts the blocks that are out */
    Filter filter;             /* the handle */
    bide_allocator *upstream;
    void *image;               /* of dlopen */
    const bide_module *module;
    size_t refs;               /* the host's, and one for each block */
    size_t blocks;
    void (*unloaded)(void *arg, const char *label); /* called behind dlclose; may be NULL */
    void *arg;
    char label[32];
};

/* Loads a plugin, checks that it fits, and opens its object. NULL: `why` says what is wrong, in
 * one line. Memory comes from `upstream`. */
library *library_load(const char *path, bide_allocator *upstream, char *why, size_t bytes);

/* Ends the object, and gives up the host's reference: calls that run, run on. */
void library_drop(library *self);

/* One more reference, and one less: NULL is left alone. */
void library_retain(library *self);
void library_release(library *self);

#endif

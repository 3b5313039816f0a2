/*
 * pipe.h: Pipe, the host's Feed: text that the host pushes, whenever it has some. A leaf future by
 * hand: it waits with a waker, and nothing else. One reader at a time.
 */
#ifndef PIPE_H
#define PIPE_H

#include "filter.h"

typedef struct Pipe {
    const char *text; /* what was pushed and not yet read */
    bool ended;       /* nothing more will be pushed */
    bide_waker *reader;
} Pipe;

BIDE_IMPL_DECLARE(Feed, Pipe);

/* Gives the reader text, which must live until it is read; behind the last one, its end. */
void Pipe_push(Pipe *self, const char *text, bool is_last);

#endif

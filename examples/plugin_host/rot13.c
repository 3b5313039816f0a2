/*
 * rot13.c: the old plugin, built when Filter had two rows. Its object counts the calls that run:
 * each holds it by the row COUNTED, so the object ends behind the last of them.
 */
#include "plugin.h"

#include <stdlib.h>

typedef struct Rot13 {
    uint32_t refs;
} Rot13;

static void *Rot13_open(void)
{
    Rot13 *self = malloc(sizeof *self);
    if (self)
        self->refs = 1;
    return self;
}

static Rot13 *retain(Rot13 *self)
{
    self->refs++;
    return self;
}

static void release(Rot13 *self)
{
    if (--self->refs == 0)
        free(self);
}

#define Rot13_HAS_destroy 1
static void Rot13_destroy(Rot13 *self)
{
    release(self);
}

static const char *Rot13_label(Rot13 *self)
{
    (void)self;
    return "rot13";
}

static char turned(char c)
{
    static const char from[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char to[] = "nopqrstuvwxyzabcdefghijklmNOPQRSTUVWXYZABCDEFGHIJKLM";
    for (size_t i = 0; i < sizeof from - 1; i++)
        if (from[i] == c)
            return to[i];
    return c;
}

typedef char window[16];
#define Rot13_apply_FRAME(ROW)                                                                     \
    ROW(COUNTED, Rot13 *, self, retain, release)                                                   \
    ROW(PARAM, Feed, feed)                                                                         \
    ROW(PARAM, filter_text *, out)                                                                 \
    ROW(LOCAL, int32_t, n) ROW(BUFFER, window, piece) ROW(CHILD, Feed_next, read)
BIDE_ASYNC(int32_t, Rot13_apply)
{
    BIDE_BEGIN(Rot13_apply);
    for (;;) {
        BIDE_AWAIT_TO(f->n, Feed_next, read, (&f->feed, f->piece, sizeof f->piece));
        if (f->n <= 0)
            BIDE_RETURN(f->n < 0 ? FILTER_BROKEN : FILTER_OK);
        for (int32_t i = 0; i < f->n; i++)
            f->piece[i] = turned(f->piece[i]);
        if (!filter_write(f->out, f->piece, (uint32_t)f->n))
            BIDE_RETURN(FILTER_FULL);
    }
    BIDE_END;
}

BIDE_IMPL_DECLARE(Filter, Rot13);
BIDE_IMPL(Filter, Rot13);
FILTER_PLUGIN(Rot13);

/*
 * capitals.async.c: written for the second release, with a larger window in its frame, and a
 * preview that reads no more than it shows.
 */
#include "capitals.h"

#include <stdlib.h>

#include <bide/async_source.h>

static void *Capitals_open(void)
{
    Capitals *self = malloc(sizeof *self);
    if (self)
        self->refs = 1;
    return self;
}

static Capitals *retain(Capitals *self)
{
    self->refs++;
    return self;
}

static void Capitals_destroy(Capitals *self)
{
    if (--self->refs == 0)
        free(self);
}

static void give_up(Capitals **self)
{
    Capitals_destroy(*self);
}

const char *Capitals_label(Capitals *self)
{
    (void)self;
    return "capitals";
}

/* Capitalises in place; whether the next byte begins a word. */
static bool capitalise(char *bytes, int32_t n, bool begins)
{
    for (int32_t i = 0; i < n; i++) {
        if (begins && bytes[i] >= 'a' && bytes[i] <= 'z')
            bytes[i] = (char)(bytes[i] - 'a' + 'A');
        begins = bytes[i] == ' ';
    }
    return begins;
}

async int32_t Capitals_preview(Capitals *self, Feed feed, filter_text *out, uint32_t size)
{
    scoped(give_up) Capitals *kept = retain(self);
    char window[256];
    bool begins = true;
    (void)kept;
    while (size > 0) {
        uint32_t most = size < sizeof window ? size : (uint32_t)sizeof window;
        int32_t n = await(Feed_next(&feed, window, most));
        if (n <= 0)
            return n < 0 ? FILTER_BROKEN : FILTER_OK;
        begins = capitalise(window, n, begins);
        if (!filter_write(out, window, (uint32_t)n))
            return FILTER_FULL;
        size -= (uint32_t)n;
    }
    return FILTER_OK;
}

async int32_t Capitals_apply(Capitals *self, Feed feed, filter_text *out)
{
    return await(Capitals_preview(self, feed, out, UINT32_MAX));
}

BIDE_IMPL(Filter, Capitals);
FILTER_PLUGIN(Capitals);

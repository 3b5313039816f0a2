/*
 * filter.h: what host and plugins agree on: two interfaces and how a plugin is entered.
 *
 * The host gives a Feed, from which text comes in pieces, when it comes. A plugin gives a Filter,
 * which reads a feed to its end and writes what it made of it. FILTER_RELEASE says which release of
 * Filter is wanted: the host knows the second; a plugin may have been built before that. Release 0
 * stands for one that nobody should meet any more: it does not fit, and is refused.
 */
#ifndef FILTER_H
#define FILTER_H

#include "module.h"

#include <bide/bide.h>

#ifndef FILTER_RELEASE
#define FILTER_RELEASE 2
#endif

/* Results of a filter; negative: nothing more will be written. */
enum { FILTER_OK = 0, FILTER_FULL = -1, FILTER_BROKEN = -2 };

/* next: waits for text and writes at most `room` bytes of it; how many, or 0 at the end. */
#define Feed_METHODS(METHOD, I, Self)                                                              \
    METHOD(I, Self, ASYNC, int32_t, next, (char *, bytes), (uint32_t, room))
BIDE_INTERFACE(Feed);

/* Where a filter writes. The caller's; it outlives the call. */
typedef struct filter_text {
    char *bytes;
    uint32_t size, room;
} filter_text;

/* Whether there was room for all of it. */
BIDE_INLINE bool filter_write(filter_text *out, const char *bytes, uint32_t size)
{
    if (size > out->room - out->size)
        return false;
    for (uint32_t i = 0; i < size; i++)
        out->bytes[out->size++] = bytes[i];
    return true;
}

#if FILTER_RELEASE == 0
#define Filter_METHODS(METHOD, I, Self)                                                            \
    METHOD(I, Self, SYNC, const char *, label)                                                     \
    METHOD(I, Self, ASYNC, int32_t, apply, (Feed, feed))
#elif FILTER_RELEASE == 1
#define Filter_METHODS(METHOD, I, Self)                                                            \
    METHOD(I, Self, SYNC, const char *, label)                                                     \
    METHOD(I, Self, ASYNC, int32_t, apply, (Feed, feed), (filter_text *, out))
#else
#define Filter_METHODS(METHOD, I, Self)                                                            \
    METHOD(I, Self, SYNC, const char *, label)                                                     \
    METHOD(I, Self, ASYNC, int32_t, apply, (Feed, feed), (filter_text *, out))                     \
    METHOD(I, Self, ASYNC_DEFAULT, int32_t, preview, (Feed, feed), (filter_text *, out),           \
           (uint32_t, size))
#endif
BIDE_INTERFACE(Filter);

#if FILTER_RELEASE >= 2
/* What answers where the plugin is older than the row: all of it, cut to the size. */
#define Filter_preview_default_FRAME(ROW)                                                          \
    ROW(PARAM, Filter, self)                                                                       \
    ROW(PARAM, Feed, feed) ROW(PARAM, filter_text *, out) ROW(PARAM, uint32_t, size)               \
    ROW(LOCAL, int32_t, result) ROW(CHILD, Filter_apply, all)
BIDE_ASYNC(int32_t, Filter_preview_default)
{
    BIDE_BEGIN(Filter_preview_default);
    BIDE_AWAIT_TO(f->result, Filter_apply, all, (&f->self, f->feed, f->out));
    if (f->out->size > f->size)
        f->out->size = f->size;
    BIDE_RETURN(f->result);
    BIDE_END;
}
BIDE_INTERFACE_DEFAULTS(Filter);
#endif

/* ---- the way in --------------------------------------------------------------------------- */

/* A plugin exports a function of this type and name. */
typedef struct filter_plugin_info {
    uint32_t size;
    filter_module *module;
    const bide_vtable *vtable;
    /* An object, ended by Filter_destroy; calls that run then end first. NULL: no memory. */
    void *(*open)(void);
} filter_plugin_info;

#define FILTER_ENTRY "filter_plugin"
typedef const filter_plugin_info *filter_entry(void);

#endif

/*
 * glib_support.h: what the tests of bide::glib share.
 */
#ifndef BIDE_TESTS_GLIB_SUPPORT_H
#define BIDE_TESTS_GLIB_SUPPORT_H

#include "support.h"

#include <bide/glib.h>

#include <fcntl.h>
#include <glib.h>
#include <sys/socket.h>
#include <unistd.h>

/* Before hygiene.c counts: the default context, which GLib keeps, has a descriptor. */
__attribute__((constructor(101), unused)) static void open_what_glib_keeps(void)
{
    (void)g_main_context_default();
}

/* What a context's poll was asked, and what it found. Of one context at a time. */
static struct {
    int calls, hits;
    guint fds; /* the last time; one is the context's own */
    gint longest;
} seen;

static inline gint watched_poll(GPollFD *fds, guint n, gint timeout)
{
    gint r = g_poll(fds, n, timeout);
    seen.calls++;
    seen.hits += r > 0;
    seen.fds = n;
    if (timeout < 0 || (seen.longest >= 0 && timeout > seen.longest))
        seen.longest = timeout;
    return r;
}

static inline void watch(GMainContext *context)
{
    memset(&seen, 0, sizeof seen);
    g_main_context_set_poll_func(context, watched_poll);
}

/* How many descriptors the context looks at, but for its own. */
static inline int looks_at(GMainContext *context)
{
    while (g_main_context_iteration(context, FALSE))
        continue;
    return (int)seen.fds - 1;
}

static inline bide_glib *new_rt(GMainContext *context)
{
    bide_glib *rt;
    assert_int_equal(bide_glib_new(NULL, context, &rt), BIDE_READY);
    return rt;
}

static inline void end_rt(bide_glib *rt, GMainContext *context)
{
    assert_int_equal(bide_glib_free(rt), BIDE_READY);
    g_main_context_unref(context);
}

/* A pair of connected, non-blocking descriptors. */
static inline void make_pair(int ends[2])
{
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(fcntl(ends[i], F_SETFL, O_NONBLOCK), 0);
}

static inline void close_pair(const int ends[2])
{
    close(ends[0]);
    close(ends[1]);
}

static inline void put(int fd, const char *text)
{
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

#endif

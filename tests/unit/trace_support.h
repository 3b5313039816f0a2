/*
 * trace_support.h: what the tests of await trees share: futures that wait, an executor whose clock
 * and memory are the test's, and the comparison with what is expected.
 */
#ifndef BIDE_TESTS_TRACE_SUPPORT_H
#define BIDE_TESTS_TRACE_SUPPORT_H

#include "support.h"

#include <bide/alloc_count.h>
#include <bide/testing_clock.h>
#include <bide/testing_futures.h>

#include <stdlib.h>
#include <string.h>

/* ---- what is traced ----------------------------------------------------------------------- */

#define SECOND ((uint64_t)1000000000)

/* Lines of the awaits below, as the trees must tell them. */
static unsigned inner_line, outer_line, join_line;

#define inner_FRAME(ROW) ROW(PARAM, uint64_t, ms) ROW(CHILD, bide_sleep, nap)
BIDE_ASYNC(void, inner)
{
    BIDE_BEGIN(inner);
    inner_line = __LINE__ + 1;
    BIDE_AWAIT(bide_sleep, nap, (f->ms));
    BIDE_END;
}

#define Store_METHODS(METHOD, I, Self) METHOD(I, Self, ASYNC, void, save, (uint64_t, ms))
BIDE_INTERFACE(Store);

typedef struct Disk {
    int writes;
} Disk;

#define Disk_save_FRAME(ROW)                                                                       \
    ROW(PARAM, Disk *, self) ROW(PARAM, uint64_t, ms) ROW(CHILD, inner, one)
BIDE_ASYNC(void, Disk_save)
{
    BIDE_BEGIN(Disk_save);
    BIDE_AWAIT(inner, one, (f->ms));
    f->self->writes++;
    BIDE_END;
}
BIDE_IMPL_DECLARE(Store, Disk);
BIDE_IMPL(Store, Disk);

#define outer_FRAME(ROW)                                                                           \
    ROW(PARAM, Store, store)                                                                       \
    ROW(CHILD, Store_save, saved) ROW(JOIN, both, (inner, a), (bide_sleep, b), (bide_yield, c))
BIDE_ASYNC(void, outer)
{
    BIDE_BEGIN(outer);
    outer_line = __LINE__ + 1;
    BIDE_AWAIT(Store_save, saved, (&f->store, 100));
    join_line = __LINE__ + 2;
    /* clang-format off */
    BIDE_AWAIT_JOIN(both, (inner, a, BIDE_VOID, (200)), (bide_sleep, b, BIDE_VOID, (1500)), (bide_yield, c, BIDE_VOID, ()));
    /* clang-format on */
    BIDE_END;
}

#define dump_FRAME(ROW) ROW(PARAM, bide_local *, ex) ROW(PARAM, bide_trace_buffer *, to)
BIDE_ASYNC(bide_poll, dump)
{
    bide_trace_options o;
    BIDE_BEGIN(dump);
    o = bide_trace_into(f->to);
    BIDE_RETURN(bide_trace_local(f->ex, &o));
    BIDE_END;
}

#define deep_FRAME(ROW) ROW(PARAM, int, levels) ROW(BOXED, deep, next) ROW(CHILD, bide_sleep, nap)
BIDE_ASYNC_DECLARE(void, deep)
BIDE_ASYNC_DEFINE(void, deep)
{
    BIDE_BEGIN(deep);
    if (f->levels > 0) {
        BIDE_AWAIT(deep, next, (f->levels - 1));
    } else {
        BIDE_AWAIT(bide_sleep, nap, (100));
    }
    BIDE_END;
}

/* ---- surroundings ------------------------------------------------------------------------- */

typedef struct stage {
    bide_checking_allocator checking;
    bide_counter counter;
    bide_virtual_clock clock;
    bide_local *ex;
    char text[4096];
    bide_trace_buffer buffer;
    bide_trace_options o;
} stage;

static inline void stage_open(stage *s, uint32_t flags)
{
    bide_local_options options = bide_local_options_init();
    bide_checking_allocator_init(&s->checking, bide_heap());
    bide_counter_init(&s->counter, &s->checking.base);
    bide_virtual_clock_init(&s->clock, false);
    options.flags = flags;
    options.allocator = &s->counter.base;
    options.clock = &s->clock.base;
    assert_int_equal(bide_local_new(&options, &s->ex), BIDE_READY);
    s->buffer = (bide_trace_buffer){s->text, sizeof s->text, 0};
    s->o = bide_trace_into(&s->buffer);
}

static inline void stage_close(stage *s)
{
    if (s->ex)
        assert_int_equal(bide_local_free(s->ex), BIDE_READY);
    assert_int_equal(s->counter.live, 0);
    if (bide_checking_allocator_finish(&s->checking) != 0)
        fail_msg("%s", bide_checking_allocator_report(&s->checking));
}

static inline const char *tree(stage *s)
{
    uint32_t flags = s->o.flags, depth = s->o.depth;
    s->o = bide_trace_into(&s->buffer);
    s->o.flags = flags;
    s->o.depth = depth;
    assert_int_equal(bide_trace_local(s->ex, &s->o), BIDE_READY);
    assert_true(s->buffer.length < sizeof s->text);
    return s->text;
}

/* The text that is expected, with F for this file and @1, @2, @3 for the lines of the awaits. */
static inline void assert_tree(const char *text, const char *pattern)
{
    char expected[4096];
    size_t n = 0;
    for (; *pattern; pattern++) {
        const char *file = __FILE__;
        if (*pattern == '@') {
            unsigned line = *++pattern == '1' ? inner_line
                            : *pattern == '2' ? outer_line
                                              : join_line;
            n += (size_t)snprintf(expected + n, sizeof expected - n, "at %s:%u", file, line);
        } else {
            expected[n++] = *pattern;
        }
        assert_true(n < sizeof expected);
    }
    expected[n] = '\0';
    assert_string_equal(text, expected);
}

/* Disk_save's own line is not noted: cut what follows its name. */
static inline void cut_places_of(char *text, const char *name)
{
    char *at = text;
    while ((at = strstr(at, name)) != NULL) {
        char *from = at + strlen(name), *to = from + strcspn(from, "\n");
        assert_memory_equal(from, " at ", 4);
        assert_non_null(strstr(from, "trace_support.h:"));
        memmove(from, to, strlen(to) + 1);
        at = from;
    }
}

#endif

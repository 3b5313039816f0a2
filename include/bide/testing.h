/*
 * bide/testing.h: helpers for tests of code that uses bide; part of bide::testing.
 *
 * Allocators that fail on purpose or look over the shoulder of the code that uses them, wakers that
 * count, record or object, and a recorder of the order in which things are released. None of them
 * aborts or prints: they keep books, and the test looks at them. The objects belong to the caller;
 * where a function gives a text, it lies in the object and changes with it.
 *
 * All of them may be used by several threads at once; the books are read when these are quiet.
 */
#ifndef BIDE_TESTING_H
#define BIDE_TESTING_H

#include <bide/alloc.h>
#include <bide/waker.h>

BIDE_PRIV_C_BEGIN

/* ---- allocators --------------------------------------------------------------------------- */

/* Fails on purpose: the nth request, or every one from the nth. The usual loop runs the code under
 * test with n = 1, 2, ... until a run ends in which `failures` is 0. Blocks return to the upstream
 * allocator without passing here. */
typedef struct bide_failing_allocator {
    bide_allocator base;
    bide_allocator *upstream; /* private */
    size_t fail_at;           /* the request that fails, counted from 1; 0: none */
    bool and_after;           /* all later ones fail, too */
    size_t attempts;          /* requests so far, failed ones included */
    size_t failures;          /* requests that were made to fail */
} bide_failing_allocator;

/* Makes one with both counts zero. Set again for each run. */
BIDE_API void bide_failing_allocator_init(bide_failing_allocator *a, bide_allocator *upstream,
                                          size_t fail_at, bool and_after);

#define BIDE_TESTING_TEXT 1024

/* Keeps a record of each block and tells what was done wrong: a block given back that did not come
 * from here ("foreign free"), or twice ("double free"), or with another size or alignment ("wrong
 * size"), or never ("leak"). A wrong free is not passed on, so that the program goes on; one of the
 * wrong size is passed on with the right one. */
typedef struct bide_checking_allocator {
    bide_allocator base;
    bide_allocator *upstream; /* private */
    void *records;            /* private: one for each block, the latest first; from the C heap */
    uint32_t lock;            /* private */
    size_t allocs;            /* blocks given out */
    size_t frees;             /* blocks taken back */
    size_t live;              /* blocks out */
    size_t violations;        /* wrong frees, and, after finish, leaks */
    size_t report_length;     /* private */
    size_t trace_length;      /* private */
    char report[BIDE_TESTING_TEXT];
    char trace[BIDE_TESTING_TEXT];
} bide_checking_allocator;

/* Makes one before `upstream`. */
BIDE_API void bide_checking_allocator_init(bide_checking_allocator *a, bide_allocator *upstream);

/* Ends the records: counts each block that is still out as a leak, gives it back, and tells how
 * many violations there were in all. The texts stay readable; the allocator must not be used any
 * more. */
BIDE_API size_t bide_checking_allocator_finish(bide_checking_allocator *a);

/* One line for each violation, "" if there is none; as much as fits into BIDE_TESTING_TEXT. */
BIDE_API const char *bide_checking_allocator_report(const bide_checking_allocator *a);

/* What happened, in order, as "+64/8 -64/8 !32/8": got, given back, refused by upstream, each with
 * bytes and alignment; as much as fits. */
BIDE_API const char *bide_checking_allocator_trace(const bide_checking_allocator *a);

/* ---- wakers ------------------------------------------------------------------------------- */

/* Counts each operation. The object is no heap object: it must outlive its last reference. */
typedef struct bide_counting_waker {
    bide_waker base;
    uint32_t clones;
    uint32_t wakes; /* by value */
    uint32_t wakes_by_ref;
    uint32_t wakes_from_isr;
    uint32_t drops;
} bide_counting_waker;

/* Makes one with one reference (the test's own) and all counts zero. */
BIDE_API void bide_counting_waker_init(bide_counting_waker *waker);

/* References that exist: 1, and a clone more, and a drop or wake by value less. */
BIDE_INLINE uint32_t bide_counting_waker_refs(const bide_counting_waker *waker)
{
    return 1 + waker->clones - waker->wakes - waker->drops;
}

/* Wakes in any form. */
BIDE_INLINE uint32_t bide_counting_waker_total(const bide_counting_waker *waker)
{
    return waker->wakes + waker->wakes_by_ref + waker->wakes_from_isr;
}

/* Writes down each operation: "clone wake_by_ref clone drop". */
typedef struct bide_recording_waker {
    bide_waker base;
    uint32_t lock;   /* private */
    uint32_t events; /* how many, also beyond what the text holds */
    size_t length;   /* private */
    char text[BIDE_TESTING_TEXT];
} bide_recording_waker;

/* Makes one with an empty text. */
BIDE_API void bide_recording_waker_init(bide_recording_waker *waker);

/* The operations so far, in order, separated by one space: clone, wake, wake_by_ref, drop,
 * wake_from_isr. */
BIDE_API const char *bide_recording_waker_text(const bide_recording_waker *waker);

/* Must never be used: for futures that have no reason to touch their waker. */
typedef struct bide_panic_waker {
    bide_waker base;
    uint32_t violations; /* operations that were called */
    uint32_t lock;       /* private */
    const char *first;   /* name of the first of them, or NULL */
} bide_panic_waker;

/* Makes one without violations. */
BIDE_API void bide_panic_waker_init(bide_panic_waker *waker);

/* ---- order of release --------------------------------------------------------------------- */

/* Writes down names in the order in which they come: "b a" if b was released first. */
typedef struct bide_drop_order {
    uint32_t lock;  /* private */
    uint32_t count; /* names so far, also beyond what the text holds */
    size_t length;  /* private */
    char text[BIDE_TESTING_TEXT];
} bide_drop_order;

/* Makes an empty one. */
BIDE_API void bide_drop_order_init(bide_drop_order *order);

/* Adds a name. */
BIDE_API void bide_drop_order_note(bide_drop_order *order, const char *name);

/* The names so far, separated by one space. */
BIDE_API const char *bide_drop_order_text(const bide_drop_order *order);

/* A value whose release is written down: give it to the code under test as an owned argument, a
 * local or an output, with bide_droppable_release as what releases it. */
typedef struct bide_droppable {
    bide_drop_order *order; /* NULL: nothing is written down (zeroed, or moved out) */
    const char *name;
} bide_droppable;

/* A value that will be written down in `order`. */
BIDE_INLINE bide_droppable bide_droppable_make(bide_drop_order *order, const char *name)
{
    bide_droppable out;
    out.order = order;
    out.name = name;
    return out;
}

/* Releases it: adds its name to the order. Twice adds it twice, so that a double drop is seen. */
BIDE_API void bide_droppable_release(bide_droppable *value);

BIDE_PRIV_C_END

#endif

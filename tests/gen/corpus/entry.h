/*
 * entry.h: one function of the corpus, as the harness runs it.
 *
 * ENTRY(F, digest, arguments...) defines the functions behind an entry; digest is an expression in
 * `v`, a pointer to the result, and the arguments are expressions in `x`. They are evaluated anew
 * for each call: owned arguments are acquired there.
 */
#ifndef CORPUS_ENTRY_H
#define CORPUS_ENTRY_H

#include "corpus.h"
#include "leaves.h"

#include <stddef.h>

enum {
    ANY_ORDER = 1,   /* children run side by side: the traces agree as sets only */
    NO_TRACE = 2,    /* and not even so: children that were never started, or twins */
    CATCHES = 4,     /* a failure of a leaf need not be its end */
    SPAWNS = 8,      /* leaves tasks on the executor */
    BY_HAND = 16,    /* a leaf: it takes any use behind its end for an error of its parent */
    OTHER_CODES = 32 /* behind a failure that it has caught it may fail with a code of its own */
};

struct entry {
    const char *name;
    const bide_type *type;
    int flags;
    long (*blocking)(int x);
    long (*digest)(const void *v);
    void (*init)(void *frame, int x);
    bide_poll (*start)(void *frame, int x, bide_context *cx, void *out);
    bide_poll (*start_box)(bide_box *box, int x, bide_allocator *a, bide_context *cx, void *out);
    void (*poll_drop)(void *frame);
    bide_poll (*poll)(void *frame, bide_context *cx, void *out);
    void (*discard)(int x);
};

#define ENTRY_COMMON(F, ...)                                                                       \
    static void F##_e_init(void *frame, int x)                                                     \
    {                                                                                              \
        (void)x;                                                                                   \
        F##_init((struct F *)frame, __VA_ARGS__);                                                  \
    }                                                                                              \
    static bide_poll F##_e_start(void *frame, int x, bide_context *cx, void *out)                  \
    {                                                                                              \
        (void)x;                                                                                   \
        return F##_start((struct F *)frame, __VA_ARGS__, cx, (F##_output *)out);                   \
    }                                                                                              \
    static bide_poll F##_e_start_box(bide_box *box, int x, bide_allocator *a, bide_context *cx,    \
                                     void *out)                                                    \
    {                                                                                              \
        (void)x;                                                                                   \
        return F##_start_box(box, __VA_ARGS__, a, cx, (F##_output *)out);                          \
    }                                                                                              \
    static bide_poll F##_e_poll(void *frame, bide_context *cx, void *out)                          \
    {                                                                                              \
        return F##_poll((struct F *)frame, cx, (F##_output *)out);                                 \
    }                                                                                              \
    static void F##_e_drop(void *frame)                                                            \
    {                                                                                              \
        BIDE_PRIV_LET_GO(F, (struct F *)frame);                                                    \
    }                                                                                              \
    static void F##_e_discard(int x)                                                               \
    {                                                                                              \
        (void)x;                                                                                   \
        F##_discard(__VA_ARGS__);                                                                  \
    }

#define ENTRY(F, DIGEST, ...)                                                                      \
    ENTRY_COMMON(F, __VA_ARGS__)                                                                   \
    static long F##_e_digest(const void *value)                                                    \
    {                                                                                              \
        const F##_output *v = (const F##_output *)value;                                           \
        return (long)(DIGEST);                                                                     \
    }                                                                                              \
    static long F##_e_blocking(int x)                                                              \
    {                                                                                              \
        F##_output v = F(__VA_ARGS__);                                                             \
        (void)x;                                                                                   \
        return F##_e_digest(&v);                                                                   \
    }

#define ENTRY_VOID(F, ...)                                                                         \
    ENTRY_COMMON(F, __VA_ARGS__)                                                                   \
    static long F##_e_digest(const void *value)                                                    \
    {                                                                                              \
        (void)value;                                                                               \
        return 0;                                                                                  \
    }                                                                                              \
    static long F##_e_blocking(int x)                                                              \
    {                                                                                              \
        (void)x;                                                                                   \
        F(__VA_ARGS__);                                                                            \
        return 0;                                                                                  \
    }

#define ROW(F, FLAGS)                                                                              \
    {                                                                                              \
#F, &F##_type, FLAGS, F##_e_blocking, F##_e_digest, F##_e_init, F##_e_start,               \
            F##_e_start_box, F##_e_drop, F##_e_poll, F##_e_discard                                 \
    }

/* Each program of the corpus defines these. */
extern const struct entry corpus_entries[];
extern const size_t corpus_entry_count;

#endif

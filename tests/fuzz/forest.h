/*
 * forest.h: the futures that the fuzzer grows. A plant says what its leaves do, and keeps the books
 * on what its futures hold.
 */
#ifndef FOREST_H
#define FOREST_H

#include <bide/bide.h>

enum { TOKENS = 4 };

typedef struct plant {
    int pends[2];      /* polls in which each leaf waits */
    bide_poll code[2]; /* how it ends */
    int32_t value[2];
    bide_waker *waker;  /* of the leaf that waits */
    int held[TOKENS];   /* by the futures: 0 or 1 */
    int taken[TOKENS];  /* how often in all: 0 or 1 */
    int waits;          /* polls in which a leaf waited, and so did the future */
    bool racing;        /* a leaf that waits does not make the future wait */
    int losers;         /* leaves that lost a select and went on */
    int begun, cleaned; /* bodies */
    const char *wrong;
} plant;

/* Something that is owned. */
typedef struct token {
    plant *p;
    int i;
} token;

static inline token token_take(plant *p, int i)
{
    if (p->held[i]++ || p->taken[i]++)
        p->wrong = "a token was taken twice";
    return (token){p, i};
}

static inline void token_release(token t)
{
    if (!t.p)
        return;
    if (--t.p->held[t.i] != 0)
        t.p->wrong = "a token was released twice";
}

static inline void token_end(token *t)
{
    token_release(*t);
    t->p = NULL;
}

static inline token token_move(token *t)
{
    token out = *t;
    t->p = NULL;
    return out;
}

/* leaf(p, which, t): by hand; waits, and ends, as the plant says. */
#define leaf_FRAME(ROW)                                                                            \
    ROW(TRAITS, BIDE_SEND | BIDE_UNPIN)                                                            \
    ROW(PARAM, plant *, p) ROW(PARAM, int, which) ROW(OWNED, token, t, token_release)
#ifdef BIDE_BLOCKING
bide_async int32_t leaf(plant *p, int which, token t);
bide_async int32_t at_once(plant *p);
#else
BIDE_FUTURE_DECLARE(int32_t, leaf)
/* at_once(p): gives 0 at its first poll. */
#define at_once_FRAME(ROW) ROW(TRAITS, BIDE_SEND | BIDE_UNPIN) ROW(PARAM, plant *, p)
BIDE_FUTURE_DECLARE(int32_t, at_once)
#endif

#define Source_METHODS(METHOD, I, Self)                                                            \
    METHOD(I, Self, ASYNC, int32_t, get, (plant *, p), (token, t))
BIDE_INTERFACE(Source);

typedef struct Vine {
    int calls;
} Vine;

bide_async int32_t grown(plant *p, token t);
bide_async int32_t Vine_get(Vine *self, plant *p, token t);
bide_async int32_t raced(plant *p, token t);
bide_async int32_t climbing(Source *s, plant *p, token t);
#ifndef BIDE_BLOCKING
BIDE_IMPL_DECLARE(Source, Vine);
#endif

#include BIDE_GENERATED("forest.gen.h")

#endif

/*
 * corpus.h: what the async functions of the corpus stand on, in both builds.
 *
 * The leaves are ordinary functions in the blocking build, and futures by hand in the async one,
 * which pend as the harness says. Both note the same numbers in the same trace.
 */
#ifndef CORPUS_H
#define CORPUS_H

#include <bide/bide.h>
#include <bide/generated.h>

/* Adds a number to the trace that the two builds must agree upon. */
void note(int number);
/* A variable that an await leaves alone: for ways where no result is compared. */
void must_be(int value, int expected);

/* ---- resources: counted, so that each is released exactly once ---------------------------- */

struct resource {
    int id;
    int alive;
};

struct resource *acquire(int id);
void release(struct resource *r);
void release_at(struct resource **r); /* for scoped and owned: NULL is left alone */
int use(const struct resource *r);    /* its id; notes an error if it was released */

/* A token that is no pointer: 0 is none. */
typedef struct token {
    int id;
} token;

token token_make(int id);
void token_end(token *t);

/* ---- types -------------------------------------------------------------------------------- */

struct pair {
    int a, b;
};
struct big {
    int v[24];
    long sum;
};
union word {
    int i;
    unsigned char bytes[4];
};
struct bits {
    unsigned low : 3, mid : 7;
    signed top : 6;
};
typedef int (*unary)(int);
enum colour { RED, GREEN, BLUE };

int digest_pair(struct pair p);
int digest_big(const struct big *b);

/* Arguments that outlive their call. */
struct pair some_pair(int x);
const struct big *some_big(int x);
int *some_ints(int x);

/* ---- leaves ------------------------------------------------------------------------------- */

#ifdef BIDE_BLOCKING

int leaf(int x);
void pause_void(int x);
struct pair leaf_pair(int x);
struct big leaf_big(int x);
double leaf_double(double x);
int *leaf_pointer(int *p);
void leaf_write(int *to, int value);
int leaf_negative(int x);
struct resource *leaf_acquire(int id);
int leaf_consume(struct resource *r);
int leaf_after(int polls, int x);
int pinned_leaf(int x);
int macro_leaf(int x);
void release_async(struct resource **r);

#else

/* A leaf's own state; zero before its first poll. */
struct leaf_core {
    const void *place; /* of the first poll: a frame that moved is seen */
    bide_waker *waker;
    int state, left, fails;
};

bide_poll leaf_step(struct leaf_core *core, bide_context *cx, int polls);
bool leaf_dropped(struct leaf_core *core);

#define CORPUS_LEAF(ROW) ROW(TRAITS, BIDE_SEND) ROW(LOCAL, struct leaf_core, core)
#define leaf_FRAME(ROW) ROW(PARAM, int, x) CORPUS_LEAF(ROW)
BIDE_FUTURE_DECLARE(int, leaf)
#define pause_void_FRAME(ROW) ROW(PARAM, int, x) CORPUS_LEAF(ROW)
BIDE_FUTURE_DECLARE(void, pause_void)
#define leaf_pair_FRAME(ROW) ROW(PARAM, int, x) CORPUS_LEAF(ROW)
BIDE_FUTURE_DECLARE(struct pair, leaf_pair)
#define leaf_big_FRAME(ROW) ROW(PARAM, int, x) CORPUS_LEAF(ROW)
BIDE_FUTURE_DECLARE(struct big, leaf_big)
#define leaf_double_FRAME(ROW) ROW(PARAM, double, x) CORPUS_LEAF(ROW)
BIDE_FUTURE_DECLARE(double, leaf_double)
/* An async variable's result shares its storage: what it points to must not lie there by chance. */
#define leaf_pointer_FRAME(ROW) CORPUS_LEAF(ROW) ROW(PARAM, int *, p)
BIDE_FUTURE_DECLARE(int *, leaf_pointer)
#define leaf_write_FRAME(ROW) ROW(PARAM, int *, to) ROW(PARAM, int, value) CORPUS_LEAF(ROW)
BIDE_FUTURE_DECLARE(void, leaf_write)
#define leaf_negative_FRAME(ROW) ROW(PARAM, int, x) CORPUS_LEAF(ROW)
BIDE_FUTURE_DECLARE(int, leaf_negative)
#define leaf_acquire_FRAME(ROW) ROW(PARAM, int, id) CORPUS_LEAF(ROW)
BIDE_FUTURE_DECLARE(struct resource *, leaf_acquire)
#define leaf_consume_FRAME(ROW) ROW(OWNED, struct resource *, r, release) CORPUS_LEAF(ROW)
BIDE_FUTURE_DECLARE(int, leaf_consume)
/* Pends a given number of times, whatever the script says. */
#define leaf_after_FRAME(ROW) ROW(PARAM, int, polls) ROW(PARAM, int, x) CORPUS_LEAF(ROW)
BIDE_FUTURE_DECLARE(int, leaf_after)
#define release_async_FRAME(ROW) ROW(PARAM, struct resource **, r) CORPUS_LEAF(ROW)
BIDE_FUTURE_DECLARE(void, release_async)

/* Looks before it parks, so a dyn call or a box of it may never take memory. */
#define pinned_leaf_FRAME(ROW)                                                                     \
    ROW(TRAITS, BIDE_SEND)                                                                         \
    ROW(TRY, pinned_leaf_try) ROW(PARAM, int, x) ROW(LOCAL, struct leaf_core, core)
struct pinned_leaf;
bide_poll pinned_leaf_try(struct pinned_leaf *f, bide_context *cx, int *out);
BIDE_FUTURE_DECLARE(int, pinned_leaf)

/* Written with the body macros. */
#define macro_leaf_FRAME(ROW)                                                                      \
    ROW(TRAITS, BIDE_SEND)                                                                         \
    ROW(PARAM, int, x) ROW(LOCAL, int, first) ROW(LOCAL, int, second)                              \
    ROW(CHILD, leaf, one) ROW(CHILD, leaf, two)
BIDE_ASYNC_DECLARE(int, macro_leaf)

#endif

/* ---- an interface ------------------------------------------------------------------------- */

#define Counter_METHODS(METHOD, I, Self)                                                           \
    METHOD(I, Self, ASYNC_MUT, int, add, (int, n))                                                 \
    METHOD(I, Self, ASYNC, int, twice, (int, n))                                                   \
    METHOD(I, Self, SYNC, int, value)

#ifdef BIDE_BLOCKING
typedef struct Counter {
    void *self;
    int (*add)(void *self, int n);
    int (*twice)(void *self, int n);
    int (*value)(void *self);
} Counter;
int Counter_add(Counter *self, int n);
int Counter_twice(Counter *self, int n);
int Counter_value(Counter *self);
#else
BIDE_INTERFACE(Counter);
#endif

/* Where spawned functions go: an executor of the harness, which runs it to its end. */
bide_local *corpus_executor(void);

#endif

/*
 * kinds.c: the futures: by hand, by macros, by bidec, through an interface.
 */
#include "kinds.h"

bide_poll leaf_poll(struct leaf *f, bide_context *cx, int32_t *out)
{
    plant *p = f->p;
    bide_waker_clear(&p->waker);
    if (p->pends[f->which] > 0) {
        p->pends[f->which]--;
        p->waits += !p->racing;
        p->waker = bide_waker_clone(cx->waker);
        return BIDE_PENDING;
    }
    token_end(&f->t);
    if (p->code[f->which] != BIDE_READY)
        return p->code[f->which];
    *out = p->value[f->which];
    return BIDE_READY;
}

void leaf_drop(struct leaf *f)
{
    if (f->t.p)
        bide_waker_clear(&f->p->waker);
    token_end(&f->t);
}

BIDE_FUTURE_DEFINE(int32_t, leaf);

bide_poll at_once_poll(struct at_once *f, bide_context *cx, int32_t *out)
{
    (void)f, (void)cx;
    *out = 0;
    return BIDE_READY;
}

void at_once_drop(struct at_once *f)
{
    (void)f;
}

BIDE_FUTURE_DEFINE(int32_t, at_once);

/* By macros: one leaf embedded, one boxed. */
#define TWO_ROWS(ROW)                                                                              \
    ROW(PARAM, plant *, p)                                                                         \
    ROW(OWNED, token, t, token_release)                                                            \
    ROW(LOCAL, int32_t, x)                                                                         \
    ROW(LOCAL, int32_t, y) ROW(LOCAL, bool, begun) ROW(CHILD, leaf, one) ROW(BOXED, leaf, two)
#define TWO_BODY(F)                                                                                \
    BIDE_BEGIN(F);                                                                                 \
    f->begun = true;                                                                               \
    f->p->begun++;                                                                                 \
    BIDE_AWAIT_TO(f->x, leaf, one, (f->p, 0, token_take(f->p, 1)));                                \
    BIDE_AWAIT_TO(f->y, leaf, two, (f->p, 1, token_take(f->p, 2)));                                \
    BIDE_RETURN(f->x + f->y);                                                                      \
    BIDE_CLEANUP:                                                                                  \
    f->p->cleaned += f->begun;                                                                     \
    BIDE_END

#define both_FRAME(ROW) ROW(TRAITS, BIDE_SEND) TWO_ROWS(ROW)
BIDE_ASYNC(int32_t, both)
{
    TWO_BODY(both);
}

typedef struct Tree {
    int calls;
} Tree;

#define Tree_get_FRAME(ROW) ROW(PARAM, Tree *, self) TWO_ROWS(ROW)
BIDE_ASYNC(int32_t, Tree_get)
{
    TWO_BODY(Tree_get);
}
BIDE_IMPL_DECLARE(Source, Tree);
BIDE_IMPL(Source, Tree);

typedef struct Bush {
    int calls;
} Bush;

/* By hand: a single leaf inside. */
#define Bush_get_FRAME(ROW)                                                                        \
    ROW(TRAITS, BIDE_SEND | BIDE_UNPIN)                                                            \
    ROW(PARAM, Bush *, self) ROW(PARAM, plant *, p) ROW(OWNED, token, t, token_release)
BIDE_FUTURE(int32_t, Bush_get)

bide_poll Bush_get_poll(struct Bush_get *f, bide_context *cx, int32_t *out)
{
    struct leaf inner = {.p = f->p, .which = 0, .t = f->t};
    bide_poll r = leaf_poll(&inner, cx, out);
    f->t = inner.t;
    return r;
}

void Bush_get_drop(struct Bush_get *f)
{
    if (f->t.p)
        bide_waker_clear(&f->p->waker);
    token_end(&f->t);
}
BIDE_IMPL_DECLARE(Source, Bush);
BIDE_IMPL(Source, Bush);

static Tree tree;
static Bush bush;
static Vine vine;
static Source sources[KINDS];

bool kind_has_one_leaf(int kind)
{
    return kind == LEAF || kind == DYN_BUSH;
}

const bide_type *kind_type(int kind)
{
    static const bide_type *const types[KINDS] = {
        &leaf_type,       &both_type,       &grown_type,      &raced_type,
        &Source_get_type, &Source_get_type, &Source_get_type, &climbing_type};
    return types[kind];
}

void kind_init(int kind, void *frame, plant *p)
{
    token t = token_take(p, 0);
    switch (kind) {
    case LEAF:
        leaf_init(frame, p, 0, t);
        break;
    case BOTH:
        both_init(frame, p, t);
        break;
    case GROWN:
        grown_init(frame, p, t);
        break;
    case RACED:
        raced_init(frame, p, t);
        break;
    case CLIMBING:
        climbing_init(frame, &sources[CLIMBING], p, t);
        break;
    default:
        Source_get_init(frame, &sources[kind], p, t);
    }
}

bide_poll kind_start_box(int kind, bide_box *box, plant *p, bide_allocator *a, bide_context *cx,
                         int32_t *out)
{
    token t = token_take(p, 0);
    switch (kind) {
    case LEAF:
        return leaf_start_box(box, p, 0, t, a, cx, out);
    case BOTH:
        return both_start_box(box, p, t, a, cx, out);
    case GROWN:
        return grown_start_box(box, p, t, a, cx, out);
    case RACED:
        return raced_start_box(box, p, t, a, cx, out);
    case CLIMBING:
        return climbing_start_box(box, &sources[CLIMBING], p, t, a, cx, out);
    default:
        return Source_get_start_box(box, &sources[kind], p, t, a, cx, out);
    }
}

void kinds_open(bide_allocator *a, bide_allocator *b)
{
    sources[DYN_TREE] = Tree_as_Source(&tree, NULL);
    sources[DYN_BUSH] = Bush_as_Source(&bush, a);
    sources[DYN_VINE] = Vine_as_Source(&vine, NULL);
    sources[CLIMBING] = Tree_as_Source(&tree, b);
}

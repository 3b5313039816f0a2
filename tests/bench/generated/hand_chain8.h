/*
 * hand_chain8.h: the chain of eight that suspends once, as hand-written state machines with the
 * contract of a future (init, then poll until done, misuse is told), once for each way to compile
 * the polls. ../hand.c includes it with
 *     NAME(name)  the name of a function or struct in this variant
 *     POLL        the specifiers of a poll
 */

struct NAME(level0) {
    uint32_t *last;
    uint32_t a, b;
    uint32_t polls;
};

static inline void NAME(level0_init)(struct NAME(level0) * f, uint32_t *last, uint32_t a,
                                     uint32_t b)
{
    f->last = last;
    f->a = a;
    f->b = b;
    f->polls = 0;
}

static inline int NAME(level0_poll)(struct NAME(level0) * f, struct context *cx, uint32_t *out)
{
    if (f->polls == 0) {
        f->polls = 1;
        cx->waker->wake_by_ref(cx->waker);
        return PENDING;
    }
    if (f->polls == 2)
        return MISUSE;
    f->polls = 2;
    *f->last = f->a + f->b;
    *out = *f->last;
    return READY;
}

/* Arguments are not needed any more when the child exists. */
#define LEVEL8(n, below)                                                                           \
    struct NAME(level##n) {                                                                        \
        uint32_t state;                                                                            \
        union {                                                                                    \
            struct {                                                                               \
                uint32_t *last;                                                                    \
                uint32_t a, b;                                                                     \
            } args;                                                                                \
            struct NAME(level##below) child;                                                       \
        } u;                                                                                       \
    };                                                                                             \
    static inline void NAME(level##n##_init)(struct NAME(level##n) * f, uint32_t *last,            \
                                             uint32_t a, uint32_t b)                               \
    {                                                                                              \
        f->state = 0;                                                                              \
        f->u.args.last = last;                                                                     \
        f->u.args.a = a;                                                                           \
        f->u.args.b = b;                                                                           \
    }                                                                                              \
    POLL int NAME(level##n##_poll)(struct NAME(level##n) * f, struct context *cx, uint32_t *out)   \
    {                                                                                              \
        uint32_t *last;                                                                            \
        uint32_t a, b, r;                                                                          \
        int code;                                                                                  \
        switch (f->state) {                                                                        \
        case 0:                                                                                    \
            last = f->u.args.last;                                                                 \
            a = f->u.args.a;                                                                       \
            b = f->u.args.b;                                                                       \
            NAME(level##below##_init)(&f->u.child, last, a, b);                                    \
            f->state = 1;                                                                          \
            break;                                                                                 \
        case 1:                                                                                    \
            break;                                                                                 \
        default:                                                                                   \
            return MISUSE;                                                                         \
        }                                                                                          \
        code = NAME(level##below##_poll)(&f->u.child, cx, &r);                                     \
        if (code == PENDING)                                                                       \
            return PENDING;                                                                        \
        f->state = 2;                                                                              \
        if (code != READY)                                                                         \
            return code;                                                                           \
        *out = r + 1;                                                                              \
        return READY;                                                                              \
    }
LEVEL8(1, 0)
LEVEL8(2, 1)
LEVEL8(3, 2)
LEVEL8(4, 3)
LEVEL8(5, 4)
LEVEL8(6, 5)
LEVEL8(7, 6)
LEVEL8(8, 7)
#undef LEVEL8

static uint32_t NAME(run_chain8)(uint32_t loops, int which)
{
    struct leaf leaves[2] = {{0}, {0}};
    uint32_t *last = &leaves[which].last;
    struct waker waker = {wake, false};
    struct context cx;
    uint32_t i, acc = 0;
    cx.waker = &waker;
    OPAQUE(last);
    for (i = 0; i < loops; i++) {
        struct NAME(level8) frame, *f = &frame;
        int code;
        OPAQUE(f);
        NAME(level8_init)(f, last, acc, opaque(i));
        while ((code = NAME(level8_poll)(f, &cx, &acc)) == PENDING)
            wait(&waker);
        if (code != READY)
            abort();
    }
    return acc;
}

#undef NAME
#undef POLL

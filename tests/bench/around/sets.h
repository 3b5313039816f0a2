/*
 * sets.h: the workloads set_... on bide: a set of futures of which one is woken at a time. Included
 * by around.c.
 *
 *     set_wake    the woken one waits again
 *     set_turn    it ends, and another takes its place
 *
 * With _local, the set is for one thread.
 */

#include <bide/future_set.h>

/* What a member waits for. */
struct seat {
    bide_waker *waker;
    uint32_t *waiting; /* how many seats have a waker */
    uint32_t value;
    bool told;
};

/* sit(seat, stays) -> struct turn: who was told, and what; one that stays adds it to *stays. */
struct turn {
    struct seat *seat;
    uint32_t value;
};
#define sit_FRAME(ROW) ROW(PARAM, struct seat *, seat) ROW(PARAM, uint32_t *, stays)
BIDE_FUTURE(struct turn, sit)
BIDE_INLINE bide_poll sit_poll(struct sit *f, bide_context *cx, struct turn *out)
{
    struct seat *s = f->seat;
    bide_poll r;
    if (s->told) {
        s->told = false;
        if (!f->stays) {
            out->seat = s;
            out->value = s->value;
            return BIDE_READY;
        }
        *f->stays += s->value;
    }
    *s->waiting += !s->waker;
    r = bide_waker_register(&s->waker, cx);
    return r == BIDE_READY ? BIDE_PENDING : r;
}
BIDE_INLINE void sit_drop(struct sit *f)
{
    bide_waker_clear(&f->seat->waker);
}

BIDE_FUTURE_SET(Room, sit);
BIDE_LOCAL_FUTURE_SET(LocalRoom, sit);

/* The next seat, by a linear congruential generator: all alike often. Its waker is the caller's. */
static inline bide_waker *tell_one(struct seat *seats, uint32_t count, uint32_t *random, uint32_t n)
{
    struct seat *s;
    bide_waker *waker;
    *random = *random * 1664525u + 1013904223u;
    s = &seats[(uint32_t)(((uint64_t)*random * count) >> 32)];
    waker = s->waker;
    s->waker = NULL;
    s->told = true;
    s->value = opaque(n);
    --*s->waiting;
    return waker;
}

/* Shape: for the sets S
 *     uint32_t S_tell(S *room, struct seat *seats, uint32_t count, uint32_t *stays,
 *                     uint32_t loops)
 * a future that wakes one seat a turn, `loops` times: the sum of what the turns gave;
 *     uint32_t S_run(uint32_t count, bool stay, uint32_t loops)
 * which runs it. */
#define TELL_ROWS(ROW, S)                                                                          \
    ROW(PARAM, S *, room)                                                                          \
    ROW(PARAM, struct seat *, seats)                                                               \
    ROW(PARAM, uint32_t, count)                                                                    \
    ROW(PARAM, uint32_t *, stays)                                                                  \
    ROW(PARAM, uint32_t, loops)                                                                    \
    ROW(LOCAL, uint32_t, done) ROW(LOCAL, uint32_t, random) ROW(LOCAL, uint32_t, sum)
#define SET_TASKS(S)                                                                               \
    BIDE_FUTURE(uint32_t, S##_tell)                                                                \
    BIDE_INLINE bide_poll S##_tell_poll(struct S##_tell *f, bide_context *cx, uint32_t *out)       \
    {                                                                                              \
        S##_item item;                                                                             \
        struct sit one;                                                                            \
        bide_poll r;                                                                               \
        while ((r = S##_poll_next(f->room, cx, &item)) == BIDE_READY) {                            \
            f->sum += item.value.value;                                                            \
            r = S##_insert(f->room, BIDE_MADE(sit, one, (item.value.seat, NULL)));                 \
            if (r != BIDE_READY)                                                                   \
                return r;                                                                          \
        }                                                                                          \
        if (r != BIDE_PENDING)                                                                     \
            return r;                                                                              \
        if (*f->seats->waiting < f->count)                                                         \
            return BIDE_PENDING; /* the set has not come to all of them yet */                     \
        if (f->done == f->loops) {                                                                 \
            *out = f->sum + (f->stays ? *f->stays : 0);                                            \
            return BIDE_READY;                                                                     \
        }                                                                                          \
        bide_waker_wake(tell_one(f->seats, f->count, &f->random, f->done++));                      \
        return BIDE_PENDING;                                                                       \
    }                                                                                              \
    BIDE_INLINE void S##_tell_drop(struct S##_tell *f)                                             \
    {                                                                                              \
        (void)f;                                                                                   \
    }                                                                                              \
    static uint32_t S##_run(uint32_t count, bool stay, uint32_t loops)                             \
    {                                                                                              \
        struct seat *seats = calloc(count, sizeof *seats);                                         \
        uint32_t waiting = 0, sum = 0, i, *stays = stay ? &sum : NULL, out = 0;                    \
        struct sit one;                                                                            \
        bide_poll r;                                                                               \
        S room;                                                                                    \
        if (!seats)                                                                                \
            abort();                                                                               \
        S##_init(&room, bide_heap());                                                              \
        for (i = 0; i < count; i++) {                                                              \
            seats[i].waiting = &waiting;                                                           \
            must(S##_insert(&room, BIDE_MADE(sit, one, (&seats[i], stays))));                      \
        }                                                                                          \
        BIDE_BLOCK_ON_TO(r, S##_tell, &out, (&room, seats, count, stays, loops));                  \
        must(r);                                                                                   \
        S##_drop(&room);                                                                           \
        free(seats);                                                                               \
        return out;                                                                                \
    }
#define Room_tell_FRAME(ROW) TELL_ROWS(ROW, Room)
SET_TASKS(Room)
#define LocalRoom_tell_FRAME(ROW) TELL_ROWS(ROW, LocalRoom)
SET_TASKS(LocalRoom)

/* Shape: the runs of the sets S with so many members: set_wake and set_turn, with a suffix. */
#define SET_RUNS(S, suffix, count)                                                                 \
    static uint32_t set_wake##suffix##_##count(uint32_t loops, int which)                          \
    {                                                                                              \
        (void)which;                                                                               \
        return S##_run(count, true, loops);                                                        \
    }                                                                                              \
    static uint32_t set_turn##suffix##_##count(uint32_t loops, int which)                          \
    {                                                                                              \
        (void)which;                                                                               \
        return S##_run(count, false, loops);                                                       \
    }
SET_RUNS(Room, , 10)
SET_RUNS(Room, , 1000)
SET_RUNS(Room, , 10000)
SET_RUNS(LocalRoom, _local, 10)
SET_RUNS(LocalRoom, _local, 1000)
SET_RUNS(LocalRoom, _local, 10000)

#define SET_ROWS                                                                                   \
    {"set_wake", "10", set_wake_10}, {"set_wake", "1000", set_wake_1000},                          \
        {"set_wake", "10000", set_wake_10000}, {"set_wake_local", "10", set_wake_local_10},        \
        {"set_wake_local", "1000", set_wake_local_1000},                                           \
        {"set_wake_local", "10000", set_wake_local_10000}, {"set_turn", "10", set_turn_10},        \
        {"set_turn", "1000", set_turn_1000}, {"set_turn", "10000", set_turn_10000},                \
        {"set_turn_local", "10", set_turn_local_10},                                               \
        {"set_turn_local", "1000", set_turn_local_1000},                                           \
        {"set_turn_local", "10000", set_turn_local_10000},

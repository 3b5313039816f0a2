/*
 * wait_scenarios.c: what waits in a queue: mutexes, semaphores, notifies and barriers, with turns
 * that come while those who wait give up, poll anew, or free what they waited for.
 *
 * Thread i polls the future number i. Where the setup says so it was polled before, alone, and
 * stands in the queue. A turn that is given to nobody leaves somebody asleep for ever.
 */
#include "scenarios.h"

#include <bide/barrier.h>
#include <bide/bide.h>
#include <bide/mutex.h>
#include <bide/notify.h>

#include "sleeper.h"

#include <string.h>

typedef struct shared {
    bide_mutex *mutex;
    bide_semaphore semaphore;
    bide_notify notify;
    bide_barrier barrier;
    bide_allocator *giver;
    sleeper task[MODEL_THREADS], other;
    struct bide_mutex_lock lock[MODEL_THREADS];
    struct bide_semaphore_acquire acquire[MODEL_THREADS];
    struct bide_notify_wait wait[MODEL_THREADS];
    struct bide_barrier_wait come[MODEL_THREADS];
    uint64_t data; /* of who has the mutex */
    bool leads[MODEL_THREADS];
    int ends[MODEL_THREADS];
    bool given_up;
} shared;

static shared *g;

static void open_shared(void)
{
    g = model_given(sizeof *g);
    memset(g, 0, sizeof *g);
    for (int i = 0; i < MODEL_THREADS; i++)
        sleeper_init(&g->task[i]);
    sleeper_init(&g->other);
    g->mutex = bide_alloc(model_heap(), sizeof *g->mutex, 8, &g->giver);
    bide_mutex_init(g->mutex);
    bide_semaphore_init(&g->semaphore, 0);
    bide_notify_init(&g->notify);
    bide_barrier_init(&g->barrier, 2);
    for (int i = 0; i < MODEL_THREADS; i++) {
        bide_mutex_lock_init(&g->lock[i], g->mutex);
        bide_semaphore_acquire_init(&g->acquire[i], &g->semaphore, 1);
        bide_notify_wait_init(&g->wait[i], &g->notify);
        bide_barrier_wait_init(&g->come[i], &g->barrier);
    }
}

/* One poll of a future by a task. */
#define POLL(F, frame, out)                                                                        \
    static bide_poll poll_##frame(int i, sleeper *by)                                              \
    {                                                                                              \
        bide_context cx = sleeper_context(by);                                                     \
        return F##_poll(&g->frame[i], &cx, out);                                                   \
    }                                                                                              \
    static void until_##frame(int i)                                                               \
    {                                                                                              \
        bide_poll r;                                                                               \
        while ((r = poll_##frame(i, &g->task[i])) == BIDE_PENDING)                                 \
            sleeper_sleep(&g->task[i]);                                                            \
        CHECK(r == BIDE_READY);                                                                    \
        g->ends[i]++;                                                                              \
    }
POLL(bide_mutex_lock, lock, NULL)
POLL(bide_semaphore_acquire, acquire, NULL)
POLL(bide_notify_wait, wait, NULL)
POLL(bide_barrier_wait, come, &g->leads[i])

/* ---- mutexes ------------------------------------------------------------------------------- */

static void unlock(void)
{
    model_touch(&g->data, sizeof g->data);
    bide_mutex_unlock(g->mutex);
}

static void pass(int i)
{
    until_lock(i);
    unlock();
}

static void pass_0(void)
{
    pass(0);
}

static void pass_1(void)
{
    pass(1);
}

static void pass_2(void)
{
    pass(2);
}

static void open_locked(void)
{
    open_shared();
    CHECK(bide_mutex_try_lock(g->mutex));
}

/* Two stand in the queue, 1 before 2. */
static void open_locked_two(void)
{
    open_locked();
    for (int i = 1; i <= 2; i++)
        CHECK(poll_lock(i, &g->task[i]) == BIDE_PENDING);
}

static void give_up_lock_1(void)
{
    bide_mutex_lock_drop(&g->lock[1]);
}

/* Polls for another task than it did: only that one is woken. */
static void pass_1_elsewhere(void)
{
    while (poll_lock(1, &g->other) == BIDE_PENDING)
        sleeper_sleep(&g->other);
    unlock();
}

static void pass_1_and_free(void)
{
    pass(1);
    bide_free(g->giver, g->mutex, sizeof *g->mutex, 8);
    g->mutex = NULL;
}

static void is_unlocked(void)
{
    if (!g->mutex)
        return;
    CHECK(bide_mutex_try_lock(g->mutex));
    bide_free(g->giver, g->mutex, sizeof *g->mutex, 8);
}

/* ---- semaphores ---------------------------------------------------------------------------- */

/* 1 wants two, and stands before 2, who wants one. */
static void open_two_wishes(void)
{
    open_shared();
    bide_semaphore_acquire_init(&g->acquire[1], &g->semaphore, 2);
    for (int i = 1; i <= 2; i++)
        CHECK(poll_acquire(i, &g->task[i]) == BIDE_PENDING);
}

static void release_one(void)
{
    bide_semaphore_release(&g->semaphore, 1);
}

static void release_one_and_one(void)
{
    bide_semaphore_release(&g->semaphore, 1);
    bide_semaphore_release(&g->semaphore, 1);
}

static void release_two(void)
{
    bide_semaphore_release(&g->semaphore, 2);
}

static void acquire_1(void)
{
    until_acquire(1);
}

static void acquire_2(void)
{
    until_acquire(2);
}

static void give_up_acquire_1(void)
{
    bide_semaphore_acquire_drop(&g->acquire[1]);
}

static void none_left(void)
{
    CHECK(bide_semaphore_available(&g->semaphore) == 0);
    is_unlocked();
}

static void one_left(void)
{
    CHECK(bide_semaphore_available(&g->semaphore) == 1);
    is_unlocked();
}

/* ---- notifies ------------------------------------------------------------------------------ */

static void open_told_two(void)
{
    open_shared();
    for (int i = 1; i <= 2; i++)
        CHECK(poll_wait(i, &g->task[i]) == BIDE_PENDING);
}

static void notify_one(void)
{
    bide_notify_one(&g->notify);
}

static void notify_one_and_one(void)
{
    bide_notify_one(&g->notify);
    bide_notify_one(&g->notify);
}

static void notify_all(void)
{
    bide_notify_all(&g->notify);
}

static void wait_1(void)
{
    until_wait(1);
}

static void wait_2(void)
{
    until_wait(2);
}

static void give_up_wait_1(void)
{
    bide_notify_wait_drop(&g->wait[1]);
}

/* ---- barriers ------------------------------------------------------------------------------ */

static void open_three(void)
{
    open_shared();
    bide_barrier_init(&g->barrier, 3);
}

static void open_came_1(void)
{
    open_shared();
    CHECK(poll_come(1, &g->task[1]) == BIDE_PENDING);
}

static void open_came_1_of_three(void)
{
    open_three();
    CHECK(poll_come(1, &g->task[1]) == BIDE_PENDING);
}

static void come_0(void)
{
    until_come(0);
}

static void come_1(void)
{
    until_come(1);
}

static void come_2(void)
{
    until_come(2);
}

static void come_0_once(void)
{
    g->given_up = poll_come(0, &g->task[0]) == BIDE_PENDING;
    if (g->given_up)
        bide_barrier_wait_drop(&g->come[0]);
}

static void give_up_come_1(void)
{
    bide_barrier_wait_drop(&g->come[1]);
}

static void one_leads(void)
{
    CHECK(g->leads[0] + g->leads[1] + g->leads[2] == 1);
    is_unlocked();
}

/* Nobody who has left is waited for, or counted: the next two open it. */
static void two_more_open(void)
{
    CHECK(g->leads[0] == !g->given_up);
    for (int i = 1; i <= 2; i++)
        bide_barrier_wait_init(&g->come[i], &g->barrier);
    CHECK(poll_come(1, &g->task[1]) == BIDE_PENDING);
    CHECK(poll_come(2, &g->task[2]) == BIDE_READY);
    CHECK(poll_come(1, &g->task[1]) == BIDE_READY);
    is_unlocked();
}

/* Both have left: three more open it, not two. */
static void three_more_open(void)
{
    CHECK(g->given_up);
    for (int i = 0; i < MODEL_THREADS; i++)
        bide_barrier_wait_init(&g->come[i], &g->barrier);
    CHECK(poll_come(0, &g->task[0]) == BIDE_PENDING);
    CHECK(poll_come(1, &g->task[1]) == BIDE_PENDING);
    CHECK(poll_come(2, &g->task[2]) == BIDE_READY);
    CHECK(poll_come(0, &g->task[0]) == BIDE_READY);
    CHECK(poll_come(1, &g->task[1]) == BIDE_READY);
    is_unlocked();
}

const model_scenario model_scenarios[] = {
    {"mutex-three", false, open_shared, {pass_0, pass_1, pass_2}, is_unlocked},
    {"mutex-give-up", false, open_locked_two, {unlock, give_up_lock_1, pass_2}, is_unlocked},
    {"mutex-elsewhere", false, open_locked_two, {unlock, pass_1_elsewhere, pass_2}, is_unlocked},
    {"mutex-free", false, open_locked, {unlock, pass_1_and_free, NULL}, is_unlocked},
    {"semaphore-new", false, open_shared, {release_one_and_one, acquire_1, acquire_2}, none_left},
    {"semaphore-two", false, open_shared, {release_two, acquire_1, acquire_2}, none_left},
    {"semaphore-give-up",
     false,
     open_two_wishes,
     {release_one, give_up_acquire_1, acquire_2},
     none_left},
    {"semaphore-given-up",
     false,
     open_two_wishes,
     {release_two, give_up_acquire_1, acquire_2},
     one_left},
    {"notify-new", false, open_shared, {notify_one, wait_1, NULL}, is_unlocked},
    {"notify-two", false, open_told_two, {notify_one_and_one, wait_1, wait_2}, is_unlocked},
    {"notify-give-up", false, open_told_two, {notify_one, give_up_wait_1, wait_2}, is_unlocked},
    {"notify-all", false, open_told_two, {notify_all, wait_1, wait_2}, is_unlocked},
    {"notify-all-give-up", false, open_told_two, {notify_all, give_up_wait_1, wait_2}, is_unlocked},
    {"barrier-three", false, open_three, {come_0, come_1, come_2}, one_leads},
    {"barrier-give-up", false, open_came_1, {come_0_once, give_up_come_1, NULL}, two_more_open},
    {"barrier-leave",
     false,
     open_came_1_of_three,
     {come_0_once, give_up_come_1, NULL},
     three_more_open},
};
const size_t model_n_scenarios = sizeof model_scenarios / sizeof model_scenarios[0];

/*
 * core.h (private): the part of an executor that wakers, timers and tasks share.
 *
 * Ownership of a wake. Each task has two flags, "in the local queue" (plain, owner's) and "in the
 * remote list" (atomic), and two counts, one for the owner and one for everybody else. The owner is
 * the thread inside the executor now: its wakes are plain code. Others pay one exchange, and a
 * push, and an unpark when the owner sleeps. When the task ends, the owner's count is merged into
 * the other, and whoever brings the sum to zero frees the block.
 *
 * The core itself is counted in the same way, by its executor, its root, each task's block, each
 * started timer and each slab, so that it outlives them all.
 */
#ifndef BIDE_PRIV_CORE_H
#define BIDE_PRIV_CORE_H

#include <bide/alloc_slab.h>
#include <bide/executor.h>

#include "atomic.h"
#include "hub.h"
#include "park.h"
#include "task_block.h"
#include "thread_id.h"

/* What the shared counts begin with, and what merging takes off again. Until then no sum of
 * foreign clones and drops can reach zero. */
#define BIDE_PRIV_BIAS 0x40000000u

enum bide_priv_task_state {
    BIDE_PRIV_TASK_IDLE, /* being built; a root that is not running */
    BIDE_PRIV_TASK_LIVE,
    BIDE_PRIV_TASK_DONE, /* the frame has ended; the result waits */
    BIDE_PRIV_TASK_TAKEN /* somebody has taken the result */
};

/* A task's header; task_block.h tells what follows it. Of a light task's there is only the part
 * that ends with `state`. */
struct bide_task {
    bide_waker waker; /* first: a waker is a task */
    bide_local *core;
    const bide_type *type;
    union {
        bide_task *next; /* local queue; owner */
        uintptr_t stamp; /* while it is in no queue and `stamped`: since when it waits */
    };
    bide_task *after; /* the executor's list of tasks; owner */
    bide_task *ahead;
    bide_allocator *giver;
    uint32_t near_refs;             /* owner's count until the merge; the only one if light */
    _Atomic(unsigned char) far;     /* in the remote list, or never to enter it again */
    _Atomic(unsigned char) aborted; /* to be dropped at its next turn */
    unsigned char queued;           /* in the local queue, or never to enter it again; owner */
    unsigned char state : 4;        /* owner */
    unsigned char has_extra : 1;    /* set when built */
    unsigned char stamped : 1;      /* its last turn left a stamp; owner */
    unsigned char dropping : 1;     /* its frame is being dropped; owner */
    unsigned char light : 1;        /* set when built; task_light.c */

    bide_task *next_far; /* remote list; whoever set `far` */
    bide_waker *joiner;  /* who awaits the end; owner */
    bide_slab *slab;     /* taken at the first wish; owner */
    uint32_t far_refs;   /* atomic: the others', from the merge on everybody's */
    bide_poll code;      /* how it ended */
};

/* Bytes of the two kinds of headers. */
#define BIDE_PRIV_LOCAL_HEADER BIDE_PRIV_TASK_HEADER
#define BIDE_PRIV_LIGHT_HEADER 64u

BIDE_PRIV_ASSERT(sizeof(bide_task) <= BIDE_PRIV_LOCAL_HEADER, "a task's header fits its place");
BIDE_PRIV_ASSERT(offsetof(bide_task, next_far) <= BIDE_PRIV_LIGHT_HEADER, "a light one, too");

/* A slab in the executor's hands: what lies before the slab's own memory. */
struct bide_priv_slab_block {
    bide_slab slab;
    bide_local *core;
    bide_allocator *giver;
    struct bide_priv_slab_block *next; /* cache, or the list of those that came back */
    size_t bytes;                      /* of the whole block */
};

struct bide_local {
    bide_runtime runtime; /* first: a runtime is a core */
    bide_runtime light;   /* makes light tasks */

    /* Owner's, looked at in each turn. */
    uintptr_t owner; /* atomic: thread inside the executor, 0 when nobody is */
    void *remote;    /* atomic: tasks woken by others, newest first; or CLOSED */
    bide_task *head; /* local queue */
    bide_task *tail;
    bide_task *current; /* being polled or dropped */
    bide_context cx;
    bide_local_stats stats;

    /* The root: the future of block_on and run_until. */
    void *root_frame;
    void *root_out;
    bide_poll root_code;
    bide_task root;

    /* Tasks and their memory; owner's. */
    bide_task *first; /* oldest task */
    bide_task *last;
    bide_allocator *allocator;
    bide_allocator *giver;
    bide_allocator lazy; /* stands in for a slab that has not been taken yet */
    size_t slab_bytes;
    size_t root_slab_bytes;
    struct bide_priv_slab_block *slabs; /* kept */
    uint32_t slabs_kept, slabs_most;
    void *slabs_back; /* atomic: came back on other threads; or CLOSED */

    /* Counts of references to the core. */
    uint32_t near_refs; /* owner's until the merge */
    uint32_t far_refs;  /* atomic */
    bool closing;       /* owner's: spawning is refused */
    bool canceling;     /* the same, while all tasks are being cancelled */
    uint8_t stamping;   /* owner's: turns leave stamps, if it is not 0 */
    uint8_t turns;      /* owner's: so many polls before others are looked at */

    bide_priv_hub hub; /* time, and blocking work */
    bide_priv_parker parker;

    /* On somebody else's loop; host.c. */
    bide_host *host;      /* NULL: none */
    uint32_t host_state;  /* atomic: how the host is to be told */
    bool new_deadline;    /* owner's: between enter and leave a timer was started */
};

/* Timers are looked at when the queue is empty, and at least so often. */
#define BIDE_PRIV_TURNS 64

/* The list head that says that nobody will drain it again. */
extern const char bide_priv_closed;
#define BIDE_PRIV_CLOSED ((void *)&bide_priv_closed)

static inline uint32_t bide_priv_header_of(const bide_task *t)
{
    return t->light ? BIDE_PRIV_LIGHT_HEADER : BIDE_PRIV_LOCAL_HEADER;
}

static inline bide_local *bide_priv_core_of(bide_runtime *rt)
{
    return (bide_local *)(void *)rt;
}

static inline bool bide_priv_is_owner(bide_local *core)
{
    return bide_priv_load_relaxed(BIDE_PRIV_WORD(&core->owner)) == bide_priv_thread_id();
}

/* Whether this thread may use the executor: its owner, or anybody while there is none. */
static inline bool bide_priv_may_use(bide_local *core)
{
    uintptr_t owner = bide_priv_load_acquire(BIDE_PRIV_WORD(&core->owner));
    return owner == 0 || owner == bide_priv_thread_id();
}

/* Owner: appends to the local queue. The caller has seen that `queued` was 0. */
static inline void bide_priv_schedule(bide_local *core, bide_task *t)
{
    t->queued = 1;
    t->next = NULL;
    if (core->head)
        core->tail->next = t;
    else
        core->head = t;
    core->tail = t;
    core->stats.wakes++;
}

static inline bool bide_priv_has_remote(bide_local *core)
{
    return bide_priv_load_relaxed(BIDE_PRIV_PTR(&core->remote)) != NULL;
}

enum { BIDE_PRIV_STAMPS_WANTED = 1, BIDE_PRIV_STAMPS_LEFT = 2 };

/* A stamp is a time that fits a pointer: nanoseconds, or milliseconds where pointers are short. */
#define BIDE_PRIV_STAMP_UNIT (sizeof(uintptr_t) >= 8 ? 1u : 1000000u)

static inline uintptr_t bide_priv_stamp(uint64_t now)
{
    return (uintptr_t)(now / BIDE_PRIV_STAMP_UNIT);
}

static inline uint64_t bide_priv_stamp_age(uintptr_t stamp, uint64_t now)
{
    return (uint64_t)(bide_priv_stamp(now) - stamp) * BIDE_PRIV_STAMP_UNIT;
}

/* core.c: life of the core, the remote list, time. */
bide_poll bide_priv_core_new(const bide_local_options *options, const bide_runtime_vtable *vtable,
                             bide_local **out);
void bide_priv_core_close(bide_local *core);
void bide_priv_core_retain(bide_local *core);
void bide_priv_core_release(bide_local *core);
bool bide_priv_core_push(bide_local *core, bide_task *t, bool from_isr);
void bide_priv_core_drain(bide_local *core);
uint64_t bide_priv_core_now(bide_local *core);
void bide_priv_core_fire(bide_local *core);
void bide_priv_core_sleep(bide_local *core);
/* Whoever has made work for an owner that may sleep, or for a host. */
void bide_priv_core_unpark(bide_local *core, bool from_isr);
bide_poll bide_priv_offload(bide_runtime *rt, bide_job *job);
bide_poll bide_priv_timer_start(bide_runtime *rt, bide_timer *timer);
void bide_priv_timer_stop(bide_runtime *rt, bide_timer *timer);
uint64_t bide_priv_runtime_now(bide_runtime *rt);

/* alloc_slab.c: instead of enter and leave around each poll: the slab's owner is the thread whose
 * id stands in *owner, a word that the executor keeps and that lives as long as the slab. */
void bide_priv_slab_follow(bide_slab *slab, const uintptr_t *owner);

/* core_slab.c: a task's slab, taken at the first wish. */
void *bide_priv_lazy_alloc(bide_allocator *self, size_t bytes, size_t align,
                           bide_allocator **giver);
void bide_priv_lazy_free(bide_allocator *giver, void *block, size_t bytes, size_t align);
void bide_priv_slab_retire(bide_local *core, bide_task *t);
void bide_priv_slabs_close(bide_local *core);

/* trace.c: what join handles ask of it. */
bide_poll bide_priv_local_trace(bide_task *t, const bide_trace_options *options);
bide_poll bide_priv_local_request_trace(bide_task *t, bide_trace_request *request);

/* task.c: the tasks' wakers, life and spawning. */
extern const bide_priv_task_vtable bide_priv_local_task;
void *bide_priv_task_frame(bide_task *t);
size_t bide_priv_task_slab_bytes(const bide_task *t);
const char *bide_priv_task_name(const bide_task *t);
void bide_priv_task_unref(bide_task *t);
void bide_priv_task_unlink(bide_local *core, bide_task *t);
void bide_priv_task_dispose(bide_task *t);
void bide_priv_task_end(bide_task *t, bide_poll code);
void bide_priv_task_drop(bide_task *t, bide_poll code);
bide_poll bide_priv_spawn_begin(bide_runtime *rt, const bide_type *type,
                                const bide_spawn_options *options, bide_task **task, void **frame);
void bide_priv_spawn_commit(bide_runtime *rt, bide_task *task, bool keep);
void bide_priv_spawn_abandon(bide_runtime *rt, bide_task *task);
/* The same for light tasks, which task_light.c asks for. */
bide_poll bide_priv_light_reserve(bide_local *core, const bide_type *type,
                                  const bide_spawn_options *options, bide_task **task,
                                  void **frame);
void bide_priv_light_start(bide_local *core, bide_task *task, bool keep);
void bide_priv_light_dispose(bide_task *t);

/* task_light.c: light tasks. */
extern const bide_runtime_vtable bide_priv_light_vtable;
extern const bide_priv_task_vtable bide_priv_light_task;
void bide_priv_light_end(bide_task *t, bide_poll code);
void bide_priv_light_unref(bide_task *t);

/* Owner: a reference that a queue held, or somebody for a while. */
static inline void bide_priv_any_unref(bide_task *t)
{
    if (t->light)
        bide_priv_light_unref(t);
    else
        bide_priv_task_unref(t);
}

/* The runtime of every executor here; they differ in the name. Shape: an initialiser. */
#define BIDE_PRIV_RUNTIME_VTABLE(executor_name)                                                    \
    {                                                                                              \
        .size = sizeof(bide_runtime_vtable), .name = (executor_name),                              \
        .now = bide_priv_runtime_now, .timer_start = bide_priv_timer_start,                        \
        .timer_stop = bide_priv_timer_stop, .offload = bide_priv_offload,                          \
        .spawn_begin = bide_priv_spawn_begin, .spawn_commit = bide_priv_spawn_commit,              \
        .spawn_abandon = bide_priv_spawn_abandon,                                                  \
    }

/* executor.c: being the owner. */
/* What this thread is inside of: a bide_local, a worker of a pool, or nothing. A second one is
 * refused, inside. */
extern _Thread_local void *bide_priv_current;
bide_poll bide_priv_enter(bide_local *core);
void bide_priv_leave(bide_local *core);
bide_poll bide_priv_run_root(bide_local *core, const bide_type *type, void *frame, void *out);
/* Up to BIDE_PRIV_TURNS polls; true: the root has ended. */
bool bide_priv_run_some(bide_local *core);

/* host.c: executors on somebody else's loop. */
extern const bide_runtime_vtable bide_priv_hosted_vtable;
/* Tells the host, if it waits to be told. */
void bide_priv_host_wake(bide_local *core, bool from_isr);
/* The host is not called any more. */
void bide_priv_host_close(bide_local *core);
/* Tasks have been told to end: how that stands, and the host is told. */
bide_poll bide_priv_host_cancel(bide_local *core);
/* What waits already, waits from now. */
void bide_priv_stamp_all(bide_local *core);

#endif

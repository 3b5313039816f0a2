/*
 * bide/abi.h: the binary contract, and nothing else.
 *
 * These are the structures that cross the boundary between two separately built libraries, or two
 * languages. The header is freestanding and contains no code. Sizes and offsets are asserted by
 * tests/abi and printed by the tool bide-layout built there, so that a change is seen.
 *
 * How the contract grows. Each structure that may grow begins with its own size in bytes, as its
 * maker knew it. Members are only ever added at the end. A reader that wants a member compares the
 * size first, so old makers meet new readers and the reverse. Codes and flags keep their values
 * forever; unknown negative codes are passed on, unknown flags ignored.
 *
 * Who may call what, in one sentence: everything that takes a `bide_context *` is called by the
 * thread that polls; wakers may be used by any thread; the rest says so itself.
 */
#ifndef BIDE_ABI_H
#define BIDE_ABI_H

#include <bide/config.h>

BIDE_PRIV_C_BEGIN

/* ---- poll results ------------------------------------------------------------------------- */

/* What polling a future tells. Zero is "not yet", positive is an end with a result, negative an
 * end without one (the failure codes: the future can never finish). The errors of the *user's*
 * protocol are no failures: they belong to the Output. */
typedef int32_t bide_poll;

enum {
    BIDE_PENDING = 0,    /* must wait; the waker of the context will be woken */
    BIDE_READY = 1,      /* finished; *out has been written */
    BIDE_DONE = 2,       /* streams: there are no more items; *out has not been written */
    BIDE_ENOMEM = -1,    /* an allocation failed */
    BIDE_ECANCELED = -2, /* cancelled from outside: aborted, or its executor ended */
    BIDE_EFOREIGN = -3,  /* a foreign exception or panic arrived at the boundary */
    BIDE_EMISUSE = -4,   /* a rule was broken: polled after completion, nested block_on, ... */
    BIDE_ENOSYS = -5,    /* the runtime, or the object, lacks what was asked for */
    BIDE_EBUSY = -6,     /* a fixed capacity is used up */
    BIDE_EMISMATCH = -7  /* two sides were built from different declarations */
};

/* ---- wakers ------------------------------------------------------------------------------- */

/* A waker is one word: a pointer to a reference-counted object that begins with its vtable. Two
 * wakers wake the same task if and only if the pointers are equal. The one in a context is lent
 * for the length of the poll; a leaf that parks clones it, and later wakes or drops the clone.
 * Follows Rust's RawWaker, with the data word and the vtable word folded into one. */
typedef struct bide_waker bide_waker;

typedef struct bide_waker_vtable {
    uint32_t size;  /* of this table in bytes, as its maker knew it */
    uint32_t flags; /* none defined yet: 0 */
    /* One more reference to the same waker. NULL when a foreign adapter ran out of memory; bide's
     * own wakers never do. Any thread. */
    bide_waker *(*clone)(bide_waker *waker);
    /* Schedules the task and gives up the caller's reference. Runs no user code. Any thread. */
    void (*wake)(bide_waker *waker);
    /* Schedules the task; the reference stays with the caller. Any thread. */
    void (*wake_by_ref)(bide_waker *waker);
    /* Gives up a reference without waking. Any thread. */
    void (*drop)(bide_waker *waker);
    /* Like wake_by_ref, from a signal handler or an interrupt. Frees nothing, locks nothing. NULL
     * (or beyond `size`) where the waker cannot do it. */
    void (*wake_from_isr)(bide_waker *waker);
} bide_waker_vtable;

struct bide_waker {
    const bide_waker_vtable *vtable;
};

/* ---- allocators --------------------------------------------------------------------------- */

/* An allocator is an object that begins with these members; its own address is the self pointer.
 * Every placement of a frame is one: the C heap, a pool, an arena, a task's slab, a slot. */
typedef struct bide_allocator bide_allocator;

struct bide_allocator {
    uint32_t size;  /* of this header in bytes, as its maker knew it */
    uint32_t flags; /* BIDE_ALLOC_ANY_THREAD, BIDE_FREE_ANY_THREAD, BIDE_ALLOC_FIXED */
    /* A block of `bytes` bytes (at least 1), aligned to `align` (a power of two), or NULL. On
     * success *giver names the allocator whose `free` must get the block: an allocator that only
     * forwards hands its upstream's giver through. */
    void *(*alloc)(bide_allocator *self, size_t bytes, size_t align, bide_allocator **giver);
    /* Takes a block back, with the size and alignment of the request. Cannot fail. */
    void (*free)(bide_allocator *giver, void *block, size_t bytes, size_t align);
};

enum {
    BIDE_ALLOC_ANY_THREAD = 1, /* alloc may be called by any thread at any time */
    BIDE_FREE_ANY_THREAD = 2,  /* free may be called by any thread at any time */
    BIDE_ALLOC_FIXED = 4,      /* capacity is fixed: NULL means "busy", not "out of memory" */
    BIDE_ALLOC_BUMP = 8        /* the allocator is a bide_bump: see there */
};

/* An allocator that lets its callers take plain blocks themselves, without a call. Whoever may call
 * alloc may, for an alignment of at most 8, if header and block fit between top and end: write the
 * header, an 8-byte word that holds the distance in bytes down to `last`, at top; make it `last`;
 * raise top by 8 and the block's bytes, rounded up to 8. The block follows its header and goes back
 * through `free` like any other; or, on the same thread and before anything else was done with the
 * allocator's memory below it, by undoing these steps, if it is still the topmost and the header
 * below has not its lowest bit set, which says that that block has been given back. Nobody need:
 * alloc and free do the same, and more. A header's high half is the padding before it. */
typedef struct bide_bump {
    bide_allocator base;
    unsigned char *top; /* first byte that is not taken; aligned to 8 */
    unsigned char *end; /* of the memory; never below top */
    void *last;         /* header of the topmost block, or of none */
} bide_bump;

/* ---- timers, jobs, runtimes, the context -------------------------------------------------- */

typedef struct bide_context bide_context;
typedef struct bide_runtime bide_runtime;
typedef struct bide_task bide_task; /* one spawned future; see bide/task.h */
typedef struct bide_type bide_type;

/* A timer that a leaf embeds in its frame. The leaf sets `deadline` and `waker` and calls
 * timer_start; from then on the runtime owns both links and waker, until timer_stop. */
typedef struct bide_timer {
    uint64_t deadline; /* nanoseconds on the runtime's clock */
    bide_waker *waker; /* a clone, owned by the timer; moved out when it fires */
    void *priv[4];     /* the runtime's own: links, place in its queue */
} bide_timer;

/* A piece of blocking work, embedded as a member of an object that owns the arguments and holds
 * the results; see bide/runtime.h for its use. */
typedef struct bide_job bide_job;

struct bide_job {
    void (*run)(bide_job *job);     /* the work; on a thread of the runtime's */
    void (*release)(bide_job *job); /* last reference gone: frees the object around the job */
    bide_waker *waker;              /* private: who awaits it */
    bide_job *next;                 /* private: the runtime's queue */
    uint32_t refs;                  /* private, atomic */
    uint32_t state;                 /* private, atomic */
};

/* How to spawn. All members but size may be zero. */
typedef struct bide_spawn_options {
    uint32_t size;             /* of this structure, as the caller knew it */
    uint32_t flags;            /* none defined yet: 0 */
    const char *name;          /* for traces; must outlive the task. NULL: the type's name */
    bide_allocator *allocator; /* of the task's block; NULL: the executor's */
    size_t slab_bytes;         /* slab for the task's dyn calls; 0: the executor's default */
    /* Called once when the task has ended, on the executor's thread: code as a poll result,
     * output valid during the call if code is BIDE_READY. NULL: nobody is told. */
    void (*done)(void *done_arg, bide_poll code, const void *output);
    void *done_arg;
} bide_spawn_options;

/* What a leaf may ask of whatever executor polls it. A slot that is NULL or beyond `size` means
 * BIDE_ENOSYS to the leaf; bide/runtime.h has the checked calls. */
typedef struct bide_runtime_vtable {
    uint32_t size;
    uint32_t flags;
    const char *name; /* "local", "block_on", "uv", ... */
    /* Monotonic clock in nanoseconds. Any thread. */
    uint64_t (*now)(bide_runtime *rt);
    /* Starts a timer; takes the waker on success (BIDE_READY), leaves it on failure. A started
     * timer must be stopped exactly once, fired or not, before its memory ends, by any thread;
     * until then the runtime object stays alive. */
    bide_poll (*timer_start)(bide_runtime *rt, bide_timer *timer);
    /* After this returns the runtime does not touch the timer; an unused waker is dropped. */
    void (*timer_stop)(bide_runtime *rt, bide_timer *timer);
    /* Queues a job for a thread that may block; takes one reference to it on success. */
    bide_poll (*offload)(bide_runtime *rt, bide_job *job);
    /* Spawning, in two steps so that the frame is built in place: begin gives the place of the
     * frame inside the task's one block; the caller runs the type's init there, then commits, or
     * abandons without having run it. A committed task is scheduled; commit's `keep` leaves one
     * reference with the caller (a join handle), else the task is detached. */
    bide_poll (*spawn_begin)(bide_runtime *rt, const bide_type *type,
                             const bide_spawn_options *options, bide_task **task, void **frame);
    void (*spawn_commit)(bide_runtime *rt, bide_task *task, bool keep);
    void (*spawn_abandon)(bide_runtime *rt, bide_task *task);
} bide_runtime_vtable;

struct bide_runtime {
    const bide_runtime_vtable *vtable;
};

/* What a poll gets. Made by the executor, lent for the length of the poll, never stored. */
struct bide_context {
    uint32_t size;             /* of this structure, as the executor knew it */
    uint32_t flags;            /* none defined yet: 0 */
    bide_waker *waker;         /* never NULL */
    bide_runtime *runtime;     /* NULL: none */
    bide_allocator *allocator; /* for frames of dyn calls; NULL: the default allocator */
};

/* ---- futures ------------------------------------------------------------------------------ */

/* Receives the tree of suspended futures. enter/leave nest; `line` is that of the await, or 0. */
typedef struct bide_tracer bide_tracer;

/* Set and cleared by the tracer, in enter and leave: the future just entered is to tell nothing of
 * its children. A trace operation that does not look at it only works in vain. */
enum { BIDE_TRACER_ENOUGH = 1 };

struct bide_tracer {
    uint32_t size;
    uint32_t flags; /* BIDE_TRACER_ENOUGH */
    void (*enter)(bide_tracer *tracer, const bide_type *type, const void *frame, const char *file,
                  uint32_t line);
    void (*leave)(bide_tracer *tracer);
    void (*note)(bide_tracer *tracer, const char *text); /* a leaf's reason; may be NULL */
};

/* Keeps the shared library of an implementation loaded while handles or boxes of it live. */
typedef struct bide_module {
    uint32_t size;
    uint32_t flags;
    void (*retain)(const struct bide_module *module);
    void (*release)(const struct bide_module *module);
} bide_module;

/* Facts about a future type. Never invert one: code without a flag is code that promises less. */
enum {
    BIDE_SEND = 1,    /* may be polled and dropped on another thread than it was made on */
    BIDE_SYNC = 2,    /* may be looked at by several threads at once */
    BIDE_UNPIN = 4,   /* may be moved, also after it was polled */
    BIDE_STATE = 8,   /* the frame begins with the 32-bit state word described below */
    BIDE_NO_DROP = 16 /* must not be dropped synchronously while pending: use cancel */
};

/* The state word at offset 0 of frames that have one (BIDE_STATE): the low bits number the await
 * that the frame waits at, 0 is "not polled yet". */
#define BIDE_STATE_MASK 0x0fffffffu
#define BIDE_STATE_CANCELING 0x20000000u /* `cancel` has begun: only cancel and drop may follow */
#define BIDE_STATE_RUNNING 0x40000000u   /* checked builds: being polled now */
#define BIDE_STATE_DONE 0x80000000u      /* finished or dropped: nothing is left to release */

/* The record of a future type: what code needs that holds a future without knowing its type. */
struct bide_type {
    uint32_t size;         /* of this record, as its maker knew it; always below 65,536 */
    uint32_t flags;        /* BIDE_SEND ... BIDE_NO_DROP */
    uint32_t frame_size;   /* bytes of a frame */
    uint32_t frame_align;  /* its alignment, a power of two */
    uint32_t box_offset;   /* from a block to the frame in it: max(sizeof(void *), frame_align) */
    uint32_t output_size;  /* bytes of the Output, 0 for void */
    uint32_t output_align; /* its alignment, 1 for void */
    uint32_t reserved;     /* 0 */
    /* Runs until it must wait. Writes *out only with BIDE_READY (or a stream's item). */
    bide_poll (*poll)(void *frame, bide_context *cx, void *out);
    /* Cancels and releases. A drop of a finished frame does nothing. */
    void (*drop)(void *frame);
    /* Cleanup that must itself wait: polled until it is not BIDE_PENDING; ends the frame. NULL
     * where drop suffices. */
    bide_poll (*cancel)(void *frame, bide_context *cx);
    /* Describes a suspended frame. NULL: nothing to tell but the name. */
    void (*trace)(const void *frame, bide_tracer *tracer);
    const char *name;
    const bide_module *module; /* NULL: never unloaded */
};

/* A boxed future: owns a frame whose memory came from an allocator. The allocator to give it back
 * to lies in the pointer word directly below the frame. frame == NULL: the box is empty. May be
 * moved at any time, also while its future is pending. */
typedef struct bide_box {
    void *frame;
    const bide_type *type;
} bide_box;

/* ---- interfaces --------------------------------------------------------------------------- */

/* The kinds of rows of an interface; _DEFAULT is the bit 0x100. */
enum {
    BIDE_KIND_ASYNC = 1,
    BIDE_KIND_ASYNC_MUT = 2,
    BIDE_KIND_SYNC = 3,
    BIDE_KIND_SYNC_MUT = 4,
    BIDE_KIND_POLL = 5,
    BIDE_KIND_FN = 6,
    BIDE_KIND_SUPER = 7,
    BIDE_KIND_DEFAULT = 0x100
};

typedef struct bide_interface bide_interface;

/* One row of an interface, as both sides compare it at bind time. */
typedef struct bide_signature {
    const char *name;            /* of the method */
    const char *text;            /* types of result and parameters as they were written */
    const bide_interface *super; /* BIDE_KIND_SUPER: the base interface, else NULL */
    uint32_t kind;
    uint32_t offset; /* of the slot in the vtable */
    uint32_t bytes;  /* of the slot */
    uint32_t layout; /* sizes and alignments of result and parameters, folded */
} bide_signature;

/* An interface as one side knows it. */
struct bide_interface {
    uint32_t size;        /* of this record */
    uint32_t row_size;    /* of a bide_signature, as its maker knew it */
    const char *name;     /* "Calculator" */
    uint32_t vtable_size; /* bytes, header included */
    uint32_t rows;        /* number of signatures */
    const bide_signature *signatures;
};

/* The first word of every vtable: tells it from a type record, and its revision. */
#define BIDE_VTABLE_ABI 0xb1de0001u

typedef struct bide_vtable bide_vtable;

/* The header of an interface's vtable; one record per row follows. */
struct bide_vtable {
    uint32_t abi;  /* BIDE_VTABLE_ABI */
    uint32_t size; /* of the whole table in bytes: rows beyond it are answered by defaults */
    const bide_interface *interface_info; /* as the implementation was compiled against it */
    const char *implementation;           /* "SlowCalculator" */
    uint32_t flags;                       /* BIDE_SEND: futures and object may change threads */
    uint32_t header_size;                 /* of this header */
    uint32_t self_size;                   /* bytes of the object; 0: unknown */
    uint32_t self_align;                  /* its alignment; 0: unknown */
    void (*destroy)(void *self);          /* NULL: the object is not destroyed through a handle */
    const bide_vtable *(*query)(const char *interface_name); /* other interfaces, or NULL */
    const bide_module *module;                               /* NULL: never unloaded */
    /* Objects that are counted: a call that was made and not yet started holds a reference, so that
     * its maker may give up his own. Both or neither NULL. */
    void (*retain)(void *self);
    void (*release)(void *self);
};

/* The record of an async row is a structure of four members, typed by its parameters P...
 *     const bide_type *type;
 *     void      (*init)(void *frame, void *self, P...);
 *     bide_poll (*start)(void *self, P..., bide_allocator *, bide_context *, R *out, bide_box *);
 *     void      (*discard)(void *self, P...);
 * init builds a frame in memory that the caller got. start runs at once and asks the allocator
 * (NULL: the context's) for a frame only if it must wait; PENDING: *box holds the future, else
 * nothing is held and *box may hold anything. Both consume owned arguments in every case, also
 * when they fail; discard releases the owned arguments of a call that will never run, and is NULL
 * where nothing is owned. `R *out` is `void *`, and may be NULL, where the Output is void.
 * The slot of a SYNC row is `R (*)(void *self, P...)`, of a FN row the same with self ignored, of
 * a POLL row `bide_poll (*)(void *self, P..., bide_context *, R *out)`, of a SUPER row a pointer
 * to the base's vtable. */
typedef struct bide_method {
    const bide_type *type; /* what every async record begins with */
} bide_method;

BIDE_PRIV_C_END

#endif

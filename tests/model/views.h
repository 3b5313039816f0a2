/*
 * views.h: the memory model: what each thread knows of each atomic word, and of plain memory.
 */
#ifndef BIDE_MODEL_VIEWS_H
#define BIDE_MODEL_VIEWS_H

#include "explorer.h"

#include <setjmp.h>

enum {
    LOCATIONS = 48, /* atomic words in one state */
    WRITES = 48,    /* writes to one of them that may still be read */
    OBJECTS = 8,    /* mutexes and semaphores */
    BLOCKS = 32,
    ARENA = 16 * 1024,
    CHOICES = 4 * WRITES,
};

enum kind {
    OP_BEGIN,
    OP_END,
    OP_LOAD,
    OP_STORE,
    OP_EXCHANGE,
    OP_LOCK, /* an exchange that waits until it can read a zero */
    OP_ADD,
    OP_SUB,
    OP_AND,
    OP_OR,
    OP_CAS,
    OP_CAS_WEAK,
    OP_FUTEX_WAIT,
    OP_FUTEX_SLEEP, /* inside the wait */
    OP_FUTEX_WAKE,
    OP_TAKE, /* a mutex or a semaphore */
    OP_GIVE,
    OP_SPIN, /* until another thread has made a step that may write */
};

typedef struct operation {
    uint8_t kind, bytes, order, order_if_it_fails;
    void *address;
    uint64_t value, expected;
    void *caller;
} operation;

/* Which write is read, or behind which one a store goes; and whether a CAS fails. */
typedef struct choice {
    uint8_t write;
    bool fails;
} choice;

/* What is known: of each location the index of the latest write, of each thread its time. */
typedef struct view {
    uint8_t of[LOCATIONS];
    uint8_t time[MODEL_THREADS];
} view;

typedef struct message {
    uint64_t value;
    view released;
    bool released_any;
    bool modifies; /* a read-modify-write: nothing comes between it and the write before */
} message;

typedef struct location {
    void *address;
    uint32_t bytes;
    uint32_t n;
    uint8_t loaded[MODEL_THREADS], stored[MODEL_THREADS]; /* times */
    message writes[WRITES];
} location;

typedef struct object {
    void *address;
    uint32_t count;
    view released;
} object;

typedef struct block {
    uint32_t at, bytes, align;
    bool freed, given, of_one_thread;
} block;

typedef struct thread {
    bool alive;
    bool woken;     /* from the futex */
    bool disturbed; /* a wait has returned for nothing */
    bool failed;    /* the CAS */
    bool others_moved;
    void *frame;
    operation op;
    uint64_t result;
    view knows;
    unsigned char tls[64];
    jmp_buf registers;
} thread;

/* Who touched a byte by a plain access: the last writer and its time; each reader's time. */
typedef struct shadow {
    uint8_t writer, written;
    uint8_t read[MODEL_THREADS];
} shadow;

typedef struct world {
    int current;
    bool alone;
    bool disturbs; /* a thread's first wait may return for nothing */
    int n_locations, n_objects, n_blocks;
    size_t used;
    void *only_compared;
    unsigned char *uncounted[4]; /* words that are left out of the hash */
    view strict; /* the latest seq_cst write of each location */
    thread threads[MODEL_THREADS];
    object objects[OBJECTS];
    block blocks[BLOCKS];
    location locations[LOCATIONS]; /* by address */
    shadow shadow[ARENA];
    _Alignas(64) unsigned char arena[ARENA];
} world;

world *model_world(void);
void model_violation(const char *format, ...) __attribute__((format(printf, 1, 2)));
uint64_t model_step(operation op); /* gives the step's result */

/* The outcomes that thread t's pending operation may have now; none: it must wait. */
size_t model_choices(world *w, int t, choice *choices);
choice model_latest(world *w, int t);
/* False: the thread does not go on yet. */
bool model_apply(world *w, int t, choice c);
/* Nobody can go on, unless a wait returned for nothing. */
bool model_is_stuck(world *w);

/* Whether a thread's pending operation meets no other thread's, as far as has been learned: then
 * it is no step. The search begins anew whenever more is learned, so that in the end it is so. */
bool model_is_private(world *w, int t);
bool model_has_learned(void); /* since it was asked last */
void model_unlearn(void);

void model_begin_threads(world *w);
void model_know_all(world *w, int t);
/* Drops what nobody may read any more, and numbers times anew. */
void model_forget_past(world *w);
void model_check_leaks(world *w);
void model_plain(void *address, size_t bytes, bool writes);
void model_freed(world *w, size_t at, size_t bytes);
const char *model_name_of(int kind);

#endif

/*
 * explorer.h: runs every execution of two or three threads of real code.
 *
 * The code under test is compiled with -fsanitize=thread, so that the compiler itself turns each
 * atomic operation, and each plain access to memory, into a call. explorer.c defines those calls.
 * Threads are coroutines; before each atomic operation the explorer decides who goes on, and with
 * which of the outcomes that the C11 memory model allows. It goes back and takes the other way
 * until all states have been seen.
 *
 * Memory. Each atomic word keeps the writes to it in their modification order, each with what its
 * writer knew if it was a release. A load may read any write that is not older than what its thread
 * knows of (a seq_cst one: nor than the latest seq_cst write). A read-modify-write reads the one
 * that it is put right behind. A store goes anywhere behind what its thread knows of: relaxed
 * stores to two words are seen in any order. What is not modelled: values out of the future (a
 * relaxed load that reads a store of its own thread's effects).
 *
 * Found: states in which nobody can go on (a lost wake); data races between plain accesses; use of
 * memory after its free, double frees, leaks; and what the scenarios check.
 */
#ifndef BIDE_MODEL_EXPLORER_H
#define BIDE_MODEL_EXPLORER_H

#include <bide/alloc.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MODEL_THREADS = 3 };

typedef struct model_scenario {
    const char *name;
    bool is_long; /* run when it is named, or with --all */
    void (*setup)(void); /* alone; what it does is known to all threads */
    void (*threads[MODEL_THREADS])(void);
    void (*finish)(void); /* alone, after all threads have ended */
} model_scenario;

typedef struct model_result {
    uint64_t states, steps, ends;
    size_t deepest;
    uint32_t restarts;
    bool violated;
} model_result;

/* Explores a scenario and prints a line; a violation with the steps that lead to it,
 * unless there must be one. */
model_result model_explore(const model_scenario *scenario, bool must_fail);

/* For scenarios. Their variables live in memory from model_alloc, which is part of the state and
 * is never used twice in one execution; `given` counts as a block that need not come back. */
void *model_given(size_t bytes);
void model_check(bool condition, const char *text);
#define CHECK(condition) model_check((condition), #condition)

/* Counts as writes to all these bytes; memset and memcpy do not. */
void model_touch(void *from, size_t bytes);

/* Waits may return for nothing, as they do after a signal: once in each thread. */
void model_disturb(void);

/* A word that is read, relaxed, only to learn whether it is the reader's own id, which nobody else
 * ever writes there: what a thread reads is then decided by itself, and is no step. */
void model_only_compared(void *word);

/* Up to four words of statistics, which no decision depends on: states that differ in nothing else
 * are one. */
void model_uncounted(void *word);

/* Allocators whose blocks the explorer watches. The second one is not to be freed to by another
 * thread than thread 0. */
bide_allocator *model_heap(void);
bide_allocator *model_heap_of_one_thread(void);

#endif

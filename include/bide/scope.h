/*
 * bide/scope.h: tasks that do not outlive what spawned them.
 *
 *     bide_scope_new(runtime, bide_heap(), &f->scope);
 *     BIDE_SCOPE_SPAWN_TO(f->code, &f->scope, fetch, NULL, (f->a));      // children
 *     BIDE_SCOPE_SPAWN_TO(f->code, &f->scope, fetch, NULL, (f->b));
 *     BIDE_AWAIT_TO(f->code, bide_scope_wait, all, (&f->scope));         // until all have ended
 *     ...
 *     bide_scope_drop(&f->scope);                                        // in BIDE_CLEANUP
 *
 * Cancelling reaches all children: bide_scope_cancel, the drop of a bide_scope_wait that waits, and
 * the drop of the scope abort every child that still runs; and as those that have scopes of their
 * own drop them in that, it reaches the children's children. Nothing dangles where a scope is
 * dropped before its children have ended: they are aborted and let go, and the last of them frees
 * what they share. What children borrow from the parent's frame must wait for them, though: cancel,
 * and await bide_scope_wait, before that goes.
 *
 * Scopes need nothing but spawning and join handles, so they work on every runtime, bide_local and
 * thread pools alike. The handle is used by one task at a time; children end on whatever thread
 * they run on. One allocation for a scope and one for each child, besides its task. This is the
 * nursery of Python's Trio, and Java's StructuredTaskScope.
 *
 * bide_local_scope is for a scope whose handle, children and waits are all on one thread (that of a
 * bide_local or of an application's loop), without atomic operations; BIDE_LOCAL_SCOPE_SPAWN_TO
 * spawns into it.
 */
#ifndef BIDE_SCOPE_H
#define BIDE_SCOPE_H

#include <bide/task.h>
#include <bide/waiter.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

BIDE_PRIV_C_BEGIN

/* Private: what the handle and the children share; src/scope.c. */
typedef struct bide_priv_scope bide_priv_scope;
typedef struct bide_priv_scope_child bide_priv_scope_child;

/* ---- between threads ---------------------------------------------------------------------- */

/* A scope. shared == NULL: none, or dropped. May be moved. */
typedef struct bide_scope {
    bide_priv_scope *shared;
} bide_scope;

/* Makes a scope whose children run on `rt`. BIDE_READY; BIDE_ENOMEM (BIDE_EBUSY from a fixed
 * allocator), with *out empty. If the children run on other threads, the allocator must be one that
 * may be freed to from any (BIDE_FREE_ANY_THREAD). It and the runtime must outlive the scope and
 * its children. */
BIDE_API bide_poll bide_scope_new(bide_runtime *rt, bide_allocator *allocator, bide_scope *out);

/* Aborts every child that has not ended, and refuses new ones with BIDE_ECANCELED from now on. Does
 * not wait. May be repeated. */
BIDE_API void bide_scope_cancel(const bide_scope *scope);

/* Whether it was cancelled. */
BIDE_API bool bide_scope_is_canceled(const bide_scope *scope);

/* How many children have not ended. */
BIDE_API size_t bide_scope_running(const bide_scope *scope);

/* Cancels, and gives the handle up without waiting. Does nothing to an empty one. */
BIDE_API void bide_scope_drop(bide_scope *scope);

/* bide_scope_wait(scope) -> bide_poll: waits until no child is left; at once if there is none.
 * Gives the first failure code that a child ended with, but for BIDE_ECANCELED; else BIDE_READY.
 * The scope can be used on. Dropped while it waits, it cancels the scope. The handle is looked at
 * in the first poll only: if it is dropped before the wait, that goes on until no child is left. */
#define bide_scope_wait_FRAME(ROW)                                                                 \
    ROW(TRAITS, BIDE_SEND) ROW(TRACE, bide_priv_scope_trace)                                       \
    ROW(PARAM, bide_scope *, scope) ROW(LOCAL, bide_priv_waiter, place)                            \
    ROW(LOCAL, bide_priv_scope *, waits)
BIDE_INLINE void bide_priv_scope_trace(const void *frame, bide_tracer *tracer)
{
    (void)frame;
    bide_tracer_note(tracer, "the children of a scope");
}
BIDE_FUTURE_DECLARE_AS(BIDE_API, bide_poll, bide_scope_wait)

/* ---- for one thread: the same ------------------------------------------------------------- */

typedef struct bide_local_scope {
    bide_priv_scope *shared;
} bide_local_scope;

BIDE_API bide_poll bide_local_scope_new(bide_runtime *rt, bide_allocator *allocator,
                                        bide_local_scope *out);
BIDE_API void bide_local_scope_cancel(const bide_local_scope *scope);
BIDE_API bool bide_local_scope_is_canceled(const bide_local_scope *scope);
BIDE_API size_t bide_local_scope_running(const bide_local_scope *scope);
BIDE_API void bide_local_scope_drop(bide_local_scope *scope);

/* bide_local_scope_wait(scope) -> bide_poll. */
#define bide_local_scope_wait_FRAME(ROW)                                                           \
    ROW(TRACE, bide_priv_scope_trace) ROW(PARAM, bide_local_scope *, scope)                        \
    ROW(LOCAL, bide_priv_waiter, place) ROW(LOCAL, bide_priv_scope *, waits)
BIDE_FUTURE_DECLARE_AS(BIDE_API, bide_poll, bide_local_scope_wait)

/* ---- spawning ----------------------------------------------------------------------------- */

/* Private: a spawn between its two steps. */
typedef struct bide_priv_scope_spawn {
    bide_priv_scope_child *child;
    bide_task *task;
    void *frame; /* NULL: there is no child, and `code` says why */
    bide_poll code;
} bide_priv_scope_spawn;

#define BIDE_PRIV_SCOPE_FORM(T, form)                                                              \
    BIDE_API bide_priv_scope_spawn form##_open(const T *scope, const bide_type *type,              \
                                               const bide_spawn_options *options);                 \
    BIDE_API void form##_commit(const T *scope, const bide_priv_scope_spawn *spawn);
BIDE_PRIV_SCOPE_FORM(bide_scope, bide_priv_scope)
BIDE_PRIV_SCOPE_FORM(bide_local_scope, bide_priv_local_scope)

BIDE_PRIV_C_END

/* BIDE_SCOPE_SPAWN_TO(to, scope, F, options, (args)); a child: spawns F(args) on the scope's
 * runtime; BIDE_LOCAL_SCOPE_SPAWN_TO, into a bide_local_scope. `options` as for BIDE_SPAWN_WITH
 * (bide/task.h), or NULL: their `done` is how to get at a child's result. Stores in the lvalue `to`
 * BIDE_READY, or why there is no child, with the owned arguments released: BIDE_ECANCELED when the
 * scope was cancelled, BIDE_ENOMEM, BIDE_EMISUSE for an empty scope, or what the runtime says.
 * Shape: do { reserve; init in place; commit; } while (0) */
#define BIDE_SCOPE_SPAWN_TO(to, scope, F, options, args)                                           \
    BIDE_PRIV_SCOPE_SPAWN_TO(to, scope, F, options, args, bide_scope, bide_priv_scope)
#define BIDE_LOCAL_SCOPE_SPAWN_TO(to, scope, F, options, args)                                     \
    BIDE_PRIV_SCOPE_SPAWN_TO(to, scope, F, options, args, bide_local_scope, bide_priv_local_scope)
#define BIDE_PRIV_SCOPE_SPAWN_TO(to, scope, F, options, args, T, form)                             \
    do {                                                                                           \
        const T *bide_spawn_scope = (scope);                                                       \
        bide_priv_scope_spawn bide_child =                                                         \
            form##_open(bide_spawn_scope, &F##_type, (options));                                   \
        if (bide_child.frame) {                                                                    \
            F##_init((struct F *)bide_child.frame BIDE_PRIV_MORE args);                            \
            form##_commit(bide_spawn_scope, &bide_child);                                          \
        } else {                                                                                   \
            F##_discard args;                                                                      \
        }                                                                                          \
        (to) = bide_child.code;                                                                    \
    } while (0)

#endif

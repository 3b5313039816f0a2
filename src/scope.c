/*
 * scope.c: a count of children, and handles to abort them by.
 *
 * One lock guards all of it; nothing foreign is called under it. A child is counted before its task
 * is committed, and put into a list behind that, when there is a task to abort; it may have ended
 * by then. Whoever comes second, of the one that commits and the one that ends, lets the child go.
 *
 * Two forms (forms.h).
 */
#include <bide/scope.h>

#include "wait_list.h"

#include <string.h>

struct bide_priv_scope_child {
    bide_priv_scope_child *prev, *next;
    bide_priv_scope *scope;
    bide_join join;
    bool linked, ended, aborted;
    bide_allocator *giver;
    /* What the options of the spawn said. */
    void (*done)(void *done_arg, bide_poll code, const void *output);
    void *done_arg;
};

struct bide_priv_scope {
    uint32_t lock;
    bool canceled;
    bide_poll code; /* the first failure */
    size_t refs;    /* of the handle, of each child, and of each wait under way */
    size_t running;
    bide_priv_scope_child *first[2], *last[2]; /* [1]: those that were aborted */
    bide_priv_wait_list waiting;
    bide_runtime *runtime;
    bide_allocator *allocator, *giver;
};

static bide_poll no_memory(const bide_allocator *a)
{
    return a && a->flags & BIDE_ALLOC_FIXED ? BIDE_EBUSY : BIDE_ENOMEM;
}

/* ---- children ----------------------------------------------------------------------------- */

static void link_child(bide_priv_scope *s, bide_priv_scope_child *c)
{
    bide_priv_scope_child **last = &s->last[c->aborted];
    c->prev = *last;
    c->next = NULL;
    if (*last)
        (*last)->next = c;
    else
        s->first[c->aborted] = c;
    *last = c;
    c->linked = true;
}

static void unlink_child(bide_priv_scope *s, bide_priv_scope_child *c)
{
    if (c->prev)
        c->prev->next = c->next;
    else
        s->first[c->aborted] = c->next;
    if (c->next)
        c->next->prev = c->prev;
    else
        s->last[c->aborted] = c->prev;
    c->linked = false;
}

BIDE_PRIV_ALWAYS void unref(bide_priv_scope *s, bool shared)
{
    bool last;
    bide_priv_guard(&s->lock, shared);
    last = --s->refs == 0;
    bide_priv_unguard(&s->lock, shared);
    if (last)
        bide_free(s->giver, s, sizeof *s, BIDE_PRIV_ALIGNOF(bide_priv_scope));
}

static void free_child(bide_priv_scope_child *c)
{
    bide_free(c->giver, c, sizeof *c, BIDE_PRIV_ALIGNOF(bide_priv_scope_child));
}

BIDE_PRIV_ALWAYS void let_go(bide_priv_scope_child *c, bool shared)
{
    bide_priv_scope *s = c->scope;
    bide_join_detach(&c->join);
    free_child(c);
    unref(s, shared);
}

BIDE_PRIV_ALWAYS void tell_waiting(bide_priv_scope *s, bool shared)
{
    bide_waker *waker;
    do {
        bide_priv_guard(&s->lock, shared);
        waker = s->running == 0 ? bide_priv_wait_grant(&s->waiting) : NULL;
        bide_priv_unguard(&s->lock, shared);
        bide_priv_wake(waker);
    } while (waker);
}

BIDE_PRIV_ALWAYS void child_ended(bide_priv_scope_child *c, bide_poll code, const void *output,
                                  bool shared)
{
    bide_priv_scope *s = c->scope;
    bool last, linked;
    if (c->done)
        c->done(c->done_arg, code, output);
    bide_priv_guard(&s->lock, shared);
    last = --s->running == 0;
    s->refs += last; /* for what follows: the handle may go, and the committer */
    if (code < 0 && code != BIDE_ECANCELED && s->code == BIDE_READY)
        s->code = code;
    linked = c->linked;
    if (linked)
        unlink_child(s, c);
    c->ended = true;
    bide_priv_unguard(&s->lock, shared);
    if (linked)
        let_go(c, shared);
    if (!last)
        return;
    tell_waiting(s, shared);
    unref(s, shared);
}

BIDE_PRIV_ALWAYS bool is_canceled(bide_priv_scope *s, bool shared)
{
    bool canceled = true;
    if (s) {
        bide_priv_guard(&s->lock, shared);
        canceled = s->canceled;
        bide_priv_unguard(&s->lock, shared);
    }
    return canceled;
}

/* The option `done` of each child's task. */
typedef void bide_priv_scope_done(void *child, bide_poll code, const void *output);

BIDE_PRIV_ALWAYS bide_priv_scope_spawn open_child(bide_priv_scope *s, const bide_type *type,
                                                  const bide_spawn_options *options,
                                                  bide_priv_scope_done *ended, bool shared)
{
    bide_priv_scope_spawn spawn = {NULL, NULL, NULL, BIDE_EMISUSE};
    bide_spawn_options o = bide_spawn_options_init();
    bide_priv_scope_child *c;
    bide_allocator *giver;
    if (!s)
        return spawn;
    spawn.code = BIDE_ECANCELED;
    if (is_canceled(s, shared))
        return spawn;
    spawn.code = no_memory(s->allocator);
    c = bide_alloc(s->allocator, sizeof *c, BIDE_PRIV_ALIGNOF(bide_priv_scope_child), &giver);
    if (!c)
        return spawn;
    if (options)
        memcpy(&o, options, options->size < sizeof o ? options->size : sizeof o);
    *c =
        (bide_priv_scope_child){.scope = s, .giver = giver, .done = o.done, .done_arg = o.done_arg};
    o.size = (uint32_t)sizeof o;
    o.done = ended;
    o.done_arg = c;
    spawn.code = bide_runtime_spawn_begin(s->runtime, type, &o, &spawn.task, &spawn.frame);
    if (spawn.code == BIDE_READY) {
        spawn.child = c;
    } else {
        spawn.frame = NULL;
        free_child(c);
    }
    return spawn;
}

BIDE_PRIV_ALWAYS void commit_child(bide_priv_scope *s, const bide_priv_scope_spawn *spawn,
                                   bool shared)
{
    bide_priv_scope_child *c = spawn->child;
    bide_join victim = {NULL};
    bool ended;
    bide_priv_guard(&s->lock, shared);
    s->running++;
    s->refs++;
    bide_priv_unguard(&s->lock, shared);
    bide_runtime_spawn_commit(s->runtime, spawn->task, true);
    bide_priv_guard(&s->lock, shared);
    c->join.task = spawn->task;
    ended = c->ended;
    if (!ended) {
        c->aborted = s->canceled;
        link_child(s, c);
        if (s->canceled)
            victim = bide_join_clone(&c->join);
    }
    bide_priv_unguard(&s->lock, shared);
    if (ended)
        let_go(c, shared);
    bide_join_abort(&victim);
    bide_join_detach(&victim);
}

/* ---- the scope ---------------------------------------------------------------------------- */

static bide_poll new_scope(bide_runtime *rt, bide_allocator *allocator, bide_priv_scope **out)
{
    bide_allocator *giver;
    bide_priv_scope *s =
        bide_alloc(allocator, sizeof *s, BIDE_PRIV_ALIGNOF(bide_priv_scope), &giver);
    *out = s;
    if (!s)
        return no_memory(allocator);
    *s = (bide_priv_scope){
        .code = BIDE_READY, .refs = 1, .runtime = rt, .allocator = allocator, .giver = giver};
    return BIDE_READY;
}

/* One after the other goes over to the list of the aborted: what ends meanwhile leaves either. */
BIDE_PRIV_ALWAYS void cancel(bide_priv_scope *s, bool shared)
{
    bide_priv_scope_child *c;
    if (!s)
        return;
    do {
        bide_join victim = {NULL};
        bide_priv_guard(&s->lock, shared);
        s->canceled = true;
        c = s->first[0];
        if (c) {
            unlink_child(s, c);
            c->aborted = true;
            link_child(s, c);
            victim = bide_join_clone(&c->join);
        }
        bide_priv_unguard(&s->lock, shared);
        bide_join_abort(&victim);
        bide_join_detach(&victim);
    } while (c);
}

BIDE_PRIV_ALWAYS size_t count_running(bide_priv_scope *s, bool shared)
{
    size_t n = 0;
    if (s) {
        bide_priv_guard(&s->lock, shared);
        n = s->running;
        bide_priv_unguard(&s->lock, shared);
    }
    return n;
}

/* ---- waiting ------------------------------------------------------------------------------ */

static bide_poll look(void *object, bide_priv_waiter *w)
{
    const bide_priv_scope *s = object;
    if (w->state == BIDE_PRIV_WAITING || (w->state == BIDE_PRIV_IDLE && s->running > 0))
        return BIDE_PENDING;
    w->state = BIDE_PRIV_OVER;
    return BIDE_READY;
}

BIDE_PRIV_ALWAYS void leave(bide_priv_scope *s, bide_priv_waiter *w, bool shared)
{
    bide_waker *own = NULL;
    bide_priv_guard(&s->lock, shared);
    if (w->state == BIDE_PRIV_WAITING)
        own = bide_priv_wait_unlink(&s->waiting, w, BIDE_PRIV_OVER);
    bide_priv_unguard(&s->lock, shared);
    bide_priv_unwake(own);
}

BIDE_PRIV_ALWAYS bide_priv_scope *ref(bide_priv_scope *s, bool shared)
{
    bide_priv_guard(&s->lock, shared);
    s->refs++;
    bide_priv_unguard(&s->lock, shared);
    return s;
}

/* *at: the scope that is waited for, NULL behind the end. */
BIDE_PRIV_ALWAYS bide_poll wait(bide_priv_scope **at, bide_priv_waiter *w, bide_context *cx,
                                bide_poll *out, bool shared)
{
    bide_priv_scope *s = *at;
    bide_poll r = bide_priv_wait(&s->lock, shared, &s->waiting, w, cx, look, s);
    if (r == BIDE_PENDING)
        return r;
    *at = NULL;
    if (r == BIDE_READY) {
        bide_priv_guard(&s->lock, shared);
        *out = s->code;
        bide_priv_unguard(&s->lock, shared);
    } else {
        leave(s, w, shared);
    }
    unref(s, shared);
    return r;
}

BIDE_PRIV_ALWAYS void drop_wait(bide_priv_scope **at, bide_priv_waiter *w, bool shared)
{
    bide_priv_scope *s = *at;
    *at = NULL;
    if (!s)
        return;
    leave(s, w, shared);
    cancel(s, shared);
    unref(s, shared);
}

/* ---- both forms --------------------------------------------------------------------------- */

#define SCOPE(T, form, is_shared)                                                                  \
    bide_poll T##_new(bide_runtime *rt, bide_allocator *allocator, T *out)                         \
    {                                                                                              \
        return new_scope(rt, allocator, &out->shared);                                             \
    }                                                                                              \
    void T##_cancel(const T *scope)                                                                \
    {                                                                                              \
        cancel(scope->shared, is_shared);                                                          \
    }                                                                                              \
    bool T##_is_canceled(const T *scope)                                                           \
    {                                                                                              \
        return is_canceled(scope->shared, is_shared);                                              \
    }                                                                                              \
    size_t T##_running(const T *scope)                                                             \
    {                                                                                              \
        return count_running(scope->shared, is_shared);                                            \
    }                                                                                              \
    void T##_drop(T *scope)                                                                        \
    {                                                                                              \
        bide_priv_scope *s = scope->shared;                                                        \
        if (!s)                                                                                    \
            return;                                                                                \
        cancel(s, is_shared);                                                                      \
        scope->shared = NULL;                                                                      \
        unref(s, is_shared);                                                                       \
    }                                                                                              \
    static void form##_ended(void *child, bide_poll code, const void *output)                      \
    {                                                                                              \
        child_ended(child, code, output, is_shared);                                               \
    }                                                                                              \
    bide_priv_scope_spawn form##_open(const T *scope, const bide_type *type,                       \
                                      const bide_spawn_options *options)                           \
    {                                                                                              \
        return open_child(scope->shared, type, options, form##_ended, is_shared);                  \
    }                                                                                              \
    void form##_commit(const T *scope, const bide_priv_scope_spawn *spawn)                         \
    {                                                                                              \
        commit_child(scope->shared, spawn, is_shared);                                             \
    }                                                                                              \
    bide_poll T##_wait_poll(struct T##_wait *f, bide_context *cx, bide_poll *out)                  \
    {                                                                                              \
        if (f->scope && f->scope->shared)                                                          \
            f->waits = ref(f->scope->shared, is_shared);                                           \
        f->scope = NULL;                                                                           \
        return f->waits ? wait(&f->waits, &f->place, cx, out, is_shared) : BIDE_EMISUSE;           \
    }                                                                                              \
    void T##_wait_drop(struct T##_wait *f)                                                         \
    {                                                                                              \
        drop_wait(&f->waits, &f->place, is_shared);                                                \
        f->scope = NULL;                                                                           \
    }                                                                                              \
    BIDE_FUTURE_DEFINE(bide_poll, T##_wait)

SCOPE(bide_scope, bide_priv_scope, true);
SCOPE(bide_local_scope, bide_priv_local_scope, false);

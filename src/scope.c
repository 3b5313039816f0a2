/*
 * scope.c: a count of children, and handles to abort them by.
 *
 * One lock guards all of it; nothing foreign is called under it. A child is counted before its task
 * is committed, and put into a list behind that, when there is a task to abort; it may have ended
 * by then. Whoever comes second, of the one that commits and the one that ends, lets the child go.
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
    size_t refs;    /* of the handle, and of each child */
    size_t running;
    bide_priv_scope_child *first[2], *last[2]; /* [1]: those that were aborted */
    bide_priv_wait_list waiting;
    bide_runtime *runtime;
    bide_allocator *allocator, *giver;
};

static void guard(bide_priv_scope *s)
{
    bide_priv_guard(&s->lock, true);
}

static void unguard(bide_priv_scope *s)
{
    bide_priv_unguard(&s->lock, true);
}

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

static void unref(bide_priv_scope *s)
{
    bool last;
    guard(s);
    last = --s->refs == 0;
    unguard(s);
    if (last)
        bide_free(s->giver, s, sizeof *s, BIDE_PRIV_ALIGNOF(bide_priv_scope));
}

static void free_child(bide_priv_scope_child *c)
{
    bide_free(c->giver, c, sizeof *c, BIDE_PRIV_ALIGNOF(bide_priv_scope_child));
}

static void let_go(bide_priv_scope_child *c)
{
    bide_priv_scope *s = c->scope;
    bide_join_detach(&c->join);
    free_child(c);
    unref(s);
}

static void tell_waiting(bide_priv_scope *s)
{
    bide_waker *waker;
    do {
        guard(s);
        waker = s->running == 0 ? bide_priv_wait_grant(&s->waiting) : NULL;
        unguard(s);
        bide_priv_wake(waker);
    } while (waker);
}

/* The option `done` of each child's task. */
static void child_ended(void *arg, bide_poll code, const void *output)
{
    bide_priv_scope_child *c = arg;
    bide_priv_scope *s = c->scope;
    bool last, linked;
    if (c->done)
        c->done(c->done_arg, code, output);
    guard(s);
    last = --s->running == 0;
    s->refs += last; /* for what follows: the handle may go, and the committer */
    if (code < 0 && code != BIDE_ECANCELED && s->code == BIDE_READY)
        s->code = code;
    linked = c->linked;
    if (linked)
        unlink_child(s, c);
    c->ended = true;
    unguard(s);
    if (linked)
        let_go(c);
    if (!last)
        return;
    tell_waiting(s);
    unref(s);
}

bide_priv_scope_spawn bide_priv_scope_open(const bide_scope *scope, const bide_type *type,
                                           const bide_spawn_options *options)
{
    bide_priv_scope_spawn spawn = {NULL, NULL, NULL, BIDE_EMISUSE};
    bide_spawn_options o = bide_spawn_options_init();
    bide_priv_scope *s = scope->shared;
    bide_priv_scope_child *c;
    bide_allocator *giver;
    if (!s)
        return spawn;
    spawn.code = BIDE_ECANCELED;
    if (bide_scope_is_canceled(scope))
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
    o.done = child_ended;
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

void bide_priv_scope_commit(const bide_scope *scope, const bide_priv_scope_spawn *spawn)
{
    bide_priv_scope *s = scope->shared;
    bide_priv_scope_child *c = spawn->child;
    bide_join victim = {NULL};
    bool ended;
    guard(s);
    s->running++;
    s->refs++;
    unguard(s);
    bide_runtime_spawn_commit(s->runtime, spawn->task, true);
    guard(s);
    c->join.task = spawn->task;
    ended = c->ended;
    if (!ended) {
        c->aborted = s->canceled;
        link_child(s, c);
        if (s->canceled)
            victim = bide_join_clone(&c->join);
    }
    unguard(s);
    if (ended)
        let_go(c);
    bide_join_abort(&victim);
    bide_join_detach(&victim);
}

/* ---- the scope ---------------------------------------------------------------------------- */

bide_poll bide_scope_new(bide_runtime *rt, bide_allocator *allocator, bide_scope *out)
{
    bide_allocator *giver;
    bide_priv_scope *s =
        bide_alloc(allocator, sizeof *s, BIDE_PRIV_ALIGNOF(bide_priv_scope), &giver);
    out->shared = s;
    if (!s)
        return no_memory(allocator);
    *s = (bide_priv_scope){
        .code = BIDE_READY, .refs = 1, .runtime = rt, .allocator = allocator, .giver = giver};
    return BIDE_READY;
}

/* One after the other goes over to the list of the aborted: what ends meanwhile leaves either. */
void bide_scope_cancel(const bide_scope *scope)
{
    bide_priv_scope *s = scope->shared;
    bide_priv_scope_child *c;
    if (!s)
        return;
    do {
        bide_join victim = {NULL};
        guard(s);
        s->canceled = true;
        c = s->first[0];
        if (c) {
            unlink_child(s, c);
            c->aborted = true;
            link_child(s, c);
            victim = bide_join_clone(&c->join);
        }
        unguard(s);
        bide_join_abort(&victim);
        bide_join_detach(&victim);
    } while (c);
}

bool bide_scope_is_canceled(const bide_scope *scope)
{
    bide_priv_scope *s = scope->shared;
    bool canceled = true;
    if (s) {
        guard(s);
        canceled = s->canceled;
        unguard(s);
    }
    return canceled;
}

size_t bide_scope_running(const bide_scope *scope)
{
    bide_priv_scope *s = scope->shared;
    size_t n = 0;
    if (s) {
        guard(s);
        n = s->running;
        unguard(s);
    }
    return n;
}

void bide_scope_drop(bide_scope *scope)
{
    bide_priv_scope *s = scope->shared;
    if (!s)
        return;
    bide_scope_cancel(scope);
    scope->shared = NULL;
    unref(s);
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

static void leave(bide_priv_scope *s, bide_priv_waiter *w)
{
    bide_waker *own = NULL;
    guard(s);
    if (w->state == BIDE_PRIV_WAITING)
        own = bide_priv_wait_unlink(&s->waiting, w, BIDE_PRIV_OVER);
    unguard(s);
    bide_priv_unwake(own);
}

bide_poll bide_scope_wait_poll(struct bide_scope_wait *f, bide_context *cx, bide_poll *out)
{
    bide_priv_scope *s = f->scope ? f->scope->shared : NULL;
    bide_poll r;
    if (!s)
        return BIDE_EMISUSE;
    f->waits = true;
    r = bide_priv_wait(&s->lock, true, &s->waiting, &f->place, cx, look, s);
    if (r == BIDE_PENDING)
        return r;
    if (r == BIDE_READY) {
        guard(s);
        *out = s->code;
        unguard(s);
    } else {
        leave(s, &f->place);
    }
    f->scope = NULL;
    return r;
}

void bide_scope_wait_drop(struct bide_scope_wait *f)
{
    if (f->scope && f->waits && f->scope->shared) {
        leave(f->scope->shared, &f->place);
        bide_scope_cancel(f->scope);
    }
    f->scope = NULL;
}

BIDE_FUTURE_DEFINE(bide_poll, bide_scope_wait);

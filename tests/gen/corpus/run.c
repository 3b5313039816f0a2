/*
 * run.c: runs a plan.
 *
 * Between polls the stack below is overwritten and a fresh frame is filled with garbage, so that
 * what was not saved, or not restored, does not happen to be right.
 */
#define _POSIX_C_SOURCE 200809L
#include "run.h"

#include <bide/testing.h>

#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#if __has_feature(memory_sanitizer)
#include <sanitizer/msan_interface.h>
#define POISON(p, n) __msan_allocated_memory((p), (n))
#endif
#endif
#ifndef POISON
#define POISON(p, n) memset((p), 0xA5, (n))
#endif

enum { UNTOUCHED = 0x5A, MOST_POLLS = 20000 };

struct run {
    const struct plan *plan;
    struct outcome *o;
    bide_counting_waker waker;
    bide_checking_allocator checking;
    bide_failing_allocator failing;
    bide_context cx;
    void *frame; /* BY_INIT, BY_START */
    bide_box box;
    void *out;
    bide_local *executor;
};

static bide_local *executor_of_run;

bide_local *corpus_executor(void)
{
    return executor_of_run;
}

static void *room(size_t size, size_t align)
{
    void *p = NULL;
    if (posix_memalign(&p, align < sizeof(void *) ? sizeof(void *) : align, size ? size : 1))
        abort();
    return p;
}

static void *new_frame(const bide_type *type)
{
    void *p = room(type->frame_size, type->frame_align);
    POISON(p, type->frame_size);
    return p;
}

/* Overwrites the stack that the last poll used: by a pointer, or compilers would leave it out. */
static void scrub(void)
{
    static void *(*volatile fill)(void *, int, size_t) = memset;
    static unsigned char value = 1;
    unsigned char garbage[8192];
    value = (unsigned char)(value * 5 + 0x11);
    fill(garbage, value, sizeof garbage);
}

static bool boxed(const struct run *r)
{
    return r->plan->how == BY_START_BOX || r->plan->how == BY_RECORD;
}

static void begin(struct run *r, const struct plan *plan, struct outcome *o)
{
    const bide_type *type = plan->entry->type;
    memset(r, 0, sizeof *r);
    r->plan = plan;
    r->o = o;
    memset(o, 0, sizeof *o);
    books_reset();
    orders.script = plan->script;
    orders.random = 12345u + (uint32_t)plan->x;
    orders.wait_leaf = plan->wait_leaf;
    orders.fail_leaf = plan->fail_leaf;
    orders.fail_code = plan->fail_code;
    bide_counting_waker_init(&r->waker);
    bide_checking_allocator_init(&r->checking, bide_default_allocator());
    bide_failing_allocator_init(&r->failing, &r->checking.base, 0, false);
    r->cx.size = (uint32_t)sizeof r->cx;
    r->cx.waker = &r->waker.base;
    r->cx.allocator = &r->failing.base;
    r->out = room(type->output_size, type->output_align);
    memset(r->out, UNTOUCHED, type->output_size);
    if (plan->entry->flags & SPAWNS) {
        bide_local_options options = bide_local_options_init();
        options.allocator = &r->failing.base;
        if (bide_local_new(&options, &r->executor) != BIDE_READY)
            abort();
        executor_of_run = r->executor;
        r->cx.runtime = bide_local_runtime(r->executor);
    }
    bide_failing_allocator_init(&r->failing, &r->checking.base, plan->fail_alloc, false);
}

/* Builds the future where that is a step of its own. False: there is none, for want of memory. */
static bool build(struct run *r)
{
    const struct entry *e = r->plan->entry;
    if (r->plan->how == BY_INIT) {
        /* A frame that was not polled may be moved. */
        void *first = new_frame(e->type);
        e->init(first, r->plan->x);
        r->frame = new_frame(e->type);
        memcpy(r->frame, first, e->type->frame_size);
        free(first);
    } else if (r->plan->how == BY_START) {
        r->frame = new_frame(e->type);
    } else if (r->plan->how == BY_RECORD) {
        if (bide_box_reserve(&r->box, e->type, &r->failing.base) != BIDE_READY) {
            e->discard(r->plan->x);
            return false;
        }
        POISON(r->box.frame, e->type->frame_size);
        e->init(r->box.frame, r->plan->x);
    }
    return true;
}

static bide_poll poll_once(struct run *r)
{
    const struct plan *p = r->plan;
    int pends = books.leaf_pends;
    bide_poll code;
    scrub();
    if (p->how == BY_START && r->o->polls == 0)
        code = p->entry->start(r->frame, p->x, &r->cx, r->out);
    else if (p->how == BY_START_BOX && r->o->polls == 0)
        code = p->entry->start_box(&r->box, p->x, NULL, &r->cx, r->out);
    else if (boxed(r))
        code = bide_box_poll(&r->box, &r->cx, r->out);
    else
        code = p->entry->poll(r->frame, &r->cx, r->out);
    r->o->polls++;
    if (code == BIDE_PENDING && pends == books.leaf_pends)
        books_broken("BIDE_PENDING, but no leaf waits");
    if (r->o->polls > MOST_POLLS)
        books_broken("never ends");
    return code;
}

static void drop(struct run *r)
{
    const bide_type *type = r->plan->entry->type;
    void *frame = boxed(r) ? r->box.frame : r->frame;
    r->o->before_drop = books.length;
    scrub();
    if (!type->cancel) {
        if (boxed(r))
            bide_box_drop(&r->box);
        else
            r->plan->entry->poll_drop(frame);
        return;
    }
    for (int i = 0; type->cancel(frame, &r->cx) == BIDE_PENDING; i++) {
        scrub();
        if (i > MOST_POLLS) {
            books_broken("cancel never ends");
            break;
        }
    }
    if (boxed(r))
        bide_box_release(&r->box);
}

static bool untouched(const struct run *r)
{
    const unsigned char *out = r->out;
    for (size_t i = 0; i < r->plan->entry->type->output_size; i++)
        if (out[i] != UNTOUCHED)
            return false;
    return true;
}

/* What checked builds say of what is done behind the end on purpose; of all else they abort. */
static int told;

static void tell(const char *message)
{
    if (!strstr(message, "was polled after") && !strstr(message, "was dropped twice"))
        books_broken("a checked build says something else than what was done on purpose");
    told++;
}

/* What holds when the future has ended, dropped or not. */
static void behind_the_end(struct run *r)
{
    const struct entry *e = r->plan->entry;
    if (r->o->code == BIDE_READY)
        r->o->digest = e->digest(r->out);
    else if (!untouched(r))
        books_broken("*out was written without BIDE_READY");
    if (r->plan->how == BY_INIT && !(e->flags & BY_HAND)) {
        int length = books.length;
        bide_check_handler before = bide_check_set_handler(tell);
        told = 0;
        e->poll_drop(r->frame);
        if (r->o->polls > 0 && e->poll(r->frame, &r->cx, r->out) != BIDE_EMISUSE)
            books_broken("a poll behind the end is not BIDE_EMISUSE");
#ifdef BIDE_CHECKED
        if (r->o->polls > 0 && !told)
            books_broken("a checked build says nothing of a poll behind the end");
#endif
        bide_check_set_handler(before);
        if (books.length != length)
            books_broken("something ran behind the end");
    }
    if (boxed(r) && r->box.frame)
        books_broken("the box is not empty behind the end");
}

static void end(struct run *r)
{
    if (r->executor) {
        bide_local_run(r->executor);
        bide_local_free(r->executor);
        executor_of_run = NULL;
    }
    r->o->failed_allocs = r->failing.failures;
    if (books.live_leaves)
        books_broken("a leaf was neither finished nor dropped");
    if (books.live_resources)
        books_broken(books.live_resources > 0 ? "a resource was not released"
                                              : "a resource was released too often");
    if (bide_counting_waker_refs(&r->waker) != 1)
        books_broken("a waker leaked, or was dropped too often");
    if (bide_checking_allocator_finish(&r->checking))
        books_broken("memory leaked, or was given back wrongly");
    free(r->frame);
    free(r->out);
}

void corpus_run(const struct plan *plan, struct outcome *o)
{
    struct run r;
    begin(&r, plan, o);
    if (build(&r)) {
        o->code = BIDE_PENDING;
        while (o->code == BIDE_PENDING && o->polls != plan->drop_after && !books.broken)
            o->code = poll_once(&r);
        if (o->code == BIDE_PENDING)
            drop(&r);
        behind_the_end(&r);
    } else {
        o->code = BIDE_ENOMEM;
    }
    end(&r);
}

long corpus_run_blocking(const struct entry *e, int x)
{
    long digest;
    books_reset();
    memset(&orders, 0, sizeof orders);
    digest = e->blocking(x);
    if (books.live_resources)
        books_broken("the blocking build leaks: an error of the corpus");
    return digest;
}

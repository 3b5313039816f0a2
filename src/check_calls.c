/*
 * check_calls.c: the books of checked builds: calls through handles, and what they borrow.
 *
 * A call borrows its object from its start to the end of its future. A call made while the holder
 * of a borrow runs on the same thread comes from inside of it: a reborrow, and no conflict.
 */
#include "check.h"
#include "thread_id.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 1024u

static check_call *calls[BUCKETS];

static check_call **bucket(const void *self)
{
    uint64_t h = (uint64_t)(uintptr_t)self * UINT64_C(0x9e3779b97f4a7c15);
    return &calls[h >> 54];
}

static void unlink_call(check_call *call)
{
    for (check_call **at = bucket(call->self); *at; at = &(*at)->next)
        if (*at == call) {
            *at = call->next;
            return;
        }
}

void bide_priv_call_free(check_call *call)
{
    unlink_call(call);
    free(call);
}

/* ---- by frame ----------------------------------------------------------------------------- */
/* There are few calls in flight when a program is looked at with checks: all are walked. */

static size_t in_flight;

void bide_priv_calls_run(const void *frame, uintptr_t thread)
{
    for (size_t i = 0; i < BUCKETS && in_flight; i++)
        for (check_call *c = calls[i]; c; c = c->next)
            if (c->frame == frame)
                c->thread = thread;
}

void bide_priv_calls_end(const void *frame)
{
    for (size_t i = 0; i < BUCKETS && in_flight; i++)
        for (check_call **at = &calls[i]; *at;) {
            check_call *c = *at;
            if (c->frame == frame) {
                *at = c->next;
                in_flight--;
                free(c);
            } else {
                at = &c->next;
            }
        }
}

const check_call *bide_priv_call_of(const void *frame)
{
    for (size_t i = 0; i < BUCKETS && in_flight; i++)
        for (const check_call *c = calls[i]; c; c = c->next)
            if (c->frame == frame)
                return c;
    return NULL;
}

static check_call *find_frame(const void *self, const void *frame)
{
    check_call *c = *bucket(self);
    while (c && (c->self != self || c->frame != frame))
        c = c->next;
    return c;
}

/* ---- calls -------------------------------------------------------------------------------- */

static uint32_t kind_of(const bide_interface *i, const char *method)
{
    const char *row = (const char *)(const void *)i->signatures;
    for (uint32_t n = 0; n < i->rows; n++, row += i->row_size) {
        const bide_signature *s = (const bide_signature *)(const void *)row;
        if (strcmp(s->name, method) == 0)
            return s->kind & ~(uint32_t)BIDE_KIND_DEFAULT;
    }
    return BIDE_KIND_FN;
}

bool bide_priv_check_slot(const bide_interface *i, const char *method, const void *vtable,
                          bool present)
{
    char text[CHECK_TEXT] = "";
    check_thread *t;
    if (present)
        return true;
    bide_priv_check_lock();
    t = bide_priv_check_thread();
    bide_priv_check_say(text, "%s.%s was called%s through %s", i->name, method,
                        t ? bide_priv_check_at(&t->site, " at ") : "",
                        vtable ? "a vtable whose slot for it is empty" : "an empty handle");
    bide_priv_check_unlock(text);
    return false;
}

static void look_for_conflict(char text[CHECK_TEXT], const char *name, bool exclusive,
                              const void *self, const check_thread *t)
{
    for (check_call *c = *bucket(self); c; c = c->next) {
        if (c->self != self || c->thread == t->id || !(c->exclusive || exclusive))
            continue;
        bide_priv_check_say(text, "%s%s%s %s, but %s%s%s is still in flight on it%s", name,
                            bide_priv_check_at(&t->site, ", called at "), t->site.line ? "," : "",
                            exclusive ? "wants its object for itself" : "shares its object",
                            c->name, bide_priv_check_at(&c->site, ", called at "),
                            c->site.line ? "," : "", c->exclusive ? " and has it for itself" : "");
        return;
    }
}

void bide_priv_check_call(const bide_interface *i, const char *method, void *self)
{
    uint32_t kind = kind_of(i, method);
    bool exclusive = kind == BIDE_KIND_ASYNC_MUT || kind == BIDE_KIND_SYNC_MUT;
    bool borrows = self && kind != BIDE_KIND_FN && kind != BIDE_KIND_POLL;
    char text[CHECK_TEXT] = "", name[2 * CHECK_NAME];
    check_thread *t;
    check_call *c;
    check_scope *s;
    snprintf(name, sizeof name, "%s.%s", i->name, method);
    bide_priv_check_lock();
    t = bide_priv_check_thread();
    if (t && borrows)
        look_for_conflict(text, name, exclusive, self, t);
    if (text[0]) {
        bide_priv_check_unlock(text);
        bide_priv_check_lock();
        t = bide_priv_check_thread();
    }
    s = t ? bide_priv_check_push(t, NULL, self, CHECK_STACK) : NULL;
    c = s && borrows ? (check_call *)calloc(1, sizeof *c) : NULL;
    if (c) {
        c->self = self;
        c->thread = c->home = t->id;
        c->exclusive = exclusive;
        memcpy(c->name, name, sizeof name);
        c->site = t->site;
        c->next = *bucket(self);
        *bucket(self) = c;
        s->call = c;
    }
    bide_priv_check_unlock(NULL);
}

/* Gives a call the frame of its future, unless the implementation, checked as well, was first: then
 * only the line of the caller is news. */
static void hold(check_call *c, const bide_box *box)
{
    check_call *known = find_frame(c->self, box->frame);
    if (known) {
        known->site = c->site;
        free(c);
        return;
    }
    c->frame = box->frame;
    c->thread = 0;
    c->next = *bucket(c->self);
    *bucket(c->self) = c;
    in_flight++;
}

bide_poll bide_priv_check_called(const bide_box *box, bool keep, bide_poll result)
{
    check_thread *t;
    bide_priv_check_lock();
    t = bide_priv_check_thread();
    if (t && t->depth && !t->scopes[t->depth - 1].type) {
        check_call *c = t->scopes[t->depth - 1].call;
        bide_priv_check_pop(t);
        free(t->last);
        t->last = NULL;
        if (c)
            unlink_call(c);
        /* An implementation holds only what it will see the end of. */
        if (c && result == BIDE_PENDING && keep && bide_priv_check_knows(box->frame))
            hold(c, box);
        else if (c && result == BIDE_PENDING)
            t->last = c;
        else
            free(c);
    }
    bide_priv_check_unlock(NULL);
    return result;
}

bide_poll bide_priv_check_held(const bide_box *box, bide_poll result)
{
    check_thread *t;
    if (result != BIDE_PENDING)
        return result;
    bide_priv_check_lock();
    t = bide_priv_check_thread();
    if (t && t->last) {
        hold(t->last, box);
        t->last = NULL;
    }
    bide_priv_check_unlock(NULL);
    return result;
}

void bide_priv_check_resume(const void *frame)
{
    char text[CHECK_TEXT] = "";
    check_thread *t;
    bide_priv_check_lock();
    t = bide_priv_check_thread();
    bide_priv_calls_run(frame, bide_priv_thread_id());
    if (t)
        bide_priv_check_giver(text, frame, t);
    bide_priv_check_unlock(text);
}

bide_poll bide_priv_check_resumed(const void *frame, bide_poll result)
{
    bide_priv_check_lock();
    if (result == BIDE_PENDING)
        bide_priv_calls_run(frame, 0);
    else
        bide_priv_calls_end(frame);
    bide_priv_check_unlock(NULL);
    return result;
}

/* ---- objects ------------------------------------------------------------------------------ */

size_t bide_check_calls(const void *self)
{
    size_t n = 0;
    bide_priv_check_lock();
    for (const check_call *c = *bucket(self); c; c = c->next)
        n += c->self == self;
    bide_priv_check_unlock(NULL);
    return n;
}

void bide_priv_check_destroy(const char *interface_name, void *self)
{
    char text[CHECK_TEXT] = "";
    check_thread *t;
    bide_priv_check_lock();
    t = bide_priv_check_thread();
    for (check_call *c = *bucket(self); c && self; c = c->next)
        if (c->self == self)
            bide_priv_check_say(
                text, "%s_destroy%s ended an object while %s%s%s is in flight on it",
                interface_name, t ? bide_priv_check_at(&t->site, ", called at ") : "", c->name,
                bide_priv_check_at(&c->site, ", called at "), c->site.line ? "," : "");
    bide_priv_check_unlock(text);
}

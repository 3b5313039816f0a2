/*
 * check_send.c: the books of checked builds: futures that must not change threads, and do.
 *
 * A future that is not BIDE_SEND is made, polled and dropped by one thread. Who polled it last is
 * in its entry of check.c; who made it, until its first poll, is here.
 */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 1024u

typedef struct made {
    struct made *next;
    const void *frame;
    char type[CHECK_NAME];
    uintptr_t thread;
    check_site site;
} made;

static made *all[BUCKETS];

static made **find(const void *frame, const char *type)
{
    uint64_t h = (uint64_t)(uintptr_t)frame * UINT64_C(0x9e3779b97f4a7c15);
    made **at = &all[h >> 54];
    while (*at &&
           ((*at)->frame != frame || (type && strncmp((*at)->type, type, CHECK_NAME - 1) != 0)))
        at = &(*at)->next;
    return at;
}

void bide_priv_check_unmade(const void *frame, const char *type)
{
    made **at;
    while (*(at = find(frame, type)) != NULL) {
        made *gone = *at;
        *at = gone->next;
        free(gone);
    }
}

void bide_priv_check_made(const void *frame, const char *type, const check_thread *t)
{
    made *m = (made *)calloc(1, sizeof *m), **at;
    if (!m)
        return; /* one that is not watched */
    m->frame = frame;
    bide_priv_check_copy(m->type, sizeof m->type, type);
    m->thread = t->id;
    m->site = t->site;
    at = find(frame, type);
    m->next = *at;
    *at = m;
}

/* " (the call Interface.method, made at file:line)" or "": a future that is known as the callee of
 * a handle is better known by that name. */
static void tell_call(char text[CHECK_TEXT], const void *frame)
{
    const check_call *c = bide_priv_call_of(frame);
    size_t n = strlen(text);
    if (!c || !n || n + 1 >= CHECK_TEXT)
        return;
    snprintf(text + n, CHECK_TEXT - n, " (the call %s%s)", c->name,
             bide_priv_check_at(&c->site, ", made at "));
}

void bide_priv_check_home(char text[CHECK_TEXT], const char *type, const check_frame *r,
                          const void *frame, const check_thread *t, const char *what)
{
    const made *m = *find(frame, type);
    if (text[0])
        return;
    if (r && r->thread && r->thread != t->id && strcmp(what, "polled") == 0)
        bide_priv_check_say(text, "%s is not BIDE_SEND and was polled on two threads%s%s", type,
                            bide_priv_check_at(&t->site, ", at "),
                            bide_priv_check_at(&r->site, " and at "));
    else if (r && r->thread && r->thread != t->id)
        bide_priv_check_say(text,
                            "%s is not BIDE_SEND and was polled on one thread%s, and %s on "
                            "another%s",
                            type, bide_priv_check_at(&r->site, ", at "), what,
                            bide_priv_check_at(&t->site, ", at "));
    else if (m && m->thread != t->id)
        bide_priv_check_say(text,
                            "%s is not BIDE_SEND and was made on one thread%s, and %s on "
                            "another%s",
                            type, bide_priv_check_at(&m->site, ", at "), what,
                            bide_priv_check_at(&t->site, ", at "));
    tell_call(text, frame);
}

void bide_priv_check_giver(char text[CHECK_TEXT], const void *frame, const check_thread *t)
{
    const check_call *c = bide_priv_call_of(frame);
    const bide_allocator *giver = ((bide_allocator *const *)frame)[-1];
    if (!c || c->home == t->id || (giver->flags & BIDE_FREE_ANY_THREAD))
        return;
    bide_priv_check_say(text,
                        "%s%s, was made on another thread%s: its memory is from an allocator that "
                        "is not BIDE_FREE_ANY_THREAD",
                        c->name, bide_priv_check_at(&t->site, ", used at "),
                        bide_priv_check_at(&c->site, ", at "));
}

void bide_priv_check_not_send(const char *name, const char *method, const char *implementation,
                              const char *why)
{
    char text[CHECK_TEXT] = "";
    check_thread *t;
    bide_priv_check_lock();
    t = bide_priv_check_thread();
    bide_priv_check_say(text, "%s%s%s%s%s cannot go to another thread%s: %s", name,
                        method ? "." : "", method ? method : "", implementation ? " of " : "",
                        implementation ? implementation : "",
                        t ? bide_priv_check_at(&t->site, ", as asked for at ") : "", why);
    bide_priv_check_unlock(text);
}

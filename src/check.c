/*
 * check.c: the books of checked builds: futures by address, and what each thread is doing.
 *
 * Checked code may meet frames that unchecked code began, ended or moved, so an entry alone proves
 * nothing: what the frame itself says, in its state word or by its bytes, must agree with it.
 */
#include "check.h"
#include "thread_id.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BUCKETS 4096u

static check_frame *frames[BUCKETS];
static check_thread *threads;
static bool is_lossy; /* an entry was lost for want of memory: absence proves nothing */

/* ---- threads ------------------------------------------------------------------------------ */

static check_frame *find(const void *frame, const char *type);

/* Leaves the scopes that a longjmp has jumped over: they lie deeper than this call. */
static void reap(check_thread *t, const char *stack)
{
    while (t->depth > 0) {
        check_scope *s = &t->scopes[t->depth - 1];
        bool is_dead = t->jumped ? s->stack <= stack + CHECK_STACK_VARIES
                                 : s->stack + CHECK_STACK_VARIES < stack;
        check_frame *r;
        if (!is_dead)
            break;
        r = s->frame && s->type ? find(s->frame, s->type) : NULL;
        if (r && r->running == t->id)
            r->running = 0;
        if (s->call)
            bide_priv_call_free(s->call);
        bide_priv_check_pop(t);
    }
    t->jumped = false;
}

check_thread *bide_priv_check_thread(void)
{
    uintptr_t id = bide_priv_thread_id();
    check_thread *t = threads;
    while (t && t->id != id)
        t = t->next;
    if (t)
        return t;
    t = (check_thread *)calloc(1, sizeof *t);
    if (!t) {
        is_lossy = true;
        return NULL;
    }
    t->id = id;
    t->next = threads;
    threads = t;
    return t;
}

check_scope *bide_priv_check_push(check_thread *t, const char *type, const void *frame,
                                  const void *stack)
{
    check_scope *s;
    reap(t, (const char *)stack);
    if (t->depth == t->room) {
        size_t room = t->room ? 2 * t->room : 16;
        s = (check_scope *)realloc(t->scopes, room * sizeof *s);
        if (!s) {
            is_lossy = true;
            return NULL;
        }
        t->scopes = s;
        t->room = room;
    }
    s = &t->scopes[t->depth++];
    memset(s, 0, sizeof *s);
    s->type = type;
    s->frame = frame;
    s->stack = (const char *)stack;
    s->site = t->site;
    s->root = t->depth > 1 ? s[-1].root : 0;
    s->from = t->from;
    s->bytes = t->bytes;
    t->from = NULL;
    return s;
}

void bide_priv_check_pop(check_thread *t)
{
    check_scope *s = &t->scopes[--t->depth];
    t->site = s->site;
    t->from = s->from;
    t->bytes = s->bytes;
}

void bide_priv_check_site(const char *file, int line)
{
    check_thread *t;
    bide_priv_check_lock();
    t = bide_priv_check_thread();
    if (t) {
        bide_priv_check_copy(t->site.file, sizeof t->site.file, file);
        t->site.line = line;
    }
    bide_priv_check_unlock(NULL);
}

/* ---- futures by address ------------------------------------------------------------------- */

static check_frame **bucket(const void *frame)
{
    uint64_t h = (uint64_t)(uintptr_t)frame * UINT64_C(0x9e3779b97f4a7c15);
    return &frames[h >> 52];
}

static check_frame *find(const void *frame, const char *type)
{
    check_frame *r = *bucket(frame);
    while (r && (r->frame != frame || strncmp(r->type, type, CHECK_NAME - 1) != 0))
        r = r->next;
    return r;
}

static check_frame *find_or_make(const void *frame, const char *type)
{
    check_frame *r = find(frame, type);
    if (r)
        return r;
    r = (check_frame *)calloc(1, sizeof *r);
    if (!r) {
        is_lossy = true;
        return NULL;
    }
    r->frame = frame;
    bide_priv_check_copy(r->type, sizeof r->type, type);
    r->next = *bucket(frame);
    *bucket(frame) = r;
    return r;
}

static void forget(const void *frame, const char *type)
{
    for (check_frame **at = bucket(frame); *at;) {
        check_frame *r = *at;
        if (r->frame == frame && !r->running &&
            (!type || strncmp(r->type, type, CHECK_NAME - 1) == 0)) {
            *at = r->next;
            free(r);
        } else {
            at = &r->next;
        }
    }
}

void bide_priv_check_forget(const void *frame)
{
    if (!frame)
        return;
    bide_priv_check_lock();
    forget(frame, NULL);
    bide_priv_check_unmade(frame, NULL);
    bide_priv_calls_end(frame);
    bide_priv_check_unlock(NULL);
}

void bide_priv_check_init(const char *type, uint32_t flags, uintptr_t frame)
{
    check_thread *t;
    bide_priv_check_lock();
    forget((const void *)frame, type);
    bide_priv_check_unmade((const void *)frame, type);
    t = bide_priv_check_thread();
    if (t && !(flags & BIDE_SEND))
        bide_priv_check_made((const void *)frame, type, t);
    bide_priv_check_unlock(NULL);
}

bool bide_priv_check_knows(const void *frame)
{
    const check_frame *r = *bucket(frame);
    while (r && r->frame != frame)
        r = r->next;
    return r != NULL;
}

static uint64_t fingerprint(const void *frame, size_t bytes)
{
    const unsigned char *b = (const unsigned char *)frame;
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < bytes; i++)
        h = (h ^ b[i]) * UINT64_C(0x100000001b3);
    return h;
}

static uint32_t state_of(uint32_t flags, const void *frame)
{
    uint32_t word = 0;
    if (flags & BIDE_STATE)
        memcpy(&word, frame, sizeof word);
    return word;
}

/* The suspended future of the same type and bytes that is known at another address. */
static const check_frame *same_elsewhere(const void *frame, const char *type, size_t bytes)
{
    uint64_t print = fingerprint(frame, bytes);
    for (size_t i = 0; i < BUCKETS; i++)
        for (const check_frame *r = frames[i]; r; r = r->next)
            if (r->frame != frame && r->state == CHECK_LIVE && !r->running && r->print == print &&
                strncmp(r->type, type, CHECK_NAME - 1) == 0)
                return r;
    return NULL;
}

void bide_priv_check_describe(const void *start, size_t bytes, char text[CHECK_TEXT])
{
    for (size_t i = 0; i < BUCKETS; i++)
        for (const check_frame *r = frames[i]; r; r = r->next)
            if (r->state == CHECK_LIVE && (uintptr_t)r->frame >= (uintptr_t)start &&
                (uintptr_t)r->frame < (uintptr_t)start + bytes) {
                snprintf(text, CHECK_TEXT, ": the future %s%s", r->type,
                         bide_priv_check_at(&r->site, ", polled at "));
                return;
            }
}

/* ---- polls -------------------------------------------------------------------------------- */

typedef struct future_id {
    const char *type;
    uint32_t flags;
    size_t bytes;
} future_id;

/* A poll of what is being polled. */
static void say_running(char text[CHECK_TEXT], const check_frame *r, const check_thread *t,
                        const char *what)
{
    bool here = r->running == t->id;
    bide_priv_check_say(text, "%s was %s %s%s; that poll began%s", r->type, what,
                        here ? "from inside its own poll" : "while another thread polls it",
                        bide_priv_check_at(&t->site, ", at "),
                        bide_priv_check_at(&r->site, " at "));
}

static void say_over(char text[CHECK_TEXT], const char *type, const check_frame *r,
                     const check_thread *t)
{
    bool dropped = r && r->state == CHECK_DROPPED;
    bide_priv_check_say(
        text, "%s was polled after %s%s%s", type, dropped ? "it was dropped" : "completion",
        bide_priv_check_at(&t->site, ", at "),
        r ? bide_priv_check_at(&r->site, dropped ? "; dropped at " : "; ended at ") : "");
}

/* A frame that waits already, at an address where nobody has seen it. */
static void look_for_move(char text[CHECK_TEXT], future_id id, const void *frame, bool exact,
                          const check_thread *t)
{
    const check_frame *from = same_elsewhere(frame, id.type, id.bytes);
    if (from)
        bide_priv_check_say(text, "%s was moved after its first poll%s; polled before%s", id.type,
                            bide_priv_check_at(&t->site, ": polled at "),
                            bide_priv_check_at(&from->site, " at "));
    else if (exact && !is_lossy)
        bide_priv_check_say(text, "%s was moved after its first poll%s", id.type,
                            bide_priv_check_at(&t->site, ": polled at "));
}

/* What an entry, and the frame itself, tell about a poll that is to begin. False: do not run it. */
static bool judge_poll(char text[CHECK_TEXT], future_id id, const void *frame, bool exact,
                       check_frame *r, const check_thread *t)
{
    uint32_t word = state_of(id.flags, frame);
    bool is_state = (id.flags & BIDE_STATE) != 0;
    if (r && r->running) {
        say_running(text, r, t, "polled");
        return false;
    }
    if (word & BIDE_STATE_DONE) {
        say_over(text, id.type, r, t);
        return true; /* the body refuses by itself */
    }
    if (!is_state && r && r->state != CHECK_LIVE && r->print == fingerprint(frame, id.bytes)) {
        say_over(text, id.type, r, t);
        return false;
    }
    if (r && r->state != CHECK_LIVE)
        r->state = CHECK_LIVE, r->thread = 0;
    if (is_state && !(id.flags & BIDE_UNPIN) && (word & BIDE_STATE_MASK) != 0 && !r)
        look_for_move(text, id, frame, exact, t);
    if (!(id.flags & BIDE_SEND))
        bide_priv_check_home(text, id.type, r, frame, t, "polled");
    return true;
}

/* Where a body will run next: C locals of its last run do not survive. */
void bide_priv_check_scribble(void)
{
    volatile unsigned char stack[2048];
    for (size_t i = 0; i < sizeof stack; i++)
        stack[i] = 0xa5;
}

static void push_poll(check_thread *t, future_id id, const void *frame, bide_context *cx,
                      const void *stack)
{
    check_scope *s = bide_priv_check_push(t, id.type, frame, stack);
    t->excused = false;
    if (s)
        s->flags = id.flags;
    if (s && cx && (t->depth == 1 || s[-1].cx != cx))
        bide_priv_check_wrap(s, cx);
    if (s)
        s->cx = cx;
    if (s && s->inner)
        s->root = t->depth - 1;
}

bool bide_priv_check_enter(const char *type, uint32_t flags, size_t bytes, void *frame,
                           bide_context *cx, bool exact)
{
    const future_id id = {type, flags, bytes};
    char text[CHECK_TEXT] = "";
    bool runs = true;
    check_thread *t;
    check_frame *r;
    bide_priv_check_lock();
    t = bide_priv_check_thread();
    if (t)
        reap(t, CHECK_STACK);
    r = find(frame, type);
    if (t)
        runs = judge_poll(text, id, frame, exact, r, t);
    if (text[0]) {
        /* The handler first; when it returns, the poll goes on as far as it can. */
        bide_priv_check_unlock(text);
        bide_priv_check_lock();
        t = bide_priv_check_thread();
    }
    bide_priv_check_unmade(frame, type);
    if (t && runs) {
        r = find_or_make(frame, type);
        if (r) {
            if (!r->first.line)
                r->first = t->site;
            r->site = t->site;
            r->running = t->id;
            r->thread = t->id;
        }
        if ((flags & BIDE_STATE) && !(state_of(flags, frame) & BIDE_STATE_DONE))
            *(uint32_t *)frame |= BIDE_STATE_RUNNING;
        bide_priv_calls_run(frame, t->id);
        push_poll(t, id, frame, cx, CHECK_STACK);
    }
    bide_priv_check_unlock(NULL);
    return runs;
}

/* The innermost future that was pending is the one to name if nobody holds a waker. */
static void note_leaf(check_thread *t, const char *type, const check_site *site)
{
    check_scope *s = &t->scopes[t->scopes[t->depth - 1].root];
    if (!s->inner || s->leaf[0])
        return;
    bide_priv_check_copy(s->leaf, sizeof s->leaf, type);
    s->leaf_site = *site;
}

/* A stream that gave an item has not ended: its frame says so. */
static bool goes_on(const check_scope *s, const void *frame, bide_poll result)
{
    return result == BIDE_PENDING || (result == BIDE_READY && (s->flags & BIDE_STATE) &&
                                      !(state_of(s->flags, frame) & BIDE_STATE_DONE));
}

static void end_poll(check_thread *t, void *frame, bide_poll result, size_t bytes,
                     char text[CHECK_TEXT])
{
    check_scope *s = t->depth ? &t->scopes[t->depth - 1] : NULL;
    check_frame *r;
    if (!s || s->frame != frame)
        return;
    if (s->flags & BIDE_STATE)
        *(uint32_t *)frame &= ~(uint32_t)BIDE_STATE_RUNNING;
    r = find(frame, s->type);
    if (r) {
        r->running = 0;
        r->state = goes_on(s, frame, result) ? CHECK_LIVE : CHECK_DONE;
        r->print = bytes ? fingerprint(frame, bytes) : 0;
    }
    bide_priv_calls_run(frame, 0);
    if (result == BIDE_PENDING)
        note_leaf(t, s->type, &s->site);
    else
        bide_priv_calls_end(frame);
    if (s->inner)
        bide_priv_check_unwrap(s, result == BIDE_PENDING, text);
    bide_priv_check_pop(t);
}

bide_poll bide_priv_check_leave(size_t bytes, void *frame, bide_poll result)
{
    char text[CHECK_TEXT] = "";
    check_thread *t;
    bide_priv_check_lock();
    t = bide_priv_check_thread();
    if (t)
        end_poll(t, frame, result, bytes, text);
    bide_priv_check_unlock(text);
    return result;
}

/* ---- starts ------------------------------------------------------------------------------- */

void bide_priv_check_begin(const char *type, uint32_t flags, size_t bytes, uintptr_t frame,
                           bide_context *cx)
{
    const future_id id = {type, flags, bytes};
    check_thread *t;
    bide_priv_check_lock();
    if (frame) {
        forget((const void *)frame, type);
        bide_priv_check_unmade((const void *)frame, type);
    }
    t = bide_priv_check_thread();
    if (t)
        push_poll(t, id, (const void *)frame, cx, CHECK_STACK);
    bide_priv_check_unlock(NULL);
}

static bide_poll begun(future_id id, const void *frame, const void *scope, bide_poll result)
{
    char text[CHECK_TEXT] = "";
    check_thread *t;
    bide_priv_check_lock();
    t = bide_priv_check_thread();
    if (t && t->depth && t->scopes[t->depth - 1].frame == scope) {
        check_scope *s = &t->scopes[t->depth - 1];
        check_frame *r = result == BIDE_PENDING ? find_or_make(frame, id.type) : NULL;
        if (r) {
            r->state = CHECK_LIVE;
            r->thread = t->id;
            r->print = fingerprint(frame, id.bytes);
            r->site = r->first = s->site;
        }
        if (result == BIDE_PENDING)
            note_leaf(t, id.type, &s->site);
        if (s->inner)
            bide_priv_check_unwrap(s, result == BIDE_PENDING, text);
        bide_priv_check_pop(t);
    }
    bide_priv_check_unlock(text);
    return result;
}

bide_poll bide_priv_check_begun(const char *type, uint32_t flags, size_t bytes, uintptr_t frame,
                                bide_poll result)
{
    const future_id id = {type, flags, bytes};
    return begun(id, (const void *)frame, (const void *)frame, result);
}

bide_poll bide_priv_check_begun_box(const char *type, uint32_t flags, size_t bytes,
                                    const bide_box *box, bide_poll result)
{
    const future_id id = {type, flags, bytes};
    return begun(id, result == BIDE_PENDING ? box->frame : NULL, NULL, result);
}

bide_poll bide_priv_check_begun_in(const char *type, uint32_t flags, size_t bytes,
                                   void *const *root, size_t offset, bide_poll result)
{
    const future_id id = {type, flags, bytes};
    return begun(id, result == BIDE_PENDING ? (const char *)*root + offset : NULL, NULL, result);
}

/* ---- drops -------------------------------------------------------------------------------- */

/* Whether a future that must not be dropped while it waits does wait. */
static bool must_wait(uint32_t flags, const void *frame, const check_frame *r)
{
    uint32_t word = state_of(flags, frame);
    if (!(flags & BIDE_NO_DROP) || (word & BIDE_STATE_DONE))
        return false;
    return flags & BIDE_STATE ? (word & BIDE_STATE_MASK) != 0 : r && r->state == CHECK_LIVE;
}

static void say_must_wait(char text[CHECK_TEXT], const char *type, const void *frame,
                          const check_frame *r, check_thread *t)
{
    const check_call *c = bide_priv_call_of(frame);
    if (!t->excused)
        bide_priv_check_say(text,
                            "%s%s%s was dropped%s while it waits, but its cleanup must wait, too: "
                            "cancel it (bide_cancel, bide_box_cancel), or abort its task",
                            c ? c->name : type,
                            c   ? bide_priv_check_at(&c->site, ", called at ")
                            : r ? bide_priv_check_at(&r->site, ", polled at ")
                                : "",
                            (c && c->site.line) || (!c && r && r->site.line) ? "," : "",
                            bide_priv_check_at(&t->site, " at "));
    t->excused = true;
}

bool bide_priv_check_waits(const char *type, const void *frame)
{
    const check_frame *r;
    bool waits;
    bide_priv_check_lock();
    r = find(frame, type);
    waits = r && r->state == CHECK_LIVE;
    bide_priv_check_unlock(NULL);
    return waits;
}

void bide_priv_check_excuse(void)
{
    check_thread *t;
    bide_priv_check_lock();
    t = bide_priv_check_thread();
    if (t)
        t->excused = true;
    bide_priv_check_unlock(NULL);
}

void bide_priv_check_box(const bide_box *box, bool waits)
{
    const bide_type *type = box->type;
    char text[CHECK_TEXT] = "";
    check_thread *t;
    if (!(type->flags & BIDE_NO_DROP))
        return;
    bide_priv_check_lock();
    t = bide_priv_check_thread();
    if (t) {
        const check_frame *r = find(box->frame, type->name);
        if (waits || must_wait(type->flags, box->frame, r))
            say_must_wait(text, type->name, box->frame, r, t);
    }
    bide_priv_check_unlock(text);
}

bool bide_priv_check_drop(const char *type, uint32_t flags, size_t bytes, const void *frame,
                          bool over)
{
    char text[CHECK_TEXT] = "";
    bool runs = true;
    check_thread *t;
    check_frame *r;
    bide_priv_check_lock();
    t = bide_priv_check_thread();
    r = find(frame, type);
    if (t)
        reap(t, CHECK_STACK);
    if (r && t && r->running) {
        say_running(text, r, t, "dropped");
        runs = false;
    } else if (t) {
        bool is_over = over || (state_of(flags, frame) & BIDE_STATE_DONE) != 0;
        bool is_hand = !(flags & BIDE_STATE) && !over;
        if (r && r->state == CHECK_DROPPED &&
            (is_over || (is_hand && r->print && r->print == fingerprint(frame, bytes)))) {
            bide_priv_check_say(text, "%s was dropped twice%s%s", type,
                                bide_priv_check_at(&t->site, ", at "),
                                bide_priv_check_at(&r->site, "; first at "));
        } else if (!is_over) {
            if (must_wait(flags, frame, r))
                say_must_wait(text, type, frame, r, t);
            if (!(flags & BIDE_SEND) && (!r || r->state == CHECK_LIVE))
                bide_priv_check_home(text, type, r, frame, t, "dropped");
            bide_priv_check_unmade(frame, type);
            r = find_or_make(frame, type);
            if (r) {
                r->state = CHECK_DROPPED;
                r->print = 0;
                r->before = is_hand ? fingerprint(frame, bytes) : 0;
                r->site = t->site;
            }
            bide_priv_calls_end(frame);
        }
    }
    bide_priv_check_unlock(text);
    return runs;
}

/* A drop by hand is over. A second one is known by the mark that the first has left; where it left
 * none, the frame may as well have been built anew by code that is not checked. */
bool bide_priv_check_dropped(const char *type, size_t bytes, const void *frame)
{
    check_frame *r;
    bide_priv_check_lock();
    r = find(frame, type);
    if (r && r->state == CHECK_DROPPED) {
        uint64_t after = fingerprint(frame, bytes);
        r->print = after != r->before ? after : 0;
    }
    bide_priv_check_unlock(NULL);
    return false;
}

bool bide_priv_check_may_drop(const void *frame)
{
    char text[CHECK_TEXT] = "";
    bool runs = true;
    bide_priv_check_lock();
    for (check_frame *r = *bucket(frame); r && runs; r = r->next) {
        check_thread *t = bide_priv_check_thread();
        if (r->frame != frame || !r->running || !t)
            continue;
        reap(t, CHECK_STACK);
        if (!r->running)
            continue;
        say_running(text, r, t, "dropped");
        runs = false;
    }
    bide_priv_check_unlock(text);
    return runs;
}

/* The frame of a dyn call says that it has ended. */
void bide_priv_check_again(const char *type, const void *frame)
{
    char text[CHECK_TEXT] = "";
    check_thread *t;
    bide_priv_check_lock();
    t = bide_priv_check_thread();
    if (t)
        say_over(text, type, find(frame, type), t);
    bide_priv_check_unlock(text);
}

void bide_priv_check_empty_box(void)
{
    char text[CHECK_TEXT] = "";
    check_thread *t;
    bide_priv_check_lock();
    t = bide_priv_check_thread();
    bide_priv_check_say(text, "an empty box was polled%s: its future has ended, or was moved out",
                        t ? bide_priv_check_at(&t->site, ", at ") : "");
    bide_priv_check_unlock(text);
}

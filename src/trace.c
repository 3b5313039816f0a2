/*
 * trace.c: writes await trees, and takes requests for them. core.c serves the requests.
 */
#include <bide/error.h>
#include <bide/trace.h>

#include "core.h"
#include "trace_tasks.h"
#include "trace_text.h"

/* ---- writing ------------------------------------------------------------------------------ */

typedef bide_priv_trace_writer writer;

static void put_bytes(writer *w, const char *text, size_t n)
{
    if (n)
        w->o.write(w->o.write_arg, text, n);
}

static void put(writer *w, const char *text)
{
    put_bytes(w, text, strlen(text));
}

static void put_number(writer *w, uint64_t n)
{
    bide_priv_words words = {.length = 0};
    bide_priv_say_number(&words, n, 10);
    put(w, words.text);
}

/* Text of others: must not end a line, nor, in a graph, a string. */
static void put_foreign(writer *w, const char *text)
{
    while (*text) {
        size_t n = strcspn(text, w->o.flags & BIDE_TRACE_DOT ? "\"\\\n" : "\n");
        put_bytes(w, text, n);
        text += n;
        if (*text == '\n')
            put(w, w->o.flags & BIDE_TRACE_DOT ? "\\n" : " ");
        else if (*text)
            put(w, *text == '"' ? "\\\"" : "\\\\");
        text += *text != '\0';
    }
}

static void node_end(writer *w)
{
    if (!w->is_open)
        return;
    w->is_open = false;
    if (!(w->o.flags & BIDE_TRACE_DOT)) {
        put(w, "\n");
        return;
    }
    put(w, "\"];\n");
    if (w->level > 1) {
        put(w, "    n");
        put_number(w, w->ids[w->level - 1]);
        put(w, " -> n");
        put_number(w, w->ids[w->level]);
        put(w, ";\n");
    }
}

static void node_begin(writer *w)
{
    uint32_t i;
    node_end(w);
    w->level++;
    w->is_open = true;
    w->has_note = false;
    w->ids[w->level] = ++w->nodes;
    if (!(w->o.flags & BIDE_TRACE_DOT)) {
        for (i = 1; i < w->level; i++)
            put(w, "  ");
        return;
    }
    put(w, "    n");
    put_number(w, w->nodes);
    put(w, " [label=\"");
}

static void node_leave(writer *w)
{
    node_end(w);
    w->level--;
}

/* What stands beside a name. */
void bide_priv_trace_say(writer *w, const char *text)
{
    if (w->o.flags & BIDE_TRACE_DOT)
        put(w, "\\n");
    else
        put(w, w->has_note ? ", " : ": ");
    w->has_note = true;
    put_foreign(w, text);
}

static void put_place(writer *w, const char *file, uint32_t line)
{
    put(w, w->o.flags & BIDE_TRACE_DOT ? "\\n" : " at ");
    put_foreign(w, file);
    put(w, ":");
    put_number(w, line);
}

static void put_address(writer *w, const void *frame)
{
    bide_priv_words words = {.length = 0};
    bide_priv_say(&words, " 0x");
    bide_priv_say_number(&words, (uintptr_t)frame, 16);
    if (w->o.flags & BIDE_TRACE_ADDRESSES)
        put(w, words.text);
}

/* ---- the tracer --------------------------------------------------------------------------- */

/* How a frame with a state word stands, or NULL if it waits, or nobody knows. */
static const char *standing(const bide_type *type, const void *frame)
{
    uint32_t state;
    if (!(type->flags & BIDE_STATE))
        return NULL;
    memcpy(&state, frame, sizeof state);
    return state & BIDE_STATE_DONE          ? "ended"
           : state & BIDE_STATE_RUNNING     ? "running"
           : state & BIDE_STATE_CANCELING   ? "cancelling"
           : (state & BIDE_STATE_MASK) == 0 ? "not begun"
                                            : NULL;
}

static writer *writer_of(bide_tracer *tracer)
{
    return (writer *)(void *)tracer;
}

static void on_enter(bide_tracer *tracer, const bide_type *type, const void *frame,
                     const char *file, uint32_t line)
{
    writer *w = writer_of(tracer);
    const char *how = standing(type, frame);
    if (tracer->flags & BIDE_TRACER_ENOUGH) {
        w->hidden++;
        return;
    }
    node_begin(w);
    if (w->level - w->top >= w->o.depth) {
        tracer->flags |= BIDE_TRACER_ENOUGH;
        put(w, "...");
        return;
    }
    put_foreign(w, type->name);
    if (file && line)
        put_place(w, file, line);
    put_address(w, frame);
    if (how)
        bide_priv_trace_say(w, how);
}

static void on_leave(bide_tracer *tracer)
{
    writer *w = writer_of(tracer);
    if (w->hidden) {
        w->hidden--;
        return;
    }
    tracer->flags &= ~(uint32_t)BIDE_TRACER_ENOUGH;
    node_leave(w);
}

static void on_note(bide_tracer *tracer, const char *text)
{
    writer *w = writer_of(tracer);
    if (w->is_open && !w->hidden && !(tracer->flags & BIDE_TRACER_ENOUGH))
        bide_priv_trace_say(w, text);
}

void bide_priv_trace_begin(writer *w, const bide_trace_options *options)
{
    memset(w, 0, offsetof(writer, ids));
    w->base = (bide_tracer){sizeof w->base, 0, on_enter, on_leave, on_note};
    w->o = bide_trace_options_init(NULL, NULL);
    memcpy(&w->o, options, options->size < sizeof w->o ? options->size : sizeof w->o);
    if (w->o.depth > BIDE_TRACE_DEPTH_MOST)
        w->o.depth = BIDE_TRACE_DEPTH_MOST;
    if (w->o.flags & BIDE_TRACE_DOT)
        put(w, "digraph bide {\n    node [shape=box];\n");
}

void bide_priv_trace_end(writer *w)
{
    node_end(w);
    if (w->o.flags & BIDE_TRACE_DOT)
        put(w, "}\n");
}

/* ---- what can be traced ------------------------------------------------------------------- */

/* A body that is being polled changes its frame: only its state word is looked at. A type that
 * tells nothing (a dyn call that is not under way, a body that has ended) is named. */
void bide_priv_trace_walk(writer *w, const bide_type *type, const void *frame)
{
    const char *how = standing(type, frame);
    uint32_t nodes = w->nodes;
    w->top = w->level + 1;
    if (type->trace && !(how && strcmp(how, "running") == 0))
        type->trace(frame, &w->base);
    if (w->nodes != nodes)
        return;
    on_enter(&w->base, type, frame, NULL, 0);
    if (type->trace && !how)
        bide_priv_trace_say(w, "nothing under way");
    on_leave(&w->base);
}

void bide_trace(const bide_type *type, const void *frame, const bide_trace_options *options)
{
    writer w;
    bide_priv_trace_begin(&w, options);
    bide_priv_trace_walk(&w, type, frame);
    bide_priv_trace_end(&w);
}

void bide_trace_box(const bide_box *box, const bide_trace_options *options)
{
    writer w;
    if (box->frame) {
        bide_trace(box->type, box->frame, options);
        return;
    }
    bide_priv_trace_begin(&w, options);
    node_begin(&w);
    put(&w, "empty box");
    node_leave(&w);
    bide_priv_trace_end(&w);
}

/* ---- tasks -------------------------------------------------------------------------------- */

void bide_priv_trace_begin_executor(writer *w, const char *name, uint64_t tasks)
{
    node_begin(w);
    put(w, "executor ");
    put_foreign(w, name);
    put(w, w->o.flags & BIDE_TRACE_DOT ? "\\n" : ": ");
    put_number(w, tasks);
    put(w, tasks == 1 ? " task" : " tasks");
}

void bide_priv_trace_begin_task(writer *w, const char *name)
{
    node_begin(w);
    put(w, "task ");
    put_foreign(w, name);
}

void bide_priv_trace_end_task(writer *w)
{
    node_leave(w);
}

void bide_priv_trace_say_ended(writer *w, bide_poll code)
{
    bide_priv_trace_say(w, "ended");
    bide_priv_trace_say(w, bide_strerror(code));
}

static bool is_running(const bide_local *core, const bide_task *t)
{
    return core->current == t || t->dropping;
}

static void put_waiting(writer *w, bide_local *core, const bide_task *t)
{
    bide_priv_words words = {.length = 0};
    uint64_t waited;
    if (!t->stamped) {
        bide_priv_trace_say(w, "waiting");
        return;
    }
    waited = bide_priv_stamp_age(t->stamp, bide_priv_core_now(core));
    bide_priv_say(&words, "waiting ");
    bide_priv_say_time(&words, waited);
    if (waited >= w->o.long_wait)
        bide_priv_say(&words, " !!!");
    bide_priv_trace_say(w, words.text);
}

static void put_standing(writer *w, bide_local *core, const bide_task *t)
{
    if (t->state >= BIDE_PRIV_TASK_DONE && t->light) {
        bide_priv_trace_say(w, "ended"); /* with a code that it has no room for */
        return;
    }
    if (t->state >= BIDE_PRIV_TASK_DONE) {
        bide_priv_trace_say_ended(w, t->code);
        return;
    }
    if (atomic_load_explicit(&t->aborted, memory_order_relaxed))
        bide_priv_trace_say(w, "aborted");
    if (is_running(core, t))
        bide_priv_trace_say(w, "running");
    else if (t->queued || atomic_load_explicit(&t->far, memory_order_relaxed))
        bide_priv_trace_say(w, "ready");
    else
        put_waiting(w, core, t);
}

static void walk_task(writer *w, bide_local *core, bide_task *t)
{
    bool is_root = t == &core->root;
    if (is_root) {
        node_begin(w);
        put(w, "root");
    } else {
        bide_priv_trace_begin_task(w, bide_priv_task_name(t));
    }
    put_standing(w, core, t);
    if (t->state == BIDE_PRIV_TASK_LIVE && !is_running(core, t))
        bide_priv_trace_walk(w, t->type, is_root ? core->root_frame : bide_priv_task_frame(t));
    node_leave(w);
}

static bool may_look(const bide_local *core)
{
    uintptr_t owner = bide_priv_load_acquire(BIDE_PRIV_WORD(&core->owner));
    return owner == 0 || owner == bide_priv_thread_id();
}

bide_poll bide_priv_local_trace(bide_task *t, const bide_trace_options *options)
{
    writer w;
    if (!may_look(t->core))
        return BIDE_EMISUSE;
    bide_priv_trace_begin(&w, options);
    walk_task(&w, t->core, t);
    bide_priv_trace_end(&w);
    return BIDE_READY;
}

bide_poll bide_trace_local(bide_local *ex, const bide_trace_options *options)
{
    bide_task *t;
    writer w;
    if (!may_look(ex))
        return BIDE_EMISUSE;
    bide_priv_trace_begin(&w, options);
    bide_priv_trace_begin_executor(&w, ex->runtime.vtable->name, ex->stats.tasks);
    if (ex->root.state == BIDE_PRIV_TASK_LIVE)
        walk_task(&w, ex, &ex->root);
    for (t = ex->first; t; t = t->after)
        walk_task(&w, ex, t);
    node_leave(&w);
    bide_priv_trace_end(&w);
    return BIDE_READY;
}

/* ---- a buffer to write to ----------------------------------------------------------------- */

void bide_trace_buffer_write(void *buffer, const char *text, size_t length)
{
    bide_trace_buffer *b = buffer;
    if (b->length + 1 < b->size) {
        size_t room = b->size - 1 - b->length, n = length < room ? length : room;
        memcpy(b->text + b->length, text, n);
        b->text[b->length + n] = '\0';
    }
    b->length += length;
}

bide_trace_options bide_trace_into(bide_trace_buffer *buffer)
{
    buffer->length = 0;
    if (buffer->size)
        buffer->text[0] = '\0';
    return bide_trace_options_init(bide_trace_buffer_write, buffer);
}

/* ---- stamps ------------------------------------------------------------------------------- */

bide_poll bide_local_stamp(bide_local *ex, bool on)
{
    bide_task *t;
    if (!may_look(ex))
        return BIDE_EMISUSE;
    if ((ex->stamping != 0) == on)
        return BIDE_READY;
    ex->stamping = on ? BIDE_PRIV_STAMPS_WANTED : 0;
    ex->root.stamped = 0;
    for (t = ex->first; t; t = t->after)
        t->stamped = 0;
    /* Turns that are under way leave no stamps: then the next ones begin with it. */
    if (on && bide_priv_load_relaxed(BIDE_PRIV_WORD(&ex->owner)) == 0)
        bide_priv_stamp_all(ex);
    return BIDE_READY;
}

/* ---- requests ----------------------------------------------------------------------------- */

BIDE_PRIV_ASSERT(sizeof(bide_task) <= sizeof((bide_trace_request *)0)->priv,
                 "a request goes through the remote list as a task without a waker");

static bide_task *carrier(bide_trace_request *request)
{
    return (bide_task *)(void *)request->priv;
}

void bide_trace_request_init(bide_trace_request *request,
                             void (*serve)(bide_trace_request *request, bide_local *ex,
                                           bide_poll code),
                             void *arg)
{
    memset(request, 0, sizeof *request);
    request->serve = serve;
    request->arg = arg;
}

bide_poll bide_local_request_trace(bide_local *ex, bide_trace_request *request)
{
    bide_task *t = carrier(request);
    if (atomic_exchange_explicit(&t->far, 1, memory_order_acq_rel))
        return BIDE_EBUSY;
    if (bide_priv_core_push(ex, t, true))
        return BIDE_READY;
    atomic_store_explicit(&t->far, 0, memory_order_release);
    return BIDE_ECANCELED;
}

bide_poll bide_priv_local_request_trace(bide_task *t, bide_trace_request *request)
{
    return bide_local_request_trace(t->core, request);
}

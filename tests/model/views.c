/*
 * views.c: which outcomes an atomic operation may have, and what its thread knows afterwards.
 */
#include "views.h"

#include <string.h>

enum { FREED = 0xfe };

/* ---- views -------------------------------------------------------------------------------- */

typedef void view_change(view *v, int at, uint32_t by);

static void each_view(world *w, view_change *change, int at, uint32_t by)
{
    uint32_t k;
    int i;
    change(&w->strict, at, by);
    for (i = 0; i < MODEL_THREADS; i++)
        change(&w->threads[i].knows, at, by);
    for (i = 0; i < w->n_objects; i++)
        change(&w->objects[i].released, at, by);
    for (i = 0; i < w->n_locations; i++)
        for (k = 0; k < w->locations[i].n; k++)
            if (w->locations[i].writes[k].released_any)
                change(&w->locations[i].writes[k].released, at, by);
}

static void add_column(view *v, int at, uint32_t by)
{
    (void)by;
    memmove(v->of + at + 1, v->of + at, (size_t)(LOCATIONS - 1 - at));
    v->of[at] = 0;
}

static void remove_column(view *v, int at, uint32_t by)
{
    (void)by;
    memmove(v->of + at, v->of + at + 1, (size_t)(LOCATIONS - 1 - at));
    v->of[LOCATIONS - 1] = 0;
}

/* A write has come in between, at index `by`. */
static void shift_up(view *v, int at, uint32_t by)
{
    if (v->of[at] >= by)
        v->of[at]++;
}

static void shift_down(view *v, int at, uint32_t by)
{
    v->of[at] = (uint8_t)(v->of[at] > by ? v->of[at] - by : 0);
}

static void join(view *into, const view *from)
{
    int i;
    for (i = 0; i < LOCATIONS; i++)
        if (from->of[i] > into->of[i])
            into->of[i] = from->of[i];
    for (i = 0; i < MODEL_THREADS; i++)
        if (from->time[i] > into->time[i])
            into->time[i] = from->time[i];
}

/* ---- plain memory ------------------------------------------------------------------------- */

static bool knows_times(const view *knows, const uint8_t *times)
{
    int i;
    for (i = 0; i < MODEL_THREADS; i++)
        if (times[i] > knows->time[i])
            return false;
    return true;
}

/* Whether plain accesses to a byte are known to the thread: all of them, or the writes alone. */
static bool is_known(const shadow *s, const view *knows, bool reads_too)
{
    return s->written <= knows->time[s->writer] && (!reads_too || knows_times(knows, s->read));
}

static int overlapping(world *w, const unsigned char *from, size_t bytes)
{
    int i;
    for (i = 0; i < w->n_locations; i++) {
        const unsigned char *at = w->locations[i].address;
        if (at < from + bytes && from < at + w->locations[i].bytes)
            return i;
    }
    return -1;
}

static void forget_location(world *w, int i)
{
    w->n_locations--;
    memmove(w->locations + i, w->locations + i + 1,
            (size_t)(w->n_locations - i) * sizeof(location));
    each_view(w, remove_column, i, 0);
}

/* A plain access to bytes that are also used as atomic words: legal at the beginning of a life. */
static void plain_on_atomic(world *w, const unsigned char *from, size_t bytes, bool writes)
{
    const view *knows = &w->threads[w->current].knows;
    int i;
    while ((i = overlapping(w, from, bytes)) >= 0) {
        if (!w->alone && (!knows_times(knows, w->locations[i].stored) ||
                          (writes && !knows_times(knows, w->locations[i].loaded))))
            model_violation("race: plain access to an atomic word at arena+%zu",
                            (size_t)(from - w->arena));
        if (!writes)
            return;
        forget_location(w, i);
    }
}

void model_plain(void *address, size_t bytes, bool writes)
{
    world *w = model_world();
    unsigned char *from = address;
    const view *knows = &w->threads[w->current].knows;
    size_t at = (size_t)(from - w->arena), i;
    if (from < w->arena || at >= ARENA)
        return;
    plain_on_atomic(w, from, bytes, writes);
    for (i = at; i < at + bytes; i++) {
        shadow *s = &w->shadow[i];
        if (s->writer == FREED || i >= w->used) {
            model_violation("use after free at arena+%zu by thread %d", i, w->current);
            return;
        }
        if (w->alone)
            continue;
        if (!is_known(s, knows, writes))
            model_violation("data race at arena+%zu, thread %d %s", i, w->current,
                            writes ? "writes" : "reads");
        if (writes) {
            memset(s, 0, sizeof *s);
            s->writer = (uint8_t)w->current;
            s->written = knows->time[w->current];
        } else {
            s->read[w->current] = knows->time[w->current];
        }
    }
}

/* A block is given back: whoever has touched it must be known to have done so. */
void model_freed(world *w, size_t at, size_t bytes)
{
    size_t i;
    model_plain(w->arena + at, bytes, true);
    memset(w->arena + at, 0xdd, bytes);
    for (i = at; i < at + bytes; i++)
        w->shadow[i] = (shadow){.writer = FREED};
}

/* ---- locations ---------------------------------------------------------------------------- */

static uint64_t memory_value(const void *address, uint32_t bytes)
{
    uint64_t value = 0;
    memcpy(&value, address, bytes); /* little end first, as everywhere that this runs */
    return value;
}

static int add_location(world *w, int i, void *address, uint32_t bytes)
{
    location *l;
    if (w->n_locations == LOCATIONS) {
        model_violation("the explorer has too few LOCATIONS");
        return 0;
    }
    memmove(w->locations + i + 1, w->locations + i,
            (size_t)(w->n_locations - i) * sizeof(location));
    w->n_locations++;
    l = &w->locations[i];
    memset(l, 0, sizeof *l);
    l->address = address;
    l->bytes = bytes;
    l->n = 1;
    l->writes[0].value = memory_value(address, bytes);
    each_view(w, add_column, i, 0);
    return i;
}

/* The index of a word; it becomes a location when it is first used as one. */
static int locate(world *w, void *address, uint32_t bytes)
{
    int i = 0;
    while (i < w->n_locations && w->locations[i].address < address)
        i++;
    if (i < w->n_locations && w->locations[i].address == address)
        return i;
    return add_location(w, i, address, bytes);
}

static void check_atomic(world *w, int t, const operation *op, location *l, bool stores)
{
    const view *knows = &w->threads[t].knows;
    size_t at = (size_t)((unsigned char *)op->address - w->arena), i;
    if (at >= w->used) {
        model_violation("an atomic word outside of the watched memory");
        return;
    }
    for (i = at; i < at + op->bytes; i++) {
        if (w->shadow[i].writer == FREED)
            model_violation("use after free (atomic) at arena+%zu by thread %d", i, t);
        else if (!w->alone && !is_known(&w->shadow[i], knows, stores))
            model_violation("race: thread %d's atomic access to arena+%zu", t, i);
    }
    (stores ? l->stored : l->loaded)[t] = knows->time[t];
}

/* ---- what is learned ---------------------------------------------------------------------- */

/* Who has used a word at this address, in all executions so far: in any way, for writing, by
 * a plain store, other than by a read-modify-write that succeeded, as a spin lock. */
static struct {
    uint8_t uses, writes, stores, looks, locks;
} learned[ARENA];

static bool has_learned;

bool model_has_learned(void)
{
    bool before = has_learned;
    has_learned = false;
    return before;
}

void model_unlearn(void)
{
    memset(learned, 0, sizeof learned);
    has_learned = false;
}

static void learn(uint8_t *set, int t)
{
    if (!(*set & 1u << t)) {
        *set = (uint8_t)(*set | 1u << t);
        has_learned = true;
    }
}

static void learn_from(world *w, int t, const operation *op, bool fails)
{
    size_t at = (size_t)((unsigned char *)op->address - w->arena);
    if (w->alone || at >= ARENA)
        return;
    learn(&learned[at].uses, t);
    if (op->kind != OP_LOAD && !fails)
        learn(&learned[at].writes, t);
    if (op->kind == OP_STORE)
        learn(&learned[at].stores, t);
    if (op->kind == OP_LOAD || op->kind == OP_STORE || fails)
        learn(&learned[at].looks, t);
    if (op->kind == OP_LOCK)
        learn(&learned[at].locks, t);
}

static bool is_one(uint8_t set)
{
    return (set & (set - 1)) == 0;
}

static bool is_atomic(int kind)
{
    return kind >= OP_LOAD && kind <= OP_CAS_WEAK;
}

bool model_is_private(world *w, int t)
{
    const operation *op = &w->threads[t].op;
    size_t at = (size_t)((unsigned char *)op->address - w->arena);
    if (op->kind == OP_BEGIN)
        return true;
    if (!is_atomic(op->kind) || at >= ARENA)
        return false;
    if (op->address == w->only_compared && op->kind == OP_LOAD && op->order == memory_order_relaxed)
        return true;
    return is_one((uint8_t)(learned[at].uses | 1u << t)) ||
           (op->kind == OP_LOAD && !learned[at].writes);
}

/* ---- outcomes ----------------------------------------------------------------------------- */

static bool is_acquire(int order)
{
    return order == memory_order_consume || order == memory_order_acquire ||
           order == memory_order_acq_rel || order == memory_order_seq_cst;
}

static bool is_release(int order)
{
    return order >= memory_order_release;
}

/* The oldest write that the thread may still read, or go behind. */
static uint32_t oldest(world *w, int t, int at, int order)
{
    uint8_t known = w->threads[t].knows.of[at], strict = w->strict.of[at];
    return order == memory_order_seq_cst && strict > known ? strict : known;
}

static bool has_room_behind(const location *l, uint32_t i)
{
    return i + 1 == l->n || !l->writes[i + 1].modifies;
}

static size_t add_choice(choice *to, size_t n, uint32_t write, bool fails)
{
    to[n] = (choice){(uint8_t)write, fails};
    return n + 1;
}

static size_t cas_choices(const location *l, uint32_t i, const operation *op, choice *to, size_t n)
{
    if (l->writes[i].value != op->expected)
        return add_choice(to, n, i, true);
    if (has_room_behind(l, i))
        n = add_choice(to, n, i, false);
    if (op->kind == OP_CAS_WEAK)
        n = add_choice(to, n, i, true);
    return n;
}

static size_t atomic_choices(world *w, int t, choice *to)
{
    const operation *op = &w->threads[t].op;
    int at = locate(w, op->address, op->bytes);
    const location *l = &w->locations[at];
    uint32_t i;
    size_t n = 0;
    if (op->kind == OP_LOCK)
        return l->writes[l->n - 1].value == 0 ? add_choice(to, n, l->n - 1, false) : 0;
    for (i = oldest(w, t, at, op->order); i < l->n; i++) {
        if (op->kind == OP_CAS || op->kind == OP_CAS_WEAK)
            n = cas_choices(l, i, op, to, n);
        else if (op->kind == OP_LOAD || has_room_behind(l, i))
            n = add_choice(to, n, i, false);
    }
    return n;
}

static object *find_object(world *w, void *address)
{
    int i;
    for (i = 0; i < w->n_objects; i++)
        if (w->objects[i].address == address)
            return &w->objects[i];
    model_violation("an unknown mutex or semaphore");
    return &w->objects[0];
}

size_t model_choices(world *w, int t, choice *choices)
{
    const thread *th = &w->threads[t];
    size_t n = 0;
    if (is_atomic(th->op.kind))
        return atomic_choices(w, t, choices);
    if (th->op.kind == OP_TAKE && find_object(w, th->op.address)->count == 0)
        return 0;
    if (th->op.kind == OP_SPIN && !th->others_moved)
        return 0;
    if (th->op.kind == OP_FUTEX_SLEEP && !th->woken)
        return th->disturbed || !w->disturbs ? 0 : add_choice(choices, n, 0, true);
    return add_choice(choices, n, 0, false);
}

bool model_is_stuck(world *w)
{
    choice choices[CHOICES];
    int t;
    for (t = 0; t < MODEL_THREADS; t++)
        if (w->threads[t].alive && model_choices(w, t, choices) > 0 &&
            !(w->threads[t].op.kind == OP_FUTEX_SLEEP && choices[0].fails))
            return false;
    return true;
}

choice model_latest(world *w, int t)
{
    choice choices[CHOICES];
    size_t n = model_choices(w, t, choices), i;
    for (i = n; i > 0; i--)
        if (!choices[i - 1].fails)
            return choices[i - 1];
    return n ? choices[n - 1] : (choice){0, false};
}

/* ---- effects ------------------------------------------------------------------------------ */

static uint64_t new_value(const operation *op, uint64_t old)
{
    switch (op->kind) {
    case OP_ADD:
        return old + op->value;
    case OP_SUB:
        return old - op->value;
    case OP_AND:
        return old & op->value;
    case OP_OR:
        return old | op->value;
    default:
        return op->value;
    }
}

static void tick(world *w, thread *th)
{
    uint8_t *time = &th->knows.time[th - w->threads];
    if (!w->alone && ++*time == UINT8_MAX)
        model_violation("the explorer's clocks have run out");
}

static void read_write(thread *th, int at, uint32_t i, const message *m, int order)
{
    if (th->knows.of[at] < i)
        th->knows.of[at] = (uint8_t)i;
    if (is_acquire(order) && m->released_any)
        join(&th->knows, &m->released);
}

/* A new write behind write i. */
static void put_behind(world *w, thread *th, int at, uint32_t i, bool modifies)
{
    const operation *op = &th->op;
    location *l = &w->locations[at];
    message *m;
    if (l->n == WRITES) {
        model_violation("the explorer has too few WRITES");
        return;
    }
    memmove(l->writes + i + 2, l->writes + i + 1, (l->n - i - 1) * sizeof(message));
    l->n++;
    m = &l->writes[i + 1];
    memset(m, 0, sizeof *m);
    each_view(w, shift_up, at, i + 1);
    m->value = new_value(op, l->writes[i].value);
    if (op->bytes < 8)
        m->value &= ((uint64_t)1 << (8 * op->bytes)) - 1;
    m->modifies = modifies;
    th->knows.of[at] = (uint8_t)(i + 1);
    if (modifies && l->writes[i].released_any) {
        m->released = l->writes[i].released; /* a release sequence goes on */
        m->released_any = true;
    }
    if (is_release(op->order)) {
        join(&m->released, &th->knows);
        m->released_any = true;
        tick(w, th);
    }
    if (op->order == memory_order_seq_cst)
        w->strict.of[at] = (uint8_t)(i + 1);
    if (i + 2 == l->n)
        memcpy(op->address, &m->value, op->bytes);
}

static void apply_atomic(world *w, int t, choice c)
{
    thread *th = &w->threads[t];
    int at = locate(w, th->op.address, th->op.bytes);
    location *l = &w->locations[at];
    bool loads = th->op.kind == OP_LOAD || c.fails;
    bool reads = th->op.kind != OP_STORE;
    th->failed = c.fails;
    th->result = l->writes[c.write].value;
    if (th->op.kind == OP_LOCK && th->result != 0)
        model_violation("alone, and waiting for a lock");
    learn_from(w, t, &th->op, c.fails);
    check_atomic(w, t, &th->op, l, !loads);
    if (reads)
        read_write(th, at, c.write, &l->writes[c.write],
                   c.fails ? th->op.order_if_it_fails : th->op.order);
    if (!loads)
        put_behind(w, th, at, c.write, reads);
}

/* The kernel compares the word as it is now, and holds nobody's knowledge. */
static bool apply_futex_wait(world *w, thread *th)
{
    const location *l = &w->locations[locate(w, th->op.address, th->op.bytes)];
    if (!w->alone)
        learn(&learned[(unsigned char *)th->op.address - w->arena].uses, (int)(th - w->threads));
    if (l->writes[l->n - 1].value != th->op.expected)
        return true;
    th->op.kind = OP_FUTEX_SLEEP;
    th->woken = false;
    return false;
}

static void apply_futex_wake(world *w, const void *address)
{
    int i;
    for (i = 0; i < MODEL_THREADS; i++) {
        thread *th = &w->threads[i];
        if (th->alive && th->op.kind == OP_FUTEX_SLEEP && th->op.address == address)
            th->woken = true;
    }
}

bool model_apply(world *w, int t, choice c)
{
    thread *th = &w->threads[t];
    object *o;
    int i;
    /* Two that only look, and look again, do not keep each other going. */
    for (i = 0; i < MODEL_THREADS; i++)
        w->threads[i].others_moved |= i != t && w->threads[i].op.kind == OP_SPIN &&
                                      th->op.kind != OP_LOAD && th->op.kind != OP_SPIN;
    switch (th->op.kind) {
    case OP_BEGIN:
        th->knows.time[t] = 1;
        return true;
    case OP_FUTEX_WAIT:
        return apply_futex_wait(w, th);
    case OP_FUTEX_SLEEP:
        if (!th->woken)
            th->disturbed = true;
        return true;
    case OP_SPIN:
        return true;
    case OP_FUTEX_WAKE:
        apply_futex_wake(w, th->op.address);
        return true;
    case OP_TAKE:
        o = find_object(w, th->op.address);
        if (w->alone && o->count == 0)
            model_violation("alone, and waiting for a mutex or semaphore");
        o->count--;
        join(&th->knows, &o->released);
        return true;
    case OP_GIVE:
        o = find_object(w, th->op.address);
        o->count++;
        join(&o->released, &th->knows);
        tick(w, th);
        return true;
    default:
        apply_atomic(w, t, c);
        return true;
    }
}

/* ---- time --------------------------------------------------------------------------------- */

void model_know_all(world *w, int t)
{
    view *v = &w->threads[t].knows;
    int i;
    memset(v, 0, sizeof *v);
    for (i = 0; i < w->n_locations; i++)
        v->of[i] = (uint8_t)(w->locations[i].n - 1);
    memset(v->time, UINT8_MAX, sizeof v->time);
}

void model_begin_threads(world *w)
{
    int i;
    for (i = 0; i < MODEL_THREADS; i++) {
        model_know_all(w, i);
        memset(w->threads[i].knows.time, 0, sizeof w->threads[i].knows.time);
    }
}

/* The writes before the oldest one that a living thread may read. Who only ever modifies a word
 * that nobody stores to reads the latest one; so does who locks, and nobody looks at a lock. */
static uint32_t past_of(world *w, const location *l, int i)
{
    size_t at = (size_t)((unsigned char *)l->address - w->arena);
    uint8_t looks = learned[at].stores ? UINT8_MAX : learned[at].looks;
    uint32_t past = l->n - 1;
    int t;
    if (learned[at].locks)
        return past;
    for (t = 0; t < MODEL_THREADS; t++)
        if (w->threads[t].alive && (looks & 1u << t) && w->threads[t].knows.of[i] < past)
            past = w->threads[t].knows.of[i];
    return past;
}

static void forget_writes(world *w)
{
    int i;
    for (i = 0; i < w->n_locations; i++) {
        location *l = &w->locations[i];
        uint32_t past = past_of(w, l, i);
        if (past == 0)
            continue;
        memmove(l->writes, l->writes + past, (l->n - past) * sizeof(message));
        l->n -= past;
        l->writes[0].modifies = false; /* whatever it read is out of reach */
        each_view(w, shift_down, i, past);
    }
}

/* One thread's times: which are in use, and by what they are replaced. */
typedef struct times {
    uint8_t known_to_all;
    bool used[UINT8_MAX + 1];
    uint8_t becomes[UINT8_MAX + 1];
} times;

/* Bytes that have times. */
static uint32_t touched[ARENA];
static size_t n_touched;

static void find_touched(const world *w)
{
    static const shadow blank[2] = {{.writer = 0}, {.writer = FREED}};
    size_t at;
    n_touched = 0;
    for (at = 0; at < w->used; at++)
        if (memcmp(&w->shadow[at], &blank[w->shadow[at].writer == FREED], sizeof *blank) != 0)
            touched[n_touched++] = (uint32_t)at;
}

typedef void time_visit(times *t, uint8_t *time);

static void use_time(times *t, uint8_t *time)
{
    t->used[*time] = true;
}

static void replace_time(times *t, uint8_t *time)
{
    *time = t->becomes[*time];
}

/* Times that everybody knows count as none, and the others are numbered from 1. */
static inline __attribute__((always_inline)) void each_time(world *w, int t, times *by,
                                                            time_visit *visit)
{
    uint32_t k;
    size_t j;
    int i;
    for (i = 0; i < MODEL_THREADS; i++)
        if (w->threads[i].alive)
            visit(by, &w->threads[i].knows.time[t]);
    for (i = 0; i < w->n_objects; i++)
        visit(by, &w->objects[i].released.time[t]);
    for (i = 0; i < w->n_locations; i++) {
        location *l = &w->locations[i];
        visit(by, &l->loaded[t]);
        visit(by, &l->stored[t]);
        for (k = 0; k < l->n; k++)
            if (l->writes[k].released_any)
                visit(by, &l->writes[k].released.time[t]);
    }
    for (j = 0; j < n_touched; j++) {
        shadow *s = &w->shadow[touched[j]];
        visit(by, &s->read[t]);
        if (s->writer == t)
            visit(by, &s->written);
    }
}

static void renumber_times(world *w, int t)
{
    times by;
    uint8_t next = 0;
    int i;
    memset(&by, 0, sizeof by);
    by.known_to_all = UINT8_MAX;
    for (i = 0; i < MODEL_THREADS; i++)
        if (w->threads[i].alive && w->threads[i].knows.time[t] < by.known_to_all)
            by.known_to_all = w->threads[i].knows.time[t];
    each_time(w, t, &by, use_time);
    for (i = by.known_to_all + 1; i <= UINT8_MAX; i++)
        if (by.used[i])
            by.becomes[i] = ++next;
    each_time(w, t, &by, replace_time);
}

void model_forget_past(world *w)
{
    size_t i;
    int t;
    for (t = 0; t < MODEL_THREADS; t++)
        if (!w->threads[t].alive)
            memset(&w->threads[t], 0, sizeof w->threads[t]);
    forget_writes(w);
    find_touched(w);
    for (t = 0; t < MODEL_THREADS; t++)
        renumber_times(w, t);
    for (i = 0; i < n_touched; i++)
        if (w->shadow[touched[i]].written == 0 && w->shadow[touched[i]].writer != FREED)
            w->shadow[touched[i]].writer = 0;
}

const char *model_name_of(int kind)
{
    static const char *const names[] = {
        "begins",     "ends",  "load",        "store",        "exchange",     "locks",
        "add",        "sub",   "and",         "or",           "cas",          "cas (weak)",
        "futex wait", "wakes", "wakes futex", "takes a lock", "gives a lock", "spins"};
    return names[kind];
}

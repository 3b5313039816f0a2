/*
 * explorer.c: the scheduler, the memory model, and the search.
 *
 * Everything that an execution changes lies in `world` and on the threads' stacks. A state is kept
 * by copying both, and known again by a hash over both. Histories are cut to what somebody may
 * still read, so that executions that differ only in the past meet in one state.
 */
#include "explorer.h"

#include "views.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>

enum { STACK = 64 * 1024, RED_ZONE = 512, TLS = 64 };

static _Alignas(64) unsigned char stacks[MODEL_THREADS][STACK];
static world w;
static const model_scenario *scenario;
static jmp_buf scheduler;
static bool in_code; /* of the scenario or the library, not the explorer's */
static char violation[200];

/* Weak: there may be no thread-local word in what is explored. */
extern __attribute__((weak)) unsigned char tls_begin[] __asm__("__start_model_tls");
extern __attribute__((weak)) unsigned char tls_end[] __asm__("__stop_model_tls");

/* Code under test does not go on after its first mistake. */
void model_violation(const char *format, ...)
{
    va_list list;
    if (!violation[0]) {
        va_start(list, format);
        (void)vsnprintf(violation, sizeof violation, format, list);
        va_end(list);
    }
    if (in_code)
        _longjmp(scheduler, 1);
}

world *model_world(void)
{
    return &w;
}

void model_check(bool condition, const char *text)
{
    if (!condition)
        model_violation("check failed: %s", text);
}

uintptr_t model_thread_id(void)
{
    return (uintptr_t)w.current + 1;
}

/* ---- threads ------------------------------------------------------------------------------ */

static size_t tls_size(void)
{
    size_t bytes = (size_t)(tls_end - tls_begin);
    if (bytes > TLS)
        abort();
    return bytes;
}

/* Back to the scheduler, until it has chosen an outcome for w.threads[w.current].op. */
static __attribute__((noinline)) void yield(void)
{
    thread *t = &w.threads[w.current];
    t->frame = __builtin_frame_address(0);
    memcpy(t->tls, tls_begin, tls_size());
    if (_setjmp(t->registers) == 0)
        _longjmp(scheduler, 1);
}

void model_touch(void *from, size_t bytes)
{
    model_plain(from, bytes, true);
}

/* Asks for a step; alone, and where nobody else takes part, it is done at once. */
uint64_t model_step(operation op)
{
    w.threads[w.current].op = op;
    w.threads[w.current].result = 0;
    w.threads[w.current].others_moved = false;
    if (w.alone || model_is_private(&w, w.current)) {
        (void)model_apply(&w, w.current, model_latest(&w, w.current));
        return w.threads[w.current].result;
    }
    yield();
    return w.threads[w.current].result;
}

static void thread_main(void)
{
    (void)model_step((operation){.kind = OP_BEGIN});
    scenario->threads[w.current]();
    w.threads[w.current].op = (operation){.kind = OP_END};
    w.threads[w.current].alive = false;
    for (;;)
        yield();
}

static void resume(int t)
{
    w.current = t;
    memcpy(tls_begin, w.threads[t].tls, tls_size());
    in_code = true;
    if (_setjmp(scheduler) == 0)
        _longjmp(w.threads[t].registers, 1);
    in_code = false;
}

static void create(int t)
{
    ucontext_t here, there;
    w.current = t;
    w.threads[t].alive = true;
    memset(stacks[t], 0, STACK);
    memset(tls_begin, 0, tls_size());
    getcontext(&there);
    there.uc_stack.ss_sp = stacks[t];
    there.uc_stack.ss_size = STACK;
    there.uc_link = NULL;
    makecontext(&there, thread_main, 0);
    in_code = true;
    if (_setjmp(scheduler) == 0)
        swapcontext(&here, &there);
    in_code = false;
}

/* The setup, or the end, on the explorer's own stack. */
static void call_alone(void (*function)(void))
{
    w.alone = true;
    w.current = 0;
    memset(tls_begin, 0, tls_size());
    in_code = true;
    if (function && _setjmp(scheduler) == 0)
        function();
    in_code = false;
    w.alone = false;
}

/* ---- states ------------------------------------------------------------------------------- */

typedef struct saved {
    size_t bytes;
    size_t next; /* the outcome to try next */
    int thread;
    choice taken;
    operation op; /* of that thread, for the printed path */
    unsigned char data[];
} saved;

static unsigned char *live_stack(int t)
{
    unsigned char *low = (unsigned char *)w.threads[t].frame;
    return w.threads[t].alive ? low : stacks[t] + STACK;
}

static size_t stack_bytes(int t)
{
    unsigned char *low = live_stack(t);
    return low == stacks[t] + STACK ? 0 : (size_t)(stacks[t] + STACK - low) + RED_ZONE;
}

static size_t put(unsigned char *to, size_t at, const void *from, size_t bytes)
{
    if (to)
        memcpy(to + at, from, bytes);
    return at + bytes;
}

/* The parts of the world that are in use, to `to` (or nowhere); gives their size. */
static size_t save_to(unsigned char *to)
{
    size_t at = put(to, 0, &w, offsetof(world, locations));
    int i;
    for (i = 0; i < w.n_locations; i++)
        at = put(to, at, &w.locations[i],
                 offsetof(location, writes) + w.locations[i].n * sizeof(message));
    at = put(to, at, w.shadow, w.used * sizeof w.shadow[0]);
    at = put(to, at, w.arena, w.used);
    for (i = 0; i < MODEL_THREADS; i++)
        at = put(to, at, stacks[i] + STACK - stack_bytes(i), stack_bytes(i));
    return at;
}

static saved *save(void)
{
    size_t bytes = save_to(NULL);
    saved *s = calloc(1, sizeof *s + bytes);
    if (!s)
        abort();
    s->bytes = bytes;
    (void)save_to(s->data);
    return s;
}

static size_t get(const unsigned char *from, size_t at, void *to, size_t bytes)
{
    memcpy(to, from + at, bytes);
    return at + bytes;
}

static void restore(const saved *s)
{
    const unsigned char *from = s->data;
    size_t at = get(from, 0, &w, offsetof(world, locations));
    int i;
    for (i = 0; i < w.n_locations; i++) {
        at = get(from, at, &w.locations[i], offsetof(location, writes));
        at = get(from, at, w.locations[i].writes, w.locations[i].n * sizeof(message));
    }
    at = get(from, at, w.shadow, w.used * sizeof w.shadow[0]);
    at = get(from, at, w.arena, w.used);
    for (i = 0; i < MODEL_THREADS; i++)
        at = get(from, at, stacks[i] + STACK - stack_bytes(i), stack_bytes(i));
}

typedef struct digest {
    uint64_t a, b;
} digest;

static void digest_add(digest *d, const void *from, size_t bytes)
{
    const unsigned char *p = from;
    uint64_t a = d->a, b = d->b, word;
    for (; bytes >= 8; bytes -= 8, p += 8) {
        memcpy(&word, p, 8);
        a = (a ^ word) * 0x9e3779b97f4a7c15u;
        b = (b + word) * 0xc2b2ae3d27d4eb4fu;
        a ^= a >> 32;
        b ^= b >> 29;
    }
    word = bytes;
    memcpy(&word, p, bytes);
    d->a = (a ^ word) * 0x9e3779b97f4a7c15u;
    d->b = (b + word + 1) * 0xc2b2ae3d27d4eb4fu;
    d->a ^= d->a >> 31;
    d->b ^= d->b >> 30;
}

void model_disturb(void)
{
    w.disturbs = true;
}

void model_only_compared(void *word)
{
    w.only_compared = word;
}

void model_uncounted(void *word)
{
    int i = 0;
    while (w.uncounted[i])
        i++;
    w.uncounted[i] = word;
}

/* Stacks only above the frames that wait: what lies below is nobody's. */
static digest digest_now(void)
{
    digest d = {1, 2};
    uint64_t kept[4];
    int i;
    for (i = 0; i < 4 && w.uncounted[i]; i++) {
        memcpy(&kept[i], w.uncounted[i], sizeof kept[i]);
        memset(w.uncounted[i], 0, sizeof kept[i]);
    }
    digest_add(&d, &w, offsetof(world, locations));
    for (i = 0; i < w.n_locations; i++)
        digest_add(&d, &w.locations[i],
                   offsetof(location, writes) + w.locations[i].n * sizeof(message));
    digest_add(&d, w.shadow, w.used * sizeof w.shadow[0]);
    digest_add(&d, w.arena, w.used);
    for (i = 0; i < MODEL_THREADS; i++)
        digest_add(&d, live_stack(i), (size_t)(stacks[i] + STACK - live_stack(i)));
    for (i = 0; i < 4 && w.uncounted[i]; i++)
        memcpy(w.uncounted[i], &kept[i], sizeof kept[i]);
    return d;
}

/* The set of states seen: open addressing, zero is "free". */
static struct {
    digest *slots;
    size_t size, count;
} seen;

static bool insert_into(digest *slots, size_t size, digest d)
{
    size_t i = (size_t)d.a & (size - 1);
    for (; slots[i].a || slots[i].b; i = (i + 1) & (size - 1))
        if (slots[i].a == d.a && slots[i].b == d.b)
            return false;
    slots[i] = d;
    return true;
}

static bool is_new(digest d)
{
    size_t i, size = seen.size ? seen.size * 2 : 1 << 16;
    if (seen.count * 2 >= seen.size) {
        digest *slots = calloc(size, sizeof *slots);
        if (!slots)
            abort();
        for (i = 0; i < seen.size; i++)
            if (seen.slots[i].a || seen.slots[i].b)
                (void)insert_into(slots, size, seen.slots[i]);
        free(seen.slots);
        seen.slots = slots;
        seen.size = size;
    }
    if (!insert_into(seen.slots, seen.size, d))
        return false;
    seen.count++;
    return true;
}

/* ---- the search --------------------------------------------------------------------------- */

static void begin(void)
{
    int i;
    memset(&w, 0, sizeof w);
    violation[0] = 0;
    call_alone(scenario->setup);
    model_begin_threads(&w);
    for (i = 0; i < MODEL_THREADS; i++)
        if (scenario->threads[i])
            create(i);
    w.current = 0;
    model_forget_past(&w);
}

static int alive(void)
{
    int i, n = 0;
    for (i = 0; i < MODEL_THREADS; i++)
        n += w.threads[i].alive;
    return n;
}

/* All threads have ended: the rest is done alone, knowing all. */
static void finish(void)
{
    model_know_all(&w, 0);
    call_alone(scenario->finish);
    if (!violation[0])
        model_check_leaks(&w);
}

static void print_path(saved **path, size_t depth)
{
    size_t i;
    printf("  %s\n", violation);
    for (i = 0; i < depth; i++) {
        operation *op = &path[i]->op;
        printf("    %3zu  thread %d  %s", i, path[i]->thread, model_name_of(op->kind));
        if (op->address)
            printf(" arena+%zu/%u", (size_t)((unsigned char *)op->address - w.arena), op->bytes);
        if (op->kind == OP_STORE || op->kind == OP_EXCHANGE || op->kind == OP_ADD ||
            op->kind == OP_CAS || op->kind == OP_CAS_WEAK)
            printf(" %llx", (unsigned long long)op->value);
        if (op->address)
            printf(" order %d, write %d%s", op->order, path[i]->taken.write,
                   path[i]->taken.fails ? ", fails" : "");
        printf("  at %p\n", op->caller);
    }
}

/* Takes the node's next outcome; false when there is none left. */
static bool advance(saved *node)
{
    choice choices[CHOICES];
    size_t seen_so_far = 0;
    int t;
    restore(node);
    for (t = 0; t < MODEL_THREADS; t++) {
        size_t n = w.threads[t].alive ? model_choices(&w, t, choices) : 0;
        if (node->next < seen_so_far + n) {
            node->taken = choices[node->next - seen_so_far];
            node->thread = t;
            node->op = w.threads[t].op;
            node->next++;
            w.current = t;
            if (model_apply(&w, t, node->taken))
                resume(t);
            w.current = 0;
            model_forget_past(&w);
            return true;
        }
        seen_so_far += n;
    }
    return false;
}

typedef struct search {
    saved **path;
    size_t depth, room;
    model_result result;
} search;

static void push(search *s)
{
    if (s->depth == s->room) {
        s->room = s->room ? s->room * 2 : 256;
        s->path = realloc(s->path, s->room * sizeof *s->path);
        if (!s->path)
            abort();
    }
    s->path[s->depth++] = save();
    s->result.states++;
    if (s->depth > s->result.deepest)
        s->result.deepest = s->depth;
}

static void clear(search *s)
{
    while (s->depth)
        free(s->path[--s->depth]);
    free(seen.slots);
    memset(&seen, 0, sizeof seen);
}

static void search_all(search *s)
{
    begin();
    push(s);
    while (s->depth && !violation[0]) {
        if (!advance(s->path[s->depth - 1])) {
            free(s->path[--s->depth]);
            continue;
        }
        if (model_has_learned() && !violation[0]) {
            uint32_t times = s->result.restarts + 1;
            clear(s);
            s->result = (model_result){.restarts = times};
            begin();
            push(s);
            continue;
        }
        s->result.steps++;
        if (violation[0])
            break;
        if (alive() == 0) {
            s->result.ends++;
            finish();
        } else if (model_is_stuck(&w)) {
            model_violation("nobody can go on: a wake was lost");
        } else if (is_new(digest_now())) {
            push(s);
        }
    }
}

static const char *ending(bool must_fail)
{
    if (!violation[0])
        return must_fail ? "no violation, but there is one" : "no violation";
    return violation;
}

model_result model_explore(const model_scenario *it, bool must_fail)
{
    search s = {NULL, 0, 0, {0}};
    scenario = it;
    model_unlearn();
    search_all(&s);
    s.result.violated = violation[0] != 0;
    if (s.result.violated && !must_fail)
        print_path(s.path, s.depth);
    clear(&s);
    free(s.path);
    printf("%-28s %9llu states %10llu steps %9llu ends, %zu deep: %s\n", it->name,
           (unsigned long long)s.result.states, (unsigned long long)s.result.steps,
           (unsigned long long)s.result.ends, s.result.deepest, ending(must_fail));
    (void)fflush(stdout);
    return s.result;
}

/*
 * hooks.c: what instrumented code calls. The names in the first part are the interface between
 * compilers and their thread sanitizer's run time, whose place this file takes; the second part is
 * shim.h's; the third gives memory.
 */
#include "shim.h"

#include "views.h"

#include <linux/futex.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>

/* ---- instrumented code -------------------------------------------------------------------- */

#define CALLER __builtin_return_address(0)

void __tsan_init(void);
void __tsan_init(void)
{
}

void __tsan_func_entry(void *caller);
void __tsan_func_entry(void *caller)
{
    (void)caller;
}

void __tsan_func_exit(void);
void __tsan_func_exit(void)
{
}

#define PLAIN(name, bytes, writes)                                                                 \
    void __tsan_##name(void *address);                                                             \
    void __tsan_##name(void *address)                                                              \
    {                                                                                              \
        model_plain(address, bytes, writes);                                                       \
    }
PLAIN(read1, 1, false)
PLAIN(read2, 2, false)
PLAIN(read4, 4, false)
PLAIN(read8, 8, false)
PLAIN(read16, 16, false)
PLAIN(write1, 1, true)
PLAIN(write2, 2, true)
PLAIN(write4, 4, true)
PLAIN(write8, 8, true)
PLAIN(write16, 16, true)
PLAIN(unaligned_read2, 2, false)
PLAIN(unaligned_read4, 4, false)
PLAIN(unaligned_read8, 8, false)
PLAIN(unaligned_read16, 16, false)
PLAIN(unaligned_write2, 2, true)
PLAIN(unaligned_write4, 4, true)
PLAIN(unaligned_write8, 8, true)
PLAIN(unaligned_write16, 16, true)

void __tsan_read_range(void *address, size_t bytes);
void __tsan_read_range(void *address, size_t bytes)
{
    model_plain(address, bytes, false);
}

void __tsan_write_range(void *address, size_t bytes);
void __tsan_write_range(void *address, size_t bytes)
{
    model_plain(address, bytes, true);
}

void *__tsan_memcpy(void *to, const void *from, size_t bytes);
void *__tsan_memcpy(void *to, const void *from, size_t bytes)
{
    model_plain((void *)(uintptr_t)from, bytes, false);
    model_plain(to, bytes, true);
    return memcpy(to, from, bytes);
}

void *__tsan_memmove(void *to, const void *from, size_t bytes);
void *__tsan_memmove(void *to, const void *from, size_t bytes)
{
    model_plain((void *)(uintptr_t)from, bytes, false);
    model_plain(to, bytes, true);
    return memmove(to, from, bytes);
}

void *__tsan_memset(void *to, int byte, size_t bytes);
void *__tsan_memset(void *to, int byte, size_t bytes)
{
    model_plain(to, bytes, true);
    return memset(to, byte, bytes);
}

static uint64_t step(int kind, size_t bytes, void *address, uint64_t value, int order, void *caller)
{
    return model_step((operation){.kind = (uint8_t)kind,
                                  .bytes = (uint8_t)bytes,
                                  .order = (uint8_t)order,
                                  .address = address,
                                  .value = value,
                                  .caller = caller});
}

/* True when it exchanged; else *expected is what was found. */
static bool cas(int kind, size_t bytes, void *address, uint64_t *expected, uint64_t value,
                int order, int order_if_it_fails, void *caller)
{
    world *w = model_world();
    uint64_t found = model_step((operation){.kind = (uint8_t)kind,
                                            .bytes = (uint8_t)bytes,
                                            .order = (uint8_t)order,
                                            .order_if_it_fails = (uint8_t)order_if_it_fails,
                                            .address = address,
                                            .value = value,
                                            .expected = *expected,
                                            .caller = caller});
    bool failed = w->threads[w->current].failed;
    *expected = found;
    return !failed;
}

#define MODIFY(bits, name, kind)                                                                   \
    uint##bits##_t __tsan_atomic##bits##_##name(void *a, uint##bits##_t v, int order);             \
    uint##bits##_t __tsan_atomic##bits##_##name(void *a, uint##bits##_t v, int order)              \
    {                                                                                              \
        return (uint##bits##_t)step(kind, bits / 8, a, v, order, CALLER);                          \
    }

#define COMPARE(bits, name, kind)                                                                  \
    int __tsan_atomic##bits##_##name(void *a, void *expected, uint##bits##_t v, int order,         \
                                     int failing);                                                 \
    int __tsan_atomic##bits##_##name(void *a, void *expected, uint##bits##_t v, int order,         \
                                     int failing)                                                  \
    {                                                                                              \
        uint64_t wanted = *(uint##bits##_t *)expected;                                             \
        bool done = cas(kind, bits / 8, a, &wanted, v, order, failing, CALLER);                    \
        if (!done)                                                                                 \
            *(uint##bits##_t *)expected = (uint##bits##_t)wanted;                                  \
        return done;                                                                               \
    }

/* How clang asks: for what was found, and always for the strong form. */
#define COMPARE_VALUE(bits)                                                                        \
    uint##bits##_t __tsan_atomic##bits##_compare_exchange_val(                                     \
        void *a, uint##bits##_t expected, uint##bits##_t v, int order, int failing);               \
    uint##bits##_t __tsan_atomic##bits##_compare_exchange_val(                                     \
        void *a, uint##bits##_t expected, uint##bits##_t v, int order, int failing)                \
    {                                                                                              \
        uint64_t wanted = expected;                                                                \
        (void)cas(OP_CAS, bits / 8, a, &wanted, v, order, failing, CALLER);                        \
        return (uint##bits##_t)wanted;                                                             \
    }

#define ATOMIC(bits)                                                                               \
    uint##bits##_t __tsan_atomic##bits##_load(void *a, int order);                                 \
    uint##bits##_t __tsan_atomic##bits##_load(void *a, int order)                                  \
    {                                                                                              \
        return (uint##bits##_t)step(OP_LOAD, bits / 8, a, 0, order, CALLER);                       \
    }                                                                                              \
    void __tsan_atomic##bits##_store(void *a, uint##bits##_t v, int order);                        \
    void __tsan_atomic##bits##_store(void *a, uint##bits##_t v, int order)                         \
    {                                                                                              \
        (void)step(OP_STORE, bits / 8, a, v, order, CALLER);                                       \
    }                                                                                              \
    MODIFY(bits, exchange, OP_EXCHANGE)                                                            \
    MODIFY(bits, fetch_add, OP_ADD)                                                                \
    MODIFY(bits, fetch_sub, OP_SUB)                                                                \
    MODIFY(bits, fetch_and, OP_AND)                                                                \
    MODIFY(bits, fetch_or, OP_OR)                                                                  \
    COMPARE(bits, compare_exchange_strong, OP_CAS)                                                 \
    COMPARE(bits, compare_exchange_weak, OP_CAS_WEAK)                                              \
    COMPARE_VALUE(bits)
ATOMIC(8)
ATOMIC(16)
ATOMIC(32)
ATOMIC(64)

/* ---- the system --------------------------------------------------------------------------- */

long model_syscall(long number, ...)
{
    va_list list;
    uint32_t *word;
    int operation_of_futex;
    va_start(list, number);
    word = va_arg(list, uint32_t *);
    operation_of_futex = va_arg(list, int);
    va_end(list);
    if (number != SYS_futex)
        model_violation("an unknown system call");
    else if (operation_of_futex == FUTEX_WAIT_PRIVATE)
        (void)model_step((operation){
            .kind = OP_FUTEX_WAIT, .bytes = 4, .address = word, .expected = 1, .caller = CALLER});
    else
        (void)step(OP_FUTEX_WAKE, 4, word, 0, 0, CALLER);
    return 0;
}

static int object_init(void *address, uint32_t count)
{
    world *w = model_world();
    if (w->n_objects == OBJECTS) {
        model_violation("the explorer has too few OBJECTS");
        return -1;
    }
    w->objects[w->n_objects++] = (object){.address = address, .count = count};
    return 0;
}

static int object_destroy(void *address)
{
    world *w = model_world();
    int i = 0;
    while (i < w->n_objects && w->objects[i].address != address)
        i++;
    if (i == w->n_objects) {
        model_violation("an unknown mutex or semaphore is destroyed");
        return -1;
    }
    w->n_objects--;
    memmove(w->objects + i, w->objects + i + 1, (size_t)(w->n_objects - i) * sizeof(object));
    memset(w->objects + w->n_objects, 0, sizeof(object));
    return 0;
}

void model_spin(void)
{
    (void)step(OP_SPIN, 0, NULL, 0, 0, CALLER);
}

/* The exchanges that find it taken tell nobody anything: what counts is the one that does not. */
void model_spin_lock(uint32_t *lock)
{
    (void)step(OP_LOCK, 4, lock, 1, memory_order_acquire, CALLER);
}

int model_mutex_init(pthread_mutex_t *mutex, const void *attributes)
{
    (void)attributes;
    return object_init(mutex, 1);
}

int model_mutex_destroy(pthread_mutex_t *mutex)
{
    return object_destroy(mutex);
}

int model_mutex_lock(pthread_mutex_t *mutex)
{
    (void)step(OP_TAKE, 0, mutex, 0, 0, CALLER);
    return 0;
}

int model_mutex_unlock(pthread_mutex_t *mutex)
{
    (void)step(OP_GIVE, 0, mutex, 0, 0, CALLER);
    return 0;
}

int model_sem_init(sem_t *semaphore, int shared, unsigned value)
{
    (void)shared;
    return object_init(semaphore, value);
}

int model_sem_destroy(sem_t *semaphore)
{
    return object_destroy(semaphore);
}

int model_sem_wait(sem_t *semaphore)
{
    (void)step(OP_TAKE, 0, semaphore, 0, 0, CALLER);
    return 0;
}

int model_sem_timedwait(sem_t *semaphore, const struct timespec *until)
{
    (void)until;
    return model_sem_wait(semaphore);
}

int model_sem_post(sem_t *semaphore)
{
    (void)step(OP_GIVE, 0, semaphore, 0, 0, CALLER);
    return 0;
}

/* ---- memory ------------------------------------------------------------------------------- */

static void *take(size_t bytes, size_t align, bool given, bool of_one_thread)
{
    world *w = model_world();
    size_t at = (w->used + align - 1) & ~(align - 1);
    if (at + bytes + 8 > ARENA || w->n_blocks == BLOCKS) {
        model_violation("the explorer's memory is used up");
        return NULL;
    }
    /* Behind `used` lies what executions before this one have left. */
    memset(w->shadow + w->used, 0, (at + bytes + 8 - w->used) * sizeof w->shadow[0]);
    memset(w->arena + w->used, 0xcd, at + bytes + 8 - w->used);
    w->used = (at + bytes + 7) & ~(size_t)7;
    w->blocks[w->n_blocks++] = (block){.at = (uint32_t)at,
                                       .bytes = (uint32_t)bytes,
                                       .align = (uint32_t)align,
                                       .given = given,
                                       .of_one_thread = of_one_thread};
    return w->arena + at;
}

void *model_given(size_t bytes)
{
    return take(bytes, 64, true, false);
}

static void *heap_alloc(bide_allocator *self, size_t bytes, size_t align, bide_allocator **giver)
{
    *giver = self;
    return take(bytes, align, false, !(self->flags & BIDE_FREE_ANY_THREAD));
}

static void heap_free(bide_allocator *giver, void *address, size_t bytes, size_t align)
{
    world *w = model_world();
    size_t at = (size_t)((unsigned char *)address - w->arena);
    int i = 0;
    (void)giver;
    while (i < w->n_blocks && w->blocks[i].at != at)
        i++;
    if (i == w->n_blocks || w->blocks[i].freed)
        model_violation("a double or foreign free of arena+%zu", at);
    else if (w->blocks[i].bytes != bytes || w->blocks[i].align != align)
        model_violation("arena+%zu is freed with a wrong size", at);
    else if (w->blocks[i].of_one_thread && w->current != 0)
        model_violation("arena+%zu is freed by thread %d, and belongs to thread 0", at, w->current);
    else
        model_freed(w, at, bytes);
    if (i < w->n_blocks)
        w->blocks[i].freed = true;
}

void model_check_leaks(world *w)
{
    int i;
    for (i = 0; i < w->n_blocks; i++)
        if (!w->blocks[i].freed && !w->blocks[i].given)
            model_violation("a leak: arena+%u, %u bytes", w->blocks[i].at, w->blocks[i].bytes);
}

static const bide_allocator any_thread = {
    sizeof(bide_allocator), BIDE_ALLOC_ANY_THREAD | BIDE_FREE_ANY_THREAD, heap_alloc, heap_free};
static const bide_allocator one_thread = {sizeof(bide_allocator), 0, heap_alloc, heap_free};

bide_allocator *model_heap(void)
{
    return (bide_allocator *)&any_thread; /* nobody writes to an allocator's header */
}

bide_allocator *model_heap_of_one_thread(void)
{
    return (bide_allocator *)&one_thread;
}

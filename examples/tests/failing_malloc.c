/*
 * failing_malloc.c: a library to be loaded before a program (LD_PRELOAD): the nth of the requests
 * for memory that the program makes fails, and at its end it is known what it has not given back.
 *
 *     FAILING_NTH=5 FAILING_REPORT=report LD_PRELOAD=libfailing_malloc.so program
 *
 * The report, written at exit, is one line: requests, failures (0 or 1), blocks that are left. Only
 * requests of the program's own code and of bide's libraries count: what the C library, libuv or
 * GLib ask for themselves is given, as some of them end the process without it.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE 1 /* RTLD_NEXT, dl_iterate_phdr */
#endif

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPORT __attribute__((visibility("default")))
#define HERE ((uintptr_t)__builtin_return_address(0))

/* ---- whose requests ----------------------------------------------------------------------- */

enum { RANGES_MOST = 16 };

static struct {
    uintptr_t from, to;
} ranges[RANGES_MOST];
static int range_count;
static bool is_open; /* nothing counts before */

static int note_range(struct dl_phdr_info *object, size_t size, void *arg)
{
    (void)size;
    (void)arg;
    if (object->dlpi_name[0] && !strstr(object->dlpi_name, "/libbide"))
        return 0;
    for (int i = 0; i < object->dlpi_phnum && range_count < RANGES_MOST; i++) {
        const ElfW(Phdr) *p = &object->dlpi_phdr[i];
        if (p->p_type != PT_LOAD || !(p->p_flags & PF_X))
            continue;
        ranges[range_count].from = object->dlpi_addr + p->p_vaddr;
        ranges[range_count++].to = object->dlpi_addr + p->p_vaddr + p->p_memsz;
    }
    return 0;
}

static bool is_its_own(uintptr_t caller)
{
    for (int i = 0; is_open && i < range_count; i++)
        if (caller >= ranges[i].from && caller < ranges[i].to)
            return true;
    return false;
}

/* ---- what is counted ---------------------------------------------------------------------- */

enum { BLOCKS_MOST = 1 << 16 };

static atomic_flag lock = ATOMIC_FLAG_INIT;
static uintptr_t blocks[BLOCKS_MOST]; /* a hash table; 1: there was one */
static size_t used, left;
static unsigned long nth, requests, failures;

static void enter(void)
{
    while (atomic_flag_test_and_set_explicit(&lock, memory_order_acquire))
        continue;
}

static void leave(void)
{
    atomic_flag_clear_explicit(&lock, memory_order_release);
}

static size_t place_of(uintptr_t block)
{
    return (size_t)(block >> 4) * 2654435761u % BLOCKS_MOST;
}

/* False if this is the request that fails. */
static bool may_have(uintptr_t caller)
{
    bool fails;
    if (!is_its_own(caller))
        return true;
    enter();
    fails = ++requests == nth;
    failures += fails;
    leave();
    if (fails)
        errno = ENOMEM;
    return !fails;
}

static void *note(uintptr_t caller, void *block)
{
    size_t at = place_of((uintptr_t)block);
    if (!block || !is_its_own(caller))
        return block;
    enter();
    while (blocks[at] > 1)
        at = (at + 1) % BLOCKS_MOST;
    if (!blocks[at] && ++used == BLOCKS_MOST)
        abort(); /* too small a table */
    blocks[at] = (uintptr_t)block;
    left++;
    leave();
    return block;
}

static void forget(void *block)
{
    size_t at = place_of((uintptr_t)block);
    if (!block || !is_open)
        return;
    enter();
    while (blocks[at] && blocks[at] != (uintptr_t)block)
        at = (at + 1) % BLOCKS_MOST;
    if (blocks[at]) {
        blocks[at] = 1;
        left--;
    }
    leave();
}

/* ---- the functions that are replaced ------------------------------------------------------- */

static struct {
    void *(*malloc)(size_t);
    void *(*calloc)(size_t, size_t);
    void *(*realloc)(void *, size_t);
    void *(*aligned_alloc)(size_t, size_t);
    void (*free)(void *);
    void *(*mi_malloc)(size_t);
    void *(*mi_malloc_aligned)(size_t, size_t);
    void (*mi_free)(void *);
} next;

/* What dlsym itself asks for on the way; never given back. */
static union {
    char bytes[4096];
    max_align_t aligned;
} early;
static size_t early_used;

static void *get_early(size_t bytes)
{
    void *block = early.bytes + early_used;
    early_used += (bytes + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t);
    if (early_used > sizeof early.bytes)
        abort();
    return block;
}

static bool is_early(const void *block)
{
    return (uintptr_t)block >= (uintptr_t)early.bytes &&
           (uintptr_t)block < (uintptr_t)early.bytes + sizeof early.bytes;
}

/* A function by its name, without a cast. */
static void find(void *function, const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    memcpy(function, &found, sizeof found);
}

static bool find_all(void)
{
    static bool is_finding;
    if (next.free)
        return true;
    if (is_finding)
        return false;
    is_finding = true;
    find(&next.malloc, "malloc");
    find(&next.calloc, "calloc");
    find(&next.realloc, "realloc");
    find(&next.aligned_alloc, "aligned_alloc");
    find(&next.mi_malloc, "mi_malloc");
    find(&next.mi_malloc_aligned, "mi_malloc_aligned");
    find(&next.mi_free, "mi_free");
    find(&next.free, "free");
    return true;
}

EXPORT void *malloc(size_t bytes)
{
    if (!find_all())
        return get_early(bytes);
    return may_have(HERE) ? note(HERE, next.malloc(bytes)) : NULL;
}

EXPORT void *calloc(size_t count, size_t bytes)
{
    if (!find_all())
        return get_early(count * bytes); /* static: zero */
    return may_have(HERE) ? note(HERE, next.calloc(count, bytes)) : NULL;
}

EXPORT void *realloc(void *block, size_t bytes)
{
    void *moved;
    if (!find_all())
        abort();
    if (!may_have(HERE))
        return NULL;
    forget(block);
    moved = next.realloc(block, bytes);
    (void)note(HERE, moved || bytes == 0 ? moved : block);
    return moved;
}

EXPORT void *aligned_alloc(size_t align, size_t bytes)
{
    if (!find_all())
        abort();
    return may_have(HERE) ? note(HERE, next.aligned_alloc(align, bytes)) : NULL;
}

EXPORT void free(void *block)
{
    if (!block || is_early(block) || !find_all())
        return;
    forget(block);
    next.free(block);
}

void *mi_malloc(size_t bytes);
void *mi_malloc_aligned(size_t bytes, size_t align);
void mi_free(void *block);

EXPORT void *mi_malloc(size_t bytes)
{
    (void)find_all();
    return may_have(HERE) ? note(HERE, next.mi_malloc(bytes)) : NULL;
}

EXPORT void *mi_malloc_aligned(size_t bytes, size_t align)
{
    (void)find_all();
    return may_have(HERE) ? note(HERE, next.mi_malloc_aligned(bytes, align)) : NULL;
}

EXPORT void mi_free(void *block)
{
    (void)find_all();
    forget(block);
    next.mi_free(block);
}

/* ---- its beginning and end ---------------------------------------------------------------- */

__attribute__((constructor)) static void begin(void)
{
    const char *word = getenv("FAILING_NTH");
    (void)find_all();
    (void)dl_iterate_phdr(note_range, NULL);
    nth = word ? strtoul(word, NULL, 10) : 0;
    is_open = true;
}

__attribute__((destructor)) static void report(void)
{
    const char *path = getenv("FAILING_REPORT");
    char line[80];
    int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
    int length = snprintf(line, sizeof line, "%lu %lu %zu\n", requests, failures, left);
    if (fd >= 0 && (write(fd, line, (size_t)length) != length || close(fd) != 0))
        abort();
}

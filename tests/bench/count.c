/*
 * count.c: a library to preload, which counts the allocations of a program and writes their number
 * to standard error at its end, and the most memory that was resident (KiB; asked of /proc, as what
 * getrusage says of a child includes its parent). Counts malloc and its relatives and mimalloc's
 * own entry points, so that one tool serves C and Rust.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static unsigned long allocations;

/* Plain increments: the programs under measurement have one thread. dlsym itself may allocate, and
 * is served from here. */
static char early[4096];
static size_t early_used;
static int resolving;

static void *early_block(size_t bytes)
{
    void *p = early + early_used;
    early_used += (bytes + 15) & ~(size_t)15;
    if (early_used > sizeof early)
        _exit(99);
    return p;
}

static void *next(const char *name)
{
    void *p;
    resolving = 1;
    p = dlsym(RTLD_NEXT, name);
    resolving = 0;
    return p;
}

/* Shape: a function of that name which counts and calls the real one. A void pointer becomes a
 * function pointer by way of a union, as POSIX intends. */
#define COUNTED(name, params, args, bytes)                                                         \
    __attribute__((visibility("default"))) void *name params;                                      \
    void *name params                                                                              \
    {                                                                                              \
        static union {                                                                             \
            void *object;                                                                          \
            void *(*function)params;                                                               \
        } real;                                                                                    \
        if (resolving)                                                                             \
            return early_block(bytes);                                                             \
        if (!real.object)                                                                          \
            real.object = next(#name);                                                             \
        allocations++;                                                                             \
        return real.function args;                                                                 \
    }

COUNTED(malloc, (size_t n), (n), n)
COUNTED(calloc, (size_t n, size_t size), (n, size), n *size)
COUNTED(realloc, (void *p, size_t n), (p, n), n)
COUNTED(aligned_alloc, (size_t align, size_t n), (align, n), n)
COUNTED(mi_malloc, (size_t n), (n), n)
COUNTED(mi_malloc_small, (size_t n), (n), n)
COUNTED(mi_malloc_aligned, (size_t n, size_t align), (n, align), n)
COUNTED(mi_heap_malloc, (void *heap, size_t n), (heap, n), n)
COUNTED(mi_heap_malloc_small, (void *heap, size_t n), (heap, n), n)
COUNTED(mi_heap_malloc_aligned, (void *heap, size_t n, size_t align), (heap, n, align), n)

__attribute__((visibility("default"))) int posix_memalign(void **out, size_t align, size_t n);
int posix_memalign(void **out, size_t align, size_t n)
{
    static union {
        void *object;
        int (*function)(void **, size_t, size_t);
    } real;
    if (!real.object)
        real.object = next("posix_memalign");
    allocations++;
    return real.function(out, align, n);
}

__attribute__((visibility("default"))) void free(void *p);
void free(void *p)
{
    static union {
        void *object;
        void (*function)(void *);
    } real;
    if ((char *)p >= early && (char *)p < early + sizeof early)
        return;
    if (!real.object)
        real.object = next("free");
    real.function(p);
}

static void tell_peak(void)
{
    char status[4096];
    const char *line;
    int fd = open("/proc/self/status", O_RDONLY);
    ssize_t got = fd < 0 ? -1 : read(fd, status, sizeof status - 1);
    if (fd >= 0)
        close(fd);
    if (got <= 0)
        return;
    status[got] = 0;
    line = strstr(status, "VmHWM:");
    if (line && write(2, line, strcspn(line, "\n") + 1) < 0)
        _exit(98);
}

__attribute__((destructor)) static void tell(void)
{
    char text[64];
    int n = snprintf(text, sizeof text, "allocations %lu\n", allocations);
    if (n > 0 && write(2, text, (size_t)n) != n)
        _exit(98);
    tell_peak();
}

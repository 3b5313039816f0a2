/*
 * hygiene.c: linked into every unit program. The program fails, whatever its tests said, if it ends
 * with more or fewer open descriptors than it began with, or if no allocation was made to fail in
 * it (support.h), unless it is known to allocate nothing (TEST_ALLOCATES_NOTHING).
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((weak)) size_t test_failure_points; /* as in support.h */

static int at_start;

/* Open descriptors, but for the one that looks; -1 where the system does not tell. */
static int count_descriptors(void)
{
    int n = -1;
    DIR *dir = opendir("/proc/self/fd");
    if (!dir)
        return -1;
    while (readdir(dir))
        n++;
    closedir(dir);
    return n;
}

static void check(void)
{
    int now = count_descriptors();
    fflush(NULL);
    fprintf(stderr, "failure points reached by this program: %zu\n", test_failure_points);
    if (now != at_start) {
        fprintf(stderr, "open descriptors: %d at the start, %d at the end\n", at_start, now);
        _exit(70);
    }
#ifndef TEST_ALLOCATES_NOTHING
    if (test_failure_points == 0) {
        fprintf(stderr, "no allocation was made to fail: TEST_EVERY_FAILURE in support.h\n");
        _exit(72);
    }
#endif
}

__attribute__((constructor)) static void begin(void)
{
    at_start = count_descriptors();
    if (atexit(check) != 0)
        _exit(71);
}

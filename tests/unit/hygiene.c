/*
 * hygiene.c: linked into every unit program: it must end with as many open descriptors as it began
 * with. A program that does not fails, whatever its tests said.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

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
    if (now == at_start)
        return;
    fflush(NULL);
    fprintf(stderr, "open descriptors: %d at the start, %d at the end\n", at_start, now);
    _exit(70);
}

__attribute__((constructor)) static void begin(void)
{
    at_start = count_descriptors();
    if (atexit(check) != 0)
        _exit(71);
}

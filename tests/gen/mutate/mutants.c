/*
 * mutants.c: runs a corpus program once for each mutant of its instrumented source.
 *
 *     PROGRAM LOG COUNT [NUMBER FUNCTION]...
 *
 * COUNT is the number of mutants that the source has. For each NUMBER the tests of FUNCTION run
 * without that statement, and then, if they passed, all of them; each run is a process of its own,
 * and its output is in the file LOG. Prints for each the number, and `noticed`, `unnoticed` or
 * `unreached` (no run comes to the statement). Exits 2 if the program fails with nothing missing.
 */
#define _DEFAULT_SOURCE
#define _DARWIN_C_SOURCE
#include "../corpus/entry.h"
#include "mutants.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

int mutant;
unsigned char *mutants_reached;

/* The main function of test_corpus.c. */
int corpus_main(int argc, char **argv);

/* A run that does not end fails: by the processor's time, which a busy machine does not change; by
 * the clock only where it sleeps. */
enum { CLOCK_SECONDS = 60 };
static struct timeval longest = {30, 0};

static void set_limits(void)
{
    struct rlimit none = {0, 0};
    struct itimerval cpu = {{0, 0}, longest};
    (void)setrlimit(RLIMIT_CORE, &none);
    (void)setitimer(ITIMER_PROF, &cpu, NULL);
    (void)alarm(CLOCK_SECONDS);
}

/* Twice what all tests took, and a bit. */
static void learn_limit(void)
{
    struct rusage used;
    long us;
    (void)getrusage(RUSAGE_CHILDREN, &used);
    us = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000L + used.ru_utime.tv_usec +
         used.ru_stime.tv_usec;
    us = 2 * us + 100000;
    longest.tv_sec = us / 1000000;
    longest.tv_usec = us % 1000000;
}

/* The test of that function, or all (NULL), in a process without the statement `number`. */
static bool passes(const char *log, int number, const char *function)
{
    int status = -1;
    pid_t child;
    fflush(NULL);
    child = fork();
    if (child == 0) {
        char *arguments[3] = {(char *)"corpus", (char *)function, NULL};
        int out = open(log, O_WRONLY | O_CREAT | O_TRUNC, 0666);
        if (out < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0)
            _exit(2);
        set_limits();
        mutant = number;
        status = corpus_main(function ? 2 : 1, arguments);
        fflush(NULL);
        _exit(status);
    }
    if (child < 0 || waitpid(child, &status, 0) != child) {
        perror("mutants");
        exit(2);
    }
    return status == 0;
}

static bool has_tests(const char *function)
{
    for (size_t i = 0; i < corpus_entry_count; i++)
        if (strcmp(corpus_entries[i].name, function) == 0)
            return true;
    return false;
}

static const char *verdict(const char *log, const unsigned char *reached, int number,
                           const char *function)
{
    if (!reached[number])
        return "unreached";
    if (has_tests(function) && !passes(log, number, function))
        return "noticed";
    return passes(log, number, NULL) ? "unnoticed" : "noticed";
}

int main(int argc, char **argv)
{
    int count = argc > 2 ? atoi(argv[2]) : 0;
    unsigned char *reached;
    if (argc < 3 || argc % 2 == 0 || count < 1)
        return 2;
    mutants_reached =
        mmap(NULL, (size_t)count + 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (mutants_reached == MAP_FAILED || !passes(argv[1], 0, NULL))
        return 2;
    learn_limit();
    /* A mutant may come where nobody else does. */
    reached = malloc((size_t)count + 1);
    if (!reached)
        return 2;
    memcpy(reached, mutants_reached, (size_t)count + 1);
    for (int i = 3; i < argc; i += 2) {
        int number = atoi(argv[i]);
        if (number < 1 || number > count)
            return 2;
        printf("%d %s\n", number, verdict(argv[1], reached, number, argv[i + 1]));
    }
    free(reached);
    return 0;
}

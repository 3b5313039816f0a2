/*
 * test_kv_kill.c: a child that writes is killed at 200 random moments (40 if quick); the parent,
 * who keeps the acknowledgements, opens the same log each time and finds everything that was
 * acknowledged.
 *
 *     test_kv_kill [SEED [ROUNDS]]
 */
#include "file_store.h"
#include "hammer.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static uint64_t seed, rounds;

static uint64_t random_next(void)
{
    static uint64_t x;
    x = x ? x : seed * 2 + 1;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return x;
}

static int64_t now_us(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

typedef struct child {
    pid_t pid;
    int out; /* what it tells */
    union {
        unsigned char bytes[sizeof(hammer_message)];
        hammer_message message;
    } next;
    size_t got;
    uint32_t begun, acknowledged;
} child;

static void start(child *c, const char *path, const model *m)
{
    int in[2], out[2];
    *c = (child){.pid = -1};
    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    c->pid = fork();
    assert_true(c->pid >= 0);
    if (c->pid == 0) {
        if (dup2(in[0], STDIN_FILENO) < 0 || dup2(out[1], STDOUT_FILENO) < 0)
            _exit(126);
        (void)close(in[0]), (void)close(in[1]), (void)close(out[0]), (void)close(out[1]);
        (void)execl(KV_HAMMER, KV_HAMMER, path, (char *)NULL);
        _exit(127);
    }
    (void)close(in[0]);
    (void)close(out[1]);
    assert_int_equal(write(in[1], m, sizeof *m), (ssize_t)sizeof *m);
    (void)close(in[1]);
    c->out = out[0];
}

/* Reads what the pipe has. False: its end. */
static bool listen_to(child *c, model *m)
{
    unsigned char bytes[4096];
    ssize_t n = read(c->out, bytes, sizeof bytes);
    for (ssize_t i = 0; i < n; i++) {
        const hammer_message *at = &c->next.message;
        c->next.bytes[c->got++] = bytes[i];
        if (c->got < sizeof *at)
            continue;
        c->got = 0;
        assert_true(at->key < MODEL_KEYS);
        if (at->what == HAMMER_BEGUN) {
            m->last[at->key] = at->step;
            c->begun++;
        } else {
            m->acknowledged[at->key] = at->step;
            c->acknowledged++;
        }
    }
    return n > 0;
}

enum from { FROM_NOW, FROM_FIRST_WORD, FROM_FIRST_ACKNOWLEDGEMENT };

/* Listens for some time from then on. */
static void let_live(child *c, model *m, enum from from, int64_t us)
{
    int64_t end = now_us() + (from == FROM_NOW ? us : 60000000);
    bool open = true, waiting = from != FROM_NOW;
    while (open && now_us() < end) {
        struct pollfd p = {.fd = c->out, .events = POLLIN};
        int64_t left = end - now_us();
        if (poll(&p, 1, left > 1000 ? (int)(left / 1000) : 0) > 0)
            open = listen_to(c, m);
        if (waiting && (from == FROM_FIRST_WORD ? c->begun : c->acknowledged)) {
            waiting = false;
            end = now_us() + us;
        }
    }
}

static void end_child(child *c, model *m)
{
    int status;
    (void)kill(c->pid, SIGKILL);
    assert_int_equal(waitpid(c->pid, &status, 0), c->pid);
    if (!WIFSIGNALED(status))
        fail_msg("the child ended by itself, status %d", WEXITSTATUS(status));
    while (listen_to(c, m)) {
    }
    (void)close(c->out);
}

static void check(const char *path, model *m, uint64_t round, uint32_t *cuts)
{
    kv_disk_file disk;
    kv_log_report report;
    FileStore *file;
    Store store;
    const char *wrong;
    kv_disk_file_init(&disk);
    assert_int_equal(FileStore_open(&disk.base, path, bide_heap(), &file, &report), KV_OK);
    store = FileStore_as_Store(file, NULL);
    wrong = model_check(m, &store);
    if (wrong)
        fail_msg("seed %llu, round %llu: %s", (unsigned long long)seed, (unsigned long long)round,
                 wrong);
    FileStore_close(file);
    *cuts += report.cut != 0;
}

static void nothing_acknowledged_is_lost(void **state)
{
    char folder[] = "kv-kill-XXXXXX", path[64];
    model m = {{0}, {0}, {0}};
    uint64_t begun = 0, acknowledged = 0;
    uint32_t cuts = 0;
    (void)state;
    assert_non_null(mkdtemp(folder));
    (void)snprintf(path, sizeof path, "%s/log", folder);
    print_message("seed %llu\n", (unsigned long long)seed);
    for (uint64_t round = 0; round < rounds; round++) {
        child c;
        start(&c, path, &m);
        let_live(&c, &m, round % 4 < 2 ? (enum from)(round % 4) : FROM_FIRST_ACKNOWLEDGEMENT,
                 (int64_t)(random_next() % 40000));
        end_child(&c, &m);
        check(path, &m, round, &cuts);
        begun += c.begun;
        acknowledged += c.acknowledged;
    }
    print_message("%llu rounds, %llu steps begun, %llu acknowledged, %u torn tails\n",
                  (unsigned long long)rounds, (unsigned long long)begun,
                  (unsigned long long)acknowledged, (unsigned)cuts);
    assert_true(acknowledged >= rounds / 2);
    (void)unlink(path);
    (void)rmdir(folder);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_acknowledged_is_lost)};
    seed = argc > 1 ? (uint64_t)strtoull(argv[1], NULL, 10) : (uint64_t)(now_us() ^ getpid());
    rounds = getenv("BIDE_TEST_QUICK") ? 40 : 200;
    if (argc > 2)
        rounds = strtoull(argv[2], NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_kv_crash.c: the machine dies at every operation on the file, and again while the log is
 * opened.
 */
#include "model.h"
#include "sim_file.h"
#include "file_store.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#define ROUNDS 4u
#define CRASH_KEYS 6u

static void note_end(void *arg, bide_poll code, const void *output)
{
    uint32_t *acknowledged = arg;
    if (code == BIDE_READY && *(const int32_t *)output == KV_OK)
        ++*acknowledged;
}

/* Rounds of concurrent steps, one for each key. */
static void work(FileStore *file, model *m)
{
    Store store = FileStore_as_Store(file, NULL);
    uint32_t acknowledged[CRASH_KEYS], begun[CRASH_KEYS];
    bide_local *ex;
    assert_int_equal(bide_local_new(NULL, &ex), BIDE_READY);
    for (uint32_t round = 0; round < ROUNDS; round++) {
        for (uint32_t key = 0; key < CRASH_KEYS; key++) {
            bide_spawn_options options = bide_spawn_options_init();
            bide_poll r;
            acknowledged[key] = 0;
            options.done = note_end;
            options.done_arg = &acknowledged[key];
            begun[key] = model_begin(m, key);
            BIDE_SPAWN_TO(r, ex, model_step, &options, NULL, (&store, key, begun[key]));
            assert_int_equal(r, BIDE_READY);
        }
        assert_int_equal(bide_local_run(ex), BIDE_READY);
        for (uint32_t key = 0; key < CRASH_KEYS; key++)
            if (acknowledged[key])
                m->acknowledged[key] = begun[key];
    }
    assert_int_equal(bide_local_free(ex), BIDE_READY);
}

/* Opens, works, dies at one operation, and dies `again` times while opening. True: it died. */
static bool run_once(uint32_t die_at, int what, uint32_t again, uint64_t seed)
{
    sim_file disk;
    FileStore *file = NULL;
    model m = {{0}, {0}, {0}};
    bool died;
    Store store;
    const char *wrong;
    sim_file_init(&disk, seed);
    disk.die_at = die_at;
    if (FileStore_open(&disk.base, "sim", bide_heap(), &file, NULL) == KV_OK) {
        work(file, &m);
        FileStore_close(file);
    }
    died = disk.ops >= die_at;
    sim_file_crash(&disk, what);
    for (uint32_t op = 1; op <= again; op++) {
        disk.die_at = op;
        if (FileStore_open(&disk.base, "sim", bide_heap(), &file, NULL) == KV_OK)
            FileStore_close(file);
        sim_file_crash(&disk, SIM_SOME);
    }
    assert_int_equal(FileStore_open(&disk.base, "sim", bide_heap(), &file, NULL), KV_OK);
    store = FileStore_as_Store(file, NULL);
    wrong = model_check(&m, &store);
    if (wrong)
        fail_msg("operation %u, kept %d, opened %u times, seed %llu: %s", (unsigned)die_at, what,
                 (unsigned)again, (unsigned long long)seed, wrong);
    /* The log goes on, and what is written now is safe as well. */
    work(file, &m);
    FileStore_close(file);
    sim_file_crash(&disk, SIM_NOTHING);
    assert_int_equal(FileStore_open(&disk.base, "sim", bide_heap(), &file, NULL), KV_OK);
    store = FileStore_as_Store(file, NULL);
    wrong = model_check(&m, &store);
    if (wrong)
        fail_msg("after the repair: %s", wrong);
    FileStore_close(file);
    sim_file_deinit(&disk);
    return died;
}

static void nothing_acknowledged_is_lost(void **state)
{
    uint32_t most = getenv("BIDE_TEST_QUICK") ? 2 : 12, op, runs = 0;
    bool died = true;
    (void)state;
    for (op = 1; died; op++) {
        died = false;
        died |= run_once(op, SIM_NOTHING, 0, op);
        died |= run_once(op, SIM_ALL, 2, op);
        for (uint32_t i = 0; i < most; i++)
            died |= run_once(op, SIM_SOME, i % 4, op * 100u + i);
        runs += 2 + most;
    }
    print_message("%u operations, %u crashes\n", (unsigned)(op - 1), (unsigned)runs);
    assert_true(op > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_acknowledged_is_lost)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_kv_faults.c: dropped calls, executors that end too early, files that fail, and every
 * allocation failing.
 */
#include "calls.h"
#include "memory_store.h"

/* ---- drops -------------------------------------------------------------------------------- */

static void dropped_put_and_the_cache(void **state)
{
    sim_file disk;
    FileStore *file;
    FileCache cache;
    Store s;
    bide_local *ex;
    bide_join join;
    ending e = {0};
    (void)state;
    sim_file_init(&disk, 1);
    file = open_sim(&disk);
    FileCache_init(&cache, file, 100, bide_heap());
    s = FileCache_as_Store(&cache, NULL);
    assert_int_equal(put(&s, "k", "old"), KV_OK);
    assert_int_equal(get(&s, "k", "old"), KV_OK);
    assert_int_equal(cache.cache.hits, 1);
    assert_int_equal(bide_local_new(NULL, &ex), BIDE_READY);
    sim_file_gate(&disk, true);
    spawn_put(ex, &s, "k", copy("new"), &e, &join);
    run_to_gate(ex, &disk);
    bide_join_abort(&join);
    assert_int_equal(bide_local_run(ex), BIDE_READY);
    assert_int_equal(e.poll, BIDE_ECANCELED);
    bide_join_detach(&join);
    /* Read while the write is still under way: not kept, as it will be wrong. */
    assert_int_equal(get(&s, "k", "old"), KV_OK);
    sim_file_gate(&disk, false);
    assert_int_equal(bide_local_free(ex), BIDE_READY);
    assert_int_equal(get(&s, "k", "new"), KV_OK);
    assert_int_equal(get(&s, "k", "new"), KV_OK);
    assert_int_equal(cache.cache.hits, 1);
    FileCache_deinit(&cache);
    FileStore_close(file);
    sim_file_deinit(&disk);
}

static void dropped_before_the_first_poll(void **state)
{
    bide_checking_allocator checking;
    MemoryStore memory;
    sim_file disk;
    FileStore *file;
    Store s[2];
    (void)state;
    bide_checking_allocator_init(&checking, bide_heap());
    MemoryStore_init(&memory, &checking.base);
    sim_file_init(&disk, 1);
    file = open_sim(&disk);
    s[0] = MemoryStore_as_Store(&memory, NULL);
    s[1] = FileStore_as_Store(file, NULL);
    for (int i = 0; i < 2; i++) {
        struct Store_put call;
        Store_put_init(&call, &s[i], kv_bytes_copy(&checking.base, kv_text("k")),
                       kv_bytes_copy(&checking.base, kv_text("v")));
        Store_put_drop(&call);
        assert_int_equal(Store_count(&s[i]), 0);
    }
    assert_int_equal(checking.live, 0);
    assert_int_equal(bide_checking_allocator_finish(&checking), 0);
    FileStore_close(file);
    MemoryStore_deinit(&memory);
    sim_file_deinit(&disk);
}

static void the_executor_ends_first(void **state)
{
    sim_file disk;
    FileStore *file;
    Store s;
    bide_local *ex;
    bide_local_options options = bide_local_options_init();
    ending e = {0};
    (void)state;
    sim_file_init(&disk, 1);
    file = open_sim(&disk);
    s = FileStore_as_Store(file, NULL);
    /* No threads: a failure, and the store is not stuck by it. */
    options.offload_threads = 0;
    assert_int_equal(bide_local_new(&options, &ex), BIDE_READY);
    spawn_put(ex, &s, "k", copy("1"), &e, NULL);
    assert_int_equal(bide_local_run(ex), BIDE_READY);
    assert_int_equal(e.poll, BIDE_ENOSYS);
    assert_int_equal(bide_local_free(ex), BIDE_READY);
    assert_int_equal(put(&s, "k", "2"), KV_OK);
    /* Freed while a put is under way; how far its job has come is up to the threads. */
    for (int i = 0; i < 50; i++) {
        bide_poll r;
        assert_int_equal(bide_local_new(NULL, &ex), BIDE_READY);
        spawn_put(ex, &s, "k", copy("3"), &e, NULL);
        r = bide_local_run_until_stalled(ex);
        assert_int_equal(bide_local_free(ex), BIDE_READY);
        assert_int_equal(e.poll, r == BIDE_READY ? BIDE_READY : BIDE_ECANCELED);
    }
    assert_int_equal(put(&s, "k", "4"), KV_OK);
    assert_int_equal(get(&s, "k", "4"), KV_OK);
    FileStore_close(file);
    sim_file_deinit(&disk);
}

/* ---- failures of the file ----------------------------------------------------------------- */

static void reopen(sim_file *disk, FileStore **file, Store *s)
{
    FileStore_close(*file);
    *file = open_sim(disk);
    *s = FileStore_as_Store(*file, NULL);
}

static void fail_next(sim_file *disk, uint32_t first, uint32_t last, int32_t code)
{
    disk->fail_from = disk->ops + first;
    disk->fail_to = disk->ops + last;
    disk->fail_code = code;
}

static void failed_writes(void **state)
{
    sim_file disk;
    FileStore *file;
    Store s;
    size_t size;
    (void)state;
    sim_file_init(&disk, 7);
    file = open_sim(&disk);
    s = FileStore_as_Store(file, NULL);
    assert_int_equal(put(&s, "a", "1"), KV_OK);
    /* A full device: what was half written is cut, and the store goes on. */
    size = disk.now_size;
    fail_next(&disk, 1, 1, KV_NO_SPACE);
    assert_int_equal(put(&s, "b", "2"), KV_NO_SPACE);
    assert_int_equal(disk.now_size, size);
    assert_int_equal(disk.safe_size, size);
    assert_int_equal(get(&s, "b", ""), KV_NOT_FOUND);
    assert_int_equal(put(&s, "c", "3"), KV_OK);
    reopen(&disk, &file, &s);
    assert_int_equal(FileStore_count(file), 2);
    assert_int_equal(get(&s, "a", "1"), KV_OK);
    assert_int_equal(get(&s, "c", "3"), KV_OK);
    /* The cut fails, too: no more writes. */
    fail_next(&disk, 1, 2, KV_NO_SPACE);
    assert_int_equal(put(&s, "b", "2"), KV_NO_SPACE);
    assert_int_equal(put(&s, "d", "4"), KV_BROKEN);
    assert_int_equal(take_out(&s, "a"), KV_BROKEN);
    assert_int_equal(get(&s, "a", "1"), KV_OK);
    reopen(&disk, &file, &s);
    assert_int_equal(put(&s, "d", "4"), KV_OK);
    /* A failed sync cannot be mended by another one. */
    fail_next(&disk, 2, 2, KV_IO);
    assert_int_equal(put(&s, "e", "5"), KV_IO);
    assert_int_equal(put(&s, "e", "5"), KV_BROKEN);
    assert_int_equal(get(&s, "e", ""), KV_NOT_FOUND);
    reopen(&disk, &file, &s);
    assert_int_equal(get(&s, "d", "4"), KV_OK);
    assert_int_equal(put(&s, "e", "5"), KV_OK);
    FileStore_close(file);
    sim_file_deinit(&disk);
}

static void failed_reads(void **state)
{
    sim_file disk;
    FileStore *file;
    FileCache cache;
    Store s, cached;
    (void)state;
    sim_file_init(&disk, 1);
    file = open_sim(&disk);
    FileCache_init(&cache, file, 100, bide_heap());
    s = FileStore_as_Store(file, NULL);
    cached = FileCache_as_Store(&cache, NULL);
    assert_int_equal(put(&cached, "a", "1"), KV_OK);
    disk.fail_reads = true;
    assert_int_equal(get(&s, "a", "1"), KV_IO);
    assert_int_equal(get(&cached, "a", "1"), KV_OK);
    disk.fail_reads = false;
    disk.now[disk.now_size - 1] ^= 1;
    assert_int_equal(get(&s, "a", "1"), KV_CORRUPT);
    disk.now_size -= 1;
    assert_int_equal(get(&s, "a", "1"), KV_CORRUPT);
    disk.now_size += 1;
    disk.now[disk.now_size - 1] ^= 1;
    assert_int_equal(get(&s, "a", "1"), KV_OK);
    FileCache_deinit(&cache);
    FileStore_close(file);
    sim_file_deinit(&disk);
}

static void one_user_at_a_time(void **state)
{
    sim_file disk;
    FileStore *file, *second;
    (void)state;
    sim_file_init(&disk, 1);
    file = open_sim(&disk);
    assert_int_equal(FileStore_open(&disk.base, "sim", bide_heap(), &second, NULL), KV_IN_USE);
    assert_null(second);
    FileStore_close(file);
    FileStore_close(NULL);
    sim_file_deinit(&disk);
}

/* ---- every allocation failing ------------------------------------------------------------- */

/* The whole path through a handle: the Output is the first code that is not right. */
#define path_FRAME(ROW)                                                                            \
    ROW(PARAM, Store *, s)                                                                         \
    ROW(PARAM, bide_allocator *, a)                                                                \
    ROW(PARAM, bool *, acknowledged)                                                               \
    ROW(LOCAL, int32_t, code)                                                                      \
    ROW(LOCAL, kv_found, found)                                                                    \
    ROW(LOCAL, uint32_t, i)                                                                        \
    ROW(CHILD, Store_put, put)                                                                     \
    ROW(CHILD, Store_get, get) ROW(CHILD, Store_remove, take_out) ROW(CHILD, Store_get, get_again)
BIDE_ASYNC(int32_t, path)
{
    BIDE_BEGIN(path);
    for (f->i = 0; f->i < 3; f->i++) {
        BIDE_AWAIT_TRY(f->code, Store_put, put,
                       (f->s, kv_bytes_copy(f->a, kv_text(f->i == 1 ? "b" : "a")),
                        kv_bytes_copy(f->a, kv_text("value"))));
        f->acknowledged[f->i == 1] = true;
    }
    BIDE_AWAIT_TO(f->found, Store_get, get, (f->s, kv_text("a")));
    kv_bytes_release(f->found.value);
    if (f->found.code != KV_OK)
        BIDE_RETURN(f->found.code);
    f->acknowledged[1] = false;
    BIDE_AWAIT_TRY(f->code, Store_remove, take_out, (f->s, kv_text("b")));
    BIDE_AWAIT_TO(f->found, Store_get, get_again, (f->s, kv_text("b")));
    BIDE_RETURN(f->found.code == KV_NOT_FOUND ? KV_OK : 1);
    BIDE_END;
}

static bide_poll run_path(Store *s, bide_allocator *a, bool *acknowledged)
{
    bide_local_options options = bide_local_options_init();
    struct path frame;
    int32_t code = KV_OK;
    bide_poll r;
    options.allocator = a;
    path_init(&frame, s, a, acknowledged);
    r = bide_block_on(&path_type, &frame, &code, &options);
    if (r == BIDE_READY)
        assert_int_equal(code, KV_OK);
    return r;
}

static bide_poll memory_path(bide_allocator *a)
{
    MemoryStore memory;
    StoreCache cache;
    bool acknowledged[2] = {false, false};
    bide_poll r;
    Store backing, s;
    MemoryStore_init(&memory, a);
    backing = MemoryStore_as_Store(&memory, NULL);
    StoreCache_init(&cache, &backing, 1, a);
    s = StoreCache_as_Store(&cache, NULL);
    r = run_path(&s, a, acknowledged);
    StoreCache_deinit(&cache);
    MemoryStore_deinit(&memory);
    return r;
}

/* Over the cache, one that keeps nothing, so that records are read. */
static bide_poll file_path_of(bide_allocator *a, size_t most)
{
    static const char *const keys[] = {"a", "b"};
    sim_file disk;
    FileStore *file;
    FileCache cache;
    Store s;
    bool acknowledged[2] = {false, false};
    bide_poll r = BIDE_ENOMEM;
    int32_t code;
    sim_file_init(&disk, 1);
    code = FileStore_open(&disk.base, "sim", a, &file, NULL);
    if (code == KV_OK) {
        FileCache_init(&cache, file, most, a);
        s = FileCache_as_Store(&cache, NULL);
        r = run_path(&s, a, acknowledged);
        FileCache_deinit(&cache);
        FileStore_close(file);
    } else {
        assert_int_equal(code, KV_NO_MEMORY);
    }
    /* Whatever failed: what was acknowledged is in the file. */
    sim_file_crash(&disk, SIM_NOTHING);
    file = open_sim(&disk);
    s = FileStore_as_Store(file, NULL);
    for (int i = 0; i < 2; i++)
        if (acknowledged[i])
            assert_int_equal(get(&s, keys[i], "value"), KV_OK);
    FileStore_close(file);
    /* The index is built without the memory for it. */
    code = FileStore_open(&disk.base, "sim", a, &file, NULL);
    if (code == KV_OK)
        FileStore_close(file);
    else
        r = code == KV_NO_MEMORY ? BIDE_ENOMEM : BIDE_EMISUSE;
    sim_file_deinit(&disk);
    return r;
}

static bide_poll file_path(bide_allocator *a)
{
    return file_path_of(a, 0);
}

static bide_poll cached_path(bide_allocator *a)
{
    return file_path_of(a, 100);
}

TEST_EVERY_FAILURE(memory_every_failure, memory_path)
TEST_EVERY_FAILURE(file_every_failure, file_path)
TEST_EVERY_FAILURE(cached_every_failure, cached_path)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dropped_put_and_the_cache),
        cmocka_unit_test(dropped_before_the_first_poll),
        cmocka_unit_test(the_executor_ends_first),
        cmocka_unit_test(failed_writes),
        cmocka_unit_test(failed_reads),
        cmocka_unit_test(one_user_at_a_time),
        cmocka_unit_test(memory_every_failure),
        cmocka_unit_test(file_every_failure),
        cmocka_unit_test(cached_every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_kv_stores.c: what all stores have in common, static and dyn; the order of puts, and syncs
 * that they share; hits and coherence of the cache.
 */
#include "calls.h"
#include "memory_store.h"

/* ---- the same answers --------------------------------------------------------------------- */

/* One text of a driver, for any type and for the handle: random calls, and a sum of the answers. */
typedef struct drive {
    uint64_t random, sum;
} drive;

static uint32_t dice(drive *d, uint32_t n)
{
    d->random = d->random * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(d->random >> 33) % n;
}

static void add(drive *d, int32_t code, const kv_bytes *value)
{
    kv_slice s = value ? kv_slice_of(value) : kv_text("");
    d->sum = (d->sum ^ (uint64_t)(uint32_t)code) * 1099511628211u ^ kv_hash(s);
    if (value)
        kv_bytes_release(*value);
}

union key_room {
    char text[16];
};

static kv_slice some_key(drive *d, union key_room *room)
{
    (void)snprintf(room->text, sizeof room->text, "k%u", (unsigned)dice(d, 20));
    return kv_text(room->text);
}

#define DRIVE_FRAME(ROW, T)                                                                        \
    ROW(PARAM, T *, store)                                                                         \
    ROW(PARAM, drive *, d)                                                                         \
    ROW(PARAM, int, calls)                                                                         \
    ROW(BUFFER, union key_room, key)                                                               \
    ROW(LOCAL, kv_found, found)                                                                    \
    ROW(LOCAL, int32_t, code)                                                                      \
    ROW(CHILD, T##_get, get) ROW(CHILD, T##_put, put) ROW(CHILD, T##_remove, take_out)
#define DRIVE(T)                                                                                   \
    BIDE_ASYNC(uint64_t, T##_drive)                                                                \
    {                                                                                              \
        BIDE_BEGIN(T##_drive);                                                                     \
        while (f->calls-- > 0) {                                                                   \
            switch (dice(f->d, 4)) {                                                               \
            case 0:                                                                                \
                BIDE_AWAIT_TO(f->code, T##_remove, take_out, (f->store, some_key(f->d, &f->key))); \
                add(f->d, f->code, NULL);                                                          \
                break;                                                                             \
            case 1:                                                                                \
                BIDE_AWAIT_TO(f->code, T##_put, put,                                               \
                              (f->store, kv_bytes_copy(bide_heap(), some_key(f->d, &f->key)),      \
                               number(dice(f->d, 1000))));                                         \
                add(f->d, f->code, NULL);                                                          \
                break;                                                                             \
            default:                                                                               \
                BIDE_AWAIT_TO(f->found, T##_get, get, (f->store, some_key(f->d, &f->key)));        \
                add(f->d, f->found.code, &f->found.value);                                         \
            }                                                                                      \
            add(f->d, (int32_t)T##_count(f->store), NULL);                                         \
        }                                                                                          \
        BIDE_RETURN(f->d->sum);                                                                    \
        BIDE_END;                                                                                  \
    }
#define Store_drive_FRAME(ROW) DRIVE_FRAME(ROW, Store)
DRIVE(Store)
#define MemoryStore_drive_FRAME(ROW) DRIVE_FRAME(ROW, MemoryStore)
DRIVE(MemoryStore)
#define FileStore_drive_FRAME(ROW) DRIVE_FRAME(ROW, FileStore)
DRIVE(FileStore)
#define FileCache_drive_FRAME(ROW) DRIVE_FRAME(ROW, FileCache)
DRIVE(FileCache)
#define StoreCache_drive_FRAME(ROW) DRIVE_FRAME(ROW, StoreCache)
DRIVE(StoreCache)

#define CALLS 600

/* Shape: the sum of a run on a T, statically and through a handle of it: equal. */
#define RUN_BOTH(T, first, second, sum)                                                            \
    do {                                                                                           \
        drive bide_d1 = {42, 0}, bide_d2 = {42, 0};                                                \
        Store bide_h = T##_as_Store(second, NULL);                                                 \
        uint64_t bide_dyn = 0;                                                                     \
        assert_int_equal(BIDE_BLOCK_ON(T##_drive, &(sum), ((first), &bide_d1, CALLS)),             \
                         BIDE_READY);                                                              \
        assert_int_equal(BIDE_BLOCK_ON(Store_drive, &bide_dyn, (&bide_h, &bide_d2, CALLS)),        \
                         BIDE_READY);                                                              \
        assert_true((sum) == bide_dyn);                                                            \
    } while (0)

static void all_stores_give_the_same_answers(void **state)
{
    MemoryStore memory[4];
    sim_file disk[4];
    FileStore *file[4];
    FileCache cache[2];
    StoreCache over[2];
    Store handle[2];
    uint64_t of_memory = 0, of_file = 1, of_cache = 2, of_over = 3;
    (void)state;
    for (int i = 0; i < 4; i++) {
        MemoryStore_init(&memory[i], bide_heap());
        sim_file_init(&disk[i], 1);
        file[i] = open_sim(&disk[i]);
    }
    for (int i = 0; i < 2; i++) {
        FileCache_init(&cache[i], file[i + 2], 8, bide_heap());
        handle[i] = MemoryStore_as_Store(&memory[i + 2], NULL);
        StoreCache_init(&over[i], &handle[i], 8, bide_heap());
    }
    RUN_BOTH(MemoryStore, &memory[0], &memory[1], of_memory);
    RUN_BOTH(FileStore, file[0], file[1], of_file);
    RUN_BOTH(FileCache, &cache[0], &cache[1], of_cache);
    RUN_BOTH(StoreCache, &over[0], &over[1], of_over);
    assert_true(of_memory == of_file);
    assert_true(of_memory == of_cache);
    assert_true(of_memory == of_over);
    assert_true(cache[0].cache.hits > 20 && cache[0].cache.misses > 20);
    assert_true(cache[0].cache.hits == cache[1].cache.hits);
    assert_true(cache[0].cache.hits == over[0].cache.hits);
    for (int i = 0; i < 4; i++) {
        if (i < 2) {
            FileCache_deinit(&cache[i]);
            StoreCache_deinit(&over[i]);
        }
        MemoryStore_deinit(&memory[i]);
        FileStore_close(file[i]);
        sim_file_deinit(&disk[i]);
    }
}

static void keys_and_values_of_any_bytes(void **state)
{
    MemoryStore memory;
    sim_file disk;
    FileStore *file;
    (void)state;
    MemoryStore_init(&memory, bide_heap());
    sim_file_init(&disk, 1);
    file = open_sim(&disk);
    for (int i = 0; i < 2; i++) {
        Store s = i ? MemoryStore_as_Store(&memory, NULL) : FileStore_as_Store(file, NULL);
        kv_bytes large = kv_bytes_new(bide_heap(), KV_KEY_MAX + 1);
        int32_t code = KV_OK;
        assert_int_equal(put(&s, "", ""), KV_OK);
        assert_int_equal(get(&s, "", ""), KV_OK);
        assert_int_equal(put(&s, "", "x"), KV_OK);
        assert_int_equal(get(&s, "", "x"), KV_OK);
        assert_int_equal(Store_count(&s), 1);
        assert_int_equal(take_out(&s, ""), KV_OK);
        assert_int_equal(take_out(&s, ""), KV_NOT_FOUND);
        memset(large.data, 0, large.size);
        assert_int_equal(BIDE_BLOCK_ON(Store_put, &code, (&s, large, copy("v"))), BIDE_READY);
        assert_int_equal(code, KV_TOO_LARGE);
        assert_int_equal(Store_count(&s), 0);
        /* Bytes that could not be got are the call's to report. */
        large.data = NULL;
        assert_int_equal(BIDE_BLOCK_ON(Store_put, &code, (&s, copy("k"), large)), BIDE_ENOMEM);
    }
    MemoryStore_deinit(&memory);
    FileStore_close(file);
    sim_file_deinit(&disk);
}

/* ---- order and batches -------------------------------------------------------------------- */

/* Ten puts of one key at the same time, the last one is what stays; then put and remove. */
static void check_order(Store *s)
{
    char order[16] = "";
    ending e[10];
    int32_t removed = 1;
    bide_local *ex;
    bide_join join;
    assert_int_equal(bide_local_new(NULL, &ex), BIDE_READY);
    for (uint32_t i = 0; i < 10; i++) {
        e[i] = (ending){.order = order, .name = (char)('a' + i)};
        spawn_put(ex, s, "k", number(i), &e[i], NULL);
    }
    assert_int_equal(bide_local_run(ex), BIDE_READY);
    assert_string_equal(order, "abcdefghij");
    assert_int_equal(get(s, "k", "9"), KV_OK);
    spawn_put(ex, s, "fresh", copy("v"), &e[0], NULL);
    assert_int_equal(BIDE_SPAWN(ex, Store_remove, &join, (s, kv_text("fresh"))), BIDE_READY);
    assert_int_equal(bide_local_run(ex), BIDE_READY);
    assert_int_equal(bide_join_try_take(&join, &removed), BIDE_READY);
    assert_int_equal(removed, KV_OK);
    assert_int_equal(get(s, "fresh", ""), KV_NOT_FOUND);
    assert_int_equal(bide_local_free(ex), BIDE_READY);
}

static void puts_of_one_key_keep_their_order(void **state)
{
    MemoryStore memory;
    sim_file disk;
    FileStore *file;
    FileCache cache;
    Store s;
    (void)state;
    MemoryStore_init(&memory, bide_heap());
    sim_file_init(&disk, 1);
    file = open_sim(&disk);
    FileCache_init(&cache, file, 100, bide_heap());
    s = MemoryStore_as_Store(&memory, NULL);
    check_order(&s);
    s = FileStore_as_Store(file, NULL);
    check_order(&s);
    s = FileCache_as_Store(&cache, NULL);
    check_order(&s);
    FileCache_deinit(&cache);
    FileStore_close(file);
    /* The file says the same. */
    file = open_sim(&disk);
    s = FileStore_as_Store(file, NULL);
    assert_int_equal(get(&s, "k", "9"), KV_OK);
    FileStore_close(file);
    MemoryStore_deinit(&memory);
    sim_file_deinit(&disk);
}

static void concurrent_puts_share_a_sync(void **state)
{
    enum { PUTS = 100 };
    sim_file disk;
    FileStore *file;
    Store s;
    bide_local *ex;
    ending e[PUTS];
    uint32_t before;
    (void)state;
    sim_file_init(&disk, 1);
    file = open_sim(&disk);
    s = FileStore_as_Store(file, NULL);
    before = disk.syncs;
    assert_int_equal(bide_local_new(NULL, &ex), BIDE_READY);
    sim_file_gate(&disk, true);
    for (uint32_t i = 0; i < PUTS; i++) {
        char key[16];
        (void)snprintf(key, sizeof key, "k%u", (unsigned)i);
        e[i] = (ending){0};
        spawn_put(ex, &s, key, number(i), &e[i], NULL);
    }
    run_to_gate(ex, &disk);
    /* Nothing is acknowledged or seen before the sync. */
    for (uint32_t i = 0; i < PUTS; i++)
        assert_int_equal(e[i].poll, BIDE_PENDING);
    assert_int_equal(FileStore_count(file), 0);
    sim_file_gate(&disk, false);
    assert_int_equal(bide_local_run(ex), BIDE_READY);
    for (uint32_t i = 0; i < PUTS; i++)
        assert_true(e[i].poll == BIDE_READY && e[i].code == KV_OK);
    assert_int_equal(FileStore_count(file), PUTS);
    assert_true(disk.syncs - before <= 2);
    assert_int_equal(bide_local_free(ex), BIDE_READY);
    FileStore_close(file);
    sim_file_deinit(&disk);
}

/* ---- the cache ---------------------------------------------------------------------------- */

/* Large values push others out, and one that is larger than all the room is not kept. */
static void bytes_are_limited(void **state)
{
    MemoryStore memory;
    Store backing, s;
    StoreCache cache;
    char text[301];
    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    MemoryStore_init(&memory, bide_heap());
    backing = MemoryStore_as_Store(&memory, NULL);
    StoreCache_init(&cache, &backing, 100, bide_heap());
    cache.cache.bytes_most = 1000;
    s = StoreCache_as_Store(&cache, NULL);
    for (int i = 0; i < 20; i++) {
        char key[8];
        snprintf(key, sizeof key, "%d", i);
        assert_int_equal(put(&s, key, text), KV_OK);
        assert_true(cache.cache.bytes <= 1000);
        assert_true(cache.cache.bytes >= 300 * cache.cache.table.count);
    }
    assert_in_range(cache.cache.table.count, 2, 3);
    assert_int_equal(get(&s, "19", text), KV_OK);
    assert_int_equal(cache.cache.hits, 1);
    assert_int_equal(get(&s, "0", text), KV_OK);
    assert_int_equal(cache.cache.misses, 1);
    cache.cache.bytes_most = 100;
    assert_int_equal(put(&s, "0", text), KV_OK);
    assert_int_equal(get(&s, "0", text), KV_OK);
    assert_int_equal(cache.cache.misses, 2);
    assert_int_equal(take_out(&s, "19"), KV_OK);
    StoreCache_deinit(&cache);
    assert_int_equal(cache.cache.bytes, 0);
    MemoryStore_deinit(&memory);
}

static void hits_and_misses(void **state)
{
    MemoryStore memory;
    Store backing, s;
    StoreCache cache;
    (void)state;
    MemoryStore_init(&memory, bide_heap());
    backing = MemoryStore_as_Store(&memory, NULL);
    StoreCache_init(&cache, &backing, 2, bide_heap());
    s = StoreCache_as_Store(&cache, NULL);
    assert_int_equal(get(&s, "a", ""), KV_NOT_FOUND);
    assert_int_equal(cache.cache.misses, 1);
    assert_int_equal(put(&backing, "a", "1"), KV_OK);
    assert_int_equal(get(&s, "a", "1"), KV_OK);
    assert_int_equal(cache.cache.misses, 2);
    assert_int_equal(get(&s, "a", "1"), KV_OK);
    assert_int_equal(cache.cache.hits, 1);
    /* Written through, and kept. */
    assert_int_equal(put(&s, "b", "2"), KV_OK);
    assert_int_equal(get(&backing, "b", "2"), KV_OK);
    assert_int_equal(get(&s, "b", "2"), KV_OK);
    assert_int_equal(cache.cache.hits, 2);
    /* Two entries at most: the one that was used least recently goes. */
    assert_int_equal(get(&s, "a", "1"), KV_OK);
    assert_int_equal(put(&s, "c", "3"), KV_OK);
    assert_int_equal(get(&s, "a", "1"), KV_OK);
    assert_int_equal(cache.cache.hits, 4);
    assert_int_equal(get(&s, "b", "2"), KV_OK);
    assert_int_equal(cache.cache.misses, 3);
    /* Removed in both. */
    assert_int_equal(take_out(&s, "b"), KV_OK);
    assert_int_equal(get(&s, "b", ""), KV_NOT_FOUND);
    assert_int_equal(take_out(&s, "b"), KV_NOT_FOUND);
    assert_int_equal(Store_count(&s), 2);
    StoreCache_deinit(&cache);
    MemoryStore_deinit(&memory);
}

static void a_get_that_overlaps_a_put_is_not_kept(void **state)
{
    sim_file disk;
    FileStore *file;
    FileCache cache;
    Store s;
    bide_local *ex;
    ending e = {0};
    kv_found found = kv_found_none(KV_OK);
    bide_join join;
    (void)state;
    sim_file_init(&disk, 1);
    file = open_sim(&disk);
    FileCache_init(&cache, file, 100, bide_heap());
    s = FileStore_as_Store(file, NULL);
    assert_int_equal(put(&s, "k", "old"), KV_OK);
    s = FileCache_as_Store(&cache, NULL);
    assert_int_equal(bide_local_new(NULL, &ex), BIDE_READY);
    sim_file_gate(&disk, true);
    spawn_put(ex, &s, "k", copy("new"), &e, NULL);
    run_to_gate(ex, &disk);
    assert_int_equal(BIDE_SPAWN(ex, Store_get, &join, (&s, kv_text("k"))), BIDE_READY);
    while (!bide_join_is_done(&join))
        (void)bide_local_run_until_stalled(ex);
    assert_int_equal(bide_join_try_take(&join, &found), BIDE_READY);
    assert_true(is_text(&found, "old"));
    kv_bytes_release(found.value);
    assert_int_equal(e.poll, BIDE_PENDING);
    sim_file_gate(&disk, false);
    assert_int_equal(bide_local_run(ex), BIDE_READY);
    assert_int_equal(get(&s, "k", "new"), KV_OK);
    assert_int_equal(cache.cache.hits, 1);
    assert_int_equal(bide_local_free(ex), BIDE_READY);
    FileCache_deinit(&cache);
    FileStore_close(file);
    sim_file_deinit(&disk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_stores_give_the_same_answers),
        cmocka_unit_test(keys_and_values_of_any_bytes),
        cmocka_unit_test(puts_of_one_key_keep_their_order),
        cmocka_unit_test(concurrent_puts_share_a_sync),
        cmocka_unit_test(bytes_are_limited),
        cmocka_unit_test(hits_and_misses),
        cmocka_unit_test(a_get_that_overlaps_a_put_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

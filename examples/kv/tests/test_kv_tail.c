/*
 * test_kv_tail.c: logs that are cut and damaged at each byte, and what opening them finds.
 */
#include "file_store.h"
#include "sim_file.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORDS 5u
#define MOST_BYTES 4096u

/* A log of five records, each a batch of its own, and where they begin. */
typedef struct sample {
    unsigned char bytes[MOST_BYTES];
    size_t size;
    size_t begin[RECORDS + 1];
} sample;

static kv_bytes text(const char *prefix, uint32_t n)
{
    char room[64];
    (void)snprintf(room, sizeof room, "%s%u", prefix, (unsigned)n);
    return kv_bytes_copy(bide_heap(), kv_text(room));
}

static int32_t put(FileStore *file, uint32_t n)
{
    int32_t code = KV_OK;
    bide_poll r;
    BIDE_BLOCK_ON_TO(r, FileStore_put, &code, (file, text("key", n), text("the value of ", n)));
    assert_int_equal(r, BIDE_READY);
    return code;
}

static void assert_there(FileStore *file, uint32_t n, bool there)
{
    kv_bytes key = text("key", n), value = text("the value of ", n);
    kv_found found = kv_found_none(KV_OK);
    bide_poll r;
    BIDE_BLOCK_ON_TO(r, FileStore_get, &found, (file, kv_slice_of(&key)));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(found.code, there ? KV_OK : KV_NOT_FOUND);
    if (there)
        assert_true(kv_slice_equal(kv_slice_of(&found.value), kv_slice_of(&value)));
    kv_bytes_release(found.value);
    kv_bytes_release(key);
    kv_bytes_release(value);
}

static void make_sample(sample *s)
{
    sim_file disk;
    FileStore *file;
    sim_file_init(&disk, 1);
    assert_int_equal(FileStore_open(&disk.base, "sim", bide_heap(), &file, NULL), KV_OK);
    for (uint32_t n = 0; n < RECORDS; n++) {
        s->begin[n] = disk.now_size;
        assert_int_equal(put(file, n), KV_OK);
    }
    FileStore_close(file);
    assert_true(disk.now_size <= MOST_BYTES);
    s->size = s->begin[RECORDS] = disk.now_size;
    memcpy(s->bytes, disk.now, disk.now_size);
    sim_file_deinit(&disk);
}

/* Opens a log; `whole` records must be there, the rest cut; and it must go on from there. `quick`
 * leaves the reading out. */
static void assert_cut(const unsigned char *bytes, size_t size, const sample *s, uint32_t whole,
                       bool quick)
{
    sim_file disk;
    FileStore *file;
    kv_log_report report;
    sim_file_init(&disk, 1);
    sim_file_set(&disk, bytes, size);
    assert_int_equal(FileStore_open(&disk.base, "sim", bide_heap(), &file, &report), KV_OK);
    assert_int_equal(report.records, whole);
    assert_int_equal(report.end, s->begin[whole]);
    assert_int_equal(report.cut, size - s->begin[whole]);
    assert_int_equal(disk.safe_size, s->begin[whole]);
    assert_int_equal(FileStore_count(file), whole);
    for (uint32_t n = 0; n < RECORDS && !quick; n++)
        assert_there(file, n, n < whole);
    if (!quick) {
        assert_int_equal(put(file, 77), KV_OK);
        FileStore_close(file);
        assert_int_equal(FileStore_open(&disk.base, "sim", bide_heap(), &file, &report), KV_OK);
        assert_int_equal(report.records, whole + 1);
        assert_int_equal(report.cut, 0);
        assert_there(file, 77, true);
    }
    FileStore_close(file);
    sim_file_deinit(&disk);
}

/* Opening must fail with `code` and leave the file as it is. */
static void assert_refused(const unsigned char *bytes, size_t size, int32_t code, uint64_t damaged)
{
    sim_file disk;
    FileStore *file;
    kv_log_report report;
    sim_file_init(&disk, 1);
    sim_file_set(&disk, bytes, size);
    assert_int_equal(FileStore_open(&disk.base, "sim", bide_heap(), &file, &report), code);
    assert_null(file);
    assert_int_equal(report.damaged, damaged);
    assert_int_equal(disk.ops, 0);
    assert_int_equal(disk.now_size, size);
    assert_false(disk.in_use);
    sim_file_deinit(&disk);
}

static void cut_at_each_byte_of_the_last_record(void **state)
{
    sample s;
    (void)state;
    make_sample(&s);
    for (size_t size = s.begin[RECORDS - 1]; size < s.size; size++)
        assert_cut(s.bytes, size, &s, RECORDS - 1, false);
    assert_cut(s.bytes, s.size, &s, RECORDS, false);
    /* And anywhere before. */
    for (size_t size = s.begin[0]; size < s.size; size++) {
        uint32_t whole = 0;
        while (s.begin[whole + 1] <= size)
            whole++;
        assert_cut(s.bytes, size, &s, whole, true);
    }
}

static void each_byte_of_the_last_record_damaged(void **state)
{
    static const unsigned char masks[] = {0x01, 0x80, 0xff};
    sample s;
    (void)state;
    make_sample(&s);
    for (size_t at = s.begin[RECORDS - 1]; at < s.size; at++)
        for (size_t i = 0; i < sizeof masks; i++) {
            s.bytes[at] ^= masks[i];
            assert_cut(s.bytes, s.size, &s, RECORDS - 1, i != 0);
            s.bytes[at] ^= masks[i];
        }
    /* Bytes that were never written are zero. */
    memset(s.bytes + s.begin[RECORDS - 1], 0, s.size - s.begin[RECORDS - 1]);
    assert_cut(s.bytes, s.size, &s, RECORDS - 1, false);
}

static void each_byte_of_an_earlier_record_damaged(void **state)
{
    sample s;
    (void)state;
    make_sample(&s);
    for (uint32_t n = 0; n + 1 < RECORDS; n++)
        for (size_t at = s.begin[n]; at < s.begin[n + 1]; at++) {
            s.bytes[at] ^= 0x10;
            assert_refused(s.bytes, s.size, KV_CORRUPT, s.begin[n]);
            s.bytes[at] ^= 0x10;
        }
}

static void other_files_are_left_alone(void **state)
{
    sample s;
    (void)state;
    make_sample(&s);
    assert_refused((const unsigned char *)"hello", 5, KV_NOT_A_LOG, 0);
    assert_refused((const unsigned char *)"hello, this is a text", 21, KV_NOT_A_LOG, 0);
    for (size_t at = 0; at < KV_LOG_MAGIC_BYTES; at++) {
        s.bytes[at] ^= 0x01;
        assert_refused(s.bytes, s.size, KV_NOT_A_LOG, 0);
        s.bytes[at] ^= 0x01;
    }
    /* A log whose making was interrupted becomes an empty one. */
    for (size_t size = 0; size < KV_LOG_MAGIC_BYTES; size++) {
        sim_file disk;
        FileStore *file;
        sim_file_init(&disk, 1);
        sim_file_set(&disk, s.bytes, size);
        assert_int_equal(FileStore_open(&disk.base, "sim", bide_heap(), &file, NULL), KV_OK);
        assert_int_equal(disk.safe_size, KV_LOG_MAGIC_BYTES);
        assert_int_equal(put(file, 1), KV_OK);
        FileStore_close(file);
        sim_file_deinit(&disk);
    }
}

static void records_beyond_the_window(void **state)
{
    sim_file disk;
    FileStore *file;
    kv_log_report report;
    (void)state;
    /* The scan reads 64 KiB at a time: records across its borders, larger than it, and torn. */
    sim_file_init(&disk, 1);
    assert_int_equal(FileStore_open(&disk.base, "sim", bide_heap(), &file, NULL), KV_OK);
    for (uint32_t n = 0; n < 40; n++) {
        kv_bytes value = kv_bytes_new(bide_heap(), n == 20 ? 200000 : 5000 + n * 7);
        int32_t code = KV_OK;
        bide_poll r;
        memset(value.data, (int)n, value.size);
        BIDE_BLOCK_ON_TO(r, FileStore_put, &code, (file, text("key", n), value));
        assert_int_equal(r, BIDE_READY);
        assert_int_equal(code, KV_OK);
    }
    FileStore_close(file);
    assert_int_equal(FileStore_open(&disk.base, "sim", bide_heap(), &file, &report), KV_OK);
    assert_int_equal(report.records, 40);
    assert_int_equal(report.cut, 0);
    FileStore_close(file);
    disk.now_size -= 3;
    assert_int_equal(FileStore_open(&disk.base, "sim", bide_heap(), &file, &report), KV_OK);
    assert_int_equal(report.records, 39);
    FileStore_close(file);
    disk.now[150000] ^= 1;
    assert_int_equal(FileStore_open(&disk.base, "sim", bide_heap(), &file, &report), KV_CORRUPT);
    sim_file_deinit(&disk);
}

static void the_checksum_is_crc32c(void **state)
{
    (void)state;
    assert_int_equal(kv_crc32c("123456789", 9), 0xe3069283u);
    assert_int_equal(kv_crc32c("", 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cut_at_each_byte_of_the_last_record),
        cmocka_unit_test(each_byte_of_the_last_record_damaged),
        cmocka_unit_test(each_byte_of_an_earlier_record_damaged),
        cmocka_unit_test(other_files_are_left_alone),
        cmocka_unit_test(records_beyond_the_window),
        cmocka_unit_test(the_checksum_is_crc32c),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

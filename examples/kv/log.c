/*
 * log.c: records and the scan.
 */
#include "log.h"

#include <string.h>

/* Four bits at a time: 64 bytes of table, and fast enough beside a sync. */
uint32_t kv_crc32c(const void *bytes, size_t size)
{
    static const uint32_t table[16] = {0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1,
                                       0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
                                       0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
                                       0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75};
    const unsigned char *p = bytes;
    uint32_t crc = UINT32_MAX;
    while (size--) {
        crc ^= *p++;
        crc = (crc >> 4) ^ table[crc & 15];
        crc = (crc >> 4) ^ table[crc & 15];
    }
    return ~crc;
}

static void put_u32(unsigned char *to, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(value >> (8 * i));
}

static uint32_t get_u32(const unsigned char *from)
{
    uint32_t value = 0;
    for (int i = 0; i < 4; i++)
        value |= (uint32_t)from[i] << (8 * i);
    return value;
}

static uint64_t get_u64(const unsigned char *from)
{
    return get_u32(from) | (uint64_t)get_u32(from + 4) << 32;
}

size_t kv_record_size(size_t key_size, size_t value_size)
{
    return KV_RECORD_HEAD + key_size + value_size;
}

void kv_record_build(unsigned char *to, kv_slice key, const kv_slice *value)
{
    put_u32(to + 4, (uint32_t)key.size);
    put_u32(to + 8, value ? (uint32_t)value->size : KV_REMOVED);
    if (key.size)
        memcpy(to + KV_RECORD_HEAD, key.data, key.size);
    if (value && value->size)
        memcpy(to + KV_RECORD_HEAD + key.size, value->data, value->size);
}

void kv_record_seal(unsigned char *record, size_t size, uint64_t base)
{
    put_u32(record + 12, (uint32_t)base);
    put_u32(record + 16, (uint32_t)(base >> 32));
    put_u32(record, kv_crc32c(record + 4, size - 4));
}

bool kv_record_read(const unsigned char *at, size_t available, kv_record *out)
{
    uint32_t key_size, value_size;
    memset(out, 0, sizeof *out);
    if (available < KV_RECORD_HEAD)
        return false;
    key_size = get_u32(at + 4);
    value_size = get_u32(at + 8);
    out->removed = value_size == KV_REMOVED;
    if (out->removed)
        value_size = 0;
    out->base = get_u64(at + 12);
    if (key_size > KV_KEY_MAX || value_size > KV_VALUE_MAX)
        return false;
    out->size = kv_record_size(key_size, value_size);
    if (out->size > available || get_u32(at) != kv_crc32c(at + 4, out->size - 4))
        return false;
    out->key.data = at + KV_RECORD_HEAD;
    out->key.size = key_size;
    out->value.data = out->key.data + key_size;
    out->value.size = value_size;
    return true;
}

/* ---- the scan ----------------------------------------------------------------------------- */

/* A part of the file in memory. */
typedef struct window {
    kv_file *file;
    uint64_t size; /* of the file */
    uint64_t from; /* offset of the part */
    size_t got;    /* its bytes */
    kv_bytes room;
    bide_allocator *allocator;
} window;

/* Brings at least `want` bytes at `offset` into memory, or as many as the file has. */
static int32_t look(window *w, uint64_t offset, size_t want, const unsigned char **at, size_t *have)
{
    int32_t code;
    if (want > w->size - offset)
        want = (size_t)(w->size - offset);
    if (offset < w->from || offset + want > w->from + w->got) {
        if (want > w->room.size) {
            kv_bytes_release(w->room);
            w->room = kv_bytes_new(w->allocator, want);
            w->got = 0;
            if (!w->room.data)
                return KV_NO_MEMORY;
        }
        code = w->file->ops->read(w->file, offset, w->room.data, w->room.size, &w->got);
        w->from = offset;
        if (code != KV_OK || w->got < want)
            return code != KV_OK ? code : KV_IO;
    }
    *at = w->room.data + (offset - w->from);
    *have = (size_t)(w->from + w->got - offset);
    return KV_OK;
}

/* The record at an offset. *whole: it is there and undamaged. */
static int32_t look_at_record(window *w, uint64_t offset, kv_record *record, bool *whole)
{
    const unsigned char *at;
    size_t have;
    int32_t code = look(w, offset, KV_RECORD_HEAD, &at, &have);
    if (code != KV_OK)
        return code;
    *whole = kv_record_read(at, have, record);
    if (*whole || record->size <= have || record->size > w->size - offset)
        return KV_OK;
    code = look(w, offset, record->size, &at, &have);
    if (code == KV_OK)
        *whole = kv_record_read(at, have, record);
    return code;
}

/* Whether a whole record behind `bad` tells that everything up to beyond `bad` had been synced. */
static int32_t was_synced(window *w, uint64_t bad, bool *synced)
{
    *synced = false;
    for (uint64_t o = bad + 1; o + KV_RECORD_HEAD <= w->size; o++) {
        const unsigned char *at;
        size_t have;
        kv_record record;
        uint64_t base;
        int32_t code = look(w, o, KV_RECORD_HEAD, &at, &have);
        if (code != KV_OK)
            return code;
        /* Almost every place fails this, so that few checksums are computed. */
        base = get_u64(at + 12);
        if (base <= bad || base > o)
            continue;
        code = look_at_record(w, o, &record, synced);
        if (code != KV_OK || *synced)
            return code;
    }
    return KV_OK;
}

static int32_t scan_records(window *w,
                            int32_t (*see)(void *arg, const kv_record *record, uint64_t offset),
                            void *arg, kv_log_report *report)
{
    while (report->end < w->size) {
        kv_record record;
        bool whole, synced;
        int32_t code = look_at_record(w, report->end, &record, &whole);
        if (code != KV_OK)
            return code;
        if (!whole) {
            code = was_synced(w, report->end, &synced);
            report->damaged = synced ? report->end : 0;
            report->cut = w->size - report->end;
            return code != KV_OK ? code : synced ? KV_CORRUPT : KV_OK;
        }
        code = see(arg, &record, report->end);
        if (code != KV_OK)
            return code;
        report->records++;
        report->end += record.size;
    }
    return KV_OK;
}

/* The making of a log was interrupted: it has no more than bytes of the magic, or room for them. */
static bool is_unborn(const unsigned char *at, uint64_t size)
{
    if (size > KV_LOG_MAGIC_BYTES ||
        (size == KV_LOG_MAGIC_BYTES && memcmp(at, KV_LOG_MAGIC, KV_LOG_MAGIC_BYTES) == 0))
        return false;
    for (size_t i = 0; i < size; i++)
        if (at[i] != 0 && at[i] != (unsigned char)KV_LOG_MAGIC[i])
            return false;
    return true;
}

int32_t kv_log_scan(kv_file *file, uint64_t size, bide_allocator *allocator,
                    int32_t (*see)(void *arg, const kv_record *record, uint64_t offset), void *arg,
                    kv_log_report *report)
{
    window w = {.file = file, .size = size, .allocator = allocator};
    const unsigned char *at;
    size_t have;
    int32_t code;
    memset(report, 0, sizeof *report);
    w.room = kv_bytes_new(allocator, (size_t)1 << 16);
    if (!w.room.data)
        return KV_NO_MEMORY;
    code = look(&w, 0, KV_LOG_MAGIC_BYTES, &at, &have);
    if (code == KV_OK && is_unborn(at, size))
        report->cut = size;
    else if (code == KV_OK &&
             (have < KV_LOG_MAGIC_BYTES || memcmp(at, KV_LOG_MAGIC, KV_LOG_MAGIC_BYTES) != 0))
        code = KV_NOT_A_LOG;
    else if (code == KV_OK) {
        report->end = KV_LOG_MAGIC_BYTES;
        code = scan_records(&w, see, arg, report);
    }
    kv_bytes_release(w.room);
    return code;
}

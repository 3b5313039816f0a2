/*
 * log.h: the format of the log file, and reading one from its beginning.
 *
 * A log is 8 bytes of magic, then records without gaps. A record, all numbers little-endian:
 *
 *     offset 0   u32  CRC-32C of everything behind it
 *            4   u32  bytes of the key
 *            8   u32  bytes of the value; 0xffffffff: the key is removed
 *           12   u64  base: where the batch of this record begins in the file
 *           20        key, value
 *
 * A batch is what was written between two syncs. So a record with base b, wherever it is found,
 * proves that everything before b had reached the disk: that is how a damaged record that was
 * acknowledged is told from the torn tail of a batch that never was. The first is reported, the
 * second is cut.
 */
#ifndef KV_LOG_H
#define KV_LOG_H

#include "file.h"

#define KV_LOG_MAGIC "kvlog 1\n"
#define KV_LOG_MAGIC_BYTES 8u
#define KV_RECORD_HEAD 20u
#define KV_REMOVED UINT32_MAX

/* A record in memory; the slices point into it. */
typedef struct kv_record {
    kv_slice key;
    kv_slice value;
    bool removed;
    uint64_t base;
    size_t size; /* of all of it, in the file */
} kv_record;

/* CRC-32C (Castagnoli) of some bytes. */
uint32_t kv_crc32c(const void *bytes, size_t size);

/* Bytes of a record. */
size_t kv_record_size(size_t key_size, size_t value_size);

/* Writes a record without base and checksum; value == NULL: the key is removed. */
void kv_record_build(unsigned char *to, kv_slice key, const kv_slice *value);

/* Fills in base and checksum. */
void kv_record_seal(unsigned char *record, size_t size, uint64_t base);

/* Looks at a record of which `available` bytes are there. False if it is none, is damaged, or does
 * not end within them; out->size is then what it claims, if the sizes make sense, else 0. */
bool kv_record_read(const unsigned char *at, size_t available, kv_record *out);

/* What reading a log found. */
typedef struct kv_log_report {
    uint64_t records;
    uint64_t end;     /* where the next record goes */
    uint64_t cut;     /* bytes of a torn tail behind it */
    uint64_t damaged; /* KV_CORRUPT: where the damaged record is */
} kv_log_report;

/* Reads a log of `size` bytes and calls see(arg, record, offset) for each record; what that
 * returns, if not KV_OK, ends the reading. KV_OK: everything before report->end is whole, and
 * report->cut bytes behind it are a torn tail, still there. KV_CORRUPT, KV_NOT_A_LOG, KV_IO,
 * KV_NO_MEMORY. Writes nothing. */
int32_t kv_log_scan(kv_file *file, uint64_t size, bide_allocator *allocator,
                    int32_t (*see)(void *arg, const kv_record *record, uint64_t offset), void *arg,
                    kv_log_report *report);

#endif

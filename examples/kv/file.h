/*
 * file.h: what the file store asks of a file. Tests put another one in its place.
 *
 * All calls may block, and answer with a code of store.h. read and write come from several threads
 * at once; the others do not run beside a write. Data is safe from a crash when sync has returned
 * KV_OK after it was written, and not before.
 */
#ifndef KV_FILE_H
#define KV_FILE_H

#include "store.h"

typedef struct kv_file kv_file;

typedef struct kv_file_ops {
    /* Opens for reading and writing, and keeps other processes out; makes an empty file where there
     * is none, in such a way that a sync makes its name safe, too. *size tells its bytes. */
    int32_t (*open)(kv_file *file, const char *path, uint64_t *size);
    /* Reads up to `bytes` bytes; *got is less only at the end of the file. */
    int32_t (*read)(kv_file *file, uint64_t offset, void *to, size_t bytes, size_t *got);
    /* Writes all bytes. After a failure any part of them may have been written. */
    int32_t (*write)(kv_file *file, uint64_t offset, const void *from, size_t bytes);
    /* Makes safe what was written. A failure tells nothing of what is safe. */
    int32_t (*sync)(kv_file *file);
    /* Cuts the file. */
    int32_t (*truncate)(kv_file *file, uint64_t size);
    /* Ends the use; the object may be opened again. Nothing is synced. */
    void (*close)(kv_file *file);
} kv_file_ops;

struct kv_file {
    const kv_file_ops *ops;
};

/* A file of the system's (POSIX). */
typedef struct kv_disk_file {
    kv_file base;
    int fd; /* private */
} kv_disk_file;

/* Makes a file that is not open yet. */
void kv_disk_file_init(kv_disk_file *file);

#endif

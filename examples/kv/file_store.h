/*
 * file_store.h: a Store in an append-only file.
 *
 * An index in memory tells where in the file the latest record of each key is; get reads it from
 * there and verifies it. put and remove queue a record. One job at a time, on a thread of the
 * runtime's, writes what is queued as a batch, syncs it once, and only then acknowledges: under
 * load many records share a sync. Records get into the file in the order in which they were
 * queued, and into the index in the same order.
 *
 * When a write fails, the batch is cut off the file again and its calls get the code. When a sync
 * or that cut fails, nobody can know what is on the disk: the store says KV_BROKEN to all further
 * writes, until the file is opened anew. The file only grows: there is no compaction.
 *
 * Threads: the calls may be made by several threads. They need a runtime that offloads, or fail
 * with BIDE_ENOSYS; when it ends before what it was to write, with BIDE_ECANCELED.
 */
#ifndef KV_FILE_STORE_H
#define KV_FILE_STORE_H

#include "log.h"
#include "table.h"

typedef struct FileStore FileStore;

/* Opens or makes the log at `path`, cuts a torn tail, and reads the index; blocks. `file` stays the
 * caller's and is in use until the last job has ended, which an executor waits for at its end. The
 * allocator is used by several threads. *report (may be NULL) tells what was found. On failure a
 * code of store.h, nothing is open, and a damaged file has not been touched. */
int32_t FileStore_open(kv_file *file, const char *path, bide_allocator *allocator, FileStore **out,
                       kv_log_report *report);

/* Gives the store up: at once, or when the job that is under way has ended. No call may be pending
 * or follow. NULL is left alone. */
void FileStore_close(FileStore *self);

/* ---- private: what the futures below are made of ------------------------------------------ */

typedef struct kv_read kv_read; /* a record being read */
typedef struct kv_op kv_op;     /* a record being written */
void kv_op_abandon(kv_op *op);

/* kv_commit(store, op) -> int32_t: queues the record and waits until it is safe. */
#define kv_commit_FRAME(ROW)                                                                       \
    ROW(TRAITS, BIDE_SEND | BIDE_UNPIN)                                                            \
    ROW(PARAM, FileStore *, store) ROW(OWNED, kv_op *, op, kv_op_abandon)
BIDE_FUTURE_DECLARE(int32_t, kv_commit)

/* ---- the Store ---------------------------------------------------------------------------- */

bide_async_send kv_found FileStore_get(FileStore *self, kv_slice key);
bide_async_send int32_t FileStore_put(FileStore *self, kv_bytes key, kv_bytes value);
bide_async_send int32_t FileStore_remove(FileStore *self, kv_slice key);
uint64_t FileStore_count(FileStore *self);

BIDE_IMPL_DECLARE(Store, FileStore);

#include BIDE_GENERATED("file_store.gen.h")

#endif

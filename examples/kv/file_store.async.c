/*
 * file_store.async.c: the index, the queue, and the job that writes batches.
 *
 * One lock guards all of the store but `end`, which belongs to whoever writes: the job whose start
 * set `flushing`. The file is never touched with the lock held, and no waker is woken then.
 */
#include "file_store.h"

#include <pthread.h>
#include <string.h>

#include <bide/async_source.h>

struct FileStore {
    pthread_mutex_t lock;
    kv_file *file;
    bide_allocator *allocator, *giver;
    kv_table index;     /* of places */
    kv_op *head, *tail; /* queued, in order */
    uint32_t refs;      /* the user's, and one for each job */
    bool flushing;      /* a job writes, or is on its way */
    bool broken;
    uint64_t end; /* where the next batch goes */
};

/* Where the latest record of a key is. The key's bytes follow. */
typedef struct place {
    kv_node node;
    uint64_t offset;
    size_t key_size, value_size;
    bide_allocator *giver;
} place;

enum { OP_NEW, OP_QUEUED, OP_DONE };

/* The record's bytes follow. */
struct kv_op {
    kv_op *next;
    FileStore *store;
    bide_waker *waker; /* who awaits it; NULL also when abandoned */
    place *place;      /* for the index once the record is safe; NULL: remove */
    int state;
    bool abandoned;
    bide_poll poll; /* the result: a failure, or BIDE_READY with code */
    int32_t code;
    size_t size; /* of the record */
    bide_allocator *giver;
    unsigned char record[];
};

/* ---- the store's life --------------------------------------------------------------------- */

static void free_place(place *p)
{
    if (p)
        bide_free(p->giver, p, sizeof *p + p->key_size, _Alignof(place));
}

static void release_node(kv_node *node)
{
    free_place((place *)node);
}

static void ref(FileStore *s)
{
    pthread_mutex_lock(&s->lock);
    s->refs++;
    pthread_mutex_unlock(&s->lock);
}

static void unref(FileStore *s)
{
    bool last;
    pthread_mutex_lock(&s->lock);
    last = --s->refs == 0;
    pthread_mutex_unlock(&s->lock);
    if (!last)
        return;
    s->file->ops->close(s->file);
    kv_table_deinit(&s->index, release_node);
    pthread_mutex_destroy(&s->lock);
    bide_free(s->giver, s, sizeof *s, _Alignof(FileStore));
}

static place *new_place(FileStore *s, kv_slice key, size_t value_size)
{
    bide_allocator *giver;
    place *p = bide_alloc(s->allocator, sizeof *p + key.size, _Alignof(place), &giver);
    if (!p)
        return NULL;
    memset(p, 0, sizeof *p);
    p->giver = giver;
    p->key_size = key.size;
    p->value_size = value_size;
    if (key.size)
        memcpy(p + 1, key.data, key.size);
    p->node.key.data = (unsigned char *)(p + 1);
    p->node.key.size = key.size;
    return p;
}

/* One record of the log, while opening. */
static int32_t see_record(void *arg, const kv_record *record, uint64_t offset)
{
    FileStore *s = arg;
    place *p;
    if (record->removed) {
        free_place((place *)kv_table_remove(&s->index, record->key));
        return KV_OK;
    }
    p = new_place(s, record->key, record->value.size);
    if (!p)
        return KV_NO_MEMORY;
    p->offset = offset;
    free_place((place *)kv_table_insert(&s->index, &p->node));
    return KV_OK;
}

/* Reads the log, cuts what is torn, and makes a new one's head. */
static int32_t read_log(FileStore *s, uint64_t size, kv_log_report *report)
{
    const kv_file_ops *ops = s->file->ops;
    int32_t code = kv_log_scan(s->file, size, s->allocator, see_record, s, report);
    s->end = report->end;
    if (code == KV_OK && report->cut)
        code = ops->truncate(s->file, s->end);
    if (code == KV_OK && s->end == 0) {
        code = ops->write(s->file, 0, KV_LOG_MAGIC, KV_LOG_MAGIC_BYTES);
        s->end = KV_LOG_MAGIC_BYTES;
    }
    /* The cut too must be safe before anything is written behind it. So must be what was read: a
     * batch whose sync was interrupted is served from now on. */
    return code == KV_OK ? ops->sync(s->file) : code;
}

int32_t FileStore_open(kv_file *file, const char *path, bide_allocator *allocator, FileStore **out,
                       kv_log_report *report)
{
    kv_log_report ignored;
    bide_allocator *giver;
    uint64_t size;
    int32_t code;
    FileStore *s = bide_alloc(allocator, sizeof *s, _Alignof(FileStore), &giver);
    *out = NULL;
    if (!s)
        return KV_NO_MEMORY;
    memset(s, 0, sizeof *s);
    s->file = file;
    s->allocator = allocator;
    s->giver = giver;
    s->refs = 1;
    kv_table_init(&s->index, allocator);
    code = pthread_mutex_init(&s->lock, NULL) == 0 ? KV_OK : KV_NO_MEMORY;
    if (code == KV_OK && (code = file->ops->open(file, path, &size)) != KV_OK)
        pthread_mutex_destroy(&s->lock);
    if (code != KV_OK) {
        bide_free(giver, s, sizeof *s, _Alignof(FileStore));
        return code;
    }
    code = read_log(s, size, report ? report : &ignored);
    if (code == KV_OK)
        *out = s;
    else
        unref(s);
    return code;
}

void FileStore_close(FileStore *self)
{
    if (self)
        unref(self);
}

uint64_t FileStore_count(FileStore *self)
{
    uint64_t count;
    pthread_mutex_lock(&self->lock);
    count = self->index.count;
    pthread_mutex_unlock(&self->lock);
    return count;
}

/* ---- one record on its way ---------------------------------------------------------------- */

static void free_op(kv_op *op)
{
    free_place(op->place);
    bide_free(op->giver, op, sizeof *op + op->size, _Alignof(kv_op));
}

/* A record that sets a key, or with value == NULL removes it. NULL: no memory. */
static kv_op *new_op(FileStore *s, kv_slice key, const kv_slice *value)
{
    size_t size = kv_record_size(key.size, value ? value->size : 0);
    bide_allocator *giver;
    kv_op *op = bide_alloc(s->allocator, sizeof *op + size, _Alignof(kv_op), &giver);
    if (!op)
        return NULL;
    memset(op, 0, sizeof *op);
    op->store = s;
    op->giver = giver;
    op->size = size;
    kv_record_build(op->record, key, value);
    /* Got now, so that nothing can fail once the record is on the disk. */
    if (value && !(op->place = new_place(s, key, value->size))) {
        free_op(op);
        return NULL;
    }
    return op;
}

static kv_op *new_put(FileStore *s, kv_slice key, kv_slice value)
{
    return key.data && value.data ? new_op(s, key, &value) : NULL;
}

/* Ends one record: into the index if it is safe, and on to whoever awaits it. */
static void finish_op(FileStore *s, kv_op *op, bide_poll poll, int32_t code)
{
    place *old = NULL;
    bide_waker *waker;
    bool abandoned;
    pthread_mutex_lock(&s->lock);
    if (poll == BIDE_READY && code == KV_OK) {
        if (op->place) {
            old = (place *)kv_table_insert(&s->index, &op->place->node);
            op->place = NULL;
        } else {
            const unsigned char *key = op->record + KV_RECORD_HEAD;
            old = (place *)kv_table_remove(&s->index, (kv_slice){key, op->size - KV_RECORD_HEAD});
            code = old ? KV_OK : KV_NOT_FOUND;
        }
    }
    op->poll = poll;
    op->code = code;
    op->state = OP_DONE;
    waker = op->waker;
    op->waker = NULL;
    abandoned = op->abandoned;
    pthread_mutex_unlock(&s->lock);
    /* From here on the future may free the operation, unless it was abandoned. */
    if (abandoned)
        free_op(op);
    if (waker)
        bide_waker_wake(waker);
    free_place(old);
}

static void finish_batch(FileStore *s, kv_op *batch, bide_poll poll, int32_t code)
{
    while (batch) {
        kv_op *op = batch;
        batch = op->next;
        finish_op(s, op, poll, code);
    }
}

/* ---- the job that writes ------------------------------------------------------------------ */

typedef struct flush {
    bide_job job; /* first: a job is its flush */
    FileStore *store;
    bool ran;
    bide_poll why_not; /* the failure if it never ran */
    bide_allocator *giver;
} flush;

static void mark_broken(FileStore *s)
{
    pthread_mutex_lock(&s->lock);
    s->broken = true;
    pthread_mutex_unlock(&s->lock);
}

/* Writes and syncs a batch; or leaves the file as it was, or marks the store as broken. */
static int32_t write_batch(FileStore *s, kv_op *batch)
{
    const kv_file_ops *ops = s->file->ops;
    uint64_t at = s->end;
    int32_t code = s->broken ? KV_BROKEN : KV_OK;
    if (code != KV_OK)
        return code;
    for (kv_op *op = batch; op && code == KV_OK; op = op->next) {
        kv_record_seal(op->record, op->size, s->end);
        code = ops->write(s->file, at, op->record, op->size);
        if (op->place)
            op->place->offset = at;
        at += op->size;
    }
    if (code != KV_OK) {
        /* The cut must be safe, or a record whose call failed could come back after a crash. */
        if (ops->truncate(s->file, s->end) != KV_OK || ops->sync(s->file) != KV_OK)
            mark_broken(s);
        return code;
    }
    code = ops->sync(s->file);
    if (code == KV_OK) {
        s->end = at;
    } else {
        /* Not tried again: a sync after a failed one may succeed without having written. */
        mark_broken(s);
        (void)ops->truncate(s->file, s->end);
    }
    return code;
}

/* Takes what is queued, or, if that is nothing, ends the flushing. */
static kv_op *take_batch(FileStore *s)
{
    kv_op *batch;
    pthread_mutex_lock(&s->lock);
    batch = s->head;
    s->head = s->tail = NULL;
    if (!batch)
        s->flushing = false;
    pthread_mutex_unlock(&s->lock);
    return batch;
}

static void run_flush(bide_job *job)
{
    flush *fl = (flush *)job;
    kv_op *batch;
    fl->ran = true;
    while ((batch = take_batch(fl->store)) != NULL)
        finish_batch(fl->store, batch, BIDE_READY, write_batch(fl->store, batch));
}

/* Tells all who wait that nothing will be written. */
static void fail_queued(FileStore *s, bide_poll failure)
{
    kv_op *batch;
    while ((batch = take_batch(s)) != NULL)
        finish_batch(s, batch, failure, KV_OK);
}

static void release_flush(bide_job *job)
{
    flush *fl = (flush *)job;
    FileStore *s = fl->store;
    /* The runtime may have ended before it came to the job, or not have taken it. */
    if (!fl->ran)
        fail_queued(s, fl->why_not);
    bide_free(fl->giver, fl, sizeof *fl, _Alignof(flush));
    unref(s);
}

static void start_flush(FileStore *s, bide_runtime *rt)
{
    bide_allocator *giver;
    bide_poll r;
    flush *fl = bide_alloc(s->allocator, sizeof *fl, _Alignof(flush), &giver);
    if (!fl) {
        fail_queued(s, BIDE_ENOMEM);
        return;
    }
    fl->store = s;
    fl->giver = giver;
    fl->ran = false;
    fl->why_not = BIDE_ECANCELED;
    bide_job_init(&fl->job, run_flush, release_flush);
    ref(s);
    r = bide_runtime_offload(rt, &fl->job);
    if (r != BIDE_READY)
        fl->why_not = r;
    bide_job_drop(&fl->job);
}

/* ---- kv_commit ---------------------------------------------------------------------------- */

/* The lock is held. True: the caller must start the job that writes. */
static bool queue_op(FileStore *s, kv_op *op)
{
    bool start = !s->flushing;
    op->state = OP_QUEUED;
    if (s->head)
        s->tail->next = op;
    else
        s->head = op;
    s->tail = op;
    s->flushing = true;
    return start;
}

bide_poll kv_commit_poll(struct kv_commit *f, bide_context *cx, int32_t *out)
{
    FileStore *s = f->store;
    kv_op *op = f->op;
    bool start = false;
    bide_poll r;
    if (!s || !op)
        return s ? BIDE_ENOMEM : BIDE_EMISUSE;
    pthread_mutex_lock(&s->lock);
    r = op->state == OP_DONE ? BIDE_READY : bide_waker_register(&op->waker, cx);
    if (r == BIDE_READY && op->state == OP_NEW)
        start = queue_op(s, op);
    pthread_mutex_unlock(&s->lock);
    if (start)
        start_flush(s, bide_context_runtime(cx));
    if (r == BIDE_READY) {
        pthread_mutex_lock(&s->lock);
        r = op->state == OP_DONE ? op->poll : BIDE_PENDING;
        pthread_mutex_unlock(&s->lock);
    }
    if (r == BIDE_PENDING)
        return BIDE_PENDING;
    if (r == BIDE_READY)
        *out = op->code;
    kv_commit_drop(f);
    return r;
}

void kv_commit_drop(struct kv_commit *f)
{
    kv_op_abandon(f->op);
    f->op = NULL;
    f->store = NULL;
}

/* The future's side of a record ends. One that is queued will be written nevertheless. */
void kv_op_abandon(kv_op *op)
{
    bide_waker *waker;
    bool queued;
    if (!op)
        return;
    pthread_mutex_lock(&op->store->lock);
    queued = op->state == OP_QUEUED;
    op->abandoned = queued;
    waker = op->waker;
    op->waker = NULL;
    pthread_mutex_unlock(&op->store->lock);
    if (waker)
        bide_waker_drop(waker);
    if (!queued)
        free_op(op);
}

BIDE_FUTURE_DEFINE(int32_t, kv_commit);

/* ---- put and remove ----------------------------------------------------------------------- */

async_send int32_t FileStore_put(FileStore *self, kv_bytes key, kv_bytes value)
{
    owned(kv_bytes_drop, key);
    owned(kv_bytes_drop, value);
    if (key.size > KV_KEY_MAX || value.size > KV_VALUE_MAX)
        return KV_TOO_LARGE;
    return await(kv_commit(self, new_put(self, kv_slice_in(key), kv_slice_in(value))));
}

/* A key that is not there needs no record, if nothing that is under way may bring it. */
static bool is_absent(FileStore *s, kv_slice key)
{
    bool absent;
    pthread_mutex_lock(&s->lock);
    absent = !s->flushing && !kv_table_find(&s->index, key);
    pthread_mutex_unlock(&s->lock);
    return absent;
}

async_send int32_t FileStore_remove(FileStore *self, kv_slice key)
{
    if (key.size > KV_KEY_MAX || is_absent(self, key))
        return KV_NOT_FOUND;
    return await(kv_commit(self, new_op(self, key, NULL)));
}

/* ---- get ---------------------------------------------------------------------------------- */

/* The record's bytes follow. */
struct kv_read {
    bide_job job; /* first: a job is its read */
    FileStore *store;
    uint64_t offset;
    int32_t code;
    kv_bytes value; /* got before, filled by the job */
    bide_allocator *giver;
    size_t size;
    unsigned char record[];
};

static void run_read(bide_job *job)
{
    kv_read *r = (kv_read *)job;
    kv_record record;
    size_t got;
    r->code = r->store->file->ops->read(r->store->file, r->offset, r->record, r->size, &got);
    if (r->code != KV_OK)
        return;
    if (!kv_record_read(r->record, got, &record) || record.value.size != r->value.size)
        r->code = KV_CORRUPT;
    else if (record.value.size)
        memcpy(r->value.data, record.value.data, record.value.size);
}

static void release_read(bide_job *job)
{
    kv_read *r = (kv_read *)job;
    FileStore *s = r->store;
    kv_bytes_release(r->value);
    bide_free(r->giver, r, sizeof *r + r->size, _Alignof(kv_read));
    unref(s);
}

/* What reads the record at a place, or NULL: no memory. */
static kv_read *new_read(FileStore *s, uint64_t offset, size_t size, size_t value_size)
{
    bide_allocator *giver;
    kv_read *r = bide_alloc(s->allocator, sizeof *r + size, _Alignof(kv_read), &giver);
    if (!r)
        return NULL;
    r->value = kv_bytes_new(s->allocator, value_size);
    if (!r->value.data) {
        bide_free(giver, r, sizeof *r + size, _Alignof(kv_read));
        return NULL;
    }
    bide_job_init(&r->job, run_read, release_read);
    r->store = s;
    r->offset = offset;
    r->code = KV_IO;
    r->giver = giver;
    r->size = size;
    ref(s);
    return r;
}

/* KV_NOT_FOUND; or KV_OK with *out to be run, NULL if there was no memory. */
static int32_t find_record(FileStore *s, kv_slice key, kv_read **out)
{
    const place *p;
    uint64_t offset = 0;
    size_t value_size = 0;
    pthread_mutex_lock(&s->lock);
    p = (const place *)kv_table_find(&s->index, key);
    if (p) {
        offset = p->offset;
        value_size = p->value_size;
    }
    pthread_mutex_unlock(&s->lock);
    if (!p)
        return KV_NOT_FOUND;
    *out = new_read(s, offset, kv_record_size(key.size, value_size), value_size);
    return KV_OK;
}

static kv_found found_by(kv_read *r)
{
    kv_found found = kv_found_none(r->code);
    if (r->code == KV_OK)
        found.value = kv_bytes_take(&r->value);
    return found;
}

/* The future's side of the job ends; a thread that is at it goes on. */
static void drop_read(kv_read **r)
{
    if (*r)
        bide_job_drop(&(*r)->job);
}

async_send kv_found FileStore_get(FileStore *self, kv_slice key)
{
    scoped(drop_read) kv_read *r = NULL;
    if (find_record(self, key, &r) != KV_OK)
        return kv_found_none(KV_NOT_FOUND);
    if (!r)
        fail(BIDE_ENOMEM);
    await(bide_offload(&r->job));
    return found_by(r);
}

BIDE_IMPL(Store, FileStore);

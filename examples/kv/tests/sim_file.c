/*
 * sim_file.c: the simulated file.
 */
#include "sim_file.h"

#include <stdlib.h>
#include <string.h>

static uint64_t random_of(sim_file *f)
{
    f->random ^= f->random << 13;
    f->random ^= f->random >> 7;
    f->random ^= f->random << 17;
    return f->random;
}

static void *memory(void *old, size_t bytes)
{
    void *p = realloc(old, bytes ? bytes : 1);
    if (!p)
        abort();
    return p;
}

static void resize(unsigned char **bytes, size_t *size, size_t to)
{
    *bytes = memory(*bytes, to);
    if (to > *size)
        memset(*bytes + *size, 0, to - *size);
    *size = to;
}

static void overwrite(unsigned char **bytes, size_t *size, uint64_t at, const void *from, size_t n)
{
    if (at + n > *size)
        resize(bytes, size, (size_t)at + n);
    if (n)
        memcpy(*bytes + at, from, n);
}

static void forget_changes(sim_file *f)
{
    while (f->first) {
        sim_change *c = f->first;
        f->first = c->next;
        free(c->bytes);
        free(c);
    }
    f->last = &f->first;
}

static void note_change(sim_file *f, uint64_t offset, const void *bytes, size_t size)
{
    sim_change *c = memory(NULL, sizeof *c);
    *c = (sim_change){.offset = offset, .size = size};
    if (bytes) {
        c->bytes = memory(NULL, size);
        memcpy(c->bytes, bytes, size);
    }
    *f->last = c;
    f->last = &c->next;
}

/* Counts an operation. *half: it is the one that the machine dies in. */
static int32_t begin(sim_file *f, bool *half)
{
    uint32_t op = ++f->ops;
    *half = f->die_at && op == f->die_at;
    if (f->die_at && op >= f->die_at)
        return KV_IO;
    return op >= f->fail_from && op <= f->fail_to ? f->fail_code : KV_OK;
}

static int32_t sim_open(kv_file *base, const char *path, uint64_t *size)
{
    sim_file *f = (sim_file *)base;
    (void)path;
    if (f->in_use)
        return KV_IN_USE;
    f->in_use = true;
    *size = f->now_size;
    return KV_OK;
}

static int32_t sim_read(kv_file *base, uint64_t offset, void *to, size_t bytes, size_t *got)
{
    sim_file *f = (sim_file *)base;
    int32_t code;
    pthread_mutex_lock(&f->lock);
    *got = 0;
    code = f->fail_reads || (f->die_at && f->ops >= f->die_at) ? KV_IO : KV_OK;
    if (code == KV_OK && offset < f->now_size) {
        *got = f->now_size - (size_t)offset < bytes ? f->now_size - (size_t)offset : bytes;
        memcpy(to, f->now + offset, *got);
    }
    pthread_mutex_unlock(&f->lock);
    return code;
}

static int32_t sim_write(kv_file *base, uint64_t offset, const void *from, size_t bytes)
{
    sim_file *f = (sim_file *)base;
    bool half;
    int32_t code;
    pthread_mutex_lock(&f->lock);
    code = begin(f, &half);
    /* A write that fails on a machine that lives leaves a part of it, too. */
    if (half)
        bytes = (size_t)(random_of(f) % (bytes + 1));
    else if (code != KV_OK && !f->die_at)
        bytes /= 2;
    if (code == KV_OK || half || !f->die_at) {
        overwrite(&f->now, &f->now_size, offset, from, bytes);
        note_change(f, offset, from, bytes);
    }
    pthread_mutex_unlock(&f->lock);
    return code;
}

static int32_t sim_sync(kv_file *base)
{
    sim_file *f = (sim_file *)base;
    bool half;
    int32_t code;
    pthread_mutex_lock(&f->lock);
    f->at_gate++;
    while (f->gate_closed)
        pthread_cond_wait(&f->opened, &f->lock);
    f->at_gate--;
    code = begin(f, &half);
    if (code == KV_OK) {
        f->syncs++;
        resize(&f->safe, &f->safe_size, f->now_size);
        overwrite(&f->safe, &f->safe_size, 0, f->now, f->now_size);
        forget_changes(f);
    }
    pthread_mutex_unlock(&f->lock);
    return code;
}

static int32_t sim_truncate(kv_file *base, uint64_t size)
{
    sim_file *f = (sim_file *)base;
    bool half;
    int32_t code;
    pthread_mutex_lock(&f->lock);
    code = begin(f, &half);
    if (code == KV_OK || half) {
        resize(&f->now, &f->now_size, (size_t)size);
        note_change(f, size, NULL, 0);
    }
    pthread_mutex_unlock(&f->lock);
    return code;
}

static void sim_close(kv_file *base)
{
    ((sim_file *)base)->in_use = false;
}

static const kv_file_ops sim_ops = {sim_open, sim_read,     sim_write,
                                    sim_sync, sim_truncate, sim_close};

void sim_file_init(sim_file *f, uint64_t seed)
{
    memset(f, 0, sizeof *f);
    f->base.ops = &sim_ops;
    f->random = seed * 2 + 1;
    f->last = &f->first;
    f->now = memory(NULL, 1);
    f->safe = memory(NULL, 1);
    (void)pthread_mutex_init(&f->lock, NULL);
    (void)pthread_cond_init(&f->opened, NULL);
}

void sim_file_deinit(sim_file *f)
{
    forget_changes(f);
    free(f->now);
    free(f->safe);
    pthread_cond_destroy(&f->opened);
    pthread_mutex_destroy(&f->lock);
}

static void restart(sim_file *f)
{
    forget_changes(f);
    resize(&f->now, &f->now_size, f->safe_size);
    overwrite(&f->now, &f->now_size, 0, f->safe, f->safe_size);
    f->ops = f->syncs = f->die_at = f->fail_from = f->fail_to = 0;
    f->in_use = false;
}

void sim_file_set(sim_file *f, const unsigned char *bytes, size_t size)
{
    resize(&f->safe, &f->safe_size, size);
    overwrite(&f->safe, &f->safe_size, 0, bytes, size);
    restart(f);
}

/* A write reaches the disk in pieces, in any order. */
static void keep_pieces(sim_file *f, const sim_change *c)
{
    size_t piece = 1 + (size_t)(random_of(f) % 24);
    for (size_t at = 0; at < c->size; at += piece) {
        size_t n = c->size - at < piece ? c->size - at : piece;
        if (random_of(f) & 1)
            overwrite(&f->safe, &f->safe_size, c->offset + at, c->bytes + at, n);
    }
}

void sim_file_crash(sim_file *f, int what)
{
    for (const sim_change *c = f->first; c && what != SIM_NOTHING; c = c->next) {
        uint64_t dice = random_of(f) % 4;
        if (what == SIM_SOME && dice == 0)
            continue;
        if (!c->bytes)
            resize(&f->safe, &f->safe_size, (size_t)c->offset);
        else if (what == SIM_ALL || dice == 1)
            overwrite(&f->safe, &f->safe_size, c->offset, c->bytes, c->size);
        else
            keep_pieces(f, c);
    }
    restart(f);
}

void sim_file_gate(sim_file *f, bool closed)
{
    pthread_mutex_lock(&f->lock);
    f->gate_closed = closed;
    pthread_cond_broadcast(&f->opened);
    pthread_mutex_unlock(&f->lock);
}

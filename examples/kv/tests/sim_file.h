/*
 * sim_file.h: a file in memory that forgets what was not synced, fails on demand, and waits at a
 * gate; in place of the disk.
 *
 * Operations that change something (write, truncate, sync) are numbered from 1, so that a test can
 * let each of them be the last, or fail.
 */
#ifndef KV_SIM_FILE_H
#define KV_SIM_FILE_H

#include "file.h"

#include <pthread.h>

typedef struct sim_change {
    uint64_t offset; /* of a write; the new size of a truncate */
    size_t size;
    unsigned char *bytes; /* NULL: a truncate */
    struct sim_change *next;
} sim_change;

typedef struct sim_file {
    kv_file base;
    pthread_mutex_t lock;
    pthread_cond_t opened;
    unsigned char *now, *safe; /* what reads see; what a crash leaves */
    size_t now_size, safe_size;
    sim_change *first, **last; /* since the last sync, in order */
    uint64_t random;
    uint32_t ops, syncs;
    uint32_t die_at; /* this operation is done by half, and nothing works from then on; 0: never */
    uint32_t fail_from, fail_to; /* these operations fail with fail_code */
    int32_t fail_code;
    bool fail_reads, gate_closed, in_use;
    uint32_t at_gate; /* syncs that wait */
} sim_file;

/* What a crash leaves of the changes that were not synced. */
enum { SIM_NOTHING, SIM_ALL, SIM_SOME };

void sim_file_init(sim_file *file, uint64_t seed);
void sim_file_deinit(sim_file *file);

/* Replaces the content, as if synced. */
void sim_file_set(sim_file *file, const unsigned char *bytes, size_t size);

/* The machine goes off and comes back: only what is safe is there, and some of the rest. */
void sim_file_crash(sim_file *file, int what);

/* While the gate is closed a sync waits. */
void sim_file_gate(sim_file *file, bool closed);

#endif

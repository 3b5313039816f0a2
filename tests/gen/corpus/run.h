/*
 * run.h: one run of one function, from its start to its end, its drop or its failure.
 */
#ifndef CORPUS_RUN_H
#define CORPUS_RUN_H

#include "entry.h"

/* The ways to run a future. */
enum how { BY_INIT, BY_START, BY_START_BOX, BY_RECORD, HOW_COUNT };

struct plan {
    const struct entry *entry;
    int x;
    enum how how;
    enum pending_script script;
    int drop_after;    /* so many polls; -1: not at all */
    size_t fail_alloc; /* the nth request for memory fails; 0: none */
    int wait_leaf;     /* the nth leaf call alone pends; 0: as the script says */
    int fail_leaf;     /* the nth leaf call fails */
    int fail_code;
};

struct outcome {
    bide_poll code; /* BIDE_PENDING: it was dropped */
    long digest;
    int polls;
    size_t failed_allocs;
    int before_drop; /* length of the trace then */
};

/* Runs a plan; the trace is left in `books`. What broke a rule is in books.broken. */
void corpus_run(const struct plan *plan, struct outcome *o);

/* Runs the blocking build of an entry. */
long corpus_run_blocking(const struct entry *e, int x);

#endif

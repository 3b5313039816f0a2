/*
 * leaves.h: the books of the harness, and what it tells the leaves to do.
 */
#ifndef CORPUS_LEAVES_H
#define CORPUS_LEAVES_H

#include <stdbool.h>
#include <stdint.h>

enum { TRACE_MAX = 8192 };

struct books {
    int trace[TRACE_MAX];
    int length;
    int live_resources, live_leaves;
    int acquired, leaf_calls;
    int leaf_pends;     /* leaves that told BIDE_PENDING */
    const char *broken; /* the first rule that was broken, or NULL */
};
extern struct books books;

/* How the leaves of a run behave. */
enum pending_script { PEND_NEVER, PEND_ONCE, PEND_ALTERNATE, PEND_RANDOM, PEND_SCRIPTS };
struct orders {
    enum pending_script script;
    uint32_t random;
    int wait_leaf; /* only the nth leaf call pends, whatever the script says; 0: as it says */
    int fail_leaf; /* the nth leaf call fails; 0: none */
    int fail_code;
};
extern struct orders orders;

void books_reset(void);
void books_broken(const char *what);

/* What the leaves compute, for both builds. */
int leaf_value(int x);
void leaf_begins(int x);
void leaf_ends(int x);

#endif

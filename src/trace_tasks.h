/*
 * trace_tasks.h (private): how an executor writes its tasks into an await tree. trace.c has it.
 */
#ifndef BIDE_PRIV_TRACE_TASKS_H
#define BIDE_PRIV_TRACE_TASKS_H

#include <bide/trace.h>

/* The tracer that is handed down. A line (a node, in a graph) stays open until the next one begins,
 * because notes come late. */
typedef struct bide_priv_trace_writer {
    bide_tracer base;
    bide_trace_options o;
    uint32_t level;  /* of what is open or was entered last; 0: outside of all */
    uint32_t top;    /* the level of the first future */
    uint32_t hidden; /* entered and not left, beneath a level that is not shown */
    uint32_t nodes;
    bool is_open, has_note;
    uint32_t ids[BIDE_TRACE_DEPTH_MOST + 8]; /* of the open nodes, by level */
} bide_priv_trace_writer;

void bide_priv_trace_begin(bide_priv_trace_writer *w, const bide_trace_options *options);
void bide_priv_trace_end(bide_priv_trace_writer *w);

/* Two kinds of nodes above futures; end_task ends either. */
void bide_priv_trace_begin_executor(bide_priv_trace_writer *w, const char *name, uint64_t tasks);
void bide_priv_trace_begin_task(bide_priv_trace_writer *w, const char *name);
void bide_priv_trace_end_task(bide_priv_trace_writer *w);

/* Beside the name of the node that was begun. */
void bide_priv_trace_say(bide_priv_trace_writer *w, const char *text);
void bide_priv_trace_say_ended(bide_priv_trace_writer *w, bide_poll code);

/* A task's future, which nobody may poll or drop meanwhile. */
void bide_priv_trace_walk(bide_priv_trace_writer *w, const bide_type *type, const void *frame);

#endif

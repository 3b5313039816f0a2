/*
 * run.h: running a sheet on one of the implementations: the option --impl.
 */
#ifndef RUN_H
#define RUN_H

#include "shared.h"
#include "sheet.h"

struct place;

struct run {
    struct sheet *sheet;
    struct place *place;
    bide_local *executor;
    /* Called when each call has begun; none before that begins later. NULL: not wanted. */
    void (*all_begun)(struct run *run);
    const Calculator *slotted; /* calls on this handle each have a slot; NULL: none have */
    SharedCalculator *shared;  /* the program's reference, while it has one */
    char note[64];             /* what the implementation has to tell */
};

/* Where the result of a line goes. */
static inline struct answer *run_answer(struct run *run, size_t line)
{
    return &run->sheet->lines[line].answers[run->sheet->path];
}

/* Runs the sheet on its path (sheet->path), with a calculator made for that. */
typedef bide_poll run_function(struct run *run);

/* The implementation of that name, or NULL. */
run_function *run_find(const char *name);

#endif

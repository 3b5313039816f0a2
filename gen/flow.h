/*
 * gen/flow.h: a function as a list of steps, in the order in which lowering makes them run.
 *
 * Awaits of one full expression run from left to right, before the rest of it; so a step list is
 * not quite the order of the text. Numbers below are those of variables (index in function.vars)
 * and, behind them, of temporaries.
 */
#ifndef BIDEC_FLOW_H
#define BIDEC_FLOW_H

#include "model.h"

typedef enum step_kind {
    STEP_USE,    /* reads `number` */
    STEP_DEFINE, /* writes all of `number`: what it held before does not matter */
    STEP_SITE,   /* suspends */
    STEP_JUMP,   /* goes on at `target` */
    STEP_BRANCH, /* goes on here or at `target` */
    STEP_END     /* leaves the function */
} step_kind;

typedef struct step {
    step_kind kind;
    uint32_t number;
    uint32_t target; /* index of a step */
    site *site;
} step;

typedef struct flow {
    step *steps;
    uint32_t count;
} flow;

/* Makes sites, temporaries (and node.site, node.temp, node.awaits) and the steps of a function. */
flow flow_build(unit *u, function *f);

/* The value of node.temp for an operator of which only the last operand is left to evaluate. */
#define TEMP_LAST UINT32_MAX

/* Whether a word suspends (spawn and boxed do not; drop does where it must cancel). */
bool is_suspending(const node *n);
/* Whether lowering must take an operator apart, because an operand that is not always evaluated
 * awaits. */
bool is_split(const node *n);
/* The async call below await and boxed, or NULL. */
node *awaited_call(const node *word);
/* Where goto, break and continue go: the label, or the loop or switch. */
node *jump_target(const function *f, node *n);
/* Strips parentheses. */
node *bare(node *n);
/* Whether the value of the expression goes straight into a variable: the await that it is, or NULL.
 * `to` may be resident. */
node *direct_await(const node *value);
/* Whether a call of a function of this file always ends at once: then it is no suspension. */
bool never_waits(const callee *c);
/* Whether a child may have to be cancelled rather than dropped; whether it must not be dropped, for
 * all that this file knows. A dyn call is the first without being the second. */
bool child_cancels(const callee *c);
bool child_waits(const callee *c);
/* Whether this file can tell that it must not be dropped. */
bool surely_waits(const callee *c);
/* The future type of an async variable. */
callee *async_callee(const var *v);
/* Variables of a block that something must run for at its end, in the order of the text. */
bool needs_ending(const var *v);
/* Whether the end of a variable is a future, to be awaited or cancelled. */
bool cleanup_waits(const var *v);
/* Whether a jump to a label, a loop or a switch ends the scope of a variable: also one back to
 * before its declaration does. */
bool leaves_scope(const var *v, const node *into);

#endif

/*
 * gen/check.h: what the parts of the check pass share.
 *
 *     check.c            the order of the checks; what each part asks about the tree
 *     check_words.c      await and the other words
 *     check_functions.c  async functions: signature, names, recursion
 *     check_locals.c     locals, cleanups, async variables, owned parameters
 *     check_jumps.c      goto, case, and what stands in macro bodies
 *     check_text.c       what the syntax tree does not show: directives, words that became nothing
 *     check_kept.c       what the frame cannot hold: runs with traits.c, behind the analysis
 */
#ifndef BIDEC_CHECK_H
#define BIDEC_CHECK_H

#include "flow.h"
#include "model.h"

typedef struct check {
    unit *u;
    function *f;
    bool is_async;      /* f is async or a generator; else it is an ordinary function */
    bool suspends;      /* some suspension is in f */
    bool async_cleanup; /* an async function is named in a scoped of f: each jump may suspend */
} check;

/* Calls visit for n and all below it, a parent before its kids. */
void walk(check *c, node *n, void (*visit)(check *, node *));

node *skip_parens(node *n);
/* The nearest ancestor that is no parenthesis; NULL at the body. */
node *outer(const node *n);
bool is_word(const node *n);
/* `await`, `join`, ...: as it is written. */
const char *word_name(const node *n);
/* A function can be suspended in n itself: a word that waits, or a jump past an async cleanup. */
bool suspends_here(const check *c, const node *n);
bool suspends_in(const check *c, const node *n);
/* A function can be suspended while v is in scope and declared. */
bool suspends_in_scope(const check *c, const var *v);
/* The block's own variables include one with an async cleanup: the end of the block suspends. */
bool has_async_cleanup(const check *c, const node *block);
/* A call of this makes a future. */
bool is_async_callee(const callee *k);
/* The call that n is, boxed or not: what an await or an async variable may stand on. */
node *async_call(node *n);
/* A name that the future type of this function has: f_init, f_poll, ... */
bool is_made_name(const char *name, const char *callee_name);
callee *find_callee(const unit *u, const char *name);
place place_of(const unit *u, uint32_t offset);
bool starts_with(const char *string, const char *prefix);

/* A help text with names in it. */
#define SAY(u, ...) arena_print((u)->arena, __VA_ARGS__)

void check_words(check *c);
void check_functions(unit *u);
void check_locals(check *c);
void check_jumps(check *c);
void check_text(unit *u);
/* Behind the analysis: what the frame cannot hold. */
void check_kept(unit *u);

#endif

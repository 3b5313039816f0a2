/*
 * gen_program.h: the program that is being written, and who writes which part of it.
 */
#ifndef GEN_PROGRAM_H
#define GEN_PROGRAM_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_VARS = 60, MAX_DEPTH = 4, MAX_FUNCTIONS = 6, MAX_COST = 60, RECURSIVE_COST = 8 };

/* What the programs of a seed use beside plain awaits. */
enum {
    CHILDREN = 1,
    CATCHING = 2,
    GENERATORS = 4,
    RECURSION = 8,
    OWNED = 16,
    WAITING_CLEANUP = 32
};

enum kind { INT, PAIR, BIG, ARRAY, POINTER, CHILD, PAIR_CHILD, UNNAMED };
enum role { PLAIN, QUIET /* never waits */, RECURSIVE /* with the next or the one before */ };
enum second { NOTHING, RESOURCE, BY_VALUE }; /* the second parameter */

struct var {
    enum kind kind; /* UNNAMED: its initialiser is being written */
    char name[12];
    bool is_fixed; /* a loop counter, or const */
};

struct program {
    unsigned seed;
    int function;
    bool is_pair[MAX_FUNCTIONS]; /* its result is a struct */
    bool is_static[MAX_FUNCTIONS];
    enum role role[MAX_FUNCTIONS];
    enum second second[MAX_FUNCTIONS];
    int cost[MAX_FUNCTIONS]; /* at most so many leaf calls */
    int features;
    bool has_generator, in_generator; /* p<seed>_g */
    bool is_blocking;                 /* the twin of a program with a generator is being written */
    bool is_done;                     /* the function has called itself, or its partner */
    struct var vars[MAX_VARS];
    int var_count, scope; /* where the innermost scope begins in vars */
    int names, depth, budget;
    int factor; /* how often this place runs */
    bool in_loop, in_breakable;
    int out; /* the label that can be jumped out to, or 0 */
    bool out_used;
};
extern struct program now;

/* ---- gen_expressions.c: chance, variables, expressions -------------------------------------- */

void begin_chance(unsigned seed);
int chance(int below);
bool one_in(int n);
const char *any(const char *const *of, int count);
void begin_line(void);
const struct var *pick_below(enum kind kind, bool writable, int below);
const struct var *pick(enum kind kind, bool writable);
struct var *new_var(void);
bool is_room(void);
bool uses(int feature);
bool is_quiet(void);
bool affords(int leaves);
void pure(int depth);
void put_second(int f);
int callable(void);
void call_of(int f, int depth);
void mixed(int depth);
void small(int depth);

/* ---- gen_statements.c ------------------------------------------------------------------------ */

void declare(void);
void declare_ints(void);
void put_target(int below);
void statements(int count);
void block(const char *tail);
void assign(void);
void put_result(void);
void effect(void);
void catch_statement(void);

/* ---- gen_special.c: what not every seed has -------------------------------------------------- */

void special(void);
void yield_statement(void);

#endif

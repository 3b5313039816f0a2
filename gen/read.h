/*
 * gen/read.h: what the parts of the read pass share.
 *
 *     expand.c         copies of generic functions, before anything is parsed
 *     read.c           parses; the functions, prototypes and directives of the main file
 *     read_lex.c       tokens            read_table.c  a hash table
 *     read_macros.c    which text of the main file a range of libclang is
 *     read_types.c     types             read_names.c  what is declared at file scope; callees
 *     read_made.c      futures that macros make of async functions
 *     read_tree.c      statements        read_decl.c   local variables
 *     read_expr.c      expressions       read_words.c  await and the other words
 *     read_operator.c  operators, where libclang does not tell which
 */
#ifndef BIDEC_READ_H
#define BIDEC_READ_H

#include "expand.h"
#include "libclang.h"
#include "passes.h"
#include "read_lex.h"

/* ---- a table from text or cursors to anything --------------------------------------------- */

typedef struct table {
    struct table_entry *entries;
    uint32_t room, count;
} table;

/* The value at a key of `length` bytes, NULL at first. The key is copied. */
void **table_at(arena *a, table *t, const void *key, size_t length);
/* The same without adding: NULL if it is not there. */
void *table_find(const table *t, const void *key, size_t length);

/* ---- macros ------------------------------------------------------------------------------- */

typedef struct macro {
    const char *name;
    tokens body;     /* of the whole definition, name and parameters included */
    uint32_t begin;  /* the token behind them */
    uint32_t params; /* named ones */
    bool is_function, is_variadic;
} macro;

/* The use of a macro that the main file's text shows, alone or in an argument of another. */
typedef struct expansion {
    range at;
    const char *name;
    cx_cursor cursor;
    uint32_t region;                     /* in which argument it stands; 0: in none */
    uint32_t first_region, region_count; /* its own arguments */
} expansion;

/* An argument of a macro. Region 0 is the file. */
typedef struct region {
    range at;
    uint32_t expansion;
    uint32_t outer;
    bool is_rest; /* all that is behind the named parameters */
} region;

/* What the text shows of a range of libclang. */
typedef struct span {
    range at;               /* NOWHERE: not in the main file */
    const char *begin_body; /* its first token comes from the body of this macro; NULL */
    const char *end_body;   /* the same of its last */
    const char *whole;      /* it consists of pieces of this macro's arguments or body */
    uint32_t region;
} span;

/* ---- the pass ----------------------------------------------------------------------------- */

typedef struct cursors {
    cx_cursor *items;
    uint32_t count;
} cursors;

typedef struct reader {
    arena *arena;
    diagnostics *diagnostics;
    const input *in;
    const libclang *clang;
    source *source;
    unit *unit;
    tokens tokens; /* of the expanded text */
    cx_unit tu;
    cx_file main;
    expansion *expansions; /* in the order of the text, an outer one before its inner ones */
    uint32_t expansion_count;
    region *regions;
    uint32_t region_count;
    table macros;      /* of expansions, by the cursor of the definition */
    table definitions; /* of macros, by name: of the whole unit, when one is asked for */
    bool has_definitions;
    uint32_t *ends; /* of what the main file declares at file scope */
    uint32_t end_count;
    table symbols; /* "name", or "struct name": struct symbol */
    table callees; /* by name */
    table types, bounds;
    uint64_t pointer_size;
    struct origin *origins; /* of files */
    uint32_t origin_count;
} reader;

/* Children of a cursor. */
cursors children(reader *r, cx_cursor c);
bool same_range(cx_range a, cx_range b);
const char *spelling(reader *r, cx_cursor c);
/* The offset in the main file; false: it is elsewhere. */
bool main_offset(reader *r, cx_location at, uint32_t *offset);
place location_place(reader *r, cx_location at);
place cursor_place(reader *r, cx_cursor c);
/* The text of an annotation on a declaration that begins like that, or NULL. */
const char *annotation(reader *r, cx_cursor declaration, const char *begin);

/* read_macros.c */
void read_expansions(reader *r, const cx_cursor *items, uint32_t count);
span span_of(reader *r, cx_range extent);
const expansion *expansion_at(const reader *r, uint32_t begin);
/* The argument that an offset is in. */
uint32_t region_of(const reader *r, uint32_t offset);
/* It is in the use of a macro, and in no argument: a comma, a parenthesis, the name. */
bool is_between_arguments(const reader *r, uint32_t offset);
const macro *macro_of(reader *r, const expansion *e);
const macro *macro_named(reader *r, const char *name);
bool macro_parameter(const macro *m, const char *name, uint32_t *index);

/* read_names.c */
typedef struct symbol {
    const char *name;
    cx_cursor *items; /* all its declarations */
    uint32_t count;
} symbol;
void add_symbol(reader *r, cx_cursor c);
const symbol *find_symbol(const reader *r, const char *name);
void read_origins(reader *r);
/* Index in unit.includes of the directive that brings a declaration, or -1. */
int include_of(reader *r, cx_location at);
callee *callee_of(reader *r, cx_cursor declaration);
callee *callee_named(reader *r, const char *name);
bool is_name_declared(const unit *u, const char *name);

/* read_made.c */
/* What the main file makes of async functions by macro. */
void read_makings(reader *r);
/* The one that an offset of the main file lies in, or NULL. */
making *making_at(const reader *r, uint32_t offset);
/* Whether a struct stands for the frame of an async function, which nobody knows yet. */
bool is_stand_in(reader *r, cx_type t);
/* Adds the async functions whose frames are in a struct. */
void add_parts(reader *r, callee *k, cx_type t);

/* read_types.c */
type *read_type(reader *r, cx_type t);
/* As the type of a parameter: arrays and functions are pointers. */
type *read_parameter_type(reader *r, cx_type t);

/* ---- trees -------------------------------------------------------------------------------- */

typedef struct builder {
    reader *r;
    function *f;
    table vars; /* by the cursor of the declaration */
    table seen; /* nodes in arguments of macros, by kind and range */
    node *scope;
    uint32_t body_begin; /* where the statement around begins, if a macro's body holds it */
    bool unevaluated;
    bool is_wanted; /* a word is in the body, or the name of an async function */
    uint32_t owned;
} builder;

/* What of a node is its own, and not its kids': from that text it is known whose it is. */
typedef enum own_text { OWN_BEGIN, OWN_END, OWN_BOTH, OWN_MIDDLE } own_text;

/* A node whose text is `s`. Its kids are to be set. */
node *new_node(builder *b, node_kind kind, cx_cursor c, span s, uint32_t kids);
/* The kids are there: gives them their parent, finds out whose the node's own text is, and whether
 * the same text was there before. */
node *finish(builder *b, node *n, span s, own_text own);

/* read_tree.c */
void end_at_semicolon(builder *b, node *n);
node *build_statement(builder *b, cx_cursor c);
/* From its specifiers to its semicolon; false: it is not in the text of the main file. */
bool prototype_range(reader *r, cx_cursor c, range *at);
/* Some declaration of it is annotated. */
bool is_async_function(reader *r, cx_cursor c);
/* NULL: it is an ordinary function that is of no interest. */
function *build_function(reader *r, cx_cursor definition, bool is_async);

/* read_decl.c */
node *build_declarations(builder *b, cx_cursor c);
void add_param(builder *b, cx_cursor c);
var *find_var(const builder *b, cx_cursor declaration);

/* read_expr.c */
node *build_expression(builder *b, cx_cursor c);
/* Without what the compiler adds unseen. */
cx_cursor strip(reader *r, cx_cursor c);
/* Children that are expressions. */
cursors operands(reader *r, cx_cursor c);

/* read_words.c */
/* The word that a parenthesis is made of, or NULL. */
node *build_word(builder *b, cx_cursor paren);

/* read_operator.c */
typedef enum operator_kind {
    OPERATOR_OTHER,
    OPERATOR_AND,
    OPERATOR_OR,
    OPERATOR_ASSIGN,
    OPERATOR_COMMA,
} operator_kind;
/* Of a binary expression with these operands. *in_file: the main file's text shows it. */
operator_kind binary_operator(builder *b, cx_cursor c, span s, const node *left, const node *right,
                              bool *in_file);
/* The macro in whose body the operator stands. */
const char *operator_macro(const reader *r, span s, const node *left, const node *right);
/* The prefix operator of an operand in the body of a macro, "++" also where it stands behind; NULL:
 * the body does not tell. */
const char *unary_in_body(reader *r, const expansion *e, const node *operand);

#endif

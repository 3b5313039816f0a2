/*
 * gen/model.h: a file of async C, as the passes of bidec see it.
 *
 *     read.c      text -> model                       (the only one that knows libclang)
 *     check.c     refuses what cannot be compiled
 *     analyse.c   what lives across which suspension
 *     layout.c    where that lives in the frame
 *     emit*.c     model -> header and source
 *
 * A pass fills the members under its name and reads those above. Everything is allocated in one
 * arena and lives until the end of the run. Positions are byte offsets in the main file.
 */
#ifndef BIDEC_MODEL_H
#define BIDEC_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "diag.h"

/* ---- text --------------------------------------------------------------------------------- */

/* [begin, end) in the main file. NOWHERE for what has no text of its own there. */
typedef struct range {
    uint32_t begin, end;
} range;
#define NOWHERE ((range){UINT32_MAX, UINT32_MAX})

/* ---- types -------------------------------------------------------------------------------- */

typedef struct type {
    /* A declaration of `name` with this type, without outer qualifiers, is before + name + after:
     * "int ", "[4]"; "int (*", ")(void)". A typedef keeps its name. */
    const char *before, *after;
    const char *spelling;  /* as an abstract type: "int[4]" */
    const char *canonical; /* typedefs resolved, unqualified: equal text, equal type */
    uint64_t size, align;  /* in bytes; 0 where the type is incomplete or void */
    bool is_void, is_array, is_pointer, is_record; /* after typedefs; record: struct or union */
    bool is_const, is_volatile, is_atomic;         /* outermost; is_const also of array elements */
    bool is_signed, is_integer, is_scalar;
    bool is_variable; /* variably modified, at any depth */
    const char *constant; /* a const member of the struct or union, at any depth: it cannot be
                             assigned; or NULL */
    bool is_unnamed;  /* holds an unnamed struct, union or enum that has no typedef name */
    /* The tag or typedef that the type needs declared and that is declared inside a function body
     * (in_function) or in the main file (in_main), by value or behind a pointer; the name, and
     * where. needs is NULL for built-in types and those that come from headers. */
    const char *needs;
    bool needs_in_function, needs_in_main, needs_complete;
    place needs_at;
    struct making *making; /* which declares that, or NULL */
    /* For frames in headers: index in unit.includes of the directive that brings it, or -1. */
    int include;
    /* Why the type may not change threads: the annotated type found by value (or behind pointers)
     * in it and where it is declared; NULL: nothing against it. */
    const char *bound;
    place bound_at;
} type;

/* ---- functions ---------------------------------------------------------------------------- */

typedef struct parameter {
    const char *name; /* NULL: unnamed */
    type *type;       /* adjusted: arrays and functions are pointers */
} parameter;

/* The use of a macro at file scope that makes something of async functions of this file, or of what
 * another makes: BIDE_TIMEOUT(F_timed, F); */
typedef struct making {
    range at; /* with its semicolon */
    place line;
    const char *macro;
    struct callee **parts; /* the async functions that it names */
    uint32_t part_count;
    struct making **uses; /* what makes the other names */
    uint32_t use_count;
    int *includes; /* in which its names are declared: indices in unit.includes */
    uint32_t include_count;
    const char *private_name; /* one that only the main file knows, or NULL */
    place private_at;
    bool in_header, is_written; /* emit: where it has been written */
} making;

/* A future type as its callers know it: of this file, of a header, by macro, or dyn. */
typedef struct callee {
    const char *name;
    type *result;
    parameter *params;
    uint32_t param_count;
    bool is_async;       /* annotated async: generated, here or elsewhere */
    bool is_generator;   /* annotated async_gen */
    bool is_future;      /* struct NAME and NAME_poll are declared: by macro, by hand, dyn */
    bool is_dyn;         /* a dyn call: struct NAME was emitted by BIDE_INTERFACE */
    bool in_main;        /* declared in the main file */
    bool in_system;      /* declared in a system header */
    bool is_variadic;
    bool is_stand_in;    /* async, and named by BIDE_FUTURE_BY_ASYNC: what is made of it by macro
                            knows it */
    struct callee **parts; /* a future made by macro: async functions whose frames are in it */
    uint32_t part_count;
    struct making *making; /* which makes it, in the main file; or NULL */
    int include;         /* index in unit.includes of the directive that brings it, or -1 */
    place at;            /* of its declaration */
    uint64_t frame_size, frame_align; /* of struct NAME where it is complete, else 0 */
    long long flags;     /* NAME_flags where that is known, else -1 */
    long long cancels;   /* NAME_bide_cancels, likewise */
    struct function *definition; /* in this file, or NULL */
} callee;

typedef struct var {
    const char *name;
    type *type;
    struct node *decl;   /* its N_VAR; NULL for parameters */
    struct node *block;  /* whose scope it is in: N_BLOCK, N_FOR, ...; the body for params */
    uint32_t index;      /* in function.vars */
    place at;
    range name_at;       /* of its name in the declaration; NOWHERE if that is in a macro body */
    bool is_param, is_static /* or extern: no storage in the frame */;
    bool is_register;
    bool is_async;       /* async T x = f(...): a child future */
    bool is_cancelled;   /* check: a child that must be cancelled, and not dropped */
    const char *cleanup; /* scoped(fn): "fn"; NULL */
    callee *cleanup_fn;  /* the same, resolved */
    const char *owned;   /* parameter named in owned(fn, p): "fn" */
    uint32_t owned_order;
    const char *raw_cleanup; /* a cleanup attribute written without scoped */
    uint64_t align_as;   /* _Alignas, or 0 */
    /* analyse */
    bool escapes;        /* its address is taken */
    bool resident;       /* lives in the frame at a fixed place while its scope is entered */
    bool saved;          /* a C local that is saved at some suspension */
    bool shadowed;       /* another local of its name hides it at some suspension */
    /* layout */
    struct group *home;  /* residents and async variables */
    const char *field;   /* its name there */
    bool is_assigned;    /* analyse: somewhere behind its declaration */
    bool kept;           /* layout: a parameter that stays where it was put first */
} var;

/* ---- the tree ----------------------------------------------------------------------------- */

typedef enum node_kind {
    /* statements; `at` includes the final semicolon where there is one */
    N_BLOCK,    /* kids: statements */
    N_DECLS,    /* kids: N_VAR; others (typedef, struct, prototype) are left out */
    N_VAR,      /* kids[0]: initialiser, or count 0 */
    N_EXPR,     /* kids[0]: an expression as a statement */
    N_IF,       /* cond, then, else or NULL */
    N_WHILE,    /* cond, body */
    N_DO,       /* body, cond */
    N_FOR,      /* init (N_DECLS, N_EXPR) or NULL, cond or NULL, step or NULL, body */
    N_SWITCH,   /* cond, body */
    N_CASE,     /* kids[0]: the statement behind the label; `head` is the label with its colon */
    N_DEFAULT,  /* the same */
    N_LABEL,    /* the same; name */
    N_GOTO,     /* name */
    N_GOTO_COMPUTED,
    N_BREAK,
    N_CONTINUE,
    N_RETURN,   /* kids[0]: the value, or count 0 */
    N_EMPTY,
    N_ASM,
    N_OTHER,    /* any other statement */
    /* expressions */
    N_REF,      /* var: a local or parameter */
    N_NAME,     /* name: anything else that is named (function, global, enumerator) */
    N_CALL,     /* kids[0]: what is called; the rest: arguments. callee if called by name */
    N_AND,      /* && */
    N_OR,       /* || */
    N_COND,     /* ?: with three kids; GNU ?: is N_COND_GNU with two */
    N_COND_GNU,
    N_COMMA,
    N_ASSIGN,   /* = : lvalue, value */
    N_UPDATE,   /* op= : lvalue, value; ++ and -- : lvalue */
    N_ADDRESS,  /* & */
    N_DEREF,    /* * */
    N_INDEX,    /* base, index */
    N_MEMBER,   /* base; name; is_arrow */
    N_CAST,
    N_PAREN,
    N_UNEVALUATED, /* sizeof, _Alignof, typeof, _Generic's control: kids were not evaluated */
    N_LITERAL,  /* compound literal: kids[0] the list */
    N_LIST,     /* initialiser list */
    N_STATEMENT_EXPR,
    N_VALUE,    /* any other expression; kids: its operands */
    /* the words of async_source.h; `at` is the whole word with its parentheses */
    N_AWAIT,       /* kids[0]: N_CALL, N_BOXED, or N_REF of an async variable; else an error */
    N_AWAIT_TRY,   /* the same; kids[1]: the predicate, or NULL */
    N_AWAIT_CATCH, /* the same; kids[1]: the lvalue for the result, or NULL */
    N_AWAIT_NEXT,  /* kids[0]: lvalue for the item, kids[1]: N_REF of an async variable */
    N_YIELD,       /* kids[0]: the item */
    N_BOXED,       /* kids[0]: N_CALL */
    N_JOIN,        /* kids: N_REF of async variables */
    N_SELECT,      /* the same; the losers stay */
    N_RACE,        /* the same; the losers are dropped */
    N_DROP,        /* kids[0]: N_REF of an async variable */
    N_SPAWN,       /* kids: where, N_CALL, then the handle's address or NULL */
    N_OWNED,       /* owned(fn, p) as a statement; var, name: fn */
    N_FAIL,        /* fail(code) as a statement; kids[0]: the code */
} node_kind;

typedef struct node {
    node_kind kind;
    range at;   /* its text in the main file: what to copy, or to replace */
    range head; /* labels: without the statement */
    struct node *parent;
    struct node **kids;
    uint32_t count;
    place line;        /* where it is, for diagnostics and #line */
    type *type;        /* expressions */
    var *var;          /* N_REF, N_VAR, N_OWNED */
    const char *name;  /* N_GOTO, N_LABEL, N_MEMBER, N_NAME, N_OWNED */
    callee *callee;    /* N_CALL by name; N_NAME of a function */
    const char *macro; /* the macro whose body its text comes from: it cannot be edited there. The
                          arguments of a macro are text of the main file, and have none */
    bool is_arrow;     /* N_MEMBER */
    bool is_unevaluated; /* it, or something around it, is not evaluated */
    bool is_repeated;  /* the same text occurs twice in the tree: a macro used its argument twice */
    bool is_constant;  /* N_CASE values and the like need not be looked at */
    /* analyse */
    bool awaits;       /* it, or something in it, suspends */
    struct site *site; /* of a word that suspends */
    uint32_t temp;     /* number of the temporary that holds its value; 0: none */
} node;

/* ---- suspensions -------------------------------------------------------------------------- */

/* One place at which a function can be suspended: a word that awaits, a yield, an async cleanup,
 * the cancellation of an async variable. */
typedef struct site {
    uint32_t number; /* the value of the state word; from 1, in the order of the text */
    node *word;      /* NULL at the end of a scope */
    var *cleanup;    /* an async cleanup: whose; or the async variable that is cancelled */
    callee *callee;  /* whose future waits; NULL for yield, join, select, race, async variables */
    bool boxed;      /* the child's frame is a box */
    place line;
    uint64_t *live;  /* analyse: bitset over function.vars, then temporaries, at the suspension */
    struct group *group; /* layout: its member of the frame */
    bool unwinding;      /* the await of an async cleanup on the way out of the function */
    bool is_emitted;     /* emit: its label exists */
} site;

/* A temporary of lowering: the value of a word, or of an operator that holds one. */
typedef struct temp {
    type *type;
    node *of;
} temp;

/* A struct in the frame. The root holds residents of the body and a union of its kids; a kid is the
 * same for an inner block, or what one site saves. */
typedef struct field {
    const char *name;
    type *type;          /* NULL: a child, a box, or a flag */
    callee *child;       /* struct NAME, or a bide_box if boxed */
    bool boxed, is_flag; /* flag: uint8_t */
    var *var;            /* whose, or NULL */
    uint32_t temp;       /* whose, or 0 */
    uint64_t size, align;
} field;

typedef struct group {
    const char *name; /* s3: site 3; b2: block 2; root: NULL */
    struct group *parent;
    struct group **kids;
    uint32_t kid_count;
    field *fields;    /* in the order of the struct */
    uint32_t field_count;
    site *site;       /* what it belongs to */
    node *block;
    const char *path; /* from the frame: "bide_u.b2.bide_u.s3", "" for the root */
    uint64_t size, align;
    uint32_t opens_at; /* the offset in the text from which on it is in use */
} group;

typedef struct function {
    const char *name;
    callee *self;      /* as callers see it */
    type *result;
    var **params;
    uint32_t param_count;
    node *body;
    range at;          /* the definition in the main file, with its specifiers */
    range head;        /* from `async` to before the body */
    place line;
    bool is_static, is_inline;
    bool is_generator; /* async_gen */
    bool wants_send;   /* async_send */
    bool never_pended; /* no sites: what it awaits never waits */
    var **vars;        /* parameters first, then locals in the order of the text */
    uint32_t var_count;
    /* analyse */
    site **sites;
    uint32_t site_count;
    temp *temps;       /* number i is temps[i - 1] */
    uint32_t temp_count;
    bool surely_waits; /* check: an async cleanup, here or in a child that this file knows */
    bool waits;        /* an async cleanup, here or, for all that this file knows, in a child */
    bool has_cancel;   /* the same, or a child that is known at run time only */
    bool is_recursive;
    bool is_send, is_unpin;
    /* layout */
    group *root;
    uint64_t frame_size, frame_align;
    /* analyse: functions with async cleanups keep the code of their end, and the value that they
     * return, in temporaries while they wait */
    uint32_t code_temp, result_temp;
    bool has_labels; /* a goto may lead back to before a declaration */
    bool is_small;  /* emit: its start is inlined always */
    uint32_t depth; /* emit: of small functions in it; 0: not known yet */
} function;

/* ---- the file ----------------------------------------------------------------------------- */

/* An #include directive of the main file. */
typedef struct include {
    const char *spelling; /* with its quotes or brackets: "\"conn.h\"" */
    range at;             /* the whole line without its newline */
    bool is_view;         /* <bide/async_source.h> */
} include;

/* A prototype of an async function in the main file, or any other text that the output leaves
 * out (instantiate). */
typedef struct cut {
    range at;
    callee *callee;
} cut;

/* instantiate(f, T) */
typedef struct instance {
    const char *generic, *type;
    range at;
    place line;
} instance;

typedef struct unit {
    arena *arena;
    const char *path;  /* as it was given */
    const char *text;
    uint32_t length;
    include *includes;
    uint32_t include_count;
    function **functions; /* async ones, in the order of the text */
    uint32_t function_count;
    function **others; /* ordinary functions of the main file that hold words (spawn), or call or
                          name async functions: for check.c */
    uint32_t other_count;
    callee **callees;  /* every function that is called or named in them, and async prototypes */
    uint32_t callee_count;
    cut *cuts;
    uint32_t cut_count;
    instance *instances;
    uint32_t instance_count;
    making **makings;  /* in the order of the text */
    uint32_t making_count;
    range *skipped;    /* text that #if left out */
    uint32_t skipped_count;
    const char **files;   /* every file that was read, for the depfile */
    uint32_t file_count;
    /* Names declared at file scope anywhere in the translation unit. */
    bool (*is_declared)(const struct unit *unit, const char *name);
    const void *names;
    struct diagnostics *diagnostics;
    /* Where an offset of the text came from: copies of generic functions move what follows. NULL:
     * the text is the file. */
    place (*place_at)(const struct unit *unit, uint32_t offset);
    const void *source; /* for place_at */
} unit;

#endif

/*
 * gen/emit.h: what the emitting files share.
 */
#ifndef BIDEC_EMIT_H
#define BIDEC_EMIT_H

#include "flow.h"
#include "passes.h"

typedef struct writer {
    unit *unit;
    const output *options;
    text *to;
    function *function; /* whose body is being written; NULL in ordinary functions */
    uint32_t indent;    /* columns before a line of glue */
    bool is_off_line;   /* the next line of the source needs a #line */
    var **active;       /* variables in scope that need an ending, outermost first */
    uint32_t active_count;
    bool *temp_used;    /* by number */
    node *moved_continue; /* the loop that was taken apart, whose continue is a goto */
    bool continue_used;
    bool end_used;      /* the label bide_end */
    bool *unwind_used;  /* by index of a variable: its label */
    uint32_t loops;     /* number of the loop that moved_continue is */
    uint32_t loop_count;
    callee **spawned;   /* whose helper has been written */
    uint32_t spawned_count;
    bool *frames_done;  /* by index of a function in the unit */
    bool *declared;     /* the same: what its callers use is written, too */
    bool in_header;     /* static functions have names of the file's own there */
} writer;

/* ---- emit_text.c: copying and substituting ------------------------------------------------ */

/* Writes a piece of the source as it is. */
void copy_source(writer *w, text *to, uint32_t begin, uint32_t end);
/* Writes it to the output, with a #line where one is due. */
void copy_gap(writer *w, uint32_t begin, uint32_t end);
/* Writes an expression: words become what holds their values, residents their fields. */
void render(writer *w, text *to, node *n);
const char *rendered(writer *w, node *n);
/* The next part of a node to the right of an offset, in the order of the text. */
node *next_kid(const node *n, uint32_t from);
bool is_statement(const node *n);
/* Whether an expression or a statement is not copied as it is. */
bool is_touched(writer *w, node *n);
/* Whether a jump to a label comes past declarations that would have taken the frame. */
bool takes_frame(const writer *w, const node *n);
/* How a variable is written in the output. */
const char *var_text(writer *w, const var *v);
/* The field of an async variable: "bide_f->x.kid" and so on. */
const char *async_text(writer *w, const var *v, const char *member);
const char *live_text(writer *w, const var *v);
/* Arguments of a call, each with a comma before it. */
void render_args(writer *w, text *to, node *call, bool comma_first);
/* A declaration, with what C++ spells otherwise put right. */
const char *declared(arena *a, const type *t, const char *name);
const char *spelled(arena *a, const type *t);
/* What a pointer to a result may be made of: T, or void. */
const char *result_text(arena *a, const type *t);

/* Lines of glue: each begins on a line of its own, indented. */
void glue(writer *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Lines that follow are those of the generated file; of the source. */
void glue_lines(writer *w);
void source_line(writer *w, place at);
/* Puts the numbers into the #line directives that glue_lines() left open. */
void finish_lines(unit *u, text *to, const char *name);

/* ---- emit_site.c: suspensions ------------------------------------------------------------- */

/* Functions of a future type as this file calls them. */
const char *begin_of(writer *w, const callee *c);
/* Whether it may have to be cancelled, and not dropped: it, or something in it, has a cleanup that
 * waits. */
/* Where a failure goes from here. */
const char *unwind_label(writer *w);
/* Awaits a word; the value goes to `out` (the address of a place), or its temporary. */
void emit_word(writer *w, node *word, const char *out);
/* Starts an async variable. */
void emit_async_start(writer *w, var *v);
void emit_async_drop(writer *w, const var *v, bool is_last);
/* The same for one that must be cancelled. */
void emit_async_cancel(writer *w, const var *v, bool unwinding);
/* The await of an async cleanup. */
void emit_async_cleanup(writer *w, var *v, bool unwinding);
bool async_is_boxed(const var *v);

/* ---- emit_decl.c: declarations ------------------------------------------------------------ */

void emit_decls(writer *w, node *n);
/* Makes sure that the frame is there, or leaves with BIDE_ENOMEM. */
void emit_take(writer *w);
bool same_type(const type *a, const type *b);
/* Whether an await may put its result straight into a variable. */
bool writes_through(const node *word, const var *v);

/* ---- emit_body.c: statements -------------------------------------------------------------- */

void emit_statement(writer *w, node *n);
/* Runs what awaits in an expression. */
void emit_hoist(writer *w, node *n);

/* ---- emit_made.c: what macros make of futures of this file -------------------------------- */

/* Writes its parts, then the use of the macro, unless it was written before. */
void emit_making(writer *w, making *m);
/* The includes that a header needs for it. */
void need_making(bool *needed, const making *m);

/* ---- emit_source.c ------------------------------------------------------------------------ */

/* Frame and declarations of a function. */
void emit_needed(writer *w, function *f);
/* The source goes on at this offset. */
void back_to_source(writer *w, uint32_t offset);

/* ---- emit_frame.c: the frame -------------------------------------------------------------- */

/* What a frame of a static function is called in the header: its name belongs to the file. */
const char *header_prefix(arena *a, const output *o);
/* Prototype, Output and facts. */
void emit_names(writer *w, const function *f);
/* Struct and flags, frames of children in this file first; then the names, but not those of a
 * static function in a header. */
void emit_frame(writer *w, function *f);
/* ", T a, U b" and ", a, b" */
const char *parameter_list(arena *a, const function *f, const char *before);
const char *argument_list(arena *a, const function *f, const char *before);
const char *state_path(const function *f);
bool owns_parameters(const function *f);

/* ---- emit_future.c: the functions of the future type -------------------------------------- */

/* What a header says of an exported function, and the source of all of them. */
void emit_declarations(writer *w, function *f);
void emit_near(writer *w, function *f);
/* Behind the body: poll, drop, start, trace, the record. */
void emit_wrappers(writer *w, function *f);

#endif

/*
 * gen/emit_future.c: the functions around a body that bide/future.h promises, and the record.
 */
#include <string.h>

#include "emit.h"

/* ---- captures ---------------------------------------------------------------------------- */

/* Where a parameter lies in a frame that was not polled. */
static const char *captured(writer *w, const function *f, const var *v)
{
    const group *g = f->root->kids[0]; /* s0 */
    if (v->resident || v->kept)
        return arena_print(w->unit->arena, "bide_f->%s", v->field);
    for (uint32_t i = 0; i < g->field_count; i++)
        if (g->fields[i].var == v)
            return arena_print(w->unit->arena, "bide_f->%s.%s", g->path, g->fields[i].name);
    return v->name;
}

static void emit_init(writer *w, const function *f)
{
    text_printf(w->to, "BIDE_INLINE void %s_init(%s)\n{\n", f->name,
                parameter_list(w->unit->arena, f,
                               arena_print(w->unit->arena, "struct %s *bide_f", f->name)));
    text_printf(w->to, "    BIDE_PRIV_CHECK_INIT(%s, bide_f)\n    bide_f->%s = 0;\n", f->name,
                state_path(f));
    for (uint32_t i = 0; i < f->param_count; i++) {
        const var *v = f->params[i];
        text_printf(w->to, "    %s = %s;\n", captured(w, f, v), v->name);
    }
    text_puts(w->to, "}\n");
}

static const char *or_void(const char *list)
{
    return *list ? list : "void";
}

/* ---- declarations ------------------------------------------------------------------------ */

static void prototype(writer *w, const function *f, const char *linkage, const char *result,
                      const char *name, const char *params)
{
    text_printf(w->to, "%s%s%s_%s(%s);\n", linkage, result, f->name, name, params);
}

/* Whether calls of F_drop are refused where F turns out to be BIDE_NO_DROP; what it takes then. The
 * functions that the file uses itself take the frame. */
static bool refuses_drop(const function *f, const char *near)
{
    return f->has_cancel && !f->is_generator && !*near;
}

static const char *dropped(arena *a, const function *f, const char *near)
{
    return refuses_drop(f, near) ? arena_print(a, "%s_bide_dropped %s", f->name, f->name)
                                 : arena_print(a, "struct %s *bide_f", f->name);
}

static void emit_dropped(writer *w, const function *f, const char *near)
{
    if (refuses_drop(f, near))
        text_printf(w->to, "    struct %s *const bide_f = BIDE_PRIV_DROPPED_FRAME(%s, %s);\n",
                    f->name, f->name, f->name);
}

/* F_poll and so on; `near` are the functions that this file uses itself. */
static void emit_prototypes(writer *w, const function *f, const char *linkage, const char *start,
                            const char *near)
{
    arena *a = w->unit->arena;
    const char *out = result_text(a, f->result);
    const char *end = arena_print(a, ", bide_context *bide_cx, %s *bide_out", out);
    prototype(w, f, start, "bide_poll ", arena_print(a, "%spoll", near),
              arena_print(a, "struct %s *bide_f%s", f->name, end));
    if (refuses_drop(f, near))
        text_printf(w->to, "BIDE_PRIV_DROPPED(%s)\n", f->name);
    prototype(w, f, linkage, "void ", arena_print(a, "%sdrop", near), dropped(a, f, near));
    if (f->is_generator)
        return;
    prototype(w, f, start, "bide_poll ", arena_print(a, "%sstart", near),
              arena_print(a, "%s%s",
                          parameter_list(a, f, arena_print(a, "struct %s *bide_f", f->name)), end));
    prototype(
        w, f, start, "bide_poll ", arena_print(a, "bide_%sstart_in", *near ? "near_" : ""),
        arena_print(a, "%s%s", parameter_list(a, f, "const bide_priv_place *bide_place"), end));
    if (!*near)
        prototype(w, f, linkage, "bide_poll ", "start_box",
                  arena_print(a, "%s, bide_allocator *bide_a%s",
                              parameter_list(a, f, "bide_box *bide_b"), end));
}

static void emit_begin(writer *w, const function *f, const char *near)
{
    arena *a = w->unit->arena;
    const char *args = argument_list(a, f, "");
    const char *comma = *args ? ", " : "";
    text_printf(w->to,
                "BIDE_PRIV_ALWAYS bide_poll %s_bide_%sbegin(%s, bide_context *bide_cx, "
                "%s *bide_out)\n{\n",
                f->name, *near ? "near_" : "",
                parameter_list(a, f, "const int bide_kind, void *bide_at"),
                result_text(a, f->result));
    text_printf(w->to,
                "    if (bide_kind == BIDE_PRIV_KID_BOXED)\n"
                "        return %s_start_box((bide_box *)bide_at%s%s, NULL, bide_cx, bide_out);\n",
                f->name, comma, args);
    text_printf(w->to,
                "    if (bide_kind == BIDE_PRIV_KID_LAZY)\n"
                "        return %s_bide_%sstart_in((const bide_priv_place *)bide_at%s%s, bide_cx, "
                "bide_out);\n",
                f->name, *near ? "near_" : "", comma, args);
    text_printf(w->to, "    return %s_%sstart((struct %s *)bide_at%s%s, bide_cx, bide_out);\n}\n",
                f->name, near, f->name, comma, args);
}

static void emit_discard(writer *w, const function *f)
{
    text_printf(w->to, "BIDE_INLINE void %s_discard(%s)\n{\n", f->name,
                or_void(parameter_list(w->unit->arena, f, "")));
    for (uint32_t i = f->param_count; i-- > 0;) {
        const var *v = f->params[i];
        if (v->owned)
            text_printf(w->to, "    %s(&%s);\n", v->owned, v->name);
        else
            text_printf(w->to, "    (void)%s;\n", v->name);
    }
    text_puts(w->to, "}\n");
}

void emit_declarations(writer *w, function *f)
{
    arena *a = w->unit->arena;
    const char *linkage = f->is_static ? "BIDE_INLINE " : "BIDE_PRIV_EXTERN_C ";
    const char *start = f->is_static && f->is_small ? "BIDE_PRIV_ALWAYS " : linkage;
    if (f->is_static)
        text_printf(w->to, "static const bide_type %s_type BIDE_PRIV_UNUSED;\n", f->name);
    else
        text_printf(w->to, "BIDE_PRIV_EXTERN_C const bide_type %s_type;\n", f->name);
    emit_prototypes(w, f, linkage, start, "");
    if (f->has_cancel)
        prototype(w, f, linkage, "bide_poll ", "cancel",
                  arena_print(a, "struct %s *bide_f, bide_context *bide_cx", f->name));
    emit_init(w, f);
    if (!owns_parameters(f) || f->is_static)
        emit_discard(w, f);
    else
        prototype(w, f, linkage, "void ", "discard", or_void(parameter_list(a, f, "")));
    if (f->is_generator)
        text_printf(w->to,
                    "BIDE_INLINE bide_poll %s_poll_next(struct %s *bide_f, bide_context *bide_cx, "
                    "%s *bide_out)\n{\n    return %s_poll(bide_f, bide_cx, bide_out);\n}\n",
                    f->name, f->name, result_text(a, f->result), f->name);
    else
        emit_begin(w, f, "");
}

/* The same functions without external linkage: calls in the file go to them, and can be inlined. */
void emit_near(writer *w, function *f)
{
    if (f->is_static)
        return;
    emit_prototypes(w, f, "BIDE_INLINE ", f->is_small ? "BIDE_PRIV_ALWAYS " : "BIDE_INLINE ",
                    "bide_near_");
    if (!f->is_generator)
        emit_begin(w, f, "bide_near_");
}

/* ---- definitions ------------------------------------------------------------------------- */

static void define(writer *w, const function *f, const char *linkage, const char *result,
                   const char *name, const char *params)
{
    text_printf(w->to, "%s%s%s_%s(%s)\n{\n", linkage, result, f->name, name, params);
}

static void emit_args(writer *w, const function *f)
{
    if (!f->param_count)
        return;
    text_printf(w->to, "    struct %s_bide_args bide_args;\n", f->name);
    for (uint32_t i = 0; i < f->param_count; i++)
        text_printf(w->to, "    BIDE_PRIV_ARG(%s, %s);\n", f->name, f->params[i]->name);
}

static void call_run(writer *w, const function *f, const char *op, const char *frame,
                     const char *at, const char *cx, const char *out)
{
    bool with = strcmp(op, "START") == 0 || strcmp(op, "LAZY") == 0;
    text_printf(w->to, "%s_bide_run(BIDE_PRIV_RUN_%s, %s, %s, %s, %s, %s)", f->name, op, frame, at,
                with && f->param_count ? "&bide_args" : "NULL", cx, out);
}

static void emit_start_box(writer *w, const function *f, const char *linkage, const char *end)
{
    arena *a = w->unit->arena;
    define(w, f, linkage, "bide_poll ", "start_box",
           arena_print(a, "%s, bide_allocator *bide_a%s", parameter_list(a, f, "bide_box *bide_b"),
                       end));
    text_printf(w->to,
                "    bide_priv_root bide_root = {NULL, bide_a, bide_cx, sizeof(struct %s), "
                "BIDE_PRIV_BOX_OFFSET(%s)};\n"
                "    const bide_priv_place bide_place = {&bide_root, 0};\n    bide_poll bide_r;\n",
                f->name, f->name);
    emit_args(w, f);
    text_printf(w->to, "    bide_r = BIDE_PRIV_CHECK_START_IN(%s, &bide_place, bide_cx,\n        ",
                f->name);
    call_run(w, f, "LAZY", "NULL", "&bide_place", "bide_cx", "bide_out");
    text_printf(w->to,
                ");\n"
                "    if (bide_r == BIDE_PENDING) {\n"
                "        bide_b->frame = bide_root.frame;\n        bide_b->type = &%s_type;\n"
                "    } else if (bide_root.frame) {\n"
                "        bide_priv_frame_undo(bide_root.frame, sizeof(struct %s), "
                "BIDE_PRIV_BOX_OFFSET(%s));\n    }\n    return bide_r;\n}\n",
                f->name, f->name, f->name);
}

/* poll, drop and the starts, under the names that the file itself uses. */
static void emit_inner(writer *w, const function *f, const char *near, const char *end)
{
    arena *a = w->unit->arena;
    const char *frame = arena_print(a, "struct %s *bide_f", f->name);
    const char *linkage = "BIDE_INLINE ";
    const char *start = f->is_small ? "BIDE_PRIV_ALWAYS " : linkage;
    define(w, f, start, "bide_poll ", arena_print(a, "%spoll", near),
           arena_print(a, "%s%s", frame, end));
    text_printf(w->to, "    return BIDE_PRIV_CHECK_POLL(%s, bide_f, bide_cx, 1,\n        ",
                f->name);
    call_run(w, f, "POLL", "bide_f", "NULL", "bide_cx", "bide_out");
    text_puts(w->to, ");\n}\n");
    define(w, f, linkage, "void ", arena_print(a, "%sdrop", near), dropped(a, f, near));
    emit_dropped(w, f, near);
    text_printf(w->to, "    BIDE_PRIV_CHECK_DROP(%s, bide_f)\n    (void)", f->name);
    call_run(w, f, "DROP", "bide_f", "NULL", "NULL", "NULL");
    text_puts(w->to, ";\n}\n");
    if (f->is_generator)
        return;
    define(w, f, start, "bide_poll ", arena_print(a, "%sstart", near),
           arena_print(a, "%s%s", parameter_list(a, f, frame), end));
    emit_args(w, f);
    text_printf(w->to, "    return BIDE_PRIV_CHECK_START(%s, bide_f, bide_cx,\n        ", f->name);
    call_run(w, f, "START", "bide_f", "NULL", "bide_cx", "bide_out");
    text_puts(w->to, ");\n}\n");
    define(w, f, start, "bide_poll ", arena_print(a, "bide_%sstart_in", *near ? "near_" : ""),
           arena_print(a, "%s%s", parameter_list(a, f, "const bide_priv_place *bide_place"), end));
    emit_args(w, f);
    text_printf(w->to, "    return BIDE_PRIV_CHECK_START_IN(%s, bide_place, bide_cx,\n        ",
                f->name);
    call_run(w, f, "LAZY", "NULL", "bide_place", "bide_cx", "bide_out");
    text_puts(w->to, ");\n}\n");
}

/* The exported names call the near ones. */
static void emit_outer(writer *w, const function *f, const char *end)
{
    arena *a = w->unit->arena;
    const char *frame = arena_print(a, "struct %s *bide_f", f->name);
    const char *args = argument_list(a, f, "");
    const char *comma = *args ? ", " : "";
    define(w, f, "", "bide_poll ", "poll", arena_print(a, "%s%s", frame, end));
    text_printf(w->to, "    return %s_bide_near_poll(bide_f, bide_cx, bide_out);\n}\n", f->name);
    define(w, f, "", "void ", "drop", dropped(a, f, ""));
    emit_dropped(w, f, "");
    text_printf(w->to, "    %s_bide_near_drop(bide_f);\n}\n", f->name);
    if (f->is_generator)
        return;
    define(w, f, "", "bide_poll ", "start",
           arena_print(a, "%s%s", parameter_list(a, f, frame), end));
    text_printf(w->to, "    return %s_bide_near_start(bide_f%s%s, bide_cx, bide_out);\n}\n",
                f->name, comma, args);
    define(w, f, "", "bide_poll ", "bide_start_in",
           arena_print(a, "%s%s", parameter_list(a, f, "const bide_priv_place *bide_place"), end));
    text_printf(w->to, "    return %s_bide_near_start_in(bide_place%s%s, bide_cx, bide_out);\n}\n",
                f->name, comma, args);
}

/* ---- trace and record -------------------------------------------------------------------- */

/* One row of the table: a child of a suspension, by its path, behind a flag that says whether it is
 * there. child: NULL for a suspension that has none. */
static void trace_row(writer *w, const function *f, const site *s, const callee *child,
                      bool is_boxed, const char *path, const char *flag)
{
    const char *frame = "bide_f->";
    text_printf(w->to, "    {%u, %u, ", s->number, s->line.line);
    if (!child) {
        text_puts(w->to, "0, 0, 0, NULL},\n");
        return;
    }
    text_printf(w->to, "offsetof(struct %s, %s),", f->name, path + strlen(frame));
    if (flag)
        text_printf(w->to, "\n     offsetof(struct %s, %s),", f->name, flag + strlen(frame));
    else
        text_puts(w->to, " 0,");
    text_printf(w->to, "\n     BIDE_PRIV_KID_%s, &%s_type},\n", is_boxed ? "BOXED" : "EMBEDDED",
                child->name);
}

static void trace_variable(writer *w, const function *f, const site *s, const var *v)
{
    bool is_boxed = async_is_boxed(v);
    trace_row(w, f, s, async_callee(v), is_boxed, async_text(w, v, is_boxed ? "box" : "kid"),
              live_text(w, v));
}

static bool trace_variables(writer *w, const function *f, const site *s)
{
    bool any = false;
    for (uint32_t i = 0; i < s->word->count; i++) {
        node *r = bare(s->word->kids[i]);
        if (!r || r->kind != N_REF || !r->var->is_async)
            continue;
        trace_variable(w, f, s, r->var);
        any = true;
    }
    return any;
}

/* The table serves the trace operation, and debuggers, which cannot call it in a core file. */
static void emit_trace(writer *w, function *f)
{
    text_printf(w->to, "\nstatic const bide_priv_site %s_bide_rows[] = {\n", f->name);
    for (uint32_t i = 0; i < f->site_count; i++) {
        const site *s = f->sites[i];
        if (!s->is_emitted)
            continue;
        if (s->callee)
            trace_row(w, f, s, s->callee, s->boxed,
                      arena_print(w->unit->arena, "bide_f->%s.bide_kid", s->group->path), NULL);
        else if (s->cleanup)
            trace_variable(w, f, s, s->cleanup);
        else if (!s->word || !trace_variables(w, f, s))
            trace_row(w, f, s, NULL, false, NULL, NULL);
    }
    text_printf(w->to,
                "    {0, 0, 0, 0, 0, NULL},\n};\n"
                "static const bide_priv_sites %s_bide_sites = {\n    \"%s\", %s_bide_rows};\n\n"
                "BIDE_INLINE void %s_bide_trace(const void *bide_f, bide_tracer *bide_tr)\n{\n"
                "    bide_priv_trace_sites(bide_f, &%s_type, &%s_bide_sites, bide_tr);\n}\n",
                f->name, w->options->line_path, f->name, f->name, f->name, f->name);
}

static void emit_record(writer *w, const function *f)
{
    const char *out = f->result->is_void ? NULL : spelled(w->unit->arena, f->result);
    text_printf(w->to,
                "BIDE_INLINE bide_poll %s_bide_poll(void *bide_f, bide_context *bide_cx, "
                "void *bide_out)\n{\n    return %s_poll((struct %s *)bide_f, bide_cx, "
                "(%s *)bide_out);\n}\n",
                f->name, f->name, f->name, out ? out : "void");
    text_printf(w->to,
                refuses_drop(f, "") ? "BIDE_INLINE void %s_bide_drop(void *bide_f)\n{\n"
                                      "    BIDE_PRIV_LET_GO(%s, (struct %s *)bide_f);\n}\n"
                                    : "BIDE_INLINE void %s_bide_drop(void *bide_f)\n{\n"
                                      "    %s_drop((struct %s *)bide_f);\n}\n",
                f->name, f->name, f->name);
    if (f->has_cancel)
        text_printf(w->to,
                    "BIDE_INLINE bide_poll %s_bide_cancel(void *bide_f, bide_context *bide_cx)\n"
                    "{\n    return %s_cancel((struct %s *)bide_f, bide_cx);\n}\n",
                    f->name, f->name, f->name);
    text_printf(w->to, "%sconst bide_type %s_type =\n    BIDE_PRIV_GENERATED_RECORD(%s, ",
                f->is_static ? "static " : "", f->name, f->name);
    if (out)
        text_printf(w->to, "sizeof(%s), BIDE_PRIV_ALIGNOF(%s), ", out, out);
    else
        text_puts(w->to, "0, 1, ");
    if (f->has_cancel)
        text_printf(w->to, "(int)%s_bide_cancels ? %s_bide_cancel : NULL", f->name, f->name);
    else
        text_puts(w->to, "NULL");
    text_puts(w->to, ");\n");
}

/* What only the C compiler knows where flags come from other files. */
static void emit_promises(writer *w, const function *f)
{
    if (f->wants_send)
        text_printf(w->to,
                    "_Static_assert(((int)%s_flags & (int)BIDE_SEND) != 0,\n    \"the future of %s "
                    "cannot be sent to another thread: what it awaits is bound to its own\");\n",
                    f->name, f->name);
    for (uint32_t i = 0; i < f->var_count; i++) {
        const var *v = f->vars[i];
        const callee *c = v->is_async ? async_callee(v) : NULL;
        if (!c || v->is_cancelled || !child_waits(c))
            continue;
        source_line(w, v->at);
        text_printf(w->to,
                    "_Static_assert(!((int)%s_flags & (int)BIDE_NO_DROP), \"async variable %s may "
                    "have to be dropped, and %s has a cleanup that waits: await it at once, or "
                    "spawn it\");\n",
                    c->name, v->name, c->name);
        glue_lines(w);
    }
}

void emit_wrappers(writer *w, function *f)
{
    arena *a = w->unit->arena;
    const char *end =
        arena_print(a, ", bide_context *bide_cx, %s *bide_out", result_text(a, f->result));
    text_puts(w->to, "\n");
    emit_promises(w, f);
    emit_inner(w, f, f->is_static ? "" : "bide_near_", end);
    if (!f->is_static)
        emit_outer(w, f, end);
    if (!f->is_generator)
        emit_start_box(w, f, f->is_static ? "BIDE_INLINE " : "", end);
    if (f->has_cancel) {
        define(w, f, f->is_static ? "BIDE_INLINE " : "", "bide_poll ", "cancel",
               arena_print(a, "struct %s *bide_f, bide_context *bide_cx", f->name));
        text_printf(w->to,
                    "    bide_poll bide_r;\n    BIDE_PRIV_CHECK_ENDED(bide_f)\n"
                    "    bide_r = BIDE_PRIV_CHECK_POLL(%s, bide_f, bide_cx, 1,\n        ",
                    f->name);
        call_run(w, f, "CANCEL", "bide_f", "NULL", "bide_cx", "NULL");
        text_puts(w->to, ");\n    return bide_r == BIDE_PENDING ? BIDE_PENDING : BIDE_READY;\n}\n");
    }
    if (owns_parameters(f) && !f->is_static) {
        define(w, f, "", "void ", "discard", or_void(parameter_list(a, f, "")));
        for (uint32_t i = f->param_count; i-- > 0;) {
            const var *v = f->params[i];
            text_printf(w->to, v->owned ? "    %s(&%s);\n" : "    (void)%s%s;\n",
                        v->owned ? v->owned : "", v->name);
        }
        text_puts(w->to, "}\n");
    }
    emit_trace(w, f);
    emit_record(w, f);
}

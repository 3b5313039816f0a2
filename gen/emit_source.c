/*
 * gen/emit_source.c: the generated source: the user's file with its async functions replaced.
 */
#include <string.h>

#include "emit.h"

/* Bodies up to this many bytes, with one await and no loop, have their start inlined always; and
 * so on in what they await, to this depth. */
#define SMALL_BYTES 240u
#define SMALL_DEPTH 12u

/* ---- small functions --------------------------------------------------------------------- */

static bool has_loop(const node *n)
{
    if (!n)
        return false;
    if (n->kind == N_FOR || n->kind == N_WHILE || n->kind == N_DO || n->kind == N_GOTO)
        return true;
    for (uint32_t i = 0; i < n->count; i++)
        if (has_loop(n->kids[i]))
            return true;
    return false;
}

static uint32_t small_depth(const function *f);

/* The deepest of what is awaited in a tree. */
static uint32_t inner_depth(const function *f, const node *n)
{
    uint32_t depth = 0;
    const callee *c = n && n->kind == N_CALL ? n->callee : NULL;
    if (!n || n->kind == N_BOXED)
        return 0;
    if (c && c->definition && c->definition != f)
        depth = small_depth(c->definition);
    for (uint32_t i = 0; i < n->count; i++) {
        uint32_t inner = inner_depth(f, n->kids[i]);
        depth = inner > depth ? inner : depth;
    }
    return depth;
}

/* 0: not small. Known once for each function. */
static uint32_t small_depth(const function *f)
{
    function *mutable = (function *)(uintptr_t)f;
    if (f->depth)
        return f->depth - 1;
    mutable->depth = 1; /* meanwhile, should it be awaited by itself */
    if (f->site_count <= 1 && f->body->at.end - f->body->at.begin <= SMALL_BYTES &&
        !has_loop(f->body))
        mutable->depth = inner_depth(f, f->body) + 2;
    return f->depth - 1;
}

/* ---- a body ------------------------------------------------------------------------------ */

static bool uses_boxed(const function *f)
{
    for (uint32_t i = 0; i < f->site_count; i++)
        if (f->sites[i]->boxed)
            return true;
    return false;
}

static bool uses_children(const function *f)
{
    for (uint32_t i = 0; i < f->site_count; i++)
        if (f->sites[i]->callee && !f->sites[i]->boxed)
            return true;
    return false;
}

static bool waits_for_variables(const function *f)
{
    for (uint32_t i = 0; i < f->site_count; i++)
        if (f->sites[i]->word && !f->sites[i]->callee && f->sites[i]->word->kind != N_YIELD)
            return true;
    return false;
}

/* Parameters are locals, filled from the frame of a future that was not polled, or from the
 * arguments of a start. */
static void emit_parameters(writer *w, const function *f)
{
    const group *captured = f->root->kids[0];
    for (uint32_t i = 0; i < f->param_count; i++)
        if (f->params[i]->kept)
            glue(w, "        %s = bide_f->%s;", f->params[i]->name, f->params[i]->field);
    for (uint32_t i = 0; i < captured->field_count; i++)
        glue(w, "        %s = bide_f->%s.%s;", captured->fields[i].var->name, captured->path,
             captured->fields[i].name);
}

static void emit_start_parameters(writer *w, const function *f)
{
    bool resident = false;
    for (uint32_t i = 0; i < f->param_count; i++) {
        resident = resident || f->params[i]->resident;
        if (!f->params[i]->resident)
            glue(w, "    %s = bide_args->%s;", f->params[i]->name, f->params[i]->name);
    }
    if (!resident)
        return;
    /* what lives in the frame must be there before the body runs */
    glue(w, "    if (!BIDE_PRIV_TAKE_FRAME(%s)) {", f->name);
    for (uint32_t i = f->param_count; i-- > 0;)
        if (f->params[i]->owned && f->params[i]->resident)
            glue(w, "        { %s = bide_args->%s; %s(&%s); }",
                 declared(w->unit->arena, f->params[i]->type, f->params[i]->name),
                 f->params[i]->name, f->params[i]->owned, f->params[i]->name);
        else if (f->params[i]->owned)
            glue(w, "        %s(&%s);", f->params[i]->owned, f->params[i]->name);
    glue(w, "        return BIDE_ENOMEM;");
    glue(w, "    }");
    for (uint32_t i = 0; i < f->param_count; i++)
        if (f->params[i]->resident)
            glue(w, "    %s = bide_args->%s;", var_text(w, f->params[i]), f->params[i]->name);
}

/* With one place to resume at, one comparison tells it from the beginning and from the end; of a
 * switch compilers make two or three. */
static void emit_one_state(writer *w, const function *f)
{
    glue(w, "    const uint32_t bide_go = BIDE_PRIV_RUN_STATE(bide_f->%s);", state_path(f));
    glue(w, "    if (bide_go == 1)");
    glue(w, "        goto bide_s1;");
    glue(w, "    if (bide_go > 1)");
    glue(w, "        return bide_op == BIDE_PRIV_RUN_POLL ? BIDE_EMISUSE : BIDE_READY;");
    w->indent = 0;
    emit_parameters(w, f);
    w->indent = 4;
    glue(w, "    if (bide_op != BIDE_PRIV_RUN_POLL) {");
    glue(w, "        bide_r = BIDE_ECANCELED;");
    glue(w, "        goto bide_end;");
    glue(w, "    }");
}

static void emit_states(writer *w, const function *f)
{
    glue(w, "    switch (BIDE_PRIV_RUN_STATE(bide_f->%s)) {", state_path(f));
    glue(w, "    case 0:");
    emit_parameters(w, f);
    glue(w, "        if (bide_op != BIDE_PRIV_RUN_POLL) {");
    glue(w, "            bide_r = BIDE_ECANCELED;");
    glue(w, "            goto bide_end;");
    glue(w, "        }");
    glue(w, "        break;");
    for (uint32_t i = 0; i < f->site_count; i++)
        if (f->sites[i]->is_emitted)
            glue(w, "    case %u: goto bide_s%u;", f->sites[i]->number, f->sites[i]->number);
    glue(w, "    default: return bide_op == BIDE_PRIV_RUN_POLL ? BIDE_EMISUSE : BIDE_READY;");
    glue(w, "    }");
}

static void emit_dispatch(writer *w, const function *f)
{
    bool one = f->site_count == 1 && f->sites[0]->is_emitted;
    w->indent = 4;
    glue(w, "if (BIDE_PRIV_RUN_HAS_FRAME) {");
    if (one)
        emit_one_state(w, f);
    else
        emit_states(w, f);
    if (!f->is_generator) {
        glue(w, "} else {");
        emit_start_parameters(w, f);
    }
    glue(w, "}");
}

static void emit_locals(writer *w, const function *f)
{
    w->indent = 4;
    for (uint32_t i = 0; i < f->param_count; i++)
        if (!f->params[i]->resident)
            glue(w, "%s;", declared(w->unit->arena, f->params[i]->type, f->params[i]->name));
    for (uint32_t i = 0; i < f->temp_count; i++)
        if (w->temp_used[i + 1])
            glue(w, "%s;",
                 declared(w->unit->arena, f->temps[i].type,
                          arena_print(w->unit->arena, "bide_t%u", i + 1)));
    glue(w, "bide_poll bide_r = BIDE_PENDING;");
    if (uses_children(f))
        glue(w, "bide_priv_place bide_sub;");
    if (uses_boxed(f))
        glue(w, "bide_box bide_boxed;");
    if (waits_for_variables(f))
        glue(w, "uint32_t bide_left = 0;");
    glue(w, "(void)bide_place, (void)bide_args, (void)bide_cx, (void)bide_out;");
    if (waits_for_variables(f))
        glue(w, "(void)bide_left;");
    for (uint32_t i = 0; i < f->param_count; i++)
        if (!f->params[i]->resident)
            glue(w, "(void)&%s;", f->params[i]->name); /* a bool may have no value yet */
}

static void emit_end(writer *w, const function *f)
{
    w->indent = 4;
    glue_lines(w);
    glue(w, "bide_r = %s;",
         f->is_generator      ? "BIDE_DONE"
         : f->result->is_void ? "BIDE_READY"
                              : "BIDE_EMISUSE");
    w->indent = 0;
    glue(w, "bide_end:");
    w->indent = 4;
    for (uint32_t i = f->param_count; i-- > 0;)
        if (f->params[i]->owned)
            glue(w, "%s(&%s);", f->params[i]->owned, var_text(w, f->params[i]));
    if (f->result_temp && w->temp_used[f->result_temp]) {
        glue(w, "if (bide_r == BIDE_READY && bide_out)");
        glue(w, "    *bide_out = bide_t%u;", f->result_temp);
    }
    glue(w, "if (BIDE_PRIV_RUN_HAS_FRAME)");
    glue(w, "    bide_f->%s = BIDE_STATE_DONE;", state_path(f));
    glue(w, "return bide_r;");
    text_puts(w->to, "}\n");
}

static void emit_args_struct(writer *w, const function *f)
{
    if (!f->param_count)
        return;
    text_printf(w->to, "struct %s_bide_args {\n", f->name);
    for (uint32_t i = 0; i < f->param_count; i++)
        text_printf(w->to, "    %s;\n",
                    declared(w->unit->arena, f->params[i]->type, f->params[i]->name));
    text_puts(w->to, "};\n");
}

static void emit_run(writer *w, function *f)
{
    arena *a = w->unit->arena;
    text body = {a, NULL, 0, 0}, *out = w->to;
    w->function = f;
    w->active = NEW_ARRAY(a, var *, f->var_count + 1);
    w->active_count = 0;
    w->temp_used = NEW_ARRAY(a, bool, f->temp_count + 1);
    w->unwind_used = NEW_ARRAY(a, bool, f->var_count + 1);
    w->to = &body;
    w->indent = 0;
    source_line(w, f->body->line);
    if (is_touched(w, f->body))
        emit_statement(w, f->body);
    else
        copy_source(w, w->to, f->body->at.begin, f->body->at.end);
    emit_end(w, f);
    w->to = out;
    emit_args_struct(w, f);
    text_printf(w->to,
                "BIDE_PRIV_ALWAYS bide_poll %s_bide_run(const int bide_op, struct %s *bide_f,\n"
                "    const bide_priv_place *bide_place, const %s%s%s *bide_args,\n"
                "    bide_context *bide_cx, %s *bide_out)\n{\n",
                f->name, f->name, f->param_count ? "struct " : "void",
                f->param_count ? f->name : "", f->param_count ? "_bide_args" : "",
                result_text(a, f->result));
    emit_locals(w, f);
    emit_dispatch(w, f);
    text_add(w->to, body.data, body.length);
    emit_wrappers(w, f);
    w->function = NULL;
}

/* ---- what a function needs before it ----------------------------------------------------- */

static uint32_t index_of(const unit *u, const function *f)
{
    for (uint32_t i = 0; i < u->function_count; i++)
        if (u->functions[i] == f)
            return i;
    return 0;
}

static void emit_called(writer *w, node *n)
{
    if (!n)
        return;
    if (n->callee && n->callee->definition)
        emit_needed(w, n->callee->definition);
    if (n->kind == N_VAR && n->var->cleanup_fn && n->var->cleanup_fn->definition)
        emit_needed(w, n->var->cleanup_fn->definition);
    for (uint32_t i = 0; i < n->count; i++)
        emit_called(w, n->kids[i]);
}

/* Static functions are declared where they are first needed, and not before: their types may be the
 * file's. */
void emit_needed(writer *w, function *f)
{
    uint32_t i = index_of(w->unit, f);
    if (w->declared[i])
        return;
    w->declared[i] = true;
    if (f->is_static && w->frames_done[i]) {
        text_printf(w->to, "%s(%s);\n", declared(w->unit->arena, f->result, f->name),
                    f->param_count ? parameter_list(w->unit->arena, f, "") : "void");
        emit_names(w, f);
    }
    emit_frame(w, f);
    if (f->is_static)
        emit_declarations(w, f);
    else
        emit_near(w, f);
}

/* Shape: static inline bide_poll f_bide_spawn(bide_runtime *, bide_join *, args...) */
static void emit_spawn_helpers(writer *w, node *n)
{
    arena *a = w->unit->arena;
    const callee *c;
    text params = {a, NULL, 0, 0}, args = {a, NULL, 0, 0};
    if (!n)
        return;
    for (uint32_t i = 0; i < n->count; i++)
        emit_spawn_helpers(w, n->kids[i]);
    if (n->kind != N_SPAWN)
        return;
    c = bare(n->kids[1])->callee;
    for (uint32_t i = 0; i < w->spawned_count; i++)
        if (w->spawned[i] == c)
            return;
    PUSH(a, callee *, w->spawned, w->spawned_count) = (callee *)(uintptr_t)c;
    for (uint32_t i = 0; i < c->param_count; i++) {
        const char *name = arena_print(a, "bide_p%u", i);
        text_printf(&params, ", %s", declared(a, c->params[i].type, name));
        text_printf(&args, "%s%s", i ? ", " : "", name);
    }
    text_printf(
        w->to,
        "BIDE_INLINE bide_poll %s_bide_spawn(bide_runtime *bide_rt, bide_join *bide_j%s)\n{\n"
        "    bide_poll bide_code;\n"
        "    BIDE_SPAWN_TO(bide_code, bide_rt, %s, NULL, bide_j, (%s));\n"
        "    return bide_code;\n}\n",
        c->name, params.data ? params.data : "", c->name, args.data ? args.data : "");
}

/* ---- the file ---------------------------------------------------------------------------- */

typedef struct edit {
    range at;
    function *async, *other;
    const include *view;
    making *made;
} edit;

static edit *collect(unit *u, uint32_t *count)
{
    edit *edits = NULL;
    *count = 0;
    for (uint32_t i = 0; i < u->include_count; i++)
        if (u->includes[i].is_view)
            PUSH(u->arena, edit, edits, *count) =
                (edit){u->includes[i].at, NULL, NULL, &u->includes[i], NULL};
    for (uint32_t i = 0; i < u->cut_count; i++)
        PUSH(u->arena, edit, edits, *count) = (edit){u->cuts[i].at, NULL, NULL, NULL, NULL};
    for (uint32_t i = 0; i < u->function_count; i++)
        PUSH(u->arena, edit, edits, *count) =
            (edit){u->functions[i]->at, u->functions[i], NULL, NULL, NULL};
    for (uint32_t i = 0; i < u->other_count; i++)
        PUSH(u->arena, edit, edits, *count) =
            (edit){u->others[i]->at, NULL, u->others[i], NULL, NULL};
    for (uint32_t i = 0; i < u->making_count; i++)
        PUSH(u->arena, edit, edits, *count) =
            (edit){u->makings[i]->at, NULL, NULL, NULL, u->makings[i]};
    for (uint32_t i = 1; i < *count; i++)
        for (uint32_t k = i; k > 0 && edits[k].at.begin < edits[k - 1].at.begin; k--) {
            edit other = edits[k];
            edits[k] = edits[k - 1];
            edits[k - 1] = other;
        }
    return edits;
}

void back_to_source(writer *w, uint32_t offset)
{
    if (w->options->no_lines)
        return;
    if (w->to->length && w->to->data[w->to->length - 1] != '\n')
        text_puts(w->to, "\n");
    text_printf(w->to, "#line %u \"%s\"\n", w->unit->place_at(w->unit, offset).line,
                w->options->line_path);
}

static void emit_async_function(writer *w, function *f)
{
    uint32_t all = w->unit->function_count;
    glue_lines(w);
    for (uint32_t i = 0; i < all; i++)
        if (!w->unit->functions[i]->is_static)
            emit_needed(w, w->unit->functions[i]);
    emit_needed(w, f);
    emit_called(w, f->body);
    emit_spawn_helpers(w, f->body);
    emit_run(w, f);
}

static void emit_other_function(writer *w, function *f)
{
    glue_lines(w);
    emit_called(w, f->body);
    emit_spawn_helpers(w, f->body);
    back_to_source(w, f->at.begin);
    copy_source(w, w->to, f->at.begin, f->body->at.begin);
    render(w, w->to, f->body);
    copy_source(w, w->to, f->body->at.end, f->at.end);
}

/* The use of a macro where it stands, if nothing needed it before. */
static void emit_made_here(writer *w, making *m)
{
    size_t before = w->to->length;
    bool is_written = m->in_header || m->is_written;
    if (is_written)
        return;
    m->is_written = true;
    for (uint32_t i = 0; i < m->part_count; i++)
        if (m->parts[i]->definition)
            emit_needed(w, m->parts[i]->definition);
    if (w->to->length != before)
        back_to_source(w, m->at.begin);
    copy_source(w, w->to, m->at.begin, m->at.end);
}

/* What the header has written already. */
static void mark_header_frames(writer *w)
{
    text nothing = {w->unit->arena, NULL, 0, 0}, *out = w->to;
    w->to = &nothing;
    for (uint32_t i = 0; i < w->unit->function_count; i++)
        if (!w->unit->functions[i]->is_static)
            emit_frame(w, w->unit->functions[i]);
    w->to = out;
}

void emit_source(unit *u, const output *o, text *to)
{
    writer w;
    uint32_t count, at = 0;
    edit *edits = collect(u, &count);
    memset(&w, 0, sizeof w);
    w.unit = u;
    w.options = o;
    w.to = to;
    w.frames_done = NEW_ARRAY(u->arena, bool, u->function_count);
    w.declared = NEW_ARRAY(u->arena, bool, u->function_count);
    for (uint32_t i = 0; i < u->function_count; i++) {
        uint32_t depth = small_depth(u->functions[i]);
        u->functions[i]->is_small = depth > 0 && depth <= SMALL_DEPTH;
    }
    mark_header_frames(&w);
    text_printf(to, "/* Made by bidec from %s: change that, not this. */\n", o->line_path);
    text_puts(to,
              "#if defined(__GNUC__)\n"
              "/* Of the source these were warnings to heed. Here a resumed function jumps behind\n"
              " * initialisers, and saves what may not have a value yet. */\n"
              "#pragma GCC diagnostic ignored \"-Wuninitialized\"\n"
              "#ifndef __clang__\n"
              "#pragma GCC diagnostic ignored \"-Wmaybe-uninitialized\"\n"
              "#pragma GCC diagnostic ignored \"-Wimplicit-fallthrough\"\n"
              "#endif\n#endif\n");
    for (uint32_t i = 0; i < u->function_count; i++)
        if (u->functions[i]->is_static && w.frames_done[i]) {
            const char *prefix = header_prefix(u->arena, o), *name = u->functions[i]->name;
            text_printf(to,
                        "#define %s%s %s\n#define %s%s_flags %s_flags\n"
                        "#define %s%s_bide_cancels %s_bide_cancels\n",
                        prefix, name, name, prefix, name, name, prefix, name, name);
        }
    back_to_source(&w, 0);
    for (uint32_t i = 0; i < count; i++) {
        const edit *e = &edits[i];
        if (e->at.begin < at)
            continue;
        copy_source(&w, to, at, e->at.begin);
        at = e->at.end;
        if (e->view) {
            text_printf(to, "#include \"%s\"", o->header_name);
        } else if (e->made) {
            emit_made_here(&w, e->made);
        } else if (e->async || e->other) {
            if (e->async)
                emit_async_function(&w, e->async);
            else
                emit_other_function(&w, e->other);
            back_to_source(&w, at);
        }
    }
    copy_source(&w, to, at, u->length);
    finish_lines(u, to,
                 arena_print(u->arena, "%.*sc", (int)strlen(o->header_name) - 1, o->header_name));
}

/*
 * gen/emit_site.c: one suspension.
 *
 * A child is started; if it must wait, what lives across is saved, the state is set, and the
 * function returns. The label of the state stands right there: a resumed function polls the child,
 * restores, and goes on as if it had never left.
 */
#include <string.h>

#include "emit.h"

/* ---- names ------------------------------------------------------------------------------- */

static const char *near_name(writer *w, const callee *c, const char *what)
{
    bool near = c->definition && !c->definition->is_static;
    return arena_print(w->unit->arena, "%s_%s%s", c->name, near ? "bide_near_" : "", what);
}

/* Which of the functions of BIDE_PRIV_POLL_* and BIDE_PRIV_DROP_* a child has. */
static const char *where(const callee *c, bool is_boxed)
{
    if (is_boxed)
        return "BOX";
    return c->definition && !c->definition->is_static ? "NEAR" : "FAR";
}

/* Tells where in the source this is. */
static void tell_line(writer *w, place at)
{
    glue(w, "BIDE_PRIV_AT(\"%s\", %u);", w->options->line_path, at.line);
}

const char *begin_of(writer *w, const callee *c)
{
    bool near = c->definition && !c->definition->is_static;
    return arena_print(w->unit->arena, "%s_%s", c->name, near ? "bide_near_begin" : "bide_begin");
}

const char *unwind_label(writer *w)
{
    const var *v;
    if (!w->active_count) {
        w->end_used = true;
        return "bide_end";
    }
    v = w->active[w->active_count - 1];
    w->unwind_used[v->index] = true;
    return arena_print(w->unit->arena, "bide_u%u", v->index + 1);
}

bool async_is_boxed(const var *v)
{
    return bare(v->decl->kids[0])->kind == N_BOXED;
}

static const char *path_of(writer *w, const group *g, const char *name)
{
    return arena_print(w->unit->arena, "%s%s%s", g->path, *g->path ? "." : "", name);
}

/* ---- saving and restoring ---------------------------------------------------------------- */

static void save_field(writer *w, const site *s, const field *f, bool restore)
{
    const char *there = arena_print(w->unit->arena, "bide_f->%s", path_of(w, s->group, f->name));
    const char *here = f->temp ? arena_print(w->unit->arena, "bide_t%u", f->temp) : f->var->name;
    if (f->temp && w->temp_used)
        w->temp_used[f->temp] = true;
    /* a bool that has no value yet is copied as bytes: as a bool it must not even be read */
    if (strcmp(f->type->canonical, "_Bool") == 0)
        glue(w, "BIDE_PRIV_COPY(&%s, &%s, sizeof %s);", restore ? here : there,
             restore ? there : here, there);
    else if (f->type->is_array)
        glue(w, "BIDE_PRIV_COPY(%s, %s, sizeof %s);", restore ? here : there,
             restore ? there : here, there);
    else
        glue(w, "%s = %s;", restore ? here : there, restore ? there : here);
}

static void save_kept(writer *w, const site *s, bool restore)
{
    const function *f = w->function;
    for (uint32_t i = 0; i < f->param_count; i++) {
        const var *v = f->params[i];
        const char *there;
        if (!v->kept || !((s->live[v->index / 64] >> (v->index % 64)) & 1))
            continue;
        there = arena_print(w->unit->arena, "bide_f->%s", path_of(w, v->home, v->field));
        if (restore)
            glue(w, "%s = %s;", v->name, there);
        else
            glue(w, "BIDE_PRIV_KEEP(%s, %s);", there, v->name);
    }
}

static void save(writer *w, const site *s, bool restore)
{
    save_kept(w, s, restore);
    for (uint32_t i = 0; i < s->group->field_count; i++) {
        const field *f = &s->group->fields[i];
        if (f->var || f->temp)
            save_field(w, s, f, restore);
    }
}

/* Saves, says where it waits, and leaves. `code` is BIDE_PENDING, or BIDE_READY for an item. */
static void leave(writer *w, site *s, const char *code)
{
    w->indent += 4;
    save(w, s, false);
    if (w->function->has_cancel)
        glue(w, "bide_f->%s = BIDE_PRIV_STATE(%u);", state_path(w->function), s->number);
    else
        glue(w, "bide_f->%s = %u;", state_path(w->function), s->number);
    glue(w, "return %s;", code);
    w->indent -= 4;
    glue(w, "bide_s%u:", s->number);
    w->indent += 4;
    tell_line(w, s->line);
    s->is_emitted = true;
}

static void come_back(writer *w, const site *s)
{
    save(w, s, true);
    if (s->group->field_count)
        glue(w, "BIDE_PRIV_RESTORED(%s, %s, %u);", s->group->path, state_path(w->function),
             s->number);
    w->indent -= 4;
}

/* ---- a child in its slot ----------------------------------------------------------------- */

/* What a resumed function does with its child: polls it, drops it, or cancels it. */
static void resume_child(writer *w, const site *s, const char *out)
{
    const callee *c = s->callee;
    const char *kid = path_of(w, s->group, "bide_kid");
    /* the child was begun here, so that a dyn call is known to be a box by now */
    const char *at = c->is_dyn && !s->boxed ? "DYN" : where(c, s->boxed);
    if (w->function->has_cancel && !s->boxed && !s->cleanup && child_cancels(c))
        glue(w, "BIDE_PRIV_RESUME_CANCEL(%s, %s, %s, %s)", at, c->name, kid, out);
    else if (w->function->has_cancel && s->boxed && child_cancels(c))
        glue(w, "BIDE_PRIV_RESUME_CANCEL_BOX(%s, %s)", kid, out);
    else if (w->function->has_cancel && !s->cleanup)
        glue(w, "BIDE_PRIV_RESUME_DROP(%s, %s, %s, %s)", at, c->name, kid, out);
    else
        glue(w, "BIDE_PRIV_RESUME(%s, %s, %s, %s)", at, c->name, kid, out);
}

/* Starts the child of a site with arguments (", " behind each), and waits for it. */
static void await_child(writer *w, site *s, place line, const char *args, const char *out)
{
    const callee *c = s->callee;
    const char *kid = path_of(w, s->group, "bide_kid");
    tell_line(w, line);
    if (s->boxed && child_waits(c)) {
        /* once it has begun it must not be dropped, for want of a place to keep its box */
        glue(w, "if (!BIDE_PRIV_TAKE_FRAME(%s))", w->function->name);
        glue(w, "    bide_r = BIDE_ENOMEM;");
        glue(w, "else");
    }
    source_line(w, line);
    if (s->boxed) {
        text_printf(w->to, "bide_r = %s_start_box(&bide_boxed, %sNULL, bide_cx, %s);\n", c->name,
                    args, out);
    } else {
        text_printf(w->to, "bide_r = %s(BIDE_PRIV_KID, BIDE_PRIV_KID_AT(%s, %s), %sbide_cx, %s);\n",
                    begin_of(w, c), w->function->name, kid, args, out);
    }
    glue_lines(w);
    if (s->boxed) {
        glue(w, "if (bide_r == BIDE_PENDING && !BIDE_PRIV_TAKE_FRAME(%s)) {", w->function->name);
        glue(w, "    BIDE_PRIV_CHECK_NO_MEMORY");
        glue(w, "    bide_box_drop(&bide_boxed);");
        glue(w, "    bide_r = BIDE_ENOMEM;");
        glue(w, "}");
        glue(w, "if (BIDE_PRIV_WAITS(bide_r)) {");
        glue(w, "    bide_f->%s = bide_boxed;", kid);
    } else {
        glue(w, "if (BIDE_PRIV_WAITS(bide_r)) {");
        glue(w, "    BIDE_PRIV_FIND_FRAME(%s);", w->function->name);
    }
    leave(w, s, "BIDE_PENDING");
    resume_child(w, s, out);
    come_back(w, s);
    glue(w, "}");
}

static const char *args_before(writer *w, node *call)
{
    text t = {w->unit->arena, NULL, 0, 0};
    for (uint32_t i = 1; i < call->count; i++) {
        render(w, &t, call->kids[i]);
        text_puts(&t, ", ");
    }
    return t.data ? t.data : "";
}

static const char *temp_out(writer *w, const node *n)
{
    if (!n->temp)
        return "NULL";
    w->temp_used[n->temp] = true;
    return arena_print(w->unit->arena, "&bide_t%u", n->temp);
}

/* A call that always ends at once: a start without a frame. */
static void call_through(writer *w, const callee *c, place line, const char *args, const char *out)
{
    tell_line(w, line);
    source_line(w, line);
    text_printf(w->to, "bide_r = %s(NULL, %sbide_cx, %s);\n", near_name(w, c, "start"), args, out);
    glue_lines(w);
}

static void await_call(writer *w, node *n, node *call, const char *out)
{
    if (n->site)
        await_child(w, n->site, n->line, args_before(w, call), out);
    else
        call_through(w, call->callee, n->line, args_before(w, call), out);
}

static void fail(writer *w)
{
    glue(w, "BIDE_PRIV_CHECK(%s);", unwind_label(w));
}

/* ---- async variables --------------------------------------------------------------------- */

void emit_async_start(writer *w, var *v)
{
    node *call = bare(v->decl->kids[0]);
    const callee *c = async_callee(v);
    bool is_boxed = async_is_boxed(v);
    text args = {w->unit->arena, NULL, 0, 0};
    if (is_boxed)
        call = bare(call->kids[0]);
    render_args(w, &args, call, !is_boxed);
    source_line(w, v->at);
    if (is_boxed) {
        text_printf(w->to, "bide_r = BIDE_BOX(%s, &%s, bide_allocator_for(NULL, bide_cx), (%s));\n",
                    c->name, async_text(w, v, "box"), args.data ? args.data : "");
        glue_lines(w);
        fail(w);
    } else {
        text_printf(w->to, "%s_init(&%s%s);\n", c->name, async_text(w, v, "kid"),
                    args.data ? args.data : "");
        glue_lines(w);
    }
    glue(w, "%s = 1;", live_text(w, v));
}

/* At the end of its scope nobody looks at the flag behind that. */
void emit_async_drop(writer *w, const var *v, bool is_last)
{
    bool is_boxed = async_is_boxed(v);
    glue(w, is_last ? "if (%s)" : "if (%s) {", live_text(w, v));
    if (!is_last)
        glue(w, "    %s = 0;", live_text(w, v));
    glue(w, "    BIDE_PRIV_DROP_%s(%s, &%s);", where(async_callee(v), is_boxed),
         async_callee(v)->name, async_text(w, v, is_boxed ? "box" : "kid"));
    if (!is_last)
        glue(w, "}");
}

/* Where the end of a variable waits, in the order in which flow.c made the sites. */
static site *next_site(writer *w, const var *v, const node *word, bool unwinding)
{
    for (uint32_t i = 0; i < w->function->site_count; i++) {
        site *s = w->function->sites[i];
        if (s->cleanup == v && s->word == word && s->unwinding == unwinding && !s->is_emitted)
            return s;
    }
    return NULL;
}

/* Cancels an async variable until it is done; `s` is where this waits. A drop cannot wait. */
static void cancel_variable(writer *w, site *s, const var *v, bool unwinding)
{
    bool is_boxed = async_is_boxed(v);
    const callee *c = async_callee(v);
    const char *at = async_text(w, v, is_boxed ? "box" : "kid");
    const char *cancel =
        is_boxed ? arena_print(w->unit->arena, "bide_box_cancel(&%s, bide_cx)", at)
                 : arena_print(w->unit->arena, "bide_cancel(&%s_type, &%s, bide_cx)", c->name, at);
    glue(w, "if (%s) {", live_text(w, v));
    w->indent += 4;
    if (unwinding) {
        glue(w, "if (bide_op == BIDE_PRIV_RUN_DROP)");
        glue(w, "    BIDE_PRIV_DROP_%s(%s, &%s);", where(c, is_boxed), c->name, at);
    }
    glue(w, "%sif (%s == BIDE_PENDING) {", unwinding ? "else " : "", cancel);
    leave(w, s, "BIDE_PENDING");
    glue(w, "if (bide_op == BIDE_PRIV_RUN_DROP)");
    glue(w, "    BIDE_PRIV_DROP_%s(%s, &%s);", where(c, is_boxed), c->name, at);
    glue(w, "else if (%s == BIDE_PENDING)", cancel);
    glue(w, "    BIDE_PRIV_RUN_STAY");
    come_back(w, s);
    glue(w, "}");
    glue(w, "%s = 0;", live_text(w, v));
    w->indent -= 4;
    glue(w, "}");
}

/* In the middle of the function: whoever is itself cancelled, or dropped, there goes on to its
 * end. */
static void cancel_here(writer *w, site *s, const var *v)
{
    cancel_variable(w, s, v, false);
    glue(w, "if (bide_op == BIDE_PRIV_RUN_DROP || bide_op == BIDE_PRIV_RUN_CANCEL) {");
    glue(w, "    bide_r = BIDE_ECANCELED;");
    glue(w, "    goto %s;", unwind_label(w));
    glue(w, "}");
}

void emit_async_cancel(writer *w, const var *v, bool unwinding)
{
    site *s = next_site(w, v, NULL, unwinding);
    uint32_t code = w->function->code_temp;
    if (!s)
        return;
    if (!unwinding) {
        cancel_here(w, s, v);
        return;
    }
    w->temp_used[code] = true;
    if (w->function->result_temp)
        w->temp_used[w->function->result_temp] = true;
    glue(w, "bide_t%u = bide_r;", code);
    cancel_variable(w, s, v, true);
    glue(w, "bide_r = bide_t%u;", code);
}

/* Polls one async variable that has not finished; its value replaces its frame. `number` is what
 * a select gives for it. */
static void poll_variable(writer *w, const var *v, bool counts, bool catches)
{
    bool is_boxed = async_is_boxed(v);
    const callee *c = async_callee(v);
    const char *at = async_text(w, v, is_boxed ? "box" : "kid");
    bool has_value = !c->result->is_void;
    glue(w, "if (%s) {", live_text(w, v));
    w->indent += 4;
    if (has_value)
        glue(w, "%s;", declared(w->unit->arena, c->result, "bide_value"));
    glue(w, "bide_r = BIDE_PRIV_POLL_%s(%s, &%s, bide_cx, %s);", where(c, is_boxed), c->name, at,
         has_value ? "&bide_value" : "NULL");
    glue(w, "if (bide_r == BIDE_PENDING) {");
    glue(w, counts ? "    bide_left++;" : "    (void)0;");
    glue(w, "} else {");
    glue(w, "    %s = 0;", live_text(w, v));
    if (!catches)
        glue(w, "    BIDE_PRIV_CHECK(%s);", unwind_label(w));
    if (has_value)
        glue(w, catches ? "    if (bide_r == BIDE_READY) %s = bide_value;" : "    %s = bide_value;",
             async_text(w, v, "value"));
    glue(w, "}");
    w->indent -= 4;
    glue(w, "}");
}

/* Behind the polls of a word on async variables: waits if it must. */
static void wait_again(writer *w, site *s, const char *condition)
{
    glue(w, "if (%s) {", condition);
    leave(w, s, "BIDE_PENDING");
    come_back(w, s);
    w->indent += 4;
    glue(w, "if (bide_op != BIDE_PRIV_RUN_POLL) {");
    glue(w, "    bide_r = BIDE_ECANCELED;");
    glue(w, "    goto %s;", unwind_label(w));
    glue(w, "}");
    glue(w, "goto bide_again%u;", s->number);
    w->indent -= 4;
    glue(w, "}");
}

static void await_variables(writer *w, site *s, node *n)
{
    tell_line(w, n->line);
    glue(w, "bide_again%u:", s->number);
    glue(w, "bide_left = 0;");
    for (uint32_t i = 0; i < n->count; i++)
        poll_variable(w, bare(n->kids[i])->var, true, false);
    wait_again(w, s, "bide_left");
}

/* select and race: the number of the first that has finished. */
static void select_variables(writer *w, site *s, node *n)
{
    const char *value = temp_out(w, n) + 1;
    tell_line(w, n->line);
    glue(w, "bide_again%u:", s->number);
    glue(w, "%s = -1;", value);
    for (uint32_t i = 0; i < n->count; i++) {
        const var *v = bare(n->kids[i])->var;
        glue(w, "if (%s < 0) {", value);
        w->indent += 4;
        poll_variable(w, v, false, false);
        glue(w, "if (!%s)", live_text(w, v));
        glue(w, "    %s = %u;", value, i);
        w->indent -= 4;
        glue(w, "}");
    }
    wait_again(w, s, arena_print(w->unit->arena, "%s < 0", value));
    for (uint32_t i = 0; n->kind == N_RACE && i < n->count; i++) {
        const var *v = bare(n->kids[i])->var;
        if (v->is_cancelled)
            cancel_here(w, next_site(w, v, n, false), v);
        else
            emit_async_drop(w, v, false);
    }
}

static void await_next(writer *w, site *s, node *n)
{
    const var *v = bare(n->kids[1])->var;
    const callee *c = async_callee(v);
    const char *kid = async_text(w, v, "kid");
    const char *found = temp_out(w, n) + 1;
    tell_line(w, n->line);
    glue(w, "bide_again%u: {", s->number);
    w->indent += 4;
    glue(w, "%s;", declared(w->unit->arena, c->result, "bide_value"));
    glue(w, "bide_r = %s ? BIDE_PRIV_POLL_%s(%s, &%s, bide_cx, &bide_value) : BIDE_DONE;",
         live_text(w, v), where(c, false), c->name, kid);
    glue(w, "%s = bide_r == BIDE_READY;", found);
    glue(w, "if (bide_r == BIDE_READY)");
    glue(w, "    %s = bide_value;", rendered(w, n->kids[0]));
    w->indent -= 4;
    glue(w, "}");
    glue(w, "if (bide_r == BIDE_DONE || bide_r < 0)");
    glue(w, "    %s = 0;", live_text(w, v));
    wait_again(w, s, "bide_r == BIDE_PENDING");
    fail(w);
}

/* ---- the words --------------------------------------------------------------------------- */

static void yield_item(writer *w, site *s, node *n)
{
    source_line(w, n->line);
    text_printf(w->to, "*bide_out = (%s);\n", rendered(w, n->kids[0]));
    glue_lines(w);
    glue(w, "{");
    leave(w, s, "BIDE_READY");
    come_back(w, s);
    glue(w, "}");
    glue(w, "if (bide_op != BIDE_PRIV_RUN_POLL) {");
    glue(w, "    bide_r = BIDE_ECANCELED;");
    glue(w, "    goto %s;", unwind_label(w));
    glue(w, "}");
}

static void return_if_error(writer *w, node *n)
{
    const char *value = temp_out(w, n) + 1;
    const char *result = w->function->result_temp
                             ? arena_print(w->unit->arena, "bide_t%u", w->function->result_temp)
                             : "*bide_out";
    if (n->count > 1 && n->kids[1])
        glue(w, "if ((%s)(%s)) {", rendered(w, n->kids[1]), value);
    else
        glue(w, "if (%s < 0) {", value);
    if (w->function->result_temp)
        w->temp_used[w->function->result_temp] = true;
    glue(w, "    %s = %s;", result, value);
    glue(w, "    bide_r = BIDE_READY;");
    glue(w, "    goto %s;", unwind_label(w));
    glue(w, "}");
}

/* The poll result is the value; the Output goes to the lvalue, if there is one. */
/* The same of an async variable; one that has finished before is ready. */
static void catch_variable(writer *w, site *s, node *n)
{
    const var *v = bare(n->kids[0])->var;
    tell_line(w, n->line);
    glue(w, "bide_again%u:", s->number);
    glue(w, "bide_left = 0;");
    glue(w, "bide_r = BIDE_READY;");
    poll_variable(w, v, true, true);
    wait_again(w, s, "bide_left");
    if (n->count > 1 && n->kids[1] && !async_callee(v)->result->is_void) {
        glue(w, "if (bide_r == BIDE_READY)");
        glue(w, "    %s = %s;", rendered(w, n->kids[1]), async_text(w, v, "value"));
    }
    glue(w, "%s = bide_r;", temp_out(w, n) + 1);
}

static void catch_code(writer *w, node *n, node *call)
{
    const callee *c = call->callee;
    bool has_value = !c->result->is_void;
    const char *out = has_value ? "&bide_caught.value" : "NULL";
    glue(w, "{");
    w->indent += 4;
    if (has_value)
        glue(w, "union %s_result bide_caught;", c->name);
    await_call(w, n, call, out);
    if (n->count > 1 && n->kids[1] && has_value) {
        glue(w, "if (bide_r == BIDE_READY)");
        glue(w, "    %s = bide_caught.value;", rendered(w, n->kids[1]));
    }
    /* dropped or cancelled: nothing of the user's runs but cleanups */
    glue(w, "if (bide_op == BIDE_PRIV_RUN_DROP || bide_op == BIDE_PRIV_RUN_CANCEL)");
    glue(w, "    goto %s;", unwind_label(w));
    glue(w, "%s = bide_r;", temp_out(w, n) + 1);
    w->indent -= 4;
    glue(w, "}");
}

void emit_word(writer *w, node *n, const char *out)
{
    site *s = n->site;
    node *call = awaited_call(n);
    glue_lines(w);
    switch (n->kind) {
    case N_AWAIT:
    case N_AWAIT_TRY:
        if (call) {
            await_call(w, n, call, out ? out : temp_out(w, n));
            fail(w);
        } else {
            await_variables(w, s, n);
        }
        if (n->kind == N_AWAIT_TRY)
            return_if_error(w, n);
        break;
    case N_AWAIT_CATCH:
        if (call)
            catch_code(w, n, call);
        else
            catch_variable(w, s, n);
        break;
    case N_JOIN:
        await_variables(w, s, n);
        break;
    case N_SELECT:
    case N_RACE:
        select_variables(w, s, n);
        break;
    case N_AWAIT_NEXT:
        await_next(w, s, n);
        break;
    case N_YIELD:
        yield_item(w, s, n);
        break;
    case N_DROP:
        tell_line(w, n->line);
        cancel_here(w, s, bare(n->kids[0])->var);
        break;
    default:
        break;
    }
}

/* ---- async cleanups ---------------------------------------------------------------------- */

/* On the way out of the function the code of its end waits in a temporary. A drop cannot wait:
 * the cleanup is then left out (the type says BIDE_NO_DROP). */
void emit_async_cleanup(writer *w, var *v, bool unwinding)
{
    site *s = next_site(w, v, NULL, unwinding);
    const char *args = arena_print(w->unit->arena, "&%s, ", var_text(w, v));
    uint32_t code = w->function->code_temp;
    if (!s)
        return;
    if (unwinding) {
        w->temp_used[code] = true;
        if (w->function->result_temp)
            w->temp_used[w->function->result_temp] = true;
        glue(w, "bide_t%u = bide_r;", code);
        glue(w, "if (bide_op != BIDE_PRIV_RUN_DROP) {");
        w->indent += 4;
    }
    await_child(w, s, v->at, args, "NULL");
    if (unwinding) {
        w->indent -= 4;
        glue(w, "}");
        glue(w, "if (bide_t%u < 0 || bide_r >= 0)", code);
        glue(w, "    bide_r = bide_t%u;", code);
    } else {
        glue(w, "if (bide_op == BIDE_PRIV_RUN_DROP || bide_op == BIDE_PRIV_RUN_CANCEL)");
        glue(w, "    bide_r = BIDE_ECANCELED;");
        fail(w);
    }
}

/*
 * gen/emit_frame.c: the frame of a future type: its struct, its flags, its names.
 */
#include <ctype.h>
#include <string.h>

#include "emit.h"

/* ---- lists ------------------------------------------------------------------------------- */

const char *parameter_list(arena *a, const function *f, const char *before)
{
    text t = {a, NULL, 0, 0};
    text_puts(&t, before);
    for (uint32_t i = 0; i < f->param_count; i++)
        text_printf(&t, "%s%s", t.length ? ", " : "",
                    declared(a, f->params[i]->type, f->params[i]->name));
    return t.data ? t.data : "";
}

const char *argument_list(arena *a, const function *f, const char *before)
{
    text t = {a, NULL, 0, 0};
    text_puts(&t, before);
    for (uint32_t i = 0; i < f->param_count; i++)
        text_printf(&t, "%s%s", t.length ? ", " : "", f->params[i]->name);
    return t.data ? t.data : "";
}

const char *state_path(const function *f)
{
    return f->root->field_count ? "bide_state" : "bide_u.bide_state";
}

bool owns_parameters(const function *f)
{
    for (uint32_t i = 0; i < f->param_count; i++)
        if (f->params[i]->owned)
            return true;
    return false;
}

const char *header_prefix(arena *a, const output *o)
{
    char *prefix = arena_print(a, "%.*s_bide_", (int)strcspn(o->header_name, "."), o->header_name);
    for (char *c = prefix; *c; c++)
        *c = isalnum((unsigned char)*c) ? *c : '_';
    return isdigit((unsigned char)*prefix) ? arena_print(a, "bide_%s", prefix) : prefix;
}

/* The tag of a future type where this is written. */
static const char *tag(writer *w, const char *name, const function *definition)
{
    if (!w->in_header || !definition || !definition->is_static)
        return name;
    return arena_print(w->unit->arena, "%s%s", header_prefix(w->unit->arena, w->options), name);
}

/* ---- the struct -------------------------------------------------------------------------- */

static void emit_group(writer *w, const group *g, bool with_state, uint32_t indent);

static void emit_kids(writer *w, const group *g, bool with_state, uint32_t indent)
{
    text_printf(w->to, "%*sunion {\n", (int)indent, "");
    if (with_state)
        text_printf(w->to, "%*suint32_t bide_state;\n", (int)indent + 4, "");
    for (uint32_t i = 0; i < g->kid_count; i++) {
        const group *kid = g->kids[i];
        if (!kid->field_count && !kid->kid_count)
            continue; /* nothing is kept there, and C has no empty structs */
        emit_group(w, kid, with_state, indent + 4);
    }
    text_printf(w->to, "%*s} bide_u;\n", (int)indent, "");
}

static bool has_members(const group *g)
{
    for (uint32_t i = 0; i < g->kid_count; i++)
        if (g->kids[i]->field_count || has_members(g->kids[i]))
            return true;
    return false;
}

static void emit_field(writer *w, const group *g, const field *f, uint32_t indent)
{
    arena *a = w->unit->arena;
    text_printf(w->to, "%*s", (int)indent, "");
    if (f->is_flag) {
        text_printf(w->to, "uint8_t %s;\n", f->name);
    } else if (f->child && f->var) {
        text_puts(w->to, "union {\n");
        text_printf(w->to, "%*s%s%s;\n", (int)indent + 4, "", f->boxed ? "bide_box " : "",
                    f->boxed ? "box"
                             : arena_print(a, "struct %s kid",
                                           tag(w, f->child->name, f->child->definition)));
        if (!f->type->is_void)
            text_printf(w->to, "%*s%s;\n", (int)indent + 4, "", declared(a, f->type, "value"));
        text_printf(w->to, "%*s} %s;\n", (int)indent, "", f->name);
    } else if (f->child) {
        text_printf(w->to, "%s%s %s;\n", f->boxed ? "bide_box" : "struct ",
                    f->boxed ? "" : tag(w, f->child->name, f->child->definition), f->name);
    } else {
        if (f->var && f->var->align_as > f->type->align)
            text_printf(w->to, "BIDE_PRIV_ALIGNAS(%u) ", (unsigned)f->var->align_as);
        text_printf(w->to, "%s;\n", declared(a, f->type, f->name));
    }
    (void)g;
}

static void emit_fields(writer *w, const group *g, uint32_t indent)
{
    for (uint32_t i = 0; i < g->field_count; i++) {
        if (strcmp(g->fields[i].name, "bide_u") != 0)
            emit_field(w, g, &g->fields[i], indent);
        else if (has_members(g))
            emit_kids(w, g, false, indent);
    }
}

/* Shape: struct { uint32_t bide_state; fields; union { kids } bide_u; } s3; */
static void emit_group(writer *w, const group *g, bool with_state, uint32_t indent)
{
    text_printf(w->to, "%*sstruct {", (int)indent, "");
    if (g->site)
        text_printf(w->to, " /* %s:%u */", w->options->line_path, g->site->line.line);
    text_puts(w->to, "\n");
    if (with_state)
        text_printf(w->to, "%*suint32_t bide_state;\n", (int)indent + 4, "");
    emit_fields(w, g, indent + 4);
    text_printf(w->to, "%*s} %s;\n", (int)indent, "", g->name);
}

/* ---- names and flags --------------------------------------------------------------------- */

/* Children by value: of sites, then of async variables. */
static const callee *child_of(const function *f, uint32_t i)
{
    const callee *c;
    if (i < f->site_count)
        return f->sites[i]->callee && !f->sites[i]->boxed ? f->sites[i]->callee : NULL;
    i -= f->site_count;
    c = f->vars[i]->is_async ? async_callee(f->vars[i]) : NULL;
    return c && !async_is_boxed(f->vars[i]) ? c : NULL;
}

static uint32_t child_slots(const function *f)
{
    return f->site_count + f->var_count;
}

static bool is_first(const function *f, uint32_t i)
{
    for (uint32_t k = 0; k < i; k++)
        if (child_of(f, k) == child_of(f, i))
            return false;
    return true;
}

/* What a future runs whose flags stand elsewhere. */
typedef struct reach {
    const callee **callees; /* each once */
    uint32_t count;
    const function **seen;
    uint32_t seen_count;
    bool no_drop; /* something in it waits in a cleanup */
} reach;

static void reach_function(writer *w, reach *r, const function *f);
static bool reach_made(writer *w, reach *r, const callee *c);

static void reach_callee(writer *w, reach *r, const callee *c)
{
    if (c && c->definition) {
        reach_function(w, r, c->definition);
        return;
    }
    if (reach_made(w, r, c))
        return;
    for (uint32_t i = 0; i < r->count; i++)
        if (r->callees[i] == c)
            return;
    if (c)
        PUSH(w->unit->arena, const callee *, r->callees, r->count) = c;
}

/* What a macro makes need not be known where the flags stand: they are those of its parts. What
 * else it is bound by, bidec has seen. */
static bool reach_made(writer *w, reach *r, const callee *c)
{
    if (!c || (!c->making && !c->part_count))
        return false;
    r->no_drop = r->no_drop || (c->flags > 0 && (c->flags & 16));
    for (uint32_t i = 0; i < c->part_count; i++)
        reach_callee(w, r, c->parts[i]);
    return true;
}

/* A boxed child may be the function itself, whose flags are not known yet: so it is looked through
 * to what other files define. */
static void reach_function(writer *w, reach *r, const function *f)
{
    for (uint32_t i = 0; i < r->seen_count; i++)
        if (r->seen[i] == f)
            return;
    PUSH(w->unit->arena, const function *, r->seen, r->seen_count) = f;
    r->no_drop = r->no_drop || f->code_temp;
    for (uint32_t i = 0; i < f->site_count; i++)
        reach_callee(w, r, f->sites[i]->callee);
    for (uint32_t i = 0; i < f->var_count; i++)
        if (f->vars[i]->is_async)
            reach_callee(w, r, async_callee(f->vars[i]));
}

/* Embedded children as they are, boxed ones through. */
static reach reach_of(writer *w, const function *f)
{
    reach r = {0};
    for (uint32_t i = 0; i < child_slots(f); i++)
        if (child_of(f, i) && is_first(f, i) && !reach_made(w, &r, child_of(f, i)))
            PUSH(w->unit->arena, const callee *, r.callees, r.count) = child_of(f, i);
    r.no_drop = r.no_drop || f->code_temp != 0;
    for (uint32_t i = 0; i < f->site_count; i++)
        if (f->sites[i]->boxed)
            reach_callee(w, &r, f->sites[i]->callee);
    for (uint32_t i = 0; i < f->var_count; i++)
        if (f->vars[i]->is_async && async_is_boxed(f->vars[i]))
            reach_callee(w, &r, async_callee(f->vars[i]));
    return r;
}

/* Whether the record has `cancel`: a child of which only its own file knows says so itself. */
static void emit_cancels(writer *w, const function *f, const reach *r)
{
    bool sure = f->has_cancel && r->no_drop;
    text_printf(w->to, "    %s_bide_cancels = %d", tag(w, f->name, f), sure ? 1 : 0);
    for (uint32_t i = 0; f->has_cancel && !sure && i < r->count; i++)
        text_printf(w->to, " |\n        (int)%s_bide_cancels",
                    tag(w, r->callees[i]->name, r->callees[i]->definition));
    text_puts(w->to, "\n");
}

/* Facts are known when all children are: Send if each of them is, no sync drop if one forbids. */
static void emit_flags(writer *w, const function *f)
{
    reach r = reach_of(w, f);
    text_printf(w->to, "enum {\n    %s_flags = (int)BIDE_STATE", tag(w, f->name, f));
    if (f->is_send) {
        text_puts(w->to, " | ((int)BIDE_SEND");
        for (uint32_t i = 0; i < r.count; i++)
            text_printf(w->to, " & (int)%s_flags",
                        tag(w, r.callees[i]->name, r.callees[i]->definition));
        text_puts(w->to, ")");
    }
    if (f->is_unpin)
        text_puts(w->to, " | (int)BIDE_UNPIN");
    if (r.no_drop)
        text_puts(w->to, " | (int)BIDE_NO_DROP");
    for (uint32_t i = 0; i < r.count; i++)
        text_printf(w->to, " |\n        ((int)BIDE_NO_DROP & (int)%s_flags)",
                    tag(w, r.callees[i]->name, r.callees[i]->definition));
    text_puts(w->to, ",\n");
    emit_cancels(w, f, &r);
    text_puts(w->to, "};\n");
}

static void emit_struct(writer *w, const function *f)
{
    text_printf(w->to, "struct %s {\n", tag(w, f->name, f));
    if (f->root->field_count) {
        text_puts(w->to, "    uint32_t bide_state;\n");
        emit_fields(w, f->root, 4);
    } else {
        emit_kids(w, f->root, true, 4);
    }
    text_puts(w->to, "};\n");
}

/* The prototype comes before the struct: C++ compilers warn about the reverse. */
static void emit_prototype(writer *w, const function *f)
{
    const char *params = parameter_list(w->unit->arena, f, "");
    text_printf(w->to, "%s(%s);\n", declared(w->unit->arena, f->result, f->name),
                *params ? params : "void");
}

void emit_names(writer *w, const function *f)
{
    arena *a = w->unit->arena;
    text_printf(w->to, "typedef %s;\n",
                declared(a, f->result, arena_print(a, "%s_output", f->name)));
    text_printf(w->to, "union %s_result {\n    char bide_none;\n", f->name);
    if (!f->result->is_void)
        text_printf(w->to, "    %s;\n", declared(a, f->result, "value"));
    text_printf(w->to, "};\nenum {\n    %s_bide_owns = %d,\n", f->name, owns_parameters(f) ? 1 : 0);
    text_printf(w->to, "    %s_bide_moved = sizeof(struct %s)\n};\n", f->name, f->name);
}

static void emit_child_frame(writer *w, const callee *c)
{
    if (c && c->definition)
        emit_frame(w, c->definition);
    if (c && c->making)
        emit_making(w, c->making);
}

/* Locals of types that are made by macro. */
static void emit_made_types(writer *w, const group *g)
{
    for (uint32_t i = 0; i < g->field_count; i++)
        if (g->fields[i].type && g->fields[i].type->making)
            emit_making(w, g->fields[i].type->making);
    for (uint32_t i = 0; i < g->kid_count; i++)
        emit_made_types(w, g->kids[i]);
}

void emit_frame(writer *w, function *f)
{
    for (uint32_t i = 0; i < w->unit->function_count; i++)
        if (w->unit->functions[i] == f) {
            if (w->frames_done[i])
                return;
            w->frames_done[i] = true;
        }
    for (uint32_t i = 0; i < child_slots(f); i++)
        emit_child_frame(w, child_of(f, i));
    emit_made_types(w, f->root);
    text_printf(w->to, "\n/* %s:%u */\n", w->options->line_path, f->line.line);
    /* where a header of the user's declares the function, its own words stand */
    if (f->self->include < 0 && (!w->in_header || !f->is_static))
        emit_prototype(w, f);
    emit_struct(w, f);
    emit_flags(w, f);
    if (!w->in_header || !f->is_static)
        emit_names(w, f);
}

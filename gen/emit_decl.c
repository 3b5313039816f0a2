/*
 * gen/emit_decl.c: declarations. A local that lives in the frame is assigned there; any other stays
 * a declaration, taken apart where an initialiser awaits.
 */
#include <string.h>

#include "emit.h"

static bool is_brace_list(const node *n)
{
    return n->kind == N_LIST;
}

/* Gives a variable that is not initialised by its declaration its first value. */
static void assign(writer *w, const var *v, node *value)
{
    const char *to = var_text(w, v);
    const type *t = v->type;
    source_line(w, value->line.line ? value->line : v->at);
    if (t->is_array) {
        text_printf(w->to, "BIDE_PRIV_COPY((void *)&%s, (&(%s)%s", to, spelled(w->unit->arena, t),
                    is_brace_list(value) ? "" : "{");
        render(w, w->to, value);
        text_printf(w->to, "%s), sizeof %s);\n", is_brace_list(value) ? "" : "}", to);
    } else if (is_brace_list(value)) {
        text_printf(w->to, "%s = (%s)", to, spelled(w->unit->arena, t));
        render(w, w->to, value);
        text_puts(w->to, ";\n");
    } else {
        text_printf(w->to, "%s = ", to);
        render(w, w->to, value);
        text_puts(w->to, ";\n");
    }
    glue_lines(w);
}

bool same_type(const type *a, const type *b)
{
    return strcmp(a->canonical, b->canonical) == 0;
}

/* Whether an await may put its result straight into a variable: not if what the suspension keeps
 * holds the variable's old value, or lies where the variable will. */
bool writes_through(const node *word, const var *v)
{
    const site *s = word->site;
    const group *g = s ? s->group : NULL;
    if (!same_type(word->type, v->type) || v->is_register || v->type->is_volatile || v->is_static ||
        v->is_async || v->type->is_atomic)
        return false;
    if (!s)
        return true;
    if (!v->resident)
        return !((s->live[v->index / 64] >> (v->index % 64)) & 1);
    while (g && g != v->home)
        g = g->parent;
    return g != NULL;
}

/* What lives in the frame needs it from its declaration on. */
void emit_take(writer *w)
{
    glue_lines(w);
    glue(w, "if (!BIDE_PRIV_TAKE_FRAME(%s)) {", w->function->name);
    glue(w, "    bide_r = BIDE_ENOMEM;");
    glue(w, "    goto %s;", unwind_label(w));
    glue(w, "}");
}

/* Nothing before the first label of a switch is ever run: declarations there only name things. */
static bool is_before_cases(const node *n)
{
    const node *decls = n->parent, *block = decls ? decls->parent : NULL;
    if (!block || block->kind != N_BLOCK || !block->parent || block->parent->kind != N_SWITCH)
        return false;
    for (uint32_t i = 0; i < block->count && block->kids[i] != decls; i++)
        if (block->kids[i]->kind == N_CASE || block->kids[i]->kind == N_DEFAULT ||
            block->kids[i]->kind == N_LABEL)
            return false;
    return true;
}

/* One declarator, on its own. */
static void declare(writer *w, node *n)
{
    var *v = n->var;
    node *value = n->count ? n->kids[0] : NULL;
    node *word;
    if (v->resident && (!w->function->has_labels || v->block->kind != N_BLOCK) &&
        !is_before_cases(n))
        emit_take(w);
    if (v->is_async) {
        emit_hoist(w, value);
        emit_async_start(w, v);
    } else {
        if (!v->resident) {
            source_line(w, v->at);
            if (v->align_as > v->type->align)
                text_printf(w->to, "_Alignas(%u) ", (unsigned)v->align_as);
            if (v->is_register)
                text_puts(w->to, "register ");
            text_printf(w->to, "%s;\n", declared(w->unit->arena, v->type, v->name));
            glue_lines(w);
        }
        if (value) {
            word = direct_await(value);
            if (word && writes_through(word, v)) {
                for (uint32_t i = 1; i < awaited_call(word)->count; i++)
                    emit_hoist(w, awaited_call(word)->kids[i]);
                emit_word(w, word, arena_print(w->unit->arena, "&%s", var_text(w, v)));
            } else {
                emit_hoist(w, value);
                assign(w, v, value);
            }
        }
    }
    if (needs_ending(v))
        w->active[w->active_count++] = v;
}

void emit_decls(writer *w, node *n)
{
    for (uint32_t i = 0; i < n->count; i++)
        if (!n->kids[i]->var->is_static)
            declare(w, n->kids[i]);
}

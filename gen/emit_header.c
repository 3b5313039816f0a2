/*
 * gen/emit_header.c: the generated header: frames of exported functions, and what their callers
 * use.
 */
#include <ctype.h>
#include <string.h>

#include "emit.h"

static const char *guard_of(unit *u, const char *name)
{
    char *guard = arena_print(u->arena, "BIDE_GEN_%s", name);
    for (char *c = guard; *c; c++)
        *c = isalnum((unsigned char)*c) ? (char)toupper((unsigned char)*c) : '_';
    return guard;
}

/* ---- which headers the frames need ------------------------------------------------------- */

static void need(bool *needed, int include_index)
{
    if (include_index >= 0)
        needed[include_index] = true;
}

static void need_group(bool *needed, const group *g)
{
    for (uint32_t i = 0; i < g->field_count; i++) {
        if (g->fields[i].type)
            need(needed, g->fields[i].type->include);
        if (g->fields[i].type && g->fields[i].type->making)
            need_making(needed, g->fields[i].type->making);
        if (g->fields[i].child)
            need(needed, g->fields[i].child->include);
        if (g->fields[i].child && g->fields[i].child->making && !g->fields[i].boxed)
            need_making(needed, g->fields[i].child->making);
    }
    for (uint32_t i = 0; i < g->kid_count; i++)
        need_group(needed, g->kids[i]);
}

static void need_function(unit *u, bool *needed, bool *seen, const function *f)
{
    for (uint32_t i = 0; i < u->function_count; i++)
        if (u->functions[i] == f) {
            if (seen[i])
                return;
            seen[i] = true;
        }
    need(needed, f->self->include);
    need(needed, f->result->include);
    for (uint32_t i = 0; i < f->param_count; i++)
        need(needed, f->params[i]->type->include);
    need_group(needed, f->root);
    for (uint32_t i = 0; i < f->site_count; i++) {
        const callee *c = f->sites[i]->callee;
        if (!c)
            continue;
        need(needed, c->include);
        if (c->definition)
            need_function(u, needed, seen, c->definition);
    }
    for (uint32_t i = 0; i < f->var_count; i++) {
        const callee *c = f->vars[i]->is_async ? async_callee(f->vars[i]) : NULL;
        if (!c)
            continue;
        need(needed, c->include);
        if (c->definition)
            need_function(u, needed, seen, c->definition);
    }
}

void emit_header(unit *u, const output *o, text *to)
{
    writer w;
    bool *needed = NEW_ARRAY(u->arena, bool, u->include_count);
    bool *seen = NEW_ARRAY(u->arena, bool, u->function_count);
    const char *guard = guard_of(u, o->header_name);
    memset(&w, 0, sizeof w);
    w.unit = u;
    w.options = o;
    w.to = to;
    w.in_header = true;
    w.frames_done = NEW_ARRAY(u->arena, bool, u->function_count);
    w.declared = NEW_ARRAY(u->arena, bool, u->function_count);
    for (uint32_t i = 0; i < u->function_count; i++)
        if (!u->functions[i]->is_static)
            need_function(u, needed, seen, u->functions[i]);
    text_printf(to, "/* Made by bidec from %s: change that, not this. */\n", o->line_path);
    text_printf(to, "#ifndef %s\n#define %s\n\n#include <bide/generated.h>\n", guard, guard);
    for (uint32_t i = 0; i < u->include_count; i++)
        if (needed[i] && !u->includes[i].is_view)
            text_printf(to, "#include %s\n", u->includes[i].spelling);
    text_printf(to,
                "\n#if BIDE_GENERATED_REVISION != %d\n"
                "#error \"%s was made for another revision of bide: run this bide's bidec again\"\n"
                "#endif\n",
                BIDEC_REVISION, o->header_name);
    for (uint32_t i = 0; i < u->function_count; i++)
        if (!u->functions[i]->is_static)
            emit_frame(&w, u->functions[i]);
    for (uint32_t i = 0; i < u->function_count; i++)
        if (!u->functions[i]->is_static && !w.declared[i]) {
            text_puts(to, "\n");
            emit_declarations(&w, u->functions[i]);
        }
    text_puts(to, "\n#endif\n");
}

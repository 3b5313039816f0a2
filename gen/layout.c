/*
 * gen/layout.c: where in the frame each thing lives.
 *
 * A frame is a tree of groups that mirrors the blocks of the function: a block with residents is a
 * struct of them and a union of what is inside it: blocks, and what each suspension saves beside
 * its child. Only one member of a union is in use at a time, so scopes and suspensions that do not
 * overlap in time share bytes.
 *
 * The state word is the first of every frame. Where the root has no residents of its own, it is
 * the first in each member of the root's union instead, so that four bytes behind it can be used.
 *
 * Sizes are those of the machine that bidec reads for. They only decide the order of fields: the
 * compiler of the output lays out the frame for its own target.
 */
#include <string.h>

#include "flow.h"
#include "passes.h"

/* A child whose size is not known here: made by another file. */
#define UNKNOWN_BYTES 64u

static bool has(const uint64_t *set, uint32_t i)
{
    return (set[i / 64] >> (i % 64)) & 1;
}

static uint64_t round_up(uint64_t n, uint64_t align)
{
    return align > 1 ? (n + align - 1) / align * align : n;
}

/* ---- names ------------------------------------------------------------------------------- */

/* Frames of exported functions stand in headers that C++ reads, too. */
static const char *const cxx_words[] = {"alignas",
                                        "alignof",
                                        "and",
                                        "and_eq",
                                        "asm",
                                        "bitand",
                                        "bitor",
                                        "bool",
                                        "catch",
                                        "char16_t",
                                        "char32_t",
                                        "char8_t",
                                        "class",
                                        "compl",
                                        "concept",
                                        "const_cast",
                                        "consteval",
                                        "constexpr",
                                        "constinit",
                                        "co_await",
                                        "co_return",
                                        "co_yield",
                                        "decltype",
                                        "delete",
                                        "dynamic_cast",
                                        "explicit",
                                        "export",
                                        "false",
                                        "friend",
                                        "mutable",
                                        "namespace",
                                        "new",
                                        "noexcept",
                                        "not",
                                        "not_eq",
                                        "nullptr",
                                        "operator",
                                        "or",
                                        "or_eq",
                                        "private",
                                        "protected",
                                        "public",
                                        "reinterpret_cast",
                                        "requires",
                                        "static_assert",
                                        "static_cast",
                                        "template",
                                        "this",
                                        "thread_local",
                                        "throw",
                                        "true",
                                        "try",
                                        "typeid",
                                        "typename",
                                        "using",
                                        "virtual",
                                        "wchar_t",
                                        "xor",
                                        "xor_eq"};

static bool is_cxx_word(const char *name)
{
    for (size_t i = 0; i < sizeof cxx_words / sizeof *cxx_words; i++)
        if (strcmp(cxx_words[i], name) == 0)
            return true;
    return false;
}

static const char *free_name(unit *u, const group *g, const char *name)
{
    const char *wanted = is_cxx_word(name) ? arena_print(u->arena, "%s_", name) : name;
    const char *base = wanted;
    uint32_t suffix = 1;
    for (uint32_t i = 0; i < g->field_count; i++)
        if (strcmp(g->fields[i].name, wanted) == 0) {
            wanted = arena_print(u->arena, "%s_%u", base, ++suffix);
            i = UINT32_MAX;
        }
    return wanted;
}

/* ---- groups ------------------------------------------------------------------------------ */

static group *add_group(unit *u, group *parent, const char *name)
{
    group *g = NEW(u->arena, group);
    g->name = name;
    g->parent = parent;
    g->path = parent ? arena_print(u->arena, "%s%sbide_u.%s", parent->path,
                                   *parent->path ? "." : "", name)
                     : "";
    if (parent)
        PUSH(u->arena, group *, parent->kids, parent->kid_count) = g;
    return g;
}

static field *add_field(unit *u, group *g, const char *name)
{
    const char *unique = free_name(u, g, name);
    field *f = &PUSH(u->arena, field, g->fields, g->field_count);
    memset(f, 0, sizeof *f);
    f->name = unique;
    return f;
}

static void child_size(field *f, const callee *c)
{
    f->child = (callee *)(uintptr_t)c;
    f->size = c->frame_size ? c->frame_size : UNKNOWN_BYTES;
    f->align = c->frame_size ? c->frame_align : 8;
}

static void add_resident(unit *u, group *g, var *v)
{
    field *f = add_field(u, g, v->name);
    f->var = v;
    f->type = v->type;
    f->size = v->type->size;
    f->align = v->align_as > v->type->align ? v->align_as : v->type->align;
    v->home = g;
    v->field = f->name;
    if (v->is_async && async_callee(v)) {
        uint64_t value = f->size, align = f->align;
        field *live;
        f->boxed = bare(v->decl->kids[0])->kind == N_BOXED;
        child_size(f, async_callee(v));
        if (f->boxed)
            f->size = 16, f->align = 8;
        f->size = value > f->size ? value : f->size;
        f->align = align > f->align ? align : f->align;
        f->size = round_up(f->size, f->align);
        live = add_field(u, g, arena_print(u->arena, "bide_live_%s", v->field));
        live->is_flag = true;
        live->size = live->align = 1;
    }
}

/* Groups of a function that are being built, in the order in which they open. */
typedef struct open_groups {
    group **items;
    uint32_t count;
} open_groups;

static bool is_inside(const node *n, const node *block)
{
    while (n && n != block)
        n = n->parent;
    return n != NULL;
}

/* The innermost group that is open at an offset in a block. */
static group *group_at(const open_groups *groups, const node *inside, uint32_t offset)
{
    for (uint32_t i = groups->count; i-- > 1;) {
        group *g = groups->items[i];
        if (g->opens_at <= offset && is_inside(inside, g->block))
            return g;
    }
    return groups->items[0];
}

static bool has_site_between(const function *f, uint32_t begin, uint32_t end)
{
    for (uint32_t i = 0; i < f->site_count; i++)
        if (f->sites[i]->word && f->sites[i]->word->at.begin >= begin &&
            f->sites[i]->word->at.begin < end)
            return true;
    return false;
}

/* A resident's bytes are taken from its declaration on: what is suspended before it in the same
 * block may use them. Where a goto may lead back, they are taken in the whole block. */
static void place_resident(unit *u, function *f, open_groups *groups, var *v)
{
    uint32_t at = f->has_labels ? v->block->at.begin : v->decl->at.end;
    group *g = group_at(groups, v->block, at);
    if (g->block != v->block || has_site_between(f, g->opens_at, at)) {
        g = add_group(u, g, arena_print(u->arena, "b%u", groups->count));
        g->block = v->block;
        g->opens_at = at;
        PUSH(u->arena, group *, groups->items, groups->count) = g;
    }
    add_resident(u, g, v);
}

/* ---- order ------------------------------------------------------------------------------- */

/* What to place next at an offset: what needs the least padding, then what is aligned most, then
 * what is largest. The union of the kids is one of the items, as number `count`. */
static uint32_t best(const field *items, const bool *placed, uint32_t count, uint64_t offset)
{
    uint32_t found = UINT32_MAX;
    for (uint32_t i = 0; i < count; i++) {
        const field *a = &items[i], *b;
        uint64_t pad, other;
        if (placed[i])
            continue;
        if (found == UINT32_MAX) {
            found = i;
            continue;
        }
        b = &items[found];
        pad = round_up(offset, a->align) - offset;
        other = round_up(offset, b->align) - offset;
        if (pad < other || (pad == other && a->align > b->align) ||
            (pad == other && a->align == b->align && a->size > b->size))
            found = i;
    }
    return found;
}

static void pack(unit *u, group *g, uint64_t offset, uint64_t align)
{
    bool *placed = NEW_ARRAY(u->arena, bool, g->field_count);
    field *ordered = NULL;
    uint32_t count = 0;
    for (uint32_t i = 0; i < g->field_count; i++) {
        uint32_t next = best(g->fields, placed, g->field_count, offset);
        placed[next] = true;
        PUSH(u->arena, field, ordered, count) = g->fields[next];
        offset = round_up(offset, ordered[i].align) + ordered[i].size;
        if (ordered[i].align > align)
            align = ordered[i].align;
    }
    g->fields = ordered;
    g->size = round_up(offset, align);
    g->align = align;
}

/* Sizes from the inside out; the union comes last in its group, as its members vary most. */
static void measure(unit *u, group *g, bool with_state)
{
    uint64_t size = 0, align = 1;
    bool is_root = !g->parent;
    bool leads = is_root && g->field_count > 0;
    for (uint32_t i = 0; i < g->kid_count; i++) {
        measure(u, g->kids[i], is_root && !leads);
        size = g->kids[i]->size > size ? g->kids[i]->size : size;
        align = g->kids[i]->align > align ? g->kids[i]->align : align;
    }
    if (is_root && !leads) {
        g->size = round_up(size < 4 ? 4 : size, align < 4 ? 4 : align);
        g->align = align < 4 ? 4 : align;
        return;
    }
    with_state = with_state || leads;
    pack(u, g, with_state ? 4 : 0, with_state ? 4 : 1);
    if (g->kid_count) {
        field *f = add_field(u, g, "bide_u");
        f->size = round_up(size, align);
        f->align = align;
        pack(u, g, with_state ? 4 : 0, with_state ? 4 : 1);
    }
}

/* ---- a function -------------------------------------------------------------------------- */

static void fill_site(unit *u, function *f, site *s)
{
    group *g = s->group;
    if (s->callee) {
        field *kid = add_field(u, g, "bide_kid");
        kid->boxed = s->boxed;
        child_size(kid, s->callee);
        if (s->boxed)
            kid->size = 16, kid->align = 8;
    }
    for (uint32_t i = 0; i < f->var_count; i++) {
        var *v = f->vars[i];
        field *saved;
        if (!v->saved || v->kept || !has(s->live, i))
            continue;
        saved = add_field(u, g, v->name);
        saved->var = v;
        saved->type = v->type;
        saved->size = v->type->size;
        saved->align = v->type->align;
    }
    for (uint32_t i = 0; i < f->temp_count; i++) {
        field *saved;
        if (!has(s->live, f->var_count + i))
            continue;
        saved = add_field(u, g, arena_print(u->arena, "bide_t%u", i + 1));
        saved->temp = i + 1;
        saved->type = f->temps[i].type;
        saved->size = saved->type->size;
        saved->align = saved->type->align;
    }
}

static void fill_arguments(unit *u, function *f)
{
    group *g = add_group(u, f->root, "s0");
    for (uint32_t i = 0; i < f->param_count; i++) {
        field *a;
        if (f->params[i]->resident || f->params[i]->kept)
            continue;
        a = add_field(u, g, f->params[i]->name);
        a->var = f->params[i];
        a->type = a->var->type;
        a->size = a->type->size;
        a->align = a->type->align;
    }
}

/* Whether a parameter may stay at one place: it is never changed, and every suspension needs it. */
static bool may_keep(const function *f, const var *v)
{
    if (v->resident || v->is_assigned || v->type->is_array || !f->site_count)
        return false;
    for (uint32_t i = 0; i < f->site_count; i++)
        if (!has(f->sites[i]->live, v->index))
            return false;
    return true;
}

static void place_site(unit *u, function *f, const open_groups *groups, site *s)
{
    const node *inside = s->word ? s->word : s->cleanup->block;
    uint32_t at = s->word ? s->word->at.begin : s->cleanup->block->at.end;
    s->group = add_group(u, group_at(groups, inside, at), arena_print(u->arena, "s%u", s->number));
    s->group->site = s;
    fill_site(u, f, s);
}

static void build(unit *u, function *f, bool keep)
{
    open_groups groups = {NULL, 0};
    f->root = add_group(u, NULL, "");
    f->root->block = f->body;
    f->root->opens_at = f->body->at.begin;
    PUSH(u->arena, group *, groups.items, groups.count) = f->root;
    for (uint32_t i = 0; i < f->param_count; i++) {
        var *v = f->params[i];
        v->kept = keep && may_keep(f, v);
        if (v->resident || v->kept)
            add_resident(u, f->root, v);
    }
    fill_arguments(u, f); /* the root's first kid: emit_frame.c finds it there */
    for (uint32_t i = f->param_count; i < f->var_count; i++)
        if (f->vars[i]->resident)
            place_resident(u, f, &groups, f->vars[i]);
    for (uint32_t i = 0; i < f->site_count; i++)
        place_site(u, f, &groups, f->sites[i]);
    measure(u, f->root, false);
}

/* Parameters that stay where they are cost no copy at a suspension, but may cost bytes: then not.
 */
static void layout_function(unit *u, function *f)
{
    uint64_t size;
    if (f->root)
        return;
    f->root = NEW(u->arena, group); /* meanwhile, should it hold itself */
    for (uint32_t i = 0; i < f->site_count; i++)
        if (f->sites[i]->callee && f->sites[i]->callee->definition && !f->sites[i]->boxed)
            layout_function(u, f->sites[i]->callee->definition);
    for (uint32_t i = 0; i < f->var_count; i++) {
        const var *v = f->vars[i];
        if (v->is_async && v->decl && async_callee(v) && async_callee(v)->definition)
            layout_function(u, async_callee(v)->definition);
    }
    build(u, f, false);
    size = f->root->size;
    build(u, f, true);
    if (f->root->size > size)
        build(u, f, false);
    f->frame_size = f->root->size;
    f->frame_align = f->root->align;
    f->self->frame_size = f->frame_size;
    f->self->frame_align = f->frame_align;
}

static const char *say_declare(unit *u, const char *name, const function *holder)
{
    if (holder->is_static)
        return arena_print(u->arena, "declare '%s' in the header, or await it boxed", name);
    return arena_print(u->arena, "declare '%s' in the header, make '%s' static, or await it boxed",
                       name, holder->name);
}

/* The use of a macro goes to the header with the frame that holds what it makes, if all that it
 * names is known there. */
static void refuse_private_making(unit *u, const function *f, const making *m, const char *what,
                                  place at)
{
    for (uint32_t i = 0; i < m->part_count; i++) {
        const function *part = m->parts[i]->definition;
        if (!part || !part->is_static)
            continue;
        error_at(u->diagnostics, at, say_declare(u, part->name, f),
                 "the frame of '%s' is in a header, and holds '%s', which is made of '%s', a "
                 "static function",
                 f->name, what, part->name);
        note_at(u->diagnostics, part->line, "'%s' is defined here", part->name);
        return;
    }
    if (m->private_name) {
        error_at(u->diagnostics, at, say_declare(u, m->private_name, f),
                 "the frame of '%s' is in a header, and holds '%s', which is made of '%s', which "
                 "only this file knows",
                 f->name, what, m->private_name);
        note_at(u->diagnostics, m->private_at, "'%s' is declared here", m->private_name);
        return;
    }
    for (uint32_t i = 0; i < m->use_count; i++)
        refuse_private_making(u, f, m->uses[i], what, at);
}

/* What is made in a header of a function of this file stands behind the frames of this file. */
static void refuse_late_making(unit *u, const function *f, const callee *c, place at)
{
    for (uint32_t i = 0; i < c->part_count && !c->making && c->include >= 0; i++)
        if (c->parts[i]->definition) {
            error_at(u->diagnostics, at,
                     arena_print(u->arena,
                                 "make '%s' in this file, behind '%s', or await boxed(%s(...))",
                                 c->name, c->parts[i]->name, c->name),
                     "the frame of '%s' holds '%s', but stands before it: in the header of this "
                     "file's functions",
                     f->name, c->name);
            note_at(u->diagnostics, c->at, "'%s' is made of '%s' here", c->name, c->parts[i]->name);
            return;
        }
}

static bool is_boxed_variable(const var *v)
{
    return v->decl && v->decl->count && bare(v->decl->kids[0])->kind == N_BOXED;
}

static void refuse_made_child(unit *u, const function *f, const callee *c, place at)
{
    if (!c)
        return;
    if (c->making)
        refuse_private_making(u, f, c->making, c->name, at);
    refuse_late_making(u, f, c, at);
}

/* A frame in a header may hold only what the header's readers know. */
static void refuse_private_fields(unit *u, const function *f, const group *g)
{
    for (uint32_t i = 0; i < g->field_count; i++) {
        const field *d = &g->fields[i];
        if (!d->type || !d->type->needs || !d->type->needs_in_main || !d->type->needs_complete)
            continue;
        if (d->type->making) {
            refuse_private_making(u, f, d->type->making, d->type->needs, d->type->needs_at);
            continue;
        }
        error_at(u->diagnostics, d->var ? d->var->at : f->line,
                 f->is_static ? "move the type to a header, or keep it behind a pointer"
                              : "move the type to a header, make the function static, or "
                                "keep it behind a pointer",
                 "the frame of '%s' is in a header, and holds '%s' of type '%s', which only this "
                 "file knows",
                 f->name, d->var ? d->var->name : "a value", d->type->spelling);
        note_at(u->diagnostics, d->type->needs_at, "'%s' is declared here", d->type->needs);
    }
    for (uint32_t i = 0; i < g->kid_count; i++)
        refuse_private_fields(u, f, g->kids[i]);
}

static void refuse_private_types(unit *u, const function *f, const function *exported,
                                 uint32_t depth);

static void refuse_private_child(unit *u, const function *f, const callee *c, place at,
                                 const function *exported, uint32_t depth)
{
    if (c && c->definition && c->definition->is_static)
        refuse_private_types(u, c->definition, exported, depth + 1);
    else
        refuse_made_child(u, f, c, at);
}

/* What an exported frame embeds is in the header, too. */
static void refuse_private_types(unit *u, const function *f, const function *exported,
                                 uint32_t depth)
{
    uint32_t before = diagnostics_errors(u->diagnostics);
    refuse_private_fields(u, f, f->root);
    for (uint32_t i = 0; i < f->site_count && depth < u->function_count; i++)
        if (!f->sites[i]->boxed)
            refuse_private_child(u, f, f->sites[i]->callee, f->sites[i]->line, exported, depth);
    for (uint32_t i = 0; i < f->var_count && depth < u->function_count; i++)
        if (f->vars[i]->is_async && !is_boxed_variable(f->vars[i]))
            refuse_private_child(u, f, async_callee(f->vars[i]), f->vars[i]->at, exported, depth);
    if (f != exported && diagnostics_errors(u->diagnostics) > before)
        note_at(u->diagnostics, f->line,
                "'%s' is part of the frame of '%s', which is exported: that may be static, or "
                "await it boxed",
                f->name, exported->name);
}

void layout_unit(unit *u)
{
    for (uint32_t i = 0; i < u->function_count; i++)
        layout_function(u, u->functions[i]);
    for (uint32_t i = 0; i < u->function_count; i++)
        if (!u->functions[i]->is_static)
            refuse_private_types(u, u->functions[i], u->functions[i], 0);
}

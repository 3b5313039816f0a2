/*
 * gen/layout_report.c: frames in print, and their bounds.
 */
#include "layout_report.h"

#include <stdlib.h>
#include <string.h>

#include "describe.h"

/* ---- names -------------------------------------------------------------------------------- */

/* "char[4]" and "x" are "char x[4]"; "int (*)(int)" and "f" are "int (*f)(int)". */
static const char *declare(arena *a, const char *spelling, const char *name)
{
    const char *star = strstr(spelling, "(*"), *bracket = strchr(spelling, '[');
    size_t at = strlen(spelling);
    if (star && (!bracket || star < bracket))
        at = (size_t)(strcspn(star, ")") + (size_t)(star - spelling));
    else if (bracket)
        at = (size_t)(bracket - spelling);
    bool spaced = at > 0 && spelling[at - 1] != '*' && spelling[at - 1] != ' ' && *name;
    return arena_print(a, "%.*s%s%s%s", (int)at, spelling, spaced ? " " : "", name, spelling + at);
}

static const group *find_group(const group *g, const char *name)
{
    if (!g || (g->name && strcmp(g->name, name) == 0))
        return g;
    for (uint32_t i = 0; i < g->kid_count; i++) {
        const group *found = find_group(g->kids[i], name);
        if (found)
            return found;
    }
    return NULL;
}

/* What a group of the frame belongs to; "" where that needs no words. */
static const char *group_text(arena *a, const function *f, const char *name)
{
    const group *g = *name ? find_group(f->root, name) : NULL;
    if (g && g->site)
        return arena_print(a, "line %u: %s", g->site->line.line, describe_site(a, g->site));
    if (g && strcmp(name, "s0") == 0)
        return "the arguments, before the first poll";
    if (g && g->block)
        return arena_print(a, "the block at line %u", g->block->line.line);
    return "";
}

/* ---- sums --------------------------------------------------------------------------------- */

static uint64_t end_of(const member *m)
{
    return m->offset + m->size;
}

/* Bytes of a struct that no field uses; in a union, those of its largest member. */
static uint64_t unused_bytes(const member *m)
{
    uint64_t unused = 0, at = m->offset, largest = 0;
    for (uint32_t i = 0; i < m->kid_count; i++) {
        const member *kid = &m->kids[i];
        if (m->is_union) {
            if (kid->size > largest) {
                largest = kid->size;
                unused = unused_bytes(kid);
            }
            at = end_of(kid) > at ? end_of(kid) : at;
        } else {
            unused += unused_bytes(kid) + (kid->offset - at);
            at = end_of(kid);
        }
    }
    return m->kid_count ? unused + (end_of(m) - at) : 0;
}

/* ---- printing ----------------------------------------------------------------------------- */

enum { COLUMN = 56 };

static void put_line(text *to, unsigned depth, const char *code, const char *comment)
{
    text_printf(to, "%*s%s", (int)depth * 4, "", code);
    int room = COLUMN - (int)depth * 4 - (int)strlen(code);
    if (*comment)
        text_printf(to, "%*s/* %s */", room > 1 ? room : 1, "", comment);
    text_puts(to, "\n");
}

static const char *position(arena *a, const member *m)
{
    return arena_print(a, "%6llu %6llu", (unsigned long long)m->offset,
                       (unsigned long long)m->size);
}

static void put_gap(text *to, unsigned depth, const char *what, uint64_t bytes)
{
    if (bytes)
        text_printf(to, "%*s/* %s: %llu bytes */\n", (int)depth * 4, "", what,
                    (unsigned long long)bytes);
}

static void put_kids(text *to, const function *f, const member *m, unsigned depth)
{
    uint64_t at = m->offset;
    for (uint32_t i = 0; i < m->kid_count; i++) {
        const member *kid = &m->kids[i];
        if (!m->is_union)
            put_gap(to, depth, "hole", kid->offset - at);
        at = m->is_union && at > end_of(kid) ? at : end_of(kid);
        if (kid->kid_count == 0) {
            const char *code = declare(to->arena, kid->type, kid->name);
            put_line(to, depth, arena_print(to->arena, "%s;", code), position(to->arena, kid));
            continue;
        }
        put_line(to, depth, arena_print(to->arena, "%s {", kid->type), position(to->arena, kid));
        put_kids(to, f, kid, depth + 1);
        put_line(to, depth, arena_print(to->arena, *kid->name ? "} %s;" : "}%s;", kid->name),
                 group_text(to->arena, f, kid->name));
    }
    put_gap(to, depth, "padding", end_of(m) - at);
}

void layout_print(unit *u, const frames *f, text *to)
{
    uint64_t bytes = 0, unused = 0;
    if (!to->arena)
        to->arena = u->arena;
    for (uint32_t i = 0; i < f->count; i++) {
        const member *m = &f->items[i];
        text_printf(to, "/* %s:%u: size %llu, align %llu, unused %llu, suspensions %u */\n",
                    u->path, u->functions[i]->line.line, (unsigned long long)m->size,
                    (unsigned long long)m->align, (unsigned long long)unused_bytes(m),
                    u->functions[i]->site_count);
        put_line(to, 0, arena_print(u->arena, "struct %s {", u->functions[i]->name),
                 "offset   size");
        put_kids(to, u->functions[i], m, 1);
        text_puts(to, "};\n\n");
        bytes += m->size;
        unused += unused_bytes(m);
    }
    text_printf(to, "/* %s: frames %u, bytes %llu, unused %llu */\n", u->path, f->count,
                (unsigned long long)bytes, (unsigned long long)unused);
}

/* ---- bounds ------------------------------------------------------------------------------- */

typedef struct leaf {
    const member *member;
    const char *group; /* the innermost named group it is in, "" for the frame itself */
} leaf;

typedef struct leaves {
    arena *arena;
    leaf *items;
    uint32_t count;
} leaves;

static void collect(leaves *l, const member *m, const char *group_name)
{
    for (uint32_t i = 0; i < m->kid_count; i++) {
        const member *kid = &m->kids[i];
        if (kid->kid_count == 0)
            PUSH(l->arena, leaf, l->items, l->count) = (leaf){kid, group_name};
        else
            collect(l, kid, kid->is_union || !*kid->name ? group_name : kid->name);
    }
}

static int by_size(const void *a, const void *b)
{
    const member *p = ((const leaf *)a)->member, *q = ((const leaf *)b)->member;
    if (p->size != q->size)
        return p->size < q->size ? 1 : -1;
    return p->offset != q->offset ? (p->offset > q->offset ? 1 : -1) : strcmp(p->name, q->name);
}

/* The line of a variable, of the await whose child it is, or of the function. */
static place place_of(const function *f, const leaf *l)
{
    const group *g = *l->group ? find_group(f->root, l->group) : f->root;
    for (uint32_t i = 0; g && i < g->field_count; i++) {
        const field *found = &g->fields[i];
        if (found->var && strcmp(found->name, l->member->name) == 0)
            return found->var->at;
    }
    return g && g->site ? g->site->line : f->line;
}

static void name_largest(unit *u, diagnostics *d, const function *f, const member *m)
{
    leaves l = {.arena = u->arena};
    collect(&l, m, "");
    if (l.count > 1)
        qsort(l.items, l.count, sizeof *l.items, by_size);
    for (uint32_t i = 0; i < l.count && i < 3; i++) {
        const member *big = l.items[i].member;
        const char *where = group_text(u->arena, f, l.items[i].group);
        note_at(d, place_of(f, &l.items[i]), "%s has %llu bytes%s%s%s",
                declare(u->arena, big->type, big->name), (unsigned long long)big->size,
                *where ? " (" : "", where, *where ? ")" : "");
    }
}

void layout_budget(unit *u, diagnostics *d, const frames *f, uint64_t budget)
{
    for (uint32_t i = 0; i < f->count; i++) {
        const member *m = &f->items[i];
        if (m->size <= budget)
            continue;
        error_at(d, u->functions[i]->line,
                 "end the scopes of large locals before the next await, or await(boxed(...)) what "
                 "is large",
                 "the frame of '%s' has %llu bytes, and the budget is %llu", u->functions[i]->name,
                 (unsigned long long)m->size, (unsigned long long)budget);
        name_largest(u, d, u->functions[i], m);
    }
}

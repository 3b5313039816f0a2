/*
 * gen/read_made.c: futures that macros make of async functions: BIDE_TIMEOUT(F_timed, F);
 *
 * Such a macro wants the future type F, which is written last of all. BIDE_FUTURE_BY_ASYNC gives
 * the compiler a struct that stands for its frame (expand.c writes the line where it is
 * missing). So what is made has no size that could be relied on; and where it stands in the output
 * matters: behind the frames of its parts, before the frames that it is in.
 */
#include <string.h>

#include "read.h"

/* ---- frames ------------------------------------------------------------------------------- */

typedef struct inside {
    reader *r;
    callee *k; /* NULL: only the struct itself is looked at */
    bool is_stand_in;
    uint32_t depth;
} inside;

/* The last field says it; bide/generated.h. */
static int see_field(cx_cursor c, void *data)
{
    inside *s = data;
    s->is_stand_in = strcmp(spelling(s->r, c), "bide_stand_in") == 0;
    return CX_Visit_Continue;
}

bool is_stand_in(reader *r, cx_type t)
{
    inside s = {.r = r};
    r->clang->Type_visitFields(t, see_field, &s);
    return s.is_stand_in;
}

static void add_part(reader *r, callee ***parts, uint32_t *count, callee *part)
{
    for (uint32_t i = 0; i < *count; i++)
        if ((*parts)[i] == part)
            return;
    PUSH(r->arena, callee *, *parts, *count) = part;
}

static int look_inside(cx_cursor c, void *data)
{
    inside *s = data;
    reader *r = s->r;
    cx_type t = r->clang->getCanonicalType(r->clang->getCursorType(c));
    while (t.kind == CX_Type_ConstantArray)
        t = r->clang->getCanonicalType(r->clang->getArrayElementType(t));
    if (t.kind != CX_Type_Record || s->depth > 32)
        return CX_Visit_Continue;
    callee *part = NULL;
    if (is_stand_in(r, t))
        part = callee_named(r, spelling(r, r->clang->getTypeDeclaration(t)));
    if (part) {
        add_part(r, &s->k->parts, &s->k->part_count, part);
        return CX_Visit_Continue;
    }
    s->depth++;
    r->clang->Type_visitFields(t, look_inside, s);
    s->depth--;
    return CX_Visit_Continue;
}

void add_parts(reader *r, callee *k, cx_type t)
{
    inside s = {.r = r, .k = k};
    r->clang->Type_visitFields(t, look_inside, &s);
}

/* ---- the uses of macros ------------------------------------------------------------------- */

making *making_at(const reader *r, uint32_t offset)
{
    for (uint32_t i = 0; i < r->unit->making_count; i++) {
        making *m = r->unit->makings[i];
        if (m->at.begin <= offset && offset < m->at.end)
            return m;
    }
    return NULL;
}

static void add_include_of(reader *r, making *m, cx_location at)
{
    int brought_by = include_of(r, at);
    if (brought_by >= 0)
        PUSH(r->arena, int, m->includes, m->include_count) = brought_by;
}

static void add_use(reader *r, making *m, making *used)
{
    for (uint32_t i = 0; i < m->use_count; i++)
        if (m->uses[i] == used)
            return;
    if (used != m)
        PUSH(r->arena, making *, m->uses, m->use_count) = used;
}

/* What else a name stands for: a type, a function, a macro, wherever that is declared. */
static void add_symbol_of(reader *r, making *m, const char *name)
{
    const symbol *s = find_symbol(r, name);
    const symbol *tag = find_symbol(r, arena_print(r->arena, "struct %s", name));
    bool is_main = false;
    place at = {0};
    for (int pass = 0; pass < 2; pass++) {
        const symbol *one = pass ? tag : s;
        for (uint32_t i = 0; one && i < one->count; i++) {
            cx_location l = r->clang->getCursorLocation(one->items[i]);
            uint32_t offset;
            making *used = main_offset(r, l, &offset) ? making_at(r, offset) : NULL;
            if (used) {
                add_use(r, m, used);
            } else if (main_offset(r, l, &offset)) {
                is_main = true;
                at = location_place(r, l);
            } else {
                add_include_of(r, m, l);
                return; /* a header knows it */
            }
        }
    }
    if (!is_main || m->private_name)
        return;
    m->private_name = name;
    m->private_at = at;
}

static bool add_async(reader *r, making *m, const char *name)
{
    callee *k = callee_named(r, name);
    if (!k || (!k->is_async && !k->is_generator))
        return false;
    add_part(r, &m->parts, &m->part_count, k);
    return true;
}

/* BIDE_READER_BY_READ(Name, T, ...) and its like name T, and mean T_read. */
static void add_methods(reader *r, making *m, const char *name)
{
    static const char *const methods[] = {"read", "write", "flush", "close", "send", "next"};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        (void)add_async(r, m, arena_print(r->arena, "%s_%s", name, methods[i]));
}

static void add_name(reader *r, making *m, const char *name)
{
    if (add_async(r, m, name))
        return;
    (void)add_async(r, m, arena_print(r->arena, "%s_call", name)); /* a closure */
    if (strstr(m->macro, "_BY_") && strcmp(m->macro, "BIDE_FUTURE_BY_ASYNC") != 0)
        add_methods(r, m, name);
    add_symbol_of(r, m, name);
}

/* A function-like macro at file scope, behind the end of something, with a semicolon. */
static const expansion *made_at(reader *r, uint32_t index)
{
    const tokens *t = &r->tokens;
    const token *first = &t->items[index];
    if (first->kind != TOKEN_NAME || !token_is(t, index + 1, "(") || !t->items[index + 1].pair ||
        !token_is(t, t->items[index + 1].pair + 1, ";"))
        return NULL;
    if (index > 0 && first[-1].kind != TOKEN_DIRECTIVE && !token_is(t, index - 1, ";") &&
        !token_is(t, index - 1, "}"))
        return NULL;
    return expansion_at(r, first->begin);
}

static void find_makings(reader *r)
{
    const tokens *t = &r->tokens;
    for (uint32_t i = 0; i < t->count; i++) {
        const expansion *e = made_at(r, i);
        if (e) {
            making *m = NEW(r->arena, making);
            m->at = (range){t->items[i].begin, t->items[t->items[i + 1].pair + 1].end};
            m->macro = e->name;
            m->line = source_place(r->source, m->at.begin);
            PUSH(r->arena, making *, r->unit->makings, r->unit->making_count) = m;
            cx_cursor definition = r->clang->getCursorReferenced(e->cursor);
            if (!r->clang->Cursor_isNull(definition))
                add_include_of(r, m, r->clang->getCursorLocation(definition));
        }
        if ((token_is(t, i, "{") || token_is(t, i, "(")) && t->items[i].pair)
            i = t->items[i].pair;
    }
}

void read_makings(reader *r)
{
    const tokens *t = &r->tokens;
    find_makings(r);
    for (uint32_t i = 0; i < r->unit->making_count; i++) {
        making *m = r->unit->makings[i];
        uint32_t open = token_at(t, m->at.begin) + 1;
        for (uint32_t at = open; at < t->items[open].pair; at++)
            if (t->items[at].kind == TOKEN_NAME)
                add_name(r, m, token_text(r->arena, t, at));
    }
}

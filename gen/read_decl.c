#include <stdlib.h>
#include <string.h>

#include "read.h"

/* ---- variables ---------------------------------------------------------------------------- */

var *find_var(const builder *b, cx_cursor declaration)
{
    return table_find(&b->vars, &declaration.data[0], sizeof declaration.data[0]);
}

static var *new_var(builder *b, cx_cursor c)
{
    reader *r = b->r;
    var *v = NEW(r->arena, var);
    *table_at(r->arena, &b->vars, &c.data[0], sizeof c.data[0]) = v;
    v->name = spelling(r, c);
    v->index = b->f->var_count;
    v->at = cursor_place(r, c);
    v->name_at = NOWHERE;
    uint32_t at;
    if (main_offset(r, r->clang->getCursorLocation(c), &at)) {
        range name = {at, at + (uint32_t)strlen(v->name)};
        if (name.end <= r->tokens.length && !expansion_at(r, at) &&
            text_is(r->tokens.text, name, v->name))
            v->name_at = name;
    }
    PUSH(r->arena, var *, b->f->vars, b->f->var_count) = v;
    return v;
}

void add_param(builder *b, cx_cursor c)
{
    var *v = new_var(b, c);
    v->type = read_parameter_type(b->r, b->r->clang->getCursorType(c));
    v->is_param = true;
    PUSH(b->r->arena, var *, b->f->params, b->f->param_count) = v;
}

/* ---- attributes --------------------------------------------------------------------------- */

typedef struct attributes {
    builder *b;
    var *v;
} attributes;

static bool is_cleanup(const tokens *t, uint32_t index)
{
    return (token_is(t, index, "cleanup") || token_is(t, index, "__cleanup__")) &&
           token_is(t, index + 1, "(");
}

/* The name in `cleanup(name)`, in the text of the file or in the body of a macro. */
static const char *find_cleanup(reader *r, const tokens *t, uint32_t begin, uint32_t end)
{
    for (uint32_t i = begin; i < t->count && t->items[i].begin < end; i++)
        if (is_cleanup(t, i))
            return token_text(r->arena, t, i + 2);
    return NULL;
}

/* What an argument of a macro is called in its definition stands for the argument. */
static const char *cleanup_in_macro(reader *r, const expansion *e, const macro *m)
{
    const char *name = find_cleanup(r, &m->body, m->begin, m->body.length);
    uint32_t index = 0;
    if (!name || !macro_parameter(m, name, &index) || index >= e->region_count)
        return name;
    range at = r->regions[e->first_region + index].at;
    return arena_copy(r->arena, r->tokens.text + at.begin, at.end - at.begin);
}

static const char *read_cleanup(reader *r, cx_cursor attribute)
{
    span s = span_of(r, r->clang->getCursorExtent(attribute));
    if (s.at.begin == UINT32_MAX)
        return NULL;
    const expansion *e = expansion_at(r, s.at.begin);
    const macro *m = e ? macro_of(r, e) : NULL;
    if (e && strcmp(e->name, "scoped") == 0)
        return NULL;
    if (m)
        return cleanup_in_macro(r, e, m);
    return find_cleanup(r, &r->tokens, token_at(&r->tokens, s.at.begin), s.at.end);
}

/* The number in _Alignas(16) or aligned(16). A type there, or an expression, is beyond what
 * libclang tells. */
static uint64_t read_alignment(reader *r, cx_cursor attribute)
{
    const tokens *t = &r->tokens;
    span s = span_of(r, r->clang->getCursorExtent(attribute));
    uint32_t index = s.at.begin == UINT32_MAX ? t->count : token_at(t, s.at.begin);
    while (index < t->count && t->items[index].begin < s.at.end && !token_is(t, index, "("))
        index++;
    if (index + 2 < t->count && t->items[index + 1].kind == TOKEN_NUMBER &&
        token_is(t, index + 2, ")"))
        return strtoull(token_text(r->arena, t, index + 1), NULL, 0);
    error_at(r->diagnostics, cursor_place(r, attribute), "write a number, as in `_Alignas(16)`",
             "an alignment of a local variable that is no plain number is not understood");
    return 0;
}

static int read_attribute(cx_cursor c, cx_cursor parent, void *data)
{
    attributes *a = data;
    reader *r = a->b->r;
    (void)parent;
    if (c.kind == CX_Cursor_AnnotateAttr) {
        static const char scoped[] = "bide.scoped=";
        const char *note = spelling(r, c);
        if (strcmp(note, "bide.async") == 0)
            a->v->is_async = true;
        if (strncmp(note, scoped, sizeof scoped - 1) == 0)
            a->v->cleanup = note + sizeof scoped - 1;
    } else if (c.kind == CX_Cursor_UnexposedAttr) {
        const char *cleanup = read_cleanup(r, c);
        a->v->raw_cleanup = cleanup ? cleanup : a->v->raw_cleanup;
    } else if (c.kind == CX_Cursor_AlignedAttr) {
        a->v->align_as = read_alignment(r, c);
    }
    return CX_ChildVisit_Continue;
}

/* ---- declarations ------------------------------------------------------------------------- */

/* What begins a declaration but is no part of its range: macros that are attributes. */
static uint32_t declaration_begin(const reader *r, uint32_t begin)
{
    const tokens *t = &r->tokens;
    for (uint32_t i = token_before(t, begin); i-- > 0;) {
        uint32_t open = token_is(t, i, ")") && t->items[i].pair ? t->items[i].pair - 1 : i;
        if (t->items[open].kind != TOKEN_NAME)
            break;
        const expansion *e = expansion_at(r, t->items[open].begin);
        bool is_attribute = open != i && token_is(t, open, "__attribute__");
        if (!is_attribute && (!e || e->at.end != t->items[i].end))
            break;
        i = open;
        begin = t->items[open].begin;
    }
    return begin;
}

static node *build_var(builder *b, cx_cursor c)
{
    reader *r = b->r;
    const libclang *clang = r->clang;
    cx_cursor value = clang->Cursor_getVarDeclInitializer(c);
    span s = span_of(r, clang->getCursorExtent(c));
    node *n = new_node(b, N_VAR, c, s, clang->Cursor_isNull(value) ? 0 : 1);
    var *v = new_var(b, c);
    v->decl = n;
    v->block = b->scope;
    v->type = read_type(r, clang->getCursorType(c));
    int storage = clang->Cursor_getStorageClass(c);
    v->is_static = storage == CX_SC_STATIC || storage == CX_SC_EXTERN;
    v->is_register = storage == CX_SC_REGISTER;
    attributes a = {b, v};
    clang->visitChildren(c, read_attribute, &a);
    if (v->cleanup)
        v->cleanup_fn = callee_named(r, v->cleanup);
    b->is_wanted = b->is_wanted || v->is_async || v->cleanup;
    n->var = v;
    n->name = v->name;
    n->type = v->type;
    if (n->count)
        n->kids[0] = build_expression(b, value);
    /* Specifiers may be those of a macro. If all of it is, or the name, then so is the node. */
    const char *by = s.whole ? s.whole : s.begin_body ? s.begin_body : s.end_body;
    bool is_all = s.whole || v->name_at.begin == UINT32_MAX;
    s.whole = s.begin_body = s.end_body = NULL;
    finish(b, n, s, OWN_MIDDLE);
    n->macro = !is_all ? NULL : by ? by : "a macro";
    return n;
}

/* Each declarator has the range from the specifiers on: the second begins behind the first. */
static void part_declarators(builder *b, node *n)
{
    const tokens *t = &b->r->tokens;
    for (uint32_t i = 0; i < n->count; i++) {
        node *v = n->kids[i];
        if (i == 0 || v->macro || n->kids[i - 1]->macro)
            continue;
        uint32_t at = token_at(t, n->kids[i - 1]->at.end);
        while (at < t->count && !token_is(t, at, ",") && t->items[at].begin < v->at.end)
            at++;
        if (t->items[at + 1].begin < v->at.end)
            v->at.begin = t->items[at + 1].begin;
    }
}

node *build_declarations(builder *b, cx_cursor c)
{
    reader *r = b->r;
    cursors all = children(r, c);
    span s = span_of(r, r->clang->getCursorExtent(c));
    if (s.at.begin != UINT32_MAX)
        s.at.begin = declaration_begin(r, s.at.begin);
    node *n = new_node(b, N_DECLS, c, s, all.count);
    n->count = 0;
    for (uint32_t i = 0; i < all.count; i++)
        if (all.items[i].kind == CX_Cursor_VarDecl)
            n->kids[n->count++] = build_var(b, all.items[i]);
    part_declarators(b, n);
    if (n->count > 0 && !n->kids[0]->macro)
        n->kids[0]->at.begin = n->at.begin;
    const char *by = s.whole;
    s.whole = s.begin_body = s.end_body = NULL;
    finish(b, n, s, OWN_MIDDLE);
    for (uint32_t i = 0; i < n->count; i++)
        n->macro = n->macro ? n->macro : n->kids[i]->macro;
    if (n->count == 0)
        n->macro = by;
    end_at_semicolon(b, n);
    return n;
}

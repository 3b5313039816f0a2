#include <string.h>

#include "read.h"

/*
 * A word is `((void)bide_word_X, a, b, ...)` in the syntax tree (bide/async_source.h): a chain of
 * commas, of which each item but some constants wraps one operand in parentheses and a cast.
 */

enum { MOST_ITEMS = 12 };

typedef struct items {
    cx_cursor item[MOST_ITEMS];
    uint32_t count;
} items;

static const struct {
    const char *name; /* behind bide_word_ */
    node_kind kind;
} words[] = {
    {"await", N_AWAIT}, {"try", N_AWAIT_TRY}, {"catch", N_AWAIT_CATCH}, {"next", N_AWAIT_NEXT},
    {"boxed", N_BOXED}, {"join", N_JOIN},     {"select", N_SELECT},     {"race", N_RACE},
    {"drop", N_DROP},   {"spawn", N_SPAWN},   {"yield", N_YIELD},       {"owned", N_OWNED},
    {"fail", N_FAIL},
};

/* What the user writes; the macros behind them have other names. */
static bool is_written_word(const char *macro_name)
{
    static const char *const written[] = {
        "await", "await_try", "await_catch", "await_next", "boxed", "join", "select",
        "race",  "drop",      "spawn",       "yield",      "owned", "fail"};
    for (size_t i = 0; i < sizeof written / sizeof *written; i++)
        if (macro_name && strcmp(macro_name, written[i]) == 0)
            return true;
    return false;
}

/* The only operand of a parenthesis or cast. */
static bool only_operand(reader *r, cx_cursor c, cx_cursor *operand)
{
    cursors kids = operands(r, c);
    if (kids.count != 1)
        return false;
    *operand = strip(r, kids.items[0]);
    return true;
}

/* From the right end of the chain; then they are turned around. False: it is no word. */
static bool read_chain(reader *r, cx_cursor c, items *list, cx_cursor *mark)
{
    while (c.kind == CX_Cursor_BinaryOperator) {
        cursors kids = operands(r, c);
        if (kids.count != 2 || list->count == MOST_ITEMS)
            return false;
        list->item[list->count++] = strip(r, kids.items[1]);
        c = strip(r, kids.items[0]);
    }
    for (uint32_t i = 0; i < list->count / 2; i++) {
        cx_cursor swap = list->item[i];
        list->item[i] = list->item[list->count - 1 - i];
        list->item[list->count - 1 - i] = swap;
    }
    return list->count > 0 && c.kind == CX_Cursor_CStyleCastExpr && only_operand(r, c, mark) &&
           mark->kind == CX_Cursor_DeclRefExpr;
}

static int word_kind(reader *r, cx_cursor mark)
{
    static const char begin[] = "bide_word_";
    const char *name = spelling(r, mark);
    if (strncmp(name, begin, sizeof begin - 1) != 0)
        return -1;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(name + sizeof begin - 1, words[i].name) == 0)
            return (int)words[i].kind;
    return -1;
}

/* (void)(x), or (x): x. */
static cx_cursor inner(reader *r, cx_cursor c)
{
    if (c.kind == CX_Cursor_CStyleCastExpr)
        only_operand(r, c, &c);
    if (c.kind == CX_Cursor_ParenExpr)
        only_operand(r, c, &c);
    return c;
}

static void add_kid(builder *b, node *n, cx_cursor c)
{
    n->kids[n->count++] = build_expression(b, c);
}

/* (void)((lvalue) = (call)): the lvalue's parenthesis comes from the body of the word, so it does
 * not begin where the user wrote one. */
static bool split_assignment(reader *r, cx_cursor c, cx_cursor *left, cx_cursor *right)
{
    cx_cursor whole = inner(r, c);
    if (whole.kind != CX_Cursor_BinaryOperator)
        return false;
    cursors kids = operands(r, whole);
    if (kids.count != 2)
        return false;
    *left = strip(r, kids.items[0]);
    *right = strip(r, kids.items[1]);
    if (left->kind != CX_Cursor_ParenExpr || right->kind != CX_Cursor_ParenExpr)
        return false;
    uint32_t at;
    return main_offset(r, r->clang->getRangeStart(r->clang->getCursorExtent(*left)), &at) &&
           expansion_at(r, at);
}

/* (void)sizeof((fn)(&(p)), 0): the function's name. */
static const char *owned_function(builder *b, cx_cursor c)
{
    reader *r = b->r;
    cx_cursor size, call;
    if (!only_operand(r, c, &size) || !only_operand(r, size, &call))
        return NULL;
    call = inner(r, call);
    cursors kids = operands(r, call);
    if (call.kind == CX_Cursor_BinaryOperator && kids.count == 2)
        call = strip(r, kids.items[0]);
    kids = operands(r, call);
    if (call.kind != CX_Cursor_CallExpr || kids.count == 0)
        return NULL;
    cx_cursor called = inner(r, strip(r, kids.items[0]));
    const char *name = spelling(r, called);
    callee_named(r, name);
    return name;
}

static void add_owned(builder *b, node *n, const items *list)
{
    n->name = owned_function(b, list->item[0]);
    add_kid(b, n, inner(b->r, list->item[1]));
    n->var = n->kids[0]->kind == N_REF ? n->kids[0]->var : NULL;
    if (n->var && n->var->is_param && !n->var->owned) {
        n->var->owned = n->name;
        n->var->owned_order = b->owned++;
    }
}

static void add_catch(builder *b, node *n, const items *list)
{
    cx_cursor left, right;
    if (!split_assignment(b->r, list->item[0], &left, &right)) {
        add_kid(b, n, inner(b->r, list->item[0]));
        return;
    }
    cx_cursor lvalue = inner(b->r, left), call = inner(b->r, right);
    if (n->kind == N_AWAIT_NEXT)
        add_kid(b, n, lvalue);
    add_kid(b, n, call);
    if (n->kind == N_AWAIT_CATCH)
        add_kid(b, n, lvalue);
}

static void add_kids(builder *b, node *n, const items *list)
{
    uint32_t last = list->count - 1;
    switch (n->kind) {
    case N_AWAIT_TRY:
        add_kid(b, n, inner(b->r, list->item[last]));
        /* (void)sizeof((is_error)(call)), (void)(is_error), (call) */
        if (last > 1)
            add_kid(b, n, inner(b->r, list->item[1]));
        break;
    case N_AWAIT_CATCH:
    case N_AWAIT_NEXT:
        add_catch(b, n, list);
        break;
    case N_OWNED:
        add_owned(b, n, list);
        break;
    case N_JOIN:
    case N_SELECT:
    case N_RACE:
    case N_SPAWN:
        for (uint32_t i = 0; i < last; i++)
            add_kid(b, n, inner(b->r, list->item[i]));
        break;
    default:
        add_kid(b, n, inner(b->r, list->item[0]));
    }
}

/* How many kids the model promises, absent ones included. */
static uint32_t promised(node_kind kind)
{
    return kind == N_AWAIT_TRY || kind == N_AWAIT_CATCH ? 2 : kind == N_SPAWN ? 3 : 0;
}

/* The word as the user wrote it, or the macro around it. */
static span word_span(builder *b, cx_cursor paren)
{
    reader *r = b->r;
    span s = span_of(r, r->clang->getCursorExtent(paren));
    const expansion *e = s.at.begin == UINT32_MAX ? NULL : expansion_at(r, s.at.begin);
    if (e && is_written_word(e->name)) {
        s.at = e->at;
        s.begin_body = s.end_body = s.whole = NULL;
    }
    return s;
}

node *build_word(builder *b, cx_cursor paren)
{
    reader *r = b->r;
    items list = {.count = 0};
    cx_cursor chain, mark;
    if (!only_operand(r, paren, &chain) || chain.kind != CX_Cursor_BinaryOperator ||
        !read_chain(r, chain, &list, &mark))
        return NULL;
    int kind = word_kind(r, mark);
    if (kind < 0 || (kind == N_OWNED && list.count < 2))
        return NULL;
    b->is_wanted = true;
    span s = word_span(b, paren);
    node *n = new_node(b, (node_kind)kind, paren, s, MOST_ITEMS);
    n->count = 0;
    add_kids(b, n, &list);
    if (n->count < promised(n->kind))
        n->count = promised(n->kind);
    n->type = read_type(r, r->clang->getCursorType(paren));
    return finish(b, n, s, OWN_BOTH);
}

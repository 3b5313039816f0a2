#include <stdlib.h>
#include <string.h>

#include "read.h"

/* ---- nodes -------------------------------------------------------------------------------- */

node *new_node(builder *b, node_kind kind, cx_cursor c, span s, uint32_t kids)
{
    node *n = NEW(b->r->arena, node);
    n->kind = kind;
    n->at = s.at;
    n->head = NOWHERE;
    n->count = kids;
    n->kids = NEW_ARRAY(b->r->arena, node *, kids);
    n->is_unevaluated = b->unevaluated;
    if (s.at.begin == UINT32_MAX)
        n->line = location_place(b->r, b->r->clang->getCursorLocation(c));
    else
        n->line = source_place(b->r->source, s.at.begin);
    return n;
}

static bool has_text(const node *n)
{
    return n && n->at.begin != UINT32_MAX;
}

/* A macro that uses an argument twice shows the same text twice. */
static void find_repeated(builder *b, node *n, span s)
{
    if (s.region == 0 || n->macro || n->is_unevaluated || !has_text(n))
        return;
    uint32_t key[3] = {(uint32_t)n->kind, n->at.begin, n->at.end};
    void **slot = table_at(b->r->arena, &b->seen, key, sizeof key);
    if (*slot)
        n->is_repeated = ((node *)*slot)->is_repeated = true;
    else
        *slot = n;
}

/* Kids of operators stand one behind the other, unless a macro put them together. */
static bool is_in_order(const node *n)
{
    for (uint32_t i = 0; i + 1 < n->count; i++)
        if (has_text(n->kids[i]) && has_text(n->kids[i + 1]) &&
            n->kids[i]->at.end > n->kids[i + 1]->at.begin)
            return false;
    return true;
}

static void find_macro(builder *b, node *n, span s, own_text own)
{
    const reader *r = b->r;
    if (s.whole)
        n->macro = s.whole;
    else if (own != OWN_END && own != OWN_MIDDLE && s.begin_body)
        n->macro = s.begin_body;
    else if (own != OWN_BEGIN && own != OWN_MIDDLE && s.end_body)
        n->macro = s.end_body;
    else if (own == OWN_MIDDLE && !is_in_order(n)) {
        const expansion *e = &r->expansions[r->regions[s.region].expansion];
        if (s.end_body || s.begin_body) {
            n->macro = s.end_body ? s.end_body : s.begin_body;
        } else if (s.region) {
            n->macro = e->name;
            n->at = e->at;
        }
    }
}

/* In `#define OR(a, b) a || b`, the `x && y` of `x && OR(y, z)` has one half in the file and no
 * text of its own: neither side of the operator can be told from the other. */
static void find_mixed(node *n)
{
    for (uint32_t i = 0; n->macro && i < n->count; i++) {
        node *kid = n->kids[i];
        bool covers = has_text(kid) && !kid->macro && kid->count > 0 &&
                      kid->at.begin <= n->at.begin && kid->at.end >= n->at.end;
        if (covers)
            kid->macro = n->macro;
    }
}

node *finish(builder *b, node *n, span s, own_text own)
{
    for (uint32_t i = 0; i < n->count; i++)
        if (n->kids[i])
            n->kids[i]->parent = n;
    find_macro(b, n, s, own);
    if (own == OWN_MIDDLE)
        find_mixed(n);
    find_repeated(b, n, s);
    return n;
}

/* ---- cursors ------------------------------------------------------------------------------ */

static bool is_expression(cx_cursor c)
{
    return c.kind >= 100 && c.kind < 200;
}

cursors operands(reader *r, cx_cursor c)
{
    cursors all = children(r, c);
    uint32_t count = 0;
    for (uint32_t i = 0; i < all.count; i++)
        if (is_expression(all.items[i]))
            all.items[count++] = all.items[i];
    all.count = count;
    return all;
}

/* Implicit conversions are nodes of libclang with the range of their only child. */
cx_cursor strip(reader *r, cx_cursor c)
{
    while (c.kind == CX_Cursor_UnexposedExpr) {
        cursors kids = children(r, c);
        if (kids.count != 1 || !is_expression(kids.items[0]) ||
            !same_range(r->clang->getCursorExtent(c), r->clang->getCursorExtent(kids.items[0])))
            break;
        c = kids.items[0];
    }
    return c;
}

static span cursor_span(builder *b, cx_cursor c)
{
    return span_of(b->r, b->r->clang->getCursorExtent(c));
}

/* A node of all operands. */
static node *build_operands(builder *b, node_kind kind, cx_cursor c, own_text own)
{
    cursors kids = operands(b->r, c);
    span s = cursor_span(b, c);
    node *n = new_node(b, kind, c, s, kids.count);
    for (uint32_t i = 0; i < kids.count; i++)
        n->kids[i] = build_expression(b, kids.items[i]);
    return finish(b, n, s, own);
}

/* ---- names -------------------------------------------------------------------------------- */

static node *build_reference(builder *b, cx_cursor c)
{
    reader *r = b->r;
    cx_cursor declaration = r->clang->getCursorReferenced(c);
    span s = cursor_span(b, c);
    var *v = find_var(b, declaration);
    node *n = new_node(b, v ? N_REF : N_NAME, c, s, 0);
    n->var = v;
    n->name = v ? v->name : spelling(r, declaration);
    /* libclang gives the type as it was written: an array, where the parameter is a pointer. */
    n->type = v && v->is_param ? v->type : NULL;
    if (declaration.kind == CX_Cursor_FunctionDecl) {
        n->callee = callee_of(r, declaration);
        b->is_wanted = b->is_wanted || n->callee->is_async || n->callee->is_future;
    }
    return finish(b, n, s, OWN_BEGIN);
}

/* Where the name of the member stands tells whose text it is. */
static node *build_member(builder *b, cx_cursor c)
{
    reader *r = b->r;
    const char *name = spelling(r, c);
    cursors kids = operands(r, c);
    if (kids.count != 1)
        return build_operands(b, N_VALUE, c, OWN_BEGIN);
    /* The unnamed union around the member. */
    if (!*name)
        return build_expression(b, kids.items[0]);
    span s = cursor_span(b, c);
    uint32_t at;
    bool known = main_offset(r, r->clang->getCursorLocation(c), &at);
    const expansion *e = known ? expansion_at(r, at) : NULL;
    node *n = new_node(b, N_MEMBER, c, s, 1);
    n->name = name;
    n->kids[0] = build_expression(b, kids.items[0]);
    const type *base = n->kids[0]->type;
    n->is_arrow = base && (base->is_pointer || base->is_array);
    if (e && !s.whole)
        s.end_body = e->name;
    return finish(b, n, s, OWN_END);
}

static node *skip_parens(node *n)
{
    while (n && n->kind == N_PAREN && n->count)
        n = n->kids[0];
    return n;
}

static node *build_call(builder *b, cx_cursor c)
{
    node *n = build_operands(b, N_CALL, c, OWN_END);
    const node *called = n->count ? skip_parens(n->kids[0]) : NULL;
    n->callee = called && called->kind == N_NAME ? called->callee : NULL;
    return n;
}

/* ---- operators ---------------------------------------------------------------------------- */

static node *build_binary(builder *b, cx_cursor c)
{
    static const node_kind kinds[] = {[OPERATOR_OTHER] = N_VALUE,
                                      [OPERATOR_AND] = N_AND,
                                      [OPERATOR_OR] = N_OR,
                                      [OPERATOR_ASSIGN] = N_ASSIGN,
                                      [OPERATOR_COMMA] = N_COMMA};
    cursors kids = operands(b->r, c);
    if (kids.count != 2)
        return build_operands(b, N_VALUE, c, OWN_BEGIN);
    span s = cursor_span(b, c);
    node *n = new_node(b, N_VALUE, c, s, 2);
    n->kids[0] = build_expression(b, kids.items[0]);
    n->kids[1] = build_expression(b, kids.items[1]);
    bool in_file = false;
    n->kind = kinds[binary_operator(b, c, s, n->kids[0], n->kids[1], &in_file)];
    if (in_file)
        s.whole = NULL;
    if (!in_file)
        s.whole = operator_macro(b->r, s, n->kids[0], n->kids[1]);
    return finish(b, n, s, OWN_MIDDLE);
}

static bool is_prefix(const tokens *t, uint32_t index)
{
    static const char *const marks[] = {"&", "*", "++", "--", "+", "-", "!", "~", "&&"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (token_is(t, index, marks[i]))
            return true;
    return t->items[index].kind == TOKEN_NAME &&
           strncmp(t->text + t->items[index].begin, "__", 2) == 0;
}

static node_kind unary_kind(const tokens *t, uint32_t index)
{
    if (token_is(t, index, "&"))
        return N_ADDRESS;
    if (token_is(t, index, "*"))
        return N_DEREF;
    return token_is(t, index, "++") || token_is(t, index, "--") ? N_UPDATE : N_VALUE;
}

static bool makes_pointer(builder *b, cx_cursor c, const node *operand)
{
    const libclang *clang = b->r->clang;
    cx_type result = clang->getCanonicalType(clang->getCursorType(c));
    if (result.kind != CX_Type_Pointer || !operand->type)
        return false;
    const type *pointee = read_type(b->r, clang->getPointeeType(result));
    return strcmp(pointee->canonical, operand->type->canonical) == 0;
}

/* The operator stands in a macro. An address can be told from the types alone. */
static node_kind unary_in_macro(builder *b, cx_cursor c, span s, const node *operand)
{
    reader *r = b->r;
    if (r->clang->getCursorUnaryOperatorKind) {
        int kind = r->clang->getCursorUnaryOperatorKind(c);
        if (kind >= UNARY_POST_INC && kind <= UNARY_PRE_DEC)
            return N_UPDATE;
        return kind == UNARY_ADDRESS ? N_ADDRESS : kind == UNARY_DEREF ? N_DEREF : N_VALUE;
    }
    if (makes_pointer(b, c, operand))
        return N_ADDRESS;
    const expansion *e = s.at.begin == UINT32_MAX ? NULL : expansion_at(r, s.at.begin);
    if (!e && s.region)
        e = &r->expansions[r->regions[s.region].expansion];
    const char *mark = unary_in_body(r, e, operand);
    return !mark ? N_VALUE : *mark == '*' ? N_DEREF : mark[1] ? N_UPDATE : N_VALUE;
}

static node *build_unary(builder *b, cx_cursor c)
{
    const tokens *t = &b->r->tokens;
    cursors kids = operands(b->r, c);
    if (kids.count != 1)
        return build_operands(b, N_VALUE, c, OWN_BEGIN);
    span s = cursor_span(b, c);
    node *n = new_node(b, N_VALUE, c, s, 1);
    node *kid = n->kids[0] = build_expression(b, kids.items[0]);
    uint32_t first = token_at(t, n->at.begin), behind = token_before(t, n->at.end);
    bool shows = has_text(n) && !s.whole;
    bool post = shows && !s.end_body && behind > 0 && has_text(kid) && kid->at.end < n->at.end &&
                (token_is(t, behind - 1, "++") || token_is(t, behind - 1, "--"));
    own_text own = post ? OWN_END : OWN_BEGIN;
    if (post)
        n->kind = N_UPDATE;
    else if (shows && !s.begin_body && is_prefix(t, first))
        n->kind = unary_kind(t, first);
    else
        n->kind = unary_in_macro(b, c, s, kid);
    return finish(b, n, s, own);
}

/* ---- the rest ----------------------------------------------------------------------------- */

static node *build_unevaluated(builder *b, cx_cursor c)
{
    bool before = b->unevaluated;
    span s = cursor_span(b, c);
    cursors kids = operands(b->r, c);
    node *n = new_node(b, N_UNEVALUATED, c, s, kids.count);
    b->unevaluated = true;
    for (uint32_t i = 0; i < kids.count; i++)
        n->kids[i] = build_expression(b, kids.items[i]);
    b->unevaluated = before;
    return finish(b, n, s, OWN_BEGIN);
}

/* Only one of the results of _Generic is evaluated, and which is not told: words in any of them
 * count as not evaluated, names as used. */
static void mark_words(node *n)
{
    if (n->kind >= N_AWAIT && n->kind <= N_FAIL)
        n->is_unevaluated = true;
    for (uint32_t i = 0; i < n->count; i++)
        if (n->kids[i])
            mark_words(n->kids[i]);
}

static node *build_generic(builder *b, cx_cursor c)
{
    span s = cursor_span(b, c);
    cursors kids = operands(b->r, c);
    node *n = new_node(b, N_VALUE, c, s, kids.count);
    for (uint32_t i = 0; i < kids.count; i++) {
        bool before = b->unevaluated;
        b->unevaluated = before || i == 0;
        n->kids[i] = build_expression(b, kids.items[i]);
        b->unevaluated = before;
        mark_words(n->kids[i]);
    }
    if (kids.count) {
        node *control = new_node(b, N_UNEVALUATED, kids.items[0], cursor_span(b, kids.items[0]), 1);
        control->kids[0] = n->kids[0];
        control->type = n->kids[0]->type;
        n->kids[0]->parent = control;
        n->kids[0] = control;
    }
    return finish(b, n, s, OWN_BEGIN);
}

static node *build_statement_expression(builder *b, cx_cursor c)
{
    span s = cursor_span(b, c);
    cursors kids = children(b->r, c);
    node *n = new_node(b, N_STATEMENT_EXPR, c, s, kids.count ? 1 : 0);
    if (kids.count)
        n->kids[0] = build_statement(b, kids.items[0]);
    return finish(b, n, s, OWN_BEGIN);
}

static bool same_text(builder *b, cx_cursor x, cx_cursor y)
{
    range a = cursor_span(b, x).at, c = cursor_span(b, y).at;
    return a.begin == c.begin && a.end == c.end;
}

/* GNU `a ?: c` shows its first operand several times, and then the other. */
static node *build_unexposed(builder *b, cx_cursor c)
{
    cursors kids = operands(b->r, c);
    if (kids.count < 3 || !same_text(b, kids.items[0], kids.items[1]) ||
        same_text(b, kids.items[0], kids.items[kids.count - 1]))
        return build_operands(b, N_VALUE, c, OWN_BEGIN);
    span s = cursor_span(b, c);
    node *n = new_node(b, N_COND_GNU, c, s, 2);
    n->kids[0] = build_expression(b, kids.items[0]);
    n->kids[1] = build_expression(b, kids.items[kids.count - 1]);
    return finish(b, n, s, OWN_MIDDLE);
}

static node *build_paren(builder *b, cx_cursor c)
{
    node *word = build_word(b, c);
    return word ? word : build_operands(b, N_PAREN, c, OWN_BOTH);
}

static node *build_by_kind(builder *b, cx_cursor c)
{
    switch (c.kind) {
    case CX_Cursor_DeclRefExpr:
        return build_reference(b, c);
    case CX_Cursor_MemberRefExpr:
        return build_member(b, c);
    case CX_Cursor_CallExpr:
        return build_call(b, c);
    case CX_Cursor_ParenExpr:
        return build_paren(b, c);
    case CX_Cursor_UnaryOperator:
        return build_unary(b, c);
    case CX_Cursor_BinaryOperator:
        return build_binary(b, c);
    case CX_Cursor_CompoundAssignOperator:
        return build_operands(b, N_UPDATE, c, OWN_MIDDLE);
    case CX_Cursor_ConditionalOperator:
        return build_operands(b, N_COND, c, OWN_MIDDLE);
    case CX_Cursor_ArraySubscriptExpr:
        return build_operands(b, N_INDEX, c, OWN_END);
    case CX_Cursor_CStyleCastExpr:
        return build_operands(b, N_CAST, c, OWN_BEGIN);
    case CX_Cursor_CompoundLiteralExpr:
        return build_operands(b, N_LITERAL, c, OWN_BEGIN);
    case CX_Cursor_InitListExpr:
        return build_operands(b, N_LIST, c, OWN_BOTH);
    case CX_Cursor_StmtExpr:
        return build_statement_expression(b, c);
    case CX_Cursor_GenericSelectionExpr:
        return build_generic(b, c);
    case CX_Cursor_UnaryExpr:
        return build_unevaluated(b, c);
    case CX_Cursor_UnexposedExpr:
        return build_unexposed(b, c);
    default:
        return build_operands(b, N_VALUE, c, OWN_BEGIN);
    }
}

/* Whether the type of an operation is a typedef of its operands, or still atomic, differs between
 * versions. */
static cx_type operation_type(const libclang *clang, cx_cursor c)
{
    cx_type t = clang->getCursorType(c), canonical = clang->getCanonicalType(t);
    bool is_operation = c.kind == CX_Cursor_BinaryOperator || c.kind == CX_Cursor_UnaryOperator ||
                        c.kind == CX_Cursor_CompoundAssignOperator ||
                        c.kind == CX_Cursor_ParenExpr || c.kind == CX_Cursor_StmtExpr;
    if (is_operation && canonical.kind == CX_Type_Atomic)
        canonical = clang->getCanonicalType(clang->Type_getValueType(canonical));
    else if (c.kind == CX_Cursor_ConditionalOperator || c.kind == CX_Cursor_UnexposedExpr)
        return canonical;
    bool is_number = canonical.kind >= CX_Type_Bool && canonical.kind <= CX_Type_LongDouble;
    return is_operation && is_number ? canonical : t;
}

node *build_expression(builder *b, cx_cursor c)
{
    const libclang *clang = b->r->clang;
    cx_cursor seen = strip(b->r, c);
    node *n = build_by_kind(b, seen);
    if (n->type)
        return n;
    n->type = read_type(b->r, operation_type(clang, seen));
    return n;
}

#include <string.h>

#include "read.h"

static span cursor_span(builder *b, cx_cursor c)
{
    return span_of(b->r, b->r->clang->getCursorExtent(c));
}

static bool is_nowhere(range at)
{
    return at.begin == UINT32_MAX;
}

static bool is_skipped(const unit *u, uint32_t offset)
{
    for (uint32_t i = 0; i < u->skipped_count; i++)
        if (u->skipped[i].begin <= offset && offset < u->skipped[i].end)
            return true;
    return false;
}

/* The range of a statement ends before its semicolon. */
void end_at_semicolon(builder *b, node *n)
{
    const tokens *t = &b->r->tokens;
    /* The semicolon of what a macro holds is that of all of the macro. */
    if (is_nowhere(n->at) || n->at.begin == b->body_begin)
        return;
    uint32_t behind = token_before(t, n->at.end);
    if (behind > 0 && token_is(t, behind - 1, ";"))
        return;
    uint32_t index = token_at(t, n->at.end);
    while (t->items[index].kind == TOKEN_DIRECTIVE || is_skipped(b->r->unit, t->items[index].begin))
        index++;
    if (token_is(t, index, ";"))
        n->at.end = t->items[index].end;
}

/* Of a statement whose kids are built next; to be left with what it gives. */
static uint32_t enter(builder *b, span s)
{
    uint32_t before = b->body_begin;
    b->body_begin = s.whole || s.begin_body ? s.at.begin : UINT32_MAX;
    return before;
}

static node *build_or_null(builder *b, const cx_cursor *c)
{
    return c ? build_statement(b, *c) : NULL;
}

/* A statement that ends with another ends with that one's semicolon. That of a macro's last
 * statement stands behind all of the macro. */
static void end_with(builder *b, node *n, const node *last)
{
    if (!last || is_nowhere(n->at) || is_nowhere(last->at))
        return;
    if (last->at.end > n->at.end)
        n->at.end = last->at.end;
    if (last->macro && last->at.end == n->at.end && last->kind != N_BLOCK && last->kind != N_SWITCH)
        end_at_semicolon(b, n);
}

/* ---- blocks ------------------------------------------------------------------------------- */

/* `M(x);` where M ends with a semicolon of its own: the one in the file is an empty statement. */
static void give_back_semicolon(node *before, const node *n)
{
    if (n->kind == N_EMPTY && !n->macro && !is_nowhere(before->at) && !is_nowhere(n->at) &&
        before->at.end > n->at.begin && before->at.begin < n->at.begin)
        before->at.end = n->at.begin;
}

static node *build_block(builder *b, cx_cursor c)
{
    cursors kids = children(b->r, c);
    span s = cursor_span(b, c);
    node *n = new_node(b, N_BLOCK, c, s, kids.count);
    node *outer = b->scope;
    uint32_t before = enter(b, s);
    b->scope = n;
    for (uint32_t i = 0; i < kids.count; i++) {
        n->kids[i] = build_statement(b, kids.items[i]);
        if (i > 0)
            give_back_semicolon(n->kids[i - 1], n->kids[i]);
    }
    b->scope = outer;
    b->body_begin = before;
    return finish(b, n, s, OWN_BOTH);
}

/* ---- expressions as statements ------------------------------------------------------------ */

/* The semicolon comes from a macro's body. */
static void take_macro(builder *b, node *n, const node *kid, uint32_t region_index)
{
    const reader *r = b->r;
    n->macro = kid->macro;
    if (n->macro || region_index == 0)
        return;
    const expansion *e = &r->expansions[r->regions[region_index].expansion];
    n->macro = e->name;
    n->at = e->at;
}

static node *build_expression_statement(builder *b, cx_cursor c)
{
    span s = cursor_span(b, c);
    node *kid = build_expression(b, c);
    /* A word may show more of the text than its range does. */
    s.at = kid->at;
    node *n = kid;
    if (kid->kind != N_OWNED) {
        n = new_node(b, N_EXPR, c, s, 1);
        n->kids[0] = kid;
        s.whole = s.begin_body = s.end_body = NULL;
        finish(b, n, s, OWN_MIDDLE);
    }
    uint32_t end = n->at.end;
    end_at_semicolon(b, n);
    if (n != kid && n->at.end == end)
        take_macro(b, n, kid, s.region);
    return n;
}

/* ---- jumps and labels --------------------------------------------------------------------- */

/* A statement whose kids are all expressions. */
static node *build_simple(builder *b, node_kind kind, cx_cursor c)
{
    cursors kids = operands(b->r, c);
    span s = cursor_span(b, c);
    node *n = new_node(b, kind, c, s, kids.count);
    for (uint32_t i = 0; i < kids.count; i++)
        n->kids[i] = build_expression(b, kids.items[i]);
    finish(b, n, s, OWN_BEGIN);
    end_at_semicolon(b, n);
    return n;
}

static node *build_goto(builder *b, cx_cursor c)
{
    node *n = build_simple(b, N_GOTO, c);
    cursors kids = children(b->r, c);
    n->count = 0;
    n->name = kids.count ? spelling(b->r, kids.items[0]) : "";
    return n;
}

/* From the label to its colon, which is the first one behind `from`. */
static void find_head(builder *b, node *n, uint32_t from)
{
    const tokens *t = &b->r->tokens;
    if (n->macro || is_nowhere(n->at)) {
        n->head = n->at;
        return;
    }
    uint32_t index = token_at(t, from);
    while (index < t->count && t->items[index].begin < n->at.end && !token_is(t, index, ":"))
        index++;
    n->head = (range){n->at.begin, t->items[index].end};
}

static node *build_label(builder *b, node_kind kind, cx_cursor c)
{
    cursors kids = children(b->r, c);
    span s = cursor_span(b, c);
    uint32_t values = kind == N_CASE && kids.count > 1 ? kids.count - 1 : 0;
    node *n = new_node(b, kind, c, s, kids.count ? 1 : 0);
    n->name = kind == N_LABEL ? spelling(b->r, c) : NULL;
    uint32_t before = enter(b, s);
    if (n->count)
        n->kids[0] = build_statement(b, kids.items[kids.count - 1]);
    b->body_begin = before;
    finish(b, n, s, OWN_BEGIN);
    uint32_t from = n->at.begin;
    if (values) {
        span last = cursor_span(b, kids.items[values - 1]);
        from = is_nowhere(last.at) ? from : last.at.end;
    }
    end_with(b, n, n->count ? n->kids[0] : NULL);
    find_head(b, n, from);
    return n;
}

/* ---- branches and loops ------------------------------------------------------------------- */

static node *build_if(builder *b, cx_cursor c)
{
    cursors kids = children(b->r, c);
    span s = cursor_span(b, c);
    node *n = new_node(b, N_IF, c, s, 3);
    uint32_t before = enter(b, s);
    n->kids[0] = kids.count > 0 ? build_expression(b, kids.items[0]) : NULL;
    n->kids[1] = build_or_null(b, kids.count > 1 ? &kids.items[1] : NULL);
    n->kids[2] = build_or_null(b, kids.count > 2 ? &kids.items[2] : NULL);
    b->body_begin = before;
    finish(b, n, s, OWN_BEGIN);
    end_with(b, n, n->kids[2] ? n->kids[2] : n->kids[1]);
    return n;
}

/* while and switch. */
static node *build_head_and_body(builder *b, node_kind kind, cx_cursor c)
{
    cursors kids = children(b->r, c);
    span s = cursor_span(b, c);
    node *n = new_node(b, kind, c, s, 2);
    uint32_t before = enter(b, s);
    n->kids[0] = kids.count > 0 ? build_expression(b, kids.items[0]) : NULL;
    n->kids[1] = build_or_null(b, kids.count > 1 ? &kids.items[1] : NULL);
    b->body_begin = before;
    finish(b, n, s, OWN_BEGIN);
    end_with(b, n, n->kids[1]);
    return n;
}

static node *build_do(builder *b, cx_cursor c)
{
    cursors kids = children(b->r, c);
    span s = cursor_span(b, c);
    node *n = new_node(b, N_DO, c, s, 2);
    uint32_t before = enter(b, s);
    n->kids[0] = build_or_null(b, kids.count > 0 ? &kids.items[0] : NULL);
    n->kids[1] = kids.count > 1 ? build_expression(b, kids.items[1]) : NULL;
    b->body_begin = before;
    finish(b, n, s, OWN_BEGIN);
    end_at_semicolon(b, n);
    return n;
}

/* Which of the three parts of for (;;) are there. */
typedef struct for_parts {
    bool is_there[3];
} for_parts;

/* `index` is the token `for`. */
static bool read_parts(const tokens *t, uint32_t index, for_parts *parts)
{
    uint32_t open = index + 1, part = 0;
    if (!token_is(t, index, "for") || !token_is(t, open, "(") || !t->items[open].pair)
        return false;
    *parts = (for_parts){{false, false, false}};
    for (uint32_t i = open + 1; i < t->items[open].pair; i++) {
        if (token_is(t, i, ";")) {
            if (++part > 2)
                return false;
        } else {
            parts->is_there[part] = true;
        }
        if (t->items[i].pair > i)
            i = t->items[i].pair;
    }
    return part == 2;
}

/* A loop that a macro opens: its definition shows the parts, or that of a macro in it. */
static bool parts_in_macro(reader *r, const macro *m, for_parts *parts, uint32_t depth)
{
    for (uint32_t i = m ? m->begin : 0; m && i < m->body.count; i++)
        if (read_parts(&m->body, i, parts))
            return true;
    for (uint32_t i = m ? m->begin : 0; m && depth && i < m->body.count; i++) {
        if (m->body.items[i].kind != TOKEN_NAME)
            continue;
        const macro *inner = macro_named(r, token_text(r->arena, &m->body, i));
        if (inner && inner != m && parts_in_macro(r, inner, parts, depth - 1))
            return true;
    }
    return false;
}

/* Absent parts are no children of libclang's: the text tells which are there. */
static for_parts find_parts(builder *b, span s, const cursors *kids)
{
    reader *r = b->r;
    for_parts parts = {{true, true, true}};
    uint32_t missing = kids->count < 4 ? 4 - kids->count : 0;
    if (missing == 0 || is_nowhere(s.at))
        return parts;
    const expansion *e = expansion_at(r, s.at.begin);
    if (e ? parts_in_macro(r, macro_of(r, e), &parts, 8)
          : read_parts(&r->tokens, token_at(&r->tokens, s.at.begin), &parts))
        return parts;
    /* A macro gives empty parts or semicolons: a declaration is the first part, if anything. */
    bool declares = kids->count > 1 && kids->items[0].kind == CX_Cursor_DeclStmt;
    parts =
        (for_parts){{declares, kids->count > (declares ? 2u : 1u), kids->count > 2 && !declares}};
    return parts;
}

static node *build_for(builder *b, cx_cursor c)
{
    cursors kids = children(b->r, c);
    span s = cursor_span(b, c);
    node *n = new_node(b, N_FOR, c, s, 4);
    node *outer = b->scope;
    uint32_t before = enter(b, s);
    b->scope = n;
    for_parts parts = find_parts(b, s, &kids);
    uint32_t next = 0, body = kids.count ? kids.count - 1 : 0;
    if (parts.is_there[0] && next < body)
        n->kids[0] = build_statement(b, kids.items[next++]);
    for (uint32_t i = 1; i < 3; i++)
        if (parts.is_there[i] && next < body)
            n->kids[i] = build_expression(b, kids.items[next++]);
    n->kids[3] = build_or_null(b, kids.count ? &kids.items[body] : NULL);
    b->scope = outer;
    b->body_begin = before;
    finish(b, n, s, OWN_BEGIN);
    end_with(b, n, n->kids[3]);
    return n;
}

/* ---- all of them -------------------------------------------------------------------------- */

/* A statement with an attribute, and what else there may be. */
static node *build_other(builder *b, cx_cursor c)
{
    cursors kids = children(b->r, c);
    span s = cursor_span(b, c);
    node *n = new_node(b, N_OTHER, c, s, kids.count);
    uint32_t before = enter(b, s);
    n->count = 0;
    for (uint32_t i = 0; i < kids.count; i++)
        if (kids.items[i].kind >= 100 && kids.items[i].kind < 300)
            n->kids[n->count++] = build_statement(b, kids.items[i]);
    b->body_begin = before;
    finish(b, n, s, OWN_BEGIN);
    end_with(b, n, n->count ? n->kids[n->count - 1] : NULL);
    end_at_semicolon(b, n);
    return n;
}

node *build_statement(builder *b, cx_cursor c)
{
    switch (c.kind) {
    case CX_Cursor_CompoundStmt:
        return build_block(b, c);
    case CX_Cursor_DeclStmt:
        return build_declarations(b, c);
    case CX_Cursor_IfStmt:
        return build_if(b, c);
    case CX_Cursor_WhileStmt:
        return build_head_and_body(b, N_WHILE, c);
    case CX_Cursor_SwitchStmt:
        return build_head_and_body(b, N_SWITCH, c);
    case CX_Cursor_DoStmt:
        return build_do(b, c);
    case CX_Cursor_ForStmt:
        return build_for(b, c);
    case CX_Cursor_CaseStmt:
        return build_label(b, N_CASE, c);
    case CX_Cursor_DefaultStmt:
        return build_label(b, N_DEFAULT, c);
    case CX_Cursor_LabelStmt:
        return build_label(b, N_LABEL, c);
    case CX_Cursor_GotoStmt:
        return build_goto(b, c);
    case CX_Cursor_IndirectGotoStmt:
        return build_simple(b, N_GOTO_COMPUTED, c);
    case CX_Cursor_BreakStmt:
        return build_simple(b, N_BREAK, c);
    case CX_Cursor_ContinueStmt:
        return build_simple(b, N_CONTINUE, c);
    case CX_Cursor_ReturnStmt:
        return build_simple(b, N_RETURN, c);
    case CX_Cursor_NullStmt:
        return build_simple(b, N_EMPTY, c);
    case CX_Cursor_GCCAsmStmt:
    case CX_Cursor_MSAsmStmt:
        return build_simple(b, N_ASM, c);
    default:
        return c.kind >= 100 && c.kind < 200 ? build_expression_statement(b, c) : build_other(b, c);
    }
}

/* ---- functions ---------------------------------------------------------------------------- */

/* Back over specifiers, which may be macros, and attributes; not into the declaration before. */
static uint32_t definition_begin(const reader *r, uint32_t begin)
{
    static const char *const with_brackets[] = {"__attribute__", "__declspec", "_Alignas",
                                                "alignas"};
    const tokens *t = &r->tokens;
    uint32_t limit = 0;
    for (uint32_t i = 0; i < r->end_count; i++)
        if (r->ends[i] <= begin && r->ends[i] > limit)
            limit = r->ends[i];
    for (uint32_t i = token_before(t, begin); i-- > 0;) {
        bool known = t->items[i].kind == TOKEN_NAME && t->items[i].begin >= limit;
        if (token_is(t, i, ")") && t->items[i].pair)
            for (size_t j = 0; j < sizeof with_brackets / sizeof *with_brackets; j++)
                known = known || token_is(t, t->items[i].pair - 1, with_brackets[j]);
        if (!known)
            break;
        if (t->items[i].kind != TOKEN_NAME)
            i = t->items[i].pair - 1;
        begin = t->items[i].begin;
    }
    return begin;
}

bool prototype_range(reader *r, cx_cursor c, range *at)
{
    const tokens *t = &r->tokens;
    *at = span_of(r, r->clang->getCursorExtent(c)).at;
    if (is_nowhere(*at))
        return false;
    at->begin = definition_begin(r, at->begin);
    uint32_t index = token_at(t, at->end);
    while (index < t->count && !token_is(t, index, ";"))
        index++;
    at->end = t->items[index].end;
    return true;
}

bool is_async_function(reader *r, cx_cursor c)
{
    const symbol *s = find_symbol(r, spelling(r, c));
    for (uint32_t i = 0; s && i < s->count; i++)
        if (annotation(r, s->items[i], "bide.async"))
            return true;
    return false;
}

static bool find_body(reader *r, cx_cursor definition, cx_cursor *body)
{
    cursors kids = children(r, definition);
    for (uint32_t i = kids.count; i-- > 0;)
        if (kids.items[i].kind == CX_Cursor_CompoundStmt) {
            *body = kids.items[i];
            return true;
        }
    return false;
}

static function *new_function(reader *r, cx_cursor c)
{
    const libclang *clang = r->clang;
    function *f = NEW(r->arena, function);
    f->name = spelling(r, c);
    f->result = read_type(r, clang->getCursorResultType(c));
    f->at = span_of(r, clang->getCursorExtent(c)).at;
    if (!is_nowhere(f->at))
        f->at.begin = definition_begin(r, f->at.begin);
    f->line = cursor_place(r, c);
    f->is_static = clang->Cursor_getStorageClass(c) == CX_SC_STATIC;
    f->is_inline = clang->Cursor_isFunctionInlined(c) != 0;
    return f;
}

/* A declaration before the definition may have said it. */
static void read_words_of_function(reader *r, function *f, cx_cursor definition)
{
    const symbol *s = find_symbol(r, f->name);
    f->wants_send = annotation(r, definition, "bide.async_send") != NULL;
    for (uint32_t i = 0; s && i < s->count; i++) {
        f->wants_send = f->wants_send || annotation(r, s->items[i], "bide.async_send");
        f->is_static =
            f->is_static || (s->items[i].kind == CX_Cursor_FunctionDecl &&
                             r->clang->Cursor_getStorageClass(s->items[i]) == CX_SC_STATIC);
    }
}

function *build_function(reader *r, cx_cursor definition, bool is_async)
{
    cx_cursor body;
    if (!find_body(r, definition, &body))
        return NULL;
    function *f = new_function(r, definition);
    builder b = {.r = r, .f = f, .body_begin = UINT32_MAX};
    int params = r->clang->Cursor_getNumArguments(definition);
    for (int i = 0; i < params; i++)
        add_param(&b, r->clang->Cursor_getArgument(definition, (unsigned)i));
    f->body = build_statement(&b, body);
    for (uint32_t i = 0; i < f->param_count; i++)
        f->params[i]->block = f->body;
    f->head = (range){f->at.begin, f->body->at.begin};
    if (!is_async && !b.is_wanted)
        return NULL;
    f->self = callee_of(r, definition);
    f->is_generator = f->self->is_generator;
    if (is_async)
        f->self->definition = f;
    read_words_of_function(r, f, definition);
    return f;
}

#include <string.h>

#include "read.h"

/*
 * libclang tells which operator an expression has only from version 17 on. Before, the text does:
 * the operator is the one token between its operands. Where a macro's body holds it, it is looked
 * for there, between names that the operands end and begin with.
 */

static operator_kind kind_of_token(const tokens *t, uint32_t index)
{
    return token_is(t, index, "&&")   ? OPERATOR_AND
           : token_is(t, index, "||") ? OPERATOR_OR
           : token_is(t, index, "=")  ? OPERATOR_ASSIGN
           : token_is(t, index, ",")  ? OPERATOR_COMMA
                                      : OPERATOR_OTHER;
}

static operator_kind kind_of_number(int number)
{
    return number == BINARY_LAND     ? OPERATOR_AND
           : number == BINARY_LOR    ? OPERATOR_OR
           : number == BINARY_ASSIGN ? OPERATOR_ASSIGN
           : number == BINARY_COMMA  ? OPERATOR_COMMA
                                     : OPERATOR_OTHER;
}

/* ---- in the main file --------------------------------------------------------------------- */

/* Where a macro takes all its arguments as one, a comma may separate them or be an operator. */
static bool may_separate(const reader *r, uint32_t index)
{
    const tokens *t = &r->tokens;
    const region *in = &r->regions[region_of(r, t->items[index].begin)];
    if (!in->is_rest || !token_is(t, index, ","))
        return false;
    for (uint32_t i = token_at(t, in->at.begin); i < index; i++)
        if (token_is(t, i, "(") && t->items[i].pair > index)
            return false;
    return true;
}

/* The index of the one token between two operands, but for names, commas and brackets of macros
 * that hold one of them; 0: there is no such token. */
static uint32_t token_between(const reader *r, const node *left, const node *right)
{
    const tokens *t = &r->tokens;
    if (left->at.begin == UINT32_MAX || right->at.begin == UINT32_MAX ||
        left->at.end > right->at.begin)
        return 0;
    uint32_t first = token_at(t, left->at.end), end = token_at(t, right->at.begin);
    uint32_t found = 0, count = 0;
    for (uint32_t i = first; i < end; i++)
        if (!is_between_arguments(r, t->items[i].begin)) {
            found = i;
            count++;
        }
    if (count == 0 && end == first + 1 && t->items[first].kind == TOKEN_NAME)
        return first;
    return count == 1 && !may_separate(r, found) ? found : 0;
}

/* ---- in the body of a macro --------------------------------------------------------------- */

/* The first or last operand in an expression that is a single token, or ends with a bracket. */
static const node *edge_of(const node *n, bool last)
{
    for (;;) {
        bool ends = n->kind == N_REF || n->kind == N_NAME || n->count == 0 || !n->kids[0] ||
                    n->kind == N_UNEVALUATED || (last && n->kind == N_MEMBER);
        bool goes_on = !last || n->kind == N_PAREN || n->kind == N_VALUE || n->kind == N_COMMA ||
                       n->kind == N_AND || n->kind == N_OR || n->kind == N_ASSIGN;
        if (ends || !goes_on)
            return n;
        n = n->kids[last ? n->count - 1 : 0];
    }
}

/* A token of a body is what an operand ends or begins with. */
static bool is_edge(const tokens *t, uint32_t index, const node *operand, bool last)
{
    const node *edge = edge_of(operand, last);
    if (t->items[index].kind == TOKEN_NUMBER || t->items[index].kind == TOKEN_STRING)
        return edge->kind == N_VALUE && edge->count == 0;
    if (token_is(t, index, "]"))
        return last && edge->kind == N_INDEX;
    return edge->name && token_is(t, index, edge->name);
}

/* A parameter is what an operand ends or begins with, if that lies in its argument. In a macro that
 * another one uses, the argument is not known, and may be. */
static bool matches(const reader *r, const macro *m, const expansion *e, uint32_t index,
                    const node *operand, bool last)
{
    uint32_t param;
    const char *word = token_text(r->arena, &m->body, index);
    if (!macro_parameter(m, word, &param))
        return is_edge(&m->body, index, operand, last);
    if (!e || param >= e->region_count)
        return !e;
    const node *edge = operand;
    while (edge->kind == N_PAREN && edge->macro && edge->count)
        edge = edge->kids[0];
    range in = r->regions[e->first_region + param].at;
    uint32_t at = last ? edge->at.end - 1 : edge->at.begin;
    return at >= in.begin && at < in.end;
}

static bool is_bracket(const tokens *t, uint32_t index, const char *which)
{
    return token_is(t, index, which);
}

/* An operator at a token of the body stands between these operands. */
static bool stands_between(const reader *r, const macro *m, const expansion *e, uint32_t index,
                           const node *left, const node *right)
{
    const tokens *t = &m->body;
    uint32_t before = index - 1, behind = index + 1;
    while (before > m->begin && is_bracket(t, before, ")"))
        before--;
    while (behind < t->count &&
           (is_bracket(t, behind, "(") || token_is(t, behind, "!") || token_is(t, behind, "*") ||
            token_is(t, behind, "&") || token_is(t, behind, "-")))
        behind++;
    return behind < t->count && matches(r, m, e, before, left, true) &&
           matches(r, m, e, behind, right, false);
}

static bool ends_operand(const tokens *t, uint32_t index)
{
    return t->items[index].kind == TOKEN_NUMBER || t->items[index].kind == TOKEN_NAME ||
           token_is(t, index, ")") || token_is(t, index, "]");
}

/* A comma that separates arguments has a name or a bracket before its parenthesis. */
static bool is_operator(const tokens *t, uint32_t begin, uint32_t index)
{
    if (kind_of_token(t, index) == OPERATOR_OTHER)
        return false;
    if (!token_is(t, index, ","))
        return true;
    uint32_t open = index;
    while (open-- > begin)
        if (token_is(t, open, "(") && t->items[open].pair > index)
            return open == begin ||
                   (t->items[open - 1].kind == TOKEN_MARK && !token_is(t, open - 1, ")"));
    return true;
}

/* The operators of a body, and of the macros in it. */
typedef struct candidates {
    const node *left, *right; /* only those that stand between these; NULL: all */
    operator_kind found;      /* the last one */
    uint32_t kinds;           /* a bit for each */
    uint32_t depth;
} candidates;

enum { DEEPEST = 8 };

static bool is_mark_of_operator(const tokens *t, uint32_t index)
{
    return t->items[index].kind == TOKEN_MARK && !token_is(t, index, "->") &&
           !strchr("()[]{};,.?:!~#", t->text[t->items[index].begin]);
}

static void collect(reader *r, const macro *m, const expansion *e, candidates *c);

static void collect_inner(reader *r, const macro *m, uint32_t index, candidates *c)
{
    const macro *inner = macro_named(r, token_text(r->arena, &m->body, index));
    if (!inner || inner == m || c->depth == DEEPEST)
        return;
    c->depth++;
    collect(r, inner, NULL, c);
    c->depth--;
}

static void collect(reader *r, const macro *m, const expansion *e, candidates *c)
{
    const tokens *t = &m->body;
    for (uint32_t i = m->begin; i < t->count; i++) {
        bool decides = is_operator(t, m->begin, i);
        if (t->items[i].kind == TOKEN_NAME) {
            collect_inner(r, m, i, c);
        } else if ((decides || is_mark_of_operator(t, i)) &&
                   (!c->left || (i > m->begin && stands_between(r, m, e, i, c->left, c->right)))) {
            c->found = decides ? kind_of_token(t, i) : OPERATOR_OTHER;
            c->kinds |= 1u << c->found;
        }
    }
}

/* If it may be one that decides whether its right side is evaluated, it counts as one: then what
 * would be wrong is refused, and nothing is guessed. */
static operator_kind choose(const candidates *c)
{
    if (c->kinds == (1u << c->found))
        return c->found;
    if (c->kinds & (1u << OPERATOR_AND))
        return OPERATOR_AND;
    return c->kinds & (1u << OPERATOR_OR) ? OPERATOR_OR : OPERATOR_OTHER;
}

static operator_kind any_in_body(reader *r, const expansion *e)
{
    const macro *m = macro_of(r, e);
    candidates c = {.depth = 0};
    if (m)
        collect(r, m, e, &c);
    return choose(&c);
}

/* The macros that may hold the operator: where all of it begins, and around each side. */
enum { HOLDERS = 5 };

static uint32_t find_holders(const reader *r, span s, const node *left, const node *right,
                             const expansion *holders[HOLDERS])
{
    uint32_t offsets[] = {s.at.begin, right->at.begin}, count = 0;
    uint32_t regions[] = {left->at.begin == UINT32_MAX ? 0 : region_of(r, left->at.end - 1),
                          right->at.begin == UINT32_MAX ? 0 : region_of(r, right->at.begin),
                          s.region};
    for (size_t i = 0; i < 2; i++) {
        const expansion *e = offsets[i] == UINT32_MAX ? NULL : expansion_at(r, offsets[i]);
        if (e)
            holders[count++] = e;
    }
    for (size_t i = 0; i < 3; i++)
        if (regions[i])
            holders[count++] = &r->expansions[r->regions[regions[i]].expansion];
    return count;
}

static operator_kind operator_in_body(reader *r, span s, const node *left, const node *right)
{
    const expansion *holders[HOLDERS];
    uint32_t count = find_holders(r, s, left, right, holders);
    for (uint32_t i = 0; i < count; i++) {
        candidates c = {.left = left, .right = right};
        const macro *m = macro_of(r, holders[i]);
        if (m)
            collect(r, m, holders[i], &c);
        if (c.kinds)
            return choose(&c);
    }
    return count ? any_in_body(r, holders[0]) : OPERATOR_OTHER;
}

const char *operator_macro(const reader *r, span s, const node *left, const node *right)
{
    const expansion *holders[HOLDERS];
    if (s.whole || s.end_body || s.begin_body)
        return s.whole ? s.whole : s.end_body ? s.end_body : s.begin_body;
    return find_holders(r, s, left, right, holders) ? holders[0]->name : "a macro";
}

/* At a token of the body, before or behind the operand; NULL: there is none. */
static const char *unary_at(const reader *r, const macro *m, const expansion *e, uint32_t index,
                            const node *operand)
{
    static const char *const marks[] = {"&", "*", "++", "--", "!", "-", "~", "+"};
    const tokens *t = &m->body;
    bool step = token_is(t, index, "++") || token_is(t, index, "--");
    uint32_t before = index, behind = index + 1;
    while (before > m->begin && token_is(t, before - 1, ")"))
        before--;
    while (behind < t->count && token_is(t, behind, "("))
        behind++;
    if (step && before > m->begin && matches(r, m, e, before - 1, operand, true))
        return "++";
    if (behind == t->count || (index > m->begin && ends_operand(t, index - 1)))
        return NULL;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (token_is(t, index, marks[i]) && matches(r, m, e, behind, operand, false))
            return marks[i];
    return NULL;
}

static const char *unary_in(reader *r, const macro *m, const expansion *e, const node *operand,
                            uint32_t depth)
{
    const char *found = NULL;
    for (uint32_t i = m ? m->begin : 0; m && !found && i < m->body.count; i++) {
        if (m->body.items[i].kind == TOKEN_MARK) {
            found = unary_at(r, m, e, i, operand);
        } else if (m->body.items[i].kind == TOKEN_NAME && depth < DEEPEST) {
            const macro *inner = macro_named(r, token_text(r->arena, &m->body, i));
            found = inner && inner != m ? unary_in(r, inner, NULL, operand, depth + 1) : NULL;
        }
    }
    return found;
}

const char *unary_in_body(reader *r, const expansion *e, const node *operand)
{
    return e ? unary_in(r, macro_of(r, e), e, operand, 0) : NULL;
}

/* ------------------------------------------------------------------------------------------- */

operator_kind binary_operator(builder *b, cx_cursor c, span s, const node *left, const node *right,
                              bool *in_file)
{
    reader *r = b->r;
    uint32_t index = token_between(r, left, right);
    operator_kind shown = kind_of_token(&r->tokens, index);
    const token *t = &r->tokens.items[index];
    *in_file = index && (t->kind == TOKEN_MARK || expansion_at(r, t->begin));
    if (r->clang->getCursorBinaryOperatorKind) {
        operator_kind kind = kind_of_number(r->clang->getCursorBinaryOperatorKind(c));
        *in_file = *in_file && (t->kind == TOKEN_NAME || kind == shown);
        return kind;
    }
    if (*in_file && t->kind == TOKEN_MARK)
        return shown;
    if (!*in_file)
        return operator_in_body(r, s, left, right);
    /* `a AND b` */
    return any_in_body(r, expansion_at(r, t->begin));
}

#include "check.h"

#include <string.h>

/* ---- names -------------------------------------------------------------------------------- */

/* Words of C++ that C leaves free. */
static const char *const cpp_words[] = {
    "alignas",      "alignof",
    "and",          "and_eq",
    "asm",          "bitand",
    "bitor",        "bool",
    "catch",        "char16_t",
    "char32_t",     "char8_t",
    "class",        "co_await",
    "co_return",    "co_yield",
    "compl",        "concept",
    "const_cast",   "consteval",
    "constexpr",    "constinit",
    "decltype",     "delete",
    "dynamic_cast", "explicit",
    "export",       "false",
    "friend",       "mutable",
    "namespace",    "new",
    "noexcept",     "not",
    "not_eq",       "nullptr",
    "operator",     "or",
    "or_eq",        "private",
    "protected",    "public",
    "requires",     "static_assert",
    "template",     "reinterpret_cast",
    "static_cast",  "this",
    "thread_local", "throw",
    "true",         "try",
    "typeid",       "typename",
    "using",        "virtual",
    "wchar_t",      "xor",
    "xor_eq",
};

static bool is_cpp_word(const char *name)
{
    for (size_t i = 0; i < sizeof cpp_words / sizeof *cpp_words; i++)
        if (strcmp(name, cpp_words[i]) == 0)
            return true;
    return false;
}

static void check_cpp_names(const unit *u, const function *f)
{
    if (f->is_static)
        return;
    if (is_cpp_word(f->name))
        error_at(u->diagnostics, f->line, "rename it, or make it static",
                 "async function '%s' has a name that C++ reserves, and stands in a header",
                 f->name);
    for (uint32_t i = 0; i < f->param_count; i++)
        if (f->params[i]->name && is_cpp_word(f->params[i]->name))
            error_at(u->diagnostics, f->params[i]->at, "rename it, or make the function static",
                     "parameter '%s' of '%s' has a name that C++ reserves, and stands in a header",
                     f->params[i]->name, f->name);
}

static const char *const made_ends[] = {"_init",      "_poll",    "_drop",   "_start",
                                        "_start_box", "_discard", "_type",   "_flags",
                                        "_output",    "_result",  "_cancel", "_poll_next"};
enum { MADE_ENDS = sizeof made_ends / sizeof *made_ends };

bool is_made_name(const char *name, const char *callee_name)
{
    if (!starts_with(name, callee_name))
        return false;
    for (int i = 0; i < MADE_ENDS; i++)
        if (strcmp(name + strlen(callee_name), made_ends[i]) == 0)
            return true;
    return false;
}

static void check_clashes(const unit *u, const function *f)
{
    if (!u->is_declared || f->self->is_stand_in)
        return;
    for (int i = 0; i < MADE_ENDS; i++) {
        const char *name = SAY(u, "%s%s", f->name, made_ends[i]);
        if (u->is_declared(u, name))
            error_at(u->diagnostics, f->line, "rename one of them",
                     "'%s' is declared already, but async function '%s' makes this name", name,
                     f->name);
    }
    const char *tag = SAY(u, "struct %s", f->name);
    if (u->is_declared(u, tag))
        error_at(u->diagnostics, f->line, "rename one of them",
                 "'%s' is declared already, but it is the future that async function '%s' makes",
                 tag, f->name);
}

/* ---- signatures --------------------------------------------------------------------------- */

static bool is_sized(const type *t)
{
    return t->is_void || t->size != 0;
}

static void check_private_type(const unit *u, const function *f, const type *t, place at,
                               const char *what)
{
    if (f->is_static || !t->needs || !t->needs_in_main)
        return;
    /* A tag can be declared ahead for a pointer; a typedef and an enum cannot. */
    if (!t->needs_complete && (starts_with(t->needs, "struct ") || starts_with(t->needs, "union ")))
        return;
    error_at(u->diagnostics, at,
             SAY(u, "move '%s' to the header, or make '%s' static, or pass a pointer to a struct",
                 t->needs, f->name),
             "%s of '%s' stands in its header, but its type '%s' is declared in this file", what,
             f->name, t->spelling);
    if (t->needs_at.line)
        note_at(u->diagnostics, t->needs_at, "'%s' is declared here", t->needs);
}

static void check_parameter(const unit *u, const function *f, const var *p, uint32_t number)
{
    diagnostics *d = u->diagnostics;
    if (!p->name || !*p->name) {
        error_at(d, p->at.line ? p->at : f->line, "give it a name: the future keeps it",
                 "parameter %u of async function '%s' has no name", number, f->name);
        return;
    }
    if (starts_with(p->name, "bide_"))
        error_at(d, p->at, "rename it",
                 "parameter '%s': names that begin with bide_ belong to the generated code",
                 p->name);
    if (p->type->is_variable)
        error_at(d, p->at, "pass a plain pointer",
                 "parameter '%s' has the variably modified type '%s', which a future cannot hold",
                 p->name, p->type->spelling);
    else if (!is_sized(p->type))
        error_at(d, p->at, "include the header that completes the type, or pass a pointer",
                 "parameter '%s' has the incomplete or empty type '%s'", p->name,
                 p->type->spelling);
    else
        check_private_type(u, f, p->type, p->at, SAY(u, "parameter '%s'", p->name));
}

static void check_signature(const unit *u, const function *f)
{
    diagnostics *d = u->diagnostics;
    if (strcmp(f->name, "main") == 0)
        error_at(d, f->line, "name it otherwise, and run it from main with bide_block_on",
                 "main cannot be async");
    if (f->self && f->self->is_variadic)
        error_at(d, f->line, "take a va_list by pointer, or an array and its length",
                 "async function '%s' takes variable arguments, which a future cannot keep",
                 f->name);
    if (f->is_generator && f->result->is_void)
        error_at(d, f->line, "write the type of the items in front of its name",
                 "generator '%s' gives items of type void", f->name);
    if (!is_sized(f->result))
        error_at(d, f->line, "include the header that completes the type",
                 "async function '%s' returns the incomplete or empty type '%s'", f->name,
                 f->result->spelling);
    else
        check_private_type(u, f, f->result, f->line, "the result");
    for (uint32_t i = 0; i < f->param_count; i++)
        check_parameter(u, f, f->params[i], i + 1);
}

/* ---- recursion ---------------------------------------------------------------------------- */

typedef struct edge {
    function *from, *to;
    place at;
} edge;

typedef struct graph {
    unit *u;
    edge *edges;
    uint32_t count;
    uint8_t *colours; /* of each function: 0 not seen, 1 on the path, 2 done */
    edge **path;
    uint32_t depth;
} graph;

static void add_edge(graph *g, function *from, function *to, place at)
{
    if (to)
        PUSH(g->u->arena, edge, g->edges, g->count) = (edge){from, to, at};
}

/* The frames that f's frame holds: of what it awaits by value. */
static void add_edges(graph *g, function *f, node *n)
{
    if (!n)
        return;
    if (n->kind == N_CALL && n->callee && n->callee->definition && !n->is_unevaluated) {
        const node *p = outer(n);
        if (p && ((p->kind >= N_AWAIT && p->kind <= N_AWAIT_CATCH) ||
                  (p->kind == N_VAR && p->var && p->var->is_async)))
            add_edge(g, f, n->callee->definition, n->line);
    }
    if (n->kind == N_VAR && n->var && n->var->cleanup_fn)
        add_edge(g, f, n->var->cleanup_fn->definition, n->line);
    for (uint32_t i = 0; i < n->count; i++)
        add_edges(g, f, n->kids[i]);
}

static uint32_t index_of(const unit *u, const function *f)
{
    uint32_t i = 0;
    while (i < u->function_count && u->functions[i] != f)
        i++;
    return i;
}

/* The path from `first` on, and `last` back to where it begins. */
static void report_cycle(graph *g, uint32_t first, const edge *last)
{
    text t = {.arena = g->u->arena};
    text_printf(&t, "'%s' awaits ", last->from->name);
    if (last->from == last->to)
        text_puts(&t, "itself");
    else
        text_printf(&t, "'%s'", last->to->name);
    for (uint32_t i = first; i < g->depth; i++)
        text_printf(&t, ", which awaits '%s'", g->path[i]->to->name);
    error_at(g->u->diagnostics, last->at,
             SAY(g->u, "write boxed(%s(...)) inside the await: its frame is then allocated",
                 last->to->name),
             "%s: its frame would hold itself", t.data);
    for (uint32_t i = first; i < g->depth; i++)
        note_at(g->u->diagnostics, g->path[i]->at, "'%s' awaits '%s' here", g->path[i]->from->name,
                g->path[i]->to->name);
}

static void search(graph *g, uint32_t from)
{
    const unit *u = g->u;
    g->colours[from] = 1;
    for (uint32_t i = 0; i < g->count; i++) {
        edge *e = &g->edges[i];
        uint32_t to = index_of(u, e->to);
        if (e->from != u->functions[from] || to == u->function_count)
            continue;
        if (g->colours[to] == 1) {
            uint32_t first = 0;
            while (first < g->depth && g->path[first]->from != e->to)
                first++;
            report_cycle(g, first, e);
        } else if (g->colours[to] == 0) {
            g->path[g->depth++] = e;
            search(g, to);
            g->depth--;
        }
    }
    g->colours[from] = 2;
}

static void check_recursion(unit *u)
{
    graph g = {.u = u};
    g.colours = NEW_ARRAY(u->arena, uint8_t, u->function_count);
    g.path = NEW_ARRAY(u->arena, edge *, u->function_count);
    for (uint32_t i = 0; i < u->function_count; i++)
        add_edges(&g, u->functions[i], u->functions[i]->body);
    for (uint32_t i = 0; i < u->function_count; i++)
        if (g.colours[i] == 0)
            search(&g, i);
}

void check_functions(unit *u)
{
    for (uint32_t i = 0; i < u->function_count; i++) {
        check_signature(u, u->functions[i]);
        check_cpp_names(u, u->functions[i]);
        check_clashes(u, u->functions[i]);
    }
    check_recursion(u);
}

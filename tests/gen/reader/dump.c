/*
 * dump FILE [compiler options]: what the read pass makes of a file, as text, for the golden test;
 * and whether each node's range is what the model promises. dump --quiet does only the second.
 */
#include <stdio.h>
#include <string.h>

#include "passes.h"

static const char *const kinds[] = {
    "BLOCK",       "DECLS",         "VAR",        "EXPR",           "IF",      "WHILE",
    "DO",          "FOR",           "SWITCH",     "CASE",           "DEFAULT", "LABEL",
    "GOTO",        "GOTO_COMPUTED", "BREAK",      "CONTINUE",       "RETURN",  "EMPTY",
    "ASM",         "OTHER",         "REF",        "NAME",           "CALL",    "AND",
    "OR",          "COND",          "COND_GNU",   "COMMA",          "ASSIGN",  "UPDATE",
    "ADDRESS",     "DEREF",         "INDEX",      "MEMBER",         "CAST",    "PAREN",
    "UNEVALUATED", "LITERAL",       "LIST",       "STATEMENT_EXPR", "VALUE",   "AWAIT",
    "AWAIT_TRY",   "AWAIT_CATCH",   "AWAIT_NEXT", "YIELD",          "BOXED",   "JOIN",
    "SELECT",      "RACE",          "DROP",       "SPAWN",          "OWNED",   "FAIL",
};
_Static_assert(sizeof kinds / sizeof *kinds == N_FAIL + 1, "a name for each kind");

/* A long text is shown by both ends, on one line. */
static void print_text(const unit *u, range at)
{
    if (at.begin == UINT32_MAX) {
        printf(" nowhere");
        return;
    }
    uint32_t length = at.end - at.begin;
    printf(" `");
    for (uint32_t i = 0; i < length; i++) {
        if (length > 60 && i == 30) {
            printf(" ... ");
            i = length - 25;
        }
        char c = u->text[at.begin + i];
        putchar(c == '\n' ? ' ' : c);
    }
    printf("`");
}

static void print_type(const type *t)
{
    if (!t) {
        printf(" ?");
        return;
    }
    printf(" <%s|%s>", t->before, t->after);
    if (strcmp(t->spelling, t->canonical) != 0)
        printf(" = %s", t->canonical);
    printf("%s%s%s%s%s", t->is_const ? " const" : "", t->is_volatile ? " volatile" : "",
           t->is_atomic ? " atomic" : "", t->is_variable ? " variable" : "",
           t->is_unnamed ? " unnamed" : "");
    if (t->needs)
        printf(" needs %s%s%s%s at %u:%u", t->needs, t->needs_in_function ? " of function" : "",
               t->needs_in_main ? " of main" : "", t->needs_complete ? " complete" : "",
               t->needs_at.line, t->needs_at.column);
    if (t->include >= 0)
        printf(" include %d", t->include);
    if (t->bound)
        printf(" bound by %s at %u:%u", t->bound, t->bound_at.line, t->bound_at.column);
}

static void print_node(const unit *u, const node *n, const node *parent, int depth)
{
    printf("%*s", depth * 2, "");
    if (!n) {
        printf("-\n");
        return;
    }
    printf("%s %u:%u", kinds[n->kind], n->line.line, n->line.column);
    print_text(u, n->at);
    if (n->head.begin != UINT32_MAX) {
        printf(" head");
        print_text(u, n->head);
    }
    printf("%s%s%s%s%s%s%s%s%s", n->name ? " name " : "", n->name ? n->name : "",
           n->callee ? " callee " : "", n->callee ? n->callee->name : "", n->macro ? " macro " : "",
           n->macro ? n->macro : "", n->is_arrow ? " arrow" : "",
           n->is_unevaluated ? " unevaluated" : "", n->is_repeated ? " repeated" : "");
    if (n->parent != parent)
        printf(" WRONG PARENT");
    if (n->kind >= N_REF || n->kind == N_VAR)
        print_type(n->type);
    printf("\n");
    for (uint32_t i = 0; i < n->count; i++)
        print_node(u, n->kids[i], n, depth + 1);
}

static void print_var(const var *v)
{
    printf("  var %u %s %u:%u", v->index, v->name, v->at.line, v->at.column);
    print_type(v->type);
    if (v->name_at.begin == UINT32_MAX)
        printf(" name nowhere");
    printf("%s%s%s%s", v->is_param ? " param" : "", v->is_static ? " static" : "",
           v->is_register ? " register" : "", v->is_async ? " async" : "");
    if (v->cleanup)
        printf(" scoped %s%s", v->cleanup, v->cleanup_fn ? "" : " unknown");
    if (v->owned)
        printf(" owned %s %u", v->owned, v->owned_order);
    if (v->raw_cleanup)
        printf(" raw %s", v->raw_cleanup);
    if (v->align_as)
        printf(" align %u", (unsigned)v->align_as);
    if (v->block)
        printf(" in %s %u", kinds[v->block->kind], v->block->line.line);
    if (v->decl && v->decl->var != v)
        printf(" WRONG DECL");
    printf("\n");
}

static void print_function(const unit *u, const function *f)
{
    printf("function %s%s%s%s%s %u:%u", f->name, f->is_static ? " static" : "",
           f->is_inline ? " inline" : "", f->is_generator ? " generator" : "",
           f->wants_send ? " send" : "", f->line.line, f->line.column);
    print_text(u, f->head);
    print_type(f->result);
    printf("\n");
    for (uint32_t i = 0; i < f->var_count; i++)
        print_var(f->vars[i]);
    print_node(u, f->body, NULL, 1);
}

static const char *file_name(const char *path)
{
    const char *slash = path ? strrchr(path, '/') : NULL;
    return slash ? slash + 1 : path ? path : "nowhere";
}

/* Only what does not depend on the system, nor on the size of frames of the library. */
static void print_callee(const unit *u, const callee *k)
{
    if (k->in_system)
        return;
    printf("callee %s%s%s%s%s%s%s include %d", k->name, k->is_async ? " async" : "",
           k->is_generator ? " generator" : "", k->is_future ? " future" : "",
           k->is_dyn ? " dyn" : "", k->in_main ? " main" : "", k->is_variadic ? " variadic" : "",
           k->include);
    printf(" at %s", file_name(k->at.file));
    if (strcmp(file_name(k->at.file), file_name(u->path)) == 0)
        printf(":%u:%u", k->at.line, k->at.column);
    printf("%s%s", k->frame_size ? " frame" : "", k->flags >= 0 ? " flags" : "");
    print_type(k->result);
    for (uint32_t i = 0; i < k->param_count; i++) {
        printf(", %s", k->params[i].name ? k->params[i].name : "unnamed");
        print_type(k->params[i].type);
    }
    printf("%s\n", k->definition ? " defined" : "");
}

/* ---- what the model promises -------------------------------------------------------------- */

static uint32_t broken;

static void expect(const unit *u, const node *n, bool good, const char *what)
{
    if (good)
        return;
    broken++;
    printf("BROKEN %s: %s %u:%u", what, kinds[n->kind], n->line.line, n->line.column);
    print_text(u, n->at);
    printf("\n");
}

static bool has_text(const node *n)
{
    return n && n->at.begin != UINT32_MAX;
}

static bool says(const unit *u, range at, const char *word)
{
    return at.end - at.begin == strlen(word) && memcmp(u->text + at.begin, word, strlen(word)) == 0;
}

static bool ends_with(const unit *u, const node *n, const char *any)
{
    return n->at.end > n->at.begin && strchr(any, u->text[n->at.end - 1]) != NULL;
}

static void check_kids(const unit *u, const node *n)
{
    const node *before = NULL;
    for (uint32_t i = 0; i < n->count; i++) {
        const node *kid = n->kids[i];
        if (!has_text(kid))
            continue;
        expect(u, kid, n->at.begin <= kid->at.begin && kid->at.end <= n->at.end, "outside");
        expect(u, kid, !before || before->at.end <= kid->at.begin, "overlaps");
        before = kid;
    }
}

static void check_own_text(const unit *u, const node *n)
{
    if (n->kind == N_REF || (n->kind == N_NAME && n->name))
        expect(u, n, says(u, n->at, n->name), "no name");
    if (n->kind == N_CALL || n->kind == N_PAREN || (n->kind >= N_AWAIT && n->kind <= N_FAIL))
        expect(u, n, ends_with(u, n, n->kind == N_OWNED ? ";" : ")"), "no bracket");
    if (n->kind == N_INDEX)
        expect(u, n, ends_with(u, n, "]"), "no bracket");
    if (n->kind <= N_OTHER && n->kind != N_VAR)
        expect(u, n, ends_with(u, n, ";}") || (n->count > 0 && n->kids[n->count - 1]->macro),
               "no end");
    if (n->kind == N_BLOCK)
        expect(u, n, u->text[n->at.begin] == '{' && ends_with(u, n, "}"), "no braces");
    if (n->kind == N_VAR)
        expect(u, n, says(u, n->var->name_at, n->name), "no name");
    if (n->head.begin != UINT32_MAX)
        expect(u, n, n->head.begin == n->at.begin && u->text[n->head.end - 1] == ':', "no label");
}

static void check_node(const unit *u, const node *n)
{
    if (!n)
        return;
    expect(u, n, has_text(n) || n->macro, "no text and no macro");
    expect(u, n, !has_text(n) || (n->at.begin < n->at.end && n->at.end <= u->length), "no range");
    if (has_text(n) && !n->macro) {
        check_own_text(u, n);
        check_kids(u, n);
    }
    for (uint32_t i = 0; i < n->count; i++)
        check_node(u, n->kids[i]);
}

static void check_function(const unit *u, const function *f)
{
    for (uint32_t i = 0; i < f->var_count; i++)
        if (f->vars[i]->index != i || !f->vars[i]->type || !f->vars[i]->block) {
            printf("BROKEN variable %s of %s\n", f->vars[i]->name, f->name);
            broken++;
        }
    check_node(u, f->body);
}

/* ------------------------------------------------------------------------------------------- */

static void print_unit(const unit *u)
{
    for (uint32_t i = 0; i < u->include_count; i++)
        printf("include %u %s%s\n", i, u->includes[i].spelling,
               u->includes[i].is_view ? " view" : "");
    for (uint32_t i = 0; i < u->instance_count; i++)
        printf("instance %s %s %u:%u\n", u->instances[i].generic, u->instances[i].type,
               u->instances[i].line.line, u->instances[i].line.column);
    for (uint32_t i = 0; i < u->cut_count; i++) {
        printf("cut %s", u->cuts[i].callee ? u->cuts[i].callee->name : "");
        print_text(u, u->cuts[i].at);
        printf("\n");
    }
    for (uint32_t i = 0; i < u->skipped_count; i++) {
        printf("skipped");
        print_text(u, u->skipped[i]);
        printf("\n");
    }
    for (uint32_t i = 0; i < u->callee_count; i++)
        print_callee(u, u->callees[i]);
    for (uint32_t i = 0; i < u->function_count; i++)
        print_function(u, u->functions[i]);
    printf("---- others\n");
    for (uint32_t i = 0; i < u->other_count; i++)
        print_function(u, u->others[i]);
}

int main(int argc, char **argv)
{
    bool quiet = argc > 1 && strcmp(argv[1], "--quiet") == 0;
    argc -= quiet;
    argv += quiet;
    if (argc < 2)
        return 2;
    arena *a = arena_make();
    diagnostics *d = diagnostics_make(a);
    input in = {.path = argv[1],
                .args = (const char *const *)(argv + 2),
                .arg_count = (uint32_t)(argc - 2)};
    unit *u = read_unit(a, d, &in);
    diagnostics_print(d, stderr);
    if (u && !quiet)
        print_unit(u);
    for (uint32_t i = 0; u && i < u->function_count; i++)
        check_function(u, u->functions[i]);
    for (uint32_t i = 0; u && i < u->other_count; i++)
        check_function(u, u->others[i]);
    arena_free(a);
    return u && broken == 0 ? 0 : 1;
}

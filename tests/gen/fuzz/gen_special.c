/*
 * gen_special.c: children that run beside, generators, recursion.
 */
#include "gen_program.h"

/* ---- children that run beside ------------------------------------------------------------- */

static void declare_child(void)
{
    struct var *v = new_var();
    int f = one_in(2) ? callable() : -1;
    bool is_boxed = one_in(5);
    bool is_pair = f >= 0 ? now.is_pair[f] : one_in(3);
    begin_line();
    printf("async %s%s = %s", is_pair ? "struct pair " : "int ", v->name, is_boxed ? "boxed(" : "");
    if (f >= 0) {
        call_of(f, 2);
    } else {
        printf(is_pair ? "leaf_pair(" : one_in(2) ? "leaf(" : "macro_leaf(");
        small(2);
        printf(")");
    }
    printf("%s;\n", is_boxed ? ")" : "");
    v->kind = is_pair ? PAIR_CHILD : CHILD;
}

/* Who is first differs, so it is not looked at. */
static void children_meet(const char *word, const struct var *first, int count)
{
    begin_line();
    if (strcmp(word, "join") != 0)
        printf("if (");
    printf("%s(", word);
    for (int i = 0; i < count; i++)
        printf("%s%s", i ? ", " : "", first[i].name);
    printf(")");
    if (strcmp(word, "join") != 0)
        printf(" < 0) note(1)");
    printf(";\n");
}

static void children_block(void)
{
    int vars = now.var_count, scope = now.scope, count = 1 + chance(3);
    begin_line();
    printf("{\n");
    now.depth++;
    now.scope = vars;
    for (int i = 0; i < count; i++)
        if (affords(2))
            declare_child();
    count = now.var_count - vars;
    statements(chance(4));
    switch (count ? chance(6) : 9) {
    case 0:
        children_meet("join", &now.vars[vars], count);
        break;
    case 1:
        children_meet("select", &now.vars[vars], count);
        break;
    case 2:
        children_meet("race", &now.vars[vars], count);
        count = 0;
        break;
    case 3:
        begin_line();
        printf("drop(%s);\n", now.vars[vars].name);
        count = 0;
        break;
    default:
        break;
    }
    if (count && one_in(2))
        statements(1);
    now.depth--;
    now.scope = scope;
    now.var_count = vars;
    begin_line();
    printf("}\n");
}

/* ---- generators --------------------------------------------------------------------------- */

void yield_statement(void)
{
    if (!affords(1))
        return;
    begin_line();
    printf(now.is_blocking ? "put_item(&out, " : "yield(");
    small(2);
    printf(");\n");
}

/* Reads a generator: some of it, or all. */
static void reading_block(void)
{
    int it = now.names++;
    const struct var *v = pick(INT, true);
    bool reads_all = one_in(3);
    if (!v || !affords(now.cost[MAX_FUNCTIONS - 1] + 1) || now.in_generator) {
        assign();
        return;
    }
    begin_line();
    printf("{\n");
    now.depth++;
    begin_line();
    printf("int w%d = 0; %s it%d = p%u_g(", it, now.is_blocking ? "struct items" : "async int", it,
           now.seed);
    small(2);
    printf(");\n");
    begin_line();
    printf("while (");
    if (!reads_all)
        printf("w%d++ < %d && ", it, 1 + chance(5));
    if (now.is_blocking)
        printf("next_item(&it%d, &%s)) ", it, v->name);
    else
        printf("await_next(%s, it%d)) ", v->name, it);
    if (reads_all) {
        printf("w%d += %s;\n", it, v->name);
        begin_line();
        printf("%s = SMALL(w%d);\n", v->name, it);
    } else {
        bool in_loop = now.in_loop, in_breakable = now.in_breakable;
        now.in_loop = now.in_breakable = true;
        now.factor *= 6;
        block("\n");
        now.factor /= 6;
        now.in_loop = in_loop;
        now.in_breakable = in_breakable;
    }
    now.depth--;
    begin_line();
    printf("}\n");
}

/* ---- recursion ---------------------------------------------------------------------------- */

/* Calls itself or its partner, a few times: the parameter counts, and is not changed. */
static void recurse(void)
{
    int partner = now.function ^ 1;
    const struct var *v = pick(INT, true);
    if (now.role[now.function] != RECURSIVE || now.is_done || now.factor > 1 || !v) {
        assign();
        return;
    }
    if (partner >= MAX_FUNCTIONS || now.role[partner] != RECURSIVE || now.is_pair[partner])
        partner = now.function;
    if (now.is_pair[partner]) {
        assign();
        return;
    }
    now.is_done = true;
    begin_line();
    printf("if (param > 0 && param < 4) %s = SMALL(await(boxed(p%u_f%d(param - 1", v->name,
           now.seed, partner);
    put_second(partner);
    printf("))));\n");
}

/* A statement of a kind that not every seed has. */
void special(void)
{
    switch (chance(4)) {
    case 0:
        if (uses(CATCHING) && affords(1)) {
            catch_statement();
            return;
        } /* fall through */
    case 1:
        if (uses(CHILDREN) && is_room() && !is_quiet()) {
            children_block();
            return;
        } /* fall through */
    case 2:
        if (now.has_generator && !is_quiet()) {
            reading_block();
            return;
        } /* fall through */
    default:
        recurse();
    }
}

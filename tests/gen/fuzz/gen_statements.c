/*
 * gen_statements.c: declarations and statements that every program may have.
 */
#include "gen_program.h"

/* ---- declarations ------------------------------------------------------------------------- */

void declare_ints(void)
{
    int count = 1 + (one_in(3) ? 1 + chance(2) : 0);
    const char *qualifier = one_in(6) ? one_in(2) ? "const " : "volatile " : "";
    begin_line();
    printf("%sint ", qualifier);
    for (int i = 0; i < count; i++) {
        struct var *v = new_var();
        printf("%s%s = ", i ? ", " : "", v->name);
        small(3);
        v->kind = INT;
        v->is_fixed = *qualifier != 0; /* no pointers to these */
    }
    printf(";\n");
}

static void declare_pair(void)
{
    struct var *v = new_var();
    begin_line();
    printf("struct pair %s = ", v->name);
    if (one_in(2) && affords(1)) {
        printf("await(leaf_pair(");
        small(2);
        printf("))");
    } else {
        printf("{.b = ");
        small(2);
        printf(", .a = %d}", chance(50));
    }
    printf(";\n");
    v->kind = PAIR;
}

static void declare_big(void)
{
    struct var *v = new_var();
    begin_line();
    if (affords(1) && one_in(2))
        printf("struct big %s = await(leaf_big(%d))", v->name, chance(20));
    else
        printf("struct big %s = {.v = {[%d] = %d}}", v->name, chance(24), chance(20));
    printf(";\n");
    v->kind = BIG;
}

static void declare_array(void)
{
    struct var *v = new_var();
    begin_line();
    printf("int %s[4] = {%d, [2] = ", v->name, chance(9));
    small(2);
    printf("};\n");
    v->kind = ARRAY;
}

/* What a pointer may point to outlives it. */
void put_target(int below)
{
    const struct var *v;
    if (one_in(3) && (v = pick_below(ARRAY, false, below)))
        printf("%s + %d", v->name, chance(4));
    else if (one_in(3) && (v = pick_below(PAIR, false, below)))
        printf("&%s.a", v->name);
    else if ((v = pick_below(INT, true, below)))
        printf("&%s", v->name);
    else
        printf("&param");
}

static void declare_pointer(void)
{
    struct var *v = new_var();
    begin_line();
    printf("int *%s = ", v->name);
    put_target(now.var_count - 1);
    printf(";\n");
    v->kind = POINTER;
}

static void declare_scoped(void)
{
    struct var *v = new_var();
    begin_line();
    if (uses(WAITING_CLEANUP) && affords(1) && one_in(2))
        printf("scoped(release_async) struct resource *%s = acquire(%d);\n", v->name,
               1 + chance(50));
    else if (one_in(2))
        printf("scoped(token_end) token %s = token_make(%d);\n", v->name, 1 + chance(50));
    else if (affords(1) && one_in(2))
        printf("scoped(release_at) struct resource *%s = await(leaf_acquire(%d));\n", v->name,
               1 + chance(50));
    else if (affords(1))
        printf("scoped(release_at) struct resource *%s = 0; %s = await(leaf_acquire(%d));\n",
               v->name, v->name, 1 + chance(50));
    else
        printf("scoped(release_at) struct resource *%s = acquire(%d);\n", v->name, 1 + chance(50));
}

void declare(void)
{
    if (!is_room())
        return;
    switch (chance(9)) {
    case 8:
        declare_big();
        break;
    case 0:
        declare_pair();
        break;
    case 1:
        declare_array();
        break;
    case 2:
        declare_pointer();
        break;
    case 3:
        declare_scoped();
        break;
    default:
        declare_ints();
    }
}

/* ---- statements --------------------------------------------------------------------------- */

/* { ... } behind what begins its line, with a scope of its own. */
void block(const char *tail)
{
    int vars = now.var_count, scope = now.scope;
    printf("{\n");
    now.scope = vars;
    now.depth++;
    statements(1 + chance(3));
    now.depth--;
    now.scope = scope;
    now.var_count = vars;
    begin_line();
    printf("}%s", tail);
}

void assign(void)
{
    const struct var *v;
    begin_line();
    if (one_in(4) && (v = pick(PAIR, true))) {
        if (one_in(2)) {
            printf("%s.%c = ", v->name, "ab"[chance(2)]);
            small(3);
        } else if (one_in(2) && affords(1)) {
            printf("%s = await(leaf_pair(%s.a %% 1000))", v->name, v->name);
        } else {
            printf("%s = %s", v->name, pick(PAIR, false)->name);
        }
    } else if (one_in(4) && (v = pick(ARRAY, true))) {
        if (one_in(2)) {
            printf("%s[%d] = ", v->name, chance(4));
            small(3);
        } else {
            printf("%s[SMALL(", v->name);
            pure(2);
            printf(") & 3] = SMALL(");
            pure(2);
            printf(")");
        }
    } else if (one_in(4) && (v = pick(POINTER, true))) {
        if (one_in(2)) {
            printf("*%s = SMALL(", v->name);
            pure(3);
            printf(")");
        } else {
            printf("%s = ", v->name);
            put_target((int)(v - now.vars));
        }
    } else if ((v = pick(INT, true)) && one_in(3) && affords(1)) {
        printf("%s = await(leaf(SMALL(%s)))", v->name, v->name); /* straight into what is live */
    } else if (v) {
        printf("%s = ", v->name);
        small(3);
    } else {
        printf("note(1)");
    }
    printf(";\n");
}

void effect(void)
{
    const struct var *v;
    begin_line();
    switch (chance(5)) {
    case 0:
        if ((v = pick(INT, true)) && affords(1)) {
            printf("await(leaf_write(&%s, %d))", v->name, chance(90));
            break;
        } /* fall through */
    case 1:
        if ((v = pick(POINTER, false)) && affords(1)) {
            printf("await(leaf_write(%s, %d))", v->name, chance(90));
            break;
        } /* fall through */
    case 2:
        if ((v = pick(INT, true)) && affords(1)) {
            printf("%s %s await(leaf(%d))", v->name, one_in(2) ? "+=" : "^=", chance(9));
            printf(", %s = SMALL(%s)", v->name, v->name);
            break;
        } /* fall through */
    case 3:
        if (affords(1)) {
            printf("await(pause_void(");
            small(2);
            printf("))");
            break;
        } /* fall through */
    default:
        printf("note(");
        pure(3);
        printf(")");
    }
    printf(";\n");
}

static void if_statement(void)
{
    begin_line();
    printf("if (");
    mixed(3);
    printf(") ");
    if (one_in(2)) {
        block(" else ");
        block("\n");
    } else {
        block("\n");
    }
}

/* The body of a loop of at most three rounds. */
static void loop_body(const char *tail)
{
    bool in_loop = now.in_loop, in_breakable = now.in_breakable;
    now.in_loop = now.in_breakable = true;
    block(tail);
    now.in_loop = in_loop;
    now.in_breakable = in_breakable;
}

static void for_loop(void)
{
    int vars = now.var_count;
    struct var *v = new_var();
    begin_line();
    now.factor *= 4;
    printf("for (int %s = ", v->name);
    if (one_in(3)) {
        small(2);
        printf(" %% 2");
    } else {
        printf("0");
    }
    printf("; %s < %d", v->name, 1 + chance(3));
    v->kind = INT;
    v->is_fixed = true;
    if (one_in(3)) {
        printf(" && (SMALL(");
        mixed(2);
        printf(") | %d)", chance(2));
    }
    printf("; %s++", v->name);
    if (one_in(3)) {
        printf(", (void)");
        mixed(2);
    }
    printf(") ");
    loop_body("\n");
    now.factor /= 4;
    now.var_count = vars;
}

static void while_loop(void)
{
    int round = now.names++, limit = 1 + chance(3);
    bool is_do = one_in(2);
    begin_line();
    printf("int w%d = 0;\n", round);
    begin_line();
    now.factor *= 4;
    if (is_do) {
        printf("do ");
        loop_body("");
        printf(" while (++w%d < %d && ", round, limit);
        mixed(3);
        printf(");\n");
    } else {
        printf("while (w%d++ < %d && ", round, limit);
        mixed(3);
        printf(") ");
        loop_body("\n");
    }
    now.factor /= 4;
}

static void switch_statement(void)
{
    bool in_breakable = now.in_breakable;
    int cases = 2 + chance(3), of_default = chance(5);
    begin_line();
    printf("switch (SMALL(");
    mixed(3);
    printf(") %% 4) {\n");
    now.in_breakable = true;
    for (int i = 0; i < cases; i++) {
        begin_line();
        if (i == of_default)
            printf("default: ");
        else
            printf("case %d: ", i);
        block(one_in(4) ? "\n" : " break;\n");
    }
    now.in_breakable = in_breakable;
    begin_line();
    printf("}\n");
}

/* A block that is left by goto, forwards or back to its beginning. */
static void goto_block(void)
{
    int out = now.out;
    bool out_used = now.out_used;
    if (one_in(2)) {
        int label = now.names++;
        begin_line();
        printf("int g%d = 0;\n", label);
        begin_line();
        now.factor *= 4;
        printf("again%d:", label);
        if (one_in(2)) {
            printf(";\n"); /* back to before declarations of the same scope */
            statements(1 + chance(3));
        } else {
            printf(" ");
            block("\n");
        }
        begin_line();
        printf("if (++g%d < 3 && ", label);
        mixed(2);
        printf(") goto again%d;\n", label);
        now.factor /= 4;
        return;
    }
    now.out = ++now.names;
    now.out_used = false;
    begin_line();
    block("\n");
    if (now.out_used) {
        begin_line();
        printf("out%d:;\n", now.out);
    }
    now.out = out;
    now.out_used = out_used;
}

void put_result(void)
{
    if (now.in_generator) {
        printf(now.is_blocking ? "out" : "");
    } else if (now.is_pair[now.function]) {
        printf("(struct pair){.a = %d, .b = ", chance(9));
        small(3);
        printf("}");
    } else {
        small(3);
    }
}

static void jump(void)
{
    begin_line();
    printf("if (");
    mixed(2);
    printf(") ");
    if (one_in(3) && now.in_loop) {
        printf("continue;\n");
    } else if (one_in(2) && now.in_breakable) {
        printf("break;\n");
    } else if (one_in(2) && now.out) {
        printf("goto out%d;\n", now.out);
        now.out_used = true;
    } else {
        printf("return ");
        put_result();
        printf(";\n");
    }
}

static void try_statement(void)
{
    const struct var *v = pick(INT, true);
    int f;
    if (!v || now.in_generator || now.is_pair[now.function] || !affords(1)) {
        effect();
        return;
    }
    begin_line();
    if (one_in(2) && (f = callable()) >= 0 && !now.is_pair[f]) {
        printf("%s = await_try(", v->name);
        call_of(f, 2);
        printf(");\n");
        return;
    }
    printf("%s = await_try(leaf_negative(", v->name);
    small(2);
    printf("));\n");
}

/* A failure as a value; nothing fails in the blocking build. */
void catch_statement(void)
{
    const struct var *v = pick(INT, true);
    bool has_value = true;
    int f;
    begin_line();
    printf("if (await_catch(");
    if (one_in(3) && (f = callable()) >= 0 && !now.is_pair[f])
        call_of(f, 2);
    else if ((has_value = affords(1)))
        printf("leaf(%d)", chance(50));
    else
        printf("pause_void(1)");
    if (v && has_value && one_in(2))
        printf(", %s", v->name);
    printf(one_in(2) ? ") < 0)\n" : ") != BIDE_READY)\n");
    now.depth++;
    begin_line();
    now.depth--;
    switch (chance(3)) {
    case 0:
        printf("fail(-%d);\n", 100 + chance(50));
        break;
    case 1:
        printf("note(%d);\n", chance(50));
        break;
    default:
        printf("return ");
        put_result();
        printf(";\n");
    }
}

static void statement(void)
{
    bool is_deep = now.depth >= MAX_DEPTH || now.factor > 16;
    if (now.in_generator && one_in(4)) {
        yield_statement();
        return;
    }
    switch (chance(is_deep ? 8 : 19)) {
    case 15:
    case 16:
    case 17:
        special();
        break;
    case 0:
    case 1:
        declare();
        break;
    case 2:
    case 3:
    case 4:
        assign();
        break;
    case 5:
    case 6:
        effect();
        break;
    case 7:
        if (one_in(3))
            try_statement();
        else
            jump();
        break;
    case 8:
    case 9:
        if_statement();
        break;
    case 10:
        for_loop();
        break;
    case 11:
        while_loop();
        break;
    case 12:
        switch_statement();
        break;
    case 13:
        goto_block();
        break;
    default:
        begin_line();
        block("\n");
    }
}

void statements(int count)
{
    for (; count > 0 && now.budget > 0; count--, now.budget--)
        statement();
}

/*
 * gen_program.c: prints random async functions.
 *
 *     gen_program -s NAME FIRST LAST the source, NAME.async.c: functions p<seed>_f<n> for each seed
 *     gen_program -h NAME FIRST LAST its header
 *     gen_program -e NAME FIRST LAST the entries of the harness
 *
 * Every program ends, and C fixes its result and the order of its trace: values are kept small,
 * loops count to small numbers, what is read was written, and wherever C leaves an order open one
 * of the two sides is a constant.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_VARS = 60, MAX_DEPTH = 4, MAX_FUNCTIONS = 6, MAX_COST = 60 };

/* ---- chance ------------------------------------------------------------------------------- */

static uint64_t chance_state;

static int chance(int below)
{
    chance_state = chance_state * 6364136223846793005u + 1442695040888963407u;
    return (int)((uint32_t)(chance_state >> 33) % (uint32_t)below);
}

static bool one_in(int n)
{
    return chance(n) == 0;
}

static const char *any(const char *const *of, int count)
{
    return of[chance(count)];
}

/* ---- what the function being written has -------------------------------------------------- */

enum kind { INT, PAIR, ARRAY, POINTER, UNNAMED };

struct var {
    enum kind kind; /* UNNAMED: its initialiser is being written */
    char name[12];
    bool is_fixed; /* a loop counter */
};

static struct {
    unsigned seed;
    int function;
    bool is_pair[MAX_FUNCTIONS]; /* its result is a struct */
    int cost[MAX_FUNCTIONS];     /* at most so many leaf calls */
    struct var vars[MAX_VARS];
    int var_count, scope; /* where the innermost scope begins in vars */
    int names, depth, budget;
    int factor; /* how often this place runs */
    bool in_loop, in_breakable;
    int out; /* the label that can be jumped out to, or 0 */
    bool out_used;
} now;

static void begin_line(void)
{
    printf("%*s", 4 * (now.depth + 1), "");
}

static bool is_hidden(int index)
{
    for (int i = index + 1; i < now.var_count; i++)
        if (strcmp(now.vars[i].name, now.vars[index].name) == 0)
            return true;
    return false;
}

/* A variable of a kind among the first `below`, or NULL. */
static const struct var *pick_below(enum kind kind, bool writable, int below)
{
    const struct var *found[MAX_VARS];
    int count = 0;
    for (int i = 0; i < below; i++)
        if (now.vars[i].kind == kind && !(writable && now.vars[i].is_fixed) && !is_hidden(i))
            found[count++] = &now.vars[i];
    return count ? found[chance(count)] : NULL;
}

static const struct var *pick(enum kind kind, bool writable)
{
    return pick_below(kind, writable, now.var_count);
}

/* A new variable, which now and then hides one of an outer scope. It is UNNAMED until its
 * initialiser is written, so that no initialiser reads what it initialises. */
static struct var *new_var(void)
{
    struct var *v = &now.vars[now.var_count];
    const struct var *hidden = now.scope ? &now.vars[chance(now.scope)] : NULL;
    snprintf(v->name, sizeof v->name, "v%d", now.names++);
    if (hidden && one_in(4)) {
        bool is_new = true;
        for (int i = now.scope; i < now.var_count; i++)
            is_new = is_new && strcmp(now.vars[i].name, hidden->name) != 0;
        if (is_new)
            memcpy(v->name, hidden->name, sizeof v->name);
    }
    v->kind = UNNAMED;
    v->is_fixed = false;
    now.var_count++;
    return v;
}

static bool is_room(void)
{
    return now.var_count + 4 < MAX_VARS;
}

/* Accounts for leaf calls at this place. */
static bool affords(int leaves)
{
    int *cost = &now.cost[now.function];
    if (*cost + leaves * now.factor > MAX_COST)
        return false;
    *cost += leaves * now.factor;
    return true;
}

/* ---- expressions -------------------------------------------------------------------------- */

/* An int without awaits or effects; small, but for sums of a few small ones. */
static void pure(int depth)
{
    static const char *const arithmetic[] = {"+", "-", "*", "^", "&", "|"};
    static const char *const logic[] = {"<", ">", "==", "!=", "<=", "&&", "||"};
    const struct var *v = NULL;
    switch (chance(depth > 0 ? 9 : 6)) {
    case 0:
        printf("%d", chance(10));
        return;
    case 1:
        if ((v = pick(PAIR, false)))
            printf("%s.%c", v->name, "ab"[chance(2)]);
        break;
    case 2:
        if ((v = pick(ARRAY, false)))
            printf("%s[%d]", v->name, chance(4));
        break;
    case 3:
        if ((v = pick(POINTER, false)))
            printf("*%s", v->name);
        break;
    case 6:
        printf("SMALL(");
        pure(depth - 1);
        printf(" %s ", any(arithmetic, 6));
        pure(depth - 1);
        printf(")");
        return;
    case 7:
        printf("(");
        pure(depth - 1);
        printf(" %s ", any(logic, 7));
        pure(depth - 1);
        printf(")");
        return;
    case 8:
        printf("(");
        pure(depth - 1);
        printf(" ? ");
        pure(depth - 1);
        printf(" : ");
        pure(depth - 1);
        printf(")");
        return;
    default:
        break;
    }
    if (!v)
        printf("%s", (v = pick(INT, false)) ? v->name : "7");
}

static void mixed(int depth);

/* A call of an earlier function, as an int. */
static bool call_other(int depth)
{
    int f;
    bool is_boxed = one_in(4);
    if (now.function == 0)
        return false;
    f = chance(now.function);
    if (!affords(now.cost[f] + 1))
        return false;
    printf("await(%sp%u_f%d(SMALL(", is_boxed ? "boxed(" : "", now.seed, f);
    mixed(depth - 1);
    printf(")))%s%s", is_boxed ? ")" : "", now.is_pair[f] ? ".b" : "");
    return true;
}

static void awaiting(int depth)
{
    const struct var *v = pick(INT, true);
    if (!affords(1)) {
        pure(depth);
        return;
    }
    switch (chance(7)) {
    case 0:
        printf("await(leaf_pair(SMALL(");
        mixed(depth - 1);
        printf("))).%c", "ab"[chance(2)]);
        return;
    case 1:
        if (v) {
            printf("*await(leaf_pointer(&%s))", v->name);
            return;
        }
        break;
    case 2:
        if (call_other(depth))
            return;
        break;
    case 3:
        printf("await(macro_leaf(SMALL(");
        mixed(depth - 1);
        printf(")))");
        return;
    default:
        break;
    }
    printf("await(leaf(SMALL(");
    mixed(depth - 1);
    printf(")))");
}

/* An int, perhaps with awaits. */
static void mixed(int depth)
{
    if (depth <= 0 || one_in(4)) {
        pure(depth > 0 ? depth : 0);
        return;
    }
    switch (chance(10)) {
    case 0:
    case 1:
        printf("(");
        mixed(depth - 1);
        printf(one_in(2) ? " && " : " || ");
        mixed(depth - 1);
        printf(")");
        return;
    case 2:
        printf("(");
        mixed(depth - 1);
        printf(" ? ");
        mixed(depth - 1);
        printf(" : ");
        mixed(depth - 1);
        printf(")");
        return;
    case 3:
        printf("(note(");
        pure(depth - 1);
        printf("), ");
        mixed(depth - 1);
        printf(")");
        return;
    case 4:
        printf("((void)");
        mixed(depth - 1);
        printf(", ");
        mixed(depth - 1);
        printf(")");
        return;
    case 5:
        printf("SMALL(%d + ", chance(100));
        mixed(depth - 1);
        printf(" * %d)", chance(5));
        return;
    case 6:
        printf("(");
        mixed(depth - 1);
        printf(" %c %d)", "<>"[chance(2)], chance(20));
        return;
    default:
        awaiting(depth);
    }
}

static void small(int depth)
{
    printf("SMALL(");
    mixed(depth);
    printf(")");
}

/* ---- declarations ------------------------------------------------------------------------- */

static void declare_ints(void)
{
    int count = 1 + (one_in(3) ? 1 + chance(2) : 0);
    begin_line();
    printf("int ");
    for (int i = 0; i < count; i++) {
        struct var *v = new_var();
        printf("%s%s = ", i ? ", " : "", v->name);
        small(3);
        v->kind = INT;
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
static void put_target(int below)
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
    if (one_in(2))
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

static void declare(void)
{
    if (!is_room())
        return;
    switch (chance(8)) {
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

static void statements(int count);

/* { ... } behind what begins its line, with a scope of its own. */
static void block(const char *tail)
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

static void assign(void)
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

static void effect(void)
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
        if ((v = pick(INT, true))) {
            printf("%s %s await(leaf(%d))", v->name, one_in(2) ? "+=" : "^=", chance(9));
            if (!affords(1))
                printf(" * 0");
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
    printf("for (int %s = 0; %s < %d", v->name, v->name, 1 + chance(3));
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
        printf("again%d: ", label);
        block("\n");
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

static void put_result(void)
{
    if (now.is_pair[now.function]) {
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
    if (!v || now.is_pair[now.function] || !affords(1)) {
        effect();
        return;
    }
    begin_line();
    printf("%s = await_try(leaf_negative(", v->name);
    small(2);
    printf("));\n");
}

static void statement(void)
{
    bool is_deep = now.depth >= MAX_DEPTH || now.factor > 16;
    switch (chance(is_deep ? 8 : 15)) {
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

static void statements(int count)
{
    for (; count > 0 && now.budget > 0; count--, now.budget--)
        statement();
}

/* ---- programs ----------------------------------------------------------------------------- */

static void function(int f)
{
    struct var *v;
    now.function = f;
    now.cost[f] = 0;
    now.var_count = now.scope = now.names = now.depth = 0;
    now.factor = 1;
    now.in_loop = now.in_breakable = false;
    now.out = 0;
    now.budget = 5 + chance(12);
    printf("async %s p%u_f%d(int param)\n{\n", now.is_pair[f] ? "struct pair" : "int", now.seed, f);
    v = new_var();
    strcpy(v->name, "param");
    v->kind = INT;
    now.scope = 0;
    declare_ints();
    statements(now.budget);
    begin_line();
    printf("return ");
    put_result();
    printf(";\n}\n\n");
}

static int begin_program(unsigned seed)
{
    int count;
    chance_state = seed * 2654435761u + 99u;
    (void)chance(2);
    memset(&now, 0, sizeof now);
    now.seed = seed;
    count = 3 + chance(MAX_FUNCTIONS - 2);
    for (int f = 0; f < count; f++)
        now.is_pair[f] = one_in(4);
    return count;
}

static void source(const char *name, unsigned first, unsigned last)
{
    printf("#include \"%s.h\"\n\n#include <bide/async_source.h>\n\n", name);
    printf("#define SMALL(e) ((int)((unsigned)(e) %% 1000u))\n\n");
    for (unsigned seed = first; seed <= last; seed++) {
        int count = begin_program(seed);
        for (int f = 0; f < count; f++)
            function(f);
    }
}

static void header(const char *name, unsigned first, unsigned last)
{
    printf("#include \"corpus.h\"\n");
    for (unsigned seed = first; seed <= last; seed++) {
        int count = begin_program(seed);
        for (int f = 0; f < count; f++)
            printf("bide_async %s p%u_f%d(int param);\n", now.is_pair[f] ? "struct pair" : "int",
                   seed, f);
    }
    printf("#include BIDE_GENERATED(\"%s.gen.h\")\n", name);
}

static void entries(const char *name, unsigned first, unsigned last)
{
    printf("#include \"entry.h\"\n#include \"%s.h\"\n", name);
    for (int pass = 0; pass < 2; pass++) {
        if (pass)
            printf("const struct entry corpus_entries[] = {\n");
        for (unsigned seed = first; seed <= last; seed++) {
            int count = begin_program(seed);
            for (int f = 0; f < count; f++)
                if (pass)
                    printf("ROW(p%u_f%d, 0),\n", seed, f);
                else
                    printf("ENTRY(p%u_f%d, %s, x)\n", seed, f,
                           now.is_pair[f] ? "digest_pair(*v)" : "*v");
        }
    }
    printf("};\nconst size_t corpus_entry_count = "
           "sizeof corpus_entries / sizeof corpus_entries[0];\n");
}

int main(int argc, char **argv)
{
    unsigned first, last;
    if (argc != 5) {
        fprintf(stderr, "gen_program -s|-h|-e NAME FIRST LAST\n");
        return 2;
    }
    first = (unsigned)strtoul(argv[3], NULL, 10);
    last = (unsigned)strtoul(argv[4], NULL, 10);
    switch (argv[1][1]) {
    case 's':
        source(argv[2], first, last);
        return 0;
    case 'h':
        header(argv[2], first, last);
        return 0;
    case 'e':
        entries(argv[2], first, last);
        return 0;
    default:
        fprintf(stderr, "gen_program: -s, -h or -e\n");
        return 2;
    }
}

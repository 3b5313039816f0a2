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
#include "gen_program.h"

static const int features_of[] = {0,
                                  CHILDREN,
                                  CATCHING,
                                  GENERATORS,
                                  RECURSION | OWNED,
                                  CHILDREN | RECURSION | OWNED,
                                  OWNED | WAITING_CLEANUP,
                                  CHILDREN | CATCHING | GENERATORS | RECURSION | OWNED};

/* ---- programs ----------------------------------------------------------------------------- */

static void begin_body(int f)
{
    struct var *v;
    now.function = f;
    now.cost[f] = 0;
    now.var_count = now.scope = now.names = now.depth = 0;
    now.factor = 1;
    now.in_loop = now.in_breakable = now.is_done = false;
    now.out = 0;
    now.budget = 5 + chance(12);
    v = new_var();
    strcpy(v->name, "param");
    v->kind = INT;
    v->is_fixed = !now.in_generator && now.role[f] == RECURSIVE;
    now.scope = 0;
}

static void put_head(int f)
{
    static const char *const seconds[] = {"", ", struct resource *own", ", struct pair value"};
    printf("%s p%u_f%d(int param%s)", now.is_pair[f] ? "struct pair" : "int", now.seed, f,
           seconds[now.second[f]]);
}

static void function(int f)
{
    begin_body(f);
    printf("%sasync ", now.is_static[f] ? "static " : "");
    put_head(f);
    printf("\n{\n");
    if (now.second[f] == RESOURCE)
        printf("    owned(release_at, own);\n");
    if (now.second[f] == BY_VALUE) {
        struct var *v = new_var();
        strcpy(v->name, "value");
        v->kind = PAIR;
    }
    declare_ints();
    statements(now.budget);
    if (now.second[f] == RESOURCE)
        printf("    note(use(own));\n");
    begin_line();
    printf("return ");
    put_result();
    printf(";\n}\n\n");
    if (now.role[f] == RECURSIVE) /* its partner costs no more, and they take turns */
        now.cost[f] = 8 * RECURSIVE_COST + 8;
}

/* The functions come later, but their costs were not known: a generator calls leaves only. */
static void generator(void)
{
    now.in_generator = true;
    now.is_pair[MAX_FUNCTIONS - 1] = false;
    begin_body(MAX_FUNCTIONS - 1);
    printf("static %s p%u_g(int param)\n{\n", now.is_blocking ? "struct items" : "async_gen int",
           now.seed);
    if (now.is_blocking)
        printf("    struct items out = {.count = 0};\n");
    declare_ints();
    statements(now.budget);
    yield_statement();
    printf("%s}\n\n", now.is_blocking ? "    return out;\n" : "");
    now.in_generator = false;
}

static int begin_program(unsigned seed)
{
    int count;
    begin_chance(seed);
    memset(&now, 0, sizeof now);
    now.seed = seed;
    now.features = features_of[seed % (sizeof features_of / sizeof features_of[0])];
    count = 3 + chance(MAX_FUNCTIONS - 3);
    now.has_generator = uses(GENERATORS);
    for (int f = 0; f < count; f++) {
        now.is_pair[f] = one_in(4);
        now.is_static[f] = f < count - 1 && one_in(4);
        now.role[f] = uses(RECURSION) && one_in(2) ? RECURSIVE : one_in(6) ? QUIET : PLAIN;
        now.second[f] = one_in(5) ? BY_VALUE : uses(OWNED) && one_in(2) ? RESOURCE : NOTHING;
    }
    return count;
}

static void program(unsigned seed, bool is_blocking)
{
    int count = begin_program(seed);
    now.is_blocking = is_blocking;
    for (int f = 0; f < count; f++)
        if (now.is_static[f]) {
            printf("static async ");
            put_head(f);
            printf(";\n");
        }
    if (now.has_generator)
        generator();
    for (int f = 0; f < count; f++)
        function(f);
}

static const char *const preamble =
    "#define SMALL(e) ((int)((unsigned)(e) % 1000u))\n\n"
    "#ifdef BIDE_BLOCKING\n"
    "struct items {\n    int item[100], count, next;\n};\n"
    "static void put_item(struct items *to, int item)\n{\n    to->item[to->count++] = item;\n}\n"
    "static bool next_item(struct items *from, int *item)\n{\n"
    "    if (from->next == from->count)\n        return false;\n"
    "    *item = from->item[from->next++];\n    return true;\n}\n"
    "#endif\n\n";

static void source(const char *name, unsigned first, unsigned last)
{
    printf("#include \"%s.h\"\n\n#include <bide/async_source.h>\n\n%s", name, preamble);
    for (unsigned seed = first; seed <= last; seed++) {
        (void)begin_program(seed);
        if (now.has_generator) {
            printf("#ifndef BIDE_BLOCKING\n\n");
            program(seed, false);
            printf("#else\n\n");
            program(seed, true);
            printf("#endif\n\n");
        } else {
            program(seed, false);
        }
    }
}

static void header(const char *name, unsigned first, unsigned last)
{
    printf("#include \"corpus.h\"\n");
    for (unsigned seed = first; seed <= last; seed++) {
        int count = begin_program(seed);
        for (int f = 0; f < count; f++)
            if (!now.is_static[f]) {
                printf("bide_async ");
                put_head(f);
                printf(";\n");
            }
    }
    printf("#include BIDE_GENERATED(\"%s.gen.h\")\n", name);
}

static void entry(unsigned seed, int f)
{
    static const char *const seconds[] = {"", ", acquire(x + 100)", ", some_pair(x)"};
    printf("ENTRY(p%u_f%d, %s, x%s)\n", seed, f, now.is_pair[f] ? "digest_pair(*v)" : "*v",
           seconds[now.second[f]]);
}

static void row(unsigned seed, int f)
{
    printf("ROW(p%u_f%d, 0%s%s),\n", seed, f, uses(CHILDREN | GENERATORS) ? " | NO_TRACE" : "",
           uses(CHILDREN | CATCHING) ? " | CATCHES | OTHER_CODES" : "");
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
                if (!now.is_static[f])
                    pass ? row(seed, f) : entry(seed, f);
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

/*
 * gen_expressions.c: chance, variables, and expressions with and without awaits.
 */
#include "gen_program.h"

struct program now;

/* ---- chance ------------------------------------------------------------------------------- */

static uint64_t chance_state;

int chance(int below)
{
    chance_state = chance_state * 6364136223846793005u + 1442695040888963407u;
    return (int)((uint32_t)(chance_state >> 33) % (uint32_t)below);
}

void begin_chance(unsigned seed)
{
    chance_state = seed * 2654435761u + 99u;
    (void)chance(2);
}

bool one_in(int n)
{
    return chance(n) == 0;
}

const char *any(const char *const *of, int count)
{
    return of[chance(count)];
}

void begin_line(void)
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
const struct var *pick_below(enum kind kind, bool writable, int below)
{
    const struct var *found[MAX_VARS];
    int count = 0;
    for (int i = 0; i < below; i++)
        if (now.vars[i].kind == kind && !(writable && now.vars[i].is_fixed) && !is_hidden(i))
            found[count++] = &now.vars[i];
    return count ? found[chance(count)] : NULL;
}

const struct var *pick(enum kind kind, bool writable)
{
    return pick_below(kind, writable, now.var_count);
}

/* A new variable, which now and then hides one of an outer scope. It is UNNAMED until its
 * initialiser is written, so that no initialiser reads what it initialises. */
struct var *new_var(void)
{
    struct var *v = &now.vars[now.var_count];
    const struct var *hidden = now.scope > 1 ? &now.vars[1 + chance(now.scope - 1)] : NULL;
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

bool is_room(void)
{
    return now.var_count + 4 < MAX_VARS;
}

bool uses(int feature)
{
    return (now.features & feature) != 0;
}

bool is_quiet(void)
{
    return !now.in_generator && now.role[now.function] == QUIET;
}

/* Accounts for leaf calls at this place. */
bool affords(int leaves)
{
    int *cost = &now.cost[now.function];
    int most = now.role[now.function] == RECURSIVE ? RECURSIVE_COST : MAX_COST;
    if (*cost + leaves * now.factor > most || is_quiet())
        return false;
    *cost += leaves * now.factor;
    return true;
}

/* ---- expressions -------------------------------------------------------------------------- */

/* An int without awaits or effects; small, but for sums of a few small ones. */
void pure(int depth)
{
    static const char *const arithmetic[] = {"+", "-", "*", "^", "&", "|"};
    static const char *const logic[] = {"<", ">", "==", "!=", "<=", "&&", "||"};
    const struct var *v = NULL;
    switch (chance(depth > 0 ? 10 : 6)) {
    case 0:
        printf("%d", chance(10));
        return;
    case 9:
        if ((v = pick(BIG, false)))
            printf("%s.v[%d]", v->name, chance(24));
        break;
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

/* The arguments of a function behind its first. */
void put_second(int f)
{
    if (now.second[f] == RESOURCE)
        printf(", acquire(%d)", 1 + chance(90));
    else if (now.second[f] == BY_VALUE)
        printf(", (struct pair){%d, %d}", chance(50), chance(50));
}

/* An earlier function that this one may call here, or -1. */
int callable(void)
{
    int f = !now.in_generator && now.function ? chance(now.function) : -1;
    if (f < 0 || (is_quiet() && now.role[f] != QUIET))
        return -1;
    if (now.role[f] == RECURSIVE && now.cost[f] == 0)
        return -1; /* its partner */
    return is_quiet() || affords(now.cost[f] + 1) ? f : -1;
}

void call_of(int f, int depth)
{
    printf("p%u_f%d(SMALL(", now.seed, f);
    mixed(depth);
    printf(")");
    put_second(f);
    printf(")");
}

/* A call of an earlier function, as an int. */
static bool call_other(int depth)
{
    int f = callable();
    bool is_boxed = one_in(4);
    if (f < 0)
        return false;
    printf("await(%s", is_boxed ? "boxed(" : "");
    call_of(f, depth - 1);
    printf("%s)%s", is_boxed ? ")" : "", now.is_pair[f] ? ".b" : "");
    return true;
}

/* The value of a child, as an int. */
static bool await_child(void)
{
    const struct var *v = pick(one_in(2) ? CHILD : PAIR_CHILD, false);
    if (v)
        printf("await(%s)%s", v->name, v->kind == CHILD ? "" : ".a");
    return v != NULL;
}

static void awaiting(int depth)
{
    const struct var *v = pick(INT, true);
    if (one_in(2) && await_child())
        return;
    if (is_quiet() && call_other(depth))
        return;
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
void mixed(int depth)
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

void small(int depth)
{
    printf("SMALL(");
    mixed(depth);
    printf(")");
}

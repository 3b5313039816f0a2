#include <stdlib.h>
#include <string.h>

#include "expand.h"
#include "read_lex.h"

/* Bytes that come from one stretch of the file. Where a token was replaced, the bytes are others,
 * and more or fewer: all of them stand for the token's beginning. */
typedef struct piece {
    uint32_t begin, from, length;
    bool is_replaced;
} piece;

typedef struct generic {
    const char *name, *interface;
    uint32_t first, last; /* tokens, from the specifiers to the brace */
    bool has_two;         /* interfaces */
} generic;

/* An async function, where it is declared or defined. */
typedef struct declared {
    const char *name;
    uint32_t first, open; /* tokens: of its specifiers, of its parameters */
    bool is_made;         /* BIDE_FUTURE_BY_ASYNC stands behind */
    bool is_generator;
} declared;

/* From this line on, the file calls itself otherwise. */
typedef struct line_change {
    uint32_t from;
    const char *file;
    long shift;
} line_change;

struct source {
    arena *arena;
    diagnostics *diagnostics;
    const char *path;
    tokens original;
    text expanded;
    uint32_t done; /* how much of the original was looked at */
    piece *pieces;
    uint32_t piece_count;
    generic *generics;
    uint32_t generic_count;
    declared *functions;
    uint32_t function_count;
    instance *instances;
    uint32_t instance_count;
    uint32_t *lines; /* where each begins, in the original */
    uint32_t line_count;
    line_change *changes;
    uint32_t change_count;
};

/* ---- places ------------------------------------------------------------------------------- */

static void add_change(source *s, uint32_t index)
{
    token t = s->original.items[index];
    const char *line = token_text(s->arena, &s->original, index) + 1;
    line += strspn(line, " \t");
    if (strncmp(line, "line", 4) == 0)
        line += 4;
    char *end;
    unsigned long number = strtoul(line, &end, 10);
    if (end == line)
        return;
    const char *open = strchr(end, '"'), *close = open ? strrchr(open, '"') : NULL;
    line_change c = {.file = s->change_count ? s->changes[s->change_count - 1].file : s->path};
    if (close && close > open)
        c.file = arena_copy(s->arena, open + 1, (size_t)(close - open - 1));
    while (c.from < s->line_count && s->lines[c.from] <= t.begin)
        c.from++;
    c.shift = (long)number - (long)c.from - 1;
    PUSH(s->arena, line_change, s->changes, s->change_count) = c;
}

static void find_lines(source *s)
{
    const char *data = s->original.text;
    PUSH(s->arena, uint32_t, s->lines, s->line_count) = 0;
    for (uint32_t i = 0; i < s->original.length; i++)
        if (data[i] == '\n')
            PUSH(s->arena, uint32_t, s->lines, s->line_count) = i + 1;
    for (uint32_t i = 0; i < s->original.count; i++)
        if (s->original.items[i].kind == TOKEN_DIRECTIVE)
            add_change(s, i);
}

static place original_place(const source *s, uint32_t offset)
{
    uint32_t low = 0, high = s->line_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (s->lines[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    place at = {s->path, low + 1, offset - s->lines[low] + 1};
    for (uint32_t i = s->change_count; i-- > 0;)
        if (low >= s->changes[i].from) {
            at.file = s->changes[i].file;
            at.line = (uint32_t)((long)at.line + s->changes[i].shift);
            break;
        }
    return at;
}

place source_place(const source *s, uint32_t offset)
{
    uint32_t low = 0, high = s->piece_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (s->pieces[middle].begin <= offset)
            low = middle;
        else
            high = middle;
    }
    const piece *p = &s->pieces[low];
    return original_place(s, p->from + (p->is_replaced ? 0 : offset - p->begin));
}

static place token_place(const source *s, uint32_t index)
{
    return original_place(s, s->original.items[index].begin);
}

const char *source_text(const source *s, uint32_t *length)
{
    *length = (uint32_t)s->expanded.length;
    return s->expanded.data;
}

instance *source_instances(const source *s, uint32_t *count)
{
    *count = s->instance_count;
    return s->instances;
}

const instance *source_instance(const source *s, uint32_t offset)
{
    for (uint32_t i = 0; i < s->instance_count; i++)
        if (offset >= s->instances[i].at.begin && offset < s->instances[i].at.end)
            return &s->instances[i];
    return NULL;
}

/* ---- finding ------------------------------------------------------------------------------ */

static bool is_name(const source *s, uint32_t index)
{
    return index < s->original.count && s->original.items[index].kind == TOKEN_NAME;
}

static bool is(const source *s, uint32_t index, const char *word)
{
    return token_is(&s->original, index, word);
}

static const char *word_at(const source *s, uint32_t index)
{
    return token_text(s->arena, &s->original, index);
}

/* impl(I) at that token. */
static bool is_impl(const source *s, uint32_t index)
{
    return is(s, index, "impl") && is(s, index + 1, "(") && is_name(s, index + 2) &&
           is(s, index + 3, ")");
}

/* The definition whose parameters are in the brackets at `open`, if it is one of a generic. */
static void add_generic(source *s, uint32_t first, uint32_t open)
{
    const tokens *t = &s->original;
    uint32_t close = t->items[open].pair, body = close + 1;
    while (is_name(s, body) && is(s, body + 1, "(") && t->items[body + 1].pair)
        body = t->items[body + 1].pair + 1;
    generic g = {.first = first, .last = t->items[body].pair};
    if (!close || !is(s, body, "{") || !g.last)
        return;
    for (uint32_t i = open; i < close; i++) {
        if (!is_impl(s, i))
            continue;
        const char *interface = word_at(s, i + 2);
        g.has_two = g.has_two || (g.interface && strcmp(g.interface, interface) != 0);
        g.interface = interface;
    }
    g.name = word_at(s, open - 1);
    if (g.interface)
        PUSH(s->arena, generic, s->generics, s->generic_count) = g;
}

static bool is_instantiate(const source *s, uint32_t index)
{
    return is(s, index, "instantiate") && is(s, index + 1, "(") && is_name(s, index + 2);
}

static void refuse_inner(source *s, uint32_t begin, uint32_t end)
{
    for (uint32_t i = begin; i < end; i++)
        if (is_instantiate(s, i))
            error_at(s->diagnostics, token_place(s, i),
                     "put the line behind the functions' ends, and behind the generic",
                     "instantiate is only possible at file scope");
}

static bool is_async_word(const source *s, uint32_t index)
{
    return is(s, index, "async") || is(s, index, "async_send") || is(s, index, "bide_async") ||
           is(s, index, "bide_async_send");
}

static bool is_generator_word(const source *s, uint32_t index)
{
    return is(s, index, "async_gen") || is(s, index, "bide_async_gen");
}

static void add_function(source *s, uint32_t first, uint32_t open)
{
    for (uint32_t i = first; i + 1 < open; i++)
        if (is_async_word(s, i) || is_generator_word(s, i)) {
            declared made = {.name = word_at(s, open - 1),
                             .first = first,
                             .open = open,
                             .is_generator = is_generator_word(s, i)};
            PUSH(s->arena, declared, s->functions, s->function_count) = made;
            return;
        }
}

/* BIDE_TIMEOUT(F_timed, F); at file scope, whatever the macro is. */
static bool is_making(const source *s, uint32_t first, uint32_t index)
{
    const tokens *t = &s->original;
    return first == index && is_name(s, index) && is(s, index + 1, "(") &&
           t->items[index + 1].pair && is(s, t->items[index + 1].pair + 1, ";");
}

/* Calls the functions for each instantiate, and each use of a macro, at file scope; collects
 * generics and async functions on the way if they are NULL. */
static void walk_file(source *s, void (*visit)(source *, uint32_t),
                      void (*visit_making)(source *, uint32_t))
{
    const tokens *t = &s->original;
    uint32_t first = 0;
    for (uint32_t i = 0; i < t->count; i++) {
        uint32_t pair = t->items[i].pair;
        if (t->items[i].kind == TOKEN_DIRECTIVE || is(s, i, ";")) {
            first = i + 1;
        } else if (is(s, i, "{") && pair) {
            if (visit)
                refuse_inner(s, i, pair);
            i = pair;
            first = i + 1;
        } else if (visit && is_instantiate(s, i)) {
            visit(s, i);
        } else if (visit && is_making(s, first, i)) {
            visit_making(s, i);
        } else if (!visit && is_name(s, i) && is(s, i + 1, "(")) {
            add_generic(s, first, i + 1);
            add_function(s, first, i + 1);
        }
        if (is(s, i, "(") && pair)
            i = pair;
    }
}

/* ---- copying ------------------------------------------------------------------------------ */

static void put(source *s, uint32_t from, uint32_t end, const char *instead)
{
    uint32_t begin = (uint32_t)s->expanded.length;
    if (from == end)
        return;
    PUSH(s->arena, piece, s->pieces, s->piece_count) =
        (piece){begin, from, end - from, instead != NULL};
    if (instead)
        text_puts(&s->expanded, instead);
    else
        text_add(&s->expanded, s->original.text + from, end - from);
}

static const char *instance_name(const source *s, const char *name, const char *type_name)
{
    return arena_print(s->arena, "%s_%s", name, type_name);
}

/* The name of a generic that has a copy for this type, this one included. */
static const char *copied_name(const source *s, const generic *g, const char *word,
                               const char *type_name)
{
    if (strcmp(word, g->name) == 0)
        return instance_name(s, word, type_name);
    for (uint32_t i = 0; i < s->generic_count; i++)
        if (strcmp(s->generics[i].name, word) == 0 &&
            strcmp(s->generics[i].interface, g->interface) == 0)
            for (uint32_t j = 0; j < s->instance_count; j++)
                if (strcmp(s->instances[j].generic, word) == 0 &&
                    strcmp(s->instances[j].type, type_name) == 0)
                    return instance_name(s, word, type_name);
    return NULL;
}

/* What stands for a name in a copy, or NULL: itself. */
static const char *replacement(const source *s, const generic *g, uint32_t index,
                               const char *type_name)
{
    if (index > 0 && (is(s, index - 1, ".") || is(s, index - 1, "->")))
        return NULL;
    const char *word = word_at(s, index);
    size_t length = strlen(g->interface);
    if (strcmp(word, g->interface) == 0)
        return type_name;
    if (strncmp(word, g->interface, length) == 0 && word[length] == '_')
        return arena_print(s->arena, "%s%s", type_name, word + length);
    return copied_name(s, g, word, type_name);
}

static void copy_generic(source *s, const generic *g, const char *type_name)
{
    const token *items = s->original.items;
    uint32_t done = items[g->first].begin;
    for (uint32_t i = g->first; i <= g->last; i++) {
        uint32_t last = is_impl(s, i) ? i + 3 : i;
        const char *instead = last > i ? type_name : NULL;
        if (!instead && items[i].kind == TOKEN_NAME)
            instead = replacement(s, g, i, type_name);
        if (!instead)
            continue;
        put(s, done, items[i].begin, NULL);
        put(s, items[i].begin, items[last].end, instead);
        done = items[last].end;
        i = last;
    }
    put(s, done, items[g->last].end, NULL);
}

/* ---- instantiate -------------------------------------------------------------------------- */

static const generic *find_generic(const source *s, const char *name)
{
    for (uint32_t i = 0; i < s->generic_count; i++)
        if (strcmp(s->generics[i].name, name) == 0)
            return &s->generics[i];
    return NULL;
}

static bool is_known(const source *s, const char *name, const char *type_name)
{
    for (uint32_t i = 0; i < s->instance_count; i++)
        if (strcmp(s->instances[i].generic, name) == 0 &&
            strcmp(s->instances[i].type, type_name) == 0)
            return true;
    return false;
}

/* The generic that instantiate names at that token; NULL: an error was reported. */
static const generic *named_generic(source *s, uint32_t index)
{
    place at = token_place(s, index + 2);
    const char *name = word_at(s, index + 2);
    const generic *g = find_generic(s, name);
    if (!g) {
        error_at(s->diagnostics, at,
                 "define it in this file, above, with a parameter of type `impl(Interface) *`",
                 "there is no generic function '%s'", name);
    } else if (g->first > index) {
        error_at(s->diagnostics, at, "move the line behind the function",
                 "the generic function '%s' is defined behind its instantiate", name);
        g = NULL;
    } else if (g->has_two) {
        error_at(s->diagnostics, at,
                 "make the other parameters handles (`Interface *`), or split the function",
                 "'%s' has parameters of more than one impl type; one can be chosen", name);
        g = NULL;
    }
    return g;
}

static void instantiate(source *s, uint32_t index)
{
    const token *items = s->original.items;
    uint32_t close = items[index + 1].pair;
    if (!is(s, index + 3, ",") || !is_name(s, index + 4) || close != index + 5 ||
        !is(s, close + 1, ";")) {
        error_at(s->diagnostics, token_place(s, index),
                 "write `instantiate(function, Type);`, where Type is one name: use a typedef",
                 "instantiate wants a generic function and the name of a type");
        return;
    }
    const generic *g = named_generic(s, index);
    if (!g)
        return;
    const char *type_name = word_at(s, index + 4);
    if (is_known(s, g->name, type_name)) {
        error_at(s->diagnostics, token_place(s, index), "remove one of them",
                 "'%s' is instantiated for '%s' twice", g->name, type_name);
        return;
    }
    put(s, s->done, items[index].begin, NULL);
    instance made = {.generic = g->name, .type = type_name, .line = token_place(s, index)};
    made.at.begin = (uint32_t)s->expanded.length;
    copy_generic(s, g, type_name);
    made.at.end = (uint32_t)s->expanded.length;
    PUSH(s->arena, instance, s->instances, s->instance_count) = made;
    s->done = items[close + 1].end;
}

/* ---- futures of async functions ----------------------------------------------------------- */
/*
 * What a macro makes of an async function needs BIDE_FUTURE_BY_ASYNC (bide/generated.h) before it.
 * Where a macro of bide lacks it, it is put in, from the text of the declaration, on the macro's
 * line. A closure type is named without the _call of its function.
 */

static declared *declared_before(source *s, uint32_t index, uint32_t before)
{
    const char *word = word_at(s, index);
    const char *closure = arena_print(s->arena, "%s_call", word);
    for (uint32_t i = s->function_count; i-- > 0;)
        if (s->functions[i].open < before &&
            (strcmp(word, s->functions[i].name) == 0 || strcmp(closure, s->functions[i].name) == 0))
            return &s->functions[i];
    return NULL;
}

/* The other declarations of a function know it, too. */
static void set_made(source *s, const char *name)
{
    for (uint32_t i = 0; i < s->function_count; i++)
        if (strcmp(s->functions[i].name, name) == 0)
            s->functions[i].is_made = true;
}

/* In the output impl(I) is I. */
static void put_tokens(const source *s, text *to, uint32_t begin, uint32_t end)
{
    for (uint32_t i = begin; i < end; i++) {
        bool is_interface = is_impl(s, i);
        text_printf(to, "%s%s", i > begin ? " " : "", word_at(s, is_interface ? i + 2 : i));
        i += is_interface ? 3 : 0;
    }
}

static bool is_one_of(const source *s, uint32_t index, const char *const *words)
{
    for (; *words; words++)
        if (is(s, index, *words))
            return true;
    return false;
}

/* One parameter as (T, a). false: it is not plain. */
static bool put_parameter(const source *s, text *to, uint32_t begin, uint32_t end)
{
    static const char *const types[] = {"int",    "char",     "short",    "long",  "unsigned",
                                        "signed", "float",    "double",   "_Bool", "bool",
                                        "const",  "volatile", "restrict", "void",  NULL};
    static const char *const tags[] = {"struct", "union", "enum", NULL};
    if (end < begin + 2 || !is_name(s, end - 1) || is_one_of(s, end - 1, types) ||
        is_one_of(s, end - 2, tags))
        return false;
    text_puts(to, ", (");
    put_tokens(s, to, begin, end - 1);
    text_printf(to, ", %s)", word_at(s, end - 1));
    return true;
}

static bool put_parameters(const source *s, text *to, uint32_t open)
{
    const tokens *t = &s->original;
    uint32_t close = t->items[open].pair, begin = open + 1, count = 0;
    if (close == begin || (close == begin + 1 && is(s, begin, "void")))
        return true;
    for (uint32_t i = begin; i <= close; i++) {
        if (t->items[i].pair > i)
            i = t->items[i].pair;
        if (i < close && !is(s, i, ","))
            continue;
        if (++count > 8 || !put_parameter(s, to, begin, i))
            return false;
        begin = i + 1;
    }
    return true;
}

static bool put_function(const source *s, text *to, const declared *f)
{
    static const char *const no_type[] = {"static",          "inline",     "extern",
                                          "async",           "async_send", "bide_async",
                                          "bide_async_send", "_Noreturn",  NULL};
    uint32_t words = 0;
    text_puts(to, "BIDE_FUTURE_BY_ASYNC(");
    for (uint32_t i = f->first; i + 1 < f->open; i++)
        if (!is_one_of(s, i, no_type))
            text_printf(to, "%s%s", words++ ? " " : "", word_at(s, i));
    text_printf(to, ", %s", f->name);
    if (!put_parameters(s, to, f->open))
        return false;
    text_puts(to, "); ");
    return true;
}

/* The second argument of BIDE_FUTURE_BY_ASYNC. */
static void read_line(source *s, uint32_t index)
{
    const tokens *t = &s->original;
    uint32_t at = index + 2, close = t->items[index + 1].pair;
    while (at < close && !is(s, at, ","))
        at = t->items[at].pair > at ? t->items[at].pair + 1 : at + 1;
    if (at + 1 < close)
        set_made(s, word_at(s, at + 1));
}

/* BIDE_STREAM_BY_GENERATOR(Name, F, Item): its parameters, where they are missing, come behind. */
static void make_stream(source *s, uint32_t index)
{
    const token *items = s->original.items;
    uint32_t at[3], count = 0, close = items[index + 1].pair;
    text made = {s->arena, NULL, 0, 0};
    for (uint32_t i = index + 2; i < close; i++) {
        if (items[i].pair > i)
            i = items[i].pair;
        if (is(s, i, ",") && ++count < 3)
            at[count] = i + 1;
    }
    declared *f = count == 2 && is_name(s, at[1]) ? declared_before(s, at[1], index) : NULL;
    if (!f || !f->is_generator)
        return;
    if (!put_parameters(s, &made, f->open)) {
        error_at(s->diagnostics, token_place(s, at[1]),
                 "use typedefs for arrays and function pointers",
                 "BIDE_STREAM_BY_GENERATOR needs the parameters of '%s', which are not eight at "
                 "most, each a type and a name",
                 f->name);
        return;
    }
    put(s, s->done, items[close].begin, NULL);
    text_puts(&made, ")");
    put(s, items[close].begin, items[close].end, made.data);
    s->done = items[close].end;
}

static void make_parts(source *s, uint32_t index)
{
    const token *items = s->original.items;
    text made = {s->arena, NULL, 0, 0};
    if (is(s, index, "BIDE_FUTURE_BY_ASYNC")) {
        read_line(s, index);
        return;
    }
    if (is(s, index, "BIDE_STREAM_BY_GENERATOR")) {
        make_stream(s, index);
        return;
    }
    if (strncmp(word_at(s, index), "BIDE_", 5) != 0)
        return;
    for (uint32_t i = index + 2; i < items[index + 1].pair; i++) {
        declared *f = is_name(s, i) ? declared_before(s, i, index) : NULL;
        if (!f || f->is_made || f->is_generator)
            continue;
        if (!put_function(s, &made, f)) {
            error_at(s->diagnostics, token_place(s, i),
                     arena_print(s->arena,
                                 "write BIDE_FUTURE_BY_ASYNC(R, %s, (T, a), ...); before it, with "
                                 "typedefs for arrays and function pointers",
                                 f->name),
                     "%s needs the future type of '%s', whose parameters are not eight at most, "
                     "each a type and a name",
                     word_at(s, index), f->name);
            return;
        }
        set_made(s, f->name);
    }
    if (!made.length)
        return;
    put(s, s->done, items[index].begin, NULL);
    text_puts(&made, word_at(s, index));
    put(s, items[index].begin, items[index].end, made.data);
    s->done = items[index].end;
}

source *source_expand(arena *a, diagnostics *d, const char *path, const char *data, uint32_t length)
{
    source *s = NEW(a, source);
    *s = (source){.arena = a, .diagnostics = d, .path = path, .expanded = {.arena = a}};
    s->original = lex(a, data, length);
    uint32_t before = diagnostics_errors(d);
    find_lines(s);
    walk_file(s, NULL, NULL);
    walk_file(s, instantiate, make_parts);
    put(s, s->done, length, NULL);
    if (s->piece_count == 0)
        PUSH(a, piece, s->pieces, s->piece_count) = (piece){0};
    text_add(&s->expanded, "", 0);
    return diagnostics_errors(d) == before ? s : NULL;
}

#include "check.h"

#include <ctype.h>
#include <string.h>

/* ---- tokens ------------------------------------------------------------------------------- */

typedef enum token_kind { T_END, T_NAME, T_STRING, T_OTHER, T_DIRECTIVE } token_kind;

typedef struct token {
    token_kind kind;
    uint32_t begin, end;
} token;

typedef struct scan {
    unit *u;
    uint32_t at;
    uint8_t *words;   /* of each offset: whether a word of the tree begins there */
    uint8_t *skipped; /* of each offset: whether it is text that is not compiled */
    bool off[16];     /* words that the file undefined */
    uint32_t lost;    /* where the last such word ends: those inside it are no news */
    token before, now;
    uint32_t depth;      /* of braces */
    uint32_t parens;     /* at file scope */
    bool in_initialiser; /* at file scope */
    bool in_async;       /* in an async function, from its specifier on */
    uint32_t conditions; /* #if that are open inside a body */
} scan;

static char peek(const scan *s, uint32_t ahead)
{
    return s->at + ahead < s->u->length ? s->u->text[s->at + ahead] : 0;
}

static void skip_comment(scan *s)
{
    bool is_block = peek(s, 1) == '*';
    s->at += 2;
    while (s->at < s->u->length) {
        if (is_block && peek(s, 0) == '*' && peek(s, 1) == '/') {
            s->at += 2;
            return;
        }
        if (!is_block && peek(s, 0) == '\n' && s->u->text[s->at - 1] != '\\')
            return;
        s->at++;
    }
}

static bool is_comment(const scan *s)
{
    return peek(s, 0) == '/' && (peek(s, 1) == '*' || peek(s, 1) == '/');
}

/* Blanks and comments; whether a line ended among them. */
static bool skip_blanks(scan *s)
{
    bool is_new = s->at == 0;
    while (s->at < s->u->length) {
        char c = peek(s, 0);
        if (is_comment(s)) {
            skip_comment(s);
        } else if (c == '\\' && (peek(s, 1) == '\n' || peek(s, 1) == '\r')) {
            s->at += 2;
        } else if (isspace((unsigned char)c)) {
            is_new = is_new || c == '\n';
            s->at++;
        } else {
            break;
        }
    }
    return is_new;
}

static void skip_quoted(scan *s)
{
    char quote = peek(s, 0);
    s->at++;
    while (s->at < s->u->length && peek(s, 0) != quote && peek(s, 0) != '\n')
        s->at += peek(s, 0) == '\\' && s->at + 1 < s->u->length ? 2 : 1;
    if (s->at < s->u->length)
        s->at++;
}

static void skip_directive(scan *s)
{
    while (s->at < s->u->length && peek(s, 0) != '\n') {
        if (is_comment(s))
            skip_comment(s);
        else if (peek(s, 0) == '"')
            skip_quoted(s);
        else if (peek(s, 0) == '\\' && peek(s, 1) == '\r' && peek(s, 2) == '\n')
            s->at += 3;
        else
            s->at += peek(s, 0) == '\\' && s->at + 1 < s->u->length ? 2 : 1;
    }
}

static bool is_name_char(char c)
{
    return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static token next_token(scan *s)
{
    bool is_new = skip_blanks(s);
    token t = {T_END, s->at, s->at};
    char c = peek(s, 0);
    if (s->at >= s->u->length)
        return t;
    if (c == '#' && is_new) {
        t.kind = T_DIRECTIVE;
        skip_directive(s);
    } else if (is_name_char(c)) {
        t.kind = isdigit((unsigned char)c) ? T_OTHER : T_NAME;
        while (is_name_char(peek(s, 0)) || (t.kind == T_OTHER && peek(s, 0) == '.'))
            s->at++;
    } else if (c == '"' || c == '\'') {
        t.kind = T_STRING;
        skip_quoted(s);
    } else {
        t.kind = T_OTHER;
        s->at++;
    }
    t.end = s->at;
    return t;
}

static bool is_text(const scan *s, token t, const char *string)
{
    size_t length = strlen(string);
    return t.end - t.begin == length && memcmp(s->u->text + t.begin, string, length) == 0;
}

/* The token behind this one, which stays the current one. */
static token look_ahead(const scan *s)
{
    scan copy = *s;
    return next_token(&copy);
}

/* ---- words that became nothing ------------------------------------------------------------ */

static const char *const words[] = {"await", "await_try", "await_catch", "await_next",
                                    "yield", "boxed",     "join",        "select",
                                    "race",  "drop",      "spawn",       "owned"};
#define WORD_COUNT (sizeof words / sizeof *words)

static void mark_words(scan *s, const node *n)
{
    if (!n)
        return;
    if (is_word(n) && n->at.begin < s->u->length)
        s->words[n->at.begin] = 1;
    for (uint32_t i = 0; i < n->count; i++)
        mark_words(s, n->kids[i]);
}

/* The arguments of the call that begins behind the current token, and where it ends. */
static uint32_t count_arguments(const scan *s, uint32_t *end)
{
    scan copy = *s;
    uint32_t depth = 0, commas = 0;
    for (token t = next_token(&copy); t.kind != T_END; t = next_token(&copy)) {
        char c = s->u->text[t.begin];
        if (t.kind != T_OTHER)
            continue;
        depth += c == '(' || c == '[' || c == '{';
        depth -= depth && (c == ')' || c == ']' || c == '}');
        commas += c == ',' && depth == 1;
        if (depth == 0)
            break;
    }
    *end = copy.at;
    return commas + 1;
}

static void check_lost_word(scan *s)
{
    for (size_t i = 0; i < WORD_COUNT; i++) {
        if (s->off[i] || !is_text(s, s->now, words[i]))
            continue;
        bool is_found = s->words[s->now.begin] || s->now.begin < s->lost;
        if (is_found || !is_text(s, look_ahead(s), "("))
            return;
        uint32_t end, count = count_arguments(s, &end);
        if (strcmp(words[i], "select") == 0 && count == 5)
            return;
        s->lost = end;
        error_at(s->u->diagnostics, place_of(s->u, s->now.begin),
                 "keep the value in a variable first, and use that here",
                 "%s here is dropped by the text around it, and never evaluated", words[i]);
        return;
    }
}

/* ---- async and scoped where they mean nothing ---------------------------------------------- */

static bool is_specifier(const scan *s)
{
    return is_text(s, s->now, "async") || is_text(s, s->now, "async_gen") ||
           is_text(s, s->now, "async_send");
}

/* In a body: `async T x = ...` is a variable, `async T f(...);` is not. */
static bool is_prototype(const scan *s)
{
    scan copy = *s;
    bool has_parameters = false;
    for (token t = next_token(&copy); t.kind != T_END; t = next_token(&copy)) {
        char c = s->u->text[t.begin];
        if (t.kind == T_OTHER && (c == '=' || c == ';' || c == '{'))
            return c == ';' && has_parameters;
        has_parameters = has_parameters || (t.kind == T_OTHER && c == '(');
    }
    return false;
}

static void check_parameter(scan *s)
{
    place at = place_of(s->u, s->now.begin);
    if (is_specifier(s))
        error_at(s->u->diagnostics, at, "take a bide_box, or call the function in the body",
                 "a parameter cannot be an async variable");
    else
        error_at(s->u->diagnostics, at, "write owned(fn, parameter); first in the body",
                 "a parameter cannot be scoped");
}

static void check_specifier(scan *s)
{
    unit *u = s->u;
    bool is_scoped = is_text(s, s->now, "scoped") && is_text(s, look_ahead(s), "(");
    if (!is_specifier(s) && !is_scoped)
        return;
    if (s->depth == 0 && s->parens && s->in_async)
        check_parameter(s);
    else if (is_specifier(s) && s->depth == 0)
        s->in_async = true;
    else if (is_specifier(s) && is_prototype(s))
        error_at(u->diagnostics, place_of(u, s->now.begin), "move it to file scope",
                 "async prototype inside a function");
    else if (is_specifier(s) && !s->in_async)
        error_at(u->diagnostics, place_of(u, s->now.begin),
                 "declare it in an async function, or leave async out",
                 "async variable outside an async function");
    else if (is_scoped && (!s->in_async || s->depth == 0))
        error_at(u->diagnostics, place_of(u, s->now.begin),
                 "release it by hand, or make the function async",
                 "scoped outside an async function");
}

/* A table of functions at file scope is in no function of the model. */
static void check_table(scan *s)
{
    char before = s->u->text[s->before.begin];
    if (!s->in_initialiser || s->before.kind != T_OTHER || !strchr("=,{&()", before))
        return;
    token next = look_ahead(s);
    if (next.kind != T_OTHER || !strchr(",};)", s->u->text[next.begin]))
        return;
    for (uint32_t i = 0; i < s->u->callee_count; i++) {
        const callee *k = s->u->callees[i];
        if (!(k->is_async || k->is_generator) || !is_text(s, s->now, k->name))
            continue;
        error_at(s->u->diagnostics, place_of(s->u, s->now.begin),
                 "an interface (BIDE_INTERFACE) chooses among async functions at run time",
                 "'%s' is async: it has no address", k->name);
        if (k->at.line)
            note_at(s->u->diagnostics, k->at, "'%s' is declared here", k->name);
    }
}

/* ---- inside bodies ------------------------------------------------------------------------ */

static const function *body_at(const unit *u, uint32_t offset)
{
    for (uint32_t i = 0; i < u->function_count; i++) {
        const node *body = u->functions[i]->body;
        if (body && offset >= body->at.begin && offset < body->at.end)
            return u->functions[i];
    }
    return NULL;
}

static bool is_loop_pragma(const char *pragma)
{
    static const char *const names[] = {"omp",        "acc",       "unroll",    "nounroll",
                                        "GCC unroll", "GCC ivdep", "clang loop"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncmp(pragma, names[i], strlen(names[i])) == 0)
            return true;
    return false;
}

/* The name of a directive, and where its text goes on. */
static uint32_t directive_name(const scan *s, char *name, size_t room)
{
    uint32_t i = s->now.begin + 1;
    size_t length = 0;
    while (i < s->now.end && isspace((unsigned char)s->u->text[i]))
        i++;
    while (i < s->now.end && is_name_char(s->u->text[i]) && length + 1 < room)
        name[length++] = s->u->text[i++];
    name[length] = 0;
    while (i < s->now.end && (s->u->text[i] == ' ' || s->u->text[i] == '\t'))
        i++;
    return i;
}

static void undefine(scan *s, uint32_t begin)
{
    token name = {T_NAME, begin, begin};
    while (name.end < s->now.end && is_name_char(s->u->text[name.end]))
        name.end++;
    for (size_t i = 0; i < WORD_COUNT; i++)
        if (is_text(s, name, words[i]))
            s->off[i] = true;
}

/* One error for an #if and all that belongs to it. */
static bool is_said(scan *s, const char *name)
{
    bool was_open = s->conditions > 0;
    if (starts_with(name, "if"))
        s->conditions++;
    else if (strcmp(name, "endif") == 0 && was_open)
        s->conditions--;
    return was_open;
}

static void check_directive(scan *s)
{
    char name[32];
    uint32_t rest = directive_name(s, name, sizeof name);
    const function *f = body_at(s->u, s->now.begin);
    if (strcmp(name, "undef") == 0 && !s->skipped[s->now.begin])
        undefine(s, rest);
    if (!f || is_said(s, name))
        return;
    place at = place_of(s->u, s->now.begin);
    if (strcmp(name, "pragma") == 0 && is_loop_pragma(s->u->text + rest))
        error_at(s->u->diagnostics, at, "move the loop into an ordinary function",
                 "#pragma for a loop in async function '%s', whose loops are rewritten", f->name);
    else if (starts_with(name, "if"))
        error_at(s->u->diagnostics, at,
                 "put the #if around whole functions, or around macros that are used here",
                 "#%s inside async function '%s': only one side would be generated", name, f->name);
    else if (*name && strcmp(name, "pragma") != 0)
        error_at(s->u->diagnostics, at, "move it above the function",
                 "#%s inside async function '%s'", name, f->name);
}

static void check_body_token(scan *s)
{
    const function *f = body_at(s->u, s->now.begin);
    token next;
    if (!f)
        return;
    next = look_ahead(s);
    if (is_text(s, s->now, "^") && is_text(s, next, "{"))
        error_at(s->u->diagnostics, place_of(s->u, s->now.begin), "use an ordinary function",
                 "block in async function '%s'", f->name);
    else if (is_text(s, s->now, "__label__"))
        error_at(s->u->diagnostics, place_of(s->u, s->now.begin),
                 "leave it out, and give the label a name of its own in the function",
                 "local label in async function '%s'", f->name);
    else if (is_text(s, s->now, "_Pragma") && is_text(s, next, "(")) {
        scan copy = *s;
        next_token(&copy);
        token string = next_token(&copy);
        if (string.kind == T_STRING && is_loop_pragma(s->u->text + string.begin + 1))
            error_at(s->u->diagnostics, place_of(s->u, s->now.begin),
                     "move the loop into an ordinary function",
                     "_Pragma for a loop in async function '%s', whose loops are rewritten",
                     f->name);
    }
}

/* ---- the file ----------------------------------------------------------------------------- */

static void track(scan *s)
{
    char c = s->u->text[s->now.begin];
    if (s->now.kind != T_OTHER)
        return;
    if (c == '{')
        s->depth++;
    else if (c == '}' && s->depth)
        s->depth--;
    else if (c == '(' && s->depth == 0)
        s->parens++;
    else if (c == ')' && s->depth == 0 && s->parens)
        s->parens--;
    else if (c == '=' && s->depth == 0 && s->parens == 0)
        s->in_initialiser = true;
    if (s->depth == 0 && (c == ';' || (c == '}' && !s->in_initialiser)))
        s->in_initialiser = s->in_async = false;
}

static void mark(uint8_t *set, uint32_t length, range r)
{
    for (uint32_t i = r.begin; i < r.end && i < length; i++)
        set[i] = 1;
}

static void begin(scan *s, unit *u)
{
    *s = (scan){.u = u};
    s->words = NEW_ARRAY(u->arena, uint8_t, u->length);
    s->skipped = NEW_ARRAY(u->arena, uint8_t, u->length);
    for (uint32_t i = 0; i < u->function_count; i++)
        mark_words(s, u->functions[i]->body);
    for (uint32_t i = 0; i < u->other_count; i++)
        mark_words(s, u->others[i]->body);
    for (uint32_t i = 0; i < u->skipped_count; i++)
        mark(s->skipped, u->length, u->skipped[i]);
    for (uint32_t i = 0; i < u->cut_count; i++)
        mark(s->skipped, u->length, u->cuts[i].at);
}

void check_text(unit *u)
{
    scan s;
    begin(&s, u);
    for (s.now = next_token(&s); s.now.kind != T_END; s.now = next_token(&s)) {
        bool is_compiled = !s.skipped[s.now.begin];
        if (s.now.kind == T_DIRECTIVE) {
            check_directive(&s);
            continue;
        }
        if (is_compiled && s.now.kind == T_NAME) {
            check_lost_word(&s);
            check_specifier(&s);
            check_table(&s);
        }
        if (is_compiled) {
            check_body_token(&s);
            track(&s);
        }
        s.before = s.now;
    }
}

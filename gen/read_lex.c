#include <string.h>

#include "read_lex.h"

typedef struct lexer {
    arena *arena;
    const char *text;
    uint32_t length, at;
    token *items;
    uint32_t count;
    uint32_t *open; /* brackets that wait for their end */
    uint32_t open_count;
    bool line_start;
} lexer;

static char peek(const lexer *l, uint32_t ahead)
{
    return l->at + ahead < l->length ? l->text[l->at + ahead] : 0;
}

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
           (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Bytes of a backslash that continues the line, or 0. */
static uint32_t splice(const lexer *l)
{
    if (peek(l, 0) != '\\')
        return 0;
    if (peek(l, 1) == '\n')
        return 2;
    return peek(l, 1) == '\r' && peek(l, 2) == '\n' ? 3 : 0;
}

/* Behind a comment at the position, if there is one. */
static bool skip_comment(lexer *l)
{
    if (peek(l, 0) != '/')
        return false;
    if (peek(l, 1) == '/') {
        while (l->at < l->length && l->text[l->at] != '\n')
            l->at += splice(l) ? splice(l) : 1;
        return true;
    }
    if (peek(l, 1) != '*')
        return false;
    for (l->at += 2; l->at < l->length; l->at++)
        if (peek(l, 0) == '*' && peek(l, 1) == '/') {
            l->at += 2;
            break;
        }
    return true;
}

static void skip_space(lexer *l)
{
    while (l->at < l->length) {
        char c = l->text[l->at];
        uint32_t continued = splice(l);
        if (continued) {
            l->at += continued;
        } else if (c == ' ' || (c >= '\t' && c <= '\r')) {
            l->line_start = l->line_start || c == '\n';
            l->at++;
        } else if (!skip_comment(l)) {
            break;
        }
    }
}

static void lex_string(lexer *l)
{
    char quote = l->text[l->at++];
    while (l->at < l->length && l->text[l->at] != quote && l->text[l->at] != '\n')
        l->at += l->text[l->at] == '\\' && l->at + 1 < l->length ? 2 : 1;
    if (peek(l, 0) == quote)
        l->at++;
}

/* The line ends where no backslash and no comment carries it on. */
static void lex_directive(lexer *l)
{
    while (l->at < l->length && l->text[l->at] != '\n') {
        char c = l->text[l->at];
        if (splice(l))
            l->at += splice(l);
        else if (c == '"' || c == '\'')
            lex_string(l);
        else if (!skip_comment(l))
            l->at++;
    }
}

static void lex_word(lexer *l)
{
    while (l->at < l->length) {
        char c = l->text[l->at];
        if (!is_name_start(c) && !is_digit(c))
            break;
        l->at++;
    }
}

static void lex_number(lexer *l)
{
    while (l->at < l->length) {
        char c = l->text[l->at], next = peek(l, 1);
        bool exponent =
            (c == 'e' || c == 'E' || c == 'p' || c == 'P') && (next == '+' || next == '-');
        if (!exponent && !is_name_start(c) && !is_digit(c) && c != '.')
            break;
        l->at += exponent ? 2 : 1;
    }
}

static void lex_mark(lexer *l)
{
    static const char *const marks[] = {"...", "<<=", ">>=", "->", "++", "--", "<<", ">>",
                                        "<=",  ">=",  "==",  "!=", "&&", "||", "*=", "/=",
                                        "%=",  "+=",  "-=",  "&=", "^=", "|=", "##"};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t length = strlen(marks[i]);
        if (l->length - l->at >= length && memcmp(l->text + l->at, marks[i], length) == 0) {
            l->at += (uint32_t)length;
            return;
        }
    }
    l->at++;
}

/* u8"...", L'x': the prefix belongs to the string. */
static bool is_prefixed_string(const lexer *l)
{
    uint32_t length = peek(l, 0) == 'u' && peek(l, 1) == '8' ? 2 : 1;
    char c = peek(l, 0), quote = peek(l, length);
    return (c == 'u' || c == 'U' || c == 'L') && (quote == '"' || quote == '\'');
}

static token_kind lex_one(lexer *l)
{
    char c = l->text[l->at];
    if (c == '#' && l->line_start) {
        lex_directive(l);
        return TOKEN_DIRECTIVE;
    }
    if (c == '"' || c == '\'') {
        lex_string(l);
        return TOKEN_STRING;
    }
    if (is_prefixed_string(l)) {
        l->at += peek(l, 0) == 'u' && peek(l, 1) == '8' ? 2 : 1;
        lex_string(l);
        return TOKEN_STRING;
    }
    if (is_name_start(c)) {
        lex_word(l);
        return TOKEN_NAME;
    }
    if (is_digit(c) || (c == '.' && is_digit(peek(l, 1)))) {
        lex_number(l);
        return TOKEN_NUMBER;
    }
    lex_mark(l);
    return TOKEN_MARK;
}

/* Brackets find each other. One that has no partner of its kind is passed over, so that a text that
 * is wrong, or has both sides of an #if, upsets little. */
static void pair_up(lexer *l, uint32_t index)
{
    char c = l->text[l->items[index].begin];
    if (c == '(' || c == '[' || c == '{') {
        PUSH(l->arena, uint32_t, l->open, l->open_count) = index;
        return;
    }
    char partner = (char)(c == ')' ? '(' : c == ']' ? '[' : c == '}' ? '{' : 0);
    for (uint32_t i = l->open_count; partner && i-- > 0;) {
        uint32_t other = l->open[i];
        char found = l->text[l->items[other].begin];
        if (found == partner) {
            l->items[index].pair = other;
            l->items[other].pair = index;
            l->open_count = i;
            return;
        }
        if (found == '{')
            return;
    }
}

tokens lex(arena *a, const char *source, uint32_t length)
{
    lexer l = {.arena = a, .text = source, .length = length, .line_start = true};
    if (length >= 3 && memcmp(source, "\xef\xbb\xbf", 3) == 0)
        l.at = 3; /* a mark of the encoding */
    for (skip_space(&l); l.at < length; skip_space(&l)) {
        token t = {.begin = l.at};
        t.kind = lex_one(&l);
        t.end = l.at;
        l.line_start = false;
        PUSH(a, token, l.items, l.count) = t;
        if (t.kind == TOKEN_MARK && t.end == t.begin + 1)
            pair_up(&l, l.count - 1);
    }
    uint32_t count = l.count;
    PUSH(a, token, l.items, l.count) = (token){.begin = length, .end = length, .kind = TOKEN_END};
    return (tokens){.text = source, .length = length, .items = l.items, .count = count};
}

uint32_t token_at(const tokens *t, uint32_t offset)
{
    uint32_t low = 0, high = t->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (t->items[middle].begin < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t token_before(const tokens *t, uint32_t offset)
{
    uint32_t index = token_at(t, offset);
    while (index > 0 && t->items[index - 1].end > offset)
        index--;
    return index;
}

bool text_is(const char *source, range at, const char *word)
{
    size_t length = strlen(word);
    return at.end - at.begin == length && memcmp(source + at.begin, word, length) == 0;
}

bool token_is(const tokens *t, uint32_t index, const char *word)
{
    return index < t->count &&
           text_is(t->text, (range){t->items[index].begin, t->items[index].end}, word);
}

const char *token_text(arena *a, const tokens *t, uint32_t index)
{
    return arena_copy(a, t->text + t->items[index].begin,
                      t->items[index].end - t->items[index].begin);
}

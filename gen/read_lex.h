/*
 * gen/read_lex.h: the tokens of a C file, without comments.
 *
 * libclang gives ranges that are not always right, and never those of semicolons and labels: this
 * is how the reader looks at the text itself. Directives are tokens of their own, one a line.
 */
#ifndef BIDEC_READ_LEX_H
#define BIDEC_READ_LEX_H

#include "model.h"

typedef enum token_kind {
    TOKEN_END,
    TOKEN_NAME,
    TOKEN_NUMBER,
    TOKEN_STRING, /* and characters */
    TOKEN_MARK,
    TOKEN_DIRECTIVE, /* from # to the end of the line, continued lines and comments included */
} token_kind;

typedef struct token {
    uint32_t begin, end;
    uint32_t pair; /* ( [ { and their ends: the index of the other one; 0: it has none */
    token_kind kind;
} token;

typedef struct tokens {
    const char *text;
    uint32_t length;
    token *items; /* [count] is TOKEN_END */
    uint32_t count;
} tokens;

tokens lex(arena *a, const char *source, uint32_t length);

/* The index of the first token that begins at `offset` or behind it. */
uint32_t token_at(const tokens *t, uint32_t offset);
/* The index of the last token that ends at `offset` or before it, plus 1; 0: none. */
uint32_t token_before(const tokens *t, uint32_t offset);

bool token_is(const tokens *t, uint32_t index, const char *word);
bool text_is(const char *source, range at, const char *word);
const char *token_text(arena *a, const tokens *t, uint32_t index);

#endif

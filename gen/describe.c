#include "describe.h"

#include <string.h>

static const char *word_text(node_kind kind)
{
    switch (kind) {
    case N_AWAIT:
        return "await";
    case N_AWAIT_TRY:
        return "await_try";
    case N_AWAIT_CATCH:
        return "await_catch";
    case N_AWAIT_NEXT:
        return "await_next";
    case N_YIELD:
        return "yield";
    case N_JOIN:
        return "join";
    case N_SELECT:
        return "select";
    case N_RACE:
        return "race";
    case N_DROP:
        return "drop";
    default:
        return "wait";
    }
}

/* The async variables that a word names. */
static void variables_text(text *to, const node *word)
{
    const char *before = " ";
    for (uint32_t i = 0; i < word->count; i++) {
        const node *kid = word->kids[i];
        while (kid && kid->kind == N_PAREN && kid->count == 1)
            kid = kid->kids[0];
        if (kid && kid->kind == N_REF && kid->var && kid->var->is_async) {
            text_printf(to, "%s%s", before, kid->var->name);
            before = ", ";
        }
    }
}

const char *describe_site(arena *a, const site *s)
{
    text out = {.arena = a};
    if (!s->word) {
        text_printf(&out, s->cleanup->is_async ? "cancel %s" : "async cleanup of %s",
                    s->cleanup->name);
        return out.data;
    }
    if (s->cleanup) {
        text_printf(&out, "cancel %s", s->cleanup->name);
        return out.data;
    }
    text_puts(&out, word_text(s->word->kind));
    if (s->callee)
        text_printf(&out, s->boxed ? " boxed %s" : " %s", s->callee->name);
    else if (s->word->kind != N_YIELD)
        variables_text(&out, s->word);
    return out.data;
}

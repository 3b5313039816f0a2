/*
 * check_memory.c: the books of checked builds: pointers into frames that move, memory that ends,
 * executors on the wrong thread.
 */
#include "check.h"

#include <string.h>

/* The first word of `words` that points into [from, from + bytes), or NULL. */
static const void *pointer_into(const void *words, size_t bytes, const void *from,
                                size_t from_bytes)
{
    const char *at = (const char *)words;
    for (; bytes >= sizeof(void *); bytes -= sizeof(void *), at += sizeof(void *)) {
        uintptr_t word;
        memcpy(&word, at, sizeof word);
        if (word >= (uintptr_t)from && word < (uintptr_t)from + from_bytes)
            return at;
    }
    return NULL;
}

void bide_priv_check_words(const char *type, const char *field, const void *words, size_t bytes,
                           const void *from, size_t from_bytes)
{
    char text[CHECK_TEXT] = "";
    check_thread *t;
    if (!pointer_into(words, bytes, from, from_bytes))
        return;
    bide_priv_check_lock();
    t = bide_priv_check_thread();
    bide_priv_check_say(text,
                        "%s stored a pointer into its frame in `%s` before its first await%s: "
                        "there the frame moved away from the C stack",
                        type, field, t ? bide_priv_check_at(&t->site, ", at ") : "");
    bide_priv_check_unlock(text);
}

void bide_priv_check_by_value(const void *from, size_t bytes)
{
    check_thread *t;
    bide_priv_check_lock();
    t = bide_priv_check_thread();
    if (t) {
        t->from = from;
        t->bytes = bytes;
    }
    bide_priv_check_unlock(NULL);
}

bool bide_priv_check_has_range(void)
{
    check_thread *t;
    bool has;
    bide_priv_check_lock();
    t = bide_priv_check_thread();
    has = t && t->from;
    bide_priv_check_unlock(NULL);
    return has;
}

void bide_priv_check_argument(const char *type, const char *name, const void *words, size_t bytes)
{
    char text[CHECK_TEXT] = "";
    check_thread *t;
    bide_priv_check_lock();
    t = bide_priv_check_thread();
    if (t && t->from && pointer_into(words, bytes, t->from, t->bytes))
        bide_priv_check_say(text,
                            "argument `%s` of %s points into the caller's frame, which is still on "
                            "the C stack: await it without _V%s",
                            name, type, bide_priv_check_at(&t->site, ", at "));
    bide_priv_check_unlock(text);
}

void bide_priv_check_memory(const char *what, const void *start, size_t bytes, size_t live)
{
    char text[CHECK_TEXT] = "", one[CHECK_TEXT] = "";
    check_thread *t;
    if (!live)
        return;
    bide_priv_check_lock();
    t = bide_priv_check_thread();
    bide_priv_check_describe(start, bytes, one);
    bide_priv_check_say(text, "%s%s, while %zu block%s in use%s", what,
                        t ? bide_priv_check_at(&t->site, ", called at ") : "", live,
                        live == 1 ? " is" : "s are", one);
    bide_priv_check_unlock(text);
}

void bide_priv_check_foreign(const char *what)
{
    char text[CHECK_TEXT] = "";
    check_thread *t;
    bide_priv_check_lock();
    t = bide_priv_check_thread();
    bide_priv_check_say(text, "%s was called%s while another thread runs the executor", what,
                        t ? bide_priv_check_at(&t->site, " at ") : "");
    bide_priv_check_unlock(text);
}

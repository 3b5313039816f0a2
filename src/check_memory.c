/*
 * check_memory.c: the books of checked builds: pointers into frames that move, memory that ends,
 * executors on the wrong thread.
 */
#include <bide/alloc_slot.h>

#include "alloc_gave.h"
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

bool bide_priv_check_free(bide_allocator *giver, const void *block, size_t bytes)
{
    static const struct {
        bide_priv_gave (*gave)(const bide_allocator *, const void *);
        const char *name;
    } kinds[] = {{bide_priv_pool_gave, "a pool"},
                 {bide_priv_shared_pool_gave, "a shared pool"},
                 {bide_priv_arena_gave, "an arena"},
                 {bide_priv_slot_gave, "a slot"},
                 {bide_priv_slab_gave, "a slab"}};
    bide_priv_gave answer = BIDE_PRIV_GAVE_UNKNOWN;
    char text[CHECK_TEXT] = "";
    check_thread *t;
    size_t i;
    for (i = 0; i < sizeof kinds / sizeof *kinds && answer == BIDE_PRIV_GAVE_UNKNOWN; i++)
        answer = kinds[i].gave(giver, block);
    if (answer != BIDE_PRIV_GAVE_NOT && answer != BIDE_PRIV_GAVE_FREE)
        return true;
    bide_priv_check_lock();
    t = bide_priv_check_thread();
    bide_priv_check_say(text, "a block of %zu bytes was given back%s to %s that %s", bytes,
                        t ? bide_priv_check_at(&t->site, " at ") : "", kinds[i - 1].name,
                        answer == BIDE_PRIV_GAVE_NOT ? "did not give it"
                                                     : "has it already, or was made anew since");
    bide_priv_check_unlock(text);
    return false;
}

/* A slot has no end that could be watched; but where one is made while an earlier slot at the same
 * place says that it is taken, and a future in there is known to wait, that future has lost it. */
void bide_priv_check_slot_init(uintptr_t slot_at, uintptr_t place_at, size_t bytes)
{
    const bide_slot *slot = (const bide_slot *)slot_at;
    const void *place = (const void *)place_at;
    char text[CHECK_TEXT] = "", one[CHECK_TEXT] = "";
    check_thread *t;
    bide_priv_check_lock();
    bide_priv_check_describe(place, bytes, one);
    t = bide_priv_check_thread();
    if (one[0] && slot->place == place &&
        bide_priv_slot_gave(&slot->base, place) == BIDE_PRIV_GAVE_YES)
        bide_priv_check_say(text, "bide_slot_init%s, while its block is in use%s",
                            t ? bide_priv_check_at(&t->site, ", called at ") : "", one);
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

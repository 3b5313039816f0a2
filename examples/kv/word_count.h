/*
 * word_count.h: counting the words of a text in a store.
 *
 * A word is a longest run of the letters A to Z, in lower case. Its key is the word, its value the
 * count as decimal digits; what the store holds already is added to.
 *
 * The text is read in chunks. The words of a chunk are tallied first; then each different word of
 * it is one task, which gets the count, adds, and puts it back. The tasks of a chunk run at the
 * same time, so that their records share a sync. A put that was acknowledged is safe; a load that
 * was interrupted has counted a part of the text.
 */
#ifndef KV_WORD_COUNT_H
#define KV_WORD_COUNT_H

#include "store.h"

#include <stdio.h>

/* What went wrong, if anything: `failure` negative, or `code` negative, or `bad` (a value that is
 * no count), or `unreadable` (the text). */
typedef struct kv_trouble {
    bide_poll failure;
    int32_t code;
    bool bad, unreadable;
    char word[64]; /* the first word concerned, perhaps cut; "" if none */
} kv_trouble;

typedef struct kv_counted {
    uint64_t words, different;
    uint64_t tasks; /* get, add, put */
} kv_counted;

/* Counts the words of `text` and prints the `top` most frequent of them to `out`, by the store's
 * counts: count and word, ties in the order of the alphabet. True, or false with *trouble. */
bool kv_count_words(Store *store, FILE *text, FILE *out, size_t top, bide_allocator *allocator,
                    kv_counted *counted, kv_trouble *trouble);

#endif

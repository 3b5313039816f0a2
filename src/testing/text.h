/*
 * text.h (private): appending words to the fixed texts of the test helpers.
 */
#ifndef BIDE_PRIV_TESTING_TEXT_H
#define BIDE_PRIV_TESTING_TEXT_H

#include <bide/config.h>

#include <string.h>

/* Appends `word` after `separator` (none before the first word). A word that does not fit, and each
 * one after it, is left out; the text stays a prefix of the truth. */
BIDE_PRIV_ALWAYS void bide_priv_text_add(char *text, size_t capacity, size_t *length,
                                         char separator, const char *word)
{
    size_t bytes = strlen(word);
    size_t gap = *length != 0;
    if (*length + gap + bytes + 1 > capacity) {
        *length = capacity; /* nothing fits any more */
        return;
    }
    if (gap)
        text[(*length)++] = separator;
    memcpy(text + *length, word, bytes + 1);
    *length += bytes;
}

#endif

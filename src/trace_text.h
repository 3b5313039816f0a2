/*
 * trace_text.h (private): numbers and times as text, without stdio.
 */
#ifndef BIDE_PRIV_TRACE_TEXT_H
#define BIDE_PRIV_TRACE_TEXT_H

#include <bide/config.h>

#include <string.h>

/* A short text on its way; what does not fit is cut. */
typedef struct bide_priv_words {
    char text[96];
    size_t length;
} bide_priv_words;

static inline void bide_priv_say(bide_priv_words *w, const char *text)
{
    size_t n = strlen(text), room = sizeof w->text - 1 - w->length;
    if (n > room)
        n = room;
    memcpy(w->text + w->length, text, n);
    w->length += n;
    w->text[w->length] = '\0';
}

static inline void bide_priv_say_number(bide_priv_words *w, uint64_t n, unsigned base)
{
    char digits[24], *at = digits + sizeof digits - 1;
    *at = '\0';
    do {
        *--at = "0123456789abcdef"[n % base];
        n /= base;
    } while (n);
    bide_priv_say(w, at);
}

/* Milliseconds below a second, seconds with three places above. */
static inline void bide_priv_say_time(bide_priv_words *w, uint64_t ns)
{
    uint64_t ms = ns / 1000000u;
    if (ms < 1000) {
        bide_priv_say_number(w, ms, 10);
        bide_priv_say(w, " ms");
        return;
    }
    bide_priv_say_number(w, ms / 1000, 10);
    bide_priv_say(w, ms % 1000 < 10 ? ".00" : ms % 1000 < 100 ? ".0" : ".");
    bide_priv_say_number(w, ms % 1000, 10);
    bide_priv_say(w, " s");
}

#endif

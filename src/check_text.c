/*
 * check_text.c: the books of checked builds: their lock, and the messages to whoever is told.
 */
#include "check.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic(bide_check_handler) handler;

bide_check_handler bide_check_set_handler(bide_check_handler fresh)
{
    return atomic_exchange(&handler, fresh);
}

void bide_priv_check_lock(void)
{
    pthread_mutex_lock(&lock);
}

static void set_jumped(bool jumped)
{
    check_thread *t;
    bide_priv_check_lock();
    t = bide_priv_check_thread();
    if (t)
        t->jumped = jumped;
    pthread_mutex_unlock(&lock);
}

void bide_priv_check_unlock(const char *message)
{
    bide_check_handler call;
    pthread_mutex_unlock(&lock);
    if (!message || !*message)
        return;
    call = atomic_load(&handler);
    if (!call) {
        fprintf(stderr, "%s\n", message);
        fflush(stderr);
        abort();
    }
    /* Until it has come back it may have left by longjmp, and the scopes with it. */
    set_jumped(true);
    call(message);
    set_jumped(false);
}

/* The first message counts: what follows it in the same step is its consequence. */
void bide_priv_check_say(char text[CHECK_TEXT], const char *format, ...)
{
    va_list list;
    if (text[0])
        return;
    va_start(list, format);
    memcpy(text, "bide: ", 6);
    vsnprintf(text + 6, CHECK_TEXT - 6, format, list);
    va_end(list);
}

const char *bide_priv_check_at(const check_site *site, const char *before)
{
    static char texts[4][256];
    static unsigned next;
    char *text = texts[next++ % 4];
    if (!site || !site->line)
        return "";
    snprintf(text, sizeof texts[0], "%s%s:%d", before, site->file, site->line);
    return text;
}

void bide_priv_check_copy(char *to, size_t bytes, const char *from)
{
    size_t n = strlen(from);
    if (n >= bytes)
        n = bytes - 1;
    memcpy(to, from, n);
    to[n] = '\0';
}

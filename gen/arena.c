#include "arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK ((size_t)64 * 1024)

typedef struct chunk {
    struct chunk *next;
    size_t used, room;
    max_align_t data[];
} chunk;

struct arena {
    chunk *chunks; /* the first is the one that is being filled */
};

/* A generator that lost part of its model must not write a file: there is nothing to go on with. */
static void *need(void *memory)
{
    if (!memory) {
        fputs("bidec: error: out of memory\n", stderr);
        exit(3);
    }
    return memory;
}

arena *arena_make(void)
{
    return need(calloc(1, sizeof(arena)));
}

void arena_free(arena *a)
{
    if (!a)
        return;
    for (chunk *c = a->chunks; c;) {
        chunk *next = c->next;
        free(c);
        c = next;
    }
    free(a);
}

/* What does not fit a chunk gets its own, behind the one that is being filled. */
static chunk *add_chunk(arena *a, size_t bytes)
{
    size_t room = bytes > CHUNK / 4 ? bytes : CHUNK;
    if (room > SIZE_MAX - sizeof(chunk))
        need(NULL);
    chunk *c = need(calloc(1, sizeof(chunk) + room));
    c->room = room;
    if (a->chunks && room != CHUNK) {
        c->next = a->chunks->next;
        a->chunks->next = c;
    } else {
        c->next = a->chunks;
        a->chunks = c;
    }
    return c;
}

void *arena_alloc(arena *a, size_t bytes)
{
    size_t unit = sizeof(max_align_t);
    if (bytes > SIZE_MAX - unit)
        need(NULL);
    size_t size = (bytes + unit - 1) / unit * unit;
    if (size == 0)
        size = unit;
    chunk *c = a->chunks;
    if (!c || c->room - c->used < size)
        c = add_chunk(a, size);
    void *memory = (char *)c->data + c->used;
    c->used += size;
    return memory;
}

char *arena_copy(arena *a, const char *data, size_t length)
{
    char *copy = arena_alloc(a, length + 1);
    if (length)
        memcpy(copy, data, length);
    return copy;
}

static char *print(arena *a, size_t *length, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int size = vsnprintf(NULL, 0, format, again);
    va_end(again);
    *length = size > 0 ? (size_t)size : 0;
    char *data = arena_alloc(a, *length + 1);
    vsnprintf(data, *length + 1, format, args);
    return data;
}

char *arena_print(arena *a, const char *format, ...)
{
    va_list args;
    size_t length;
    va_start(args, format);
    char *data = print(a, &length, format, args);
    va_end(args);
    return data;
}

/* An array made by PUSH is full when its count is 0 or a power of two from 4 on: its room need not
 * be kept anywhere. */
void *arena_grow(arena *a, void *array, size_t count, size_t each)
{
    if (count != 0 && (count < 4 || (count & (count - 1)) != 0))
        return array;
    size_t room = count ? count * 2 : 4;
    if (room < count || room > SIZE_MAX / each)
        need(NULL);
    void *grown = arena_alloc(a, room * each);
    if (count)
        memcpy(grown, array, count * each);
    return grown;
}

void text_add(text *t, const char *data, size_t length)
{
    if (length >= SIZE_MAX / 4 - t->length)
        need(NULL);
    if (t->length + length + 1 > t->room) {
        size_t room = t->room ? t->room : 256;
        while (room < t->length + length + 1)
            room *= 2;
        char *grown = arena_alloc(t->arena, room);
        if (t->length)
            memcpy(grown, t->data, t->length);
        t->data = grown;
        t->room = room;
    }
    if (length)
        memcpy(t->data + t->length, data, length);
    t->length += length;
    t->data[t->length] = 0;
}

void text_puts(text *t, const char *string)
{
    text_add(t, string, strlen(string));
}

void text_printf(text *t, const char *format, ...)
{
    va_list args;
    size_t length;
    va_start(args, format);
    const char *data = print(t->arena, &length, format, args);
    va_end(args);
    text_add(t, data, length);
}

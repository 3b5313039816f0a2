/*
 * gen/arena.h: memory of one run, and text that grows.
 */
#ifndef BIDEC_ARENA_H
#define BIDEC_ARENA_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

typedef struct arena arena;

/* Out of memory ends the process with exit code 3 and a message: nothing has been written yet. */
arena *arena_make(void);
void arena_free(arena *a);
/* Zeroed memory, aligned for anything. */
void *arena_alloc(arena *a, size_t bytes);
char *arena_copy(arena *a, const char *text, size_t length);
char *arena_print(arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define NEW(a, T) ((T *)arena_alloc((a), sizeof(T)))
#define NEW_ARRAY(a, T, n) ((T *)arena_alloc((a), sizeof(T) * ((n) ? (size_t)(n) : 1)))

/* Appends to an array of the arena: doubles it when it is full.
 *     PUSH(a, T, unit->cuts, unit->cut_count) = cut; */
#define PUSH(a, T, array, count)                                                                   \
    (*((array) = (T *)arena_grow((a), (array), (count), sizeof(T)), (count)++, (array) + (count)-1))
void *arena_grow(arena *a, void *array, size_t count, size_t each);

/* Text that grows. Start with {0}; the arena owns it. */
typedef struct text {
    arena *arena;
    char *data; /* terminated; NULL while empty */
    size_t length, room;
} text;

void text_add(text *t, const char *data, size_t length);
void text_puts(text *t, const char *string);
void text_printf(text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

/*
 * gen/files.h: reading files, and writing several of them all or not at all.
 */
#ifndef BIDEC_FILES_H
#define BIDEC_FILES_H

#include <stdbool.h>
#include <stdio.h>

#include "arena.h"

/* The whole file, terminated. NULL: errno says why; ENOENT where there is none. */
char *file_read(arena *a, const char *path, size_t *length);

/* What a run wants to write. */
typedef struct file_list {
    arena *arena;
    struct file *files;
    uint32_t count;
} file_list;

/* False if the list already has that path. */
bool file_list_add(file_list *l, const char *path, const char *data, size_t length);

typedef enum file_state { FILES_CURRENT, FILES_DIFFER, FILES_UNREADABLE } file_state;

/* Compares with what is on disk, tells on `to` what is missing or differs, and where. */
file_state file_list_compare(file_list *l, FILE *to);

/* Writes those that differ. Each is complete before it gets its name; if one cannot be written, the
 * others are as they were before. False: a message was written to stderr. */
bool file_list_write(file_list *l);

#endif

/*
 * line.c: texts that are shared.
 */
#include "line.h"

#include <stdarg.h>
#include <stdio.h>

struct chat_text {
    uint64_t from;
    size_t references, size;
    bide_allocator *giver;
    char bytes[];
};

static size_t block_bytes(size_t size)
{
    return sizeof(struct chat_text) + size + 1; /* vsnprintf terminates */
}

bool chat_line_make(chat_line *out, uint64_t from, const char *format, ...)
{
    bide_allocator *giver;
    va_list args;
    int size;
    out->text = NULL;
    va_start(args, format);
    size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (size < 0)
        return false;
    out->text = bide_alloc(bide_default_allocator(), block_bytes((size_t)size + 1),
                           _Alignof(struct chat_text), &giver);
    if (!out->text)
        return false;
    *out->text = (struct chat_text){from, 1, (size_t)size + 1, giver};
    va_start(args, format);
    (void)vsnprintf(out->text->bytes, (size_t)size + 1, format, args);
    va_end(args);
    out->text->bytes[size] = '\n';
    return true;
}

chat_line chat_line_share(chat_line line)
{
    line.text->references++;
    return line;
}

void chat_line_drop(chat_line *line)
{
    struct chat_text *t = line->text;
    line->text = NULL;
    if (t && --t->references == 0)
        bide_free(t->giver, t, block_bytes(t->size), _Alignof(struct chat_text));
}

const char *chat_line_bytes(chat_line line)
{
    return line.text->bytes;
}

size_t chat_line_size(chat_line line)
{
    return line.text->size;
}

uint64_t chat_line_from(chat_line line)
{
    return line.text->from;
}

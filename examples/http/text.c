/*
 * text.c: growing, looking up, quoting.
 */
#include "text.h"

#include <stdio.h>
#include <string.h>

/* Room for `more` bytes and the zero. */
static bool reserve(http_text *text, size_t more)
{
    bide_allocator *giver;
    size_t room = text->room ? text->room : 256;
    char *data;
    if (more >= SIZE_MAX / 4 - text->size)
        return false;
    if (text->size + more < text->room)
        return true;
    while (room <= text->size + more)
        room *= 2;
    data = bide_alloc(text->allocator, room, 1, &giver);
    if (!data)
        return false;
    if (text->size)
        memcpy(data, text->data, text->size);
    if (text->data)
        bide_free(text->giver, text->data, text->room, 1);
    text->data = data;
    text->room = room;
    text->giver = giver;
    return true;
}

bool http_text_add(http_text *text, const char *bytes, size_t size)
{
    if (!reserve(text, size))
        return false;
    if (bytes && size)
        memcpy(text->data + text->size, bytes, size);
    text->size += size;
    text->data[text->size] = '\0';
    return true;
}

bool http_text_add_all(http_text *text, const char *const *strings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!http_text_add(text, strings[i], strlen(strings[i])))
            return false;
    return true;
}

void http_text_clear(http_text *text)
{
    text->size = 0;
    if (text->data)
        text->data[0] = '\0';
}

void http_text_free(http_text *text)
{
    if (text->data)
        bide_free(text->giver, text->data, text->room, 1);
    text->data = NULL;
    text->size = text->room = 0;
}

/* ---- fields ------------------------------------------------------------------------------- */

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool http_same_name(const char *a, const char *b)
{
    while (*a && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return lower(*a) == lower(*b);
}

const char *http_field_next(const http_text *fields, const char **name)
{
    const char *at = fields->data;
    if (*name) {
        at = *name + strlen(*name) + 1;
        at += strlen(at) + 1;
    }
    *name = fields->size > 0 && at < fields->data + fields->size ? at : NULL;
    return *name ? at + strlen(at) + 1 : NULL;
}

const char *http_field(const http_text *fields, const char *name, const char *after)
{
    const char *at = NULL, *value;
    while ((value = http_field_next(fields, &at)) != NULL) {
        if (after && value <= after)
            continue;
        if (http_same_name(at, name))
            return value;
    }
    return NULL;
}

/* ---- problems ----------------------------------------------------------------------------- */

enum { SHOWN = 32 };

int32_t http_refuse(http_problem *problem, int32_t code, unsigned long line, const char *what,
                    const char *shown)
{
    char piece[SHOWN + 1];
    size_t n = 0;
    problem->code = code;
    problem->line = line;
    for (; shown && shown[n] && n < SHOWN; n++)
        piece[n] = shown[n] >= ' ' && shown[n] <= '~' ? shown[n] : '?';
    piece[n] = '\0';
    if (shown)
        snprintf(problem->what, sizeof problem->what, "%s: '%s%s'", what, piece,
                 shown[n] ? "..." : "");
    else
        snprintf(problem->what, sizeof problem->what, "%s", what);
    return code;
}

/*
 * checked.h: what the tests of checked builds share: a handler that keeps the message and returns,
 * so that the program goes on as an unchecked one would; and things to break rules with.
 */
#ifndef CHECKED_H
#define CHECKED_H

#ifndef BIDE_CHECKED
#define BIDE_CHECKED 1
#endif
#include "dyn.h"

#include <string.h>

static char checked_message[1024];
static int checked_count;

static inline void checked_keep(const char *message)
{
    if (checked_count++ == 0)
        snprintf(checked_message, sizeof checked_message, "%s", message);
}

static inline int checked_setup(void **state)
{
    (void)state;
    checked_count = 0;
    checked_message[0] = '\0';
    bide_check_set_handler(checked_keep);
    return 0;
}

static inline int checked_teardown(void **state)
{
    (void)state;
    bide_check_set_handler(NULL);
    return 0;
}

/* The first message since the last look has these parts. There may be more: the program went on. */
static inline void checked_expect(const char *first, const char *second, const char *third)
{
    const char *parts[] = {first, second, third};
    assert_true(checked_count > 0);
    for (size_t i = 0; i < 3; i++)
        if (parts[i] && !strstr(checked_message, parts[i]))
            fail_msg("no \"%s\" in: %s", parts[i], checked_message);
    checked_count = 0;
    checked_message[0] = '\0';
}

static inline void checked_nothing(void)
{
    if (checked_count)
        fail_msg("not a mistake: %s", checked_message);
}

/* "file:line" of a line of this program. */
static inline const char *checked_line(const char *file, int line)
{
    static char texts[4][256];
    static unsigned next;
    char *text = texts[next++ % 4];
    snprintf(text, sizeof texts[0], "%s:%d", file, line);
    return text;
}

/* Says where the next calls are made, and remembers it. */
#define CHECKED_AT(line) (BIDE_CHECK_HERE(), (line) = __LINE__)

#endif

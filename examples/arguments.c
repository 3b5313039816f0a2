/* arguments.c: see arguments.h. */
#include "arguments.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool say_error(const char *program, const char *what, const char *why)
{
    (void)fprintf(stderr, "%s: %s: %s\n", program, what, why);
    return false;
}

bool arguments_refuse(const char *program, const char *what, const char *word)
{
    (void)fprintf(stderr, "%s: %s: '%s'; see %s --help\n", program, what, word, program);
    return false;
}

bool arguments_number(const char *program, const char *word, uint64_t least, uint64_t most,
                      uint64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoull(word, &end, 10);
    /* strtoull would take a sign and leading space, too. */
    return (*word >= '0' && *word <= '9' && !*end && errno == 0 && *out >= least && *out <= most) ||
           arguments_refuse(program, "not a number that is allowed here", word);
}

bool arguments_ask_for_help(int argc, char **argv)
{
    return argc == 2 && strcmp(argv[1], "--help") == 0;
}

static const argument_option *find(const argument_list *list, const char *name)
{
    for (size_t i = 0; i < list->option_count; i++)
        if (strcmp(list->options[i].name, name) == 0)
            return &list->options[i];
    return NULL;
}

/* `value` is NULL behind the last word. */
static bool set(const argument_list *list, const argument_option *o, const char *value)
{
    if (o->flag)
        *o->flag = true;
    else if (!value)
        return arguments_refuse(list->program, "a value is missing", o->name);
    else if (o->word)
        *o->word = value;
    else
        return arguments_number(list->program, value, o->least, o->most, o->number);
    return true;
}

bool arguments_parse(const argument_list *list, int argc, char **argv)
{
    int words = 0;
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "--", 2) == 0) {
            const argument_option *o = find(list, argv[i]);
            if (!o)
                return arguments_refuse(list->program, "no such option", argv[i]);
            if (!set(list, o, argv[i + 1])) /* argv[argc] is NULL */
                return false;
            i += !o->flag;
        } else if (words == list->word_count) {
            return arguments_refuse(list->program, list->surplus, argv[i]);
        } else {
            list->words[words++] = argv[i];
        }
    }
    if (words == list->word_count)
        return true;
    (void)fputs(list->usage, stderr);
    return false;
}

/*
 * arguments.h: the command lines of the examples that serve, `program WORD... [--option value]...`,
 * and what they say when something is wrong.
 */
#ifndef EXAMPLE_ARGUMENTS_H
#define EXAMPLE_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An option, and the one place that it has for its value. */
typedef struct {
    const char *name;
    bool *flag; /* stands alone; true: it was there */
    const char **word;
    uint64_t *number; /* from `least` to `most` */
    uint64_t least, most;
} argument_option;

/* What a program takes. `words`, as many as there must be, are what is no option. */
typedef struct {
    const char *program, *usage;
    const argument_option *options;
    size_t option_count;
    const char **words;
    int word_count;
    const char *surplus; /* said of a word too many */
} argument_list;

/* Fills in the places; those of options that are not there stay as they are. False: standard error
 * says what is wrong. */
bool arguments_parse(const argument_list *list, int argc, char **argv);

/* A number from `least` to `most`, in decimal digits; false: standard error says that it is none. */
bool arguments_number(const char *program, const char *word, uint64_t least, uint64_t most,
                      uint64_t *out);

/* Says on standard error what is wrong with a word; false, to be returned. */
bool arguments_refuse(const char *program, const char *what, const char *word);

/* Whether `program --help` is all that was asked. */
bool arguments_ask_for_help(int argc, char **argv);

/* Writes `program: what: why` to standard error; false, to be returned. */
bool say_error(const char *program, const char *what, const char *why);

#endif

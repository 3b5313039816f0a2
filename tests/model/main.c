/*
 * main.c: explores the scenarios, or those that are named.
 *
 *     model [--all | --must-fail] [scenario...]
 *
 * Succeeds when none is violated; with --must-fail, when each is.
 */
#include "scenarios.h"

#include <stdio.h>
#include <string.h>

static bool is_asked(const model_scenario *s, bool all, int argc, char **argv)
{
    int i;
    for (i = 0; i < argc; i++)
        if (strcmp(argv[i], s->name) == 0)
            return true;
    return argc == 0 && (all || !s->is_long);
}

/* False, and says so: there is no scenario of that name. */
static bool is_known(const char *name)
{
    size_t i;
    for (i = 0; i < model_n_scenarios; i++)
        if (strcmp(model_scenarios[i].name, name) == 0)
            return true;
    fprintf(stderr, "model: there is no scenario '%s'\n", name);
    return false;
}

int main(int argc, char **argv)
{
    bool must_fail = argc > 1 && strcmp(argv[1], "--must-fail") == 0;
    bool all = argc > 1 && strcmp(argv[1], "--all") == 0;
    uint64_t states = 0, steps = 0, ends = 0;
    size_t i, explored = 0, violated = 0;
    argc -= 1 + (must_fail || all);
    argv += 1 + (must_fail || all);
    for (i = 0; i < (size_t)argc; i++)
        if (!is_known(argv[i]))
            return 2;
    for (i = 0; i < model_n_scenarios; i++) {
        model_result r;
        if (!is_asked(&model_scenarios[i], all, argc, argv))
            continue;
        r = model_explore(&model_scenarios[i], must_fail);
        states += r.states;
        steps += r.steps;
        ends += r.ends;
        violated += r.violated;
        explored++;
    }
    printf("%zu scenarios: %llu states, %llu steps, %llu ends, %zu violated\n", explored,
           (unsigned long long)states, (unsigned long long)steps, (unsigned long long)ends,
           violated);
    return explored == 0 || violated != (must_fail ? explored : 0);
}

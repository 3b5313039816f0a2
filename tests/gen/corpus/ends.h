/*
 * ends.h: async variables that are cancelled, and not dropped, when they end early.
 */
#ifndef CORPUS_ENDS_H
#define CORPUS_ENDS_H

#include "corpus.h"

struct file {
    int opened, closed;
};

bide_async void close_file(struct file **f);
bide_async int work(struct file *shared, int polls, int x);
bide_async void write_down(int **to);
bide_async int reader(int *of, int polls);
bide_async int ends_left_alone(int x);
bide_async int ends_in_loop(int x);
bide_async int ends_by_drop(int x);
bide_async int ends_by_race(int x);
bide_async struct big ends_by_return(int x);
bide_async int ends_by_failure(int x);
bide_async int ends_boxed(int x);
bide_async int ends_joined(int x);
bide_async int ends_by_goto(int x);
bide_async int ends_in_child(int x);
bide_async int ends_beside_scoped(int x);
bide_async int ends_of_reader(int x);

#include BIDE_GENERATED("ends.gen.h")

#endif

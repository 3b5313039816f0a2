#ifndef CORPUS_TASKS_H
#define CORPUS_TASKS_H

#include "corpus.h"

bide_async int task_body(int x);
bide_async int task_owned(struct resource *r, int x);
bide_async int spawn_detached(int x);
bide_async int spawn_in_condition(int x);
bide_async int spawn_by_helper(int x);
bide_async int async_cleanup(int x);
bide_async int async_cleanup_blocks(int x);
bide_async int async_cleanup_written(int x);
bide_async int async_cleanup_in_child(int x);
bide_async int async_cleanup_boxed(int x);
bide_async int async_cleanup_deep(int x);

#include BIDE_GENERATED("tasks.gen.h")

#endif

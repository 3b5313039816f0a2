#include "entry.h"
#include "tasks.h"

ENTRY(task_body, *v, x)
ENTRY(task_owned, *v, acquire(x + 900), x)
ENTRY(spawn_detached, *v, x)
ENTRY(spawn_in_condition, *v, x)
ENTRY(spawn_by_helper, *v, x)
ENTRY(async_cleanup, *v, x)
ENTRY(async_cleanup_blocks, *v, x)
ENTRY(async_cleanup_written, *v, x)
ENTRY(async_cleanup_in_child, *v, x)
ENTRY(async_cleanup_boxed, *v, x)
ENTRY(async_cleanup_deep, *v, x)

const struct entry corpus_entries[] = {
    ROW(task_body, 0),
    ROW(task_owned, 0),
    ROW(spawn_detached, SPAWNS | ANY_ORDER),
    ROW(spawn_in_condition, SPAWNS | ANY_ORDER),
    ROW(spawn_by_helper, SPAWNS | ANY_ORDER),
    ROW(async_cleanup, 0),
    ROW(async_cleanup_blocks, 0),
    ROW(async_cleanup_written, 0),
    ROW(async_cleanup_in_child, 0),
    ROW(async_cleanup_boxed, 0),
    ROW(async_cleanup_deep, 0),
};
const size_t corpus_entry_count = sizeof corpus_entries / sizeof corpus_entries[0];

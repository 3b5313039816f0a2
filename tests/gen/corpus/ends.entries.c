#include "entry.h"
#include "ends.h"

static struct file *new_file(void)
{
    static struct file file;
    file.opened = file.closed = 0;
    return &file;
}
static struct file **new_file_at(void)
{
    static struct file *file;
    file = new_file();
    return &file;
}
static int *number(int x)
{
    static int n;
    n = x;
    return &n;
}
static int **number_at(int x)
{
    static int *at;
    at = number(x);
    return &at;
}

ENTRY_VOID(close_file, new_file_at())
ENTRY(work, *v, new_file(), x % 3, x)
ENTRY_VOID(write_down, number_at(x))
ENTRY(reader, *v, number(x), x % 3)
ENTRY(ends_left_alone, *v, x)
ENTRY(ends_in_loop, *v, x)
ENTRY(ends_by_drop, *v, x)
ENTRY(ends_by_race, *v, x)
ENTRY(ends_by_return, digest_big(v), x)
ENTRY(ends_by_failure, *v, x)
ENTRY(ends_boxed, *v, x)
ENTRY(ends_joined, *v, x)
ENTRY(ends_by_goto, *v, x)
ENTRY(ends_in_child, *v, x)
ENTRY(ends_beside_scoped, *v, x)
ENTRY(ends_of_reader, *v, x)

const struct entry corpus_entries[] = {
    ROW(ends_left_alone, NO_TRACE | CATCHES),
    ROW(ends_in_loop, NO_TRACE | CATCHES),
    ROW(ends_by_drop, NO_TRACE | CATCHES),
    ROW(ends_by_race, NO_TRACE | CATCHES),
    ROW(ends_by_return, NO_TRACE | CATCHES),
    ROW(ends_by_failure, NO_TRACE | CATCHES),
    ROW(ends_boxed, NO_TRACE | CATCHES),
    ROW(ends_joined, NO_TRACE | CATCHES),
    ROW(ends_by_goto, NO_TRACE | CATCHES),
    ROW(ends_in_child, NO_TRACE | CATCHES),
    ROW(ends_beside_scoped, NO_TRACE | CATCHES),
    ROW(ends_of_reader, NO_TRACE | CATCHES),
    ROW(close_file, CATCHES),
    ROW(work, CATCHES),
    ROW(write_down, CATCHES),
    ROW(reader, CATCHES),
};
const size_t corpus_entry_count = sizeof corpus_entries / sizeof corpus_entries[0];

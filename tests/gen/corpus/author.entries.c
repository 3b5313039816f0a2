#include "entry.h"
#include "author.h"

#include <stdlib.h>

list *list_make(int count)
{
    list *l = malloc(sizeof *l + (size_t)count * sizeof l->items[0]);
    if (!l)
        abort();
    l->held = acquire(90);
    l->count = count;
    return l;
}

void list_end(list **l)
{
    if (*l)
        release((*l)->held);
    free(*l);
}

/* Of the list, which ends here. */
static long digest_list(list *l)
{
    long sum = 0;
    for (int i = 0; i < l->count; i++)
        sum = sum * 5 + l->items[i];
    list_end(&l);
    return sum;
}

ENTRY(author_pool, *v, x)
ENTRY(author_cache, *v, x)
ENTRY(author_pages, *v, x)
ENTRY(author_retry, *v, x)
ENTRY(author_list, digest_list(*v), x)
ENTRY(author_bits, *v, x)
ENTRY(author_union, *v, x)
ENTRY(author_atomic, *v, x)
ENTRY(author_generic, *v, x)
ENTRY(author_aligned, *v, x)
ENTRY(author_volatile, *v, x)
ENTRY(author_literal, *v, x)
ENTRY(author_statement, *v, x)
ENTRY(author_machine, *v, x)
ENTRY(author_matrix, *v, x)
ENTRY(author_designated, *v, x)
ENTRY(author_static, *v, x)
ENTRY(author_variable_array, *v, x)
ENTRY(author_const_member, *v, x)
ENTRY(author_wide, *v, x)
ENTRY(author_complex, creal(*v), x)
ENTRY(author_table, *v, x)
ENTRY(author_device, *v, x)
ENTRY(author_steps, *v, x)
ENTRY(author_pointer_to_array, *v, x)

const struct entry corpus_entries[] = {
    ROW(author_pool, 0),
    ROW(author_cache, 0),
    ROW(author_pages, 0),
    ROW(author_retry, 0),
    ROW(author_list, 0),
    ROW(author_bits, 0),
    ROW(author_union, 0),
    ROW(author_atomic, 0),
    ROW(author_generic, 0),
    ROW(author_aligned, 0),
    ROW(author_volatile, 0),
    ROW(author_literal, 0),
    ROW(author_statement, 0),
    ROW(author_machine, 0),
    ROW(author_matrix, 0),
    ROW(author_designated, ANY_ORDER),
    ROW(author_static, 0),
    ROW(author_variable_array, 0),
    ROW(author_const_member, 0),
    ROW(author_wide, 0),
    ROW(author_complex, 0),
    ROW(author_table, 0),
    ROW(author_device, 0),
    ROW(author_steps, 0),
    ROW(author_pointer_to_array, 0),
};
const size_t corpus_entry_count = sizeof corpus_entries / sizeof corpus_entries[0];

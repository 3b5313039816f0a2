/*
 * cancel.async.c: see test_cancel.c. Letters in lower case: cleanups; in capitals: waits that were
 * dropped.
 */
#include "cancel.h"

#include <bide/async_source.h>

static void note_parent(diary **d)
{
    note(*d, 'p');
}

static void note_fourth(diary **d)
{
    note(*d, '4');
}

static void note_fifth(diary **d)
{
    note(*d, '5');
}

static void sync_note(diary **d)
{
    note(*d, 's');
}

async void tidy(diary **d)
{
    note(*d, 'b');
    (void)await(wait(*d, 't'));
    note(*d, 'e');
}

async int work(diary *d)
{
    scoped(sync_note) diary *first = d;
    scoped(tidy) diary *second = d;
    int n = await(wait(first, 'a'));
    return n + await(wait(second, 'c'));
}

/* Its normal end waits in the cleanup only. */
async int work_quick(diary *d)
{
    scoped(sync_note) diary *first = d;
    scoped(tidy) diary *second = first;
    return second != NULL;
}

static async int Desk_run(Desk *self, diary *d)
{
    return self->number + await(work(d));
}
BIDE_IMPL(Work, Desk);

async int calls(Work *w, diary *d)
{
    scoped(note_parent) diary *mine = d;
    return await(Work_run(w, mine));
}

async int boxes(diary *d)
{
    scoped(note_parent) diary *mine = d;
    return await(boxed(work(mine)));
}

async int embeds(diary *d)
{
    scoped(note_parent) diary *mine = d;
    return await(work(mine));
}

async int fourth(Work *w, diary *d)
{
    scoped(note_fourth) diary *mine = d;
    return await(boxed(calls(w, mine)));
}

async int fifth(Work *w, diary *d)
{
    scoped(note_fifth) diary *mine = d;
    return await(fourth(w, mine));
}

/* An async variable is dropped, whatever is behind the interface. */
async int beside(Work *w, diary *d)
{
    async int x = Work_run(w, d);
    async int y = wait(d, 'y');
    join(y, x);
    return await(x) + await(y);
}

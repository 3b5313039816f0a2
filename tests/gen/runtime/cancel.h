/*
 * cancel.h: generated futures with cleanups that wait; see test_cancel.c.
 */
#ifndef RUNTIME_CANCEL_H
#define RUNTIME_CANCEL_H

#include <bide/bide.h>
#include <bide/generated.h>

/* What happened, a letter each. */
typedef struct diary {
    char text[64];
    int length;
    int wakes;         /* so many waits wake themselves */
    bide_join *aborts; /* what a wait's poll aborts */
} diary;

static inline void note(diary *d, char what)
{
    if (d->length < (int)sizeof d->text - 1)
        d->text[d->length++] = what;
}

/* A leaf by hand: pends once. Dropped while it waits it notes its name in capitals. */
#define wait_FRAME(ROW)                                                                            \
    ROW(PARAM, diary *, d)                                                                         \
    ROW(PARAM, char, name) ROW(LOCAL, int, polls) ROW(LOCAL, bide_waker *, waker)
BIDE_FUTURE_DECLARE(int, wait)

#define Work_METHODS(METHOD, I, Self) METHOD(I, Self, ASYNC, int, run, (diary *, d))
BIDE_INTERFACE(Work);
typedef struct Desk {
    int number;
} Desk;

bide_async void tidy(diary **d);
bide_async int work(diary *d);
bide_async int work_quick(diary *d);
bide_async int calls(Work *w, diary *d);
bide_async int boxes(diary *d);
bide_async int embeds(diary *d);
bide_async int fifth(Work *w, diary *d);
bide_async int fourth(Work *w, diary *d);
bide_async int beside(Work *w, diary *d);
BIDE_IMPL_DECLARE(Work, Desk);

#include BIDE_GENERATED("cancel.gen.h")

#endif

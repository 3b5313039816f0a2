/*
 * helper.h: a second thread that does one thing at a time, and is waited for.
 */
#ifndef FOREST_HELPER_H
#define FOREST_HELPER_H

#include <bide/bide.h>

void helper_open(void);
void helper_close(void);
void helper_wake(bide_waker *waker);
void helper_drop(bide_box *box);
void helper_abort(const bide_join *join);

#endif

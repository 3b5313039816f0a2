/* What the cases of this directory call. */
#ifndef REJECT_LEAVES_H
#define REJECT_LEAVES_H

#include <bide/bide.h>

struct point {
    int x, y;
};

bide_async int leaf(int x);
bide_async unsigned leaf_unsigned(int x);
bide_async long long leaf_long(int x);
bide_async struct point leaf_point(int x);
bide_async void *leaf_place(int *x);
bide_async void leaf_void(int x);
bide_async void leaf_pointer(const void *p);
bide_async void release_async(int **p);
bide_async_gen int numbers(int n);
int plain(int x);
void release(int **p);
void release_int(int *p);
void release_point(struct point *p);

#include BIDE_GENERATED("leaves.gen.h")

#endif

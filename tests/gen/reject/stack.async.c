#include "leaves.h"

#include <alloca.h>
#include <setjmp.h>

#include <bide/async_source.h>

static jmp_buf buffer;

async int jumps(int x)
{
    if (setjmp(buffer) == 0)
        longjmp(buffer, await(leaf(x)));
    return x;
}

async int allocates(int x)
{
    int *p = alloca(sizeof *p);
    *p = x;
    return await(leaf(*p));
}

async int computed(int x)
{
    void *to = x ? &&one : &&two;
    await(leaf_void(x));
    goto *to;
one:
    return 1;
two:
    return 2;
}

async int assembler(int x)
{
    __asm__ goto("" : : : : out);
    await(leaf_void(x));
out:
    return x;
}

async int local_label(int x)
{
    __label__ out;
    if (await(leaf(x)))
        goto out;
    x++;
out:
    return x;
}

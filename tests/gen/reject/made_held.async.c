#include "leaves.h"

#include <bide/then.h>
#include <bide/timeout.h>

#include <bide/async_source.h>

/* An exported frame cannot hold what is made of a static function, or of a private one. */
static async int hidden(int x)
{
    return await(leaf(x));
}
BIDE_TIMEOUT(hidden_within, hidden);

async int holds_hidden(int x)
{
    return await(hidden_within(5, hidden_made(x))).late;
}

async int boxed_is_fine(int x)
{
    return await(boxed(hidden_within(5, hidden_made(x)))).late;
}

static async int static_is_fine(int x)
{
    return await(hidden_within(5, hidden_made(x))).late;
}

async int holds_it_deep(int x)
{
    return await(static_is_fine(x));
}

/* A type that only this file knows, in an exported function's frame. */
struct own {
    int a;
};
static int add_own(struct own *base, int *value)
{
    return base->a + *value;
}
async int shown(int x)
{
    return await(leaf(x));
}
BIDE_MAP(shown_and_own, int, shown, struct own, add_own);

async int holds_own(int x)
{
    return await(shown_and_own(shown_made(x), (struct own){x}));
}

/*
 * made.async.c: what macros make of async functions of the same file.
 *
 * The blocking build has the parts' first choice; so what races gives the same whoever wins.
 */
#include "made.h"

#include <bide/async_source.h>

#ifdef BIDE_BLOCKING /* its like in this file are functions by themselves */
BIDE_BLOCKING_CALL_OF(pair_or_not_heard, pair_or_not, (bide_abort *, abort),
                      (struct pair_of, inner));
#endif

/* ---- exported, and held by exported frames: all of it is in the header ---- */

async int twice(int x)
{
    int n = await(leaf(x));
    note(n);
    await(pause_void(n));
    return n * 2;
}
BIDE_FUTURE_BY_ASYNC(int, twice, (int, x));

async int half(struct resource *r, int x)
{
    owned(release_at, r);
    await(pause_void(x));
    return use(r) / 2 + await(leaf(x));
}
BIDE_FUTURE_BY_ASYNC(int, half, (struct resource *, r), (int, x));

async struct pair pair_of(int x)
{
    struct pair p = {await(leaf(x)), 1};
    p.b += await(leaf(x + 1));
    return p;
}

async void tell(int x)
{
    await(pause_void(x));
    note(x + 7);
}
BIDE_FUTURE_BY_ASYNC(void, tell, (int, x));

BIDE_JOIN_OF(all_three, (twice, a), (half, b), (tell, c));

async int made_join(int x)
{
    int before = await(leaf(x));
    all_three_output got =
        await(all_three(twice_made(x), half_made(acquire(x + 30), x), tell_made(before)));
    return before + got.a.value * 100 + got.b.value;
}

async int made_join_in_loop(int x)
{
    int sum = 0;
    for (int i = 0; i < 3; i++) {
        if (i == x)
            continue;
        sum += await(all_three(twice_made(i), half_made(acquire(i + 30), i), tell_made(x))).a.value;
        if (sum > 40)
            break;
    }
    return sum;
}

BIDE_RACE(either, (twice, near_one), (twice, far_one));

async int made_race(int x)
{
    either_output got = await(either(twice_made(x), twice_made(x)));
    return got.winner == either_is_near_one ? got.near_one.value : got.far_one.value;
}

async int made_race_boxed(int x)
{
    int n = await(leaf(x));
    either_output got = await(boxed(either(twice_made(n), twice_made(n))));
    return n + (got.winner == either_is_near_one ? got.near_one.value : got.far_one.value);
}

BIDE_FUTURE_BY_ASYNC(int, made_race, (int, x));
BIDE_JOIN_OF(nested, (either, one), (made_race, two), (all_three, three));

async int made_nested(int x)
{
    struct either one;
    struct all_three three;
    either_init(&one, twice_made(x), twice_made(x));
    all_three_init(&three, twice_made(x), half_made(acquire(x + 40), x), tell_made(x));
    nested_output got = await(nested(one, made_race_made(x + 1), three));
    return got.two.value + got.three.value.a.value;
}

BIDE_MAP(twice_and, int, twice, int, sum_of);

async int made_map(int x)
{
    int n = await(twice_and(twice_made(x), 5));
    return await(twice_and(twice_made(n & 3), n));
}

BIDE_ABORTABLE(twice_or_not, twice);

async int made_abortable(int x)
{
    bide_abort stop;
    bide_abort_init(&stop);
    twice_or_not_output first = await(twice_or_not(&stop, twice_made(x)));
    bide_abort_fire(&stop);
    twice_or_not_output second = await(twice_or_not(&stop, twice_made(x)));
    return (first.aborted ? -1 : first.of.value) * 2 + (second.aborted ? x : -x);
}

/* What else the frame of an exported function holds is made by macro, too: locals of such types. */
BIDE_SHARE(page, twice);
BIDE_FUTURE_SET(many, twice);

async int made_shared(int x)
{
    scoped(page_drop) page p = {0};
    if (page_new(&p, bide_heap(), twice_made(x)) != BIDE_READY)
        return -1;
    scoped(page_drop) page q = {0};
    page_clone(&p, &q);
    const union twice_result *got = await(page_wait(&p));
    int first = got->value;
    return first * 100 + await(page_wait(&q))->value;
}

async int made_set(int x)
{
    scoped(many_drop) many set = many_of(bide_heap());
    int sum = 0, left = 3;
    many_item got;
    for (int i = 0; i < 3; i++)
        if (many_insert(&set, twice_made(x + i)) != BIDE_READY)
            return -1;
    while (await(many_next(&set, &got))) {
        sum += got.value;
        left--;
    }
    return sum * 10 + left;
}

/* A closure whose call waits. */
async int Scale_call(Scale *s, int item)
{
    return s->factor * await(leaf(item));
}
BIDE_FUTURE_BY_ASYNC(int, Scale_call, (Scale *, s), (int, item));
BIDE_STREAM_MAP(scaled, Numbers, Scale);

async int made_stream(int x)
{
    scoped(scaled_drop) scaled s = {.state = 0};
    int item, sum = 0;
    scaled_init(&s, (Numbers){4, x}, (Scale){3});
    while (await(scaled_next(&s, &item)))
        sum = sum * 2 + item;
    return sum;
}

/* An async variable is one of these as well as any; and a failure of a part is theirs. */
async int made_variable(int x)
{
    async int both = twice_and(twice_made(x), x);
    async int other = twice(x + 1);
    join(both, other);
    return await(both) * 100 + await(other);
}

async int made_by_init(int x)
{
    int sum = await(leaf(x));
    for (int i = 0; i < 2; i++) {
        struct twice one;
        twice_init(&one, x + i);
        sum += await(twice_and(one, sum));
    }
    return sum;
}

async int made_owned(int x)
{
    scoped(release_at) struct resource *r = acquire(x + 50);
    all_three_output got =
        await(all_three(twice_made(use(r)), half_made(acquire(x + 60), x), tell_made(x)));
    if (got.a.value & 1)
        return use(r);
    return got.b.value + use(r);
}

async int made_caught(int x)
{
    all_three_output got;
    bide_poll code =
        await_catch(all_three(twice_made(x), half_made(acquire(x + 70), x), tell_made(x)), got);
    if (code != BIDE_READY)
        fail(code);
    return got.a.value + got.b.value;
}

/* ---- static, for static ones: all of it stays here ---- */

struct hidden {
    int a, b;
};

static async struct hidden hidden_of(int x)
{
    struct hidden h = {await(leaf(x)), x};
    await(pause_void(x));
    return h;
}

static async int plain(void)
{
    return await(leaf(5));
}

BIDE_FUTURE_BY_ASYNC(struct hidden, hidden_of, (int, x));
BIDE_FUTURE_BY_ASYNC(int, plain);
BIDE_JOIN_OF(both_hidden, (hidden_of, a), (plain, b));

static async int of_hidden(int x)
{
    both_hidden_output got = await(both_hidden(hidden_of_made(x), plain_made()));
    await(pause_void(x));
    struct hidden again = await(hidden_of(x + 1));
    return got.a.value.a + got.a.value.b + got.b.value + again.b;
}

static void start_twice(int *base, struct hidden *h, struct twice *next)
{
    twice_init(next, *base + h->a + h->b);
}
BIDE_THEN(hidden_then_twice, int, hidden_of, twice, int, start_twice);

async int made_of_static(int x)
{
    return await(boxed(of_hidden(x))) + await(boxed(hidden_then_twice(hidden_of_made(x), 1)));
}

static async int then_twice(int x)
{
    return await(hidden_then_twice(hidden_of_made(x), x));
}

async int made_then(int x)
{
    return await(boxed(then_twice(x)));
}

/* The header makes it; who awaits it is not in the header. */
static async int or_not(int x)
{
    bide_abort stop;
    bide_abort_init(&stop);
    pair_or_not_output got = await(pair_or_not(&stop, pair_of_made(x)));
    return got.aborted ? -1 : digest_pair(got.of.value);
}

/* The frame is used before its parts stand in the text. */
static async int later(int x);
BIDE_FUTURE_BY_ASYNC(int, later, (int, x));
BIDE_RACE(later_or_plain, (later, a), (later, b));

async int made_before_parts(int x)
{
    int n = await(boxed(or_not(x))), one = await(boxed(later(x)));
    later_or_plain_output got = await(boxed(later_or_plain(later_made(n & 7), later_made(n & 7))));
    return n * 100 + one * 10 + (got.winner ? got.b.value : got.a.value);
}

static async int later(int x)
{
    await(pause_void(x));
    return await(leaf(x)) + 1;
}

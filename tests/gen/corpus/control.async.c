/*
 * control.async.c: loops, switches and jumps around awaits.
 */
#include "control.h"

#include <bide/async_source.h>

async int if_condition(int x)
{
    int r = 1;
    if (await(leaf(x)) > 9)
        r = await(leaf(r));
    else if (await(leaf(x + 1)) > 8)
        r += x;
    else
        await(pause_void(3));
    if (x) {
        if (x > 2)
            r += await(leaf(x));
        else
            r *= 3;
    }
    return r;
}

async int while_body(int x)
{
    int i = 0, sum = 0;
    while (i < x + 2) {
        sum += await(leaf(i)) * x;
        i++;
    }
    return sum;
}

async int while_condition(int x)
{
    int i = 0, sum = x;
    while (await(leaf(i)) < 11 + x) {
        if (++i == 2)
            continue;
        sum = sum * 2 + i;
        if (i > 6)
            break;
    }
    while (i > 0 && await(leaf(i)))
        i--;
    return sum + 1000 * i;
}

async int do_condition(int x)
{
    int i = 0, sum = 0;
    do {
        i++;
        if (i & 1)
            continue;
        sum += await(leaf(i + x));
        if (sum > 60)
            break;
    } while (await(leaf(i)) < 12);
    do
        i--;
    while (i > await(leaf(-7)));
    return sum * 10 + i;
}

async int for_everywhere(int x)
{
    int sum = 0;
    for (int i = await(leaf(-7)), n = x + 3; i < await(leaf(n - 7)); i += await(leaf(-6))) {
        if (i == 2)
            continue;
        sum = sum * 3 + await(leaf(i)) + n;
    }
    return sum;
}

async int for_without_parts(int x)
{
    int i = 0;
    for (;;) {
        if (await(leaf(i)) > 9 + x)
            break;
        i++;
    }
    for (; i > 0;)
        i -= await(leaf(-6));
    for (int j = 0;; j++)
        if (j > await(leaf(x - 7)))
            return i + j;
}

async int nested_loops(int x)
{
    int sum = 0;
    for (int i = 0; i < 3; i++) {
        int row = i * x;
        for (int j = 0; j < 3; j++) {
            if (j == x)
                break;
            if ((i + j) % 3 == 1)
                continue;
            sum += await(leaf(row + j));
        }
        int k = 2;
        while (k--) {
            if (k == i)
                continue;
            sum ^= await(leaf(row)) << k;
        }
    }
    return sum;
}

async int loop_without_block(int x)
{
    int n = 0;
    for (int i = 0; i < x; i++)
        for (int j = 0; j < i; j++)
            n += await(leaf(j)) + i;
    while (n > 20)
        n -= await(leaf(3));
    do
        await(pause_void(n));
    while (n++ < 3);
    return n;
}

async int switch_operand(int x)
{
    int r = 0;
    switch (await(leaf(x))) {
    case 7:
        r = 70;
        break;
    case 8:
        r = await(leaf(80));
        /* fall through */
    case 9:
        r += await(leaf(90));
        break;
    default:
        r = await(leaf(r));
    }
    return r + x;
}

async int switch_fall_through(int x)
{
    int r = x * 100;
    switch (x) {
    default:
        r += await(leaf(1));
        /* fall through */
    case 0:
        r *= await(leaf(-5));
        /* fall through */
    case 1: {
        int inner = r + 1;
        await(pause_void(inner));
        r = inner;
        break;
    }
    case 2:
    case 3:
        return await(leaf(x)) + r;
    }
    return r;
}

async int switch_in_loop(int x)
{
    int r = 0;
    for (int i = 0; i < 6; i++) {
        switch ((i + x) % 4) {
        case 0:
            continue;
        case 1:
            r += await(leaf(i));
            break;
        case 2:
            if (await(leaf(i)) & 1)
                break;
            r += 100;
            continue;
        default:
            r *= 2;
        }
        r++;
        await(pause_void(r));
    }
    return r;
}

async int loop_in_switch(int x)
{
    int r = x, i = 0;
    switch (x & 3) {
        while (i < 4) {
        case 0:
            r += await(leaf(i));
            /* fall through */
        case 1:
            r = r * 2 % 1000;
            /* fall through */
        case 2:
            r -= await(leaf(r % 5));
            /* fall through */
        default:
            i++;
        }
    }
    return r;
}

async int switch_on_enum(int x)
{
    enum colour c = (enum colour)(x % 3);
    int sum = 0;
    while (sum < 40) {
        switch (c) {
        case RED:
            c = BLUE;
            sum += await(leaf(1));
            break;
        case GREEN:
            c = await(leaf(x)) > 8 ? RED : BLUE;
            break;
        case BLUE:
            c = GREEN;
            sum += await(leaf(2)) + (int)c;
        }
        note((int)c);
    }
    return sum;
}

async int nested_switch(int x)
{
    int r = 0;
    switch (x / 2) {
    case 0:
        switch (await(leaf(x))) {
        case 7:
            r = 1;
            break;
        default:
            r = await(leaf(2));
            break;
        }
        break;
    case 1:
        for (int i = 0;; i++) {
            switch (i) {
            case 3:
                goto out;
            default:
                r += await(leaf(i));
            }
        }
    default:
        r = -1;
    }
    r *= 2;
out:
    return r + await(leaf(r));
}

async int goto_back(int x)
{
    int tries = 0;
again:
    tries++;
    if (await(leaf(tries)) < 8 + x)
        goto again;
    return tries;
}

async int goto_forward(int x)
{
    int r = x;
    if (x & 1)
        goto skip;
    r = await(leaf(r));
    if (r > 9)
        goto end;
skip:
    r += await(leaf(100));
end:
    return r;
}

async int goto_out_of_loops(int x)
{
    int sum = 0;
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++) {
            int here = i * 4 + j;
            sum += await(leaf(here));
            if (here == x * 3)
                goto found;
        }
    sum = -sum;
found:
    await(pause_void(1));
    return sum;
}

async int goto_into_loop(int x)
{
    int i = x, sum = 0;
    if (x > 2)
        goto middle;
    while (i < 5) {
        sum += await(leaf(i));
    middle:
        sum *= 2;
        i += await(leaf(-6));
    }
    return sum;
}

async int goto_machine(int x)
{
    int level = x, steps = 0;
    goto idle;
idle:
    note(1);
    if (await(leaf(level)) > 10)
        goto done;
    level++;
    goto work;
work:
    note(2);
    steps += await(leaf(steps)) & 3;
    if (steps & 1)
        goto work_more;
    goto idle;
work_more : {
    int more = steps * 2;
    note(await(leaf(more)));
    steps = more + 1;
    if (steps > 200)
        goto done;
}
    goto idle;
done:
    return steps * 100 + level;
}

async int goto_past_declarations(int x)
{
    if (x > 1)
        goto late;
    int a = await(leaf(x));
    note(a);
    {
        int b = a + 1;
        if (await(leaf(b)) & 1)
            goto late;
        note(b);
    }
late:
    return await(leaf(x + 40));
}

async int early_returns(int x)
{
    if (x == 0)
        return 1;
    int a = await(leaf(x));
    if (x == 1) {
        int b = a;
        return await(leaf(b)) + a;
    }
    for (;;) {
        a += await(leaf(2));
        if (a > 20)
            return a;
        switch (x) {
        case 2:
            return -a;
        default:;
        }
    }
}

async void void_returns(int x)
{
    for (int i = 0; i < 5; i++) {
        await(pause_void(i));
        if (i == x)
            return;
    }
    note(50);
}

/* Unreachable code behind jumps, empty statements, labels at the end. */
async int dead_code(int x)
{
    int r = x;
    while (1) {
        if (await(leaf(r)) > 9)
            break;
        r++;
        continue;
        r = await(leaf(99));
    };
    if (r)
        ;
    else
        await(pause_void(r));
    if (x > 2)
        goto end;
    {
    }
    r += 100;
end:;
    return r;
}

/* clang-format off */
async int two_awaits_one_line(int x)
{
    int a = await(leaf(x)); int b = await(leaf(a)); for (int i = 0; i < 2; i++) { a += await(leaf(i)); b -= await(leaf(a)); }
    if (a > b) a = await(leaf(a)); else b = await(leaf(b)); do a += await(leaf(1)); while (a < 20);
    return a * b;
}
/* clang-format on */

/* The same await in both arms, in loops that end in different ways. */
async int retry_with_backoff(int x)
{
    int attempts = 0;
    for (int wait = 1; attempts < 5; wait *= 2, attempts++) {
        int answer = await(leaf_negative(attempts < x ? 2 : x));
        if (answer > 0)
            return answer * 10 + attempts;
        if (wait >= 8)
            break;
        await(pause_void(wait));
    }
    return -1;
}

async int collatz(int x)
{
    unsigned n = (unsigned)x + 3;
    int steps = 0;
    while (n != 1) {
        n = n & 1 ? 3 * n + 1 : n / 2;
        if (n % 4 == 0)
            await(pause_void((int)n));
        steps++;
    }
    return steps;
}

async int bubble_sort(int x)
{
    int a[6] = {5, x, 3, -x, 9, 0};
    for (int i = 0; i < 6; i++)
        for (int j = 0; j + 1 < 6 - i; j++)
            if (a[j] > await(leaf(a[j + 1])) - 7) {
                int t = a[j];
                a[j] = a[j + 1];
                a[j + 1] = t;
            }
    int r = 0;
    for (int i = 0; i < 6; i++)
        r = r * 7 + a[i];
    return r;
}

/* What has an address lives in the frame, which must be there however its scope is entered. */
async int goto_past_resident(int x)
{
    int n = x;
    if (x & 1)
        goto inside;
    n += 100;
    {
        int box[3], *p;
        box[0] = n;
    inside:
        p = box;
        p[1] = n;
        n += await(leaf(n));
        n += p[1];
        if (n < 30)
            goto inside;
    }
    return n;
}

async int goto_and_resident_counter(int x)
{
    int sum = 0;
again:
    for (int i = 0, *p = &i; i < 3; i++) {
        await(leaf_write(p, i + (x & 1)));
        sum += i;
    }
    if (sum < 5)
        goto again;
    return sum;
}

async int switch_past_resident(int x)
{
    int n = 0;
    switch (x & 3) {
        int *p;
        struct pair pair;
    case 0:
        n = 1; /* fall through */
    case 1:
        p = &pair.b;
        pair.a = 7;
        await(leaf_write(p, x));
        n += pair.a + pair.b;
        break;
    case 2:
        pair.a = x;
        p = &pair.a;
        n = *p;
        break;
    default:
        n = await(leaf(x));
    }
    return n;
}

/*
 * test_closure.c: closures that wait and that do not, static and through handles, of all three
 * kinds; environments are dropped exactly once.
 */
#include "stream_support.h"
#include <bide/closure.h>

/* ---- closures of one shape ----------------------------------------------------------------- */

typedef struct Scale {
    int32_t by;
    int *drops;
} Scale;
#define Scale_IS_SEND 1
static inline int32_t Scale_run(Scale *env, int32_t x)
{
    return env->by * x;
}
static inline void Scale_drop(Scale *env)
{
    ++*env->drops;
}
BIDE_CLOSURE_SYNC(Scale, int32_t, (int32_t, x));

/* It waits, and its future borrows the environment meanwhile. */
typedef struct Total {
    int32_t sum;
    int *drops;
} Total;
static inline void Total_drop(Total *env)
{
    ++*env->drops;
}
#define Total_call_FRAME(ROW) ROW(PARAM, Total *, env) ROW(PARAM, int32_t, x) ROW(CHILD, nap, nap)
BIDE_ASYNC(int32_t, Total_call)
{
    BIDE_BEGIN(Total_call);
    f->env->sum += f->x;
    BIDE_AWAIT(nap, nap, (1));
    BIDE_RETURN(f->env->sum);
    BIDE_END;
}

BIDE_CLOSURE(Mapper, FN_MUT, int32_t, (int32_t, x));
BIDE_CLOSURE_IMPL(Mapper, Scale, FN_MUT, int32_t, (int32_t, x));
BIDE_CLOSURE_IMPL(Mapper, Total, FN_MUT, int32_t, (int32_t, x));

/* No parameters, no result; and three. */
typedef struct Tick {
    int ticks;
} Tick;
static inline void Tick_run(Tick *env)
{
    env->ticks++;
}
static inline void Tick_drop(Tick *env)
{
    env->ticks = -1;
}
BIDE_CLOSURE_SYNC(Tick, void);
BIDE_CLOSURE(Action, FN, void);
BIDE_CLOSURE_IMPL(Action, Tick, FN, void);

typedef struct Mix {
    int32_t base;
} Mix;
static inline int64_t Mix_run(Mix *env, int32_t a, const char *b, int64_t c)
{
    return env->base + a + *b + c;
}
BIDE_INLINE void Mix_drop(Mix *env)
{
    (void)env;
}
BIDE_CLOSURE_SYNC(Mix, int64_t, (int32_t, a), (const char *, b), (int64_t, c));

/* Consumes its environment, which owns memory. */
typedef struct Gift {
    owned block;
    int *drops;
} Gift;
static inline void Gift_drop(Gift *env)
{
    owned_release(&env->block);
    ++*env->drops;
}
#define Gift_call_FRAME(ROW)                                                                       \
    ROW(OWNED, Gift *, env, Gift_drop) ROW(PARAM, int32_t, x) ROW(CHILD, nap, nap)
BIDE_ASYNC(int32_t, Gift_call)
{
    BIDE_BEGIN(Gift_call);
    BIDE_AWAIT(nap, nap, (f->x));
    BIDE_RETURN(*f->env->block.value);
    BIDE_END;
}
BIDE_CLOSURE(Once, FN_ONCE, int32_t, (int32_t, x));
BIDE_CLOSURE_IMPL(Once, Gift, FN_ONCE, int32_t, (int32_t, x));

/* ---- functions that do not wait ------------------------------------------------------------ */

static void sync_functions(void **state)
{
    rig r;
    int drops = 0;
    Scale s = {3, &drops};
    Tick t = {0};
    Mix m = {1000};
    int32_t out = 0;
    int64_t wide = 0;
    struct Scale_call f;
    TEST_BREAKS("?after");
    (void)state;
    rig_open(&r);
    RUN(Scale_call, &r.cx, &out, (&s, 14));
    assert_int_equal(out, 42);
    assert_int_equal(Tick_call_start(&(struct Tick_call){0}, &t, &r.cx, NULL), BIDE_READY);
    assert_int_equal(t.ticks, 1);
    RUN(Mix_call, &r.cx, &wide, (&m, 200, "\x1e", 4));
    assert_int_equal(wide, 1234);
    Scale_call_init(&f, &s, 5);
    assert_int_equal(Scale_call_poll(&f, &r.cx, &out), BIDE_READY);
    assert_int_equal(out, 15);
    assert_int_equal(Scale_call_poll(&f, &r.cx, &out), BIDE_EMISUSE);
    Scale_call_drop(&f);
    assert_int_equal(drops, 0);
    assert_int_equal((int)Scale_call_flags & (int)BIDE_SEND, BIDE_SEND);
    assert_int_equal((int)Tick_call_flags & (int)BIDE_SEND, 0);
    rig_close(&r);
}

/* ---- handles ------------------------------------------------------------------------------- */

static void handles_of_different_types(void **state)
{
    rig r;
    int drops = 0;
    int32_t out = 0;
    Scale s = {3, &drops};
    Total t = {100, &drops};
    Tick tick = {0};
    Mapper m[2];
    Action a = Tick_as_Action(&tick, NULL);
    (void)state;
    rig_open(&r);
    m[0] = Scale_as_Mapper(&s, r.cx.allocator);
    m[1] = Total_as_Mapper(&t, r.cx.allocator);
    RUN(Mapper_call, &r.cx, &out, (&m[0], 14));
    assert_int_equal(out, 42);
    assert_int_equal(r.counter.allocs, 0); /* ready at once */
    for (int32_t i = 1; i < 4; i++)
        RUN(Mapper_call, &r.cx, &out, (&m[1], i));
    assert_int_equal(out, 106);
    assert_int_equal(t.sum, 106); /* the environment is the caller's */
    assert_int_equal(r.counter.allocs, 3);
    Mapper_drop(&m[0]);
    Mapper_drop(&m[1]);
    assert_int_equal(drops, 0);
    assert_int_equal(Action_call_start(&(struct Action_call){0}, &a, &r.cx, NULL), BIDE_READY);
    assert_int_equal(tick.ticks, 1);
    Action_drop(&a);
    assert_int_equal(tick.ticks, 1);
    rig_close(&r);
}

/* ---- FN_ONCE ------------------------------------------------------------------------------- */

/* Called or not, polled or not, ended or not: each way drops the environment once. */
static void once_static_and_dyn(void **state)
{
    for (int dyn = 0; dyn < 2; dyn++)
        for (int polls = -2; polls < 4; polls++) {
            rig r;
            int drops = 0;
            int32_t out = 0;
            Gift g = {{NULL, NULL}, &drops};
            Once h = {NULL, NULL, NULL};
            struct Gift_call s;
            struct Once_call d;
            bide_poll p = BIDE_PENDING;
            (void)state;
            rig_open(&r);
            assert_int_equal(owned_make(&g.block, r.cx.allocator, 7), BIDE_READY);
            if (dyn)
                assert_int_equal(Gift_box_as_Once(&g, r.cx.allocator, &h), BIDE_READY);
            if (polls == -2) { /* no call at all */
                if (!dyn)
                    Gift_drop(&g);
            } else if (dyn) {
                Once_call_init(&d, &h, 1);
                for (int i = 0; i < polls && p == BIDE_PENDING; i++)
                    p = Once_call_poll(&d, &r.cx, &out);
                Once_call_drop(&d);
            } else {
                Gift_call_init(&s, &g, 1);
                for (int i = 0; i < polls && p == BIDE_PENDING; i++)
                    p = Gift_call_poll(&s, &r.cx, &out);
                Gift_call_drop(&s);
            }
            if (polls >= 2)
                assert_int_equal(out, 7);
            if (dyn) {
                if (polls >= 0) {
                    assert_int_equal(drops, polls == 0 || polls > 0);
                    assert_int_equal(Once_call_start(&d, &h, 1, &r.cx, &out), BIDE_EMISUSE);
                }
                Once_drop(&h);
            }
            assert_int_equal(drops, 1);
            rig_close(&r);
        }
}

static bide_poll boxes_through(bide_allocator *a)
{
    bide_context cx = scenario_context(a);
    int drops = 0;
    Total t = {0, &drops};
    Gift g = {{NULL, NULL}, &drops};
    Mapper m;
    Once h;
    int32_t out = 0;
    struct Mapper_call f;
    struct Once_call o;
    bide_poll p = owned_make(&g.block, a, 9);
    if (p < 0)
        return p;
    p = Total_box_as_Mapper(&t, a, &m);
    if (p == BIDE_READY) {
        p = Mapper_call_start(&f, &m, 5, &cx, &out);
        while (p == BIDE_PENDING)
            p = Mapper_call_poll(&f, &cx, &out);
        assert_int_equal(drops, 0);
        Mapper_drop(&m);
    }
    assert_int_equal(drops, 1);
    if (p < 0) {
        Gift_drop(&g);
        return p;
    }
    p = Gift_box_as_Once(&g, a, &h);
    if (p == BIDE_READY) {
        p = Once_call_start(&o, &h, 2, &cx, &out);
        while (p == BIDE_PENDING)
            p = Once_call_poll(&o, &cx, &out);
        assert_int_equal(drops, 2);
        Once_drop(&h);
    }
    assert_int_equal(drops, 2);
    return p;
}
TEST_EVERY_FAILURE(boxes_when_memory_is_out, boxes_through)

/* A closure from elsewhere, of the same name and another shape. */
BIDE_CLOSURE(Other, FN_MUT, int32_t, (int64_t, x));
static void bind_of_another_shape_is_refused(void **state)
{
    int drops = 0;
    Scale s = {3, &drops};
    Mapper m = Scale_as_Mapper(&s, NULL), n;
    bide_interface other = Other_interface;
    bide_mismatch why;
    (void)state;
    assert_int_equal(Mapper_bind(&n, &s, &m.vtable->header, NULL, &why), BIDE_READY);
    other.name = "Mapper";
    assert_int_equal(bide_bind(&other, &m.vtable->header, &why), BIDE_EMISMATCH);
    assert_string_equal(why.method, "call");
    assert_string_equal(why.expected, "int32_t, int64_t");
    assert_string_equal(why.found, "int32_t, int32_t");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sync_functions),
        cmocka_unit_test(handles_of_different_types),
        cmocka_unit_test(once_static_and_dyn),
        cmocka_unit_test(boxes_when_memory_is_out),
        cmocka_unit_test(bind_of_another_shape_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

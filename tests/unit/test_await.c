/*
 * Awaits: each form and its twin by value, failures on their way up, and the places where an await
 * may stand.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "async_support.h"

/* ---- forms -------------------------------------------------------------------------------- */

/* The same body with safe awaits and with awaits by value; KIND is how the children are held. */
#define FORMS(NAME, KIND, CHILD_TYPE, V)                                                           \
    BIDE_ASYNC(int32_t, NAME)                                                                      \
    {                                                                                              \
        BIDE_BEGIN(NAME);                                                                          \
        BIDE_AWAIT##V(CHILD_TYPE, ignored, (f->p));                                                \
        BIDE_AWAIT_TO##V(f->x, CHILD_TYPE, to, (f->p + 1));                                        \
        BIDE_AWAIT_CATCH##V(f->code, f->y, CHILD_TYPE, caught, (f->p + 2));                        \
        BIDE_AWAIT_CATCH##V(f->code2, BIDE_VOID, bide_pending_once, nothing, ());                  \
        BIDE_AWAIT_TRY##V(f->z, CHILD_TYPE, tried, (f->p + 3));                                    \
        BIDE_AWAIT_TRY_IF##V(is_odd, f->w, CHILD_TYPE, tried_if, (f->p + 4));                      \
        BIDE_RETURN(f->x + f->y + f->z + f->w + f->code + f->code2);                               \
    BIDE_CLEANUP:                                                                                  \
        *f->cleanups += 1;                                                                         \
        BIDE_END;                                                                                  \
    }
#define FORM_ROWS(ROW, KIND, F)                                                                    \
    ROW(PARAM, plan *, p)                                                                          \
    ROW(PARAM, int *, cleanups)                                                                    \
    ROW(LOCAL, bide_poll, code)                                                                    \
    ROW(LOCAL, bide_poll, code2)                                                                   \
    ROW(LOCAL, int32_t, x)                                                                         \
    ROW(LOCAL, int32_t, y)                                                                         \
    ROW(LOCAL, int32_t, z)                                                                         \
    ROW(LOCAL, int32_t, w)                                                                         \
    ROW(KIND, F, ignored)                                                                          \
    ROW(KIND, F, to)                                                                               \
    ROW(KIND, F, caught)                                                                           \
    ROW(CHILD, bide_pending_once, nothing) ROW(KIND, F, tried) ROW(KIND, F, tried_if)

static bool is_odd(int32_t x)
{
    return x % 2 != 0;
}

#define safe_FRAME(ROW) FORM_ROWS(ROW, CHILD, leaf)
FORMS(safe, CHILD, leaf, )
#define by_value_FRAME(ROW) FORM_ROWS(ROW, CHILD, leaf)
FORMS(by_value, CHILD, leaf, _V)
#define movable_FRAME(ROW) FORM_ROWS(ROW, CHILD, mleaf)
FORMS(movable, CHILD, mleaf, _V)
#define boxed_FRAME(ROW) FORM_ROWS(ROW, BOXED, leaf)
FORMS(boxed, BOXED, leaf, )
#define boxed_v_FRAME(ROW) FORM_ROWS(ROW, BOXED, tleaf)
FORMS(boxed_v, BOXED, tleaf, _V)

/* Runs a form from a started or an unstarted frame, embedded or boxed. */
#define RUN_FORM(NAME)                                                                             \
    static bide_poll run_##NAME(int way, plan *plans, int *cleanups, stage *s, int32_t *out)       \
    {                                                                                              \
        struct NAME frame;                                                                         \
        bide_box box = BIDE_BOX_EMPTY;                                                             \
        bide_poll r = BIDE_PENDING;                                                                \
        if (way == 0) {                                                                            \
            NAME##_init(&frame, plans, cleanups);                                                  \
            return drive(&NAME##_type, &frame, &s->cx, out);                                       \
        }                                                                                          \
        if (way == 1) {                                                                            \
            r = NAME##_start(&frame, plans, cleanups, &s->cx, out);                                \
            return r != BIDE_PENDING ? r : drive(&NAME##_type, &frame, &s->cx, out);               \
        }                                                                                          \
        if (way == 2)                                                                              \
            r = NAME##_start_box(&box, plans, cleanups, NULL, &s->cx, out);                        \
        else                                                                                       \
            assert_int_equal(BIDE_BOX(NAME, &box, &s->counter.base, (plans, cleanups)),            \
                             BIDE_READY);                                                          \
        return r != BIDE_PENDING ? r : drive_box(&box, &s->cx, out);                               \
    }
RUN_FORM(safe)
RUN_FORM(by_value)
RUN_FORM(movable)
RUN_FORM(boxed)
RUN_FORM(boxed_v)

typedef bide_poll (*form)(int way, plan *plans, int *cleanups, stage *s, int32_t *out);
static const form forms[] = {run_safe, run_by_value, run_movable, run_boxed, run_boxed_v};
enum { FORM_COUNT = sizeof forms / sizeof *forms };

/* One case: what the five leaves do, and what must come of it. */
typedef struct form_case {
    bide_poll code[5];
    int32_t value[5];
    bide_poll result;
    int32_t out;
    int ends; /* leaves that ran to their end */
} form_case;

static const form_case form_cases[] = {
    {{0}, {9, 1, 2, 3, 4}, BIDE_READY, 1 + 2 + 3 + 4 + 2 * BIDE_READY, 5},
    /* a caught failure: its lvalue keeps what it had */
    {{0, 0, BIDE_EFOREIGN}, {9, 1, 2, 3, 4}, BIDE_READY, 1 + 3 + 4 - 3 + BIDE_READY, 5},
    /* try: zero is no error, negative is, and the caller's is_error decides otherwise */
    {{0}, {9, 1, 2, 0, 4}, BIDE_READY, 1 + 2 + 4 + 2 * BIDE_READY, 5},
    {{0}, {9, 1, 2, -30, 4}, BIDE_READY, -30, 4},
    {{0}, {9, 1, 2, 3, 5}, BIDE_READY, 5, 5},
    {{0}, {9, 1, 2, 3, -4}, BIDE_READY, 1 + 2 + 3 - 4 + 2 * BIDE_READY, 5},
    /* failures end the body wherever they are not caught */
    {{BIDE_ECANCELED}, {0}, BIDE_ECANCELED, 0, 1},
    {{0, -12345}, {0}, -12345, 0, 2},
    {{0, 0, 0, BIDE_EBUSY}, {0}, BIDE_EBUSY, 0, 4},
    {{0, 0, 0, 0, BIDE_ENOSYS}, {0}, BIDE_ENOSYS, 0, 5},
};

static void each_form_gives_the_same_result(void **state)
{
    stage s;
    (void)state;
    stage_open(&s, NULL);
    for (size_t c = 0; c < sizeof form_cases / sizeof *form_cases; c++) {
        for (int pend = 0; pend < 3; pend++) {
            for (int i = 0; i < FORM_COUNT * 4; i++) {
                const form_case *k = &form_cases[c];
                plan plans[5];
                int cleanups = 0, ends = 0;
                int32_t out = 0;
                for (int j = 0; j < 5; j++)
                    plans[j] = (plan){.pend = pend, .code = k->code[j], .value = k->value[j]};
                assert_int_equal(forms[i / 4](i % 4, plans, &cleanups, &s, &out), k->result);
                assert_int_equal(out, k->out);
                assert_int_equal(cleanups, 1);
                for (int j = 0; j < 5; j++) {
                    assert_int_equal(plans[j].drops, 0); /* who finished is not dropped */
                    ends += plans[j].ends;
                }
                assert_int_equal(ends, k->ends);
            }
        }
    }
    stage_close(&s);
}

/* ---- failures through five levels --------------------------------------------------------- */

#define LEVEL(NAME, CHILD_TYPE, V)                                                                 \
    BIDE_ASYNC(int32_t, NAME)                                                                      \
    {                                                                                              \
        BIDE_BEGIN(NAME);                                                                          \
        BIDE_AWAIT_TO##V(f->x, CHILD_TYPE, down, (f->p));                                          \
        BIDE_RETURN(f->x + 1);                                                                     \
    BIDE_CLEANUP:                                                                                  \
        bide_drop_order_note(f->p->order, #NAME);                                                  \
        BIDE_END;                                                                                  \
    }
#define LEVEL_ROWS(ROW, KIND, F) ROW(PARAM, plan *, p) ROW(LOCAL, int32_t, x) ROW(KIND, F, down)
#define level5_FRAME(ROW) LEVEL_ROWS(ROW, CHILD, leaf)
LEVEL(level5, leaf, )
#define level4_FRAME(ROW) LEVEL_ROWS(ROW, BOXED, level5)
LEVEL(level4, level5, )
#define level3_FRAME(ROW) LEVEL_ROWS(ROW, BOXED, level4)
LEVEL(level3, level4, _V)
#define level2_FRAME(ROW) LEVEL_ROWS(ROW, CHILD, level3)
LEVEL(level2, level3, _V)
#define level1_FRAME(ROW) LEVEL_ROWS(ROW, CHILD, level2)
LEVEL(level1, level2, )

static void a_failure_unwinds_five_levels_with_cleanup_at_each(void **state)
{
    static const bide_poll codes[] = {BIDE_ENOMEM, BIDE_ECANCELED, BIDE_EFOREIGN, -1000000};
    stage s;
    (void)state;
    stage_open(&s, NULL);
    for (int c = 0; c < 4; c++) {
        for (int pend = 0; pend < 3; pend++) {
            bide_drop_order order;
            plan p = {.pend = pend, .code = codes[c], .order = &order, .name = "leaf"};
            struct level1 frame;
            int32_t out = -1;
            bide_drop_order_init(&order);
            level1_init(&frame, &p);
            assert_int_equal(drive(&level1_type, &frame, &s.cx, &out), codes[c]);
            assert_string_equal(bide_drop_order_text(&order), "level5 level4 level3 level2 level1");
            assert_int_equal(out, -1);
            assert_int_equal(s.counter.live, 0);
        }
    }
    stage_close(&s);
}

/* Cancel: through five levels, innermost first. */
static void a_drop_unwinds_five_levels(void **state)
{
    stage s;
    bide_drop_order order;
    plan p = {.pend = 5, .order = &order, .name = "leaf"};
    struct level1 frame;
    int32_t out = -1;
    (void)state;
    stage_open(&s, NULL);
    bide_drop_order_init(&order);
    assert_int_equal(level1_start(&frame, &p, &s.cx, &out), BIDE_PENDING);
    assert_int_equal(s.counter.live, 2);
    level1_drop(&frame);
    assert_string_equal(bide_drop_order_text(&order), "leaf level5 level4 level3 level2 level1");
    stage_close(&s);
}

/* ---- places ------------------------------------------------------------------------------- */

#define places_FRAME(ROW)                                                                          \
    ROW(PARAM, plan *, p)                                                                          \
    ROW(LOCAL, int32_t, x)                                                                         \
    ROW(LOCAL, int32_t, y)                                                                         \
    ROW(LOCAL, int32_t, sum)                                                                       \
    ROW(LOCAL, int, i)                                                                             \
    ROW(LOCAL, int, j)                                                                             \
    ROW(CHILD, leaf, a)                                                                            \
    ROW(CHILD, leaf, b)                                                                            \
    ROW(CHILD, leaf, c)                                                                            \
    ROW(CHILD, leaf, d)                                                                            \
    ROW(CHILD, leaf, e) ROW(CHILD, leaf, g) ROW(CHILD, leaf, h) ROW(CHILD, leaf, k)
BIDE_ASYNC(int32_t, places)
{
    BIDE_BEGIN(places);
    for (f->i = 0; f->i < 4; f->i++) {
        switch (f->i) {
        case 0:
            BIDE_AWAIT_TO(f->x, leaf, a, (f->p));
            f->sum += f->x;
            break;
        case 1:
            BIDE_AWAIT_TO_V(f->x, leaf, b, (f->p + 1));
            f->sum += 10 * f->x;
            /* fall through */
        case 2:
            f->j = 0;
            while (f->j++ < 3) {
                if (f->j == 2)
                    continue;
                BIDE_AWAIT_TO(f->x, leaf, c, (f->p + 2));
                f->sum += 100 * f->x;
            }
            break;
        default: {
            int32_t not_kept;
            /* clang-format off */
            BIDE_AWAIT_TO(f->x, leaf, d, (f->p + 3)); BIDE_AWAIT_TO_V(f->y, leaf, e, (f->p + 4));
            /* clang-format on */
            not_kept = f->x + f->y;
            f->sum += 1000 * not_kept;
        }
        }
        if (f->i < 3)
            continue;
        do {
            if (f->i == 3)
                BIDE_AWAIT(leaf, g, (f->p + 5));
            else
                BIDE_AWAIT(leaf, h, (f->p + 5));
            if (++f->i > 5)
                break;
        } while (1);
    }
    {
        {
            BIDE_AWAIT_TRY(f->x, leaf, k, (f->p));
        }
    }
    BIDE_RETURN(f->sum);
    BIDE_END;
}

static void awaits_in_loops_switches_blocks_and_two_on_a_line(void **state)
{
    stage s;
    (void)state;
    stage_open(&s, NULL);
    for (int pend = 0; pend < 4; pend++) {
        plan plans[6];
        struct places frame;
        bide_box box = BIDE_BOX_EMPTY;
        int32_t out = 0;
        bide_poll r;
        const int32_t expected = 1 + 10 * 2 + 100 * 3 * 4 + 1000 * (4 + 5);
        for (int i = 0; i < 6; i++)
            plans[i] = (plan){.pend = pend, .value = i + 1};
        places_init(&frame, plans);
        assert_int_equal(drive(&places_type, &frame, &s.cx, &out), BIDE_READY);
        assert_int_equal(out, expected);
        assert_int_equal(plans[0].ends, 2);
        assert_int_equal(plans[2].ends, 4);
        assert_int_equal(plans[5].ends, 3);
        for (int i = 0; i < 6; i++)
            plans[i] = (plan){.pend = pend, .value = i + 1};
        out = 0;
        r = places_start_box(&box, plans, NULL, &s.cx, &out);
        if (r == BIDE_PENDING)
            r = drive_box(&box, &s.cx, &out);
        assert_int_equal(r, BIDE_READY);
        assert_int_equal(out, expected);
    }
    stage_close(&s);
}

/* ---- recursion ---------------------------------------------------------------------------- */

/* A list of the children alone; the frame is complete before the body. */
#define depth_FRAME(ROW)                                                                           \
    ROW(PARAM, uint32_t, n)                                                                        \
    ROW(PARAM, plan *, p)                                                                          \
    ROW(LOCAL, uint32_t, below) ROW(LOCAL, int32_t, x) ROW(BOXED, depth, next) ROW(CHILD, leaf, end)
BIDE_ASYNC(uint32_t, depth)
{
    BIDE_BEGIN(depth);
    if (f->n > 1)
        BIDE_AWAIT_TO(f->below, depth, next, (f->n - 1, f->p));
    else
        BIDE_AWAIT_TO(f->x, leaf, end, (f->p));
    BIDE_RETURN(f->below + 1);
    BIDE_END;
}

static void I22_recursion_boxed(void **state)
{
    stage s;
    (void)state;
    stage_open(&s, NULL);
    for (int drop = 0; drop < 2; drop++) {
        plan p = {.pend = 2};
        bide_box box = BIDE_BOX_EMPTY;
        uint32_t out = 0;
        size_t before = s.counter.allocs;
        assert_int_equal(depth_start_box(&box, 1000, &p, NULL, &s.cx, &out), BIDE_PENDING);
        assert_int_equal(s.counter.allocs - before, 1000);
        assert_int_equal(s.counter.live, 1000);
        if (drop) {
            bide_box_drop(&box);
            assert_int_equal(p.drops, 1);
        } else {
            assert_int_equal(drive_box(&box, &s.cx, &out), BIDE_READY);
            assert_int_equal(out, 1000);
        }
        assert_int_equal(s.counter.live, 0);
    }
    stage_close(&s);
}

/* ---- what is borrowed --------------------------------------------------------------------- */

/* I24: an argument that points into the parent's frame is valid at every poll of the child. */
#define reader_FRAME(ROW)                                                                          \
    ROW(PARAM, const char *, text)                                                                 \
    ROW(PARAM, size_t, length) ROW(LOCAL, size_t, at) ROW(LOCAL, int32_t, sum)
BIDE_FUTURE(int32_t, reader)
bide_poll reader_poll(struct reader *f, bide_context *cx, int32_t *out)
{
    if (f->at < f->length) {
        f->sum += f->text[f->at++];
        bide_waker_wake_by_ref(cx->waker);
        return BIDE_PENDING;
    }
    *out = f->sum;
    return BIDE_READY;
}
void reader_drop(struct reader *f)
{
    f->at = f->length;
}

typedef char text8[8];
#define lender_FRAME(ROW) ROW(BUFFER, text8, text) ROW(LOCAL, int32_t, sum) ROW(CHILD, reader, read)
BIDE_ASYNC(int32_t, lender)
{
    BIDE_BEGIN(lender);
    memcpy(f->text, "\1\2\3\4\5\6\7", 8);
    BIDE_AWAIT_TO(f->sum, reader, read, (f->text, sizeof f->text));
    BIDE_RETURN(f->sum);
    BIDE_END;
}

static void I24_borrowed_args_outlive_call(void **state)
{
    stage s;
    bide_box box = BIDE_BOX_EMPTY;
    int32_t out = 0;
    (void)state;
    stage_open(&s, NULL);
    assert_int_equal(lender_start_box(&box, NULL, &s.cx, &out), BIDE_PENDING);
    assert_int_equal(drive_box(&box, &s.cx, &out), BIDE_READY);
    assert_int_equal(out, 28);
    stage_close(&s);
}

/* ---- moves -------------------------------------------------------------------------------- */

/* Movable children as large as a box, and larger: an await by value that must wait moves all of
 * their bytes, whatever they are. */
#define small_FRAME(ROW)                                                                           \
    ROW(TRAITS, BIDE_UNPIN)                                                                        \
    ROW(PARAM, int32_t, a)                                                                         \
    ROW(PARAM, uint8_t, b) ROW(PARAM, int16_t, c) ROW(PARAM, int32_t, d) ROW(LOCAL, uint32_t, polls)
BIDE_FUTURE(int32_t, small)
#define large_FRAME(ROW) small_FRAME(ROW) ROW(PARAM, int64_t, e)
BIDE_FUTURE(int32_t, large)
#define MOVED(F, MORE)                                                                             \
    bide_poll F##_poll(struct F *f, bide_context *cx, int32_t *out)                                \
    {                                                                                              \
        if (f->polls++ == 0) {                                                                     \
            f->b++;                                                                                \
            bide_waker_wake_by_ref(cx->waker);                                                     \
            return BIDE_PENDING;                                                                   \
        }                                                                                          \
        *out = f->a + f->b + f->c + f->d + (MORE);                                                 \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    void F##_drop(struct F *f)                                                                     \
    {                                                                                              \
        f->polls = 0;                                                                              \
    }
MOVED(small, 0)
MOVED(large, (int32_t)f->e)

#define moves_FRAME(ROW)                                                                           \
    ROW(PARAM, bool, first)                                                                        \
    ROW(LOCAL, int32_t, x) ROW(LOCAL, int32_t, y) ROW(CHILD, small, s) ROW(CHILD, large, l)
BIDE_ASYNC(int32_t, moves)
{
    BIDE_BEGIN(moves);
    if (f->first)
        BIDE_AWAIT_TO_V(f->x, small, s, (1, 20, 300, 4000));
    BIDE_AWAIT_TO_V(f->y, large, l, (1, 20, 300, 4000, 50000));
    BIDE_RETURN(f->x + f->y);
    BIDE_END;
}

static void a_movable_child_is_moved_whole(void **state)
{
    stage s;
    (void)state;
    stage_open(&s, NULL);
    assert_int_equal(sizeof(struct small), 16); /* as a box on 64-bit machines */
    for (int first = 0; first < 2; first++) {
        bide_box box = BIDE_BOX_EMPTY;
        int32_t out = 0;
        assert_int_equal(moves_start_box(&box, first != 0, NULL, &s.cx, &out), BIDE_PENDING);
        assert_int_equal(drive_box(&box, &s.cx, &out), BIDE_READY);
        assert_int_equal(out, (first ? 4322 : 0) + 54322);
    }
    assert_int_equal(s.counter.allocs, 2);
    stage_close(&s);
}

/* ---- every allocation failing ------------------------------------------------------------- */

static bide_poll scenario(bide_allocator *allocator)
{
    bide_poll r = BIDE_READY;
    for (int i = 0; i < FORM_COUNT * 4 && r == BIDE_READY; i++) {
        plan plans[5];
        stage s;
        int cleanups = 0;
        int32_t out = 0;
        stage_open(&s, allocator);
        for (int j = 0; j < 5; j++)
            plans[j] = (plan){.pend = 1, .value = 2};
        if (i % 4 == 3) /* BIDE_BOX of a form has a test of its own */
            continue;
        r = forms[i / 4](i % 4, plans, &cleanups, &s, &out);
        assert_int_equal(cleanups, 1);
        /* A BOXED child that is caught makes ENOMEM a value. */
        if (r == BIDE_READY && out != 2 * 4 + 2 * BIDE_READY)
            r = BIDE_ENOMEM;
        for (int j = 0; j < 5; j++)
            assert_int_equal(plans[j].drops, plans[j].polls > 0 && !plans[j].ends);
        stage_close(&s);
    }
    return r;
}
TEST_EVERY_FAILURE(P32_every_allocation_failing, scenario)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_form_gives_the_same_result),
        cmocka_unit_test(a_failure_unwinds_five_levels_with_cleanup_at_each),
        cmocka_unit_test(a_drop_unwinds_five_levels),
        cmocka_unit_test(awaits_in_loops_switches_blocks_and_two_on_a_line),
        cmocka_unit_test(I22_recursion_boxed),
        cmocka_unit_test(I24_borrowed_args_outlive_call),
        cmocka_unit_test(a_movable_child_is_moved_whole),
        cmocka_unit_test(P32_every_allocation_failing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * test_bounds.c: Send and local variants of one interface, and asking for Send, when compiling and
 * through handles and boxes.
 */
#include "send_store.h"

#include <bide/alloc_arena.h>
#include <bide/alloc_pool.h>
#include <bide/alloc_recycle.h>
#include <bide/alloc_slab.h>
#include <bide/alloc_slot.h>

#include <string.h>

/* ---- when compiling ----------------------------------------------------------------------- */

BIDE_REQUIRE_SEND(Table_get);
BIDE_REQUIRE_SEND(SendStore_get);
BIDE_REQUIRE_SYNC(Table_put);
BIDE_REQUIRE_UNPIN(Store_get);
BIDE_REQUIRE(Table_put, BIDE_SEND | BIDE_SYNC);
BIDE_REQUIRE_SEND_ALL(Store, Table);
BIDE_REQUIRE_SEND_ALL(SendStore, Table);
BIDE_REQUIRE_SEND_ALL(Store, SendStore);
BIDE_REQUIRE_ALL(Store, Store, BIDE_UNPIN);
BIDE_REQUIRE_ALL(Store, SendStore, BIDE_SEND | BIDE_UNPIN);
BIDE_REQUIRE_ALL(Store, SendStore, BIDE_SEND | BIDE_UNPIN); /* as another header may */

enum {
    table_gets = BIDE_HAS(Table_get, BIDE_SEND),
    window_gets = BIDE_HAS(Window_get, BIDE_SEND),
    local_gets = BIDE_HAS(Store_get, BIDE_SEND),
    table_syncs = BIDE_ALL_HAVE(Store, Table, BIDE_SEND | BIDE_SYNC),
    all_of_table = BIDE_ALL_HAVE(Store, Table, BIDE_SEND),
    all_of_local = BIDE_ALL_HAVE(Store, Store, BIDE_SEND)
};

/* Generic code: for any T that implements Store, when its get may change threads. */
#define GET_ELSEWHERE(T)                                                                           \
    static bool T##_goes_elsewhere(void)                                                           \
    {                                                                                              \
        BIDE_REQUIRE_SEND(T##_get);                                                                \
        BIDE_REQUIRE_SEND_ALL(Store, T);                                                           \
        return bide_type_is_send(&T##_get_type);                                                   \
    }
GET_ELSEWHERE(Table)
GET_ELSEWHERE(SendStore)

static void bounds_are_constants(void **state)
{
    (void)state;
    assert_true(table_gets);
    assert_false(window_gets);
    assert_false(local_gets);
    assert_false(table_syncs);
    assert_true(all_of_table);
    assert_false(all_of_local);
    assert_true(Table_goes_elsewhere());
    assert_true(SendStore_goes_elsewhere());
}

/* ---- variants ----------------------------------------------------------------------------- */

static int run_get(bide_context *cx, Store *s, int key)
{
    struct Store_get get;
    int out = -1;
    bide_poll r;
    Store_get_init(&get, s, key);
    while ((r = Store_get_poll(&get, cx, &out)) == BIDE_PENDING)
        ;
    assert_int_equal(r, BIDE_READY);
    return out;
}

static void a_send_object_is_a_local_one_as_well(void **state)
{
    Table table = {{1, 2, 3, 4}, 0, 0};
    SendStore send = Table_as_SendStore(&table, NULL);
    Store local = SendStore_as_Store(&send), again = Table_as_Store(&table, NULL);
    rig r;
    (void)state;
    rig_open(&r);
    /* The same object and the same table. */
    assert_ptr_equal(local.self, send.self);
    assert_ptr_equal(local.vtable, send.vtable);
    assert_ptr_equal(again.vtable, send.vtable);
    assert_ptr_equal(local.allocator, send.allocator);
    assert_int_equal(run_get(&r.cx, &local, 2), 3);
    assert_int_equal(run_get(&r.cx, &again, 3), 4);
    assert_int_equal(SendStore_count(&send), Store_count(&local));
    rig_close(&r);
}

static void back_only_if_the_object_says_so(void **state)
{
    Table table = {{0}, 0, 0};
    Window window = {{0}, 0};
    Store local = Table_as_Store(&table, bide_heap()), bound = Window_as_Store(&window, NULL);
    Store empty = {NULL, NULL, NULL};
    SendStore send;
    (void)state;
    assert_true(Store_try_as_SendStore(&local, &send));
    assert_ptr_equal(send.self, &table);
    assert_ptr_equal(send.vtable, local.vtable);
    assert_ptr_equal(send.allocator, bide_heap());
    assert_false(Store_try_as_SendStore(&bound, &send));
    assert_null(send.self);
    assert_null(send.vtable);
    assert_false(Store_try_as_SendStore(&empty, &send));
}

/* What is written once for each variant runs through both. */
static void defaults_of_both(void **state)
{
    Table table = {{0, 5, 0, 0}, 0, 0};
    Window window = {{0, 7, 0, 0}, 0};
    SendStore send = Table_as_SendStore(&table, NULL);
    Store bound = Window_as_Store(&window, NULL);
    struct SendStore_twice of_table;
    struct Store_twice of_window;
    int out = 0;
    bide_poll p;
    rig r;
    (void)state;
    rig_open(&r);
    SendStore_twice_init(&of_table, &send, 1);
    while ((p = SendStore_twice_poll(&of_table, &r.cx, &out)) == BIDE_PENDING)
        ;
    assert_int_equal(p, BIDE_READY);
    assert_int_equal(out, 10);
    Store_twice_init(&of_window, &bound, 1);
    while ((p = Store_twice_poll(&of_window, &r.cx, &out)) == BIDE_PENDING)
        ;
    assert_int_equal(p, BIDE_READY);
    assert_int_equal(out, 14);
    rig_close(&r);
}

/* To the outside there is one interface: what was built as Send binds as local, and as Send only
 * what says so. */
static void binding_looks_at_the_flag(void **state)
{
    Table table = {{0}, 0, 0};
    Window window = {{0}, 0};
    const bide_vtable *of_table = &Table_SendStore_vtable.header;
    const bide_vtable *of_window = &Window_Store_vtable.header;
    bide_mismatch why;
    SendStore send;
    Store local;
    char text[256];
    (void)state;
    assert_int_equal(Store_bind(&local, &table, of_table, NULL, &why), BIDE_READY);
    assert_int_equal(SendStore_bind(&send, &table, of_table, NULL, &why), BIDE_READY);
    assert_int_equal(Store_bind(&local, &window, of_window, NULL, &why), BIDE_READY);
    assert_int_equal(SendStore_bind(&send, &window, of_window, NULL, &why), BIDE_EMISMATCH);
    assert_null(send.vtable);
    (void)bide_mismatch_text(&why, text, sizeof text);
    assert_string_equal(text, "Store of Window: the implementation is bound to its thread, and a "
                              "Send one is asked for");
    assert_int_equal(SendStore_bind(&send, &window, of_window, NULL, NULL), BIDE_EMISMATCH);
    assert_int_equal(SendStore_bind(&send, &window, NULL, NULL, NULL), BIDE_EMISMATCH);
}

/* A second interface, to ask for the first from. */
#define Sized_METHODS(METHOD, I, Self) METHOD(I, Self, SYNC, int, size)
BIDE_INTERFACE(Sized);
typedef struct Both {
    int value;
} Both;
#define Both_get_FRAME(ROW) ROW(TRAITS, BIDE_SEND) ROW(PARAM, Both *, self) ROW(PARAM, int, key)
BIDE_ASYNC(int, Both_get)
{
    BIDE_BEGIN(Both_get);
    BIDE_RETURN(f->self->value + f->key);
    BIDE_END;
}
#define Both_put_FRAME(ROW)                                                                        \
    ROW(TRAITS, BIDE_SEND) ROW(PARAM, Both *, self) ROW(PARAM, int, key) ROW(PARAM, int, value)
BIDE_ASYNC(int, Both_put)
{
    BIDE_BEGIN(Both_put);
    BIDE_RETURN(f->self->value = f->value);
    BIDE_END;
}
static int Both_count(Both *self)
{
    return self->value;
}
static int Both_size(Both *self)
{
    return self->value;
}
BIDE_IMPL_DECLARE(Sized, Both);
BIDE_IMPL_DECLARE(SendStore, Both);
BIDE_DEFAULTS(SendStore, Both);
#define Both_INTERFACES(ROW, T) ROW(T, Sized) ROW(T, SendStore)
BIDE_IMPL(Sized, Both);
BIDE_IMPL(SendStore, Both);

static void a_query_finds_both_variants(void **state)
{
    Both both = {3};
    Sized sized = Both_as_Sized(&both, NULL);
    SendStore send = {NULL, NULL, NULL};
    Store local = {NULL, NULL, NULL};
    (void)state;
    assert_int_equal(BIDE_QUERY(SendStore, &send, &sized), BIDE_READY);
    assert_int_equal(BIDE_QUERY(Store, &local, &sized), BIDE_READY);
    assert_ptr_equal(send.vtable, local.vtable);
    assert_int_equal(Store_count(&local), 3);
}

/* ---- through handles ---------------------------------------------------------------------- */

/* Half: a local object of which one method's future may change threads all the same. */
typedef struct Half {
    int value;
} Half;
#define Half_get_FRAME(ROW) ROW(TRAITS, BIDE_SEND) ROW(PARAM, Half *, self) ROW(PARAM, int, key)
BIDE_ASYNC(int, Half_get)
{
    BIDE_BEGIN(Half_get);
    BIDE_RETURN(f->self->value + f->key);
    BIDE_END;
}
#define Half_put_FRAME(ROW) ROW(PARAM, Half *, self) ROW(PARAM, int, key) ROW(PARAM, int, value)
BIDE_ASYNC(int, Half_put)
{
    BIDE_BEGIN(Half_put);
    BIDE_RETURN(f->self->value = f->value);
    BIDE_END;
}
static int Half_count(Half *self)
{
    return self->value;
}
BIDE_IMPL_DECLARE(Store, Half);
BIDE_DEFAULTS(Store, Half);
BIDE_IMPL(Store, Half);

static void bounds_through_a_handle(void **state)
{
    unsigned char memory[BIDE_POOL_BYTES(256, 8, 1)];
    bide_pool pool;
    Half half = {0};
    Table table = {{0}, 0, 0};
    Store some = Half_as_Store(&half, NULL), all = Table_as_Store(&table, bide_heap()), here;
    (void)state;
    TEST_BREAKS("cannot go to another thread");
    assert_true(BIDE_DYN_HAS(Store, get, &some, BIDE_SEND));
    assert_false(BIDE_DYN_HAS(Store, put, &some, BIDE_SEND));
    assert_false(BIDE_DYN_HAS(Store, get, &some, BIDE_SEND | BIDE_UNPIN));
    assert_string_equal(BIDE_DYN_LACKS(Store, &some, BIDE_SEND), "put");
    assert_false(BIDE_DYN_ALL_HAVE(Store, &some, BIDE_SEND));
    assert_null(BIDE_DYN_LACKS(Store, &all, BIDE_SEND));
    assert_true(BIDE_DYN_ALL_HAVE(Store, &all, BIDE_SEND));
    assert_int_equal(BIDE_DYN_REQUIRE_SEND(Store, get, &some), BIDE_READY);
    assert_int_equal(BIDE_DYN_REQUIRE_SEND(Store, put, &some), BIDE_EMISUSE);
    assert_int_equal(BIDE_DYN_REQUIRE_SEND_ALL(Store, &some), BIDE_EMISUSE);
    assert_int_equal(BIDE_DYN_REQUIRE_SEND_ALL(Store, &all), BIDE_READY);
    /* Its boxes would come from a pool for one thread. */
    assert_int_equal(bide_pool_init(&pool, memory, sizeof memory, 256, 8, NULL), BIDE_READY);
    here = Table_as_Store(&table, &pool.base);
    assert_false(BIDE_DYN_HAS(Store, get, &here, BIDE_SEND));
    assert_true(BIDE_DYN_HAS(Store, get, &here, 0));
    assert_int_equal(BIDE_DYN_REQUIRE_SEND_ALL(Store, &here), BIDE_EMISUSE);
    assert_int_equal(bide_pool_deinit(&pool), BIDE_READY);
}

static void types_and_records(void **state)
{
    (void)state;
    TEST_BREAKS("cannot go to another thread");
    assert_int_equal(bide_type_require_send(&Table_get_type), BIDE_READY);
    assert_int_equal(bide_type_require_send(&Window_get_type), BIDE_EMISUSE);
    assert_int_equal(bide_type_require_send(&SendStore_get_type), BIDE_READY);
    assert_int_equal(bide_type_require_send(&Store_get_type), BIDE_EMISUSE);
}

/* ---- boxes -------------------------------------------------------------------------------- */

/* A pending call, boxed in memory of the allocator: whether the box may change threads. */
static bool box_of_table_is_send(rig *r, bide_allocator *a)
{
    Table table = {{0}, 0, 0};
    bide_box box = BIDE_BOX_EMPTY;
    int out;
    bool is_send;
    assert_int_equal(Table_get_start_box(&box, &table, 0, a, &r->cx, &out), BIDE_PENDING);
    is_send = bide_box_is_send(&box);
    assert_int_equal(bide_box_require_send(&box), is_send ? BIDE_READY : BIDE_EMISUSE);
    bide_box_drop(&box);
    assert_true(bide_box_is_send(&box)); /* an empty one */
    assert_int_equal(bide_box_require_send(&box), BIDE_READY);
    assert_int_equal(table.dropped, 1);
    return is_send;
}

/* The same of a future that is not Send: no allocator makes it so. */
static void box_of_window_is_not(rig *r, bide_allocator *a)
{
    Window window = {{0}, 0};
    bide_box box = BIDE_BOX_EMPTY;
    int out;
    assert_int_equal(Window_get_start_box(&box, &window, 0, a, &r->cx, &out), BIDE_PENDING);
    assert_false(bide_box_is_send(&box));
    assert_int_equal(bide_box_require_send(&box), BIDE_EMISUSE);
    bide_box_drop(&box);
}

static void boxes_from_each_allocator(void **state)
{
    enum { BYTES = 256 };
    unsigned char memory[BIDE_POOL_BYTES(BYTES, 8, 1)], shared[BIDE_SHARED_POOL_BYTES(BYTES, 8, 1)];
    unsigned char bytes[1024], many[1024];
    BIDE_SLOT(BYTES) slot, narrow;
    bide_pool pool;
    bide_shared_pool shared_pool;
    bide_slab slab;
    bide_arena arena;
    rig r;
    (void)state;
    TEST_BREAKS("cannot go to another thread");
    rig_open(&r);
    assert_true(box_of_table_is_send(&r, bide_heap()));
    assert_true(box_of_table_is_send(&r, NULL)); /* the context's, which counts before the heap */
    box_of_window_is_not(&r, bide_heap());

    assert_int_equal(bide_pool_init(&pool, memory, sizeof memory, BYTES, 8, NULL), BIDE_READY);
    assert_false(box_of_table_is_send(&r, &pool.base));
    assert_int_equal(bide_shared_pool_init(&shared_pool, shared, sizeof shared, BYTES, 8, NULL),
                     BIDE_READY);
    assert_true(box_of_table_is_send(&r, &shared_pool.base));

    BIDE_SLOT_INIT(&slot, NULL);
    assert_true(box_of_table_is_send(&r, BIDE_SLOT_ALLOCATOR(&slot)));
    box_of_window_is_not(&r, BIDE_SLOT_ALLOCATOR(&slot));
    /* A fall-back for one thread takes the promise away. */
    BIDE_SLOT_INIT(&narrow, &pool.base);
    assert_false(box_of_table_is_send(&r, BIDE_SLOT_ALLOCATOR(&narrow)));

    bide_slab_init(&slab, bytes, sizeof bytes, bide_heap(), NULL);
    bide_slab_enter(&slab);
    assert_true(box_of_table_is_send(&r, &slab.base));
    bide_slab_leave(&slab);
    bide_slab_retire(&slab);

    bide_arena_init(&arena, many, sizeof many, NULL);
    assert_false(box_of_table_is_send(&r, &arena.base));
    bide_arena_deinit(&arena);
    assert_int_equal(bide_pool_deinit(&pool), BIDE_READY);
    assert_int_equal(bide_shared_pool_deinit(&shared_pool), BIDE_READY);
    rig_close(&r);
}

/* ---- memory ------------------------------------------------------------------------------- */

static bide_poll calls_through_both(bide_allocator *allocator)
{
    Table table = {{0, 1, 0, 0}, 0, 0};
    SendStore send = Table_as_SendStore(&table, allocator);
    Store local = SendStore_as_Store(&send);
    bide_context cx = scenario_context(allocator);
    struct SendStore_twice twice;
    struct Store_get get;
    int out = 0;
    bide_poll r;
    SendStore_twice_init(&twice, &send, 1);
    while ((r = SendStore_twice_poll(&twice, &cx, &out)) == BIDE_PENDING)
        ;
    if (r != BIDE_READY)
        return r;
    Store_get_init(&get, &local, 1);
    while ((r = Store_get_poll(&get, &cx, &out)) == BIDE_PENDING)
        ;
    return r;
}

TEST_EVERY_FAILURE(every_failure, calls_through_both)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds_are_constants),
        cmocka_unit_test(a_send_object_is_a_local_one_as_well),
        cmocka_unit_test(back_only_if_the_object_says_so),
        cmocka_unit_test(defaults_of_both),
        cmocka_unit_test(binding_looks_at_the_flag),
        cmocka_unit_test(a_query_finds_both_variants),
        cmocka_unit_test(bounds_through_a_handle),
        cmocka_unit_test(types_and_records),
        cmocka_unit_test(boxes_from_each_allocator),
        cmocka_unit_test(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

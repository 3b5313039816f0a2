/*
 * test_uv_names.c: looking names up, and connecting by name; with no network but loopback.
 */
#include "uv_support.h"

#include <unistd.h>

static int32_t do_lookup(bide_uv *rt, const char *host, const char *service, bide_uv_addresses *out)
{
    int32_t e = -1;
    bide_poll r;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_lookup, &e, (rt, host, service, out));
    assert_int_equal(r, BIDE_READY);
    return e;
}

static void numbers_and_local_names(void **state)
{
    bide_uv *rt = new_rt(NULL);
    bide_uv_addresses all = {0};
    const struct sockaddr_in *in;
    size_t n = 0;
    (void)state;
    assert_int_equal(do_lookup(rt, "127.0.0.1", "80", &all), 0);
    in = (const struct sockaddr_in *)(const void *)bide_uv_addresses_at(&all, 0);
    assert_non_null(in);
    assert_int_equal(in->sin_family, AF_INET);
    assert_int_equal(ntohs(in->sin_port), 80);
    assert_null(bide_uv_addresses_at(&all, 1));
    bide_uv_addresses_free(&all);
    assert_int_equal(do_lookup(rt, "localhost", "7777", &all), 0);
    while (bide_uv_addresses_at(&all, n))
        n++;
    assert_true(n >= 1);
    bide_uv_addresses_free(&all);
    bide_uv_addresses_free(&all);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
}

static void names_that_are_none(void **state)
{
    bide_uv *rt = new_rt(NULL);
    bide_uv_addresses all = {0};
    (void)state;
    assert_true(do_lookup(rt, "no such host", "80", &all) < 0);
    assert_null(all.first);
    assert_int_equal(do_lookup(rt, NULL, NULL, &all), UV_EINVAL);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
}

static void dropped_at_every_moment(void **state)
{
    bide_uv *rt = new_rt(NULL);
    bide_uv_addresses all = {0};
    (void)state;
    for (int rounds = 0; rounds < 6; rounds++) {
        bide_join join;
        assert_int_equal(
            BIDE_SPAWN(bide_uv_runtime(rt), bide_uv_lookup, &join, (rt, "localhost", "1", &all)),
            BIDE_READY);
        for (int i = 0; i < rounds; i++) {
            (void)uv_run(bide_uv_loop(rt), UV_RUN_NOWAIT);
            uv_sleep(1);
        }
        bide_join_abort(&join);
        (void)uv_run(bide_uv_loop(rt), UV_RUN_NOWAIT);
        bide_join_detach(&join);
        bide_uv_addresses_free(&all); /* some were in time */
    }
    assert_int_equal(bide_uv_free(rt), BIDE_READY); /* the last ones are waited for */
}

static bide_waker *clone_nothing(bide_waker *waker)
{
    (void)waker;
    return NULL;
}

/* The first poll has begun to look up when it finds that it cannot wait. */
static void a_waker_that_cannot_be_kept(void **state)
{
    const bide_waker_vtable none = {.size = sizeof none, .clone = clone_nothing};
    bide_waker waker = {.vtable = &none};
    bide_context cx = {.size = sizeof cx, .waker = &waker};
    bide_uv *rt = new_rt(NULL);
    bide_uv_addresses all = {0};
    struct bide_uv_lookup f;
    int32_t e = 0;
    (void)state;
    bide_uv_lookup_init(&f, rt, "localhost", "1", &all);
    assert_int_equal(bide_uv_lookup_poll(&f, &cx, &e), BIDE_ENOMEM);
    assert_int_equal(bide_uv_lookup_poll(&f, &cx, &e), BIDE_EMISUSE); /* it is over */
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
    assert_null(all.first);
}

static void connected_by_name(void **state)
{
    bide_uv *rt = new_rt(NULL);
    bide_uv_listener l = {0};
    bide_uv_tcp t = {0};
    struct sockaddr_storage at;
    char port[8];
    int32_t e = -1;
    int refusing;
    bide_poll r;
    (void)state;
    assert_int_equal(bide_uv_ip("127.0.0.1", 0, &at), 0);
    assert_int_equal(bide_uv_tcp_listen(rt, (struct sockaddr *)&at, 8, &l), 0);
    assert_int_equal(bide_uv_listener_local(&l, &at), 0);
    snprintf(port, sizeof port, "%u", (unsigned)bide_uv_port(&at));
    /* ::1, where it comes first, is refused; the next is tried. */
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_tcp_connect_to, &e, (rt, "localhost", port, &t));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(e, 0);
    assert_non_null(t.at);
    bide_uv_tcp_drop(&t);
    bide_uv_listener_drop(&l);
    refusing = refuse_on_loopback(&at);
    snprintf(port, sizeof port, "%u", (unsigned)bide_uv_port(&at));
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_tcp_connect_to, &e, (rt, "127.0.0.1", port, &t));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(e, UV_ECONNREFUSED);
    assert_null(t.at);
    close(refusing);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
}

static bide_poll lookup_through(bide_allocator *a)
{
    bide_uv_options o = bide_uv_options_init();
    bide_uv_addresses all = {0};
    int32_t e = 0;
    bide_uv *rt;
    bide_poll r;
    o.allocator = a;
    r = bide_uv_new(&o, NULL, &rt);
    if (r != BIDE_READY)
        return r;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_lookup, &e, (rt, "127.0.0.1", "1", &all));
    bide_uv_addresses_free(&all);
    (void)bide_uv_free(rt);
    return r == BIDE_READY && e != 0 ? BIDE_EMISUSE : r;
}

TEST_EVERY_FAILURE(no_memory_for_names, lookup_through)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_and_local_names), cmocka_unit_test(names_that_are_none),
        cmocka_unit_test(dropped_at_every_moment), cmocka_unit_test(a_waker_that_cannot_be_kept),
        cmocka_unit_test(connected_by_name),       cmocka_unit_test(no_memory_for_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

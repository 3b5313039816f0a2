/*
 * test_uv_process.c: processes and signals: real ones.
 */
#include "uv_support.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static bide_uv_exit do_wait(bide_uv *rt, bide_uv_process *p)
{
    bide_uv_exit how = {-1, -1};
    int32_t e = -1;
    bide_poll r;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_process_wait, &e, (p, &how));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(e, 0);
    return how;
}

/* No child is left: neither running nor waiting to be reaped. */
static void no_children(void)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static void a_filter(void **state)
{
    static const char *const argv[] = {"sh", "-c", "read a; echo \"got $a\"; exit 3", NULL};
    bide_uv *rt = new_rt(NULL);
    bide_uv_process_options o = bide_uv_process_options_init(argv);
    bide_uv_process p = {0};
    bide_uv_pipe in = {0}, out = {0};
    bide_uv_exit how;
    bide_bytes all;
    bide_poll r;
    int32_t e = -1;
    (void)state;
    bide_bytes_init(&all, NULL);
    o.stdio[0].pipe = &in;
    o.stdio[1].pipe = &out;
    assert_int_equal(bide_uv_process_start(rt, &o, &p), 0);
    assert_true(bide_uv_process_id(&p) > 0);
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_pipe_write_all, &e, (&in, "this\n", 5, NULL));
    assert_int_equal(e, 0);
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_pipe_read_to_end, &e, (&out, &all, 1000));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(e, 0);
    assert_int_equal(all.size, 9);
    assert_memory_equal(all.data, "got this\n", 9);
    for (int i = 0; i < 2; i++) {
        how = do_wait(rt, &p);
        assert_int_equal(how.status, 3);
        assert_int_equal(how.signal, 0);
    }
    assert_int_equal(bide_uv_process_kill(&p, SIGTERM), UV_ESRCH);
    bide_bytes_free(&all);
    bide_uv_pipe_drop(&in);
    bide_uv_pipe_drop(&out);
    bide_uv_process_drop(&p);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
    no_children();
}

static void killed(void **state)
{
    static const char *const argv[] = {"sleep", "60", NULL};
    bide_uv *rt = new_rt(NULL);
    bide_uv_process_options o = bide_uv_process_options_init(argv);
    bide_uv_process p = {0};
    bide_uv_exit how;
    bide_join join;
    (void)state;
    assert_int_equal(bide_uv_process_start(rt, &o, &p), 0);
    /* A wait that is dropped does nothing to it. */
    assert_int_equal(BIDE_SPAWN(bide_uv_runtime(rt), bide_uv_process_wait, &join, (&p, &how)),
                     BIDE_READY);
    (void)uv_run(bide_uv_loop(rt), UV_RUN_NOWAIT);
    bide_join_abort(&join);
    (void)uv_run(bide_uv_loop(rt), UV_RUN_NOWAIT);
    bide_join_detach(&join);
    assert_int_equal(bide_uv_process_kill(&p, 0), 0);
    assert_int_equal(bide_uv_process_kill(&p, SIGKILL), 0);
    how = do_wait(rt, &p);
    assert_int_equal(how.signal, SIGKILL);
    bide_uv_process_drop(&p);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
    no_children();
}

/* Let go, it is reaped by the loop all the same. */
static void let_go(void **state)
{
    static const char *const argv[] = {"true", NULL};
    bide_uv *rt = new_rt(NULL);
    bide_uv_process_options o = bide_uv_process_options_init(argv);
    bide_uv_process p = {0};
    siginfo_t info;
    bide_poll r;
    (void)state;
    assert_int_equal(bide_uv_process_start(rt, &o, &p), 0);
    bide_uv_process_drop(&p);
    assert_int_equal(bide_uv_process_id(&p), 0);
    for (int i = 0; i < 30000 && waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0; i++) {
        BIDE_UV_RUN_UNTIL_TO(r, rt, bide_sleep, NULL, (2));
        assert_int_equal(r, BIDE_READY);
    }
    no_children();
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
}

static void not_to_be_started(void **state)
{
    static const char *const argv[] = {"/no/such/program", NULL}, *const none[] = {NULL};
    bide_uv *rt = new_rt(NULL);
    bide_uv_process_options o = bide_uv_process_options_init(argv);
    bide_uv_process p = {0};
    bide_uv_pipe out = {0};
    (void)state;
    o.stdio[1].pipe = &out;
    assert_int_equal(bide_uv_process_start(rt, &o, &p), UV_ENOENT);
    assert_null(p.at);
    assert_null(out.at);
    o.argv = none;
    assert_int_equal(bide_uv_process_start(rt, &o, &p), UV_EINVAL);
    assert_int_equal(bide_uv_process_kill(&p, SIGTERM), UV_ESRCH);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
    no_children();
}

static void environment_and_directory(void **state)
{
    static const char *const argv[] = {"/bin/sh", "-c", "test \"$WORD\" = here && test $PWD = /",
                                       NULL};
    static const char *const environment[] = {"WORD=here", NULL};
    bide_uv *rt = new_rt(NULL);
    bide_uv_process_options o = bide_uv_process_options_init(argv);
    bide_uv_process p = {0};
    (void)state;
    o.environment = environment;
    o.directory = "/";
    o.stdio[0].fd = -1;
    assert_int_equal(bide_uv_process_start(rt, &o, &p), 0);
    assert_int_equal(do_wait(rt, &p).status, 0);
    bide_uv_process_drop(&p);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
}

/* ---- signals ------------------------------------------------------------------------------ */

static void signals_are_a_stream(void **state)
{
    bide_uv *rt = new_rt(NULL);
    bide_uv_signal one = {0}, other = {0};
    bide_join join;
    bool more = false;
    int number = 0;
    bide_poll r;
    (void)state;
    assert_int_equal(bide_uv_signal_open(rt, SIGUSR1, &one), 0);
    assert_int_equal(bide_uv_signal_open(rt, SIGUSR1, &other), 0);
    /* Dropped while it waits, it loses none. */
    assert_int_equal(BIDE_SPAWN(bide_uv_runtime(rt), bide_uv_signal_next, &join, (&one, &number)),
                     BIDE_READY);
    (void)uv_run(bide_uv_loop(rt), UV_RUN_NOWAIT);
    bide_join_abort(&join);
    (void)uv_run(bide_uv_loop(rt), UV_RUN_NOWAIT);
    bide_join_detach(&join);
    raise(SIGUSR1);
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_signal_next, &more, (&one, &number));
    assert_int_equal(r, BIDE_READY);
    assert_true(more);
    assert_int_equal(number, SIGUSR1);
    number = 0;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_signal_next, &more, (&other, &number));
    assert_int_equal(number, SIGUSR1);
    bide_uv_signal_drop(&one);
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_signal_next, &more, (&one, &number));
    assert_false(more);
    assert_int_equal(bide_uv_signal_open(rt, SIGKILL, &one), UV_EINVAL);
    assert_int_equal(bide_uv_free(rt), BIDE_READY); /* before `other` */
    BIDE_BLOCK_ON_TO(r, bide_uv_signal_next, &more, (&other, &number));
    assert_false(more);
    bide_uv_signal_drop(&other);
}

static bide_poll process_through(bide_allocator *a)
{
    static const char *const argv[] = {"true", NULL};
    bide_uv_options o = bide_uv_options_init();
    bide_uv_process_options po = bide_uv_process_options_init(argv);
    bide_uv_process p = {0};
    bide_uv_pipe out = {0};
    bide_uv_signal s = {0};
    bide_uv_exit how;
    int32_t e;
    bide_uv *rt;
    bide_poll r;
    o.allocator = a;
    r = bide_uv_new(&o, NULL, &rt);
    if (r != BIDE_READY)
        return r;
    po.stdio[1].pipe = &out;
    e = bide_uv_signal_open(rt, SIGUSR2, &s);
    if (e == 0)
        e = bide_uv_process_start(rt, &po, &p);
    if (e == UV_ENOMEM)
        r = BIDE_ENOMEM;
    while (p.at) {
        BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_process_wait, &e, (&p, &how));
        if (r == BIDE_READY)
            break;
        /* No memory for the wait: the process ends all the same, and is reaped. */
        (void)uv_run(bide_uv_loop(rt), UV_RUN_ONCE);
        if (kill(bide_uv_process_id(&p), 0) != 0)
            break;
    }
    bide_uv_process_drop(&p);
    bide_uv_pipe_drop(&out);
    bide_uv_signal_drop(&s);
    (void)bide_uv_free(rt);
    return r;
}

TEST_EVERY_FAILURE(no_memory_for_processes, process_through)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_filter),
        cmocka_unit_test(killed),
        cmocka_unit_test(let_go),
        cmocka_unit_test(not_to_be_started),
        cmocka_unit_test(environment_and_directory),
        cmocka_unit_test(signals_are_a_stream),
        cmocka_unit_test(no_memory_for_processes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

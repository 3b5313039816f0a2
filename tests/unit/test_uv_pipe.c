/*
 * test_uv_pipe.c: Unix sockets, and pipes that are there already.
 */
#include "uv_support.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static char name[64];

static int make_name(void **state)
{
    (void)state;
    snprintf(name, sizeof name, "/tmp/bide-test-uv-pipe-%ld", (long)getpid());
    return 0;
}

static ptrdiff_t do_read(bide_uv *rt, bide_uv_pipe *t, void *buffer, size_t size)
{
    ptrdiff_t n = -1;
    bide_poll r;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_pipe_read, &n, (t, buffer, size));
    assert_int_equal(r, BIDE_READY);
    return n;
}

static int32_t do_write(bide_uv *rt, bide_uv_pipe *t, const void *data, size_t size)
{
    int32_t e = -1;
    bide_poll r;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_pipe_write_all, &e, (t, data, size, NULL));
    assert_int_equal(r, BIDE_READY);
    return e;
}

static int32_t do_close(bide_uv *rt, bide_uv_pipe *t)
{
    int32_t e = -1;
    bide_poll r;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_pipe_close, &e, (t));
    assert_int_equal(r, BIDE_READY);
    return e;
}

static int32_t do_connect(bide_uv *rt, const char *to, bide_uv_pipe *t)
{
    int32_t e = -1;
    bide_poll r;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_pipe_connect, &e, (rt, to, t));
    assert_int_equal(r, BIDE_READY);
    return e;
}

static void both_ways_over_a_socket(void **state)
{
    bide_uv *rt = new_rt(NULL);
    bide_uv_pipe_listener l = {0}, second = {0};
    bide_uv_pipe a = {0}, b = {0};
    bide_poll r;
    int32_t e = -1;
    char text[16];
    (void)state;
    assert_int_equal(bide_uv_pipe_listen(rt, name, 8, &l), 0);
    assert_int_equal(bide_uv_pipe_listen(rt, name, 8, &second), UV_EADDRINUSE);
    assert_int_equal(do_connect(rt, name, &a), 0);
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_pipe_listener_accept, &e, (&l, &b));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(e, 0);
    assert_int_equal(do_write(rt, &a, "ping", 4), 0);
    assert_int_equal(do_close(rt, &a), 0);
    assert_int_equal(do_read(rt, &b, text, sizeof text), 4);
    assert_int_equal(do_read(rt, &b, text, sizeof text), 0);
    assert_int_equal(do_write(rt, &b, "pong!", 5), 0);
    assert_int_equal(do_read(rt, &a, text, sizeof text), 5);
    bide_uv_pipe_drop(&a);
    bide_uv_pipe_drop(&b);
    bide_uv_pipe_listener_drop(&l);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
    assert_int_not_equal(access(name, F_OK), 0); /* the name has gone with the listener */
}

static void names_that_do_not_work(void **state)
{
    bide_uv *rt = new_rt(NULL);
    bide_uv_pipe_listener l = {0};
    bide_uv_pipe t = {0};
    char name_too_long[200];
    (void)state;
    memset(name_too_long, 'x', sizeof name_too_long - 1);
    name_too_long[sizeof name_too_long - 1] = '\0';
    assert_int_equal(do_connect(rt, name_too_long, &t), UV_ENAMETOOLONG);
    assert_int_equal(bide_uv_pipe_listen(rt, name_too_long, 1, &l), UV_ENAMETOOLONG);
    assert_int_equal(do_connect(rt, "/tmp/nobody-listens-here", &t), UV_ENOENT);
    assert_null(t.at);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
}

/* One direction: closing ends it. */
static void the_ends_of_a_pipe(void **state)
{
    bide_uv *rt = new_rt(NULL);
    bide_uv_pipe in = {0}, out = {0};
    bide_bytes all;
    bide_poll r;
    int32_t e = -1;
    int fds[2];
    (void)state;
    bide_bytes_init(&all, NULL);
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(bide_uv_pipe_open(rt, fds[0], &in), 0);
    assert_int_equal(bide_uv_pipe_open(rt, fds[1], &out), 0);
    assert_int_equal(do_write(rt, &out, "through a pipe", 14), 0);
    assert_int_equal(do_close(rt, &out), 0);
    assert_int_equal(do_close(rt, &out), 0);
    assert_int_equal(do_write(rt, &out, "x", 1), UV_EPIPE);
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_pipe_read_to_end, &e, (&in, &all, 1000));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(e, 0);
    assert_int_equal(all.size, 14);
    bide_bytes_free(&all);
    bide_uv_pipe_drop(&in);
    bide_uv_pipe_drop(&out);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
}

/* libuv ends the program where the system cannot wait for a descriptor: such are refused. */
static void what_is_no_pipe_is_refused(void **state)
{
    static const char *const names[] = {"/dev/null", "/proc/self/exe", "/tmp"};
    bide_uv *rt = new_rt(NULL);
    bide_uv_pipe t = {0};
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        int fd = open(names[i], O_RDONLY);
        assert_true(fd >= 0);
        if (bide_uv_pipe_open(rt, fd, &t) == 0) {
            char c;
            bide_poll r;
            ptrdiff_t n;
            BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_pipe_read, &n, (&t, &c, 1));
            fail_msg("%s was taken (%d)", names[i], (int)r);
        }
        assert_int_equal(bide_uv_pipe_open(rt, fd, &t), UV_EINVAL);
        assert_null(t.at);
        assert_int_equal(fcntl(fd, F_GETFL) & O_NONBLOCK, 0); /* as it was, and the caller's */
        assert_int_equal(close(fd), 0);
    }
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
}

static void a_reader_that_goes_away(void **state)
{
    struct sigaction act;
    bide_uv *rt;
    bide_uv_pipe out = {0};
    int fds[2];
    (void)state;
    (void)signal(SIGPIPE, SIG_DFL);
    rt = new_rt(NULL);
    assert_int_equal(pipe(fds), 0);
    assert_int_equal(bide_uv_pipe_open(rt, fds[1], &out), 0);
    close(fds[0]);
    assert_int_equal(do_write(rt, &out, "x", 1), UV_EPIPE); /* and no signal */
    bide_uv_pipe_drop(&out);
    assert_int_equal(bide_uv_pipe_open(rt, 12345, &out), UV_EBADF);
    assert_null(out.at);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
    assert_int_equal(sigaction(SIGPIPE, NULL, &act), 0);
    assert_true(act.sa_handler == SIG_IGN);
}

static void sigpipe_may_stay_as_it_is(void **state)
{
    bide_uv_options o = bide_uv_options_init();
    struct sigaction act;
    bide_uv *rt;
    (void)state;
    (void)signal(SIGPIPE, SIG_DFL);
    o.flags = BIDE_UV_KEEP_SIGPIPE;
    assert_int_equal(bide_uv_new(&o, NULL, &rt), BIDE_READY);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
    assert_int_equal(sigaction(SIGPIPE, NULL, &act), 0);
    assert_true(act.sa_handler == SIG_DFL);
}

static bide_poll pipe_through(bide_allocator *a)
{
    bide_uv_options o = bide_uv_options_init();
    bide_uv_pipe_listener l = {0};
    bide_uv_pipe t = {0};
    int32_t e;
    bide_uv *rt;
    bide_poll r;
    o.allocator = a;
    r = bide_uv_new(&o, NULL, &rt);
    if (r != BIDE_READY)
        return r;
    e = bide_uv_pipe_listen(rt, name, 8, &l);
    if (e == UV_ENOMEM)
        r = BIDE_ENOMEM;
    if (r == BIDE_READY)
        BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_pipe_connect, &e, (rt, name, &t));
    bide_uv_pipe_drop(&t);
    bide_uv_pipe_listener_drop(&l);
    (void)bide_uv_free(rt);
    return r == BIDE_READY && e != 0 ? BIDE_EMISUSE : r;
}

TEST_EVERY_FAILURE(no_memory_for_pipes, pipe_through)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_ways_over_a_socket),    cmocka_unit_test(names_that_do_not_work),
        cmocka_unit_test(what_is_no_pipe_is_refused), cmocka_unit_test(the_ends_of_a_pipe),
        cmocka_unit_test(a_reader_that_goes_away),    cmocka_unit_test(sigpipe_may_stay_as_it_is),
        cmocka_unit_test(no_memory_for_pipes),
    };
    return cmocka_run_group_tests(tests, make_name, NULL);
}

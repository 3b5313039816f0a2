/*
 * test_uv_file.c: files by libuv's threads: the position, what is accepted, what is dropped.
 */
#include "uv_support.h"

#include <bide/trace.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

static char path[64];

static int make_path(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "/tmp/bide-test-uv-file-%ld", (long)getpid());
    return 0;
}

static int remove_path(void **state)
{
    (void)state;
    (void)unlink(path);
    return 0;
}

/* ---- straight on: each call runs the loop until it is done --------------------------------- */

static int32_t do_open(bide_uv *rt, int flags, bide_uv_file *f)
{
    int32_t e = -1;
    bide_poll r;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_file_open, &e, (rt, path, flags, 0600, f));
    assert_int_equal(r, BIDE_READY);
    return e;
}

static int32_t do_write(bide_uv *rt, bide_uv_file *f, const char *text)
{
    int32_t e = -1;
    bide_poll r;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_file_write_all, &e, (f, text, strlen(text), NULL));
    assert_int_equal(r, BIDE_READY);
    return e;
}

static ptrdiff_t do_read(bide_uv *rt, bide_uv_file *f, void *buffer, size_t size)
{
    ptrdiff_t n = -1;
    bide_poll r;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_file_read, &n, (f, buffer, size));
    assert_int_equal(r, BIDE_READY);
    return n;
}

static int64_t do_seek(bide_uv *rt, bide_uv_file *f, int64_t offset, int whence)
{
    int64_t at = -1;
    bide_poll r;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_file_seek, &at, (f, offset, whence));
    assert_int_equal(r, BIDE_READY);
    return at;
}

static int32_t do_close(bide_uv *rt, bide_uv_file *f)
{
    int32_t e = -1;
    bide_poll r;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_file_close, &e, (f));
    assert_int_equal(r, BIDE_READY);
    return e;
}

static int32_t do_sync(bide_uv *rt, bide_uv_file *f)
{
    int32_t e = -1;
    bide_poll r;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_file_sync, &e, (f));
    assert_int_equal(r, BIDE_READY);
    return e;
}

/* What is in the file, past bide. */
static void file_holds(const char *text)
{
    char data[256];
    FILE *file = fopen(path, "r");
    size_t n;
    assert_non_null(file);
    n = fread(data, 1, sizeof data, file);
    fclose(file);
    assert_int_equal(n, strlen(text));
    assert_memory_equal(data, text, n);
}

/* ---- positions ---------------------------------------------------------------------------- */

static void written_and_read_back(void **state)
{
    bide_uv *rt = new_rt(NULL);
    bide_uv_file f = {0};
    char text[32];
    (void)state;
    assert_int_equal(do_open(rt, O_RDWR | O_CREAT | O_TRUNC, &f), 0);
    assert_int_equal(do_write(rt, &f, "one two"), 0);
    assert_int_equal(do_write(rt, &f, " three"), 0);
    assert_int_equal(do_sync(rt, &f), 0);
    file_holds("one two three");
    assert_int_equal(do_read(rt, &f, text, sizeof text), 0); /* behind what was written */
    assert_int_equal(do_seek(rt, &f, 4, SEEK_SET), 4);
    assert_int_equal(do_read(rt, &f, text, 3), 3);
    assert_memory_equal(text, "two", 3);
    assert_int_equal(do_seek(rt, &f, 0, SEEK_CUR), 7);
    assert_int_equal(do_seek(rt, &f, -3, SEEK_CUR), 4);
    assert_int_equal(do_write(rt, &f, "TWO"), 0); /* what was read ahead does not matter */
    assert_int_equal(do_read(rt, &f, text, sizeof text), 6);
    assert_memory_equal(text, " three", 6);
    assert_int_equal(do_seek(rt, &f, -5, SEEK_END), 8);
    assert_int_equal(do_read(rt, &f, text, sizeof text), 5);
    assert_memory_equal(text, "three", 5);
    assert_int_equal(do_seek(rt, &f, -1, SEEK_SET), UV_EINVAL);
    assert_int_equal(do_seek(rt, &f, INT64_MAX, SEEK_END), UV_EINVAL);
    assert_int_equal(do_seek(rt, &f, 0, 77), UV_EINVAL);
    assert_int_equal(do_close(rt, &f), 0);
    assert_int_equal(do_close(rt, &f), 0);
    assert_int_equal(do_read(rt, &f, text, 1), UV_EBADF);
    assert_int_equal(do_write(rt, &f, "x"), UV_EBADF);
    assert_int_equal(do_sync(rt, &f), UV_EBADF);
    file_holds("one TWO three");
    bide_uv_file_drop(&f);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
}

static void appended_at_the_end(void **state)
{
    bide_uv *rt = new_rt(NULL);
    bide_uv_file f = {0};
    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(do_open(rt, O_WRONLY | O_CREAT | O_APPEND, &f), 0);
        assert_int_equal(do_seek(rt, &f, 0, SEEK_SET), 0);
        assert_int_equal(do_write(rt, &f, "line\n"), 0);
        bide_uv_file_drop(&f); /* the loop writes and closes behind it */
    }
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
    file_holds("line\nline\n");
}

static void a_file_that_grows_is_read_on(void **state)
{
    bide_uv *rt = new_rt(NULL);
    bide_uv_file in = {0}, out = {0};
    char text[8];
    (void)state;
    assert_int_equal(do_open(rt, O_WRONLY | O_CREAT | O_TRUNC, &out), 0);
    assert_int_equal(do_open(rt, O_RDONLY, &in), 0);
    assert_int_equal(do_read(rt, &in, text, sizeof text), 0);
    assert_int_equal(do_write(rt, &out, "more"), 0);
    assert_int_equal(do_sync(rt, &out), 0);
    assert_int_equal(do_read(rt, &in, text, sizeof text), 4);
    assert_int_equal(do_read(rt, &in, text, sizeof text), 0);
    bide_uv_file_drop(&in);
    bide_uv_file_drop(&out);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
}

/* More than a buffer full, in lines, from one file to another through handles. */
BIDE_COPY(copy_file, bide_buffered_reader, bide_writer);

static void copied_through_handles(void **state)
{
    enum { BYTES = 100000 };
    bide_uv *rt = new_rt(NULL);
    bide_uv_file f = {0}, copy = {0};
    char *data = malloc(BYTES), *back = malloc(BYTES + 1), second[80];
    bide_buffered_reader from;
    bide_writer to;
    bide_seeker seeker;
    bide_poll r;
    int32_t e = -1;
    int64_t n = -1;
    size_t done = 0;
    (void)state;
    for (int i = 0; i < BYTES; i++)
        data[i] = (char)(i * 7 / 3);
    assert_int_equal(do_open(rt, O_RDWR | O_CREAT | O_TRUNC, &f), 0);
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_file_write_all, &e, (&f, data, BYTES, NULL));
    assert_int_equal(e, 0);
    seeker = bide_uv_file_as_bide_seeker(&f, NULL);
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_seeker_seek, &n, (&seeker, 0, SEEK_SET));
    assert_int_equal(n, 0);
    snprintf(second, sizeof second, "%s-copy", path);
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_file_open, &e,
                         (rt, second, O_RDWR | O_CREAT | O_TRUNC, 0600, &copy));
    assert_int_equal(e, 0);
    from = bide_uv_file_as_bide_buffered_reader(&f, NULL);
    to = bide_uv_file_as_bide_writer(&copy, NULL);
    BIDE_UV_RUN_UNTIL_TO(r, rt, copy_file, &n, (&from, &to));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(n, BYTES);
    assert_int_equal(do_seek(rt, &copy, 0, SEEK_SET), 0);
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_file_read_exact, &e, (&copy, back, BYTES + 1, &done));
    assert_int_equal(e, BIDE_BYTES_END);
    assert_int_equal(done, BYTES);
    assert_memory_equal(back, data, BYTES);
    bide_uv_file_drop(&f);
    bide_uv_file_drop(&copy);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
    unlink(second);
    free(data);
    free(back);
}

/* ---- errors ------------------------------------------------------------------------------- */

static void errors_are_values(void **state)
{
    bide_uv *rt = new_rt(NULL);
    bide_uv_file f = {0};
    bide_uv_file_info info;
    bide_poll r;
    int32_t e = 0;
    char c;
    (void)state;
    assert_int_equal(do_open(rt, O_RDONLY, &f), UV_ENOENT);
    assert_null(f.at);
    assert_int_equal(do_read(rt, &f, &c, 1), UV_EBADF);
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_file_stat, &e, (rt, path, &info));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(e, UV_ENOENT);
    assert_int_equal(do_open(rt, O_WRONLY | O_CREAT, &f), 0);
    assert_int_equal(do_read(rt, &f, &c, 1), UV_EBADF); /* not for reading */
    assert_int_equal(do_close(rt, &f), 0);
    bide_uv_file_drop(&f);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
}

/* /dev/full takes nothing: what was accepted fails, later, and that stays. */
static void a_late_error_is_told(void **state)
{
    bide_uv *rt = new_rt(NULL);
    bide_uv_file f = {0};
    bide_poll r;
    int32_t e = 0;
    (void)state;
    if (access("/dev/full", W_OK) != 0)
        skip();
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_file_open, &e, (rt, "/dev/full", O_WRONLY, 0, &f));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(e, 0);
    assert_int_equal(do_write(rt, &f, "x"), 0);
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_file_flush, &e, (&f));
    assert_int_equal(e, UV_ENOSPC);
    assert_int_equal(do_write(rt, &f, "x"), UV_ENOSPC);
    assert_int_equal(do_sync(rt, &f), UV_ENOSPC);
    assert_int_equal(do_close(rt, &f), UV_ENOSPC); /* and it is closed */
    assert_int_equal(do_write(rt, &f, "x"), UV_EBADF);
    bide_uv_file_drop(&f);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
}

/* The disk takes the first half of a write: the rest is tried again, and its error told. */
static void a_write_that_is_cut(void **state)
{
    bide_uv *rt = new_rt(NULL);
    bide_uv_file f = {0};
    struct rlimit before, small;
    bide_poll r;
    int32_t e = 0;
    (void)state;
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(do_open(rt, O_WRONLY | O_CREAT | O_TRUNC, &f), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small = before;
    small.rlim_cur = 5;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_int_equal(do_write(rt, &f, "0123456789"), 0);
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_file_flush, &e, (&f));
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(e, UV_EFBIG);
    bide_uv_file_drop(&f);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
    file_holds("01234");
}

static void facts(void **state)
{
    bide_uv *rt = new_rt(NULL);
    bide_uv_file f = {0};
    bide_uv_file_info info;
    bide_poll r;
    int32_t e = -1;
    (void)state;
    assert_int_equal(do_open(rt, O_RDWR | O_CREAT | O_TRUNC, &f), 0);
    assert_int_equal(do_write(rt, &f, "12345"), 0);
    assert_int_equal(do_close(rt, &f), 0);
    bide_uv_file_drop(&f);
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_file_stat, &e, (rt, path, &info));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(e, 0);
    assert_int_equal(info.size, 5);
    assert_true(info.is_file);
    assert_false(info.is_directory);
    assert_int_equal(info.mode & 0777, 0600);
    assert_true(info.modified > 1000000000000000000);
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_file_stat, &e, (rt, "/tmp", &info));
    assert_int_equal(e, 0);
    assert_true(info.is_directory);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
}

/* ---- dropping ----------------------------------------------------------------------------- */

/* Spawns, runs the loop so often, aborts. */
#define DROPPED_BEHIND(rounds, rt, F, args)                                                        \
    do {                                                                                           \
        bide_join dropped;                                                                         \
        assert_int_equal(BIDE_SPAWN(bide_uv_runtime(rt), F, &dropped, args), BIDE_READY);          \
        for (int round = 0; round < (rounds); round++)                                             \
            (void)uv_run(bide_uv_loop(rt), UV_RUN_NOWAIT);                                         \
        bide_join_abort(&dropped);                                                                 \
        bide_join_detach(&dropped);                                                                \
        (void)uv_run(bide_uv_loop(rt), UV_RUN_NOWAIT);                                             \
    } while (0)

static void dropped_at_every_await(void **state)
{
    bide_uv *rt = new_rt(NULL);
    bide_uv_file f = {0}, other = {0};
    bide_uv_file_info info;
    char text[32] = "", unused[32];
    (void)state;
    assert_int_equal(do_open(rt, O_RDWR | O_CREAT | O_TRUNC, &f), 0);
    assert_int_equal(do_write(rt, &f, "abcdef"), 0);
    for (int rounds = 0; rounds < 4; rounds++) {
        DROPPED_BEHIND(rounds, rt, bide_uv_file_open, (rt, path, O_RDONLY, 0, &other));
        bide_uv_file_drop(&other);
        DROPPED_BEHIND(rounds, rt, bide_uv_file_stat, (rt, path, &info));
        DROPPED_BEHIND(rounds, rt, bide_uv_file_sync, (&f));
        DROPPED_BEHIND(rounds, rt, bide_uv_file_seek, (&f, 0, SEEK_END));
    }
    /* A read that is dropped while a thread reads: the bytes are there for the next. */
    assert_int_equal(do_seek(rt, &f, 0, SEEK_SET), 0);
    DROPPED_BEHIND(1, rt, bide_uv_file_read, (&f, unused, sizeof unused));
    assert_int_equal(do_read(rt, &f, text, 2), 2);
    assert_int_equal(do_read(rt, &f, text + 2, 8), 4);
    assert_string_equal(text, "abcdef");
    DROPPED_BEHIND(1, rt, bide_uv_file_close, (&f));
    bide_uv_file_drop(&f);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
}

static void the_loops_end_comes_first(void **state)
{
    bide_uv *rt = new_rt(NULL);
    bide_uv_file f = {0};
    bide_poll r;
    ptrdiff_t n = 0;
    char c;
    (void)state;
    assert_int_equal(do_open(rt, O_RDWR | O_CREAT | O_TRUNC, &f), 0);
    assert_int_equal(do_write(rt, &f, "kept"), 0);
    assert_int_equal(bide_uv_free(rt), BIDE_READY); /* with the write under way */
    BIDE_BLOCK_ON_TO(r, bide_uv_file_read, &n, (&f, &c, 1));
    assert_int_equal(r, BIDE_READY);
    assert_int_equal(n, UV_ECANCELED);
    bide_uv_file_drop(&f);
    file_holds("kept");
}

/* Work of the application's holds libuv's threads, so that what a file has to do comes later. */
enum { POOL_THREADS = 4 };

static void hold_a_thread(uv_work_t *work)
{
    (void)work;
    uv_sleep(100);
}

static void count_look(uv_prepare_t *looks)
{
    ++*(int *)looks->data;
}

/* The rounds that a loop makes while bide_uv_free waits for a file, with a timer or a wake that
 * comes meanwhile. The tasks are gone by then: nobody may take a turn. */
static int looks_while_ending(bool turn_is_wanted)
{
    uv_loop_t loop;
    uv_prepare_t prepare;
    uv_work_t work[POOL_THREADS];
    int looks = 0;
    bide_uv *rt;
    bide_uv_file f = {0};
    assert_int_equal(uv_loop_init(&loop), 0);
    rt = new_rt(&loop);
    assert_int_equal(do_open(rt, O_RDWR | O_CREAT | O_TRUNC, &f), 0);
    assert_int_equal(BIDE_SPAWN(bide_uv_runtime(rt), bide_sleep, NULL, (20)), BIDE_READY);
    (void)uv_run(&loop, UV_RUN_NOWAIT);
    (void)uv_prepare_init(&loop, &prepare);
    prepare.data = &looks;
    (void)uv_prepare_start(&prepare, count_look);
    for (int i = 0; i < POOL_THREADS; i++)
        assert_int_equal(uv_queue_work(&loop, &work[i], hold_a_thread, NULL), 0);
    bide_uv_file_drop(&f);
    if (turn_is_wanted)
        assert_int_equal(BIDE_SPAWN(bide_uv_runtime(rt), bide_sleep, NULL, (20)), BIDE_READY);
    assert_int_equal(bide_uv_free(rt), BIDE_READY);
    uv_close((uv_handle_t *)&prepare, NULL);
    close_loop(&loop);
    return looks;
}

static void the_loops_end_waits_asleep(void **state)
{
    (void)state;
    assert_in_range(looks_while_ending(false), 1, 20);
    assert_in_range(looks_while_ending(true), 1, 20);
}

static bide_poll file_through(bide_allocator *a)
{
    bide_uv_options o = bide_uv_options_init();
    bide_uv_file f = {0};
    bide_uv_file_info info;
    int32_t e = 0;
    int64_t at = 0;
    ptrdiff_t n = 0;
    char text[8];
    bide_uv *rt;
    bide_poll r;
    o.allocator = a;
    o.buffer_cache = 0;
    r = bide_uv_new(&o, NULL, &rt);
    if (r != BIDE_READY)
        return r;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_file_open, &e, (rt, path, O_RDWR | O_CREAT, 0600, &f));
    if (r == BIDE_READY)
        BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_file_write_all, &e, (&f, "abc", 3, NULL));
    if (r == BIDE_READY)
        BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_file_seek, &at, (&f, 0, SEEK_SET));
    if (r == BIDE_READY)
        BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_file_read, &n, (&f, text, sizeof text));
    if (r == BIDE_READY)
        BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_file_stat, &e, (rt, path, &info));
    if (r == BIDE_READY && (e != 0 || n != 3 || info.size != 3))
        r = BIDE_EMISUSE;
    bide_uv_file_drop(&f);
    (void)bide_uv_free(rt);
    return r;
}

TEST_EVERY_FAILURE(no_memory_for_files, file_through)

#define FILE_TEST(name) cmocka_unit_test_setup_teardown(name, make_path, remove_path)

int main(void)
{
    const struct CMUnitTest tests[] = {
        FILE_TEST(written_and_read_back),
        FILE_TEST(appended_at_the_end),
        FILE_TEST(a_file_that_grows_is_read_on),
        FILE_TEST(copied_through_handles),
        FILE_TEST(errors_are_values),
        FILE_TEST(a_late_error_is_told),
        FILE_TEST(a_write_that_is_cut),
        FILE_TEST(facts),
        FILE_TEST(dropped_at_every_await),
        FILE_TEST(the_loops_end_comes_first),
        FILE_TEST(the_loops_end_waits_asleep),
        FILE_TEST(no_memory_for_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

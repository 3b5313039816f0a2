/*
 * test_http_client.c: requests that cannot be sent, limits, retries and time limits to the
 * millisecond, and fetches that overlap.
 */
#include "support.h"

#include "conversation.h"

#include <string.h>

/* One client on a recording and a clock that the executor moves. */
typedef struct bench {
    Recording recording;
    bide_virtual_clock clock;
    bide_local *executor;
    http_client client;
} bench;

static void set_up(bench *b, const char *recording, const http_options *options)
{
    bide_local_options o = bide_local_options_init();
    conversation_load(&b->recording, recording);
    bide_virtual_clock_init(&b->clock, true);
    o.clock = &b->clock.base;
    o.offload_threads = 0;
    assert_int_equal(bide_local_new(&o, &b->executor), BIDE_READY);
    http_client_init(&b->client, Recording_as_Dialer(&b->recording, NULL), options);
}

static void tear_down(bench *b)
{
    http_client_close(&b->client);
    assert_int_equal(b->recording.open, 0);
    (void)bide_local_free(b->executor);
    Recording_free(&b->recording);
}

static uint64_t now_ms(bench *b)
{
    return bide_virtual_clock_now(&b->clock) / 1000000;
}

static int32_t fetch(bench *b, const http_request *request, http_answer *answer)
{
    int32_t code = 1;
    assert_int_equal(BIDE_RUN_UNTIL(b->executor, http_fetch, &code, (&b->client, request, answer)),
                     BIDE_READY);
    return code;
}

/* ---- requests that cannot be sent --------------------------------------------------------- */

static void refuses(const http_request *request, const char *problem)
{
    bench b;
    http_answer answer;
    char said[200];
    set_up(&b, "length.txt", NULL);
    http_answer_init(&answer, NULL);
    assert_int_equal(fetch(&b, request, &answer), HTTP_BAD_REQUEST);
    http_problem_text(&answer.problem, said, sizeof said);
    assert_string_equal(said, problem);
    assert_int_equal(answer.tries, 0);
    assert_int_equal(b.recording.dials, 0);
    http_answer_free(&answer);
    tear_down(&b);
}

static void test_bad_url(void **state)
{
    static const struct {
        const char *url, *problem;
    } all[] = {
        {"https://a.org/", "the URL does not begin with http://: 'https://a.org/'"},
        {"http:///x", "the URL has no host, or too long a one: 'http:///x'"},
        {"http://a.org/a b", "the URL holds a space or a byte beyond ASCII: 'http://a.org/a b'"},
        {"http://a.org/\r\nX: y",
         "the URL holds a space or a byte beyond ASCII: 'http://a.org/??X: y'"},
        {"http://me@a.org/",
         "the URL has a user, an address in brackets or a fragment: 'http://me@a.org/'"},
        {"http://a.org/#part",
         "the URL has a user, an address in brackets or a fragment: 'http://a.org/#part'"},
        {"http://a.org:0/", "the URL's port is no number from 1 to 65535: '0/'"},
        {"http://a.org:65536/", "the URL's port is no number from 1 to 65535: '65536/'"},
        {"http://a.org:80x", "the URL's port is no number from 1 to 65535: '80x'"},
        {"http://a.org:?q", "the URL's port is no number from 1 to 65535: '?q'"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        http_request request = {.method = "GET", .url = all[i].url};
        char problem[200];
        (void)snprintf(problem, sizeof problem, "request that cannot be sent: %s", all[i].problem);
        refuses(&request, problem);
    }
}

static void test_bad_header(void **state)
{
    static const struct {
        http_header header;
        const char *problem;
    } all[] = {
        {{"A b", "1"}, "the name of a header is no token: 'A b'"},
        {{"", "1"}, "the name of a header is no token: ''"},
        {{"A", "1\r\nB: 2"}, "the value of a header holds control characters: 'A'"},
        {{"host", "b.org"}, "the header is the client's own affair: 'host'"},
        {{"Content-Length", "7"}, "the header is the client's own affair: 'Content-Length'"},
        {{"Transfer-Encoding", "chunked"},
         "the header is the client's own affair: 'Transfer-Encoding'"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        http_request request = {
            .method = "GET", .url = "http://a.org/", .headers = &all[i].header, .header_count = 1};
        char problem[200];
        (void)snprintf(problem, sizeof problem, "request that cannot be sent: %s", all[i].problem);
        refuses(&request, problem);
    }
}

static void test_bad_method(void **state)
{
    http_request request = {.method = "GE T", .url = "http://a.org/"};
    (void)state;
    refuses(&request, "request that cannot be sent: the method is no token: 'GE T'");
}

/* ---- limits ------------------------------------------------------------------------------- */

static void test_limits_to_the_byte(void **state)
{
    http_request request = {.method = "GET", .url = "http://example.org:8080?all=1"};
    (void)state;
    for (uint64_t most = 18; most <= 21; most++) {
        http_options options = http_options_init();
        http_answer answer;
        bench b;
        options.body_most = most;
        set_up(&b, "chunked.txt", &options);
        http_answer_init(&answer, NULL);
        assert_int_equal(fetch(&b, &request, &answer), most < 20 ? HTTP_TOO_LARGE : HTTP_OK);
        http_answer_free(&answer);
        tear_down(&b);
    }
}

static void test_limit_without_length(void **state)
{
    http_request request = {.method = "GET", .url = "http://example.org/"};
    (void)state;
    for (uint64_t most = 7; most <= 9; most++) {
        http_options options = http_options_init();
        http_answer answer;
        bench b;
        options.body_most = most;
        set_up(&b, "to_the_end.txt", &options);
        http_answer_init(&answer, NULL);
        assert_int_equal(fetch(&b, &request, &answer), most < 8 ? HTTP_TOO_LARGE : HTTP_OK);
        http_answer_free(&answer);
        tear_down(&b);
    }
}

static void test_limit_of_fields(void **state)
{
    http_request request = {.method = "GET", .url = "http://a.org/1"};
    http_options options = http_options_init();
    http_answer answer;
    bench b;
    (void)state;
    options.head_most = 10;
    set_up(&b, "stale.txt", &options);
    http_answer_init(&answer, NULL);
    assert_int_equal(fetch(&b, &request, &answer), HTTP_TOO_LARGE);
    assert_int_equal(answer.problem.line, 2);
    http_answer_free(&answer);
    tear_down(&b);
}

/* ---- time --------------------------------------------------------------------------------- */

/* The recording waits 5 ms, and the client 200 and 400: the answer is there at 605. */
static void test_time_limit_to_the_millisecond(void **state)
{
    http_request request = {.method = "GET", .url = "http://a.org/1"};
    static const uint64_t limits[] = {1, 4, 6, 204, 206, 604, 606};
    static const unsigned tries[] = {1, 1, 1, 1, 2, 2, 3};
    (void)state;
    for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++) {
        http_options options = http_options_init();
        http_answer answer;
        bool in_time = limits[i] > 605;
        bench b;
        options.limit_ms = limits[i];
        set_up(&b, "retried.txt", &options);
        http_answer_init(&answer, NULL);
        assert_int_equal(fetch(&b, &request, &answer), in_time ? HTTP_OK : HTTP_TIMED_OUT);
        assert_int_equal(now_ms(&b), in_time ? 605 : limits[i]);
        assert_int_equal(answer.tries, tries[i]);
        http_answer_free(&answer);
        tear_down(&b);
    }
}

static void test_tries_are_counted(void **state)
{
    http_request request = {.method = "GET", .url = "http://a.org/1"};
    static const uint64_t elapsed[] = {0, 50, 150};
    (void)state;
    for (unsigned tries = 1; tries <= 3; tries++) {
        http_options options = http_options_init();
        http_answer answer;
        bench b;
        options.tries = tries;
        options.pause_ms = 50;
        set_up(&b, "unreachable.txt", &options);
        http_answer_init(&answer, NULL);
        assert_int_equal(fetch(&b, &request, &answer), HTTP_NO_STREAM);
        assert_int_equal(answer.tries, tries);
        assert_int_equal(b.recording.dials, tries);
        assert_int_equal(now_ms(&b), elapsed[tries - 1]);
        http_answer_free(&answer);
        tear_down(&b);
    }
}

/* ---- fetches that overlap ----------------------------------------------------------------- */

/* Three of them, two connections in the end: the one that ends last is kept. */
static void test_overlapping(void **state)
{
    static const char *const urls[] = {"http://a.org/1", "http://a.org/2", "http://b.org/3"};
    http_request requests[3] = {{.method = "GET"}, {.method = "GET"}, {.method = "GET"}};
    http_answer answers[3];
    bide_join joins[3];
    bench b;
    (void)state;
    set_up(&b, "overlapping.rec", NULL);
    b.recording.pends = 3;
    for (size_t i = 0; i < 3; i++) {
        requests[i].url = urls[i];
        http_answer_init(&answers[i], NULL);
        assert_int_equal(
            BIDE_SPAWN(b.executor, http_fetch, &joins[i], (&b.client, &requests[i], &answers[i])),
            BIDE_READY);
    }
    assert_int_equal(bide_local_run(b.executor), BIDE_READY);
    assert_int_equal(now_ms(&b), 20);
    for (size_t i = 0; i < 3; i++) {
        int32_t code = 1;
        assert_int_equal(bide_join_try_take(&joins[i], &code), BIDE_READY);
        assert_int_equal(code, HTTP_OK);
        assert_int_equal(answers[i].body.data[0], '1' + (char)i);
        http_answer_free(&answers[i]);
    }
    assert_int_equal(b.recording.open, 1);
    assert_true(Recording_is_over(&b.recording));
    tear_down(&b);
}

/* The executor ends while they run: all is dropped. */
static void test_dropped_together(void **state)
{
    http_request request = {.method = "GET", .url = "http://a.org/1"};
    http_answer answers[2];
    bench b;
    (void)state;
    set_up(&b, "late.txt", NULL);
    for (size_t i = 0; i < 2; i++) {
        http_answer_init(&answers[i], NULL);
        assert_int_equal(
            BIDE_SPAWN(b.executor, http_fetch, NULL, (&b.client, &request, &answers[i])),
            BIDE_READY);
        (void)bide_local_run_until_stalled(b.executor);
        request.url = "http://a.org/2";
    }
    (void)bide_local_free(b.executor);
    b.executor = NULL;
    http_answer_free(&answers[0]);
    http_answer_free(&answers[1]);
    tear_down(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_url),
        cmocka_unit_test(test_bad_header),
        cmocka_unit_test(test_bad_method),
        cmocka_unit_test(test_limits_to_the_byte),
        cmocka_unit_test(test_limit_without_length),
        cmocka_unit_test(test_limit_of_fields),
        cmocka_unit_test(test_time_limit_to_the_millisecond),
        cmocka_unit_test(test_tries_are_counted),
        cmocka_unit_test(test_overlapping),
        cmocka_unit_test(test_dropped_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

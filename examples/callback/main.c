/*
 * main.c: bide and callbacks, both ways.
 *
 * A sensor library calls back from a thread of its own (sensor.h). reading.h makes futures of its
 * requests: they are awaited, raced against a timer, and cancelled by being dropped. The other way
 * round, code that knows nothing of bide starts an async function and is called back at its end.
 *
 *     callback            a tour; prints what happens
 *     callback race N     N rounds in which answer and time limit meet; checks that nothing is lost
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reading.h"

/* ---- async functions over readings --------------------------------------------------------- */

/* sum_of_two(source, first, second): two requests at once. */
#define sum_of_two_FRAME(ROW)                                                                      \
    ROW(PARAM, sensor *, source)                                                                   \
    ROW(PARAM, int, first)                                                                         \
    ROW(PARAM, int, second)                                                                        \
    ROW(LOCAL, reading, one)                                                                       \
    ROW(LOCAL, reading, two)                                                                       \
    ROW(JOIN, both, (read_sensor, a), (read_sensor, b))
BIDE_ASYNC(int32_t, sum_of_two)
{
    BIDE_BEGIN(sum_of_two);
    BIDE_AWAIT_JOIN(both, (read_sensor, a, f->one, (f->source, f->first)),
                    (read_sensor, b, f->two, (f->source, f->second)));
    BIDE_RETURN(f->one.value + f->two.value);
    BIDE_END;
}

/* average(source, channels): one request after the other; channels that give none do not count. */
#define average_FRAME(ROW)                                                                         \
    ROW(PARAM, sensor *, source)                                                                   \
    ROW(PARAM, int, channels)                                                                      \
    ROW(LOCAL, int, channel)                                                                       \
    ROW(LOCAL, int, got)                                                                           \
    ROW(LOCAL, int32_t, sum)                                                                       \
    ROW(LOCAL, reading, now)                                                                       \
    ROW(CHILD, read_sensor, reader)
BIDE_ASYNC(int32_t, average)
{
    BIDE_BEGIN(average);
    for (; f->channel < f->channels; f->channel++) {
        BIDE_AWAIT_TO(f->now, read_sensor, reader, (f->source, f->channel));
        if (f->now.error == SENSOR_OK) {
            f->sum += f->now.value;
            f->got++;
        }
    }
    BIDE_RETURN(f->got ? f->sum / f->got : 0);
    BIDE_END;
}

/* ---- the tour ------------------------------------------------------------------------------ */

/* False, and told, if a call of the library failed. */
static bool good(const char *what, bide_poll code)
{
    if (code != BIDE_READY)
        fprintf(stderr, "callback: %s: %s\n", what, bide_strerror(code));
    return code == BIDE_READY;
}

static sensor *open_sensor(void)
{
    sensor *s = sensor_open();
    if (!s)
        fputs("callback: no memory, or no thread, for a sensor\n", stderr);
    return s;
}

static bool await_readings(bide_local *ex, sensor *s)
{
    reading got = {0};
    int32_t sum = 0;
    bide_poll code;
    BIDE_RUN_UNTIL_TO(code, ex, read_sensor, &got, (s, 3));
    if (!good("reading", code))
        return false;
    printf("channel 3: %" PRId32 "\n", got.value);
    BIDE_RUN_UNTIL_TO(code, ex, sum_of_two, &sum, (s, 1, 2));
    if (!good("two readings", code))
        return false;
    printf("channels 1 and 2 together: %" PRId32 "\n", sum);
    BIDE_RUN_UNTIL_TO(code, ex, read_sensor, &got, (s, SENSOR_CHANNELS));
    if (!good("refused reading", code))
        return false;
    printf("channel %d: %s\n", SENSOR_CHANNELS, got.error == READING_REFUSED ? "refused" : "?");
    return true;
}

static bool race_broken_channel(bide_local *ex, sensor *s)
{
    reading got = {0};
    bide_poll code;
    BIDE_RUN_UNTIL_TO(code, ex, read_within, &got, (20, s, SENSOR_BROKEN));
    if (!good("race", code))
        return false;
    printf("channel %d: %s, %u request cancelled\n", SENSOR_BROKEN,
           got.error == READING_TIMED_OUT ? "no answer within 20 ms" : "?",
           sensor_count(s).cancelled);
    return true;
}

/* What existing code writes: a function that is called when the work is done. */
struct call {
    const char *what;
    bide_poll code; /* BIDE_PENDING until then */
};

static void on_average(void *arg, bide_poll code, const void *output)
{
    struct call *call = arg;
    call->code = code;
    if (code == BIDE_READY)
        printf("called back: %s is %" PRId32 "\n", call->what, *(const int32_t *)output);
    else
        printf("called back: %s: %s\n", call->what, bide_strerror(code));
}

static bool call_back_at_the_end(bide_local *ex, sensor *s)
{
    struct call call = {"the average of channels 0 to 4", BIDE_PENDING};
    return good("spawn", BIDE_SPAWN_THEN(ex, average, on_average, &call, (s, 5))) &&
           good("run", bide_local_run(ex)) && good(call.what, call.code);
}

/* The executor ends while one task waits for the broken channel: its future is dropped, the request
 * taken back, and the callback told. */
static bool end_while_waiting(bide_local *ex, sensor *s)
{
    struct call call = {"the average of all channels", BIDE_PENDING};
    unsigned asked = sensor_count(s).asked + SENSOR_CHANNELS;
    bide_poll code = BIDE_READY;
    if (!good("spawn", BIDE_SPAWN_THEN(ex, average, on_average, &call, (s, SENSOR_CHANNELS))))
        return false;
    /* Time for the good channels; the one that is asked last does not answer. */
    while (code == BIDE_READY && call.code == BIDE_PENDING && sensor_count(s).asked < asked)
        BIDE_RUN_UNTIL_TO(code, ex, bide_sleep, NULL, (10));
    return good("sleep", code) && good("end", bide_local_free(ex)) &&
           (call.code == BIDE_ECANCELED || good(call.what, call.code));
}

/* The sensor goes first: its callbacks come before it is gone, and end the future. */
static bool close_while_waiting(bide_local *ex, sensor *s)
{
    reading got = {0};
    bide_join join;
    if (!good("spawn", BIDE_SPAWN(ex, read_sensor, &join, (s, SENSOR_BROKEN))))
        return false;
    bide_local_run_until_stalled(ex);
    sensor_close(s);
    if (!good("run", bide_local_run(ex)) || !good("take", bide_join_try_take(&join, &got)))
        return false;
    printf("channel %d: %s\n", SENSOR_BROKEN, got.error == SENSOR_CLOSED ? "sensor closed" : "?");
    return true;
}

static bool tour(void)
{
    bide_local *ex = NULL;
    sensor *s = open_sensor();
    bool ok = s && good("executor", bide_local_new(NULL, &ex));
    ok = ok && await_readings(ex, s) && race_broken_channel(ex, s) && call_back_at_the_end(ex, s);
    ok = ok && end_while_waiting(ex, s);
    if (!ok)
        return false; /* the process ends, and with it the rest */
    printf("%u requests cancelled, %u pending\n", sensor_count(s).cancelled,
           sensor_count(s).pending);
    ok = good("executor", bide_local_new(NULL, &ex)) && close_while_waiting(ex, s);
    return good("end", bide_local_free(ex)) && ok;
}

/* ---- the race ------------------------------------------------------------------------------ */

enum { AT_ONCE = 8 };

struct tally {
    unsigned answered, timed_out, failed;
};

static void on_reading(void *arg, bide_poll code, const void *output)
{
    struct tally *tally = arg;
    const reading *got = output;
    if (code != BIDE_READY)
        tally->failed++;
    else if (got->error == SENSOR_OK)
        tally->answered++;
    else
        tally->timed_out++;
}

/* Channel 1 answers after a millisecond, which is the time limit, too: callback and cancellation
 * meet in any order. Each request must be answered or taken back, each future must end once. */
static bool race(unsigned rounds)
{
    struct tally tally = {0};
    bide_local *ex = NULL;
    sensor *s = open_sensor();
    sensor_counts counts;
    bool ok = s && good("executor", bide_local_new(NULL, &ex));
    for (unsigned i = 0; ok && i < rounds; i++) {
        for (int k = 0; k < AT_ONCE; k++)
            ok = ok &&
                 good("spawn", BIDE_SPAWN_THEN(ex, read_within, on_reading, &tally, (1, s, 1)));
        ok = ok && good("run", bide_local_run(ex));
    }
    if (!ok)
        return false;
    bide_local_free(ex);
    counts = sensor_count(s);
    sensor_close(s);
    printf("%u answered, %u timed out; of %u requests %u were cancelled\n", tally.answered,
           tally.timed_out, counts.asked, counts.cancelled);
    ok = tally.failed == 0 && counts.asked == rounds * AT_ONCE && counts.pending == 0 &&
         tally.answered + tally.timed_out == counts.asked &&
         counts.answered + counts.cancelled == counts.asked && counts.answered >= tally.answered;
    puts(ok ? "nothing lost" : "something was lost");
    return ok;
}

int main(int argc, char **argv)
{
    bool ok;
    if (argc == 1) {
        ok = tour();
    } else if (argc == 3 && strcmp(argv[1], "race") == 0) {
        ok = race((unsigned)strtoul(argv[2], NULL, 10));
    } else {
        fputs("usage: callback [race ROUNDS]\n", stderr);
        return 2;
    }
    return ok && fflush(stdout) == 0 ? 0 : 1;
}

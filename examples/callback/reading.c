/*
 * reading.c: wrapping sensor_start and sensor_cancel.
 */
#include "reading.h"

#include <errno.h>

/* On the sensor's thread: ends the future, and gives the completer's side up. */
static void on_answer(void *arg, int error, int32_t value)
{
    sensor_answer_complete(arg, (reading){error, value});
}

/* Both sides are ours until the sensor has taken the request. */
static bide_poll ask(struct read_sensor *f)
{
    bide_completion_options options = bide_completion_options_init();
    bide_poll code = sensor_answer_new(&options, &f->completion);
    if (code != BIDE_READY)
        return code;
    f->request = sensor_start(f->source, f->channel, on_answer, f->completion);
    if (f->request != 0)
        return BIDE_READY;
    code = errno == ENOMEM ? BIDE_ENOMEM : BIDE_READY;
    bide_completion_drop(f->completion);
    bide_completion_abandon(f->completion);
    return code;
}

BIDE_ASYNC_DEFINE(reading, read_sensor)
{
    BIDE_BEGIN(read_sensor);
    f->code = ask(f);
    if (f->code != BIDE_READY)
        BIDE_FAIL(f->code);
    if (f->request == 0)
        BIDE_RETURN((reading){.error = READING_REFUSED});
    BIDE_AWAIT_TO(f->result, sensor_answer, answer, (f->completion));
    f->request = 0;
    BIDE_RETURN(f->result);
BIDE_CLEANUP:
    /* Taken back in time: the callback is never called, its side of the completion is left to us.
     * Too late: the callback gives it up, perhaps at this moment; it is not ours to touch. */
    if (f->request != 0 && sensor_cancel(f->source, f->request))
        bide_completion_drop(f->completion);
    BIDE_END;
}

/* ---- the race, by hand --------------------------------------------------------------------- */

void read_within_drop(struct read_within *f)
{
    if (f->begun && !f->ended) {
        read_sensor_drop(&f->reader);
        bide_sleep_drop(&f->timer);
    }
    f->ended = true;
}

/* The frame is where it will stay when it is polled, so the two futures are built here, in it. */
bide_poll read_within_poll(struct read_within *f, bide_context *cx, reading *out)
{
    bide_poll r;
    if (f->ended)
        return BIDE_EMISUSE;
    if (!f->begun) {
        read_sensor_init(&f->reader, f->source, f->channel);
        bide_sleep_init(&f->timer, f->ms);
        f->begun = true;
    }
    r = read_sensor_poll(&f->reader, cx, out);
    if (r == BIDE_PENDING) {
        r = bide_sleep_poll(&f->timer, cx, NULL);
        if (r == BIDE_READY)
            *out = (reading){.error = READING_TIMED_OUT};
    }
    if (r != BIDE_PENDING)
        read_within_drop(f); /* the winner has ended: dropping it does nothing */
    return r;
}

BIDE_FUTURE_DEFINE(reading, read_within);

/*
 * reading.h: the sensor's callback as a future, and a reading with a time limit.
 */
#ifndef READING_H
#define READING_H

#include <bide/bide.h>

#include "sensor.h"

/* What comes of a reading. The sensor's errors are the user's, so they are part of the value; a
 * future fails only when it cannot finish, as with BIDE_ENOMEM. */
typedef struct reading {
    int error; /* SENSOR_OK, SENSOR_CLOSED, or one of these */
    int32_t value;
} reading;

enum { READING_REFUSED = 100, READING_TIMED_OUT = 101 };

/* The end of one request: a completion with a reading as its value. */
#define sensor_answer_FRAME BIDE_COMPLETION_FRAME
BIDE_COMPLETION(reading, sensor_answer);

/* read_sensor(source, channel) -> reading: asks, and waits for the answer. Dropped while it waits,
 * it takes the request back. */
#define read_sensor_FRAME(ROW)                                                                     \
    ROW(PARAM, sensor *, source) ROW(PARAM, int, channel)                                          \
    ROW(LOCAL, bide_completion *, completion) /* the completer's side, while it may be ours */     \
    ROW(LOCAL, uint64_t, request)             /* 0: there is none to take back */                  \
    ROW(LOCAL, bide_poll, code) ROW(LOCAL, reading, result) ROW(CHILD, sensor_answer, answer)
BIDE_ASYNC_DECLARE(reading, read_sensor)

/* read_within(ms, source, channel) -> reading: a race of that with a timer. Whichever ends first,
 * the other is dropped; a request that is too late is taken back, and the reading's error is
 * READING_TIMED_OUT. */
#define read_within_FRAME(ROW)                                                                     \
    ROW(PARAM, uint64_t, ms) ROW(PARAM, sensor *, source) ROW(PARAM, int, channel)                 \
    ROW(LOCAL, bool, begun) ROW(LOCAL, bool, ended)                                                \
    ROW(BUFFER, struct read_sensor, reader) ROW(BUFFER, struct bide_sleep, timer)
BIDE_FUTURE_DECLARE(reading, read_within)

#endif

/*
 * sensor.h: an existing callback library, which knows nothing of bide.
 *
 * Readings are asked for and arrive later, by a call from the library's own thread. Channels 0 to 9
 * exist; channel n answers 20 + n after n milliseconds, but 9 is broken: it never answers.
 */
#ifndef SENSOR_H
#define SENSOR_H

#include <stdbool.h>
#include <stdint.h>

typedef struct sensor sensor;

/* Called once for each request that is not cancelled, on the sensor's thread. `error` is 0, or
 * SENSOR_CLOSED. */
typedef void (*sensor_callback)(void *arg, int error, int32_t value);

enum { SENSOR_CHANNELS = 10, SENSOR_BROKEN = 9 };
enum { SENSOR_OK = 0, SENSOR_CLOSED = 1 };

/* What has happened so far: asked == answered + cancelled + pending. */
typedef struct sensor_counts {
    unsigned asked, answered, cancelled, pending;
} sensor_counts;

/* Starts the thread. NULL: no memory, or no thread. */
sensor *sensor_open(void);

/* Answers what is pending with SENSOR_CLOSED, ends the thread, waits for it. */
void sensor_close(sensor *s);

/* Asks for a reading. The number of the request, which is never used again; or 0, with errno, if
 * there is no such channel (EINVAL) or no memory (ENOMEM): the callback is not called then. Any
 * thread. */
uint64_t sensor_start(sensor *s, int channel, sensor_callback callback, void *arg);

/* Takes a request back. True: its callback is never called. False: it was called, or is being
 * called now. Any thread. */
bool sensor_cancel(sensor *s, uint64_t request);

sensor_counts sensor_count(sensor *s);

#endif

/*
 * readings.h: what the sinks of this example take, and the interface by which they are handed
 * around.
 */
#ifndef TEE_READINGS_H
#define TEE_READINGS_H

#include <bide/bide.h>
#include <bide/sink.h>

typedef struct reading {
    uint32_t number;
    int32_t celsius;
} reading;

BIDE_SINK(Readings, reading);

/* Errors of the sinks here, beside those of bide/sink.h. */
enum { READINGS_FULL = -1 };

#endif

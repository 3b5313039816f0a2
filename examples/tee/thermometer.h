/*
 * thermometer.h: where readings come from, and how they get into a sink.
 */
#ifndef TEE_THERMOMETER_H
#define TEE_THERMOMETER_H

#include "readings.h"

/* So many readings, one after the other. */
bide_async_gen reading thermometer(uint32_t count);

/* Everything that the thermometer gives goes into the sink, which is closed then; 0, or the first
 * error of the sink. */
bide_async int32_t record(uint32_t count, Readings *into);

#include BIDE_GENERATED("thermometer.gen.h")

BIDE_STREAM_BY_GENERATOR(Thermometer, thermometer, reading);

#endif

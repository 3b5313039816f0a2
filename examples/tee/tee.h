/*
 * tee.h: a sink over two sinks. Its send is an async function: it waits, logs, and sends to both at
 * a time.
 *
 * Tee takes any two sinks of readings by their handles, other Tees among them; it does not own
 * them. PrinterTee is the same over a type that is known: no call of it is indirect.
 */
#ifndef TEE_TEE_H
#define TEE_TEE_H

#include "printer.h"

typedef struct Tee {
    const char *name;
    FILE *log;
    Readings left, right;
} Tee;

typedef struct PrinterTee {
    const char *name;
    FILE *log;
    PrinterSink *left, *right;
} PrinterTee;

/* The first error of either side, or 0; both get the item in any case. */
bide_async int32_t Tee_send(Tee *self, reading r);
bide_async int32_t PrinterTee_send(PrinterTee *self, reading r);

/* Closes both. */
#define Tee_HAS_close 1
bide_async int32_t Tee_close(Tee *self);

#include BIDE_GENERATED("tee.gen.h")

BIDE_SINK_BY_SEND(TeeSink, Tee, reading);
BIDE_SINK_IMPL_DECLARE(Readings, TeeSink);
BIDE_SINK_BY_SEND(PrinterTeeSink, PrinterTee, reading);
BIDE_SINK_IMPL_DECLARE(Readings, PrinterTeeSink);

#endif

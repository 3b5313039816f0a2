/*
 * printer.h: a sink that prints readings, as an async function.
 */
#ifndef TEE_PRINTER_H
#define TEE_PRINTER_H

#include "readings.h"

#include <stdio.h>

typedef struct Printer {
    const char *name;
    FILE *out;
    uint32_t paper; /* lines that are left */
} Printer;

/* Waits for its turn, and prints one line; READINGS_FULL when there is no paper. */
bide_async int32_t Printer_send(Printer *self, reading r);

#include BIDE_GENERATED("printer.gen.h")

/* One line makes a full sink of it, with the future of the send in flight in place. */
BIDE_SINK_BY_SEND(PrinterSink, Printer, reading);
BIDE_SINK_IMPL_DECLARE(Readings, PrinterSink);

#endif

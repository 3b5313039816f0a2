/*
 * printer.async.c: printing.
 */
#include "printer.h"

#include <bide/async_source.h>

async int32_t Printer_send(Printer *self, reading r)
{
    await(bide_yield());
    if (self->paper == 0)
        return READINGS_FULL;
    self->paper--;
    fprintf(self->out, "  %s: %u is %d degrees\n", self->name, (unsigned)r.number, (int)r.celsius);
    return 0;
}

/*
 * tee.async.c: sending to both.
 */
#include "tee.h"

#include <bide/async_source.h>

async int32_t Tee_send(Tee *self, reading r)
{
    await(bide_sleep(1));
    fprintf(self->log, "%s: reading %u\n", self->name, (unsigned)r.number);
    async int32_t left = Readings_send(&self->left, r);
    async int32_t right = Readings_send(&self->right, r);
    join(left, right);
    return await(left) ? await(left) : await(right);
}

async int32_t Tee_close(Tee *self)
{
    async int32_t left = Readings_close(&self->left);
    async int32_t right = Readings_close(&self->right);
    join(left, right);
    fprintf(self->log, "%s: closed\n", self->name);
    return await(left) ? await(left) : await(right);
}

async int32_t PrinterTee_send(PrinterTee *self, reading r)
{
    await(bide_sleep(1));
    fprintf(self->log, "%s: reading %u\n", self->name, (unsigned)r.number);
    async int32_t left = PrinterSink_send(self->left, r);
    async int32_t right = PrinterSink_send(self->right, r);
    join(left, right);
    return await(left) ? await(left) : await(right);
}

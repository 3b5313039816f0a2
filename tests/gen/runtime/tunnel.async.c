/*
 * tunnel.async.c: reads and writes as async functions.
 */
#include "tunnel.h"

#include <bide/async_source.h>

async ptrdiff_t Tunnel_read(Tunnel *self, void *buffer, size_t size)
{
    self->calls++;
    await(bide_yield());
    return await(bide_reader_read(&self->in, buffer, size));
}

async ptrdiff_t Tunnel_write(Tunnel *self, const void *data, size_t size)
{
    self->calls++;
    await(bide_yield());
    return await(bide_writer_write(&self->out, data, size));
}

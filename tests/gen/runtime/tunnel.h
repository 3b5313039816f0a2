/*
 * tunnel.h: a byte stream whose reads and writes are async functions, and what one line each makes
 * of them.
 */
#ifndef BIDE_TESTS_TUNNEL_H
#define BIDE_TESTS_TUNNEL_H

#include <bide/bide.h>
#include <bide/bytes_async.h>
#include <bide/lines.h>

typedef struct Tunnel {
    bide_reader in;
    bide_writer out;
    int32_t calls;
} Tunnel;

/* Yield, then pass on. */
bide_async ptrdiff_t Tunnel_read(Tunnel *self, void *buffer, size_t size);
bide_async ptrdiff_t Tunnel_write(Tunnel *self, const void *data, size_t size);

#include BIDE_GENERATED("tunnel.gen.h")

BIDE_READER_BY_READ(TunnelReader, Tunnel, 8);
BIDE_WRITER_BY_WRITE(TunnelWriter, Tunnel, 8);
BIDE_LINES(TunnelLines, TunnelReader, 100);

#endif

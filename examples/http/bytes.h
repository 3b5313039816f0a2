/*
 * bytes.h: a byte stream, and what makes one: the interfaces that the client stands on.
 *
 * The client knows no sockets. Whoever has some (an event loop, a TLS library, a recording) puts
 * them behind these two.
 */
#ifndef HTTP_BYTES_H
#define HTTP_BYTES_H

#include <bide/bide.h>

/* read    up to `size` bytes; how many, 0 at the end of the stream, negative: it failed
 * write   up to `size` bytes, at least one; how many, negative: it failed
 *
 * Buffers are borrowed until the call has ended. One call at a time. Whoever got the stream from a
 * Dialer ends it with Bytes_destroy, with no call under way. */
#define Bytes_METHODS(METHOD, I, Self)                                                             \
    METHOD(I, Self, ASYNC_MUT, long, read, (void *, buffer), (size_t, size))                       \
    METHOD(I, Self, ASYNC_MUT, long, write, (const void *, data), (size_t, size))
BIDE_INTERFACE(Bytes);

/* What dial gives. */
typedef struct dialled {
    int32_t error; /* 0, or negative: there is no stream */
    Bytes stream;  /* the caller's */
} dialled;

/* dial    a stream to a host's port */
#define Dialer_METHODS(METHOD, I, Self)                                                            \
    METHOD(I, Self, ASYNC, dialled, dial, (const char *, host), (uint16_t, port))
BIDE_INTERFACE(Dialer);

#endif

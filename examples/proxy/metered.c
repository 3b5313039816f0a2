/*
 * metered.c: the counting reader.
 */
#include "proxy.h"

#include <string.h>

/* At the limit it still looks: the end may come, and only more bytes are too many. */
bide_poll metered_poll_fill(metered *m, const char **data, bide_context *cx, ptrdiff_t *count)
{
    bide_poll r = bide_uv_tcp_poll_fill(m->of, data, cx, count);
    uint64_t room = m->most - m->count;
    if (r == BIDE_READY && *count > 0 && m->most != 0 && (uint64_t)*count > room)
        *count = room ? (ptrdiff_t)room : BIDE_BYTES_TOO_LONG;
    m->failed = r == BIDE_READY && *count < 0;
    return r;
}

void metered_consume(metered *m, size_t count)
{
    bide_uv_tcp_consume(m->of, count);
    m->count += count;
}

bide_poll metered_poll_read(metered *m, void *buffer, size_t size, bide_context *cx,
                            ptrdiff_t *count)
{
    const char *data;
    bide_poll r = metered_poll_fill(m, &data, cx, count);
    if (r != BIDE_READY || *count <= 0)
        return r;
    if ((size_t)*count > size)
        *count = (ptrdiff_t)size;
    memcpy(buffer, data, (size_t)*count);
    metered_consume(m, (size_t)*count);
    return r;
}

/*
 * bide/framed.h: messages over byte streams: each with its length before it, or one a line.
 *
 *     BIDE_FRAMES(Messages, conn_reader, 4, BIDE_BIG_ENDIAN, 65536);         a stream of them
 *     BIDE_FRAME_SINK(Answers, conn_writer, 4, BIDE_BIG_ENDIAN, 65536);      a sink for them
 *     BIDE_LINE_SINK(Commands, conn_writer, 512);                            a sink for lines
 *
 * The stream of lines is BIDE_LINES in bide/lines.h. Messages are bide_bytes: one that a stream
 * gave is the caller's, one that a sink has taken is the sink's, which frees it when it is through.
 * Streams hold a buffered reader, sinks a writer, by value, and own it. A message is written in
 * pieces (length, bytes), so put a BIDE_BUFFERED_WRITER below. This follows tokio_util's
 * LengthDelimitedCodec and LinesCodec.
 */
#ifndef BIDE_FRAMED_H
#define BIDE_FRAMED_H

#include <bide/lines.h>
#include <bide/sink.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

/* The order of the bytes of a length. */
typedef enum bide_byte_order { BIDE_BIG_ENDIAN, BIDE_LITTLE_ENDIAN } bide_byte_order;

/* Writes a number as 1 to 8 bytes. False: it does not fit. */
BIDE_INLINE bool bide_number_put(unsigned char *to, size_t bytes, bide_byte_order order,
                                 uint64_t number)
{
    size_t i;
    if (bytes < 8 && number >> (8 * bytes))
        return false;
    for (i = 0; i < bytes; i++, number >>= 8)
        to[order == BIDE_BIG_ENDIAN ? bytes - 1 - i : i] = (unsigned char)(number & 0xFF);
    return true;
}

/* Reads one. */
BIDE_INLINE uint64_t bide_number_get(const unsigned char *from, size_t bytes, bide_byte_order order)
{
    uint64_t number = 0;
    size_t i;
    for (i = 0; i < bytes; i++)
        number = number << 8 | from[order == BIDE_BIG_ENDIAN ? i : bytes - 1 - i];
    return number;
}

/* ---- reading ------------------------------------------------------------------------------ */

/* BIDE_FRAMES(Name, B, prefix, order, most); the messages of a buffered reader type B, each behind
 * its length in `prefix` bytes (1, 2, 4 or 8), which do not count. A length of 0 is a message.
 *
 * The stream ends at the end of B, and with an error: that of B; BIDE_BYTES_TOO_LONG for a message
 * of more than `most` bytes, by its length alone; BIDE_BYTES_END when B ended within a message. It
 * takes memory for what has come, not for what was announced, and fails with BIDE_ENOMEM. A dropped
 * `next` loses nothing.
 *
 * Shape: typedef struct Name { B source; ... } Name; typedef bide_bytes Name_item;
 *     a stream type, and
 *     void Name_init(Name *n, B source, bide_allocator *allocator)
 *                                  memory of the items; NULL: the default allocator
 *     int32_t Name_error(Name *n)  why it ended; 0 before that, and at the end of B */
#define BIDE_FRAMES(Name, B, prefix, order, most)                                                  \
    BIDE_PRIV_ASSERT((prefix) == 1 || (prefix) == 2 || (prefix) == 4 || (prefix) == 8,             \
                     "bide: BIDE_FRAMES(" #Name ", ...): a length has 1, 2, 4 or 8 bytes");        \
    typedef bide_bytes Name##_item;                                                                \
    typedef struct Name {                                                                          \
        B source;                                                                                  \
        bide_priv_frame frame;                                                                     \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_n, B bide_source, bide_allocator *bide_a)              \
    {                                                                                              \
        bide_n->source = bide_source;                                                              \
        bide_priv_frame_init(&bide_n->frame, bide_a);                                              \
    }                                                                                              \
    BIDE_INLINE int32_t Name##_error(Name *bide_n) { return bide_n->frame.error; }                 \
    BIDE_INLINE bide_poll Name##_poll_next(Name *bide_n, bide_context *bide_cx,                    \
                                           Name##_item *bide_item)                                 \
    {                                                                                              \
        bide_poll bide_r = bide_n->frame.ended ? BIDE_DONE : BIDE_PENDING;                         \
        while (bide_r == BIDE_PENDING) {                                                           \
            const char *bide_data = NULL;                                                          \
            ptrdiff_t bide_count = 0;                                                              \
            size_t bide_used = 0;                                                                  \
            bide_r = B##_poll_fill(&bide_n->source, &bide_data, bide_cx, &bide_count);             \
            if (bide_r == BIDE_PENDING)                                                            \
                return BIDE_PENDING;                                                               \
            if (bide_r == BIDE_READY)                                                              \
                bide_r = bide_priv_frame_take(&bide_n->frame, (prefix), (order), (most),           \
                                              bide_data, bide_count, &bide_used, bide_item);       \
            B##_consume(&bide_n->source, bide_used);                                               \
        }                                                                                          \
        if (bide_r != BIDE_READY)                                                                  \
            bide_priv_frame_end(&bide_n->frame);                                                   \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_INLINE bide_size_hint Name##_size_hint(Name *bide_n)                                      \
    {                                                                                              \
        return bide_size_hint_of(0, bide_n->frame.ended ? 0 : SIZE_MAX);                           \
    }                                                                                              \
    BIDE_INLINE void Name##_trace(Name *bide_n, bide_tracer *bide_tr)                              \
    {                                                                                              \
        B##_trace(&bide_n->source, bide_tr);                                                       \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_n)                                                     \
    {                                                                                              \
        bide_priv_frame_end(&bide_n->frame);                                                       \
        B##_drop(&bide_n->source);                                                                 \
    }                                                                                              \
    BIDE_INLINE void Name##_item_drop(Name##_item *bide_item) { bide_bytes_free(bide_item); }      \
    BIDE_PRIV_STREAM_NEXT(Name, ((int)B##_read_flags & (int)BIDE_SEND) | BIDE_UNPIN)               \
    struct bide_priv_stream

/* Private: what there is of the next message. */
typedef struct bide_priv_frame {
    bide_bytes body;
    uint64_t length; /* of the body, once the prefix is there */
    size_t got;      /* bytes of the prefix */
    unsigned char prefix[8];
    bool ended;
    int32_t error;
} bide_priv_frame;

BIDE_INLINE void bide_priv_frame_init(bide_priv_frame *f, bide_allocator *allocator)
{
    bide_bytes_init(&f->body, allocator);
    f->length = 0;
    f->got = 0;
    f->ended = false;
    f->error = 0;
}

BIDE_INLINE void bide_priv_frame_end(bide_priv_frame *f)
{
    bide_bytes_free(&f->body);
    f->ended = true;
}

/* Takes from `count` bytes, or hears of an end or error. BIDE_READY with the message in *item,
 * BIDE_DONE, BIDE_ENOMEM, or BIDE_PENDING: more bytes, please. */
BIDE_INLINE bide_poll bide_priv_frame_take(bide_priv_frame *f, size_t prefix, bide_byte_order order,
                                           uint64_t most, const char *data, ptrdiff_t count,
                                           size_t *used, bide_bytes *item)
{
    size_t n = count > 0 ? (size_t)count : 0;
    if (count <= 0) {
        f->error = count < 0 ? (int32_t)count : f->got ? BIDE_BYTES_END : 0;
        return BIDE_DONE;
    }
    while (f->got < prefix && *used < n)
        f->prefix[f->got++] = (unsigned char)data[(*used)++];
    if (f->got < prefix)
        return BIDE_PENDING;
    f->length = bide_number_get(f->prefix, prefix, order);
    if (f->length > most || f->length > SIZE_MAX) {
        f->error = BIDE_BYTES_TOO_LONG;
        return BIDE_DONE;
    }
    n -= *used;
    if (n > f->length - f->body.size)
        n = (size_t)f->length - f->body.size;
    if (!bide_bytes_append(&f->body, data + *used, n))
        return BIDE_ENOMEM;
    *used += n;
    if (f->body.size < f->length)
        return BIDE_PENDING;
    *item = f->body;
    bide_bytes_init(&f->body, item->allocator);
    f->got = 0;
    return BIDE_READY;
}

/* ---- writing ------------------------------------------------------------------------------ */

/* BIDE_FRAME_SINK(Name, W, prefix, order, most); a sink of messages over a writer type W: each goes
 * out behind its length. start_send refuses one of more than `most` bytes, or whose length does not
 * fit into the prefix, with BIDE_BYTES_TOO_LONG.
 * BIDE_LINE_SINK(Name, W, most); a sink of lines: each goes out with a line feed behind it.
 * start_send refuses one of more than `most` bytes, that included, with BIDE_BYTES_TOO_LONG, and
 * one with a line feed in it with BIDE_BYTES_ENCODING.
 *
 * One message is under way at a time. When W reports an error, the rest of it is kept, and the next
 * call tries again. A drop flushes nothing.
 *
 * Shape: typedef struct Name { W target; ... } Name; typedef bide_bytes Name_item; a sink type; and
 *     void Name_init(Name *n, W target) */
#define BIDE_FRAME_SINK(Name, W, prefix, order, most)                                              \
    BIDE_PRIV_ASSERT((prefix) == 1 || (prefix) == 2 || (prefix) == 4 || (prefix) == 8,             \
                     "bide: BIDE_FRAME_SINK(" #Name ", ...): a length has 1, 2, 4 or 8 bytes");    \
    BIDE_PRIV_BYTES_SINK(Name, W, bide_priv_frame_edge,                                            \
                         (&bide_n->out, &bide_item, (prefix), (order), (most)))
#define BIDE_LINE_SINK(Name, W, most)                                                              \
    BIDE_PRIV_BYTES_SINK(Name, W, bide_priv_line_edge, (&bide_n->out, &bide_item, (most)))

/* Private: a message on its way: `head` bytes of edge, the item, `tail` bytes of edge. */
typedef struct bide_priv_out {
    bide_bytes item;
    size_t head, tail, at;
    bool reserved, full, closed;
    char edge[8];
} bide_priv_out;

BIDE_INLINE int32_t bide_priv_frame_edge(bide_priv_out *o, const bide_bytes *item, size_t prefix,
                                         bide_byte_order order, uint64_t most)
{
    o->head = prefix;
    return item->size <= most &&
                   bide_number_put((unsigned char *)o->edge, prefix, order, item->size)
               ? 0
               : BIDE_BYTES_TOO_LONG;
}

BIDE_INLINE int32_t bide_priv_line_edge(bide_priv_out *o, const bide_bytes *item, uint64_t most)
{
    bool found;
    o->tail = 1;
    o->edge[0] = '\n';
    if (item->size >= most)
        return BIDE_BYTES_TOO_LONG;
    (void)bide_priv_until(item->data, item->size, '\n', &found);
    return found ? BIDE_BYTES_ENCODING : 0;
}

/* What of it is to be written next; 0: all of it was. */
BIDE_INLINE size_t bide_priv_out_next(const bide_priv_out *o, const char **data)
{
    size_t behind = o->head + o->item.size;
    if (o->at < o->head) {
        *data = o->edge + o->at;
        return o->head - o->at;
    }
    if (o->at < behind) {
        *data = o->item.data + (o->at - o->head);
        return behind - o->at;
    }
    *data = o->edge + (o->at - behind);
    return o->tail - (o->at - behind);
}

BIDE_INLINE void bide_priv_out_clear(bide_priv_out *o)
{
    if (o->full)
        bide_bytes_free(&o->item);
    o->full = false;
}

#define BIDE_PRIV_BYTES_SINK(Name, W, EDGE, ARGS)                                                  \
    typedef bide_bytes Name##_item;                                                                \
    typedef struct Name {                                                                          \
        W target;                                                                                  \
        bide_priv_out out;                                                                         \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_n, W bide_target)                                      \
    {                                                                                              \
        bide_n->target = bide_target;                                                              \
        bide_n->out.head = bide_n->out.tail = bide_n->out.at = 0;                                  \
        bide_n->out.reserved = bide_n->out.full = bide_n->out.closed = false;                      \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_bide_drain(Name *bide_n, bide_context *bide_cx, int32_t *bide_e)  \
    {                                                                                              \
        *bide_e = 0;                                                                               \
        while (bide_n->out.full) {                                                                 \
            const char *bide_data = NULL;                                                          \
            size_t bide_left = bide_priv_out_next(&bide_n->out, &bide_data);                       \
            ptrdiff_t bide_w = 0;                                                                  \
            bide_poll bide_r = BIDE_READY;                                                         \
            if (!bide_left) {                                                                      \
                bide_priv_out_clear(&bide_n->out);                                                 \
                break;                                                                             \
            }                                                                                      \
            bide_r = W##_poll_write(&bide_n->target, bide_data, bide_left, bide_cx, &bide_w);      \
            if (bide_r != BIDE_READY || !bide_priv_moved(bide_w, bide_left, &bide_n->out.at,       \
                                                         BIDE_BYTES_BROKEN, bide_e))               \
                return bide_r;                                                                     \
        }                                                                                          \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_ready(Name *bide_n, bide_context *bide_cx, int32_t *bide_e)  \
    {                                                                                              \
        bide_poll bide_r = Name##_bide_drain(bide_n, bide_cx, bide_e);                             \
        if (bide_r != BIDE_READY || *bide_e != 0)                                                  \
            return bide_r;                                                                         \
        *bide_e = bide_n->out.closed ? BIDE_SINK_CLOSED : 0;                                       \
        bide_n->out.reserved = !bide_n->out.closed;                                                \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_INLINE int32_t Name##_start_send(Name *bide_n, Name##_item bide_item)                     \
    {                                                                                              \
        int32_t bide_e;                                                                            \
        if (!bide_n->out.reserved)                                                                 \
            return BIDE_SINK_NOT_READY;                                                            \
        bide_e = EDGE ARGS;                                                                        \
        if (bide_e != 0)                                                                           \
            return bide_e;                                                                         \
        bide_n->out.item = bide_item;                                                              \
        bide_n->out.at = 0;                                                                        \
        bide_n->out.full = true;                                                                   \
        bide_n->out.reserved = false;                                                              \
        return 0;                                                                                  \
    }                                                                                              \
    BIDE_INLINE void Name##_give_back(Name *bide_n) { bide_n->out.reserved = false; }              \
    BIDE_INLINE bide_poll Name##_poll_flush(Name *bide_n, bide_context *bide_cx, int32_t *bide_e)  \
    {                                                                                              \
        bide_poll bide_r = Name##_bide_drain(bide_n, bide_cx, bide_e);                             \
        if (bide_r != BIDE_READY || *bide_e != 0 || bide_n->out.closed)                            \
            return bide_r;                                                                         \
        return W##_poll_flush(&bide_n->target, bide_cx, bide_e);                                   \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_poll_close(Name *bide_n, bide_context *bide_cx, int32_t *bide_e)  \
    {                                                                                              \
        bide_poll bide_r = Name##_bide_drain(bide_n, bide_cx, bide_e);                             \
        if (bide_r != BIDE_READY || *bide_e != 0 || bide_n->out.closed)                            \
            return bide_r;                                                                         \
        bide_n->out.reserved = false;                                                              \
        bide_r = W##_poll_close(&bide_n->target, bide_cx, bide_e);                                 \
        bide_n->out.closed = bide_r == BIDE_READY && *bide_e == 0;                                 \
        return bide_r;                                                                             \
    }                                                                                              \
    BIDE_INLINE void Name##_trace(Name *bide_n, bide_tracer *bide_tr)                              \
    {                                                                                              \
        W##_trace(&bide_n->target, bide_tr);                                                       \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_n)                                                     \
    {                                                                                              \
        bide_priv_out_clear(&bide_n->out);                                                         \
        W##_drop(&bide_n->target);                                                                 \
    }                                                                                              \
    BIDE_INLINE void Name##_item_drop(Name##_item *bide_item) { bide_bytes_free(bide_item); }      \
    BIDE_PRIV_SINK_FUTURES(Name, ((int)W##_write_flags & (int)BIDE_SEND) | BIDE_UNPIN)             \
    struct bide_priv_sink

#endif

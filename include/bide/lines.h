/*
 * bide/lines.h: the lines of a byte stream, or its pieces between any separator, as a stream.
 *
 *     BIDE_BUFFERED_READER(conn_reader, conn, 8192);
 *     BIDE_LINES(conn_lines, conn_reader, 4096);          lines of up to 4096 bytes
 *
 *     bide_bytes line;
 *     while (await(conn_lines_next(&lines, &line))) {
 *         ...
 *         bide_bytes_free(&line);
 *     }
 *     if (conn_lines_error(&lines) != 0) ...              // why it ended
 *
 * A stream type (bide/stream.h) that holds a buffered reader (bide/bytes.h) by value and owns it.
 * An item is the caller's: Name_item_drop, which is bide_bytes_free, gives its memory back. A
 * dropped `next` loses nothing. Memory is bounded by the limit. This follows Rust's BufRead::lines
 * and split.
 */
#ifndef BIDE_LINES_H
#define BIDE_LINES_H

#include <bide/bytes.h>
#include <bide/stream.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

/* Whether these bytes are UTF-8: no overlong form, no surrogate, nothing above U+10FFFF. Follows
 * table 3-7 of the Unicode standard. */
BIDE_INLINE bool bide_utf8_is_valid(const char *text, size_t size)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t i = 0;
    while (i < size) {
        unsigned lead = at[i++], low = 0x80, high = 0xBF;
        size_t more = lead < 0x80 ? 0 : lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
        if ((lead >= 0x80 && lead < 0xC2) || lead > 0xF4 || more > size - i)
            return false;
        if (lead == 0xE0)
            low = 0xA0;
        else if (lead == 0xED)
            high = 0x9F;
        else if (lead == 0xF0)
            low = 0x90;
        else if (lead == 0xF4)
            high = 0x8F;
        for (; more; more--, i++, low = 0x80, high = 0xBF)
            if (at[i] < low || at[i] > high)
                return false;
    }
    return true;
}

/* BIDE_LINES(Name, B, most); the lines of a buffered reader type B, without their line feed, and
 * without a carriage return before it. A last line without an end is one. `most` is how many bytes
 * a line may have, with its end.
 * BIDE_LINES_UTF8(Name, B, most); the same; each line must be UTF-8.
 * BIDE_SPLIT(Name, B, stop, most); what is between bytes `stop`: "a,,b," gives "a", "" and "b".
 *
 * The stream ends at the end of B, and with an error: that of B, BIDE_BYTES_TOO_LONG (what is too
 * much is still in B), or BIDE_BYTES_ENCODING (the line is gone; where the item was to go is as it
 * was). A piece of a line before an error is no item. It fails with BIDE_ENOMEM.
 *
 * Shape: typedef struct Name { B source; ... } Name; typedef bide_bytes Name_item;
 *     a stream type, and
 *     void Name_init(Name *n, B source, bide_allocator *allocator)
 *                                  memory of the items; NULL: the default allocator
 *     int32_t Name_error(Name *n)  why it ended; 0 before that, and at the end of B */
#define BIDE_LINES(Name, B, most)                                                                  \
    BIDE_PRIV_BYTES_LINES(Name, B, '\n', most, bide_priv_line_end)
#define BIDE_LINES_UTF8(Name, B, most)                                                             \
    BIDE_PRIV_BYTES_LINES(Name, B, '\n', most, bide_priv_text_end)
#define BIDE_SPLIT(Name, B, stop, most)                                                            \
    BIDE_PRIV_BYTES_LINES(Name, B, stop, most, bide_priv_piece_end)

/* Private: as bide_priv_line_end, for the other two. */
BIDE_INLINE int32_t bide_priv_text_end(bide_bytes *line, int32_t found)
{
    found = bide_priv_line_end(line, found);
    return found != 1 || bide_utf8_is_valid(line->data, line->size) ? found : BIDE_BYTES_ENCODING;
}

BIDE_INLINE int32_t bide_priv_piece_end(bide_bytes *piece, int32_t found)
{
    if (found == 0)
        return piece->size ? 1 : 0;
    if (found == 1)
        piece->size--;
    return found;
}

#define BIDE_PRIV_BYTES_LINES(Name, B, stop, most, END)                                            \
    typedef bide_bytes Name##_item;                                                                \
    typedef struct Name {                                                                          \
        B source;                                                                                  \
        bide_bytes line; /* what there is of the next one */                                       \
        int32_t error;                                                                             \
        bool ended;                                                                                \
    } Name;                                                                                        \
    BIDE_INLINE void Name##_init(Name *bide_n, B bide_source, bide_allocator *bide_a)              \
    {                                                                                              \
        bide_n->source = bide_source;                                                              \
        bide_bytes_init(&bide_n->line, bide_a);                                                    \
        bide_n->error = 0;                                                                         \
        bide_n->ended = false;                                                                     \
    }                                                                                              \
    BIDE_INLINE int32_t Name##_error(Name *bide_n) { return bide_n->error; }                       \
    BIDE_INLINE bide_poll Name##_poll_next(Name *bide_n, bide_context *bide_cx,                    \
                                           Name##_item *bide_item)                                 \
    {                                                                                              \
        int32_t bide_found = 0;                                                                    \
        bide_poll bide_r;                                                                          \
        if (bide_n->ended)                                                                         \
            return BIDE_DONE;                                                                      \
        bide_r = B##_bide_fill_until(&bide_n->source, (stop), &bide_n->line, (most), bide_cx,      \
                                     &bide_found);                                                 \
        if (bide_r == BIDE_PENDING)                                                                \
            return BIDE_PENDING;                                                                   \
        bide_n->ended = bide_r < 0 || bide_found <= 0;                                             \
        if (bide_r == BIDE_READY)                                                                  \
            bide_found = END(&bide_n->line, bide_found);                                           \
        if (bide_r == BIDE_READY && bide_found == 1) {                                             \
            *bide_item = bide_n->line;                                                             \
            bide_bytes_init(&bide_n->line, bide_item->allocator);                                  \
            return BIDE_READY;                                                                     \
        }                                                                                          \
        bide_n->ended = true;                                                                      \
        bide_n->error = bide_r < 0 ? 0 : bide_found;                                               \
        bide_bytes_free(&bide_n->line);                                                            \
        return bide_r < 0 ? bide_r : BIDE_DONE;                                                    \
    }                                                                                              \
    BIDE_INLINE bide_size_hint Name##_size_hint(Name *bide_n)                                      \
    {                                                                                              \
        return bide_size_hint_of(0, bide_n->ended ? 0 : SIZE_MAX);                                 \
    }                                                                                              \
    BIDE_INLINE void Name##_trace(Name *bide_n, bide_tracer *bide_tr)                              \
    {                                                                                              \
        B##_trace(&bide_n->source, bide_tr);                                                       \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_n)                                                     \
    {                                                                                              \
        bide_n->ended = true;                                                                      \
        bide_bytes_free(&bide_n->line);                                                            \
        B##_drop(&bide_n->source);                                                                 \
    }                                                                                              \
    BIDE_INLINE void Name##_item_drop(Name##_item *bide_item) { bide_bytes_free(bide_item); }      \
    BIDE_PRIV_STREAM_NEXT(Name, ((int)B##_read_flags & (int)BIDE_SEND) | BIDE_UNPIN)               \
    struct bide_priv_stream

#endif

/*
 * tee.h: a sink over two sinks. Its send is an async function that sends to both at a time.
 */
#ifndef CHAT_TEE_H
#define CHAT_TEE_H

#include "line.h"

/* The two are lent. */
typedef struct chat_tee {
    Lines left, right;
} chat_tee;

/* The first error of either side, or 0; both get the line in any case. */
bide_async int32_t chat_tee_send(chat_tee *self, chat_line line);
#define chat_tee_HAS_close 1
bide_async int32_t chat_tee_close(chat_tee *self);

#include BIDE_GENERATED("tee.gen.h")

#define chat_tee_sink_HAS_item_drop 1
BIDE_INLINE void chat_tee_sink_item_drop(chat_line *line)
{
    chat_line_drop(line);
}
BIDE_SINK_BY_SEND(chat_tee_sink, chat_tee, chat_line);
BIDE_SINK_IMPL_DECLARE(Lines, chat_tee_sink);

#endif

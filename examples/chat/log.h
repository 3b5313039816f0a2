/*
 * log.h: a sink that writes lines to a file, as an async function.
 */
#ifndef CHAT_LOG_H
#define CHAT_LOG_H

#include <bide/uv.h>

#include "line.h"

typedef struct chat_log {
    bide_uv_file file;
    bool failed; /* nothing more is written */
} chat_log;

/* Writes one line. An error of the file is told once; what comes behind it is not written. */
bide_async int32_t chat_log_send(chat_log *self, chat_line line);
#define chat_log_HAS_close 1
bide_async int32_t chat_log_close(chat_log *self);

#include BIDE_GENERATED("log.gen.h")

#define chat_log_sink_HAS_item_drop 1
BIDE_INLINE void chat_log_sink_item_drop(chat_line *line)
{
    chat_line_drop(line);
}
BIDE_SINK_BY_SEND(chat_log_sink, chat_log, chat_line);
BIDE_SINK_IMPL_DECLARE(Lines, chat_log_sink);

#endif

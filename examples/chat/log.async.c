/*
 * log.async.c: writing to a file.
 */
#include "log.h"

#include <bide/async_source.h>

/* Flushed, so that the error belongs to this line, and the log is there when it is looked at. */
async int32_t chat_log_send(chat_log *self, chat_line line)
{
    owned(chat_line_drop, line);
    int32_t error = 0;
    if (self->failed)
        return 0;
    error = await(
        bide_uv_file_write_all(&self->file, chat_line_bytes(line), chat_line_size(line), NULL));
    if (error == 0)
        error = await(bide_uv_file_flush(&self->file));
    self->failed = error != 0;
    return error;
}

async int32_t chat_log_close(chat_log *self)
{
    int32_t error = await(bide_uv_file_close(&self->file));
    return self->failed ? 0 : error;
}

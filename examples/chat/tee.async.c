/*
 * tee.async.c: sending to both.
 */
#include "tee.h"

#include <bide/async_source.h>

async int32_t chat_tee_send(chat_tee *self, chat_line line)
{
    owned(chat_line_drop, line);
    async int32_t left = Lines_send(&self->left, chat_line_share(line));
    async int32_t right = Lines_send(&self->right, chat_line_share(line));
    join(left, right);
    return await(left) ? await(left) : await(right);
}

async int32_t chat_tee_close(chat_tee *self)
{
    async int32_t left = Lines_close(&self->left);
    async int32_t right = Lines_close(&self->right);
    join(left, right);
    return await(left) ? await(left) : await(right);
}

/*
 * fetch_blocking.c: what the client's blocking build stands on: the same sources, compiled with
 * BIDE_BLOCKING, are a program that blocks. Here its leaves do not wait.
 */
#include "conversation.h"

/* A race runs both sides to their ends: the time limit always passes. */
const bool conversation_has_time = false;

bide_poll conversation_fetch(bide_local *ex, http_client *client, const http_request *request,
                             http_answer *answer, uint32_t polls, int32_t *code)
{
    (void)ex;
    (void)polls;
    *code = http_fetch(client, request, answer);
    return BIDE_READY;
}

/* ---- leaves ------------------------------------------------------------------------------- */

void bide_sleep(uint64_t ms)
{
    (void)ms;
}

void bide_yield(void)
{
}

/* ---- interfaces: calls of the only implementation ----------------------------------------- */

long Bytes_read(Bytes *self, void *buffer, size_t size)
{
    return RecordedStream_read(self->self, buffer, size);
}

long Bytes_write(Bytes *self, const void *data, size_t size)
{
    return RecordedStream_write(self->self, data, size);
}

dialled Dialer_dial(Dialer *self, const char *host, uint16_t port)
{
    return Recording_dial(self->self, host, port);
}

static void destroy(void *self)
{
    RecordedStream_destroy(self);
}

const struct Bytes_vtable RecordedStream_Bytes_vtable = {
    .header = {.size = sizeof(bide_vtable), .destroy = destroy}};
const struct Dialer_vtable Recording_Dialer_vtable = {.header = {.size = sizeof(bide_vtable)}};

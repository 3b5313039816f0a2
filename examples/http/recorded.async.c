/*
 * recorded.async.c: playing a recording.
 */
#include "recorded.h"

#include <string.h>

#include <bide/async_source.h>

/* Keeps the first; of what was sent, the beginning of a line is shown. */
static void note_wrong(Recording *r, unsigned long line, const char *what, const char *shown,
                       size_t size)
{
    int n = 0;
    while ((size_t)n < size && n < 60 && shown[n] >= ' ' && shown[n] <= '~')
        n++;
    if (!r->wrong[0])
        snprintf(r->wrong, sizeof r->wrong, "line %lu: %s%.*s", line, what, n, shown);
}

/* ---- dialling ----------------------------------------------------------------------------- */

/* The step that says how the next dial ends. */
static const record_step *next_dial(Recording *r)
{
    while (r->next < r->step_count && r->steps[r->next].kind != RECORD_DIAL &&
           r->steps[r->next].kind != RECORD_REFUSE)
        r->next++;
    return r->next < r->step_count ? &r->steps[r->next] : NULL;
}

static bool leads_to(const Recording *r, const record_step *s, const char *host, uint16_t port)
{
    return s->port == port && strlen(host) == s->size &&
           memcmp(r->bytes.data + s->at, host, s->size) == 0;
}

/* A stream from a step on, or NULL. */
static RecordedStream *open_stream(Recording *r, size_t step)
{
    bide_allocator *giver;
    RecordedStream *stream =
        bide_alloc(r->allocator, sizeof *stream, _Alignof(RecordedStream), &giver);
    if (!stream)
        return NULL;
    *stream = (RecordedStream){.recording = r, .giver = giver, .step = step};
    r->open++;
    return stream;
}

void RecordedStream_destroy(RecordedStream *self)
{
    self->recording->open--;
    bide_free(self->giver, self, sizeof *self, _Alignof(RecordedStream));
}

async dialled Recording_dial(Recording *self, const char *host, uint16_t port)
{
    dialled none = {.error = -1};
    const record_step *s = next_dial(self);
    RecordedStream *stream;
    if (!s || !leads_to(self, s, host, port)) {
        note_wrong(self, s ? s->line : 0, "there was no dial to ", host, strlen(host));
        return none;
    }
    self->dials++;
    self->next++;
    size_t step = self->next;
    for (uint32_t i = 0; i < self->pends; i++)
        await(bide_yield());
    if (s->ms)
        await(bide_sleep(s->ms));
    if (s->kind == RECORD_REFUSE)
        return none;
    stream = open_stream(self, step);
    if (!stream)
        fail(BIDE_ENOMEM);
    return (dialled){.stream = RecordedStream_as_Bytes(stream, NULL)};
}
BIDE_IMPL(Dialer, Recording);

/* ---- reading and writing ------------------------------------------------------------------ */

/* Where the stream is in the recording, or NULL: at its end. */
static const record_step *step_of(const RecordedStream *s)
{
    const Recording *r = s->recording;
    const record_step *step = s->step < r->step_count ? &r->steps[s->step] : NULL;
    return step && step->kind != RECORD_DIAL && step->kind != RECORD_REFUSE ? step : NULL;
}

/* `n` bytes of the step are done. */
static void advance(RecordedStream *s, size_t n)
{
    s->done += n;
    if (s->done == step_of(s)->size) {
        s->step++;
        s->done = 0;
    }
}

/* Bytes for one call: no more than there are, are wanted, or make a piece. */
static size_t piece_of(const RecordedStream *s, const record_step *step, size_t size)
{
    size_t left = step->size - s->done, piece = s->recording->piece;
    size_t n = left < size ? left : size;
    return piece && piece < n ? piece : n;
}

/* What a read gives when the time has come. */
static long answer(RecordedStream *s, void *buffer, size_t size)
{
    Recording *r = s->recording;
    const record_step *step = step_of(s);
    size_t n;
    if (!step || step->kind == RECORD_END)
        return 0;
    if (step->kind == RECORD_SENT)
        note_wrong(r, step->line, "this was not sent", "", 0);
    if (step->kind != RECORD_ANSWERED)
        return -1;
    n = piece_of(s, step, size);
    if (r->answered < r->split_at && r->split_at - r->answered < n)
        n = r->split_at - r->answered;
    memcpy(buffer, r->bytes.data + step->at + s->done, n);
    r->answered += n;
    advance(s, n);
    return (long)n;
}

/* Compares what is sent. */
static long accept_bytes(RecordedStream *s, const char *data, size_t size)
{
    Recording *r = s->recording;
    const record_step *step = step_of(s);
    size_t n;
    if (!step || step->kind != RECORD_SENT) {
        if (!step || step->kind == RECORD_ANSWERED)
            note_wrong(r, step ? step->line : 0, "more was sent: ", data, size);
        return -1;
    }
    n = piece_of(s, step, size);
    if (memcmp(r->bytes.data + step->at + s->done, data, n) != 0) {
        note_wrong(r, step->line, "something else was sent: ", data, size);
        return -1;
    }
    advance(s, n);
    return (long)n;
}

/* Waits as the recording says, and as often as it was told to. */
static async void take_time(RecordedStream *s)
{
    const record_step *step;
    for (uint32_t i = 0; i < s->recording->pends; i++)
        await(bide_yield());
    while ((step = step_of(s)) != NULL && step->kind == RECORD_WAIT) {
        await(bide_sleep(step->ms));
        s->step++;
    }
}

async long RecordedStream_read(RecordedStream *self, void *buffer, size_t size)
{
    await(take_time(self));
    return answer(self, buffer, size);
}

async long RecordedStream_write(RecordedStream *self, const void *data, size_t size)
{
    await(take_time(self));
    return accept_bytes(self, data, size);
}
BIDE_IMPL(Bytes, RecordedStream);

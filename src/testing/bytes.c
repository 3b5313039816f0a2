/*
 * bytes.c: the byte stream that does what a script says.
 */
#include <bide/testing_bytes.h>

#include <string.h>

#include "text.h"

static void complain(bide_scripted_io *io, const char *what)
{
    io->violations++;
    bide_priv_text_add(io->report, sizeof io->report, &io->report_length, '\n', what);
}

void bide_scripted_io_init(bide_scripted_io *io, const bide_io_step *reads, size_t read_steps,
                           const bide_io_step *writes, size_t write_steps)
{
    memset(io, 0, sizeof *io);
    io->reader.steps = reads;
    io->reader.left = read_steps;
    io->writer.steps = writes;
    io->writer.left = write_steps;
}

static void next_step(bide_priv_script *s)
{
    s->steps++;
    s->left--;
    s->at = 0;
}

/* Uses up bytes of the first step. */
static void advance(bide_priv_script *s, size_t bytes)
{
    s->at += bytes;
    if (s->at >= s->steps->size)
        next_step(s);
}

/* What both directions do first; steps of no bytes say nothing. True: this poll is answered with *r
 * and *count. */
static bool answered(bide_scripted_io *io, bide_priv_script *s, bide_context *cx, int64_t *count,
                     bide_poll *r)
{
    bool pends;
    while (s->left && s->steps->kind <= BIDE_IO_TAKES && s->steps->size == 0)
        next_step(s);
    pends = s->left && s->steps->kind == BIDE_IO_PENDS;
    *r = BIDE_READY;
    if (io->dropped)
        complain(io, "used after its drop");
    s->pended = io->pend_each && !s->pended;
    if (s->pended || pends) {
        if (!s->pended)
            next_step(s);
        bide_waker_wake_by_ref(cx->waker);
        *r = BIDE_PENDING;
        return true;
    }
    if (!s->left || (s->steps->kind != BIDE_IO_COUNTS && s->steps->kind != BIDE_IO_FAILS))
        return false;
    if (s->steps->kind == BIDE_IO_COUNTS)
        *count = s->steps->count;
    else
        *r = s->steps->code;
    next_step(s);
    return true;
}

/* ---- reading ------------------------------------------------------------------------------ */

bide_poll bide_scripted_io_poll_fill(bide_scripted_io *io, const char **data, bide_context *cx,
                                     ptrdiff_t *count)
{
    bide_priv_script *s = &io->reader;
    int64_t told = 0;
    bide_poll r;
    if (!answered(io, s, cx, &told, &r) && s->left) {
        if (s->steps->kind == BIDE_IO_DATA) {
            *data = s->steps->data + s->at;
            told = (int64_t)(s->steps->size - s->at);
        } else {
            complain(io, s->steps->kind == BIDE_IO_SEEKS ? "a read where a seek was to come"
                                                         : "a writer's step among the reader's");
            told = BIDE_BYTES_BROKEN;
        }
    }
    io->reads += r != BIDE_PENDING;
    if (r == BIDE_READY)
        *count = (ptrdiff_t)told;
    return r;
}

void bide_scripted_io_consume(bide_scripted_io *io, size_t count)
{
    bide_priv_script *s = &io->reader;
    bool data = s->left && s->steps->kind == BIDE_IO_DATA;
    if (count > (data ? s->steps->size - s->at : 0))
        complain(io, "more consumed than was there");
    else if (count)
        advance(s, count);
}

bide_poll bide_scripted_io_poll_read(bide_scripted_io *io, void *buffer, size_t size,
                                     bide_context *cx, ptrdiff_t *count)
{
    const char *data = NULL;
    bide_poll r = bide_scripted_io_poll_fill(io, &data, cx, count);
    if (r != BIDE_READY || !data)
        return r;
    if (*count > 0 && (size_t)*count > size)
        *count = (ptrdiff_t)size;
    if (*count > 0)
        memcpy(buffer, data, (size_t)*count);
    bide_scripted_io_consume(io, (size_t)*count);
    return BIDE_READY;
}

bide_poll bide_scripted_io_poll_seek(bide_scripted_io *io, int64_t offset, int whence,
                                     bide_context *cx, int64_t *position)
{
    bide_priv_script *s = &io->reader;
    int64_t told = 0;
    bide_poll r;
    if (!answered(io, s, cx, &told, &r)) {
        if (s->left && s->steps->kind == BIDE_IO_SEEKS && s->steps->count == offset &&
            s->steps->code == whence) {
            told = s->steps->position;
            next_step(s);
        } else {
            complain(io, "a seek that was not expected, or with other arguments");
            told = BIDE_BYTES_BROKEN;
        }
    }
    if (r == BIDE_READY)
        *position = told;
    return r;
}

/* ---- writing ------------------------------------------------------------------------------ */

/* Keeps what was written, as far as there is room. */
static void keep(bide_scripted_io *io, const char *data, size_t size)
{
    size_t room = io->written < sizeof io->text ? sizeof io->text - 1 - io->written : 0;
    if (size && room)
        memcpy(io->text + io->written, data, size < room ? size : room);
    io->written += size;
}

bide_poll bide_scripted_io_poll_write(bide_scripted_io *io, const void *data, size_t size,
                                      bide_context *cx, ptrdiff_t *count)
{
    bide_priv_script *s = &io->writer;
    int64_t told = 0;
    bide_poll r;
    if (!answered(io, s, cx, &told, &r) && size) {
        bool sized = s->left && (s->steps->kind == BIDE_IO_DATA || s->steps->kind == BIDE_IO_TAKES);
        size_t n = sized ? s->steps->size - s->at : 0;
        n = n < size ? n : size;
        told = (int64_t)n;
        if (io->closed || !sized) {
            complain(io, io->closed ? "a write after the close"
                         : s->left  ? "a write before the flush that was to come"
                                    : "a write after the end of the script");
            told = BIDE_BYTES_CLOSED;
        } else {
            if (s->steps->kind == BIDE_IO_DATA && memcmp(s->steps->data + s->at, data, n) != 0)
                complain(io, "other bytes than those expected were written");
            keep(io, (const char *)data, n);
            advance(s, n);
        }
    }
    io->writes += r != BIDE_PENDING;
    if (r == BIDE_READY)
        *count = (ptrdiff_t)told;
    return r;
}

bide_poll bide_scripted_io_poll_flush(bide_scripted_io *io, bide_context *cx, int32_t *error)
{
    bide_priv_script *s = &io->writer;
    int64_t told = 0;
    bide_poll r;
    if (!answered(io, s, cx, &told, &r) && s->left && s->steps->kind == BIDE_IO_FLUSHES)
        next_step(s);
    io->flushes += r != BIDE_PENDING;
    if (r == BIDE_READY)
        *error = (int32_t)told;
    return r;
}

bide_poll bide_scripted_io_poll_close(bide_scripted_io *io, bide_context *cx, int32_t *error)
{
    bide_poll r = bide_scripted_io_poll_flush(io, cx, error);
    io->flushes -= r != BIDE_PENDING;
    io->closes += r != BIDE_PENDING;
    io->closed = io->closed || (r == BIDE_READY && *error == 0);
    return r;
}

/* ---- the rest ----------------------------------------------------------------------------- */

void bide_scripted_io_trace(bide_scripted_io *io, bide_tracer *tracer)
{
    (void)io;
    bide_tracer_note(tracer, "a step of its script");
}

void bide_scripted_io_drop(bide_scripted_io *io)
{
    if (io->dropped)
        complain(io, "dropped twice");
    io->dropped = true;
}

const char *bide_scripted_io_finish(bide_scripted_io *io)
{
    if (io->reader.left)
        complain(io, "steps of the reader were not reached");
    if (io->writer.left)
        complain(io, "steps of the writer were not reached");
    io->reader.left = io->writer.left = 0;
    return io->report;
}

BIDE_IMPL(bide_reader, bide_scripted_io);
BIDE_IMPL(bide_buffered_reader, bide_scripted_io);
BIDE_IMPL(bide_writer, bide_scripted_io);
BIDE_IMPL(bide_seeker, bide_scripted_io);
BIDE_IMPL(bide_duplex, bide_scripted_io);

#include "pipe.h"

#define Pipe_next_FRAME(ROW)                                                                       \
    ROW(TRAITS, BIDE_UNPIN)                                                                        \
    ROW(PARAM, Pipe *, self)                                                                       \
    ROW(PARAM, char *, bytes) ROW(PARAM, uint32_t, room) ROW(LOCAL, bool, over)
BIDE_FUTURE(int32_t, Pipe_next)

bide_poll Pipe_next_poll(struct Pipe_next *f, bide_context *cx, int32_t *out)
{
    Pipe *self = f->self;
    uint32_t n = 0;
    if (f->over)
        return BIDE_EMISUSE;
    if (!*self->text && !self->ended) {
        bide_poll r = bide_waker_register(&self->reader, cx);
        f->over = r != BIDE_READY;
        return r == BIDE_READY ? BIDE_PENDING : r;
    }
    f->over = true;
    bide_waker_clear(&self->reader);
    while (n < f->room && *self->text)
        f->bytes[n++] = *self->text++;
    *out = (int32_t)n;
    return BIDE_READY;
}

void Pipe_next_drop(struct Pipe_next *f)
{
    if (!f->over)
        bide_waker_clear(&f->self->reader);
    f->over = true;
}

BIDE_IMPL(Feed, Pipe);

void Pipe_push(Pipe *self, const char *text, bool is_last)
{
    self->text = text;
    self->ended = is_last;
    bide_waker_take_and_wake(&self->reader);
}

/*
 * module.c: a shared module that implements Counter. Built several times: from each release's
 * header (COUNTER_HEADER), by each compiler, with and without the methods of the second release,
 * and with a larger frame (FRAME_BYTES). Its one symbol gives an object and its vtable.
 */
#include COUNTER_HEADER

#ifndef FRAME_BYTES
#define FRAME_BYTES 1
#endif

typedef struct Tally {
    int32_t total, step, offset, polls;
} Tally;
typedef unsigned char ballast[FRAME_BYTES];

/* Pends once, and touches all of its frame. */
#define Tally_add_FRAME(ROW)                                                                       \
    ROW(PARAM, Tally *, self)                                                                      \
    ROW(PARAM, int32_t, n) ROW(LOCAL, ballast, bytes) ROW(CHILD, bide_yield, turn)
BIDE_ASYNC(int32_t, Tally_add)
{
    BIDE_BEGIN(Tally_add);
    for (size_t i = 0; i < FRAME_BYTES; i++)
        f->bytes[i] = (unsigned char)(i * 7 + 1);
    BIDE_AWAIT(bide_yield, turn, ());
    for (size_t i = 0; i < FRAME_BYTES; i++)
        if (f->bytes[i] != (unsigned char)(i * 7 + 1))
            BIDE_FAIL(BIDE_EFOREIGN);
    f->self->total += f->n * f->self->step + f->self->offset;
    BIDE_RETURN(f->self->total);
    BIDE_END;
}

/* Reads of the options what the caller knew of them. */
#define KNOWN(options, member)                                                                     \
    ((options)->size >= offsetof(counter_options, member) + sizeof(options)->member)
#define Tally_configure_FRAME(ROW)                                                                 \
    ROW(PARAM, Tally *, self) ROW(PARAM, const counter_options *, options)
BIDE_ASYNC(void, Tally_configure)
{
    BIDE_BEGIN(Tally_configure);
    f->self->step = f->options->step;
#ifdef SECOND_RELEASE
    f->self->offset = KNOWN(f->options, offset) ? f->options->offset : 0;
#endif
    BIDE_END;
}

#define Tally_receive_FRAME(ROW)                                                                   \
    ROW(TRAITS, BIDE_UNPIN)                                                                        \
    ROW(PARAM, Tally *, self) ROW(PARAM, counter_mail *, mail) ROW(LOCAL, bool, over)
BIDE_FUTURE(int32_t, Tally_receive)
bide_poll Tally_receive_poll(struct Tally_receive *f, bide_context *cx, int32_t *out)
{
    if (f->over)
        return BIDE_EMISUSE;
    if (!f->mail->full) {
        bide_poll r = bide_waker_register(&f->mail->waker, cx);
        f->over = r != BIDE_READY;
        return r == BIDE_READY ? BIDE_PENDING : r;
    }
    f->over = true;
    f->mail->full = false;
    bide_waker_clear(&f->mail->waker);
    *out = f->mail->value;
    return BIDE_READY;
}
void Tally_receive_drop(struct Tally_receive *f)
{
    if (!f->over)
        bide_waker_clear(&f->mail->waker);
    f->over = true;
}

static int32_t Tally_total(Tally *self)
{
    return self->total;
}
static bool Tally_is_even(Tally *self, bool strict)
{
    return self->total % 2 == 0 && (!strict || self->total != 0);
}

BIDE_IMPL_DECLARE(Counter, Tally);
#ifdef SECOND_RELEASE
#define Tally_Counter_HAS_version 1
static int32_t Tally_version(Tally *self)
{
    (void)self;
    return 2;
}
BIDE_DEFAULTS(Counter, Tally);
#endif
BIDE_IMPL(Counter, Tally);

/* What the host looks up. The object is the module's own: one for all callers. */
BIDE_API const bide_vtable *counter_module(void **object);
BIDE_API const bide_vtable *counter_module(void **object)
{
    static Tally tally;
    tally = (Tally){0, 1, 0, 0};
    *object = &tally;
    return &Tally_Counter_vtable.header;
}

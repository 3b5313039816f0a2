/* first.c: an async interface, an implementation that waits, and a dyn call. */
#include <bide/bide.h>
#include <stdio.h>

/* The interface: one row a method. */
#define Thermometer_METHODS(METHOD, I, Self)                                                       \
    METHOD(I, Self, ASYNC, int32_t, read, (int32_t, channel))
BIDE_INTERFACE(Thermometer);

/* A type that implements it: its read waits 10 ms without holding a thread. */
typedef struct Probe {
    int32_t base;
} Probe;
BIDE_IMPL_DECLARE(Thermometer, Probe);

#define Probe_read_FRAME(ROW)                                                                      \
    ROW(PARAM, Probe *, self) ROW(PARAM, int32_t, channel) ROW(CHILD, bide_sleep, settle)
BIDE_ASYNC(int32_t, Probe_read)
{
    BIDE_BEGIN(Probe_read);
    BIDE_AWAIT(bide_sleep, settle, (10));
    BIDE_RETURN(f->self->base + f->channel);
    BIDE_END;
}
BIDE_IMPL(Thermometer, Probe);

int main(void)
{
    Probe probe = {20};
    Thermometer t =
        Probe_as_Thermometer(&probe, NULL); /* a handle: whoever has it knows no Probe */
    int32_t degrees = 0;
    bide_poll code;
    BIDE_BLOCK_ON_TO(code, Thermometer_read, &degrees, (&t, 2));
    if (code != BIDE_READY) {
        fprintf(stderr, "read: %s\n", bide_strerror(code));
        return 1;
    }
    printf("%d degrees\n", (int)degrees);
    return 0;
}

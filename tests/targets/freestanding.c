/*
 * freestanding.c: an async interface without a C library: frames from a static pool, a leaf that an
 * interrupt ends, and two calls in a row through a handle. freestanding_run() gives 0, or the line
 * of what went wrong.
 */
#include <bide/alloc_pool.h>
#include <bide/bide.h>

#define Sensor_METHODS(METHOD, I, Self)                                                            \
    METHOD(I, Self, ASYNC, int32_t, read, (int32_t, channel))                                      \
    METHOD(I, Self, SYNC, int32_t, reads)
BIDE_INTERFACE(Sensor);

typedef struct Adc {
    int32_t value, reads;
    bool is_ready;
    bide_waker *waker;
} Adc;

#define Adc_read_FRAME(ROW)                                                                        \
    ROW(TRAITS, BIDE_UNPIN)                                                                        \
    ROW(PARAM, Adc *, self) ROW(PARAM, int32_t, channel) ROW(LOCAL, bool, over)
BIDE_FUTURE(int32_t, Adc_read)
bide_poll Adc_read_poll(struct Adc_read *f, bide_context *cx, int32_t *out)
{
    if (f->over)
        return BIDE_EMISUSE;
    if (!f->self->is_ready)
        return bide_waker_register(&f->self->waker, cx) == BIDE_READY ? BIDE_PENDING : BIDE_ENOMEM;
    f->self->is_ready = false;
    f->over = true;
    f->self->reads++;
    *out = f->self->value * 10 + f->channel;
    return BIDE_READY;
}
void Adc_read_drop(struct Adc_read *f)
{
    if (!f->over)
        bide_waker_clear(&f->self->waker);
    f->over = true;
}
static int32_t Adc_reads(Adc *self)
{
    return self->reads;
}
BIDE_IMPL_DECLARE(Sensor, Adc);
BIDE_IMPL(Sensor, Adc);

#define both_FRAME(ROW)                                                                            \
    ROW(PARAM, Sensor *, sensor)                                                                   \
    ROW(LOCAL, int32_t, a)                                                                         \
    ROW(LOCAL, int32_t, b) ROW(CHILD, Sensor_read, first) ROW(CHILD, Sensor_read, second)
BIDE_ASYNC(int32_t, both)
{
    BIDE_BEGIN(both);
    BIDE_AWAIT_TO(f->a, Sensor_read, first, (f->sensor, 1));
    BIDE_AWAIT_TO(f->b, Sensor_read, second, (f->sensor, 2));
    BIDE_RETURN(f->a * 1000 + f->b);
    BIDE_END;
}

static Adc adc;

/* What an interrupt would do. */
static void interrupt(int32_t value)
{
    adc.value = value;
    adc.is_ready = true;
    bide_waker_take_and_wake(&adc.waker);
}

#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition))                                                                          \
            return __LINE__;                                                                       \
    } while (0)

__attribute__((visibility("default"))) int freestanding_run(void);
int freestanding_run(void)
{
    static _Alignas(16) unsigned char memory[BIDE_POOL_BYTES(96, 16, 2)];
    static struct both f;
    bide_pool pool;
    bide_context cx = {sizeof cx, 0, bide_waker_noop(), NULL, &pool.base};
    Sensor sensor = Adc_as_Sensor(&adc, NULL);
    bide_mismatch why;
    int32_t out = 0;
    CHECK(bide_pool_init(&pool, memory, sizeof memory, 96, 16, NULL) == BIDE_READY);
    CHECK(bide_bind(&Sensor_interface, &Adc_Sensor_vtable.header, &why) == BIDE_READY);
    both_init(&f, &sensor);
    CHECK(both_poll(&f, &cx, &out) == BIDE_PENDING);
    CHECK(bide_pool_in_use(&pool) == 1);
    interrupt(7);
    CHECK(both_poll(&f, &cx, &out) == BIDE_PENDING);
    interrupt(8);
    CHECK(both_poll(&f, &cx, &out) == BIDE_READY);
    CHECK(out == 71 * 1000 + 82 && Sensor_reads(&sensor) == 2);
    both_init(&f, &sensor);
    CHECK(both_poll(&f, &cx, &out) == BIDE_PENDING);
    both_drop(&f);
    CHECK(!adc.waker && bide_pool_deinit(&pool) == BIDE_READY);
    return 0;
}

#ifdef WITH_MAIN
#include <stdio.h>
int main(void)
{
    int line = freestanding_run();
    printf(line ? "freestanding.c:%d failed\n" : "two reads from a static pool\n", line);
    return line != 0;
}
#endif

/*
 * hand_stream.h: the stream workloads as hand-written C; see stream.h. Included by hand.c.
 */

enum { ITEMS = 64 };

struct count {
    uint32_t at;
};

/* A poll gives READY with an item, or END; an async next gives an item or none. */
enum { END = 3 };

struct item {
    uint32_t value;
    bool some;
};

struct numbers_vtable {
    int (*poll_next)(void *self, struct context *cx, uint32_t *out);
    struct frame *(*next)(void *self, struct context *cx, struct item *out);
};

struct numbers {
    void *self;
    const struct numbers_vtable *vtable;
};

static inline int count_poll(struct count *count, uint32_t sign, uint32_t *out)
{
    if (count->at == ITEMS) {
        count->at = 0;
        return END;
    }
    *out = opaque(count->at++) * sign;
    return READY;
}

static int up_poll_next(void *self, struct context *cx, uint32_t *out)
{
    (void)cx;
    return count_poll(self, 1, out);
}

static int down_poll_next(void *self, struct context *cx, uint32_t *out)
{
    (void)cx;
    return count_poll(self, UINT32_MAX, out);
}

static struct frame *up_next(void *self, struct context *cx, struct item *out)
{
    (void)cx;
    out->some = count_poll(self, 1, &out->value) == READY;
    return NULL;
}

static struct frame *down_next(void *self, struct context *cx, struct item *out)
{
    (void)cx;
    out->some = count_poll(self, UINT32_MAX, &out->value) == READY;
    return NULL;
}

static const struct numbers_vtable streams[2] = {
    {down_poll_next, down_next},
    {up_poll_next, up_next},
};

static uint32_t run_stream_static(uint32_t loops, int which)
{
    struct count counts[2] = {{0}, {0}}, *stream = &counts[which];
    uint32_t item, acc = 0;
    OPAQUE(stream);
    while (loops > 0) {
        if (count_poll(stream, 1, &item) == READY)
            acc += item;
        else
            loops--;
    }
    return acc;
}

static uint32_t run_stream_poll(uint32_t loops, int which)
{
    struct count count = {0};
    struct numbers stream = {&count, &streams[which]};
    struct waker waker = {wake, false};
    struct context cx;
    uint32_t item, acc = 0;
    int code;
    cx.waker = &waker;
    OPAQUE(stream.self);
    OPAQUE(stream.vtable);
    while (loops > 0) {
        while ((code = stream.vtable->poll_next(stream.self, &cx, &item)) == PENDING)
            wait(&waker);
        if (code == READY)
            acc += item;
        else
            loops--;
    }
    return acc;
}

static uint32_t run_stream_next(uint32_t loops, int which)
{
    struct count count = {0};
    struct numbers stream = {&count, &streams[which]};
    struct context cx;
    struct waker waker = {wake, false};
    struct item item;
    uint32_t acc = 0;
    cx.waker = &waker;
    OPAQUE(stream.self);
    OPAQUE(stream.vtable);
    while (loops > 0) {
        if (stream.vtable->next(stream.self, &cx, &item))
            abort(); /* nothing here waits */
        if (item.some)
            acc += item.value;
        else
            loops--;
    }
    return acc;
}

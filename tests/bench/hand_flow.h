/*
 * hand_flow.h: the chains of the workloads flow_... as hand-written C; see flow.h. Included by
 * hand.c, behind hand_stream.h, whose streams the other flow_... workloads are.
 */

/* Three times each, the odd ones, as many as there are, their sum: what a loop does. */
static uint32_t run_flow_chain(uint32_t loops, int which)
{
    uint32_t by = which ? 3 : 5, item, acc = 0;
    OPAQUE(by);
    for (; loops > 0; loops--) {
        struct count count = {0};
        int left = ITEMS / 2;
        while (left > 0 && count_poll(&count, 1, &item) == READY) {
            item *= by;
            if (item & 1) {
                acc += item;
                left--;
            }
        }
    }
    return acc;
}

/* The same as a list of stages, each of which polls the next one through a pointer. */
struct stage {
    int (*poll)(struct stage *self, struct context *cx, uint32_t *out);
    struct stage *source;
    uint32_t n; /* what is counted, or multiplied by */
};

static int source_poll(struct stage *self, struct context *cx, uint32_t *out)
{
    (void)cx;
    if (self->n == ITEMS)
        return END;
    *out = opaque(self->n++);
    return READY;
}

static int triple_poll(struct stage *self, struct context *cx, uint32_t *out)
{
    int code = self->source->poll(self->source, cx, out);
    if (code == READY)
        *out *= self->n;
    return code;
}

static int odd_poll(struct stage *self, struct context *cx, uint32_t *out)
{
    int code;
    do
        code = self->source->poll(self->source, cx, out);
    while (code == READY && !(*out & 1));
    return code;
}

static int take_poll(struct stage *self, struct context *cx, uint32_t *out)
{
    if (self->n == 0)
        return END;
    self->n--;
    return self->source->poll(self->source, cx, out);
}

static struct stage *stage_over(int (*poll)(struct stage *, struct context *, uint32_t *),
                                struct stage *source, uint32_t n)
{
    struct stage *s = malloc(sizeof *s);
    if (!s)
        abort();
    s->poll = poll;
    s->source = source;
    s->n = n;
    OPAQUE(s);
    return s;
}

static uint32_t run_flow_chain_dyn(uint32_t loops, int which)
{
    struct waker waker = {wake, false};
    struct context cx;
    uint32_t item, acc = 0;
    int code;
    cx.waker = &waker;
    for (; loops > 0; loops--) {
        struct stage *s = stage_over(source_poll, NULL, 0);
        s = stage_over(triple_poll, s, which ? 3 : 5);
        s = stage_over(odd_poll, s, 0);
        s = stage_over(take_poll, s, ITEMS / 2);
        while ((code = s->poll(s, &cx, &item)) != END) {
            if (code == READY)
                acc += item;
            else
                wait(&waker);
        }
        while (s) {
            struct stage *source = s->source;
            free(s);
            s = source;
        }
    }
    return acc;
}

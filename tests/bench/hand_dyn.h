/*
 * hand_dyn.h: the dyn workloads, once for each way to get a frame. hand.c includes it with
 *     PLACE(name)          the name of a function in this variant
 *     GET(cx, T), PUT(cx, p)  memory for a frame, and back
 */

/* ---- leaves ---- */

static struct frame *PLACE(plus_start)(void *self, uint32_t a, uint32_t b, struct context *cx,
                                       uint32_t *out)
{
    struct leaf *leaf = self;
    (void)cx;
    leaf->last = a + b;
    *out = leaf->last;
    return NULL;
}

static struct frame *PLACE(minus_start)(void *self, uint32_t a, uint32_t b, struct context *cx,
                                        uint32_t *out)
{
    struct leaf *leaf = self;
    (void)cx;
    leaf->last = a - b;
    *out = leaf->last;
    return NULL;
}

struct PLACE(nap) {
    struct frame head;
    struct leaf *leaf;
    uint32_t a, b;
};

static int PLACE(nap_plus_poll)(struct frame *frame, struct context *cx, uint32_t *out)
{
    struct PLACE(nap) *f = (struct PLACE(nap) *)frame;
    (void)cx;
    f->leaf->last = f->a + f->b;
    *out = f->leaf->last;
    PUT(cx, f);
    return READY;
}

static int PLACE(nap_minus_poll)(struct frame *frame, struct context *cx, uint32_t *out)
{
    struct PLACE(nap) *f = (struct PLACE(nap) *)frame;
    (void)cx;
    f->leaf->last = f->a - f->b;
    *out = f->leaf->last;
    PUT(cx, f);
    return READY;
}

/* Wakes itself, waits once. */
static struct frame *PLACE(nap_plus_start)(void *self, uint32_t a, uint32_t b, struct context *cx,
                                           uint32_t *out)
{
    struct PLACE(nap) *f = GET(cx, struct PLACE(nap));
    (void)out;
    if (!f)
        abort();
    *f = (struct PLACE(nap)){{PLACE(nap_plus_poll)}, self, a, b};
    cx->waker->wake_by_ref(cx->waker);
    return &f->head;
}

static struct frame *PLACE(nap_minus_start)(void *self, uint32_t a, uint32_t b, struct context *cx,
                                            uint32_t *out)
{
    struct PLACE(nap) *f = GET(cx, struct PLACE(nap));
    (void)out;
    if (!f)
        abort();
    *f = (struct PLACE(nap)){{PLACE(nap_minus_poll)}, self, a, b};
    cx->waker->wake_by_ref(cx->waker);
    return &f->head;
}

/* ---- a link of the chain: awaits the next one, adds 1 ---- */

struct PLACE(link_frame) {
    struct frame head;
    struct frame *child;
};

static int PLACE(link_poll)(struct frame *frame, struct context *cx, uint32_t *out)
{
    struct PLACE(link_frame) *f = (struct PLACE(link_frame) *)frame;
    if (f->child->poll(f->child, cx, out) == PENDING)
        return PENDING;
    PUT(cx, f);
    *out += 1;
    return READY;
}

static struct frame *PLACE(link_start)(void *self, uint32_t a, uint32_t b, struct context *cx,
                                       uint32_t *out)
{
    struct link *link = self;
    struct PLACE(link_frame) * f;
    struct frame *child = link->next.vtable->start(link->next.self, a, b, cx, out);
    if (!child) {
        *out += 1;
        return NULL;
    }
    f = GET(cx, struct PLACE(link_frame));
    if (!f)
        abort();
    f->head.poll = PLACE(link_poll);
    f->child = child;
    return &f->head;
}

/* ---- the loop and its block_on ---- */

static uint32_t PLACE(loop)(uint32_t loops, struct adder object)
{
    struct waker waker = {wake, false};
    struct context cx;
    uint32_t i, r, acc = 0;
    cx.waker = &waker;
    cx.slab.top = cx.slab.bytes;
    cx.slab.live = 0;
    OPAQUE(object.self);
    OPAQUE(object.vtable);
    for (i = 0; i < loops; i++) {
        struct frame *frame;
        uint32_t n = i;
        OPAQUE(n);
        frame = object.vtable->start(object.self, acc, n, &cx, &r);
        if (frame) {
            do {
                wait(&waker);
            } while (frame->poll(frame, &cx, &r) == PENDING);
        }
        acc = r;
    }
    return acc;
}

static const struct adder_vtable PLACE(leaves)[4] = {
    {PLACE(minus_start)},
    {PLACE(plus_start)},
    {PLACE(nap_minus_start)},
    {PLACE(nap_plus_start)},
};
static const struct adder_vtable PLACE(links) = {PLACE(link_start)};

static uint32_t PLACE(run_leaf)(uint32_t loops, int which)
{
    struct leaf leaf = {0};
    return PLACE(loop)(loops, (struct adder){&leaf, &PLACE(leaves)[which]});
}

static uint32_t PLACE(run_yield)(uint32_t loops, int which)
{
    struct leaf leaf = {0};
    return PLACE(loop)(loops, (struct adder){&leaf, &PLACE(leaves)[2 + which]});
}

static uint32_t PLACE(chain)(uint32_t loops, const struct adder_vtable *leaf_vtable)
{
    struct leaf leaf = {0};
    struct link links[CHAIN];
    struct adder object = {&leaf, leaf_vtable};
    int k;
    for (k = 1; k < CHAIN; k++) {
        links[k].next = object;
        object = (struct adder){&links[k], &PLACE(links)};
    }
    return PLACE(loop)(loops, object);
}

static uint32_t PLACE(run_chain)(uint32_t loops, int which)
{
    return PLACE(chain)(loops, &PLACE(leaves)[which]);
}

static uint32_t PLACE(run_chain_wait)(uint32_t loops, int which)
{
    return PLACE(chain)(loops, &PLACE(leaves)[2 + which]);
}

#undef PLACE
#undef GET
#undef PUT

/*
 * hand_many.h: many tasks as hand-written C; see many_runs.h. Included by hand.c. These cannot be
 * aborted, nor woken from other threads: what one needs who knows that they never are.
 */

struct run_queue {
    struct many_task *first;
    struct many_task *last;
};

/* A task that awaits one dyn call. Its result stays in it for whoever has its pointer. */
struct many_task {
    struct many_task *next;
    struct pass_frame *child; /* NULL: done */
    uint32_t result;
};

/* What a task's poll is told. */
struct many_context {
    struct many_task *task;
};

struct event {
    struct pass_frame *first;
    bool set;
};

/* The frame of a call that waits at a gate; linked into the event when it has a task. */
struct pass_frame {
    int (*poll)(struct pass_frame *frame, struct many_context *cx, uint32_t *out);
    struct event *event;
    struct pass_frame *next;
    struct many_task *task;
    uint32_t n;
};

/* A call is started, and gives a frame if it waits; or it is built in the caller's memory. */
struct gate_vtable {
    struct pass_frame *(*start)(void *self, uint32_t n, struct many_context *cx, uint32_t *out);
    size_t frame_bytes;
    void (*init)(struct pass_frame *frame, void *self, uint32_t n);
};

struct gate {
    void *self;
    const struct gate_vtable *vtable;
};

static inline int pass_poll(struct pass_frame *frame, struct many_context *cx)
{
    struct event *event = frame->event;
    if (event->set)
        return READY;
    if (!frame->task) {
        frame->task = cx->task;
        frame->next = event->first;
        event->first = frame;
    }
    return PENDING;
}

static int front_poll(struct pass_frame *frame, struct many_context *cx, uint32_t *out)
{
    *out = frame->n;
    return pass_poll(frame, cx);
}

static int back_poll(struct pass_frame *frame, struct many_context *cx, uint32_t *out)
{
    *out = 0 - frame->n;
    return pass_poll(frame, cx);
}

static void front_init(struct pass_frame *frame, void *self, uint32_t n)
{
    *frame = (struct pass_frame){front_poll, self, NULL, NULL, n};
}

static void back_init(struct pass_frame *frame, void *self, uint32_t n)
{
    *frame = (struct pass_frame){back_poll, self, NULL, NULL, n};
}

static struct pass_frame *pass(void (*init)(struct pass_frame *frame, void *self, uint32_t n),
                               struct event *event, uint32_t n, struct many_context *cx)
{
    struct pass_frame *frame = heap_get(sizeof *frame);
    if (!frame)
        abort();
    init(frame, event, n);
    (void)pass_poll(frame, cx);
    return frame;
}

static struct pass_frame *front_start(void *self, uint32_t n, struct many_context *cx,
                                      uint32_t *out)
{
    struct event *event = self;
    if (!event->set)
        return pass(front_init, event, n, cx);
    *out = n;
    return NULL;
}

static struct pass_frame *back_start(void *self, uint32_t n, struct many_context *cx, uint32_t *out)
{
    struct event *event = self;
    if (!event->set)
        return pass(back_init, event, n, cx);
    *out = 0 - n;
    return NULL;
}

static const struct gate_vtable gates[2] = {
    {back_start, sizeof(struct pass_frame), back_init},
    {front_start, sizeof(struct pass_frame), front_init},
};

static void schedule(struct run_queue *queue, struct many_task *task)
{
    task->next = NULL;
    if (queue->first)
        queue->last->next = task;
    else
        queue->first = task;
    queue->last = task;
}

static void event_set(struct event *event, struct run_queue *queue)
{
    event->set = true;
    for (; event->first; event->first = event->first->next)
        schedule(queue, event->first->task);
}

/* Polls what is queued; a task that was not started yet has no child and its argument in result. */
static void run_queued(struct run_queue *queue, struct gate *gate, bool boxed)
{
    while (queue->first) {
        struct many_task *task = queue->first;
        struct many_context cx = {task};
        queue->first = task->next;
        if (!task->child) {
            task->child = gate->vtable->start(gate->self, task->result, &cx, &task->result);
        } else if (task->child->poll(task->child, &cx, &task->result) == READY) {
            if (boxed)
                heap_put(task->child);
            task->child = NULL;
        }
    }
}

/* A task that awaits the call, or one that is the call: then its frame follows the header. */
static struct many_task *spawn(struct gate *gate, uint32_t n, bool boxed)
{
    struct many_task *task =
        heap_get(sizeof *task + (boxed ? (size_t)0 : gate->vtable->frame_bytes));
    if (!task)
        abort();
    task->child = NULL;
    task->result = n;
    if (!boxed) {
        task->child = (struct pass_frame *)(void *)(task + 1);
        gate->vtable->init(task->child, gate->self, n);
    }
    return task;
}

static uint32_t run_tasks(uint32_t tasks, int which, bool boxed)
{
    struct event event = {NULL, false};
    struct gate gate = {&event, &gates[which]};
    struct run_queue queue = {NULL, NULL};
    struct many_task **handles = malloc(tasks * sizeof *handles);
    uint32_t i, sum = 0;
    OPAQUE(gate.vtable);
    if (!handles)
        abort();
    for (i = 0; i < tasks; i++) {
        handles[i] = spawn(&gate, opaque(i), boxed);
        schedule(&queue, handles[i]);
    }
    run_queued(&queue, &gate, boxed);
    event_set(&event, &queue);
    run_queued(&queue, &gate, boxed);
    for (i = 0; i < tasks; i++) {
        if (handles[i]->child)
            abort();
        sum += handles[i]->result;
        heap_put(handles[i]);
    }
    free(handles);
    return sum;
}

static uint32_t run_many(uint32_t tasks, int which)
{
    return run_tasks(tasks, which, true);
}

static uint32_t run_many_call(uint32_t tasks, int which)
{
    return run_tasks(tasks, which, false);
}

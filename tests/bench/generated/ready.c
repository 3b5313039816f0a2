/*
 * ready.c: a future that is ready at once writes nothing of its frame and asks nobody for memory,
 * however deep its awaits are, static or dyn. Exit: 0 if that is so.
 */
#include "work.h"

static size_t asked;

static void *refuse(bide_allocator *self, size_t bytes, size_t align, bide_allocator **giver)
{
    (void)self, (void)bytes, (void)align, (void)giver;
    asked++;
    return NULL;
}

static void refuse_free(bide_allocator *giver, void *block, size_t bytes, size_t align)
{
    (void)giver, (void)block, (void)bytes, (void)align;
    abort(); /* nothing was given */
}

static bide_allocator refusing = {sizeof(bide_allocator), 0, refuse, refuse_free};

static int verdict(const char *name, bide_poll code, const unsigned char *frame, size_t bytes)
{
    size_t i, written = 0;
    for (i = 0; i < bytes; i++)
        written += frame[i] != 0xa5;
    printf("%s: code %d, %zu of %zu bytes written, %zu blocks asked for\n", name, (int)code,
           written, bytes, asked);
    return code == BIDE_READY && written == 0 && asked == 0 ? 0 : 1;
}

/* Starts F in a frame of known bytes. The compiler cannot know that nobody else sees them. */
#define LOOK(F, ...)                                                                               \
    do {                                                                                           \
        struct F frame, *f = &frame;                                                               \
        F##_output out = 0;                                                                        \
        memset(f, 0xa5, sizeof *f);                                                                \
        OPAQUE(f);                                                                                 \
        asked = 0;                                                                                 \
        failed |= verdict(#F, F##_start(f, __VA_ARGS__, &cx, &out), (const unsigned char *)f,      \
                          sizeof *f);                                                              \
        failed |= out == 0;                                                                        \
    } while (0)

int main(void)
{
    bide_context cx = {0};
    Plus plus = {0};
    Link links[CHAIN];
    Adder object = Plus_as_Adder(&plus, &refusing);
    int k, failed = 0;
    cx.size = (uint32_t)sizeof cx;
    cx.waker = bide_waker_noop();
    cx.allocator = &refusing;
    for (k = 1; k < CHAIN; k++) {
        links[k].next = object;
        object = Link_as_Adder(&links[k], &refusing);
    }
    LOOK(Plus_add, &plus, 1, 2);
    LOOK(level9, &plus, 1, 2);
    LOOK(Link_add, &links[1], 1, 2);
    LOOK(Link_add, &links[CHAIN - 1], 1, 2);
    LOOK(static_loop, &plus, 100);
    LOOK(chain_loop, &plus, 100);
    LOOK(dyn_loop, &object, 100);
    return failed;
}

/*
 * A caller that has no headers: it declares by hand what it uses of bide::ffi, as another language
 * would, and drives a future of the library through it.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct box {
    void *frame;
    const void *type;
};

extern const uint32_t bide_sleep_type[];
extern void *bide_heap(void);
extern void *bide_alloc(void *allocator, size_t bytes, size_t align, void **giver);
extern void bide_free(void *giver, void *block, size_t bytes, size_t align);
extern uint64_t bide_ms(uint64_t ms);
extern int32_t bide_box_reserve(struct box *box, const void *type, void *allocator);
extern _Bool bide_box_is_empty(const struct box *box);
extern void bide_box_drop(struct box *box);
extern void bide_sleep_init(void *frame, uint64_t ms);
extern int32_t bide_block_on(const void *type, void *frame, void *out, const void *options);
extern const char *bide_strerror(int32_t code);

/* Waits a moment in a boxed future whose memory the library's heap gave. */
static int sleep_in_a_box(void)
{
    struct box box;
    int32_t code = bide_box_reserve(&box, bide_sleep_type, bide_heap());
    if (code != 1 || bide_box_is_empty(&box))
        return 1;
    bide_sleep_init(box.frame, 2);
    code = bide_block_on(box.type, box.frame, NULL, NULL);
    printf("slept in a box: %s\n", bide_strerror(code));
    bide_box_drop(&box); /* a finished future is left alone, its memory goes back */
    return code == 1 && bide_box_is_empty(&box) ? 0 : 1;
}

int main(void)
{
    void *giver, *block = bide_alloc(bide_heap(), 100, 16, &giver);
    if (!block || giver != bide_heap())
        return 1;
    bide_free(giver, block, 100, 16);
    if (bide_ms(3) != 3000000)
        return 1;
    return sleep_in_a_box();
}

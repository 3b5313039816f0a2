/* Chunks of no items
 * says: bide: Pieces: chunks of 0 items: n is at least 1
 */
#include <bide/bide.h>
#include <bide/stream_collect.h>

typedef struct Counter {
    int32_t at, end;
} Counter;
static inline bide_poll Counter_poll_next(Counter *c, bide_context *cx, int32_t *item)
{
    (void)cx;
    *item = c->at;
    return c->at++ < c->end ? BIDE_READY : BIDE_DONE;
}
static inline void Counter_drop(Counter *c)
{
    c->end = c->at;
}
BIDE_STREAM_TYPE(Counter, int32_t);

BIDE_STREAM_CHUNKS(Pieces, Counter, 0); // HERE

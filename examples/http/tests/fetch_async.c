/*
 * fetch_async.c: a fetch that is dropped after some polls.
 */
#include "conversation.h"

const bool conversation_has_time = true;

#define polled_fetch_FRAME(ROW)                                                                    \
    ROW(PARAM, http_client *, client)                                                              \
    ROW(PARAM, const http_request *, request)                                                      \
    ROW(PARAM, http_answer *, answer)                                                              \
    ROW(PARAM, uint32_t, left)                                                                     \
    ROW(BUFFER, struct http_fetch, inner)                                                          \
    ROW(LOCAL, bool, begun)                                                                        \
    ROW(LOCAL, bool, over)
BIDE_FUTURE(int32_t, polled_fetch)

static inline void polled_fetch_drop(struct polled_fetch *f)
{
    if (f->begun && !f->over)
        http_fetch_drop(&f->inner);
    f->over = true;
}

static inline bide_poll polled_fetch_poll(struct polled_fetch *f, bide_context *cx, int32_t *out)
{
    bide_poll r = BIDE_PENDING;
    if (!f->begun)
        http_fetch_init(&f->inner, f->client, f->request, f->answer);
    f->begun = true;
    if (f->left > 0)
        r = http_fetch_poll(&f->inner, cx, out);
    if (f->left != NOT_DROPPED && f->left > 0)
        f->left--;
    if (r == BIDE_PENDING && f->left > 0)
        return r;
    if (r == BIDE_PENDING) {
        *out = DROPPED;
        r = BIDE_READY;
    }
    polled_fetch_drop(f); /* does nothing to a fetch that has ended */
    return r;
}

bide_poll conversation_fetch(bide_local *ex, http_client *client, const http_request *request,
                             http_answer *answer, uint32_t polls, int32_t *code)
{
    bide_poll r;
    BIDE_RUN_UNTIL_TO(r, ex, polled_fetch, code, (client, request, answer, polls));
    return r;
}

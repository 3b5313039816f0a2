/*
 * names.c: looking up names of hosts.
 */
#include "uv_core.h"

struct bide_priv_uv_lookup {
    struct bide_priv_uv_block block; /* first; its rt is NULL when the request has ended */
    int32_t error;
    bide_waker *waker;
    uv_getaddrinfo_t request;
};

static void cancel(struct bide_priv_uv_block *block)
{
    (void)uv_cancel((uv_req_t *)&((struct bide_priv_uv_lookup *)(void *)block)->request);
}

static void on_found(uv_getaddrinfo_t *request, int status, struct addrinfo *list)
{
    struct bide_priv_uv_lookup *l = request->data;
    (void)list; /* is in the request, too */
    l->error = status;
    if (l->block.held) {
        bide_priv_uv_wake(l->block.rt, &l->waker);
    } else {
        uv_freeaddrinfo(request->addrinfo);
        request->addrinfo = NULL;
    }
    bide_priv_uv_block_closed(&l->block);
}

static bide_poll start(struct bide_uv_lookup *f, int32_t *error)
{
    static const struct addrinfo for_tcp = {.ai_socktype = SOCK_STREAM};
    struct bide_priv_uv_lookup *l = bide_priv_uv_block_new(f->rt, sizeof *l);
    if (!l)
        return BIDE_ENOMEM;
    l->request.data = l;
    l->block.close = cancel;
    *error = uv_getaddrinfo(f->rt->loop, &l->request, on_found, f->host, f->service, &for_tcp);
    if (*error != 0) {
        bide_priv_uv_block_leave(&l->block);
        return BIDE_READY;
    }
    bide_priv_uv_block_open(f->rt, &l->block, NULL);
    f->at = l;
    return BIDE_PENDING;
}

void bide_priv_uv_lookup_trace(const void *frame, bide_tracer *tracer)
{
    const struct bide_uv_lookup *f = frame;
    if (f->at && f->host)
        bide_tracer_note(tracer, f->host);
}

bide_poll bide_uv_lookup_poll(struct bide_uv_lookup *f, bide_context *cx, int32_t *out)
{
    bide_poll r = BIDE_PENDING;
    if (!f->out)
        return BIDE_EMISUSE;
    if (!f->at)
        r = start(f, out);
    if (r == BIDE_PENDING && f->at->block.rt) {
        r = bide_priv_uv_park(&f->at->waker, cx);
        if (r == BIDE_PENDING)
            return r;
    } else if (r == BIDE_PENDING) {
        r = BIDE_READY;
        *out = f->at->error;
        if (*out == 0) {
            f->out->first = f->at->request.addrinfo;
            f->at->request.addrinfo = NULL;
        }
    }
    bide_uv_lookup_drop(f);
    return r;
}

void bide_uv_lookup_drop(struct bide_uv_lookup *f)
{
    struct bide_priv_uv_lookup *l = f->at;
    f->at = NULL;
    f->out = NULL;
    if (!l)
        return;
    bide_waker_clear(&l->waker);
    if (l->block.rt)
        bide_priv_uv_block_close(&l->block);
    else
        uv_freeaddrinfo(l->request.addrinfo);
    bide_priv_uv_block_leave(&l->block);
}

BIDE_FUTURE_DEFINE(int32_t, bide_uv_lookup);

const struct sockaddr *bide_uv_addresses_at(const bide_uv_addresses *a, size_t index)
{
    const struct addrinfo *i = a->first;
    while (i && index-- > 0)
        i = i->ai_next;
    return i ? i->ai_addr : NULL;
}

void bide_uv_addresses_free(bide_uv_addresses *a)
{
    uv_freeaddrinfo(a->first);
    a->first = NULL;
}

BIDE_ASYNC_DEFINE(int32_t, bide_uv_tcp_connect_to)
{
    BIDE_BEGIN(bide_uv_tcp_connect_to);
    BIDE_AWAIT_TRY(f->error, bide_uv_lookup, lookup, (f->rt, f->host, f->service, &f->all));
    for (f->error = UV_EAI_NONAME; bide_uv_addresses_at(&f->all, f->tried); f->tried++) {
        BIDE_AWAIT_TO(f->error, bide_uv_tcp_connect, connect,
                      (f->rt, bide_uv_addresses_at(&f->all, f->tried), f->out));
        if (f->error == 0)
            break;
    }
    BIDE_RETURN(f->error);
BIDE_CLEANUP:
    bide_uv_addresses_free(&f->all);
    BIDE_END;
}

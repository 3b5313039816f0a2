/* listening.c: see listening.h. */
#include "listening.h"

#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>

int32_t listening_open(listening *l, bide_uv *rt, const struct sockaddr_storage *address,
                       int backlog, const char *name)
{
    struct sockaddr_storage local; /* with the port that was free */
    int32_t e = bide_uv_tcp_listen(rt, (const struct sockaddr *)address, backlog, &l->listener);
    if (e == 0)
        e = bide_uv_listener_local(&l->listener, &local);
    if (e == 0)
        e = bide_uv_signal_open(rt, SIGTERM, &l->term);
    if (e == 0)
        e = bide_uv_signal_open(rt, SIGINT, &l->interrupt);
    if (e != 0)
        return e;
    (void)printf("listening on %s port %u\n", name, (unsigned)bide_uv_port(&local));
    (void)fflush(stdout);
    return 0;
}

void listening_drop(listening *l)
{
    bide_uv_listener_drop(&l->listener);
    bide_uv_signal_drop(&l->term);
    bide_uv_signal_drop(&l->interrupt);
}

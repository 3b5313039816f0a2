/*
 * An echo over loopback on a libuv loop, by whichever way bide::uv and libuv are found.
 */
#include <bide/bide.h>
#include <bide/uv.h>

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

int main(void)
{
    struct sockaddr_storage at;
    bide_uv_listener l = {NULL};
    bide_uv_tcp a = {NULL}, b = {NULL};
    int32_t e = 0;
    ptrdiff_t n = 0;
    char text[8] = "";
    bide_uv *rt;
    bide_poll r;
    if (bide_uv_new(NULL, NULL, &rt) != BIDE_READY)
        return 1;
    if (bide_uv_ip("127.0.0.1", 0, &at) != 0 ||
        bide_uv_tcp_listen(rt, (struct sockaddr *)&at, 1, &l) != 0 ||
        bide_uv_listener_local(&l, &at) != 0)
        return 1;
    BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_tcp_connect, &e, (rt, (struct sockaddr *)&at, &a));
    if (r == BIDE_READY && e == 0)
        BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_listener_accept, &e, (&l, &b));
    if (r == BIDE_READY && e == 0)
        BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_tcp_write_all, &e, (&a, "hello", 5, NULL));
    if (r == BIDE_READY && e == 0)
        BIDE_UV_RUN_UNTIL_TO(r, rt, bide_uv_tcp_read, &n, (&b, text, sizeof text));
    bide_uv_tcp_drop(&a);
    bide_uv_tcp_drop(&b);
    bide_uv_listener_drop(&l);
    (void)bide_uv_free(rt);
    printf("bide::uv: %s, %s\n", bide_strerror(r), bide_uv_strerror(e));
    return n == 5 && memcmp(text, "hello", 5) == 0 ? 0 : 1;
}

/* listening.h: what the examples that serve over TCP begin and end with. */
#ifndef EXAMPLE_LISTENING_H
#define EXAMPLE_LISTENING_H

#include <bide/uv.h>

/* A listener, and the signals that end the server. All zero: nothing is open. */
typedef struct {
    bide_uv_listener listener;
    bide_uv_signal term, interrupt;
} listening;

/* Listens at `address`, with room for `backlog` connections that are not accepted yet, and says so on
 * standard output: `listening on NAME port N`. Returns 0 or libuv's error; either way
 * listening_drop() closes what is open. */
int32_t listening_open(listening *l, bide_uv *rt, const struct sockaddr_storage *address,
                       int backlog, const char *name);

void listening_drop(listening *l);

#endif

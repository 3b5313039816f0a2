/*
 * server.h: a chat server: one task accepts, one relays what all say, and each member has one.
 *
 *     members --said--> relay --Tee--> the room --queue--> member, member, ...
 *                                  \-> the log
 */
#ifndef CHAT_SERVER_H
#define CHAT_SERVER_H

#include <bide/semaphore.h>

#include "listening.h"
#include "log.h"
#include "room.h"
#include "tee.h"

typedef struct chat_server {
    bide_uv *rt;
    listening front;
    uint32_t queue;                 /* lines that may wait for a member */
    uint32_t line;                  /* bytes of a line, with its end */
    uint32_t most;                  /* members at a time */
    uint64_t linger_ms;             /* for one that leaves to read what is left for it */
    chat_room room;
    chat_queue_sender said; /* every member has one more */
    chat_queue_receiver heard;
    Lines into; /* where it all goes */
    uint64_t arrived;
    uint32_t open;
    bide_local_semaphore over; /* a permit by each connection that has ended */
} chat_server;

/* Serves until a signal, then lets the members go. */
bide_async void chat_serve(chat_server *s);

#include BIDE_GENERATED("server.gen.h")

#endif

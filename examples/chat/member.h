/*
 * member.h: one member, from the connection to the end.
 */
#ifndef CHAT_MEMBER_H
#define CHAT_MEMBER_H

#include <bide/bytes_adapt.h>

#include "server.h"

/* What comes behind the end is taken, and forgotten. */
BIDE_COPY(chat_drain, bide_uv_tcp, bide_null_writer);

enum { CHAT_GOODBYE_MOST = 128 };

/* What its task holds. */
typedef struct member {
    chat_server *server;
    bide_uv_tcp *conn;
    chat_place place;
    chat_queue_receiver lines;       /* what it will read */
    chat_queue_sender reply;         /* what only it will read */
    chat_queue_sender said;          /* what it says */
    char goodbye[CHAT_GOODBYE_MOST]; /* the last line that it reads */
    bool announced;                  /* its end */
} member;

/* Serves one connection, which is its own. */
bide_async void chat_member(chat_server *s, bide_uv_tcp conn, uint64_t number);

#include BIDE_GENERATED("member.gen.h")

#endif

/*
 * room.h: who is there, and the sink that gives each line to all of them.
 */
#ifndef CHAT_ROOM_H
#define CHAT_ROOM_H

#include <bide/notify.h>

#include "line.h"

enum { CHAT_NAME_MOST = 32 }; /* bytes */

/* A member as the room sees it. */
typedef struct chat_place {
    struct chat_place *next, *before;
    uint64_t number;
    char name[CHAT_NAME_MOST + 1]; /* empty: it has not told it yet */
    chat_queue_sender lines;       /* what it will read */
    bool is_in;
    bool hears;                  /* it gets what is relayed behind the first line of its own */
    const char *why;             /* it was dismissed */
    bide_local_notify dismissed; /* tells its task so */
} chat_place;

/* A sink of lines that never waits: a member whose queue is full is dismissed. */
typedef struct chat_room {
    chat_place *first;
} chat_room;

/* The place stays where it is until it has left. */
void chat_room_enter(chat_room *room, chat_place *place);

/* Ends its queue behind what is in it. May be repeated. */
void chat_room_leave(chat_room *room, chat_place *place);

/* Lets it leave, and tells its task; `why` is kept. */
void chat_room_dismiss(chat_room *room, chat_place *place, const char *why);
void chat_room_dismiss_all(chat_room *room, const char *why);

/* Whether somebody has this name. */
bool chat_room_has(const chat_room *room, const char *name);

/* The names of all but one, as "ann, bob", into a buffer; cut with "..." where there is no room. */
void chat_room_names(const chat_room *room, const chat_place *but, char *out, size_t size);

bide_poll chat_room_poll_ready(chat_room *room, bide_context *cx, int32_t *error);
int32_t chat_room_start_send(chat_room *room, chat_line line);
bide_poll chat_room_poll_flush(chat_room *room, bide_context *cx, int32_t *error);
bide_poll chat_room_poll_close(chat_room *room, bide_context *cx, int32_t *error);
BIDE_INLINE void chat_room_drop(chat_room *room)
{
    (void)room;
}
#define chat_room_HAS_item_drop 1
BIDE_INLINE void chat_room_item_drop(chat_line *line)
{
    chat_line_drop(line);
}
BIDE_SINK_TYPE(chat_room, chat_line);
BIDE_SINK_IMPL_DECLARE(Lines, chat_room);

#endif

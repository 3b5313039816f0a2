/*
 * room.c: a list of members, and fan-out.
 */
#include "room.h"

#include <stdio.h>
#include <string.h>

BIDE_SINK_IMPL(Lines, chat_room);

/* ---- who is there ------------------------------------------------------------------------- */

void chat_room_enter(chat_room *room, chat_place *place)
{
    place->before = NULL;
    place->next = room->first;
    if (room->first)
        room->first->before = place;
    room->first = place;
    place->is_in = true;
}

void chat_room_leave(chat_room *room, chat_place *place)
{
    if (!place->is_in)
        return;
    if (place->before)
        place->before->next = place->next;
    else
        room->first = place->next;
    if (place->next)
        place->next->before = place->before;
    place->is_in = false;
    chat_queue_sender_drop(&place->lines);
}

void chat_room_dismiss(chat_room *room, chat_place *place, const char *why)
{
    place->why = why;
    chat_room_leave(room, place);
    bide_local_notify_one(&place->dismissed);
}

void chat_room_dismiss_all(chat_room *room, const char *why)
{
    while (room->first)
        chat_room_dismiss(room, room->first, why);
}

bool chat_room_has(const chat_room *room, const char *name)
{
    for (const chat_place *p = room->first; p; p = p->next)
        if (strcmp(p->name, name) == 0)
            return true;
    return false;
}

void chat_room_names(const chat_room *room, const chat_place *but, char *out, size_t size)
{
    static const char more[] = ", ...";
    size_t used = 0;
    out[0] = '\0';
    for (const chat_place *p = room->first; p; p = p->next) {
        if (p == but || !p->name[0])
            continue;
        if (used + CHAT_NAME_MOST + 2 + sizeof more > size) {
            (void)snprintf(out + used, size - used, "%s", more);
            return;
        }
        used += (size_t)snprintf(out + used, size - used, "%s%s", used ? ", " : "", p->name);
    }
}

/* ---- the sink ----------------------------------------------------------------------------- */

bide_poll chat_room_poll_ready(chat_room *room, bide_context *cx, int32_t *error)
{
    (void)room;
    (void)cx;
    *error = 0;
    return BIDE_READY;
}

/* One that does not read must not make the others wait, nor take memory without end. */
static void give(chat_room *room, chat_place *place, chat_line line)
{
    chat_line its = chat_line_share(line);
    if (chat_queue_sender_try_send(&place->lines, its) == 0)
        return;
    chat_line_drop(&its);
    chat_room_dismiss(room, place, "does not read");
}

/* A member's first line tells that it has joined. What others said before that, and what waited for
 * the log meanwhile, is not for it. */
int32_t chat_room_start_send(chat_room *room, chat_line line)
{
    chat_place *next;
    for (chat_place *p = room->first; p; p = next) {
        next = p->next;
        if (chat_line_from(line) == p->number)
            p->hears = true;
        else if (p->hears && chat_line_from(line) != CHAT_FOR_LOG_ONLY)
            give(room, p, line);
    }
    chat_line_drop(&line);
    return 0;
}

bide_poll chat_room_poll_flush(chat_room *room, bide_context *cx, int32_t *error)
{
    return chat_room_poll_ready(room, cx, error);
}

bide_poll chat_room_poll_close(chat_room *room, bide_context *cx, int32_t *error)
{
    return chat_room_poll_ready(room, cx, error);
}

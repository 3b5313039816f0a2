/*
 * line.h: a line of the chat: a text that many queues share, and where such lines go.
 */
#ifndef CHAT_LINE_H
#define CHAT_LINE_H

#include <bide/bide.h>
#include <bide/channel.h>
#include <bide/sink.h>

/* Who a line is from, besides the number of a member, who does not get it back. */
#define CHAT_FROM_NOBODY 0           /* all get it */
#define CHAT_FOR_LOG_ONLY UINT64_MAX /* no member gets it */

/* A counted reference to a text that does not change. Zero: none. */
typedef struct chat_line {
    struct chat_text *text;
} chat_line;

/* Makes one with its line feed. False without memory, and *out is none. */
bool chat_line_make(chat_line *out, uint64_t from, const char *format, ...);

/* One more reference; it takes no memory. */
chat_line chat_line_share(chat_line line);

/* Gives a reference up, the text with the last; leaves none. */
void chat_line_drop(chat_line *line);

const char *chat_line_bytes(chat_line line);
size_t chat_line_size(chat_line line);
uint64_t chat_line_from(chat_line line);

/* What takes lines: the room, the log, and the Tee over both. */
#define Lines_HAS_item_drop 1
BIDE_INLINE void Lines_item_drop(chat_line *line)
{
    chat_line_drop(line);
}
BIDE_SINK(Lines, chat_line);

/* Bounded channels of lines: what a member will read, and what all have said. */
#define chat_queue_HAS_item_drop 1
BIDE_INLINE void chat_queue_item_drop(chat_line *line)
{
    chat_line_drop(line);
}
BIDE_LOCAL_CHANNEL(chat_queue, chat_line);

#endif

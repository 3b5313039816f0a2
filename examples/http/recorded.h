/*
 * recorded.h: conversations from a file, in place of a network.
 *
 *     request GET http://example.org/a     what is asked: for the tests
 *     header Accept: text/plain
 *     body some text
 *     expect status 200                    and what must come of it
 *
 *     dial example.org:80 [MS]             the next connection, after so many milliseconds
 *     refuse example.org:80 [MS]           the same, but there is none
 *     > GET /a HTTP/1.1                    a line that must be sent
 *     >> text                              the same without CR LF
 *     < HTTP/1.1 200 OK                    a line that is answered
 *     << text                              the same without CR LF
 *     wait MS                              nothing comes for so long
 *     fail                                 the stream fails
 *     end                                  the stream ends; also at the next dial, and at the end
 *
 * Empty lines and those that begin with # are skipped. In sent and answered text \r \n \t \0 \\
 * stand for these bytes. What is sent must be what is recorded: `wrong` tells the first difference.
 */
#ifndef HTTP_RECORDED_H
#define HTTP_RECORDED_H

#include "bytes.h"
#include "text.h"

#include <stdio.h>

enum record_kind {
    RECORD_DIAL,
    RECORD_REFUSE,
    RECORD_SENT,
    RECORD_ANSWERED,
    RECORD_WAIT,
    RECORD_FAIL,
    RECORD_END
};

typedef struct record_step {
    enum record_kind kind;
    unsigned long line; /* in the file */
    uint64_t ms;        /* wait, dial, refuse */
    size_t at, size;    /* sent, answered: in `bytes`; dial, refuse: the host */
    uint16_t port;
} record_step;

/* A line for the tests. */
typedef struct record_note {
    unsigned long line;
    const char *text;
} record_note;

/* A Dialer. */
typedef struct Recording {
    record_step *steps;
    size_t step_count;
    record_note *notes;
    size_t note_count;
    http_text bytes, texts;    /* texts: of the notes */
    bide_allocator *allocator; /* of the streams */
    /* how it is played */
    size_t piece;    /* bytes of a read or write, at most; 0: as many as wanted */
    size_t split_at; /* the answers are cut behind so many bytes; 0: nowhere */
    uint32_t pends;  /* polls that each call waits */
    /* what has happened */
    size_t next;     /* step to look for the next dial from */
    size_t answered; /* bytes, of all streams */
    unsigned open, dials;
    char wrong[160]; /* "": nothing */
} Recording;

BIDE_IMPL_DECLARE(Dialer, Recording);

/* Reads a file. False: told on stderr why not, with the line; nothing is to be freed. */
bool Recording_load(Recording *self, const char *name, FILE *file);
void Recording_free(Recording *self);

/* Back to the beginning. */
void Recording_rewind(Recording *self);

/* Whether every dial of the recording was made, and nothing was wrong; else *wrong tells. */
bool Recording_is_over(Recording *self);

bide_async dialled Recording_dial(Recording *self, const char *host, uint16_t port);

/* ---- one stream of it ----------------------------------------------------------------------- */

typedef struct RecordedStream {
    Recording *recording;
    bide_allocator *giver;
    size_t step, done; /* bytes of the step that are done */
} RecordedStream;

#define RecordedStream_HAS_destroy 1
BIDE_IMPL_DECLARE(Bytes, RecordedStream);

bide_async long RecordedStream_read(RecordedStream *self, void *buffer, size_t size);
bide_async long RecordedStream_write(RecordedStream *self, const void *data, size_t size);
void RecordedStream_destroy(RecordedStream *self);

#include BIDE_GENERATED("recorded.gen.h")

#endif

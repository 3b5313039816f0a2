/*
 * wire.h: the protocol of kv_server, which a person can type into netcat.
 *
 * A request is a line: words with one space between them, then a line feed, which a carriage return
 * may precede. PUT has a value behind its line: as many bytes as it says, of any kind, then a line
 * feed again. The first word may be in small letters; an empty line asks for nothing.
 *
 *     request             answer
 *     GET KEY             VALUE SIZE, and behind that line SIZE bytes and a line feed; or NOT_FOUND
 *     PUT KEY SIZE        OK: it is on the disk, and survives a crash of the server's machine
 *     DELETE KEY          OK, as safe; or NOT_FOUND
 *     COUNT               COUNT NUMBER: how many keys there are
 *     QUIT                GOODBYE, and the end
 *
 *     any of them         ERROR TEXT: it was understood, and not done
 *     no request          GOODBYE TEXT: the last line before the end, and why
 *
 * A key is one word, of any bytes but space, those below it, and 127. Requests need not wait for
 * answers: those come in the order of the requests, each of which sees what the ones before it have
 * done. A client that has ended its side still gets its answers.
 *
 * What is not understood ends the connection: what comes behind it may be the bytes of a value, and
 * must not be taken for requests. For the same reason a line without its end is no request, though
 * it is the last one: DELETE k1 may be what has come of DELETE k12.
 */
#ifndef KV_WIRE_H
#define KV_WIRE_H

#include "store.h"

enum { WIRE_SIZE_DIGITS = 18 };

/* ---- requests ----------------------------------------------------------------------------- */

enum { WIRE_NOTHING, WIRE_GET, WIRE_PUT, WIRE_DELETE, WIRE_COUNT, WIRE_QUIT, WIRE_WRONG };

/* A line that was understood, or WIRE_WRONG. The key points into the line. */
typedef struct wire_request {
    int verb;
    kv_slice key;
    uint64_t size;     /* of PUT */
    const char *wrong; /* WIRE_WRONG: what would be right */
} wire_request;

/* Takes the end off a line: a line feed, and a carriage return before it. False: it has none. */
bool wire_take_end(kv_slice *line);

/* A line without its end. */
wire_request wire_parse_request(kv_slice line);

bool wire_is_key(kv_slice key);

/* ---- answers ------------------------------------------------------------------------------ */

enum {
    WIRE_SAYS_OK,
    WIRE_SAYS_NOT_FOUND,
    WIRE_SAYS_VALUE, /* of so many bytes */
    WIRE_SAYS_COUNT, /* this number */
    WIRE_SAYS_ERROR, /* this text */
    WIRE_SAYS_GOODBYE,
    WIRE_SAYS_NONSENSE
};

typedef struct wire_answer {
    int kind;
    uint64_t number;
    kv_slice text; /* points into the line */
} wire_answer;

/* A line without its end. */
wire_answer wire_parse_answer(kv_slice line);

#endif

/*
 * command.h: the client's commands: a request in the words of its user, with its value.
 */
#ifndef KV_COMMAND_H
#define KV_COMMAND_H

#include <bide/bytes.h>

#include "wire.h"

/* Its parts point into what it was made of. WIRE_WRONG: it is none, and `wrong` says what is. */
typedef struct kv_command {
    wire_request request;
    kv_slice value; /* of PUT */
} kv_command;

/* "get KEY", "put KEY VALUE", "delete KEY" or "count", from words; the last may have no data. */
kv_command kv_command_make(kv_slice verb, kv_slice key, kv_slice value);

/* From a line: the value is all behind the second space. */
kv_command kv_command_parse(kv_slice line);

/* Appends the bytes of its request. False: no memory. */
bool kv_command_write(bide_bytes *out, const kv_command *command);

#endif

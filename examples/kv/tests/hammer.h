/*
 * hammer.h: what kv_hammer tells its parent.
 */
#ifndef KV_HAMMER_H
#define KV_HAMMER_H

#include "model.h"

enum { HAMMER_BEGUN = 1, HAMMER_ACKNOWLEDGED = 2 };

typedef struct hammer_message {
    uint8_t what, key, unused[2];
    uint32_t step;
} hammer_message;

#endif

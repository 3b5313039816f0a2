/*
 * model.h: what a store must hold after an interruption, by what was begun and what was
 * acknowledged.
 *
 * Each key goes through steps 1, 2, 3, ..., one at a time; every fifth removes it, the others set a
 * value that tells key and step. After an interruption the key must stand at the last acknowledged
 * step, or at one that was begun after it.
 */
#ifndef KV_MODEL_H
#define KV_MODEL_H

#include "store.h"

#define MODEL_KEYS 32u
#define MODEL_VALUE 160u

typedef struct model {
    uint32_t acknowledged[MODEL_KEYS]; /* where the key stood for certain */
    uint32_t last[MODEL_KEYS];         /* the latest step that was begun, ever */
    uint32_t lost[MODEL_KEYS];         /* steps up to this one, but for the acknowledged: undone */
} model;

/* Begins the next step of a key. Steps that an interruption undid are not used again. */
static inline uint32_t model_begin(model *m, uint32_t key)
{
    return ++m->last[key];
}

static inline bool model_removes(uint32_t step)
{
    return step % 5 == 0;
}

kv_slice model_key(uint32_t key, char room[16]);

/* The value of a step: its length varies, too. */
kv_slice model_value(uint32_t key, uint32_t step, char room[MODEL_VALUE]);

/* Room for a key, in a frame. */
union model_key_room {
    char text[16];
};

/* Makes a step: put or remove. The Output is the store's code, KV_OK for removing nothing. */
#define model_step_FRAME(ROW)                                                                      \
    ROW(PARAM, Store *, store)                                                                     \
    ROW(PARAM, uint32_t, key) ROW(PARAM, uint32_t, step)                                           \
    ROW(BUFFER, union model_key_room, room) ROW(LOCAL, int32_t, code)                              \
    ROW(CHILD, Store_put, put) ROW(CHILD, Store_remove, take_out)
BIDE_ASYNC_DECLARE(int32_t, model_step)

/* Reads all keys and compares. NULL: right, and the model now stands where the store does; else
 * what is wrong, in a static text. Runs an executor. */
const char *model_check(model *m, Store *store);

#endif

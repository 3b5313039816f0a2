/*
 * model.c: steps, and the comparison.
 */
#include "model.h"

#include <stdio.h>
#include <string.h>

kv_slice model_key(uint32_t key, char room[16])
{
    (void)snprintf(room, 16, "key-%u", (unsigned)(key % 1000));
    return kv_text(room);
}

kv_slice model_value(uint32_t key, uint32_t step, char room[MODEL_VALUE])
{
    int n = snprintf(room, MODEL_VALUE, "%u:%u:", (unsigned)key, (unsigned)step);
    for (uint32_t i = 0; i < (step * 37 + key) % 100; i++)
        room[n++] = (char)('a' + (step + i) % 26);
    room[n] = '\0';
    return kv_text(room);
}

static kv_bytes copy_of_value(uint32_t key, uint32_t step)
{
    char room[MODEL_VALUE];
    return kv_bytes_copy(bide_heap(), model_value(key, step, room));
}

BIDE_ASYNC_DEFINE(int32_t, model_step)
{
    BIDE_BEGIN(model_step);
    if (model_removes(f->step)) {
        /* Not by value: the key lies in the frame. */
        BIDE_AWAIT_TO(f->code, Store_remove, take_out, (f->store, model_key(f->key, f->room.text)));
        BIDE_RETURN(f->code == KV_NOT_FOUND ? KV_OK : f->code);
    }
    BIDE_AWAIT_TO(f->code, Store_put, put,
                  (f->store, kv_bytes_copy(bide_heap(), model_key(f->key, f->room.text)),
                   copy_of_value(f->key, f->step)));
    BIDE_RETURN(f->code);
    BIDE_END;
}

static bool is_value_of(kv_slice value, uint32_t key, uint32_t step)
{
    char room[MODEL_VALUE];
    return !model_removes(step) && kv_slice_equal(value, model_value(key, step, room));
}

static const char *check_key(model *m, uint32_t key, const kv_found *found)
{
    static char text[200];
    uint32_t step = m->acknowledged[key];
    if (found->code != KV_OK && found->code != KV_NOT_FOUND)
        return kv_strerror(found->code);
    while (step <= m->last[key]) {
        if (found->code == KV_OK ? is_value_of(kv_slice_of(&found->value), key, step)
                                 : step == 0 || model_removes(step)) {
            m->acknowledged[key] = step;
            m->lost[key] = m->last[key];
            return NULL;
        }
        step = step < m->lost[key] ? m->lost[key] + 1 : step + 1;
    }
    (void)snprintf(text, sizeof text,
                   "key %u: acknowledged %u, lost to %u, begun %u, found \"%.*s\"", (unsigned)key,
                   (unsigned)m->acknowledged[key], (unsigned)m->lost[key], (unsigned)m->last[key],
                   found->code == KV_OK ? (int)(found->value.size % 100) : 6,
                   found->code == KV_OK ? (const char *)found->value.data : "absent");
    return text;
}

const char *model_check(model *m, Store *store)
{
    bide_local *ex;
    const char *wrong = NULL;
    if (bide_local_new(NULL, &ex) != BIDE_READY)
        return "no executor";
    for (uint32_t key = 0; key < MODEL_KEYS && !wrong; key++) {
        char room[16];
        kv_found found = kv_found_none(KV_OK);
        bide_poll r;
        BIDE_RUN_UNTIL_TO(r, ex, Store_get, &found, (store, model_key(key, room)));
        wrong = r == BIDE_READY ? check_key(m, key, &found) : bide_strerror(r);
        if (r == BIDE_READY)
            kv_bytes_release(found.value);
    }
    (void)bide_local_free(ex);
    return wrong;
}

/*
 * store.h: the interface `Store`, a map from byte strings to byte strings, and what it speaks.
 *
 * Ownership, in three sentences. A kv_slice is borrowed: it must stay as it is until the call that
 * got it has ended. A kv_bytes is owned: given to `put` it belongs to the call, which releases it
 * exactly once, also when it fails or is dropped unpolled. The value that `get` returns belongs to
 * the caller, who releases it.
 *
 * Errors of the store are codes in the Output, zero or negative, made for BIDE_AWAIT_TRY. Running
 * out of memory is none of them: it is the failure BIDE_ENOMEM of the future, as everywhere.
 */
#ifndef KV_STORE_H
#define KV_STORE_H

#include <bide/bide.h>

/* What a store answers. */
enum {
    KV_OK = 0,
    KV_NOT_FOUND = -1,  /* get, remove: there is no such key */
    KV_TOO_LARGE = -2,  /* key or value beyond KV_KEY_MAX, KV_VALUE_MAX */
    KV_NO_SPACE = -3,   /* the device is full; nothing was stored */
    KV_IO = -4,         /* the device failed; only opening the file again tells what is stored */
    KV_BROKEN = -5,     /* an earlier failure could not be undone: the store only reads now */
    KV_CORRUPT = -6,    /* a record that was stored before is damaged */
    KV_NOT_A_LOG = -7,  /* open: the file holds something else, and was left alone */
    KV_IN_USE = -8,     /* open: another process has the file */
    KV_NO_FILE = -9,    /* open: no such file or directory */
    KV_DENIED = -10,    /* open: no permission */
    KV_NO_MEMORY = -11  /* open: out of memory */
};

#define KV_KEY_MAX ((size_t)1 << 16)
#define KV_VALUE_MAX ((size_t)1 << 24)

/* A short English text for a code, lower case, without a full stop. */
const char *kv_strerror(int32_t code);

/* ---- byte strings ------------------------------------------------------------------------- */

/* Borrowed bytes. */
typedef struct kv_slice {
    const unsigned char *data;
    size_t size;
} kv_slice;

/* Owned bytes. data == NULL: there was no memory for them; a call that is given such fails with
 * BIDE_ENOMEM. An empty string has data. */
typedef struct kv_bytes {
    unsigned char *data;
    size_t size;
    bide_allocator *giver;
} kv_bytes;

/* Room for `size` bytes, or data == NULL. */
kv_bytes kv_bytes_new(bide_allocator *allocator, size_t size);

/* A copy. A slice without data gives bytes without data. */
kv_bytes kv_bytes_copy(bide_allocator *allocator, kv_slice from);

/* Gives the bytes back; none is fine. */
void kv_bytes_release(kv_bytes bytes);

/* The same, for `owned` and `scoped`. */
void kv_bytes_drop(kv_bytes *bytes);

/* Moves the bytes out, leaving none behind. */
static inline kv_bytes kv_bytes_take(kv_bytes *from)
{
    kv_bytes out = *from;
    from->data = NULL;
    return out;
}

static inline kv_slice kv_slice_of(const kv_bytes *bytes)
{
    kv_slice s = {bytes->data, bytes->size};
    return s;
}

/* The same of bytes by value: a parameter whose address is taken must live in the frame. */
static inline kv_slice kv_slice_in(kv_bytes bytes)
{
    kv_slice s = {bytes.data, bytes.size};
    return s;
}

/* The bytes of a C string, without its end. */
kv_slice kv_text(const char *text);

bool kv_slice_equal(kv_slice a, kv_slice b);

/* ---- the interface ------------------------------------------------------------------------ */

/* What `get` returns. */
typedef struct kv_found {
    int32_t code;   /* KV_OK, or why there is no value */
    kv_bytes value; /* the caller's, if KV_OK; else none */
} kv_found;

/* The answer without a value. */
static inline kv_found kv_found_none(int32_t code)
{
    kv_found found = {code, {NULL, 0, NULL}};
    return found;
}

/* For BIDE_AWAIT_TRY_IF. */
static inline bool kv_found_failed(kv_found found)
{
    return found.code < 0;
}

/* get     the value of a key, as it was when some moment of the call
 * put     sets a key; KV_OK is the acknowledgement: from then on every get sees it
 * remove  takes a key out; KV_NOT_FOUND if there was none
 * count   how many keys there are
 *
 * Calls may overlap. Of several puts and removes of one key the one that was polled first counts
 * as the earlier. A put or remove that is dropped while it waits may still happen, at any time
 * later. */
#define Store_METHODS(METHOD, I, Self)                                                             \
    METHOD(I, Self, ASYNC, kv_found, get, (kv_slice, key))                                         \
    METHOD(I, Self, ASYNC, int32_t, put, (kv_bytes, key), (kv_bytes, value))                       \
    METHOD(I, Self, ASYNC, int32_t, remove, (kv_slice, key))                                       \
    METHOD(I, Self, SYNC, uint64_t, count)
BIDE_INTERFACE(Store);

#endif

/*
 * store.c: byte strings, and the texts of the codes.
 */
#include "store.h"

#include <string.h>

const char *kv_strerror(int32_t code)
{
    switch (code) {
    case KV_OK:
        return "done";
    case KV_NOT_FOUND:
        return "no such key";
    case KV_TOO_LARGE:
        return "key or value too large";
    case KV_NO_SPACE:
        return "no space left on the device";
    case KV_IO:
        return "the device failed to read or write";
    case KV_BROKEN:
        return "refused: an earlier write failed and could not be undone";
    case KV_CORRUPT:
        return "a stored record is damaged";
    case KV_NOT_A_LOG:
        return "not a log of this program";
    case KV_IN_USE:
        return "in use by another process";
    case KV_NO_FILE:
        return "no such file or directory";
    case KV_DENIED:
        return "permission denied";
    case KV_NO_MEMORY:
        return "out of memory";
    default:
        return "unknown error";
    }
}

kv_bytes kv_bytes_new(bide_allocator *allocator, size_t size)
{
    kv_bytes out = {NULL, size, NULL};
    out.data = bide_alloc(allocator, size ? size : 1, 1, &out.giver);
    return out;
}

kv_bytes kv_bytes_copy(bide_allocator *allocator, kv_slice from)
{
    kv_bytes out = {NULL, from.size, NULL};
    if (!from.data)
        return out;
    out = kv_bytes_new(allocator, from.size);
    if (out.data && from.size)
        memcpy(out.data, from.data, from.size);
    return out;
}

void kv_bytes_release(kv_bytes bytes)
{
    if (bytes.data)
        bide_free(bytes.giver, bytes.data, bytes.size ? bytes.size : 1, 1);
}

void kv_bytes_drop(kv_bytes *bytes)
{
    kv_bytes_release(kv_bytes_take(bytes));
}

kv_slice kv_text(const char *text)
{
    kv_slice s = {(const unsigned char *)text, strlen(text)};
    return s;
}

bool kv_slice_equal(kv_slice a, kv_slice b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

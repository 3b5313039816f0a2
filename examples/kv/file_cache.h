/*
 * file_cache.h: the cache over two backing types: FileCache, static over FileStore, and StoreCache,
 * over a handle of any Store.
 */
#ifndef KV_FILE_CACHE_H
#define KV_FILE_CACHE_H

#include "cache.h"
#include "file_store.h"

#define FileCache_get_FRAME(ROW) CACHE_GET_FRAME(ROW, FileCache, FileStore)
#define FileCache_put_FRAME(ROW) CACHE_PUT_FRAME(ROW, FileCache, FileStore)
#define FileCache_remove_FRAME(ROW) CACHE_REMOVE_FRAME(ROW, FileCache, FileStore)
CACHE_DEFINE(FileCache, FileStore)
BIDE_IMPL_DECLARE(Store, FileCache);

#define StoreCache_get_FRAME(ROW) CACHE_GET_FRAME(ROW, StoreCache, Store)
#define StoreCache_put_FRAME(ROW) CACHE_PUT_FRAME(ROW, StoreCache, Store)
#define StoreCache_remove_FRAME(ROW) CACHE_REMOVE_FRAME(ROW, StoreCache, Store)
CACHE_DEFINE(StoreCache, Store)
BIDE_IMPL_DECLARE(Store, StoreCache);

#endif

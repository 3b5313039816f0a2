/*
 * file_cache.c: the vtables of the two caches.
 */
#include "file_cache.h"

BIDE_IMPL(Store, FileCache);
BIDE_IMPL(Store, StoreCache);

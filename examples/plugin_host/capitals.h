/*
 * capitals.h: the new plugin: Each Word Begins With A Capital. Private to it.
 */
#ifndef CAPITALS_H
#define CAPITALS_H

#include "plugin.h"

typedef struct Capitals {
    uint32_t refs;
} Capitals;

const char *Capitals_label(Capitals *self);
bide_async int32_t Capitals_apply(Capitals *self, Feed feed, filter_text *out);
bide_async int32_t Capitals_preview(Capitals *self, Feed feed, filter_text *out, uint32_t size);

#include BIDE_GENERATED("capitals.gen.h")

#define Capitals_HAS_destroy 1
#define Capitals_Filter_HAS_preview 1
BIDE_IMPL_DECLARE(Filter, Capitals);

#endif

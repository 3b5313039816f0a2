/*
 * gen/expand.h: generic async functions: one copy of their text for each concrete type.
 *
 *     async int total(impl(Store) *s) { return await(Store_get(s)); }
 *     instantiate(total, Pg);
 *
 * The second line is replaced by the text of the first, in which impl(Store) and Store are Pg,
 * Store_get is Pg_get, and total is total_Pg; so the compiler checks each copy like any function.
 * As it stands, total is the one for the interface itself: dyn. A copy that calls another generic
 * of the same interface calls its copy for the same type, where there is one.
 *
 * All of it works on tokens, before anything is parsed. What stands in a copy keeps the place of
 * the text that it was copied from.
 */
#ifndef BIDEC_EXPAND_H
#define BIDEC_EXPAND_H

#include "model.h"

typedef struct source source;

/* NULL: errors were reported. */
source *source_expand(arena *a, diagnostics *d, const char *path, const char *data,
                      uint32_t length);

const char *source_text(const source *s, uint32_t *length);
/* Of an offset in the expanded text: where it came from, with #line directives obeyed. */
place source_place(const source *s, uint32_t offset);
instance *source_instances(const source *s, uint32_t *count);
/* The instance in whose copy the offset lies, or NULL. */
const instance *source_instance(const source *s, uint32_t offset);

#endif

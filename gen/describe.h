/*
 * gen/describe.h: suspensions in words, for people.
 */
#ifndef BIDEC_DESCRIBE_H
#define BIDEC_DESCRIBE_H

#include "model.h"

/* "await conn_query", "join a, b", "yield", "async cleanup of c". */
const char *describe_site(arena *a, const site *s);

#endif

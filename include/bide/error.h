/*
 * bide/error.h: the text of a poll result, and the version of the library that is linked.
 *
 * Both are for messages and checks; nothing in the library depends on them. Any thread may call
 * them at any time, and the texts live as long as the library.
 */
#ifndef BIDE_ERROR_H
#define BIDE_ERROR_H

#include <bide/abi.h>

BIDE_PRIV_C_BEGIN

/* A short English text for a poll result, lower case and without a full stop: "out of memory" for
 * BIDE_ENOMEM. Codes that this version does not know give "unknown failure" (negative) or "unknown
 * result" (positive): codes of a newer library pass through an older one. Never NULL. */
BIDE_API const char *bide_strerror(bide_poll code);

/* The version of the linked library, as BIDE_VERSION gives the version of the headers:
 * major * 10000 + minor * 100 + patch. A program compares the two where it matters. */
BIDE_API uint32_t bide_version(void);

BIDE_PRIV_C_END

#endif

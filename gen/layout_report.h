/*
 * gen/layout_report.h: the frames as the compiler lays them out, for --layout and --budget.
 *
 * The numbers are the compiler's: what bidec would write is parsed again, as the user's compiler
 * will see it, so that holes, padding and the frames of other files' children are the real ones.
 */
#ifndef BIDEC_LAYOUT_REPORT_H
#define BIDEC_LAYOUT_REPORT_H

#include "passes.h"

/* A field, or a frame. */
typedef struct member {
    const char *name;             /* NULL: unnamed */
    const char *type;             /* "struct" and "union" alone where it has kids */
    uint64_t offset, size, align; /* offset: from the frame's beginning */
    bool is_union;
    struct member *kids;
    uint32_t kid_count;
} member;

/* Frame i belongs to unit.functions[i]. */
typedef struct frames {
    member *items;
    uint32_t count;
} frames;

/* `header` and `source` are the text of X.gen.h and X.gen.c in `directory`, written or not. NULL:
 * errors were reported. */
frames *layout_read(unit *u, diagnostics *d, const input *in, const char *directory,
                    const text *header, const text *source);

/* As pahole prints structs. */
void layout_print(unit *u, const frames *f, text *to);

/* Reports the frames of more than `budget` bytes, with what is largest in them. */
void layout_budget(unit *u, diagnostics *d, const frames *f, uint64_t budget);

#endif

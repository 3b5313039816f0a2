/*
 * interface.c: comparing an interface as two sides know it.
 *
 * A vtable from elsewhere is trusted only as far as its size field and the size fields of the
 * records behind it: whatever lies beyond them was not known to its maker.
 */
#include <bide/interface.h>

bool bide_priv_same_name(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

/* C spells the type _Bool where C++ spells it bool: both sides of a binding may differ in that. */
static const char *skip_bool(const char *text, bool *was_bool)
{
    static const char c_name[] = "_Bool", cxx_name[] = "bool";
    const char *names[2] = {c_name, cxx_name};
    *was_bool = false;
    for (int i = 0; i < 2; i++) {
        size_t n = 0;
        while (names[i][n] && text[n] == names[i][n])
            n++;
        if (!names[i][n]) {
            *was_bool = true;
            return text + n;
        }
    }
    return text;
}

static bool same_text(const char *a, const char *b)
{
    while (*a || *b) {
        bool a_bool, b_bool;
        const char *a_next = skip_bool(a, &a_bool), *b_next = skip_bool(b, &b_bool);
        if (a_bool && b_bool) {
            a = a_next;
            b = b_next;
        } else if (*a == *b) {
            a++;
            b++;
        } else {
            return false;
        }
    }
    return true;
}

static bide_poll refuse(bide_mismatch *why, const char *reason)
{
    why->reason = reason;
    return BIDE_EMISMATCH;
}

static const bide_signature *row_of(const bide_interface *info, uint32_t i)
{
    /* Rows are found by the maker's row size: a later revision may have longer ones. */
    return (const bide_signature *)(const void *)((const char *)info->signatures +
                                                  (size_t)i * info->row_size);
}

/* Function pointers are looked at as bytes: their type is known to the caller's macros only. */
static bool is_null_slot(const char *slot)
{
    const char *p = slot;
    for (size_t i = 0; i < sizeof(void (*)(void)); i++)
        if (p[i])
            return false;
    return true;
}

static bool slot_is_filled(const bide_vtable *vt, const bide_signature *row)
{
    const char *slot = (const char *)vt + row->offset;
    uint32_t kind = row->kind & ~(uint32_t)BIDE_KIND_DEFAULT;
    size_t words = 1;
    if (kind == BIDE_KIND_ASYNC || kind == BIDE_KIND_ASYNC_MUT)
        words = 3; /* type, init, start; discard may be NULL */
    for (size_t i = 0; i < words; i++)
        if (is_null_slot(slot + i * sizeof(void *)))
            return false;
    return true;
}

/* The base's table hangs below a row of its own; *why speaks of it only when it does not fit. */
static bide_poll check_super(const bide_interface *base, const void *slot, bide_mismatch *why)
{
    const bide_vtable *vt;
    bide_mismatch below;
    BIDE_PRIV_COPY(&vt, slot, sizeof vt);
    if (bide_bind(base, vt, &below) == BIDE_READY)
        return BIDE_READY;
    *why = below;
    return BIDE_EMISMATCH;
}

static bide_poll check_row(const bide_interface *want, const bide_vtable *vt, uint32_t i,
                           bide_mismatch *why)
{
    const bide_signature *ours = row_of(want, i), *theirs;
    why->method = ours->name;
    why->expected = ours->text;
    if (ours->offset + ours->bytes > vt->size) {
        if (ours->kind & BIDE_KIND_DEFAULT)
            return BIDE_READY;
        return refuse(why, "the implementation is older than this method, which has no default");
    }
    /* Calls go by the size alone: a slot that nobody described must not be reached. */
    if (i >= vt->interface_info->rows)
        return refuse(why, "the vtable is longer than the list of its methods");
    theirs = row_of(vt->interface_info, i);
    why->found = theirs->text;
    if (!bide_priv_same_name(ours->name, theirs->name))
        return refuse(why, "another method stands in this row");
    /* A row may have become a default, or ceased to be one, between two releases. */
    if ((ours->kind | BIDE_KIND_DEFAULT) != (theirs->kind | BIDE_KIND_DEFAULT))
        return refuse(why, "the method is of another kind");
    if (!same_text(ours->text, theirs->text))
        return refuse(why, "result or parameters differ");
    if (ours->layout != theirs->layout || ours->offset != theirs->offset ||
        ours->bytes != theirs->bytes)
        return refuse(why, "a type of result or parameter has another size or alignment");
    if (!slot_is_filled(vt, ours))
        return refuse(why, "the implementation left this method empty");
    if (ours->super)
        return check_super(ours->super, (const char *)vt + ours->offset, why);
    return BIDE_READY;
}

bide_poll bide_bind(const bide_interface *expected, const bide_vtable *vtable, bide_mismatch *why)
{
    bide_mismatch unused;
    if (!why)
        why = &unused;
    BIDE_PRIV_ZERO(why, sizeof *why);
    why->interface_name = expected->name;
    if (!vtable)
        return refuse(why, "there is no vtable");
    if (vtable->abi != BIDE_VTABLE_ABI)
        return refuse(why, "not a vtable of this revision of the binary contract");
    if (vtable->size < sizeof(bide_vtable) || !vtable->interface_info)
        return refuse(why, "the vtable's header is cut short");
    why->implementation = vtable->implementation;
    if (!bide_priv_same_name(expected->name, vtable->interface_info->name))
        return refuse(why, "the vtable is of another interface");
    for (uint32_t i = 0; i < expected->rows; i++) {
        bide_poll r = check_row(expected, vtable, i, why);
        if (r != BIDE_READY)
            return r;
    }
    why->method = why->expected = why->found = NULL;
    return BIDE_READY;
}

static void append(char *text, size_t bytes, size_t *at, const char *more)
{
    for (; *more; more++, (*at)++)
        if (*at + 1 < bytes)
            text[*at] = *more;
}

size_t bide_mismatch_text(const bide_mismatch *why, char *text, size_t bytes)
{
    size_t at = 0;
    append(text, bytes, &at, why->interface_name ? why->interface_name : "?");
    if (why->method) {
        append(text, bytes, &at, ".");
        append(text, bytes, &at, why->method);
    }
    if (why->implementation) {
        append(text, bytes, &at, " of ");
        append(text, bytes, &at, why->implementation);
    }
    append(text, bytes, &at, ": ");
    append(text, bytes, &at, why->reason ? why->reason : "fits");
    if (why->expected && why->found) {
        append(text, bytes, &at, " (expected: ");
        append(text, bytes, &at, why->expected);
        append(text, bytes, &at, "; found: ");
        append(text, bytes, &at, why->found);
        append(text, bytes, &at, ")");
    }
    if (bytes)
        text[at < bytes ? at : bytes - 1] = '\0';
    return at;
}

bide_poll bide_priv_bind_send(const bide_interface *expected, const bide_vtable *vtable,
                              bide_mismatch *why)
{
    bide_poll r = bide_bind(expected, vtable, why);
    if (r != BIDE_READY || (vtable->flags & BIDE_SEND))
        return r;
    if (why)
        why->reason = "the implementation is bound to its thread, and a Send one is asked for";
    return BIDE_EMISMATCH;
}

/*
 * error.c: texts of the poll results, and the version.
 */
#include <bide/error.h>

const char *bide_strerror(bide_poll code)
{
    /* A switch, not a table: codes are frozen, and one that is missing here gets a warning from
     * nobody, so tests/unit/test_error.c walks over all of them. */
    switch (code) {
    case BIDE_PENDING:
        return "pending";
    case BIDE_READY:
        return "ready";
    case BIDE_DONE:
        return "no more items";
    case BIDE_ENOMEM:
        return "out of memory";
    case BIDE_ECANCELED:
        return "cancelled";
    case BIDE_EFOREIGN:
        return "foreign exception or panic";
    case BIDE_EMISUSE:
        return "wrong use of a future or executor";
    case BIDE_ENOSYS:
        return "not supported here";
    case BIDE_EBUSY:
        return "fixed capacity is used up";
    case BIDE_EMISMATCH:
        return "built from different declarations";
    default:
        return code < 0 ? "unknown failure" : "unknown result";
    }
}

uint32_t bide_version(void)
{
    return BIDE_VERSION;
}

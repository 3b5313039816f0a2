/*
 * The smallest program that needs the headers and the library: it tells whether both are of one
 * version, and takes a block from the default allocator.
 */
#include <stdio.h>
#include <string.h>

#include <bide/bide.h>
#include <bide/error.h>

int main(void)
{
    bide_allocator *giver;
    void *block = bide_alloc(bide_default_allocator(), 64, 16, &giver);
    if (!block)
        return 1;
    memset(block, 0, 64);
    bide_free(giver, block, 64, 16);
    if (bide_version() != BIDE_VERSION) {
        fprintf(stderr, "library %u, headers %u\n", (unsigned)bide_version(),
                (unsigned)BIDE_VERSION);
        return 1;
    }
    printf("bide %s: %s\n", BIDE_VERSION_STRING, bide_strerror(BIDE_READY));
    return 0;
}

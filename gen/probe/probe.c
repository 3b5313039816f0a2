/*
 * gen/probe/probe.c: finds libclang as bidec will, before bidec is built: for CMake, which must
 * know while it configures. Usage: probe [library]
 */
#include <stdio.h>

#include "libclang.h"

int main(int argc, char **argv)
{
    arena *a = arena_make();
    diagnostics *d = diagnostics_make(a);
    const libclang *clang = libclang_load(a, d, argc > 1 ? argv[1] : NULL);
    if (clang)
        printf("%s (%s)\n", clang->version, clang->path);
    diagnostics_print(d, stderr);
    arena_free(a);
    return clang ? 0 : 3;
}

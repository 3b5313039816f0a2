#!/bin/sh
# freestanding.sh [CC [FLAGS...]]: the core (contract, futures, interfaces, placements) compiles
# without a C library and needs nothing from one but the four memory functions that every
# freestanding compiler may call (and on ARM its own helpers). Prints the size of its text.
set -eu
cc=${1:-cc}
[ $# -eq 0 ] || shift
top=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
flags="$* -std=c11 -Os -ffreestanding -fno-stack-protector -DBIDE_FREESTANDING -Wall -Wextra -Werror -I$top/include"
for part in interface waker error alloc_pool alloc_arena alloc_slab alloc_slot alloc_recycle alloc_count; do
    $cc $flags -c "$top/src/$part.c" -o "$scratch/$part.o"
done
cat > "$scratch/user.c" <<'C'
#include <bide/bide.h>
#define Pin_METHODS(METHOD, I, Self) METHOD(I, Self, ASYNC, int, read, (int, n))
BIDE_INTERFACE(Pin);
#define twice_FRAME(ROW) ROW(PARAM, Pin *, pin) ROW(LOCAL, int, a) ROW(LOCAL, int, b) \
    ROW(CHILD, Pin_read, first) ROW(CHILD, Pin_read, second)
BIDE_ASYNC(int, twice)
{
    BIDE_BEGIN(twice);
    BIDE_AWAIT_TO(f->a, Pin_read, first, (f->pin, 1));
    BIDE_AWAIT_TO(f->b, Pin_read, second, (f->pin, 2));
    BIDE_RETURN(f->a + f->b);
    BIDE_END;
}
const bide_type *the_type = &twice_type;
C
$cc $flags -c "$scratch/user.c" -o "$scratch/user.o"
# shellcheck disable=SC2086
$cc $* -r -nostdlib "$scratch"/*.o -o "$scratch/all"
needed=$(nm -u "$scratch/all" | awk '{ print $NF }' | grep -vE '^(memcpy|memmove|memset|memcmp|__aeabi_.*)$' || true)
if [ -n "$needed" ]; then
    echo "the freestanding core needs: $needed" >&2
    exit 1
fi
for part in interface waker alloc_pool alloc_slab; do
    size "$scratch/$part.o" | awk -v part=$part 'NR == 2 { print "    " part ": " $1 }'
done
size "$scratch/all" | awk 'NR == 2 { print "freestanding core and a user: " $1 " bytes of text" }'

#!/bin/sh
# The single header: made, compiled with every warning as its own source, beside names of a user's
# that bide's sources use too; the README's program and a C++ program are built with nothing else.
# Usage: amalgamation.sh [compiler...]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
warn='-Wall -Wextra -Wpedantic -Wshadow -Werror'

sh "$root/src/amalgamate.sh" "$scratch/bide_all.h"
cat > "$scratch/impl.c" << 'C'
#define BIDE_IMPLEMENTATION
#include "bide_all.h"
#include <sys/wait.h>
#include <unistd.h>
enum { LOCK, TAKEN, STEP, ALIGN };
static int take, run, keep, get, header, heap = STEP + ALIGN + LOCK + TAKEN;
int user_names(void);
int user_names(void)
{
    return take + run + keep + get + header + heap;
}
C
sed 's,<bide/bide.h>,"bide_all.h",' "$root/examples/first/first.c" > "$scratch/first.c"
sed 's,<bide/bide.h>,"bide_all.h",' "$here/consumer/ticker.cpp" > "$scratch/ticker.cpp"

[ $# -gt 0 ] || set -- gcc clang
used=''
for cc in "$@"; do
    command -v "$cc" > /dev/null || { echo "not checked: $cc is not installed"; continue; }
    used="$used $cc"
    for source in impl first; do
        # shellcheck disable=SC2086
        "$cc" -std=c11 -O1 $warn -Wconversion -Wstrict-prototypes -c "$scratch/$source.c" \
            -o "$scratch/$source.o"
    done
    "$cc" "$scratch/first.o" "$scratch/impl.o" -pthread -o "$scratch/first"
    [ "$("$scratch/first")" = '22 degrees' ]
    # Nothing but bide's names is visible to the linker.
    if nm -g --defined-only "$scratch/impl.o" | awk '$3 !~ /^(bide_|user_names$)/' | grep .; then
        echo "FAILED: the names above are defined by bide_all.h"
        exit 1
    fi
    cxx=$(echo "$cc" | sed 's/gcc/g++/; s/clang/clang++/')
    command -v "$cxx" > /dev/null || { echo "not checked: $cxx is not installed"; continue; }
    # shellcheck disable=SC2086
    "$cxx" -std=c++17 -O1 $warn "$scratch/ticker.cpp" "$scratch/impl.o" -pthread -o "$scratch/ticker"
    [ "$("$scratch/ticker")" = 'ticker: 42' ]
    used="$used $cxx"
done
[ -n "$used" ] || { echo "no compiler found among: $*"; exit 77; }
echo "bide_all.h: $(wc -c < "$scratch/bide_all.h") bytes, built and run with$used"

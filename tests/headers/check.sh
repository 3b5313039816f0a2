#!/bin/sh
# Compiles each public header alone and included twice, as C11, C17, C23, C++17 and C++20, with gcc
# and clang (those that are installed), all warnings as errors. BIDE_OWN_WARNINGS: nothing is
# forgiven because it is a system header. Usage: check.sh [compiler...]
#
# Exit: 0 clean, 1 a header failed, 77 no compiler (ctest's "skipped").
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT

warn='-DBIDE_OWN_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Werror'
warn_c="$warn -Wconversion -Wstrict-prototypes"
failed=0 compiled=0

have_mimalloc() {
    echo '#include <mimalloc.h>' | cc -fsyntax-only -x c - 2>/dev/null
}

# check <compiler> <language> <flags> <header>: both ways of including it. A header must also be
# usable after itself, and leave no macro of its own undone.
check() {
    src="$scratch/check.$2"
    printf '#include <bide/%s>\n#include <bide/%s>\nint bide_check(void);\nint bide_check(void)\n{\n    return 0;\n}\n' \
        "$4" "$4" > "$src"
    compiled=$((compiled + 1))
    # shellcheck disable=SC2086
    if ! "$1" $3 -I "$root/include" -fsyntax-only "$src" > "$scratch/log" 2>&1; then
        echo "FAILED: bide/$4 with $1 $3"
        head -20 "$scratch/log"
        failed=$((failed + 1))
    fi
}

[ $# -gt 0 ] || set -- gcc clang
used=''
for cc in "$@"; do
    command -v "$cc" > /dev/null || continue
    used="$used $cc"
    case $cc in
    *gcc*) cxx=$(echo "$cc" | sed 's/gcc/g++/') ;;
    *clang*) cxx=$(echo "$cc" | sed 's/clang/clang++/') ;;
    *) cxx='' ;;
    esac
    if ! command -v "$cxx" > /dev/null; then
        echo "no C++ compiler beside $cc: only C is checked with it"
        cxx=''
    fi
    for path in "$root"/include/bide/*.h "$root"/include/bide/*.hpp; do
        [ -e "$path" ] || continue
        header=$(basename "$path")
        if [ "$header" = mimalloc.h ] && ! have_mimalloc; then
            continue
        fi
        case $header in *.hpp) c_stds= ;; *) c_stds="c11 c17 c2x" ;; esac
        for std in $c_stds; do
            check "$cc" c "-std=$std $warn_c" "$header"
        done
        if [ -n "$cxx" ]; then
            for std in c++17 c++20; do
                check "$cxx" cc "-std=$std $warn" "$header"
            done
        fi
    done
done

if [ -z "$used" ]; then
    echo "no compiler found among: $*"
    exit 77
fi
echo "$compiled compilations with$used, $failed failed"
[ "$failed" -eq 0 ]

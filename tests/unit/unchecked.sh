#!/bin/sh
# unchecked.sh CC: code that is compiled without BIDE_CHECKED, also what bidec wrote, refers to nothing
# of check.h, whatever it uses; the same code compiled with it does, and has the same sizes
# (test_checked_mixed).
set -eu
cc=$1
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# hooks <source> <options>...: how many functions of check.h it refers to.
hooks() {
    source=$1
    shift
    $cc -std=c11 -D_POSIX_C_SOURCE=200809L "$@" -I"$here/../../include" -I"$here" \
        -I"$here/../gen/golden" -c "$source" -o "$scratch/object.o"
    nm -u "$scratch/object.o" | grep -c 'bide_priv_check_' || true
}

for file in "$here"/../gen/golden/*.expected; do
    name=${file##*/}
    cp "$file" "$scratch/${name%.expected}"
done
sources=
for name in checked_mixed test_interface test_join test_default_methods test_box; do
    sources="$sources $here/$name.c"
done
for level in -O0 -O2; do
    for source in $sources "$scratch"/*.gen.c; do
        if [ "$(hooks "$source" $level -UBIDE_CHECKED)" -ne 0 ]; then
            echo "$source, $level, unchecked: refers to functions of check.h" >&2
            exit 1
        fi
        if [ "$(hooks "$source" $level -DBIDE_CHECKED)" -eq 0 ]; then
            echo "$source, $level, checked: refers to nothing of check.h" >&2
            exit 1
        fi
    done
done

#!/bin/sh
# unchecked.sh CC: code that is compiled without BIDE_CHECKED refers to nothing of check.h, whatever
# it uses; the same code compiled with it does, and has the same sizes (test_checked_mixed).
set -eu
cc=$1
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for level in -O0 -O2; do
    for source in checked_mixed test_interface test_join test_default_methods test_box; do
        for checked in -UBIDE_CHECKED -DBIDE_CHECKED; do
            $cc -std=c11 $level -D_POSIX_C_SOURCE=200809L $checked -I"$here/../../include" \
                -I"$here" -c "$here/$source.c" -o "$scratch/object.o"
            hooks=$(nm -u "$scratch/object.o" | grep -c 'bide_priv_check_' || true)
            case $checked:$hooks in
            -U*:0) ;;
            -U*) echo "$source, $level, unchecked: refers to $hooks functions of check.h" >&2; exit 1 ;;
            -D*:0) echo "$source, $level, checked: refers to nothing of check.h" >&2; exit 1 ;;
            esac
        done
    done
done

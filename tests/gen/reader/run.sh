#!/bin/sh
# What the read pass makes of each X.async.c here, and says about it, is what X.txt holds: with
# each version of libclang that is installed.
#
#     run.sh DUMP INCLUDE_DIRECTORY [--update]
set -u
dump=$1 include=$2 update=${3-}
case $dump in /*) ;; *) dump=$PWD/$dump ;; esac
case $include in /*) ;; *) include=$PWD/$include ;; esac
cd "$(dirname "$0")" || exit 2
out=$(mktemp) || exit 2
trap 'rm -f "$out"' EXIT
count=0 bad=0

compare() {
    for source in *.async.c; do
        BIDEC_LIBCLANG=$1 "$dump" "$source" -I "$include" >"$out" 2>&1
        [ -z "$update" ] || cp "$out" "${source%.async.c}.txt"
        diff -u "${source%.async.c}.txt" "$out" >&2 || { echo "$source: differs ($1)"; bad=$((bad + 1)); }
        ! grep BROKEN "$out" || bad=$((bad + 1))
        count=$((count + 1))
    done
}

for library in /usr/lib/*/libclang-[0-9][0-9].so.1 /usr/lib/llvm-*/lib/libclang.so.1; do
    [ ! -e "$library" ] || compare "$library"
done
[ $count -gt 0 ] || compare ""
echo "$count comparisons, $bad differences"
[ $bad -eq 0 ]

#!/bin/sh
# symbols.sh LIBRARY FFI_LIBRARY [--update]: what the shared library exports is what symbols.txt says,
# all of it under the version of its soname; and the library for foreign callers exports each
# function that a public header defines inline. --update writes symbols.txt anew.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
library=$1 ffi=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export LC_ALL=C

# exports <library>: names of its defined symbols, without their versions and the version itself.
exports() {
    nm -D --defined-only "$1" | awk '$2 != "A" { sub(/@.*/, "", $3); print $3 }' | sort -u
}

exports "$library" > "$scratch/now"
if [ "${3:-}" = --update ]; then
    cp "$scratch/now" "$here/symbols.txt"
fi
if ! diff -u "$here/symbols.txt" "$scratch/now" > "$scratch/diff"; then
    echo "The exported symbols are not those of tests/package/symbols.txt:"
    grep '^[-+][^-+]' "$scratch/diff"
    echo "If that is meant: sh tests/package/symbols.sh $library $ffi --update"
    exit 1
fi

soname=$(readelf -d "$library" | sed -n 's/.*SONAME.*\[lib[a-z_]*\.so\.\(.*\)\]/\1/p')
for each in "$library" "$ffi"; do
    stray=$(nm -D --defined-only "$each" | awk -v version="BIDE_$soname" \
        '$2 != "A" && $3 !~ ("@@" version "$") { print $3 }')
    if [ -z "$soname" ] || [ -n "$stray" ]; then
        echo "$each: soname '$soname', symbols that do not carry its version: $stray"
        exit 1
    fi
done

# The inline functions that headers define outside of macros, but for the words of test helpers.
awk '/^BIDE_INLINE .*[(]/ {
        sub(/\(.*/, ""); sub(/.*[ *]/, ""); print }' \
    $(ls "$root"/include/bide/*.h | grep -vE '/(testing.*|mimalloc|uv|uv_.*|glib|async_source|blocking)\.h$') |
    sort -u > "$scratch/inline"
exports "$ffi" > "$scratch/ffi"
if ! [ -s "$scratch/inline" ] || comm -23 "$scratch/inline" "$scratch/ffi" | grep .; then
    echo "the inline functions above are no symbols of $ffi: does src/ffi/inline.c include their header?"
    exit 1
fi
echo "$(wc -l < "$scratch/now") symbols of $soname, $(wc -l < "$scratch/inline") inline functions as symbols"

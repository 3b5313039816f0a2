#!/bin/sh
# amalgamate.sh OUTPUT: writes bide as one header, bide_all.h: every public header but those of the
# test helpers, of mimalloc, of GLib and of the generator's source view; and behind
#
#     #define BIDE_IMPLEMENTATION
#     #include "bide_all.h"
#
# in exactly one C source, as its first include, the sources of the core and its runtimes. What they
# keep to themselves gets their name as a prefix, so that it cannot meet a name of the user's.
set -eu
out=${1:?usage: amalgamate.sh OUTPUT}
root=$(cd "$(dirname "$0")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
version=$(sed -n 's/#define BIDE_VERSION_STRING "\(.*\)"/\1/p' "$root/include/bide/config.h")

# Expands each include of a file of ours where it stands first, and drops it elsewhere.
cat > "$scratch/expand.awk" <<'A'
function expand(path,    line, name, found) {
    if (path in seen)
        return
    seen[path] = 1
    while ((getline line < path) > 0) {
        found = ""
        if (line ~ /^#include <bide\/[a-z_]*\.h>/) {
            name = line
            sub(/^#include <bide\//, "", name)
            sub(/>.*/, "", name)
            found = root "/include/bide/" name
        } else if (line ~ /^#include "[a-z_]*\.h"/) {
            name = line
            sub(/^#include "/, "", name)
            sub(/".*/, "", name)
            found = root "/src/" name
        }
        if (found != "")
            expand(found)
        else
            print line
    }
    close(path)
}
BEGIN {
    if (known != "")
        while ((getline line < known) > 0)
            seen[line] = 1
    for (i = 1; i < ARGC; i++)
        expand(ARGV[i])
    for (path in seen)
        print path > used
}
A
expand() { # <file of paths that are there already> <file to list all of them in> <path>...
    known=$1 used=$2
    shift 2
    awk -v root="$root" -v known="$known" -v used="$used" -f "$scratch/expand.awk" "$@"
}

# Gives the file-level names of a source a prefix. Members (behind . or ->) keep theirs, and so do
# texts and comments; macros of a source end with it. A name that a frame list of a public header
# mentions is expanded here, so it means the prefixed one for as long as its source lasts.
cat > "$scratch/own.awk" <<'A'
function note(name) {
    if (name != "" && name !~ /^(_|bide|BIDE)/)
        own[name] = prefix name
}
BEGIN {
    while ((getline line < rows) > 0) {
        gsub(/[^A-Za-z_0-9]+/, " ", line)
        n = split(line, words, " ")
        for (i = 1; i <= n; i++)
            mentioned[words[i]] = 1
    }
}
FNR == NR {
    if ($0 ~ /^(static|BIDE_PRIV_ALWAYS) / || $0 ~ /^} [a-z_]+;/ || $0 ~ /^typedef .*;/) {
        line = $0
        gsub(/_Atomic\([^)]*\)|__attribute__\(\(.*\)\)/, " ", line)
        sub(/^static .*\(\*/, "", line) || sub(/ =.*/, "", line)
        sub(/[(\[;].*/, "", line)
        sub(/.*[ *]/, "", line)
        note(line)
    }
    if ($0 ~ /^#define [A-Z_]+/ && $2 !~ /^(_|BIDE)/) {
        line = $2
        sub(/\(.*/, "", line)
        defined[line] = 1
    }
    if ($0 ~ /^enum {/)
        constants = 1
    else if ($0 ~ /^}/)
        constants = 0
    else if (constants && match($0, /^ +[A-Z_]+/))
        note(substr($0, RSTART + 4, RLENGTH - 4))
    next
}
FNR == 1 {
    for (name in own)
        if (name in mentioned) {
            print "#define " name " " own[name]
            defined[name] = 1
        }
}
{
    rest = $0
    line = ""
    while (match(rest, /"([^"\\]|\\.)*"|\/\*.*|^ \* .*|(->|\.)?[A-Za-z_][A-Za-z_0-9]*/)) {
        word = substr(rest, RSTART, RLENGTH)
        line = line substr(rest, 1, RSTART - 1) (word in own ? own[word] : word)
        rest = substr(rest, RSTART + RLENGTH)
    }
    print line rest
}
END {
    for (name in defined)
        print "#undef " name
}
A

headers=''
for each in bide alloc_arena alloc_count alloc_pool alloc_recycle alloc_slab alloc_slot; do
    headers="$headers $root/include/bide/$each.h"
done
for path in "$root"/include/bide/*.h; do
    case $(basename "$path") in
    bide.h | testing*.h | mimalloc.h | glib.h | async_source.h | alloc_*.h) ;;
    *) headers="$headers $path" ;;
    esac
done

{
    cat << H
/*
 * bide_all.h: bide $version in one file, made by src/amalgamate.sh.
 *
 * Include it wherever bide's headers are wanted. In exactly one C source, as its first include,
 * define BIDE_IMPLEMENTATION before it, and link with -pthread.
 *
H
    sed 's/^/ * /; s/ *$//' "$root/LICENSE"
    cat << 'H'
 */
#if defined(BIDE_IMPLEMENTATION) && defined(__cplusplus)
#error "bide: BIDE_IMPLEMENTATION belongs into a C source"
#endif
#if defined(BIDE_IMPLEMENTATION) && defined(__linux__) && !defined(_GNU_SOURCE)
#define _GNU_SOURCE 1
#elif defined(BIDE_IMPLEMENTATION) && !defined(_POSIX_C_SOURCE)
#define _POSIX_C_SOURCE 200809L
#endif

H
    : > "$scratch/none"
    # shellcheck disable=SC2086
    expand "$scratch/none" "$scratch/public" $headers
    grep -h 'ROW(TRACE' "$root"/include/bide/*.h > "$scratch/rows" || true
    printf '\n#ifdef BIDE_IMPLEMENTATION\n\n'
    cp "$scratch/public" "$scratch/known"
    for path in "$root"/src/*.h; do
        expand "$scratch/known" "$scratch/used" "$path"
        cp "$scratch/used" "$scratch/known"
    done
    for path in "$root"/src/*.c; do
        printf '\n/* ---- %s ---- */\n\n' "src/$(basename "$path")"
        expand "$scratch/known" "$scratch/used" "$path" > "$scratch/source"
        awk -v rows="$scratch/rows" -v prefix="bide_priv_in_$(basename "$path" .c)_" -f "$scratch/own.awk" \
            "$scratch/source" "$scratch/source"
    done
    printf '\n#endif /* BIDE_IMPLEMENTATION */\n'
} > "$scratch/all"
cp "$scratch/all" "$out"

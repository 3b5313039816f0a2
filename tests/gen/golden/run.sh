#!/bin/sh
# What bidec writes for each X.async.c of this folder, byte by byte: X.gen.h.expected and
# X.gen.c.expected. Names that begin with `lines` have #line, the others --no-lines.
#
#     run.sh BIDEC INCLUDE_DIRECTORY [--update]
#
# Also: the same with each libclang that is installed, twice, with several inputs in one run, and
# from another directory; and C compilers have nothing to say about it. CC names one (cc).
set -u
bidec=$1 include=$2 update=${3-}
case $bidec in /*) ;; *) bidec=$PWD/$bidec ;; esac
case $include in /*) ;; *) include=$PWD/$include ;; esac
CC=${CC:-cc}
cd "$(dirname "$0")" || exit 2
here=$PWD
out=$(mktemp -d) || exit 2
trap 'rm -rf "$out"' EXIT
bad=0

complain() {
    echo "$1"
    bad=$((bad + 1))
}

flag() {
    case $1 in lines*) ;; *) echo --no-lines ;; esac
}

# write DIRECTORY NAME [options...]: bidec on one source.
write() {
    to=$1 name=$2
    shift 2
    mkdir -p "$to"
    "$bidec" "$@" $(flag "$name") -o "$to" -std=c11 -I"$include" "$name.async.c" \
        >"$out/said" 2>&1 || {
        complain "$name: bidec refused it"
        cat "$out/said"
    }
}

# same WHAT DIRECTORY NAME: the output is what is expected.
same() {
    for file in "$3.gen.h" "$3.gen.c"; do
        diff -u "$here/$file.expected" "$2/$file" >"$out/diff" 2>&1 ||
            { complain "$1: $file is another"; head -n 40 "$out/diff"; }
    done
}

names=$(ls ./*.async.c | sed 's/\.async\.c$//; s/^\.\///')
for name in $names; do
    write "$out/first" "$name"
    if [ "$update" = --update ]; then
        for file in "$name.gen.h" "$name.gen.c"; do cp "$out/first/$file" "$file.expected"; done
    fi
    same "as it is" "$out/first" "$name"
    write "$out/second" "$name"
    same "once more" "$out/second" "$name"
    "$CC" -std=c11 -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Werror -O1 \
        -I"$include" -I. -c "$out/first/$name.gen.c" -o "$out/object" ||
        complain "$name: the compiler has something to say"
done

libraries=0
for library in /usr/lib/llvm-*/lib/libclang.so.1 /usr/lib/*/libclang-*.so.1; do
    [ -f "$library" ] || continue
    libraries=$((libraries + 1))
    for name in $names; do
        write "$out/library$libraries" "$name" --libclang "$library"
        same "with $library" "$out/library$libraries" "$name"
    done
done

# Several inputs in one run, and from elsewhere.
mkdir "$out/all" "$out/elsewhere"
plain=$(ls ./*.async.c | grep -v '/lines')
lines=$(ls ./*.async.c | grep '/lines')
"$bidec" --no-lines -o "$out/all" -std=c11 -I"$include" $plain || complain "all at once: refused"
"$bidec" -o "$out/all" -std=c11 -I"$include" $lines || complain "all at once: refused"
(cd "$out/elsewhere" && for name in $lines; do
    "$bidec" --line-root "$here" -o . -std=c11 -I"$include" "$here/$name" || exit 1
done) || complain "from elsewhere: refused"
for name in $names; do
    same "all at once" "$out/all" "$name"
    case $name in lines*) same "from elsewhere" "$out/elsewhere" "$name" ;; esac
done

# What was written for other headers does not compile with these, and says why.
mkdir "$out/stale"
cp "$out/first/plain.gen.c" "$out/stale"
sed 's/^#if BIDE_GENERATED_REVISION != [0-9]*$/#if BIDE_GENERATED_REVISION != 0/' \
    "$out/first/plain.gen.h" > "$out/stale/plain.gen.h"
if "$CC" -std=c11 -I"$include" -I. -fsyntax-only "$out/stale/plain.gen.c" 2> "$out/said"; then
    complain "a stale header compiles"
fi
grep -q 'plain.gen.h was made for another revision of bide' "$out/said" ||
    complain "a stale header does not say so: $(head -n 3 "$out/said")"

echo "$(echo "$names" | wc -l) sources, $libraries libraries, $bad complaints"
[ "$bad" -eq 0 ]

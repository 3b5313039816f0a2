#!/bin/sh
# cost.sh [COMPILER...]: what an interface of a hundred methods costs to compile, in seconds of user
# CPU time over the bare include, best of five: its declaration at most 0.1, an implementation over
# futures that are declared elsewhere at most 0.4, without and with optimisation.
set -u
include=$(cd "$(dirname "$0")/../../include" && pwd)
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
[ $# -gt 0 ] || set -- gcc clang

awk -v to="$scratch" 'BEGIN {
    bare = "#include <bide/bide.h>\ntypedef struct T {\n    int x;\n} T;\n"
    rows = "#define I_METHODS(METHOD, I, Self)"
    for (i = 0; i < 100; i++) {
        m = "m" i
        rows = rows " \\\n    METHOD(I, Self, ASYNC, int32_t, " m ", (int32_t, a), (int32_t, b))"
        futures = futures "#define T_" m "_FRAME(ROW) \\\n" \
            "    ROW(PARAM, T *, self) ROW(PARAM, int32_t, a) ROW(PARAM, int32_t, b)\n" \
            "BIDE_ASYNC_DECLARE(int32_t, T_" m ")\n"
    }
    declared = rows "\nBIDE_INTERFACE(I);\n"
    printf "%s", bare > to "/bare.c"
    printf "%s%s", bare, declared > to "/declared.c"
    printf "%s%s", bare, futures > to "/futures.c"
    printf "%s%s%sBIDE_IMPL(I, T);\n", bare, declared, futures > to "/implemented.c"
}'

# Milliseconds of user time that the children of this shell have used.
used() {
    times > "$scratch/times"
    awk 'NR == 2 { split($1, t, /[ms]/); printf "%d\n", t[1] * 60000 + t[2] * 1000 }' "$scratch/times"
}

# best <file> <flags>: the least of five.
best() {
    least=999999
    for round in 1 2 3 4 5; do
        used > "$scratch/from"
        # shellcheck disable=SC2086
        "$cc" -std=c11 $2 -I "$include" -c "$scratch/$1.c" -o "$scratch/o" || exit 1
        used > "$scratch/to"
        took=$(($(cat "$scratch/to") - $(cat "$scratch/from")))
        [ "$took" -ge "$least" ] || least=$took
    done
    echo "$least"
}

bad=0 seen=0
for cc; do
    command -v "$cc" > /dev/null || continue
    seen=$((seen + 1))
    for flags in -O0 -O2; do
        bare=$(best bare "$flags")
        declared=$(($(best declared "$flags") - bare))
        futures=$(best futures "$flags")
        both=$(best implemented "$flags")
        implemented=$((both - futures - declared))
        echo "$cc $flags: declaration $declared ms, implementation $implemented ms"
        [ "$declared" -le 100 ] && [ "$implemented" -le 400 ] || bad=1
    done
done
[ "$seen" -gt 0 ] || { echo "no compiler found"; exit 77; }
[ "$bad" -eq 0 ] || echo "more than is allowed: see the head of this file"
exit "$bad"

#!/bin/sh
# run.sh FIRST LAST: random programs with these seeds, through bidec, against their blocking builds.
#
# Prints the seeds that fail, and how to see why; exits 1 if there are any. From the environment:
#
#     BIDEC       the generator                    INCLUDE  the include directory of bide
#     LIBS        bide and bide-testing to link    DIR      where to work (default: a new one)
#     CC, CFLAGS  (clang, -O1 with sanitizers)     CHUNK    programs per compilation (20)
#     JOBS        chunks at a time (1)             KEEP     not empty: leave the work there
set -u
here=$(cd "$(dirname "$0")" && pwd)
corpus=$here/../corpus
: "${BIDEC:?names the generator}" "${LIBS:?names the libraries to link}"
INCLUDE=${INCLUDE:-$here/../../../include}
CC=${CC:-clang}
CFLAGS=${CFLAGS--g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all}
CHUNK=${CHUNK:-20} JOBS=${JOBS:-1} KEEP=${KEEP:-}
[ $# -eq 2 ] || { sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 2; }
first=$1 last=$2
[ -n "${DIR:-}" ] && mkdir -p "$DIR" || DIR=$(mktemp -d)
[ -n "$KEEP" ] || trap 'rm -rf "$DIR"' EXIT
flags="-w $CFLAGS -D_POSIX_C_SOURCE=200809L -I$INCLUDE -I$corpus"
export CORPUS_INPUTS=${CORPUS_INPUTS:-2}

cc -O1 -std=c11 "$here"/gen_*.c -o "$DIR/gen_program" || exit 2
for file in run test_corpus books leaves_async; do
    $CC $flags -std=c11 -c "$corpus/$file.c" -o "$DIR/$file.o" || exit 2
done
$CC $flags -std=gnu11 -DBIDE_BLOCKING=1 -c "$corpus/leaves_blocking.c" -o "$DIR/blocking.o" || exit 2

# build NAME FIRST LAST: the program of some seeds; says why not.
build() {
    at=$DIR/$1
    mkdir -p "$at"
    for part in s:async.c h:h e:entries.c; do
        "$DIR/gen_program" -${part%%:*} "$1" "$2" "$3" >"$at/$1.${part#*:}" || return 1
    done
    "$BIDEC" -o "$at" "$at/$1.async.c" -- -I"$INCLUDE" -I"$corpus" >"$at/log" 2>&1 || return 1
    $CC $flags -I"$at" -std=gnu11 -DBIDE_BLOCKING=1 -c "$at/$1.async.c" -o "$at/b.o" 2>>"$at/log" &&
        $CC $flags -I"$at" -std=c11 -DBIDE_POISON_FRAMES=1 -c "$at/$1.gen.c" -o "$at/g.o" 2>>"$at/log" &&
        $CC $flags -I"$at" -std=c11 -c "$at/$1.entries.c" -o "$at/e.o" 2>>"$at/log" &&
        $CC $flags "$at"/[bge].o "$DIR"/*.o $LIBS -lcmocka -lpthread -o "$at/run" 2>>"$at/log"
}

# each_seed FIRST LAST: finds the ones at fault in a chunk that failed.
each_seed() {
    for seed in $(seq "$1" "$2"); do
        if ! build "one$seed" "$seed" "$seed"; then
            echo "seed $seed: does not build: $(grep -m1 -E 'error|rror:' "$DIR/one$seed/log")"
        elif ! timeout 100 "$DIR/one$seed/run" >"$DIR/one$seed/log" 2>&1; then
            echo "seed $seed: $(grep -m1 -E '^(\[ *ERROR|==.*ERROR)|runtime error|p[0-9]+_f[0-9]\(' \
                "$DIR/one$seed/log" | cut -c1-200)"
        fi
    done
}

chunk() {
    if ! build "chunk$1" "$1" "$2" ||
        ! timeout 600 "$DIR/chunk$1/run" >"$DIR/chunk$1/log" 2>&1; then
        each_seed "$1" "$2" >"$DIR/failed.$1"
        [ -s "$DIR/failed.$1" ] || echo "seeds $1 to $2: fail together only" >"$DIR/failed.$1"
        cat "$DIR/failed.$1"
    fi
    [ -n "$KEEP" ] || rm -rf "$DIR/chunk$1"
}

running=0
for from in $(seq "$first" "$CHUNK" "$last"); do
    to=$((from + CHUNK - 1))
    [ "$to" -le "$last" ] || to=$last
    if [ "$JOBS" -gt 1 ]; then
        chunk "$from" "$to" &
        running=$((running + 1))
        [ $((running % JOBS)) -ne 0 ] || wait
    else
        chunk "$from" "$to"
    fi
done
wait
if ls "$DIR"/failed.* >/dev/null 2>&1; then
    echo "failing seeds: $(cat "$DIR"/failed.* | sed 's/^seeds* \([0-9]*\).*/\1/' | tr '\n' ' ')"
    exit 1
fi
echo "seeds $first to $last: all equal"

#!/bin/sh
# Promises that only the C compiler can check, of Send and of what may be dropped: promise.async.c and
# promise_drop.async.c go through bidec, and the output is refused. Usage: promise.sh BIDEC INCLUDE_DIRECTORY CC
set -eu
bidec=$1 include=$2 cc=$3
cd "$(dirname "$0")"
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
"$bidec" -o "$out" -std=c11 -I"$include" other.async.c promise.async.c \
    promise_drop.async.c
compile() { "$cc" -std=c11 -I"$include" -I"$out" -I. -c "$out/$1.gen.c" -o "$out/o" 2>"$out/said"; }
compile other || { cat "$out/said"; exit 1; }
if compile promise; then
    echo "the compiler took a future that is not Send"
    exit 1
fi
grep -F "the future of promises_too_much cannot be sent to another thread" "$out/said"
if compile promise_drop; then
    echo "the compiler took an async variable that must not be dropped"
    exit 1
fi
grep "promise_drop.async.c:8:.*async variable n may have to be dropped, and other_tidies has a" \
    "$out/said"

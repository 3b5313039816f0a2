#!/bin/sh
# Runs bidec over each case of this directory, X.async.c, which it must refuse with exactly the
# output in X.txt, exit code 1, and no file written.
#
#     run.sh BIDEC INCLUDE_DIRECTORY [--update | CASE...]
set -u
bidec=$1 include=$2
shift 2
update=
if [ "${1-}" = --update ]; then
    update=yes
    shift
fi
case $bidec in /*) ;; *) bidec=$PWD/$bidec ;; esac
case $include in /*) ;; *) include=$PWD/$include ;; esac
cd "$(dirname "$0")" || exit 2
out=$(mktemp -d) || exit 2
trap 'rm -rf "$out"' EXIT
[ $# -gt 0 ] || set -- *.async.c
count=0 bad=0

complain() {
    echo "$source: $1"
    bad=$((bad + 1))
}

for source; do
    expected=${source%.async.c}.txt
    mkdir "$out/to"
    "$bidec" -o "$out/to" -std=gnu11 -I "$include" "$source" >"$out/said" 2>&1
    code=$?
    [ -z "$update" ] || cp "$out/said" "$expected"
    [ $code -eq 1 ] || complain "exit code $code instead of 1"
    [ -s "$expected" ] || complain "$expected is missing or empty"
    diff -u "$expected" "$out/said" || complain "other output than in $expected"
    [ -z "$(ls -A "$out/to")" ] || complain "wrote $(ls -A "$out/to")"
    rm -rf "$out/to"
    count=$((count + 1))
done
echo "$count cases, $bad complaints"
[ $count -gt 0 ] && [ $bad -eq 0 ]

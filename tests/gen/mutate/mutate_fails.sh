#!/bin/sh
# mutate_fails.sh: mutate.sh notices tests that notice nothing, and exemptions that explain nothing.
# From the environment: as for mutate.sh.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# expect TEXT [VARIABLE=VALUE]...: a run on one file exits 1 and prints the text.
expect() {
    text=$1
    shift
    env "$@" sh "$here/mutate.sh" macros >"$work/out" 2>&1
    status=$?
    if [ $status -ne 1 ] || ! grep -q "$text" "$work/out"; then
        echo "exit $status, and not 1 with \"$text\" ($*):"
        cat "$work/out"
        failed=1
    fi
}

expect "nobody noticed: macros.gen.c" CORPUS_INPUTS=1
expect "mutants: 0 noticed" CORPUS_INPUTS=0
echo "macros macro_nested 1 y = y;" >"$work/exempt"
expect "exempt.txt explains 1" EXEMPT="$work/exempt"
exit $failed

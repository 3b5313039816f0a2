#!/bin/sh
# tree.sh PROGRAM: what bide_trace_local tells of futures of every make, with the folders cut off.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$(mktemp)
trap 'rm -f "$out"' EXIT
"$1" | sed -E 's/ at [^ ]*\// at /' > "$out"
diff "$here/tree.txt" "$out"

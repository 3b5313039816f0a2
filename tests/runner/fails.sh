#!/bin/sh
# fails.sh PROGRAM CASE MESSAGE: passes if the program fails in this case and says why.
out=$("$1" "$2" < /dev/null 2>&1) && { echo "$out"; echo "$2 did not fail"; exit 1; }
echo "$out" | grep -q -- "$3" && exit 0
echo "$out"
echo "$2 failed without saying: $3"
exit 1

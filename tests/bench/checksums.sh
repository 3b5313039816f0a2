#!/bin/sh
# Runs every workload of the given programs in every placement, a few loops each, and asserts that
# all compute the same: else they are not the same workload, and their figures say nothing. Usage:
#     checksums.sh <program>...
# A name's ending _v, _far or _local, and the placement, change how a workload is done and not its result.
set -eu

sums=$(mktemp)
trap 'rm -f "$sums"' EXIT
for program; do
    "$program" list > "$sums.list"
    while read -r workload place; do
        sum=$("$program" "$workload" "$place" 200) || {
            echo "FAILED: $program $workload $place 200"
            exit 1
        }
        echo "$workload ${sum%% *} $program $place" >> "$sums"
    done < "$sums.list"
    rm -f "$sums.list"
done

awk '{
    sub(/(_v|_far|_local)$/, "", $1)
    rows++
    if (!($1 in sum)) {
        sum[$1] = $2
        workloads++
    } else if (sum[$1] != $2) {
        print "FAILED: " $3 " " $1 " " $4 " gives " $2 ", others " sum[$1]
        wrong = 1
    }
}
END {
    printf "%d rows of %d workloads\n", rows, workloads
    if (workloads < 10) {
        print "FAILED: fewer than 10 workloads"
        wrong = 1
    }
    exit wrong
}' "$sums"

#!/bin/sh
# Asserts how many instructions one iteration of a workload takes, counted by callgrind at two loop
# counts: exact, and the same on every machine with the same compiler. Usage:
#     instructions.sh <bench_bide> <compiler id> <build type>
#
# Exit: 0 within the limits, 1 not, 77 not measurable here (ctest's "skipped").
set -eu

#   workload        placement  limit
limits='
    static_chain    none       60
    static_chain_v  none       18
    dyn_leaf        heap       30
    dyn_leaf        slab       30
    dyn_leaf        slot       30
    dyn_leaf        recycling  30'

program=$1
if [ "$2" != GNU ] || [ "$3" != Release ]; then
    echo "skipped: the limits are for gcc in Release, not $2 in $3"
    exit 77
fi
if ! command -v valgrind > /dev/null; then
    echo "skipped: valgrind is not installed"
    exit 77
fi

# count <workload> <placement> <loops>
count() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" "$1" "$2" "$3" 2>&1 |
        sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

failed=0
while read -r workload placement limit; do
    [ -n "$workload" ] || continue
    few=$(count "$workload" "$placement" 1000)
    many=$(count "$workload" "$placement" 3000)
    if [ -z "$few" ] || [ -z "$many" ]; then
        echo "FAILED: callgrind counted nothing for $workload $placement"
        exit 1
    fi
    # Rounded: the way in and out may differ by a few instructions between the two runs.
    each=$(((many - few + 1000) / 2000))
    if [ "$each" -gt "$limit" ]; then
        echo "FAILED: $workload $placement takes $each instructions, limit $limit"
        failed=1
    else
        echo "ok: $workload $placement takes $each instructions, limit $limit"
    fi
done <<END
$limits
END
exit $failed

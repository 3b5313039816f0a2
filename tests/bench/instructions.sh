#!/bin/sh
# Asserts how many instructions one iteration of a workload takes, counted by callgrind at two loop
# counts: exact, and the same on every machine with the same compiler. Usage:
#     instructions.sh <compiler id> <build type> <name>=<program>...
# The names are bench_bide, bench_hand, bench_bide_flow, bench_bide_around and, where bidec runs, bench_generated.
#
# Exit: 0 within the limits, 1 not, 77 not measurable here (ctest's "skipped").
set -eu

#   program           workload           placement  limit (of flow_...: for 64 items)
limits='
    bench_bide        static_chain       none       60
    bench_bide        static_chain_v     none       18
    bench_bide        dyn_leaf           heap       30
    bench_bide        dyn_leaf           slab       30
    bench_bide        dyn_leaf           slot       30
    bench_bide        dyn_leaf           recycling  30
    bench_bide        dyn_yield          slab       220
    bench_bide        task_yield         slab       240
    bench_bide_flow   flow_poll          none       1340
    bench_bide_flow   flow_next          none       2140
    bench_bide_flow   flow_chain         none       1990
    bench_bide_around channel_bounded    local      245
    bench_bide_around channel_bounded    shared     260
    bench_bide_around channel_unbounded  local      200
    bench_bide_around set_wake           10         330
    bench_bide_around set_wake           10000      330
    bench_bide_around set_wake_local     10000      305'

#   workload        placement  limit in hundredths of  program     workload there
generated_limits='
    static_leaf     none       105                     bench_hand  static_leaf
    static_chain    none       105                     bench_hand  static_chain
    chain8          none       135                     bench_hand  chain8
    chain8_far      none       135                     bench_hand  chain8_far
    dyn_leaf        heap       100                     bench_bide  dyn_leaf
    dyn_leaf        slab       100                     bench_bide  dyn_leaf
    dyn_leaf        slot       100                     bench_bide  dyn_leaf
    dyn_leaf        recycling  100                     bench_bide  dyn_leaf
    dyn_yield       heap       100                     bench_bide  dyn_yield
    dyn_yield       slab       100                     bench_bide  dyn_yield
    dyn_yield       slot       100                     bench_bide  dyn_yield
    dyn_yield       recycling  100                     bench_bide  dyn_yield
    task_yield      slab       100                     bench_bide  task_yield
    dyn_chain       slab       100                     bench_bide  dyn_chain_v
    dyn_chain_wait  slab       100                     bench_bide  dyn_chain_wait_v'

compiler=$1
build=$2
shift 2
if [ "$compiler" != GNU ] || [ "$build" != Release ]; then
    echo "skipped: the limits are for gcc in Release, not $compiler in $build"
    exit 77
fi
if ! command -v valgrind > /dev/null; then
    echo "skipped: valgrind is not installed"
    exit 77
fi

# program <name>: its path, or nothing.
program() {
    for given in $programs; do
        [ "${given%%=*}" != "$1" ] || echo "${given#*=}"
    done
}
programs=$*

# count <path> <workload> <placement> <loops>
count() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$1" "$2" "$3" "$4" 2>&1 |
        sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
}

# each <path> <workload> <placement>: instructions of one iteration, in hundredths.
each() {
    few=$(count "$1" "$2" "$3" 1000)
    many=$(count "$1" "$2" "$3" 3000)
    if [ -z "$few" ] || [ -z "$many" ]; then
        echo "FAILED: callgrind counted nothing for $2 $3 of $1" >&2
        return 1
    fi
    # The way in and out may differ by a few instructions between the two runs: rounded to tenths.
    echo $(((many - few + 100) / 200 * 10))
}

# tenths <hundredths>: for people.
tenths() {
    echo "$(($1 / 100)).$(($1 / 10 % 10))"
}

failed=0
# judge <text> <hundredths> <limit in hundredths>
judge() {
    if [ "$2" -gt "$3" ]; then
        echo "FAILED: $1 takes $(tenths "$2") instructions, limit $(tenths "$3")"
        failed=1
    else
        echo "ok: $1 takes $(tenths "$2") instructions, limit $(tenths "$3")"
    fi
}

while read -r name workload placement limit; do
    [ -n "$name" ] || continue
    got=$(each "$(program "$name")" "$workload" "$placement")
    judge "$name $workload $placement" "$got" "$((limit * 100))"
done << END
$limits
END

generated=$(program bench_generated)
[ -n "$generated" ] || exit $failed
while read -r workload placement limit name there; do
    [ -n "$workload" ] || continue
    got=$(each "$generated" "$workload" "$placement")
    base=$(each "$(program "$name")" "$there" "$placement")
    judge "generated $workload $placement" "$got" "$((base * limit / 100))"
done << END
$generated_limits
END
exit $failed

#!/bin/sh
# gdb.sh SCRIPT PROGRAM: the script for GDB shows the tree that the program prints itself, of the
# live process and of a core file; in the middle of a poll; boxes, handles and join handles; the tasks
# of a thread pool.
# A copy of the program without debug information shows it but for the lines of macro bodies.
#
# Exit: 77 where there is no gdb, or it may not trace.
set -u
script=$1 program=$2
command -v gdb > /dev/null || { echo "skipped: gdb is not installed"; exit 77; }
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
bad=0

debug() {
    name=$1
    shift
    gdb --batch -nx -q -ex 'set confirm off' -ex 'set debuginfod enabled off' -ex "source $script" \
        "$@" > "$scratch/$name.out" 2>&1
}

complain() {
    echo "FAILED: $1"
    bad=1
}

# printed [ARG]: the tree that it prints. Leaves' reasons are the running program's: the debugger
# reads no clock.
printed() {
    "$program" "$@" | sed -E '/^( *task |executor)/!s/^( *[a-z_]+): .*/\1/' > "$scratch/tree"
}

# same NAME: what follows "begin" in the output of gdb is the tree.
same() {
    sed -e '1,/^begin$/d' -e '/^end$/,$d' "$scratch/$1.out" |
        diff "$scratch/tree" - > "$scratch/diff" ||
        { complain "$1 is not the tree of the program:"; cat "$scratch/diff"; }
}

# told NAME TEXT
told() {
    grep -qF -- "$2" "$scratch/$1.out" ||
        { complain "$1 does not say: $2"; cat "$scratch/$1.out"; }
}

debug probe -ex 'break stop_here' -ex run -ex 'echo stopped\n' "$program"
if ! grep -q '^Breakpoint 1, ' "$scratch/probe.out"; then
    if grep -qiE 'ptrace|personality|Operation not permitted' "$scratch/probe.out"; then
        echo "skipped: gdb may not trace here"
        exit 77
    fi
    cat "$scratch/probe.out"
    exit 1
fi

printed
grep -q 'Disk_save at .*live.async.c:' "$scratch/tree" || complain "the program prints no tree"

debug live -ex 'break stop_here' -ex run -ex finish \
    -ex 'echo begin\n' -ex 'bide tasks executor' -ex 'echo end\n' \
    -ex 'print store' -ex 'print box' -ex 'print join' -ex 'bide trace box' -ex 'bide trace &join' \
    -ex 'python print("layout:", check_layout())' \
    -ex "generate-core-file $scratch/core" \
    -ex continue -ex 'echo inside:\n' -ex 'bide tasks' -ex kill "$program"
same live
told live "= Store of Disk at 0x"
told live ": down at "
told live "= handle of task the writer: waiting"
told live "task the writer: waiting"
told live "layout: []"
told live "is inside the bide_local at 0x"
told live "task stopping: running"
[ "$(grep -c 'executor local: 6 tasks' "$scratch/live.out")" -eq 1 ] ||
    complain "no executor found in the middle of a poll"
[ "$(grep -c '^ *pause at ' "$scratch/live.out")" -gt 8 ] || complain "too few lines"

[ -s "$scratch/core" ] || complain "no core file"
debug core -ex 'echo begin\n' -ex 'bide tasks executor' -ex 'echo end\n' -ex 'print box' \
    -ex 'print store' "$program" "$scratch/core"
same core
told core "= Store of Disk at 0x"
told core "= box at 0x"

# The tasks of a pool.
printed pool
grep -q '^executor the keepers: 5 tasks$' "$scratch/tree" || complain "no tree of the pool"
debug pool -ex 'break stop_here' -ex 'run pool' -ex finish \
    -ex 'echo begin\n' -ex 'bide tasks keepers' -ex 'echo end\n' -ex 'bide trace &pool_join' \
    -ex 'print pool_join' -ex 'print ended_join' -ex 'bide tasks' \
    -ex "generate-core-file $scratch/pool.core" -ex kill "$program"
same pool
told pool "= handle of task the first: waiting"
told pool "= handle of task keeper: ended"
told pool "is inside the bide_thread_pool at 0x"
# By the program, bide tasks with and without the pool, bide trace, print.
[ "$(grep -c 'task the first: waiting' "$scratch/pool.out")" -eq 5 ] ||
    complain "the pool's task is not found in each way"
debug pool_core -ex 'echo begin\n' -ex 'bide tasks keepers' -ex 'echo end\n' -ex 'print pool_join' \
    "$program" "$scratch/pool.core"
same pool_core
told pool_core "= handle of task the first: waiting"

if command -v objcopy > /dev/null && objcopy --strip-debug "$program" "$scratch/bare"; then
    debug bare -ex 'break stop_here' -ex 'run' -ex finish -ex 'echo begin\n' \
        -ex 'bide tasks *(long *)&executor' -ex 'echo end\n' "$scratch/bare"
    sed -e '1,/^begin$/d' -e '/^end$/,$d' "$scratch/bare.out" | sed -n 1,6p > "$scratch/head"
    sed -E -n '1,4p; 5s/^  *//p' "$scratch/head" > "$scratch/got"
    cat > "$scratch/expected" << 'TEXT'
executor local: 5 tasks
  task the writer: waiting
    writer in state 3
  task three: waiting
three in state 1
TEXT
    diff "$scratch/expected" "$scratch/got" || complain "without debug information"
    told bare "    both at "
    debug bare_pool -ex 'break stop_here' -ex 'run pool' -ex finish \
        -ex 'bide tasks *(long *)&keepers' "$scratch/bare"
    told bare_pool "bide trace shows those of join handles"
fi
[ "$bad" -eq 0 ] && echo "the debugger shows what the program prints"
exit "$bad"

#!/bin/sh
# Asserts what one echoed message costs the server, against the same server in plain callbacks of
# libuv. System calls (strace) and instructions outside of the kernel (callgrind), each as the
# difference of two runs that differ in the number of messages. Usage:
#     cost.sh <compiler id> <build type> <tcp_echo> <tcp_echo_callbacks>
#
# Limits, against callbacks that do the least: so many instructions more, and no system call more.
# Callbacks as in libuv's guide take twice as many instructions as the least.
# Exit: 0 within the limits, 1 not, 77 not measurable here (ctest's "skipped").
set -eu
compiler=$1
build=$2
echo=$3
callbacks=$4
few=100
many=300
more=175 # instructions for a task, with all that can be waited for, dropped and traced

if [ "$compiler" != GNU ] || [ "$build" != Release ]; then
    echo "skipped: the limits are for gcc in Release, not $compiler in $build"
    exit 77
fi
for tool in valgrind strace; do
    if ! command -v $tool > /dev/null; then
        echo "skipped: $tool is not installed"
        exit 77
    fi
done
if ! strace -c -o /dev/null true 2> /dev/null; then
    echo "skipped: strace may not trace here"
    exit 77
fi
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# talk <connections> <messages> <server>...: runs the server until its clients are through.
talk() {
    connections=$1
    messages=$2
    shift 2
    : > "$scratch/said"
    "$@" > "$scratch/said" 2> "$scratch/tool" &
    server=$!
    until grep -q port "$scratch/said"; do
        kill -0 $server 2> /dev/null || { cat "$scratch/tool"; exit 1; }
        sleep 0.05
    done
    port=$(sed -n 's/.*port \([0-9]*\)$/\1/p' "$scratch/said")
    "$echo" --client "$port" --connections "$connections" --messages "$messages" > /dev/null
    wait $server
}

# instructions <connections> <messages> <server>...
instructions() {
    c=$1
    m=$2
    shift 2
    talk "$c" "$m" valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@"
    sed -n 's/.*Collected : //p' "$scratch/tool"
}

# calls <connections> <messages> <server>...
calls() {
    c=$1
    m=$2
    shift 2
    talk "$c" "$m" strace -f -qq -o "$scratch/trace" "$@"
    # Waiting for descriptors depends on how fast the clients are when there are several.
    if [ "$c" -eq 1 ]; then grep -c '(' "$scratch/trace"; else grep -vc epoll_ "$scratch/trace"; fi
}

# per_message <what> <connections> <server>...: in hundredths.
per_message() {
    what=$1
    of=$2
    shift 2
    low=$($what "$of" $few "$@")
    high=$($what "$of" $many "$@")
    echo $(((high - low) * 100 / ((many - few) * of)))
}

# at_most <what> <limit> <value>
at_most() {
    if [ "$3" -gt "$2" ]; then
        echo "above the limit: $1: $3 hundredths, limit $2"
        failed=1
    fi
}

failed=0
for connections in 1 50; do
    bide=$(per_message instructions $connections "$echo" 0 --limit $connections)
    guide=$(per_message instructions $connections "$callbacks" guide 0 $connections)
    least=$(per_message instructions $connections "$callbacks" try 0 $connections)
    echo "$connections connections, instructions a message: bide $((bide / 100))," \
        "callbacks as in the guide $((guide / 100)), the least of callbacks $((least / 100))"
    at_most instructions $((least + more * 100)) "$bide"

    bide=$(per_message calls $connections "$echo" 0 --limit $connections)
    least=$(per_message calls $connections "$callbacks" try 0 $connections)
    echo "$connections connections, system calls in 100 messages: bide $bide, callbacks $least"
    # A message that comes in two pieces, or a clock that is looked at, is one more.
    at_most "system calls" $((least + 2)) "$bide"
done
exit $failed

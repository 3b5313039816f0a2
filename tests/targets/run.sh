#!/bin/sh
# Builds the library, the unit tests, the corpus of bidec and two examples for odd targets, without
# CMake and cmocka (cmocka/cmocka.h stands in), and runs them; under qemu where they are foreign.
#
#     run.sh [--require] [target...]     targets are listed below
#
# A target whose compiler or emulator is not here is skipped, and said to be; with --require that is
# a failure. BIDEC names a bidec to use; else one is built, if libclang is there to run it.
# Exit: 0 what ran passed, 1 something failed, 77 nothing could be run.
set -u
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
self="$here/$(basename "$0")"
cd "$root" || exit 1

common="-Iinclude -Itests/targets/cmocka -Itests/gen/corpus -D_POSIX_C_SOURCE=200809L"
warnings="-Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Werror"

# The flags of all targets, by name: compiler, flags, what to run programs with. Only `lto` and
# `c23` are about optimisation.
describe() {
    runner='' ar=ar install=''
    case $1 in
    m32) cc=gcc flags='-m32 -O0 -Wno-psabi' install='lib32gcc-12-dev libc6-dev-i386'
        # Debian's package of the kernel's 32-bit headers cannot be had beside cross compilers.
        flags="$flags -isystem /usr/include/$(uname -m)-linux-gnu" ;;
    arm) cc=arm-linux-gnueabihf-gcc flags='-O0 -Wno-psabi' ar=arm-linux-gnueabihf-ar
        runner='qemu-arm -L /usr/arm-linux-gnueabihf'
        install='gcc-arm-linux-gnueabihf libc6-dev-armhf-cross qemu-user' ;;
    s390x) cc=s390x-linux-gnu-gcc flags='-O0' ar=s390x-linux-gnu-ar # big-endian
        runner='qemu-s390x -L /usr/s390x-linux-gnu'
        install='gcc-s390x-linux-gnu libc6-dev-s390x-cross qemu-user' ;;
    cfi) cc=clang install='clang lld libclang-rt-dev' ar=llvm-ar
        flags='-O0 -flto -fvisibility=hidden -fsanitize=cfi-icall -fno-sanitize-trap=cfi-icall'
        flags="$flags -Wl,--lto-O0 -fno-sanitize-recover=cfi-icall -Wno-unused-command-line-argument"
        flags="$flags -fuse-ld=lld"
        command -v llvm-ar > /dev/null || ar=$(ls /usr/lib/llvm-*/bin/llvm-ar 2> /dev/null | tail -1) ;;
    lto) cc=gcc flags='-O2 -flto -funsigned-char -fshort-enums' ar=gcc-ar ;;
    c23) cc=clang flags='-Os' ;;
    *) return 1 ;;
    esac
    std=c11
    [ "$1" != c23 ] || std=c2x
    export cc flags runner ar std
}

say() { printf '%s: %s\n' "$target" "$1"; }

# ---- one program, in a process of its own ----------------------------------------------------

# program <name> <sources and flags...>: compiled, linked, run. What it printed is shown if it failed.
program() {
    name=$1
    shift
    # shellcheck disable=SC2086
    if ! $cc -std=$std $flags $common "$@" "$out/lib.a" -pthread -o "$out/$name" \
        > "$out/$name.log" 2>&1; then
        echo "$target: $name does not compile"
        head -20 "$out/$name.log"
        return 1
    fi
    # shellcheck disable=SC2086
    BIDE_TEST_QUICK=1 timeout 120 $runner "$out/$name" > "$out/$name.log" 2>&1 && return 0
    echo "$target: $name failed"
    tail -20 "$out/$name.log"
    return 1
}

one_source() {
    # shellcheck disable=SC2086
    $cc -std=$std $flags $common $warnings -DBIDE_BUILD=1 -c "$1" \
        -o "$out/lib/$(echo "$1" | tr / _).o"
}

one_unit() {
    name=$(basename "$1" .c) more='' hygiene="$out/hygiene.o"
    case $name in
    test_error | test_waker | test_alloc_heap)
        hygiene='-DTEST_ALLOCATES_NOTHING=1 tests/unit/hygiene.c' ;;
    test_checked | test_signatures | test_channel | test_oneshot | test_stream) ;; # not for here
    test_async) more=tests/unit/async_split.c ;;
    test_checked_mixed) # one source checked, the other not
        # shellcheck disable=SC2086
        $cc -std=$std $flags $common -c tests/unit/checked_mixed.c -o "$out/mixed.o" || return 1
        more="-DBIDE_CHECKED $out/mixed.o" ;;
    test_checked_executor | test_isr | test_local_forms) # their .cmake: the library once more
        more="-DBIDE_BUILD=1 $(find src -maxdepth 1 -name '*.c' | tr '\n' ' ')"
        case $name in
        test_isr) more="-DBIDE_TEST_STEPS=1 $more" ;;
        test_local_forms) more="-Isrc -include tests/unit/counted_atomics.h $more" ;;
        *) more="-DBIDE_CHECKED=1 $more" ;;
        esac ;;
    *)
        if [ -e "tests/unit/$name.cmake" ]; then
            echo "$target: what is $name.cmake for? Say it here, too"
            return 1
        fi ;;
    esac
    # shellcheck disable=SC2086
    program "$name" "$1" $more $hygiene
}

# As tests/gen/corpus/CMakeLists.txt does it: blocking and generated, in one program.
one_corpus() {
    name=$1 c=tests/gen/corpus objects=''
    if [ -e "$c/$name.async.c" ]; then
        # shellcheck disable=SC2086
        $cc -std=gnu11 $flags $common -w -DBIDE_BLOCKING=1 -c "$c/$name.async.c" \
            -o "$out/$name.blocking.o" || return 1
        objects="$out/$name.blocking.o $out/../gen/$name.gen.c"
    fi
    # shellcheck disable=SC2086
    program "corpus_$name" -I"$out/../gen" -DBIDE_POISON_FRAMES=1 "$c/$name.entries.c" $objects \
        "$c/run.c" "$c/test_corpus.c" "$c/books.c" "$c/leaves_async.c" "$out/leaves_blocking.o"
}

case ${1:-} in
--source) one_source "$2"; exit ;;
--unit) one_unit "$2"; exit ;;
--corpus) one_corpus "$2"; exit ;;
esac

# ---- targets ---------------------------------------------------------------------------------

# here_is <flags...>: whether a program can be built and run.
here_is() {
    echo 'int main(void) { return 0; }' > "$scratch/probe.c"
    # shellcheck disable=SC2086
    $cc $flags "$scratch/probe.c" -pthread -o "$scratch/probe" > "$scratch/log" 2>&1 &&
        $runner "$scratch/probe" >> "$scratch/log" 2>&1
}

skip() {
    say "skipped: $1${install:+ (Debian: $install)}"
    skipped="$skipped $target"
}

each() { xargs -P "$jobs" -n 1 sh "$self" "$1"; }

build_library() {
    # shellcheck disable=SC2086
    mkdir -p "$out/lib" && find src src/testing -maxdepth 1 -name '*.c' | each --source &&
        $cc -std=$std $flags $common -c tests/unit/hygiene.c -o "$out/hygiene.o" &&
        "$ar" rcs "$out/lib.a" "$out"/lib/*.o
}

check_layout() {
    case $target in
    m32) file=layout-i386.txt ;;
    arm) file=layout-32.txt ;;
    *) file=layout-64.txt ;;
    esac
    program layout tests/abi/layout.c && diff "tests/abi/$file" "$out/layout.log"
}

check_examples() {
    program first examples/first/first.c && grep -q '^22 degrees$' "$out/first.log" &&
        program callback examples/callback/main.c examples/callback/reading.c \
            examples/callback/sensor.c && diff examples/callback/expected.txt "$out/callback.log"
}

# Code that knows sizes, orders and types of functions; flags alone change nothing in it.
corpus() {
    case $target in c23) return 0 ;; esac
    [ -d "$scratch/gen" ] || { say "the corpus is left out: $no_bidec"; return 0; }
    # shellcheck disable=SC2086
    $cc -std=gnu11 $flags $common -w -DBIDE_BLOCKING=1 -c tests/gen/corpus/leaves_blocking.c \
        -o "$out/leaves_blocking.o" || return 1
    find tests/gen/corpus -name '*.entries.c' -exec basename {} .entries.c \; | each --corpus
}

# A checked build checks nothing if it is linked without that.
canary() {
    [ "$target" = cfi ] || return 0
    # shellcheck disable=SC2086
    $cc $flags tests/targets/wrong_type.c -o "$out/wrong_type" || return 1
    if "$out/wrong_type" > "$out/log" 2>&1 || ! grep -q 'control flow integrity' "$out/log"; then
        say "a call through a pointer of another type was not noticed"
        return 1
    fi
}

odd_target() {
    here_is || { skip "$cc or what runs its programs is not here"; return 0; }
    out="$scratch/$target"
    mkdir -p "$out"
    export out target
    begin=$(date +%s)
    build_library && canary && check_layout && check_examples &&
        find tests/unit -name 'test_*.c' ! -name '*mimalloc*' ! -name 'test_glib*' \
            ! -name 'test_uv*' | each --unit && corpus || return 1
    say "passed: $(find "$out" -maxdepth 1 -name '*.log' | wc -l) programs in $(($(date +%s) - begin)) s"
    passed="$passed $target"
}

# The core alone, without a C library: sizes, and a run from a static pool.
freestanding() {
    for cc in gcc clang "arm-linux-gnueabihf-gcc -mthumb"; do
        command -v "${cc%% *}" > /dev/null || { say "left out: no ${cc%% *}"; continue; }
        say "$cc"
        # shellcheck disable=SC2086
        sh tests/headers/freestanding.sh $cc || return 1
    done
    core=''
    for part in interface waker error alloc_pool alloc_arena alloc_slab alloc_slot alloc_recycle \
        alloc_count; do
        core="$core src/$part.c"
    done
    # shellcheck disable=SC2086
    gcc -std=c11 -O1 -DBIDE_FREESTANDING -DWITH_MAIN -Iinclude tests/targets/freestanding.c $core \
        -o "$scratch/freestanding" && "$scratch/freestanding" || return 1
    passed="$passed freestanding"
}

# Function pointers of WebAssembly have exact types; there is no C library here.
wasm() {
    install='clang lld nodejs'
    wasm="--target=wasm32 -std=c11 -Os -ffreestanding -nostdlib -fno-builtin -DBIDE_FREESTANDING"
    # shellcheck disable=SC2086
    if ! echo 'int probe(void);' > "$scratch/probe.c" ||
        ! clang $wasm -Wl,--no-entry "$scratch/probe.c" -o "$scratch/probe.wasm" 2> "$scratch/log"; then
        skip 'clang does not link for wasm32 here'
        return 0
    fi
    # shellcheck disable=SC2086
    clang $wasm $warnings -Iinclude -Wl,--no-entry -Wl,--export=freestanding_run -Wl,--fatal-warnings \
        tests/targets/freestanding.c tests/targets/memory.c $core -o "$scratch/core.wasm" || return 1
    say "core.wasm: $(wc -c < "$scratch/core.wasm") bytes"
    if ! command -v node > /dev/null; then
        skip 'it links, and there is no node to run it'
        return 0
    fi
    node tests/targets/wasm.cjs "$scratch/core.wasm" || return 1
    passed="$passed wasm"
}

# The generator's output once, for all targets: it is portable C11.
generate() {
    bidec=${BIDEC:-}
    if [ -z "$bidec" ]; then
        bidec="$scratch/bidec"
        # shellcheck disable=SC2086
        gcc -std=c11 -O1 -D_POSIX_C_SOURCE=200809L -Iinclude gen/*.c -ldl -o "$bidec" || return 1
    fi
    mkdir "$scratch/gen"
    for file in tests/gen/corpus/*.async.c; do
        "$bidec" -o "$scratch/gen" -std=c11 $common "$file" > "$scratch/log" 2>&1 && continue
        no_bidec=$(tail -1 "$scratch/log")
        grep -qi 'libclang' "$scratch/log" || { cat "$scratch/log"; return 1; }
        rm -r "$scratch/gen"
        return 0
    done
}

require=false
if [ "${1:-}" = --require ]; then
    require=true
    shift
fi
[ $# -gt 0 ] || set -- freestanding wasm cfi m32 arm s390x lto c23
scratch=$(mktemp -d) || exit 1
trap 'rm -rf "$scratch"' EXIT
passed='' failed='' skipped='' no_bidec='' generated=false core=''
export common warnings
jobs=$(nproc 2> /dev/null || echo 2)

for target in "$@"; do
    install=''
    case $target in
    freestanding) freestanding || failed="$failed $target" ;;
    wasm)
        [ -n "$core" ] || core=$(for part in interface waker error alloc_pool; do echo "src/$part.c"; done)
        wasm || failed="$failed $target" ;;
    *)
        describe "$target" || { echo "unknown target: $target"; exit 1; }
        $generated || { generate || exit 1; generated=true; }
        odd_target || failed="$failed $target" ;;
    esac
done
echo "targets: passed:${passed:- none}; skipped:${skipped:- none}; failed:${failed:- none}"
[ -z "$failed" ] || exit 1
if [ -n "$skipped" ] && $require; then exit 1; fi
[ -n "$passed" ] || exit 77

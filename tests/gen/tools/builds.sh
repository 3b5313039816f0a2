#!/bin/sh
# bide_async_sources() with ninja and make: what is built when, and what is compiled where libclang
# is missing. Usage: builds.sh <bidec> [C compiler]
set -eu
bidec=$1
cc=${2:-cc}
cmake=${CMAKE_COMMAND:-cmake}
. "$(dirname "$0")/lib.sh"
cd "$scratch"

# build <directory> [arguments...]: what it did is in $scratch/said.
build() {
    directory=$1
    shift
    run 0 "$cmake" --build "$directory" "$@"
}

# did <text>, did_not <text>
did() { says "$1"; }
did_not() {
    if grep -qF -- "$1" said; then fail "it did: $1"; fi
}

# Times of files are compared: a change must be seen to be later.
change() {
    sleep 1.1
    "$@"
}

# says_wrapped <text>: CMake breaks the lines of its messages.
says_wrapped() {
    tr '\n' ' ' < said | tr -s ' ' | grep -qF -- "$1" || fail "no '$1' in what it said"
}

configure() { # <exit code> <directory> <generator> [arguments...]
    want_code=$1
    directory=$2
    shift 2
    run "$want_code" "$cmake" -G "$@" -S project -B "$directory" \
        -DCMAKE_C_COMPILER="$cc" -DBIDE_ROOT="$root" -DBIDE_BIDEC_EXECUTABLE="$bidec"
}

prepare() {
    rm -rf project build
    cp -R "$here/project" project
    sample project one '#include "extra.h"
#ifndef ONLY_C
#error the definitions do not arrive
#endif
_Static_assert(sizeof NAME == 4, "with their quotes");'
    sample "project/sub dir" two
    sample project three
    mkdir "project/inc dir" project/kept
    echo '/* 1 */' > "project/inc dir/extra.h"
    echo 'extern int plain; int plain;' > project/plain.c
    printf '%s\n' '#include "one.h"' 'extern struct f_one frame; struct f_one frame;' > project/user.c
}

incremental() { # <generator>
    prepare
    configure 0 build "$1"
    build build --parallel 2
    did "Compiling async C one.async.c"
    did "Measuring the frames of two.async.c"
    build build
    did_not "Compiling async C"
    did_not "Building C object"

    change touch "project/inc dir/extra.h"
    build build
    did "Compiling async C one.async.c"
    did_not "Compiling async C two.async.c"
    build build
    did_not "Compiling async C"

    change touch "project/sub dir/two.async.c"
    build build
    did "Compiling async C two.async.c"
    did_not "Compiling async C one.async.c"
    did_not "user.c.o"

    change sed -i.bak 's/ONLY_C=1/ONLY_C=1 MORE=2/' project/CMakeLists.txt
    build build
    did "Compiling async C one.async.c"
    build build
    did_not "Compiling async C"

    # An error stops the build, and the old output stays until it is mended.
    cp build/parts.gen/one.gen.c before.c
    cp project/one.async.c good.c
    change sed -i.bak 's/await(bide_sleep(1))/await(no_such_function(1))/' project/one.async.c
    code=0
    "$cmake" --build build > said 2>&1 || code=$?
    [ "$code" -ne 0 ] || fail "an error did not stop the build"
    did "one.async.c:"
    cmp -s before.c build/parts.gen/one.gen.c || fail "the output changed with an error"
    change cp good.c project/one.async.c
    build build
    did "Compiling async C one.async.c"
    ok "$1: only what changed is generated"
}

budgets() {
    prepare
    sed -i.bak 's/BUDGET 4000/BUDGET 100/' project/CMakeLists.txt
    configure 0 tight Ninja
    for round in first second; do
        code=0
        "$cmake" --build tight > said 2>&1 || code=$?
        [ "$code" -ne 0 ] || fail "$round build: a frame over the budget"
        says "the frame of 'f_"
        says "the budget is 100"
    done
    ok "a frame over the budget stops every build"
}

checked_in() {
    prepare
    configure 0 kept Ninja -DCHECKED_IN=ON
    build kept --target kept_update_generated
    [ -s project/kept/three.gen.c ] || fail "kept_update_generated wrote nothing"
    build kept
    (cd kept && run 0 ctest -R kept_generated_is_current)
    echo "/* by hand */" >> project/kept/three.gen.c
    (cd kept && run 8 ctest --output-on-failure -R kept_generated_is_current)
    says "three.gen.c:"
    build kept --target kept_update_generated
    (cd kept && run 0 ctest -R kept_generated_is_current)
    ok "checked-in output: compared by a test, updated by a target"
}

# Copies beside the source hide others from #include: they are compiled, but never when out of date.
beside() {
    prepare
    (cd project && run 0 "$bidec" -I"$root/include" -I"inc dir" -DONLY_C=1 '-DNAME="a b"' \
        -std=c11 -include string.h one.async.c)
    configure 0 beside Ninja
    build beside
    did "parts.dir/one.gen.c.o"
    echo "/* more */" >> project/one.async.c
    echo "static int more_than_before(void) { return 1; }" >> project/one.async.c
    code=0
    "$cmake" --build beside > said 2>&1 || code=$?
    [ "$code" -ne 0 ] || fail "old copies were compiled"
    says "build parts_update_generated, or delete it"
    build beside --target parts_update_generated
    build beside
    ok "copies beside the source"
}

without_libclang() {
    prepare
    configure 1 without Ninja -DBIDE_LIBCLANG=/nowhere/libclang.so
    says_wrapped "one.async.c cannot be compiled"
    says_wrapped "libclang1"
    (cd project && run 0 "$bidec" -I"$root/include" -I"inc dir" -DONLY_C=1 '-DNAME="a b"' one.async.c)
    (cd "project/sub dir" && run 0 "$bidec" -I"$root/include" two.async.c)
    configure 0 without Ninja -DBIDE_LIBCLANG=/nowhere/libclang.so
    says_wrapped "the checked-in one.gen.c is compiled"
    build without
    did_not "Compiling async C"
    ok "without libclang: checked-in output, or what to install"
}

wrong_calls() {
    prepare
    for call in 'nothing_there one.async.c|there is no target' 'parts|no X.async.c is named' \
        'parts plain.c|is not named like' 'parts none.async.c|there is no file'; do
        cp "$here/project/CMakeLists.txt" project/CMakeLists.txt
        echo "bide_async_sources(${call%%|*})" >> project/CMakeLists.txt
        configure 1 wrong Ninja
        says_wrapped "${call#*|}"
    done
    cp "$here/project/CMakeLists.txt" project/CMakeLists.txt
    echo "/* half a copy */" > project/one.gen.h
    configure 1 wrong Ninja
    says_wrapped "one.gen.h hides the one that is generated"
    rm project/one.gen.h
    # A cross build that is told of no bidec says so.
    cp "$here/project/CMakeLists.txt" project/CMakeLists.txt
    run 1 "$cmake" -G Ninja -S project -B cross -DCMAKE_C_COMPILER="$cc" -DBIDE_ROOT="$root" \
        -DCMAKE_SYSTEM_NAME=Linux -DCMAKE_CROSSCOMPILING=ON
    says_wrapped "BIDE_BIDEC_EXECUTABLE"
    ok "wrong calls"
}

command -v ninja > /dev/null && incremental Ninja
command -v make > /dev/null && incremental "Unix Makefiles"
budgets
checked_in
beside
without_libclang
wrong_calls
echo "builds: $cases groups passed"

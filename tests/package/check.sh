#!/bin/sh
# Installs bide, static and shared, into a scratch prefix and builds small programs against it in
# each way that users do: find_package, make with pkg-config, add_subdirectory and FetchContent, in C
# and in C++, and as callers without headers. The installed tree is moved first: nothing may hang on
# the prefix it was built for. Configuring is done without a network, where that can be arranged.
# Usage: check.sh [C compiler]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cc=${1:-cc}
cmake=${CMAKE_COMMAND:-cmake}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The C++ compiler beside the C compiler, and a way to run a command without a network.
cxx=$(echo "$cc" | sed 's/gcc/g++/; s/clang/clang++/; s/\<cc$/c++/')
command -v "$cxx" > /dev/null || { cxx=''; echo "not checked: C++, there is no compiler beside $cc"; }
offline='unshare -rn'
$offline true 2> /dev/null || { offline=''; echo "not checked: configuring without a network"; }

# quiet <what> <command...>: the output is shown only when the command fails.
quiet() {
    what=$1
    shift
    if ! "$@" > "$scratch/log" 2>&1; then
        echo "FAILED: $what"
        tail -40 "$scratch/log"
        exit 1
    fi
    echo "ok: $what"
}

install_bide() { # <static|shared> <ON|OFF>
    # shellcheck disable=SC2086
    quiet "$1: configure" $offline "$cmake" -S "$root" -B "$scratch/build-$1" -DCMAKE_C_COMPILER="$cc" \
        -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS="$2" -DCMAKE_INSTALL_PREFIX=/nowhere/bide \
        -DBIDE_TESTS=OFF -DBIDE_EXAMPLES=OFF -DBIDE_BENCH=OFF
    quiet "$1: build" "$cmake" --build "$scratch/build-$1" --parallel 2
    quiet "$1: install" "$cmake" --install "$scratch/build-$1" --prefix "$scratch/first-$1"
    mv "$scratch/first-$1" "$scratch/prefix-$1"
}

# consumer <name> <cmake argument...>: one CMake project, several ways to find bide.
consumer() {
    name=$1
    shift
    # shellcheck disable=SC2086
    quiet "$name: configure" $offline "$cmake" -S "$here/consumer" -B "$scratch/$name" \
        -DCMAKE_C_COMPILER="$cc" -DCMAKE_BUILD_TYPE=Release "$@"
    quiet "$name: build" "$cmake" --build "$scratch/$name" --parallel 2
    quiet "$name: run" "$scratch/$name/consumer"
    quiet "$name: run async C" "$scratch/$name/consumer_async"
    quiet "$name: run, static" "$scratch/$name/consumer_static"
    if readelf -d "$scratch/$name/consumer_static" | grep -q 'NEEDED.*libbide'; then
        echo "FAILED: bide::bide_static links a shared library"
        exit 1
    fi
    quiet "$name: run without headers" "$scratch/$name/consumer_ffi"
    for more in consumer_mimalloc consumer_cxx consumer_uv consumer_glib; do
        [ ! -x "$scratch/$name/$more" ] || quiet "$name: run $more" "$scratch/$name/$more"
    done
}
# With C++ where there is a compiler: the languages a project has are its own affair.
with_cxx() {
    if [ -n "$cxx" ]; then
        consumer "$@" -DCONSUMER_CXX=ON -DCMAKE_CXX_COMPILER="$cxx"
    else
        consumer "$@"
    fi
}

# by_make <static|shared> <package>: make, pkg-config, and nothing else.
by_make() {
    if ! command -v pkg-config > /dev/null || ! command -v make > /dev/null; then
        echo "not checked: make or pkg-config is not installed"
        return
    fi
    pc=$(dirname "$(find "$scratch/prefix-$1" -name bide.pc)")
    dir="$scratch/make-$1-$2"
    cp -r "$here" "$dir"
    if [ -n "$cxx" ]; then goals='main ticker'; else goals=main; fi
    # shellcheck disable=SC2086
    quiet "$1: make with pkg-config $2" env PKG_CONFIG_PATH="$pc" make -C "$dir/make" CC="$cc" \
        CXX="$cxx" PACKAGE="$2" $goals
    for goal in $goals; do
        quiet "$1: $2: run $goal" env LD_LIBRARY_PATH="$pc/.." "$dir/make/$goal"
    done
    if [ "$2" = bide-static ] && readelf -d "$dir/make/main" | grep -q 'NEEDED.*libbide'; then
        echo "FAILED: bide-static links a shared library"
        exit 1
    fi
}

# What is exported, and callers that are not C: both ask the shared libraries.
foreign() {
    lib=$(dirname "$(find "$scratch/prefix-shared" -name libbide.so)")
    quiet "shared: symbols" sh "$here/symbols.sh" "$lib/libbide.so" "$lib/libbide_ffi.so"
    if command -v python3 > /dev/null; then
        quiet "shared: a caller in Python" env LD_LIBRARY_PATH="$lib" python3 \
            "$here/ffi/foreign.py" "$lib/libbide_ffi.so"
    else
        echo "not checked: a caller in Python, which is not installed"
    fi
}

for kind in static shared; do
    if [ $kind = shared ]; then shared=ON; else shared=OFF; fi
    install_bide $kind $shared
    with_cxx "find_package-$kind" -DHOW=find_package -DCMAKE_PREFIX_PATH="$scratch/prefix-$kind"
    by_make $kind bide
    by_make $kind bide-static
done
foreign
# Without libclang: what another build generated is compiled; without that, a message says what to do.
mkdir "$scratch/copies"
cp "$scratch"/find_package-static/countdown.gen/countdown.gen.[ch] "$scratch/copies"
consumer without-libclang -DHOW=find_package -DCMAKE_PREFIX_PATH="$scratch/prefix-static" \
    -DBIDE_LIBCLANG=/nowhere -DCHECKED_IN="$scratch/copies"
if "$cmake" -S "$here/consumer" -B "$scratch/stopped" -DCMAKE_C_COMPILER="$cc" -DHOW=FetchContent \
    -DBIDE_ROOT="$root" -DBIDE_LIBCLANG=/nowhere > "$scratch/log" 2>&1 ||
    ! grep -q libclang1 "$scratch/log"; then
    echo "FAILED: without libclang and copies, a consumer must be told what to install"
    exit 1
fi
# A component that is not there must be refused, and the rest must not mind that it is missing.
consumer find_package-without-mimalloc -DHOW=find_package \
    -DCMAKE_PREFIX_PATH="$scratch/prefix-static" -DCMAKE_DISABLE_FIND_PACKAGE_mimalloc=ON
if "$cmake" -S "$here/consumer" -B "$scratch/refused" -DCMAKE_C_COMPILER="$cc" -DHOW=find_package \
    -DCMAKE_PREFIX_PATH="$scratch/prefix-static" -DCOMPONENT=nonsense > "$scratch/log" 2>&1; then
    echo "FAILED: find_package accepted a component that does not exist"
    exit 1
fi
# Those that bring bide along build it for debugging, as they are worked on; which takes less time.
consumer add_subdirectory -DHOW=add_subdirectory -DBIDE_ROOT="$root" -DCMAKE_BUILD_TYPE=Debug
# Who brings bide along gets the library, and neither its tests nor its examples.
for unwanted in test_waker calculator bide-layout; do
    if "$cmake" --build "$scratch/add_subdirectory" --target "$unwanted" > "$scratch/log" 2>&1; then
        echo "FAILED: a project that brings bide along has the target $unwanted"
        exit 1
    fi
done
with_cxx FetchContent-shared -DHOW=FetchContent -DBIDE_ROOT="$root" -DBUILD_SHARED_LIBS=ON \
    -DCMAKE_BUILD_TYPE=Debug
echo "package: every consumer built and ran"

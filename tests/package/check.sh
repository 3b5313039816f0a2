#!/bin/sh
# Installs bide, static and shared, into a scratch prefix and builds a small program against it in
# each way that users do: find_package, pkg-config with a plain cc, add_subdirectory and
# FetchContent. The installed tree is moved first: nothing may hang on the prefix it was built for.
# Usage: check.sh [C compiler]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
cc=${1:-cc}
cmake=${CMAKE_COMMAND:-cmake}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

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
    quiet "$1: configure" "$cmake" -S "$root" -B "$scratch/build-$1" -DCMAKE_C_COMPILER="$cc" \
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
    quiet "$name: configure" "$cmake" -S "$here/consumer" -B "$scratch/$name" \
        -DCMAKE_C_COMPILER="$cc" -DCMAKE_BUILD_TYPE=Release "$@"
    quiet "$name: build" "$cmake" --build "$scratch/$name" --parallel 2
    quiet "$name: run" "$scratch/$name/consumer"
    quiet "$name: run async C" "$scratch/$name/consumer_async"
    if [ -x "$scratch/$name/consumer_mimalloc" ]; then
        quiet "$name: run with mimalloc" "$scratch/$name/consumer_mimalloc"
    fi
}

by_pkg_config() { # <static|shared>
    if ! command -v pkg-config > /dev/null; then
        echo "not checked: pkg-config is not installed"
        return
    fi
    pc=$(dirname "$(find "$scratch/prefix-$1" -name bide.pc)")
    # shellcheck disable=SC2046
    quiet "$1: pkg-config, plain $cc" "$cc" -std=c11 -Wall -Wextra -Wpedantic -Werror \
        "$here/consumer/main.c" -o "$scratch/plain-$1" \
        $(PKG_CONFIG_PATH="$pc" pkg-config --cflags --libs bide)
    quiet "$1: run" env LD_LIBRARY_PATH="$pc/.." "$scratch/plain-$1"
}

for kind in static shared; do
    if [ $kind = shared ]; then shared=ON; else shared=OFF; fi
    install_bide $kind $shared
    consumer "find_package-$kind" -DHOW=find_package -DCMAKE_PREFIX_PATH="$scratch/prefix-$kind"
    by_pkg_config $kind
done
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
consumer add_subdirectory -DHOW=add_subdirectory -DBIDE_ROOT="$root"
consumer FetchContent -DHOW=FetchContent -DBIDE_ROOT="$root"
echo "package: every consumer built and ran"

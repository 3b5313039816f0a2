#!/bin/sh
# Compiles async_cxx.cpp (SOURCE: another source here), all warnings as errors, links it with the
# libraries given, and runs it.
# Usage: async_cxx.sh <C++ compiler> <library>...
set -eu
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cxx=$1
shift
for library in "$@"; do
    LD_LIBRARY_PATH="$(dirname "$library"):${LD_LIBRARY_PATH:-}"
done
export LD_LIBRARY_PATH
for std in c++17 c++20; do
    for level in -O0 -O2; do
        "$cxx" "-std=$std" "$level" -Wall -Wextra -Wshadow -Werror -I "$here/../../include" \
            "$here/${SOURCE:-async_cxx.cpp}" "$@" -lpthread -o "$scratch/async_cxx"
        "$scratch/async_cxx"
    done
done

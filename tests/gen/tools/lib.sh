# What the test scripts of this folder share. Sets `scratch`, which goes away at the end.
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
scratch=$(mktemp -d)
trap 'chmod -R u+w "$scratch"; rm -rf "$scratch"' EXIT
cases=0

fail() {
    echo "FAILED: $*"
    echo "---- it said:"
    cat "$scratch/said" 2> /dev/null || true
    exit 1
}

# ok <what>
ok() {
    cases=$((cases + 1))
    echo "ok: $*"
}

# run <exit code> <command...>: stdout and stderr go to $scratch/said.
run() {
    want=$1
    shift
    code=0
    "$@" > "$scratch/said" 2>&1 || code=$?
    [ "$code" -eq "$want" ] || fail "exit code $code, not $want: $*"
}

# says <text>: the last run's output holds it.
says() {
    grep -qF -- "$1" "$scratch/said" || fail "no '$1' in what it said"
}

# A source whose future waits twice; <directory> <name> [more text]
sample() {
    mkdir -p "$1"
    name=$(echo "$2" | tr -c 'A-Za-z0-9_\n' _)
    cat > "$1/$2.h" <<END
#ifndef SAMPLE_${name}_H
#define SAMPLE_${name}_H
#include <bide/bide.h>
#include <bide/time.h>
bide_async int32_t f_$name(int32_t a);
#include BIDE_GENERATED("$2.gen.h")
#endif
END
    cat > "$1/$2.async.c" <<END
#include "$2.h"
#include <bide/async_source.h>
${3:-}
async int32_t f_$name(int32_t a)
{
    char big[200] = {0};
    await(bide_sleep(1));
    big[a & 7] = (char)a;
    await(bide_sleep(2));
    return a + big[1];
}
END
}

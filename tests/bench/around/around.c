/*
 * around.c: the workloads of what stands around the core, on bide: channels, the thread pool, sets
 * of futures. ../rust/src/bin/around_tokio.rs and around_futures.rs are the same in Rust.
 */
#include "../bench.h"

#include <bide/bide.h>

#include "pools.h"

#include "channels.h"
#include "sets.h"

static const struct bench table[] = {CHANNEL_ROWS POOL_ROWS SET_ROWS};

int main(int argc, char **argv)
{
    return bench_main(argc, argv, table, sizeof table / sizeof table[0]);
}

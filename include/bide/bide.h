/*
 * bide/bide.h: the core and its runtimes in one include.
 *
 * Order is the order of the house: each header uses only what stands above it. Placements other
 * than the heap (alloc_*.h), mimalloc.h and the test helpers (testing*.h) are included by name.
 */
#ifndef BIDE_BIDE_H
#define BIDE_BIDE_H

#include <bide/abi.h>
#include <bide/error.h>
#include <bide/alloc.h>
#include <bide/waker.h>
#include <bide/box.h>
#include <bide/cancel.h>
#include <bide/future.h>
#include <bide/async.h>
#include <bide/interface.h>
#include <bide/implement.h>
#include <bide/bounds.h>
#include <bide/generated.h>
#ifndef BIDE_FREESTANDING
#include <bide/runtime.h>
#include <bide/time.h>
#include <bide/completion.h>
#include <bide/task.h>
#include <bide/executor.h>
#include <bide/trace.h>
#include <bide/pool.h>
#endif

#endif

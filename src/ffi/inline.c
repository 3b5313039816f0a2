/*
 * inline.c: every inline function of the public headers once more, as a symbol of the same name,
 * for languages that call C functions and cannot compile C headers.
 *
 * C programs have their own inline copies, and the two never meet: a static function hides nothing.
 * What the headers make by macro from a list of the user's (interfaces, futures) is the user's to
 * export; the futures that the library itself declares are here, too.
 */
#define BIDE_INLINE extern BIDE_API

#include <bide/abortable.h>
#include <bide/alloc_arena.h>
#include <bide/alloc_count.h>
#include <bide/alloc_pool.h>
#include <bide/alloc_recycle.h>
#include <bide/alloc_slab.h>
#include <bide/alloc_slot.h>
#include <bide/barrier.h>
#include <bide/bide.h>
#include <bide/bytes_adapt.h>
#include <bide/bytes_async.h>
#include <bide/bytes_buffered.h>
#include <bide/channel.h>
#include <bide/closure.h>
#include <bide/framed.h>
#include <bide/future_set.h>
#include <bide/join.h>
#include <bide/lines.h>
#include <bide/made.h>
#include <bide/mutex.h>
#include <bide/notify.h>
#include <bide/oneshot.h>
#include <bide/pool.h>
#include <bide/scope.h>
#include <bide/select.h>
#include <bide/semaphore.h>
#include <bide/shared.h>
#include <bide/sink.h>
#include <bide/sink_adapt.h>
#include <bide/stream.h>
#include <bide/stream_adapt.h>
#include <bide/stream_buffered.h>
#include <bide/stream_collect.h>
#include <bide/stream_join.h>
#include <bide/then.h>
#include <bide/timeout.h>

/*
 * layout.c: bide-layout: prints size and alignment of every structure of bide/abi.h, and offset and
 * size of every member. A test compares it with layout-64.txt, so that a change of the binary
 * contract is seen, and is made on purpose. Members may only be added at the end.
 */
#include <bide/abi.h>

#include <stdio.h>

/* What no platform changes: the codes and flags. */
_Static_assert(sizeof(bide_poll) == 4, "poll results are 32 bits");
_Static_assert(BIDE_PENDING == 0 && BIDE_READY == 1 && BIDE_DONE == 2, "frozen");
_Static_assert(BIDE_ENOMEM == -1 && BIDE_ECANCELED == -2 && BIDE_EFOREIGN == -3, "frozen");
_Static_assert(BIDE_EMISUSE == -4 && BIDE_ENOSYS == -5 && BIDE_EBUSY == -6, "frozen");
_Static_assert(BIDE_EMISMATCH == -7, "frozen");
_Static_assert(BIDE_ALLOC_ANY_THREAD == 1 && BIDE_FREE_ANY_THREAD == 2, "frozen");
_Static_assert(BIDE_ALLOC_FIXED == 4, "frozen");
_Static_assert(BIDE_SEND == 1 && BIDE_SYNC == 2 && BIDE_UNPIN == 4, "frozen");
_Static_assert(BIDE_STATE == 8 && BIDE_NO_DROP == 16, "frozen");
_Static_assert(BIDE_STATE_MASK == 0x0fffffffu && BIDE_STATE_CANCELING == 0x20000000u, "frozen");
_Static_assert(BIDE_STATE_RUNNING == 0x40000000u && BIDE_STATE_DONE == 0x80000000u, "frozen");
_Static_assert(BIDE_KIND_ASYNC == 1 && BIDE_KIND_ASYNC_MUT == 2 && BIDE_KIND_SYNC == 3, "frozen");
_Static_assert(BIDE_KIND_SYNC_MUT == 4 && BIDE_KIND_POLL == 5 && BIDE_KIND_FN == 6, "frozen");
_Static_assert(BIDE_KIND_SUPER == 7 && BIDE_KIND_DEFAULT == 0x100, "frozen");
_Static_assert(BIDE_VTABLE_ABI == 0xb1de0001u, "frozen");
/* What a structure begins with: its size, or what tells it apart. */
_Static_assert(offsetof(bide_waker_vtable, size) == 0 && offsetof(bide_allocator, size) == 0, "");
_Static_assert(offsetof(bide_context, size) == 0 && offsetof(bide_type, size) == 0, "");
_Static_assert(offsetof(bide_vtable, abi) == 0 && sizeof(bide_waker) == sizeof(void *), "");
_Static_assert(sizeof(bide_type) < 65536, "a type record is told from a vtable by its size");
_Static_assert(sizeof(bide_box) == 2 * sizeof(void *), "");

#define STRUCT(T) printf("%-24s %4zu bytes, aligned to %zu\n", #T, sizeof(T), _Alignof(T))
#define MEMBER(T, m) printf("    %-20s %4zu + %zu\n", #m, offsetof(T, m), sizeof(((T *)NULL)->m))

static void wakers_and_allocators(void)
{
    STRUCT(bide_waker);
    MEMBER(bide_waker, vtable);
    STRUCT(bide_waker_vtable);
    MEMBER(bide_waker_vtable, size);
    MEMBER(bide_waker_vtable, flags);
    MEMBER(bide_waker_vtable, clone);
    MEMBER(bide_waker_vtable, wake);
    MEMBER(bide_waker_vtable, wake_by_ref);
    MEMBER(bide_waker_vtable, drop);
    MEMBER(bide_waker_vtable, wake_from_isr);
    STRUCT(bide_allocator);
    MEMBER(bide_allocator, size);
    MEMBER(bide_allocator, flags);
    MEMBER(bide_allocator, alloc);
    MEMBER(bide_allocator, free);
    STRUCT(bide_bump);
    MEMBER(bide_bump, base);
    MEMBER(bide_bump, top);
    MEMBER(bide_bump, end);
    MEMBER(bide_bump, last);
}

static void runtimes(void)
{
    STRUCT(bide_timer);
    MEMBER(bide_timer, deadline);
    MEMBER(bide_timer, waker);
    MEMBER(bide_timer, priv);
    STRUCT(bide_job);
    MEMBER(bide_job, run);
    MEMBER(bide_job, release);
    MEMBER(bide_job, waker);
    MEMBER(bide_job, next);
    MEMBER(bide_job, refs);
    MEMBER(bide_job, state);
    STRUCT(bide_spawn_options);
    MEMBER(bide_spawn_options, size);
    MEMBER(bide_spawn_options, flags);
    MEMBER(bide_spawn_options, name);
    MEMBER(bide_spawn_options, allocator);
    MEMBER(bide_spawn_options, slab_bytes);
    MEMBER(bide_spawn_options, done);
    MEMBER(bide_spawn_options, done_arg);
    STRUCT(bide_runtime_vtable);
    MEMBER(bide_runtime_vtable, size);
    MEMBER(bide_runtime_vtable, flags);
    MEMBER(bide_runtime_vtable, name);
    MEMBER(bide_runtime_vtable, now);
    MEMBER(bide_runtime_vtable, timer_start);
    MEMBER(bide_runtime_vtable, timer_stop);
    MEMBER(bide_runtime_vtable, offload);
    MEMBER(bide_runtime_vtable, spawn_begin);
    MEMBER(bide_runtime_vtable, spawn_commit);
    MEMBER(bide_runtime_vtable, spawn_abandon);
    STRUCT(bide_runtime);
    MEMBER(bide_runtime, vtable);
    STRUCT(bide_context);
    MEMBER(bide_context, size);
    MEMBER(bide_context, flags);
    MEMBER(bide_context, waker);
    MEMBER(bide_context, runtime);
    MEMBER(bide_context, allocator);
}

static void futures(void)
{
    STRUCT(bide_tracer);
    MEMBER(bide_tracer, size);
    MEMBER(bide_tracer, flags);
    MEMBER(bide_tracer, enter);
    MEMBER(bide_tracer, leave);
    MEMBER(bide_tracer, note);
    STRUCT(bide_module);
    MEMBER(bide_module, size);
    MEMBER(bide_module, flags);
    MEMBER(bide_module, retain);
    MEMBER(bide_module, release);
    STRUCT(bide_type);
    MEMBER(bide_type, size);
    MEMBER(bide_type, flags);
    MEMBER(bide_type, frame_size);
    MEMBER(bide_type, frame_align);
    MEMBER(bide_type, box_offset);
    MEMBER(bide_type, output_size);
    MEMBER(bide_type, output_align);
    MEMBER(bide_type, reserved);
    MEMBER(bide_type, poll);
    MEMBER(bide_type, drop);
    MEMBER(bide_type, cancel);
    MEMBER(bide_type, trace);
    MEMBER(bide_type, name);
    MEMBER(bide_type, module);
    STRUCT(bide_box);
    MEMBER(bide_box, frame);
    MEMBER(bide_box, type);
}

static void interfaces(void)
{
    STRUCT(bide_signature);
    MEMBER(bide_signature, name);
    MEMBER(bide_signature, text);
    MEMBER(bide_signature, super);
    MEMBER(bide_signature, kind);
    MEMBER(bide_signature, offset);
    MEMBER(bide_signature, bytes);
    MEMBER(bide_signature, layout);
    STRUCT(bide_interface);
    MEMBER(bide_interface, size);
    MEMBER(bide_interface, row_size);
    MEMBER(bide_interface, name);
    MEMBER(bide_interface, vtable_size);
    MEMBER(bide_interface, rows);
    MEMBER(bide_interface, signatures);
    STRUCT(bide_vtable);
    MEMBER(bide_vtable, abi);
    MEMBER(bide_vtable, size);
    MEMBER(bide_vtable, interface_info);
    MEMBER(bide_vtable, implementation);
    MEMBER(bide_vtable, flags);
    MEMBER(bide_vtable, header_size);
    MEMBER(bide_vtable, self_size);
    MEMBER(bide_vtable, self_align);
    MEMBER(bide_vtable, destroy);
    MEMBER(bide_vtable, query);
    MEMBER(bide_vtable, module);
    MEMBER(bide_vtable, retain);
    MEMBER(bide_vtable, release);
    STRUCT(bide_method);
    MEMBER(bide_method, type);
}

int main(void)
{
    wakers_and_allocators();
    runtimes();
    futures();
    interfaces();
    return 0;
}

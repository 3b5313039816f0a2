/*
 * bide/check.h: checked builds.
 *
 * A translation unit that is compiled with BIDE_CHECKED (-DBIDE_CHECKED) watches how its futures
 * and calls are used. A broken rule stops the program with one message, which names the future type
 * or interface and method, and the source lines concerned:
 *
 *     bide: Counter.add, called at app.c:40, wants its object for itself, but Counter.get, called
 *     at app.c:31, is still in flight on it
 *
 * What is watched, of futures by macro, by hand and from bidec alike:
 *
 *   - polling after completion; dropping twice (by hand: if the first drop marks the frame);
 *     polling or dropping from inside the own poll;
 *   - making, polling and dropping on different threads without BIDE_SEND; what bide/bounds.h asks
 *     at run time, and is not so; a frame with a state word (by macro, from bidec) that was moved
 *     after its first poll;
 *   - BIDE_PENDING when nobody holds a waker of the task: the leaf is named;
 *   - dropping a future whose cleanup must wait (bide/cancel.h);
 *   - calls through an empty handle or an empty slot of a vtable; calls that borrow an object
 *     together although one of them is ASYNC_MUT or SYNC_MUT; destroying an object with a call in
 *     flight;
 *   - ending a pool or an arena that futures still live in, making a slot anew under its future;
 *     giving a block to a pool, arena, slot or slab that did not give it, or has it already;
 *   - pointers into a frame that has not reached its place: in arguments of an await by value, and,
 *     in macro bodies, in fields stored before the first await.
 *
 * A C local of a macro body that is read after an await reads garbage: the stack is overwritten at
 * each suspension. Locals of generated functions are kept, and need no watching.
 *
 * No size, offset or signature differs: checked and unchecked code link in any mixture, each
 * checks what it was compiled to check. The books are one table of the library under one lock,
 * keyed by address. Without BIDE_CHECKED nothing in this file makes an instruction.
 *
 * Lines are those of awaits: in macro bodies, and in the X.async.c of generated functions. Code
 * outside of bodies says where it is by BIDE_CHECK_HERE(). A call is "in flight" from its first
 * poll to its end; a call made by the method that runs on an object (a reborrow) is no conflict
 * with that method's own borrow. Calls that do not go through a handle are not tracked; nor are
 * calls whose box was handed on by I_m_start_box to code that is not checked. An object that its
 * calls keep alive says so by T_HAS_counting: else I_destroy with a call in flight is taken for a
 * mistake.
 *
 * The poll and drop of a future by hand are the user's own functions: who calls F_poll(f, cx, out)
 * by name calls them and nothing else, for C gives a header no way to come between a function and
 * its callers. They are watched where the library calls them: in awaits, starts, boxes, tasks and
 * F_type. A poll or a drop by hand that polls or drops such a child writes BIDE_CHECK_POLL and
 * BIDE_CHECK_DROP instead.
 *
 * What cannot be seen: a start that completed and is polled or dropped all the same (there is no
 * frame that could tell); a box of a frame that the caller placed by init (the word below the frame
 * says anything); a slab that ends with blocks out (it waits for them, that is no mistake).
 */
#ifndef BIDE_CHECK_H
#define BIDE_CHECK_H

#include <bide/abi.h>
#include <bide/pp.h>

#if defined(BIDE_CHECKED) && defined(BIDE_FREESTANDING)
#error "bide: checked builds need a C library: compile without BIDE_CHECKED or BIDE_FREESTANDING"
#endif

#ifndef BIDE_FREESTANDING
BIDE_PRIV_C_BEGIN

/* Gets the message of a broken rule, one line without its end. It may leave by longjmp, or return:
 * the program then goes on as an unchecked one would. It holds no lock of the library. */
typedef void (*bide_check_handler)(const char *message);

/* Sets what a broken rule calls, and returns what was set before. NULL, the beginning: prints the
 * message to stderr and aborts. Any thread; one handler for the whole program. */
BIDE_API bide_check_handler bide_check_set_handler(bide_check_handler handler);

/* Calls that were made through handles to this object and have not ended. Any thread. */
BIDE_API size_t bide_check_calls(const void *self);

BIDE_PRIV_C_END
#endif

/* BIDE_CHECK_HERE(): tells messages where this thread is: for calls outside of bodies.
 * Shape: an expression of type void; nothing without BIDE_CHECKED. */
#ifdef BIDE_CHECKED
#define BIDE_CHECK_HERE() bide_priv_check_site(__FILE__, __LINE__)
#else
#define BIDE_CHECK_HERE() ((void)0)
#endif

/* BIDE_CHECK_POLL(F, f, cx, out), BIDE_CHECK_DROP(F, f): poll and drop a future of a known type,
 * from code by hand, and watch it whatever made F. Of a type that is BIDE_NO_DROP, too, where
 * F_drop(f) does not compile: while it waits, a checked build takes that for the mistake it is.
 * Shape: F_poll(f, cx, out), an expression; F_drop(f);, a statement. */
#define BIDE_CHECK_POLL(F, f, cx, out) BIDE_PRIV_CHECK_HAND_POLL(F, f, cx, F##_poll(f, cx, out))
#define BIDE_CHECK_DROP(F, f)                                                                      \
    do {                                                                                           \
        BIDE_PRIV_CHECK_HAND_DROP(F, f)                                                            \
        BIDE_PRIV_LET_GO(F, f);                                                                    \
    } while (0)

/* ---- hooks -------------------------------------------------------------------------------- */
/* What the other headers call. Each stands for nothing, or for the call that it wraps. */

#ifndef BIDE_CHECKED

#define BIDE_PRIV_CHECK_SITE
#define BIDE_PRIV_CHECK_WORD(word) (word)
#define BIDE_PRIV_CHECK_POLL(F, f, cx, exact, call) call
#define BIDE_PRIV_CHECK_AT(op, file, line) ((void)0)
#define BIDE_PRIV_CHECK_FOREIGN(is_foreign, what)
#define BIDE_PRIV_CHECK_BODY(F)
#define BIDE_PRIV_CHECK_RESUME(F, f, cx, out, call) call
#define BIDE_PRIV_CHECK_START(F, f, cx, call) call
#define BIDE_PRIV_CHECK_START_BOX(F, box, cx, call) call
#define BIDE_PRIV_CHECK_START_IN(F, place, cx, call) call
#define BIDE_PRIV_CHECK_ENDED(f)
#define BIDE_PRIV_CHECK_BEGIN(F, cx)
#define BIDE_PRIV_CHECK_BEGUN_BOX(F, box, result) result
#define BIDE_PRIV_CHECK_BEGUN_IN(F, place, result) result
#define BIDE_PRIV_CHECK_CANCEL(F, f, cx, call) call
#define BIDE_PRIV_CHECK_NO_MEMORY
#define BIDE_PRIV_CHECK_DROP(F, f)
#define BIDE_PRIV_CHECK_HAND_POLL(F, f, cx, call) call
#define BIDE_PRIV_CHECK_HAND_DROP(F, f)
#define BIDE_PRIV_CHECK_INIT(F, f)
#define BIDE_PRIV_CHECK_DYN_ENTER(F, f, cx)
#define BIDE_PRIV_CHECK_DYN_LEAVE(F, f, result) result
#define BIDE_PRIV_CHECK_DYN_DROP(F, f)
#define BIDE_PRIV_CHECK_FRESH(frame)
#define BIDE_PRIV_CHECK_FREED(frame)
#define BIDE_PRIV_CHECK_BOX_POLL(box)
#define BIDE_PRIV_CHECK_BOX_DROP(box)
#define BIDE_PRIV_CHECK_CALL(I, m, handle, slot)
#define BIDE_PRIV_CHECK_CALLED(box, call) call
#define BIDE_PRIV_CHECK_HELD(box, call) call
#define BIDE_PRIV_CHECK_CALL_POLL(box, call) call
#define BIDE_PRIV_CHECK_CALL_DROP(box)
#define BIDE_PRIV_CHECK_SYNC(I, m, handle, slot)
#define BIDE_PRIV_CHECK_SYNC_RESULT(R, call)                                                       \
    BIDE_PRIV_IF(BIDE_PRIV_IS_VOID(R))()(return) call
#define BIDE_PRIV_CHECK_SLOT(I, m, handle, slot)
#define BIDE_PRIV_CHECK_IMPL(I, T, m, self, box, call) call
#define BIDE_PRIV_CHECK_DESTROY(I, handle)
#define BIDE_PRIV_CHECK_TAKEN(F, from, to)
#define BIDE_PRIV_CHECK_BY_VALUE(when, f)
#define BIDE_PRIV_CHECK_NOT_SEND(name, method, implementation, why)
#define BIDE_PRIV_CHECK_ARGUMENTS(F)
#define BIDE_PRIV_CHECK_ARGUMENTS_OF(F, LIST)
#define BIDE_PRIV_CHECK_ARGUMENT(F, name, value) ((void)0)
#define BIDE_PRIV_CHECK_FREE(giver, block, bytes)

#else

/* A future type, as the books know it. Names, not records: a record need not be declared yet. */
#define BIDE_PRIV_CHECK_ID(F) BIDE_PRIV_STR(F), (uint32_t)F##_flags, sizeof(struct F)

/* Future types whose poll and drop a user wrote: they are watched where they are called. */
#define BIDE_PRIV_CHECK_IS_HAND(F)                                                                 \
    (!((uint32_t)F##_flags & (uint32_t)BIDE_STATE) && (size_t)F##_bide_moved == sizeof(struct F))

/* Where this thread is from now on, until the poll returns that it is in. A drop is no poll. */
#define BIDE_PRIV_CHECK_SITE                                                                       \
    if (bide_op != BIDE_PRIV_OP_DROP)                                                              \
        bide_priv_check_site(__FILE__, __LINE__);

/* A state word as the body should see it. */
#define BIDE_PRIV_CHECK_WORD(word) ((word) & ~(uint32_t)BIDE_STATE_RUNNING)

/* The three ways into a future. `exact`: all its functions are compiled once, here. */
#define BIDE_PRIV_CHECK_POLL(F, f, cx, exact, call)                                                \
    (bide_priv_check_enter(BIDE_PRIV_CHECK_ID(F), f, cx, exact)                                    \
         ? (bide_priv_check_scribble(), bide_priv_check_leave(sizeof(struct F), f, call))          \
         : (bide_poll)BIDE_EMISUSE)
/* A body that is resumed runs in a stack frame of its own, which has been overwritten. */
#if defined(__GNUC__)
#define BIDE_PRIV_CHECK_BODY(F)                                                                    \
    static __attribute__((noinline, unused)) bide_poll F##_bide_resume(                            \
        struct F *bide_f, bide_context *bide_cx, F##_output *bide_out)                             \
    {                                                                                              \
        return F##_bide_body(BIDE_PRIV_OP_POLL, bide_f, bide_f, NULL, NULL, bide_cx, bide_out,     \
                             NULL);                                                                \
    }
#define BIDE_PRIV_CHECK_RESUME(F, f, cx, out, call) F##_bide_resume(f, cx, out)
#else
#define BIDE_PRIV_CHECK_BODY(F)
#define BIDE_PRIV_CHECK_RESUME(F, f, cx, out, call) call
#endif
#define BIDE_PRIV_CHECK_START(F, f, cx, call)                                                      \
    (bide_priv_check_begin(BIDE_PRIV_CHECK_ID(F), (uintptr_t)(f), cx),                             \
     bide_priv_check_begun(BIDE_PRIV_CHECK_ID(F), (uintptr_t)(f), call))
#define BIDE_PRIV_CHECK_START_BOX(F, box, cx, call)                                                \
    (bide_priv_check_begin(BIDE_PRIV_CHECK_ID(F), 0, cx),                                          \
     bide_priv_check_begun_box(BIDE_PRIV_CHECK_ID(F), box, call))
#define BIDE_PRIV_CHECK_START_IN(F, place, cx, call)                                               \
    (bide_priv_check_begin(BIDE_PRIV_CHECK_ID(F), 0, cx),                                          \
     BIDE_PRIV_CHECK_BEGUN_IN(F, place, call))
/* A start in several steps: where it begins, and each result of it. */
#define BIDE_PRIV_CHECK_BEGIN(F, cx) bide_priv_check_begin(BIDE_PRIV_CHECK_ID(F), 0, cx);
#define BIDE_PRIV_CHECK_BEGUN_BOX(F, box, result)                                                  \
    bide_priv_check_begun_box(BIDE_PRIV_CHECK_ID(F), box, result)
#define BIDE_PRIV_CHECK_BEGUN_IN(F, place, result)                                                 \
    bide_priv_check_begun_in(BIDE_PRIV_CHECK_ID(F), &(place)->root->frame, (place)->offset, result)
/* A cancellation is a poll; after the end, where a poll is a mistake, it is none. */
#define BIDE_PRIV_CHECK_ENDED(f)                                                                   \
    if (*(const uint32_t *)(const void *)(f)&BIDE_STATE_DONE)                                      \
        return BIDE_READY;
/* The same where not all of the future need be checked: what is not known to wait is left alone. */
#define BIDE_PRIV_CHECK_CANCEL(F, f, cx, call)                                                     \
    (bide_priv_check_waits(BIDE_PRIV_STR(F), f) ? BIDE_PRIV_CHECK_POLL(F, f, cx, 0, call) : (call))
/* What is dropped next is dropped for want of memory, whatever it is. */
#define BIDE_PRIV_CHECK_NO_MEMORY bide_priv_check_excuse();
#define BIDE_PRIV_CHECK_DROP(F, f)                                                                 \
    if (!bide_priv_check_drop(BIDE_PRIV_CHECK_ID(F), f, 0))                                        \
        return;
#define BIDE_PRIV_CHECK_HAND_POLL(F, f, cx, call)                                                  \
    (BIDE_PRIV_CHECK_IS_HAND(F) ? BIDE_PRIV_CHECK_POLL(F, f, cx, 0, call) : (call))
/* Shape: a head of the statement that drops: it runs once, or not at all. */
#define BIDE_PRIV_CHECK_HAND_DROP(F, f)                                                            \
    for (bool bide_may = !BIDE_PRIV_CHECK_IS_HAND(F) ||                                            \
                         bide_priv_check_drop(BIDE_PRIV_CHECK_ID(F), f, 0);                        \
         bide_may; bide_may = BIDE_PRIV_CHECK_IS_HAND(F) &&                                        \
                   bide_priv_check_dropped(BIDE_PRIV_STR(F), sizeof(struct F), f))
#define BIDE_PRIV_CHECK_INIT(F, f)                                                                 \
    bide_priv_check_init(BIDE_PRIV_STR(F), (uint32_t)F##_flags, (uintptr_t)(f));
#define BIDE_PRIV_CHECK_DYN_ENTER(F, f, cx)                                                        \
    if (!(f)->bide_u.box.type)                                                                     \
        bide_priv_check_again(BIDE_PRIV_STR(F), f);                                                \
    else if (!bide_priv_check_enter(BIDE_PRIV_CHECK_ID(F), f, cx, 0))                              \
        return BIDE_EMISUSE;
#define BIDE_PRIV_CHECK_DYN_LEAVE(F, f, result) bide_priv_check_leave(sizeof(struct F), f, result)
#define BIDE_PRIV_CHECK_DYN_DROP(F, f)                                                             \
    if (!bide_priv_check_drop(BIDE_PRIV_CHECK_ID(F), f, !(f)->bide_u.box.type))                    \
        return;

/* Where a generated function is from now on, in its source. */
#define BIDE_PRIV_CHECK_AT(op, file, line)                                                         \
    ((op) == BIDE_PRIV_CHECK_OP_DROP ? (void)0 : bide_priv_check_site(file, line))
#define BIDE_PRIV_CHECK_OP_DROP 1 /* BIDE_PRIV_RUN_DROP */

/* In the library: a call of an executor by a thread that does not run it. */
#define BIDE_PRIV_CHECK_FOREIGN(is_foreign, what)                                                  \
    if (is_foreign)                                                                                \
        bide_priv_check_foreign(what);

/* What was asked for at run time is not so (bide/bounds.h). */
#define BIDE_PRIV_CHECK_NOT_SEND(name, method, implementation, why)                                \
    bide_priv_check_not_send(name, method, implementation, why);

/* Memory of frames: got, given back. */
#define BIDE_PRIV_CHECK_FRESH(frame) bide_priv_check_forget(frame);
#define BIDE_PRIV_CHECK_FREED(frame) bide_priv_check_forget(frame);
#define BIDE_PRIV_CHECK_BOX_POLL(box) bide_priv_check_empty_box();
#define BIDE_PRIV_CHECK_BOX_DROP(box)                                                              \
    if (!bide_priv_check_may_drop((box)->frame))                                                   \
        return;                                                                                    \
    bide_priv_check_box(box, false);

/* Calls through a handle. */
#define BIDE_PRIV_CHECK_CALL(I, m, handle, slot)                                                   \
    if (!bide_priv_check_slot(&I##_interface, BIDE_PRIV_STR(m), (handle)->vtable,                  \
                              (handle)->vtable && (slot)))                                         \
        return BIDE_ENOSYS;                                                                        \
    bide_priv_check_call(&I##_interface, BIDE_PRIV_STR(m), (handle)->self);
#define BIDE_PRIV_CHECK_CALLED(box, call) bide_priv_check_called(box, false, call)
#define BIDE_PRIV_CHECK_HELD(box, call) bide_priv_check_held(box, call)
#define BIDE_PRIV_CHECK_CALL_POLL(box, call)                                                       \
    (bide_priv_check_resume((box)->frame), bide_priv_check_resumed((box)->frame, call))
#define BIDE_PRIV_CHECK_CALL_DROP(box)                                                             \
    bide_priv_check_box(box, true);                                                                \
    bide_priv_check_resume((box)->frame);
#define BIDE_PRIV_CHECK_SLOT(I, m, handle, slot)                                                   \
    (void)bide_priv_check_slot(&I##_interface, BIDE_PRIV_STR(m), (handle)->vtable,                 \
                               (handle)->vtable && (slot));
#define BIDE_PRIV_CHECK_SYNC(I, m, handle, slot)                                                   \
    BIDE_PRIV_CHECK_SLOT(I, m, handle, slot)                                                       \
    bide_priv_check_call(&I##_interface, BIDE_PRIV_STR(m), (handle)->self);
#define BIDE_PRIV_CHECK_SYNC_RESULT(R, call)                                                       \
    BIDE_PRIV_IF(BIDE_PRIV_IS_VOID(R))                                                             \
    (call; (void)bide_priv_check_called(NULL, false, BIDE_READY))                                  \
    (R bide_result = call; (void)bide_priv_check_called(NULL, false, BIDE_READY);                  \
     return bide_result)
#define BIDE_PRIV_CHECK_IMPL(I, T, m, self, box, call)                                             \
    (bide_priv_check_call(&I##_interface, BIDE_PRIV_STR(m), self),                                 \
     bide_priv_check_called(box, true, call))
#define BIDE_PRIV_CHECK_DESTROY(I, handle)                                                         \
    if ((handle)->vtable && !(handle)->vtable->header.retain) /* counted objects outlive it */     \
        bide_priv_check_destroy(BIDE_PRIV_STR(I), (handle)->self);

/* The move of a frame from the C stack to its place: what was captured must not point back. */
#define BIDE_PRIV_CHECK_TAKEN(F, from, to)                                                         \
    {                                                                                              \
        const char *bide_type_name = BIDE_PRIV_STR(F);                                             \
        const void *bide_from = from;                                                              \
        size_t bide_extent = sizeof *(from);                                                       \
        (void)bide_type_name, (void)bide_from, (void)bide_extent;                                  \
        F##_FRAME(BIDE_PRIV_ROW_SCAN)                                                              \
    }
#define BIDE_PRIV_ROW_SCAN(KIND, ...) BIDE_PRIV_SCAN_##KIND(__VA_ARGS__)
#define BIDE_PRIV_SCAN_PARAM(T, n)                                                                 \
    bide_priv_check_words(bide_type_name, #n, &bide_to->n, sizeof bide_to->n, bide_from,           \
                          bide_extent);
#define BIDE_PRIV_SCAN_OWNED(T, n, release) BIDE_PRIV_SCAN_PARAM(T, n)
#define BIDE_PRIV_SCAN_COUNTED(T, n, retain, release) BIDE_PRIV_SCAN_PARAM(T, n)
#define BIDE_PRIV_SCAN_LOCAL(T, n) BIDE_PRIV_SCAN_PARAM(T, n)
#define BIDE_PRIV_SCAN_BUFFER(T, n)
#define BIDE_PRIV_SCAN_TRAITS(flags)
#define BIDE_PRIV_SCAN_TRY(function)
#define BIDE_PRIV_SCAN_TRACE(function)
#define BIDE_PRIV_SCAN_CANCEL(function)
#define BIDE_PRIV_SCAN_CHILD(F, slot)
#define BIDE_PRIV_SCAN_BOXED(F, slot)
#define BIDE_PRIV_SCAN_JOIN(...)

/* The arguments of an await by value must not point into the frame on the C stack: the await says
 * where that is, the child's start looks. */
#define BIDE_PRIV_CHECK_BY_VALUE(when, f)                                                          \
    bide_priv_check_by_value((when) ? (f) : NULL, sizeof *(f));
#define BIDE_PRIV_CHECK_ARGUMENTS(F) BIDE_PRIV_CHECK_ARGUMENTS_OF(F, (BIDE_PRIV_NAMED_LIST, F))
#define BIDE_PRIV_CHECK_ARGUMENTS_OF(F, LIST)                                                      \
    if (bide_priv_check_has_range()) {                                                             \
        const char *bide_type_name = BIDE_PRIV_STR(F);                                             \
        (void)bide_type_name;                                                                      \
        BIDE_PRIV_OF(LIST, ARGUMENT)                                                               \
        bide_priv_check_by_value(NULL, 0);                                                         \
    }
#define BIDE_PRIV_ROW_ARGUMENT(KIND, ...) BIDE_PRIV_ARGUMENT_##KIND(__VA_ARGS__)
#define BIDE_PRIV_ARGUMENT_PARAM(T, n)                                                             \
    bide_priv_check_argument(bide_type_name, #n, &n, sizeof n);
#define BIDE_PRIV_ARGUMENT_OWNED(T, n, release) BIDE_PRIV_ARGUMENT_PARAM(T, n)
#define BIDE_PRIV_ARGUMENT_COUNTED(T, n, retain, release) BIDE_PRIV_ARGUMENT_PARAM(T, n)
#define BIDE_PRIV_ARGUMENT_LOCAL(T, n)
#define BIDE_PRIV_ARGUMENT_BUFFER(T, n)
#define BIDE_PRIV_ARGUMENT_TRAITS(flags)
#define BIDE_PRIV_ARGUMENT_TRY(function)
#define BIDE_PRIV_ARGUMENT_TRACE(function)
#define BIDE_PRIV_ARGUMENT_CANCEL(function)
#define BIDE_PRIV_ARGUMENT_CHILD(F, slot)
#define BIDE_PRIV_ARGUMENT_BOXED(F, slot)
#define BIDE_PRIV_ARGUMENT_JOIN(...)
#define BIDE_PRIV_CHECK_ARGUMENT(F, name, value)                                                   \
    bide_priv_check_argument(BIDE_PRIV_STR(F), name, &(value), sizeof(value))

/* A block goes back. */
#define BIDE_PRIV_CHECK_FREE(giver, block, bytes)                                                  \
    if (!bide_priv_check_free(giver, block, bytes))                                                \
        return;

#endif

/* ---- the books ---------------------------------------------------------------------------- */
/* Private: what the hooks call. In every build of the library. */

#ifndef BIDE_FREESTANDING
BIDE_PRIV_C_BEGIN

BIDE_API void bide_priv_check_site(const char *file, int line);

/* A poll begins: false, if it must not run. It ends with a result, which is passed on. */
BIDE_API bool bide_priv_check_enter(const char *type, uint32_t flags, size_t bytes, void *frame,
                                    bide_context *cx, bool exact);
BIDE_API void bide_priv_check_scribble(void);
BIDE_API bide_poll bide_priv_check_leave(size_t bytes, void *frame, bide_poll result);

/* A start begins: nothing is known of the frame. 0: it is not known yet where it will be. Addresses
 * are numbers where nothing is read: compilers would warn of frames that are not built yet. */
BIDE_API void bide_priv_check_begin(const char *type, uint32_t flags, size_t bytes,
                                    uintptr_t frame, bide_context *cx);
BIDE_API bide_poll bide_priv_check_begun(const char *type, uint32_t flags, size_t bytes,
                                         uintptr_t frame, bide_poll result);
BIDE_API bide_poll bide_priv_check_begun_box(const char *type, uint32_t flags, size_t bytes,
                                             const bide_box *box, bide_poll result);

/* The same where its frame is `offset` bytes behind what *root points to by then. */
BIDE_API bide_poll bide_priv_check_begun_in(const char *type, uint32_t flags, size_t bytes,
                                            void *const *root, size_t offset, bide_poll result);

/* A future is built: what ended here before is forgotten. */
BIDE_API void bide_priv_check_init(const char *type, uint32_t flags, uintptr_t frame);

/* A drop begins: false, if it must not run. `over`: the frame itself says that it has ended. */
BIDE_API bool bide_priv_check_drop(const char *type, uint32_t flags, size_t bytes,
                                   const void *frame, bool over);
BIDE_API bool bide_priv_check_dropped(const char *type, size_t bytes, const void *frame);
BIDE_API bool bide_priv_check_may_drop(const void *frame);
/* Whether the future there is known to wait; what is dropped next may be, come what may; a box is
 * about to be dropped: may that be, with what is in it? `waits`: it is pending for sure. */
BIDE_API bool bide_priv_check_waits(const char *type, const void *frame);
BIDE_API void bide_priv_check_excuse(void);
BIDE_API void bide_priv_check_box(const bide_box *box, bool waits);
BIDE_API void bide_priv_check_again(const char *type, const void *frame);
BIDE_API void bide_priv_check_empty_box(void);

/* Whatever was known of a frame at this address is over. */
BIDE_API void bide_priv_check_forget(const void *frame);

/* Calls through handles: is there a method; the call begins; it returned; the future in the box is
 * the call's; it is polled; that is over. */
BIDE_API bool bide_priv_check_slot(const bide_interface *i, const char *method, const void *vtable,
                                   bool present);
BIDE_API void bide_priv_check_call(const bide_interface *i, const char *method, void *self);
BIDE_API bide_poll bide_priv_check_called(const bide_box *box, bool keep, bide_poll result);
BIDE_API bide_poll bide_priv_check_held(const bide_box *box, bide_poll result);
BIDE_API void bide_priv_check_resume(const void *frame);
BIDE_API bide_poll bide_priv_check_resumed(const void *frame, bide_poll result);
BIDE_API void bide_priv_check_destroy(const char *interface_name, void *self);

/* Words that point where they must not. */
BIDE_API void bide_priv_check_words(const char *type, const char *field, const void *words,
                                    size_t bytes, const void *from, size_t from_bytes);
BIDE_API void bide_priv_check_by_value(const void *from, size_t bytes);
BIDE_API bool bide_priv_check_has_range(void);
BIDE_API void bide_priv_check_argument(const char *type, const char *name, const void *words,
                                       size_t bytes);

/* Memory of frames ends while `live` blocks of it are in use. */
BIDE_API void bide_priv_check_memory(const char *what, const void *start, size_t bytes,
                                     size_t live);

/* A block goes back to `giver`: false, if that is a pool, an arena, a slot or a slab that did not
 * give it. A slot is made of a place: does a future wait there that an earlier slot gave? */
BIDE_API bool bide_priv_check_free(bide_allocator *giver, const void *block, size_t bytes);
BIDE_API void bide_priv_check_slot_init(uintptr_t slot, uintptr_t place, size_t bytes);

/* An executor is used by a thread that it does not belong to now. */
BIDE_API void bide_priv_check_foreign(const char *what);

/* A future is to go to another thread and must not: of type `name`, or, if there is a method, of
 * interface `name` and the implementation of that name. */
BIDE_API void bide_priv_check_not_send(const char *name, const char *method,
                                       const char *implementation, const char *why);

BIDE_PRIV_C_END
#endif

#endif

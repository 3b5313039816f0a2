/*
 * bide/shared.h: one future, awaited by many.
 *
 *     BIDE_SHARE(page, fetch);               // handles `page` to one fetch
 *
 *     page p, q;
 *     page_new(&p, bide_heap(), BIDE_MADE(fetch, one, (url)));
 *     page_clone(&p, &q);                     // as many as wanted, for tasks on any thread
 *     const union fetch_result *got = await(page_wait(&p));
 *     use(got->value);                        // the same value for all; lives as long as a handle
 *     page_drop(&p);
 *
 * The future is polled by whoever waits and comes first, once for each time that it was woken; a
 * wake of it wakes all who wait. It has ended when one of them finds it ready: the value, or the
 * failure code, is then there for all, also for those who ask later. When the last handle goes, it
 * is dropped, or its value released (F_HAS_output_drop: bide/made.h). One block of memory, got by
 * _new; waiting allocates nothing.
 *
 * A handle belongs to one thread at a time; different handles may be used at the same time, if F is
 * BIDE_SEND and the allocator may be freed to from any thread (BIDE_FREE_ANY_THREAD). With a F that
 * is not, all handles stay on one thread; the types of the waits say which. BIDE_LOCAL_SHARE makes
 * cheaper ones for one thread, without atomic operations: there the wakers that F gets must stay on
 * it, too. As Shared and WeakShared of Rust's futures.
 */
#ifndef BIDE_SHARED_FUTURE_H
#define BIDE_SHARED_FUTURE_H

#include <bide/made.h>
#include <bide/waiter.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

BIDE_PRIV_C_BEGIN

/* Private: what the handles share. */
typedef struct bide_priv_shared bide_priv_shared;
BIDE_API void *bide_priv_shared_frame(bide_priv_shared *s);

/* Private, in two forms. */
#define BIDE_PRIV_SHARED_FORM(form)                                                                \
    BIDE_API bide_priv_shared *form##_new(const bide_type *type, bide_allocator *allocator,        \
                                          void (*output_drop)(void *output));                      \
    BIDE_API void form##_clone(bide_priv_shared *s);                                               \
    BIDE_API void form##_drop(bide_priv_shared *s);                                                \
    BIDE_API void form##_keep(bide_priv_shared *s);                                                \
    BIDE_API void form##_forget(bide_priv_shared *s);                                              \
    BIDE_API bool form##_upgrade(bide_priv_shared *s);                                             \
    BIDE_API bide_poll form##_poll(bide_priv_shared *s, bide_priv_waiter *w, bide_context *cx,     \
                                   const void **output);                                           \
    BIDE_API void form##_leave(bide_priv_shared *s, bide_priv_waiter *w);                          \
    BIDE_API const void *form##_peek(bide_priv_shared *s);                                         \
    BIDE_API const void *form##_take(bide_priv_shared *s);                                         \
    BIDE_API void form##_trace(bide_priv_shared *s, bide_tracer *tracer);
BIDE_PRIV_SHARED_FORM(bide_priv_shared)
BIDE_PRIV_SHARED_FORM(bide_priv_local_shared)

BIDE_PRIV_C_END

/* BIDE_SHARE(Name, F); BIDE_LOCAL_SHARE(Name, F); handles to one future F.
 * Shape: typedef struct Name { ... } Name;                a handle; _drop empties it
 *        typedef struct Name_weak { ... } Name_weak;      one that does not keep the future
 *     bide_poll Name_new(Name *out, bide_allocator *allocator, struct F future);
 *         takes a made future (bide/made.h). BIDE_ENOMEM (BIDE_EBUSY from a fixed pool): *out is
 *         empty and the future dropped
 *     void Name_clone(const Name *h, Name *out);          another handle
 *     void Name_drop(Name *h);                            gives it up; an empty one: nothing
 *     const union F_result *Name_peek(const Name *h);     the value if it is there, else NULL
 *     bool Name_take(Name *h, union F_result *out);
 *         moves the value out and empties the handle, if it is there and this is the last handle;
 *         else false, and all is as before. Not while somebody upgrades a weak one
 *     void Name_downgrade(const Name *h, Name_weak *out); void Name_weak_drop(Name_weak *w);
 *     bool Name_upgrade(const Name_weak *w, Name *out);   false: all handles have gone
 *     a future type const union F_result *Name_wait(const Name *h)
 *         the handle must stay as long as the wait, and one handle as long as what it gave */
#define BIDE_SHARE(Name, F) BIDE_PRIV_SHARE(Name, F, bide_priv_shared, BIDE_SEND)
#define BIDE_LOCAL_SHARE(Name, F) BIDE_PRIV_SHARE(Name, F, bide_priv_local_shared, 0)

/* form: the functions; flags: those of F that the waits may have, too. */
#define BIDE_PRIV_SHARED_ROWS(ROW, Name, F, flags)                                                 \
    ROW(TRAITS, BIDE_PRIV_MADE_FLAGS(F) & (int)(flags)) ROW(TRACE, Name##_bide_tell)               \
    ROW(PARAM, const Name *, handle) ROW(LOCAL, bide_priv_waiter, bide_node)                       \
    ROW(LOCAL, bool, bide_over)
#define BIDE_PRIV_SHARE(Name, F, form, flags)                                                      \
    BIDE_PRIV_ASSERT(BIDE_PRIV_MAY_DROP(F),                                                        \
                     "bide: " #Name ": the future may have to be dropped, and the cleanup of " #F  \
                     " waits: spawn it");                                                          \
    typedef struct Name {                                                                          \
        bide_priv_shared *of;                                                                      \
    } Name;                                                                                        \
    typedef struct Name##_weak {                                                                   \
        bide_priv_shared *of;                                                                      \
    } Name##_weak;                                                                                 \
    BIDE_INLINE void Name##_bide_output_drop(void *bide_output)                                    \
    {                                                                                              \
        union F##_result *bide_v = (union F##_result *)bide_output;                                \
        (void)bide_v;                                                                              \
        BIDE_PRIV_OUTPUT_DROP(F, *bide_v)                                                          \
    }                                                                                              \
    BIDE_INLINE bide_poll Name##_new(Name *bide_h, bide_allocator *bide_a, struct F bide_future)   \
    {                                                                                              \
        void *bide_at;                                                                             \
        bide_h->of = form##_new(&F##_type, bide_a, Name##_bide_output_drop);                       \
        if (!bide_h->of) {                                                                         \
            F##_drop(&bide_future);                                                                \
            return bide_priv_box_refused(bide_a);                                                  \
        }                                                                                          \
        bide_at = bide_priv_shared_frame(bide_h->of);                                              \
        BIDE_PRIV_CHECK_INIT(F, bide_at)                                                           \
        BIDE_PRIV_COPY(bide_at, &bide_future, sizeof(struct F));                                   \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_INLINE void Name##_clone(const Name *bide_h, Name *bide_to)                               \
    {                                                                                              \
        form##_clone(bide_h->of);                                                                  \
        bide_to->of = bide_h->of;                                                                  \
    }                                                                                              \
    BIDE_INLINE void Name##_drop(Name *bide_h)                                                     \
    {                                                                                              \
        if (bide_h->of)                                                                            \
            form##_drop(bide_h->of);                                                               \
        bide_h->of = NULL;                                                                         \
    }                                                                                              \
    BIDE_INLINE const union F##_result *Name##_peek(const Name *bide_h)                            \
    {                                                                                              \
        return (const union F##_result *)form##_peek(bide_h->of);                                  \
    }                                                                                              \
    BIDE_INLINE bool Name##_take(Name *bide_h, union F##_result *bide_to)                          \
    {                                                                                              \
        const void *bide_v = form##_take(bide_h->of);                                              \
        if (!bide_v)                                                                               \
            return false;                                                                          \
        *bide_to = *(const union F##_result *)bide_v;                                              \
        Name##_drop(bide_h);                                                                       \
        return true;                                                                               \
    }                                                                                              \
    BIDE_INLINE void Name##_downgrade(const Name *bide_h, Name##_weak *bide_to)                    \
    {                                                                                              \
        form##_keep(bide_h->of);                                                                   \
        bide_to->of = bide_h->of;                                                                  \
    }                                                                                              \
    BIDE_INLINE void Name##_weak_drop(Name##_weak *bide_w)                                         \
    {                                                                                              \
        if (bide_w->of)                                                                            \
            form##_forget(bide_w->of);                                                             \
        bide_w->of = NULL;                                                                         \
    }                                                                                              \
    BIDE_INLINE bool Name##_upgrade(const Name##_weak *bide_w, Name *bide_to)                      \
    {                                                                                              \
        bool bide_lives = bide_w->of && form##_upgrade(bide_w->of);                                \
        bide_to->of = bide_lives ? bide_w->of : NULL;                                              \
        return bide_lives;                                                                         \
    }                                                                                              \
    typedef const union F##_result *Name##_value;                                                  \
    BIDE_PRIV_SHARED_WAIT(Name, Name##_wait, F, form, flags)                                       \
    struct bide_priv_made

#define BIDE_PRIV_SHARED_WAIT(Name, Wait, F, form, flags)                                          \
    BIDE_INLINE void Name##_bide_tell(const void *bide_f, bide_tracer *bide_tr);                   \
    BIDE_FUTURE_OF(Name##_value, Wait, (BIDE_PRIV_SHARED_ROWS, Name, F, flags))                    \
    BIDE_INLINE void Name##_bide_tell(const void *bide_frame, bide_tracer *bide_tr)                \
    {                                                                                              \
        const struct Wait *bide_f = (const struct Wait *)bide_frame;                               \
        if (!bide_f->bide_over)                                                                    \
            form##_trace(bide_f->handle->of, bide_tr);                                             \
    }                                                                                              \
    BIDE_INLINE void Wait##_drop(struct Wait *bide_f)                                              \
    {                                                                                              \
        if (!bide_f->bide_over)                                                                    \
            form##_leave(bide_f->handle->of, &bide_f->bide_node);                                  \
        bide_f->bide_over = true;                                                                  \
    }                                                                                              \
    BIDE_INLINE bide_poll Wait##_poll(struct Wait *bide_f, bide_context *bide_cx,                  \
                                      Wait##_output *bide_out)                                     \
    {                                                                                              \
        const void *bide_v = NULL;                                                                 \
        bide_poll bide_r;                                                                          \
        if (bide_f->bide_over)                                                                     \
            return BIDE_EMISUSE;                                                                   \
        bide_r = form##_poll(bide_f->handle->of, &bide_f->bide_node, bide_cx, &bide_v);            \
        if (bide_r == BIDE_PENDING)                                                                \
            return BIDE_PENDING;                                                                   \
        Wait##_drop(bide_f);                                                                       \
        if (bide_r > 0)                                                                            \
            *bide_out = (const union F##_result *)bide_v;                                          \
        return bide_r;                                                                             \
    }

#endif

/*
 * bide/closure.h: closures: a function with its environment, typed.
 *
 * A closure type E is a complete type, the environment, with a future type
 *
 *     R E_call(E *env, args...)       the call; its future may borrow the environment
 *     void E_drop(E *env)             drops what the environment holds
 *
 * of any making: by hand, by body, by bidec; or by BIDE_CLOSURE_SYNC below, for a function that
 * does not wait. What takes a closure, such as an adapter of streams, takes E by its name, holds
 * one by value, and calls it statically. A handle that BIDE_CLOSURE declares is such a type as
 * well: then the call is a dyn one, and closures of different types can stand in for each other.
 *
 * The kinds say what a call does to the environment, as in Rust:
 *
 *     FN         reads it: several calls may be pending at a time
 *     FN_MUT     may change it: one call at a time
 *     FN_ONCE    consumes it. The call owns *env, where it is: it drops it when it ends or is
 *                dropped, also unpolled (ROW(OWNED, E *, env, E_drop) in a frame list), and who
 *                holds the environment does not, if he has made a call
 *
 *     typedef struct Scale { int32_t by; } Scale;
 *     BIDE_INLINE int32_t Scale_run(Scale *env, int32_t x) { return env->by * x; }
 *     BIDE_INLINE void Scale_drop(Scale *env) { (void)env; }
 *     BIDE_CLOSURE_SYNC(Scale, int32_t, (int32_t, x));            // Scale_call, static
 *
 *     BIDE_CLOSURE(Mapper, FN_MUT, int32_t, (int32_t, x));        // any closure of that shape
 *     BIDE_CLOSURE_IMPL(Mapper, Scale, FN_MUT, int32_t, (int32_t, x));
 *     Mapper m = Scale_as_Mapper(&scale, NULL);
 *     y = await(Mapper_call(&m, 21));
 */
#ifndef BIDE_CLOSURE_H
#define BIDE_CLOSURE_H

#include <bide/implement.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

/* ---- functions that do not wait ----------------------------------------------------------- */

/* BIDE_CLOSURE_SYNC(E, R, (T, a), ...); makes a closure type of E, behind its functions
 *
 *     R E_run(E *env, T a, ...)       the call: void, or any result
 *     void E_drop(E *env)
 *
 * Up to 6 parameters. The call is ready in its first poll and costs what E_run costs; it is
 * BIDE_SEND if `#define E_IS_SEND 1` stands before.
 * Shape: the future type R E_call(E *env, T a, ...) */
#define BIDE_CLOSURE_SYNC(E, ...)                                                                  \
    BIDE_PRIV_CLOSURE_SYNC(E, BIDE_PRIV_FIRST(__VA_ARGS__), __VA_ARGS__)                           \
    struct bide_priv_closure
#define BIDE_PRIV_CLOSURE_SYNC(E, R, ...)                                                          \
    BIDE_FUTURE_OF(R, E##_call, (BIDE_PRIV_CLOSURE_ROWS, E, __VA_ARGS__))                          \
    BIDE_INLINE bide_poll E##_call_poll(struct E##_call *bide_f, bide_context *bide_cx,            \
                                        E##_call_output *bide_out)                                 \
    {                                                                                              \
        E *bide_env = bide_f->bide_env;                                                            \
        (void)bide_cx;                                                                             \
        (void)bide_out;                                                                            \
        if (!bide_env)                                                                             \
            return BIDE_EMISUSE;                                                                   \
        bide_f->bide_env = NULL;                                                                   \
        BIDE_PRIV_IF(BIDE_PRIV_IS_VOID(R))()(*bide_out =)                                          \
            E##_run(bide_env BIDE_PRIV_MAP(BIDE_PRIV_CLOSURE_ARG, __VA_ARGS__));                   \
        return BIDE_READY;                                                                         \
    }                                                                                              \
    BIDE_INLINE void E##_call_drop(struct E##_call *bide_f) { bide_f->bide_env = NULL; }
#define BIDE_PRIV_CLOSURE_ARG(T, n) , bide_f->n
/* The parameters as rows of a frame. */
#define BIDE_PRIV_CLOSURE_ROWS(ROW, E, ...)                                                        \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(E##_IS_SEND))                                                    \
    (ROW(TRAITS, BIDE_SEND | BIDE_UNPIN))(ROW(TRAITS, BIDE_UNPIN))                                 \
    ROW(PARAM, E *, bide_env)                                                                      \
    BIDE_PRIV_CAT(BIDE_PRIV_CLOSURE_ROWS_, BIDE_PRIV_COUNT(__VA_ARGS__))(ROW, __VA_ARGS__)
#define BIDE_PRIV_CLOSURE_PARAM(...) BIDE_PRIV_CLOSURE_PARAM_(__VA_ARGS__)
#define BIDE_PRIV_CLOSURE_PARAM_(ROW, T, n) ROW(PARAM, T, n)
#define BIDE_PRIV_CLOSURE_OPEN(...) __VA_ARGS__
#define BIDE_PRIV_CLOSURE_ROW(ROW, pair)                                                           \
    BIDE_PRIV_CLOSURE_PARAM(ROW, BIDE_PRIV_CLOSURE_OPEN pair)
#define BIDE_PRIV_CLOSURE_ROWS_1(ROW, R)
#define BIDE_PRIV_CLOSURE_ROWS_2(ROW, R, a) BIDE_PRIV_CLOSURE_ROW(ROW, a)
#define BIDE_PRIV_CLOSURE_ROWS_3(ROW, R, a, b)                                                     \
    BIDE_PRIV_CLOSURE_ROW(ROW, a) BIDE_PRIV_CLOSURE_ROW(ROW, b)
#define BIDE_PRIV_CLOSURE_ROWS_4(ROW, R, a, b, c)                                                  \
    BIDE_PRIV_CLOSURE_ROWS_3(ROW, R, a, b) BIDE_PRIV_CLOSURE_ROW(ROW, c)
#define BIDE_PRIV_CLOSURE_ROWS_5(ROW, R, a, b, c, d)                                               \
    BIDE_PRIV_CLOSURE_ROWS_3(ROW, R, a, b) BIDE_PRIV_CLOSURE_ROWS_3(ROW, R, c, d)
#define BIDE_PRIV_CLOSURE_ROWS_6(ROW, R, a, b, c, d, e)                                            \
    BIDE_PRIV_CLOSURE_ROWS_4(ROW, R, a, b, c) BIDE_PRIV_CLOSURE_ROWS_3(ROW, R, d, e)
#define BIDE_PRIV_CLOSURE_ROWS_7(ROW, R, a, b, c, d, e, f)                                         \
    BIDE_PRIV_CLOSURE_ROWS_4(ROW, R, a, b, c) BIDE_PRIV_CLOSURE_ROWS_4(ROW, R, d, e, f)

/* ---- handles ------------------------------------------------------------------------------ */

/* BIDE_CLOSURE(Name, KIND, R, (T, a), ...); declares closures of that shape, whatever they hold.
 * KIND is FN, FN_MUT or FN_ONCE.
 *
 * Shape: an interface (bide/interface.h) with the row
 *     METHOD(Name, Self, ASYNC or ASYNC_MUT, R, call, (T, a), ...)
 * so: the handle Name = {self, vtable, allocator}, Name_bind, the future type
 *     R Name_call(Name *, T a, ...)
 *     void Name_drop(Name *)          destroys the environment if the handle came from a box. Of
 *                                     FN_ONCE: also behind the call, when it has ended */
#define BIDE_CLOSURE(Name, KIND, ...)                                                              \
    BIDE_PRIV_CLOSURE(Name, BIDE_PRIV_CAT(BIDE_PRIV_CLOSURE_KIND_, KIND), __VA_ARGS__)             \
    struct Name
#define BIDE_PRIV_CLOSURE_KIND_FN ASYNC
#define BIDE_PRIV_CLOSURE_KIND_FN_MUT ASYNC_MUT
#define BIDE_PRIV_CLOSURE_KIND_FN_ONCE ASYNC_MUT
#define BIDE_PRIV_CLOSURE(I, KIND, ...)                                                            \
    typedef struct I I;                                                                            \
    struct I##_vtable {                                                                            \
        bide_vtable header;                                                                        \
        BIDE_PRIV_CLOSURE_METHOD(BIDE_PRIV_VT, I, ~, KIND, __VA_ARGS__)                            \
    };                                                                                             \
    struct BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(I##_IS_SEND))()(BIDE_THREAD_BOUND) I {                    \
        void *self;                                                                                \
        const struct I##_vtable *vtable;                                                           \
        bide_allocator *allocator;                                                                 \
    };                                                                                             \
    static const bide_signature I##_bide_rows[] BIDE_PRIV_UNUSED = {                               \
        BIDE_PRIV_CLOSURE_METHOD(BIDE_PRIV_SIG, I, ~, KIND, __VA_ARGS__)};                         \
    BIDE_PRIV_INTERFACE_COMMON(I)                                                                  \
    BIDE_PRIV_CLOSURE_METHOD(BIDE_PRIV_SHIM, I, ~, KIND, __VA_ARGS__)                              \
    BIDE_PRIV_MAY_OMIT                                                                             \
    BIDE_PRIV_CLOSURE_METHOD(BIDE_PRIV_DYN_TYPE, I, ~, KIND, __VA_ARGS__)                          \
    BIDE_PRIV_MAY_OMIT_END                                                                         \
    BIDE_INLINE void I##_drop(I *bide_s) { I##_destroy(bide_s); }
/* Shape: METHOD(I, Self, KIND, R, call, (T, a), ...) */
#define BIDE_PRIV_CLOSURE_METHOD(METHOD, I, Self, KIND, ...)                                       \
    BIDE_PRIV_CLOSURE_APPLY(METHOD, I, Self, KIND, BIDE_PRIV_FIRST(__VA_ARGS__),                   \
                            call BIDE_PRIV_MAP(BIDE_PRIV_CLOSURE_PAIR, __VA_ARGS__))
#define BIDE_PRIV_CLOSURE_APPLY(M, ...) M(__VA_ARGS__)
#define BIDE_PRIV_CLOSURE_PAIR(T, n) , (T, n)

/* BIDE_CLOSURE_IMPL(Name, E, KIND, R, (T, a), ...); behind E_call and E_drop: the closure type E as
 * a Name, of the same KIND, R and parameters; another R or parameter does not compile.
 *
 * Shape: Name E_as_Name(E *env, bide_allocator *allocator)     lends *env. Not for FN_ONCE
 *        bide_poll E_box_as_Name(E *from, bide_allocator *allocator, Name *out)
 *            moves *from into memory of the allocator, which Name_drop gives back. BIDE_READY, or
 *            BIDE_ENOMEM with *from dropped and *out empty.
 *            Of FN_ONCE: the environment is dropped exactly once, by the one call or by Name_drop.
 *            A second call is BIDE_EMISUSE */
#define BIDE_CLOSURE_IMPL(Name, E, KIND, ...)                                                      \
    BIDE_PRIV_CAT(BIDE_PRIV_CLOSURE_IMPL_, KIND)(Name, E, __VA_ARGS__)                             \
    BIDE_PRIV_CLOSURE_FITS(Name, E, __VA_ARGS__)                                                   \
    struct Name
#define BIDE_PRIV_CLOSURE_IMPL_FN(I, E, ...) BIDE_PRIV_CLOSURE_LENT(I, E, ASYNC, __VA_ARGS__)
#define BIDE_PRIV_CLOSURE_IMPL_FN_MUT(I, E, ...)                                                   \
    BIDE_PRIV_CLOSURE_LENT(I, E, ASYNC_MUT, __VA_ARGS__)
#define BIDE_PRIV_CLOSURE_LENT(I, E, KIND, ...)                                                    \
    BIDE_PRIV_CLOSURE_METHOD(BIDE_PRIV_THUNK, I, (E, E), KIND, __VA_ARGS__)                        \
    static const struct I##_vtable E##_##I##_bide_lent BIDE_PRIV_UNUSED = {                        \
        BIDE_PRIV_CLOSURE_HEADER(I, E, NULL),                                                      \
        BIDE_PRIV_CLOSURE_METHOD(BIDE_PRIV_ENTRY, I, (E, E), KIND, __VA_ARGS__)};                  \
    BIDE_INLINE I E##_as_##I(E *bide_env, bide_allocator *bide_a)                                  \
    {                                                                                              \
        I bide_h;                                                                                  \
        bide_h.self = bide_env;                                                                    \
        bide_h.vtable = &E##_##I##_bide_lent;                                                      \
        bide_h.allocator = bide_a;                                                                 \
        return bide_h;                                                                             \
    }                                                                                              \
    BIDE_PRIV_CLOSURE_BOX(I, E, E, E##_drop((E *)bide_self), (void)0,                              \
                          BIDE_PRIV_CLOSURE_METHOD(BIDE_PRIV_ENTRY, I, (E, E), KIND, __VA_ARGS__))

/* The vtable's header, as BIDE_IMPL makes it. */
#define BIDE_PRIV_CLOSURE_HEADER(I, E, destroy)                                                    \
    {BIDE_VTABLE_ABI, (uint32_t)sizeof(struct I##_vtable), &I##_interface, #E,                     \
     BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(I##_IS_SEND))((uint32_t)BIDE_SEND)(0),                          \
     (uint32_t)sizeof(bide_vtable), (uint32_t)sizeof(E), (uint32_t)BIDE_PRIV_ALIGNOF(E),           \
     destroy, NULL, BIDE_MODULE, NULL, NULL}

/* A block that begins with the environment; Block is its type, DROP ends and SET readies it. */
#define BIDE_PRIV_CLOSURE_BOX(I, E, Block, DROP, SET, ...)                                         \
    BIDE_INLINE void E##_##I##_bide_unbox(void *bide_self)                                         \
    {                                                                                              \
        DROP;                                                                                      \
        bide_frame_free(bide_self, sizeof(Block), BIDE_PRIV_CLOSURE_OFFSET(Block));                \
    }                                                                                              \
    static const struct I##_vtable E##_##I##_bide_boxed BIDE_PRIV_UNUSED = {                       \
        BIDE_PRIV_CLOSURE_HEADER(I, E, E##_##I##_bide_unbox), __VA_ARGS__};                        \
    BIDE_INLINE bide_poll E##_box_as_##I(E *bide_from, bide_allocator *bide_a, I *bide_h)          \
    {                                                                                              \
        Block *bide_at =                                                                           \
            (Block *)bide_frame_alloc(bide_a, sizeof(Block), BIDE_PRIV_CLOSURE_OFFSET(Block));     \
        bide_h->self = bide_at;                                                                    \
        bide_h->vtable = bide_at ? &E##_##I##_bide_boxed : NULL;                                   \
        bide_h->allocator = bide_a;                                                                \
        if (!bide_at) {                                                                            \
            E##_drop(bide_from);                                                                   \
            return BIDE_ENOMEM;                                                                    \
        }                                                                                          \
        BIDE_PRIV_COPY(bide_at, bide_from, sizeof(E));                                             \
        SET;                                                                                       \
        return BIDE_READY;                                                                         \
    }
#define BIDE_PRIV_CLOSURE_OFFSET(T)                                                                \
    (BIDE_PRIV_ALIGNOF(T) > sizeof(void *) ? BIDE_PRIV_ALIGNOF(T) : sizeof(void *))

/* FN_ONCE: the block notes that its environment was handed to a call. */
#define BIDE_PRIV_CLOSURE_IMPL_FN_ONCE(I, E, ...)                                                  \
    typedef struct E##_##I##_bide_once {                                                           \
        E env;                                                                                     \
        bool taken;                                                                                \
    } E##_##I##_bide_once;                                                                         \
    BIDE_PRIV_CLOSURE_ONCE(I, E, BIDE_PRIV_FIRST(__VA_ARGS__),                                     \
                           (BIDE_PRIV_MAP(BIDE_PRIV_P_DECL, __VA_ARGS__)),                         \
                           (BIDE_PRIV_MAP(BIDE_PRIV_P_NAME, __VA_ARGS__)))                         \
    BIDE_PRIV_CLOSURE_BOX(                                                                         \
        I, E, E##_##I##_bide_once,                                                                 \
        if (!((E##_##I##_bide_once *)bide_self)->taken) E##_drop((E *)bide_self),                  \
        bide_at->taken = false,                                                                    \
        {&E##_call_type, E##_##I##_bide_init, E##_##I##_bide_start, E##_##I##_bide_discard})
#define BIDE_PRIV_CLOSURE_ONCE(I, E, R, DECL, NAME)                                                \
    static void E##_##I##_bide_init(void *bide_f, void *bide_self BIDE_PRIV_EVAL DECL)             \
    {                                                                                              \
        E##_##I##_bide_once *bide_e = (E##_##I##_bide_once *)bide_self;                            \
        bide_e->taken = true;                                                                      \
        E##_call_init((struct E##_call *)bide_f, &bide_e->env BIDE_PRIV_EVAL NAME);                \
    }                                                                                              \
    static bide_poll E##_##I##_bide_start(void *bide_self BIDE_PRIV_EVAL DECL,                     \
                                          bide_allocator *bide_a, bide_context *bide_cx,           \
                                          R *bide_out, bide_box *bide_b)                           \
    {                                                                                              \
        E##_##I##_bide_once *bide_e = (E##_##I##_bide_once *)bide_self;                            \
        if (bide_e->taken)                                                                         \
            return BIDE_EMISUSE;                                                                   \
        bide_e->taken = true;                                                                      \
        return E##_call_start_box(bide_b, &bide_e->env BIDE_PRIV_EVAL NAME, bide_a, bide_cx,       \
                                  bide_out);                                                       \
    }                                                                                              \
    static void E##_##I##_bide_discard(void *bide_self BIDE_PRIV_EVAL DECL)                        \
    {                                                                                              \
        E##_##I##_bide_once *bide_e = (E##_##I##_bide_once *)bide_self;                            \
        if (bide_e->taken)                                                                         \
            return;                                                                                \
        bide_e->taken = true;                                                                      \
        E##_call_discard(&bide_e->env BIDE_PRIV_EVAL NAME);                                        \
    }

/* What the compiler is asked of an implementation. */
#define BIDE_PRIV_CLOSURE_FITS(I, E, ...)                                                          \
    BIDE_PRIV_CLOSURE_FITS_(I, E, BIDE_PRIV_FIRST(__VA_ARGS__),                                    \
                            (BIDE_PRIV_MAP(BIDE_PRIV_P_DECL, __VA_ARGS__)))
#ifdef __cplusplus
#define BIDE_PRIV_CLOSURE_FITS_(I, E, R, DECL) BIDE_PRIV_CLOSURE_SENDS(I, E)
#else
#define BIDE_PRIV_CLOSURE_FITS_(I, E, R, DECL)                                                     \
    BIDE_PRIV_ASSERT(_Generic(((struct I##_vtable *)0)->call.start,                                \
                         bide_poll(*)(void *BIDE_PRIV_EVAL DECL, bide_allocator *, bide_context *, \
                                      R *, bide_box *): 1, default: 0),                            \
                     "bide: closure " #E " is said to have another result or parameters than "     \
                     #I);                                                                          \
    BIDE_PRIV_CLOSURE_SENDS(I, E)
#endif
#define BIDE_PRIV_CLOSURE_SENDS(I, E)                                                              \
    BIDE_PRIV_IF(BIDE_PRIV_IS_ONE(I##_IS_SEND))                                                    \
    (BIDE_PRIV_ASSERT((int)E##_call_flags & (int)BIDE_SEND,                                        \
                      "bide: " #E "_call is not BIDE_SEND, and closure " #I " asks for it");)()

#endif

/*
 * bide/method_list.h: the private passes over a method list, under interface.h and implement.h.
 *
 * bide/interface.h says what the rows are. Nothing in this file is for users.
 */
#ifndef BIDE_METHOD_LIST_H
#define BIDE_METHOD_LIST_H

#include <bide/future.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

/* A row's tail is (name, (T, a), (T, b), ...): the name is inside, as C11 wants at least one
 * argument for `...`. MAP applies one of these to each pair. */
#define BIDE_PRIV_P_DECL(T, n) , T n
#define BIDE_PRIV_P_NAME(T, n) , n
#define BIDE_PRIV_P_FIELD(T, n) T n;
#define BIDE_PRIV_P_SET(T, n) bide_f->bide_u.call.n = n;
#define BIDE_PRIV_P_CALL(T, n) , bide_f->bide_u.call.n
#define BIDE_PRIV_P_TEXT(T, n) ", " #T
#define BIDE_PRIV_P_TYPE(T, n) , T
/* Sizes and alignments folded, in order: (((result) * 31 + first) * 31 + second) ... */
#define BIDE_PRIV_P_OPEN(T, n) (
#define BIDE_PRIV_P_LAYOUT(T, n) * 31 + sizeof(T) * 64 + BIDE_PRIV_ALIGNOF(T))

/* What is wrong with a row, if anything.  Shape: (BAD, text) */
#define BIDE_PRIV_METHOD_FAULT(I, Self, KIND, ...)                                                 \
    BIDE_PRIV_APPLY(BIDE_PRIV_CAT(BIDE_PRIV_FAULT_KIND_,                                           \
                                  BIDE_PRIV_SECOND(BIDE_PRIV_KNOWN_##KIND, BAD)),                  \
                    KIND, BIDE_PRIV_SECOND_(__VA_ARGS__, bide_none, bide_none), __VA_ARGS__)
#define BIDE_PRIV_FAULT_KIND_BAD(KIND, m, ...)                                                     \
    (BAD, "row " #m " is of no kind, " #KIND "; write METHOD(I, Self, KIND, R, name, (T, a), ...)" \
          ", KIND one of ASYNC, ASYNC_MUT, SYNC, SYNC_MUT, POLL, FN, these with _DEFAULT, or SUPER")
#define BIDE_PRIV_FAULT_KIND_OK(KIND, m, ...)                                                      \
    BIDE_PRIV_CAT(BIDE_PRIV_FAULT_NAME_, BIDE_PRIV_SECOND(BIDE_PRIV_TAKEN_##m, OK))(m, __VA_ARGS__)
#define BIDE_PRIV_FAULT_KIND_SUPER(KIND, m, R, ...)                                                \
    BIDE_PRIV_CAT(BIDE_PRIV_FAULT_SUPER_,                                                          \
                  BIDE_PRIV_IS_EMPTY(R##_METHODS(BIDE_PRIV_NOTHING, R, ~)))(m, R)
#define BIDE_PRIV_FAULT_SUPER_1(m, R)
#define BIDE_PRIV_FAULT_SUPER_0(m, R)                                                              \
    (BAD, "row SUPER " #m ": " #R " is no interface: there is no list " #R "_METHODS")
#define BIDE_PRIV_FAULT_NAME_NONE(m, ...)                                                          \
    (BAD, "a row without a name; write METHOD(I, Self, KIND, R, name, (T, a), ...)")
#define BIDE_PRIV_FAULT_NAME_BAD(m, ...)                                                           \
    (BAD, "no method can be named " #m ": the interface gives a function of that name itself")
#define BIDE_PRIV_FAULT_NAME_OK(m, ...)                                                            \
    BIDE_PRIV_CAT(BIDE_PRIV_FAULT_PARAM_,                                                          \
                  BIDE_PRIV_FAULT_PARAM(BIDE_PRIV_FAULTS(__VA_ARGS__)))(m)
#define BIDE_PRIV_FAULT_PARAM(...) BIDE_PRIV_SECOND(BIDE_PRIV_FAULT __VA_ARGS__(OK, ), PAIR)
#define BIDE_PRIV_FAULT_PARAM_OK(m)
#define BIDE_PRIV_FAULT_PARAM_PAIR(m)                                                              \
    (BAD, "row " #m ": each parameter is a pair, (type, name), and there are at most 12 parameters")
#define BIDE_PRIV_FAULT_PARAM_BAD(m)                                                               \
    (BAD, "row " #m ": a parameter is named bide_self, or like it: such names are taken")
/* The row's parameters, each as (BAD) or nothing, or as itself if it is no pair. */
#define BIDE_PRIV_FAULTS(R, ...)                                                                   \
    BIDE_PRIV_CAT(BIDE_PRIV_MAP_, BIDE_PRIV_COUNT(__VA_ARGS__))(BIDE_PRIV_P_FAULT, __VA_ARGS__, ~)
#define BIDE_PRIV_P_FAULT(...) BIDE_PRIV_P_FAULT_(__VA_ARGS__, bide_none, )
#define BIDE_PRIV_P_FAULT_(T, n, ...) BIDE_PRIV_P_FAULT_IF(BIDE_PRIV_MINE_##n, OK)
#define BIDE_PRIV_P_FAULT_IF(...) BIDE_PRIV_CAT(BIDE_PRIV_P_FAULT_, BIDE_PRIV_SECOND(__VA_ARGS__))
#define BIDE_PRIV_P_FAULT_OK
#define BIDE_PRIV_P_FAULT_BAD (BAD, )
#define BIDE_PRIV_KNOWN_ASYNC ~, OK
#define BIDE_PRIV_KNOWN_ASYNC_MUT ~, OK
#define BIDE_PRIV_KNOWN_SYNC ~, OK
#define BIDE_PRIV_KNOWN_SYNC_MUT ~, OK
#define BIDE_PRIV_KNOWN_POLL ~, OK
#define BIDE_PRIV_KNOWN_FN ~, OK
#define BIDE_PRIV_KNOWN_SUPER ~, SUPER
#define BIDE_PRIV_KNOWN_ASYNC_DEFAULT ~, OK
#define BIDE_PRIV_KNOWN_ASYNC_MUT_DEFAULT ~, OK
#define BIDE_PRIV_KNOWN_SYNC_DEFAULT ~, OK
#define BIDE_PRIV_KNOWN_SYNC_MUT_DEFAULT ~, OK
#define BIDE_PRIV_KNOWN_POLL_DEFAULT ~, OK
#define BIDE_PRIV_KNOWN_FN_DEFAULT ~, OK
#define BIDE_PRIV_TAKEN_bide_none ~, NONE
#define BIDE_PRIV_TAKEN_bind ~, BAD
#define BIDE_PRIV_TAKEN_query ~, BAD
#define BIDE_PRIV_TAKEN_destroy ~, BAD
#define BIDE_PRIV_TAKEN_interface ~, BAD
#define BIDE_PRIV_TAKEN_vtable ~, BAD
#define BIDE_PRIV_TAKEN_header ~, BAD

/* Two rows of one name, or a row named like a function of another's future.  Shape: members */
#define BIDE_PRIV_ONCE(I, Self, KIND, R, ...) BIDE_PRIV_ONCE_##KIND(I, __VA_ARGS__, ~)
#define BIDE_PRIV_ONCE_SYNC(I, m, ...) char I##_has_two_methods_named_##m;
#define BIDE_PRIV_ONCE_ASYNC(I, m, ...)                                                            \
    char I##_has_two_methods_named_##m, I##_has_two_methods_named_##m##_poll,                      \
        I##_has_two_methods_named_##m##_init, I##_has_two_methods_named_##m##_drop,                \
        I##_has_two_methods_named_##m##_start, I##_has_two_methods_named_##m##_start_box,          \
        I##_has_two_methods_named_##m##_discard, I##_has_two_methods_named_##m##_type;
#define BIDE_PRIV_ONCE_ASYNC_MUT(I, m, ...) BIDE_PRIV_ONCE_ASYNC(I, m, ~)
#define BIDE_PRIV_ONCE_SYNC_MUT(I, m, ...) BIDE_PRIV_ONCE_SYNC(I, m, ~)
#define BIDE_PRIV_ONCE_POLL(I, m, ...) BIDE_PRIV_ONCE_SYNC(I, m, ~)
#define BIDE_PRIV_ONCE_FN(I, m, ...) BIDE_PRIV_ONCE_SYNC(I, m, ~)
#define BIDE_PRIV_ONCE_SUPER(I, m, ...) BIDE_PRIV_ONCE_SYNC(I, m, ~)
#define BIDE_PRIV_ONCE_ASYNC_DEFAULT(I, m, ...) BIDE_PRIV_ONCE_ASYNC(I, m, ~)
#define BIDE_PRIV_ONCE_ASYNC_MUT_DEFAULT(I, m, ...) BIDE_PRIV_ONCE_ASYNC(I, m, ~)
#define BIDE_PRIV_ONCE_SYNC_DEFAULT(I, m, ...) BIDE_PRIV_ONCE_SYNC(I, m, ~)
#define BIDE_PRIV_ONCE_SYNC_MUT_DEFAULT(I, m, ...) BIDE_PRIV_ONCE_SYNC(I, m, ~)
#define BIDE_PRIV_ONCE_POLL_DEFAULT(I, m, ...) BIDE_PRIV_ONCE_SYNC(I, m, ~)
#define BIDE_PRIV_ONCE_FN_DEFAULT(I, m, ...) BIDE_PRIV_ONCE_SYNC(I, m, ~)

/* Vtable slots. */
#define BIDE_PRIV_VT(I, Self, KIND, R, ...)                                                        \
    BIDE_PRIV_VT_##KIND(R, BIDE_PRIV_MAPPER(__VA_ARGS__), __VA_ARGS__, ~)
#define BIDE_PRIV_VT_ASYNC(R, MAP, m, ...)                                                         \
    struct {                                                                                       \
        const bide_type *type;                                                                     \
        void (*init)(void *, void * MAP(BIDE_PRIV_P_TYPE, m, __VA_ARGS__));                        \
        bide_poll (*start)(void * MAP(BIDE_PRIV_P_TYPE, m, __VA_ARGS__), bide_allocator *,         \
                           bide_context *, R *, bide_box *);                                       \
        void (*discard)(void * MAP(BIDE_PRIV_P_TYPE, m, __VA_ARGS__));                             \
    } m;
#define BIDE_PRIV_VT_SYNC(R, MAP, m, ...) R (*m)(void * MAP(BIDE_PRIV_P_TYPE, m, __VA_ARGS__));
#define BIDE_PRIV_VT_POLL(R, MAP, m, ...)                                                          \
    bide_poll (*m)(void * MAP(BIDE_PRIV_P_TYPE, m, __VA_ARGS__), bide_context *, R *);
#define BIDE_PRIV_VT_SUPER(R, MAP, m, ...) const struct R##_vtable *m;
#define BIDE_PRIV_VT_ASYNC_MUT(R, MAP, m, ...) BIDE_PRIV_VT_ASYNC(R, MAP, m, __VA_ARGS__)
#define BIDE_PRIV_VT_SYNC_MUT(R, MAP, m, ...) BIDE_PRIV_VT_SYNC(R, MAP, m, __VA_ARGS__)
#define BIDE_PRIV_VT_FN(R, MAP, m, ...) BIDE_PRIV_VT_SYNC(R, MAP, m, __VA_ARGS__)
#define BIDE_PRIV_VT_ASYNC_DEFAULT(R, MAP, m, ...) BIDE_PRIV_VT_ASYNC(R, MAP, m, __VA_ARGS__)
#define BIDE_PRIV_VT_ASYNC_MUT_DEFAULT(R, MAP, m, ...) BIDE_PRIV_VT_ASYNC(R, MAP, m, __VA_ARGS__)
#define BIDE_PRIV_VT_SYNC_DEFAULT(R, MAP, m, ...) BIDE_PRIV_VT_SYNC(R, MAP, m, __VA_ARGS__)
#define BIDE_PRIV_VT_SYNC_MUT_DEFAULT(R, MAP, m, ...) BIDE_PRIV_VT_SYNC(R, MAP, m, __VA_ARGS__)
#define BIDE_PRIV_VT_FN_DEFAULT(R, MAP, m, ...) BIDE_PRIV_VT_SYNC(R, MAP, m, __VA_ARGS__)
#define BIDE_PRIV_VT_POLL_DEFAULT(R, MAP, m, ...) BIDE_PRIV_VT_POLL(R, MAP, m, __VA_ARGS__)

/* Signatures: one initialiser of a bide_signature for each row. */
#define BIDE_PRIV_SIG(I, Self, KIND, R, ...)                                                       \
    BIDE_PRIV_SIG_ROW(I, BIDE_PRIV_K_##KIND, BIDE_PRIV_SUPER_OF_##KIND(R), #R,                     \
                      BIDE_PRIV_SIG_SIZES_##KIND(R), BIDE_PRIV_MAPPER(__VA_ARGS__), __VA_ARGS__, ~)
#define BIDE_PRIV_SIG_ROW(I, kind, super, result, sizes, MAP, m, ...)                              \
    {#m,                                                                                           \
     result MAP(BIDE_PRIV_P_TEXT, m, __VA_ARGS__),                                                 \
     super,                                                                                        \
     kind,                                                                                         \
     offsetof(struct I##_vtable, m),                                                               \
     sizeof(((struct I##_vtable *)0)->m),                                                          \
     (uint32_t)(MAP(BIDE_PRIV_P_OPEN, m, __VA_ARGS__) sizes                                        \
                MAP(BIDE_PRIV_P_LAYOUT, m, __VA_ARGS__))},
#define BIDE_PRIV_K_ASYNC BIDE_KIND_ASYNC
#define BIDE_PRIV_K_ASYNC_MUT BIDE_KIND_ASYNC_MUT
#define BIDE_PRIV_K_SYNC BIDE_KIND_SYNC
#define BIDE_PRIV_K_SYNC_MUT BIDE_KIND_SYNC_MUT
#define BIDE_PRIV_K_POLL BIDE_KIND_POLL
#define BIDE_PRIV_K_FN BIDE_KIND_FN
#define BIDE_PRIV_K_SUPER BIDE_KIND_SUPER
#define BIDE_PRIV_K_ASYNC_DEFAULT BIDE_KIND_ASYNC + BIDE_KIND_DEFAULT
#define BIDE_PRIV_K_ASYNC_MUT_DEFAULT BIDE_KIND_ASYNC_MUT + BIDE_KIND_DEFAULT
#define BIDE_PRIV_K_SYNC_DEFAULT BIDE_KIND_SYNC + BIDE_KIND_DEFAULT
#define BIDE_PRIV_K_SYNC_MUT_DEFAULT BIDE_KIND_SYNC_MUT + BIDE_KIND_DEFAULT
#define BIDE_PRIV_K_POLL_DEFAULT BIDE_KIND_POLL + BIDE_KIND_DEFAULT
#define BIDE_PRIV_K_FN_DEFAULT BIDE_KIND_FN + BIDE_KIND_DEFAULT
#define BIDE_PRIV_SUPER_OF_ASYNC(R) NULL
#define BIDE_PRIV_SUPER_OF_ASYNC_MUT(R) NULL
#define BIDE_PRIV_SUPER_OF_SYNC(R) NULL
#define BIDE_PRIV_SUPER_OF_SYNC_MUT(R) NULL
#define BIDE_PRIV_SUPER_OF_POLL(R) NULL
#define BIDE_PRIV_SUPER_OF_FN(R) NULL
#define BIDE_PRIV_SUPER_OF_SUPER(R) &R##_interface
#define BIDE_PRIV_SUPER_OF_ASYNC_DEFAULT(R) NULL
#define BIDE_PRIV_SUPER_OF_ASYNC_MUT_DEFAULT(R) NULL
#define BIDE_PRIV_SUPER_OF_SYNC_DEFAULT(R) NULL
#define BIDE_PRIV_SUPER_OF_SYNC_MUT_DEFAULT(R) NULL
#define BIDE_PRIV_SUPER_OF_POLL_DEFAULT(R) NULL
#define BIDE_PRIV_SUPER_OF_FN_DEFAULT(R) NULL
#define BIDE_PRIV_SIG_SIZES(R)                                                                     \
    BIDE_PRIV_IF_VOID(R, 1, sizeof(R) * 64 + BIDE_PRIV_ALIGNOF(R))
#define BIDE_PRIV_SIG_SIZES_ASYNC(R) BIDE_PRIV_SIG_SIZES(R)
#define BIDE_PRIV_SIG_SIZES_ASYNC_MUT(R) BIDE_PRIV_SIG_SIZES(R)
#define BIDE_PRIV_SIG_SIZES_SYNC(R) BIDE_PRIV_SIG_SIZES(R)
#define BIDE_PRIV_SIG_SIZES_SYNC_MUT(R) BIDE_PRIV_SIG_SIZES(R)
#define BIDE_PRIV_SIG_SIZES_POLL(R) BIDE_PRIV_SIG_SIZES(R)
#define BIDE_PRIV_SIG_SIZES_FN(R) BIDE_PRIV_SIG_SIZES(R)
#define BIDE_PRIV_SIG_SIZES_SUPER(R) 0u
#define BIDE_PRIV_SIG_SIZES_ASYNC_DEFAULT(R) BIDE_PRIV_SIG_SIZES(R)
#define BIDE_PRIV_SIG_SIZES_ASYNC_MUT_DEFAULT(R) BIDE_PRIV_SIG_SIZES(R)
#define BIDE_PRIV_SIG_SIZES_SYNC_DEFAULT(R) BIDE_PRIV_SIG_SIZES(R)
#define BIDE_PRIV_SIG_SIZES_SYNC_MUT_DEFAULT(R) BIDE_PRIV_SIG_SIZES(R)
#define BIDE_PRIV_SIG_SIZES_POLL_DEFAULT(R) BIDE_PRIV_SIG_SIZES(R)
#define BIDE_PRIV_SIG_SIZES_FN_DEFAULT(R) BIDE_PRIV_SIG_SIZES(R)

#endif

/*
 * bide/frame_list.h: the private passes over a frame list, under future.h and async.h.
 *
 * bide/future.h says what the rows are. Nothing in this file is for users.
 */
#ifndef BIDE_FRAME_LIST_H
#define BIDE_FRAME_LIST_H

#include <bide/pp.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

/* Each pass P over a list is F_FRAME(BIDE_PRIV_ROW_P); BIDE_PRIV_P_KIND says what a row of a kind
 * makes in it. A new kind adds a line to each pass, and changes no list of a user. */

/* What is wrong with a list, if anything: the shapes of the rows, and names that are taken. A list
 * is tried with FRAME_OK before anything is made of it.  Shape: (BAD, text) for a bad row */
#define BIDE_PRIV_FRAME_OK(F) BIDE_PRIV_IS_OK(F##_FRAME(BIDE_PRIV_ROW_FAULT))
#define BIDE_PRIV_FRAME_REASON(F)                                                                  \
    "bide: frame of " #F ": " BIDE_PRIV_REASON(                                                    \
        ("there is no list " #F "_FRAME: #define " #F "_FRAME(ROW) ROW(PARAM, T, name) ..."),      \
        F##_FRAME(BIDE_PRIV_ROW_FAULT))
#define BIDE_PRIV_ROW_FAULT(KIND, ...)                                                             \
    BIDE_PRIV_CAT(BIDE_PRIV_ROW_FAULT_,                                                            \
                  BIDE_PRIV_SECOND(BIDE_PRIV_CAT(BIDE_PRIV_ARITY_,                                 \
                      BIDE_PRIV_CAT(BIDE_PRIV_SECOND(BIDE_PRIV_SHAPE_##KIND, NO),                  \
                                    BIDE_PRIV_COUNT(__VA_ARGS__))), SHAPE))                        \
    (KIND, BIDE_PRIV_NAMED_##KIND(__VA_ARGS__), __VA_ARGS__)
#define BIDE_PRIV_ROW_FAULT_FINE(KIND, name, ...)                                                  \
    BIDE_PRIV_CAT(BIDE_PRIV_ROW_FAULT_NAME_,                                                       \
                  BIDE_PRIV_SECOND(BIDE_PRIV_CAT(BIDE_PRIV_MINE_, name), OK))(name, __VA_ARGS__)
#define BIDE_PRIV_ROW_FAULT_NAME_OK(name, ...)
#define BIDE_PRIV_ROW_FAULT_NAME_BAD(name, ...)                                                    \
    (BAD, "no row can be named " #name ": names that begin with bide_ are taken")
#define BIDE_PRIV_ROW_FAULT_NAME_FLAG(name, ...)                                                   \
    (BAD, "ROW(TRAITS, " #__VA_ARGS__ ") is no row; flags are BIDE_SEND, BIDE_SYNC, BIDE_UNPIN, "  \
          "with | between; any other expression goes into parentheses")
#define BIDE_PRIV_ROW_FAULT_SHAPE(KIND, name, ...)                                                 \
    (BAD, "ROW(" #KIND ", " #__VA_ARGS__ ") is no row; " BIDE_PRIV_THIRD(BIDE_PRIV_SHAPE_##KIND,   \
          ~, "the kinds are PARAM, OWNED, COUNTED, LOCAL, BUFFER, TRAITS, CHILD, BOXED, JOIN"))
#define BIDE_PRIV_SHAPE_PARAM ~, A2_, "write ROW(PARAM, T, name)"
#define BIDE_PRIV_SHAPE_OWNED ~, A3_, "write ROW(OWNED, T, name, release)"
#define BIDE_PRIV_SHAPE_COUNTED ~, A4_, "write ROW(COUNTED, T, name, retain, release)"
#define BIDE_PRIV_SHAPE_LOCAL ~, A2_, "write ROW(LOCAL, T, name)"
#define BIDE_PRIV_SHAPE_BUFFER ~, A2_, "write ROW(BUFFER, T, name)"
#define BIDE_PRIV_SHAPE_TRAITS ~, A1_, "write ROW(TRAITS, flags)"
#define BIDE_PRIV_SHAPE_TRY ~, A1_, "write ROW(TRY, function)"
#define BIDE_PRIV_SHAPE_TRACE ~, A1_, "write ROW(TRACE, function)"
#define BIDE_PRIV_SHAPE_CANCEL ~, A1_, "write ROW(CANCEL, function)"
#define BIDE_PRIV_SHAPE_CHILD ~, A2_, "write ROW(CHILD, F, slot)"
#define BIDE_PRIV_SHAPE_BOXED ~, A2_, "write ROW(BOXED, F, slot)"
#define BIDE_PRIV_SHAPE_JOIN ~, AJ_, "write ROW(JOIN, slot, (F, a), (G, b), ...), 2 to 8 children"
#define BIDE_PRIV_ARITY_A1_1 ~, FINE
#define BIDE_PRIV_ARITY_A2_2 ~, FINE
#define BIDE_PRIV_ARITY_A3_3 ~, FINE
#define BIDE_PRIV_ARITY_A4_4 ~, FINE
#define BIDE_PRIV_ARITY_AJ_3 ~, FINE
#define BIDE_PRIV_ARITY_AJ_4 ~, FINE
#define BIDE_PRIV_ARITY_AJ_5 ~, FINE
#define BIDE_PRIV_ARITY_AJ_6 ~, FINE
#define BIDE_PRIV_ARITY_AJ_7 ~, FINE
#define BIDE_PRIV_ARITY_AJ_8 ~, FINE
#define BIDE_PRIV_ARITY_AJ_9 ~, FINE
#define BIDE_PRIV_NAMED_PARAM(...) BIDE_PRIV_SECOND(__VA_ARGS__)
#define BIDE_PRIV_NAMED_OWNED(...) BIDE_PRIV_SECOND(__VA_ARGS__)
#define BIDE_PRIV_NAMED_COUNTED(...) BIDE_PRIV_SECOND(__VA_ARGS__)
#define BIDE_PRIV_NAMED_LOCAL(...) BIDE_PRIV_SECOND(__VA_ARGS__)
#define BIDE_PRIV_NAMED_BUFFER(...) BIDE_PRIV_SECOND(__VA_ARGS__)
/* Flags: words of these with | between, of which the first and the last are looked at here (a word
 * that takes parentheses is one of ours); or parentheses with anything in them. */
#define BIDE_PRIV_NAMED_TRAITS(flags)                                                              \
    BIDE_PRIV_IF(BIDE_PRIV_HAS_COMMA(BIDE_PRIV_TICK flags))                                        \
    (nameless)(BIDE_PRIV_CAT(BIDE_PRIV_FLAGS_,                                                     \
                             BIDE_PRIV_SECOND(BIDE_PRIV_CAT(BIDE_PRIV_FLAG_, flags), NO))(flags))
#define BIDE_PRIV_FLAG_0 ~, FINE,
#define BIDE_PRIV_FLAG_BIDE_SEND ~, BEGIN,
#define BIDE_PRIV_FLAG_BIDE_SYNC ~, BEGIN,
#define BIDE_PRIV_FLAG_BIDE_UNPIN ~, BEGIN,
#define BIDE_PRIV_FLAGS_FINE(flags) nameless
#define BIDE_PRIV_FLAGS_NO(flags) bide_no_flag
#define BIDE_PRIV_FLAGS_BEGIN(flags)                                                               \
    BIDE_PRIV_IF(BIDE_PRIV_HAS_COMMA(flags()))(nameless)(bide_no_flag)
#define BIDE_SEND() ,
#define BIDE_SYNC() ,
#define BIDE_UNPIN() ,
#define BIDE_PRIV_MINE_bide_no_flag ~, FLAG
#define BIDE_PRIV_NAMED_TRY(function) nameless
#define BIDE_PRIV_NAMED_TRACE(function) nameless
#define BIDE_PRIV_NAMED_CANCEL(function) nameless
#define BIDE_PRIV_NAMED_CHILD(...) BIDE_PRIV_SECOND(__VA_ARGS__)
#define BIDE_PRIV_NAMED_BOXED(...) BIDE_PRIV_SECOND(__VA_ARGS__)
#define BIDE_PRIV_NAMED_JOIN(...) BIDE_PRIV_FIRST(__VA_ARGS__)

/* Whether the children are future types; boxed ones may be declared later.  Shape: an assertion */
#ifdef __cplusplus
#define BIDE_PRIV_ROW_ASK(KIND, ...)
#else
#define BIDE_PRIV_ROW_ASK(KIND, ...) BIDE_PRIV_ASK_##KIND(__VA_ARGS__)
#endif
#define BIDE_PRIV_ASK_PARAM(T, n)
#define BIDE_PRIV_ASK_OWNED(T, n, release)
#define BIDE_PRIV_ASK_COUNTED(T, n, retain, release)
#define BIDE_PRIV_ASK_LOCAL(T, n)
#define BIDE_PRIV_ASK_BUFFER(T, n)
#define BIDE_PRIV_ASK_TRAITS(flags)
#define BIDE_PRIV_ASK_TRY(function)
#define BIDE_PRIV_ASK_TRACE(function)
#define BIDE_PRIV_ASK_CANCEL(function)
#define BIDE_PRIV_ASK_CHILD(F, slot)                                                               \
    BIDE_PRIV_DEMAND_MEMBER(                                                                       \
        BIDE_PRIV_IS_FUTURE(F), row_CHILD_##slot##_of_##F##_is_not_of_a_future_type,               \
        "bide: row CHILD " #slot ": " #F " is not a future type that is declared here")
#define BIDE_PRIV_ASK_BOXED(F, slot)
#define BIDE_PRIV_ASK_JOIN(slot, ...)                                                              \
    BIDE_PRIV_MAP(BIDE_PRIV_ASK_CHILD, ~, __VA_ARGS__)                                             \
    BIDE_PRIV_MAP(BIDE_PRIV_ASK_DROP, ~, __VA_ARGS__)
#define BIDE_PRIV_MAY_DROP(F) (((int)F##_flags & (int)BIDE_NO_DROP) == 0)
#define BIDE_PRIV_ASK_DROP(F, member)                                                              \
    BIDE_PRIV_DEMAND_MEMBER(                                                                       \
        BIDE_PRIV_MAY_DROP(F), row_JOIN_##member##_of_##F##_may_have_to_be_dropped,                \
        "bide: row JOIN: " #member " may have to be dropped, and the cleanup of " #F " waits: "    \
        "await it alone, or spawn it")

/* Fields.  Shape: T name; */
#define BIDE_PRIV_ROW_FIELD(KIND, ...) BIDE_PRIV_FIELD_##KIND(__VA_ARGS__)
#define BIDE_PRIV_FIELD_PARAM(T, n) T n;
#define BIDE_PRIV_FIELD_OWNED(T, n, release) T n;
#define BIDE_PRIV_FIELD_COUNTED(T, n, retain, release) T n;
#define BIDE_PRIV_FIELD_LOCAL(T, n) T n;
#define BIDE_PRIV_FIELD_BUFFER(T, n) T n;
#define BIDE_PRIV_FIELD_TRAITS(flags)
#define BIDE_PRIV_FIELD_TRY(function)
#define BIDE_PRIV_FIELD_TRACE(function)
#define BIDE_PRIV_FIELD_CANCEL(function)
#define BIDE_PRIV_FIELD_CHILD(F, slot)
#define BIDE_PRIV_FIELD_BOXED(F, slot)
#define BIDE_PRIV_FIELD_JOIN(...)

/* Parameters.  Shape: , T name */
#define BIDE_PRIV_ROW_PARAMS(KIND, ...) BIDE_PRIV_PARAMS_##KIND(__VA_ARGS__)
#define BIDE_PRIV_PARAMS_PARAM(T, n) , T n
#define BIDE_PRIV_PARAMS_OWNED(T, n, release) , T n
#define BIDE_PRIV_PARAMS_COUNTED(T, n, retain, release) , T n
#define BIDE_PRIV_PARAMS_LOCAL(T, n)
#define BIDE_PRIV_PARAMS_BUFFER(T, n)
#define BIDE_PRIV_PARAMS_TRAITS(flags)
#define BIDE_PRIV_PARAMS_TRY(function)
#define BIDE_PRIV_PARAMS_TRACE(function)
#define BIDE_PRIV_PARAMS_CANCEL(function)
#define BIDE_PRIV_PARAMS_CHILD(F, slot)
#define BIDE_PRIV_PARAMS_BOXED(F, slot)
#define BIDE_PRIV_PARAMS_JOIN(...)

/* Parameters passed on.  Shape: , name */
#define BIDE_PRIV_ROW_PASS(KIND, ...) BIDE_PRIV_PASS_##KIND(__VA_ARGS__)
#define BIDE_PRIV_PASS_PARAM(T, n) , n
#define BIDE_PRIV_PASS_OWNED(T, n, release) , n
#define BIDE_PRIV_PASS_COUNTED(T, n, retain, release) , n
#define BIDE_PRIV_PASS_LOCAL(T, n)
#define BIDE_PRIV_PASS_BUFFER(T, n)
#define BIDE_PRIV_PASS_TRAITS(flags)
#define BIDE_PRIV_PASS_TRY(function)
#define BIDE_PRIV_PASS_TRACE(function)
#define BIDE_PRIV_PASS_CANCEL(function)
#define BIDE_PRIV_PASS_CHILD(F, slot)
#define BIDE_PRIV_PASS_BOXED(F, slot)
#define BIDE_PRIV_PASS_JOIN(...)

/* Capture.  Shape: frame->name = name; */
#define BIDE_PRIV_ROW_SET(KIND, ...) BIDE_PRIV_SET_##KIND(__VA_ARGS__)
#define BIDE_PRIV_SET_PARAM(T, n) bide_f->n = n;
#define BIDE_PRIV_SET_OWNED(T, n, release) bide_f->n = n;
#define BIDE_PRIV_SET_COUNTED(T, n, retain, release) bide_f->n = retain(n);
#define BIDE_PRIV_SET_LOCAL(T, n) BIDE_PRIV_ZERO(&bide_f->n, sizeof bide_f->n);
#define BIDE_PRIV_SET_BUFFER(T, n)
#define BIDE_PRIV_SET_TRAITS(flags)
#define BIDE_PRIV_SET_TRY(function)
#define BIDE_PRIV_SET_TRACE(function)
#define BIDE_PRIV_SET_CANCEL(function)
#define BIDE_PRIV_SET_CHILD(F, slot)
#define BIDE_PRIV_SET_BOXED(F, slot)
#define BIDE_PRIV_SET_JOIN(...)

/* Release of what is owned, last row first: each row wraps a loop of one round around the rows
 * behind it, and releases on the way out.
 * Shape: for (int once = 1; once; once = 0, release(frame->name)) */
#define BIDE_PRIV_ROW_FREE(KIND, ...) BIDE_PRIV_FREE_##KIND(__VA_ARGS__)
#define BIDE_PRIV_FREE_PARAM(T, n)
#define BIDE_PRIV_FREE_OWNED(T, n, release)                                                        \
    for (int bide_once_##n = 1; bide_once_##n; bide_once_##n = 0, (void)release(bide_f->n))
#define BIDE_PRIV_FREE_COUNTED(T, n, retain, release) BIDE_PRIV_FREE_OWNED(T, n, release)
#define BIDE_PRIV_FREE_LOCAL(T, n)
#define BIDE_PRIV_FREE_BUFFER(T, n)
#define BIDE_PRIV_FREE_TRAITS(flags)
#define BIDE_PRIV_FREE_TRY(function)
#define BIDE_PRIV_FREE_TRACE(function)
#define BIDE_PRIV_FREE_CANCEL(function)
#define BIDE_PRIV_FREE_CHILD(F, slot)
#define BIDE_PRIV_FREE_BOXED(F, slot)
#define BIDE_PRIV_FREE_JOIN(...)

/* Release of the arguments of a call that will never run; nothing was retained for it. Other rows
 * must not end the statement, or they would break the nest of loops.  Shape: as above */
#define BIDE_PRIV_ROW_DISCARD(KIND, ...) BIDE_PRIV_DISCARD_##KIND(__VA_ARGS__)
#define BIDE_PRIV_DISCARD_PARAM(T, n) if (((void)n, 1))
#define BIDE_PRIV_DISCARD_OWNED(T, n, release)                                                     \
    for (int bide_once_##n = 1; bide_once_##n; bide_once_##n = 0, (void)release(n))
#define BIDE_PRIV_DISCARD_COUNTED(T, n, retain, release) if (((void)n, 1))
#define BIDE_PRIV_DISCARD_LOCAL(T, n)
#define BIDE_PRIV_DISCARD_BUFFER(T, n)
#define BIDE_PRIV_DISCARD_TRAITS(flags)
#define BIDE_PRIV_DISCARD_TRY(function)
#define BIDE_PRIV_DISCARD_TRACE(function)
#define BIDE_PRIV_DISCARD_CANCEL(function)
#define BIDE_PRIV_DISCARD_CHILD(F, slot)
#define BIDE_PRIV_DISCARD_BOXED(F, slot)
#define BIDE_PRIV_DISCARD_JOIN(...)

/* Whether anything is owned by the call.  Shape: | 1 */
#define BIDE_PRIV_ROW_OWNS(KIND, ...) BIDE_PRIV_OWNS_##KIND
#define BIDE_PRIV_OWNS_PARAM
#define BIDE_PRIV_OWNS_OWNED | 1
#define BIDE_PRIV_OWNS_COUNTED
#define BIDE_PRIV_OWNS_LOCAL
#define BIDE_PRIV_OWNS_BUFFER
#define BIDE_PRIV_OWNS_TRAITS
#define BIDE_PRIV_OWNS_TRY
#define BIDE_PRIV_OWNS_TRACE
#define BIDE_PRIV_OWNS_CANCEL
#define BIDE_PRIV_OWNS_CHILD
#define BIDE_PRIV_OWNS_BOXED
#define BIDE_PRIV_OWNS_JOIN

/* Declared facts.  Shape: | (flags) */
#define BIDE_PRIV_ROW_TRAITS(KIND, ...) BIDE_PRIV_TRAITS_##KIND(__VA_ARGS__)
#define BIDE_PRIV_TRAITS_PARAM(T, n)
#define BIDE_PRIV_TRAITS_OWNED(T, n, release)
#define BIDE_PRIV_TRAITS_COUNTED(T, n, retain, release)
#define BIDE_PRIV_TRAITS_LOCAL(T, n)
#define BIDE_PRIV_TRAITS_BUFFER(T, n)
#define BIDE_PRIV_TRAITS_TRAITS(flags) | (flags)
#define BIDE_PRIV_TRAITS_TRY(function)
#define BIDE_PRIV_TRAITS_TRACE(function)
#define BIDE_PRIV_TRAITS_CANCEL(function)
#define BIDE_PRIV_TRAITS_CHILD(F, slot)
#define BIDE_PRIV_TRAITS_BOXED(F, slot)
#define BIDE_PRIV_TRAITS_JOIN(...)

/* What must not be in a frame that is BIDE_SEND. Of a type the first words are looked past, to its
 * name.  Shape: (BAD, text) for a row of a type that is bound to its thread */
#define BIDE_PRIV_ROW_BOUND(KIND, ...) BIDE_PRIV_BOUND_##KIND(__VA_ARGS__, ~, ~)
#define BIDE_PRIV_BOUND_PARAM(T, n, ...)                                                           \
    BIDE_PRIV_IF(BIDE_PRIV_IS_BOUND(T))                                                            \
    ((BAD, "row " #n " is of type " #T ", which is bound to its thread, in a BIDE_SEND frame"))()
#define BIDE_PRIV_BOUND_OWNED(T, n, ...) BIDE_PRIV_BOUND_PARAM(T, n, ~)
#define BIDE_PRIV_BOUND_COUNTED(T, n, ...) BIDE_PRIV_BOUND_PARAM(T, n, ~)
#define BIDE_PRIV_BOUND_LOCAL(T, n, ...) BIDE_PRIV_BOUND_PARAM(T, n, ~)
#define BIDE_PRIV_BOUND_BUFFER(T, n, ...) BIDE_PRIV_BOUND_PARAM(T, n, ~)
#define BIDE_PRIV_BOUND_TRAITS(...)
#define BIDE_PRIV_BOUND_TRY(...)
#define BIDE_PRIV_BOUND_TRACE(...)
#define BIDE_PRIV_BOUND_CANCEL(...)
#define BIDE_PRIV_BOUND_CHILD(...)
#define BIDE_PRIV_BOUND_BOXED(...)
#define BIDE_PRIV_BOUND_JOIN(...)
#define BIDE_PRIV_IS_BOUND(T)                                                                      \
    BIDE_PRIV_HAS_COMMA(BIDE_PRIV_CAT(BIDE_PRIV_ONE_, BIDE_PRIV_CAT(BIDE_THREAD_BOUND_,            \
        BIDE_PRIV_PAST_WORD(BIDE_PRIV_PAST_WORD(BIDE_PRIV_PAST_WORD(T))))))
#define BIDE_PRIV_PAST_WORD(T) BIDE_PRIV_SECOND(BIDE_PRIV_CAT(BIDE_PRIV_WORD_, T), T)
#define BIDE_PRIV_WORD_struct ~,
#define BIDE_PRIV_WORD_union ~,
#define BIDE_PRIV_WORD_const ~,
#define BIDE_PRIV_WORD_volatile ~,
/* What of that is wrong, as the promise is made.  Shape: an assertion's condition and text */
#define BIDE_PRIV_MAY_SEND(F)                                                                      \
    BIDE_PRIV_CAT(BIDE_PRIV_MAY_SEND_, BIDE_PRIV_STATUS(F##_FRAME(BIDE_PRIV_ROW_BOUND)))(F)
#define BIDE_PRIV_MAY_SEND_OK(F) 1
#define BIDE_PRIV_MAY_SEND_NONE(F) 1 /* another message has told */
#define BIDE_PRIV_MAY_SEND_BAD(F) !((0 F##_FRAME(BIDE_PRIV_ROW_TRAITS)) & (int)BIDE_SEND)
#define BIDE_PRIV_BOUND_REASON(F)                                                                  \
    "bide: frame of " #F ": " BIDE_PRIV_REASON((""), F##_FRAME(BIDE_PRIV_ROW_BOUND))

/* The look before parking.  Shape: r = function(&frame, cx, out); */
#define BIDE_PRIV_ROW_TRY(KIND, ...) BIDE_PRIV_TRY_##KIND(__VA_ARGS__)
#define BIDE_PRIV_TRY_PARAM(T, n)
#define BIDE_PRIV_TRY_OWNED(T, n, release)
#define BIDE_PRIV_TRY_COUNTED(T, n, retain, release)
#define BIDE_PRIV_TRY_LOCAL(T, n)
#define BIDE_PRIV_TRY_BUFFER(T, n)
#define BIDE_PRIV_TRY_TRAITS(flags)
#define BIDE_PRIV_TRY_TRY(function) bide_r = function(&bide_tmp, bide_cx, bide_out);
#define BIDE_PRIV_TRY_TRACE(function)
#define BIDE_PRIV_TRY_CANCEL(function)
#define BIDE_PRIV_TRY_CHILD(F, slot)
#define BIDE_PRIV_TRY_BOXED(F, slot)
#define BIDE_PRIV_TRY_JOIN(...)

/* What a leaf tells of its waiting.  Shape: function(frame, tracer); */
#define BIDE_PRIV_ROW_TELL(KIND, ...) BIDE_PRIV_TELL_##KIND(__VA_ARGS__)
#define BIDE_PRIV_TELL_PARAM(T, n)
#define BIDE_PRIV_TELL_OWNED(T, n, release)
#define BIDE_PRIV_TELL_COUNTED(T, n, retain, release)
#define BIDE_PRIV_TELL_LOCAL(T, n)
#define BIDE_PRIV_TELL_BUFFER(T, n)
#define BIDE_PRIV_TELL_TRAITS(flags)
#define BIDE_PRIV_TELL_TRY(function)
#define BIDE_PRIV_TELL_TRACE(function) function(bide_f, bide_tr);
#define BIDE_PRIV_TELL_CANCEL(function)
#define BIDE_PRIV_TELL_CHILD(F, slot)
#define BIDE_PRIV_TELL_BOXED(F, slot)
#define BIDE_PRIV_TELL_JOIN(...)

/* Whether there is such a row, of any number of rows.  Shape: , 1 */
#define BIDE_PRIV_ROW_TELLS(KIND, ...) BIDE_PRIV_TELLS_##KIND
#define BIDE_PRIV_TELLS_PARAM
#define BIDE_PRIV_TELLS_OWNED
#define BIDE_PRIV_TELLS_COUNTED
#define BIDE_PRIV_TELLS_LOCAL
#define BIDE_PRIV_TELLS_BUFFER
#define BIDE_PRIV_TELLS_TRAITS
#define BIDE_PRIV_TELLS_TRY
#define BIDE_PRIV_TELLS_TRACE , 1
#define BIDE_PRIV_TELLS_CANCEL
#define BIDE_PRIV_TELLS_CHILD
#define BIDE_PRIV_TELLS_BOXED
#define BIDE_PRIV_TELLS_JOIN

/* What the children and the row CANCEL add to the flags.  Shape: | (flag) */
#define BIDE_PRIV_ROW_FORBIDS(KIND, ...) BIDE_PRIV_FORBIDS_##KIND(__VA_ARGS__)
#define BIDE_PRIV_FORBIDS_PARAM(T, n)
#define BIDE_PRIV_FORBIDS_OWNED(T, n, release)
#define BIDE_PRIV_FORBIDS_COUNTED(T, n, retain, release)
#define BIDE_PRIV_FORBIDS_LOCAL(T, n)
#define BIDE_PRIV_FORBIDS_BUFFER(T, n)
#define BIDE_PRIV_FORBIDS_TRAITS(flags)
#define BIDE_PRIV_FORBIDS_TRY(function)
#define BIDE_PRIV_FORBIDS_TRACE(function)
#define BIDE_PRIV_FORBIDS_CANCEL(function) | (int)BIDE_NO_DROP
#define BIDE_PRIV_FORBIDS_CHILD(F, slot) | ((int)F##_flags & (int)BIDE_NO_DROP)
#define BIDE_PRIV_FORBIDS_BOXED(F, slot)
#define BIDE_PRIV_FORBIDS_JOIN(slot, ...) BIDE_PRIV_MAP(BIDE_PRIV_FORBIDS_CHILD, ~, __VA_ARGS__)

/* Whether the record has `cancel`: something in the future may have to be cancelled. What is in a
 * box is known at run time only.  Shape: | 1 */
#define BIDE_PRIV_ROW_CANCELS(KIND, ...) BIDE_PRIV_CANCELS_##KIND(__VA_ARGS__)
#define BIDE_PRIV_CANCELS_PARAM(T, n)
#define BIDE_PRIV_CANCELS_OWNED(T, n, release)
#define BIDE_PRIV_CANCELS_COUNTED(T, n, retain, release)
#define BIDE_PRIV_CANCELS_LOCAL(T, n)
#define BIDE_PRIV_CANCELS_BUFFER(T, n)
#define BIDE_PRIV_CANCELS_TRAITS(flags)
#define BIDE_PRIV_CANCELS_TRY(function)
#define BIDE_PRIV_CANCELS_TRACE(function)
#define BIDE_PRIV_CANCELS_CANCEL(function) | 1
#define BIDE_PRIV_CANCELS_CHILD(F, slot) | (int)F##_bide_cancels
#define BIDE_PRIV_CANCELS_BOXED(F, slot) | 1
#define BIDE_PRIV_CANCELS_JOIN(slot, ...) BIDE_PRIV_MAP(BIDE_PRIV_CANCELS_CHILD, ~, __VA_ARGS__)

/* The cancel of a future by hand, if there is one.  Shape: , 1 and function(frame, cx) */
#define BIDE_PRIV_ROW_HAS_CANCEL(KIND, ...) BIDE_PRIV_HAS_CANCEL_##KIND
#define BIDE_PRIV_HAS_CANCEL_PARAM
#define BIDE_PRIV_HAS_CANCEL_OWNED
#define BIDE_PRIV_HAS_CANCEL_COUNTED
#define BIDE_PRIV_HAS_CANCEL_LOCAL
#define BIDE_PRIV_HAS_CANCEL_BUFFER
#define BIDE_PRIV_HAS_CANCEL_TRAITS
#define BIDE_PRIV_HAS_CANCEL_TRY
#define BIDE_PRIV_HAS_CANCEL_TRACE
#define BIDE_PRIV_HAS_CANCEL_CANCEL , 1
#define BIDE_PRIV_ROW_CANCELER(KIND, ...) BIDE_PRIV_CANCELER_##KIND(__VA_ARGS__)
#define BIDE_PRIV_CANCELER_PARAM(T, n)
#define BIDE_PRIV_CANCELER_OWNED(T, n, release)
#define BIDE_PRIV_CANCELER_COUNTED(T, n, retain, release)
#define BIDE_PRIV_CANCELER_LOCAL(T, n)
#define BIDE_PRIV_CANCELER_BUFFER(T, n)
#define BIDE_PRIV_CANCELER_TRAITS(flags)
#define BIDE_PRIV_CANCELER_TRY(function)
#define BIDE_PRIV_CANCELER_TRACE(function)
#define BIDE_PRIV_CANCELER_CANCEL(function) function(bide_f, bide_cx)

/* A tag that bodies declare anew, with another size: whether this is the inside of one. */
struct bide_priv_body {
    char bide_outside;
};
#define BIDE_PRIV_OUTSIDE (sizeof(struct bide_priv_body) == 1)

/* A pass over a list that is an argument, (LIST, args...).
 * Shape: LIST(BIDE_PRIV_ROW_pass, args...) */
#define BIDE_PRIV_OF(LIST, PASS) BIDE_PRIV_OF_LIST(BIDE_PRIV_ROW_##PASS, BIDE_PRIV_EVAL LIST)
#define BIDE_PRIV_OF_LIST(...) BIDE_PRIV_OF_CALL(__VA_ARGS__)
#define BIDE_PRIV_OF_CALL(ROW, LIST, ...) LIST(ROW, __VA_ARGS__)
#define BIDE_PRIV_NAMED_LIST(ROW, F) F##_FRAME(ROW)

#endif

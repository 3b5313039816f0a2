/*
 * bide/pp.h: the private preprocessor helpers under async.h and interface.h.
 *
 * There is no recursion engine here: each helper is one macro or one numbered family, so that the
 * cost of a list is linear and a diagnostic has few levels. Nothing in this file is for users.
 */
#ifndef BIDE_PP_H
#define BIDE_PP_H

#include <bide/config.h>

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

#define BIDE_PRIV_CAT(a, b) BIDE_PRIV_CAT_(a, b)
#define BIDE_PRIV_CAT_(a, b) a##b
#define BIDE_PRIV_STR(...) BIDE_PRIV_STR_(__VA_ARGS__)
#define BIDE_PRIV_STR_(...) #__VA_ARGS__
#define BIDE_PRIV_EVAL(...) __VA_ARGS__
#define BIDE_PRIV_APPLY(M, ...) M(__VA_ARGS__)
#define BIDE_PRIV_NOTHING(...)
#define BIDE_PRIV_COMMA(...) ,
#define BIDE_PRIV_TICK(...) ,

/* The first argument; and the same for lists that may consist of it alone. */
#define BIDE_PRIV_FIRST(...) BIDE_PRIV_FIRST_(__VA_ARGS__, ~)
#define BIDE_PRIV_FIRST_(a, ...) a
#define BIDE_PRIV_SECOND(...) BIDE_PRIV_SECOND_(__VA_ARGS__, ~, ~)
#define BIDE_PRIV_SECOND_(a, b, ...) b
/* All but the first, of a list of at least two. */
#define BIDE_PRIV_TAIL(a, ...) __VA_ARGS__

#define BIDE_PRIV_THIRD(...) BIDE_PRIV_THIRD_(__VA_ARGS__, ~, ~, ~)
#define BIDE_PRIV_THIRD_(a, b, c, ...) c

/* The 41st argument: what counting and comma-testing are made of. */
#define BIDE_PRIV_PICK(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, a15, a16, a17, \
    a18, a19, a20, a21, a22, a23, a24, a25, a26, a27, a28, a29, a30, a31, a32, a33, a34, a35, a36, \
    a37, a38, a39, a40, n, ...) n

/* How many arguments (1 to 40); whether there is a comma. */
#define BIDE_PRIV_COUNT(...) BIDE_PRIV_PICK(__VA_ARGS__, 40, 39, 38, 37, 36, 35, 34, 33, 32, 31,   \
    30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7,   \
    6, 5, 4, 3, 2, 1, ~)
#define BIDE_PRIV_HAS_COMMA(...) BIDE_PRIV_PICK(__VA_ARGS__, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,   \
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, ~)

/* Whether a list is empty: 1 or 0. The four tests are the classic ones: a comma in the list, after
 * a macro name put before it, after parentheses put behind it, and after both. */
#define BIDE_PRIV_IS_EMPTY(...)                                                                    \
    BIDE_PRIV_IS_EMPTY_(BIDE_PRIV_HAS_COMMA(__VA_ARGS__),                                          \
                        BIDE_PRIV_HAS_COMMA(BIDE_PRIV_COMMA __VA_ARGS__),                          \
                        BIDE_PRIV_HAS_COMMA(__VA_ARGS__()),                                        \
                        BIDE_PRIV_HAS_COMMA(BIDE_PRIV_COMMA __VA_ARGS__()))
#define BIDE_PRIV_IS_EMPTY_(a, b, c, d) BIDE_PRIV_HAS_COMMA(BIDE_PRIV_EMPTY_CASE(a, b, c, d))
#define BIDE_PRIV_EMPTY_CASE(a, b, c, d) BIDE_PRIV_EMPTY_CASE_(a, b, c, d)
#define BIDE_PRIV_EMPTY_CASE_(a, b, c, d) BIDE_PRIV_EMPTY_CASE_##a##b##c##d
#define BIDE_PRIV_EMPTY_CASE_0001 ,

/* Whether a type is spelled exactly `void`: 1 or 0; and one of two things by that, which have no
 * commas of their own. `void` becomes the name of a macro, `void *` the same with something between
 * it and the parentheses. */
#define BIDE_PRIV_IS_VOID(R) BIDE_PRIV_IF_VOID(R, 1, 0)
#define BIDE_PRIV_IF_VOID(R, then, otherwise) BIDE_PRIV_SECOND(BIDE_PRIV_VOID_##R(then), otherwise)
#define BIDE_PRIV_VOID_void(then) ~, then

/* Whether x is the token 1, as a switch that the user defines: 1 or 0. */
#define BIDE_PRIV_IS_ONE(x) BIDE_PRIV_SECOND(BIDE_PRIV_CAT(BIDE_PRIV_ONE_, x), 0)
#define BIDE_PRIV_ONE_1 ~, 1

/* IF(c)(then)(otherwise), c is 0 or 1. */
#define BIDE_PRIV_IF(c) BIDE_PRIV_CAT(BIDE_PRIV_IF_, c)
#define BIDE_PRIV_IF_1(...) __VA_ARGS__ BIDE_PRIV_NOTHING
#define BIDE_PRIV_IF_0(...) BIDE_PRIV_EVAL

/* (a, b) as `a, b,`, and () as nothing: arguments before more arguments. */
#define BIDE_PRIV_ARGS(...)                                                                        \
    BIDE_PRIV_CAT(BIDE_PRIV_ARGS_, BIDE_PRIV_IS_EMPTY(__VA_ARGS__))(__VA_ARGS__)
#define BIDE_PRIV_ARGS_0(...) __VA_ARGS__,
#define BIDE_PRIV_ARGS_1(...)
/* (a, b) as `, a, b`, and () as nothing: arguments behind others. */
#define BIDE_PRIV_MORE(...)                                                                        \
    BIDE_PRIV_CAT(BIDE_PRIV_MORE_, BIDE_PRIV_IS_EMPTY(__VA_ARGS__))(__VA_ARGS__)
#define BIDE_PRIV_MORE_0(...) , __VA_ARGS__
#define BIDE_PRIV_MORE_1(...)

/* A function's declarator from a list with one dummy before it: (~) is (void). */
#define BIDE_PRIV_PARENS(...)                                                                      \
    BIDE_PRIV_CAT(BIDE_PRIV_PARENS_, BIDE_PRIV_HAS_COMMA(__VA_ARGS__))(__VA_ARGS__)
#define BIDE_PRIV_PARENS_0(...) (void)
#define BIDE_PRIV_PARENS_1(...) (BIDE_PRIV_TAIL(__VA_ARGS__))
/* The same for a call: (~) is (). */
#define BIDE_PRIV_CALL(...)                                                                        \
    BIDE_PRIV_CAT(BIDE_PRIV_CALL_, BIDE_PRIV_HAS_COMMA(__VA_ARGS__))(__VA_ARGS__)
#define BIDE_PRIV_CALL_0(...) ()
#define BIDE_PRIV_CALL_1(...) (BIDE_PRIV_TAIL(__VA_ARGS__))

/* MAP(OP, name, (T, a), (T, b)): applies OP to each pair behind the name, up to 13 of them.
 * Shape: OP (T, a) OP (T, b). */
#define BIDE_PRIV_MAP(OP, ...) BIDE_PRIV_MAPPER(__VA_ARGS__)(OP, __VA_ARGS__, ~)
/* The MAP for lists of that length. To count costs more than to apply: a pass that goes through a
 * list several times takes this once, and uses it as MAP(OP, name, (T, a), (T, b), ~). */
#define BIDE_PRIV_MAPPER(...) BIDE_PRIV_MAPPER_(__VA_ARGS__, BIDE_PRIV_MAP_14, BIDE_PRIV_MAP_13,   \
    BIDE_PRIV_MAP_12, BIDE_PRIV_MAP_11, BIDE_PRIV_MAP_10, BIDE_PRIV_MAP_9, BIDE_PRIV_MAP_8,        \
    BIDE_PRIV_MAP_7, BIDE_PRIV_MAP_6, BIDE_PRIV_MAP_5, BIDE_PRIV_MAP_4, BIDE_PRIV_MAP_3,           \
    BIDE_PRIV_MAP_2, BIDE_PRIV_MAP_1, ~)
#define BIDE_PRIV_MAPPER_(a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, a14, M, ...) M
#define BIDE_PRIV_MAP_1(OP, a0, ...)
#define BIDE_PRIV_MAP_2(OP, a0, a1, ...) OP a1
#define BIDE_PRIV_MAP_3(OP, a0, a1, a2, ...) OP a1 OP a2
#define BIDE_PRIV_MAP_4(OP, a0, a1, a2, a3, ...) OP a1 OP a2 OP a3
#define BIDE_PRIV_MAP_5(OP, a0, a1, a2, a3, a4, ...) OP a1 OP a2 OP a3 OP a4
#define BIDE_PRIV_MAP_6(OP, a0, a1, a2, a3, a4, a5, ...) OP a1 OP a2 OP a3 OP a4 OP a5
#define BIDE_PRIV_MAP_7(OP, a0, a1, a2, a3, a4, a5, a6, ...) OP a1 OP a2 OP a3 OP a4 OP a5 OP a6
#define BIDE_PRIV_MAP_8(OP, a0, a1, a2, a3, a4, a5, a6, a7, ...) OP a1 OP a2 OP a3 OP a4 OP a5 OP  \
    a6 OP a7
#define BIDE_PRIV_MAP_9(OP, a0, a1, a2, a3, a4, a5, a6, a7, a8, ...) OP a1 OP a2 OP a3 OP a4 OP    \
    a5 OP a6 OP a7 OP a8
#define BIDE_PRIV_MAP_10(OP, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, ...) OP a1 OP a2 OP a3 OP a4  \
    OP a5 OP a6 OP a7 OP a8 OP a9
#define BIDE_PRIV_MAP_11(OP, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, ...) OP a1 OP a2 OP a3   \
    OP a4 OP a5 OP a6 OP a7 OP a8 OP a9 OP a10
#define BIDE_PRIV_MAP_12(OP, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, ...) OP a1 OP a2    \
    OP a3 OP a4 OP a5 OP a6 OP a7 OP a8 OP a9 OP a10 OP a11
#define BIDE_PRIV_MAP_13(OP, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, ...) OP a1 OP  \
    a2 OP a3 OP a4 OP a5 OP a6 OP a7 OP a8 OP a9 OP a10 OP a11 OP a12
#define BIDE_PRIV_MAP_14(OP, a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a11, a12, a13, ...) OP   \
    a1 OP a2 OP a3 OP a4 OP a5 OP a6 OP a7 OP a8 OP a9 OP a10 OP a11 OP a12 OP a13

/* ---- diagnostics -------------------------------------------------------------------------- */
/* A list macro is tried before it is used: a pass over it makes nothing for a good row, and a fault
 * (BAD, text...) for a bad one. STATUS(pass) is OK, BAD, or NONE if the list is not defined (then
 * the tokens of the pass are still there); REASON(otherwise, pass) the text of the first fault, or
 * `otherwise`, which is in parentheses, if the list is not defined. */
#define BIDE_PRIV_STATUS(...) BIDE_PRIV_SECOND(BIDE_PRIV_FAULT __VA_ARGS__(OK, ""), NONE)
#define BIDE_PRIV_REASON(otherwise, ...)                                                           \
    BIDE_PRIV_APPLY(BIDE_PRIV_EVAL, BIDE_PRIV_EVAL BIDE_PRIV_THIRD(                                \
        BIDE_PRIV_FAULT __VA_ARGS__(OK, ""), NONE, otherwise))
#define BIDE_PRIV_FAULT(status, ...) ~, status, (__VA_ARGS__), ~
#define BIDE_PRIV_IS_OK(...) BIDE_PRIV_CAT(BIDE_PRIV_IS_OK_, BIDE_PRIV_STATUS(__VA_ARGS__))
#define BIDE_PRIV_IS_OK_OK 1
#define BIDE_PRIV_IS_OK_BAD 0
#define BIDE_PRIV_IS_OK_NONE 0

/* Names that parameters, frame rows and methods cannot have, because the machinery has them. */
#define BIDE_PRIV_MINE_bide_none ~, BAD
#define BIDE_PRIV_MINE_bide_self ~, BAD
#define BIDE_PRIV_MINE_bide_f ~, BAD
#define BIDE_PRIV_MINE_bide_cx ~, BAD
#define BIDE_PRIV_MINE_bide_out ~, BAD
#define BIDE_PRIV_MINE_bide_a ~, BAD
#define BIDE_PRIV_MINE_bide_b ~, BAD
#define BIDE_PRIV_MINE_bide_at ~, BAD
#define BIDE_PRIV_MINE_bide_tr ~, BAD
#define BIDE_PRIV_MINE_bide_op ~, BAD
#define BIDE_PRIV_MINE_bide_kind ~, BAD
#define BIDE_PRIV_MINE_bide_place ~, BAD
#define BIDE_PRIV_MINE_bide_state ~, BAD
#define BIDE_PRIV_MINE_bide_kid ~, BAD

/* A call of a function that was never declared is an `int`: that is how a static assertion can ask
 * whether there is one of a known type. Compilers that warn, or do worse, are told not to. */
#if defined(__GNUC__) && !defined(__cplusplus)
#define BIDE_PRIV_ASKING _Pragma("GCC diagnostic push")                                            \
    _Pragma("GCC diagnostic ignored \"-Wimplicit-function-declaration\"")                          \
    _Pragma("GCC diagnostic ignored \"-Wpedantic\"")
#define BIDE_PRIV_ASKED _Pragma("GCC diagnostic pop")
#else
#define BIDE_PRIV_ASKING
#define BIDE_PRIV_ASKED
#endif
#define BIDE_PRIV_IS_FUTURE(F) _Generic(F##_drop((void *)0), int: 0, default: 1)

/* DEMAND(condition, name, text): a static assertion in a row of a list. Clang tells the macros that
 * such an assertion comes through, a row each; of a bad bit-field it tells the outermost only, and
 * its name, which says in one word what the text says in many. */
#if defined(__clang__) && !defined(__cplusplus)
#define BIDE_PRIV_DEMAND(condition, name, text)                                                    \
    struct bide_check_##name {                                                                     \
        BIDE_PRIV_DEMAND_MEMBER(condition, name, text)                                             \
    };
#define BIDE_PRIV_DEMAND_MEMBER(condition, name, text) int name : (condition) ? 1 : -1;
#else
#define BIDE_PRIV_DEMAND(condition, name, text) BIDE_PRIV_ASSERT(condition, text);
#define BIDE_PRIV_DEMAND_MEMBER(condition, name, text) BIDE_PRIV_ASSERT(condition, text);
#endif
#ifdef __cplusplus
#define BIDE_PRIV_DEMAND_C(condition, name, text)
#else
#define BIDE_PRIV_DEMAND_C(condition, name, text) BIDE_PRIV_DEMAND(condition, name, text)
#endif

#endif

/*
 * bide/config.h: version, attributes and the few words that differ between C11 and C++17.
 *
 * Every other header begins here. Nothing in this file has a run-time cost.
 */
#ifndef BIDE_CONFIG_H
#define BIDE_CONFIG_H

#if defined(__GNUC__) && !defined(BIDE_OWN_WARNINGS)
#pragma GCC system_header
#endif

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The version of the library that these headers belong to. bide_version() tells the version of
 * the library that is linked, so that a program can compare the two. */
#define BIDE_VERSION_MAJOR 0
#define BIDE_VERSION_MINOR 1
#define BIDE_VERSION_PATCH 0
#define BIDE_VERSION (BIDE_VERSION_MAJOR * 10000 + BIDE_VERSION_MINOR * 100 + BIDE_VERSION_PATCH)
#define BIDE_VERSION_STRING "0.1.0"

/* BIDE_API marks each function and object that the library exports.
 * Shape: a visibility or import attribute, or nothing. */
#if defined(_WIN32) && defined(BIDE_SHARED)
#if defined(BIDE_BUILD)
#define BIDE_API __declspec(dllexport)
#else
#define BIDE_API __declspec(dllimport)
#endif
#elif defined(__GNUC__)
#define BIDE_API __attribute__((visibility("default")))
#else
#define BIDE_API
#endif

/* Private: "may stay unused", "taken rarely", "its result is looked at", likelihoods. Each has an
 * empty fallback: a compiler that knows none of them builds the same program, only slower or with
 * a warning. */
#if defined(__GNUC__)
#define BIDE_PRIV_UNUSED __attribute__((unused))
#define BIDE_PRIV_COLD __attribute__((cold, noinline))
#define BIDE_PRIV_MUST_USE __attribute__((warn_unused_result))
#define BIDE_PRIV_LIKELY(x) __builtin_expect(!!(x), 1)
#define BIDE_PRIV_UNLIKELY(x) __builtin_expect(!!(x), 0)
#else
#define BIDE_PRIV_UNUSED
#define BIDE_PRIV_COLD
#define BIDE_PRIV_MUST_USE
#define BIDE_PRIV_LIKELY(x) (x)
#define BIDE_PRIV_UNLIKELY(x) (x)
#endif

/* Private: byte copies and zeroes that compilers see through, without <string.h>, which
 * freestanding builds lack. */
#if defined(__GNUC__)
#define BIDE_PRIV_COPY(to, from, bytes) ((void)__builtin_memcpy((to), (from), (bytes)))
#define BIDE_PRIV_ZERO(to, bytes) ((void)__builtin_memset((to), 0, (bytes)))
#else
#include <string.h>
#define BIDE_PRIV_COPY(to, from, bytes) ((void)memcpy((to), (from), (bytes)))
#define BIDE_PRIV_ZERO(to, bytes) ((void)memset((to), 0, (bytes)))
#endif

/* BIDE_INLINE marks each function that a header defines. It may be defined beforehand, so that one
 * source file can give the same functions external definitions for callers from other languages.
 * Shape: static inline, in one word: an interface of a hundred methods has a thousand of these. */
#ifndef BIDE_INLINE
#if defined(__GNUC__)
#define BIDE_INLINE static inline __attribute__((unused))
#else
#define BIDE_INLINE static inline
#endif
#endif
#if defined(__GNUC__)
#define BIDE_PRIV_ALWAYS static inline __attribute__((unused, always_inline))
#else
#define BIDE_PRIV_ALWAYS static inline
#endif

/* Private: a mark that clang, clangd and bidec see, and that means nothing to others. */
#if defined(__clang__)
#define BIDE_PRIV_ANNOTATE(text) __attribute__((annotate(text)))
#else
#define BIDE_PRIV_ANNOTATE(text)
#endif

/* BIDE_THREAD_BOUND marks a type whose objects must stay on their thread: `struct BIDE_THREAD_BOUND
 * cursor { ... };`. A function of an X.async.c that holds one across an await, by value or behind a
 * pointer, is not BIDE_SEND. The handle of an interface that is not declared Send is such a type.
 * Lists, which only see names, go by BIDE_THREAD_BOUND_cursor; see bide/future.h. */
#define BIDE_THREAD_BOUND BIDE_PRIV_ANNOTATE("bide.thread_bound")

/* Headers of macros are system headers to gcc and clang, so that a mistake in a use of one is told
 * at the use, without a note for each macro between. BIDE_OWN_WARNINGS, which bide's own builds
 * define, keeps them ordinary: nothing in them is forgiven for that. */

#ifdef __cplusplus
#define BIDE_PRIV_ALIGNOF alignof
#define BIDE_PRIV_ALIGNAS(n) alignas(n)
#define BIDE_PRIV_ASSERT(condition, text) static_assert(condition, text)
#define BIDE_PRIV_EXTERN_C extern "C"
#define BIDE_PRIV_C_BEGIN extern "C" {
#define BIDE_PRIV_C_END }
#else
#define BIDE_PRIV_ALIGNOF _Alignof
#define BIDE_PRIV_ALIGNAS(n) _Alignas(n)
#define BIDE_PRIV_ASSERT(condition, text) _Static_assert(condition, text)
#define BIDE_PRIV_EXTERN_C extern
#define BIDE_PRIV_C_BEGIN
#define BIDE_PRIV_C_END
#endif

#endif

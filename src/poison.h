/*
 * poison.h (private): telling AddressSanitizer and valgrind which bytes inside a pool, arena or
 * slab nobody owns, so that they see a use after free there as they do on the heap.
 *
 * Under valgrind the requests cost a dozen instructions also when it is not running. Allocators
 * therefore ask bide_priv_watched() once, when they are made, and install the operations that
 * call these functions only then.
 */
#ifndef BIDE_PRIV_POISON_H
#define BIDE_PRIV_POISON_H

#include <bide/config.h>

#if defined(__SANITIZE_ADDRESS__)
#define BIDE_PRIV_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define BIDE_PRIV_ASAN 1
#endif
#endif

#if defined(BIDE_PRIV_ASAN)
#include <sanitizer/asan_interface.h>
#elif defined(__has_include) && !defined(BIDE_FREESTANDING)
#if __has_include(<valgrind/memcheck.h>)
#define BIDE_PRIV_VALGRIND 1
#include <valgrind/memcheck.h>
#endif
#endif

/* Whether anybody listens. */
BIDE_PRIV_ALWAYS bool bide_priv_watched(void)
{
#if defined(BIDE_PRIV_ASAN)
    return true;
#elif defined(BIDE_PRIV_VALGRIND)
    /* memcheck answers this request; valgrind's other tools, which count instructions, do not. */
    char probe = 0;
    return VALGRIND_MAKE_MEM_DEFINED(&probe, 1) != 0;
#else
    return false;
#endif
}

/* From now on nobody may touch these bytes. */
BIDE_PRIV_ALWAYS void bide_priv_poison(void *from, size_t bytes)
{
#if defined(BIDE_PRIV_ASAN)
    __asan_poison_memory_region(from, bytes);
#elif defined(BIDE_PRIV_VALGRIND)
    (void)VALGRIND_MAKE_MEM_NOACCESS(from, bytes);
#else
    (void)from;
    (void)bytes;
#endif
}

/* Handed out: accessible, contents undefined. */
BIDE_PRIV_ALWAYS void bide_priv_unpoison(void *from, size_t bytes)
{
#if defined(BIDE_PRIV_ASAN)
    __asan_unpoison_memory_region(from, bytes);
#elif defined(BIDE_PRIV_VALGRIND)
    (void)VALGRIND_MAKE_MEM_UNDEFINED(from, bytes);
#else
    (void)from;
    (void)bytes;
#endif
}

/* The allocator's own again, with what it wrote there before it poisoned them. */
BIDE_PRIV_ALWAYS void bide_priv_reveal(void *from, size_t bytes)
{
#if defined(BIDE_PRIV_ASAN)
    __asan_unpoison_memory_region(from, bytes);
#elif defined(BIDE_PRIV_VALGRIND)
    (void)VALGRIND_MAKE_MEM_DEFINED(from, bytes);
#else
    (void)from;
    (void)bytes;
#endif
}

#endif

/*
 * poisoned.h: asking AddressSanitizer or valgrind whether a byte may be touched.
 */
#ifndef BIDE_TESTS_POISONED_H
#define BIDE_TESTS_POISONED_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__SANITIZE_ADDRESS__)
#define POISONED_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define POISONED_ASAN 1
#endif
#endif

#if defined(POISONED_ASAN)
#include <sanitizer/asan_interface.h>
#elif defined(__has_include)
#if __has_include(<valgrind/memcheck.h>)
#define POISONED_VALGRIND 1
#include <valgrind/memcheck.h>
#endif
#endif

/* Whether anybody listens in this run. */
static inline bool somebody_watches(void)
{
#if defined(POISONED_ASAN)
    return true;
#elif defined(POISONED_VALGRIND)
    return RUNNING_ON_VALGRIND != 0;
#else
    return false;
#endif
}

/* Whether touching the byte would be reported. */
static inline bool is_poisoned(const void *place)
{
#if defined(POISONED_ASAN)
    return __asan_address_is_poisoned((void *)place) != 0;
#elif defined(POISONED_VALGRIND)
    unsigned char bits = 0;
    return VALGRIND_GET_VBITS(place, &bits, 1) == 3;
#else
    (void)place;
    return false;
#endif
}

#endif

/*
 * hundred.h: an interface of a hundred methods, m00 to m99, and a type that implements it.
 */
#ifndef HUNDRED_H
#define HUNDRED_H

#include "dyn.h"

#define TEN(DO, t)                                                                                 \
    DO(t##0) DO(t##1) DO(t##2) DO(t##3) DO(t##4) DO(t##5) DO(t##6) DO(t##7) DO(t##8) DO(t##9)
#define HUNDRED(DO)                                                                                \
    TEN(DO, 0)                                                                                     \
    TEN(DO, 1)                                                                                     \
    TEN(DO, 2)                                                                                     \
    TEN(DO, 3)                                                                                     \
    TEN(DO, 4)                                                                                     \
    TEN(DO, 5)                                                                                     \
    TEN(DO, 6)                                                                                     \
    TEN(DO, 7)                                                                                     \
    TEN(DO, 8)                                                                                     \
    TEN(DO, 9)

#define TEN_ROWS(M, I, Self, t)                                                                    \
    M(I, Self, ASYNC, int32_t, m##t##0, (int32_t, a))                                              \
    M(I, Self, ASYNC, int32_t, m##t##1, (int32_t, a))                                              \
    M(I, Self, ASYNC, int32_t, m##t##2, (int32_t, a))                                              \
    M(I, Self, ASYNC, int32_t, m##t##3, (int32_t, a))                                              \
    M(I, Self, ASYNC, int32_t, m##t##4, (int32_t, a))                                              \
    M(I, Self, ASYNC, int32_t, m##t##5, (int32_t, a))                                              \
    M(I, Self, ASYNC, int32_t, m##t##6, (int32_t, a))                                              \
    M(I, Self, ASYNC, int32_t, m##t##7, (int32_t, a))                                              \
    M(I, Self, ASYNC, int32_t, m##t##8, (int32_t, a))                                              \
    M(I, Self, ASYNC, int32_t, m##t##9, (int32_t, a))
#define Wide_METHODS(METHOD, I, Self)                                                              \
    TEN_ROWS(METHOD, I, Self, 0)                                                                   \
    TEN_ROWS(METHOD, I, Self, 1)                                                                   \
    TEN_ROWS(METHOD, I, Self, 2)                                                                   \
    TEN_ROWS(METHOD, I, Self, 3)                                                                   \
    TEN_ROWS(METHOD, I, Self, 4)                                                                   \
    TEN_ROWS(METHOD, I, Self, 5)                                                                   \
    TEN_ROWS(METHOD, I, Self, 6)                                                                   \
    TEN_ROWS(METHOD, I, Self, 7)                                                                   \
    TEN_ROWS(METHOD, I, Self, 8)                                                                   \
    TEN_ROWS(METHOD, I, Self, 9)
BIDE_INTERFACE(Wide);

typedef struct Hundred {
    int32_t base;
} Hundred;
BIDE_IMPL_DECLARE(Wide, Hundred);

/* A macro cannot define another, so the frame lists are a line each. */
#define HUNDRED_ROWS(ROW) ROW(PARAM, Hundred *, self) ROW(PARAM, int32_t, a) ROW(CHILD, nap, rest)
#define Hundred_m00_FRAME HUNDRED_ROWS
#define Hundred_m01_FRAME HUNDRED_ROWS
#define Hundred_m02_FRAME HUNDRED_ROWS
#define Hundred_m03_FRAME HUNDRED_ROWS
#define Hundred_m04_FRAME HUNDRED_ROWS
#define Hundred_m05_FRAME HUNDRED_ROWS
#define Hundred_m06_FRAME HUNDRED_ROWS
#define Hundred_m07_FRAME HUNDRED_ROWS
#define Hundred_m08_FRAME HUNDRED_ROWS
#define Hundred_m09_FRAME HUNDRED_ROWS
#define Hundred_m10_FRAME HUNDRED_ROWS
#define Hundred_m11_FRAME HUNDRED_ROWS
#define Hundred_m12_FRAME HUNDRED_ROWS
#define Hundred_m13_FRAME HUNDRED_ROWS
#define Hundred_m14_FRAME HUNDRED_ROWS
#define Hundred_m15_FRAME HUNDRED_ROWS
#define Hundred_m16_FRAME HUNDRED_ROWS
#define Hundred_m17_FRAME HUNDRED_ROWS
#define Hundred_m18_FRAME HUNDRED_ROWS
#define Hundred_m19_FRAME HUNDRED_ROWS
#define Hundred_m20_FRAME HUNDRED_ROWS
#define Hundred_m21_FRAME HUNDRED_ROWS
#define Hundred_m22_FRAME HUNDRED_ROWS
#define Hundred_m23_FRAME HUNDRED_ROWS
#define Hundred_m24_FRAME HUNDRED_ROWS
#define Hundred_m25_FRAME HUNDRED_ROWS
#define Hundred_m26_FRAME HUNDRED_ROWS
#define Hundred_m27_FRAME HUNDRED_ROWS
#define Hundred_m28_FRAME HUNDRED_ROWS
#define Hundred_m29_FRAME HUNDRED_ROWS
#define Hundred_m30_FRAME HUNDRED_ROWS
#define Hundred_m31_FRAME HUNDRED_ROWS
#define Hundred_m32_FRAME HUNDRED_ROWS
#define Hundred_m33_FRAME HUNDRED_ROWS
#define Hundred_m34_FRAME HUNDRED_ROWS
#define Hundred_m35_FRAME HUNDRED_ROWS
#define Hundred_m36_FRAME HUNDRED_ROWS
#define Hundred_m37_FRAME HUNDRED_ROWS
#define Hundred_m38_FRAME HUNDRED_ROWS
#define Hundred_m39_FRAME HUNDRED_ROWS
#define Hundred_m40_FRAME HUNDRED_ROWS
#define Hundred_m41_FRAME HUNDRED_ROWS
#define Hundred_m42_FRAME HUNDRED_ROWS
#define Hundred_m43_FRAME HUNDRED_ROWS
#define Hundred_m44_FRAME HUNDRED_ROWS
#define Hundred_m45_FRAME HUNDRED_ROWS
#define Hundred_m46_FRAME HUNDRED_ROWS
#define Hundred_m47_FRAME HUNDRED_ROWS
#define Hundred_m48_FRAME HUNDRED_ROWS
#define Hundred_m49_FRAME HUNDRED_ROWS
#define Hundred_m50_FRAME HUNDRED_ROWS
#define Hundred_m51_FRAME HUNDRED_ROWS
#define Hundred_m52_FRAME HUNDRED_ROWS
#define Hundred_m53_FRAME HUNDRED_ROWS
#define Hundred_m54_FRAME HUNDRED_ROWS
#define Hundred_m55_FRAME HUNDRED_ROWS
#define Hundred_m56_FRAME HUNDRED_ROWS
#define Hundred_m57_FRAME HUNDRED_ROWS
#define Hundred_m58_FRAME HUNDRED_ROWS
#define Hundred_m59_FRAME HUNDRED_ROWS
#define Hundred_m60_FRAME HUNDRED_ROWS
#define Hundred_m61_FRAME HUNDRED_ROWS
#define Hundred_m62_FRAME HUNDRED_ROWS
#define Hundred_m63_FRAME HUNDRED_ROWS
#define Hundred_m64_FRAME HUNDRED_ROWS
#define Hundred_m65_FRAME HUNDRED_ROWS
#define Hundred_m66_FRAME HUNDRED_ROWS
#define Hundred_m67_FRAME HUNDRED_ROWS
#define Hundred_m68_FRAME HUNDRED_ROWS
#define Hundred_m69_FRAME HUNDRED_ROWS
#define Hundred_m70_FRAME HUNDRED_ROWS
#define Hundred_m71_FRAME HUNDRED_ROWS
#define Hundred_m72_FRAME HUNDRED_ROWS
#define Hundred_m73_FRAME HUNDRED_ROWS
#define Hundred_m74_FRAME HUNDRED_ROWS
#define Hundred_m75_FRAME HUNDRED_ROWS
#define Hundred_m76_FRAME HUNDRED_ROWS
#define Hundred_m77_FRAME HUNDRED_ROWS
#define Hundred_m78_FRAME HUNDRED_ROWS
#define Hundred_m79_FRAME HUNDRED_ROWS
#define Hundred_m80_FRAME HUNDRED_ROWS
#define Hundred_m81_FRAME HUNDRED_ROWS
#define Hundred_m82_FRAME HUNDRED_ROWS
#define Hundred_m83_FRAME HUNDRED_ROWS
#define Hundred_m84_FRAME HUNDRED_ROWS
#define Hundred_m85_FRAME HUNDRED_ROWS
#define Hundred_m86_FRAME HUNDRED_ROWS
#define Hundred_m87_FRAME HUNDRED_ROWS
#define Hundred_m88_FRAME HUNDRED_ROWS
#define Hundred_m89_FRAME HUNDRED_ROWS
#define Hundred_m90_FRAME HUNDRED_ROWS
#define Hundred_m91_FRAME HUNDRED_ROWS
#define Hundred_m92_FRAME HUNDRED_ROWS
#define Hundred_m93_FRAME HUNDRED_ROWS
#define Hundred_m94_FRAME HUNDRED_ROWS
#define Hundred_m95_FRAME HUNDRED_ROWS
#define Hundred_m96_FRAME HUNDRED_ROWS
#define Hundred_m97_FRAME HUNDRED_ROWS
#define Hundred_m98_FRAME HUNDRED_ROWS
#define Hundred_m99_FRAME HUNDRED_ROWS

/* Method nn returns base + a + nn, and naps once if a is negative. */
#define HUNDRED_BODY(nn)                                                                           \
    BIDE_ASYNC(int32_t, Hundred_m##nn)                                                             \
    {                                                                                              \
        BIDE_BEGIN(Hundred_m##nn);                                                                 \
        if (f->a < 0)                                                                              \
            BIDE_AWAIT(nap, rest, (1));                                                            \
        BIDE_RETURN(f->self->base + f->a + 1##nn - 100);                                           \
        BIDE_END;                                                                                  \
    }
HUNDRED(HUNDRED_BODY)

#endif

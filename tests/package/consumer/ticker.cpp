// A C++ program: an interface, a class that implements it, and a dyn call that waits.
#include <bide/bide.h>

#include <cstdio>

#define Ticker_METHODS(METHOD, I, Self) METHOD(I, Self, ASYNC, int32_t, next, (int32_t, step))
BIDE_INTERFACE(Ticker);

struct Clock {
    int32_t now = 40;
};

#define Clock_next_FRAME(ROW)                                                                      \
    ROW(PARAM, Clock *, self) ROW(PARAM, int32_t, step) ROW(CHILD, bide_sleep, pause)
BIDE_ASYNC(int32_t, Clock_next)
{
    BIDE_BEGIN(Clock_next);
    BIDE_AWAIT(bide_sleep, pause, (1));
    f->self->now += f->step;
    BIDE_RETURN(f->self->now);
    BIDE_END;
}
BIDE_IMPL_DECLARE(Ticker, Clock);
BIDE_IMPL(Ticker, Clock);

int main()
{
    Clock clock;
    Ticker ticker = Clock_as_Ticker(&clock, nullptr);
    int32_t now = 0;
    bide_poll code;
    BIDE_BLOCK_ON_TO(code, Ticker_next, &now, (&ticker, 2));
    std::printf("ticker: %d\n", static_cast<int>(now));
    return code == BIDE_READY && now == 42 ? 0 : 1;
}

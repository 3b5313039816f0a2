/* Runs a generated future to its end. */
#include <stdio.h>

#include "countdown.h"

int main(void)
{
    int32_t sum = 0;
    bide_poll result;
    BIDE_BLOCK_ON_TO(result, countdown, &sum, (4));
    printf("countdown: %d\n", (int)sum);
    return result == BIDE_READY && sum == 10 ? 0 : 1;
}

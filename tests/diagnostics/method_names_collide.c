/* Methods read and read_poll: the second is a function of the first
 * says: Calc.*read
 */
#include <bide/bide.h>

#define Calc_METHODS(METHOD, I, Self)                                                              \
    METHOD(I, Self, SYNC, int, read_poll)                                                          \
    METHOD(I, Self, ASYNC, int, read)
BIDE_INTERFACE(Calc); // HERE

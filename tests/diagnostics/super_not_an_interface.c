/* SUPER of something that is no interface
 * says: bide: .*Calc.*SUPER.*Base|Base.*interface|Base_interface
 * lists
 */
#include <bide/bide.h>

typedef struct Base Base;
#define Calc_METHODS(METHOD, I, Self)                                                              \
    METHOD(I, Self, SUPER, Base, base) /* HERE */                                                 \
    METHOD(I, Self, SYNC, int, last)
BIDE_INTERFACE(Calc); // HERE

/* A Send variant without its two lines
 * says: bide: BIDE_INTERFACE_SEND.SendStore, Store. wants three lines before it: .*SendStore_IS_SEND 1
 * lists
 */
#include <bide/bide.h>

#define Store_METHODS(METHOD, I, Self) METHOD(I, Self, ASYNC, int, get, (int, key))
BIDE_INTERFACE(Store);
BIDE_INTERFACE_SEND(SendStore, Store); // HERE

#ifndef BIDE_FUTURE_OF_H
#define BIDE_FUTURE_OF_H
#include <bide/future.h>
#endif

/*
 * module.h: the module record of a plugin, as host and plugin see it. It comes before the headers of
 * bide whose types name it.
 */
#ifndef MODULE_H
#define MODULE_H

#include <bide/abi.h>

/* The record that a plugin's types and vtables name. The host fills it when it has loaded the
 * library: retain and release are functions of the host's, so that the last release may unload the
 * library without returning into it. Nobody inside of the library calls release. */
typedef struct filter_module {
    bide_module base;
    void *host;
} filter_module;

#endif

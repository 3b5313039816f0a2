/*
 * plugin.h: what the sources of a plugin include first. From here on all types and vtables of the
 * file name the plugin's module record.
 */
#ifndef PLUGIN_H
#define PLUGIN_H

#include "module.h"

extern filter_module plugin_module; /* hidden: each plugin has its own */
#define BIDE_MODULE (&plugin_module.base)

#include "filter.h"

/* FILTER_PLUGIN(T): defines the module record and the exported function, for T_open and BIDE_IMPL. */
#define FILTER_PLUGIN(T)                                                                           \
    filter_module plugin_module = {{(uint32_t)sizeof(bide_module), 0, NULL, NULL}, NULL};          \
    BIDE_API filter_entry filter_plugin;                                                           \
    const filter_plugin_info *filter_plugin(void)                                                  \
    {                                                                                              \
        static const filter_plugin_info info = {(uint32_t)sizeof info, &plugin_module,             \
                                                &T##_Filter_vtable.header, T##_open};              \
        return &info;                                                                              \
    }                                                                                              \
    struct filter_plugin_info

#endif

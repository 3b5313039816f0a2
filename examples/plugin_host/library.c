/*
 * library.c: loading, counting, unloading.
 */
#include "library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

/* ---- the count ---------------------------------------------------------------------------- */

static library *of_module(const bide_module *module)
{
    return ((const filter_module *)(const void *)module)->host;
}

static void retain(const bide_module *module)
{
    of_module(module)->refs++;
}

/* The last reference: behind dlclose nothing may be read that lay in the library. */
static void release(const bide_module *module)
{
    library *self = of_module(module), gone;
    if (--self->refs > 0)
        return;
    gone = *self;
    bide_frame_free(self, sizeof *self, _Alignof(library));
    (void)dlclose(gone.image);
    if (gone.unloaded)
        gone.unloaded(gone.arg, gone.label);
}

void library_retain(library *self)
{
    if (self)
        self->module->retain(self->module);
}

void library_release(library *self)
{
    if (self)
        self->module->release(self->module);
}

/* ---- memory of frames --------------------------------------------------------------------- */

static size_t below(size_t align)
{
    return align > sizeof(void *) ? align : sizeof(void *);
}

static void *frames_alloc(bide_allocator *base, size_t bytes, size_t align, bide_allocator **giver)
{
    library *self = (library *)base;
    void *block = bide_frame_alloc(self->upstream, bytes, below(align));
    if (!block)
        return NULL;
    self->blocks++;
    library_retain(self);
    *giver = base;
    return block;
}

static void frames_free(bide_allocator *base, void *block, size_t bytes, size_t align)
{
    library *self = (library *)base;
    bide_frame_free(block, bytes, below(align));
    self->blocks--;
    library_release(self);
}

/* ---- loading ------------------------------------------------------------------------------ */

/* What the library says about itself, or NULL. */
static const filter_plugin_info *enter(void *image, char *why, size_t bytes)
{
    filter_entry *entry;
    const filter_plugin_info *info;
    void *symbol = dlsym(image, FILTER_ENTRY);
    if (!symbol) {
        (void)snprintf(why, bytes, "it is no plugin: it has no %s", FILTER_ENTRY);
        return NULL;
    }
    memcpy(&entry, &symbol, sizeof entry); /* POSIX: a function's address fits; copied, not cast */
    info = entry();
    if (info->size < sizeof *info) {
        (void)snprintf(why, bytes, "it describes itself with %u bytes", (unsigned)info->size);
        return NULL;
    }
    return info;
}

/* Checks before anything of the plugin runs. */
static bool fits(const filter_plugin_info *info, char *why, size_t bytes)
{
    bide_mismatch mismatch;
    if (bide_bind(&Filter_interface, info->vtable, &mismatch) != BIDE_READY) {
        (void)bide_mismatch_text(&mismatch, why, bytes);
        return false;
    }
    if (info->vtable->module != &info->module->base) {
        (void)snprintf(why, bytes, "its vtable names no module, so it could not be unloaded");
        return false;
    }
    return true;
}

static library *set_up(void *image, const filter_plugin_info *info, bide_allocator *upstream)
{
    library *self = bide_frame_alloc(upstream, sizeof *self, _Alignof(library));
    if (!self)
        return NULL;
    *self = (library){
        .frames = {(uint32_t)sizeof self->frames, 0, frames_alloc, frames_free},
        .upstream = upstream,
        .image = image,
        .module = &info->module->base,
        .refs = 1,
    };
    if (Filter_bind(&self->filter, NULL, info->vtable, &self->frames, NULL) == BIDE_READY)
        self->filter.self = info->open();
    if (!self->filter.self) {
        bide_frame_free(self, sizeof *self, _Alignof(library));
        return NULL;
    }
    info->module->base.retain = retain;
    info->module->base.release = release;
    info->module->host = self;
    (void)snprintf(self->label, sizeof self->label, "%s", Filter_label(&self->filter));
    return self;
}

library *library_load(const char *path, bide_allocator *upstream, char *why, size_t bytes)
{
    const filter_plugin_info *info;
    library *self = NULL;
    void *image = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!image) {
        (void)snprintf(why, bytes, "%s", dlerror());
        return NULL;
    }
    info = enter(image, why, bytes);
    if (info && fits(info, why, bytes)) {
        if (info->module->host)
            (void)snprintf(why, bytes, "it is loaded already");
        else if (!(self = set_up(image, info, upstream)))
            (void)snprintf(why, bytes, "%s", bide_strerror(BIDE_ENOMEM));
    }
    if (!self)
        (void)dlclose(image);
    return self;
}

void library_drop(library *self)
{
    if (!self)
        return;
    Filter_destroy(&self->filter);
    library_release(self);
}

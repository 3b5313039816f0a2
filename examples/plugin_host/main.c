/*
 * plugin_host: loads plugins one after the other, each in place of the one before, while texts are
 * on their way through that. A library is unloaded when the last of its calls has ended.
 */
#include "job.h"

#include <stdio.h>
#include <string.h>

enum { JOBS = 2, PLUGINS = 16, PREVIEW = 5 };

typedef struct host {
    bide_local *ex;
    library *current;
    int loaded, unloaded, refused, count;
    job jobs[PLUGINS][JOBS];
} host;

static void say_unloaded(void *arg, const char *label)
{
    host *h = arg;
    h->unloaded++;
    printf("    unloaded %s\n", label);
}

/* What the plugin's own record says of its calls, and who answers the row that is new. */
static void describe(const char *file, library *lib)
{
    const bide_type *apply = Filter_apply_type_of(&lib->filter);
    printf("load %s: %s; a call that waits takes %u bytes; preview by %s\n", file, lib->label,
           (unsigned)apply->frame_size, Filter_preview_type_of(&lib->filter)->name);
}

/* Loads a plugin in place of the current one, or says why it does not fit. */
static void replace(host *h, const char *path)
{
    char why[400];
    const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
    library *next = library_load(path, bide_default_allocator(), why, sizeof why);
    if (!next) {
        fprintf(stderr, "plugin_host: %s: refused: %s\n", file, why);
        h->refused++;
        return;
    }
    next->unloaded = say_unloaded;
    next->arg = h;
    h->loaded++;
    describe(file, next);
    if (h->current)
        printf("    in place of %s, which stays for %zu calls\n", h->current->label,
               h->current->blocks);
    library_drop(h->current);
    h->current = next;
}

/* Starts a job for all of the text and one for its beginning, and lets them run until they wait. */
static bide_poll start(host *h, const char *text)
{
    for (int i = 0; i < JOBS; i++) {
        job *j = &h->jobs[h->count][i];
        bide_poll r;
        job_init(j, i == 0 ? 0 : PREVIEW);
        BIDE_SPAWN_TO(r, h->ex, job_run, NULL, &j->join, (j, &h->current));
        if (r != BIDE_READY)
            return r;
        (void)bide_local_run_until_stalled(h->ex);
        Pipe_push(&j->pipe, text, false);
        (void)bide_local_run_until_stalled(h->ex);
    }
    h->count++;
    return BIDE_READY;
}

/* Gives a job the rest of its text, and prints what came of it. */
static bide_poll finish(host *h, job *j, const char *text)
{
    int32_t result = FILTER_OK;
    bide_poll r;
    Pipe_push(&j->pipe, text, true);
    (void)bide_local_run_until_stalled(h->ex);
    r = bide_join_try_take(&j->join, &result);
    if (r != BIDE_READY || result != FILTER_OK)
        fprintf(stderr, "plugin_host: %s: %s, result %d\n", j->label, bide_strerror(r),
                (int)result);
    printf("%s%s: %.*s\n", j->label, j->preview ? ", preview" : "", (int)j->out.size, j->out.bytes);
    return r;
}

static bide_poll run(host *h, int plugins, char **paths)
{
    bide_poll r = BIDE_READY;
    for (int i = 0; i < plugins && r == BIDE_READY; i++) {
        int before = h->loaded;
        replace(h, paths[i]);
        if (h->loaded > before)
            r = start(h, "hello ");
    }
    for (int i = 0; i < h->count * JOBS && r == BIDE_READY; i++)
        r = finish(h, &h->jobs[i / JOBS][i % JOBS], "plugin world");
    library_drop(h->current);
    return r;
}

int main(int argc, char **argv)
{
    static host h;
    bide_poll r;
    if (argc < 2 || argc > PLUGINS + 1) {
        fprintf(stderr, "usage: plugin_host PLUGIN...    1 to %d shared libraries\n", PLUGINS);
        return 2;
    }
    r = bide_local_new(NULL, &h.ex);
    if (r == BIDE_READY)
        r = run(&h, argc - 1, argv + 1);
    if (r != BIDE_READY)
        fprintf(stderr, "plugin_host: %s\n", bide_strerror(r));
    (void)bide_local_free(h.ex);
    printf("%d loaded, %d unloaded\n", h.loaded, h.unloaded);
    return r != BIDE_READY || h.refused || h.loaded != h.unloaded;
}

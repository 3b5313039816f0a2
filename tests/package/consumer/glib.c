/*
 * A task on a GLib main context, by whichever way bide::glib and GLib are found.
 */
#include <bide/bide.h>
#include <bide/glib.h>

#include <glib.h>
#include <stdio.h>

int main(void)
{
    GMainContext *context = g_main_context_new();
    uint32_t came = 0;
    bide_glib *rt;
    bide_poll r;
    if (bide_glib_new(NULL, context, &rt) != BIDE_READY)
        return 1;
    BIDE_GLIB_RUN_UNTIL_TO(r, rt, bide_sleep, NULL, (1));
    if (r == BIDE_READY)
        BIDE_GLIB_RUN_UNTIL_TO(r, rt, bide_glib_wait, &came, (rt, -1, BIDE_GLIB_READ));
    (void)bide_glib_free(rt);
    g_main_context_unref(context);
    printf("bide::glib: %s\n", bide_strerror(r));
    return r == BIDE_READY && came == BIDE_GLIB_INVALID ? 0 : 1;
}

/*
 * glib_clock: tasks on the main loop of a GLib application.
 *
 *     glib_clock TICKS MS
 *
 * One task ticks TICKS times, every MS milliseconds, and another says what it hears on standard
 * input. The loop is the application's, with a source of its own beside the tasks; the end of the
 * clock is a callback that quits it.
 */
#include <bide/bide.h>
#include <bide/glib.h>

#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- tasks -------------------------------------------------------------------------------- */

#define tick_FRAME(ROW)                                                                            \
    ROW(PARAM, long, ticks) ROW(PARAM, uint64_t, ms) ROW(LOCAL, long, i) ROW(CHILD, bide_sleep, nap)
BIDE_ASYNC(void, tick)
{
    BIDE_BEGIN(tick);
    while (f->i < f->ticks) {
        BIDE_AWAIT(bide_sleep, nap, (f->ms));
        printf("tick %ld\n", ++f->i);
        fflush(stdout);
    }
    BIDE_RETURN();
    BIDE_END;
}

/* What comes, as it comes, to the end. */
static bool say_what_came(int fd)
{
    char text[256];
    ssize_t n = read(fd, text, sizeof text - 1);
    if (n <= 0)
        return false;
    text[n] = '\0';
    text[strcspn(text, "\n")] = '\0';
    printf("heard: %s\n", text);
    fflush(stdout);
    return true;
}

#define listen_to_FRAME(ROW)                                                                       \
    ROW(PARAM, bide_glib *, rt)                                                                    \
    ROW(PARAM, int, fd) ROW(LOCAL, uint32_t, came) ROW(CHILD, bide_glib_wait, wait)
BIDE_ASYNC(void, listen_to)
{
    BIDE_BEGIN(listen_to);
    do
        BIDE_AWAIT_TO(f->came, bide_glib_wait, wait, (f->rt, f->fd, BIDE_GLIB_READ));
    while (say_what_came(f->fd));
    BIDE_RETURN();
    BIDE_END;
}

/* ---- the application ---------------------------------------------------------------------- */

struct application {
    GMainLoop *loop;
    int beats; /* of a source that knows nothing of tasks */
};

static gboolean beat(gpointer data)
{
    ((struct application *)data)->beats++;
    return G_SOURCE_CONTINUE;
}

static void on_clock_end(void *arg, bide_poll code, const void *value)
{
    (void)code, (void)value;
    g_main_loop_quit(((struct application *)arg)->loop);
}

/* False, with a message, if something cannot be had. */
static bool run(struct application *app, long ticks, uint64_t ms)
{
    bide_glib *rt;
    bide_poll r = bide_glib_new(NULL, NULL, &rt);
    if (r == BIDE_READY) {
        BIDE_SPAWN_TO(r, bide_glib_runtime(rt), listen_to, NULL, NULL, (rt, STDIN_FILENO));
        if (r == BIDE_READY)
            BIDE_SPAWN_THEN_TO(r, bide_glib_runtime(rt), tick, on_clock_end, app, (ticks, ms));
        if (r == BIDE_READY)
            g_main_loop_run(app->loop);
        (void)bide_glib_free(rt); /* also drops the task that listens */
    }
    if (r != BIDE_READY)
        fprintf(stderr, "glib_clock: %s\n", bide_strerror(r));
    return r == BIDE_READY;
}

int main(int argc, char **argv)
{
    struct application app = {.loop = NULL};
    char *end = NULL, *end_ms = NULL;
    long ticks = argc == 3 ? strtol(argv[1], &end, 10) : -1;
    long ms = argc == 3 ? strtol(argv[2], &end_ms, 10) : -1;
    bool ran;
    if (ticks < 0 || ms < 0 || *end || *end_ms || end == argv[1] || end_ms == argv[2]) {
        fprintf(stderr, "usage: glib_clock TICKS MS (two numbers, 0 or more)\n");
        return 2;
    }
    app.loop = g_main_loop_new(NULL, FALSE);
    g_timeout_add(1, beat, &app);
    ran = run(&app, ticks, (uint64_t)ms);
    g_main_loop_unref(app.loop);
    if (ran)
        printf("the loop's own source %s\n", app.beats ? "had its turns, too" : "was not asked");
    return ran ? 0 : 1;
}

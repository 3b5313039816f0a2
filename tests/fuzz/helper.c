/*
 * helper.c: the second thread.
 */
#include "helper.h"

#include <pthread.h>
#include <stdlib.h>

static struct {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool busy, ends;
    bide_waker *waker;
    bide_box *box;
    const bide_join *join;
} h = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static void do_it(void)
{
    if (h.waker)
        bide_waker_wake(h.waker);
    if (h.box)
        bide_box_drop(h.box);
    if (h.join)
        bide_join_abort(h.join);
}

static void *help(void *arg)
{
    (void)arg;
    pthread_mutex_lock(&h.lock);
    while (!h.ends) {
        if (h.busy) {
            do_it();
            h.busy = false;
            pthread_cond_broadcast(&h.changed);
        }
        pthread_cond_wait(&h.changed, &h.lock);
    }
    pthread_mutex_unlock(&h.lock);
    return NULL;
}

static void ask(bide_waker *waker, bide_box *box, const bide_join *join)
{
    pthread_mutex_lock(&h.lock);
    h.waker = waker;
    h.box = box;
    h.join = join;
    h.busy = true;
    pthread_cond_broadcast(&h.changed);
    while (h.busy)
        pthread_cond_wait(&h.changed, &h.lock);
    pthread_mutex_unlock(&h.lock);
}

void helper_open(void)
{
    if (pthread_create(&h.thread, NULL, help, NULL) != 0)
        abort();
}

void helper_close(void)
{
    pthread_mutex_lock(&h.lock);
    h.ends = true;
    pthread_cond_broadcast(&h.changed);
    pthread_mutex_unlock(&h.lock);
    pthread_join(h.thread, NULL);
}

void helper_wake(bide_waker *waker)
{
    ask(waker, NULL, NULL);
}

void helper_drop(bide_box *box)
{
    ask(NULL, box, NULL);
}

void helper_abort(const bide_join *join)
{
    ask(NULL, NULL, join);
}

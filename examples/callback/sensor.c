/*
 * sensor.c: a thread that answers requests when they are due.
 */
#include "sensor.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct request {
    struct request *next;
    sensor_callback callback;
    void *arg;
    uint64_t number;
    int channel;
    struct timespec due;
};

struct sensor {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pthread_t thread;
    struct request *pending; /* the earliest first */
    uint64_t last_number;
    sensor_counts counts;
    bool closing;
};

static bool before(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

/* Waits, with the lock held, until the first request is due. NULL: there are none, and the sensor
 * closes. */
static struct request *wait_for_due(sensor *s)
{
    for (;;) {
        struct request *first = s->pending;
        struct timespec now;
        if (s->closing)
            return first;
        if (!first || first->channel == SENSOR_BROKEN) {
            pthread_cond_wait(&s->changed, &s->lock);
            continue;
        }
        clock_gettime(CLOCK_REALTIME, &now);
        if (!before(&now, &first->due))
            return first;
        pthread_cond_timedwait(&s->changed, &s->lock, &first->due);
    }
}

static void *answer(void *arg)
{
    sensor *s = arg;
    struct request *r;
    pthread_mutex_lock(&s->lock);
    while ((r = wait_for_due(s)) != NULL) {
        int error = s->closing ? SENSOR_CLOSED : SENSOR_OK;
        s->pending = r->next;
        s->counts.pending--;
        s->counts.answered++;
        pthread_mutex_unlock(&s->lock);
        r->callback(r->arg, error, 20 + r->channel);
        free(r);
        pthread_mutex_lock(&s->lock);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

sensor *sensor_open(void)
{
    sensor *s = calloc(1, sizeof *s);
    if (!s)
        return NULL;
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->changed, NULL);
    if (pthread_create(&s->thread, NULL, answer, s) != 0) {
        pthread_cond_destroy(&s->changed);
        pthread_mutex_destroy(&s->lock);
        free(s);
        return NULL;
    }
    return s;
}

void sensor_close(sensor *s)
{
    pthread_mutex_lock(&s->lock);
    s->closing = true;
    pthread_cond_signal(&s->changed);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->thread, NULL);
    pthread_cond_destroy(&s->changed);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

static struct timespec after_ms(long ms)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    t.tv_nsec += ms * 1000000;
    t.tv_sec += t.tv_nsec / 1000000000;
    t.tv_nsec %= 1000000000;
    return t;
}

/* A broken channel's requests stand behind all others. */
static bool goes_before(const struct request *a, const struct request *b)
{
    if ((a->channel == SENSOR_BROKEN) != (b->channel == SENSOR_BROKEN))
        return b->channel == SENSOR_BROKEN;
    return before(&a->due, &b->due);
}

uint64_t sensor_start(sensor *s, int channel, sensor_callback callback, void *arg)
{
    struct request *r, **at;
    uint64_t number;
    if (channel < 0 || channel >= SENSOR_CHANNELS) {
        errno = EINVAL;
        return 0;
    }
    r = malloc(sizeof *r);
    if (!r) {
        errno = ENOMEM;
        return 0;
    }
    *r = (struct request){
        .callback = callback, .arg = arg, .channel = channel, .due = after_ms(channel)};
    pthread_mutex_lock(&s->lock);
    for (at = &s->pending; *at && !goes_before(r, *at); at = &(*at)->next)
        ;
    r->next = *at;
    *at = r;
    r->number = number = ++s->last_number;
    s->counts.asked++;
    s->counts.pending++;
    pthread_cond_signal(&s->changed);
    pthread_mutex_unlock(&s->lock);
    return number;
}

bool sensor_cancel(sensor *s, uint64_t request)
{
    struct request *r = NULL, **at;
    pthread_mutex_lock(&s->lock);
    for (at = &s->pending; *at && (*at)->number != request; at = &(*at)->next)
        ;
    if (*at) {
        r = *at;
        *at = r->next;
        s->counts.pending--;
        s->counts.cancelled++;
    }
    pthread_mutex_unlock(&s->lock);
    free(r);
    return r != NULL;
}

sensor_counts sensor_count(sensor *s)
{
    sensor_counts counts;
    pthread_mutex_lock(&s->lock);
    counts = s->counts;
    pthread_mutex_unlock(&s->lock);
    return counts;
}

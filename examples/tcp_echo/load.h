/*
 * load.h: many clients of an echo server at once, which check what they get.
 */
#ifndef TCP_ECHO_LOAD_H
#define TCP_ECHO_LOAD_H

#include <bide/barrier.h>
#include <bide/bide.h>
#include <bide/semaphore.h>
#include <bide/uv.h>

#include <netinet/in.h>

enum { LOAD_SIZE_MOST = 16384, LOAD_PIECE = 512 };

typedef struct load {
    bide_uv *rt;
    struct sockaddr_storage to;
    uint32_t connections;
    uint32_t messages; /* on each */
    uint32_t size;     /* bytes of a message */
    uint32_t seconds;  /* for all of it */
    /* What happened so far. */
    uint32_t open_now, open_most;
    uint32_t done;   /* had all their messages back */
    uint32_t failed; /* ended with an error */
    uint32_t wrong;  /* got something else back */
    uint64_t echoed; /* messages */
    const char *why; /* the last one failed */
    /* How they work together. */
    bide_local_semaphore dialling;             /* a permit for each that connects */
    bide_local_barrier all_open;               /* nobody sends before all are there */
    bide_local_semaphore over;                 /* a permit by each that has ended */
    unsigned char bytes[LOAD_SIZE_MOST + 256]; /* messages are pieces of it */
} load;

void load_init(load *l, bide_uv *rt);

/* Opens the connections, then sends, and waits for all to end: true, or false if the time was over.
 * On false clients are left, which bide_uv_free ends. */
bide_async bool load_run(load *l);

#include BIDE_GENERATED("load.gen.h")

#endif

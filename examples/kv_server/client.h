/*
 * client.h: a client of kv_server: one command, or those of standard input, one a line.
 */
#ifndef KV_CLIENT_H
#define KV_CLIENT_H

#include <stdio.h>

#include <bide/channel.h>
#include <bide/uv.h>

#include "command.h"

enum {
    KV_AHEAD = 64,            /* requests that have no answer yet */
    KV_COMMAND_MOST = 1 << 20 /* bytes of a line of standard input */
};

/* What the client waits for an answer to. */
typedef struct kv_expected {
    int verb;
    uint64_t line; /* of standard input; 0: there is one command only */
} kv_expected;
BIDE_LOCAL_CHANNEL(kv_expectations, kv_expected);

typedef struct kv_client {
    bide_uv *rt;
    const char *host, *service;
    uint64_t timeout_ms;
    const char *words[3]; /* the command */
    int word_count;       /* 0: there are several, on standard input */
    FILE *out;            /* values and counts */

    /* What came of it. */
    bool absent;  /* some key was not there */
    bool misused; /* some line was no command */
    bool failed;  /* the connection, the server, or standard input */

    bide_uv_tcp conn;
    bide_uv_file file; /* standard input is one of the two */
    bide_uv_pipe pipe;
    bide_buffered_reader in;
    kv_expectations_sender asked;
    kv_expectations_receiver expected;
    uint64_t line;
    uint64_t asked_count, answered_count;
    uint64_t steps; /* what tells that something moves */
    size_t gone;
} kv_client;

/* Connects, asks, and prints the answers; what went wrong is on standard error. */
bide_async void kv_client_run(kv_client *c);

#include BIDE_GENERATED("client.gen.h")

#endif

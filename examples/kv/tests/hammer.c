/*
 * hammer.c: writes to a log until it is killed, and tells on standard output what it begins and
 * what was acknowledged: the child of test_kv_kill.
 *
 *     kv_hammer PATH < steps      `steps`: a model, for the step that each key goes on from
 */
#include "file_store.h"
#include "hammer.h"

#include <stdio.h>
#include <unistd.h>

static void tell(uint8_t what, uint32_t key, uint32_t step)
{
    hammer_message m = {what, (uint8_t)key, {0, 0}, step};
    /* Shorter than PIPE_BUF: whole or not at all. */
    if (write(STDOUT_FILENO, &m, sizeof m) != (ssize_t)sizeof m)
        _exit(1);
}

/* One key's endless steps. */
#define hammer_FRAME(ROW)                                                                          \
    ROW(PARAM, Store *, store)                                                                     \
    ROW(PARAM, model *, m)                                                                         \
    ROW(PARAM, uint32_t, key) ROW(LOCAL, int32_t, code) ROW(CHILD, model_step, step)
BIDE_ASYNC(int32_t, hammer)
{
    BIDE_BEGIN(hammer);
    for (;;) {
        tell(HAMMER_BEGUN, f->key, model_begin(f->m, f->key));
        BIDE_AWAIT_TRY(f->code, model_step, step, (f->store, f->key, f->m->last[f->key]));
        tell(HAMMER_ACKNOWLEDGED, f->key, f->m->last[f->key]);
    }
    BIDE_END;
}

int main(int argc, char **argv)
{
    kv_disk_file disk;
    FileStore *file;
    Store store;
    bide_local *ex;
    model m;
    size_t got = 0;
    if (argc != 2)
        return 2;
    while (got < sizeof m) {
        ssize_t n = read(STDIN_FILENO, (char *)&m + got, sizeof m - got);
        if (n <= 0)
            return 3;
        got += (size_t)n;
    }
    kv_disk_file_init(&disk);
    if (FileStore_open(&disk.base, argv[1], bide_heap(), &file, NULL) != KV_OK ||
        bide_local_new(NULL, &ex) != BIDE_READY)
        return 4;
    store = FileStore_as_Store(file, NULL);
    for (uint32_t key = 0; key < MODEL_KEYS; key++) {
        bide_poll r;
        BIDE_SPAWN_TO(r, ex, hammer, NULL, NULL, (&store, &m, key));
        if (r != BIDE_READY)
            return 5;
    }
    /* Ends only when something fails. */
    (void)bide_local_run(ex);
    return 6;
}

#define _XOPEN_SOURCE 700
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "paths.h"

typedef struct file {
    const char *path; /* as the user knows it */
    const char *data;
    size_t length;
    const char *target; /* the path with links followed */
    const char *temporary;
    const char *old; /* what is there now, or NULL */
    size_t old_length;
    mode_t mode;
    bool differs, is_written, is_named;
} file;

/* ---- reading ------------------------------------------------------------------------------ */

/* Reads to the end: the size that stat tells is only a hint (pipes, /proc). */
static char *read_all(arena *a, int fd, size_t room, size_t *length)
{
    char *data = arena_alloc(a, room + 1);
    size_t have = 0;
    for (;;) {
        ssize_t got = read(fd, data + have, room - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return NULL;
        if (got == 0)
            break;
        have += (size_t)got;
        if (have == room) {
            char *more = arena_alloc(a, room * 2 + 1);
            memcpy(more, data, have);
            data = more;
            room *= 2;
        }
    }
    data[have] = '\0';
    *length = have;
    return data;
}

char *file_read(arena *a, const char *path, size_t *length)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    struct stat about;
    char *data = NULL;
    if (fstat(fd, &about) == 0) {
        if (S_ISDIR(about.st_mode))
            errno = EISDIR;
        else
            data = read_all(a, fd, about.st_size > 0 ? (size_t)about.st_size + 1 : 4096, length);
    }
    int error = errno;
    close(fd);
    errno = error;
    return data;
}

/* ---- what is there ------------------------------------------------------------------------ */

bool file_list_add(file_list *l, const char *path, const char *data, size_t length)
{
    const char *absolute = path_absolute(l->arena, path);
    for (uint32_t i = 0; i < l->count; i++) {
        if (strcmp(path_absolute(l->arena, l->files[i].path), absolute) == 0)
            return false;
    }
    PUSH(l->arena, file, l->files, l->count) =
        (file){.path = path, .data = data, .length = length, .mode = 0666};
    return true;
}

/* Reads what `f` would replace. A missing file is no error. */
static bool file_look(arena *a, file *f)
{
    f->target = f->path;
    struct stat about;
    if (stat(f->path, &about) == 0) {
        char *real = realpath(f->path, NULL);
        if (real)
            f->target = arena_copy(a, real, strlen(real));
        free(real);
        f->mode = about.st_mode & 07777;
    }
    f->old = file_read(a, f->path, &f->old_length);
    if (!f->old && errno != ENOENT) {
        fprintf(stderr, "bidec: %s: cannot be read: %s\n", f->path, strerror(errno));
        return false;
    }
    f->differs = !f->old || f->old_length != f->length || memcmp(f->old, f->data, f->length) != 0;
    return true;
}

static unsigned first_difference(const file *f)
{
    unsigned line = 1;
    for (size_t i = 0; i < f->length && i < f->old_length && f->data[i] == f->old[i]; i++)
        line += f->data[i] == '\n';
    return line;
}

file_state file_list_compare(file_list *l, FILE *to)
{
    file_state state = FILES_CURRENT;
    for (uint32_t i = 0; i < l->count; i++) {
        file *f = &l->files[i];
        if (!file_look(l->arena, f))
            return FILES_UNREADABLE;
        if (!f->differs)
            continue;
        state = FILES_DIFFER;
        if (f->old)
            fprintf(to, "%s:%u: out of date: from here it is not what bidec writes now\n", f->path,
                    first_difference(f));
        else
            fprintf(to, "%s: missing\n", f->path);
    }
    return state;
}

/* ---- writing ------------------------------------------------------------------------------ */

static bool put_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t put = write(fd, data, length);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return false;
        data += put;
        length -= (size_t)put;
    }
    return true;
}

/* Beside its target: a rename does not cross file systems. */
static bool write_temporary(file *f)
{
    int fd = open(f->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0)
        return false;
    f->is_written = true;
    bool good = put_all(fd, f->data, f->length);
    if (good && f->old)
        good = fchmod(fd, f->mode) == 0;
    return close(fd) == 0 && good;
}

static bool complain(const file *f)
{
    fprintf(stderr, "bidec: %s: cannot be written: %s\n", f->path, strerror(errno));
    return false;
}

static bool write_and_name(file_list *l)
{
    for (uint32_t i = 0; i < l->count; i++) {
        if (l->files[i].differs && !write_temporary(&l->files[i]))
            return complain(&l->files[i]);
    }
    for (uint32_t i = 0; i < l->count; i++) {
        file *f = &l->files[i];
        if (!f->differs)
            continue;
        if (rename(f->temporary, f->target) != 0)
            return complain(f);
        f->is_named = true;
    }
    return true;
}

/* Puts back what was there, and takes away what was not. */
static void undo(file_list *l)
{
    for (uint32_t i = 0; i < l->count; i++) {
        file *f = &l->files[i];
        if (f->is_written && !f->is_named) {
            unlink(f->temporary);
        } else if (f->is_named && !f->old) {
            unlink(f->target);
        } else if (f->is_named) {
            file back = {.path = f->path, .data = f->old, .length = f->old_length, .old = f->old};
            back.temporary = f->temporary;
            back.mode = f->mode;
            if (!write_temporary(&back) || rename(f->temporary, f->target) != 0)
                complain(f);
        }
    }
}

bool file_list_write(file_list *l)
{
    for (uint32_t i = 0; i < l->count; i++) {
        file *f = &l->files[i];
        if (!file_look(l->arena, f))
            return false;
        f->temporary = arena_print(l->arena, "%s/.%s.%ld.tmp", path_directory(l->arena, f->target),
                                   path_name(f->target), (long)getpid());
    }
    /* Nothing below allocates, and an interrupt waits: no temporary can be left behind. */
    sigset_t wait, before;
    sigemptyset(&wait);
    sigaddset(&wait, SIGINT);
    sigaddset(&wait, SIGTERM);
    sigaddset(&wait, SIGHUP);
    sigprocmask(SIG_BLOCK, &wait, &before);
    bool good = write_and_name(l);
    if (!good)
        undo(l);
    sigprocmask(SIG_SETMASK, &before, NULL);
    return good;
}

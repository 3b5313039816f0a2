/*
 * disk_file.c: the file layer over POSIX calls.
 */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int32_t code_of(int error)
{
    switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return KV_NO_SPACE;
    case ENOENT:
    case ENOTDIR:
        return KV_NO_FILE;
    case EACCES:
    case EPERM:
    case EROFS:
        return KV_DENIED;
    case EAGAIN:
        return KV_IN_USE;
    case EISDIR:
        return KV_NOT_A_LOG;
    case ENOMEM:
        return KV_NO_MEMORY;
    default:
        return KV_IO;
    }
}

/* A new name is safe when its directory has been synced. */
static int32_t sync_directory_of(const char *path)
{
    char name[4096];
    const char *slash = strrchr(path, '/');
    size_t length = slash ? (size_t)(slash - path) + 1 : 0;
    int32_t code = KV_OK;
    int fd;
    if (length >= sizeof name)
        return KV_NO_FILE;
    memcpy(name, length ? path : ".", length ? length : 1);
    name[length ? length : 1] = '\0';
    fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return code_of(errno);
    /* Some file systems cannot sync a directory, and need not. */
    if (fsync(fd) != 0 && errno != EINVAL)
        code = code_of(errno);
    (void)close(fd);
    return code;
}

static int32_t disk_open(kv_file *base, const char *path, uint64_t *size)
{
    kv_disk_file *file = (kv_disk_file *)base;
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    struct stat about;
    int32_t code = KV_OK;
    file->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (file->fd < 0)
        return code_of(errno);
    if (fcntl(file->fd, F_SETLK, &whole) != 0)
        code = errno == EACCES ? KV_IN_USE : code_of(errno);
    else if (fstat(file->fd, &about) != 0)
        code = code_of(errno);
    else if (!S_ISREG(about.st_mode))
        code = KV_NOT_A_LOG;
    else if (about.st_size == 0)
        code = sync_directory_of(path);
    if (code != KV_OK) {
        base->ops->close(base);
        return code;
    }
    *size = (uint64_t)about.st_size;
    return KV_OK;
}

static int32_t disk_read(kv_file *base, uint64_t offset, void *to, size_t bytes, size_t *got)
{
    kv_disk_file *file = (kv_disk_file *)base;
    *got = 0;
    while (*got < bytes) {
        ssize_t n = pread(file->fd, (char *)to + *got, bytes - *got, (off_t)(offset + *got));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return code_of(errno);
        if (n == 0)
            break;
        *got += (size_t)n;
    }
    return KV_OK;
}

static int32_t disk_write(kv_file *base, uint64_t offset, const void *from, size_t bytes)
{
    kv_disk_file *file = (kv_disk_file *)base;
    size_t done = 0;
    while (done < bytes) {
        ssize_t n =
            pwrite(file->fd, (const char *)from + done, bytes - done, (off_t)(offset + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n == 0 ? KV_IO : code_of(errno);
        done += (size_t)n;
    }
    return KV_OK;
}

static int32_t disk_sync(kv_file *base)
{
    kv_disk_file *file = (kv_disk_file *)base;
    /* Not repeated after EINTR: a failed sync may have forgotten what was to be written. */
    return fdatasync(file->fd) == 0 ? KV_OK : code_of(errno);
}

static int32_t disk_truncate(kv_file *base, uint64_t size)
{
    kv_disk_file *file = (kv_disk_file *)base;
    int r;
    do
        r = ftruncate(file->fd, (off_t)size);
    while (r != 0 && errno == EINTR);
    return r == 0 ? KV_OK : code_of(errno);
}

static void disk_close(kv_file *base)
{
    kv_disk_file *file = (kv_disk_file *)base;
    (void)close(file->fd);
    file->fd = -1;
}

static const kv_file_ops disk_ops = {disk_open, disk_read,     disk_write,
                                     disk_sync, disk_truncate, disk_close};

void kv_disk_file_init(kv_disk_file *file)
{
    file->base.ops = &disk_ops;
    file->fd = -1;
}

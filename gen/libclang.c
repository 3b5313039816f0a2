#define _GNU_SOURCE /* dladdr */
#include <dlfcn.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libclang.h"

enum { NEWEST = 30, OLDEST = 14 };

const char *libclang_text(arena *a, const libclang *clang, cx_string string)
{
    const char *data = clang->getCString(string);
    const char *copy = arena_copy(a, data ? data : "", data ? strlen(data) : 0);
    clang->disposeString(string);
    return copy;
}

/* ---- loading ------------------------------------------------------------------------------ */

/* ISO C has no cast from void * to a function pointer; POSIX promises that they look the same. */
static bool bind(void *handle, void *member, const char *name)
{
    void *symbol = dlsym(handle, name);
    memcpy(member, &symbol, sizeof symbol);
    return symbol != NULL;
}

/* The first function that is missing, or NULL. */
static const char *bind_all(libclang *clang)
{
#define LIBCLANG_BIND(result, name, parameters)                                                    \
    if (!bind(clang->handle, &clang->name, "clang_" #name))                                        \
        return "clang_" #name;
#define LIBCLANG_TRY(result, name, parameters) bind(clang->handle, &clang->name, "clang_" #name);
    LIBCLANG_FUNCTIONS(LIBCLANG_BIND)
    LIBCLANG_NEWER_FUNCTIONS(LIBCLANG_TRY)
#undef LIBCLANG_BIND
#undef LIBCLANG_TRY
    return NULL;
}

static void *open_library(const char *name)
{
    return dlopen(name, RTLD_NOW | RTLD_LOCAL);
}

/* Only a version that is new enough: an unversioned libclang.so may be anything. */
static void *open_any(const char *name)
{
    void *handle = open_library(name);
    if (handle && !dlsym(handle, "clang_Cursor_getVarDeclInitializer")) {
        dlclose(handle);
        return NULL;
    }
    return handle;
}

static void *open_version(arena *a, unsigned version)
{
    static const char *const forms[] = {
        "libclang-%u.so.1",
        "libclang.so.%u",
        "libclang-%u.so",
        "/usr/lib/llvm-%u/lib/libclang.so.1",
        "/usr/lib/llvm-%u/lib/libclang.so",
        "/usr/lib/llvm/%u/lib64/libclang.so",
        "/usr/lib64/llvm%u/lib64/libclang.so",
        "/usr/local/llvm%u/lib/libclang.so",
        "/opt/homebrew/opt/llvm@%u/lib/libclang.dylib",
        "/usr/local/opt/llvm@%u/lib/libclang.dylib",
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        char name[128];
        size_t length = 0;
        for (const char *at = forms[i]; *at; at++) {
            if (at[0] == '%') {
                length += (size_t)snprintf(name + length, sizeof name - length, "%u", version);
                at++;
            } else {
                name[length++] = *at;
            }
        }
        void *handle = open_any(arena_copy(a, name, length));
        if (handle)
            return handle;
    }
    return NULL;
}

static void *find_library(arena *a)
{
    static const char *const plain[] = {
        "libclang.so",
        "libclang.dylib",
        "/opt/homebrew/opt/llvm/lib/libclang.dylib",
        "/usr/local/opt/llvm/lib/libclang.dylib",
        "/Library/Developer/CommandLineTools/usr/lib/libclang.dylib",
    };
    void *handle = NULL;
    for (size_t i = 0; !handle && i < sizeof plain / sizeof *plain; i++)
        handle = open_any(plain[i]);
    for (unsigned version = NEWEST; !handle && version >= OLDEST; version--)
        handle = open_version(a, version);
    return handle;
}

static const char *path_of(arena *a, void *symbol)
{
    Dl_info info;
    char resolved[PATH_MAX];
    if (!dladdr(symbol, &info) || !info.dli_fname || !realpath(info.dli_fname, resolved))
        return "libclang";
    return arena_copy(a, resolved, strlen(resolved));
}

static uint32_t major_of(const char *version)
{
    const char *at = strstr(version, "version ");
    return at ? (uint32_t)strtoul(at + strlen("version "), NULL, 10) : 0;
}

static void report_missing(diagnostics *d, const char *path)
{
    static const char help[] =
        "install the run time of libclang, version 14 or newer (Debian and Ubuntu: libclang1-14; "
        "Fedora: clang-libs; Arch: clang; macOS: brew install llvm), or name the library with "
        "--libclang PATH or in the environment variable BIDEC_LIBCLANG";
    const char *why = dlerror();
    if (path)
        error_at(d, (place){0}, help, "libclang could not be loaded: %s", why ? why : path);
    else
        error_at(d, (place){0}, help, "libclang was not found");
}

const libclang *libclang_load(arena *a, diagnostics *d, const char *path)
{
    const char *environment = getenv("BIDEC_LIBCLANG");
    if (!path && environment && *environment)
        path = environment;
    libclang *clang = NEW(a, libclang);
    clang->handle = path ? open_library(path) : find_library(a);
    if (!clang->handle) {
        report_missing(d, path);
        return NULL;
    }
    const char *missing = bind_all(clang);
    void *symbol = dlsym(clang->handle, "clang_getClangVersion");
    clang->path = symbol ? path_of(a, symbol) : path;
    if (missing) {
        error_at(d, (place){0}, "bidec needs libclang 14 or newer; name one with --libclang PATH",
                 "%s is no libclang that can be used: it has no %s", clang->path, missing);
        return NULL;
    }
    clang->version = libclang_text(a, clang, clang->getClangVersion());
    clang->major = major_of(clang->version);
    return clang;
}

/* ---- the compiler's own headers ----------------------------------------------------------- */

static bool has_stddef(arena *a, const char *directory)
{
    return access(arena_print(a, "%s/stddef.h", directory), R_OK) == 0;
}

/* The last of the directories that match, for the version with the highest number tends to be
 * that; NULL if none has headers. */
static const char *match(arena *a, const char *pattern)
{
    glob_t found;
    const char *best = NULL;
    if (glob(pattern, 0, NULL, &found) != 0)
        return NULL;
    for (size_t i = found.gl_pathc; i-- > 0 && !best;)
        if (has_stddef(a, arena_print(a, "%s/include", found.gl_pathv[i])))
            best = arena_copy(a, found.gl_pathv[i], strlen(found.gl_pathv[i]));
    globfree(&found);
    return best;
}

static const char *directory_of(arena *a, const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? arena_copy(a, path, (size_t)(slash - path)) : ".";
}

static const char *beside_library(arena *a, const libclang *clang)
{
    static const char *const steps[] = {"clang", "../lib/clang", "../lib64/clang",
                                        "../../lib/clang"};
    const char *base = directory_of(a, clang->path), *found = NULL;
    for (size_t i = 0; !found && i < sizeof steps / sizeof *steps; i++)
        found = match(a, arena_print(a, "%s/%s/%u*", base, steps[i], clang->major));
    return found;
}

static const char *of_version(arena *a, const char *version)
{
    static const char *const places[] = {"/usr/lib/llvm-", "/usr/lib/clang/", "/usr/lib64/clang/",
                                         "/usr/local/lib/clang/"};
    const char *found = match(a, arena_print(a, "%s%s/lib/clang/*", places[0], version));
    for (size_t i = 1; !found && i < sizeof places / sizeof *places; i++)
        found = match(a, arena_print(a, "%s%s*", places[i], version));
    return found;
}

/* What a program prints, without the newline; NULL if it fails. */
static const char *ask(arena *a, const char *command)
{
    char line[PATH_MAX] = "";
    FILE *pipe = popen(command, "r");
    if (!pipe)
        return NULL;
    bool good = fgets(line, sizeof line, pipe) != NULL;
    if (pclose(pipe) != 0 || !good)
        return NULL;
    line[strcspn(line, "\n")] = 0;
    return arena_copy(a, line, strlen(line));
}

static const char *ask_clang(arena *a, const char *program)
{
    const char *found = ask(a, arena_print(a, "%s -print-resource-dir 2>/dev/null", program));
    return found && has_stddef(a, arena_print(a, "%s/include", found)) ? found : NULL;
}

/* Headers of the same version first; those of another still declare what C promises. */
uint32_t libclang_headers(arena *a, const libclang *clang, const char *resource_dir,
                          const char *words[2])
{
    const char *found = resource_dir;
    if (!found)
        found = beside_library(a, clang);
    if (!found)
        found = of_version(a, arena_print(a, "%u", clang->major));
    if (!found)
        found = ask_clang(a, arena_print(a, "clang-%u", clang->major));
    if (!found)
        found = of_version(a, "[0-9][0-9]");
    if (!found)
        found = ask_clang(a, "clang");
    words[0] = "-resource-dir";
    words[1] = found;
    if (found)
        return 2;
    found = ask(a, "cc -print-file-name=include 2>/dev/null");
    words[0] = "-isystem";
    words[1] = found;
    return found && has_stddef(a, found) ? 2 : 0;
}

/*
 * kv_client: asks kv_server.
 *
 *     kv_client 7777 put colour blue
 *     kv_client 7777 get colour
 *     kv_client 7777 < commands
 *
 * Values and counts go to standard output, each with a line feed behind it; what went wrong to
 * standard error.
 *
 * Exit: 0 done; 1 some key was not there; 2 wrong usage; 3 the server, the connection or standard
 * input failed.
 */
#include "client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { EXIT_ABSENT = 1, EXIT_USAGE = 2, EXIT_FAILED = 3 };

static const char usage[] =
    "usage: kv_client PORT [options] [COMMAND]\n"
    "Asks a kv_server on PORT. Without a COMMAND: those of standard input, one a line.\n"
    "\n"
    "  get KEY | put KEY VALUE | delete KEY | count\n"
    "  put KEY -      with all of standard input as the value; as an argument only\n"
    "\n"
    "  --host H       where the server is (127.0.0.1)\n"
    "  --timeout MS   gives up when nothing moves for so long (10000)\n"
    "  --             no options behind this\n";

static bool refuse(const char *what, const char *word)
{
    (void)fprintf(stderr, "kv_client: %s: '%s'; see kv_client --help\n", what, word);
    return false;
}

static bool set_option(kv_client *c, const char *name, const char *value)
{
    char *end;
    if (strcmp(name, "--host") == 0) {
        c->host = value;
        return true;
    }
    if (strcmp(name, "--timeout") != 0)
        return refuse("no such option", name);
    errno = 0;
    c->timeout_ms = strtoull(value, &end, 10);
    return (*value >= '0' && *value <= '9' && !*end && errno == 0 && c->timeout_ms > 0 &&
            c->timeout_ms <= UINT32_MAX) ||
           refuse("not a number that is allowed here", value);
}

static bool parse(kv_client *c, int argc, char **argv)
{
    bool options = true;
    for (int i = 1; i < argc; i++) {
        if (options && strcmp(argv[i], "--") == 0) {
            options = false;
        } else if (options && strncmp(argv[i], "--", 2) == 0) {
            if (i + 1 == argc)
                return refuse("a value is missing, or no such option", argv[i]);
            if (!set_option(c, argv[i], argv[i + 1]))
                return false;
            i++;
        } else if (!c->service) {
            c->service = argv[i];
        } else if (c->word_count == 3) {
            return refuse("one word too many", argv[i]);
        } else {
            c->words[c->word_count++] = argv[i];
        }
    }
    if (c->service)
        return true;
    (void)fputs(usage, stderr);
    return false;
}

int main(int argc, char **argv)
{
    kv_client c = {.host = "127.0.0.1", .timeout_ms = 10000, .out = stdout};
    bide_poll code;
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return fputs(usage, stdout) < 0 || fflush(stdout) != 0;
    if (!parse(&c, argc, argv))
        return EXIT_USAGE;
    code = bide_uv_new(NULL, NULL, &c.rt);
    if (code == BIDE_READY) {
        BIDE_UV_RUN_UNTIL_TO(code, c.rt, kv_client_run, NULL, (&c));
        (void)bide_uv_free(c.rt);
    }
    if (code != BIDE_READY) {
        (void)fprintf(stderr, "kv_client: %s\n", bide_strerror(code));
        c.failed = true;
    }
    if (fflush(stdout) != 0 || ferror(stdout)) {
        (void)fprintf(stderr, "kv_client: standard output: %s\n", strerror(errno));
        c.failed = true;
    }
    return c.failed ? EXIT_FAILED : c.misused ? EXIT_USAGE : c.absent ? EXIT_ABSENT : 0;
}

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
#include "arguments.h"
#include "client.h"

#include <errno.h>
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

static bool set_option(kv_client *c, const char *name, const char *value)
{
    if (strcmp(name, "--host") == 0) {
        c->host = value;
        return true;
    }
    return strcmp(name, "--timeout") == 0
               ? arguments_number("kv_client", value, 1, UINT32_MAX, &c->timeout_ms)
               : arguments_refuse("kv_client", "no such option", name);
}

static bool parse(kv_client *c, int argc, char **argv)
{
    bool options = true;
    for (int i = 1; i < argc; i++) {
        if (options && strcmp(argv[i], "--") == 0) {
            options = false;
        } else if (options && strncmp(argv[i], "--", 2) == 0) {
            if (i + 1 == argc)
                return arguments_refuse("kv_client", "a value is missing, or no such option",
                                        argv[i]);
            if (!set_option(c, argv[i], argv[i + 1]))
                return false;
            i++;
        } else if (!c->service) {
            c->service = argv[i];
        } else if (c->word_count == 3) {
            return arguments_refuse("kv_client", "one word too many", argv[i]);
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
    if (arguments_ask_for_help(argc, argv))
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

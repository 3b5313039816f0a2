/*
 * http_get: the body behind a URL, on standard output.
 *
 *     http_get http://localhost:8000/file --head --limit 5000 --dyn
 *
 * Exit: 0 there was an answer, whatever its status; 1 there was none, or not all of it; 2 wrong
 * usage.
 */
#include "http_get.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] = "usage: http_get URL [options]\n"
                            "Writes what is behind http://host[:port][/path][?query].\n"
                            "\n"
                            "  --head        the answer's head, too\n"
                            "  --dyn         through handles; the result is the same\n"
                            "  --limit MS    wait no longer than this in all (30000)\n"
                            "  --most BYTES  of the body (1073741824)\n";

static bool refuse(const char *what, const char *word)
{
    (void)fprintf(stderr, "http_get: %s: '%s'; see http_get --help\n", what, word);
    return false;
}

static bool parse_number(const char *word, uint64_t *out)
{
    char *end;
    errno = 0;
    *out = strtoull(word, &end, 10);
    return (*word >= '0' && *word <= '9' && !*end && errno == 0) ||
           refuse("no number, or too large a one", word);
}

static bool parse(http_get *g, int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        bool limit = strcmp(argv[i], "--limit") == 0;
        if (limit || strcmp(argv[i], "--most") == 0) {
            if (i + 1 == argc)
                return refuse("a value is missing", argv[i]);
            if (!parse_number(argv[++i], limit ? &g->limit_ms : &g->most))
                return false;
        } else if (strcmp(argv[i], "--head") == 0) {
            g->head = true;
        } else if (strcmp(argv[i], "--dyn") == 0) {
            g->dyn = true;
        } else if (strncmp(argv[i], "--", 2) == 0) {
            return refuse("no such option", argv[i]);
        } else if (g->url) {
            return refuse("more than one URL", argv[i]);
        } else {
            g->url = argv[i];
        }
    }
    if (g->url)
        return true;
    (void)fputs(usage, stderr);
    return false;
}

static int run(http_get *g)
{
    int32_t code = HTTP_OK;
    char text[200];
    bide_poll r = bide_uv_new(NULL, NULL, &g->rt);
    if (r == BIDE_READY) {
        BIDE_UV_RUN_UNTIL_TO(r, g->rt, http_get_run, &code, (g));
        (void)bide_uv_free(g->rt);
    }
    if (r != BIDE_READY) {
        (void)fprintf(stderr, "http_get: %s\n", bide_strerror(r));
    } else if (code != HTTP_OK) {
        http_problem_text(&g->answer.problem, text, sizeof text);
        (void)fprintf(stderr, "http_get: %s\n", text);
    }
    if (fflush(stdout) != 0) {
        (void)fprintf(stderr, "http_get: writing: %s\n", strerror(errno));
        return 1;
    }
    if (r != BIDE_READY || code == HTTP_OK)
        return r != BIDE_READY;
    return code == HTTP_BAD_REQUEST ? 2 : 1;
}

int main(int argc, char **argv)
{
    http_get g = {.limit_ms = 30000, .most = UINT64_C(1) << 30, .out = stdout};
    int code;
    if (argc == 2 && strcmp(argv[1], "--help") == 0)
        return fputs(usage, stdout) < 0 || fflush(stdout) != 0;
    if (!parse(&g, argc, argv))
        return 2;
    http_answer_init(&g.answer, NULL);
    code = run(&g);
    http_answer_free(&g.answer);
    return code;
}

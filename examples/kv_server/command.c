/*
 * command.c: words to commands, commands to requests.
 */
#include "command.h"

#include <stdio.h>
#include <string.h>

kv_command kv_command_make(kv_slice verb, kv_slice key, kv_slice value)
{
    static const struct {
        const char *name;
        int verb, words;
    } known[] = {{"get", WIRE_GET, 1},
                 {"put", WIRE_PUT, 2},
                 {"delete", WIRE_DELETE, 1},
                 {"count", WIRE_COUNT, 0}};
    kv_command c = {{WIRE_WRONG, key, value.size, "get KEY, put KEY VALUE, delete KEY or count"},
                    value};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (kv_slice_equal(verb, kv_text(known[i].name)) &&
            known[i].words == (key.data != NULL) + (value.data != NULL))
            c.request.verb = known[i].verb;
    if (c.request.verb != WIRE_WRONG && key.data && !wire_is_key(key)) {
        c.request.verb = WIRE_WRONG;
        c.request.wrong = "a key without spaces and control characters";
    }
    return c;
}

kv_command kv_command_parse(kv_slice line)
{
    kv_slice words[3] = {line, {NULL, 0}, {NULL, 0}};
    for (int i = 0; i < 2 && words[i].size; i++) {
        const unsigned char *space = memchr(words[i].data, ' ', words[i].size);
        if (!space)
            break;
        words[i + 1].data = space + 1;
        words[i + 1].size = words[i].size - (size_t)(space + 1 - words[i].data);
        words[i].size = (size_t)(space - words[i].data);
    }
    return kv_command_make(words[0], words[1], words[2]);
}

bool kv_command_write(bide_bytes *out, const kv_command *command)
{
    static const char *const verbs[] = {"", "GET ", "PUT ", "DELETE ", "COUNT"};
    const char *verb = verbs[command->request.verb];
    char size[32] = "\n";
    bool is_put = command->request.verb == WIRE_PUT;
    if (is_put)
        (void)snprintf(size, sizeof size, " %zu\n", command->value.size);
    return bide_bytes_append(out, verb, strlen(verb)) &&
           bide_bytes_append(out, command->request.key.data, command->request.key.size) &&
           bide_bytes_append(out, size, strlen(size)) &&
           (!is_put || (bide_bytes_append(out, command->value.data, command->value.size) &&
                        bide_bytes_append(out, "\n", 1)));
}

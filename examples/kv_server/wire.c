/*
 * wire.c: lines to requests and answers.
 */
#include "wire.h"

#include <string.h>

bool wire_take_end(kv_slice *line)
{
    if (line->size == 0 || line->data[line->size - 1] != '\n')
        return false;
    line->size--;
    if (line->size && line->data[line->size - 1] == '\r')
        line->size--;
    return true;
}

/* Takes the first word off, and one space behind it. Without a space it is the last word, and
 * rest->data becomes NULL; an empty word is one, too. */
static kv_slice next_word(kv_slice *rest)
{
    kv_slice word = *rest;
    const unsigned char *space = word.size ? memchr(word.data, ' ', word.size) : NULL;
    if (!space) {
        *rest = (kv_slice){NULL, 0};
        return word;
    }
    word.size = (size_t)(space - word.data);
    rest->data = space + 1;
    rest->size -= word.size + 1;
    return word;
}

/* A decimal number without signs, or spaces, or so many digits that it could be too large. */
static bool parse_number(kv_slice word, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < word.size; i++) {
        if (word.data[i] < '0' || word.data[i] > '9')
            return false;
        *out = *out * 10 + (uint64_t)(word.data[i] - '0');
    }
    return word.size > 0 && word.size <= WIRE_SIZE_DIGITS;
}

static bool is_verb(kv_slice word, const char *name)
{
    size_t i = 0;
    for (; i < word.size && name[i]; i++) {
        unsigned char c = word.data[i];
        if ((c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c) != name[i])
            return false;
    }
    return i == word.size && !name[i];
}

bool wire_is_key(kv_slice key)
{
    for (size_t i = 0; i < key.size; i++)
        if (key.data[i] <= ' ' || key.data[i] == 0x7F)
            return false;
    return key.size > 0;
}

/* ---- requests ----------------------------------------------------------------------------- */

static const struct {
    const char *name;
    int verb;
    bool has_key, has_size;
    const char *right;
} requests[] = {
    {"GET", WIRE_GET, true, false, "GET KEY"},
    {"PUT", WIRE_PUT, true, true, "PUT KEY SIZE, and SIZE bytes on the next line"},
    {"DELETE", WIRE_DELETE, true, false, "DELETE KEY"},
    {"COUNT", WIRE_COUNT, false, false, "COUNT"},
    {"QUIT", WIRE_QUIT, false, false, "QUIT"},
};

wire_request wire_parse_request(kv_slice line)
{
    wire_request r = {WIRE_WRONG, {NULL, 0}, 0, "GET, PUT, DELETE, COUNT or QUIT"};
    kv_slice rest = line, word;
    size_t i = 0;
    if (line.size == 0) {
        r.verb = WIRE_NOTHING;
        return r;
    }
    word = next_word(&rest);
    while (i < sizeof requests / sizeof *requests && !is_verb(word, requests[i].name))
        i++;
    if (i == sizeof requests / sizeof *requests)
        return r;
    r.wrong = requests[i].right;
    if (requests[i].has_key && (r.key = next_word(&rest), !wire_is_key(r.key)))
        return r;
    if (requests[i].has_size && !parse_number(next_word(&rest), &r.size))
        return r;
    if (!rest.data)
        r.verb = requests[i].verb;
    return r;
}

/* ---- answers ------------------------------------------------------------------------------ */

wire_answer wire_parse_answer(kv_slice line)
{
    wire_answer a = {WIRE_SAYS_NONSENSE, 0, line};
    kv_slice rest = line, word = next_word(&rest);
    if (kv_slice_equal(word, kv_text("GOODBYE")))
        a.kind = WIRE_SAYS_GOODBYE;
    else if (kv_slice_equal(word, kv_text("ERROR")))
        a.kind = WIRE_SAYS_ERROR;
    else if (!rest.data && kv_slice_equal(word, kv_text("OK")))
        a.kind = WIRE_SAYS_OK;
    else if (!rest.data && kv_slice_equal(word, kv_text("NOT_FOUND")))
        a.kind = WIRE_SAYS_NOT_FOUND;
    else if (kv_slice_equal(word, kv_text("VALUE")) && parse_number(rest, &a.number))
        a.kind = WIRE_SAYS_VALUE;
    else if (kv_slice_equal(word, kv_text("COUNT")) && parse_number(rest, &a.number))
        a.kind = WIRE_SAYS_COUNT;
    if (a.kind == WIRE_SAYS_GOODBYE || a.kind == WIRE_SAYS_ERROR)
        a.text = rest;
    return a;
}

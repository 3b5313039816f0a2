/*
 * word_count.async.c: the reader, the task of a word, the top of the list.
 */
#include "word_count.h"
#include "table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <bide/async_source.h>

#define CHUNK_WORDS 8192

/* Beside the store's codes: the value is no count. */
#define NO_COUNT (-100)

/* A different word of the text. Its letters follow. */
typedef struct word {
    kv_node node;       /* first: a node is its word */
    struct word *next;  /* of all */
    struct word *tally; /* of those in this chunk */
    uint64_t pending;   /* occurrences that the store does not know yet */
    uint64_t total;     /* the store's count, at the end */
    bide_allocator *giver;
} word;

typedef struct counter {
    Store *store;
    bide_allocator *allocator;
    bide_local *executor;
    kv_table words;
    word *all, *chunk;
    size_t in_chunk;
    kv_counted *counted;
    kv_trouble *trouble;
} counter;

static void release_word(kv_node *node)
{
    word *w = (word *)node;
    bide_free(w->giver, w, sizeof *w + node->key.size, _Alignof(word));
}

static bool in_trouble(const kv_trouble *t)
{
    return t->failure < 0 || t->code < 0 || t->bad || t->unreadable;
}

/* Keeps the first. */
static void note_trouble(kv_trouble *t, bide_poll failure, int32_t code, const word *w)
{
    size_t n = 0;
    if (in_trouble(t))
        return;
    t->failure = failure < 0 ? failure : BIDE_READY;
    t->bad = code == NO_COUNT;
    t->code = t->bad ? KV_OK : code;
    if (w)
        n = w->node.key.size < sizeof t->word - 1 ? w->node.key.size : sizeof t->word - 1;
    if (n)
        memcpy(t->word, w->node.key.data, n);
    t->word[n] = '\0';
}

/* ---- counts as values --------------------------------------------------------------------- */

static bool parse_count(kv_slice text, uint64_t *count)
{
    *count = 0;
    if (text.size == 0 || text.size > 18)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        *count = *count * 10 + (uint64_t)(text.data[i] - '0');
    }
    return true;
}

static kv_bytes format_count(bide_allocator *allocator, uint64_t count)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%" PRIu64, count);
    return kv_bytes_copy(allocator, kv_text(text));
}

/* ---- the task of a word ------------------------------------------------------------------- */

/* word->total becomes the store's count, 0 if it has none. */
static async int32_t get_count(counter *c, word *w)
{
    kv_found found = await(Store_get(c->store, w->node.key));
    w->total = 0;
    if (found.code < 0)
        return found.code == KV_NOT_FOUND ? KV_OK : found.code;
    if (!parse_count(kv_slice_of(&found.value), &w->total))
        found.code = NO_COUNT;
    kv_bytes_release(found.value);
    return found.code;
}

/* Adds what is pending. */
static async int32_t add_count(counter *c, word *w)
{
    await_try(get_count(c, w));
    await_try(Store_put(c->store, kv_bytes_copy(c->allocator, w->node.key),
                        format_count(c->allocator, w->total + w->pending)));
    w->pending = 0;
    return KV_OK;
}

/* The task; it keeps the books. */
static async void one_word(counter *c, word *w, bool add)
{
    int32_t code = KV_OK;
    bide_poll failure =
        add ? await_catch(add_count(c, w), code) : await_catch(get_count(c, w), code);
    if (failure < 0 || code < 0)
        note_trouble(c->trouble, failure, code, w);
}

/* One task for each word of a list, all at the same time. */
static void run_tasks(counter *c, word *first, bool add)
{
    for (word *w = first; w && !in_trouble(c->trouble); w = add ? w->tally : w->next) {
        bide_poll r = spawn(c->executor, one_word(c, w, add));
        if (r != BIDE_READY)
            note_trouble(c->trouble, r, KV_OK, w);
        c->counted->tasks += add;
    }
    (void)bide_local_run(c->executor);
}

/* ---- the reader --------------------------------------------------------------------------- */

static void end_chunk(counter *c)
{
    run_tasks(c, c->chunk, true);
    c->chunk = NULL;
    c->in_chunk = 0;
}

static void see_word(counter *c, kv_slice letters)
{
    bide_allocator *giver;
    word *w = (word *)kv_table_find(&c->words, letters);
    if (!w) {
        w = bide_alloc(c->allocator, sizeof *w + letters.size, _Alignof(word), &giver);
        if (!w) {
            note_trouble(c->trouble, BIDE_ENOMEM, KV_OK, NULL);
            return;
        }
        memset(w, 0, sizeof *w);
        memcpy(w + 1, letters.data, letters.size);
        w->giver = giver;
        w->node.key = (kv_slice){(unsigned char *)(w + 1), letters.size};
        (void)kv_table_insert(&c->words, &w->node);
        w->next = c->all;
        c->all = w;
        c->counted->different++;
    }
    if (w->pending++ == 0) {
        w->tally = c->chunk;
        c->chunk = w;
    }
    c->counted->words++;
    if (++c->in_chunk == CHUNK_WORDS)
        end_chunk(c);
}

/* The letters of a word while it is read: as many as it has. */
static bool add_letter(counter *c, kv_bytes *room, size_t *length, int letter)
{
    if (*length == room->size || !room->data) {
        kv_bytes more = kv_bytes_new(c->allocator, room->data ? room->size * 2 : 64);
        if (!more.data) {
            note_trouble(c->trouble, BIDE_ENOMEM, KV_OK, NULL);
            return false;
        }
        if (room->data)
            memcpy(more.data, room->data, *length);
        kv_bytes_release(*room);
        *room = more;
    }
    room->data[(*length)++] = (unsigned char)letter;
    return true;
}

static void read_words(counter *c, FILE *text)
{
    kv_bytes room = {NULL, 0, NULL};
    size_t length = 0;
    int ch;
    do {
        ch = getc(text);
        if (ch >= 'A' && ch <= 'Z')
            ch += 'a' - 'A';
        if (ch >= 'a' && ch <= 'z') {
            if (!add_letter(c, &room, &length, ch))
                break;
        } else if (length) {
            see_word(c, (kv_slice){room.data, length});
            length = 0;
        }
    } while (ch != EOF && !in_trouble(c->trouble));
    c->trouble->unreadable = !in_trouble(c->trouble) && ferror(text);
    kv_bytes_release(room);
    end_chunk(c);
}

/* ---- the top ------------------------------------------------------------------------------ */

static bool is_before(const word *a, const word *b)
{
    size_t n = a->node.key.size < b->node.key.size ? a->node.key.size : b->node.key.size;
    int order;
    if (a->total != b->total)
        return a->total > b->total;
    order = memcmp(a->node.key.data, b->node.key.data, n);
    return order != 0 ? order < 0 : a->node.key.size < b->node.key.size;
}

/* Takes the first of the list out, again and again: the top is short. */
static void print_top(counter *c, FILE *out, size_t top)
{
    while (top-- && c->all) {
        word **best = &c->all;
        for (word **at = &c->all; *at; at = &(*at)->next)
            if (is_before(*at, *best))
                best = at;
        (void)fprintf(out, "%7" PRIu64 " %.*s\n", (*best)->total, (int)(*best)->node.key.size,
                      (const char *)(*best)->node.key.data);
        *best = (*best)->next;
    }
}

bool kv_count_words(Store *store, FILE *text, FILE *out, size_t top, bide_allocator *allocator,
                    kv_counted *counted, kv_trouble *trouble)
{
    counter c = {.store = store, .allocator = allocator, .counted = counted, .trouble = trouble};
    bide_local_options options = bide_local_options_init();
    bide_poll r;
    *counted = (kv_counted){0};
    *trouble = (kv_trouble){0};
    options.allocator = allocator;
    r = bide_local_new(&options, &c.executor);
    if (r != BIDE_READY) {
        note_trouble(trouble, r, KV_OK, NULL);
        return false;
    }
    kv_table_init(&c.words, allocator);
    read_words(&c, text);
    if (!in_trouble(trouble))
        run_tasks(&c, c.all, false);
    if (!in_trouble(trouble))
        print_top(&c, out, top);
    (void)bide_local_free(c.executor);
    kv_table_deinit(&c.words, release_word);
    return !in_trouble(trouble);
}

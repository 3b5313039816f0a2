/*
 * test_http_recorded.c: every recorded conversation: whole, in pieces, cut at every place, damaged,
 * dropped after every poll, and with every allocation failing. The first four also with the
 * client's blocking build: test_http_blocking.
 */
#include "support.h"

#include "conversation.h"

#include <string.h>

/* Plays it with a checking allocator; fails the test if anything is wrong. */
static bool play(conversation *c, const char *name)
{
    bide_checking_allocator checking;
    bide_poll r;
    bide_checking_allocator_init(&checking, bide_heap());
    c->allocator = &checking.base;
    r = conversation_play(c);
    if (bide_checking_allocator_finish(&checking) != 0)
        fail_msg("%s: %s", name, bide_checking_allocator_report(&checking));
    if (r != BIDE_READY || c->wrong[0])
        fail_msg("%s: piece %zu, split at %zu, %u pends, request %zu dropped after %u: %s: %s",
                 name, c->recording->piece, c->recording->split_at, (unsigned)c->recording->pends,
                 c->drop_in, (unsigned)c->drop_after, bide_strerror(r), c->wrong);
    return c->dropped;
}

/* Calls a test for each recording. */
static void for_each(void (*test)(Recording *recording, const char *name))
{
    for (const char *const *name = conversation_names(); *name; name++) {
        Recording recording;
        if (!conversation_has_time && strcmp(*name, "late.txt") == 0)
            continue;
        conversation_load(&recording, *name);
        test(&recording, *name);
        Recording_free(&recording);
    }
}

static void whole(Recording *recording, const char *name)
{
    conversation c = {.recording = recording};
    (void)play(&c, name);
    recording->pends = 2;
    (void)play(&c, name);
}

static void test_whole(void **state)
{
    (void)state;
    for_each(whole);
}

static void in_pieces(Recording *recording, const char *name)
{
    conversation c = {.recording = recording};
    for (size_t piece = 1; piece <= 7; piece++) {
        recording->piece = piece;
        for (recording->pends = 0; recording->pends <= 1; recording->pends++)
            (void)play(&c, name);
    }
}

static void test_in_pieces(void **state)
{
    (void)state;
    for_each(in_pieces);
}

static void cut_everywhere(Recording *recording, const char *name)
{
    conversation c = {.recording = recording};
    recording->pends = 1;
    do {
        recording->split_at++;
        (void)play(&c, name);
    } while (recording->split_at < recording->answered && recording->split_at < 1000);
}

static void test_cut_everywhere(void **state)
{
    (void)state;
    for_each(cut_everywhere);
}

/* ---- damage ------------------------------------------------------------------------------- */

/* Each byte of the answers becomes others: whatever is said, nothing may leak or be overrun. */
static void damaged(Recording *recording, const char *name)
{
    static const char bytes[] = {'\0', '\r', '\n', ' ', ':', '9', 'f', 'x', (char)0xff};
    conversation c = {.recording = recording, .lenient = true};
    for (size_t i = 0; i < recording->step_count; i++) {
        const record_step *s = &recording->steps[i];
        for (size_t at = s->at; s->kind == RECORD_ANSWERED && at < s->at + s->size; at++) {
            char was = recording->bytes.data[at];
            if (at - s->at > 400)
                break;
            for (size_t b = 0; b < sizeof bytes; b++) {
                recording->bytes.data[at] = bytes[b];
                (void)play(&c, name);
            }
            recording->bytes.data[at] = was;
        }
    }
}

static void test_damaged(void **state)
{
    (void)state;
    for_each(damaged);
}

#ifndef BIDE_BLOCKING

/* ---- dropped ------------------------------------------------------------------------------ */

static void dropped_everywhere(Recording *recording, const char *name)
{
    conversation c = {.recording = recording};
    unsigned drops = 0;
    recording->pends = 1;
    recording->piece = strlen(name) < 13 ? 3 : 100; /* the long line in large pieces */
    for (c.drop_in = 1; c.drop_in <= 4; c.drop_in++)
        for (c.drop_after = 0; play(&c, name); c.drop_after++)
            drops++;
    assert_true(drops > 0);
}

static void test_dropped_everywhere(void **state)
{
    (void)state;
    for_each(dropped_everywhere);
}

/* ---- no memory ---------------------------------------------------------------------------- */

static Recording *failing;

static bide_poll play_failing(bide_allocator *allocator)
{
    conversation c = {.recording = failing, .allocator = allocator};
    bide_poll r = conversation_play(&c);
    if (r == BIDE_READY && c.wrong[0])
        fail_msg("%s", c.wrong);
    if (r != BIDE_READY && failing->open)
        fail_msg("a stream was left open");
    return r;
}

static void without_memory(Recording *recording, const char *name)
{
    failing = recording;
    recording->pends = 1;
    test_every_failure(name, play_failing);
}

static void test_without_memory(void **state)
{
    (void)state;
    for_each(without_memory);
}

#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_in_pieces),
        cmocka_unit_test(test_cut_everywhere),
        cmocka_unit_test(test_damaged),
#ifndef BIDE_BLOCKING
        cmocka_unit_test(test_dropped_everywhere),
        cmocka_unit_test(test_without_memory),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

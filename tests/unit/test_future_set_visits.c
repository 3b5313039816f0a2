/*
 * Which members a set touches when one of them is woken. Each lies on a page of its own, and while
 * the wake and the poll behind it go on, no page may be touched: the first touch of each is a
 * fault, and is counted. The number is the same whatever the number of members.
 */
#include "async_support.h"

#include <bide/future_set.h>

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* ---- an allocator that gives pages, and a guard on them -------------------------------------- */

typedef struct pages {
    bide_allocator base;
    char *from;
    size_t page, count, used;
    bool guarded;
    volatile sig_atomic_t touched;
} pages;

static pages book;

static void *page_alloc(bide_allocator *self, size_t bytes, size_t align, bide_allocator **giver)
{
    void *at = book.from + book.used * book.page;
    assert_ptr_equal(self, &book.base);
    assert_true(bytes <= book.page && align <= book.page && book.used < book.count);
    book.used++;
    *giver = self;
    return at;
}

static void page_free(bide_allocator *giver, void *address, size_t bytes, size_t align)
{
    (void)giver, (void)address, (void)bytes, (void)align;
}

static void touch(int signal, siginfo_t *info, void *context)
{
    char *at = info->si_addr;
    size_t i = (size_t)(at - book.from) / book.page;
    (void)context;
    if (!book.guarded || at < book.from || i >= book.count) {
        const struct sigaction plain = {.sa_handler = SIG_DFL};
        sigaction(signal, &plain, NULL); /* again, for good */
        return;
    }
    book.touched++;
    mprotect(book.from + i * book.page, book.page, PROT_READ | PROT_WRITE);
}

static void guard(bool on)
{
    int may = on ? PROT_NONE : PROT_READ | PROT_WRITE;
    book.guarded = on;
    assert_int_equal(mprotect(book.from, book.count * book.page, may), 0);
}

static void pages_open(size_t count)
{
    const struct sigaction counted = {.sa_sigaction = touch, .sa_flags = SA_SIGINFO};
    int zero = open("/dev/zero", O_RDWR);
    book = (pages){{sizeof book.base, 0, page_alloc, page_free}, NULL, 0, count, 0, false, 0};
    book.page = (size_t)sysconf(_SC_PAGESIZE);
    assert_true(zero >= 0);
    book.from = mmap(NULL, count * book.page, PROT_READ | PROT_WRITE, MAP_PRIVATE, zero, 0);
    assert_true(book.from != MAP_FAILED);
    close(zero);
    assert_int_equal(sigaction(SIGSEGV, &counted, NULL), 0);
    assert_int_equal(sigaction(SIGBUS, &counted, NULL), 0);
}

static void pages_close(void)
{
    const struct sigaction plain = {.sa_handler = SIG_DFL};
    assert_int_equal(sigaction(SIGSEGV, &plain, NULL), 0);
    assert_int_equal(sigaction(SIGBUS, &plain, NULL), 0);
    assert_int_equal(munmap(book.from, book.count * book.page), 0);
}

/* ---- members ------------------------------------------------------------------------------- */

typedef struct door {
    bool open;
    bide_waker *waker;
} door;

#define through_FRAME(ROW) ROW(PARAM, door *, d)
BIDE_FUTURE(int32_t, through)
bide_poll through_poll(struct through *f, bide_context *cx, int32_t *out)
{
    *out = 1;
    if (!f->d->open)
        return bide_waker_register(&f->d->waker, cx) == BIDE_READY ? BIDE_PENDING : BIDE_ENOMEM;
    bide_waker_clear(&f->d->waker);
    return BIDE_READY;
}
void through_drop(struct through *f)
{
    bide_waker_clear(&f->d->waker);
}
BIDE_FUTURE_SET(doors, through);
BIDE_ORDERED_SET(row, through);

/* Touched pages of one wake and the poll behind it. */
#define VISITS(S, set, door, expected, visits)                                                     \
    do {                                                                                           \
        S##_item got_;                                                                             \
        bide_waker *waker_ = (door)->waker;                                                        \
        book.touched = 0;                                                                          \
        guard(true);                                                                               \
        bide_waker_wake_by_ref(waker_);                                                            \
        *(visits) = S##_poll_next(set, &s.cx, &got_) == (expected) ? book.touched : -1;            \
        guard(false);                                                                              \
    } while (0)

/* The hub and the member; one that ends also its neighbours, which forget it. */
enum { OF_A_WAKE = 2, OF_AN_END = 4 };

static void visits_of_a_wake(void **state)
{
    (void)state;
    for (size_t n = 10; n <= 10000; n = n == 10 ? 1000 : n * 10) {
        stage s;
        door *d = calloc(n, sizeof *d);
        doors set;
        struct through one;
        int visits;
        assert_non_null(d);
        stage_open(&s, NULL);
        pages_open(n + 1);
        doors_init(&set, &book.base);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(doors_insert(&set, BIDE_MADE(through, one, (&d[i]))), BIDE_READY);
        for (size_t polls = 0; polls <= n; polls += 32) {
            doors_item got;
            assert_int_equal(doors_poll_next(&set, &s.cx, &got), BIDE_PENDING);
        }
        for (size_t i = 0; i < 40; i++) { /* all over the set, and some more than once */
            VISITS(doors, &set, &d[i * 7919 % n], BIDE_PENDING, &visits);
            assert_int_equal(visits, OF_A_WAKE);
        }
        for (size_t i = 0; i < n; i += n / 5) {
            d[i].open = true;
            VISITS(doors, &set, &d[i], BIDE_READY, &visits);
            assert_true(visits >= OF_A_WAKE && visits <= OF_AN_END);
        }
        print_message("%zu members: %d pages touched by a wake\n", n, OF_A_WAKE);
        doors_drop(&set);
        pages_close();
        stage_close(&s);
        free(d);
    }
}

/* In order: a result that is not due costs the same, and the first member is looked at. */
static void visits_of_a_wake_in_order(void **state)
{
    (void)state;
    for (size_t n = 10; n <= 1000; n *= 10) {
        stage s;
        door *d = calloc(n, sizeof *d);
        row set;
        struct through one;
        int visits;
        assert_non_null(d);
        stage_open(&s, NULL);
        pages_open(n + 1);
        row_init(&set, &book.base);
        for (size_t i = 0; i < n; i++)
            assert_int_equal(row_insert(&set, BIDE_MADE(through, one, (&d[i]))), BIDE_READY);
        for (size_t polls = 0; polls <= n; polls += 32) {
            row_item got;
            assert_int_equal(row_poll_next(&set, &s.cx, &got), BIDE_PENDING);
        }
        for (size_t i = 1; i < n; i += n / 5) {
            d[i].open = true;
            VISITS(row, &set, &d[i], BIDE_PENDING, &visits);
            assert_int_equal(visits, OF_A_WAKE + 1);
        }
        row_drop(&set);
        pages_close();
        stage_close(&s);
        free(d);
    }
}

/* A member that could not be inserted leaves nothing behind that a wake would visit. */
static bide_poll insertion_fails(bide_allocator *allocator)
{
    bide_context cx = {.size = sizeof cx, .waker = bide_waker_noop(), .allocator = allocator};
    door d[3] = {{.open = false}};
    doors set;
    doors_item got;
    struct through one;
    bide_poll r = BIDE_READY;
    size_t in = 0;
    doors_init(&set, allocator);
    for (int i = 0; i < 3; i++) {
        bide_poll end = doors_insert(&set, BIDE_MADE(through, one, (&d[i])));
        in += end == BIDE_READY;
        r = end == BIDE_READY ? r : end;
    }
    assert_int_equal(doors_poll_next(&set, &cx, &got), in ? BIDE_PENDING : BIDE_DONE);
    for (int i = 0; i < 3; i++) {
        d[i].open = true;
        if (d[i].waker)
            bide_waker_wake_by_ref(d[i].waker);
    }
    for (; in; in--)
        assert_int_equal(doors_poll_next(&set, &cx, &got), BIDE_READY);
    assert_int_equal(doors_poll_next(&set, &cx, &got), BIDE_DONE);
    doors_drop(&set);
    return r;
}
TEST_EVERY_FAILURE(every_failure, insertion_fails)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(visits_of_a_wake),
        cmocka_unit_test(visits_of_a_wake_in_order),
        cmocka_unit_test(every_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * channel.c: the untyped channel: a queue of items, a queue of senders, one receiver.
 *
 * Everything is guarded by one lock; items are copied under it, wakers used and memory got outside.
 * Room is granted to waiting senders whenever some comes up, so that a sender that waits never has
 * room, and one that comes later cannot overtake. From `closed` on no item is put in, and what is
 * in the queue belongs to the receiver alone.
 */
#include <bide/channel.h>

#include "wait_list.h"

#include <string.h>

/* Items of an unbounded channel lie in blocks of some. */
typedef struct block {
    struct block *next;
    bide_allocator *giver;
} block;

struct bide_priv_channel {
    uint32_t lock;
    bool shared;
    bool closed;   /* nothing more is taken */
    bool receiver; /* is still there */
    bool hungry;   /* capacity 0: the receiver waits */
    size_t senders;
    size_t capacity;
    size_t count;    /* items in the queue */
    size_t reserved; /* room that was granted and not used */
    bide_priv_wait_list waiting;
    bide_waker *waker; /* the receiver's */
    bide_priv_channel_kind kind;
    bide_allocator *giver;
    size_t bytes, align; /* of this block */
    size_t head;         /* bounded: place of the first item in the ring; else in `first` */
    unsigned char *ring;
    /* Unbounded: */
    bide_allocator *allocator;
    block *first, *last; /* with items; last has `tail` places used */
    block *spare;
    size_t per_block, offset; /* items of a block, and where the first of them lies */
    size_t tail;
    size_t room; /* places for items that are not in the queue yet, spare blocks included */
};

static void guard(bide_priv_channel *c)
{
    bide_priv_guard(&c->lock, c->shared);
}

static void unguard(bide_priv_channel *c)
{
    bide_priv_unguard(&c->lock, c->shared);
}

static bool is_unbounded(const bide_priv_channel *c)
{
    return c->capacity == BIDE_PRIV_UNBOUNDED;
}

/* ---- where items lie ---------------------------------------------------------------------- */

static size_t round_up(size_t n, size_t align)
{
    return (n + align - 1) & ~(align - 1);
}

static size_t items_of_block(const bide_priv_channel_kind *kind)
{
    size_t fit = 2048 / kind->item_size;
    return fit > 32 ? 32 : fit > 0 ? fit : 1;
}

static size_t block_align(const bide_priv_channel_kind *kind)
{
    return kind->item_align > BIDE_PRIV_ALIGNOF(block) ? kind->item_align
                                                       : BIDE_PRIV_ALIGNOF(block);
}

static size_t block_bytes(const bide_priv_channel *c)
{
    return c->offset + c->per_block * c->kind.item_size;
}

static unsigned char *place_in(const bide_priv_channel *c, block *b, size_t i)
{
    return (unsigned char *)b + c->offset + i * c->kind.item_size;
}

/* Most items have the size of a number or a pointer or two; a call of memcpy would take longer than
 * the copy. */
static void copy_item(const bide_priv_channel *c, void *to, const void *from)
{
    switch (c->kind.item_size) {
    case 4:
        memcpy(to, from, 4);
        break;
    case 8:
        memcpy(to, from, 8);
        break;
    case 16:
        memcpy(to, from, 16);
        break;
    default:
        memcpy(to, from, c->kind.item_size);
    }
}

static void free_block(const bide_priv_channel *c, block *b)
{
    if (b)
        bide_free(b->giver, b, block_bytes(c), block_align(&c->kind));
}

/* Puts an item in; there is room. */
static void push(bide_priv_channel *c, const void *item)
{
    unsigned char *at;
    if (is_unbounded(c)) {
        if (!c->last || c->tail == c->per_block) {
            block *b = c->spare;
            c->spare = b->next;
            b->next = NULL;
            if (c->last) {
                c->last->next = b;
            } else {
                c->first = b;
                c->head = 0;
            }
            c->last = b;
            c->tail = 0;
        }
        at = place_in(c, c->last, c->tail++);
        c->room--;
    } else {
        size_t places = c->capacity ? c->capacity : 1, i = c->head + c->count;
        at = c->ring + (i < places ? i : i - places) * c->kind.item_size;
    }
    copy_item(c, at, item);
    c->count++;
}

/* The first item, in its place. */
static unsigned char *front(bide_priv_channel *c)
{
    return is_unbounded(c) ? place_in(c, c->first, c->head) : c->ring + c->head * c->kind.item_size;
}

/* Takes the first item off. Gives a block that is not needed any more, to be freed outside of the
 * lock, or NULL. */
static block *pop(bide_priv_channel *c)
{
    block *b = c->first;
    c->count--;
    c->head++;
    if (!is_unbounded(c)) {
        if (c->head >= c->capacity)
            c->head = 0;
        return NULL;
    }
    if (c->head < c->per_block)
        return NULL;
    c->first = b->next;
    c->head = 0;
    if (!c->first)
        c->last = NULL;
    if (c->spare)
        return b;
    b->next = NULL;
    c->spare = b;
    c->room += c->per_block;
    return NULL;
}

/* Gets places for more items, outside of the lock. */
static bide_poll grow(bide_priv_channel *c)
{
    bide_allocator *giver;
    block *b = bide_alloc(c->allocator, block_bytes(c), block_align(&c->kind), &giver);
    if (!b)
        return c->allocator->flags & BIDE_ALLOC_FIXED ? BIDE_EBUSY : BIDE_ENOMEM;
    b->giver = giver;
    guard(c);
    b->next = c->spare;
    c->spare = b;
    c->room += c->per_block;
    unguard(c);
    return BIDE_READY;
}

/* ---- life --------------------------------------------------------------------------------- */

bide_poll bide_priv_channel_new(const bide_priv_channel_kind *kind, size_t capacity,
                                bide_allocator *a, bide_priv_sender *tx, bide_priv_receiver *rx)
{
    size_t align = kind->item_align > BIDE_PRIV_ALIGNOF(bide_priv_channel)
                       ? kind->item_align
                       : BIDE_PRIV_ALIGNOF(bide_priv_channel);
    size_t offset = round_up(sizeof(bide_priv_channel), align);
    size_t places = capacity == BIDE_PRIV_UNBOUNDED ? 0 : capacity ? capacity : 1;
    bide_allocator *giver;
    bide_priv_channel *c;
    memset(tx, 0, sizeof *tx);
    rx->channel = NULL;
    if (places > (SIZE_MAX / 2 - offset) / kind->item_size)
        return BIDE_ENOMEM;
    c = bide_alloc(a, offset + places * kind->item_size, align, &giver);
    if (!c)
        return a && a->flags & BIDE_ALLOC_FIXED ? BIDE_EBUSY : BIDE_ENOMEM;
    *c = (bide_priv_channel){.shared = kind->shared,
                             .receiver = true,
                             .senders = 1,
                             .capacity = capacity,
                             .kind = *kind,
                             .giver = giver,
                             .bytes = offset + places * kind->item_size,
                             .align = align,
                             .ring = (unsigned char *)c + offset,
                             .per_block = items_of_block(kind),
                             .offset = round_up(sizeof(block), block_align(kind)),
                             .allocator = a};
    tx->channel = c;
    rx->channel = c;
    return BIDE_READY;
}

/* Both sides are gone, and with them all items. */
static void free_channel(bide_priv_channel *c)
{
    block *b, *lists[2] = {c->first, c->spare};
    for (int i = 0; i < 2; i++)
        while ((b = lists[i]) != NULL) {
            lists[i] = b->next;
            free_block(c, b);
        }
    bide_free(c->giver, c, c->bytes, c->align);
}

/* ---- room --------------------------------------------------------------------------------- */

static bool has_room(const bide_priv_channel *c)
{
    if (is_unbounded(c))
        return c->reserved < c->room;
    return c->count + c->reserved < (c->capacity ? c->capacity : c->hungry);
}

/* Room may have come up, for one: its waker. */
static bide_waker *grant(bide_priv_channel *c)
{
    if (!c->waiting.first || !has_room(c))
        return NULL;
    c->reserved++;
    return bide_priv_wait_grant(&c->waiting);
}

/* Gives back what the sender has: a reservation, or its place in the queue. */
static void withdraw(bide_priv_channel *c, bide_priv_waiter *place, bide_waker **own,
                     bide_waker **other)
{
    *own = *other = NULL;
    if (place->state == BIDE_PRIV_WAITING) {
        *own = bide_priv_wait_unlink(&c->waiting, place, BIDE_PRIV_IDLE);
    } else if (place->state == BIDE_PRIV_GRANTED) {
        place->state = BIDE_PRIV_IDLE;
        c->reserved--;
        *other = grant(c);
    }
}

/* ---- senders ------------------------------------------------------------------------------ */

/* What `look` says beside BIDE_READY and BIDE_PENDING; no code of the contract means that here. */
#define NO_MEMORY_YET BIDE_DONE
#define CLOSED_NOW BIDE_ECANCELED

/* A sender in the queue of a channel that is being closed is about to be taken out and woken. */
static bide_poll look(void *object, bide_priv_waiter *place)
{
    bide_priv_channel *c = object;
    if (place->state == BIDE_PRIV_WAITING)
        return BIDE_PENDING;
    if (c->closed) {
        c->reserved -= place->state == BIDE_PRIV_GRANTED;
        place->state = BIDE_PRIV_IDLE;
        return CLOSED_NOW;
    }
    if (place->state == BIDE_PRIV_GRANTED)
        return BIDE_READY;
    if (!has_room(c))
        return is_unbounded(c) ? NO_MEMORY_YET : BIDE_PENDING;
    place->state = BIDE_PRIV_GRANTED;
    c->reserved++;
    return BIDE_READY;
}

bide_poll bide_priv_sender_ready(bide_priv_sender *tx, bide_context *cx, int32_t *error)
{
    bide_priv_channel *c = tx->channel;
    bide_poll r = CLOSED_NOW;
    while (c && (r = bide_priv_wait(&c->lock, c->shared, &c->waiting, &tx->place, cx, look, c)) ==
                    NO_MEMORY_YET) {
        r = grow(c);
        if (r != BIDE_READY)
            return r;
    }
    *error = r == CLOSED_NOW ? BIDE_SINK_CLOSED : 0;
    if (r == BIDE_ENOMEM) /* of a foreign waker: it cannot wait */
        bide_priv_sender_give_back(tx);
    return r == CLOSED_NOW ? BIDE_READY : r;
}

/* Puts an item into reserved room, or says why not. */
static int32_t put(bide_priv_channel *c, bide_priv_waiter *place, const void *item,
                   bide_waker **waker)
{
    if (place->state != BIDE_PRIV_GRANTED)
        return BIDE_SINK_NOT_READY;
    place->state = BIDE_PRIV_IDLE;
    c->reserved--;
    if (c->closed)
        return BIDE_SINK_CLOSED;
    push(c, item);
    *waker = c->waker;
    c->waker = NULL;
    return 0;
}

int32_t bide_priv_sender_send(bide_priv_sender *tx, const void *item)
{
    bide_priv_channel *c = tx->channel;
    bide_waker *waker = NULL;
    int32_t error;
    if (!c)
        return BIDE_SINK_CLOSED;
    guard(c);
    error = put(c, &tx->place, item, &waker);
    unguard(c);
    bide_priv_wake(waker);
    return error;
}

int32_t bide_priv_sender_try_send(bide_priv_sender *tx, const void *item)
{
    bide_priv_channel *c = tx->channel;
    bide_waker *waker = NULL;
    int32_t error = BIDE_SINK_CLOSED;
    bide_poll r;
    while (c) {
        guard(c);
        r = look(c, &tx->place);
        if (r == BIDE_READY)
            error = put(c, &tx->place, item, &waker);
        unguard(c);
        if (r == BIDE_PENDING)
            return BIDE_CHANNEL_FULL;
        if (r != NO_MEMORY_YET)
            break;
        r = grow(c);
        if (r != BIDE_READY)
            return r;
    }
    bide_priv_wake(waker);
    return error;
}

void bide_priv_sender_give_back(bide_priv_sender *tx)
{
    bide_priv_channel *c = tx->channel;
    bide_waker *own, *other;
    if (!c)
        return;
    guard(c);
    withdraw(c, &tx->place, &own, &other);
    unguard(c);
    bide_priv_unwake(own);
    bide_priv_wake(other);
}

void bide_priv_sender_clone(const bide_priv_sender *from, bide_priv_sender *to)
{
    bide_priv_channel *c = from->channel;
    memset(to, 0, sizeof *to);
    to->channel = c;
    if (!c)
        return;
    guard(c);
    c->senders++;
    unguard(c);
}

bool bide_priv_sender_is_closed(const bide_priv_sender *tx)
{
    bool closed = true;
    if (tx->channel) {
        guard(tx->channel);
        closed = tx->channel->closed;
        unguard(tx->channel);
    }
    return closed;
}

void bide_priv_sender_drop(bide_priv_sender *tx)
{
    bide_priv_channel *c = tx->channel;
    bide_waker *own, *other, *receiver = NULL;
    bool last;
    if (!c)
        return;
    tx->channel = NULL;
    guard(c);
    withdraw(c, &tx->place, &own, &other);
    if (--c->senders == 0) {
        receiver = c->waker;
        c->waker = NULL;
    }
    last = c->senders == 0 && !c->receiver;
    unguard(c);
    if (last)
        free_channel(c);
    bide_priv_unwake(own);
    bide_priv_wake(other);
    bide_priv_wake(receiver);
}

/* ---- the receiver ------------------------------------------------------------------------- */

/* What there is now; BIDE_PENDING: nothing. */
static bide_poll take(bide_priv_channel *c, void *item, bide_waker **sender, block **freed)
{
    if (c->count == 0)
        return c->closed || c->senders == 0 ? BIDE_DONE : BIDE_PENDING;
    copy_item(c, item, front(c));
    *freed = pop(c);
    c->hungry = false;
    *sender = grant(c);
    return BIDE_READY;
}

/* Waits, and lets a sender know that. False: *fresh must be a clone of the waker first. */
static bool arm(bide_priv_channel *c, const bide_context *cx, bide_waker **fresh,
                bide_waker **sender)
{
    if (!bide_priv_wait_keep(&c->waker, cx, fresh))
        return false;
    c->hungry = true;
    *sender = grant(c);
    return true;
}

bide_poll bide_priv_receiver_poll(bide_priv_receiver *rx, bide_context *cx, void *item)
{
    bide_priv_channel *c = rx->channel;
    bide_waker *fresh = NULL, *sender = NULL, *old = NULL;
    block *freed = NULL;
    bool settled = false;
    bide_poll r = BIDE_DONE;
    while (c && !settled) {
        guard(c);
        r = take(c, item, &sender, &freed);
        settled = r != BIDE_PENDING || !cx || arm(c, cx, &fresh, &sender);
        if (r != BIDE_PENDING) { /* a wake that is still to come would be for nothing */
            old = c->waker;
            c->waker = NULL;
        }
        unguard(c);
        if (settled)
            break;
        fresh = bide_waker_clone(cx->waker);
        if (!fresh)
            return BIDE_ENOMEM;
    }
    bide_priv_unwake(fresh);
    bide_priv_unwake(old);
    free_block(c, freed);
    bide_priv_wake(sender);
    return r;
}

bide_size_hint bide_priv_receiver_hint(const bide_priv_receiver *rx)
{
    bide_priv_channel *c = rx->channel;
    bide_size_hint hint = {0, 0};
    if (!c)
        return hint;
    guard(c);
    hint.least = c->count;
    hint.most = c->closed || c->senders == 0 ? c->count : SIZE_MAX;
    unguard(c);
    return hint;
}

void bide_priv_receiver_close(bide_priv_receiver *rx)
{
    bide_priv_channel *c = rx->channel;
    bide_waker *waker;
    if (!c)
        return;
    do {
        guard(c);
        c->closed = true;
        waker = c->waiting.first
                    ? bide_priv_wait_unlink(&c->waiting, c->waiting.first, BIDE_PRIV_IDLE)
                    : NULL;
        unguard(c);
        bide_priv_wake(waker);
    } while (waker);
}

void bide_priv_receiver_drop(bide_priv_receiver *rx)
{
    bide_priv_channel *c = rx->channel;
    bide_waker *waker;
    block *freed;
    bool last;
    if (!c)
        return;
    bide_priv_receiver_close(rx);
    rx->channel = NULL;
    guard(c);
    while (c->count > 0) { /* closed: the items are ours alone, and a drop may use the channel */
        void *item = front(c);
        unguard(c);
        if (c->kind.drop_item)
            c->kind.drop_item(item);
        guard(c);
        freed = pop(c);
        unguard(c);
        free_block(c, freed);
        guard(c);
    }
    waker = c->waker;
    c->waker = NULL;
    c->receiver = false;
    last = c->senders == 0;
    unguard(c);
    if (last)
        free_channel(c);
    bide_priv_unwake(waker);
}

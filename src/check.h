/*
 * check.h (private): the books of checked builds, as check*.c share them.
 *
 * Everything is under one lock, which is never held while a handler or a foreign waker runs. Out of
 * memory, the books forget: they report less then, never something that is not so.
 */
#ifndef BIDE_PRIV_CHECK_PRIVATE_H
#define BIDE_PRIV_CHECK_PRIVATE_H

#include <bide/check.h>
#include <bide/waker.h>

#define CHECK_NAME 64
#define CHECK_TEXT 768

/* A place in a source. Copied: a plugin's strings may be gone when the message is written. */
typedef struct check_site {
    char file[160];
    int line; /* 0: not known */
} check_site;

enum check_state { CHECK_LIVE, CHECK_DONE, CHECK_DROPPED };

/* What is known of a future at an address. A child may lie where its parent begins, so the name of
 * the type belongs to the key. */
typedef struct check_frame {
    struct check_frame *next;
    const void *frame;
    char type[CHECK_NAME];
    enum check_state state;
    uintptr_t running; /* thread that polls it now, or 0 */
    uintptr_t thread;  /* that polled it last */
    uint64_t print;    /* of its bytes at the last suspension, or at its end */
    uint64_t before;   /* of its bytes before its drop */
    check_site site;   /* of the last poll */
    check_site first;  /* of the first one */
} check_frame;

/* A call through a handle, from its start to its end. */
typedef struct check_call {
    struct check_call *next;
    void *self;
    const void *frame; /* of the callee's future; NULL while it starts */
    uintptr_t thread;  /* that runs it now, or 0 */
    uintptr_t home;    /* that made it */
    bool exclusive;
    char name[2 * CHECK_NAME]; /* "Interface.method" */
    check_site site;
} check_call;

typedef struct check_waker check_waker;

/* One poll, start or call in progress. */
typedef struct check_scope {
    const char *type; /* lent: its function has not returned yet */
    const void *frame;
    uint32_t flags;    /* of the future */
    const char *stack; /* where it was entered */
    check_call *call;
    check_site site; /* of the caller, restored in the end */
    bide_context *cx;
    bide_waker *inner; /* what this scope replaced in the context, or NULL */
    check_waker *waker;
    uint64_t wakes;        /* of it, at the beginning */
    size_t root;           /* the innermost scope around this one that replaced a waker */
    const void *from;      /* range of an await by value */
    size_t bytes;          /* of it */
    char leaf[CHECK_NAME]; /* first future that was pending in here */
    check_site leaf_site;
} check_scope;

typedef struct check_thread {
    struct check_thread *next;
    uintptr_t id;
    check_scope *scopes;
    size_t depth, room;
    check_site site;
    check_call *last; /* call that just returned pending, and nobody has held yet */
    const void *from; /* range of an await by value */
    size_t bytes;
    bool jumped;  /* a handler has not come back, yet */
    bool excused; /* until the next poll it drops as it must: it has been told, or has no memory */
} check_thread;

/* Where the stack of the function that was called from checked code begins: scopes nest by it. Not
 * the frame address, which on ARM lies below the locals. */
#if defined(__GNUC__)
#define CHECK_STACK ((const char *)__builtin_dwarf_cfa())
#else
#define CHECK_STACK ((const char *)NULL) /* never deeper than another: longjmp leaves scopes open  \
                                          */
#endif
/* i386 pushes arguments, so that it differs from call to call in one function, by less than this. */
#if defined(__i386__)
#define CHECK_STACK_VARIES 32
#else
#define CHECK_STACK_VARIES 0
#endif

/* check_text.c: the lock, messages; check.c: threads. */
void bide_priv_check_lock(void);
/* Ends a locked stretch: if there is a message, hands it to the handler. */
void bide_priv_check_unlock(const char *message);
void bide_priv_check_say(char text[CHECK_TEXT], const char *format, ...)
#if defined(__GNUC__)
    __attribute__((format(printf, 2, 3)))
#endif
    ;
/* " at file:line" or "", in one of a few buffers. Under the lock. */
const char *bide_priv_check_at(const check_site *site, const char *before);
check_thread *bide_priv_check_thread(void);
check_scope *bide_priv_check_push(check_thread *t, const char *type, const void *frame,
                                  const void *stack);
void bide_priv_check_pop(check_thread *t);
void bide_priv_check_copy(char *to, size_t bytes, const char *from);

/* Whether checked code began a future at this address. */
bool bide_priv_check_knows(const void *frame);
/* ": the future F, polled at file:line" for a suspended one in [start, start + bytes), or "". */
void bide_priv_check_describe(const void *start, size_t bytes, char text[CHECK_TEXT]);

/* check_calls.c, under the lock. */
void bide_priv_calls_run(const void *frame, uintptr_t thread);
void bide_priv_calls_end(const void *frame);
/* The call whose future is there, or NULL. */
const check_call *bide_priv_call_of(const void *frame);
void bide_priv_call_free(check_call *call);

/* check_send.c, under the lock. A future that is not BIDE_SEND is made by this thread; it is polled,
 * dropped or forgotten (type NULL: any that is there); may it be polled or dropped by this one? */
void bide_priv_check_made(const void *frame, const char *type, const check_thread *t);
void bide_priv_check_unmade(const void *frame, const char *type);
void bide_priv_check_home(char text[CHECK_TEXT], const char *type, const check_frame *r,
                          const void *frame, const check_thread *t, const char *what);
/* A box of a call is used by this thread: is its memory for the thread that made the call only? */
void bide_priv_check_giver(char text[CHECK_TEXT], const void *frame, const check_thread *t);

/* check_waker.c, under the lock: the waker of a scope that begins a task's poll. */
void bide_priv_check_wrap(check_scope *s, bide_context *cx);
void bide_priv_check_unwrap(check_scope *s, bool pending, char text[CHECK_TEXT]);

#endif

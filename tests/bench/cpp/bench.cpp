// The workloads of tests/bench with C++20 coroutines: a lazy task with symmetric transfer to
// whoever awaits it, as in the libraries; no library is used. Command line as in bench.h.
#include "task.hpp"

#include "../bench.h"

#include <memory>
#include <new>
#include <optional>
#include <string>
#include <vector>

using u32 = std::uint32_t;

namespace {

// ---- an executor of one thread ----

// Who is to be resumed next, first come first served.
struct run_queue {
    std::vector<std::coroutine_handle<>> now, later;

    void run()
    {
        while (!later.empty()) {
            std::swap(now, later);
            for (auto h : now)
                h.resume();
            now.clear();
        }
    }
};

run_queue queue;

u32 block_on(task<u32> t)
{
    queue.later.push_back(t.handle());
    queue.run();
    return t.result();
}

// Resumes whoever awaits it in the next round.
struct yield {
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> h) { queue.later.push_back(h); }
    void await_resume() const noexcept {}
};

// ---- the interface and its implementations ----

struct adder {
    virtual task<u32> add(u32 a, u32 b) = 0;
    virtual ~adder() = default;
};

struct plus final : adder {
    u32 last = 0;
    task<u32> add(u32 a, u32 b) override
    {
        last = a + b;
        co_return last;
    }
};

struct minus final : adder {
    u32 last = 0;
    task<u32> add(u32 a, u32 b) override
    {
        last = a - b;
        co_return last;
    }
};

struct nap_plus final : adder {
    u32 last = 0;
    task<u32> add(u32 a, u32 b) override
    {
        co_await yield();
        last = a + b;
        co_return last;
    }
};

struct nap_minus final : adder {
    u32 last = 0;
    task<u32> add(u32 a, u32 b) override
    {
        co_await yield();
        last = a - b;
        co_return last;
    }
};

struct chain_link final : adder {
    adder *next;
    explicit chain_link(adder *n) : next(n) {}
    task<u32> add(u32 a, u32 b) override { co_return co_await next->add(a, b) + 1; }
};

// ---- the loops ----

template <class T> task<u32> loop(u32 loops, T *object)
{
    u32 acc = 0;
    for (u32 i = 0; i < loops; i++)
        acc = co_await object->add(acc, opaque(i));
    co_return acc;
}

// A static chain: each level a template of the one below, known to the compiler.
template <int n> task<u32> level(plus *p, u32 a, u32 b)
{
    if constexpr (n == 0)
        co_return co_await p->add(a, b);
    else
        co_return co_await level<n - 1>(p, a, b) + 1;
}

task<u32> chain_loop(u32 loops, plus *p)
{
    u32 acc = 0;
    for (u32 i = 0; i < loops; i++)
        acc = co_await level<CHAIN - 1>(p, acc, opaque(i));
    co_return acc;
}

u32 static_leaf(u32 loops, int which)
{
    plus leaves[2], *leaf = &leaves[which];
    OPAQUE(leaf);
    return block_on(loop<plus>(loops, leaf));
}

u32 static_chain(u32 loops, int which)
{
    plus leaves[2], *leaf = &leaves[which];
    OPAQUE(leaf);
    return block_on(chain_loop(loops, leaf));
}

u32 drive(u32 loops, adder *object)
{
    OPAQUE(object);
    return block_on(loop<adder>(loops, object));
}

template <class Plus, class Minus> std::unique_ptr<adder> make(int which)
{
    if (which)
        return std::make_unique<Plus>();
    return std::make_unique<Minus>();
}

template <class Plus, class Minus> u32 run_leaf(u32 loops, int which)
{
    return drive(loops, make<Plus, Minus>(which).get());
}

template <class Plus, class Minus> u32 run_chain(u32 loops, int which)
{
    auto leaf = make<Plus, Minus>(which);
    std::vector<std::unique_ptr<adder>> links;
    adder *object = leaf.get();
    for (int k = 1; k < CHAIN; k++) {
        links.push_back(std::make_unique<chain_link>(object));
        object = links.back().get();
    }
    return drive(loops, object);
}

// ---- streams ----

constexpr u32 items = 64;

struct numbers {
    u32 at = 0;
    virtual task<std::optional<u32>> next() = 0;
    virtual ~numbers() = default;

protected:
    std::optional<u32> count(u32 sign)
    {
        if (at == items) {
            at = 0;
            return std::nullopt;
        }
        return opaque(at++) * sign;
    }
};

struct up final : numbers {
    task<std::optional<u32>> next() override { co_return count(1); }
};

struct down final : numbers {
    task<std::optional<u32>> next() override { co_return count(UINT32_MAX); }
};

template <class T> task<u32> sum(u32 loops, T *stream)
{
    u32 acc = 0;
    for (u32 i = 0; i < loops; i++)
        while (auto item = co_await stream->next())
            acc += *item;
    co_return acc;
}

u32 stream_static(u32 loops, int which)
{
    up both[2], *stream = &both[which];
    OPAQUE(stream);
    return block_on(sum<up>(loops, stream));
}

u32 stream_next(u32 loops, int which)
{
    up u;
    down d;
    numbers *stream = which ? static_cast<numbers *>(&u) : &d;
    OPAQUE(stream);
    return block_on(sum<numbers>(loops, stream));
}

// ---- many tasks that wait for an event ----

// Manual reset. Who waits is linked into it, last come first.
struct event {
    struct waiter {
        event &e;
        waiter *next = nullptr;
        std::coroutine_handle<> h;
        bool await_ready() const noexcept { return e.is_set; }
        void await_suspend(std::coroutine_handle<> who) noexcept
        {
            h = who;
            next = e.first;
            e.first = this;
        }
        void await_resume() const noexcept {}
    };
    waiter *first = nullptr;
    bool is_set = false;

    waiter wait() { return {*this, nullptr, nullptr}; }
    void set()
    {
        is_set = true;
        for (; first; first = first->next)
            queue.later.push_back(first->h);
    }
};

struct gate {
    event &e;
    explicit gate(event &of) : e(of) {}
    virtual task<u32> pass(u32 n) = 0;
    virtual ~gate() = default;
};

struct front final : gate {
    using gate::gate;
    task<u32> pass(u32 n) override
    {
        co_await e.wait();
        co_return n;
    }
};

struct back final : gate {
    using gate::gate;
    task<u32> pass(u32 n) override
    {
        co_await e.wait();
        co_return 0 - n;
    }
};

task<u32> client(gate *g, u32 n)
{
    co_return co_await g->pass(n);
}

task<u32> call(gate *g, u32 n)
{
    return g->pass(n);
}

// A task holds its result for whoever has the object; there are no join handles, no abort, no wakes
// from other threads.
template <task<u32> (*make)(gate *g, u32 n)> u32 many(u32 tasks, int which)
{
    event e;
    front f(e);
    back b(e);
    gate *g = which ? static_cast<gate *>(&f) : &b;
    OPAQUE(g);
    std::vector<task<u32>> all;
    all.reserve(tasks);
    queue.later.reserve(tasks);
    for (u32 i = 0; i < tasks; i++) {
        all.push_back(make(g, opaque(i)));
        queue.later.push_back(all.back().handle());
    }
    queue.run();
    queue.now = {}; // half of the queue's memory: one of the two is enough
    e.set();
    queue.run();
    u32 acc = 0;
    for (auto &t : all)
        acc += t.result();
    return acc;
}

// Every call is boxed, static ones too.
const struct bench table[] = {
    {"static_leaf", "heap", static_leaf},
    {"static_chain", "heap", static_chain},
    {"stream_static", "heap", stream_static},
    {"dyn_leaf", "heap", run_leaf<plus, minus>},
    {"dyn_yield", "heap", run_leaf<nap_plus, nap_minus>},
    {"dyn_chain", "heap", run_chain<plus, minus>},
    {"dyn_chain_wait", "heap", run_chain<nap_plus, nap_minus>},
    {"stream_next", "heap", stream_next},
    {"many", "heap", many<client>},
    {"many_call", "heap", many<call>},
};

} // namespace

int main(int argc, char **argv)
{
    // One block of each size stays, as in the C programs.
    std::vector<void *> kept;
    for (int i = 0; i < KEPT; i++)
        kept.push_back(::operator new(KEPT_SIZE(i)));
    int status = bench_main(argc, argv, table, sizeof table / sizeof table[0]);
    for (void *p : kept)
        ::operator delete(p);
    return status;
}

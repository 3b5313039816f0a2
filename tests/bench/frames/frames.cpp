// The functions of the frame table as C++20 coroutines; frames.rs and frames.async.c hold the same
// ones, line by line. Prints "name bytes result" for each. g++ -std=c++20 -O2 frames.cpp.
//
// A coroutine has its callees' frames beside its own, each from the promise's operator new. What is
// comparable with a future that embeds its children is the most bytes that a call held at once; the
// callee behind a virtual call is not counted, as in the other languages.
#include <algorithm>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <utility>

using u8 = std::uint8_t;
using u16 = std::uint16_t;
using u32 = std::uint32_t;
using u64 = std::uint64_t;
using i32 = std::int32_t;

// ---- what they stand on ----

static std::size_t held, most_held;

struct counted {
    // Not inlined: the compiler takes the inlined pair for mismatched.
    [[gnu::noinline]] static void *operator new(std::size_t bytes)
    {
        held += bytes;
        most_held = std::max(most_held, held);
        return ::operator new(bytes);
    }
    [[gnu::noinline]] static void operator delete(void *p, std::size_t bytes)
    {
        held -= bytes;
        ::operator delete(p, bytes);
    }
};
struct uncounted {};

// Who waits for its leaf, in the order of the suspensions.
static std::coroutine_handle<> waiting[8];
static std::size_t waiting_count;

// Suspends once, gives value + 1.
struct leaf {
    u32 value;
    u32 polled = 0;
    explicit leaf(u32 v) : value(v) {}
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> h) noexcept
    {
        polled = 1;
        waiting[waiting_count++] = h;
    }
    u32 await_resume() const noexcept { return value + 1; }
};

// A lazy task with symmetric transfer to whoever awaits it.
template <class T, class Frame = counted> struct task {
    struct promise_type : Frame {
        T value;
        std::coroutine_handle<> next = std::noop_coroutine();
        task get_return_object() { return task(handle::from_promise(*this)); }
        std::suspend_always initial_suspend() noexcept { return {}; }
        struct last {
            bool await_ready() noexcept { return false; }
            std::coroutine_handle<>
            await_suspend(std::coroutine_handle<promise_type> h) noexcept
            {
                return h.promise().next;
            }
            void await_resume() noexcept {}
        };
        last final_suspend() noexcept { return {}; }
        void return_value(T v) { value = v; }
        void unhandled_exception() { std::abort(); }
    };
    using handle = std::coroutine_handle<promise_type>;
    handle h;
    explicit task(handle of) : h(of) {}
    task(task &&other) noexcept : h(std::exchange(other.h, nullptr)) {}
    ~task()
    {
        if (h)
            h.destroy();
    }
    bool await_ready() const noexcept { return false; }
    handle await_suspend(std::coroutine_handle<> next) noexcept
    {
        h.promise().next = next;
        return h;
    }
    T await_resume() { return h.promise().value; }
};

[[gnu::noinline]] static void fill(u8 *a, std::size_t n, u32 seed)
{
    for (std::size_t i = 0; i < n; i++)
        a[i] = static_cast<u8>(seed + 7 * static_cast<u32>(i));
}

[[gnu::noinline]] static u32 total(const u8 *a, std::size_t n)
{
    u32 sum = 0;
    for (std::size_t i = 0; i < n; i++)
        sum += a[i];
    return sum;
}

struct block {
    u8 bytes[128];
};

struct reply {
    bool ok;
    u32 value;
};

struct outcome {
    bool ok;
    i32 value;
};

struct adder {
    virtual task<u32, uncounted> add(u32 a, u32 b) const = 0;
    virtual ~adder() = default;
};

struct plus final : adder {
    u32 extra;
    explicit plus(u32 e) : extra(e) {}
    task<u32, uncounted> add(u32 a, u32 b) const override
    {
        co_return co_await leaf(a + b) + extra;
    }
};

// ---- callees that are large: an array of theirs lives across their await ----

static task<u32> large_a(u32 x)
{
    u8 a[128];
    fill(a, sizeof a, x);
    u32 r = co_await leaf(x);
    co_return r + total(a, sizeof a);
}

static task<u32> large_b(u32 x)
{
    u8 a[96];
    fill(a, sizeof a, x);
    u32 r = co_await leaf(x);
    co_return r + total(a, sizeof a);
}

static task<block> make_block(u32 x)
{
    block b;
    u32 r = co_await leaf(x);
    fill(b.bytes, sizeof b.bytes, r);
    co_return b;
}

static task<outcome> step(i32 x)
{
    u32 r = co_await leaf(static_cast<u32>(x));
    if (r > 1000)
        co_return outcome{false, -5};
    co_return outcome{true, static_cast<i32>(r)};
}

static task<reply> query(u32 x)
{
    u32 r = co_await leaf(x);
    co_return reply{r % 3 == 0, r};
}

// ---- the table ----

static task<u32> once(u32 x)
{
    co_return co_await leaf(x);
}

static task<u32> array_live(u32 x)
{
    u8 a[64];
    fill(a, sizeof a, x);
    u32 r = co_await leaf(x);
    co_return r + total(a, sizeof a);
}

static task<u32> array_dead(u32 x)
{
    u32 s;
    {
        u8 a[64];
        fill(a, sizeof a, x);
        s = total(a, sizeof a);
    }
    u32 r = co_await leaf(x);
    co_return r + s;
}

static task<u32> array_dead_in_scope(u32 x)
{
    u8 a[64];
    fill(a, sizeof a, x);
    u32 s = total(a, sizeof a);
    u32 r = co_await leaf(x);
    co_return r + s;
}

static task<u32> args_before(u64 a, u64 b, u64 c, u64 d, u64 e, u64 f, u64 g, u64 h)
{
    u64 s = a + b + c + d + e + f + g + h;
    co_return co_await leaf(static_cast<u32>(s));
}

static task<u32> args_across(u64 a, u64 b, u64 c, u64 d, u64 e, u64 f, u64 g, u64 h)
{
    u32 r = co_await leaf(1);
    co_return static_cast<u32>(r + a + b + c + d + e + f + g + h);
}

static task<u32> two_large(u32 x)
{
    u32 a = co_await large_a(x);
    u32 b = co_await large_b(a);
    co_return a + b;
}

static task<u32> four_large(u32 x)
{
    u32 a = co_await large_a(x);
    u32 b = co_await large_b(a);
    u32 c = co_await large_a(b);
    u32 d = co_await large_b(c);
    co_return a + d;
}

static task<u32> both_first(u32 x)
{
    auto a = large_a(x);
    auto b = large_b(x);
    u32 first = co_await a;
    co_return first + co_await b;
}

static task<u32> level1(u32 x)
{
    co_return co_await leaf(x) + 1;
}
static task<u32> level2(u32 x)
{
    co_return co_await level1(x) + 1;
}
static task<u32> level3(u32 x)
{
    co_return co_await level2(x) + 1;
}
static task<u32> level4(u32 x)
{
    co_return co_await level3(x) + 1;
}
static task<u32> levels(u32 x)
{
    co_return co_await level4(x) + 1;
}

static task<u32> args1(u64 a, u64 b, u32 c)
{
    u32 r = co_await leaf(c);
    co_return r + static_cast<u32>(a ^ b) + c;
}
static task<u32> args2(u64 a, u64 b, u32 c)
{
    u32 r = co_await args1(a + 1, b, c);
    co_return r + static_cast<u32>(a ^ b) + c;
}
static task<u32> args3(u64 a, u64 b, u32 c)
{
    u32 r = co_await args2(a + 1, b, c);
    co_return r + static_cast<u32>(a ^ b) + c;
}
static task<u32> args4(u64 a, u64 b, u32 c)
{
    u32 r = co_await args3(a + 1, b, c);
    co_return r + static_cast<u32>(a ^ b) + c;
}
static task<u32> levels_args(u64 a, u64 b, u32 c)
{
    u32 r = co_await args4(a + 1, b, c);
    co_return r + static_cast<u32>(a ^ b) + c;
}

static task<u32> arrays1(u32 x)
{
    u8 a[32];
    fill(a, sizeof a, x);
    u32 r = co_await leaf(x);
    co_return r + total(a, sizeof a);
}
static task<u32> arrays2(u32 x)
{
    u8 a[32];
    fill(a, sizeof a, x);
    u32 r = co_await arrays1(x);
    co_return r + total(a, sizeof a);
}
static task<u32> arrays3(u32 x)
{
    u8 a[32];
    fill(a, sizeof a, x);
    u32 r = co_await arrays2(x);
    co_return r + total(a, sizeof a);
}
static task<u32> arrays4(u32 x)
{
    u8 a[32];
    fill(a, sizeof a, x);
    u32 r = co_await arrays3(x);
    co_return r + total(a, sizeof a);
}
static task<u32> levels_arrays(u32 x)
{
    u8 a[32];
    fill(a, sizeof a, x);
    u32 r = co_await arrays4(x);
    co_return r + total(a, sizeof a);
}

static task<u32> loop_sum(u32 n)
{
    u32 acc = 0;
    for (u32 i = 0; i < n; i++) {
        u32 r = co_await leaf(i);
        acc += r;
    }
    co_return acc;
}

static task<u32> loop_array(u32 n)
{
    u32 acc = 0;
    for (u32 i = 0; i < n; i++) {
        u8 a[64];
        fill(a, sizeof a, i);
        u32 r = co_await leaf(i);
        acc += r + total(a, sizeof a);
    }
    co_return acc;
}

static task<u32> switch_arms(u32 which, u32 x)
{
    switch (which) {
    case 0:
        co_return co_await leaf(x);
    case 1:
        co_return co_await large_a(x);
    case 2: {
        u8 a[48];
        fill(a, sizeof a, x);
        u32 r = co_await leaf(x);
        co_return r + total(a, sizeof a);
    }
    default: {
        u64 p = static_cast<u64>(x) * 3;
        u64 q = static_cast<u64>(x) + 5;
        u32 r = co_await leaf(x);
        co_return r + static_cast<u32>(p ^ q);
    }
    }
}

static task<u32> conditions(u32 x)
{
    if (co_await leaf(x) > 3 && co_await large_b(x) != 0) {
        u8 a[40];
        fill(a, sizeof a, x);
        u32 r = co_await leaf(x);
        co_return r + total(a, sizeof a);
    } else {
        co_return co_await large_a(x) + x;
    }
}

static task<u32> large_result(u32 x)
{
    block b = co_await make_block(x);
    u32 r = co_await leaf(x);
    co_return r + total(b.bytes, sizeof b.bytes);
}

static task<block> forward1(u32 x)
{
    co_return co_await make_block(x);
}
static task<block> forward2(u32 x)
{
    co_return co_await forward1(x);
}
static task<u32> large_forwarded(u32 x)
{
    block b = co_await forward2(x);
    co_return total(b.bytes, sizeof b.bytes);
}

struct counter {
    u32 n;
    task<u32> next(u32 by)
    {
        u32 r = co_await leaf(by);
        n += r;
        co_return n;
    }
    task<u32> two(u32 by)
    {
        u32 a = co_await next(by);
        u32 b = co_await next(a);
        co_return a + b + n;
    }
};

static task<u32> flags(u32 x)
{
    bool a = x & 1;
    bool b = x & 2;
    bool c = x & 4;
    u8 d = static_cast<u8>(x >> 1);
    u16 e = static_cast<u16>(x * 3);
    u32 f = x * 5;
    u64 g = static_cast<u64>(x) * 7;
    u32 r = co_await leaf(x);
    u32 s = co_await leaf(r);
    co_return s + a + b + c + d + e + f + static_cast<u32>(g);
}

static task<u32> mixed_sizes(u32 x)
{
    u64 a = static_cast<u64>(x) * 3;
    u8 b = static_cast<u8>(x >> 1);
    u32 c = x + 9;
    u16 d = static_cast<u16>(x * 3);
    u32 r = co_await leaf(x);
    u64 e = a + b + r;
    u8 f = static_cast<u8>(c & 7);
    u32 s = co_await leaf(d);
    u64 g = s + e;
    u16 h = static_cast<u16>(s & 1);
    u32 t = co_await leaf(f);
    co_return t + static_cast<u32>(g) + h + f;
}

static task<u32> disjoint_arrays(u32 x)
{
    u32 acc;
    {
        u8 a[64];
        fill(a, sizeof a, x);
        acc = co_await leaf(x);
        acc += total(a, sizeof a);
    }
    {
        u8 a[48];
        fill(a, sizeof a, acc);
        u32 r = co_await leaf(acc);
        acc += r + total(a, sizeof a);
    }
    {
        u8 a[32];
        fill(a, sizeof a, acc);
        u32 r = co_await leaf(acc);
        acc += r + total(a, sizeof a);
    }
    co_return acc;
}

static task<u32> disjoint_scalars(u32 x)
{
    u32 acc;
    {
        u64 p = static_cast<u64>(x) * 3;
        u64 q = static_cast<u64>(x) + 5;
        u64 s = static_cast<u64>(x) ^ 9;
        u32 r = co_await leaf(x);
        acc = r + static_cast<u32>(p + q + s);
    }
    {
        u64 p = static_cast<u64>(acc) * 5;
        u64 q = static_cast<u64>(acc) + 7;
        u64 s = static_cast<u64>(acc) ^ 11;
        u32 r = co_await leaf(acc);
        acc = r + static_cast<u32>(p + q + s);
    }
    co_return acc;
}

static task<u32> self_pointer(u32 x)
{
    u8 a[32];
    fill(a, sizeof a, x);
    u8 *p = &a[5];
    u32 r = co_await leaf(x);
    *p = static_cast<u8>(*p + r);
    co_return total(a, sizeof a);
}

static task<u32> dyn_held(const adder *o, u32 a, u32 b)
{
    u64 k = static_cast<u64>(a) * 3;
    u32 r = co_await o->add(a, b);
    co_return r + static_cast<u32>(k) + a;
}

static task<u32> dyn_two(const adder *o, const adder *p, u32 a, u32 b)
{
    u32 r = co_await o->add(a, b);
    u32 s = co_await p->add(r, b);
    co_return r + s;
}

// Both at once: each side runs in a coroutine that only waits for it.
struct both {
    int left;
    std::coroutine_handle<> next;
};

struct side {
    struct promise_type : counted {
        both *of = nullptr;
        side get_return_object() { return side(handle::from_promise(*this)); }
        std::suspend_always initial_suspend() noexcept { return {}; }
        struct last {
            bool await_ready() noexcept { return false; }
            std::coroutine_handle<>
            await_suspend(std::coroutine_handle<promise_type> h) noexcept
            {
                both *of = h.promise().of;
                return --of->left == 0 ? of->next : std::noop_coroutine();
            }
            void await_resume() noexcept {}
        };
        last final_suspend() noexcept { return {}; }
        void return_void() {}
        void unhandled_exception() { std::abort(); }
    };
    using handle = std::coroutine_handle<promise_type>;
    handle h;
    explicit side(handle of) : h(of) {}
    side(side &&other) noexcept : h(std::exchange(other.h, nullptr)) {}
    ~side()
    {
        if (h)
            h.destroy();
    }
};

template <class A> static side run_side(A *a, u32 *out)
{
    *out = co_await *a;
}

template <class A, class B> struct join {
    A a;
    B b;
    u32 first = 0, second = 0;
    side left, right;
    both of{3, nullptr};
    join(A &&x, B &&y)
        : a(std::move(x)), b(std::move(y)), left(run_side(&a, &first)),
          right(run_side(&b, &second))
    {
    }
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> h)
    {
        of.next = h;
        left.h.promise().of = right.h.promise().of = &of;
        left.h.resume();
        right.h.resume();
        return --of.left != 0;
    }
    u32 await_resume() const { return first + second; }
};

static task<u32> join_two(u32 x)
{
    co_return co_await join(leaf(x), large_b(x));
}

static task<outcome> early_error(i32 x)
{
    outcome a = co_await step(x);
    if (!a.ok)
        co_return a;
    outcome b = co_await step(a.value + 1);
    if (!b.ok)
        co_return b;
    u8 buffer[24];
    fill(buffer, sizeof buffer, static_cast<u32>(b.value));
    outcome c = co_await step(b.value + 1);
    if (!c.ok)
        co_return c;
    co_return outcome{true, a.value + b.value + c.value +
                                static_cast<i32>(total(buffer, sizeof buffer))};
}

static task<u32> retry(u32 x)
{
    for (u32 attempt = 0; attempt < 3; attempt++) {
        reply r = co_await query(x + attempt);
        if (r.ok)
            co_return r.value;
        co_await leaf(10u << attempt);
    }
    co_return 0;
}

// ---- the run ----

static u32 plain(u32 value)
{
    return value;
}
static u32 plain(outcome o)
{
    return static_cast<u32>(o.value);
}

template <class Make> static void run(const char *name, Make make)
{
    held = most_held = 0;
    auto t = make();
    t.h.resume();
    while (waiting_count) {
        auto h = waiting[0];
        waiting_count--;
        std::move(waiting + 1, waiting + 1 + waiting_count, waiting);
        h.resume();
    }
    if (!t.h.done())
        std::abort();
    std::printf("%s %zu %u\n", name, most_held, plain(t.h.promise().value));
}

#define RUN(f, ...) run(#f, [&] { return f(__VA_ARGS__); })

int main()
{
    plus three(3);
    counter c{5};
    RUN(once, 4);
    RUN(array_live, 4);
    RUN(array_dead, 4);
    RUN(array_dead_in_scope, 4);
    RUN(args_before, 1, 2, 3, 4, 5, 6, 7, 8);
    RUN(args_across, 1, 2, 3, 4, 5, 6, 7, 8);
    RUN(two_large, 4);
    RUN(four_large, 4);
    RUN(both_first, 4);
    RUN(levels, 4);
    RUN(levels_args, 1, 2, 3);
    RUN(levels_arrays, 4);
    RUN(loop_sum, 10);
    RUN(loop_array, 10);
    RUN(switch_arms, 1, 4);
    RUN(conditions, 4);
    RUN(large_result, 4);
    RUN(large_forwarded, 4);
    run("counter_next", [&] { return c.next(4); });
    run("counter_two", [&] { return c.two(4); });
    RUN(flags, 7);
    RUN(mixed_sizes, 7);
    RUN(disjoint_arrays, 4);
    RUN(disjoint_scalars, 4);
    RUN(self_pointer, 4);
    RUN(dyn_held, &three, 1, 2);
    RUN(dyn_two, &three, &three, 1, 2);
    RUN(join_two, 4);
    RUN(early_error, 4);
    RUN(retry, 4);
    return 0;
}

// A lazy coroutine type: runs when it is awaited, resumes its awaiter at its end, holds the result.
#ifndef TASK_HPP
#define TASK_HPP

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <utility>

template <class T> class task {
public:
    struct promise_type {
        T value;
        std::coroutine_handle<> next = std::noop_coroutine();

        task get_return_object() { return task(handle_type::from_promise(*this)); }
        std::suspend_always initial_suspend() noexcept { return {}; }
        struct last {
            bool await_ready() noexcept { return false; }
            std::coroutine_handle<> await_suspend(std::coroutine_handle<promise_type> h) noexcept
            {
                return h.promise().next;
            }
            void await_resume() noexcept {}
        };
        last final_suspend() noexcept { return {}; }
        template <class U> void return_value(U &&v) { value = std::forward<U>(v); }
        void unhandled_exception() noexcept { std::abort(); }
    };
    using handle_type = std::coroutine_handle<promise_type>;

    task(task &&other) noexcept : h(std::exchange(other.h, nullptr)) {}
    task &operator=(task &&) = delete;
    ~task()
    {
        if (h)
            h.destroy();
    }

    std::coroutine_handle<> handle() const { return h; }
    T &result() { return h.promise().value; }

    bool await_ready() const noexcept { return false; }
    handle_type await_suspend(std::coroutine_handle<> next) noexcept
    {
        h.promise().next = next;
        return h;
    }
    T await_resume() { return std::move(h.promise().value); }

private:
    explicit task(handle_type of) : h(of) {}
    handle_type h;
};

#endif

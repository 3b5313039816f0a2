/*
 * cxx_interface.cpp: a C++17 program that includes an interface with bodies, implements it, calls
 * it on both paths, and binds a module written in C. Usage: cxx_interface <module>
 */
#include "counter_v2.h"

#include <cstdio>
#include <cstring>
#include <dlfcn.h>

static int failures;
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            std::printf("%s:%d: %s\n", __FILE__, __LINE__, #condition);                            \
            failures++;                                                                            \
        }                                                                                          \
    } while (0)

struct Tally {
    int32_t total;
};
#define Tally_add_FRAME(ROW)                                                                       \
    ROW(PARAM, Tally *, self) ROW(PARAM, int32_t, n) ROW(CHILD, bide_yield, turn)
BIDE_ASYNC(int32_t, Tally_add)
{
    BIDE_BEGIN(Tally_add);
    BIDE_AWAIT(bide_yield, turn, ());
    f->self->total += f->n;
    BIDE_RETURN(f->self->total);
    BIDE_END;
}
#define Tally_configure_FRAME(ROW)                                                                 \
    ROW(PARAM, Tally *, self) ROW(PARAM, const counter_options *, options)
BIDE_ASYNC(void, Tally_configure)
{
    BIDE_BEGIN(Tally_configure);
    f->self->total = f->options->offset;
    BIDE_END;
}
#define Tally_receive_FRAME(ROW) ROW(PARAM, Tally *, self) ROW(PARAM, counter_mail *, mail)
BIDE_ASYNC(int32_t, Tally_receive)
{
    BIDE_BEGIN(Tally_receive);
    BIDE_RETURN(f->mail->value);
    BIDE_END;
}
int32_t Tally_total(Tally *self)
{
    return self->total;
}
bool Tally_is_even(Tally *self, bool strict)
{
    return self->total % 2 == 0 && (!strict || self->total != 0);
}
BIDE_IMPL_DECLARE(Counter, Tally);
BIDE_DEFAULTS(Counter, Tally);
BIDE_IMPL(Counter, Tally);

static void use(Counter c)
{
    struct Counter_add_twice call;
    int32_t out = 0;
    bide_context cx = {sizeof cx, 0, bide_waker_noop(), nullptr, nullptr};
    Counter_add_twice_init(&call, &c, 4);
    while (Counter_add_twice_poll(&call, &cx, &out) == BIDE_PENDING)
        ;
    CHECK(out == 8);
    CHECK(Counter_is_even(&c, true));
    CHECK(Counter_total(&c) == 8);
    CHECK(Counter_item(&c, 8, &cx, &out) == BIDE_DONE);
    Counter_add_twice_init(&call, &c, 4);
    CHECK(Counter_add_twice_poll(&call, &cx, &out) == BIDE_PENDING);
    Counter_add_twice_drop(&call);
}

static void use_module(const char *path)
{
    const bide_vtable *(*enter)(void **);
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL), *object, *symbol;
    Counter c;
    bide_mismatch why;
    char text[300];
    if (!library || !(symbol = dlsym(library, "counter_module"))) {
        std::printf("%s\n", dlerror());
        failures++;
        return;
    }
    std::memcpy(&enter, &symbol, sizeof enter);
    const bide_vtable *vt = enter(&object);
    if (Counter_bind(&c, object, vt, nullptr, &why) != BIDE_READY) {
        bide_mismatch_text(&why, text, sizeof text);
        std::printf("%s\n", text);
        failures++;
    } else {
        use(c);
    }
    dlclose(library);
}

int main(int argc, char **argv)
{
    Tally tally = {0};
    use(Tally_as_Counter(&tally, nullptr));
    int32_t out = 0;
    CHECK(BIDE_BLOCK_ON(Tally_add, &out, (&tally, 2)) == BIDE_READY);
    CHECK(out == 10);
    if (argc > 1)
        use_module(argv[1]);
    return failures ? 1 : 0;
}

/*
 * test_query.c: from one interface of an object to another: up to a super-interface, across to an
 * optional one, and back down to the type.
 */
#include "dyn.h"
#include <stdlib.h>

#define Named_METHODS(METHOD, I, Self) METHOD(I, Self, SYNC, const char *, name)
BIDE_INTERFACE(Named);
#define Animal_METHODS(METHOD, I, Self)                                                            \
    METHOD(I, Self, SUPER, Named, named) METHOD(I, Self, ASYNC, int32_t, legs)
BIDE_INTERFACE(Animal);
#define Dog_METHODS(METHOD, I, Self)                                                               \
    METHOD(I, Self, SUPER, Animal, animal) METHOD(I, Self, SYNC, int, bark)
BIDE_INTERFACE(Dog);
#define Swimmer_METHODS(METHOD, I, Self) METHOD(I, Self, ASYNC, int32_t, swim, (int32_t, m))
BIDE_INTERFACE(Swimmer);
#define Flyer_METHODS(METHOD, I, Self) METHOD(I, Self, ASYNC, int32_t, fly, (int32_t, m))
BIDE_INTERFACE(Flyer);

typedef struct Poodle {
    int naps;
    int *destroyed;
} Poodle;
#define Poodle_HAS_destroy 1
static void Poodle_destroy(Poodle *p)
{
    ++*p->destroyed;
    free(p);
}
#define Poodle_INTERFACES(ROW, T) ROW(T, Named) ROW(T, Animal) ROW(T, Dog) ROW(T, Swimmer)
const char *Poodle_name(Poodle *self);
const char *Poodle_name(Poodle *self)
{
    (void)self;
    return "poodle";
}
#define Poodle_legs_FRAME(ROW) ROW(PARAM, Poodle *, self) ROW(CHILD, nap, rest)
BIDE_ASYNC(int32_t, Poodle_legs)
{
    BIDE_BEGIN(Poodle_legs);
    BIDE_AWAIT(nap, rest, (f->self->naps));
    BIDE_RETURN(4);
    BIDE_END;
}
int Poodle_bark(Poodle *self);
int Poodle_bark(Poodle *self)
{
    return self->naps;
}
#define Poodle_swim_FRAME(ROW) ROW(PARAM, Poodle *, self) ROW(PARAM, int32_t, m)
BIDE_ASYNC(int32_t, Poodle_swim)
{
    BIDE_BEGIN(Poodle_swim);
    BIDE_RETURN(f->m / 2);
    BIDE_END;
}
BIDE_IMPL_DECLARE(Named, Poodle);
BIDE_IMPL_DECLARE(Animal, Poodle);
BIDE_IMPL_DECLARE(Dog, Poodle);
BIDE_IMPL_DECLARE(Swimmer, Poodle);
BIDE_IMPL(Named, Poodle);
BIDE_IMPL(Animal, Poodle);
BIDE_IMPL(Dog, Poodle);
BIDE_IMPL(Swimmer, Poodle);

/* Implements one interface and says nothing of others. */
typedef struct Stone {
    char unused;
} Stone;
const char *Stone_name(Stone *self);
const char *Stone_name(Stone *self)
{
    (void)self;
    return "stone";
}
BIDE_IMPL_DECLARE(Named, Stone);
BIDE_IMPL(Named, Stone);

static Poodle *poodle(int *destroyed)
{
    Poodle *p = (Poodle *)malloc(sizeof *p);
    assert_non_null(p);
    *p = (Poodle){1, destroyed};
    return p;
}

static int32_t count_legs(Animal animal, rig *r)
{
    struct Animal_legs f = {0};
    int32_t out = 0;
    Animal_legs_init(&f, &animal);
    while (Animal_legs_poll(&f, &r->cx, &out) == BIDE_PENDING)
        ;
    return out;
}

static void I29_interface_inheritance(void **state)
{
    rig r, own;
    int destroyed = 0;
    Dog dog;
    Animal animal = {0};
    Named named;
    (void)state;
    rig_open(&r);
    rig_open(&own);
    dog = Poodle_as_Dog(poodle(&destroyed), &own.counter.base);
    assert_int_equal(count_legs(Dog_as_Animal(&dog), &r), 4);
    animal = Dog_as_Animal(&dog);
    named = Animal_as_Named(&animal);
    assert_string_equal(Named_name(&named), "poodle");
    assert_int_equal(Dog_bark(&dog), 1);
    assert_int_equal(r.counter.allocs, 0);
    assert_int_equal(own.counter.allocs, 1); /* by the allocator that the handle handed up */
    Dog_destroy(&dog);
    rig_close(&own);
    rig_close(&r);
}

static void I30_upcast_identity(void **state)
{
    int destroyed = 0;
    Dog dog = Poodle_as_Dog(poodle(&destroyed), NULL);
    Animal animal = Dog_as_Animal(&dog);
    Named named = Animal_as_Named(&animal);
    (void)state;
    assert_ptr_equal(animal.self, dog.self);
    assert_ptr_equal(named.self, dog.self);
    assert_ptr_equal(animal.vtable, &Poodle_Animal_vtable);
    Named_destroy(&named); /* by any of them, once */
    assert_int_equal(destroyed, 1);
}

static void I33_optional_interface_present(void **state)
{
    rig r;
    int destroyed = 0;
    Dog dog;
    Swimmer swimmer = {0};
    struct Swimmer_swim f = {0};
    int32_t out = 0;
    (void)state;
    rig_open(&r);
    dog = Poodle_as_Dog(poodle(&destroyed), &r.counter.base);
    assert_int_equal(BIDE_QUERY(Swimmer, &swimmer, &dog), BIDE_READY);
    assert_ptr_equal(swimmer.self, dog.self);
    assert_ptr_equal(swimmer.allocator, dog.allocator);
    assert_int_equal(Swimmer_swim_start(&f, &swimmer, 10, &r.cx, &out), BIDE_READY);
    assert_int_equal(out, 5);
    Dog_destroy(&dog);
    rig_close(&r);
}

static void I34_absent(void **state)
{
    int destroyed = 0;
    Stone stone = {0};
    Named named = Stone_as_Named(&stone, NULL);
    Dog dog = Poodle_as_Dog(poodle(&destroyed), NULL);
    Flyer flyer = {0};
    Swimmer swimmer = {0};
    (void)state;
    assert_int_equal(BIDE_QUERY(Flyer, &flyer, &dog), BIDE_ENOSYS);
    assert_null(named.vtable->header.query);
    assert_int_equal(BIDE_QUERY(Swimmer, &swimmer, &named), BIDE_ENOSYS);
    assert_null(dog.vtable->header.query("no such interface"));
    assert_null(dog.vtable->header.query("Do"));
    assert_null(dog.vtable->header.query("Dogs"));
    Dog_destroy(&dog);
}

/* The type behind a handle is known by its vtable, within one build. */
static Poodle *as_poodle(const Named *n)
{
    return n->vtable == &Poodle_Named_vtable ? (Poodle *)n->self : NULL;
}

static void I32_downcast_wrong_type_none(void **state)
{
    int destroyed = 0;
    Stone stone = {0};
    Named a = Stone_as_Named(&stone, NULL), b = Poodle_as_Named(poodle(&destroyed), NULL);
    Animal animal = {0};
    (void)state;
    assert_null(as_poodle(&a));
    assert_ptr_equal(as_poodle(&b), b.self);
    /* Down by query: from the base's handle to the sub-interface, where there is one. */
    assert_int_equal(BIDE_QUERY(Animal, &animal, &b), BIDE_READY);
    assert_int_equal(BIDE_QUERY(Animal, &animal, &a), BIDE_ENOSYS);
    Named_destroy(&b);
}

/* Another revision of the interface behind the query. */
static struct Swimmer_vtable broken_swimmer;
static const bide_vtable *broken_query(const char *name)
{
    (void)name;
    return &broken_swimmer.header;
}

static void query_of_another_revision(void **state)
{
    int destroyed = 0;
    Poodle *p = poodle(&destroyed);
    struct Dog_vtable vt = Poodle_Dog_vtable;
    Dog dog = {p, &vt, NULL};
    Swimmer swimmer = {0};
    (void)state;
    broken_swimmer = Poodle_Swimmer_vtable;
    broken_swimmer.swim.start = NULL;
    vt.header.query = broken_query;
    assert_int_equal(BIDE_QUERY(Swimmer, &swimmer, &dog), BIDE_EMISMATCH);
    assert_null(swimmer.vtable);
    Dog_destroy(&dog);
    assert_int_equal(destroyed, 1);
}

static bide_poll scenario_upcast(bide_allocator *allocator)
{
    bide_context cx = scenario_context(allocator);
    int destroyed = 0;
    Dog dog = Poodle_as_Dog(poodle(&destroyed), NULL);
    Animal animal = Dog_as_Animal(&dog);
    struct Animal_legs f = {0};
    int32_t out = 0;
    bide_poll p = Animal_legs_start(&f, &animal, &cx, &out);
    while (p == BIDE_PENDING)
        p = Animal_legs_poll(&f, &cx, &out);
    Dog_destroy(&dog);
    assert_int_equal(destroyed, 1);
    return p;
}
TEST_EVERY_FAILURE(every_failure_behind_an_upcast, scenario_upcast)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(I29_interface_inheritance),
        cmocka_unit_test(I30_upcast_identity),
        cmocka_unit_test(I32_downcast_wrong_type_none),
        cmocka_unit_test(I33_optional_interface_present),
        cmocka_unit_test(I34_absent),
        cmocka_unit_test(query_of_another_revision),
        cmocka_unit_test(every_failure_behind_an_upcast),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

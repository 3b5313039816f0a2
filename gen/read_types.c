#include <stdlib.h>
#include <string.h>

#include "read.h"

/* ---- printing ----------------------------------------------------------------------------- */
/*
 * libclang prints a type as C does without a name: "int (*(*)(void))[4]". Where the name would
 * stand can be seen from the brackets alone; so a typedef, at any depth, keeps its name.
 */

static size_t skip_brackets(const char *s, size_t at)
{
    size_t depth = 0;
    do {
        if (s[at] == '(' || s[at] == '[')
            depth++;
        if (s[at] == ')' || s[at] == ']')
            depth--;
    } while (s[at++] && depth > 0);
    return at;
}

static bool is_word_char(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* `(` behind these belongs to the words of the type, not to a declarator. */
static bool opens_operand(const char *s, size_t at)
{
    static const char *const words[] = {"_Atomic", "typeof", "__typeof__", "__attribute__"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t length = strlen(words[i]);
        size_t end = at > 0 && s[at - 1] == ' ' ? at - 1 : at;
        if (end >= length && strncmp(s + end - length, words[i], length) == 0)
            return true;
    }
    return false;
}

/* Where a name would stand. */
static size_t name_offset(const char *s)
{
    size_t at = 0;
    while (s[at] && s[at] != '[') {
        if (s[at] == '(' && opens_operand(s, at)) {
            at = skip_brackets(s, at);
        } else if (s[at] == '(' && s[at + 1] != '*' && s[at + 1] != '^') {
            break;
        } else if (s[at] == ')') {
            break;
        } else {
            at++;
        }
    }
    return at;
}

static char *remove_text(char *s, size_t at, size_t length)
{
    memmove(s + at, s + at + length, strlen(s + at + length) + 1);
    return s;
}

/* __attribute__((...)), but for that of a vector, which makes the type; _Nonnull and its like. */
static void drop_attributes(char *s)
{
    static const char *const words[] = {" _Nonnull", " _Nullable", " _Null_unspecified",
                                        " __restrict", " restrict"};
    for (char *at = strstr(s, "__attribute__"); at; at = strstr(at, "__attribute__")) {
        size_t begin = (size_t)(at - s);
        size_t end = skip_brackets(s, begin + strlen("__attribute__"));
        bool keep = strncmp(at, "__attribute__((__vector", 23) == 0;
        if (keep) {
            at = s + end;
        } else {
            begin -= begin > 0 && s[begin - 1] == ' ';
            remove_text(s, begin, end - begin);
        }
    }
    for (size_t i = 0; i < 3; i++)
        for (char *at = strstr(s, words[i]); at; at = strstr(s, words[i]))
            remove_text(s, (size_t)(at - s), strlen(words[i]));
}

static const char *const qualifiers[] = {"const", "volatile", "restrict", "__restrict"};
enum { QUALIFIERS = sizeof qualifiers / sizeof *qualifiers };

/* Of the pointer that the name would be: `*const`. */
static bool drop_behind(char *s, size_t *name)
{
    size_t end = *name;
    while (end > 0 && s[end - 1] == ' ')
        end--;
    for (size_t i = 0; i < QUALIFIERS; i++) {
        size_t length = strlen(qualifiers[i]);
        if (end > length && strncmp(s + end - length, qualifiers[i], length) == 0 &&
            !is_word_char(s[end - length - 1])) {
            remove_text(s, end - length, *name - (end - length));
            *name = end - length;
            return true;
        }
    }
    return false;
}

static bool drop_before(char *s, size_t *name)
{
    for (size_t i = 0; i < QUALIFIERS; i++) {
        size_t length = strlen(qualifiers[i]);
        if (strncmp(s, qualifiers[i], length) == 0 && s[length] == ' ') {
            remove_text(s, 0, length + 1);
            *name -= length + 1;
            return true;
        }
    }
    return false;
}

/* Splits an abstract type at its name, without its outermost qualifiers. */
static void split(reader *r, const char *spelled, type *t)
{
    char *s = arena_copy(r->arena, spelled, strlen(spelled));
    drop_attributes(s);
    size_t name = name_offset(s);
    bool is_declarator = memchr(s, '*', name) || memchr(s, '^', name);
    while (is_declarator ? drop_behind(s, &name) : drop_before(s, &name))
        ;
    t->after = arena_copy(r->arena, s + name, strlen(s + name));
    while (name > 0 && s[name - 1] == ' ')
        name--;
    const char *space = name > 0 && (is_word_char(s[name - 1]) || s[name - 1] == ')') ? " " : "";
    t->before = arena_print(r->arena, "%.*s%s", (int)name, s, space);
}

static const char *join(reader *r, const type *t)
{
    size_t length = strlen(t->before);
    while (length > 0 && t->before[length - 1] == ' ')
        length--;
    return arena_print(r->arena, "%.*s%s", (int)length, t->before, t->after);
}

/* "const int[4][2]" becomes "const int (*)[2]", "int (char)" becomes "int (*)(char)". */
static const char *adjusted(reader *r, const char *s)
{
    size_t name = name_offset(s);
    const char *after = s + name;
    if (*after == '[')
        after += skip_brackets(after, 0);
    bool brackets = *after == '[' || *after == '(';
    while (name > 0 && s[name - 1] == ' ')
        name--;
    return arena_print(r->arena, "%.*s %s%s", (int)name, s, brackets ? "(*)" : "*", after);
}

/* ---- what it needs declared --------------------------------------------------------------- */

typedef struct need {
    reader *r;
    type *t;
    int rank; /* 0: nothing yet; 1: main file; 2: by value; 3: inside a function */
} need;

static void look(need *n, cx_type t, bool by_value);

static void consider(need *n, cx_cursor declaration, cx_type t, bool by_value)
{
    reader *r = n->r;
    cx_location at = r->clang->getCursorLocation(declaration);
    uint32_t offset;
    int brought_by = include_of(r, at);
    if (brought_by > n->t->include)
        n->t->include = brought_by;
    bool is_inner = r->clang->getCursorSemanticParent(declaration).kind == CX_Cursor_FunctionDecl;
    bool is_main = main_offset(r, at, &offset);
    int rank = is_inner ? 3 : !is_main ? 0 : by_value ? 2 : 1;
    if (rank <= n->rank)
        return;
    type named = {0};
    split(r, libclang_text(r->arena, r->clang, r->clang->getTypeSpelling(t)), &named);
    n->rank = rank;
    n->t->needs = join(r, &named);
    n->t->needs_in_function = is_inner;
    n->t->needs_in_main = is_main;
    n->t->needs_complete = by_value;
    n->t->needs_at = location_place(r, at);
    n->t->making = is_main ? making_at(r, offset) : NULL;
}

static void look_named(need *n, cx_type t, bool by_value)
{
    const libclang *clang = n->r->clang;
    cx_cursor c = clang->getTypeDeclaration(t);
    if (c.kind == CX_Cursor_TypedefDecl) {
        consider(n, c, t, by_value);
        look(n, clang->getTypedefDeclUnderlyingType(c), by_value);
        return;
    }
    cx_cursor definition = by_value ? clang->getCursorDefinition(c) : c;
    consider(n, clang->Cursor_isNull(definition) ? c : definition, t, by_value);
}

static void look_function(need *n, cx_type t)
{
    const libclang *clang = n->r->clang;
    look(n, clang->getResultType(t), false);
    for (int i = 0; i < clang->getNumArgTypes(t); i++)
        look(n, clang->getArgType(t, (unsigned)i), false);
}

static void look(need *n, cx_type t, bool by_value)
{
    const libclang *clang = n->r->clang;
    switch (t.kind) {
    case CX_Type_Pointer:
    case CX_Type_BlockPointer:
        look(n, clang->getPointeeType(t), false);
        break;
    case CX_Type_ConstantArray:
    case CX_Type_IncompleteArray:
    case CX_Type_VariableArray:
        look(n, clang->getArrayElementType(t), by_value);
        break;
    case CX_Type_FunctionProto:
    case CX_Type_FunctionNoProto:
        look_function(n, t);
        break;
    case CX_Type_Atomic:
        look(n, clang->Type_getValueType(t), by_value);
        break;
    case CX_Type_Elaborated:
    case CX_Type_Typedef:
    case CX_Type_Record:
    case CX_Type_Enum:
        look_named(n, t, by_value);
        break;
    case CX_Type_Attributed:
        look(n, clang->Type_getModifiedType(t), by_value);
        break;
    default: {
        cx_type canonical = clang->getCanonicalType(t);
        if (canonical.kind != t.kind)
            look(n, canonical, by_value);
    }
    }
}

/* ---- types that are bound to a thread ----------------------------------------------------- */

typedef struct bound {
    const char *name; /* NULL: not bound, or not yet known */
    place at;
} bound;

static const bound *bound_of(reader *r, cx_type t);

typedef struct bound_search {
    reader *r;
    const bound *found;
} bound_search;

static int find_bound_field(cx_cursor c, void *data)
{
    bound_search *s = data;
    if (!s->found)
        s->found = bound_of(s->r, s->r->clang->getCursorType(c));
    return s->found ? CX_Visit_Break : CX_Visit_Continue;
}

/* A typedef or a tag. One that is being looked at counts as not bound: whoever looks will know. */
static const bound *bound_of_named(reader *r, cx_type t)
{
    const libclang *clang = r->clang;
    cx_cursor c = clang->getTypeDeclaration(t);
    void **slot = table_at(r->arena, &r->bounds, &c.data[0], sizeof c.data[0]);
    if (*slot)
        return ((bound *)*slot)->name ? *slot : NULL;
    bound *b = NEW(r->arena, bound);
    *slot = b;
    const bound *inner = NULL;
    cx_cursor definition = clang->getCursorDefinition(c);
    if (annotation(r, clang->Cursor_isNull(definition) ? c : definition, "bide.thread_bound")) {
        *b = (bound){libclang_text(r->arena, clang, clang->getTypeSpelling(t)), cursor_place(r, c)};
        return b;
    }
    if (c.kind == CX_Cursor_TypedefDecl) {
        inner = bound_of(r, clang->getTypedefDeclUnderlyingType(c));
    } else if (c.kind != CX_Cursor_EnumDecl) {
        bound_search s = {.r = r};
        clang->Type_visitFields(clang->getCanonicalType(t), find_bound_field, &s);
        inner = s.found;
    }
    if (inner)
        *b = *inner;
    return inner;
}

static const bound *bound_of(reader *r, cx_type t)
{
    const libclang *clang = r->clang;
    for (;;) {
        switch (t.kind) {
        case CX_Type_Pointer:
            t = clang->getPointeeType(t);
            break;
        case CX_Type_ConstantArray:
        case CX_Type_IncompleteArray:
        case CX_Type_VariableArray:
            t = clang->getArrayElementType(t);
            break;
        case CX_Type_Atomic:
            t = clang->Type_getValueType(t);
            break;
        case CX_Type_Attributed:
            t = clang->Type_getModifiedType(t);
            break;
        case CX_Type_Elaborated:
        case CX_Type_Typedef:
        case CX_Type_Record:
            return bound_of_named(r, t);
        case CX_Type_Unexposed:
            t = clang->getCanonicalType(t);
            if (t.kind != CX_Type_Unexposed)
                break;
            return NULL;
        default:
            return NULL;
        }
    }
}

/* ---- reading ------------------------------------------------------------------------------ */

static bool is_array(int kind)
{
    return kind == CX_Type_ConstantArray || kind == CX_Type_IncompleteArray ||
           kind == CX_Type_VariableArray;
}

static bool is_variably_modified(const libclang *clang, cx_type t)
{
    for (;;) {
        if (t.kind == CX_Type_VariableArray)
            return true;
        if (is_array(t.kind))
            t = clang->getArrayElementType(t);
        else if (t.kind == CX_Type_Pointer)
            t = clang->getPointeeType(t);
        else if (t.kind == CX_Type_FunctionProto || t.kind == CX_Type_FunctionNoProto)
            t = clang->getResultType(t);
        else
            return false;
    }
}

/* ---- members that are const --------------------------------------------------------------- */

typedef struct constant_search {
    reader *r;
    const char *found;
} constant_search;

static int look_for_constant(cx_cursor c, void *data)
{
    constant_search *s = data;
    const libclang *clang = s->r->clang;
    cx_type t = clang->getCanonicalType(clang->getCursorType(c));
    bool is_const = clang->isConstQualifiedType(t) != 0;
    for (; is_array(t.kind); is_const = is_const || clang->isConstQualifiedType(t) != 0)
        t = clang->getCanonicalType(clang->getArrayElementType(t));
    if (is_const)
        s->found = spelling(s->r, c);
    else if (t.kind == CX_Type_Record)
        clang->Type_visitFields(t, look_for_constant, s);
    return s->found ? CX_Visit_Break : CX_Visit_Continue;
}

static const char *find_constant(reader *r, cx_type t)
{
    constant_search s = {r, NULL};
    while (is_array(t.kind))
        t = r->clang->getCanonicalType(r->clang->getArrayElementType(t));
    if (t.kind == CX_Type_Record)
        r->clang->Type_visitFields(t, look_for_constant, &s);
    return s.found;
}

static void read_kind(reader *r, type *t, cx_type canonical)
{
    const libclang *clang = r->clang;
    cx_type value = canonical;
    /* The qualifiers of an array are those of its elements, and stand at any level. */
    for (cx_type level = canonical;; level = clang->getArrayElementType(level)) {
        t->is_const = t->is_const || clang->isConstQualifiedType(level);
        t->is_volatile = t->is_volatile || clang->isVolatileQualifiedType(level);
        if (!is_array(level.kind))
            break;
    }
    t->is_atomic = canonical.kind == CX_Type_Atomic;
    if (t->is_atomic)
        value = clang->getCanonicalType(clang->Type_getValueType(canonical));
    if (value.kind == CX_Type_Enum)
        value = clang->getCanonicalType(
            clang->getEnumDeclIntegerType(clang->getTypeDeclaration(value)));
    t->is_void = value.kind == CX_Type_Void;
    t->is_array = is_array(value.kind);
    t->is_pointer = value.kind == CX_Type_Pointer || value.kind == CX_Type_BlockPointer;
    t->is_record = value.kind == CX_Type_Record;
    t->is_integer = value.kind >= CX_Type_Bool && value.kind <= CX_Type_Int128;
    t->is_signed = value.kind >= CX_Type_Char_S && value.kind <= CX_Type_Int128;
    bool is_float = (value.kind >= CX_Type_Float && value.kind <= CX_Type_LongDouble) ||
                    (value.kind >= CX_Type_Float128 && value.kind <= CX_Type_Float16) ||
                    value.kind == CX_Type_Complex;
    t->is_scalar = t->is_integer || t->is_pointer || is_float;
    t->is_variable = is_variably_modified(clang, canonical);
    t->constant = find_constant(r, canonical);
}

/* typeof and the like say nothing to whoever reads the declaration elsewhere. */
static bool names_an_expression(cx_type t, const char *spelled)
{
    return t.kind == CX_Type_Auto || strstr(spelled, "typeof") || strstr(spelled, "__auto_type");
}

/* What has no name is spelled with its file and line; the canonical text keeps it, to differ from
 * others. */
static void name_unnamed(type *t)
{
    t->is_unnamed = strstr(t->spelling, "(unnamed") || strstr(t->spelling, "(anonymous");
    if (!t->is_unnamed)
        return;
    t->spelling = strncmp(t->spelling, "enum", 4) == 0    ? "an unnamed enum"
                  : strncmp(t->spelling, "union", 5) == 0 ? "an unnamed union"
                                                          : "an unnamed struct";
    t->before = "void ";
    t->after = "";
    if (t->needs)
        t->needs = t->spelling;
}

/* libclang crashes when asked for the size of what has no name in its API, such as the type of the
 * name of a built-in function. */
static void read_size(const libclang *clang, type *t, cx_type canonical)
{
    if (t->is_void || canonical.kind == CX_Type_Unexposed || canonical.kind == CX_Type_Invalid)
        return;
    long long size = clang->Type_getSizeOf(canonical), align = clang->Type_getAlignOf(canonical);
    if (size >= 0 && align > 0) {
        t->size = (uint64_t)size;
        t->align = (uint64_t)align;
    }
}

static type *make_type(reader *r, cx_type t)
{
    const libclang *clang = r->clang;
    type *made = NEW(r->arena, type);
    made->include = -1;
    cx_type canonical = clang->getCanonicalType(t);
    const char *full = libclang_text(r->arena, clang, clang->getTypeSpelling(canonical));
    const char *spelled = libclang_text(r->arena, clang, clang->getTypeSpelling(t));
    split(r, full, made);
    made->canonical = join(r, made);
    split(r, names_an_expression(t, spelled) ? full : spelled, made);
    made->spelling = join(r, made);
    read_kind(r, made, canonical);
    read_size(clang, made, canonical);
    if (made->is_pointer)
        r->pointer_size = made->size;
    need n = {.r = r, .t = made};
    look(&n, t, true);
    name_unnamed(made);
    const bound *b = bound_of(r, t);
    if (b) {
        made->bound = b->name;
        made->bound_at = b->at;
    }
    return made;
}

type *read_type(reader *r, cx_type t)
{
    if (t.kind == CX_Type_Invalid)
        return NULL;
    void **slot = table_at(r->arena, &r->types, &t.data[0], sizeof t.data[0]);
    if (!*slot) {
        type *made = make_type(r, t);
        *table_at(r->arena, &r->types, &t.data[0], sizeof t.data[0]) = made;
        return made;
    }
    return *slot;
}

type *read_parameter_type(reader *r, cx_type t)
{
    const libclang *clang = r->clang;
    cx_type canonical = clang->getCanonicalType(t);
    bool is_function =
        canonical.kind == CX_Type_FunctionProto || canonical.kind == CX_Type_FunctionNoProto;
    type *plain = read_type(r, t);
    if (!plain || (!is_array(canonical.kind) && !is_function))
        return plain;
    const char *spelled = libclang_text(r->arena, clang, clang->getTypeSpelling(t));
    const char *full = libclang_text(r->arena, clang, clang->getTypeSpelling(canonical));
    /* A typedef of an array has no place for the star. */
    const char after = spelled[name_offset(spelled)];
    type *made = NEW(r->arena, type);
    *made = *plain;
    split(r, adjusted(r, full), made);
    made->canonical = join(r, made);
    split(r, adjusted(r, after == '[' || after == '(' ? spelled : full), made);
    made->spelling = join(r, made);
    made->is_array = made->is_const = made->is_volatile = made->is_record = false;
    made->is_integer = made->is_signed = made->needs_complete = false;
    made->is_pointer = made->is_scalar = true;
    made->size = made->align = r->pointer_size;
    return made;
}

#include <string.h>

#include "read.h"

/* ---- files and directives ----------------------------------------------------------------- */

typedef struct origin {
    cx_file file;
    cx_file_id id;
    int include;
} origin;

static int include_at(const unit *u, uint32_t offset)
{
    for (uint32_t i = 0; i < u->include_count; i++)
        if (u->includes[i].at.begin <= offset && offset <= u->includes[i].at.end)
            return (int)i;
    return -1;
}

/* The last location of the stack is that of a directive in the main file. */
static void add_origin(cx_file file, cx_location *stack, unsigned length, void *data)
{
    reader *r = data;
    unit *u = r->unit;
    origin made = {.file = file, .include = -1};
    uint32_t offset;
    if (length > 0 && main_offset(r, stack[length - 1], &offset))
        made.include = include_at(u, offset);
    r->clang->getFileUniqueID(file, &made.id);
    PUSH(r->arena, origin, r->origins, r->origin_count) = made;
    const char *name = libclang_text(r->arena, r->clang, r->clang->getFileName(file));
    for (uint32_t i = 0; i < u->file_count; i++)
        if (strcmp(u->files[i], name) == 0)
            return;
    PUSH(r->arena, const char *, u->files, u->file_count) = name;
}

void read_origins(reader *r)
{
    r->clang->getInclusions(r->tu, add_origin, r);
}

static int include_of_file(reader *r, cx_file file)
{
    for (uint32_t i = 0; i < r->origin_count; i++)
        if (r->origins[i].file == file)
            return r->origins[i].include;
    cx_file_id id;
    if (r->clang->getFileUniqueID(file, &id) != 0)
        return -1;
    for (uint32_t i = 0; i < r->origin_count; i++)
        if (memcmp(&r->origins[i].id, &id, sizeof id) == 0)
            return r->origins[i].include;
    return -1;
}

int include_of(reader *r, cx_location at)
{
    cx_file file = NULL;
    r->clang->getFileLocation(at, &file, NULL, NULL, NULL);
    return file && file != r->main ? include_of_file(r, file) : -1;
}

/* ---- symbols ------------------------------------------------------------------------------ */

static void add_named(reader *r, cx_cursor c, const char *name)
{
    void **slot = table_at(r->arena, &r->symbols, name, strlen(name));
    symbol *s = *slot;
    if (!s) {
        *slot = s = NEW(r->arena, symbol);
        s->name = name;
    }
    PUSH(r->arena, cx_cursor, s->items, s->count) = c;
}

static int add_enumerator(cx_cursor c, cx_cursor parent, void *data)
{
    (void)parent;
    if (c.kind == CX_Cursor_EnumConstantDecl)
        add_symbol(data, c);
    return CX_ChildVisit_Continue;
}

void add_symbol(reader *r, cx_cursor c)
{
    const char *name = spelling(r, c);
    if (c.kind == CX_Cursor_EnumDecl)
        r->clang->visitChildren(c, add_enumerator, r);
    if (!*name)
        return;
    if (c.kind == CX_Cursor_StructDecl || c.kind == CX_Cursor_UnionDecl ||
        c.kind == CX_Cursor_EnumDecl)
        name = arena_print(r->arena, "struct %s", name);
    add_named(r, c, name);
}

const symbol *find_symbol(const reader *r, const char *name)
{
    return table_find(&r->symbols, name, strlen(name));
}

bool is_name_declared(const unit *u, const char *name)
{
    return table_find(u->names, name, strlen(name)) != NULL;
}

/* ---- callees ------------------------------------------------------------------------------ */

static const symbol *find_with(const reader *r, const char *format, const char *name)
{
    return find_symbol(r, arena_print(r->arena, format, name));
}

typedef struct members {
    reader *r;
    cx_cursor first;
    uint32_t count;
} members;

static int add_member(cx_cursor c, void *data)
{
    members *m = data;
    if (m->count++ == 0)
        m->first = c;
    return CX_Visit_Continue;
}

static members members_of(reader *r, cx_type t)
{
    members m = {.r = r};
    r->clang->Type_visitFields(t, add_member, &m);
    return m;
}

static int find_call(cx_cursor c, void *data)
{
    members *m = data;
    if (strcmp(spelling(m->r, c), "call") == 0)
        m->count++;
    return CX_Visit_Continue;
}

/* BIDE_INTERFACE makes the only frames whose one member is a union bide_u with a `call`. */
static bool is_dyn_frame(reader *r, cx_type frame)
{
    members m = members_of(r, frame);
    if (m.count != 1 || strcmp(spelling(r, m.first), "bide_u") != 0)
        return false;
    members calls = {.r = r};
    r->clang->Type_visitFields(r->clang->getCursorType(m.first), find_call, &calls);
    return calls.count > 0;
}

static void read_frame(reader *r, callee *k)
{
    const symbol *frame = find_with(r, "struct %s", k->name);
    const symbol *flags = find_with(r, "%s_flags", k->name);
    const symbol *cancels = find_with(r, "%s_bide_cancels", k->name);
    k->flags = k->cancels = -1;
    if (flags && flags->items[0].kind == CX_Cursor_EnumConstantDecl)
        k->flags = r->clang->getEnumConstantDeclValue(flags->items[0]);
    if (cancels && cancels->items[0].kind == CX_Cursor_EnumConstantDecl)
        k->cancels = r->clang->getEnumConstantDeclValue(cancels->items[0]);
    if (!frame || frame->items[0].kind != CX_Cursor_StructDecl)
        return;
    cx_type t = r->clang->getCursorType(frame->items[0]);
    k->is_stand_in = is_stand_in(r, t);
    if (k->is_stand_in) {
        k->flags = k->cancels = -1;
        return;
    }
    add_parts(r, k, t);
    long long size = r->clang->Type_getSizeOf(t), align = r->clang->Type_getAlignOf(t);
    size = k->part_count ? 0 : size; /* of stand-ins */
    k->frame_size = size > 0 ? (uint64_t)size : 0;
    k->frame_align = size > 0 && align > 0 ? (uint64_t)align : 0;
    k->is_future = find_with(r, "%s_poll", k->name) != NULL;
    k->is_dyn = k->is_future && k->frame_size && is_dyn_frame(r, t);
}

static void read_params(reader *r, callee *k, cx_cursor declaration)
{
    int count = r->clang->Cursor_getNumArguments(declaration);
    k->param_count = count > 0 ? (uint32_t)count : 0;
    k->params = NEW_ARRAY(r->arena, parameter, k->param_count);
    for (uint32_t i = 0; i < k->param_count; i++) {
        cx_cursor param = r->clang->Cursor_getArgument(declaration, i);
        const char *name = spelling(r, param);
        k->params[i].name = *name ? name : NULL;
        k->params[i].type = read_parameter_type(r, r->clang->getCursorType(param));
    }
}

/* Names of parameters may be missing in one declaration and not in another. */
static void read_param_names(reader *r, callee *k, cx_cursor declaration)
{
    int count = r->clang->Cursor_getNumArguments(declaration);
    for (uint32_t i = 0; i < k->param_count && (int)i < count; i++) {
        const char *name = spelling(r, r->clang->Cursor_getArgument(declaration, i));
        if (!k->params[i].name && *name)
            k->params[i].name = name;
    }
}

static void read_declaration(reader *r, callee *k, cx_cursor c)
{
    const libclang *clang = r->clang;
    cx_location at = clang->getCursorLocation(c);
    uint32_t offset;
    if (main_offset(r, at, &offset)) {
        k->in_main = true;
        k->making = k->making ? k->making : making_at(r, offset);
    }
    if (!k->in_main && k->include < 0)
        k->include = include_of(r, at);
    k->in_system = k->in_system || clang->Location_isInSystemHeader(at);
    k->is_async = k->is_async || annotation(r, c, "bide.async");
    k->is_generator = k->is_generator || annotation(r, c, "bide.async_gen");
}

static callee *make_callee(reader *r, const char *name, cx_cursor first)
{
    const symbol *s = find_symbol(r, name);
    callee *k = NEW(r->arena, callee);
    *k = (callee){.name = name, .include = -1, .at = cursor_place(r, first)};
    k->result = read_type(r, r->clang->getCursorResultType(first));
    k->is_variadic = r->clang->Cursor_isVariadic(first) != 0;
    read_params(r, k, first);
    read_declaration(r, k, first);
    for (uint32_t i = 0; s && i < s->count; i++)
        if (s->items[i].kind == CX_Cursor_FunctionDecl) {
            read_declaration(r, k, s->items[i]);
            read_param_names(r, k, s->items[i]);
        }
    if (k->is_async)
        k->making = NULL; /* that is a prototype */
    read_frame(r, k);
    return k;
}

static callee *find_or_make(reader *r, const char *name, cx_cursor first)
{
    void **slot = table_at(r->arena, &r->callees, name, strlen(name));
    if (*slot)
        return *slot;
    callee *k = make_callee(r, name, first);
    *table_at(r->arena, &r->callees, name, strlen(name)) = k;
    PUSH(r->arena, callee *, r->unit->callees, r->unit->callee_count) = k;
    return k;
}

callee *callee_named(reader *r, const char *name)
{
    const symbol *s = find_symbol(r, name);
    for (uint32_t i = 0; s && i < s->count; i++)
        if (s->items[i].kind == CX_Cursor_FunctionDecl)
            return find_or_make(r, name, s->items[i]);
    return NULL;
}

/* All declarations of a function count; one that only a body holds is not among the symbols. */
callee *callee_of(reader *r, cx_cursor declaration)
{
    const char *name = spelling(r, declaration);
    callee *k = callee_named(r, name);
    return k ? k : find_or_make(r, name, declaration);
}

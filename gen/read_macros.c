#include <stdlib.h>
#include <string.h>

#include "read.h"

/* ---- definitions -------------------------------------------------------------------------- */

/* Counts the parameters; gives the token behind them. */
static uint32_t read_parameters(macro *m)
{
    const tokens *t = &m->body;
    uint32_t close = t->items[1].pair;
    for (uint32_t i = 2; i < close; i++) {
        bool rest = token_is(t, i, "...");
        m->params += t->items[i].kind == TOKEN_NAME;
        m->is_variadic = m->is_variadic || rest;
        /* GNU: `args...` names the rest. */
        if (rest && t->items[i - 1].kind == TOKEN_NAME)
            m->params--;
    }
    return close + 1;
}

bool macro_parameter(const macro *m, const char *name, uint32_t *index)
{
    const tokens *t = &m->body;
    *index = 0;
    for (uint32_t i = 2; m->is_function && i + 1 < m->begin; i++) {
        if (t->items[i].kind != TOKEN_NAME)
            continue;
        if (token_is(t, i, name))
            return true;
        ++*index;
    }
    return false;
}

static macro *read_definition(reader *r, cx_cursor definition)
{
    const libclang *clang = r->clang;
    cx_range extent = clang->getCursorExtent(definition);
    cx_file file = NULL, other = NULL;
    unsigned begin = 0, end = 0;
    size_t length = 0;
    clang->getFileLocation(clang->getRangeStart(extent), &file, NULL, NULL, &begin);
    clang->getFileLocation(clang->getRangeEnd(extent), &other, NULL, NULL, &end);
    const char *data = file ? clang->getFileContents(r->tu, file, &length) : NULL;
    if (!data || end > length || begin >= end)
        return NULL;
    macro *m = NEW(r->arena, macro);
    m->name = spelling(r, definition);
    m->body = lex(r->arena, data + begin, end - begin);
    m->begin = 1;
    m->is_function = clang->Cursor_isMacroFunctionLike(definition) && token_is(&m->body, 1, "(");
    if (m->is_function)
        m->begin = read_parameters(m);
    return m;
}

static macro *definition_of(reader *r, cx_cursor definition)
{
    if (r->clang->Cursor_isNull(definition) || definition.kind != CX_Cursor_MacroDefinition)
        return NULL;
    void **slot = table_at(r->arena, &r->macros, &definition.data[0], sizeof definition.data[0]);
    if (!*slot)
        *slot = read_definition(r, definition);
    return *slot;
}

const macro *macro_of(reader *r, const expansion *e)
{
    return definition_of(r, r->clang->getCursorReferenced(e->cursor));
}

/* The last definition of a name is the one that counts: it is rare that there are others. */
static int add_definition(cx_cursor c, cx_cursor parent, void *data)
{
    reader *r = data;
    (void)parent;
    if (c.kind != CX_Cursor_MacroDefinition)
        return CX_ChildVisit_Continue;
    cx_string name = r->clang->getCursorSpelling(c);
    const char *string = r->clang->getCString(name);
    void **slot = table_at(r->arena, &r->definitions, string, strlen(string));
    if (!*slot)
        *slot = NEW(r->arena, cx_cursor);
    *(cx_cursor *)*slot = c;
    r->clang->disposeString(name);
    return CX_ChildVisit_Continue;
}

const macro *macro_named(reader *r, const char *name)
{
    if (!r->has_definitions)
        r->clang->visitChildren(r->clang->getTranslationUnitCursor(r->tu), add_definition, r);
    r->has_definitions = true;
    const cx_cursor *found = table_find(&r->definitions, name, strlen(name));
    return found ? definition_of(r, *found) : NULL;
}

/* ---- expansions and their arguments ------------------------------------------------------- */

static void add_region(reader *r, uint32_t of, uint32_t begin, uint32_t end, bool rest)
{
    expansion *e = &r->expansions[of];
    region made = {{begin, end}, of, e->region, rest};
    PUSH(r->arena, region, r->regions, r->region_count) = made;
    e->region_count++;
}

/* Splits the arguments at commas, as the preprocessor does: only parentheses protect them. */
static void split_arguments(reader *r, uint32_t index)
{
    expansion *e = &r->expansions[index];
    const tokens *t = &r->tokens;
    uint32_t open = token_at(t, e->at.begin) + 1, at = open + 1;
    const macro *m = macro_of(r, e);
    e->first_region = r->region_count;
    if (!m || !m->is_function || !token_is(t, open, "(") || t->items[open].begin >= e->at.end)
        return;
    uint32_t begin = t->items[open].end;
    for (; at < t->count && t->items[at].end < e->at.end; at++) {
        bool rest = m->is_variadic && e->region_count >= m->params;
        if (token_is(t, at, "(") && t->items[at].pair) {
            at = t->items[at].pair;
        } else if (token_is(t, at, ",") && !rest) {
            add_region(r, index, begin, t->items[at].begin, false);
            begin = t->items[at].end;
        }
    }
    add_region(r, index, begin, e->at.end - 1, m->is_variadic && e->region_count >= m->params);
}

static int compare_expansions(const void *left, const void *right)
{
    const expansion *a = left, *b = right;
    if (a->at.begin != b->at.begin)
        return a->at.begin < b->at.begin ? -1 : 1;
    return a->at.end > b->at.end ? -1 : a->at.end < b->at.end;
}

static uint32_t last_before(const reader *r, uint32_t offset)
{
    uint32_t low = 0, high = r->expansion_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (r->expansions[middle].at.begin <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool holds(range at, uint32_t offset)
{
    return at.begin <= offset && offset < at.end;
}

/* Among the expansions before `count`, whose tree of regions is complete. */
static uint32_t region_among(const reader *r, uint32_t count, uint32_t offset)
{
    while (count > 0) {
        const expansion *e = &r->expansions[count - 1];
        for (uint32_t i = e->first_region; i < e->first_region + e->region_count; i++)
            if (holds(r->regions[i].at, offset))
                return i;
        if (holds(e->at, offset) || e->region == 0)
            return holds(e->at, offset) ? e->region : 0;
        count = r->regions[e->region].expansion + 1;
    }
    return 0;
}

uint32_t region_of(const reader *r, uint32_t offset)
{
    return region_among(r, last_before(r, offset), offset);
}

bool is_between_arguments(const reader *r, uint32_t offset)
{
    for (uint32_t count = last_before(r, offset); count > 0;) {
        const expansion *e = &r->expansions[count - 1];
        bool in_argument = false;
        for (uint32_t i = e->first_region; i < e->first_region + e->region_count; i++)
            in_argument = in_argument || holds(r->regions[i].at, offset);
        if (holds(e->at, offset))
            return !in_argument;
        if (e->region == 0)
            break;
        count = r->regions[e->region].expansion + 1;
    }
    return false;
}

const expansion *expansion_at(const reader *r, uint32_t begin)
{
    uint32_t after = last_before(r, begin);
    if (after == 0 || r->expansions[after - 1].at.begin != begin)
        return NULL;
    return &r->expansions[after - 1];
}

static const expansion *expansion_before(const reader *r, uint32_t end)
{
    uint32_t count = end ? last_before(r, end - 1) : 0;
    while (count > 0) {
        const expansion *e = &r->expansions[count - 1];
        if (e->at.end == end)
            return e;
        if (e->region == 0)
            break;
        count = r->regions[e->region].expansion + 1;
    }
    return NULL;
}

void read_expansions(reader *r, const cx_cursor *items, uint32_t count)
{
    r->expansions = NEW_ARRAY(r->arena, expansion, count);
    for (uint32_t i = 0; i < count; i++) {
        expansion e = {.cursor = items[i]};
        cx_range extent = r->clang->getCursorExtent(items[i]);
        if (!main_offset(r, r->clang->getRangeStart(extent), &e.at.begin) ||
            !main_offset(r, r->clang->getRangeEnd(extent), &e.at.end))
            continue;
        e.name = spelling(r, items[i]);
        r->expansions[r->expansion_count++] = e;
    }
    if (r->expansion_count > 0)
        qsort(r->expansions, r->expansion_count, sizeof *r->expansions, compare_expansions);
    PUSH(r->arena, region, r->regions, r->region_count) = (region){{0, UINT32_MAX}, 0, 0, false};
    for (uint32_t i = 0; i < r->expansion_count; i++) {
        r->expansions[i].region = region_among(r, i, r->expansions[i].at.begin);
        split_arguments(r, i);
    }
}

/* ---- spans -------------------------------------------------------------------------------- */

static uint32_t depth_of(const reader *r, uint32_t index)
{
    uint32_t depth = 0;
    for (; index; index = r->regions[index].outer)
        depth++;
    return depth;
}

/* Begin and end lie in different arguments: widens each to the macro that brings it there. */
static void widen(const reader *r, span *s, uint32_t first, uint32_t last)
{
    uint32_t first_depth = depth_of(r, first), last_depth = depth_of(r, last);
    const expansion *opened = NULL, *closed = NULL;
    while (first != last) {
        bool step = first_depth >= last_depth;
        bool other = last_depth >= first_depth;
        if (step) {
            opened = &r->expansions[r->regions[first].expansion];
            s->at.begin = opened->at.begin;
            first = r->regions[first].outer;
            first_depth--;
        }
        if (other) {
            closed = &r->expansions[r->regions[last].expansion];
            s->at.end = closed->at.end;
            last = r->regions[last].outer;
            last_depth--;
        }
    }
    s->region = first;
    const expansion *all = opened ? opened : closed;
    if (all && all->at.begin == s->at.begin && all->at.end == s->at.end)
        s->whole = all->name;
}

/* Where the text cannot tell: the whole of the outermost macro. */
static span outermost(reader *r, cx_location begin)
{
    cx_file file = NULL;
    unsigned offset = 0;
    r->clang->getExpansionLocation(begin, &file, NULL, NULL, &offset);
    const expansion *e = file == r->main ? expansion_at(r, offset) : NULL;
    if (!e)
        return (span){.at = NOWHERE, .whole = "#include"};
    return (span){e->at, e->name, e->name, e->name, 0};
}

/* libclang says that what ends in a macro in an argument of another ends at that macro's name. */
static const expansion *hidden_end(reader *r, cx_location last, uint32_t end)
{
    const expansion *nested = expansion_at(r, end);
    unsigned offset = end;
    if (!nested || nested->region == 0)
        return NULL;
    r->clang->getExpansionLocation(last, NULL, NULL, NULL, &offset);
    return offset != end ? nested : NULL;
}

span span_of(reader *r, cx_range extent)
{
    uint32_t begin, end;
    cx_location first = r->clang->getRangeStart(extent), last = r->clang->getRangeEnd(extent);
    if (!main_offset(r, first, &begin) || !main_offset(r, last, &end))
        return outermost(r, first);
    const expansion *opened = expansion_at(r, begin), *closed = hidden_end(r, last, end);
    if (closed)
        end = closed->at.end;
    else
        closed = expansion_before(r, end);
    if (end <= begin)
        return outermost(r, first);
    span s = {.at = {begin, end}};
    s.begin_body = opened ? opened->name : NULL;
    s.end_body = closed ? closed->name : NULL;
    if (opened && opened->at.end == end)
        s.whole = opened->name;
    uint32_t first_region = region_of(r, begin), last_region = region_of(r, end - 1);
    s.region = first_region;
    if (first_region != last_region)
        widen(r, &s, first_region, last_region);
    return s;
}

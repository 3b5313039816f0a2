/*
 * gen/emit_text.c: the source's own text, with little put in the place of little.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "emit.h"

/* ---- lines ------------------------------------------------------------------------------- */

/* Stands for the number of the line behind it, until the whole file is there. */
#define OPEN_LINE "#line 0"

static size_t line_start(const text *t)
{
    size_t i = t->length;
    while (i > 0 && t->data[i - 1] != '\n')
        i--;
    return i;
}

/* Goes to the beginning of a line; blanks alone do not count as one. */
static void fresh_line(text *t)
{
    size_t start = line_start(t);
    for (size_t i = start; i < t->length; i++)
        if (t->data[i] != ' ' && t->data[i] != '\t') {
            text_puts(t, "\n");
            return;
        }
    t->length = start;
    if (t->data)
        t->data[start] = 0;
}

void glue(writer *w, const char *format, ...)
{
    va_list args;
    char small[512];
    int length;
    fresh_line(w->to);
    text_printf(w->to, "%*s", (int)w->indent, "");
    va_start(args, format);
    length = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (length < (int)sizeof small) {
        text_puts(w->to, small);
    } else {
        char *large = (char *)arena_alloc(w->unit->arena, (size_t)length + 1);
        va_start(args, format);
        vsnprintf(large, (size_t)length + 1, format, args);
        va_end(args);
        text_puts(w->to, large);
    }
    text_puts(w->to, "\n");
    w->is_off_line = true;
}

/* A #line right before another one says nothing. */
static void drop_line(text *t)
{
    size_t start;
    fresh_line(t);
    if (t->length == 0)
        return;
    t->length--;
    start = line_start(t);
    t->length++;
    if (strncmp(t->data + start, "#line ", 6) == 0) {
        t->length = start;
        t->data[start] = 0;
    }
}

void glue_lines(writer *w)
{
    if (w->options->no_lines)
        return;
    drop_line(w->to);
    text_puts(w->to, OPEN_LINE "\n");
    w->is_off_line = true;
}

void source_line(writer *w, place at)
{
    uint32_t column = at.column ? at.column - 1 : 0;
    drop_line(w->to);
    if (!w->options->no_lines)
        text_printf(w->to, "#line %u \"%s\"\n", at.line, w->options->line_path);
    else
        column = w->indent;
    text_printf(w->to, "%*s", (int)column, "");
    w->is_off_line = false;
}

void finish_lines(unit *u, text *to, const char *name)
{
    text done = {u->arena, NULL, 0, 0};
    uint32_t line = 1;
    const char *at = to->data ? to->data : "";
    while (*at) {
        const char *end = strchr(at, '\n');
        size_t length = end ? (size_t)(end - at) + 1 : strlen(at);
        line++;
        if (length == sizeof OPEN_LINE && memcmp(at, OPEN_LINE "\n", length) == 0)
            text_printf(&done, "#line %u \"%s\"\n", line, name);
        else
            text_add(&done, at, length);
        at += length;
    }
    *to = done;
}

/* ---- copying ----------------------------------------------------------------------------- */

static bool is_word_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

void copy_source(writer *w, text *to, uint32_t begin, uint32_t end)
{
    static const char word[] = "__func__";
    const char *source = w->unit->text;
    if (!w->function) {
        text_add(to, source + begin, end - begin);
        return;
    }
    /* the body is compiled under another name than the user's */
    while (begin < end) {
        const char *found = memchr(source + begin, '_', end - begin);
        uint32_t at = found ? (uint32_t)(found - source) : end;
        text_add(to, source + begin, at - begin);
        begin = at;
        if (at < end) {
            bool is_name = end - at >= sizeof word - 1 && memcmp(found, word, sizeof word - 1) == 0;
            if (is_name && (at == 0 || !is_word_byte(source[at - 1])) &&
                !is_word_byte(source[at + sizeof word - 1])) {
                text_printf(to, "\"%s\"", w->function->name);
                begin = at + (uint32_t)sizeof word - 1;
            } else {
                text_add(to, found, 1);
                begin = at + 1;
            }
        }
    }
}

void copy_gap(writer *w, uint32_t begin, uint32_t end)
{
    const char *newline;
    if (begin >= end)
        return;
    if (w->is_off_line && w->function && !w->options->no_lines &&
        (newline = memchr(w->unit->text + begin, '\n', end - begin)) != NULL) {
        uint32_t next = (uint32_t)(newline - w->unit->text) + 1;
        copy_source(w, w->to, begin, next - 1);
        fresh_line(w->to);
        text_printf(w->to, "#line %u \"%s\"\n", w->unit->place_at(w->unit, next).line,
                    w->options->line_path);
        w->is_off_line = false;
        begin = next;
    }
    copy_source(w, w->to, begin, end);
}

/* ---- names and types --------------------------------------------------------------------- */

static const char *replaced(arena *a, const char *from, const char *what, const char *with)
{
    const char *found = strstr(from, what);
    if (!found)
        return from;
    return arena_print(a, "%.*s%s%s", (int)(found - from), from, with,
                       replaced(a, found + strlen(what), what, with));
}

/* C++ knows neither _Bool nor _Atomic. */
static const char *for_cxx(arena *a, const char *from)
{
    return replaced(a, replaced(a, from, "_Bool", "bool"), "_Atomic(", "BIDE_PRIV_ATOMIC(");
}

/* The elements of an array in the frame are written to: the outermost const goes. */
static const char *before_of(arena *a, const type *t)
{
    const char *from = t->before, *star = strrchr(from, '*'), *found;
    if (t->is_array && t->is_const && (found = strstr(star ? star : from, "const")) != NULL) {
        const char *behind = found + sizeof "const" - 1;
        from = arena_print(a, "%.*s%s", (int)(found - from), from,
                           *behind == ' ' ? behind + 1 : behind);
    }
    return for_cxx(a, from);
}

const char *declared(arena *a, const type *t, const char *name)
{
    return arena_print(a, "%s%s%s", before_of(a, t), name, for_cxx(a, t->after));
}

const char *spelled(arena *a, const type *t)
{
    size_t length;
    char *whole = arena_print(a, "%s%s", before_of(a, t), for_cxx(a, t->after));
    length = strlen(whole);
    if (length && whole[length - 1] == ' ')
        whole[length - 1] = 0;
    return whole;
}

const char *result_text(arena *a, const type *t)
{
    return t->is_void ? "void" : spelled(a, t);
}

static const char *field_path(writer *w, const group *g, const char *name)
{
    return arena_print(w->unit->arena, "bide_f->%s%s%s", g->path, *g->path ? "." : "", name);
}

const char *var_text(writer *w, const var *v)
{
    return v->resident ? field_path(w, v->home, v->field) : v->name;
}

const char *async_text(writer *w, const var *v, const char *member)
{
    return arena_print(w->unit->arena, "%s.%s", field_path(w, v->home, v->field), member);
}

const char *live_text(writer *w, const var *v)
{
    return field_path(w, v->home, arena_print(w->unit->arena, "bide_live_%s", v->field));
}

/* ---- expressions ------------------------------------------------------------------------- */

static bool declares_touched(const node *n)
{
    const var *v = n->var;
    return v->resident || needs_ending(v) || (v->saved && v->type->is_const);
}

bool takes_frame(const writer *w, const node *n)
{
    const function *f = w->function;
    if (!f || (n->kind != N_LABEL && n->kind != N_CASE && n->kind != N_DEFAULT))
        return false;
    for (uint32_t i = f->param_count; i < f->var_count; i++) {
        const var *v = f->vars[i];
        const node *block = n->parent;
        while (block && block != v->block && (n->kind == N_LABEL || block->kind != N_SWITCH))
            block = block->parent;
        if (v->resident && block == v->block)
            return true;
    }
    return false;
}

bool is_touched(writer *w, node *n)
{
    if (!n)
        return false;
    switch (n->kind) {
    case N_REF:
        return n->var && n->var->resident;
    case N_RETURN:
    case N_OWNED:
        return w->function != NULL;
    case N_LABEL:
    case N_CASE:
    case N_DEFAULT:
        if (takes_frame(w, n))
            return true;
        break;
    case N_SPAWN:
    case N_FAIL:
        return true;
    case N_BREAK:
    case N_CONTINUE:
    case N_GOTO:
        if (w->active_count || w->moved_continue)
            return true;
        break;
    case N_VAR:
        if (declares_touched(n))
            return true;
        break;
    default:
        if (is_suspending(n))
            return true;
        break;
    }
    for (uint32_t i = 0; i < n->count; i++)
        if (is_touched(w, n->kids[i]))
            return true;
    return false;
}

void render_args(writer *w, text *to, node *call, bool comma_first)
{
    for (uint32_t i = 1; i < call->count; i++) {
        if (i > 1 || comma_first)
            text_puts(to, ", ");
        render(w, to, call->kids[i]);
    }
}

static void render_spawn(writer *w, text *to, node *n)
{
    node *call = bare(n->kids[1]);
    text_printf(to, "%s_bide_spawn(bide_priv_runtime_of(", call->callee->name);
    render(w, to, n->kids[0]);
    text_puts(to, "), ");
    if (n->count > 2 && n->kids[2])
        render(w, to, n->kids[2]);
    else
        text_puts(to, "NULL");
    render_args(w, to, call, true);
    text_puts(to, ")");
}

bool is_statement(const node *n)
{
    return n->kind <= N_OTHER || n->kind == N_OWNED;
}

/* What a macro's body makes has no text of its own: only the arguments in it do. */
static bool has_text(const node *n)
{
    return !n->macro || n->temp || is_suspending(n) || n->kind == N_SPAWN;
}

static node *next_part(const node *n, const range *whole, uint32_t from)
{
    node *found = NULL;
    for (uint32_t i = 0; i < n->count; i++) {
        node *k = n->kids[i];
        if (k && !has_text(k))
            k = next_part(k, whole, from);
        if (!k || k->at.begin == UINT32_MAX || k->at.begin < from || k->at.end > whole->end)
            continue;
        if (!found || k->at.begin < found->at.begin ||
            (k->at.begin == found->at.begin && k->at.end > found->at.end))
            found = k;
    }
    return found;
}

node *next_kid(const node *n, uint32_t from)
{
    return next_part(n, &n->at, from);
}

void render(writer *w, text *to, node *n)
{
    uint32_t at = n->at.begin;
    node *kid;
    if (n->temp == TEMP_LAST && n->kind == N_COMMA) {
        text_puts(to, "(");
        render(w, to, n->kids[n->count - 1]);
        text_puts(to, ")");
        return;
    }
    if (n->temp && n->temp != TEMP_LAST) {
        if (w->temp_used)
            w->temp_used[n->temp] = true;
        text_printf(to, "bide_t%u", n->temp);
        return;
    }
    if (n->kind == N_SPAWN) {
        render_spawn(w, to, n);
        return;
    }
    if (n->temp == TEMP_LAST || is_suspending(n)) {
        node *operand = n->kind == N_AWAIT ? bare(n->kids[0]) : NULL;
        if (operand && operand->kind == N_REF && !operand->var->type->is_void)
            text_puts(to, async_text(w, operand->var, "value"));
        else
            text_puts(to, "(void)0");
        return;
    }
    if (n->kind == N_REF && n->var && n->var->resident) {
        text_puts(to, var_text(w, n->var));
        return;
    }
    while ((kid = next_kid(n, at)) != NULL) {
        bool thrown_away = n->kind == N_COMMA && kid == n->kids[0] && kid->awaits;
        copy_source(w, to, at, kid->at.begin);
        text_puts(to, thrown_away ? "(void)(" : "");
        render(w, to, kid);
        text_puts(to, thrown_away ? ")" : "");
        at = kid->at.end;
    }
    copy_source(w, to, at, n->at.end);
}

const char *rendered(writer *w, node *n)
{
    text t = {w->unit->arena, NULL, 0, 0};
    render(w, &t, n);
    return t.data ? t.data : "";
}

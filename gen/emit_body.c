/*
 * gen/emit_body.c: statements.
 *
 * What needs no change is copied. Awaits of a full expression run before the rest of it: emit_hoist
 * writes them as statements of their own, in the order in which flow.c walks them, and the rest of
 * the expression then reads temporaries. Every way out of a scope runs its endings: at the end of
 * the block, before a jump, and, for return, failure and drop, in a chain of labels at the ends of
 * the blocks.
 */
#include <string.h>

#include "emit.h"

/* ---- expressions ------------------------------------------------------------------------- */

static const char *temp_name(writer *w, uint32_t number)
{
    w->temp_used[number] = true;
    return arena_print(w->unit->arena, "bide_t%u", number);
}

/* One line that computes something of the user's. */
static void compute(writer *w, place at, const char *before, node *n, const char *after)
{
    size_t length = strlen(before);
    bool wrap = n->kind == N_COMMA && length > 2 && strcmp(before + length - 2, "= ") == 0;
    source_line(w, at);
    text_puts(w->to, before);
    text_puts(w->to, wrap ? "(" : "");
    render(w, w->to, n);
    text_puts(w->to, wrap ? ")" : "");
    text_puts(w->to, after);
    text_puts(w->to, "\n");
    glue_lines(w);
}

static void hoist_and_or(writer *w, node *n)
{
    const char *t;
    emit_hoist(w, n->kids[0]);
    if (!is_split(n))
        return;
    t = temp_name(w, n->temp);
    n->temp = 0;
    compute(w, n->kids[0]->line, arena_print(w->unit->arena, "%s = (", t), n->kids[0],
            ") ? 1 : 0;");
    glue(w, n->kind == N_AND ? "if (%s) {" : "if (!%s) {", t);
    w->indent += 4;
    emit_hoist(w, n->kids[1]);
    compute(w, n->kids[1]->line, arena_print(w->unit->arena, "%s = (", t), n->kids[1],
            ") ? 1 : 0;");
    w->indent -= 4;
    glue(w, "}");
}

static void hoist_branch(writer *w, const node *n, node *branch, const char *t)
{
    (void)n;
    w->indent += 4;
    emit_hoist(w, branch);
    if (t)
        compute(w, branch->line, arena_print(w->unit->arena, "%s = ", t), branch, ";");
    else
        compute(w, branch->line, "(void)(", branch, ");");
    w->indent -= 4;
}

static void hoist_cond(writer *w, node *n)
{
    const char *t = n->temp && n->temp != TEMP_LAST ? temp_name(w, n->temp) : NULL;
    emit_hoist(w, n->kids[0]);
    if (!is_split(n))
        return;
    compute(w, n->kids[0]->line, "if (", n->kids[0], ") {");
    hoist_branch(w, n, n->kids[1], t);
    glue(w, "} else {");
    hoist_branch(w, n, n->kids[2], t);
    glue(w, "}");
}

void emit_hoist(writer *w, node *n)
{
    uint32_t kept = n ? n->temp : 0;
    if (!n || !n->awaits)
        return;
    if (n->kind == N_AND || n->kind == N_OR) {
        hoist_and_or(w, n);
        n->temp = kept;
    } else if (n->kind == N_COND) {
        hoist_cond(w, n);
    } else if (n->kind == N_COMMA && is_split(n)) {
        emit_hoist(w, n->kids[0]);
        compute(w, n->kids[0]->line, "(void)(", n->kids[0], ");");
        emit_hoist(w, n->kids[1]);
    } else {
        for (uint32_t i = 0; i < n->count; i++)
            emit_hoist(w, n->kids[i]);
        if (is_suspending(n))
            emit_word(w, n, NULL);
    }
}

/* An expression of which nobody takes the value: what is left of it is thrown away aloud, or
 * compilers wonder. */
static void emit_discarded(writer *w, node *e)
{
    node *inner = bare(e);
    while (inner->kind == N_CAST && inner->type && inner->type->is_void)
        inner = bare(inner->kids[0]);
    emit_hoist(w, e);
    if (inner->kind == N_COMMA || (inner->temp && inner->temp != TEMP_LAST))
        compute(w, e->line, "(void)(", e, ");");
    else if (!is_suspending(inner) && inner->temp != TEMP_LAST)
        compute(w, e->line, "", e, ";");
}

/* ---- endings ----------------------------------------------------------------------------- */

static void end_var(writer *w, var *v)
{
    if (v->is_cancelled)
        emit_async_cancel(w, v, false);
    else if (v->is_async)
        emit_async_drop(w, v, true);
    else if (cleanup_waits(v))
        emit_async_cleanup(w, v, false);
    else
        glue(w, "%s(&%s);", v->cleanup, var_text(w, v));
}

static bool is_jump(const node *n)
{
    if (!n)
        return false;
    switch (n->kind) {
    case N_RETURN:
    case N_BREAK:
    case N_CONTINUE:
    case N_GOTO:
        return true;
    case N_EXPR:
        return bare(n->kids[0])->kind == N_FAIL;
    case N_BLOCK:
        return n->count && is_jump(n->kids[n->count - 1]);
    case N_IF:
        return n->count > 2 && is_jump(n->kids[1]) && is_jump(n->kids[2]);
    default:
        return false;
    }
}

/* The end of a scope: endings on the way through, then the chain for those who leave for good.
 * Behind a jump nobody comes through, and nothing must look as if one did. */
static void end_scope(writer *w, uint32_t down_to, bool jumped)
{
    uint32_t count = w->active_count;
    bool chain = false;
    if (count == down_to)
        return;
    glue_lines(w);
    for (uint32_t i = count; i > down_to; i--) {
        w->active_count = i - 1;
        if (!jumped)
            end_var(w, w->active[i - 1]);
    }
    for (uint32_t i = count; i > down_to; i--)
        chain = chain || w->unwind_used[w->active[i - 1]->index];
    if (!chain)
        return;
    if (!jumped)
        glue(w, "if (0) {");
    for (uint32_t i = count; i > down_to; i--) {
        var *v = w->active[i - 1];
        w->active_count = i - 1;
        if (w->unwind_used[v->index])
            glue(w, "bide_u%u:", v->index + 1);
        w->indent += 4;
        if (v->is_cancelled)
            emit_async_cancel(w, v, true);
        else if (cleanup_waits(v))
            emit_async_cleanup(w, v, true);
        else
            end_var(w, v);
        w->indent -= 4;
    }
    glue(w, "    goto %s;", unwind_label(w));
    if (!jumped)
        glue(w, "}");
}

/* Endings before a jump to a place in `into`. */
static bool end_for_jump(writer *w, const node *into)
{
    uint32_t count = w->active_count;
    bool any = false;
    while (w->active_count) {
        var *v = w->active[w->active_count - 1];
        if (!leaves_scope(v, into))
            break;
        w->active_count--;
        end_var(w, v);
        any = true;
    }
    w->active_count = count;
    return any;
}

/* ---- statements -------------------------------------------------------------------------- */

/* A body of another statement: braces around it, so that what is put in stays together. */
static void emit_nested(writer *w, node *n)
{
    if (n->kind == N_BLOCK) {
        emit_statement(w, n);
        return;
    }
    text_puts(w->to, " {\n");
    w->indent += 4;
    source_line(w, n->line);
    emit_statement(w, n);
    w->indent -= 4;
    glue(w, "}");
}

static void emit_block(writer *w, node *n)
{
    uint32_t at = n->at.begin, active = w->active_count, indent = w->indent;
    node *last = n->count ? n->kids[n->count - 1] : NULL;
    copy_gap(w, at, at + 1);
    at++;
    if (w->function->has_labels && !(n->parent && n->parent->kind == N_SWITCH))
        for (uint32_t i = 0; i < w->function->var_count; i++) {
            const var *v = w->function->vars[i];
            if (v->resident && !v->is_param && v->block == n) {
                glue_lines(w);
                w->indent = indent + 4;
                emit_take(w);
                break;
            }
        }
    for (uint32_t i = 0; i < n->count; i++) {
        copy_gap(w, at, n->kids[i]->at.begin);
        w->indent = n->kids[i]->line.column ? n->kids[i]->line.column - 1 : indent + 4;
        emit_statement(w, n->kids[i]);
        at = n->kids[i]->at.end;
    }
    w->indent = indent + 4;
    copy_gap(w, at, n->at.end - 1);
    end_scope(w, active, is_jump(last));
    w->indent = indent;
    w->active_count = active;
    if (w->is_off_line)
        glue(w, "}");
    else
        text_puts(w->to, "}");
}

/* The one place that says how a jump is written: both endings and loops taken apart change it. */
static void emit_jump(writer *w, node *n)
{
    node *into = jump_target(w->function, n);
    glue(w, "{");
    w->indent += 4;
    end_for_jump(w, into);
    if (n->kind == N_CONTINUE && w->moved_continue && w->moved_continue == into) {
        glue(w, "goto bide_c%u;", w->loops);
        w->continue_used = true;
    } else if (n->kind == N_GOTO) {
        glue(w, "goto %s;", n->name);
    } else {
        glue(w, n->kind == N_BREAK ? "break;" : "continue;");
    }
    w->indent -= 4;
    glue(w, "}");
}

static void emit_return(writer *w, node *n)
{
    node *value = n->count ? n->kids[0] : NULL;
    node *word = value ? direct_await(value) : NULL;
    uint32_t kept = w->function->result_temp;
    glue(w, "{");
    w->indent += 4;
    if (word && !kept && same_type(word->type, w->function->result) &&
        !w->function->result->is_void) {
        for (uint32_t i = 1; i < awaited_call(word)->count; i++)
            emit_hoist(w, awaited_call(word)->kids[i]);
        emit_word(w, word, "bide_out");
    } else if (value) {
        emit_hoist(w, value);
        if (w->function->result->is_void)
            compute(w, n->line, "", value, ";");
        else if (kept)
            compute(w, n->line, arena_print(w->unit->arena, "%s = ", temp_name(w, kept)), value,
                    ";");
        else
            compute(w, n->line, "*bide_out = ", value, ";");
    }
    glue(w, w->function->is_generator ? "bide_r = BIDE_DONE;" : "bide_r = BIDE_READY;");
    glue(w, "goto %s;", unwind_label(w));
    w->indent -= 4;
    glue(w, "}");
}

static void emit_fail(writer *w, node *n)
{
    glue(w, "{");
    w->indent += 4;
    emit_hoist(w, n->kids[0]);
    compute(w, n->line, "bide_r = ", n->kids[0], ";");
    glue(w, "goto %s;", unwind_label(w));
    w->indent -= 4;
    glue(w, "}");
}

static void emit_if(writer *w, node *n)
{
    bool wrap = n->kids[0]->awaits;
    if (wrap) {
        glue_lines(w);
        glue(w, "{");
        w->indent += 4;
        emit_hoist(w, n->kids[0]);
        source_line(w, n->line);
    }
    text_puts(w->to, "if (");
    render(w, w->to, n->kids[0]);
    text_puts(w->to, ") ");
    emit_nested(w, n->kids[1]);
    if (n->count > 2 && n->kids[2]) {
        text_puts(w->to, " else ");
        emit_nested(w, n->kids[2]);
    }
    if (wrap) {
        w->indent -= 4;
        glue(w, "}");
    }
}

/* A loop of which condition or step awaits becomes for (;;) with both in its body. */
static void emit_open_loop(writer *w, node *n, node *cond, node *after, node *body)
{
    node *outer = w->moved_continue;
    bool outer_used = w->continue_used, moved = n->kind != N_WHILE;
    uint32_t outer_loop = w->loops, mine;
    glue(w, "for (;;) {");
    w->indent += 4;
    if (cond && n->kind != N_DO) {
        emit_hoist(w, cond);
        compute(w, cond->line, "if (!(", cond, "))");
        glue(w, "    break;");
    }
    mine = ++w->loop_count;
    w->loops = mine;
    w->moved_continue = moved ? n : NULL;
    w->continue_used = false;
    source_line(w, body->line);
    emit_statement(w, body);
    w->moved_continue = outer;
    if (w->continue_used)
        glue(w, "bide_c%u:;", mine);
    w->continue_used = outer_used;
    w->loops = outer_loop;
    glue_lines(w);
    if (after)
        emit_discarded(w, after);
    if (cond && n->kind == N_DO) {
        emit_hoist(w, cond);
        compute(w, cond->line, "if (!(", cond, "))");
        glue(w, "    break;");
    }
    w->indent -= 4;
    glue(w, "}");
}

/* A loop that stays one: only what is in it changes. */
static void emit_kept_loop(writer *w, node *n, node *init)
{
    node *outer = w->moved_continue;
    w->moved_continue = NULL;
    source_line(w, n->line);
    if (n->kind == N_DO) {
        text_puts(w->to, "do ");
        emit_nested(w, n->kids[0]);
        text_puts(w->to, " while (");
        render(w, w->to, n->kids[1]);
        text_puts(w->to, ");");
    } else if (n->kind == N_WHILE) {
        text_puts(w->to, "while (");
        render(w, w->to, n->kids[0]);
        text_puts(w->to, ") ");
        emit_nested(w, n->kids[1]);
    } else {
        text_puts(w->to, "for (");
        if (init)
            copy_source(w, w->to, init->at.begin, init->at.end);
        else
            text_puts(w->to, ";");
        for (int i = 1; i <= 2; i++) {
            if (n->kids[i]) {
                text_puts(w->to, i == 1 ? " " : "");
                render(w, w->to, n->kids[i]);
            }
            text_puts(w->to, i == 1 ? "; " : ") ");
        }
        emit_nested(w, n->kids[3]);
    }
    w->moved_continue = outer;
}

static void emit_loop(writer *w, node *n)
{
    node *init = n->kind == N_FOR ? n->kids[0] : NULL;
    node *cond = n->kind == N_WHILE ? n->kids[0] : n->kids[1];
    node *after = n->kind == N_FOR ? n->kids[2] : NULL;
    node *body = n->kind == N_FOR ? n->kids[3] : n->kind == N_DO ? n->kids[0] : n->kids[1];
    bool open = (cond && cond->awaits) || (after && after->awaits);
    bool split = init && is_touched(w, init);
    uint32_t active = w->active_count;
    if (init && !split && open && init->kind == N_DECLS)
        split = true;
    if (split || open) {
        glue_lines(w);
        glue(w, "{");
        w->indent += 4;
        if (init && init->kind == N_DECLS)
            emit_decls(w, init);
        else if (init) {
            emit_discarded(w, init->kind == N_EXPR ? init->kids[0] : init);
        }
    }
    if (open)
        emit_open_loop(w, n, cond, after, body);
    else
        emit_kept_loop(w, n, split ? NULL : init);
    if (split || open) {
        end_scope(w, active, false);
        w->active_count = active;
        w->indent -= 4;
        glue(w, "}");
    }
}

static void emit_switch(writer *w, node *n)
{
    bool wrap = n->kids[0]->awaits;
    if (wrap) {
        glue_lines(w);
        glue(w, "{");
        w->indent += 4;
        emit_hoist(w, n->kids[0]);
    }
    source_line(w, n->line);
    text_puts(w->to, "switch (");
    render(w, w->to, n->kids[0]);
    text_puts(w->to, ") ");
    emit_statement(w, n->kids[1]);
    if (wrap) {
        w->indent -= 4;
        glue(w, "}");
    }
}

/* An expression as a statement; one that is nothing but an await leaves nothing behind. */
static void emit_expression(writer *w, node *n)
{
    node *e = n->kids[0], *word, *to;
    if (!e->awaits) {
        render(w, w->to, e);
        text_puts(w->to, ";");
        return;
    }
    glue_lines(w);
    glue(w, "{");
    w->indent += 4;
    to = e->kind == N_ASSIGN ? bare(e->kids[0]) : NULL;
    word = to && to->kind == N_REF ? direct_await(e->kids[1]) : NULL;
    if (word && !to->macro && writes_through(word, to->var)) {
        for (uint32_t i = 1; i < awaited_call(word)->count; i++)
            emit_hoist(w, awaited_call(word)->kids[i]);
        emit_word(w, word, arena_print(w->unit->arena, "&%s", var_text(w, to->var)));
    } else {
        emit_discarded(w, e);
    }
    w->indent -= 4;
    glue(w, "}");
}

static void emit_labelled(writer *w, node *n)
{
    copy_source(w, w->to, n->head.begin, n->head.end);
    text_puts(w->to, " ");
    if (takes_frame(w, n)) {
        text_puts(w->to, ";");
        emit_take(w);
        source_line(w, n->count && n->kids[0] ? n->kids[0]->line : n->line);
    }
    if (!n->count || !n->kids[0])
        return;
    if (!is_touched(w, n->kids[0]) || n->kids[0]->kind == N_BLOCK) {
        emit_statement(w, n->kids[0]);
        return;
    }
    /* behind a label stands a statement, and glue need not begin with one */
    text_puts(w->to, ";");
    emit_statement(w, n->kids[0]);
}

/* A statement that a macro makes: its form stays, and what is changed are the arguments and the
 * bodies that the user wrote. */
static void emit_macro_statement(writer *w, node *n)
{
    uint32_t at = n->at.begin;
    node *kid, *first = n->kind == N_IF || n->kind == N_SWITCH ? n->kids[0] : NULL;
    if (first && first->awaits) {
        glue_lines(w);
        glue(w, "{");
        w->indent += 4;
        emit_hoist(w, first);
        source_line(w, n->line);
    }
    while ((kid = next_kid(n, at)) != NULL) {
        copy_source(w, w->to, at, kid->at.begin);
        if (is_statement(kid))
            emit_nested(w, kid);
        else
            render(w, w->to, kid);
        at = kid->at.end;
    }
    copy_source(w, w->to, at, n->at.end);
    w->is_off_line = true;
    if (first && first->awaits) {
        w->indent -= 4;
        glue(w, "}");
    }
}

static bool is_macro_control(const node *n)
{
    return n->macro && (n->kind == N_IF || n->kind == N_SWITCH || n->kind == N_WHILE ||
                        n->kind == N_DO || n->kind == N_FOR);
}

void emit_statement(writer *w, node *n)
{
    if (w->function && is_macro_control(n) && is_touched(w, n)) {
        emit_macro_statement(w, n);
        return;
    }
    if (!w->function || !is_touched(w, n)) {
        if (w->function)
            copy_source(w, w->to, n->at.begin, n->at.end);
        else
            render(w, w->to, n);
        return;
    }
    switch (n->kind) {
    case N_BLOCK:
        emit_block(w, n);
        break;
    case N_DECLS:
        emit_decls(w, n);
        break;
    case N_IF:
        emit_if(w, n);
        break;
    case N_WHILE:
    case N_DO:
    case N_FOR:
        emit_loop(w, n);
        break;
    case N_SWITCH:
        emit_switch(w, n);
        break;
    case N_CASE:
    case N_DEFAULT:
    case N_LABEL:
        emit_labelled(w, n);
        break;
    case N_BREAK:
    case N_CONTINUE:
    case N_GOTO:
        emit_jump(w, n);
        break;
    case N_RETURN:
        emit_return(w, n);
        break;
    case N_EXPR:
        if (bare(n->kids[0])->kind == N_FAIL) {
            emit_fail(w, bare(n->kids[0]));
        } else if (bare(n->kids[0])->kind == N_DROP && !is_suspending(bare(n->kids[0]))) {
            /* a word that does not suspend */
            glue_lines(w);
            emit_async_drop(w, bare(bare(n->kids[0])->kids[0])->var, false);
        } else {
            emit_expression(w, n);
        }
        break;
    case N_OWNED:
        break;
    default:
        render(w, w->to, n);
        break;
    }
}

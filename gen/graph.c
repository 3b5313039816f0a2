/*
 * gen/graph.c: the state machines as Graphviz.
 *
 * A state is a suspension; an edge says that a function which goes on from one can reach the other
 * next, without or with a stop there. Failures of children, which end the function from any state,
 * are left out.
 */
#include <string.h>

#include "describe.h"
#include "flow.h"
#include "passes.h"

typedef struct search {
    arena *arena;
    const flow *flow;
    uint32_t *waiting; /* steps to look at; each is put there once */
    uint32_t waiting_count;
    bool *seen;
} search;

static void look_at(search *s, uint32_t at)
{
    if (at < s->flow->count && !s->seen[at]) {
        s->seen[at] = true;
        s->waiting[s->waiting_count++] = at;
    }
}

/* Marks in `reached` the sites that can come next behind step `from`; [0] is the end. */
static void reach(search *s, uint32_t from, bool *reached)
{
    memset(s->seen, 0, s->flow->count * sizeof *s->seen);
    look_at(s, from);
    while (s->waiting_count > 0) {
        uint32_t i = s->waiting[--s->waiting_count];
        const step *at = &s->flow->steps[i];
        switch (at->kind) {
        case STEP_SITE:
            reached[at->site->number] = true;
            break;
        case STEP_END:
            reached[0] = true;
            break;
        case STEP_BRANCH:
            look_at(s, i + 1);
            look_at(s, at->target);
            break;
        case STEP_JUMP:
            look_at(s, at->target);
            break;
        case STEP_USE:
        case STEP_DEFINE:
            look_at(s, i + 1);
            break;
        }
    }
}

static void put_edges(text *to, search *s, const char *from, uint32_t behind, uint32_t site_count)
{
    bool *reached = NEW_ARRAY(s->arena, bool, site_count + 1);
    reach(s, behind, reached);
    for (uint32_t i = 1; i <= site_count; i++) {
        if (reached[i])
            text_printf(to, "    %s -> s%u;\n", from, i);
    }
    if (reached[0])
        text_printf(to, "    %s -> end;\n", from);
}

static void put_function(unit *u, function *f, text *to)
{
    /* The walk is deterministic: made again, the sites are the same. */
    flow steps = flow_build(u, f);
    search s = {.arena = u->arena, .flow = &steps};
    s.waiting = NEW_ARRAY(u->arena, uint32_t, steps.count);
    s.seen = NEW_ARRAY(u->arena, bool, steps.count);

    text_printf(to, "digraph \"%s\" {\n", f->name);
    text_printf(to, "    label = \"%s\";\n    node [shape = box];\n", f->name);
    text_printf(to, "    start [shape = circle, label = \"\", tooltip = \"line %u\"];\n",
                f->line.line);
    text_puts(to, "    end [shape = doublecircle, label = \"\"];\n");
    for (uint32_t i = 0; i < f->site_count; i++)
        text_printf(to, "    s%u [label = \"%u: line %u\\n%s\"];\n", f->sites[i]->number,
                    f->sites[i]->number, f->sites[i]->line.line,
                    describe_site(u->arena, f->sites[i]));
    put_edges(to, &s, "start", 0, f->site_count);
    for (uint32_t i = 0; i < steps.count; i++) {
        if (steps.steps[i].kind == STEP_SITE) {
            const char *from = arena_print(u->arena, "s%u", steps.steps[i].site->number);
            put_edges(to, &s, from, i + 1, f->site_count);
        }
    }
    text_puts(to, "}\n");
}

void emit_graph(unit *u, text *to)
{
    for (uint32_t i = 0; i < u->function_count; i++)
        put_function(u, u->functions[i], to);
}

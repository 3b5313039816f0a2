/*
 * gen/emit_made.c: what macros make of async functions of this file, where it is needed before its
 * place in the text: the frame of an exported function, which is in the header, may hold it.
 */
#include "emit.h"

/* A header writes declarations behind all frames; what is made of a function needs them before. */
static void declare_part(writer *w, function *f)
{
    for (uint32_t i = 0; i < w->unit->function_count; i++)
        if (w->unit->functions[i] == f) {
            if (w->declared[i])
                return;
            w->declared[i] = true;
        }
    emit_frame(w, f);
    text_puts(w->to, "\n");
    emit_declarations(w, f);
}

void emit_making(writer *w, making *m)
{
    if (m->in_header || m->is_written)
        return;
    *(w->in_header ? &m->in_header : &m->is_written) = true;
    for (uint32_t i = 0; i < m->use_count; i++)
        emit_making(w, m->uses[i]);
    for (uint32_t i = 0; i < m->part_count; i++) {
        function *f = m->parts[i]->definition;
        if (f && w->in_header)
            declare_part(w, f);
        else if (f)
            emit_needed(w, f);
    }
    text_puts(w->to, "\n");
    if (!w->in_header)
        back_to_source(w, m->at.begin);
    copy_source(w, w->to, m->at.begin, m->at.end);
    text_puts(w->to, "\n");
    if (!w->in_header)
        glue_lines(w);
}

void need_making(bool *needed, const making *m)
{
    for (uint32_t i = 0; i < m->include_count; i++)
        needed[m->includes[i]] = true;
    for (uint32_t i = 0; i < m->use_count; i++)
        need_making(needed, m->uses[i]);
}

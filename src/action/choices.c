/* SPDX-License-Identifier: GPL-2.0-or-later */
/* choices: what a number in a reply can mean, and how it is offered. See planning.h. */
#include "planning.h"

const struct plan *planning_asked_people(const struct plan_origin *o)
{
    return o->asked && o->asked->n_suggestions ? o->asked : o->plan;
}

static const char *list_companies(const struct plan *p, bool numbered, struct pool *pool)
{
    struct buf names = BUF_INIT(2000);
    for (size_t i = 0; i < p->n_choices; i++) {
        buf_puts(&names, i ? ", " : "");
        if (numbered)
            buf_printf(&names, "%zu ", i + 1);
        buf_slice(&names, slice_cut_utf8(slice_of(p->choices[i].name), 100));
    }
    const char *out = pool_slice(pool, buf_view(&names));
    buf_release(&names);
    return out;
}

void planning_choose_company(struct plan *p, const struct templates *t, struct pool *pool)
{
    if (p->company_open && p->n_choices)
        plan_remark(p,
                    sentence(t, pool, SAY_CHOOSE_COMPANY, "names", list_companies(p, true, pool), SAY_END));
}

void planning_name_company(struct plan *p, const struct templates *t, struct pool *pool)
{
    if (p->company_open && p->n_choices)
        plan_remark(p, sentence(t, pool, SAY_NAME_COMPANY, "names", list_companies(p, false, pool), "near",
                                p->choices[0].name, SAY_END));
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan_contact: whom the sender wants as contact, among the contacts of the ticket's company. Looked up while
 * the plan is made, by one call, and only when somebody is wanted. Nobody, or several: the ticket gets no
 * contact and the answer names the nearest. When Autotask cannot be asked the plan is not made yet; what it
 * will never answer (no right, too many contacts) does not stop the ticket.
 */
#include "planning.h"

enum { SAID_SHOWN = 80, NAMES_SHOWN = 5 };

/* "Bob Miller <bob@acme.example>, Ann Miller": an address tells people of one name apart. */
static const char *list_names(const struct autotask_contact *list, size_t n, bool with_address,
                              struct pool *pool)
{
    struct buf b = BUF_INIT(2000);
    for (size_t i = 0; i < n && i < NAMES_SHOWN; i++) {
        buf_printf(&b, "%s%s", i ? ", " : "", list[i].name);
        if (with_address && list[i].email[0])
            buf_printf(&b, " <%s>", list[i].email);
    }
    if (n > NAMES_SHOWN)
        buf_puts(&b, " and others");
    const char *out = pool_slice(pool, buf_view(&b));
    buf_release(&b);
    return out;
}

static void tell_not_found(struct plan *p, const struct autotask_contacts *all, const char *said,
                           const char *company, struct pool *pool)
{
    struct slice shown = slice_cut_utf8(slice_of(said), SAID_SHOWN);
    if (all->n > 1)
        plan_remark(p, pool_printf(pool,
                                   "\"%.*s\" fits more than one contact of %s: %s. None was taken; reply "
                                   "\"contact: \" with the whole name or the address.",
                                   SLICE_ARG(shown), company, list_names(all->list, all->n, true, pool)));
    else if (all->n_near)
        plan_remark(p, pool_printf(pool,
                                   "%s has no contact \"%.*s\"; nearest: %s. None was taken; reply "
                                   "\"contact: %s\" to set it.",
                                   company, SLICE_ARG(shown), list_names(all->list, all->n_near, false, pool),
                                   all->list[0].name));
    else
        plan_remark(p, pool_printf(pool, "%s has no contact \"%.*s\", and none of a name like it.", company,
                                   SLICE_ARG(shown)));
}

/* Trying again would not help: the request is more than its contact. */
static bool never_answers(const struct err *e)
{
    return e->code == ERR_PERMISSION || e->code == ERR_REJECTED || e->code == ERR_LIMIT;
}

int planning_find_contact(const struct plan_input *in, struct plan *p, int64_t company, const char *said,
                          struct autotask_contact *found, struct pool *pool, struct err *e)
{
    struct autotask_contacts all = {0};
    const char *name = planning_company_name(in->directory, company, pool);
    *found = (struct autotask_contact){0};
    if (!in->find_contact)
        return 0;
    if (in->find_contact(in->self, company, said, &all, pool, e) != 0) {
        if (!never_answers(e))
            return -1;
        LOG(LOG_WARN, "plan", "contacts.unreadable", LN("company", company), LS("error", e->text));
        plan_remark(p, pool_printf(pool,
                                   "The contact \"%.*s\" was not set: Autotask does not let frontdesk look "
                                   "through the contacts of %s.",
                                   SLICE_ARG(slice_cut_utf8(slice_of(said), SAID_SHOWN)), name));
        *e = (struct err)ERR_INIT;
        return 0;
    }
    if (all.n == 1)
        *found = all.list[0];
    else
        tell_not_found(p, &all, said, name, pool);
    return 0;
}

int planning_contact(const struct plan_input *in, struct plan *p, struct pool *pool, struct err *e)
{
    struct autotask_contact found;
    bool wanted = p->title && p->title[0] && p->contact_said && p->contact_said[0];
    if (!wanted)
        return 0;
    if (p->company_open) {
        plan_remark(p, pool_printf(pool, "The contact \"%.*s\" is looked for once the company is known.",
                                   SLICE_ARG(slice_cut_utf8(slice_of(p->contact_said), SAID_SHOWN))));
        return 0;
    }
    if (planning_find_contact(in, p, p->company_id, p->contact_said, &found, pool, e) != 0)
        return -1;
    p->contact_id = found.id;
    p->contact_name = found.name;
    return 0;
}

/* --- of a ticket that exists --- */

static const char *name_now(const struct plan *asked, int64_t contact, struct pool *pool)
{
    if (!contact)
        return "none";
    return contact == asked->contact_id && asked->contact_name && asked->contact_name[0]
               ? asked->contact_name
               : pool_printf(pool, "id %lld", (long long)contact);
}

int planning_change_contact(const struct plan_input *in, struct plan *p, const struct plan_now *now,
                            const char *said, struct pool *pool, struct err *e)
{
    const struct plan *asked = in->origin->plan;
    struct autotask_contact found = {0};
    int64_t company = now->company;
    for (size_t i = 0; i < p->n_changes; i++)
        company = strcmp(p->changes[i].field, "companyID") == 0 ? p->changes[i].after : company;
    bool moved = company != now->company;
    if (!said[0] && moved && asked->contact_said)
        said = asked->contact_said;
    if (said[0] && planning_find_contact(in, p, company, said, &found, pool, e) != 0)
        return -1;
    if (found.id && found.id == now->contact)
        plan_remark(p, pool_printf(pool, "Contact is %s already.", found.name));
    else if (p->n_changes < PLAN_MAX_CHANGES && (found.id || (moved && now->contact)))
        p->changes[p->n_changes++] = (struct plan_change){.what = "Contact",
                                                          .field = "contactID",
                                                          .before = now->contact ? now->contact : PLAN_NULL,
                                                          .after = found.id ? found.id : PLAN_NULL,
                                                          .was = name_now(asked, now->contact, pool),
                                                          .becomes = found.id ? found.name : "none"};
    return 0;
}

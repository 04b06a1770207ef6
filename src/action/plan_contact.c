/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan_contact: whom the sender wants as contact, among the contacts of the ticket's company. Looked up while
 * the plan is made, by one call, and only when somebody is wanted. Nobody, or several: the ticket gets no
 * contact and the answer names the nearest. When Autotask cannot be asked the plan is not made yet; what it
 * will never answer (no right, too many contacts) does not stop the ticket.
 */
#include "planning.h"

enum { NAMES_SHOWN = 5 };

/* "Bob Miller <bob@acme.example>, Ann Miller": an address tells people of one name apart. */
static const char *list_names(const struct plan_input *in, const struct autotask_contact *list, size_t n,
                              bool with_address, struct pool *pool)
{
    struct buf b = BUF_INIT(2000);
    for (size_t i = 0; i < n && i < NAMES_SHOWN; i++) {
        buf_printf(&b, "%s%s", i ? ", " : "", list[i].name);
        if (with_address && list[i].email[0])
            buf_printf(&b, " <%s>", list[i].email);
    }
    const char *out = pool_slice(pool, buf_view(&b));
    buf_release(&b);
    return n > NAMES_SHOWN ? sentence(in->templates, pool, SAY_NAMES_AND_OTHERS, "names", out, SAY_END) : out;
}

static void tell_not_found(const struct plan_input *in, struct plan *p, const struct autotask_contacts *all,
                           const char *said, const char *company, struct pool *pool)
{
    if (all->n > 1)
        planning_say(p, in, pool, SAY_CONTACT_SEVERAL, "said", said, "company", company, "names",
                     list_names(in, all->list, all->n, true, pool), SAY_END);
    else if (all->n_near)
        planning_say(p, in, pool, SAY_CONTACT_NEAR, "said", said, "company", company, "names",
                     list_names(in, all->list, all->n_near, false, pool), "near", all->list[0].name, SAY_END);
    else
        planning_say(p, in, pool, SAY_CONTACT_NONE, "said", said, "company", company, SAY_END);
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
    const char *name = planning_company_name(in, company, pool);
    const char *shown = planning_said(slice_of(said), pool);
    *found = (struct autotask_contact){0};
    if (!in->find_contact)
        return 0;
    if (in->find_contact(in->self, company, said, &all, pool, e) != 0) {
        if (!never_answers(e))
            return -1;
        LOG(LOG_WARN, "plan", "contacts.unreadable", LN("company", company), LS("error", e->text));
        planning_say(p, in, pool, SAY_CONTACT_UNREADABLE, "said", shown, "company", name, SAY_END);
        *e = (struct err)ERR_INIT;
        return 0;
    }
    if (all.n == 1)
        *found = all.list[0];
    else
        tell_not_found(in, p, &all, shown, name, pool);
    return 0;
}

/* The line that named somebody was taken out of the text: the technician is to know whom to call. */
static void keep_words(const struct plan_input *in, struct plan *p, struct pool *pool)
{
    const char *more =
        pool_printf(pool, "%s\n\n%s: %s", p->description,
                    sentence(in->templates, pool, SAY_FIELD_CONTACT, SAY_END), p->contact_said);
    if (slice_cut_utf16(slice_of(more), PLAN_DESCRIPTION_CHARS).len == strlen(more))
        p->description = more;
}

int planning_contact(const struct plan_input *in, struct plan *p, struct pool *pool, struct err *e)
{
    struct autotask_contact found;
    bool wanted = p->title && p->title[0] && p->contact_said && p->contact_said[0];
    if (!wanted)
        return 0;
    if (p->company_open) {
        planning_say(p, in, pool, SAY_CONTACT_LATER, "said", planning_said(slice_of(p->contact_said), pool),
                     SAY_END);
        keep_words(in, p, pool);
        return 0;
    }
    if (planning_find_contact(in, p, p->company_id, p->contact_said, &found, pool, e) != 0)
        return -1;
    p->contact_id = found.id;
    p->contact_name = found.name;
    if (!found.id)
        keep_words(in, p, pool);
    return 0;
}

/* --- of a ticket that exists --- */

static const char *name_now(const struct plan_input *in, int64_t contact, struct pool *pool)
{
    const struct plan *asked = in->origin->plan;
    if (!contact)
        return sentence(in->templates, pool, SAY_VALUE_NONE, SAY_END);
    return contact == asked->contact_id && asked->contact_name && asked->contact_name[0]
               ? asked->contact_name
               : planning_id(in, contact, pool);
}

int planning_change_contact(const struct plan_input *in, struct plan *p, const struct plan_now *now,
                            const char *said, struct pool *pool, struct err *e)
{
    const struct plan *asked = in->origin->plan;
    struct autotask_contact found = {0};
    int64_t company = now->company;
    const char *what = sentence(in->templates, pool, SAY_FIELD_CONTACT, SAY_END);
    for (size_t i = 0; i < p->n_changes; i++)
        company = strcmp(p->changes[i].field, "companyID") == 0 ? p->changes[i].after : company;
    bool moved = company != now->company;
    if (!said[0] && moved && asked->contact_said)
        said = asked->contact_said;
    if (said[0] && planning_find_contact(in, p, company, said, &found, pool, e) != 0)
        return -1;
    if (found.id && found.id == now->contact)
        planning_say(p, in, pool, SAY_IS_ALREADY, "what", what, "have", found.name, SAY_END);
    else if (p->n_changes < PLAN_MAX_CHANGES && (found.id || (moved && now->contact)))
        p->changes[p->n_changes++] =
            (struct plan_change){.what = what,
                                 .field = "contactID",
                                 .before = now->contact ? now->contact : PLAN_NULL,
                                 .after = found.id ? found.id : PLAN_NULL,
                                 .was = name_now(in, now->contact, pool),
                                 .becomes = found.id ? found.name : name_now(in, 0, pool)};
    return 0;
}

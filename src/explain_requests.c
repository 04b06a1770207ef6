/* SPDX-License-Identifier: GPL-2.0-or-later */
/* explain_requests: the requests that a plan would send, a row a kind of step: as they travel, with the
 * person that they are about. See telling.h. */
#include "job_private.h"
#include "telling.h"

static const char *request_for(const struct telling *to, const char *request, const char *name)
{
    return sentence(to->templates, to->pool, SAY_REQUEST_FOR, "request", request, "name", name, SAY_END);
}

static const char *create_request(const struct telling *to, const struct plan *p, size_t about)
{
    struct autotask_ticket ticket;
    struct buf json = BUF_INIT(1 << 20);
    (void)about;
    plan_ticket(p, &ticket);
    autotask_ticket_json(&ticket, &json);
    const char *request = pool_printf(to->pool, "POST Tickets %s", json.data);
    buf_release(&json);
    return request;
}

static const char *second_request(const struct telling *to, const struct plan *p, size_t about)
{
    return request_for(to, "POST Tickets/{id}/SecondaryResources",
                       about < p->n_people ? p->people[about].name : "?");
}

static const char *add_request(const struct telling *to, const struct plan *p, size_t about)
{
    return request_for(to,
                       pool_printf(to->pool, "POST Tickets/%lld/SecondaryResources", (long long)p->target_id),
                       about < p->n_adds ? p->adds[about].name : "?");
}

static const char *remove_request(const struct telling *to, const struct plan *p, size_t about)
{
    return request_for(
        to, pool_printf(to->pool, "DELETE Tickets/%lld/SecondaryResources", (long long)p->target_id),
        about < p->n_removes ? p->removes[about].name : "?");
}

static const char *change_request(const struct telling *to, const struct plan *p, size_t about)
{
    struct buf json = BUF_INIT(64 * 1024);
    (void)about;
    plan_change_json(p, &json);
    const char *request = pool_printf(to->pool, "PATCH Tickets %s", json.data);
    buf_release(&json);
    return request;
}

static const char *note_request(const struct telling *to, const struct plan *p, size_t about)
{
    struct buf json = BUF_INIT(64 * 1024);
    (void)about;
    buf_put_json(&json, slice_cut_utf8(slice_of(p->note), 2000));
    const char *request = pool_printf(to->pool, "POST Tickets/{id}/Notes %s", json.data);
    buf_release(&json);
    return request;
}

static const char *todo_request(const struct telling *to, const struct plan *p, size_t about)
{
    (void)about;
    return sentence(to->templates, to->pool, SAY_REQUEST_TODO, "request",
                    pool_printf(to->pool, "POST Companies/%lld/ToDos", (long long)p->company_id), "name",
                    p->n_people ? p->people[0].name : "?", "when", p->due_text, SAY_END);
}

static const char *file_request(const struct telling *to, const struct plan *p, size_t about)
{
    return pool_printf(to->pool, "POST Tickets/{id}/Attachments %s",
                       about < p->n_files ? p->files[about].name : "?");
}

static const char *request_of(const struct telling *to, const struct plan *p, const struct journal_step *step)
{
    static const struct {
        const char *kind;
        const char *(*say)(const struct telling *, const struct plan *, size_t);
    } rows[] = {{"ticket.create", create_request}, {"ticket.second", second_request},
                {"ticket.change", change_request}, {"second.add", add_request},
                {"second.remove", remove_request}, {"note.create", note_request},
                {"todo.create", todo_request},     {"file.attach", file_request}};
    uint64_t about = 0;
    if (!slice_to_u64(slice_of(step->request), 0, PLAN_MAX_STEPS, &about))
        about = 0;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (strcmp(rows[i].kind, step->kind) == 0)
            return rows[i].say(to, p, (size_t)about);
    }
    return pool_copy(to->pool, step->kind);
}

/* Each request as a line; how many of `out`. */
size_t explain_requests(const struct telling *to, const struct plan *p, const char *out[PLAN_MAX_STEPS + 1])
{
    struct journal_step steps[PLAN_MAX_STEPS];
    size_t n = plan_steps(p, steps), lines = 0;
    for (; lines < n; lines++)
        out[lines] = request_of(to, p, &steps[lines]);
    if (n && strcmp(steps[0].kind, "ticket.create") == 0)
        out[lines++] =
            sentence(to->templates, to->pool, SAY_REQUEST_NUMBER, "request", "GET Tickets/{id}", SAY_END);
    return lines;
}

/* What follows when nobody answers a question; 0 when none is asked. */
size_t explain_later_requests(const struct telling *to, const struct plan *p,
                              const char *out[PLAN_MAX_STEPS + 1])
{
    struct plan later = *p;
    if (!p->hold_ms)
        return 0;
    const struct plan_kept nothing = {.words = ""}; /* so that nothing is to be said either */
    plan_expire(&later, &nothing, NULL, to->pool);
    return explain_requests(to, &later, out);
}

void explain_tell_requests(struct telling *to, const struct plan *p)
{
    const char *lines[PLAN_MAX_STEPS + 1], *then = telling_word(to, SAY_EXPLAIN_THEN);
    size_t n = explain_requests(to, p, lines);
    if (n)
        tell(to, SAY_TELL_REQUEST, lines[0]);
    else
        tell(to, SAY_TELL_REQUEST,
             telling_word(to, p->hold_ms ? SAY_EXPLAIN_NONE_YET : SAY_EXPLAIN_NO_REQUEST));
    for (size_t i = 1; i < n; i++)
        tell_more(to, pool_printf(to->pool, "%s %s", then, lines[i]));
    n = explain_later_requests(to, p, lines);
    for (size_t i = 0; i < n; i++)
        tell_more(to,
                  pool_printf(to->pool, "%s %s", i ? then : telling_word(to, SAY_EXPLAIN_WITHOUT), lines[i]));
}

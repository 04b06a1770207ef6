/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * step_kinds: what a plan does outside, step by step, and each kind of step with its look-up (invariants 3
 * and 4). A ticket is known by its externalID; notes, files and to-dos carry a mark made of key and number;
 * people are known by (ticket, resource); a change by what the ticket shows.
 */
#include "step_kinds.h"

/* A note is about words of the mail, or about what was found later. */
enum { WORDS_NOTE, LATER_NOTE, NOTES };

/* --- which steps a plan has --- */

static void add_step(const struct plan *p, struct journal_step *out, size_t *n, const char *kind,
                     size_t about)
{
    static const char numbers[PLAN_MAX_FILES + 1][4] = {"0",  "1",  "2",  "3",  "4",  "5",  "6",  "7",  "8",
                                                        "9",  "10", "11", "12", "13", "14", "15", "16", "17",
                                                        "18", "19", "20", "21", "22", "23", "24"};
    ENSURE(about < ARRAY_LEN(numbers) && *n < PLAN_MAX_STEPS);
    struct journal_step *s = &out[(*n)++];
    *s = (struct journal_step){.n = (unsigned)*n, .key = p->external_id, .request = numbers[about]};
    snprintf(s->kind, sizeof(s->kind), "%s", kind);
}

static bool makes_ticket(const struct plan *p)
{
    return p->title && p->title[0] && !p->hold_ms && !p->said_again;
}

size_t plan_steps(const struct plan *p, struct journal_step *out)
{
    size_t n = 0;
    if (!makes_ticket(p) && !p->target_id)
        return 0;
    if (makes_ticket(p))
        add_step(p, out, &n, "ticket.create", 0);
    for (size_t i = 1; makes_ticket(p) && i < p->n_people; i++)
        add_step(p, out, &n, "ticket.second", i);
    /* before the change: who becomes responsible must not be a helper any more, Autotask refuses that */
    for (size_t i = 0; i < p->n_removes; i++)
        add_step(p, out, &n, "second.remove", i);
    if (p->n_changes)
        add_step(p, out, &n, "ticket.change", 0);
    for (size_t i = 0; i < p->n_adds; i++)
        add_step(p, out, &n, "second.add", i);
    if (p->note && p->note[0])
        add_step(p, out, &n, "note.create", WORDS_NOTE);
    if (makes_ticket(p) && p->todo_action && p->n_people)
        add_step(p, out, &n, "todo.create", 0);
    for (size_t i = 0; i < p->n_files; i++)
        add_step(p, out, &n, "file.attach", i);
    /* last, so that the steps before it keep their numbers */
    if (makes_ticket(p) && p->later_note && p->later_note[0])
        add_step(p, out, &n, "note.create", LATER_NOTE);
    return n;
}

/* --- doing them --- */

static size_t about(const struct journal_step *step, size_t n)
{
    uint64_t i = 0;
    ENSURE(slice_to_u64(slice_of(step->request), 0, n ? n - 1 : 0, &i) && i < n);
    return (size_t)i;
}

static int create_ticket(struct perform *p, const struct journal_step *step, int64_t *result_id,
                         struct err *e)
{
    struct autotask_ticket ticket;
    (void)step;
    plan_ticket(p->plan, &ticket);
    ticket.as_resource = p->as_resource;
    return autotask_ticket_create(p->autotask, &ticket, result_id, e);
}

static int look_for_ticket(struct perform *p, const struct journal_step *step, bool *found,
                           int64_t *result_id, struct err *e)
{
    struct autotask_found ticket;
    if (autotask_ticket_by_key(p->autotask, step->key, found, &ticket, e) != 0)
        return -1;
    if (*found)
        *result_id = ticket.id;
    return 0;
}

/* The person that a step is about, out of the list of its kind. */
static const struct plan_person *person_of(const struct perform *p, const struct journal_step *step)
{
    const struct plan *plan = p->plan;
    const struct {
        const char *kind;
        const struct plan_person *list;
        size_t n;
    } lists[] = {{"ticket.second", plan->people, plan->n_people},
                 {"second.add", plan->adds, plan->n_adds},
                 {"second.remove", plan->removes, plan->n_removes}};
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        if (strcmp(lists[i].kind, step->kind) == 0)
            return &lists[i].list[about(step, lists[i].n)];
    }
    BUG("a step about nobody");
}

static int look_for_person(struct perform *p, const struct journal_step *step, bool *found,
                           int64_t *result_id, struct err *e)
{
    *result_id = 0;
    return autotask_secondary_exists(p->autotask, p->ticket_id, person_of(p, step)->resource_id, found, e);
}

/* Autotask refuses somebody who helps already: somebody else was quicker. */
static int add_person(struct perform *p, const struct journal_step *step, int64_t *result_id, struct err *e)
{
    const struct plan_person *person = person_of(p, step);
    struct err why = ERR_INIT;
    bool there = false;
    *result_id = 0;
    int rc = autotask_secondary_create(p->autotask, p->ticket_id, person->resource_id, person->role_id, e);
    if (rc == 0 || e->code != ERR_REJECTED || look_for_person(p, step, &there, result_id, &why) != 0 ||
        !there)
        return rc;
    *e = (struct err)ERR_INIT;
    return 0;
}

/* --- changes --- */

int step_read_ticket(struct autotask *at, int64_t id, unsigned more, struct plan_now *out, struct err *e)
{
    struct pool *pool = pool_new(1 << 20);
    struct autotask_record r;
    int64_t entries = 0;
    int rc = autotask_ticket_read(at, id, &r, pool, e);
    if (rc == 0 && more & PLAN_READ_WORK)
        rc = autotask_time_count(at, id, &entries, e);
    struct autotask_second helpers[PLAN_MAX_HELPERS];
    size_t n_helpers = 0;
    if (rc == 0 && more & PLAN_READ_HELPERS)
        rc = autotask_secondary_list(at, id, helpers, &n_helpers, e);
    if (rc == 0) {
        const struct autotask_value *v = r.values;
        *out = (struct plan_now){.status = v[TICKET_STATUS].number,
                                 .priority = v[TICKET_PRIORITY].number,
                                 .queue = v[TICKET_QUEUE].number,
                                 .company = v[TICKET_COMPANY].number,
                                 .contact = v[TICKET_CONTACT].number,
                                 .category = v[TICKET_CATEGORY].number,
                                 .type = v[TICKET_TYPE].number,
                                 .resource = v[TICKET_RESOURCE].number,
                                 .role = v[TICKET_ROLE].number,
                                 .due_ms = v[TICKET_DUE].number,
                                 .worked_on = entries > 0,
                                 .n_helpers = n_helpers};
        for (size_t i = 0; i < n_helpers; i++)
            out->helpers[i] = helpers[i].resource_id;
    }
    pool_free(&pool);
    return rc;
}

static enum autotask_field field_of(const char *name)
{
    for (int f = 0; f < AUTOTASK_FIELDS_N; f++) {
        if (strcmp(autotask_field_name((enum autotask_field)f), name) == 0)
            return (enum autotask_field)f;
    }
    BUG("unknown field in a plan");
}

static size_t changes_of(const struct plan *p, bool after, struct autotask_change out[PLAN_MAX_CHANGES])
{
    for (size_t i = 0; i < p->n_changes; i++) {
        int64_t v = after ? p->changes[i].after : p->changes[i].before;
        out[i] = (struct autotask_change){.field = field_of(p->changes[i].field),
                                          .value = {.set = v != PLAN_NULL, .number = v == PLAN_NULL ? 0 : v}};
    }
    return p->n_changes;
}

void plan_change_json(const struct plan *p, struct buf *out)
{
    struct autotask_change changes[PLAN_MAX_CHANGES];
    autotask_ticket_patch_json(p->target_id, changes, changes_of(p, true, changes), out);
}

static int change_ticket(struct perform *p, const struct journal_step *step, int64_t *result_id,
                         struct err *e)
{
    struct autotask_change changes[PLAN_MAX_CHANGES];
    (void)step;
    *result_id = 0;
    return autotask_ticket_patch(p->autotask, p->ticket_id, changes, changes_of(p->plan, true, changes), e);
}

/* Found also when it shows neither what it showed before nor what we want: somebody else was there since,
 * theirs stays, and the sender is told. */
static int look_for_change(struct perform *p, const struct journal_step *step, bool *found,
                           int64_t *result_id, struct err *e)
{
    struct autotask_change changes[PLAN_MAX_CHANGES];
    struct autotask_record now;
    struct pool *pool = pool_new(1 << 20);
    (void)step;
    *result_id = 0;
    int rc = autotask_ticket_read(p->autotask, p->ticket_id, &now, pool, e);
    size_t n = changes_of(p->plan, false, changes);
    *found = rc == 0 && !autotask_record_shows(&now, changes, n);
    n = changes_of(p->plan, true, changes);
    p->theirs = *found && !autotask_record_shows(&now, changes, n);
    for (size_t i = 0; i < n && p->theirs; i++) {
        const struct autotask_value *v = &now.values[changes[i].field];
        p->shows[i] = v->set ? v->number : PLAN_NULL;
    }
    pool_free(&pool);
    return rc;
}

static int second_by_resource(struct perform *p, int64_t resource, int64_t *id, struct err *e)
{
    struct autotask_second all[AUTOTASK_SECONDS_MAX];
    size_t n = 0;
    *id = 0;
    if (autotask_secondary_list(p->autotask, p->ticket_id, all, &n, e) != 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        if (all[i].resource_id == resource)
            *id = all[i].id;
    }
    return 0;
}

static int remove_second(struct perform *p, const struct journal_step *step, int64_t *result_id,
                         struct err *e)
{
    int64_t id;
    *result_id = 0;
    if (second_by_resource(p, person_of(p, step)->resource_id, &id, e) != 0)
        return -1;
    return id ? autotask_secondary_delete(p->autotask, p->ticket_id, id, e) : 0;
}

static int look_for_removed(struct perform *p, const struct journal_step *step, bool *found,
                            int64_t *result_id, struct err *e)
{
    int64_t id;
    *result_id = 0;
    int rc = second_by_resource(p, person_of(p, step)->resource_id, &id, e);
    *found = rc == 0 && id == 0;
    return rc;
}

/* --- what carries a mark --- */

/* "[fd-1a2b3c4d5e-3]" */
static void mark_of(const struct journal_step *step, char out[40])
{
    snprintf(out, 40, "[%.13s-%u]", step->key, step->n);
}

static int make_note(struct perform *p, const struct journal_step *step, int64_t *result_id, struct err *e)
{
    char mark[40];
    bool later = about(step, NOTES) == LATER_NOTE;
    mark_of(step, mark);
    struct autotask_note note = {.ticket_id = p->ticket_id,
                                 .title = sentence(p->templates, p->pool,
                                                   later ? SAY_NOTE_TITLE_LATER : SAY_NOTE_TITLE, "address",
                                                   p->plan->sender, SAY_END),
                                 .mark = mark,
                                 .text = later ? p->plan->later_note : p->plan->note,
                                 .as_resource = p->as_resource};
    int rc = autotask_note_create(p->autotask, &note, result_id, e);
    *result_id = 0;
    return rc;
}

static int look_for_mark(struct perform *p, const struct journal_step *step, bool *found, int64_t *result_id,
                         struct err *e)
{
    char mark[40];
    int64_t id;
    *result_id = 0;
    mark_of(step, mark);
    return step_kind_of(step)->by_mark(p->autotask, p->ticket_id, mark, found, &id, e);
}

/* "log.txt: it could not be read". The step counts as done and carries the words. */
static void note_trouble(struct perform *p, enum say what, const char *name, const char *why, struct err *e)
{
    if (p->n_troubles < PLAN_MAX_FILES)
        p->troubles[p->n_troubles++].line =
            sentence(p->templates, p->pool, what, "name", name, "why", why, SAY_END);
    *e = (struct err)ERR_INIT;
}

static int make_todo(struct perform *p, const struct journal_step *step, int64_t *result_id, struct err *e)
{
    enum { HALF_HOUR_MS = 30 * 60000 };
    char mark[40];
    mark_of(step, mark);
    struct autotask_todo todo = {.ticket_id = p->ticket_id,
                                 .company_id = p->plan->company_id,
                                 .resource_id = p->plan->people[0].resource_id,
                                 .action = p->plan->todo_action,
                                 .contact_id = p->plan->contact_id,
                                 .start_ms = p->plan->due_ms - HALF_HOUR_MS,
                                 .end_ms = p->plan->due_ms,
                                 .text = p->plan->title,
                                 .mark = mark,
                                 .as_resource = p->as_resource};
    int rc = autotask_todo_create(p->autotask, &todo, result_id, e);
    *result_id = 0;
    if (rc == 0 || (e->code != ERR_PERMISSION && e->code != ERR_REJECTED))
        return rc;
    /* the ticket is there: its number must not wait for a calendar */
    note_trouble(p, SAY_TODO_REFUSED, p->plan->people[0].name, e->text, e);
    return 0;
}

/* --- files: the answer is out already, so what Autotask will not take is told in a sequel --- */

static int attach_file(struct perform *p, const struct journal_step *step, int64_t *result_id, struct err *e)
{
    const struct plan_file *f = &p->plan->files[about(step, p->plan->n_files)];
    struct attachment a = {.name = f->name,
                           .size = (uint64_t)f->size,
                           .raw_off = (uint64_t)f->raw_off,
                           .raw_len = (uint64_t)f->raw_len,
                           .encoding = (uint8_t)f->encoding,
                           .inner_off = (uint64_t)f->inner_off};
    struct attachment_reader *reader;
    char mark[40];
    int64_t id;
    *result_id = 0;
    mark_of(step, mark);
    int rc = attachment_open(&reader, &p->mails[f - p->plan->files], &a, e);
    if (rc == 0) {
        struct autotask_file file = {.ticket_id = p->ticket_id,
                                     .name = f->name,
                                     .mark = mark,
                                     .size = a.size,
                                     .read = attachment_read,
                                     .self = reader,
                                     .as_resource = p->as_resource};
        rc = autotask_file_create(p->autotask, &file, &id, e);
        attachment_close(&reader);
    }
    bool refused = rc != 0 && (e->code == ERR_FILE_REFUSED || e->code == ERR_REJECTED);
    if (rc == 0 || (!refused && e->code != ERR_LIMIT && e->code != ERR_IO))
        return rc;
    note_trouble(p, refused ? SAY_FILE_REFUSED : SAY_FILE_UNREADABLE, f->name, e->text, e);
    return 0;
}

static const struct step_kind kinds[] = {
    {"ticket.create", false, create_ticket, look_for_ticket, NULL},
    {"ticket.second", false, add_person, look_for_person, NULL},
    {"ticket.change", false, change_ticket, look_for_change, NULL},
    {"second.remove", false, remove_second, look_for_removed, NULL},
    {"second.add", false, add_person, look_for_person, NULL},
    {"note.create", false, make_note, look_for_mark, autotask_note_by_mark},
    {"todo.create", false, make_todo, look_for_mark, autotask_todo_by_mark},
    {"file.attach", true, attach_file, look_for_mark, autotask_file_by_mark},
};

const struct step_kind *step_kind_of(const struct journal_step *step)
{
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (strcmp(kinds[i].kind, step->kind) == 0)
            return &kinds[i];
    }
    BUG("unknown kind of step in the journal");
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * amending: the plan of a follow-up. Three kinds: an answer to our question (the held ticket is made),
 * changes of a ticket, and words that become a note. What cannot be done is said in a remark; nothing that
 * was written is lost. Changes keep the values that the ticket showed when it was planned (invariant 4).
 */
#include "planning.h"

struct slice planning_own_words(const struct plan_input *in, struct pool *pool)
{
    struct buf own = BUF_INIT(300 * 1024);
    own_text(&own, message_str(in->message, in->message->text));
    struct slice s = slice_from(pool_slice(pool, buf_view(&own)), own.len);
    buf_release(&own);
    return slice_trim(s);
}

/* More than a note holds, so that what does not fit is cut where it is written, visibly. */
enum { NOTE_WORDS = AUTOTASK_NOTE_TEXT + 1000 };

static void note_words(const struct plan_input *in, struct plan *p, struct slice words, struct pool *pool)
{
    struct slice text = slice_cut_utf16(slice_trim(words), NOTE_WORDS);
    if (text.len)
        p->note = pool_printf(pool, "%s\n\n%.*s",
                              sentence(in->templates, pool, SAY_NOTE_HEAD, "name", p->sender_name, "address",
                                       p->sender, SAY_END),
                              SLICE_ARG(text));
}

/* --- answers to a question --- */

static const struct plan_person *chosen(const struct plan_origin *o, const struct change *c,
                                        struct plan_person *room, struct pool *pool)
{
    const struct plan *asked = planning_asked_people(o);
    if (c->kind == CHANGE_CHOICE && c->number >= 1 && c->number <= asked->n_suggestions)
        return &asked->suggestions[c->number - 1];
    if (c->kind != CHANGE_TO || c->n_resources == 0)
        return NULL;
    *room = planning_person(c->resources[0], pool);
    return room;
}

/* What the mail that asked for it brought stands before what came while it waited, and that before this
 * mail's. */
static void take_held_files(const struct plan_input *in, struct plan *p, const struct journal_job *from,
                            const struct plan *its_plan, struct pool *pool)
{
    const struct plan_kept *kept = &in->origin->kept;
    struct plan_file own[PLAN_MAX_FILES];
    size_t n_own = p->n_files;
    memcpy(own, p->files, sizeof(own));
    p->n_files = 0;
    planning_files(p, its_plan->files, its_plan->n_files, from->id, in->templates, pool);
    planning_files(p, kept->files, kept->n_files, 0, in->templates, pool);
    planning_files(p, own, n_own, 0, in->templates, pool);
}

/* The ticket that was held, now with somebody to do it. Made under the key of the mail that asked for it. */
static void take_held_ticket(const struct plan_input *in, struct plan *p, const struct journal_job *from,
                             const struct plan *its_plan, const struct plan_person *who, struct pool *pool)
{
    struct plan held = *its_plan;
    p->title = held.title;
    p->description = held.description;
    p->external_id = held.external_id;
    p->company_id = held.company_id;
    p->contact_said = held.contact_said;
    p->company_open = held.company_open;
    memcpy(p->choices, held.choices, sizeof(p->choices));
    p->n_choices = held.n_choices;
    p->status = held.status;
    p->priority = held.priority;
    p->category = held.category;
    p->type = held.type;
    p->source = held.source;
    p->due_ms = held.due_ms;
    p->creator_id = held.creator_id;
    p->todo_action = held.todo_action;
    p->company_name = held.company_name;
    p->priority_name = held.priority_name;
    p->due_text = held.due_text;
    p->text_cut = held.text_cut;
    take_held_files(in, p, from, its_plan, pool);
    memcpy(p->people, held.people, sizeof(p->people));
    p->n_people = held.n_people;
    if (who) {
        p->people[0] = *who;
        p->n_people = 1;
    }
    if (held.queue_id == in->directory->labels.triage_queue) {
        planning_queue(in, p, pool);
    } else {
        p->queue_id = held.queue_id;
        p->queue_name = held.queue_name;
    }
    p->errors = held.errors;
    p->asks = held.asks;
    p->reply = held.errors && held.errors[0] ? "diagnosis" : "created";
    p->outcome = OUTCOME_TICKET;
}

static void apply_to_new(const struct plan_input *in, struct plan *p, const struct change *c,
                         struct pool *pool)
{
    if (c->kind == CHANGE_SET)
        planning_override(in, p, &c->value, pool);
    for (size_t i = c->kind == CHANGE_TO ? 1 : 0; (c->kind == CHANGE_ADD || c->kind == CHANGE_TO) &&
                                                  i < c->n_resources && p->n_people < PLAN_MAX_PEOPLE;
         i++) {
        if (c->resources[i]->id != p->people[0].resource_id)
            p->people[p->n_people++] = planning_person(c->resources[i], pool);
    }
}

static void copy_suggestions(struct plan *p, const struct change *c, const struct plan *asked,
                             struct pool *pool)
{
    for (size_t i = 0; i < c->n_suggestions; i++)
        p->suggestions[p->n_suggestions++] = planning_person(c->suggestions[i], pool);
    for (size_t i = 0; p->n_suggestions == 0 && i < asked->n_suggestions; i++)
        p->suggestions[i] = asked->suggestions[i];
    if (p->n_suggestions == 0)
        p->n_suggestions = asked->n_suggestions;
}

static void plan_answer(const struct plan_input *in, struct plan *p, const struct followup *f,
                        struct slice own, struct pool *pool)
{
    const struct plan_origin *o = in->origin;
    struct plan_person room;
    const struct plan_person *who = NULL;
    bool undo = false;
    struct change nothing = {0};
    const struct change *unsure = &nothing;
    for (size_t i = 0; i < f->n; i++) {
        const struct plan_person *one = chosen(o, &f->changes[i], &room, pool);
        who = one ? one : who;
        undo = undo || f->changes[i].kind == CHANGE_UNDO;
        if (f->changes[i].n_suggestions)
            unsure = &f->changes[i];
    }
    bool refused = f->n && !o->may_change;
    note_words(in, p, refused ? own : f->note, pool);
    p->why_ask = o->plan->why_ask;
    p->asked_word = o->plan->asked_word;
    p->absent_why = o->plan->absent_why;
    if (refused) {
        planning_say(p, in, pool, SAY_ONLY_ASKER_DECIDES, "sender", o->root->sender, SAY_END);
        who = NULL;
        undo = false;
    }
    if (undo) {
        p->take_over = o->root->id;
        p->reply = "withdrawn";
        p->outcome = OUTCOME_ANSWERED;
        p->n_files = 0;
        return;
    }
    if (!who) {
        /* what was sent waits with the question: words become a note of the ticket, files go there */
        p->reply = "ask_again";
        p->outcome = OUTCOME_ANSWERED;
        p->hold_text = o->plan->hold_text;
        p->target_title = o->plan->title;
        copy_suggestions(p, unsure, planning_asked_people(o), pool);
        return;
    }
    p->take_over = o->root->id;
    if (o->kept.words[0])
        p->note = pool_printf(pool, "%s%s%s", o->kept.words, p->note ? "\n\n" : "", p->note ? p->note : "");
    take_held_ticket(in, p, o->root, o->plan, who, pool);
    p->why_ask = NULL;
    bool company = false;
    for (size_t i = 0; i < f->n; i++) {
        company =
            company || (f->changes[i].kind == CHANGE_SET && f->changes[i].value.key == OVERRIDE_COMPANY);
        apply_to_new(in, p, &f->changes[i], pool);
    }
    if (!company)
        planning_choose_company(p, in->templates, pool);
}

/* --- changes of a ticket --- */

static void put_change(struct plan *p, struct plan_change c)
{
    /* said twice */
    for (size_t i = 0; i < p->n_changes; i++) {
        if (strcmp(p->changes[i].field, c.field) == 0 && p->changes[i].after == c.after)
            return;
    }
    if (p->n_changes < PLAN_MAX_CHANGES)
        p->changes[p->n_changes++] = c;
}

static int64_t value_of(int64_t id)
{
    return id ? id : PLAN_NULL;
}

static const char *say(const struct plan_input *in, enum say what, struct pool *pool)
{
    return sentence(in->templates, pool, what, SAY_END);
}

static const char *label_name(const struct plan_input *in, enum directory_list list, int64_t id,
                              struct pool *pool)
{
    const struct directory *d = in->directory;
    for (size_t i = 0; i < d->n_lists[list]; i++) {
        if (d->lists[list][i].id == id)
            return pool_copy(pool, d->lists[list][i].name);
    }
    return id ? planning_id(in, id, pool) : say(in, SAY_VALUE_NONE, pool);
}

static const char *person_name(const struct plan_input *in, int64_t id, struct pool *pool)
{
    const struct directory_resource *r = id ? directory_find(in->directory, id) : NULL;
    return r    ? planning_person(r, pool).name
           : id ? planning_id(in, id, pool)
                : say(in, SAY_VALUE_NOBODY, pool);
}

/* --- values in words --- */

static const struct {
    enum override_key key;
    enum say what;
    const char *field;
    enum directory_list list;
} label_fields[] = {{OVERRIDE_PRIORITY, SAY_FIELD_PRIORITY, "priority", LIST_PRIORITY},
                    {OVERRIDE_QUEUE, SAY_FIELD_QUEUE, "queueID", LIST_QUEUE},
                    {OVERRIDE_CATEGORY, SAY_FIELD_CATEGORY, "ticketCategory", LIST_CATEGORY},
                    {OVERRIDE_TYPE, SAY_FIELD_TYPE, "ticketType", LIST_TYPE},
                    {OVERRIDE_STATUS, SAY_FIELD_STATUS, "status", LIST_STATUS}};

/* The value that a ticket shows in the field of a change. */
static const char *shown_name(const struct plan_input *in, const struct plan_change *c, int64_t value,
                              struct pool *pool)
{
    int64_t id = value == PLAN_NULL ? 0 : value;
    if (value == c->before)
        return c->was;
    if (!in->directory)
        return say(in, SAY_VALUE_OTHER, pool);
    if (strcmp(c->field, "dueDateTime") == 0)
        return id ? planning_when(in, id, pool) : say(in, SAY_VALUE_NONE, pool);
    if (strcmp(c->field, "companyID") == 0)
        return planning_company_name(in, id, pool);
    if (strcmp(c->field, "assignedResourceID") == 0)
        return person_name(in, id, pool);
    for (size_t i = 0; i < ARRAY_LEN(label_fields); i++) {
        if (strcmp(label_fields[i].field, c->field) == 0)
            return label_name(in, label_fields[i].list, id, pool);
    }
    return id ? planning_id(in, id, pool) : say(in, SAY_VALUE_NONE, pool);
}

void plan_tell_theirs(struct plan *p, const int64_t *shows, const struct plan_input *in, struct pool *pool)
{
    size_t n = 0;
    bool kept = true;
    planning_say(p, in, pool, SAY_CHANGED_BY_OTHERS, SAY_END);
    for (size_t i = 0; i < p->n_changes; i++) {
        const struct plan_change *c = &p->changes[i];
        /* without a name it goes with the one before it */
        kept = c->what[0] ? shows[i] == c->after : kept;
        if (!kept && c->what[0])
            planning_say(p, in, pool, SAY_SHOWS_INSTEAD, "what", c->what, "have",
                         shown_name(in, c, shows[i], pool), "want", c->becomes, SAY_END);
        if (!kept && strcmp(c->field, "assignedResourceID") == 0)
            p->holder = shows[i] == PLAN_NULL ? 0 : shows[i];
        if (kept)
            p->changes[n++] = *c;
    }
    p->n_changes = n;
}

/* --- what changes --- */

static void assign(const struct plan_input *in, struct plan *p, const struct plan_now *now, int64_t resource,
                   int64_t role, struct pool *pool)
{
    if (resource == now->resource) {
        planning_say(p, in, pool, SAY_HAS_IT_ALREADY, "name", person_name(in, resource, pool), SAY_END);
        return;
    }
    put_change(p, (struct plan_change){.what = say(in, SAY_FIELD_FOR, pool),
                                       .field = "assignedResourceID",
                                       .before = value_of(now->resource),
                                       .after = value_of(resource),
                                       .was = person_name(in, now->resource, pool),
                                       .becomes = person_name(in, resource, pool)});
    put_change(p, (struct plan_change){.what = "",
                                       .field = "assignedResourceRoleID",
                                       .before = value_of(now->role),
                                       .after = value_of(role)});
}

static void set_value(const struct plan_input *in, struct plan *p, const struct plan_now *now,
                      const struct override *o, struct pool *pool)
{
    const int64_t values[] = {[OVERRIDE_PRIORITY] = now->priority,
                              [OVERRIDE_QUEUE] = now->queue,
                              [OVERRIDE_CATEGORY] = now->category,
                              [OVERRIDE_TYPE] = now->type,
                              [OVERRIDE_STATUS] = now->status};
    struct plan_change c = {0};
    if (o->key == OVERRIDE_DUE) {
        c = (struct plan_change){.what = say(in, SAY_FIELD_DUE, pool),
                                 .field = "dueDateTime",
                                 .before = value_of(now->due_ms),
                                 .after = value_of(o->due_ms),
                                 .was = now->due_ms ? planning_when(in, now->due_ms, pool)
                                                    : say(in, SAY_VALUE_NONE, pool),
                                 .becomes = planning_when(in, o->due_ms, pool)};
    } else if (o->key == OVERRIDE_COMPANY) {
        c = (struct plan_change){.what = say(in, SAY_FIELD_COMPANY, pool),
                                 .field = "companyID",
                                 .before = now->company,
                                 .after = o->id,
                                 .was = planning_company_name(in, now->company, pool),
                                 .becomes = pool_copy(pool, o->name)};
    }
    for (size_t i = 0; i < ARRAY_LEN(label_fields); i++) {
        if (label_fields[i].key != o->key)
            continue;
        c = (struct plan_change){.what = say(in, label_fields[i].what, pool),
                                 .field = label_fields[i].field,
                                 .before = value_of(values[o->key]),
                                 .after = value_of(o->id),
                                 .was = label_name(in, label_fields[i].list, values[o->key], pool),
                                 .becomes = pool_copy(pool, o->name)};
    }
    if (!c.what) {
        planning_say(p, in, pool, SAY_NOT_BY_MAIL, "kind", planning_kind(in, o->key, pool), SAY_END);
        return;
    }
    planning_keep_choices(p, o, pool);
    if (o->state != OVERRIDE_SET)
        planning_cannot(in, p, o, c.was, pool);
    else if (c.before == c.after)
        planning_say(p, in, pool, SAY_IS_ALREADY, "what", c.what, "have", c.was, SAY_END);
    else
        put_change(p, c);
}

static void choose_company(const struct plan_input *in, struct plan *p, const struct plan_now *now,
                           const struct plan_choice *choice, struct pool *pool)
{
    struct override o = {
        .key = OVERRIDE_COMPANY, .state = OVERRIDE_SET, .id = choice->id, .name = choice->name};
    set_value(in, p, now, &o, pool);
}

static void undo(const struct plan_input *in, struct plan *p, const struct plan_now *now, bool force,
                 struct pool *pool)
{
    const struct directory_labels *l = &in->directory->labels;
    if (now->worked_on && !force) {
        planning_say(p, in, pool, SAY_UNDO_WORKED_ON, SAY_END);
        return;
    }
    struct override status = {.key = OVERRIDE_STATUS,
                              .state = OVERRIDE_SET,
                              .id = l->cancelled_status,
                              .name = label_name(in, LIST_STATUS, l->cancelled_status, pool)};
    if (l->cancelled_status)
        set_value(in, p, now, &status, pool);
    else
        planning_say(p, in, pool, SAY_UNDO_STATUS_STAYS, SAY_END);
    if (now->resource)
        assign(in, p, now, 0, 0, pool);
    if (!p->note)
        note_words(in, p, slice_of(say(in, SAY_NOTE_UNDONE, pool)), pool);
}

static void uncertain_name(const struct plan_input *in, struct plan *p, const struct change *c,
                           struct pool *pool)
{
    struct buf names = BUF_INIT(1000);
    for (size_t i = 0; i < c->n_suggestions; i++)
        buf_printf(&names, "%s%s", i ? ", " : "", planning_person(c->suggestions[i], pool).name);
    planning_say(p, in, pool, SAY_NOBODY_OF_THAT_NAME, "said", planning_said(c->said, pool), "names",
                 names.len ? names.data : "", SAY_END);
    buf_release(&names);
}

/* A helper who gets the ticket is no helper any more. */
static void hand_over(const struct plan_input *in, struct plan *p, const struct plan_now *now,
                      const struct change *c, struct pool *pool)
{
    const struct directory_resource *to = c->resources[0];
    if (planning_is_helper(now, to->id) && p->n_removes < PLAN_MAX_PEOPLE)
        p->removes[p->n_removes++] = planning_person(to, pool);
    assign(in, p, now, to->id, to->role_id, pool);
    planning_add_helpers(in, p, now, c, 1, pool);
}

/* A number, of the letter that is answered: a company, or somebody whom a question named; that one may have
 * been answered, or run out, meanwhile. */
static void choose(const struct plan_input *in, struct plan *p, const struct plan_now *now, unsigned n,
                   struct pool *pool)
{
    const struct plan_origin *o = in->origin;
    const struct plan *asked = o->asked ? o->asked : o->plan, *people = planning_asked_people(o);
    const struct plan_choice *company = n >= 1 && n <= asked->n_choices ? &asked->choices[n - 1] : NULL;
    bool only_companies = o->asked && o->asked->n_choices && !o->asked->n_suggestions;
    const struct plan_person *person =
        !only_companies && n >= 1 && n <= people->n_suggestions ? &people->suggestions[n - 1] : NULL;
    const struct directory_resource *r = person ? directory_find(in->directory, person->resource_id) : NULL;
    struct change to = {.kind = CHANGE_TO, .resources = {r}, .n_resources = 1};
    const char *number = pool_printf(pool, "%u", n);
    if (company && person)
        planning_say(p, in, pool, SAY_CHOICE_UNCLEAR, "n", number, "name", person->name, "company",
                     company->name, SAY_END);
    else if (company)
        choose_company(in, p, now, company, pool);
    else if (r && r->assignable)
        hand_over(in, p, now, &to, pool);
    else
        planning_say(p, in, pool, SAY_NO_CHOICE, "n", number, SAY_END);
}

static void amend_one(const struct plan_input *in, struct plan *p, const struct plan_now *now,
                      const struct change *c, struct pool *pool)
{
    bool names_people = c->kind == CHANGE_TO || c->kind == CHANGE_ADD || c->kind == CHANGE_REMOVE;
    if (names_people && c->n_resources == 0) {
        uncertain_name(in, p, c, pool);
        return;
    }
    switch (c->kind) {
    case CHANGE_CHOICE:
        choose(in, p, now, c->number, pool);
        break;
    case CHANGE_UNDO:
        undo(in, p, now, c->force, pool);
        break;
    case CHANGE_TO:
        hand_over(in, p, now, c, pool);
        break;
    case CHANGE_ADD:
        planning_add_helpers(in, p, now, c, 0, pool);
        break;
    case CHANGE_REMOVE:
        planning_take_away(in, p, now, c, pool);
        break;
    case CHANGE_SET:
        set_value(in, p, now, &c->value, pool);
        break;
    case CHANGE_SEPARATE:
    case CHANGE_ACK:
    case CHANGE_SNOOZE:
        planning_say(p, in, pool, SAY_DOES_NOTHING, "said", planning_said(c->said, pool), SAY_END);
        break;
    }
}

/* Who looks after it was given a to-do with the ticket, and nobody changes that one. */
static void tell_todo_stays(const struct plan_input *in, struct plan *p, const struct plan *asked,
                            struct pool *pool)
{
    bool concerned = false;
    for (size_t i = 0; i < p->n_changes; i++)
        concerned = concerned || strcmp(p->changes[i].field, "assignedResourceID") == 0 ||
                    strcmp(p->changes[i].field, "dueDateTime") == 0;
    if (concerned && asked->todo_action && asked->n_people)
        planning_say(p, in, pool, SAY_TODO_STAYS, "name", asked->people[0].name, SAY_END);
}

/* Autotask refuses somebody who is to help and has the ticket as well. */
static void drop_holder(const struct plan_input *in, struct plan *p, struct pool *pool)
{
    size_t kept = 0;
    for (size_t i = 0; i < p->n_adds; i++) {
        if (p->holder && p->adds[i].resource_id == p->holder)
            planning_say(p, in, pool, SAY_HAS_IT_ALREADY, "name", person_name(in, p->holder, pool), SAY_END);
        else
            p->adds[kept++] = p->adds[i];
    }
    p->n_adds = kept;
}

/* Besides the ticket itself. */
static unsigned what_to_read(const struct change *c, const struct plan *people)
{
    switch (c->kind) {
    case CHANGE_UNDO:
        return PLAN_READ_WORK;
    case CHANGE_TO:
    case CHANGE_ADD:
    case CHANGE_REMOVE:
        return PLAN_READ_HELPERS;
    case CHANGE_CHOICE:
        return people->n_suggestions ? PLAN_READ_HELPERS : 0;
    default:
        return 0;
    }
}

static int plan_amend(const struct plan_input *in, struct plan *p, const struct followup *f, struct slice own,
                      struct pool *pool, struct err *e)
{
    const struct plan_origin *o = in->origin;
    struct plan_now now = {0};
    unsigned more = 0;
    p->target_id = o->root->ticket_id;
    p->target_number = pool_copy(pool, o->root->ticket_number);
    p->target_title = o->plan->title;
    p->external_id = pool_printf(pool, "fd-%.40s", in->message_key);
    p->holder = o->plan->n_people ? o->plan->people[0].resource_id : 0;
    p->due_now = o->plan->due_ms;
    p->reply = "amended";
    p->outcome = OUTCOME_AMENDED;
    note_words(in, p, f->note, pool);
    if (f->n && !o->may_change) {
        note_words(in, p, own, pool);
        planning_say(p, in, pool, SAY_ONLY_ASKER_CHANGES, "sender", o->root->sender, SAY_END);
        return 0;
    }
    for (size_t i = 0; i < f->n; i++)
        more |= what_to_read(&f->changes[i], planning_asked_people(o));
    if (f->n && in->read_ticket && in->read_ticket(in->self, p->target_id, more, &now, e) != 0)
        return -1;
    p->due_now = f->n ? now.due_ms : p->due_now;
    const char *contact = "";
    for (size_t i = 0; i < f->n; i++) {
        if (f->changes[i].kind == CHANGE_SET && f->changes[i].value.key == OVERRIDE_CONTACT)
            contact = f->changes[i].value.name;
        else
            amend_one(in, p, &now, &f->changes[i], pool);
    }
    if (f->n)
        p->holder = now.resource;
    for (size_t i = 0; i < p->n_changes; i++) {
        if (strcmp(p->changes[i].field, "assignedResourceID") == 0)
            p->holder = p->changes[i].after == PLAN_NULL ? 0 : p->changes[i].after;
        if (strcmp(p->changes[i].field, "dueDateTime") == 0)
            p->due_now = p->changes[i].after;
    }
    drop_holder(in, p, pool);
    tell_todo_stays(in, p, o->plan, pool);
    return planning_change_contact(in, p, &now, contact, pool, e);
}

/* The same text again was meant as a second request after all. */
static bool plan_separate(const struct plan_input *in, struct plan *p, const struct followup *f,
                          struct pool *pool)
{
    bool wanted = false;
    for (size_t i = 0; i < f->n; i++)
        wanted = wanted || f->changes[i].kind == CHANGE_SEPARATE;
    if (!wanted || !in->origin->again || !in->origin->may_change)
        return false;
    take_held_ticket(in, p, in->origin->again, in->origin->again_plan, NULL, pool);
    if (p->n_people == 0) {
        p->reply = "triage";
        p->outcome = OUTCOME_UNASSIGNED;
    }
    return true;
}

int plan_followup(struct plan *p, const struct plan_input *in, struct pool *pool, struct err *e)
{
    struct followup *f = pool_alloc(pool, sizeof(*f));
    struct due_calendar calendar = due_calendar_of(in->conf);
    struct slice own = planning_own_words(in, pool);
    followup_read(f, own, in->origin->waiting, in->directory, in->names, &calendar, in->now_ms, pool);
    p->verb = "follow-up";
    if (plan_separate(in, p, f, pool))
        return 0;
    if (f->thanks_only && f->n == 0 && p->n_files == 0) {
        p->reply = "";
        p->outcome = OUTCOME_IGNORED;
        p->reason = "thanks only: nothing to do";
        return 0;
    }
    if (in->origin->root->outcome == OUTCOME_DIVERTED) {
        p->reply = "amended";
        p->outcome = OUTCOME_ANSWERED;
        p->n_files = 0;
        planning_say(p, in, pool, SAY_DIVERTED_BEFORE, SAY_END);
        return 0;
    }
    if (in->origin->waiting) {
        plan_answer(in, p, f, own, pool);
        return 0;
    }
    return plan_amend(in, p, f, own, pool, e);
}

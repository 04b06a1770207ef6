/* SPDX-License-Identifier: GPL-2.0-or-later */
/* facts: what happened, as the variables of the reply templates (templates/README.md lists them). */
#include "guide.h"

static void set(struct view *v, const char *name, const char *text)
{
    if (text)
        view_set(v, name, slice_of(text));
}

static void set_link(struct view *v, const struct facts_input *in, int64_t id)
{
    struct buf link = BUF_INIT(2000);
    if (id && in->directory)
        autotask_ticket_link(in->directory, id, &link);
    view_set(v, "link", buf_view(&link));
    if (id)
        view_setf(v, "id", "%lld", (long long)id);
    buf_release(&link);
}

static void set_list(struct view *v, const char *list, const struct plan_line *lines, size_t n)
{
    for (size_t i = 0; i < n; i++)
        set(view_item(v, list), "line", lines[i].line);
}

static void set_names(struct view *v, const char *list, const struct plan_person *people, size_t n)
{
    for (size_t i = 0; i < n; i++)
        set(view_item(v, list), "name", people[i].name);
}

/* What goes along with every kind of answer. */
static void set_extras(struct view *v, const struct plan *p)
{
    set_list(v, "remarks", p->remarks, p->n_remarks);
    set_list(v, "left_out", p->left_out, p->n_left_out);
    view_flag(v, "has_left_out", p->n_left_out != 0);
    view_flag(v, "has_files", p->n_files != 0);
    for (size_t i = 0; i < p->n_files; i++) {
        struct view *item = view_item(v, "files");
        set(item, "name", p->files[i].name);
        set(item, "size", p->files[i].size_text);
    }
    view_flag(v, "note", p->note && p->note[0]);
}

static void set_amended(struct view *v, const struct facts_input *in)
{
    const struct plan *p = in->plan;
    set(v, "number", p->target_number);
    set(v, "target_title", p->target_title);
    set_link(v, in, p->target_id);
    for (size_t i = 0; i < p->n_changes; i++) {
        if (!p->changes[i].what[0])
            continue;
        struct view *item = view_item(v, "changes");
        set(item, "what", p->changes[i].what);
        set(item, "was", p->changes[i].was);
        set(item, "becomes", p->changes[i].becomes);
    }
    set_names(v, "added", p->adds, p->n_adds);
    set_names(v, "removed", p->removes, p->n_removes);
    view_flag(v, "nothing",
              p->n_changes + p->n_adds + p->n_removes + p->n_files == 0 && !(p->note && p->note[0]));
}

static void set_ticket(struct view *v, const struct facts_input *in)
{
    const struct plan *p = in->plan;
    if (!p->title || !p->title[0])
        return;
    view_flag(v, "ticket", true);
    view_flag(v, "made", in->ticket_id != 0);
    set(v, "number", in->ticket_number);
    set(v, "title", p->title);
    set(v, "queue", p->queue_name);
    set(v, "priority", p->priority_name);
    set(v, "due", p->due_text);
    view_flag(v, "todo", p->todo_action && p->n_people && !p->hold_ms);
    view_flag(v, "cut", p->text_cut != 0);
    set(v, "company", p->company_name);
    set(v, "contact", p->contact_name);
    set_link(v, in, in->ticket_id);
    if (p->n_people)
        set(v, "assignee", p->people[0].name);
    for (size_t i = 1; i < p->n_people; i++)
        set(view_item(v, "others"), "name", p->people[i].name);
}

/* The title without the word that was not understood at its start. */
static const char *title_for_example(const struct plan *p)
{
    struct slice title = slice_of(p->title), word = slice_of(p->asked_word);
    if (word.len && slice_starts(title, word) && title.len > word.len && title.ptr[word.len] == ' ')
        return title.ptr + word.len + 1;
    return p->title ? p->title : "";
}

static void set_question(struct view *v, const struct facts_input *in, struct pool *pool)
{
    static const struct {
        const char *why, *flag;
    } flags[] = {{"nobody-named", "nobody_named"},
                 {"several-mentioned", "several_mentioned"},
                 {"shared-name", "shared_name"},
                 {"near-miss", "near_miss"},
                 {"absent", "absent"}};
    const struct plan *p = in->plan;
    set(v, "word", p->asked_word);
    set(v, "absent_why", p->absent_why);
    set(v, "hold", p->hold_text);
    view_flag(v, "expired", p->hold_text && p->hold_text[0] && !p->hold_ms);
    for (size_t i = 0; p->why_ask && i < ARRAY_LEN(flags); i++) {
        if (strcmp(flags[i].why, p->why_ask) == 0)
            view_flag(v, flags[i].flag, true);
    }
    for (size_t i = 0; i < p->n_suggestions; i++) {
        struct view *item = view_item(v, "suggestions");
        const struct directory_resource *r =
            in->directory ? directory_find(in->directory, p->suggestions[i].resource_id) : NULL;
        view_setf(item, "n", "%zu", i + 1);
        view_flag(item, "first", i == 0);
        set(item, "name", p->suggestions[i].name);
        set(item, "user", p->suggestions[i].user);
        struct slice title = slice_cut_utf8(slice_of(title_for_example(p)), 120);
        view_setf(item, "example", "%s: %.*s", r ? guide_typed(in, r, pool) : p->suggestions[i].name,
                  SLICE_ARG(title));
    }
}

/* "Dana" of "Dana Reed" or "Reed, Dana"; nothing rather than nonsense. */
static void set_greeting(struct view *v, const char *name)
{
    struct slice s = slice_trim(slice_of(name));
    long comma = slice_find_char(s, ',');
    if (comma >= 0)
        s = slice_trim(slice_skip(s, (size_t)comma + 1));
    long blank = slice_find_char(s, ' ');
    if (blank > 0)
        s = slice_cut(s, (size_t)blank);
    if (s.len && s.len < 40 && slice_find_char(s, '@') < 0)
        view_set(v, "greeting", s);
}

/* The templates say "Re:" themselves. */
static void set_subject(struct view *v, const struct facts_input *in, struct pool *pool)
{
    struct slice s = slice_trim(slice_of(in->plan->subject));
    while (slice_starts_nocase(s, SLICE("re:")))
        s = slice_trim(slice_skip(s, 3));
    view_set(v, "subject", s.len ? s : slice_of(sentence(in->templates, pool, SAY_NO_SUBJECT, SAY_END)));
}

struct view *facts_view(const struct facts_input *in, struct pool *pool)
{
    struct view *v = view_new(pool);
    const struct plan *p = in->plan;
    set_subject(v, in, pool);
    set(v, "ref", in->ref);
    set(v, "firm", in->conf->firm.name);
    set_greeting(v, p->sender_name);
    view_flag(v, "warning", p->unauthenticated != 0);
    set(v, "reason", in->reason);
    set(v, "advice", p->advice);
    set(v, "verb", p->verb);
    if (p->reply && strcmp(p->reply, "report") == 0)
        set(v, "check", p->verb);
    set(v, "diverted_to", in->diverted_to);
    set(v, "token", in->token);
    set(v, "first_ref", p->argument);
    if (p->said_again || p->target_id)
        set_amended(v, in);
    else
        set_ticket(v, in);
    set(v, "target_title", p->target_title);
    set_extras(v, p);
    set_question(v, in, pool);
    guide_set(v, in, pool);
    watching_set(v, in, pool);
    if (p->reply && strcmp(p->reply, "alert") == 0) {
        view_flag(v, "ill", strcmp(p->verb, "ill") == 0);
        set(v, "topic", p->argument);
        set(v, "text", in->reason);
    }
    return v;
}

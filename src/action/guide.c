/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guide: help, how-tos, and the lines of status, show and explain, as variables of the reply templates. Every
 * example is made from the staff list of the day and proved by reading it as a subject. */
#include "guide.h"
#include "planning.h"

enum { MOST_PEOPLE = 100, MOST_LINES = 190, LABEL_MAX = 12 };

static void set(struct view *v, const char *name, const char *text)
{
    if (text)
        view_set(v, name, slice_of(text));
}

/* --- people --- */

static bool is_meant(const struct facts_input *in, const struct directory_resource *r, const char *form,
                     struct pool *pool)
{
    struct command c;
    struct slice subject = slice_of(pool_printf(pool, "%s: reset the password", form));
    command_read(&c, subject, SLICE_NONE, in->directory, in->names, pool);
    return c.kind == COMMAND_TICKET && c.n_resources == 1 && c.resources[0] == r;
}

const char *guide_typed(const struct facts_input *in, const struct directory_resource *r, struct pool *pool)
{
    const char *forms[] = {r->first, pool_printf(pool, "%s %s", r->first, r->last), r->user};
    /* reading takes much more memory than the name that is kept */
    struct pool *room = pool_new(64 << 20);
    const char *found = forms[1];
    for (size_t i = 0; in->names && r->assignable && i < ARRAY_LEN(forms); i++) {
        if (forms[i][0] && is_meant(in, r, forms[i], room)) {
            found = forms[i];
            break;
        }
    }
    pool_free(&room);
    return pool_copy(pool, found);
}

struct people {
    const char *name, *other; /* as they are typed */
};

static bool is_among(const struct plan_person *list, size_t n, int64_t resource)
{
    for (size_t i = 0; i < n; i++) {
        if (list[i].resource_id == resource)
            return true;
    }
    return false;
}

static bool has_to_do(const struct plan *p, int64_t resource)
{
    return resource == p->holder || is_among(p->people, p->n_people, resource) ||
           is_among(p->adds, p->n_adds, resource);
}

/* Two people for the examples: rather not the sender. `other`: nobody who has to do with the plan's ticket;
 * then there may be none. */
static struct people pick_people(const struct facts_input *in, bool other, struct pool *pool)
{
    const struct directory *d = in->directory;
    const struct directory_resource *picked[2] = {NULL, NULL};
    for (int round = 0; d && round < 2; round++) {
        for (size_t i = 0; i < d->n_resources; i++) {
            const struct directory_resource *r = &d->resources[i];
            bool own = slice_eq_nocase(slice_of(r->email), slice_of(in->plan->sender));
            if (!r->assignable || (other && has_to_do(in->plan, r->id)) || own != (round == 1) || picked[1])
                continue;
            picked[picked[0] ? 1 : 0] = r;
        }
    }
    return (struct people){.name = picked[0] ? guide_typed(in, picked[0], pool)
                                   : other   ? NULL
                                             : "Sarah",
                           .other = picked[1] ? guide_typed(in, picked[1], pool) : NULL};
}

/* For what has no ticket; never the most urgent one. */
static const char *any_priority(const struct directory *d)
{
    const char *name = d ? override_example_priority(d, 0) : NULL;
    return name ? name : d && d->priority_name[0] ? d->priority_name : "High";
}

/* As far as the plan knows it; 0 = not. */
static int64_t priority_now(const struct plan *p)
{
    for (size_t i = 0; i < p->n_changes; i++) {
        if (strcmp(p->changes[i].field, "priority") == 0)
            return p->changes[i].after;
    }
    return p->priority;
}

/* What can be replied to a letter about a ticket: each as it stands. */
static void set_hint(struct view *v, const struct facts_input *in, struct pool *pool)
{
    struct people people = pick_people(in, true, pool);
    if (people.name) {
        view_setf(v, "to_example", "to %s", people.name);
        view_setf(v, "add_example", "+%s", people.name);
    }
    set(v, "due_example",
        planning_due_example(in->conf, in->plan->target_id ? in->plan->due_now : in->plan->due_ms));
    if (in->directory)
        set(v, "priority_example", override_example_priority(in->directory, priority_now(in->plan)));
}

/* --- help --- */

static const char *say(const struct facts_input *in, enum say what, struct pool *pool)
{
    return sentence(in->templates, pool, what, SAY_END);
}

static void list_people(struct view *v, const struct facts_input *in, struct pool *pool)
{
    const struct directory *d = in->directory;
    const char *task = say(in, SAY_EXAMPLE_ONE, pool);
    size_t n = 0, more = 0;
    for (size_t i = 0; d && i < d->n_resources; i++) {
        const struct directory_resource *r = &d->resources[i];
        if (!r->assignable)
            continue;
        if (n++ >= MOST_PEOPLE) {
            more++;
            continue;
        }
        struct view *item = view_item(v, "people");
        view_setf(item, "name", "%s%s%s", r->first, r->last[0] ? " " : "", r->last);
        view_setf(item, "example", "%s: %s", guide_typed(in, r, pool), task);
    }
    if (more)
        view_setf(v, "more_people", "%zu", more);
}

/* What a command is for; SAY_ROWS: it is not told. */
static enum say summary_of(const char *verb)
{
    static const struct {
        const char *verb;
        enum say summary;
    } summaries[] = {{"help", SAY_HELP_HELP},
                     {"status", SAY_HELP_STATUS},
                     {"check mapping", SAY_HELP_CHECK_MAPPING},
                     {"check accounts", SAY_HELP_CHECK_ACCOUNTS},
                     {"check terms", SAY_HELP_CHECK_TERMS},
                     {"check sync", SAY_HELP_CHECK_SYNC},
                     {"check all", SAY_HELP_CHECK_ALL},
                     {"check invoice", SAY_HELP_CHECK_INVOICE},
                     {"check customer", SAY_HELP_CHECK_CUSTOMER},
                     {"check item", SAY_HELP_CHECK_ITEM},
                     {"explain", SAY_HELP_EXPLAIN},
                     {"show", SAY_HELP_SHOW},
                     {"retry", SAY_HELP_RETRY}};
    for (size_t i = 0; i < ARRAY_LEN(summaries); i++) {
        if (strcmp(summaries[i].verb, verb) == 0)
            return summaries[i].summary;
    }
    return SAY_ROWS;
}

static void list_commands(struct view *v, const struct facts_input *in, const struct people *people,
                          struct pool *pool)
{
    const struct plan *p = in->plan;
    bool is_operator = gate_is_operator(in->conf, p->sender, p->unauthenticated != 0);
    size_t n;
    const struct command_verb *verbs = command_verbs(&n);
    for (size_t i = 0; i < n; i++) {
        bool check = verbs[i].kind == COMMAND_CHECK;
        enum say summary = summary_of(verbs[i].verb);
        if (summary == SAY_ROWS || (verbs[i].operators && !is_operator) ||
            (check && planning_no_books(in->conf) != SAY_ROWS))
            continue;
        struct view *item = view_item(v, "commands");
        if (verbs[i].kind == COMMAND_EXPLAIN)
            view_setf(item, "verb", "%s: %s: %s", verbs[i].verb, people->name,
                      say(in, SAY_EXAMPLE_ONE, pool));
        else if (verbs[i].kind == COMMAND_OPERATE)
            view_setf(item, "verb", "%s %s", verbs[i].verb, in->ref);
        else if (check && verbs[i].argument)
            view_setf(item, "verb", "%s %s", verbs[i].verb, verbs[i].example);
        else
            set(item, "verb", verbs[i].verb);
        set(item, "summary", say(in, summary, pool));
    }
}

static const struct howto *howtos_of(const struct facts_input *in, size_t *n)
{
    return templates_howtos(in->templates, n);
}

static bool is_listed(struct slice names, const char *name)
{
    struct scan c = scan_of(names);
    while (!scan_end(&c)) {
        if (slice_eq(scan_until(&c, ","), slice_of(name)))
            return true;
        scan_char(&c, ',');
    }
    return false;
}

/* `names`: only these; empty: all. */
static void list_topics(struct view *v, const struct facts_input *in, struct slice names)
{
    size_t n;
    const struct howto *h = howtos_of(in, &n);
    for (size_t i = 0; i < n; i++) {
        if (names.len && !is_listed(names, h[i].name))
            continue;
        struct view *item = view_item(v, "topics");
        view_setf(item, "example", "help %s", h[i].name);
        set(item, "title", h[i].title);
    }
}

static void set_help(struct view *v, const struct facts_input *in, struct pool *pool)
{
    struct people people = pick_people(in, false, pool);
    list_people(v, in, pool);
    if (people.other)
        view_setf(v, "pair_example", "%s and %s: %s", people.name, people.other,
                  say(in, SAY_EXAMPLE_PAIR, pool));
    view_setf(v, "brackets_example", "%s: %s [%s, due friday]", people.name,
              say(in, SAY_EXAMPLE_BRACKETS, pool), any_priority(in->directory));
    list_commands(v, in, &people, pool);
    list_topics(v, in, SLICE_NONE);
}

static void set_topics(struct view *v, const struct facts_input *in, struct pool *pool)
{
    (void)pool;
    list_topics(v, in, slice_of(in->plan->argument));
}

/* --- how-tos --- */

/* When a ticket that was made now would be due; 0 = not known. */
static int64_t usual_due(const struct conf *conf)
{
    struct due due;
    struct err e = ERR_INIT;
    struct due_calendar calendar = due_calendar_of(conf);
    int64_t ms = 0;
    return due_parse(conf->ticket.due, &due, &e) == 0 && due_compute(&due, &calendar, clock_now_ms(), &ms)
               ? ms
               : 0;
}

static void put_filled(struct buf *out, const char *text, const struct facts_input *in,
                       const struct people *people)
{
    const struct {
        const char *name, *value;
    } values[] = {{"name", people->name},
                  {"other", people->other ? people->other : people->name},
                  {"priority", any_priority(in->directory)},
                  {"due", planning_due_example(in->conf, usual_due(in->conf))},
                  {"firm", in->conf->firm.name},
                  {"address", in->mailbox ? in->mailbox->address : ""}};
    struct scan c = scan_of(slice_of(text));
    while (!scan_end(&c)) {
        buf_slice(out, scan_until(&c, "{"));
        if (!scan_char(&c, '{'))
            break;
        struct slice name = scan_until(&c, "}");
        scan_char(&c, '}');
        for (size_t i = 0; i < ARRAY_LEN(values); i++) {
            if (slice_eq(name, slice_of(values[i].name)))
                buf_puts(out, values[i].value);
        }
    }
}

/* Where the setting does not say which integration the firm has, all of them are told. */
static bool is_for(unsigned only, enum conf_integration integration)
{
    return only == 0 || integration == CONF_INTEGRATION_NONE || only >> integration & 1;
}

static void set_howto(struct view *v, const struct facts_input *in, struct pool *pool)
{
    static const char *const names[] = {
        [HOWTO_TEXT] = "para",  [HOWTO_HEADING] = "heading", [HOWTO_STEP] = "step",
        [HOWTO_ITEM] = "item",  [HOWTO_WARNING] = "caution", [HOWTO_SUBJECT] = "typed",
        [HOWTO_ANSWER] = "said"};
    size_t n;
    const struct howto *h = howtos_of(in, &n);
    struct people people = pick_people(in, false, pool);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(h[i].name, in->plan->argument) != 0)
            continue;
        set(v, "topic", h[i].title);
        for (size_t k = 0; k < h[i].n_blocks; k++) {
            const struct howto_block *block = &h[i].blocks[k];
            if (!is_for(block->only, in->conf->firm.integration))
                continue;
            struct view *item = view_item(v, "blocks");
            struct buf text = BUF_INIT(16000);
            put_filled(&text, block->text, in, &people);
            view_set(item, names[block->kind], buf_view(&text));
            if (block->kind == HOWTO_STEP)
                view_setf(item, "n", "%u", block->number);
            buf_release(&text);
        }
    }
}

/* --- lines --- */

/* "last mail    5 minutes ago": the label ends with two blanks. */
static void put_line(struct view *item, struct slice line)
{
    long gap = slice_find(line, SLICE("  "));
    bool labelled = gap > 0 && gap <= LABEL_MAX;
    view_set(item, "line", line);
    view_set(item, "what", labelled ? slice_cut(line, (size_t)gap) : SLICE_NONE);
    view_set(item, "text", slice_trim(labelled ? slice_skip(line, (size_t)gap) : line));
}

/* Of an explanation: what stands behind the first empty line is the letter, kept as it is. */
static void set_lines(struct view *v, const char *text, bool with_letter)
{
    struct scan c = scan_of(slice_trim(slice_of(text)));
    bool letter = false, begun = false;
    for (size_t n = 0; !scan_end(&c); n++) {
        struct slice line = scan_line(&c);
        if (n == MOST_LINES) {
            set(view_item(v, letter ? "letter" : "lines"), "line", "[...]");
            return;
        }
        letter = letter || (with_letter && line.len == 0);
        begun = begun || (letter && line.len);
        if (begun)
            view_set(view_item(v, "letter"), "line", line);
        else if (!letter)
            put_line(view_item(v, "lines"), line);
        view_flag(v, "has_letter", begun);
    }
}

static void set_status(struct view *v, const struct facts_input *in, struct pool *pool)
{
    (void)pool;
    set_lines(v, in->status_text, false);
}

/* What was found in the books, as it was kept; and what is said about an error that no rule knows. */
static void set_diagnosis(struct view *v, const struct facts_input *in, struct pool *pool)
{
    const struct plan *p = in->plan;
    view_flag(v, "wide", true);
    if (p->answers && p->answers[0])
        view_read_json(v, p->answers);
    set(v, "unmatched", p->unmatched);
    set(v, "typed", p->argument);
    if (p->title && p->title[0])
        set_hint(v, in, pool);
}

static void set_explanation(struct view *v, const struct facts_input *in, struct pool *pool)
{
    (void)pool;
    set_lines(v, in->plan->explanation, true);
}

static void set_wish(struct view *v, const struct facts_input *in, struct pool *pool)
{
    static const char *const flags[] = {"denied", "by_hand", "unknown", "noted", "nothing"};
    const char *why = in->plan->refusal && in->plan->refusal[0] ? in->plan->refusal : in->wish;
    set_status(v, in, pool);
    for (size_t i = 0; why && i < ARRAY_LEN(flags); i++)
        view_flag(v, flags[i], strcmp(flags[i], why) == 0);
}

void guide_set(struct view *v, const struct facts_input *in, struct pool *pool)
{
    static const struct {
        const char *reply;
        void (*set)(struct view *, const struct facts_input *, struct pool *);
    } rows[] = {{"created", set_hint},  {"triage", set_hint},         {"amended", set_hint},
                {"help", set_help},     {"howto", set_howto},         {"topics", set_topics},
                {"status", set_status}, {"explain", set_explanation}, {"show", set_wish},
                {"wish", set_wish},     {"diagnosis", set_diagnosis}, {"digest", set_status}};
    for (size_t i = 0; in->plan->reply && i < ARRAY_LEN(rows); i++) {
        if (strcmp(rows[i].reply, in->plan->reply) == 0)
            rows[i].set(v, in, pool);
    }
}

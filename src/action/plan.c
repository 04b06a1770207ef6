/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan: a command becomes a plan, one function a kind of command; and the keys of its steps. See action.h. */
#include "frontdesk/action_watch.h"
#include "planning.h"

#include "frontdesk/reply_dates.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

enum { CUT_ROOM = 200, DIAGNOSIS_ROOM = 3500 };

/* --- keys
 * -----------------------------------------------------------------------------------------------------------
 */

static void digest_hex(const struct buf *in, char out[65])
{
    unsigned char raw[32];
    struct buf hex = BUF_INIT(64);
    ENSURE(gnutls_hash_fast(GNUTLS_DIG_SHA256, in->data, in->len, raw) == 0);
    buf_put_hex(&hex, raw, sizeof(raw));
    snprintf(out, 65, "%s", hex.data);
    buf_release(&hex);
}

void plan_message_key(const char *address, const struct message *m, char out[65])
{
    struct buf b = BUF_INIT(4096);
    buf_puts(&b, address);
    buf_putc(&b, '\0');
    if (m->message_id.len) {
        buf_slice(&b, slice_cut(message_str(m, m->message_id), 998));
    } else {
        /* no Message-ID: Date and Subject stand in for it (mail.md 5.1) */
        buf_printf(&b, "date %lld ", (long long)m->date_ms);
        buf_slice(&b, slice_cut(message_str(m, m->subject), 998));
    }
    buf_putc(&b, '\0');
    buf_put(&b, m->digest, sizeof(m->digest));
    digest_hex(&b, out);
    buf_release(&b);
}

void plan_ticket(const struct plan *p, struct autotask_ticket *out)
{
    *out = (struct autotask_ticket){
        .company_id = p->company_id,
        .queue_id = p->queue_id,
        .status = p->status,
        .priority = p->priority,
        .category = p->category,
        .type = p->type,
        .contact_id = p->contact_id,
        .source = p->source,
        .title = p->title,
        .description = p->description,
        .external_id = p->external_id,
        .due_ms = p->due_ms,
    };
    if (p->n_people) {
        out->resource_id = p->people[0].resource_id;
        out->role_id = p->people[0].role_id;
    }
}

/* --- text of the ticket --- */

static const char *describe(const struct plan_input *in, struct plan *p, struct slice text, struct pool *pool)
{
    struct buf b = BUF_INIT(400 * 1024);
    buf_printf(&b, "%s\n\n",
               sentence(in->templates, pool, SAY_TICKET_REQUESTED, "name", p->sender_name, "address",
                        p->sender, SAY_END));
    buf_slice(&b, slice_trim(text));
    if (in->message && in->message->text_from_html && slice_trim(text).len == 0)
        buf_puts(&b, sentence(in->templates, pool, SAY_TICKET_NO_TEXT, SAY_END));
    struct slice whole = slice_trim(buf_view(&b));
    size_t room = PLAN_DESCRIPTION_CHARS - (in->errors && in->errors->n ? DIAGNOSIS_ROOM : 0);
    bool cut = slice_cut_utf16(whole, room).len < whole.len || (in->message && in->message->text_cut);
    char *out;
    if (!cut) {
        out = pool_slice(pool, whole);
    } else {
        const char *says = sentence(in->templates, pool, SAY_TICKET_CUT, SAY_END);
        struct slice notice = slice_cut_utf16(slice_of(says), CUT_ROOM);
        struct slice keep = slice_cut_utf16(whole, room - CUT_ROOM);
        out = pool_printf(pool, "%.*s\n\n%.*s", SLICE_ARG(keep), SLICE_ARG(notice));
    }
    p->text_cut = cut;
    buf_release(&b);
    return out;
}

const char *planning_when(const struct plan_input *in, int64_t ms, struct pool *pool)
{
    return dates_day(in->templates, ms, in->now_ms, in->conf->firm.timezone, pool);
}

const char *planning_due_example(const struct conf *conf, int64_t due_ms)
{
    enum { FRIDAY = 5 };
    struct tm day;
    bool same = due_ms && clock_local(due_ms, conf->firm.timezone, &day) && day.tm_wday == FRIDAY;
    return same ? "due mon" : "due fri";
}

static void set_due(const struct plan_input *in, struct plan *p, struct pool *pool)
{
    struct due due;
    struct due_calendar calendar = due_calendar_of(in->conf);
    struct err e = ERR_INIT;
    /* the rule was checked when the configuration was read */
    if (due_parse(in->conf->ticket.due, &due, &e) != 0 ||
        !due_compute(&due, &calendar, in->now_ms, &p->due_ms))
        BUG("ticket.due");
    p->due_text = planning_when(in, p->due_ms, pool);
}

struct plan_person planning_person(const struct directory_resource *r, struct pool *pool)
{
    return (struct plan_person){.resource_id = r->id,
                                .role_id = r->role_id,
                                .name = pool_printf(pool, "%s%s%s", r->first, r->last[0] ? " " : "", r->last),
                                .user = pool_copy(pool, r->user)};
}

void plan_remark(struct plan *p, const char *line)
{
    if (p->n_remarks < PLAN_MAX_LINES)
        p->remarks[p->n_remarks++].line = line;
}

void planning_say(struct plan *p, const struct plan_input *in, struct pool *pool, enum say what, ...)
{
    va_list facts;
    va_start(facts, what);
    plan_remark(p, vsentence(in->templates, pool, what, facts));
    va_end(facts);
}

const char *planning_said(struct slice said, struct pool *pool)
{
    return pool_slice(pool, slice_cut_utf8(said, 80));
}

const char *planning_id(const struct plan_input *in, int64_t id, struct pool *pool)
{
    return sentence(in->templates, pool, SAY_VALUE_ID, "id", pool_printf(pool, "%lld", (long long)id),
                    SAY_END);
}

const char *planning_kind(const struct plan_input *in, enum override_key key, struct pool *pool)
{
    static const enum say kinds[] = {
        [OVERRIDE_PRIORITY] = SAY_KIND_PRIORITY, [OVERRIDE_DUE] = SAY_KIND_DUE,
        [OVERRIDE_QUEUE] = SAY_KIND_QUEUE,       [OVERRIDE_COMPANY] = SAY_KIND_COMPANY,
        [OVERRIDE_CATEGORY] = SAY_KIND_CATEGORY, [OVERRIDE_TYPE] = SAY_KIND_TYPE,
        [OVERRIDE_STATUS] = SAY_KIND_STATUS,     [OVERRIDE_CC] = SAY_KIND_CC,
        [OVERRIDE_CONTACT] = SAY_KIND_CONTACT};
    ENSURE((size_t)key < ARRAY_LEN(kinds));
    return sentence(in->templates, pool, kinds[key], SAY_END);
}

void planning_queue(const struct plan_input *in, struct plan *p, struct pool *pool)
{
    const struct directory *d = in->directory;
    bool triage = p->n_people == 0;
    p->queue_id = triage ? d->labels.triage_queue : d->labels.queue;
    p->queue_name = pool_copy(pool, triage ? d->triage_queue_name : d->queue_name);
}

/* --- what the sender wants otherwise --- */

/* "1 Acme Ltd, 2 Acme Inc" */
static const char *list_choices(const struct override *o, bool numbered, struct pool *pool)
{
    struct buf b = BUF_INIT(2000);
    for (size_t i = 0; i < o->n_choices; i++) {
        buf_puts(&b, i ? ", " : "");
        if (numbered)
            buf_printf(&b, "%zu ", i + 1);
        buf_slice(&b, slice_cut_utf8(slice_of(o->choices[i].name), 100));
    }
    const char *out = pool_slice(pool, buf_view(&b));
    buf_release(&b);
    return out;
}

const char *planning_company_name(const struct plan_input *in, int64_t id, struct pool *pool)
{
    const struct directory *d = in->directory;
    for (size_t i = 0; i < d->n_companies; i++) {
        if (d->companies[i].id == id)
            return pool_copy(pool, d->companies[i].name);
    }
    return id ? planning_id(in, id, pool) : sentence(in->templates, pool, SAY_VALUE_OWN_COMPANY, SAY_END);
}

void planning_cannot(const struct plan_input *in, struct plan *p, const struct override *o, const char *stays,
                     struct pool *pool)
{
    const char *said = planning_said(o->said, pool), *kind = planning_kind(in, o->key, pool);
    if (o->state == OVERRIDE_PAST)
        planning_say(p, in, pool, SAY_IN_THE_PAST, "said", said, "have", stays, "example",
                     planning_due_example(in->conf, p->target_id ? p->due_now : p->due_ms), SAY_END);
    else if (o->state == OVERRIDE_SEVERAL && p->why_ask && !p->target_id)
        planning_say(p, in, pool, SAY_FITS_SEVERAL_LATER, "said", said, "names", list_choices(o, false, pool),
                     SAY_END);
    else if (o->state == OVERRIDE_SEVERAL)
        planning_say(p, in, pool, SAY_FITS_SEVERAL, "said", said, "kind", kind, "names",
                     list_choices(o, true, pool), "have", stays, SAY_END);
    else
        planning_say(p, in, pool, SAY_NOT_THERE, "said", said, "kind", kind, "names",
                     list_choices(o, false, pool), "have", stays, SAY_END);
}

void planning_keep_choices(struct plan *p, const struct override *o, struct pool *pool)
{
    if (o->key != OVERRIDE_COMPANY || o->state != OVERRIDE_SEVERAL)
        return;
    p->n_choices = 0;
    for (size_t i = 0; i < o->n_choices; i++)
        p->choices[p->n_choices++] =
            (struct plan_choice){o->choices[i].id, pool_copy(pool, o->choices[i].name)};
}

static void add_cc(const struct plan_input *in, struct plan *p, const struct override *o, struct pool *pool)
{
    struct command who;
    struct buf subject = BUF_INIT(1000);
    buf_slice(&subject, slice_cut_utf8(o->said, 300));
    buf_puts(&subject, ":");
    command_read(&who, buf_view(&subject), SLICE_NONE, in->directory, in->names, pool);
    buf_release(&subject);
    if (who.kind != COMMAND_TICKET) {
        planning_say(p, in, pool, SAY_CC_NOBODY, "said", planning_said(o->said, pool), SAY_END);
        return;
    }
    for (size_t i = 0; i < who.n_resources && p->n_people && p->n_people < PLAN_MAX_PEOPLE; i++)
        p->people[p->n_people++] = planning_person(who.resources[i], pool);
}

void planning_override(const struct plan_input *in, struct plan *p, const struct override *o,
                       struct pool *pool)
{
    const char *name = pool_copy(pool, o->name);
    struct {
        int64_t *id;
        const char **name, *stays; /* stays NULL: `usual` */
        enum say usual;
    } rows[] = {
        [OVERRIDE_PRIORITY] = {&p->priority, &p->priority_name, p->priority_name, 0},
        [OVERRIDE_DUE] = {&p->due_ms, &p->due_text, p->due_text, 0},
        [OVERRIDE_QUEUE] = {&p->queue_id, &p->queue_name, p->queue_name, 0},
        [OVERRIDE_COMPANY] = {&p->company_id, &p->company_name, NULL, SAY_VALUE_USUAL_COMPANY},
        [OVERRIDE_CATEGORY] = {&p->category, NULL, NULL, SAY_VALUE_USUAL_CATEGORY},
        [OVERRIDE_TYPE] = {&p->type, NULL, NULL, SAY_VALUE_USUAL_TYPE},
        [OVERRIDE_STATUS] = {&p->status, NULL, in->directory->status_name, 0},
    };
    if (o->key == OVERRIDE_CC) {
        add_cc(in, p, o, pool);
        return;
    }
    if (o->key == OVERRIDE_CONTACT) {
        p->contact_said = name;
        return;
    }
    if (o->key == OVERRIDE_COMPANY)
        p->company_open = o->state != OVERRIDE_SET;
    planning_keep_choices(p, o, pool);
    if (o->state != OVERRIDE_SET) {
        const char *stays = rows[o->key].stays;
        planning_cannot(in, p, o, stays ? stays : sentence(in->templates, pool, rows[o->key].usual, SAY_END),
                        pool);
        return;
    }
    *rows[o->key].id = o->key == OVERRIDE_DUE ? o->due_ms : o->id;
    if (o->key == OVERRIDE_DUE)
        p->due_text = planning_when(in, o->due_ms, pool);
    else if (rows[o->key].name)
        *rows[o->key].name = name;
}

static int64_t sender_resource(const struct directory *d, const char *address)
{
    for (size_t i = 0; i < d->n_resources; i++) {
        const struct directory_resource *r = &d->resources[i];
        if (r->email[0] && slice_eq_nocase(slice_of(r->email), slice_of(address)) &&
            strcmp(r->why_not, "inactive") != 0 && strcmp(r->why_not, "API user") != 0)
            return r->id;
    }
    return 0;
}

/* "Sarah [high]" says nothing of what it is about: its text does. */
static const char *title_of(const struct plan_input *in, const struct overrides *wants, struct pool *pool)
{
    struct scan c = scan_of(wants->title.len || !in->command->title[0] ? SLICE_NONE : wants->text);
    struct slice line = SLICE_NONE;
    while (!line.len && !scan_end(&c))
        line = slice_trim(scan_line(&c));
    return wants->title.len ? pool_slice(pool, wants->title)
           : line.len       ? pool_slice(pool, slice_cut_utf8(line, 250))
                            : pool_copy(pool, in->command->title);
}

static void fill_ticket(const struct plan_input *in, struct plan *p, struct pool *pool)
{
    const struct directory *d = in->directory;
    const struct directory_labels *l = &d->labels;
    struct overrides *wants = pool_alloc(pool, sizeof(*wants));
    struct due_calendar calendar = due_calendar_of(in->conf);
    overrides_read(wants, slice_of(in->command->title), message_str(in->message, in->message->text), d,
                   &calendar, in->now_ms, pool);
    p->title = title_of(in, wants, pool);
    if (!p->title[0])
        p->title = sentence(in->templates, pool, SAY_NO_SUBJECT, SAY_END);
    p->description = describe(in, p, wants->text, pool);
    p->external_id = pool_printf(pool, "fd-%.40s", in->message_key);
    p->company_id = l->company;
    planning_queue(in, p, pool);
    p->status = l->status;
    p->priority = l->priority;
    p->priority_name = pool_copy(pool, d->priority_name);
    p->category = l->category;
    p->source = l->source;
    set_due(in, p, pool);
    p->creator_id = in->conf->autotask.impersonate ? sender_resource(d, p->sender) : 0;
    p->todo_action = in->conf->ticket.todo ? l->todo_action : 0;
    for (size_t i = 0; i < wants->n; i++)
        planning_override(in, p, &wants->list[i], pool);
}

/* --- one function a kind --- */

static void plan_of_ticket(const struct plan_input *in, struct plan *p, struct pool *pool)
{
    for (size_t i = 0; i < in->command->n_resources && p->n_people < PLAN_MAX_PEOPLE; i++)
        p->people[p->n_people++] = planning_person(in->command->resources[i], pool);
    p->reply = "created";
    p->outcome = OUTCOME_TICKET;
    fill_ticket(in, p, pool);
    planning_errors(in, p, pool);
}

/* "Tom Hale is not active in Autotask, ..." */
static const char *why_absent(const struct plan_input *in, const struct directory_resource *r,
                              struct pool *pool)
{
    if (!r)
        return NULL;
    const char *name = planning_person(r, pool).name;
    if (strcmp(r->why_not, "inactive") == 0)
        return sentence(in->templates, pool, SAY_ABSENT_INACTIVE, "name", name, SAY_END);
    if (strcmp(r->why_not, "API user") == 0)
        return sentence(in->templates, pool, SAY_ABSENT_PROGRAM, "name", name, SAY_END);
    return sentence(in->templates, pool, SAY_ABSENT_NO_ROLE, "name", name, SAY_END);
}

static void plan_of_ask(const struct plan_input *in, struct plan *p, struct pool *pool)
{
    static const char *const why[] = {"nobody-named", "several-mentioned", "shared-name", "near-miss",
                                      "absent"};
    const struct command *c = in->command;
    struct due_calendar calendar = due_calendar_of(in->conf);
    ENSURE((size_t)c->why_ask < ARRAY_LEN(why));
    for (size_t i = 0; i < c->n_suggestions; i++)
        p->suggestions[p->n_suggestions++] = planning_person(c->suggestions[i], pool);
    p->why_ask = why[c->why_ask];
    p->asked_word = pool_slice(pool, slice_cut_utf8(c->asked_word, 80));
    p->absent_why = why_absent(in, c->absent, pool);
    p->reply = "triage";
    p->outcome = OUTCOME_UNASSIGNED;
    fill_ticket(in, p, pool);
    if (in->conf->limits.hold_minutes &&
        due_after_minutes(&calendar, in->now_ms, in->conf->limits.hold_minutes, &p->hold_ms)) {
        p->reply = "ask";
        p->outcome = OUTCOME_ASKED;
        p->hold_text = dates_clock(in->templates, p->hold_ms, in->now_ms, in->conf->firm.timezone, pool);
    }
}

static void plan_of_words(const struct plan_input *in, struct plan *p, struct pool *pool)
{
    static const char *const reply[] = {[COMMAND_STATUS] = "status", [COMMAND_EXPLAIN] = "explain"};
    (void)pool;
    p->reply = reply[in->command->kind];
    p->outcome = OUTCOME_ANSWERED;
}

enum say planning_no_books(const struct conf *conf)
{
    if (conf->firm.integration == CONF_INTEGRATION_NONE)
        return SAY_NO_INTEGRATION;
    return conf->firm.integration != CONF_QBD && !conf->quickbooks ? SAY_NO_QUICKBOOKS : SAY_ROWS;
}

/* The report is made when it is due, from what both systems say then. */
static void plan_of_check(const struct plan_input *in, struct plan *p, struct pool *pool)
{
    enum say why_not = planning_no_books(in->conf);
    if (why_not != SAY_ROWS)
        p->reason = sentence(in->templates, pool, why_not, SAY_END);
    p->reply = p->reason ? "no_books" : "report";
    p->outcome = OUTCOME_ANSWERED;
}

/* One topic is told; of several, or when it is a guess, the names are. */
static void plan_of_help(const struct plan_input *in, struct plan *p, struct pool *pool)
{
    const struct command *c = in->command;
    struct buf names = BUF_INIT(8000);
    for (size_t i = 0; i < c->n_topics; i++)
        buf_printf(&names, "%s%s", i ? "," : "", c->topics[i]);
    p->reply = c->n_topics == 0 ? "help" : c->topics_unsure ? "topics" : "howto";
    p->argument = pool_slice(pool, buf_view(&names));
    p->outcome = OUTCOME_ANSWERED;
    buf_release(&names);
}

static void plan_of_operator(const struct plan_input *in, struct plan *p, struct pool *pool)
{
    (void)pool;
    if (!gate_is_operator(in->conf, in->gate->address, in->gate->unauthenticated))
        p->refusal = "denied";
    else if (strcmp(p->verb, "discard") == 0)
        p->refusal = "by_hand";
    p->reply = strcmp(p->verb, "show") == 0 && !p->refusal ? "show" : "wish";
    p->outcome = OUTCOME_ANSWERED;
}

static void (*const makers[])(const struct plan_input *, struct plan *, struct pool *) = {
    [COMMAND_TICKET] = plan_of_ticket,    [COMMAND_ASK] = plan_of_ask,
    [COMMAND_HELP] = plan_of_help,        [COMMAND_STATUS] = plan_of_words,
    [COMMAND_CHECK] = plan_of_check,      [COMMAND_EXPLAIN] = plan_of_words,
    [COMMAND_OPERATE] = plan_of_operator, [COMMAND_DIAGNOSE] = plan_of_diagnosis,
};

static const char *references_of(const struct message *m, struct pool *pool)
{
    struct buf b = BUF_INIT(32 * 1024);
    for (uint32_t i = 0; i < m->n_references; i++) {
        buf_slice(&b, message_str(m, m->references[i]));
        buf_putc(&b, ' ');
    }
    char *s = pool_slice(pool, slice_trim(buf_view(&b)));
    buf_release(&b);
    return s;
}

/* --- files --- */

static const char *size_text(uint64_t bytes, struct pool *pool)
{
    return bytes < 1000000 ? pool_printf(pool, "%llu KB", (unsigned long long)((bytes + 999) / 1000))
                           : pool_printf(pool, "%.1f MB", (double)bytes / 1e6);
}

static void leave_out(struct plan *p, const char *line)
{
    if (p->n_left_out < PLAN_MAX_LINES)
        p->left_out[p->n_left_out++].line = line;
}

void planning_files(struct plan *p, const struct plan_file *files, size_t n, int64_t job,
                    const struct templates *t, struct pool *pool)
{
    for (size_t i = 0; i < n; i++) {
        if (p->n_files == PLAN_MAX_FILES) {
            leave_out(p, sentence(t, pool, SAY_FILE_ONE_TOO_MANY, "name", files[i].name, SAY_END));
            continue;
        }
        p->files[p->n_files] = files[i];
        if (!files[i].job)
            p->files[p->n_files].job = job;
        p->n_files++;
    }
}

void plan_expire(struct plan *p, const struct plan_kept *kept, const struct templates *t, struct pool *pool)
{
    p->hold_ms = 0;
    p->note = kept->words;
    p->reply = "triage";
    p->outcome = OUTCOME_UNASSIGNED;
    planning_files(p, kept->files, kept->n_files, 0, t, pool);
    if (t)
        planning_name_company(p, t, pool);
}

const char *plan_left_out(const struct templates *t, const struct attachment_left_out *file,
                          struct pool *pool)
{
    static const enum say why[] = {[LEFT_OUT_EMPTY] = SAY_FILE_EMPTY,
                                   [LEFT_OUT_TOO_LARGE] = SAY_FILE_TOO_LARGE,
                                   [LEFT_OUT_SAME] = SAY_FILE_SAME,
                                   [LEFT_OUT_TOO_MANY] = SAY_FILE_TOO_MANY,
                                   [LEFT_OUT_ONLY_OUTLOOK] = SAY_FILE_ONLY_OUTLOOK,
                                   [LEFT_OUT_OUTLOOK_DAMAGED] = SAY_FILE_OUTLOOK_DAMAGED,
                                   [LEFT_OUT_OUTLOOK_UNREADABLE] = SAY_FILE_OUTLOOK_UNREADABLE,
                                   [LEFT_OUT_OUTLOOK_TOO_MANY] = SAY_FILE_OUTLOOK_TOO_MANY,
                                   [LEFT_OUT_OUTLOOK_FORMAT] = SAY_FILE_OUTLOOK_FORMAT,
                                   [LEFT_OUT_SIGNATURE] = SAY_FILE_SIGNATURE,
                                   [LEFT_OUT_ENCRYPTION] = SAY_FILE_ENCRYPTION,
                                   [LEFT_OUT_MACINTOSH] = SAY_FILE_MACINTOSH,
                                   [LEFT_OUT_INVITATION] = SAY_FILE_INVITATION,
                                   [LEFT_OUT_REPORT] = SAY_FILE_REPORT,
                                   [LEFT_OUT_LOGO] = SAY_FILE_LOGO};
    ENSURE((size_t)file->why < ARRAY_LEN(why));
    return sentence(t, pool, why[file->why], "name", file->name, "size", file->size, "most", file->most,
                    "other", file->other, SAY_END);
}

static int plan_files(const struct plan_input *in, struct plan *p, struct pool *pool, struct err *e)
{
    struct attachments_options options = {.max_size = in->conf->limits.attachment_size,
                                          .original = p->text_cut != 0};
    struct attachments all;
    if (!in->mail)
        return 0;
    if (cage_attachments(in->cage, &all, in->message, in->mail, &options, pool, e) != 0)
        return -1;
    for (size_t i = 0; i < all.n_left_out; i++)
        leave_out(p, plan_left_out(in->templates, &all.left_out[i], pool));
    for (size_t i = 0; i < all.n; i++) {
        const struct attachment *a = &all.list[i];
        struct plan_file file = {.name = a->name,
                                 .size_text = size_text(a->size, pool),
                                 .size = (int64_t)a->size,
                                 .raw_off = (int64_t)a->raw_off,
                                 .raw_len = (int64_t)a->raw_len,
                                 .encoding = a->encoding,
                                 .inner_off = (int64_t)a->inner_off};
        planning_files(p, &file, 1, 0, in->templates, pool);
    }
    return 0;
}

int64_t plan_text_key(const struct plan *p, const struct message *m)
{
    unsigned char raw[32];
    struct buf b = BUF_INIT(4096);
    uint64_t v = 0;
    fold_into(&b, slice_of(p->subject));
    buf_putc(&b, '\0');
    buf_put(&b, m->digest, sizeof(m->digest));
    ENSURE(gnutls_hash_fast(GNUTLS_DIG_SHA256, b.data, b.len, raw) == 0);
    for (int i = 0; i < 8; i++)
        v = v << 8 | raw[i];
    buf_release(&b);
    return (int64_t)(v >> 1);
}

int plan_make(struct plan *out, const struct plan_input *in, struct pool *pool, struct err *e)
{
    const struct message *m = in->message;
    *out = (struct plan){.sender = pool_copy(pool, in->gate->address),
                         .sender_name = pool_slice(pool, slice_cut_utf8(message_str(m, m->from_name), 100)),
                         .subject = pool_slice(pool, slice_cut_utf8(message_str(m, m->subject), 250)),
                         .message_id = pool_slice(pool, message_str(m, m->message_id)),
                         .references = references_of(m, pool),
                         .unauthenticated = in->gate->unauthenticated,
                         .received_ms = in->received_ms};
    if (!in->command) {
        out->reply = "too_large";
        out->reason = pool_copy(pool, in->unreadable);
        out->advice = pool_copy(pool, in->advice);
        out->outcome = OUTCOME_ANSWERED;
        return 0;
    }
    out->verb = pool_copy(pool, in->command->verb);
    if (in->thanks) {
        out->reply = "";
        out->outcome = OUTCOME_IGNORED;
        out->reason = "thanks only: nothing to do";
        return 0;
    }
    out->argument = pool_slice(pool, slice_cut_utf8(in->command->argument, 200));
    if (in->watched) {
        plan_watching(out, in, pool);
        return 0;
    }
    if (in->origin) {
        if (plan_files(in, out, pool, e) != 0 || plan_followup(out, in, pool, e) != 0)
            return -1;
    } else {
        ENSURE((size_t)in->command->kind < ARRAY_LEN(makers));
        makers[in->command->kind](in, out, pool);
        /* only where there is a ticket that they can be put on */
        if (out->title && plan_files(in, out, pool, e) != 0)
            return -1;
    }
    return planning_contact(in, out, pool, e);
}

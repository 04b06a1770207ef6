/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan: a command becomes a plan, one function a kind of command; and the keys of its steps. See action.h. */
#include "frontdesk/action.h"
#include "frontdesk/due.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

enum { DESCRIPTION_CHARS = 8000, CUT_ROOM = 120 };

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

size_t plan_steps(const struct plan *p, struct journal_step *out)
{
    if (!p->title || !p->title[0])
        return 0;
    size_t n = 0;
    out[n++] = (struct journal_step){.n = 1, .kind = "ticket.create", .key = p->external_id, .request = ""};
    for (size_t i = 1; i < p->n_people; i++, n++)
        out[n] = (struct journal_step){
            .n = (unsigned)n + 1, .kind = "ticket.second", .key = p->external_id, .request = ""};
    return n;
}

void plan_ticket(const struct plan *p, struct autotask_ticket *out)
{
    *out = (struct autotask_ticket){
        .company_id = p->company_id,
        .queue_id = p->queue_id,
        .status = p->status,
        .priority = p->priority,
        .category = p->category,
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

static const char *describe(const struct plan_input *in, struct plan *p, struct pool *pool)
{
    struct buf b = BUF_INIT(400 * 1024);
    struct slice text = in->message ? message_str(in->message, in->message->text) : SLICE_NONE;
    buf_printf(&b, "Requested by %s%s<%s> by email.\n\n", p->sender_name, p->sender_name[0] ? " " : "",
               p->sender);
    buf_slice(&b, slice_trim(text));
    if (in->message && in->message->text_from_html && text.len == 0)
        buf_puts(&b, "(the mail has no text)");
    struct slice whole = slice_trim(buf_view(&b));
    bool cut =
        slice_cut_utf16(whole, DESCRIPTION_CHARS).len < whole.len || (in->message && in->message->text_cut);
    char *out;
    if (!cut) {
        out = pool_slice(pool, whole);
    } else {
        struct slice keep = slice_cut_utf16(whole, DESCRIPTION_CHARS - CUT_ROOM);
        out = pool_printf(
            pool, "%.*s\n\n[... cut here: the mail is longer than the 8,000 characters that a ticket holds]",
            (int)keep.len, keep.ptr);
    }
    p->text_cut = cut;
    buf_release(&b);
    return out;
}

static void set_due(const struct plan_input *in, struct plan *p, struct pool *pool)
{
    struct due due;
    struct due_calendar calendar = due_calendar_of(in->conf);
    struct err e = ERR_INIT;
    struct buf text = BUF_INIT(64);
    /* the rule was checked when the configuration was read */
    if (due_parse(in->conf->ticket.due, &due, &e) != 0 ||
        !due_compute(&due, &calendar, in->now_ms, &p->due_ms) ||
        !due_format(&text, p->due_ms, in->now_ms, in->conf->firm.timezone))
        BUG("ticket.due");
    p->due_text = pool_slice(pool, buf_view(&text));
    buf_release(&text);
}

static struct plan_person person_of(const struct directory_resource *r, struct pool *pool)
{
    return (struct plan_person){.resource_id = r->id,
                                .role_id = r->role_id,
                                .name = pool_printf(pool, "%s%s%s", r->first, r->last[0] ? " " : "", r->last),
                                .user = pool_copy(pool, r->user)};
}

static void fill_ticket(const struct plan_input *in, struct plan *p, struct pool *pool)
{
    const struct directory *d = in->directory;
    const struct directory_labels *l = &d->labels;
    bool triage = p->n_people == 0;
    p->title = pool_copy(pool, in->command->title);
    p->description = describe(in, p, pool);
    p->external_id = pool_printf(pool, "fd-%.40s", in->message_key);
    p->company_id = l->company;
    p->queue_id = triage ? l->triage_queue : l->queue;
    p->queue_name = pool_copy(pool, triage ? d->triage_queue_name : d->queue_name);
    p->status = l->status;
    p->priority = l->priority;
    p->priority_name = pool_copy(pool, d->priority_name);
    p->category = l->category;
    p->source = l->source;
    set_due(in, p, pool);
}

/* --- one function a kind --- */

static void plan_of_ticket(const struct plan_input *in, struct plan *p, struct pool *pool)
{
    for (size_t i = 0; i < in->command->n_resources && p->n_people < PLAN_MAX_PEOPLE; i++)
        p->people[p->n_people++] = person_of(in->command->resources[i], pool);
    p->reply = "created";
    p->outcome = OUTCOME_TICKET;
    fill_ticket(in, p, pool);
}

static void plan_of_ask(const struct plan_input *in, struct plan *p, struct pool *pool)
{
    static const char *const why[] = {"nobody-named", "several-mentioned", "shared-name", "near-miss",
                                      "absent"};
    const struct command *c = in->command;
    ENSURE((size_t)c->why_ask < ARRAY_LEN(why));
    for (size_t i = 0; i < c->n_suggestions; i++)
        p->suggestions[p->n_suggestions++] = person_of(c->suggestions[i], pool);
    p->why_ask = why[c->why_ask];
    p->asked_word = pool_slice(pool, slice_cut_utf8(c->asked_word, 80));
    p->reply = "triage";
    p->outcome = OUTCOME_UNASSIGNED;
    fill_ticket(in, p, pool);
}

static void plan_of_words(const struct plan_input *in, struct plan *p, struct pool *pool)
{
    static const char *const reply[] = {
        [COMMAND_HELP] = "help", [COMMAND_STATUS] = "status", [COMMAND_NOT_YET] = "not_yet"};
    (void)pool;
    p->reply = reply[in->command->kind];
    p->outcome = OUTCOME_ANSWERED;
}

static void (*const makers[])(const struct plan_input *, struct plan *, struct pool *) = {
    [COMMAND_TICKET] = plan_of_ticket, [COMMAND_ASK] = plan_of_ask,       [COMMAND_HELP] = plan_of_words,
    [COMMAND_STATUS] = plan_of_words,  [COMMAND_NOT_YET] = plan_of_words,
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

void plan_make(struct plan *out, const struct plan_input *in, struct pool *pool)
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
        out->outcome = OUTCOME_ANSWERED;
        return;
    }
    out->verb = pool_copy(pool, in->command->verb);
    out->argument = pool_slice(pool, slice_cut_utf8(in->command->argument, 200));
    ENSURE((size_t)in->command->kind < ARRAY_LEN(makers));
    makers[in->command->kind](in, out, pool);
}

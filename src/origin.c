/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * origin: which earlier request a mail answers (product.md "How a message is classified", 3). By In-Reply-To
 * or References to one of our letters or to a staff mail; where they name none of these (absent, or our
 * letter's Message-ID was rewritten on its way, as Amazon SES and some gateways do), by the signed token in
 * the text. The token gives no more than References do: both are for proven staff only, and it also has to be
 * the sender's own. A forward never; a new subject that addresses somebody or is a command is a new request.
 */
#include "job_private.h"

#include "frontdesk/command_followup.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

enum { MOST_STEPS = 50, TOKEN_DIGITS = 20 };

static void token_of(const char *key, const char *ref, const char *asker, char out[TOKEN_DIGITS + 1])
{
    unsigned char raw[32];
    struct buf text = BUF_INIT(600), hex = BUF_INIT(64);
    buf_printf(&text, "%s %s", ref, asker);
    ENSURE(gnutls_hmac_fast(GNUTLS_MAC_SHA256, key, strlen(key), text.data, text.len, raw) == 0);
    buf_put_hex(&hex, raw, TOKEN_DIGITS / 2);
    snprintf(out, TOKEN_DIGITS + 1, "%s", hex.data);
    buf_release(&text);
    buf_release(&hex);
}

const char *origin_token(struct desk *d, const char *ref, const char *asker, struct pool *pool)
{
    char digits[TOKEN_DIGITS + 1];
    if (!d->journal || !ref[0])
        return "";
    token_of(journal_key(d->journal), ref, asker, digits);
    return pool_printf(pool, "[fd:%s.%s]", ref, digits);
}

/* The first token in the text that we signed for this very sender; everything else counts as no token. */
static int64_t job_by_token(struct desk *d, struct slice text, const char *sender)
{
    struct err e = ERR_INIT;
    for (int tries = 0; tries < MOST_STEPS; tries++) {
        char ref[12], want[TOKEN_DIGITS + 1];
        int64_t id;
        long at = slice_find(text, SLICE("[fd:"));
        if (at < 0)
            return 0;
        text = slice_skip(text, (size_t)at + 4);
        struct scan c = scan_of(text);
        struct slice said = scan_until(&c, ".]\n ");
        if (said.len == 0 || said.len >= sizeof(ref) || !scan_char(&c, '.'))
            continue;
        struct slice digits = scan_until(&c, "]\n ");
        snprintf(ref, sizeof(ref), "%.*s", SLICE_ARG(said));
        token_of(journal_key(d->journal), ref, sender, want);
        if (slice_eq(digits, slice_of(want)) && journal_job_by_ref(d->journal, ref, &id, &e) == 0)
            return id;
    }
    return 0;
}

static int64_t job_by_headers(struct desk *d, const struct message *m)
{
    int64_t job = journal_thread(d->journal, message_str(m, m->in_reply_to));
    for (uint32_t i = m->n_references; i > 0 && !job; i--)
        job = journal_thread(d->journal, message_str(m, m->references[i - 1]));
    return job;
}

/* From the job that was hit to the request that it is about. */
static int climb(struct desk *d, int64_t id, struct pool *pool, struct journal_job *root, struct err *e)
{
    for (int steps = 0; steps < MOST_STEPS; steps++) {
        if (journal_job_load(d->journal, id, false, pool, root, e) != 0)
            return -1;
        bool own_ticket = root->outcome == OUTCOME_TICKET || root->outcome == OUTCOME_UNASSIGNED;
        if (root->successor)
            id = root->successor;
        else if (root->parent && !own_ticket)
            id = root->parent;
        else
            return 0;
    }
    return 0;
}

static bool same_subject(struct slice a, struct slice b)
{
    bool reply, forward;
    return fold_eq(slice_cut(command_subject(a, true, &reply, &forward), 240),
                   slice_cut(command_subject(b, true, &reply, &forward), 240));
}

/* "VS:" is Finnish for "Re:" and Danish for "Fwd:": the header of the quotation says which. */
static bool is_finnish(struct slice text)
{
    return slice_find(text, SLICE("L\xc3\xa4hett\xc3\xa4j\xc3\xa4:")) >= 0 ||
           slice_find(text, SLICE("kirjoitti")) >= 0;
}

static bool is_forward(const struct message *m)
{
    bool reply, forward;
    struct slice text = message_str(m, m->text);
    command_subject(message_str(m, m->subject), true, &reply, &forward);
    return (forward && !(reply && is_finnish(text))) || own_text_is_forward(text);
}

/* Is the subject a request of its own? */
static bool asks_anew(const struct command *c)
{
    bool addressed = false;
    for (size_t i = 0; i < c->n_evidence; i++)
        addressed = addressed || strcmp(c->evidence[i].how, "addressed") == 0;
    return addressed || (c->kind != COMMAND_TICKET && c->kind != COMMAND_ASK);
}

void origin_kept(struct desk *d, int64_t root, struct pool *pool, struct plan_kept *out)
{
    enum { MOST = 20 };
    int64_t ids[MOST];
    struct buf words = BUF_INIT(100 * 1024);
    size_t n = journal_children(d->journal, root, ids, MOST);
    *out = (struct plan_kept){.words = ""};
    for (size_t i = 0; i < n; i++) {
        struct journal_job child;
        struct plan plan;
        struct err e = ERR_INIT;
        if (journal_job_load(d->journal, ids[i], false, pool, &child, &e) != 0 ||
            plan_decode(&plan, child.plan, pool, &e) != 0 || strcmp(plan.reply, "ask_again") != 0)
            continue;
        if (plan.note[0])
            buf_printf(&words, "%s%s", words.len ? "\n\n" : "", plan.note);
        for (size_t k = 0; k < plan.n_files && out->n_files < PLAN_MAX_FILES; k++) {
            out->files[out->n_files] = plan.files[k];
            out->files[out->n_files++].job = child.id;
        }
    }
    out->words = pool_slice(pool, buf_view(&words));
    buf_release(&words);
}

int origin_find(struct desk *d, int64_t self, const struct message *m, const struct command *c,
                const char *sender, struct pool *pool, struct origin *out, struct err *e)
{
    *out = (struct origin){0};
    if (!d->journal)
        return 0;
    int64_t hit = job_by_headers(d, m);
    if (!hit)
        hit = job_by_token(d, message_str(m, m->text), sender);
    if (!hit || hit == self || is_forward(m))
        return 0;
    if (journal_job_load(d->journal, hit, false, pool, &out->again, e) != 0 ||
        climb(d, hit, pool, &out->root, e) != 0)
        return -1;
    bool tells = out->again.outcome == OUTCOME_SAME || out->again.outcome == OUTCOME_AMENDED;
    if (tells && out->again.plan[0] && plan_decode(&out->again_plan, out->again.plan, pool, e) != 0)
        return -1;
    if (out->root.id == self || !out->root.plan[0])
        return 0;
    if (plan_decode(&out->plan, out->root.plan, pool, e) != 0)
        return -1;
    out->is_new = !same_subject(message_str(m, m->subject), slice_of(out->plan.subject)) && asks_anew(c);
    out->found = true;
    out->plain = (struct plan_origin){.root = &out->root,
                                      .plan = &out->plan,
                                      .asked = out->again_plan.n_choices ? &out->again_plan : NULL,
                                      .again = out->again_plan.said_again ? &out->again : NULL,
                                      .again_plan = &out->again_plan,
                                      .kept = {.words = ""},
                                      .waiting = out->root.state == JOB_WAITING && out->plan.hold_ms,
                                      .may_change = strcmp(out->root.sender, sender) == 0 ||
                                                    gate_is_operator(d->conf, sender, false)};
    if (out->plain.waiting)
        origin_kept(d, out->root.id, pool, &out->plain.kept);
    return 0;
}

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

enum { MOST_STEPS = 50, TOKEN_DIGITS = 20, REF_BYTES = 48 };

/* What a mail answers: a job, or a letter that belongs to none. */
struct hit {
    int64_t job;
    struct journal_watch_letter watch; /* its name "" = none */
};

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

const char *origin_watch_ref(const char *watch, unsigned letter, struct pool *pool)
{
    return pool_printf(pool, "%s_%u", watch, letter);
}

/* A reference with _ in it is that of a letter of drift watch; no other has one. */
static bool by_ref(struct desk *d, const char *ref, struct hit *hit)
{
    struct err e = ERR_INIT;
    char watch[REF_BYTES];
    uint64_t letter;
    const char *mark = strchr(ref, '_');
    if (!mark)
        return journal_job_by_ref(d->journal, ref, &hit->job, &e) == 0;
    snprintf(watch, sizeof(watch), "%.*s", (int)(mark - ref), ref);
    return slice_to_u64(slice_of(mark + 1), 1, UINT32_MAX, &letter) &&
           journal_watch_by_number(d->journal, watch, (unsigned)letter, &hit->watch);
}

/* The first token in the text that we signed for this very sender; everything else counts as no token. */
static void by_token(struct desk *d, struct slice text, const char *sender, struct hit *hit)
{
    for (int tries = 0; tries < MOST_STEPS; tries++) {
        char ref[REF_BYTES], want[TOKEN_DIGITS + 1];
        long at = slice_find(text, SLICE("[fd:"));
        if (at < 0)
            return;
        text = slice_skip(text, (size_t)at + 4);
        struct scan c = scan_of(text);
        struct slice said = scan_until(&c, ".]\n ");
        if (said.len == 0 || said.len >= sizeof(ref) || !scan_char(&c, '.'))
            continue;
        struct slice digits = scan_until(&c, "]\n ");
        snprintf(ref, sizeof(ref), "%.*s", SLICE_ARG(said));
        token_of(journal_key(d->journal), ref, sender, want);
        if (slice_eq(digits, slice_of(want)) && by_ref(d, ref, hit))
            return;
    }
}

static bool by_message_id(struct desk *d, struct slice id, struct hit *hit)
{
    hit->job = journal_thread(d->journal, id);
    return hit->job || (id.len && journal_watch_by_message_id(d->journal, id, &hit->watch));
}

static bool by_headers(struct desk *d, const struct message *m, struct hit *hit)
{
    bool found = by_message_id(d, message_str(m, m->in_reply_to), hit);
    for (uint32_t i = m->n_references; i > 0 && !found; i--)
        found = by_message_id(d, message_str(m, m->references[i - 1]), hit);
    return found;
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
        addressed = addressed || c->evidence[i].how == HOW_ADDRESSED;
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

/* A second ticket was made of what was said again: from then on it is what the letter is about, and saying
 * `separate` twice makes no third. It has the key of the mail that said it again. */
static int find_separate(struct desk *d, struct pool *pool, struct origin *out, struct err *e)
{
    enum { MOST = 20 };
    int64_t ids[MOST];
    size_t n = journal_children(d->journal, out->root.id, ids, MOST);
    for (size_t i = 0; out->again_plan.said_again && i < n; i++) {
        struct journal_job child;
        struct plan plan;
        if (journal_job_load(d->journal, ids[i], false, pool, &child, e) != 0)
            return -1;
        bool ticket = child.outcome == OUTCOME_TICKET || child.outcome == OUTCOME_UNASSIGNED;
        if (!ticket || !child.plan[0])
            continue;
        if (plan_decode(&plan, child.plan, pool, e) != 0)
            return -1;
        if (strcmp(plan.external_id, out->again_plan.external_id) != 0)
            continue;
        out->root = child;
        out->plan = plan;
        out->again_plan = (struct plan){0};
    }
    return 0;
}

static void take_watch(struct desk *d, const struct journal_watch_letter *about, const struct command *c,
                       const struct gate_result *gate, struct origin *out)
{
    out->found = out->watch = true;
    out->is_new = asks_anew(c);
    out->watched = (struct plan_watched){
        .about = *about, .may = watch_may_answer(d->conf, gate->address, gate->unauthenticated)};
}

/* An answer to our answer is about the same letter. */
static bool is_about_watch(const struct plan *p, struct journal_watch_letter *out)
{
    struct journal_watch_answer a;
    (void)plan_watch_answer(p, &a);
    *out = a.about;
    return out->watch[0] != '\0';
}

int origin_find(struct desk *d, int64_t self, const struct message *m, const struct command *c,
                const struct gate_result *gate, struct pool *pool, struct origin *out, struct err *e)
{
    const char *sender = gate->address;
    struct hit hit = {.job = 0};
    *out = (struct origin){0};
    if (!d->journal)
        return 0;
    if (!by_headers(d, m, &hit))
        by_token(d, message_str(m, m->text), sender, &hit);
    if (is_forward(m))
        return 0;
    if (hit.watch.watch[0])
        take_watch(d, &hit.watch, c, gate, out);
    if (!hit.job || hit.job == self)
        return 0;
    if (journal_job_load(d->journal, hit.job, false, pool, &out->again, e) != 0 ||
        climb(d, hit.job, pool, &out->root, e) != 0)
        return -1;
    /* letters that may list something to choose from; ANSWERED: also those that ask once more */
    bool tells = out->again.outcome == OUTCOME_SAME || out->again.outcome == OUTCOME_AMENDED ||
                 out->again.outcome == OUTCOME_ANSWERED || out->again.outcome == OUTCOME_ASKED;
    if (tells && out->again.plan[0] && plan_decode(&out->again_plan, out->again.plan, pool, e) != 0)
        return -1;
    if (out->root.id == self || !out->root.plan[0])
        return 0;
    if (plan_decode(&out->plan, out->root.plan, pool, e) != 0 || find_separate(d, pool, out, e) != 0)
        return -1;
    if (is_about_watch(&out->plan, &hit.watch)) {
        take_watch(d, &hit.watch, c, gate, out);
        return 0;
    }
    out->is_new = !same_subject(message_str(m, m->subject), slice_of(out->plan.subject)) && asks_anew(c);
    out->found = true;
    out->plain = (struct plan_origin){
        .root = &out->root,
        .plan = &out->plan,
        .asked = out->again_plan.n_choices || out->again_plan.n_suggestions ? &out->again_plan : NULL,
        .again = out->again_plan.said_again ? &out->again : NULL,
        .again_plan = &out->again_plan,
        .kept = {.words = ""},
        .waiting = out->root.state == JOB_WAITING && out->plan.hold_ms,
        .may_change = strcmp(out->root.sender, sender) == 0 || gate_is_operator(d->conf, sender, false)};
    if (out->plain.waiting)
        origin_kept(d, out->root.id, pool, &out->plain.kept);
    return 0;
}

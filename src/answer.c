/* SPDX-License-Identifier: GPL-2.0-or-later */
/* answer: the letters of a job: written once, stored, then offered until the mail server takes them. */
#include "job_private.h"
#include "frontdesk/measure.h"
#include "telling.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <poll.h>

enum {
    LEAST_WAIT_MS = 15 * 60000,
    QUESTION_MS = 4 * 3600 * 1000,
    TABLE_MAX = 6 << 20,
    LETTER_MAX = 12 << 20
};

/* Stable over restarts and journals: derived from the message key, never drawn. */
static const char *message_id_for(struct desk *d, const char *key, const char *kind, struct pool *pool)
{
    unsigned char raw[32];
    struct buf in = BUF_INIT(512), hex = BUF_INIT(64);
    buf_printf(&in, "%s %s", key, kind);
    ENSURE(gnutls_hash_fast(GNUTLS_DIG_SHA256, in.data, in.len, raw) == 0);
    buf_put_hex(&hex, raw, 16);
    const char *id = pool_printf(pool, "<fd.%s@%s>", hex.data, d->message_id_host);
    buf_release(&in);
    buf_release(&hex);
    return id;
}

static size_t split_references(const char *text, struct slice *out, size_t max)
{
    struct scan c = scan_of(slice_of(text));
    size_t n = 0;
    while (n < max && !scan_end(&c)) {
        struct slice id = scan_until(&c, " ");
        if (id.len)
            out[n++] = id;
        scan_while(&c, " ");
    }
    return n;
}

/* Subject, text, HTML, and the table of a report. */
enum { SUBJECT, TEXT, HTML, TABLE, PIECES };

static int compose(struct desk *d, const struct plan *plan, const struct conf_mailbox *mailbox,
                   const char *message_id, struct buf parts[PIECES], const struct letter_file *file,
                   struct buf *bytes, struct err *e)
{
    struct slice references[MESSAGE_MAX_REFERENCES];
    struct letter letter = {.from_name = d->conf->firm.name,
                            .from = mailbox->address,
                            .to = plan->sender,
                            .subject = buf_view(&parts[SUBJECT]),
                            .message_id = message_id,
                            .in_reply_to = slice_of(plan->message_id),
                            .references = references,
                            .n_references = split_references(plan->references ? plan->references : "",
                                                             references, ARRAY_LEN(references)),
                            .date_ms = clock_now_ms(),
                            .timezone = d->conf->firm.timezone,
                            .instance = d->journal ? journal_instance(d->journal) : "explain",
                            .text = buf_view(&parts[TEXT]),
                            .html = buf_view(&parts[HTML]),
                            .file = file,
                            .auto_generated = plan->reply && (strcmp(plan->reply, "alert") == 0 ||
                                                              strcmp(plan->reply, "digest") == 0 ||
                                                              strcmp(plan->reply, "watch") == 0)};
    return compose_letter(&letter, bytes, e);
}

/* The letter of a report, and its table as a file: "check-mapping.csv". */
static int report_pieces(struct desk *d, const struct report *report, const char *template, struct view *view,
                         struct buf parts[PIECES], struct letter_file *file, struct pool *pool, struct err *e)
{
    if (report_letter(report, d->templates, template, view, &parts[SUBJECT], &parts[TEXT], &parts[HTML], e) !=
            0 ||
        report_csv_within(report, d->templates, TABLE_MAX, &parts[TABLE], e) != 0)
        return -1;
    char *name = pool_printf(pool, "%.80s", report->name), *end = name;
    for (const char *p = name; *p; p++) {
        bool plain = (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9');
        bool capital = *p >= 'A' && *p <= 'Z';
        if (plain || capital)
            *end++ = capital ? (char)(*p | 0x20) : *p;
        else if (end > name && end[-1] != '-')
            *end++ = '-';
    }
    *end = '\0';
    name = pool_printf(pool, "%s.csv", name);
    *file = (struct letter_file){name, "text/csv", buf_view(&parts[TABLE])};
    return parts[TABLE].overflow ? err_set(e, ERR_LIMIT, "the table of the report is too large for a letter")
                                 : 0;
}

int job_letter(struct desk *d, const struct plan *plan, const struct conf_mailbox *mailbox,
               const struct facts_input *facts, const struct report *report, const char *template,
               const char *kind, const char *key, struct pool *pool, struct journal_letter *out,
               struct err *e)
{
    struct buf parts[PIECES] = {BUF_INIT(2000), BUF_INIT(300 * 1024), BUF_INIT(300 * 1024),
                                BUF_INIT(TABLE_MAX)},
               bytes = BUF_INIT(LETTER_MAX);
    struct view *view = facts_view(facts, pool);
    const char *id = message_id_for(d, key, kind, pool);
    struct letter_file file;
    int rc = report ? report_pieces(d, report, template, view, parts, &file, pool, e)
                    : templates_render(d->templates, template, view, &parts[SUBJECT], &parts[TEXT],
                                       &parts[HTML], e);
    if (rc == 0)
        rc = compose(d, plan, mailbox, id, parts, report ? &file : NULL, &bytes, e);
    if (rc == 0) {
        *out = (struct journal_letter){.message_id = id, .to = plan->sender};
        snprintf(out->mailbox, sizeof(out->mailbox), "%s", mailbox->name);
        out->bytes = slice_from(pool_slice(pool, buf_view(&bytes)), bytes.len);
    }
    for (size_t i = 0; i < ARRAY_LEN(parts); i++)
        buf_release(&parts[i]);
    buf_release(&bytes);
    return rc;
}

int job_make_letter(struct job *job, const char *template, const char *kind, const char *reason,
                    struct journal_letter *letter, struct err *e)
{
    return job_make_report(job, NULL, template, kind, reason, letter, e);
}

int job_make_report(struct job *job, const struct report *report, const char *template, const char *kind,
                    const char *reason, struct journal_letter *letter, struct err *e)
{
    struct desk_people *people = desk_people_get(job->desk);
    struct facts_input facts = {.conf = job->desk->conf,
                                .mailbox = job->mailbox,
                                .directory = people ? people->directory : NULL,
                                .names = people ? people->names : NULL,
                                .templates = job->desk->templates,
                                .plan = &job->plan,
                                .ref = job->row.ref,
                                .ticket_id = job->row.ticket_id,
                                .ticket_number = job->row.ticket_number,
                                .reason = reason,
                                .diverted_to = job->perform.diverted_to,
                                .token = origin_token(job->desk, job->row.ref, job->plan.sender, job->pool),
                                .status_text = ""};
    story_facts(job->desk, &job->plan, &facts, job->pool);
    bool wishes = facts.wish && strcmp(facts.wish, "noted") == 0;
    job->row.wish_verb = wishes ? job->plan.verb : NULL;
    job->row.wish_ref = job->plan.argument;
    struct journal_watch_answer *watch = pool_alloc(job->pool, sizeof(*watch));
    job->row.watch_answer = plan_watch_answer(&job->plan, watch) ? watch : NULL;
    const char *key = job->row.message_key && job->row.message_key[0] ? job->row.message_key : job->row.ref;
    int rc = job_letter(job->desk, &job->plan, job->mailbox, &facts, report, template, kind, key, job->pool,
                        letter, e);
    letter->job = job->row.id;
    desk_people_put(job->desk, people);
    return rc;
}

/* A letter of which a job can have several: numbered, so that its Message-ID is the same after a crash. */
const char *job_numbered(struct job *job, const char *name)
{
    unsigned n = journal_letter_count(job->desk->journal, job->row.id, LETTER_SEQUEL);
    return pool_printf(job->pool, "%s %u", name, n + 1);
}

/* After a retry of a job whose final letter is out already, or when nobody answered our question, the news is
 * a sequel. */
static enum letter_kind kind_now(struct job *job, const char **name)
{
    bool expired = strcmp(job->plan.reply, "triage") == 0 && job->plan.hold_text && job->plan.hold_text[0];
    bool sequel = expired || (!job->unanswered &&
                              journal_letter_count(job->desk->journal, job->row.id, LETTER_FINAL) > 0);
    *name = sequel ? job_numbered(job, "sequel") : "final";
    return sequel ? LETTER_SEQUEL : LETTER_FINAL;
}

static void tell_theirs(struct job *job)
{
    struct desk_people *people = desk_people_get(job->desk);
    struct plan_input in = {.conf = job->desk->conf,
                            .templates = job->desk->templates,
                            .directory = people ? people->directory : NULL,
                            .now_ms = clock_now_ms()};
    plan_tell_theirs(&job->plan, job->perform.shows, &in, job->pool);
    desk_people_put(job->desk, people);
}

bool job_is_silent(const struct job *job)
{
    return job->quiet || (job->plan_loaded && (!job->plan.reply || !job->plan.reply[0]));
}

int job_answer(struct job *job, struct err *e)
{
    struct journal_letter letter;
    const char *name = "final";
    if (job_need_plan(job, e) != 0)
        return -1;
    if (!job->mailbox)
        return err_set(e, ERR_CONFIG,
                       "mailbox %s is no longer in the settings: put it back, or discard its mail",
                       job->row.mailbox);
    bool silent = job_is_silent(job);
    for (size_t i = 0; i < job->perform.n_troubles; i++)
        plan_remark(&job->plan, job->perform.troubles[i].line);
    if (job->perform.theirs)
        tell_theirs(job);
    if (job->perform.n_troubles)
        job->plan.todo_action = 0; /* of the steps before the answer only the to-do may be refused */
    enum letter_kind kind = silent ? LETTER_FINAL : kind_now(job, &name);
    const char *template = job->perform.diverted ? "diverted" : job->plan.reply;
    struct check_result found = {0};
    const struct report *report = NULL;
    int made = silent ? 0 : job_report(job, &found, &report, e);
    if (job->waits)
        return made;
    if (made == 0 && !silent)
        made = job_make_report(job, report, template, name, job->plan.reason, &letter, e);
    check_release(&found);
    if (made != 0)
        return -1;
    letter.kind = kind;
    job->row.outcome = job->perform.diverted ? OUTCOME_DIVERTED : (enum job_outcome)job->plan.outcome;
    job->row.reason = job->perform.diverted         ? pool_printf(job->pool,
                                                                  "Autotask answered with ticket %s, which does not "
                                                                          "carry our key",
                                                                  job->perform.diverted_to)
                      : job->perform.number_missing ? "made, but its number could not be read back"
                      : silent                      ? job->plan.reason
                                                    : "";
    if (journal_answer(job->desk->journal, &job->row, silent ? NULL : &letter, e) != 0)
        return -1;
    if (!silent)
        job->answer = letter;
    /* the keeper would do it too, but later than the answer says */
    if (job->row.wish_verb)
        journal_requests_run(job->desk->journal);
    job->row.state = JOB_ANSWERED;
    job->row.tries = 0;
    return 0;
}

/* --- offering --- */

/* When an unsent letter is offered again: when the server may be well, or 5 s growing to 4 h. What tells of
 * an illness, or looks for one, is also how its end is seen. */
static int64_t letter_delay_ms(const struct journal_letter *l, const struct err *e)
{
    static const unsigned seconds[] = {5, 30, 120, 300, 900, 1800, 3600, 14400};
    enum { SOON = 2 };
    unsigned most = l->kind == LETTER_ALERT || l->kind == LETTER_CANARY ? SOON : ARRAY_LEN(seconds) - 1;
    unsigned step = seconds[l->tries < most ? l->tries : most];
    return (int64_t)(e->retry_after_s ? e->retry_after_s : step) * 1000;
}

static bool stopping(const struct desk *d, int wait_ms)
{
    struct pollfd fd = {.fd = d->stop_fd, .events = POLLIN};
    return poll(&fd, 1, wait_ms) > 0;
}

/* A letter that went out and is not marked would go out again at once, and again: while the journal cannot be
 * written the job is held here. */
static void mark(struct desk *d, const struct journal_letter *l, bool alone)
{
    struct err e = ERR_INIT;
    while (journal_letter_mark(d->journal, l, alone, &e) != 0 && !stopping(d, 1000)) {
    }
    if (alone)
        CRASH_POINT("mark.after");
}

/* The letter itself was refused. A refused login says nothing about the letter: it waits until that is
 * mended. */
static bool is_final(const struct err *e)
{
    return err_class(e) == ERR_CLASS_OPERATOR && e->code != ERR_CREDENTIALS;
}

static void note_leg(struct desk *d, size_t mailbox, int rc, const struct err *e)
{
    leg_tried_out(d, mailbox, rc, e);
    measure_add(rc == 0 ? MEASURE_LETTERS : MEASURE_REFUSED, mailbox, 1);
}

static int send_by_mailbox(struct desk *d, const struct journal_letter *l, struct err *e)
{
    size_t i = 0;
    const struct conf_mailbox *mailbox = desk_mailbox(d, l->mailbox, &i);
    ENSURE(mailbox); /* offer() has looked */
    int rc = outbox_send(&d->outboxes[i], mailbox->address, l->to, l->bytes, e);
    note_leg(d, i, rc, e);
    return rc;
}

static bool is_for_command(const struct journal_letter *l)
{
    return strcmp(l->mailbox, JOURNAL_COMMAND) == 0;
}

static int send_by_its_way(struct desk *d, const struct journal_letter *l, struct err *e)
{
    return is_for_command(l)         ? ways_command(d, l->to, l->message_id, l->bytes, e)
           : l->kind == LETTER_ALERT ? ways_mail(d, l->to, l->bytes, e)
                                     : send_by_mailbox(d, l, e);
}

/* What became of it. A program that fails may work later: its alert is old after a day. */
static enum letter_state state_after(const struct journal_letter *l, int rc, const struct err *e)
{
    bool final =
        is_for_command(l) ? e->code == ERR_CONFIG || clock_now_ms() - l->first_ms > DAY_MS : is_final(e);
    return rc == 0 ? LETTER_SENT : final ? LETTER_FAILED : LETTER_UNSENT;
}

/* `alone`: no later commit of this job follows, so the mark itself must be durable before the job is let go.
 */
static int offer(struct desk *d, struct journal_letter *l, bool alone, struct err *e)
{
    size_t i;
    if (!is_for_command(l) && l->kind != LETTER_ALERT && !desk_mailbox(d, l->mailbox, &i))
        return err_set(e, ERR_CONFIG,
                       "mailbox %s is no longer in the settings: put it back, or discard its mail",
                       l->mailbox);
    if (breaker_take(d, l, e) != 0) {
        l->next_ms = clock_now_ms() + (int64_t)e->retry_after_s * 1000;
        mark(d, l, alone);
        return -1;
    }
    CRASH_POINT("post.before");
    int rc = journal_left_before(d->journal, l->message_id) ? 0 : send_by_its_way(d, l, e);
    CRASH_POINT("post.after");
    if (rc != 0 && err_class(e) != ERR_CLASS_UNKNOWN)
        breaker_give_back(d, l);
    l->state = state_after(l, rc, e);
    l->last_error = rc == 0 ? "" : e->text;
    l->next_ms = rc == 0 ? 0 : clock_now_ms() + letter_delay_ms(l, e);
    l->tries += rc == 0 || !e->retry_after_s;
    mark(d, l, alone);
    if (rc == 0)
        LOG(LOG_INFO, "post", "sent", LS("to", l->to), LS("message-id", l->message_id));
    else
        LOG(LOG_WARN, "post", "not-sent", LS("to", l->to), LS("error", err_code_name(e->code)),
            LS("text", e->text));
    return rc;
}

static void alert_refused(struct job *job)
{
    char topic[64];
    snprintf(topic, sizeof(topic), "refused-%s", job->row.ref);
    alert_ill(job->desk, topic,
              pool_printf(job->pool,
                          "Mail %s from %s: %s. Mend the cause, then `frontdesk journal retry %s`, or "
                          "`frontdesk journal discard %s` to give the answer up.",
                          job->row.ref, job->row.sender, job->row.reason, job->row.ref, job->row.ref));
}

/* The clock of a question starts when the mail server has it. */
static int wait_for_answer(struct job *job, struct err *e)
{
    int64_t least = clock_now_ms() + LEAST_WAIT_MS;
    job->row.run_at_ms = job->plan.hold_ms > least ? job->plan.hold_ms : least;
    job->row.reason =
        pool_printf(job->pool, "asked the sender; in triage at %s without an answer", job->plan.hold_text);
    if (journal_finish(job->desk->journal, &job->row, NULL, JOB_WAITING, JOB_FOLDER_DONE, false, e) != 0)
        return -1;
    job->row.state = JOB_WAITING;
    job->finished = true;
    return 0;
}

static int offer_all(struct job *job, bool more_follows, struct err *e)
{
    struct journal_letter *letters = &job->answer;
    size_t n = 1;
    /* stored by this run: it is the only one, since an unsent interim letter was replaced by it */
    if (!job->answer.id)
        n = journal_letters(job->desk->journal, job->row.id, INT64_MAX, job->pool, &letters);
    for (size_t i = 0; i < n; i++) {
        if (offer(job->desk, &letters[i], more_follows, e) == 0)
            continue;
        if (!is_final(e))
            return -1;
        /* what was asked for is done; only the word of it was refused */
        job->row.reason = pool_printf(job->pool, "done, but the mail server refused the answer: %s", e->text);
        alert_refused(job);
    }
    return 0;
}

int job_post(struct job *job, struct err *e)
{
    if (job_need_plan(job, e) != 0)
        return -1;
    bool asks = job->plan.hold_ms != 0, files = job->plan.n_files != 0;
    if (offer_all(job, files, e) != 0)
        return asks && clock_now_ms() - job->row.taken_ms - job_moved_ms(job) > QUESTION_MS
                   ? job_question_failed(job, e)
                   : -1;
    if (asks)
        return wait_for_answer(job, e);
    if (files && job_attach(job, e) != 0)
        return -1;
    if (job->row.state == JOB_DONE)
        return 0;
    return job->plan.recheck_until_ms ? job_await_books(job, e) : job_end(job, JOB_FOLDER_DONE, e);
}

/* Whoever does not get such a letter would take the silence for good news. */
static void note_watch_letter(struct desk *d, const struct journal_letter *l, const struct err *e)
{
    static const char topic[] = "watch-letters";
    char text[700];
    if (!e) {
        alert_well(d, topic, "the mail server takes letters of the watch again");
    } else if (l->state == LETTER_FAILED) {
        snprintf(
            text, sizeof(text),
            "The mail server refused a letter of the watch to %s: %s. It is not sent again; the next change "
            "is told in a letter of its own. Check watch_to.",
            l->to, e->text);
        alert_ill(d, topic, text);
    }
}

/* A way that just failed is not tried again with the next letter; the others are not held up by it. */
static bool way_failed(const struct journal_letter *letters, size_t i, const bool *failed)
{
    for (size_t k = 0; k < i; k++) {
        bool alerts = letters[i].kind == LETTER_ALERT && letters[k].kind == LETTER_ALERT;
        if (failed[k] && strcmp(letters[i].mailbox, letters[k].mailbox) == 0 &&
            (alerts || (letters[i].kind != LETTER_ALERT && letters[k].kind != LETTER_ALERT)))
            return true;
    }
    return false;
}

void job_post_letters(struct desk *d, int64_t job)
{
    struct pool *pool = pool_new(8 << 20);
    struct journal_letter *letters;
    size_t n = journal_letters(d->journal, job, clock_now_ms(), pool, &letters);
    bool failed[JOURNAL_LETTERS] = {false};
    for (size_t i = 0; i < n; i++) {
        struct err e = ERR_INIT;
        if (letters[i].kind == LETTER_FINAL || way_failed(letters, i, failed))
            continue;
        int rc = offer(d, &letters[i], true, &e);
        if (letters[i].kind == LETTER_WATCH)
            note_watch_letter(d, &letters[i], rc == 0 ? NULL : &e);
        failed[i] = rc != 0;
    }
    pool_free(&pool);
}

/* --- letters beside the main way --- */

void job_tell_meanwhile(struct job *job, const char *template, const char *reason)
{
    struct journal_letter letter;
    struct err e = ERR_INIT;
    if (!job->mailbox || !job->row.sender || !job->row.sender[0] ||
        journal_letter_count(job->desk->journal, job->row.id, LETTER_INTERIM) > 0)
        return;
    if ((job->row.state != JOB_TAKEN && job_need_plan(job, &e) != 0) || job_is_silent(job))
        return;
    job->plan.sender = job->row.sender;
    if (job_make_letter(job, template, "interim", reason, &letter, &e) != 0) {
        LOG(LOG_ERROR, "job", "interim.failed", LS("error", e.text));
        return;
    }
    letter.kind = LETTER_INTERIM;
    if (journal_letter_add(job->desk->journal, &letter, &e) == 0)
        job_post_letters(job->desk, job->row.id);
}

void job_tell_queued(struct job *job, const struct err *why)
{
    job_tell_meanwhile(job, "queued",
                       job->told ? job->told : sentence_of_error(job->desk->templates, why->code));
}

static const char *told_why(struct job *job, const struct err *why)
{
    const struct templates *t = job->desk->templates;
    bool theirs = err_class(why) == ERR_CLASS_SENDER || why->code == ERR_REJECTED;
    return job->told ? job->told
           : theirs  ? sentence(t, job->pool, SAY_REFUSED_BECAUSE, "why", why->text, SAY_END)
                     : sentence_of_error(t, why->code);
}

/* The sender hears that it could not be done, the operator why. */
static bool write_trouble(struct job *job, const struct err *why, struct journal_letter *letter)
{
    struct err e = ERR_INIT;
    bool proven = job->row.sender && job->row.sender[0] && job->mailbox;
    /* once the answer is stored nothing more is said: the answer is the final word */
    if (!proven || job->is_old || job->row.state == JOB_ANSWERED ||
        (job->row.state != JOB_TAKEN && job_need_plan(job, &e) != 0) || job_is_silent(job))
        return false;
    job->plan.sender = job->row.sender;
    if (job_make_letter(job, "trouble", job_numbered(job, "trouble"), told_why(job, why), letter, &e) != 0) {
        LOG(LOG_ERROR, "job", "trouble.failed", LS("error", e.text));
        return false;
    }
    letter->kind = LETTER_SEQUEL;
    return true;
}

/* One topic for all mail of unproven senders: strangers must not be able to fill the operator's mailbox. */
static void alert_parked(struct job *job, const struct err *why, bool proven)
{
    char topic[64];
    int len = (int)strlen(why->text); /* what Autotask says may end in a full stop of its own */
    while (len && why->text[len - 1] == '.')
        len--;
    snprintf(topic, sizeof(topic), "%s%s", job->is_old ? PARKED_OLD : "parked-",
             job->is_old ? ""
             : proven    ? job->row.ref
                         : "unproven");
    alert_ill(
        job->desk, topic,
        pool_printf(
            job->pool,
            "Mail %s from %s is parked: %.*s. Look with `frontdesk journal show %s`, mend the cause, then "
            "`frontdesk journal retry %s` or `frontdesk journal discard %s`.",
            job->row.ref, proven ? job->row.sender : "an unproven sender", len, why->text, job->row.ref,
            job->row.ref, job->row.ref));
}

void job_park(struct job *job, const struct err *why)
{
    struct err e = ERR_INIT;
    struct journal_letter letter;
    bool told = write_trouble(job, why, &letter);
    job->row.outcome = OUTCOME_PARKED;
    job->row.reason = pool_printf(job->pool, "%s: %s", err_code_name(why->code), why->text);
    alert_parked(job, why, job->row.sender && job->row.sender[0]);
    LOG(LOG_WARN, "job", "parked", LS("sender", job->row.sender), LS("reason", job->row.reason));
    if (journal_finish(job->desk->journal, &job->row, told ? &letter : NULL, JOB_PARKED, JOB_FOLDER_PARKED,
                       true, &e) != 0)
        job->unrecorded = true;
}

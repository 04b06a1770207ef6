/* SPDX-License-Identifier: GPL-2.0-or-later */
/* setup_prove: the checks of doctor, made with the settings as they would be written. See setup.h. */
#include "doctor.h"
#include "frontdesk/autotask.h"
#include "frontdesk/mailbox.h"
#include "frontdesk/outbox.h"
#include "refusals.h"
#include "setup.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_SEEN = 8, WRONG_CLOCK_S = 300 };

/* --- a proof --- */

/* What a person is told who can still change the answer; else doctor's words. */
static const struct {
    unsigned areas;
    enum err_code code;
    const char *fix;
} answers_fix[] = {
    {MAIL_IN, ERR_CREDENTIALS,
     "give user name and password (or what stands for it) again; an account with two factors needs an app "
     "password"},
    {MAIL_OUT, ERR_CREDENTIALS,
     "user and password are those of mail in: give the server that takes them for sending; at Microsoft 365 "
     "SMTP AUTH "
     "must be on for the mailbox"},
    {MAIL_IN | MAIL_OUT, ERR_TLS,
     "give the host name as it stands in the server's certificate; if the firm has an authority of its own, "
     "name the "
     "file with its certificate (mail.ca_file)"},
    {MAIL_IN, ERR_MAILBOX, "look with a mail program whether this user may open the inbox"},
    {AUTOTASK, ERR_CREDENTIALS,
     "give user, secret and tracking identifier again; in Autotask, Admin > Organization Settings & Users > "
     "Resources/Users: the API user is active, not locked, and has this tracking identifier. A few wrong "
     "logins "
     "lock it"},
    {AUTOTASK, ERR_REJECTED, "give the user name as Autotask shows it on the page of the API user"},
};

static void begin(const struct setup *s, struct setup_proof *p, const char *what)
{
    *p = (struct setup_proof){.result = PROVEN, .findings = BUF_INIT(64 << 10)};
    snprintf(p->what, sizeof(p->what), "%s", what);
    cli_progress_of(p->what, s->proofs_made, s->proofs);
}

static void refute(struct setup_proof *p, enum doctor_area area, bool by_token, const struct err *e)
{
    const struct refusal *r = area == MAIL_IN    ? refusal_of(REFUSED_IN, by_token, e)
                              : area == MAIL_OUT ? refusal_of(REFUSED_OUT, by_token, e)
                                                 : NULL;
    const char *fix = r ? r->fix : doctor_fix(area, e);
    for (size_t i = 0; !r && i < ARRAY_LEN(answers_fix); i++) {
        if ((answers_fix[i].areas & area) && answers_fix[i].code == e->code)
            fix = answers_fix[i].fix;
    }
    p->result = REFUTED;
    p->code = e->code;
    buf_clear(&p->findings);
    buf_printf(&p->findings, "%s\n%s%s", e->text, r ? r->cause : "", r ? "\n" : "");
    snprintf(p->fix, sizeof(p->fix), "%s", fix);
}

static void doubt(struct setup_proof *p, const char *why, const char *fix)
{
    p->result = DOUBTFUL;
    buf_puts(&p->findings, why);
    snprintf(p->fix, sizeof(p->fix), "%s", fix);
}

void setup_proof_print(const struct setup_proof *p)
{
    static const struct {
        enum cli_colour colour;
        const char *word;
    } words[] = {
        [PROVEN] = {CLI_GREEN, "ok  "}, [DOUBTFUL] = {CLI_YELLOW, "warn"}, [REFUTED] = {CLI_RED, "FAIL"}};
    cli_paint(words[p->result].colour, words[p->result].word);
    cli_lines(stdout, strlen(words[p->result].word), "  ", "      ", p->what);
    if (p->findings.len)
        cli_lines(stdout, 0, "      ", "      ", p->findings.data);
    if (p->fix[0])
        cli_lines(stdout, 0, "      fix: ", "           ", p->fix);
}

void setup_proof_release(struct setup_proof *p)
{
    buf_release(&p->findings);
}

/* --- the settings that are tried --- */

static int settings(struct setup *s, struct conf **conf, struct err *e)
{
    struct buf text = BUF_INIT(256 << 10), problems = BUF_INIT(64 << 10);
    *conf = NULL;
    int rc = setup_stage_secrets(s, e);
    if (rc == 0) {
        setup_conf_text(s, true, &text);
        rc = conf_parse(text.data, "settings", conf, &problems);
        if (rc != 0)
            err_set(e, ERR_CONFIG, "%.480s", problems.data);
    }
    buf_release(&text);
    buf_release(&problems);
    return rc;
}

/* Two lines each: what, and the fix. The first fix stands where fixes do, the others with their doubt. */
static void take_doubts(struct setup_proof *p, struct buf *doubts)
{
    struct scan c = scan_of(buf_view(doubts));
    for (bool first = true; !scan_end(&c); first = false) {
        struct slice what = scan_line(&c), fix = scan_line(&c);
        char cure[sizeof(p->fix)];
        snprintf(cure, sizeof(cure), "%.*s", SLICE_ARG(fix));
        buf_printf(&p->findings, "%.*s%s%s\n", SLICE_ARG(what), first ? "" : "; fix: ", first ? "" : cure);
        if (first)
            doubt(p, "", cure);
    }
    buf_release(doubts);
}

/* --- whose word counts: what stands in the mail that is there --- */

/* True when it is the first of all. */
static bool note_name(struct setup *s, struct slice name)
{
    struct scan c = scan_of(buf_view(&s->seen));
    size_t n = 0;
    for (; !scan_end(&c); n++) {
        if (slice_eq_nocase(scan_line(&c), name))
            return n == 0;
    }
    if (n < MOST_SEEN && name.len && name.len < 200)
        buf_printf(&s->seen, "%.*s\n", SLICE_ARG(name));
    return n == 0;
}

/* The first word of each field, as doctor looks at them. The server's own stands on top. */
static void note_header(void *self, struct slice block)
{
    static const char field[] = "Authentication-Results:";
    struct setup *s = self;
    struct scan c = scan_of(block);
    bool on_top = true;
    s->mails_seen++;
    while (!scan_end(&c)) {
        struct slice line = scan_line(&c);
        if (!slice_starts_nocase(line, slice_of(field)))
            continue;
        struct scan value = scan_of(slice_trim(slice_skip(line, strlen(field))));
        if (scan_end(&value)) /* folded behind the name of the field */
            value = scan_of(slice_trim(scan_line(&c)));
        bool first = note_name(s, scan_until(&value, "; \t"));
        s->tops += first && on_top;
        on_top = false;
    }
}

static void prove_mail_in(struct setup *s, struct setup_proof *p)
{
    struct conf *conf;
    struct err e = ERR_INIT;
    struct buf doubts = BUF_INIT(64 * 1024);
    const struct mailbox_probe probe = {
        .findings = &p->findings, .doubts = &doubts, .header = note_header, .self = s};
    char what[1400];
    snprintf(what, sizeof(what), "mail in (%s)", setup_get(s, A_IMAP));
    begin(s, p, what);
    buf_clear(&s->seen);
    s->mails_seen = s->tops = 0;
    if (setup_is(s, A_LOGIN, "person")) {
        doubt(p, "not proven yet: a person has to log in first\n",
              "when the settings are written: frontdesk login");
        return;
    }
    int rc = settings(s, &conf, &e);
    bool by_token = rc == 0 && conf->mailboxes[0].imap.oauth2;
    if (rc == 0)
        rc = mailbox_imap_probe(&conf->mailboxes[0], &probe, &e);
    take_doubts(p, &doubts);
    if (rc != 0)
        refute(p, MAIL_IN, by_token, &e);
    s->certificate_refused = rc != 0 && e.code == ERR_TLS;
    conf_free(&conf);
}

static void prove_mail_out(struct setup *s, struct setup_proof *p)
{
    struct conf *conf;
    struct err e = ERR_INIT;
    struct buf doubts = BUF_INIT(64 * 1024);
    char what[1400];
    snprintf(what, sizeof(what), "mail out (%s), as %s", setup_get(s, A_SMTP), setup_get(s, A_ADDRESS));
    begin(s, p, what);
    if (setup_is(s, A_LOGIN, "person")) {
        doubt(p, "not proven yet: a person has to log in first\n",
              "when the settings are written: frontdesk login");
        return;
    }
    int rc = settings(s, &conf, &e);
    bool by_token = rc == 0 && conf->mailboxes[0].smtp.oauth2;
    if (rc == 0)
        rc = outbox_smtp_probe(&conf->mailboxes[0].smtp, conf->mailboxes[0].address, &p->findings, &doubts,
                               &e);
    take_doubts(p, &doubts);
    if (rc != 0)
        refute(p, MAIL_OUT, by_token, &e);
    conf_free(&conf);
}

static bool was_seen(const struct setup *s, const char *name)
{
    struct scan c = scan_of(buf_view(&s->seen));
    while (!scan_end(&c)) {
        if (slice_eq_nocase(scan_line(&c), slice_of(name)))
            return true;
    }
    return false;
}

static void put_seen(const struct setup *s, struct buf *out)
{
    struct scan c = scan_of(buf_view(&s->seen));
    for (int i = 0; !scan_end(&c); i++) {
        struct slice name = scan_line(&c);
        buf_printf(out, "%s%.*s", i ? ", " : "", SLICE_ARG(name));
    }
}

static void prove_trust(struct setup *s, struct setup_proof *p)
{
    const char *trust = setup_get(s, A_TRUST);
    const char *name = setup_is(s, A_TRUST, "google")                    ? "mx.google.com"
                       : slice_starts(slice_of(trust), SLICE("server:")) ? trust + strlen("server:")
                                                                         : NULL;
    struct buf why = BUF_INIT(4000);
    char what[400];
    snprintf(what, sizeof(what), "whose word is taken for who sent a mail: %s", trust);
    begin(s, p, what);
    if (setup_is(s, A_TRUST, "none"))
        buf_puts(&why,
                 "anybody who can write a From line is believed: for trying it out on this machine alone");
    else if (!name)
        buf_puts(&p->findings, "Exchange Online marks what comes in; nothing to look up\n");
    else if (was_seen(s, name))
        buf_printf(&p->findings, "mail that is there carries Authentication-Results fields of %s\n", name);
    else if (s->seen.len) {
        buf_printf(&why,
                   "none of the newest %u mails carries an Authentication-Results field of %s; there are "
                   "fields of ",
                   s->mails_seen, name);
        put_seen(s, &why);
    } else if (s->mails_seen)
        buf_printf(&why, "none of the newest %u mails carries an Authentication-Results field",
                   s->mails_seen);
    else
        buf_puts(&why, "not proven: there is no mail to look at");
    p->worth_asking = why.len && s->seen.len;
    if (why.len)
        doubt(p, why.data,
              s->seen.len ? "take one of those only if it is your own mail server: anybody can write such a "
                            "field into a mail"
              : s->mails_seen
                  ? "make the mail server write that field for mail that comes in (doc/operator.md); without "
                    "it nobody is "
                    "believed"
                  : "send a mail from a colleague's account and look at the field in its header, or at what "
                    "`frontdesk explain` says about it");
    buf_release(&why);
}

/* --- Autotask --- */

struct trial {
    struct conf *conf;
    struct http http;
    struct budget *budget;
    struct autotask *at;
};

static int open_trial(struct setup *s, struct trial *t, struct err *e)
{
    *t = (struct trial){0};
    if (settings(s, &t->conf, e) != 0)
        return -1;
    struct http_options http = {.ca_file = t->conf->autotask.ca_file, .stop_fd = -1};
    if (http_curl_init(&t->http, &http, e) != 0 ||
        budget_open(&t->budget, NULL, "autotask", t->conf->autotask.in_flight,
                    t->conf->autotask.calls_per_hour, e) != 0)
        return -1;
    /* a refusal is noted for the folder: not for the one of the service, whose login may be another */
    struct autotask_options o = {
        .conf = t->conf, .http = &t->http, .budget = t->budget, .state_dir = s->scratch};
    return autotask_new(&t->at, &o, e);
}

static void close_trial(struct trial *t)
{
    autotask_free(&t->at);
    budget_close(&t->budget);
    http_release(&t->http);
    conf_free(&t->conf);
}

bool setup_prove_zone(struct setup *s, struct setup_proof *p)
{
    struct trial t;
    struct err e = ERR_INIT;
    char what[400];
    snprintf(what, sizeof(what), "Autotask: zone of %.300s", setup_get(s, A_AUTOTASK_USER));
    begin(s, p, what);
    /* the zone needs neither, but a client does */
    int rc = s->answers[A_AUTOTASK_SECRET] ? 0 : setup_stage(s, "autotask-secret", SLICE("-\n"), 0600, &e);
    if (rc == 0 && !s->answers[A_AUTOTASK_CODE])
        rc = setup_stage(s, "autotask-code", SLICE("-\n"), 0600, &e);
    t = (struct trial){0};
    if (rc == 0)
        rc = open_trial(s, &t, &e);
    if (rc == 0)
        rc = autotask_probe_zone(t.at, &p->findings, &e);
    if (rc != 0)
        refute(p, AUTOTASK, false, &e);
    if (rc != 0 && e.code == ERR_CREDENTIALS)
        snprintf(p->fix, sizeof(p->fix),
                 "give the user name (key) as Autotask shows it on the page of the API user");
    close_trial(&t);
    cli_progress(NULL);
    return true;
}

/* The lists are wanted, and no label is known yet: none is looked up. */
static int read_directory(struct setup *s, struct trial *t, struct setup_proof *p, struct err *e)
{
    struct conf *c = t->conf;
    struct buf problems = BUF_INIT(64 << 10);
    c->ticket.queue = c->ticket.triage_queue = c->ticket.status = c->ticket.priority = NULL;
    c->ticket.cancelled_status = c->ticket.category = c->ticket.company = c->ticket.source = NULL;
    cli_progress("asking Autotask for staff and labels");
    directory_unref(&s->directory);
    int rc = autotask_directory_load(t->at, &s->directory, &problems, e);
    if (rc == 0) {
        struct buf lacking = BUF_INIT(9000);
        setup_say_people(s, &p->findings, &lacking);
        if (lacking.len)
            doubt(p, lacking.data, "give each technician an active service-desk role in Autotask");
        buf_release(&lacking);
    }
    buf_release(&problems);
    return rc;
}

/* What doctor asks besides: rights that are missing, and the clock. */
static void look_closer(struct trial *t, struct setup_proof *p, struct err *e)
{
    struct buf lacks = BUF_INIT(64 << 10), hidden = BUF_INIT(64 << 10);
    size_t asked;
    int64_t ahead_ms = 0;
    cli_progress("asking Autotask for the rights of the API user");
    int rc = autotask_rights(t->at, false, &lacks, &hidden, &asked, e);
    if (rc != 0)
        refute(p, AUTOTASK, false, e);
    else if (lacks.len) {
        p->result = REFUTED;
        p->code = ERR_PERMISSION;
        buf_puts(&p->findings, lacks.data);
        snprintf(p->fix, sizeof(p->fix),
                 "give the API user the security level \"API User (system)\", or these rights");
    } else if (autotask_clock(t->at, &ahead_ms) && llabs(ahead_ms) >= WRONG_CLOCK_S * INT64_C(1000)) {
        doubt(p, "this machine's clock is not that of Autotask's server\n",
              "let this machine follow a time server: timedatectl set-ntp true");
    }
    buf_release(&lacks);
    buf_release(&hidden);
}

static void prove_autotask(struct setup *s, struct setup_proof *p)
{
    struct trial t;
    struct err e = ERR_INIT;
    begin(s, p, "Autotask: login, rights, staff, lists");
    int rc = open_trial(s, &t, &e);
    if (rc == 0)
        rc = autotask_probe(t.at, &p->findings, &e);
    if (rc == 0)
        rc = read_directory(s, &t, p, &e);
    if (rc != 0)
        refute(p, AUTOTASK, false, &e);
    else
        look_closer(&t, p, &e);
    close_trial(&t);
}

static void prove_labels(struct setup *s, struct setup_proof *p)
{
    begin(s, p, "Autotask: the labels of new tickets");
    for (size_t i = 0; s->directory && i < SETUP_ANSWERS; i++) {
        enum setup_answer id = (enum setup_answer)i;
        if (setup_questions[i].kind != ASK_LABEL || !setup_get(s, id)[0] ||
            setup_find_label(s, id, setup_get(s, id)))
            continue;
        setup_say_missing(s, id, setup_get(s, id), &p->findings);
        buf_putc(&p->findings, '\n');
        p->result = REFUTED;
        p->code = ERR_LABEL;
        snprintf(p->fix, sizeof(p->fix), "give labels as Autotask shows them");
    }
}

/* --- this machine --- */

static void prove_templates(struct setup *s, struct setup_proof *p)
{
    struct buf problems = BUF_INIT(64 << 10);
    struct templates *t = NULL;
    begin(s, p, "reply templates");
    if (templates_load(&t, setup_get(s, A_TEMPLATES), NULL, "en", &problems) != 0) {
        p->result = REFUTED;
        p->code = ERR_TEMPLATE;
        buf_printf(&p->findings, "%s", problems.data);
        snprintf(p->fix, sizeof(p->fix), "name the folder that holds the folder en; packages have it in %s",
                 FD_TEMPLATE_DIR);
    }
    templates_free(&t);
    buf_release(&problems);
}

static void (*const proofs[SETUP_STEPS])(struct setup *s, struct setup_proof *p) = {
    [STEP_MAIL_IN] = prove_mail_in,   [STEP_MAIL_OUT] = prove_mail_out, [STEP_TRUST] = prove_trust,
    [STEP_AUTOTASK] = prove_autotask, [STEP_TICKET] = prove_labels,     [STEP_HERE] = prove_templates};

void setup_prove_series(struct setup *s)
{
    for (size_t i = 0; i < SETUP_STEPS; i++)
        s->proofs += proofs[i] != NULL;
}

bool setup_prove(struct setup *s, enum setup_step step, struct setup_proof *p)
{
    if (!proofs[step] || s->cli->offline)
        return false;
    proofs[step](s, p);
    s->proofs_made++;
    if (s->proofs)
        cli_progress_hide();
    else
        cli_progress(NULL);
    return true;
}

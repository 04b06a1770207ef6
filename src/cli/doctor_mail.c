/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor_mail: each mailbox: the way in, the way out, what is believed. */
#include "../desk.h"
#include "doctor.h"
#include "frontdesk/journal.h"
#include "frontdesk/mailbox.h"
#include "frontdesk/maillogin.h"
#include "frontdesk/outbox.h"
#include "refusals.h"

#include <sys/stat.h>
#include <unistd.h>

/* The same for a mail server, in the words of its provider where they are known. */
static void report_server(struct doctor *d, const char *what, const struct conf_server *server,
                          enum doctor_area area, int rc, const struct buf *findings, const struct err *e)
{
    const struct refusal *r =
        rc == 0 ? NULL : refusal_of(area == MAIL_IN ? REFUSED_IN : REFUSED_OUT, server->oauth2, e);
    if (!r) {
        doctor_report(d, what, area, rc, findings, e);
        return;
    }
    struct buf cause = BUF_INIT(128 * 1024);
    buf_printf(&cause, "%s\n%s\n%s", e->text, r->cause, findings->data);
    doctor_bad(d, what, cause.data, r->fix);
    buf_release(&cause);
}

static void look_at_secret(struct doctor *d, const struct conf_mailbox *m)
{
    int64_t ends_ms = maillogin_ends(m), days = (ends_ms - clock_now_ms()) / (INT64_C(86400) * 1000);
    char what[300], day[32];
    clock_format_utc(ends_ms, day);
    snprintf(what, sizeof(what), "mailbox %s: the client %s ends in %lld days, on %.10s", m->name,
             m->login.certificate_file ? "certificate" : "secret", (long long)days, day);
    if (ends_ms && days <= 30)
        doctor_warn(
            d, what,
            "make a new one at the provider, put it in the place of the old one, and restart frontdesk");
}

/* Two lines each: what, and the fix. */
static void tell_doubts(struct doctor *d, const struct conf_mailbox *m, const struct buf *doubts)
{
    struct scan c = scan_of(buf_view(doubts));
    while (!scan_end(&c)) {
        struct slice line = scan_line(&c), cure = scan_line(&c);
        char what[900], fix[400];
        snprintf(what, sizeof(what), "mailbox %s: %.*s", m->name, SLICE_ARG(line));
        snprintf(fix, sizeof(fix), "%.*s", SLICE_ARG(cure));
        doctor_warn(d, what, fix);
    }
}

/* What the newest mails say about who took them in. */
struct borders {
    const char *wanted;  /* as trust names it */
    unsigned mails, fit; /* that bear a field of the wanted name */
    struct buf names;    /* the others, each once, with commas */
};

static void add_name(struct borders *b, struct slice name)
{
    name = slice_cut(slice_trim(name), 100);
    if (name.len && slice_find(buf_view(&b->names), name) < 0 && b->names.len < 400)
        buf_printf(&b->names, "%s%.*s", b->names.len ? ", " : "", SLICE_ARG(name));
}

/* The word that begins each Authentication-Results. */
static void look_at_head(void *self, struct slice block)
{
    struct borders *b = self;
    struct scan c = scan_of(block);
    bool fits = false;
    while (!scan_end(&c)) {
        struct slice line = scan_line(&c);
        if (!slice_starts_nocase(line, SLICE("Authentication-Results:")))
            continue;
        struct scan value = scan_of(slice_skip(line, strlen("Authentication-Results:")));
        scan_while(&value, " \t");
        if (scan_end(&value)) { /* it goes on in the next line */
            value = scan_of(scan_line(&c));
            scan_while(&value, " \t");
        }
        struct slice name = scan_until(&value, " \t;\r");
        fits = fits || slice_eq_nocase(name, slice_of(b->wanted));
        add_name(b, name);
    }
    b->mails++;
    b->fit += fits;
}

static void tell_borders(struct doctor *d, const struct conf_mailbox *m, struct borders *b)
{
    char what[1200];
    snprintf(what, sizeof(what),
             "mailbox %s: trust = \"server:%s\", but none of the newest %u mails has an "
             "Authentication-Results field of that name; %s%s",
             m->name, b->wanted, b->mails, b->names.len ? "they have: " : "they have no such field at all",
             b->names.data);
    if (b->mails && !b->fit)
        doctor_warn(
            d, what,
            b->names.len
                ? "if one of these is the mailbox's own server, name it in trust; fields of other names "
                  "came with the mail, and prove nothing"
                : "let the mailbox's server check mail and write that field (doc/operator.md), else "
                  "nobody is proven to be staff");
    buf_release(&b->names);
}

/* Who we are at a mailbox; "" before the first start. False: the journal does not say. */
static bool find_instance(const struct conf *conf, char out[40])
{
    struct journal_options o = {.dir = conf->journal.path, .read_only = true};
    struct journal *j;
    struct err e = ERR_INIT;
    out[0] = '\0';
    if (journal_open(&j, &o, &e) != 0)
        return e.code == ERR_NOT_FOUND;
    snprintf(out, 40, "%s", journal_instance(j));
    journal_close(&j);
    return out[0] != '\0';
}

static int probe(const struct conf_mailbox *m, enum doctor_area area, const char *instance, struct borders *b,
                 struct buf *findings, struct buf *doubts, struct err *e)
{
    const struct mailbox_probe p = {.findings = findings,
                                    .doubts = doubts,
                                    .instance = instance,
                                    .header = m->trust == CONF_TRUST_SERVER ? look_at_head : NULL,
                                    .self = b};
    return area == MAIL_IN ? mailbox_imap_probe(m, &p, e)
                           : outbox_smtp_probe(&m->smtp, m->address, findings, doubts, e);
}

static void look_at_way(struct doctor *d, const struct conf_mailbox *m, enum doctor_area area,
                        const char *instance)
{
    const struct conf_server *server = area == MAIL_IN ? &m->imap : &m->smtp;
    struct buf findings = BUF_INIT(64 * 1024), doubts = BUF_INIT(64 * 1024);
    struct borders borders = {.wanted = m->trust_server, .names = BUF_INIT(600)};
    struct err e = ERR_INIT;
    char what[900];
    snprintf(what, sizeof(what), "mailbox %s: mail %s (%s)", m->name, area == MAIL_IN ? "in" : "out",
             server->url);
    doctor_begin(d, what);
    int rc = probe(m, area, instance, &borders, &findings, &doubts, &e);
    report_server(d, what, server, area, rc, &findings, &e);
    tell_doubts(d, m, &doubts);
    tell_borders(d, m, &borders);
    buf_release(&findings);
    buf_release(&doubts);
}

static void look_at_trust(struct doctor *d, const struct conf_mailbox *m)
{
    char what[300];
    snprintf(what, sizeof(what), "mailbox %s: anybody who can write a From line is believed", m->name);
    if (m->trust == CONF_TRUST_NONE)
        doctor_warn(d, what,
                    "set trust to \"exchange-online\" or \"google\" if the mailbox is there, else to "
                    "\"server:NAME\", the name that begins the Authentication-Results field of mail in this "
                    "mailbox");
}

/* It is not run: that would be an alert. */
static void look_at_command(struct doctor *d, const char *path)
{
    struct stat st;
    char what[1200];
    snprintf(what, sizeof(what), "alerts.command %s", path);
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || access(path, X_OK) != 0)
        doctor_bad(d, what, "it is no program that frontdesk may run",
                   "name a program, mode 0755, by its whole path");
    else if ((st.st_mode & (S_IWGRP | S_IWOTH)) || (st.st_uid != 0 && st.st_uid != geteuid()))
        doctor_warn(d, what, "others than root may change that program: give it to root, mode 0755");
    else
        doctor_good(d, what, "");
}

static void look_at_alerts(struct doctor *d, const struct conf *conf)
{
    const struct conf_server *second = &conf->alerts.smtp;
    struct buf findings = BUF_INIT(64 * 1024), doubts = BUF_INIT(64 * 1024);
    struct err e = ERR_INIT;
    char what[900];
    snprintf(what, sizeof(what), "alerts.smtp: the second way out (%s)", second->url ? second->url : "");
    if (second->url) {
        doctor_begin(d, what);
        int rc = outbox_smtp_probe(second, ways_from(conf), &findings, &doubts, &e);
        report_server(d, what, second, MAIL_OUT, rc, &findings, &e);
    }
    if (conf->alerts.command.n)
        look_at_command(d, conf->alerts.command.v[0]);
    if (!conf->alerts.email && !conf->alerts.command.n)
        doctor_warn(d, "nobody is told when frontdesk is ill; the log is the only word",
                    "set alerts.email to the operator's address");
    else if (!second->url && !conf->alerts.command.n)
        doctor_warn(
            d,
            "alerts have one way out, the mailbox's mail server: when that is ill only the log and status "
            "tell",
            "set alerts.smtp to a second mail server, or alerts.command to a program for chat or pager");
    buf_release(&findings);
    buf_release(&doubts);
}

void doctor_look_at_mail(struct doctor *d, const struct conf *conf)
{
    char instance[40];
    bool known = find_instance(conf, instance);
    for (size_t i = 0; i < conf->n_mailboxes; i++) {
        const struct conf_mailbox *m = &conf->mailboxes[i];
        look_at_way(d, m, MAIL_IN, known ? instance : NULL);
        look_at_way(d, m, MAIL_OUT, NULL);
        look_at_secret(d, m);
        look_at_trust(d, m);
    }
    look_at_alerts(d, conf);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: looks at everything that can be wrong and says cause and fix. Nothing is written anywhere. */
#include "../desk.h"
#include "cli.h"

struct doctor {
    unsigned ill;
};

static void report(struct doctor *d, const char *what, int rc, const struct buf *findings,
                   const struct err *e)
{
    printf("%s  %s\n", rc == 0 ? "ok  " : "FAIL", what);
    struct scan c = scan_of(buf_view(findings));
    while (!scan_end(&c)) {
        struct slice line = scan_line(&c);
        char *text = mem_alloc(line.len + 1);
        memcpy(text, line.ptr, line.len);
        printf("      ");
        cli_print(text);
        printf("\n");
        free(text);
    }
    if (rc != 0) {
        d->ill++;
        printf("      ");
        cli_print(e->text);
        printf("\n");
    }
}

static void look_at_mailboxes(struct doctor *d, const struct conf *conf)
{
    for (size_t i = 0; i < conf->n_mailboxes; i++) {
        const struct conf_mailbox *m = &conf->mailboxes[i];
        struct buf findings = BUF_INIT(64 * 1024);
        struct err e = ERR_INIT;
        char what[300];
        snprintf(what, sizeof(what), "mailbox %s: mail in (%s)", m->name, m->imap.url);
        int rc = mailbox_imap_probe(m, &findings, &e);
        report(d, what, rc, &findings, &e);
        buf_clear(&findings);
        snprintf(what, sizeof(what), "mailbox %s: mail out (%s)", m->name, m->smtp.url);
        rc = outbox_smtp_probe(&m->smtp, m->address, &findings, &e);
        report(d, what, rc, &findings, &e);
        if (m->trust == CONF_TRUST_NONE)
            printf("warn  mailbox %s: trust = \"none\": anybody who can write a From line is believed\n",
                   m->name);
        buf_release(&findings);
    }
}

static void look_at_autotask(struct doctor *d, const struct conf *conf)
{
    struct buf findings = BUF_INIT(64 * 1024), problems = BUF_INIT(64 * 1024);
    struct err e = ERR_INIT;
    struct desk desk;
    struct desk_options o = {.conf = conf, .stop_fd = -1};
    int rc = desk_open(&desk, &o, &problems, &e);
    report(d, "templates and secrets", rc, &problems, &e);
    if (rc == 0) {
        rc = autotask_probe(desk.autotask, &findings, &e);
        report(d, "Autotask: zone, login, rights", rc, &findings, &e);
        buf_clear(&findings);
        if (rc == 0) {
            rc = desk_refresh(&desk, &findings, &e);
            struct desk_people *p = desk_people_get(&desk);
            size_t assignable = 0;
            for (size_t i = 0; p && i < p->directory->n_resources; i++)
                assignable += p->directory->resources[i].assignable;
            if (p)
                buf_printf(&findings, "%zu people in Autotask, %zu of them can be given tickets",
                           p->directory->n_resources, assignable);
            desk_people_put(&desk, p);
            report(d, "Autotask: staff, roles and the labels of [ticket]", rc, &findings, &e);
        }
    }
    desk_close(&desk);
    buf_release(&findings);
    buf_release(&problems);
}

int cmd_doctor(const struct cli *cli)
{
    struct doctor d = {0};
    struct conf *conf = cli_conf(cli);
    if (!conf)
        return EX_CONFIG;
    log_set_level(cli->log ? LOG_DEBUG : LOG_ERROR);
    printf("ok    configuration %s\n", conf->path);
    look_at_mailboxes(&d, conf);
    look_at_autotask(&d, conf);
    printf(d.ill ? "\n%u of the above must be mended.\n" : "\nAll is well.\n", d.ill);
    conf_free(&conf);
    return d.ill ? EX_UNAVAILABLE : EX_OK;
}

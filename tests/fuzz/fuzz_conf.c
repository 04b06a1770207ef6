/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_conf: any text as a configuration: a refusal has words, and what is taken keeps its promises: hosts
 * and ports to connect to, clean text, plain connections to this machine only. */
#include "fuzz.h"

#include "frontdesk/due.h"

/* libconfig's scanner forgets its buffer when a text is not closed: theirs, and once a start. */
const char *__lsan_default_suppressions(void);

const char *__lsan_default_suppressions(void)
{
    return "leak:libconfig.so\n";
}

static void check_text(const char *s)
{
    ENSURE(!s || fuzz_is_clean(slice_of(s)));
}

static void check_server(const struct conf_server *s, bool login)
{
    ENSURE(s->host && s->host[0] && strlen(s->host) < 256 && s->port != 0);
    ENSURE(!strpbrk(s->host, " /@?#\"<>\\"));
    ENSURE(s->tls != CONF_TLS_NONE || (s->insecure_plain && conf_is_loopback(s->host)));
    ENSURE(login ? s->user && s->password_file : !s->user == !s->password_file);
    check_text(s->url);
    check_text(s->user);
}

static void check(const struct conf *c)
{
    struct due_calendar cal = due_calendar_of(c);
    struct due due;
    struct err e = ERR_INIT;
    int64_t ms;
    ENSURE(c->n_mailboxes > 0 && c->firm.domains.n > 0 && c->autotask.user && c->ticket.queue);
    for (size_t i = 0; i < c->n_mailboxes; i++) {
        const struct conf_mailbox *box = &c->mailboxes[i];
        check_server(&box->imap, true);
        check_server(&box->smtp, false);
        check_text(box->inbox);
        ENSURE(strchr(box->address, '@') && conf_mailbox_by_name(c, box->name) == box);
        ENSURE(box->trust != CONF_TRUST_SERVER || box->trust_server[0]);
    }
    for (size_t i = 0; i < c->firm.domains.n; i++)
        check_text(c->firm.domains.v[i]);
    ENSURE(slice_starts_nocase(slice_of(c->autotask.zone_url), SLICE("http")));
    ENSURE(c->limits.parts > 0 && c->limits.depth > 0 && c->limits.workers > 0 && c->limits.message_size > 0);
    ENSURE(due_parse(c->ticket.due, &due, &e) == 0 && due_compute(&due, &cal, 1795536000000, &ms));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > (64 << 10))
        return 0;
    struct buf text = BUF_INIT(1 << 20), problems = BUF_INIT(1 << 20);
    buf_put(&text, data, size);
    struct conf *conf;
    int rc = conf_parse(text.data, "fuzz.conf", &conf, &problems);
    ENSURE((rc != 0) == (problems.len > 0) && (rc == 0) == (conf != NULL));
    if (conf)
        check(conf);
    conf_free(&conf);
    buf_release(&text);
    buf_release(&problems);
    return 0;
}

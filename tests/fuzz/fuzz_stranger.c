/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_stranger: a stranger never yields a plan. The input is all of a mail but what the mailbox's server put
 * on top of it, which does not say that the sender is proven; a part of the input stands as MAIL FROM within
 * that, unquoted. Whatever it is, for every trust profile: no staff, no command, no plan.
 *
 * The reading is src/understand.c's own (job_look), with people, labels and texts as in a running frontdesk;
 * that a mail with the server's proof does yield a plan there is seen before the first input.
 */
#include "../../src/desk.h"
#include "../unit/followup_tenant.h"
#include "fuzz.h"

#include <fcntl.h>
#include <stdlib.h>

#define EXCHANGE_HOP                                                                                         \
    "Received: from a.prod.outlook.com (::1) by b.namprd01.prod.outlook.com with HTTPS; Thu, 1 Jan\r\n"
#define EXCHANGE_ENTRY                                                                                       \
    "Received: from x (192.0.2.1) by c.mail.protection.outlook.com with Microsoft SMTP Server; Thu, 1 "      \
    "Jan\r\n"
#define GOOGLE_ENTRY "Received: from x ([192.0.2.1]) by mx.google.com with ESMTPS id y2; Thu, 1 Jan\r\n"
#define SERVER_ENTRY "Received: from x ([192.0.2.1]) by mx.corp.test with ESMTP; Thu, 1 Jan\r\n"

/* What the server of a profile writes; %s: MAIL FROM. */
static const struct top {
    enum conf_trust trust;
    const char *before, *from, *after; /* around MAIL FROM; `from` NULL: there is none */
} tops[] = {
    {CONF_TRUST_SERVER, "Authentication-Results: mx.corp.test; spf=pass smtp.mailfrom=", "",
     "; dmarc=fail header.from=corp.test\r\n" SERVER_ENTRY},
    {CONF_TRUST_SERVER,
     "Authentication-Results: mx.corp.test; dmarc=fail header.from=corp.test; spf=none (of ", "",
     ")\r\n" SERVER_ENTRY},
    {CONF_TRUST_SERVER, "Authentication-Results: mx.corp.test; none\r\n" SERVER_ENTRY, NULL, ""},
    {CONF_TRUST_SERVER, SERVER_ENTRY, NULL, ""}, /* the milter is down */
    {CONF_TRUST_GOOGLE,
     GOOGLE_ENTRY "Authentication-Results: mx.google.com; spf=pass (google.com: domain of x) smtp.mailfrom=",
     "", "; dmarc=fail (p=NONE) header.from=corp.test\r\n"},
    {CONF_TRUST_GOOGLE, GOOGLE_ENTRY "Authentication-Results: mx.google.com; spf=none smtp.mailfrom=x@y\r\n",
     NULL, ""},
    {CONF_TRUST_EXCHANGE,
     EXCHANGE_HOP "Authentication-Results: spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=", "",
     "; dkim=none header.d=none;dmarc=fail action=none "
     "header.from=corp.test;compauth=fail\r\n" EXCHANGE_ENTRY},
    {CONF_TRUST_EXCHANGE,
     EXCHANGE_HOP
     "Authentication-Results: spf=none; dmarc=none action=none header.from=corp.test\r\n" EXCHANGE_ENTRY,
     NULL, ""},
};

static const char settings[] =
    "firm = { name = \"Corp\"; domains = [\"corp.test\"]; timezone = \"UTC\"; };\n"
    "mailboxes = ( { name = \"desk\"; address = \"tickets@bot.test\"; trust = \"server:mx.corp.test\";\n"
    "  imap = { url = \"imaps://mail.bot.test\"; user = \"t\"; password_file = \"%s/secret\"; };\n"
    "  smtp = { url = \"smtps://mail.bot.test\"; user = \"t\"; password_file = \"%s/secret\"; }; } );\n"
    "autotask = { zone_url = \"https://zone.test/\"; user = \"api\"; secret_file = \"%s/secret\";\n"
    "  integration_code_file = \"%s/secret\"; };\n"
    "ticket = { queue = \"Help Desk\"; triage_queue = \"Triage\"; status = \"New\"; priority = \"Medium\";\n"
    "  category = \"Standard\"; due = \"next workday 17:00\"; };\n"
    "journal = { path = \"%s/none\"; };\ntemplates = \"%s/templates\";\n";

static struct desk desk;
static struct desk_people people;
static struct conf_mailbox boxes[3];

/* No process of its own here: what is under test is who is believed. */
int __wrap_cage_read(struct cage *cage, struct message *out, const struct mail_bytes *mail, bool headers_only,
                     const struct message_limits *limits, struct cage_reader **held, struct err *e);
void __wrap_cage_let_go(struct cage *cage, struct cage_reader **held, bool proven);

int __wrap_cage_read(struct cage *cage, struct message *out, const struct mail_bytes *mail, bool headers_only,
                     const struct message_limits *limits, struct cage_reader **held, struct err *e)
{
    (void)cage;
    *held = NULL;
    return reader_read(out, mail->bytes, headers_only, limits, e);
}

void __wrap_cage_let_go(struct cage *cage, struct cage_reader **held, bool proven)
{
    (void)cage, (void)held, (void)proven;
}

int __wrap_cage_texts(struct cage *cage, struct message_texts *out, const struct message *m,
                      const struct mail_bytes *mail, struct pool *pool, struct err *e);

int __wrap_cage_texts(struct cage *cage, struct message_texts *out, const struct message *m,
                      const struct mail_bytes *mail, struct pool *pool, struct err *e)
{
    (void)cage;
    return message_texts(out, m, mail, pool, e);
}

int __wrap_cage_attachments(struct cage *cage, struct attachments *out, const struct message *m,
                            const struct mail_bytes *mail, const struct attachments_options *options,
                            struct pool *pool, struct err *e);

int __wrap_cage_attachments(struct cage *cage, struct attachments *out, const struct message *m,
                            const struct mail_bytes *mail, const struct attachments_options *options,
                            struct pool *pool, struct err *e)
{
    (void)cage;
    return attachments_list(out, m, mail, options, pool, e);
}

/* True: a plan was made of it, or could have been. */
static bool acts(struct slice mail, enum conf_trust trust)
{
    struct pool *pool = pool_new((size_t)JOB_POOL_MB << 20);
    struct job_view *v = pool_alloc(pool, sizeof(*v));
    struct err e = ERR_INIT;
    *v = (struct job_view){.explained = 0};
    bool read = job_look(&desk, &boxes[trust - CONF_TRUST_SERVER], mail, NULL, false, 1795510800000, &people,
                         pool, v, &e) == 0;
    bool acts = v->has_plan || v->has_command || (read && v->gate.verdict == GATE_STAFF);
    if (read)
        message_release(&v->message);
    pool_free(&pool);
    return acts;
}

static void open_desk(void)
{
    char dir[] = "/tmp/fd-fuzz-XXXXXX", path[100];
    const char *src = getenv("FRONTDESK_SRC");
    struct buf text = BUF_INIT(1 << 16), problems = BUF_INIT(1 << 20);
    struct conf *conf = NULL;
    struct err e = ERR_INIT;
    ENSURE(mkdtemp(dir));
    snprintf(path, sizeof(path), "%s/secret", dir);
    int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    ENSURE(fd >= 0 && write(fd, "x\n", 2) == 2 && close(fd) == 0);
    buf_printf(&text, settings, dir, dir, dir, dir, dir, src ? src : ".");
    ENSURE(conf_parse(text.data, "fuzz", &conf, &problems) == 0);
    struct desk_options o = {.conf = conf, .stop_fd = -1};
    ENSURE(desk_open(&desk, &o, &problems, &e) == 0);
    fuzz_remove_dir(dir);
    people = (struct desk_people){.directory = directory_build(&tenant), .users = 2};
    people.names = names_index_new(people.directory);
    desk.people = &people;
    for (size_t i = 0; i < ARRAY_LEN(boxes); i++) {
        boxes[i] = conf->mailboxes[0];
        boxes[i].trust = CONF_TRUST_SERVER + (enum conf_trust)i;
    }
    buf_release(&text);
    buf_release(&problems);
}

static void proof_yields_a_plan(void)
{
    static const char proven[] =
        "Authentication-Results: mx.corp.test; dmarc=pass header.from=corp.test\r\n" SERVER_ENTRY
        "From: Dana <dana@corp.test>\r\nSubject: Sarah: printer\r\n\r\nhello\r\n";
    ENSURE(acts(slice_of(proven), CONF_TRUST_SERVER));
}

/* MAIL FROM is one line. */
static void put_from(struct buf *mail, struct slice from)
{
    for (size_t i = 0; i < from.len; i++)
        buf_putc(mail, (unsigned char)from.ptr[i] < 0x20 ? ' ' : from.ptr[i]);
}

/* A server that writes its word right above a mail's own first line does not let that begin with a blank: it
 * would go on with the server's. */
static bool goes_on(struct slice mail)
{
    return mail.len && (mail.ptr[0] == ' ' || mail.ptr[0] == '\t');
}

/* Exchange takes the organization's own fields off a mail from outside; the rest it leaves. */
static bool exchange_lets_in(struct slice mail)
{
    return slice_find_nocase(mail, SLICE("X-MS-Exchange-Organization-")) < 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool open;
    if (!open) {
        open_desk();
        proof_yields_a_plan();
        open = true;
    }
    struct scan c = scan_of(slice_from((const char *)data, size));
    struct slice from = slice_cut(fuzz_field(&c), 500), rest = scan_rest(&c);
    for (size_t i = 0; i < ARRAY_LEN(tops); i++) {
        const struct top *t = &tops[i];
        struct buf mail = BUF_INIT(1 << 20);
        if (t->trust == CONF_TRUST_EXCHANGE && !t->from && !exchange_lets_in(rest))
            continue;
        if (t->trust == CONF_TRUST_GOOGLE && goes_on(rest))
            continue;
        buf_puts(&mail, t->before);
        if (t->from)
            put_from(&mail, from);
        buf_puts(&mail, t->after);
        buf_slice(&mail, rest);
        ENSURE(mail.overflow || !acts(buf_view(&mail), t->trust));
        buf_release(&mail);
    }
    return 0;
}

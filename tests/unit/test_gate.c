/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gate: the attack tables of mail.md section 2. Each row is a header block or a field and what must come out.
 */
#include "frontdesk/gate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static char corp[] = "corp.test", second[] = "branch.test", extra[] = "temp@agency.test",
            bot[] = "tickets@bot.test", mx[] = "mx.corp.test";
static char *one_domain[] = {corp}, *two_domains[] = {corp, second}, *extras[] = {extra};

static void judge_as(const char *mail, enum conf_trust trust, size_t domains, bool proving,
                     struct gate_result *r)
{
    struct conf_mailbox box = {.address = bot, .trust = trust, .trust_server = mx};
    struct conf conf = {.firm = {.domains = {.v = domains == 1 ? one_domain : two_domains, .n = domains}},
                        .staff = {.extra_addresses = {.v = extras, .n = 1}},
                        .mailboxes = &box,
                        .n_mailboxes = 1};
    struct gate_context c = {
        .conf = &conf, .mailbox = &box, .message_id_host = "frontdesk.bot.test", .proving = proving};
    struct message m;
    struct err e = ERR_INIT;
    if (reader_read(&m, slice_of(mail), false, NULL, &e) != 0)
        fail_msg("%s\n%s", e.text, mail);
    gate_judge(&m, &c, r);
    message_release(&m);
}

static void judge(const char *mail, enum conf_trust trust, size_t domains, struct gate_result *r)
{
    judge_as(mail, trust, domains, false, r);
}

static void expect(const char *mail, const struct gate_result *r, enum gate_verdict v, const char *reason)
{
    if (r->verdict != v || (reason && strcmp(r->reason, reason) != 0))
        fail_msg("%s\nexpected %s/%s, got %s/%s (%s)", mail, gate_verdict_name(v), reason ? reason : "",
                 gate_verdict_name(r->verdict), r->reason, r->evidence);
    assert_true(r->evidence[0] != '\0');
}

static const struct {
    const char *from, *address, *reason;
} from_rows[] = {
    {"ceo@corp.test", "ceo@corp.test", NULL},
    {"<ceo@corp.test>", "ceo@corp.test", NULL},
    {"Ceo <CEO@Corp.Test>", "ceo@corp.test", NULL},
    {"\"Doe, John\" <john.doe@corp.test>", "john.doe@corp.test", NULL},
    {"J. Doe <j.d+x@corp.test.>", "j.d+x@corp.test", NULL},
    {"=?utf-8?Q?J=C3=B6rg?= <joerg@corp.test>", "joerg@corp.test", NULL},
    {"J\xc3\xb6rg <joerg@corp.test>", "joerg@corp.test", NULL},
    {"ceo@corp.test (The Ceo)", "ceo@corp.test", NULL},
    {"(x) ceo@corp.test", "ceo@corp.test", NULL},
    {"Ceo (boss, really; yes) <ceo@corp.test> (c)", "ceo@corp.test", NULL},
    {"ceo@corp.test <evil@x.example>", "evil@x.example", NULL},
    {"\"ceo@corp.test\" <evil@x.example>", "evil@x.example", NULL},
    {"\"Ceo <ceo@corp.test>\" <evil@x.example>", "evil@x.example", NULL},
    {"(<ceo@corp.test>) <evil@x.example>", "evil@x.example", NULL},
    {"=?utf-8?Q?ceo=40corp.test?= <evil@x.example>", "evil@x.example", NULL},
    {"O'Neil <o'neil@corp.test>", "o'neil@corp.test", NULL},
    {"ceo@corp.test.evil.example", "ceo@corp.test.evil.example", NULL},
    {"ceo@xcorp.test", "ceo@xcorp.test", NULL},
    {"\"a\" <ceo@corp.test>evil.example", NULL, "T2-after-angle"},
    {"ceo@corp.test(c)@evil.example", NULL, "T2-spaces"},
    {"a@b@corp.test", NULL, "T2-two-at"},
    {"<a@b@corp.test>", NULL, "T2-two-at"},
    {"ceo@corp.test;evil@x.example", NULL, "T2-list"},
    {"<ceo@corp.test> <evil@x.example>", NULL, "T2-after-angle"},
    {"=?utf-8?Q?Ceo_<ceo=40corp=2Etest>,?= <evil@x.example>", NULL, "T2-after-angle"},
    {"=?utf-8?Q?ceo?=@corp.test", NULL, "T2-local"},
    {"=?utf-8?Q?ceo=40corp.test?=", NULL, "T2-no-at"},
    {"Staff: ceo@corp.test, evil@x.example;", NULL, "T2-group"},
    {"Staff:;", NULL, "T2-group"},
    {"ceo@corp.test, evil@x.example", NULL, "T2-list"},
    {"Ceo <ceo@corp.test>, evil@x.example", NULL, "T2-after-angle"},
    {"<@evil.example:ceo@corp.test>", NULL, "T2-route"},
    {"\"ceo\"@corp.test", NULL, "T2-quoted-local"},
    {"<\"ceo\"@corp.test>", NULL, "T2-quoted-local"},
    {"ceo @ corp . test", NULL, "T2-spaces"},
    {"<ceo @corp.test>", NULL, "T2-local"},
    {"<ceo@ corp.test>", NULL, "T3-domain"},
    {"< ceo@corp.test>", NULL, "T2-local"},
    {"ceo@[127.0.0.1]", NULL, "T2-literal"},
    {"ceo@127.0.0.1", NULL, "T3-domain"},
    {"Ceo ceo@corp.test", NULL, "T2-spaces"},
    {"<ceo@corp.test", NULL, "T2-unclosed"},
    {"ceo@corp.test>", NULL, "T2-stray"},
    {"\"Ceo <ceo@corp.test>", NULL, "T2-unclosed"},
    {"(Ceo <ceo@corp.test>", NULL, "T2-unclosed"},
    {"<ceo(c)@corp.test>", NULL, "T2-local"},
    {"<ceo@(c)corp.test>", NULL, "T3-domain"},
    {"<ceo@corp.test(c)>", NULL, "T3-domain"},
    {"<<ceo@corp.test>>", NULL, "T2-stray"},
    {"<>", NULL, "T2-empty"},
    {"", NULL, "T2-empty"},
    {"Ceo", NULL, "T2-no-at"},
    {"@corp.test", NULL, "T2-route"},
    {"ceo@", NULL, "T3-domain"},
    {".ceo@corp.test", NULL, "T2-local"},
    {"ceo.@corp.test", NULL, "T2-local"},
    {"c..eo@corp.test", NULL, "T2-local"},
    {"ceo@corp..test", NULL, "T3-domain"},
    {"ceo@-corp.test", NULL, "T3-domain"},
    {"ceo@corp_x.test", NULL, "T3-domain"},
    {"ceo@\xd1\x81orp.test", NULL, "T1-8bit"},
    {"c\xc3\xa9o@corp.test", NULL, "T1-8bit"},
    {"ceo@corp.test\rFrom: x@y.example", NULL, "T1-control"},
    {"ceo@corp.test\x01", NULL, "T1-control"},
    {"Ceo \\<x <ceo@corp.test>", NULL, "T2-stray"},
};

static void from_attacks(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(from_rows); i++) {
        char address[256];
        const char *reason = NULL;
        bool ok = gate_parse_from(slice_of(from_rows[i].from), address, &reason);
        if (ok != (from_rows[i].address != NULL) || strcmp(address, ok ? from_rows[i].address : "") != 0 ||
            (!ok && strcmp(reason, from_rows[i].reason) != 0))
            fail_msg("%s: %s, reason %s", from_rows[i].from, address, reason ? reason : "-");
    }
    char address[256];
    const char *reason;
    assert_false(gate_parse_from(slice_from("ceo@corp.test\0@evil.example", 27), address, &reason));
    assert_string_equal(reason, "T1-nul");
    char *big = mem_alloc(4000);
    memset(big, 'a', 3000);
    assert_false(gate_parse_from(slice_of(big), address, &reason));
    free(big);
}

static void domains(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"Corp.Test", "corp.test"},
        {"corp.test.", "corp.test"},
        {"b\xc3\xbc"
         "cher.example",
         "xn--bcher-kva.example"},
        {"B\xc3\x9c"
         "CHER.example",
         "xn--bcher-kva.example"},
        {"xn--bcher-kva.example", "xn--bcher-kva.example"},
        {"\xd1\x81orp.test", NULL},
        {"xn--0", NULL},
        {"a b.test", NULL},
        {"", NULL},
        {".", NULL},
        {"corp.test..", NULL},
        {"1.2.3.4", NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char out[256];
        bool ok = gate_domain_ascii(slice_of(rows[i][0]), out);
        if (ok != (rows[i][1] != NULL) || (ok && strcmp(out, rows[i][1]) != 0))
            fail_msg("%s: %d %s", rows[i][0], ok, out);
    }
}

#define TOP                                                                                                  \
    "Authentication-Results: mx.corp.test; dmarc=pass header.from=corp.test\nReceived: from a by "           \
    "mx.corp.test; x\n"

static void whole_headers(void **state)
{
    (void)state;
    static const struct {
        const char *mail;
        enum gate_verdict verdict;
        const char *reason;
    } rows[] = {
        {TOP "From: ceo@corp.test\n\n", GATE_STAFF, "auth-pass"},
        {TOP "From: ceo@corp.test\nFrom: evil@x.example\n\n", GATE_UNPROVEN, "T1-two-from"},
        {TOP "From: evil@x.example\nfrom: ceo@corp.test\n\n", GATE_UNPROVEN, "T1-two-from"},
        {TOP "From: ceo@corp.test\nFrom : evil@x.example\n\n", GATE_UNPROVEN, "T1-two-from"},
        {TOP "From : ceo@corp.test\n\n", GATE_UNPROVEN, "T1-from-blank"},
        {TOP "\xef\xbb\xbf"
             "From: ceo@corp.test\n\n",
         GATE_UNPROVEN, "T1-no-from"},
        {TOP ">From: ceo@corp.test\n\n", GATE_UNPROVEN, "T1-no-from"},
        {TOP "Subject: x\n\n", GATE_UNPROVEN, "T1-no-from"},
        {TOP "From: ceo@corp.test, x@y.example\n\n", GATE_UNPROVEN, "T2-list"},
        {TOP "From: ceo@corp.test\nSender: bob@corp.test\n\n", GATE_STAFF, NULL},
        {TOP "From: ceo@corp.test\nSender: ceo@corp.test\n\n", GATE_STAFF, NULL},
        {TOP "From: ceo@corp.test\nSender: x@evil.example\n\n", GATE_UNPROVEN, "T6-sender"},
        {TOP "From: ceo@corp.test\nSender: <x\n\n", GATE_UNPROVEN, "T6-sender"},
        {TOP "From: ceo@corp.test\nSender: a@corp.test\nSender: b@corp.test\n\n", GATE_UNPROVEN, "T1-twice"},
        {TOP "From: ceo@corp.test\nReply-To: a@corp.test\nReply-To: b@x.test\n\n", GATE_UNPROVEN, "T1-twice"},
        {TOP "From: ceo@corp.test\nReply-To: x@evil.example\n\n", GATE_STAFF, NULL},
        {"Authentication-Results: mx.corp.test; dmarc=pass header.from=corp.test\nFrom: ceo@corp.test\n\n",
         GATE_UNPROVEN, "T10-not-delivered"},
        {TOP "From: x@sub.corp.test\n\n", GATE_STRANGER, "not-staff"},
        {TOP "From: ceo@corp.test.evil.example\n\n", GATE_STRANGER, "not-staff"},
        {TOP "From: ceo@xcorp.test\n\n", GATE_STRANGER, "not-staff"},
        {TOP "From: \"ceo@corp.test\" <evil@x.example>\n\n", GATE_STRANGER, "not-staff"},
        {"Received: from a by mx.corp.test; x\nFrom: temp@agency.test\n\n", GATE_UNPROVEN, "auth-none"},
        {"Authentication-Results: mx.corp.test; dkim=pass header.d=agency.test\nReceived: from a by "
         "mx.corp.test; x\n"
         "From: temp@agency.test\n\n",
         GATE_STAFF, NULL},
        {TOP "From: other@agency.test\n\n", GATE_STRANGER, NULL},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct gate_result r;
        judge(rows[i].mail, CONF_TRUST_SERVER, 1, &r);
        expect(rows[i].mail, &r, rows[i].verdict, rows[i].reason);
    }
}

static void trust_none(void **state)
{
    (void)state;
    struct gate_result r;
    judge("From: ceo@corp.test\n\n", CONF_TRUST_NONE, 1, &r);
    expect("none", &r, GATE_STAFF, "trust-none");
    assert_true(r.unauthenticated);
    assert_string_equal(r.address, "ceo@corp.test");
    judge("From: ceo@x.example\n\n", CONF_TRUST_NONE, 1, &r);
    expect("none", &r, GATE_STRANGER, NULL);
    assert_false(r.unauthenticated);
    judge("From: tickets+x@bot.test\n\n", CONF_TRUST_NONE, 1, &r);
    expect("none", &r, GATE_MACHINE, "own-address");
}

#define BY "Received: from a (a [192.0.2.1]) by mx.corp.test with ESMTP; Tue, 1 Jan\n"
#define AR "Authentication-Results: "
#define OK AR "mx.corp.test; dmarc=pass header.from=corp.test\n"

static const struct {
    const char *fields;
    const char *reason;
} authres_rows[] = {
    {OK BY, "auth-pass"},
    {AR "MX.Corp.Test; dmarc=PASS header.from=CORP.TEST\n" BY, "auth-pass"},
    {AR "mx.corp.test 1; dmarc=pass header.from=corp.test\n" BY, "auth-pass"},
    {AR "\"mx.corp.test\" 1 ; dmarc=pass header.from=corp.test\n" BY, "auth-pass"},
    {AR "(c) mx.corp.test (d(e)) ;\n dmarc (x) = (y) pass\n\t(p=REJECT) header.from = corp.test\n" BY,
     "auth-pass"},
    {AR "mx.corp.test; dmarc/1=pass header.from=corp.test;\n" BY, "auth-pass"},
    {AR "mx.corp.test; spf=pass smtp.mailfrom=u@d.example; dmarc=pass (p=NONE) header.from=corp.test\n" BY,
     "auth-pass"},
    {AR "mx.corp.test; dkim=pass header.d=corp.test\n" BY, "auth-pass"},
    {AR "mx.corp.test; dkim=pass reason=\"good; (sig)\" header.d=corp.test header.b=\"ab/c=\"\n" BY,
     "auth-pass"},
    {AR "mx.corp.test; dkim=pass header.i=@corp.test header.s=sel header.b=xx\n" BY, "auth-pass"},
    {AR "mx.corp.test; dkim=pass header.i=ceo@corp.test\n" BY, "auth-pass"},
    {AR "mx.corp.test; dmarc=none header.from=corp.test; dkim=pass header.d=corp.test\n" BY, "auth-pass"},
    {AR "mx.corp.test; auth=pass smtp.auth=ceo@corp.test\n" BY, "auth-pass"},
    {AR "mx.corp.test; auth=pass (PLAIN) smtp.auth=\"ceo@corp.test\" smtp.mailfrom=x@y.example\n" BY,
     "auth-pass"},
    {AR "mx.corp.test; auth=pass smtp.auth=ceo\n" BY, "auth-pass"},
    {AR "mx.corp.test; auth=pass smtp.auth=CEO@CORP.TEST\n" BY, "auth-pass"},
    {AR "mx.corp.test; dkim=none\n" OK BY, "auth-pass"},
    {OK AR "mx.corp.test; spf=fail smtp.mailfrom=z\n" BY, "auth-pass"},
    {OK AR "other.test; dmarc=fail header.from=corp.test\n" BY, "auth-pass"},
    {AR "mx.corp.test; dkim=pass header.d=corp.test; dkim=fail header.d=list.example\n" BY, "auth-pass"},
    {AR "mx.corp.test; dkim=fail header.d=corp.test; dmarc=pass header.from=corp.test\n" BY, "auth-pass"},
    {OK "Received: from by by mx.corp.test with X; y\n", "auth-pass"},
    {"Received: from x by lmtp.corp.test; y\n" OK BY, "auth-pass"},
    {OK BY AR "mx.corp.test; dmarc=fail header.from=corp.test\n", "auth-pass"},
    /* nothing there */
    {BY, "auth-none"},
    {AR "mx.corp.test; none\n" BY, "auth-none"},
    {AR "mx.corp.test\n" BY, "auth-none"},
    {AR "mx.corp.test; dmarc=none header.from=corp.test\n" BY, "auth-none"},
    {AR "mx.corp.test; spf=pass smtp.mailfrom=corp.test\n" BY, "auth-none"},
    {AR "mx.corp.test; dkim=pass header.d=mailer.example\n" BY, "auth-none"},
    {AR "mx.corp.test; dkim=pass header.d=sub.corp.test\n" BY, "auth-none"},
    {AR "mx.corp.test; dkim=pass header.d=evil.example header.i=@corp.test\n" BY, "auth-none"},
    {AR "mx.corp.test; dkim=pass header.i=@evilcorp.test\n" BY, "auth-none"},
    {AR "mx.corp.test; dkim=pass\n" BY, "auth-none"},
    {AR "mx.corp.test; arc=pass header.from=corp.test\n" BY, "auth-none"},
    {AR "mx.corp.test; compauth=pass header.from=corp.test\n" BY, "auth-none"},
    {"ARC-Authentication-Results: i=1; mx.corp.test; dmarc=pass header.from=corp.test\n" BY, "auth-none"},
    {"X-Authentication-Results: mx.corp.test; dmarc=pass header.from=corp.test\n" BY, "auth-none"},
    {"Received-SPF: pass (mx.corp.test)\n" BY, "auth-none"},
    /* other ids */
    {AR "mx.corp.test.evil.example; dmarc=pass header.from=corp.test\n" BY, "auth-none"},
    {AR "evil.mx.corp.test; dmarc=pass header.from=corp.test\n" BY, "auth-none"},
    {AR "corp.test; dmarc=pass header.from=corp.test\n" BY, "auth-none"},
    {AR "x mx.corp.test; dmarc=pass header.from=corp.test\n" BY, "auth-none"},
    {AR "evil (mx.corp.test); dmarc=pass header.from=corp.test\n" BY, "auth-none"},
    {AR "(mx.corp.test;) evil; dmarc=pass header.from=corp.test\n" BY, "auth-none"},
    {AR "dmarc=pass header.from=corp.test\n" BY, "auth-none"},
    /* smuggling in comments and quotes */
    {AR "mx.corp.test; spf=none (dmarc=pass header.from=corp.test)\n" BY, "auth-none"},
    {AR "mx.corp.test; spf=none (a; dmarc=pass header.from=corp.test;)\n" BY, "auth-none"},
    {AR "mx.corp.test; spf=none (a \\) ; dmarc=pass header.from=corp.test)\n" BY, "auth-none"},
    {AR "mx.corp.test; spf=none ((a) ; dmarc=pass header.from=corp.test)\n" BY, "auth-none"},
    {AR "mx.corp.test; spf=pass smtp.mailfrom=\"a; dmarc=pass header.from=corp.test\"@evil.example\n" BY,
     "auth-none"},
    {AR "mx.corp.test; spf=fail smtp.mailfrom=\"a\\\"; dmarc=pass header.from=corp.test; \"\n" BY,
     "auth-none"},
    {AR "mx.corp.test; spf=fail reason=\"dmarc=pass header.from=corp.test\"\n" BY, "auth-none"},
    {AR "mx.corp.test; spf=none (open dmarc=pass header.from=corp.test\n" BY, "auth-malformed"},
    {AR "mx.corp.test; dmarc=pass header.from=\"corp.test\n" BY, "auth-malformed"},
    {AR "mx.corp.test; dmarc=pass header.from=corp.test\"x\"\n" BY, "auth-malformed"},
    {AR "mx.corp.test; dmarc=pass header.from\n" BY, "auth-malformed"},
    {AR "mx.corp.test; =pass header.from=corp.test\n" BY, "auth-malformed"},
    {AR "mx.corp.test; dmarc=pass, header.from=corp.test\n" BY, "auth-malformed"},
    {AR "mx.corp.test; none; dmarc\n" BY, "auth-malformed"},
    {OK AR "mx.corp.test; ((((\n" BY, "auth-malformed"},
    /* MAIL FROM smuggling past a border that does not quote: the true verdict contradicts it */
    {AR "mx.corp.test; spf=pass smtp.mailfrom=a; dmarc=pass header.from=corp.test; dmarc=fail "
        "header.from=corp.test\n" BY,
     "auth-conflict"},
    {AR "mx.corp.test; dmarc=pass header.from=corp.test; dmarc=pass header.from=evil.example\n" BY,
     "auth-conflict"},
    {AR "mx.corp.test; dmarc=pass header.from=corp.test header.from=evil.example\n" BY, "auth-conflict"},
    {AR "mx.corp.test; dkim=pass header.d=corp.test; dkim=fail header.d=corp.test\n" BY, "auth-conflict"},
    {AR "mx.corp.test; auth=pass smtp.auth=ceo@corp.test smtp.auth=bob@corp.test\n" BY, "auth-conflict"},
    {AR "mx.corp.test; auth=pass smtp.auth=ceo; auth=pass smtp.auth=bob\n" BY, "auth-conflict"},
    /* fails */
    {AR "mx.corp.test; dmarc=fail header.from=corp.test\n" BY, "auth-fail"},
    {AR "mx.corp.test; dmarc=pass header.from=evil.example\n" BY, "auth-fail"},
    {AR "mx.corp.test; dmarc=pass header.from=sub.corp.test\n" BY, "auth-fail"},
    {AR "mx.corp.test; dmarc=pass\n" BY, "auth-fail"},
    {AR "mx.corp.test; dmarc=pass header.d=corp.test\n" BY, "auth-fail"},
    {AR "mx.corp.test; dmarc=temperror header.from=corp.test; dkim=pass header.d=corp.test\n" BY,
     "auth-fail"},
    {AR "mx.corp.test; dmarc=permerror header.from=corp.test\n" BY, "auth-fail"},
    {AR "mx.corp.test; dmarc=passed header.from=corp.test\n" BY, "auth-fail"},
    {AR "mx.corp.test; dkim=fail header.d=corp.test\n" BY, "auth-fail"},
    {OK AR "mx.corp.test; dmarc=fail header.from=corp.test\n" BY, "auth-fail"},
    {AR "mx.corp.test; dkim=fail header.d=corp.test\n" OK BY, "auth-fail"},
    {AR "mx.corp.test; auth=pass smtp.auth=bob@corp.test\n" BY, "auth-fail"},
    {AR "mx.corp.test; auth=pass smtp.auth=bob\n" BY, "auth-fail"},
    {AR "mx.corp.test; auth=pass smtp.auth=ceo@branch.test\n" BY, "auth-fail"},
    {AR "mx.corp.test; auth=pass\n" BY, "auth-fail"},
    {AR "mx.corp.test; auth=fail smtp.auth=ceo@corp.test\n" BY, "auth-fail"},
    /* place */
    {BY OK, "auth-forged"},
    {BY "Received: from x by y; z\n" OK, "auth-forged"},
    {BY OK BY, "auth-forged"},
    {OK "Received: from a by other.test; z\n", "auth-no-border"},
    {OK "Received: from mx.corp.test by other.test; z\n", "auth-no-border"},
    {OK "Received: from x (by mx.corp.test) by other.test; z\n", "auth-no-border"},
    {OK "Received: from by mx.corp.test; z\n", "auth-no-border"},
    {OK "Received: from x by mx.corp.test.evil.example; z\n", "auth-no-border"},
};

static void authentication_results(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(authres_rows); i++) {
        struct gate_result r;
        struct buf mail = BUF_INIT(10000);
        buf_printf(&mail, "%sFrom: Ceo <ceo@corp.test>\nSubject: x\n\nhello\n", authres_rows[i].fields);
        judge(mail.data, CONF_TRUST_SERVER, 1, &r);
        expect(mail.data, &r, strcmp(authres_rows[i].reason, "auth-pass") == 0 ? GATE_STAFF : GATE_UNPROVEN,
               authres_rows[i].reason);
        buf_release(&mail);
    }
    struct gate_result r;
    static const char bare[] = AR "mx.corp.test; auth=pass smtp.auth=ceo\n" BY "From: ceo@corp.test\n\n";
    judge(bare, CONF_TRUST_SERVER, 2, &r);
    expect("bare user, two domains", &r, GATE_UNPROVEN, "auth-fail");
}

static const struct {
    const char *fields, *reason; /* NULL: a person, must pass */
} machine_rows[] = {
    {"Return-Path: <>\n", "null-sender"},
    {"Return-Path: < >\n", "null-sender"},
    {"Return-Path: <ceo@corp.test>\nReturn-Path: <>\n", NULL},
    {"Return-Path: <ceo@corp.test>\n", NULL},
    {"Auto-Submitted: auto-replied\n", "auto-submitted"},
    {"Auto-Submitted: (c) AUTO-generated; x=y\n", "auto-submitted"},
    {"auto-submitted: auto-notified\n", "auto-submitted"},
    {"Auto-Submitted: no\n", NULL},
    {"Auto-Submitted: (auto-replied) no; x=auto-replied\n", NULL},
    {"Auto-Submitted: no\nAuto-Submitted: auto-replied\n", "auto-submitted"},
    {"Precedence: bulk\n", "precedence"},
    {"Precedence: List\n", "precedence"},
    {"Precedence: junk\n", "precedence"},
    {"Precedence: auto_reply\n", "precedence"},
    {"Precedence: first-class\n", NULL},
    {"List-Id: <x.y>\n", "list"},
    {"List-Unsubscribe: <mailto:x@y>\n", "list"},
    {"List-Post: NO\n", "list"},
    {"List-Help: <x>\n", "list"},
    {"List-Archive: <x>\n", "list"},
    {"Mailing-List: contact x\n", "list"},
    {"X-BeenThere: x@y\n", "list"},
    {"Feedback-ID: a:b\n", "list"},
    {"X-List: of things\n", NULL},
    {"X-Auto-Response-Suppress: All\n", "suppress"},
    {"X-Auto-Response-Suppress: DR, AutoReply\n", "suppress"},
    {"X-Auto-Response-Suppress: OOF\n", NULL},
    {"X-Auto-Response-Suppress: DR, RN\n", NULL},
    {"X-Auto-Response-Suppress: None\n", NULL},
    {"X-Auto-Response-Suppress: OOF\nSubject: Automatic reply: x\n", "weak-signs"},
    {"Subject: Automatic reply: the printer says this\n", NULL},
    {"Subject: Undeliverable: Sarah please look\n", NULL},
    {"Subject: Out of office board is broken\n", NULL},
    {"Subject: Read: the manual\n", NULL},
    {"X-Autoreply: yes\n", "auto-reply"},
    {"X-Autorespond: x\n", "auto-reply"},
    {"X-Mail-Autoreply: x\n", "auto-reply"},
    {"X-Vacation: x\n", "auto-reply"},
    {"X-Loop: x@y\n", "loop"},
    {"X-MS-Exchange-Inbox-Rules-Loop: x@y\n", "loop"},
    {"X-Failed-Recipients: x@y\n", "bounce"},
    {"X-Cron-Env: <SHELL=/bin/sh>\n", "cron"},
    {"Delivered-To: Autoresponder\n", "auto-reply"},
    {"Delivered-To: tickets@bot.test\n", NULL},
    {"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n", "report"},
    {"Content-Type: message/delivery-status\n", "report"},
    {"Content-Type: text/calendar; method=REPLY\n", "calendar-answer"},
    {"Content-Type: text/calendar; method=Cancel\n", "calendar-answer"},
    {"Content-Type: text/calendar; method=REQUEST\n", NULL},
    {"Content-Type: multipart/mixed; boundary=report\n", NULL},
    {"Sender: no-reply@corp.test\n", "robot-sender"},
    {"Sender: list-bounces@corp.test\n", "robot-sender"},
    {"Sender: owner-list@corp.test\n", "robot-sender"},
    {"Sender: bounces+123@corp.test\n", "robot-sender"},
    {"Sender: replyteam@corp.test\n", NULL},
    {"Sender: homeowner@corp.test\n", NULL},
    {"Sender: rooter@corp.test\n", NULL},
    {"Sender: tickets@bot.test\n", "own-address"},
    {"Reply-To: Tickets+abc@BOT.test\n", "own-address"},
    {"Return-Path: <tickets@bot.test>\n", "own-address"},
    {"Reply-To: tickets2@bot.test\n", NULL},
    {"Message-ID: <1.2@frontdesk.bot.test>\n", "own-id"},
    {"Message-ID: <1.2@xfrontdesk.bot.test>\n", NULL},
    {"In-Reply-To: <1.2@frontdesk.bot.test>\nReferences: <1.2@frontdesk.bot.test>\n", NULL},
    {"X-Mailer: vacation planner\nImportance: high\nX-Priority: 1\n", NULL},
};

static void machines(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(machine_rows); i++) {
        struct gate_result r;
        struct buf mail = BUF_INIT(10000);
        buf_printf(&mail, TOP "%sFrom: Ceo <ceo@corp.test>\n\nhello\n", machine_rows[i].fields);
        judge(mail.data, CONF_TRUST_SERVER, 1, &r);
        expect(mail.data, &r, machine_rows[i].reason ? GATE_MACHINE : GATE_STAFF, machine_rows[i].reason);
        buf_release(&mail);
    }
    static const char *const robots[] = {"MAILER-DAEMON@x.test",
                                         "<noreply@corp.test>",
                                         "root@corp.test",
                                         "=?utf-8?q?Post?= <postmaster@corp.test>",
                                         "MAILER-DAEMON (Mail) <mailer-daemon@x>",
                                         "x-request@corp.test"};
    for (size_t i = 0; i < ARRAY_LEN(robots); i++) {
        struct gate_result r;
        struct buf mail = BUF_INIT(10000);
        buf_printf(&mail, TOP "From: %s\n\nhello\n", robots[i]);
        judge(mail.data, CONF_TRUST_SERVER, 1, &r);
        expect(mail.data, &r, GATE_MACHINE, "robot-sender");
        buf_release(&mail);
    }
}

static void loops_are_cut(void **state)
{
    (void)state;
    struct buf mail = BUF_INIT(100000);
    buf_puts(&mail, "Authentication-Results: mx.corp.test; dmarc=pass header.from=corp.test\n");
    for (int i = 0; i < 26; i++)
        buf_puts(&mail, BY);
    buf_puts(&mail, "From: ceo@corp.test\n\nx\n");
    struct gate_result r;
    judge(mail.data, CONF_TRUST_SERVER, 1, &r);
    expect("26 hops", &r, GATE_MACHINE, "many-hops");
    buf_release(&mail);
}

static void test_mails(void **state)
{
    static const struct {
        const char *subject;
        enum gate_test side;
    } rows[] = {
        {"frontdesk-test-7kq2m4xw-in", GATE_TEST_INSIDE},
        {"Frontdesk-Test-7KQ2M4XW-OUT", GATE_TEST_OUTSIDE},
        {" [EXTERNAL] frontdesk-test-7kq2m4xw-out ", GATE_TEST_OUTSIDE},
        {"**EXTERNAL** (EXT) frontdesk-test-7kq2m4xw-out", GATE_TEST_OUTSIDE},
        {"*** SPAM *** frontdesk-test-7kq2m4xw-out", GATE_TEST_OUTSIDE},
        {"External: frontdesk-test-7kq2m4xw-out", GATE_TEST_OUTSIDE},
        {"Re: frontdesk-test-7kq2m4xw-in", GATE_TEST_NONE},
        {"Sarah: frontdesk-test-7kq2m4xw-in", GATE_TEST_NONE},
        {"frontdesk-test-7kq2m4xw-in fails", GATE_TEST_NONE},
        {"frontdesk-test-7kq2m4x-in", GATE_TEST_NONE},
        {"frontdesk-test-7kq2m4xw-inn", GATE_TEST_NONE},
        {"frontdesk-test-7kq2m-xw-in", GATE_TEST_NONE},
        {"frontdesk-test-", GATE_TEST_NONE},
        {"[frontdesk-test-7kq2m4xw-in", GATE_TEST_NONE},
        {"", GATE_TEST_NONE},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct slice code;
        if (gate_test_mail(slice_of(rows[i].subject), &code) != rows[i].side)
            fail_msg("%s", rows[i].subject);
        assert_int_equal(code.len, rows[i].side ? GATE_TEST_CODE : 0);
    }
    /* machine mail for the flow, whoever sent it; judged as any other while it is being proved */
    struct gate_result r;
    static const char mail[] = TOP "From: ceo@corp.test\nSubject: [EXT] frontdesk-test-7kq2m4xw-in\n\nx\n";
    judge(mail, CONF_TRUST_SERVER, 1, &r);
    expect("a test mail", &r, GATE_MACHINE, "test-mail");
    judge_as(mail, CONF_TRUST_SERVER, 1, true, &r);
    expect("a test mail, proving", &r, GATE_STAFF, "auth-pass");
    assert_true(r.border == 2 && r.counted == 1 && r.forged == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_attacks),  cmocka_unit_test(domains),
        cmocka_unit_test(whole_headers), cmocka_unit_test(trust_none),
        cmocka_unit_test(machines),      cmocka_unit_test(authentication_results),
        cmocka_unit_test(loops_are_cut), cmocka_unit_test(test_mails),
    };
    return cmocka_run_group_tests_name("gate", tests, NULL, NULL);
}

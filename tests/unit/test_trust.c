/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gate: the trust profiles of the big providers against forgers: each row is a header block as it would lie
 * in the mailbox, and what must come out. Shapes of true mail: mail.md 2.3, 2.4. */
#include "frontdesk/gate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define AR   "Authentication-Results: "
#define FROM "From: Ceo <ceo@corp.test>\n"
/* Exchange Online: two hops inside, then the one by which the mail came in */
#define IN1                                                                                                  \
    "Received: from SJ0PR01MB1.namprd01.prod.outlook.com (::1) by BN9PR01MB2.namprd01.prod.outlook.com "     \
    "with HTTPS; Thu, 1 Jan\n"
#define IN2                                                                                                  \
    "Received: from BN8NAM11FT050.eop-nam11.prod.protection.outlook.com (2603::1) by "                       \
    "BN9PR03CA0099.outlook.office365.com (2603::2) "                                                         \
    "with Microsoft SMTP Server; Thu, 1 Jan\n"
#define ENTRY                                                                                                \
    "Received: from mail.corp.test (203.0.113.1) by BN8NAM11FT050.mail.protection.outlook.com "              \
    "(10.13.177.1) with Microsoft SMTP "                                                                     \
    "Server; Thu, 1 Jan\n"
#define FOREIGN     "Received: from laptop ([192.0.2.7]) by mail.corp.test with ESMTPSA; Thu, 1 Jan\n"
#define MS(results) IN1 IN2 AR results "\n" ENTRY
#define SPF         "spf=pass (sender IP is 203.0.113.1) smtp.mailfrom=corp.test; "
#define DKIM        "dkim=pass (signature was verified) header.d=corp.test;"
#define DMARC       "dmarc=pass action=none header.from=corp.test;"
#define COMP        "compauth=pass reason=100"
#define NONE        "dkim=none (message not signed) header.d=none;dmarc=none action=none header.from=corp.test;"
#define AS(x)       "X-MS-Exchange-Organization-AuthAs: " x "\n"
#define SOURCE(x)   "X-MS-Exchange-Organization-AuthSource: " x "\n"
#define INTERNAL    AS("Internal") SOURCE("SJ0PR01MB1.namprd01.prod.outlook.com")
/* Google: its own inner hop, the hop by which the mail came in, its two verdicts */
#define G0 "Delivered-To: tickets@bot.test\nReceived: by 2002:a05:6402:1 with SMTP id x1; Thu, 1 Jan\n"
#define G1                                                                                                   \
    "Received: from mail.corp.test (mail.corp.test. [203.0.113.1]) by mx.google.com with ESMTPS id y2; "     \
    "Thu, 1 Jan\n"
#define GSPF                                                                                                 \
    "Received-SPF: pass (google.com: domain of ceo@corp.test designates 203.0.113.1 as permitted sender)\n"
#define GAR(results) AR "mx.google.com; " results "\n"
#define GPASS                                                                                                \
    GAR("dkim=pass header.i=@corp.test header.s=s header.b=xx; dmarc=pass (p=REJECT sp=REJECT dis=NONE) "    \
        "header.from=corp.test")
#define GNONE GAR("spf=softfail (google.com: domain of transitioning) smtp.mailfrom=x@evil.example")

struct row {
    const char *what, *fields;
    const char *reason; /* begins with "auth-pass" or "auth-internal": staff */
};

static const struct row exchange_rows[] = {
    {"checked by Exchange, from outside", MS(SPF DKIM DMARC COMP) FOREIGN FROM, "auth-pass"},
    {"as above, nothing before it", MS(SPF DKIM DMARC COMP) FROM, "auth-pass"},
    {"above all hops", AR SPF DMARC "\n" IN1 ENTRY FROM, "auth-pass"},
    {"other order, capitals",
     MS("DMARC=PASS action=none header.from=CORP.TEST; SPF=pass smtp.mailfrom=corp.test") FROM, "auth-pass"},
    {"DKIM broken by a disclaimer, DMARC by SPF",
     MS(SPF "dkim=fail (body hash did not verify) header.d=corp.test;" DMARC COMP) FROM, "auth-pass"},
    {"implied pass beside an explicit one", MS(SPF DMARC "compauth=softpass reason=202") FROM, "auth-pass"},
    {"inside the tenant", IN1 FROM INTERNAL, "auth-internal"},
    {"inside, with the results that say nothing", IN1 AR NONE "\n" FROM INTERNAL, "auth-internal"},
    {"inside, passed by the protection servers", MS(SPF NONE "compauth=none") FROM INTERNAL, "auth-internal"},
    {"inside, blanks and case", IN1 FROM AS(" internal ") SOURCE(" SJ0PR01MB1.NAMPRD01.PROD.OUTLOOK.COM "),
     "auth-internal"},
    /* what Exchange did not prove */
    {"no results at all", IN1 IN2 ENTRY FROM, "auth-none"},
    {"no DMARC at the domain", MS(SPF NONE COMP) FROM, "auth-none"},
    {"SPF alone", MS(SPF "compauth=pass reason=101") FROM, "auth-none"},
    {"DKIM alone is no verdict of Exchange", MS(SPF DKIM COMP) FROM, "auth-none"},
    {"compauth alone may be implied", MS("spf=none smtp.mailfrom=corp.test; compauth=pass reason=702") FROM,
     "auth-none"},
    {"ARC overrode", MS("spf=fail smtp.mailfrom=corp.test; arc=pass; compauth=pass reason=130") FROM,
     "auth-none"},
    {"results of another server on top",
     IN1 IN2 AR "mx.evil.example; dmarc=pass header.from=corp.test\n" ENTRY FROM, "auth-none"},
    {"a border that says corp.test in the id",
     IN1 IN2 AR "corp.test; dmarc=pass header.from=corp.test\n" ENTRY FROM, "auth-none"},
    {"kept under the other name", IN1 IN2 ENTRY "Authentication-Results-Original: " SPF DMARC "\n" FROM,
     "auth-none"},
    {"ARC's copy", IN1 IN2 "ARC-Authentication-Results: i=1; " DMARC "\n" ENTRY FROM, "auth-none"},
    /* what it refused */
    {"DMARC failed",
     MS("spf=fail smtp.mailfrom=evil.example; dkim=none header.d=none;dmarc=fail action=oreject "
        "header.from=corp.test;"
        "compauth=none reason=451") FROM,
     "auth-fail"},
    {"direct send",
     MS("spf=fail (sender IP is 192.0.2.9) smtp.mailfrom=corp.test; " NONE "compauth=fail reason=601") FROM,
     "auth-fail"},
    {"direct send that calls itself Internal: the results outweigh",
     MS("spf=fail smtp.mailfrom=corp.test; " NONE "compauth=fail reason=601") FROM INTERNAL, "auth-fail"},
    {"pass of another domain", MS(SPF "dmarc=pass action=none header.from=evil.example;" COMP) FROM,
     "auth-fail"},
    {"pass of a subdomain", MS(SPF "dmarc=pass action=none header.from=x.corp.test;" COMP) FROM, "auth-fail"},
    {"pass of a domain that ends so", MS(SPF "dmarc=pass action=none header.from=evilcorp.test;" COMP) FROM,
     "auth-fail"},
    {"temporary error", MS(SPF "dmarc=temperror action=none header.from=corp.test;" COMP) FROM, "auth-fail"},
    {"pass, but composite fail", MS(SPF DMARC "compauth=fail reason=001") FROM, "auth-conflict"},
    {"two DMARC results", MS(SPF DMARC "dmarc=fail action=none header.from=corp.test;") FROM,
     "auth-conflict"},
    {"smuggled through MAIL FROM, unquoted",
     MS("spf=pass smtp.mailfrom=a; dmarc=pass header.from=corp.test; dmarc=fail "
        "header.from=corp.test") FROM,
     "auth-conflict"},
    {"smuggled through MAIL FROM, quoted",
     MS("spf=fail smtp.mailfrom=\"a; dmarc=pass header.from=corp.test\"@evil.example; dmarc=fail "
        "header.from=corp.test") FROM,
     "auth-fail"},
    {"smuggled in a comment",
     MS("spf=fail (dmarc=pass header.from=corp.test) smtp.mailfrom=evil.example") FROM, "auth-none"},
    {"a comment that never ends", MS("spf=fail (sender IP is dmarc=pass header.from=corp.test") FROM,
     "auth-malformed"},
    /* forged places */
    {"brought along, below the entry", IN1 IN2 ENTRY AR SPF DMARC "\n" FROM, "auth-forged"},
    {"brought along, with a forged entry below it", IN1 IN2 ENTRY AR SPF DMARC "\n" ENTRY FROM,
     "auth-forged"},
    {"brought along, true results fail",
     MS("spf=fail smtp.mailfrom=evil.example; dmarc=fail header.from=corp.test") AR SPF DMARC "\n" FROM,
     "auth-fail"},
    {"brought along, true results say nothing", MS(SPF NONE "compauth=none") AR SPF DMARC "\n" FROM,
     "auth-none"},
    {"no hop from outside: any field may be brought along", IN1 AR SPF DMARC "\n" FROM, "auth-forged"},
    {"not at Microsoft", AR SPF DMARC "\n" FOREIGN FROM, "auth-no-border"},
    {"not at Microsoft, forged hops below", FOREIGN MS(SPF DMARC) FROM, "auth-no-border"},
    {"not at Microsoft, calls itself Internal", FOREIGN IN1 FROM INTERNAL, "auth-no-border"},
    {"a host that ends nearly so",
     "Received: from x by a.prod.outlook.com.evil.example; y\n" AR SPF DMARC "\n" FROM INTERNAL,
     "auth-no-border"},
    {"a host that ends so without a dot",
     "Received: from x by evilprod.outlook.com; y\n" AR SPF DMARC "\n" FROM INTERNAL, "auth-no-border"},
    {"the sender's host is called so",
     "Received: from a.prod.outlook.com by mx.evil.example; y\n" AR SPF DMARC "\n" FROM INTERNAL,
     "auth-no-border"},
    {"a greeting called \"by\"", "Received: from by (x) by mx.evil.example; y\n" FROM INTERNAL,
     "auth-no-border"},
    {"a comment called by", "Received: from x (by a.prod.outlook.com) by mx.evil.example; y\n" FROM INTERNAL,
     "auth-no-border"},
    /* forged words about the inside */
    {"anonymous",
     MS(SPF NONE "compauth=none") FROM AS("Anonymous") SOURCE("SJ0PR01MB1.namprd01.prod.outlook.com"),
     "auth-none"},
    {"a partner", IN1 FROM AS("Partner") SOURCE("SJ0PR01MB1.namprd01.prod.outlook.com"), "auth-none"},
    {"external", IN1 FROM AS("External") SOURCE("SJ0PR01MB1.namprd01.prod.outlook.com"), "auth-none"},
    {"no source", IN1 FROM AS("Internal"), "auth-none"},
    {"a source elsewhere", IN1 FROM AS("Internal") SOURCE("mail.evil.example"), "auth-none"},
    {"a source that ends nearly so", IN1 FROM AS("Internal") SOURCE("a.prod.outlook.com.evil.example"),
     "auth-none"},
    {"twice", IN1 AS("Internal") FROM INTERNAL, "auth-none"},
    {"two that differ", IN1 AS("Anonymous") FROM INTERNAL, "auth-none"},
    {"two sources", IN1 SOURCE("mail.evil.example") FROM INTERNAL, "auth-none"},
    {"below a hop outside Microsoft", IN1 FOREIGN FROM INTERNAL, "auth-none"},
    {"with a comment", IN1 FROM AS("Internal (yes)") SOURCE("SJ0PR01MB1.namprd01.prod.outlook.com"),
     "auth-none"},
    {"internal in the sender's own tenant",
     MS(SPF NONE "compauth=none") FROM "X-MS-Exchange-CrossTenant-AuthAs: Internal\n"
                                       "X-MS-Exchange-CrossTenant-AuthSource: a.prod.outlook.com\n",
     "auth-none"},
    {"no hop at all", FROM INTERNAL, "T10-not-delivered"},
    {"two From fields", MS(SPF DMARC) FROM FROM, "T1-two-from"},
    {"the address in the name only", MS(SPF DMARC) "From: \"ceo@corp.test\" <ceo@evil.example>\n",
     "not-staff"},
    {"Sender elsewhere", MS(SPF DMARC) "Sender: x@evil.example\n" FROM, "T6-sender"},
};

static const struct row google_rows[] = {
    {"as Google delivers", G0 G1 GSPF GPASS FOREIGN FROM, "auth-pass"},
    {"results above Google's hop", GPASS G0 G1 FROM, "auth-pass"},
    {"no Received-SPF", G0 G1 GPASS FROM, "auth-pass"},
    {"inside the Workspace: DKIM only",
     G0 G1 GSPF GAR("dkim=pass header.i=@corp.test header.s=google header.b=xx") FROM, "auth-pass"},
    {"DKIM by header.d", G0 G1 GSPF GAR("dkim=pass header.d=corp.test") FROM, "auth-pass"},
    {"a list signed too",
     G0 G1 GSPF GAR("dkim=pass header.i=@corp.test; dkim=pass header.i=@list.example; spf=pass "
                    "smtp.mailfrom=l@list.example") FROM,
     "auth-pass"},
    /* not proven */
    {"no results", G0 G1 GSPF FROM, "auth-none"},
    {"SPF alone", G0 G1 GSPF GAR("spf=pass smtp.mailfrom=ceo@corp.test") FROM, "auth-none"},
    {"signed by the sender's provider",
     G0 G1 GSPF GAR("dkim=pass header.i=@mailer.example; spf=pass smtp.mailfrom=x@mailer.example") FROM,
     "auth-none"},
    {"signed by a subdomain", G0 G1 GSPF GAR("dkim=pass header.i=@x.corp.test") FROM, "auth-none"},
    {"signed by Google's own default",
     G0 G1 GSPF GAR("dkim=pass header.i=@corp-test.20230601.gappssmtp.com") FROM, "auth-none"},
    {"logged in somewhere", G0 G1 GSPF GAR("auth=pass smtp.auth=ceo@corp.test") FROM, "auth-none"},
    {"ARC's copy",
     G0 "ARC-Authentication-Results: i=1; mx.google.com; dmarc=pass header.from=corp.test\n" G1 GSPF FROM,
     "auth-none"},
    {"results of another server", G0 G1 GSPF AR "mx.evil.example; dmarc=pass header.from=corp.test\n" FROM,
     "auth-none"},
    {"an id that ends so", G0 G1 GSPF AR "evil.mx.google.com; dmarc=pass header.from=corp.test\n" FROM,
     "auth-none"},
    {"an id that begins so",
     G0 G1 GSPF AR "mx.google.com.evil.example; dmarc=pass header.from=corp.test\n" FROM, "auth-none"},
    {"original kept by a forwarder",
     G0 G1 GSPF "X-Original-Authentication-Results: mx.google.com; dmarc=pass header.from=corp.test\n" FROM,
     "auth-none"},
    /* refused */
    {"DMARC failed", G0 G1 GSPF GAR("dmarc=fail (p=NONE sp=NONE dis=NONE) header.from=corp.test") FROM,
     "auth-fail"},
    {"DKIM good, DMARC of another domain",
     G0 G1 GSPF GAR("dkim=pass header.i=@evil.example; dmarc=pass header.from=evil.example") FROM,
     "auth-fail"},
    {"signature broken", G0 G1 GSPF GAR("dkim=fail header.i=@corp.test") FROM, "auth-fail"},
    {"two signatures of the domain, one broken",
     G0 G1 GSPF GAR("dkim=pass header.i=@corp.test; dkim=fail header.i=@corp.test") FROM, "auth-conflict"},
    {"MAIL FROM smuggling",
     G0 G1 GSPF GAR(
         "spf=pass smtp.mailfrom=a; dmarc=pass header.from=corp.test; dmarc=fail header.from=corp.test") FROM,
     "auth-conflict"},
    {"in a comment",
     G0 G1 GSPF GAR(
         "spf=pass (google.com: domain of a; dmarc=pass header.from=corp.test) smtp.mailfrom=x@evil.example")
         FROM,
     "auth-none"},
    {"malformed", G0 G1 GSPF GAR("dmarc=pass header.from=corp.test (") FROM, "auth-malformed"},
    /* forged places */
    {"brought along behind a true field that says nothing", G0 G1 GSPF GNONE GPASS FROM, "auth-none"},
    {"brought along behind a true fail", G0 G1 GSPF GAR("dmarc=fail header.from=corp.test") GPASS FROM,
     "auth-fail"},
    {"brought along, deeper", G0 G1 GSPF FOREIGN GPASS FROM, "auth-forged"},
    {"brought along behind a signature", G0 G1 GSPF "DKIM-Signature: v=1\n" GPASS FROM, "auth-forged"},
    {"brought along with a second border", G0 G1 GSPF FOREIGN G1 GSPF GPASS FROM, "auth-forged"},
    {"not at Google", FOREIGN GPASS FROM, "auth-no-border"},
    {"a host that ends so", "Received: from x by evil.mx.google.com; y\n" GPASS FROM, "auth-no-border"},
    {"the sender's host is called so", "Received: from mx.google.com by mx.evil.example; y\n" GPASS FROM,
     "auth-no-border"},
    {"no hop at all", GPASS FROM, "T10-not-delivered"},
    {"the words of Exchange", G0 G1 GSPF FROM INTERNAL, "auth-none"},
};

static void judge(const struct row *row, enum conf_trust trust)
{
    static char corp[] = "corp.test", bot[] = "tickets@bot.test";
    static char *domains[] = {corp};
    struct conf_mailbox box = {.address = bot, .trust = trust};
    struct conf conf = {.firm = {.domains = {.v = domains, .n = 1}}, .mailboxes = &box, .n_mailboxes = 1};
    struct gate_context c = {.conf = &conf, .mailbox = &box, .message_id_host = "frontdesk.bot.test"};
    struct gate_result r;
    struct message m;
    struct err e = ERR_INIT;
    struct buf mail = BUF_INIT(10000);
    buf_printf(&mail, "%sSubject: x\n\nhello\n", row->fields);
    if (reader_read(&m, buf_view(&mail), false, NULL, &e) != 0)
        fail_msg("%s: %s", row->what, e.text);
    gate_judge(&m, &c, &r);
    message_release(&m);
    bool staff = strcmp(row->reason, "auth-pass") == 0 || strcmp(row->reason, "auth-internal") == 0;
    if (strcmp(r.reason, row->reason) != 0 || (r.verdict == GATE_STAFF) != staff)
        fail_msg("%s\n%s\nexpected %s, got %s/%s (%s)", row->what, mail.data, row->reason,
                 gate_verdict_name(r.verdict), r.reason, r.evidence);
    assert_true(r.evidence[0] && !r.unauthenticated);
    buf_release(&mail);
}

static void exchange_online(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(exchange_rows); i++)
        judge(&exchange_rows[i], CONF_TRUST_EXCHANGE);
}

static void google_workspace(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(google_rows); i++)
        judge(&google_rows[i], CONF_TRUST_GOOGLE);
}

/* What one provider writes proves nothing at another. */
static void profiles_are_strangers(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(exchange_rows); i++) {
        struct row row = exchange_rows[i];
        if (strncmp(row.reason, "auth-", 5) == 0) {
            row.reason = "auth-no-border";
            judge(&row, CONF_TRUST_GOOGLE);
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(google_rows); i++) {
        struct row row = google_rows[i];
        if (strncmp(row.reason, "auth-", 5) == 0) {
            row.reason = "auth-no-border";
            judge(&row, CONF_TRUST_EXCHANGE);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exchange_online),
        cmocka_unit_test(google_workspace),
        cmocka_unit_test(profiles_are_strangers),
    };
    return cmocka_run_group_tests_name("trust", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf: how the operator is told, and the mails to ourselves: what is allowed, and what is said of the rest.
 */
#include "frontdesk/conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static int parse(const char *mailbox, const char *alerts, struct conf **out, struct buf *problems)
{
    struct buf text = BUF_INIT(10000);
    buf_printf(&text,
               "firm = { name = \"F\"; domains = [\"a.example\"]; };\n"
               "mailboxes = ( { name = \"d\"; address = \"d@a.example\"; trust = \"server:m.example\"; %s\n"
               "imap = { url = \"imaps://m.example\"; user = \"u\"; password_file = \"/p\"; };\n"
               "smtp = { url = \"smtp://m.example\"; }; } );\n"
               "autotask = { user = \"api\"; secret_file = \"/s\"; integration_code_file = \"/c\"; };\n"
               "ticket = { queue = \"D\"; triage_queue = \"T\"; status = \"N\"; priority = \"M\"; };\n"
               "%s\n",
               mailbox, alerts);
    int rc = conf_parse(text.data, "f", out, problems);
    buf_release(&text);
    return rc;
}

static void all_of_it(void **state)
{
    (void)state;
    struct conf *conf;
    struct buf problems = BUF_INIT(10000);
    int rc = parse("canary = { every_minutes = 10; within_seconds = 60; };",
                   "alerts = { email = \"o@a.example\"; command = [\"/bin/page\", \"\", \"-x y\"];\n"
                   "smtp = { url = \"smtps://s.example\"; user = \"u\"; password_file = \"/q\"; from = "
                   "\"x@s.example\"; };\n"
                   "grace_seconds = 86400; };",
                   &conf, &problems);
    if (rc != 0)
        fail_msg("%s", problems.data);
    assert_int_equal(conf->alerts.command.n, 3);
    assert_string_equal(conf->alerts.command.v[2], "-x y");
    assert_null(conf->alerts.command.v[3]); /* as execve wants it */
    assert_string_equal(conf->alerts.smtp.host, "s.example");
    assert_int_equal(conf->alerts.smtp.tls, CONF_TLS_IMPLICIT);
    assert_string_equal(conf->alerts.smtp_from, "x@s.example");
    assert_int_equal(conf->alerts.grace_seconds, 86400);
    assert_int_equal(conf->mailboxes[0].canary_minutes, 10);
    assert_int_equal(conf->mailboxes[0].canary_seconds, 60);
    conf_free(&conf);
}

static void nothing_of_it(void **state)
{
    (void)state;
    struct conf *conf;
    struct buf problems = BUF_INIT(10000);
    assert_int_equal(parse("", "", &conf, &problems), 0);
    assert_int_equal(conf->alerts.command.n, 0);
    assert_null(conf->alerts.smtp.url);
    assert_int_equal(conf->mailboxes[0].canary_minutes, 0);
    assert_int_equal(conf->alerts.grace_seconds, 600);
    conf_free(&conf);
}

static const struct {
    const char *mailbox, *alerts, *key, *says;
} bad[] = {
    {"", "command = [\"page\", \"-x\"];", "f:7: alerts.command: ", "\"page\" is no absolute path"},
    {"", "command = \"/bin/page -x\";", "f:7: alerts.command: ", "must be a list"},
    {"", "command = [];", "f:7: alerts.command: ", "is empty"},
    {"", "command = [\"/bin/page\", 5];", "f:7: ", ""},
    {"", "command = (\"/bin/page\", 5);", "f:7: alerts.command: ", "entry 2 is no text"},
    {"", "command = [\"/bin/page\", \"a\\nb\"];", "f:7: alerts.command: ", "entry 2 \"(control character)\""},
    {"", "smtp = { user = \"x\"; };", "f:7: alerts.smtp.url: is missing", "smtp://HOST"},
    {"", "smtp = { url = \"smtps://s.example\"; };", "f:7: alerts.smtp: nobody would be written to",
     "with alerts.email"},
    {"", "email = \"a@b.example\"; smtp = { url = \"smtps://s.example\"; user = \"u\"; };",
     "f:7: alerts.smtp: user and password_file belong together", "both or neither"},
    {"", "email = \"a@b.example\"; smtp = { url = \"smtp://s.example\"; insecure_plain = true; };",
     "f:7: alerts.smtp.insecure_plain: s.example is not this machine", "127.0.0.1"},
    {"", "email = \"a@b.example\"; smtp = { url = \"smtp://s.example\"; oauth2 = \"google\"; };",
     "f:7: alerts.smtp.oauth2: unknown key", "password_file"},
    {"", "grace_seconds = 86401;", "f:7: alerts.grace_seconds: ", "from 1 to 86400"},
    {"canary = { every_minutes = 1441; };", "", "f:2: mailboxes[0].canary.every_minutes: ", "from 0 to 1440"},
    {"canary = { within_seconds = 4; };", "", "f:2: mailboxes[0].canary.within_seconds: ", "from 5 to 86400"},
};

static void what_is_wrong(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct conf *conf;
        struct buf problems = BUF_INIT(10000), alerts = BUF_INIT(1000);
        buf_printf(&alerts, "alerts = { %s };", bad[i].alerts);
        assert_int_equal(parse(bad[i].mailbox, alerts.data, &conf, &problems), -1);
        if (!strstr(problems.data, bad[i].key) || !strstr(problems.data, bad[i].says))
            fail_msg("row %zu: %s", i, problems.data);
        buf_release(&problems);
        buf_release(&alerts);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_it),
        cmocka_unit_test(nothing_of_it),
        cmocka_unit_test(what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

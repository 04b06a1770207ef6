/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf_login: how a mailbox is logged in to: passwords, and each way to tokens; what contradicts or is
 * missing. */
#include "frontdesk/conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define PASSWORD  "password_file = \"/p\";"
#define MICROSOFT "oauth2 = \"microsoft\";"
#define GOOGLE    "oauth2 = \"google\";"
#define FILES     "token_file = \"/t\"; "
#define APP       FILES "tenant = \"t\"; client_id = \"c\"; "

static int parse(const char *imap, const char *smtp, const char *group, struct conf **out,
                 struct buf *problems)
{
    struct buf text = BUF_INIT(10000);
    buf_printf(&text,
               "firm = { name = \"F\"; domains = [\"a.example\"]; };\n"
               "mailboxes = ( { name = \"d\"; address = \"d@a.example\"; trust = \"server:m.example\";\n"
               "imap = { url = \"imaps://m.example\"; user = \"u\"; %s };\n"
               "smtp = { url = \"smtp://m.example\"; %s };\n"
               "oauth2 = { %s }; } );\n"
               "autotask = { user = \"api\"; secret_file = \"/s\"; integration_code_file = \"/c\"; };\n"
               "ticket = { queue = \"D\"; triage_queue = \"T\"; status = \"N\"; priority = \"M\"; };\n",
               imap, smtp, group);
    int rc = conf_parse(text.data, "f", out, problems);
    buf_release(&text);
    return rc;
}

static const struct {
    const char *imap, *smtp, *group;
    enum conf_oauth2 in, out;
} good[] = {
    {PASSWORD, "", "", CONF_OAUTH2_NONE, CONF_OAUTH2_NONE},
    {PASSWORD, "user = \"u\"; " PASSWORD, "", CONF_OAUTH2_NONE, CONF_OAUTH2_NONE},
    {MICROSOFT, "", APP "client_secret_file = \"/s\";", CONF_OAUTH2_MICROSOFT, CONF_OAUTH2_NONE},
    {MICROSOFT, "user = \"u\"; " MICROSOFT, APP "certificate_file = \"cred:k\";", CONF_OAUTH2_MICROSOFT,
     CONF_OAUTH2_MICROSOFT},
    {MICROSOFT, "user = \"u\"; " PASSWORD, APP, CONF_OAUTH2_MICROSOFT, CONF_OAUTH2_NONE},
    {PASSWORD, "user = \"u\"; " GOOGLE, FILES "service_account_file = \"/g\";", CONF_OAUTH2_NONE,
     CONF_OAUTH2_GOOGLE},
    {GOOGLE, "user = \"u\"; " GOOGLE,
     FILES
     "client_id = \"c\"; client_secret_file = \"/s\"; redirect_url = \"https://r.example/\"; secret_ends = "
     "\"2028-02-29\";",
     CONF_OAUTH2_GOOGLE, CONF_OAUTH2_GOOGLE},
};

static void good_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        struct conf *conf;
        struct buf problems = BUF_INIT(10000);
        if (parse(good[i].imap, good[i].smtp, good[i].group, &conf, &problems) != 0)
            fail_msg("row %zu: %s", i, problems.data);
        const struct conf_mailbox *box = &conf->mailboxes[0];
        assert_int_equal(box->imap.oauth2, good[i].in);
        assert_int_equal(box->smtp.oauth2, good[i].out);
        assert_ptr_equal(box->imap.login, good[i].in ? &box->login : NULL);
        assert_ptr_equal(box->smtp.login, good[i].out ? &box->login : NULL);
        conf_free(&conf);
        buf_release(&problems);
    }
}

static const struct {
    const char *imap, *smtp, *group, *says, *allowed;
} bad[] = {
    {"", "", "", "f:3: mailboxes[0].imap.password_file: is missing", "or set oauth2"},
    {MICROSOFT PASSWORD, "", APP, "f:3: mailboxes[0].imap.oauth2: contradicts password_file",
     "one of the two"},
    {PASSWORD, "user = \"u\";", "", "f:4: mailboxes[0].smtp: user and password_file belong",
     "both or neither"},
    {PASSWORD, GOOGLE, FILES "service_account_file = \"/g\";", "f:4: mailboxes[0].smtp.user: is missing",
     "allowed: text"},
    {"oauth2 = \"gmail\";", "", "", "imap.oauth2: \"gmail\" is none of the words",
     "\"microsoft\" or \"google\""},
    {"oauth2 = true;", "", "", "imap.oauth2: must be a text", "\"microsoft\" or \"google\""},
    {GOOGLE, "", "service_account_file = \"/g\";", "f:5: mailboxes[0].oauth2.token_file: is missing",
     "absolute path"},
    {GOOGLE, "", FILES, "f:5: mailboxes[0].oauth2: does not say how to log in", "service_account_file, or"},
    {GOOGLE, "", FILES "client_id = \"c\"; client_secret_file = \"/s\";", "does not say how", "redirect_url"},
    {GOOGLE, "", APP "service_account_file = \"/g\";", "does not say how", "service_account_file, or"},
    {MICROSOFT, "", FILES "client_id = \"c\";", "does not say how", "tenant and client_id"},
    {MICROSOFT, "", APP "client_secret_file = \"/s\"; certificate_file = \"/k\";", "does not say how",
     "client_secret_file or certificate_file"},
    {MICROSOFT, "user = \"u\"; " GOOGLE, APP, "f:5: mailboxes[0].smtp.oauth2: provider or user differ",
     "the same"},
    {MICROSOFT, "user = \"v\"; " MICROSOFT, APP, "smtp.oauth2: provider or user differ", "the same"},
    {MICROSOFT, "", APP "secret_ends = \"12-24\";", "oauth2.secret_ends: is no date", "2027-05-31"},
    {MICROSOFT, "", APP "secret_ends = \"2027-02-30\";", "oauth2.secret_ends: is no date", "2027-05-31"},
    {MICROSOFT, "", APP "secret_ends = 7;", "oauth2.secret_ends: is no date", "2027-05-31"},
    {MICROSOFT, "", APP "token_url = \"http://x.example/\";", "token_url: would send the secret",
     "https://HOST"},
    {MICROSOFT, "", APP "tenent = \"x\";", "oauth2.tenent: unknown key", "mean mailboxes[0].oauth2.tenant?"},
};

static void bad_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct conf *conf;
        struct buf problems = BUF_INIT(10000);
        if (parse(bad[i].imap, bad[i].smtp, bad[i].group, &conf, &problems) == 0)
            fail_msg("row %zu: nothing is said", i);
        if (!strstr(problems.data, bad[i].says) || !strstr(problems.data, bad[i].allowed))
            fail_msg("row %zu: %s", i, problems.data);
        const char *end = strchr(problems.data, '\n');
        assert_true(end && !end[1]); /* one mistake is one line */
        buf_release(&problems);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(good_values), cmocka_unit_test(bad_values)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf: good files, and a table of bad ones with what each must say. `test_conf --describe` prints the table
 * of settings for tests/lint/manual.sh. */
#include "frontdesk/conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>
#include <cmocka.h>

/* One setting a line: the line numbers in the cases below count on it. */
static const char good[] = "firm = {\n"                                            /* 1 */
                           "name = \"Example IT\";\n"                              /* 2 */
                           "domains = [\"example.com\"];\n"                        /* 3 */
                           "timezone = \"Europe/Berlin\"; };\n"                    /* 4 */
                           "mailboxes = ( {\n"                                     /* 5 */
                           "name = \"desk\";\n"                                    /* 6 */
                           "address = \"help@desk.example\";\n"                    /* 7 */
                           "trust = \"server:mx.example.com\";\n"                  /* 8 */
                           "imap = { url = \"imaps://imap.example.com\";\n"        /* 9 */
                           "user = \"desk\"; password_file = \"/etc/p\"; };\n"     /* 10 */
                           "smtp = { url = \"smtp://smtp.example.com\"; }; } );\n" /* 11 */
                           "autotask = {\n"                                        /* 12 */
                           "user = \"api@example.com\";\n"                         /* 13 */
                           "secret_file = \"cred:secret\";\n"                      /* 14 */
                           "integration_code_file = \"/etc/c\"; };\n"              /* 15 */
                           "ticket = { queue = \"Desk\"; triage_queue = \"T\";\n"  /* 16 */
                           "status = \"New\"; priority = \"Medium\"; };\n"         /* 17 */
                           "staff = { };\n"                                        /* 18 */
                           "limits = { };\n";                                      /* 19 */

/* The good text with `find` once replaced; malloc'ed. */
static char *edited(const char *text, const char *find, const char *with)
{
    const char *at = strstr(text, find);
    if (!at)
        fail_msg("case looks for %s", find);
    struct buf b = BUF_INIT(100000);
    buf_put(&b, text, (size_t)(at - text));
    buf_puts(&b, with);
    buf_puts(&b, at + strlen(find));
    return buf_detach(&b);
}

static int parse(const char *text, struct conf **out, struct buf *problems)
{
    return conf_parse(text, "f.conf", out, problems);
}

static struct conf *parse_good(const char *text)
{
    struct conf *conf;
    struct buf problems = BUF_INIT(100000);
    if (parse(text, &conf, &problems) != 0)
        fail_msg("%s", problems.data);
    buf_release(&problems);
    return conf;
}

static const struct bad_case {
    const char *find, *with, *line, *key, *says;
} bad[] = {
    /* syntax */
    {"staff = { };", "staff = { ", "f.conf:20:", "syntax error", "allowed: key = value"},
    {"firm = {", "firm = = {", "f.conf:1:", "syntax error", "allowed"},
    {"\"Example IT\";", "\"Example IT\"; name = \"again\";", "f.conf:2:", "duplicate setting name",
     "allowed"},
    {"staff = { };", "@include \"/etc/passwd\"", "f.conf:18:", "@include", "one file"},
    {"staff = { };", "  @include \"other.conf\"", "f.conf:18:", "@include", "one file"},
    /* unknown keys */
    {"timezone =", "timezon =", "f.conf:4:", "firm.timezon: unknown key", "did you mean firm.timezone?"},
    {"priority =", "prioritiy =", "f.conf:17:", "ticket.prioritiy: unknown key", "ticket.priority?"},
    {"limits = {", "limit = {", "f.conf:19:", "limit: unknown key", "did you mean limits?"},
    {"limits = { }", "limits = { worker = 3; }", "f.conf:19:", "limits.worker: ", "mean limits.workers?"},
    {"trust =", "trsut =", "f.conf:8:", "mailboxes[0].trsut: unknown key",
     "did you mean mailboxes[0].trust?"},
    {"url = \"imaps", "ulr = \"imaps", "f.conf:9:", "mailboxes[0].imap.ulr", "mean mailboxes[0].imap.url?"},
    {"limits = { }", "limits = { timezone = \"UTC\"; }", "f.conf:19:", "limits.timezone", "firm.timezone?"},
    {"staff = { }", "staff = { zzzzzz = 1; }", "f.conf:18:", "staff.zzzzzz: unknown key; allowed here: ",
     "extra_addresses, admins, nicknames, accept_forged_senders"},
    {"limits", "xyzzyxyzzy", "f.conf:19:", "xyzzyxyzzy: unknown key", "allowed here: firm, mailboxes, staff"},
    /* not built yet */
    {"limits = { }", "metrics = { listen = \"192.0.2.1:9\"; }",
     "f.conf:19:", "metrics.listen: ", "is not this machine; allowed: 127.0.0.1:PORT"},
    {"limits = { }", "metrics = { listen = \"0.0.0.0:9\"; }",
     "f.conf:19:", "metrics.listen: ", "is not this machine"},
    {"limits = { }", "metrics = { listen = \"127.0.0.1\"; }",
     "f.conf:19:", "metrics.listen: ", "names no port"},
    {"limits = { }", "metrics = { listen = \"[::1]:0\"; }", "f.conf:19:", "metrics.listen: ", "is no port"},
    {"limits = { }", "metrics = { listen = 9; }", "f.conf:19:", "metrics.listen: ", "must be a text"},
    {"server:mx.example.com", "exchange", "f.conf:8:", "is no trust profile", "exchange-online"},
    {"server:mx.example.com", "gmail", "f.conf:8:", "is no trust profile", "google"},
    {"address =", "role = \"books\"; address =", "f.conf:7:", "mailboxes[0].role", "not built yet"},
    /* missing */
    {"name = \"Example IT\";", "", "f.conf:1:", "firm.name: is missing", "allowed: text"},
    {"domains = [\"example.com\"];", "", "f.conf:1:", "firm.domains: is missing", "list of domains"},
    {"name = \"desk\";", "", "f.conf:5:", "mailboxes[0].name: is missing", "letters, digits"},
    {"address = \"help@desk.example\";", "", "f.conf:5:", "mailboxes[0].address: is missing", "e-mail"},
    {"trust = \"server:mx.example.com\";", "", "f.conf:5:", "mailboxes[0].trust: is missing", "server:NAME"},
    {"password_file = \"/etc/p\";", "", "f.conf:9:", "imap.password_file: is missing", "absolute path"},
    {"url = \"smtp://smtp.example.com\";", "", "f.conf:11:", "smtp.url: is missing", "smtps://HOST"},
    {"user = \"api@example.com\";", "", "f.conf:12:", "autotask.user: is missing", "allowed"},
    {"secret_file = \"cred:secret\";", "", "f.conf:12:", "autotask.secret_file: is missing", "cred:NAME"},
    {"integration_code_file = \"/etc/c\";", "", "f.conf:12:", "integration_code_file: is missing", "allowed"},
    {"queue = \"Desk\";", "", "f.conf:16:", "ticket.queue: is missing", "allowed"},
    {"triage_queue = \"T\";", "", "f.conf:16:", "ticket.triage_queue: is missing", "allowed"},
    {"status = \"New\";", "", "f.conf:16:", "ticket.status: is missing", "allowed"},
    {"priority = \"Medium\";", "", "f.conf:16:", "ticket.priority: is missing", "allowed"},
#define BOOKS "quickbooks = { realm = \"123456789\"; client_id = \"AB\"; client_secret_file = \"/s\"; "
#define REST  "token_file = \"/t\"; redirect_url = \"https://x.example/cb\"; "
    {"staff = { }", "quickbooks = { }", "f.conf:18:", "quickbooks.realm: is missing", "digits in quotes"},
    {"staff = { }", "quickbooks = { }", "f.conf:18:", "quickbooks.client_id: is missing", "allowed: text"},
    {"staff = { }", "quickbooks = { }", "f.conf:18:", "quickbooks.client_secret_file: is missing", "cred:"},
    {"staff = { }", BOOKS "}", "f.conf:18:", "quickbooks.token_file: is missing", "an absolute path"},
    {"staff = { }", BOOKS "}", "f.conf:18:", "quickbooks.redirect_url: is missing", "https://HOST"},
    {"staff = { }", "quickbooks = { realm = 123; }", "f.conf:18:", "realm: must be a text in quotes",
     "digits"},
    {"staff = { }", "quickbooks = { realm = \"12 3\"; }", "f.conf:18:", "\"12 3\" is no number", "digits"},
    {"staff = { }", "quickbooks = { realm = \"123456789012345678901\"; }",
     "f.conf:18:", "realm: is longer than 20 bytes", "digits"},
    {"staff = { }", BOOKS REST "environment = \"test\"; }", "f.conf:18:", "\"test\" is no environment",
     "\"production\" or \"sandbox\""},
    {"staff = { }", BOOKS REST "environment = true; }",
     "f.conf:18:", "quickbooks.environment: must be a text", "\"production\" or \"sandbox\""},
    {"staff = { }", BOOKS REST "token_url = \"http://x.example/\"; }",
     "f.conf:18:", "token_url: would send the secret", "https://HOST"},
    {"staff = { }", BOOKS REST "api_url = \"x\"; }", "f.conf:18:", "api_url: \"x\" is no https address",
     "https://HOST"},
    {"staff = { }", BOOKS REST "consent_url = \"https://x.example/?a\"; }",
     "f.conf:18:", "consent_url: must hold no user, query", "https://HOST"},
    {"staff = { }", BOOKS "token_file = \"t\"; }", "f.conf:18:", "token_file: \"t\" is no absolute path",
     "absolute path"},
    {"staff = { }", BOOKS "realmid = \"1\"; }", "f.conf:18:", "quickbooks.realmid: unknown key",
     "did you mean quickbooks.realm?"},
    /* kinds and limits of values */
    {"\"Example IT\"", "7", "f.conf:2:", "firm.name: must be a text in quotes", "allowed: text"},
    {"\"Example IT\"", "\"\"", "f.conf:2:", "firm.name: is empty", "allowed"},
    {"\"Example IT\"", "\" x\"", "f.conf:2:", "firm.name: begins or ends with a blank", "allowed"},
    {"\"Example IT\"", "\"a\\nBcc: b\"", "f.conf:2:", "firm.name: holds a control character", "allowed"},
    {"\"Example IT\"", "\"a\\x7fb\"", "f.conf:2:", "firm.name: holds a control character", "allowed"},
    {"[\"example.com\"]", "\"example.com\"", "f.conf:3:", "firm.domains: must be a list", "allowed: a list"},
    {"[\"example.com\"]", "[]", "f.conf:3:", "firm.domains: is empty", "allowed"},
    {"[\"example.com\"]", "[\"user@example.com\"]", "f.conf:3:", "firm.domains: entry 1", "list of domains"},
    {"[\"example.com\"]", "[\"a.com\", \"localhost\"]", "f.conf:3:", "entry 2 \"localhost\"", "allowed"},
    {"[\"example.com\"]", "[\"a..com\"]", "f.conf:3:", "firm.domains: entry 1 \"a..com\"", "allowed"},
    {"[\"example.com\"]", "[\"a.com\\r\\nb\"]", "f.conf:3:", "control character", "allowed"},
    {"[\"example.com\"]", "[5]", "f.conf:3:", "entry 1 is no text", "allowed"},
    {"Europe/Berlin", "Europe/Berlim", "f.conf:4:", "no time zone \"Europe/Berlim\"", "Europe/Berlin"},
    {"Europe/Berlin", "../../etc/passwd", "f.conf:4:", "firm.timezone: there is no", "allowed"},
    {"\"Europe/Berlin\";", "\"UTC\"; hours = \"17:00-08:00\";", "f.conf:4:", "firm.hours: closes", "HH:MM"},
    {"\"Europe/Berlin\";", "\"UTC\"; hours = \"8-17\";", "f.conf:4:", "firm.hours: is no pair",
     "HH:MM-HH:MM"},
    {"\"Europe/Berlin\";", "\"UTC\"; workdays = [\"mo\"];", "f.conf:4:", "\"mo\" is no day", "\"mon\""},
    {"\"Europe/Berlin\";", "\"UTC\"; workdays = [];", "f.conf:4:", "firm.workdays: is empty", "\"mon\""},
    {"\"Europe/Berlin\";", "\"UTC\"; workdays = [1, 2];", "f.conf:4:", "firm.workdays", "\"mon\""},
    {"\"Europe/Berlin\";", "\"UTC\"; holidays = [\"2026-02-30\"];", "f.conf:4:", "\"2026-02-30\"", "dates"},
    {"\"Europe/Berlin\";", "\"UTC\"; holidays = [\"2026-02-29\"];", "f.conf:4:", "\"2026-02-29\"", "dates"},
    {"\"Europe/Berlin\";", "\"UTC\"; holidays = [\"25.12.\"];", "f.conf:4:", "\"25.12.\" is wrong", "dates"},
    {"\"desk\";\n", "\"my desk\";\n", "f.conf:6:", "mailboxes[0].name: \"my desk\"", "letters, digits and -"},
    {"help@desk.example", "help", "f.conf:7:", "\"help\" is no e-mail address", "an e-mail address"},
    {"help@desk.example", "a b@c.example", "f.conf:7:", "is no e-mail address", "an e-mail address"},
    {"help@desk.example", "@c.example", "f.conf:7:", "is no e-mail address", "an e-mail address"},
    {"help@desk.example", "Desk <a@c.example>", "f.conf:7:", "is no e-mail address", "an e-mail address"},
    {"server:mx.example.com", "server:", "f.conf:8:", "\"server:\" is no trust profile", "server:NAME"},
    {"server:mx.example.com", "all", "f.conf:8:", "\"all\" is no trust profile", "\"none\""},
    {"imaps://imap.example.com", "http://x", "f.conf:9:", "\"http://x\" begins", "imaps://HOST[:PORT]"},
    {"imaps://imap.example.com", "smtp://x", "f.conf:9:", "imap.url: \"smtp://x\"", "imaps://HOST[:PORT]"},
    {"imaps://imap.example.com", "imaps://", "f.conf:9:", "imap.url: \"\" is no host name", "allowed"},
    {"imaps://imap.example.com", "imaps://h:0", "f.conf:9:", "\":0\" is no port", "allowed"},
    {"imaps://imap.example.com", "imaps://h:99999", "f.conf:9:", "\":99999\" is no port", "allowed"},
    {"imaps://imap.example.com", "imaps://u:p@h", "f.conf:9:", "no user or password", "allowed"},
    {"imaps://imap.example.com", "imaps://[::x]", "f.conf:9:", "no IPv6 address", "allowed"},
    {"\"/etc/p\"", "\"p\"", "f.conf:10:", "imap.password_file: \"p\" is no path", "cred:NAME"},
    {"cred:secret", "cred:../x", "f.conf:14:", "autotask.secret_file", "systemd credential"},
    {"staff = { }", "templates = \"t\"", "f.conf:18:", "templates: \"t\" is no absolute path",
     "absolute path"},
    {"staff = { }", "staff = { admins = [\"x\"]; }", "f.conf:18:", "staff.admins: entry 1 \"x\"",
     "addresses"},
    {"limits = { }", "limits = { workers = 65; }", "f.conf:19:", "65 is out of range", "from 1 to 64"},
    {"limits = { }", "limits = { workers = 0; }", "f.conf:19:", "0 is out of range", "from 1 to 64"},
    {"limits = { }", "limits = { workers = -1; }", "f.conf:19:", "-1 is out of range", "from 1 to 64"},
    {"limits = { }", "limits = { workers = 4294967300; }",
     "f.conf:19:", "4294967300: the number is too large", "at most 2147483647"},
    {"limits = { }", "limits = { workers = 0x100000004; }", "f.conf:19:", "0x100000004: the number is",
     "at most"},
    {"limits = { }", "/* \" */ limits = { parts = 99999999999; }", "f.conf:19:", "99999999999: the",
     "at most"},
    {"limits = { }", "limits = { workers = 4294967300L; }", "f.conf:19:", "4294967300 is out",
     "from 1 to 64"},
    {"limits = { }", "limits = { workers = \"4\"; }", "f.conf:19:", "limits.workers: must be a whole",
     "number"},
    {"limits = { }", "limits = { workers = 2.5; }", "f.conf:19:", "limits.workers: must be a whole",
     "number"},
    {"limits = { }", "limits = { poll_seconds = 541; }", "f.conf:19:", "limits.poll_seconds",
     "from 5 to 540"},
    {"limits = { }", "limits = { settle_seconds = 0; }", "f.conf:19:", "settle_seconds", "from 1 to 86400"},
    {"limits = { }", "limits = { message_size = \"3 pounds\"; }", "f.conf:19:", "is no size", "200 MB"},
    {"limits = { }", "limits = { message_size = \"1 GB\"; }", "f.conf:19:", "out of range", "to 200 MB"},
    {"limits = { }", "limits = { message_size = 9; }", "f.conf:19:", "9 is out of range", "from 64 KB"},
    {"limits = { }", "limits = 5", "f.conf:19:", "limits: is a group of settings", "limits = { … }"},
    {"status = \"New\"", "status = \"New\"; due = \"soon\"", "f.conf:17:", "\"soon\" is no due rule",
     "today 17"},
    {"limits = { }", "limits = { hold_minutes = 0; }", "f.conf:19:", "limits.hold_minutes",
     "from 1 to 10080"},
    {"limits = { }", "limits = { same_minutes = 1441; }", "f.conf:19:", "limits.same_minutes",
     "from 0 to 1440"},
    {"limits = { }", "limits = { attachment_size = \"7 MB\"; }", "f.conf:19:", "limits.attachment_size",
     "from 1 KB to 6 MB"},
    {"\"Europe/Berlin\";", "\"UTC\"; language = \"\";", "f.conf:4:", "firm.language: is empty", "allowed"},
    {"user = \"api", "impersonate = \"yes\"; user = \"api",
     "f.conf:13:", "autotask.impersonate: must be true", "allowed"},
    {"status = \"New\"", "status = \"New\"; cancelled_status = 7", "f.conf:17:", "ticket.cancelled_status",
     "text"},
    {"status = \"New\"", "status = \"New\"; todo = 1", "f.conf:17:", "ticket.todo: must be true or false",
     "allowed"},
    {"status = \"New\"", "status = \"New\"; todo_action = \" x\"", "f.conf:17:", "ticket.todo_action: begins",
     "text"},
    {"staff = { }", "staff = { accept_forged_senders = 1; }", "f.conf:18:", "must be true or false",
     "allowed"},
    {"user = \"api", "zone_url = \"http://x.example\"; user = \"api", "f.conf:13:", "in the clear",
     "https://"},
    {"user = \"api", "zone_url = \"ftp://x\"; user = \"api", "f.conf:13:", "no https address",
     "https://HOST"},
    {"user = \"api", "zone_url = \"https://x?a\"; user = \"api", "f.conf:13:", "no user, query", "https://"},
    {"user = \"api", "in_flight = 4; user = \"api", "f.conf:13:", "4 is out of range", "from 1 to 3"},
    /* rules that span settings */
    {"server:mx.example.com", "none", "f.conf:8:", "mailboxes[0].trust", "accept_forged_senders = true"},
    {"user = \"desk\"", "insecure_plain = true; user = \"desk\"", "f.conf:10:", "insecure_plain: contradicts",
     "one of the two"},
    {"smtp.example.com\";", "h.example\"; insecure_plain = true;", "f.conf:11:", "not this machine",
     "localhost"},
    {"smtp.example.com\";", "127.h.example\"; insecure_plain = true;", "f.conf:11:", "not this machine",
     "allow"},
    {"smtp.example.com\";", "h.example\"; user = \"u\";", "f.conf:11:", "belong together", "both or neither"},
    {"status = \"New\"", "status = \"New\"; todo = true", "f.conf:17:", "ticket.todo_action: is missing",
     "label of an action type"},
    {"trust =", "folders = { done = \"inbox\"; }; trust =", "f.conf:8:", "also the inbox", "another folder"},
    {"mailboxes = (", "mailboxes = ( 5,", "f.conf:5:", "mailboxes[0]: must be a group", "{ … }"},
    {"staff = { }", "staff = { nicknames = ( { who = \"S\"; } ); }",
     "f.conf:18:", "nicknames[0].nick: is missing", "allowed"},
    {"staff = { }", "staff = { nicknames = [1]; }", "f.conf:18:", "staff.nicknames: is a list of groups",
     "( {"},
};

static void bad_files_say_what_is_wrong(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        char *text = edited(good, bad[i].find, bad[i].with);
        struct conf *conf;
        struct buf problems = BUF_INIT(100000);
        if (parse(text, &conf, &problems) == 0)
            fail_msg("accepted: %s", bad[i].with);
        assert_null(conf);
        /* all in one line, and each line begins with the file and a number */
        bool found = false;
        struct scan c = scan_of(buf_view(&problems));
        while (!scan_end(&c)) {
            struct slice line = scan_line(&c);
            assert_true(slice_starts(line, SLICE("f.conf:")));
            found |= slice_starts(line, slice_of(bad[i].line)) &&
                     slice_find(line, slice_of(bad[i].key)) > 0 &&
                     slice_find(line, slice_of(bad[i].says)) > 0;
        }
        wrong += !found;
        if (!found)
            print_error("case %zu \"%s\": wanted %s … %s … %s, got\n%s", i, bad[i].with, bad[i].line,
                        bad[i].key, bad[i].says, problems.data);
        buf_release(&problems);
        free(text);
    }
    assert_int_equal(wrong, 0);
}

static void one_mistake_is_one_line(void **state)
{
    (void)state;
    static const char *const finds[][2] = {{"\"Example IT\"", "7"},
                                           {"Europe/Berlin", "Mars"},
                                           {"server:mx.example.com", "none"},
                                           {"trust = \"server:mx.example.com\";", ""},
                                           {"limits = { }", "limits = 5"}};
    for (size_t i = 0; i < ARRAY_LEN(finds); i++) {
        char *text = edited(good, finds[i][0], finds[i][1]);
        struct conf *conf;
        struct buf problems = BUF_INIT(100000);
        assert_int_equal(parse(text, &conf, &problems), -1);
        assert_ptr_equal(strchr(problems.data, '\n'), problems.data + problems.len - 1);
        buf_release(&problems);
        free(text);
    }
}

static void all_problems_come_together(void **state)
{
    (void)state;
    char *text = strdup(good);
    static const struct {
        const char *find, *with, *says;
    } edits[] = {
        {"\"Example IT\"", "7", "f.conf:2: firm.name"},
        {"Europe/Berlin", "Mars", "f.conf:4: firm.timezone"},
        {"help@desk.example", "help", "f.conf:7: mailboxes[0].address"},
        {"secret_file", "secret_fil", "f.conf:14: autotask.secret_fil:"},
        {"limits = {", "limits = { parts = 1;", "f.conf:19: limits.parts"},
    };
    for (size_t i = 0; i < ARRAY_LEN(edits); i++) {
        char *next = edited(text, edits[i].find, edits[i].with);
        free(text);
        text = next;
    }
    struct conf *conf;
    struct buf problems = BUF_INIT(100000);
    assert_int_equal(parse(text, &conf, &problems), -1);
    const char *last = problems.data;
    for (size_t i = 0; i < ARRAY_LEN(edits); i++) {
        const char *at = strstr(problems.data, edits[i].says);
        if (!at || at < last)
            fail_msg("%s is not there, or not in order:\n%s", edits[i].says, problems.data);
        last = at;
    }
    free(text);
    buf_release(&problems);
}

static void defaults_are_set(void **state)
{
    (void)state;
    struct conf *c = parse_good(good);
    assert_string_equal(c->path, "f.conf");
    assert_int_equal(c->firm.workdays, 0x3e);
    assert_int_equal(c->firm.day_start_min, 480);
    assert_int_equal(c->firm.day_end_min, 1020);
    assert_int_equal(c->firm.holidays.n, 0);
    assert_int_equal(c->n_mailboxes, 1);
    const struct conf_mailbox *m = conf_mailbox_by_name(c, "desk");
    assert_non_null(m);
    assert_null(conf_mailbox_by_name(c, "other"));
    assert_int_equal(m->imap.port, 993);
    assert_int_equal(m->imap.tls, CONF_TLS_IMPLICIT);
    assert_int_equal(m->smtp.port, 587);
    assert_int_equal(m->smtp.tls, CONF_TLS_STARTTLS);
    assert_null(m->smtp.password_file);
    assert_int_equal(m->trust, CONF_TRUST_SERVER);
    assert_string_equal(m->trust_server, "mx.example.com");
    assert_string_equal(m->parked, "Parked");
    assert_int_equal(c->limits.message_size, 35 << 20);
    assert_int_equal(c->limits.settle_seconds, 330);
    assert_int_equal(c->limits.workers, 8);
    assert_int_equal(c->autotask.in_flight, 2);
    assert_string_equal(c->ticket.due, "next workday 17:00");
    assert_string_equal(c->ticket.company, "");
    assert_string_equal(c->ticket.cancelled_status, "");
    assert_string_equal(c->ticket.todo_action, "");
    assert_false(c->ticket.todo);
    assert_false(c->autotask.impersonate);
    assert_string_equal(c->firm.language, "en");
    assert_int_equal(c->limits.hold_minutes, 30);
    assert_int_equal(c->limits.same_minutes, 15);
    assert_int_equal(c->limits.attachment_size, 6 << 20);
    assert_string_equal(c->templates, FD_TEMPLATE_DIR);
    assert_string_equal(c->journal.path, FD_STATE_DIR);
    assert_null(c->alerts.email);
    assert_null(c->quickbooks);
    conf_free(&c);
    assert_null(c);
}

static void values_are_normalised(void **state)
{
    (void)state;
    char *a = edited(good, "[\"example.com\"]", "[\"EXAMPLE.com\", \"bücher.example\"]");
    char *b = edited(a, "help@desk.example", "Help@Desk.Example");
    char *c =
        edited(b, "limits = { }",
               "# 4294967300 \"\n/* 4294967300 */ limits = { message_size = \"500 KB\"; workers = 0x10; }");
    char *d = edited(c, "staff = { }",
                     "staff = { nicknames = ({who=\"S K\";nick=\"sal\";},{who=\"M\";nick=\"m\";});}");
    struct conf *conf = parse_good(d);
    assert_string_equal(conf->firm.domains.v[0], "example.com");
    assert_string_equal(conf->firm.domains.v[1], "xn--bcher-kva.example");
    assert_string_equal(conf->mailboxes[0].address, "Help@desk.example");
    assert_int_equal(conf->limits.message_size, 500 << 10);
    assert_int_equal(conf->limits.workers, 16);
    assert_int_equal(conf->staff.n_nicknames, 2);
    assert_string_equal(conf->staff.nicknames[1].nick, "m");
    conf_free(&conf);
    free(a), free(b), free(c), free(d);
}

static void the_books_are_set(void **state)
{
    (void)state;
    char *a = edited(good, "staff = { }", BOOKS REST "}");
    struct conf *conf = parse_good(a);
    assert_string_equal(conf->quickbooks->realm, "123456789");
    assert_false(conf->quickbooks->sandbox);
    assert_string_equal(conf->quickbooks->token_url,
                        "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer");
    assert_string_equal(conf->quickbooks->consent_url, "https://appcenter.intuit.com/connect/oauth2");
    assert_null(conf->quickbooks->api_url);
    conf_free(&conf);
    char *b = edited(good, "staff = { }", BOOKS REST "environment = \"sandbox\"; }");
    conf = parse_good(b);
    assert_true(conf->quickbooks->sandbox);
    conf_free(&conf);
    free(a), free(b);
}

static void the_dialogue_is_set(void **state)
{
    (void)state;
    char *a = edited(
        good, "status =", "todo = true; todo_action = \"Call\"; cancelled_status = \"Cancelled\"; status =");
    char *b = edited(a, "limits = { }",
                     "limits = { hold_minutes = 5; same_minutes = 0; attachment_size = \"500 KB\"; }");
    char *c = edited(b, "user = \"api", "impersonate = true; user = \"api");
    struct conf *conf = parse_good(c);
    assert_true(conf->ticket.todo);
    assert_string_equal(conf->ticket.todo_action, "Call");
    assert_string_equal(conf->ticket.cancelled_status, "Cancelled");
    assert_int_equal(conf->limits.hold_minutes, 5);
    assert_int_equal(conf->limits.same_minutes, 0);
    assert_int_equal(conf->limits.attachment_size, 500 << 10);
    assert_true(conf->autotask.impersonate);
    conf_free(&conf);
    free(a);
    free(b);
    free(c);
}

static void trust_none_needs_this_machine(void **state)
{
    (void)state;
    static const struct {
        const char *imap, *smtp, *zone, *staff;
        bool ok;
        const char *books; /* more of the group quickbooks; NULL: there is none */
    } cases[] = {
        {"imaps://127.0.0.1:1", "smtp://localhost:2", "http://127.0.0.1:3", "", true},
        {"imaps://127.0.0.1:1", "smtp://localhost:2", "http://127.0.0.1:3", "", true,
         "api_url = \"http://127.0.0.1:4\";"},
        {"imaps://127.0.0.1:1", "smtp://localhost:2", "http://127.0.0.1:3", "", false, ""},
        {"imaps://127.0.0.1:1", "smtp://localhost:2", "http://127.0.0.1:3", "accept_forged_senders = true;",
         true, ""},
        {"imaps://[::1]:1", "smtp://127.9.9.9", "http://[::1]:3/a", "", true},
        {"imaps://127.0.0.1:1", "smtp://localhost:2", "https://webservices.autotask.net/x", "", false},
        {"imaps://127.0.0.1:1", "smtp://mx.example.com", "http://127.0.0.1:3", "", false},
        {"imaps://mx.example.com", "smtp://localhost", "http://127.0.0.1:3", "", false},
        {"imaps://127.0.0.1.example.com", "smtp://localhost", "http://127.0.0.1:3", "", false},
        {"imaps://mx.example.com", "smtp://mx.example.com", "https://a.example",
         "accept_forged_senders = true;", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct buf zone = BUF_INIT(1000), staff = BUF_INIT(1000), problems = BUF_INIT(10000);
        buf_printf(&zone, "zone_url = \"%s\"; user = \"api", cases[i].zone);
        buf_printf(&staff, "staff = { %s }", cases[i].staff);
        if (cases[i].books)
            buf_printf(&staff, ";\n" BOOKS REST "%s }", cases[i].books);
        char *a = edited(good, "server:mx.example.com", "none");
        char *b = edited(a, "imaps://imap.example.com", cases[i].imap);
        char *c = edited(b, "smtp://smtp.example.com", cases[i].smtp);
        char *d = edited(c, "user = \"api", zone.data);
        char *e = edited(d, "staff = { }", staff.data);
        struct conf *conf;
        if ((parse(e, &conf, &problems) == 0) != cases[i].ok)
            fail_msg("case %zu: %s", i, problems.data);
        conf_free(&conf);
        free(a), free(b), free(c), free(d), free(e);
        buf_release(&zone), buf_release(&staff), buf_release(&problems);
    }
}

static void mailboxes_are_unique(void **state)
{
    (void)state;
    char *text =
        edited(good, " } );",
               " }, { name = \"DESK\"; address = \"HELP@desk.example\"; trust = \"server:mx.example.com\";"
               "imap = { url = \"imap://h\"; user = \"u\"; password_file = \"/p\"; };"
               "smtp = { url = \"smtps://h\"; }; } );");
    struct conf *conf;
    struct buf problems = BUF_INIT(10000);
    assert_int_equal(parse(text, &conf, &problems), -1);
    assert_non_null(strstr(problems.data, "mailboxes[1].name: \"DESK\" is taken by mailboxes[0]"));
    assert_non_null(strstr(problems.data, "mailboxes[1].address: \"HELP@desk.example\" is taken"));
    buf_release(&problems);
    free(text);
}

static void plain_only_on_this_machine(void **state)
{
    (void)state;
    char *text =
        edited(good, "smtp://smtp.example.com\";", "smtp://127.0.0.1:2525\"; insecure_plain = true;");
    struct conf *conf = parse_good(text);
    assert_int_equal(conf->mailboxes[0].smtp.tls, CONF_TLS_NONE);
    assert_int_equal(conf->mailboxes[0].smtp.port, 2525);
    conf_free(&conf);
    free(text);
}

static void loopback_is_exact(void **state)
{
    (void)state;
    static const char *const yes[] = {"127.0.0.1", "127.255.0.9", "localhost", "LOCALHOST", "::1"};
    static const char *const no[] = {
        "",           "127.0.0.1.example.com", "127.0.0",     "128.0.0.1", "0.0.0.0",
        "127.0.0.1.", "localhost.example.com", "127.0.0.256", "::2",       "127.1"};
    for (size_t i = 0; i < ARRAY_LEN(yes); i++)
        assert_true(conf_is_loopback(yes[i]));
    for (size_t i = 0; i < ARRAY_LEN(no); i++)
        if (conf_is_loopback(no[i]))
            fail_msg("%s", no[i]);
}

static void files_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *path, *says;
    } cases[] = {{"/nonexistent/f.conf", "/nonexistent/f.conf:1: cannot be opened: No such file"},
                 {"/", "/:1: is no ordinary file"},
                 {"/dev/zero", "/dev/zero:1: is no ordinary file"}};
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct conf *conf;
        struct buf problems = BUF_INIT(10000);
        assert_int_equal(conf_load(cases[i].path, &conf, &problems), -1);
        assert_null(conf);
        assert_non_null(strstr(problems.data, cases[i].says));
        buf_release(&problems);
    }
}

static int load_bytes(const char *data, size_t len, struct buf *problems)
{
    char path[] = "/tmp/test_conf.XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, data, len), (ssize_t)len);
    close(fd);
    struct conf *conf;
    int rc = conf_load(path, &conf, problems);
    unlink(path);
    conf_free(&conf);
    return rc;
}

static void file_bytes_are_checked(void **state)
{
    (void)state;
    struct buf problems = BUF_INIT(10000), big = BUF_INIT(1 << 20);
    assert_int_equal(load_bytes(good, strlen(good), &problems), 0);
    assert_int_equal(load_bytes("firm\0 = 1", 9, &problems), -1);
    assert_non_null(strstr(problems.data, "NUL byte"));
    for (int i = 0; i < 300 * 1024; i++)
        buf_putc(&big, '\n');
    assert_int_equal(load_bytes(big.data, big.len, &problems), -1);
    assert_non_null(strstr(problems.data, "larger than 256 KB"));
    buf_release(&big);
    buf_release(&problems);
}

static void the_sample_is_good(void **state)
{
    (void)state;
    const char *src = getenv("FRONTDESK_SRC");
    if (!src)
        skip();
    struct buf path = BUF_INIT(4096), problems = BUF_INIT(10000);
    buf_printf(&path, "%s/dist/frontdesk.conf", src);
    struct conf *conf;
    if (conf_load(path.data, &conf, &problems) != 0)
        fail_msg("%s", problems.data);
    conf_free(&conf);
    buf_release(&path);
    buf_release(&problems);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--describe") == 0) {
        struct buf out = BUF_INIT(1 << 20);
        conf_describe(&out);
        fputs(out.data, stdout);
        buf_release(&out);
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_files_say_what_is_wrong), cmocka_unit_test(one_mistake_is_one_line),
        cmocka_unit_test(all_problems_come_together),  cmocka_unit_test(defaults_are_set),
        cmocka_unit_test(values_are_normalised),       cmocka_unit_test(trust_none_needs_this_machine),
        cmocka_unit_test(mailboxes_are_unique),        cmocka_unit_test(plain_only_on_this_machine),
        cmocka_unit_test(loopback_is_exact),           cmocka_unit_test(the_books_are_set),
        cmocka_unit_test(the_dialogue_is_set),         cmocka_unit_test(files_are_checked),
        cmocka_unit_test(file_bytes_are_checked),      cmocka_unit_test(the_sample_is_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

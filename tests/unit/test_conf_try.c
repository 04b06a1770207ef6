/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One setting by itself, as setup asks for it: the rules are those of the file. */
#include "frontdesk/conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static void each_value_is_judged(void **state)
{
    static const struct {
        const char *setting, *words[3], *said; /* NULL: it is good */
    } rows[] = {
        {"firm.name", {"Northwind IT"}, NULL},
        {"firm.name", {""}, "x: is empty; allowed: text"},
        {"firm.name", {"a\nb"}, "x: holds a control character"},
        {"firm.domains", {"a.example", "B.example"}, NULL},
        {"firm.domains", {NULL}, "x: is empty; allowed: a list of domains"},
        {"firm.domains", {"a.example", "nodot"}, "x: entry 2 \"nodot\" is wrong"},
        {"firm.timezone", {"Mars/Olympus"}, "there is no time zone"},
        {"mailboxes[].address", {"a@b.example"}, NULL},
        {"mailboxes[].address", {"nobody"}, "x: \"nobody\" is no e-mail address; allowed: an e-mail address"},
        {"mailboxes[].imap.url", {"imaps://[::1]:99"}, NULL},
        {"mailboxes[].imap.url", {"http://a"}, "allowed: imap://HOST"},
        {"mailboxes[].trust", {"server:mx.a.example"}, NULL},
        {"mailboxes[].trust", {"mx.a.example"}, "is no trust profile"},
        {"mailboxes[].oauth2.secret_ends", {"2027-02-30"}, "is no date"},
        {"staff.admins", {"a@b.example", "c@d.example"}, NULL},
        {"quickbooks.realm", {"12"}, NULL},
        {"quickbooks.realm", {"1x"}, "is no number; allowed: digits in quotes"},
        {"quickbooks.redirect_url", {"http://a.example/"}, "would send the secret in the clear"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct buf why = BUF_INIT(4000);
        size_t n = 0;
        while (n < 3 && rows[i].words[n])
            n++;
        bool good = conf_try(rows[i].setting, "x", rows[i].words, n, &why);
        if (good != !rows[i].said || (rows[i].said && !strstr(why.data, rows[i].said)))
            fail_msg("%s, row %zu: %s", rows[i].setting, i, why.data);
        buf_release(&why);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_value_is_judged)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

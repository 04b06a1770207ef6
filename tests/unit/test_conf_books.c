/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf_books: the settings of firm that say how invoices come into QuickBooks: good values, bad ones with
 * what each must say, and what stands when nothing is said. */
#include "frontdesk/conf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static int parse(const char *setting, struct conf **out, struct buf *problems)
{
    struct buf text = BUF_INIT(10000);
    buf_printf(&text,
               "firm = { name = \"F\"; domains = [\"a.example\"];\n%s\n};\n"
               "mailboxes = ( { name = \"d\"; address = \"d@a.example\"; trust = \"server:m.example\";\n"
               "imap = { url = \"imaps://m.example\"; user = \"u\"; password_file = \"/p\"; };\n"
               "smtp = { url = \"smtp://m.example\"; }; } );\n"
               "autotask = { user = \"api\"; secret_file = \"/s\"; integration_code_file = \"/c\"; };\n"
               "ticket = { queue = \"D\"; triage_queue = \"T\"; status = \"N\"; priority = \"M\"; };\n",
               setting);
    int rc = conf_parse(text.data, "f", out, problems);
    buf_release(&text);
    return rc;
}

static const struct {
    const char *setting;
    enum conf_integration integration;
    bool by_number;
    unsigned also;
    bool autotask_numbers;
    unsigned days;
} good[] = {
    {"", CONF_INTEGRATION_NONE, false, 0, false, 14},
    {"integration = \"qbo-app\";", CONF_QBO_APP, false, 0, false, 14},
    {"integration = \"SAH\";", CONF_SAH, false, 0, false, 14},
    {"integration = \"qbd\";", CONF_QBD, false, 0, false, 14},
    {"integration = \"3rd\";", CONF_THIRD, false, 0, false, 14},
    {"match_items_by = \"name\";", CONF_INTEGRATION_NONE, false, 0, false, 14},
    {"match_items_by = \"external-number\";", CONF_INTEGRATION_NONE, true, 0, false, 14},
    {"match_items_also = [];", CONF_INTEGRATION_NONE, false, 0, false, 14},
    {"match_items_also = [\"bundles\"];", CONF_INTEGRATION_NONE, false, CONF_ALSO_BUNDLES, false, 14},
    {"match_items_also = [\"Services\", \"products\", \"expenses\", \"bundles\"];", CONF_INTEGRATION_NONE,
     false, CONF_ALSO_SERVICES | CONF_ALSO_PRODUCTS | CONF_ALSO_EXPENSES | CONF_ALSO_BUNDLES, false, 14},
    {"invoice_numbers = \"autotask\";", CONF_INTEGRATION_NONE, false, 0, true, 14},
    {"invoice_numbers = \"quickbooks\";", CONF_INTEGRATION_NONE, false, 0, false, 14},
    {"look_back_days = 1;", CONF_INTEGRATION_NONE, false, 0, false, 1},
    {"look_back_days = 3650;", CONF_INTEGRATION_NONE, false, 0, false, 3650},
};

static void good_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(good); i++) {
        struct conf *conf;
        struct buf problems = BUF_INIT(10000);
        if (parse(good[i].setting, &conf, &problems) != 0)
            fail_msg("%s", problems.data);
        bool same = conf->firm.integration == good[i].integration &&
                    conf->firm.match_by_number == good[i].by_number &&
                    conf->firm.match_also == good[i].also &&
                    conf->firm.autotask_numbers == good[i].autotask_numbers &&
                    conf->firm.look_back_days == good[i].days;
        if (!same)
            fail_msg("%s: read as something else", good[i].setting);
        conf_free(&conf);
        buf_release(&problems);
    }
}

static const struct {
    const char *setting, *says, *allowed;
} bad[] = {
    {"integration = \"qbo\";", "firm.integration: \"qbo\" is none of the words",
     "\"qbo-app\", \"sah\", \"qbd\" or \"3rd\""},
    {"integration = \"\";", "firm.integration: \"\" is none of the words", "\"sah\""},
    {"integration = 3;", "firm.integration: must be a text in quotes", "\"3rd\""},
    {"integration = [\"sah\"];", "firm.integration: must be a text in quotes", "\"sah\""},
    {"integration = \"sah\\n\";", "firm.integration: holds a control character", "\"sah\""},
    {"integraton = \"sah\";", "firm.integraton: unknown key", "did you mean firm.integration?"},
    {"match_items_by = \"number\";", "firm.match_items_by: \"number\" is none",
     "\"name\" or \"external-number\""},
    {"match_items_by = true;", "firm.match_items_by: must be a text", "\"name\""},
    {"match_items_also = \"services\";", "firm.match_items_also: must be a list", "a list out of"},
    {"match_items_also = [\"work types\"];", "firm.match_items_also: \"work types\" is none",
     "\"services\", \"bundles\", \"products\", \"expenses\""},
    {"match_items_also = [1];", "firm.match_items_also: must be a text", "\"expenses\""},
    {"match_items_also = [\"a\\tb\"];", "firm.match_items_also: \"(control character)\" is none",
     "\"expenses\""},
    {"match_items_also = [\"services\", \"services\", \"services\", \"services\", \"services\"];",
     "firm.match_items_also: has 5 entries", "a list out of"},
    {"invoice_numbers = \"name\";", "firm.invoice_numbers: \"name\" is none",
     "\"quickbooks\" or \"autotask\""},
    {"look_back_days = 0;", "firm.look_back_days: 0 is out of range", "from 1 to 3650"},
    {"look_back_days = 3651;", "firm.look_back_days: 3651 is out of range", "from 1 to 3650"},
    {"look_back_days = \"14\";", "firm.look_back_days: must be a whole number", "from 1 to 3650"},
};

static void bad_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        struct conf *conf;
        struct buf problems = BUF_INIT(10000);
        if (parse(bad[i].setting, &conf, &problems) == 0)
            fail_msg("accepted: %s", bad[i].setting);
        struct slice said = buf_view(&problems);
        bool one_line = slice_find_char(said, '\n') == (long)said.len - 1;
        if (!one_line || !slice_starts(said, SLICE("f:2: ")) || slice_find(said, slice_of(bad[i].says)) < 0 ||
            slice_find(said, slice_of(bad[i].allowed)) < 0)
            fail_msg("%s: %s", bad[i].setting, problems.data);
        buf_release(&problems);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(good_values), cmocka_unit_test(bad_values)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

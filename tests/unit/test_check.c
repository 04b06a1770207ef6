/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check: tables of rows and the findings that they must give, each with the ids it is proved by. */
#include "check_rows.h"
#include "frontdesk/reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

struct check_case {
    const char *name, *rows, *findings;
};

static void set_defaults(struct check_world *w)
{
    (void)w;
}

static void run_case(const char *check, const struct check_case *c, void (*set)(struct check_world *w))
{
    struct pool *pool = pool_new(8 << 20);
    struct check_world w;
    struct report r;
    struct buf got = BUF_INIT(100000);
    check_world_read(&w, pool, c->rows);
    set(&w);
    const char *blank = strchr(check, ' ');
    w.rows.argument = blank ? blank + 1 : "";
    check_compare(&r, pool, check_find(slice_cut(slice_of(check), strcspn(check, " "))), &w.rows);
    check_world_findings(&r, &got);
    if (strcmp(got.data, c->findings) != 0)
        fail_msg("check %s, %s:\n--- expected\n%s--- got\n%s", check, c->name, c->findings, got.data);
    assert_int_equal(r.n_sentences[REPORT_VERDICT], 1);
    report_release(&r);
    buf_release(&got);
    pool_free(&pool);
}

/* An account that all items may book to. */
#define SALES "a|1|Income|Sales\n"

static const struct check_case mapping[] = {
    {"all agree", SALES "c|1|work|Remote Labor\ni|19|Service|Remote Labor|1\n", ""},
    {"nothing at all", "", ""},
    {"no item", SALES "c|1|work|Remote Labor\n", "item-missing 1\n"},
    {"only a category", SALES "c|1|material|Hardware\ni|19|Category|Hardware\n", "item-is-category 1 19\n"},
    {"a category, and an inactive item",
     SALES "c|1|material|Hardware\ni|19|Category|Hardware\n"
           "i|20|!Service|Hardware (deleted)|1\n",
     "item-is-category 1 19 20\n"},
    {"a category and an item",
     SALES "c|1|work|Consulting\ni|19|Category|Consulting\n"
           "i|20|Service|Consulting|1|Consulting:Consulting\n",
     "item-and-category 1 19 20\n"},
    {"a category that no code is called", SALES "i|19|Category|Consulting\n", ""},
    {"inactive", SALES "c|1|work|Old Labor\ni|19|!Service|Old Labor|1\n", "item-inactive 1 19\n"},
    {"inactive, with the mark", SALES "c|1|work|Old Labor\ni|19|!Service|Old Labor (deleted)|1\n",
     "item-inactive 1 19\n"},
    {"inactive and active", SALES "c|1|work|Labor\ni|19|!Service|Labor (deleted)|1\ni|20|Service|Labor|1\n",
     ""},
    /* near */
    {"a dash", SALES "c|1|work|After Hours\ni|19|Service|After-Hours|1\n", "item-near 1 19\n"},
    {"a blank at the end", SALES "c|1|work|After Hours \ni|19|Service|After Hours|1\n", "item-near 1 19\n"},
    {"two blanks", SALES "c|1|work|After  Hours\ni|19|Service|After Hours|1\n", "item-near 1 19\n"},
    {"no-break space", SALES "c|1|work|After\u00a0Hours\ni|19|Service|After Hours|1\n", "item-near 1 19\n"},
    {"en dash", SALES "c|1|work|On-Site\ni|19|Service|On\u2013Site|1\n", "item-near 1 19\n"},
    {"curly quote", SALES "c|1|work|Driver's\ni|19|Service|Driver\u2019s|1\n", "item-near 1 19\n"},
    {"Cyrillic letter", SALES "c|1|work|Labor\ni|19|Service|L\u0430bor|1\n", "item-near 1 19\n"},
    {"Greek capital", SALES "c|1|work|Material\ni|19|Service|\u039caterial|1\n", "item-near 1 19\n"},
    {"accent", SALES "c|1|work|Cafe\ni|19|Service|Caf\u00e9|1\n", "item-near 1 19\n"},
    {"ampersand", SALES "c|1|work|Parts & Labor\ni|19|Service|Parts and Labor|1\n", "item-near 1 19\n"},
    {"full width", SALES "c|1|work|VoIP\ni|19|Service|\uff36oIP|1\n", "item-near 1 19\n"},
    {"the seed's full stop", SALES "c|1|material|Hardware.\ni|19|Service|Hardware|1\n", "item-near 1 19\n"},
    {"case only", SALES "c|1|work|REMOTE labor\ni|19|Service|Remote Labor|1\n", "item-case 1 19\n"},
    {"case only, not ASCII", SALES "c|1|work|\u00dcbung\ni|19|Service|\u00fcbung|1\n", "item-case 1 19\n"},
    {"case is nearer than a dash",
     SALES "c|1|work|AFTER HOURS\ni|18|Service|After-Hours|1\n"
           "i|19|Service|After Hours|1\n",
     "item-case 1 19\nitems-alike 18 19\n"},
    {"C is not C++", SALES "c|1|work|C\ni|19|Service|C++|1\n", "item-missing 1\nitem-only-quickbooks 19\n"},
    {"near an inactive one only", SALES "c|1|work|Old Labor\ni|19|!Service|Old-Labor|1\n",
     "item-missing 1\n"},
    {"near a category only", SALES "c|1|work|Hard ware\ni|19|Category|Hardware\n", "item-missing 1\n"},
    {"punctuation only", SALES "c|1|work|***\ni|19|Service|---|1\n",
     "item-missing 1\nitem-only-quickbooks 19\n"},
    {"marks that are not shown", SALES "c|1|~work|Labor\ni|19|Service|Labor|1\n", "item-near 1 19\n"},
    /* alike on one side */
    {"two items", SALES "c|1|work|Labor\ni|19|Service|Labor|1\ni|20|Service|La-bor|1\n",
     "items-alike 19 20\nitem-only-quickbooks 20\n"},
    {"two items of one name",
     SALES "c|1|work|Labor\ni|19|Service|Labor|1|A:Labor\ni|20|Service|Labor|1|B:Labor\n",
     "items-alike 19 20\n"},
    {"two codes", SALES "c|1|work|On Site\nc|2|material|On-Site\ni|19|Service|On Site|1\n",
     "item-near 2 19\ncodes-alike 1 2\n"},
    {"two codes of one name", SALES "c|1|work|Sales\nc|2|material|Sales\ni|19|Service|Sales|1\n",
     "codes-same 1 2\n"},
    {"inactive codes do not count", SALES "c|1|!work|Labor\ni|19|Service|Labor|1\n",
     "item-only-quickbooks 19\n"},
    {"internal time never goes over", SALES "c|1|internal|Holiday\n", ""},
    {"expenses only when they are configured", SALES "c|1|expense|Mileage\n", ""},
    {"an item called as a code that is not compared", SALES "c|1|expense|Travel\ni|19|Service|Travel|1\n",
     ""},
    /* types */
    {"discount", SALES "c|1|material|Rebate\ni|19|Discount|Rebate|1\n", "item-no-quantity 19 1\n"},
    {"subtotal", SALES "c|1|material|Sum\ni|19|Subtotal|Sum\n", "item-no-quantity 19 1\n"},
    {"bundle", SALES "c|1|material|Kit\ni|19|Group|Kit\n", "item-type 19 1\n"},
    {"discount that no code is called", SALES "i|19|Discount|Rebate|1\n", "item-only-quickbooks 19\n"},
    /* accounts */
    {"no income account", SALES "c|1|work|Labor\ni|19|Service|Labor\n", "item-no-account 19 1\n"},
    {"inactive account", "a|1|!Income|Sales (deleted)\nc|1|work|Labor\ni|19|Service|Labor|1\n",
     "item-account-inactive 19 1 1\n"},
    {"another type", "a|7|Other Current Asset|Stock\nc|1|work|Labor\ni|19|NonInventory|Labor|7\n",
     "item-account-type 19 1 7\n"},
    {"other income is no income", "a|7|Other Income|Interest\nc|1|work|Labor\ni|19|Service|Labor|7\n",
     "item-account-type 19 1 7\n"},
    {"no account of an item that nothing uses", SALES "i|19|Service|Labor\n", "item-only-quickbooks 19\n"},
    /* forms */
    {"colon", SALES "c|1|work|Support: Remote\n", "name-forbidden 1\n"},
    {"101 characters",
     SALES
     "c|1|work|aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeaaaaaaaaaabbbbbbbbbbccccccccccdddddddddd"
     "eeeeeeeeeef\n",
     "name-too-long 1\n"},
    {"100 characters",
     SALES
     "c|1|work|aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeaaaaaaaaaabbbbbbbbbbccccccccccdddddddddd"
     "eeeeeeeee\u00e9\n",
     "item-missing 1\n"},
    {"tilde is no hierarchy Online", SALES "c|1|work|Tech~Labor\ni|19|Service|Tech~Labor|1\n", ""},
    /* what may be hidden is not told as missing */
    {"codes are hidden", SALES "x|billing codes|codes|restricted\ni|19|Service|Labor|1\n", ""},
    {"codes are not hidden", SALES "x|billing codes|codes|all\ni|19|Service|Labor|1\n",
     "item-only-quickbooks 19\n"},
};

static void mapping_finds(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(mapping); i++)
        run_case("mapping", &mapping[i], set_defaults);
}

static void set_by_number(struct check_world *w)
{
    w->conf.firm.match_by_number = true;
}

static void mapping_by_number_finds(void **state)
{
    (void)state;
    static const struct check_case cases[] = {
        {"agree", SALES "c|1|work|Anything|4010\ni|19|Service|4010|1\n", ""},
        {"empty", SALES "c|1|work|Labor\ni|19|Service|Labor|1\n",
         "number-empty 1\nitem-only-quickbooks 19\n"},
        {"doubled", SALES "c|1|work|A|4010\nc|2|work|B|4010\ni|19|Service|4010|1\n", "number-double 1 2\n"},
        {"two empty ones are not doubled", SALES "c|1|work|A\nc|2|work|B\n",
         "number-empty 1\nnumber-empty 2\n"},
        {"near", SALES "c|1|work|A|40-10\ni|19|Service|4010|1\n", "item-near 1 19\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        run_case("mapping", &cases[i], set_by_number);
}

static void set_also(struct check_world *w)
{
    w->conf.firm.match_also = CONF_ALSO_SERVICES | CONF_ALSO_BUNDLES | CONF_ALSO_EXPENSES;
}

static void mapping_also_finds(void **state)
{
    (void)state;
    static const struct check_case cases[] = {
        {"agree",
         SALES "s|1|Backup\nb|2|All In\nc|3|expense|Mileage\ni|19|Service|Backup|1\n"
               "i|20|Service|All In|1\ni|21|Service|Mileage|1\n",
         ""},
        {"missing", SALES "s|1|Backup\nb|2|All In\nc|3|expense|Mileage\n",
         "item-missing 2\nitem-missing 1\nitem-missing 3\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        run_case("mapping", &cases[i], set_also);
}

static void set_desktop(struct check_world *w)
{
    w->conf.firm.integration = CONF_QBD;
    w->rows.online = false;
}

static void mapping_for_desktop_finds(void **state)
{
    (void)state;
    static const struct check_case cases[] = {
        {"nothing is called missing", "c|1|work|Remote Labor\n", ""},
        {"levels", "c|1|work|Tech~On-Site Service~Non-Billable\n", ""},
        {"32 characters in a level", "c|1|work|Tech~aaaaaaaaaabbbbbbbbbbccccccccccdd\n",
         "level-too-long 1\n"},
        {"31 characters, twice", "c|1|work|aaaaaaaaaabbbbbbbbbbccccccccccd~aaaaaaaaaabbbbbbbbbbccccccccccd\n",
         ""},
        {"colon", "c|1|work|Tech:Labor\n", "name-forbidden 1\n"},
        {"alike", "c|1|work|On Site\nc|2|work|On-Site\n", "codes-alike 1 2\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        run_case("mapping", &cases[i], set_desktop);
}

static void accounts_finds(void **state)
{
    (void)state;
    static const struct check_case cases[] = {
        {"agree", SALES "c|1|work|Labor||12|Sales\ni|19|Service|Labor|1\n", ""},
        {"by number", "a|1|Income|Sales|4010\nc|1|work|Labor||12|4010\ni|19|Service|Labor|1\n", ""},
        {"by number and name",
         "a|1|Income|Sales|4010\nc|1|work|Labor||12|4010 - Sales\ni|19|Service|Labor|1\n", ""},
        {"by full name",
         "a|1|Income|Labor||Sales:Labor\nc|1|work|Labor||12|Sales:Labor\ni|19|Service|Labor|1\n", ""},
        {"without", SALES "c|1|work|Labor\ni|19|Service|Labor|1\n", "code-no-account 1\n"},
        {"differs", SALES "a|2|Income|Consulting\nc|1|work|Labor||12|Consulting\ni|19|Service|Labor|1\n",
         "account-differs 1 19 1\n"},
        {"not in the chart, once for two codes", SALES "c|1|work|A||12|Gone\nc|2|work|B||12|Gone\n",
         "account-missing 12\n"},
        {"inactive", "a|2|!Income|Old (deleted)\nc|1|work|A||12|Old\n", "account-inactive 12 2\n"},
        {"inactive, and active of the same name",
         "a|1|!Income|Sales (deleted)\na|2|Income|Sales\n"
         "c|1|work|A||12|Sales\n",
         ""},
        {"of another type", "a|2|Expense|Fuel\nc|1|work|A||12|Fuel\n", "account-type 12 2\n"},
        {"the item's own",
         "a|2|Expense|Fuel\nc|1|work|Labor||12|Fuel\ni|19|Service|Labor|2\n"
         "c|2|work|Help||12|Fuel\ni|20|Service|Help\n",
         "item-no-account 20 2\nitem-account-type 19 1 2\naccount-type 12 2\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        run_case("accounts", &cases[i], set_defaults);
}

static void terms_finds(void **state)
{
    (void)state;
    static const struct check_case cases[] = {
        {"no term is sent, the customer has one", "t|3|Net 30\nm|1|Standard\no|9|Acme\nq|24|Acme|3\n", ""},
        {"a term is sent, and is there", "t|3|Net 30\nm|1|Standard|5|Net 30\no|9|Acme\nq|24|Acme|3\n",
         "template-sends-term 1\n"},
        {"no twin", "t|3|Net 30\nm|1|Standard|5|Net 30 Days\n", "term-missing 1\ntemplate-sends-term 1\n"},
        {"once for two templates", "m|1|A|5|Net 30\nm|2|B|5|Net 30\n",
         "term-missing 1\ntemplate-sends-term 1\ntemplate-sends-term 2\n"},
        {"inactive", "T|3|Net 30\nm|1|Standard|5|Net 30\n", "term-inactive 1 3\ntemplate-sends-term 1\n"},
        {"inactive, with the mark", "T|3|Net 30 (deleted)\nm|1|Standard|5|Net 30\n",
         "term-inactive 1 3\ntemplate-sends-term 1\n"},
        {"overrides the customer's own",
         "t|3|Net 30\nt|4|Net 15\nm|1|Standard|5|Net 30\no|9|Acme\nq|24|Acme|4\n",
         "term-overrides-own 9 24\ntemplate-sends-term 1\n"},
        {"a template of its own", "t|3|Net 30\nm|1|None\nm|2|Thirty|5|Net 30\no|9|Acme|2\nq|24|Acme|3\n",
         "template-sends-term 2\ncompany-own-template 9 24\n"},
        {"neither side has one", "m|1|Standard\no|9|Acme\nq|24|Acme\n", "customer-no-term 9 24\n"},
        {"the default is not known", "t|3|Net 30\nm|1|A|5|Net 30\nm|2|B\no|9|Acme\nq|24|Acme|3\n",
         "template-sends-term 1\n"},
        {"no such customer", "m|1|Standard\no|9|Acme\n", ""},
        {"a term whose name is not known", "m|1|Standard|5\n", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        run_case("terms", &cases[i], set_defaults);
}

static void item_finds(void **state)
{
    (void)state;
    static const struct check_case cases[] = {
        {"both sides agree",
         SALES "c|1|work|Labor\ni|19|Service|Labor|1\ni|20|Service|Other|1\nc|2|work|More\n",
         "name-in-autotask 1\nname-in-quickbooks 19\n"},
        {"near", SALES "c|1|work|Lab-or\ni|19|Service|Labor|1\n",
         "item-near 1 19\nname-in-autotask 1\nname-in-quickbooks 19\n"},
        {"asked for in another case", SALES "c|1|work|LABOR\n", "item-missing 1\nname-in-autotask 1\n"},
        {"category", SALES "c|1|work|Labor\ni|19|Category|Labor\n",
         "item-is-category 1 19\nname-in-autotask 1\nname-in-quickbooks 19\n"},
        {"inactive", SALES "c|1|work|Labor\ni|19|!Service|Labor (deleted)|1\n",
         "item-inactive 1 19\nname-in-autotask 1\nname-in-quickbooks 19\n"},
        {"an inactive code", SALES "c|1|!work|Labor\ni|19|Service|Labor|1\n",
         "name-in-autotask 1\nname-in-quickbooks 19\nitem-only-quickbooks 19\n"},
        {"neither", SALES "c|1|work|Later\n", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        run_case("item Labor", &cases[i], set_defaults);
}

static void item_by_number_finds(void **state)
{
    (void)state;
    static const struct check_case cases[] = {
        {"found by its name, looked up by its number", SALES "c|1|work|Labor|4010\ni|19|Service|4010|1\n",
         "name-in-autotask 1\nname-in-quickbooks 19\n"},
    };
    run_case("item Labor", &cases[0], set_by_number);
    run_case("item 4010", &cases[0], set_by_number);
}

static void customer_finds(void **state)
{
    (void)state;
    static const struct check_case cases[] = {
        {"agree", "o|9|Acme\nq|24|Acme\np|24|customer|Acme\n",
         "name-in-autotask 9\nname-in-quickbooks 9 24\n"},
        {"new", "o|9|Acme\nq|25|Other\n", "customer-new 9\nname-in-autotask 9\n"},
        {"a vendor has the name", "o|9|Acme\np|40|vendor|Acme\n",
         "customer-blocked 9 40\nname-in-autotask 9\n"},
        {"a vendor in another case", "o|9|Acme\np|40|vendor|ACME\n",
         "customer-blocked 9 40\nname-in-autotask 9\n"},
        {"an inactive employee", "o|9|Acme\np|50|!employee|Acme (deleted)\n",
         "customer-blocked 9 50\nname-in-autotask 9\n"},
        {"inactive", "o|9|Acme\nQ|24|Acme (deleted)\np|24|!customer|Acme (deleted)\n",
         "customer-inactive 9 24\nname-in-autotask 9\n"},
        {"nearly the name that was asked for", "o|9|ACME.\nq|24|Acme\np|24|customer|Acme\n",
         "customer-near 9 24\nname-in-autotask 9\n"},
        {"near, and a vendor", "o|9|Acme\nq|24|Ac-me\np|40|vendor|Acme\n",
         "customer-blocked 9 40\ncustomer-near 9 24\nname-in-autotask 9\n"},
        {"two near ones", "o|9|Acme.\nq|24|Ac-me\nq|25|A.cme\n",
         "customer-near 9 24\ncustomer-only-quickbooks 25\nname-in-autotask 9\n"},
        {"only in QuickBooks", "q|24|Acme\np|24|customer|Acme\n", "customer-only-quickbooks 24\n"},
        {"a vendor, and no organization", "p|40|vendor|Acme\n", "name-in-quickbooks 40\n"},
        {"neither", "o|9|Other\nq|24|Another\n", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        run_case("customer Acme", &cases[i], set_defaults);
}

/* Company 9 finds its customer, and the code its item. */
#define FIRM SALES "o|9|Acme\np|24|customer|Acme\nc|1|work|Labor\ni|19|Service|Labor|1\n"

static void invoice_finds(void **state)
{
    (void)state;
    static const struct check_case cases[] = {
        {"none", FIRM, ""},
        {"transferred", FIRM "n|77|1042|300|5\nl|1|1|300\ny|145|Acme|300\n", "invoice-transferred 77 145\n"},
        {"the total differs", FIRM "n|77|1042|300|5\nl|1|1|300\ny|145|Acme|310|10\n",
         "total-differs 77 145\ntax-differs 77 145\n"},
        {"the tax differs, not the total", FIRM "n|77|1042|300|5\nl|1|1|300\ny|145|Acme|300|10\n",
         "tax-differs 77 145\ninvoice-transferred 77 145\n"},
        {"the number is somebody else's", FIRM "n|77|1042|300|5\nl|1|1|300\ny|145|Other|300\n",
         "number-taken 77 145\ninvoice-not-there 77\nname-in-quickbooks 9 24\n"},
        {"not there", FIRM "n|77|1042|300|5\nl|1|1|300\n", "invoice-not-there 77\nname-in-quickbooks 9 24\n"},
        {"ERROR", FIRM "n|77|ERROR|300|5\nl|1|1|300\n", "invoice-error 77\nname-in-quickbooks 9 24\n"},
        {"due", FIRM "n|77||300|14\nl|1|1|300\n", "invoice-due 77\nname-in-quickbooks 9 24\n"},
        {"too old", FIRM "n|77||300|15\nl|1|1|300\n", "invoice-too-old 77\nname-in-quickbooks 9 24\n"},
        {"voided", FIRM "n|77||300|15|v\nl|1|1|300\n", "invoice-voided 77\nname-in-quickbooks 9 24\n"},
        {"negative", FIRM "n|77||-300|5\nl|1|1|-300\n",
         "invoice-negative 77\ninvoice-due 77\nname-in-quickbooks 9 24\n"},
        {"closed period", FIRM "n|77||300|5\nl|1|1|300\nz|2026-12-31\n",
         "period-closed 77\ninvoice-due 77\nname-in-quickbooks 9 24\n"},
        {"closed before", FIRM "n|77||300|5\nl|1|1|300\nz|2026-10-31\n",
         "invoice-due 77\nname-in-quickbooks 9 24\n"},
        {"an empty work type", FIRM "n|77||300|5\nl|1||0|8\ne|8|0|501\nk|501|T20261101.0003\n",
         "line-no-work-type 1 8 501\ninvoice-due 77\nname-in-quickbooks 9 24\n"},
        {"no code", FIRM "n|77||300|5\nl|1||300\n",
         "line-no-code 1\ninvoice-due 77\nname-in-quickbooks 9 24\n"},
        {"zero", FIRM "n|77||300|5\nl|1|1|0\n", "line-zero 1\ninvoice-due 77\nname-in-quickbooks 9 24\n"},
        {"its item, and no other code's", FIRM "c|2|work|Gone\nc|3|work|Not used\nn|77||300|5\nl|1|2|300\n",
         "item-missing 2\ninvoice-due 77\nname-in-quickbooks 9 24\n"},
        {"an inactive code goes over too", FIRM "c|2|!work|Gone\nn|77||300|5\nl|1|2|300\n",
         "item-missing 2\ninvoice-due 77\nname-in-quickbooks 9 24\n"},
        {"the customer", SALES "o|9|Acme\np|40|vendor|Acme\nn|77||300|5\n",
         "customer-blocked 9 40\ninvoice-due 77\n"},
        {"twice in QuickBooks", FIRM "n|77|1042|300|5\nl|1|1|300\ny|140|Acme|200\ny|145|Acme|300\n",
         "number-twice-quickbooks 140 145\ninvoice-transferred 77 145\n"},
        {"two of one number", FIRM "n|77|1042|300|5\nn|78|1042|200|5\ny|145|Acme|300\n",
         "number-twice 77 78\ninvoice-transferred 77 145\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        run_case("invoice 1042", &cases[i], set_defaults);
}

static void sync_finds(void **state)
{
    (void)state;
    static const struct check_case cases[] = {
        {"all is well", "o|9|Acme\nR|1|1041\nR|2|1042\n", ""},
        {"ERROR", "o|9|Acme\nn|77|ERROR|300|3\nR|77|ERROR\nR|78|ERROR\n", "sync-error 77\n"},
        {"voided with ERROR", "o|9|Acme\nn|77|ERROR|300|3|v\n", ""},
        {"due", "o|9|Acme\nN|77||300|3\n", "sync-due 77\n"},
        {"too old", "o|9|Acme\nN|77||300|15\n", "sync-too-old 77\n"},
        {"voided", "o|9|Acme\nN|77||300|15|v\n", ""},
        {"negative", "o|9|Acme\nN|77||-300|3\n", "invoice-negative 77\nsync-due 77\n"},
        {"doubled", "o|9|Acme\nR|1|1041\nR|2|1042\nR|3|1041\nR|4|\nR|5|\n", "number-twice 1 3\n"},
        {"doubled, one voided", "o|9|Acme\nR|1|1041\nR|3|1041|300|3|v\n", ""},
        {"a company that is not shown", "N|77||300|15\n", "sync-too-old 77\n"},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        run_case("sync", &cases[i], set_defaults);
}

static void set_autotask_numbers(struct check_world *w)
{
    w->conf.firm.autotask_numbers = true;
}

static void sync_by_date_finds(void **state)
{
    (void)state;
    static const struct check_case cases[] = {
        {"numbered and not taken", "N|77|1042|300|3\n", "sync-due 77\n"},
        {"taken", "N|77|1042|300|3|w\n", ""},
    };
    for (size_t i = 0; i < ARRAY_LEN(cases); i++)
        run_case("sync", &cases[i], set_autotask_numbers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mapping_finds),      cmocka_unit_test(mapping_by_number_finds),
        cmocka_unit_test(mapping_also_finds), cmocka_unit_test(mapping_for_desktop_finds),
        cmocka_unit_test(accounts_finds),     cmocka_unit_test(terms_finds),
        cmocka_unit_test(item_finds),         cmocka_unit_test(item_by_number_finds),
        cmocka_unit_test(customer_finds),     cmocka_unit_test(invoice_finds),
        cmocka_unit_test(sync_finds),         cmocka_unit_test(sync_by_date_finds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

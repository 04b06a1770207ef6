/* SPDX-License-Identifier: GPL-2.0-or-later */
/* diagnose, matching: how a text is made normal and cut into blocks; which rule a block gives; what the mail
 * tells besides. With the shipped rules; tests/diagnose has every entry in many forms. */
#include "../../src/diagnose/normal.h"
#include "../../src/diagnose/takes.h"
#include "frontdesk/diagnose_match.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static struct diagnose_rules *rules;

static int load(void **state)
{
    char path[4300];
    const char *ours[] = {path, NULL};
    struct buf problems = BUF_INIT(100000);
    struct err e = ERR_INIT;
    const char *src = getenv("FRONTDESK_SRC");
    (void)state;
    snprintf(path, sizeof(path), "%s/templates/en/diagnose", src ? src : ".");
    if (diagnose_rules_load(&rules, ours, NULL, NULL, NULL, &problems, &problems, &e) != 0)
        fail_msg("%s\n%s", e.text, problems.data);
    buf_release(&problems);
    return 0;
}

static int unload(void **state)
{
    (void)state;
    diagnose_rules_free(&rules);
    return 0;
}

/* --- normal --- */

struct normal_case {
    const char *raw, *text; /* blocks as lines */
};

static const struct normal_case normals[] = {
    {"one two", "one two\n"},
    {"one\ntwo\r\nthree\rfour", "one two three four\n"},
    {"one   two\t three", "one two three\n"},
    {"One.\n\nTwo", "One.\nTwo\n"},
    {"One sentence\n\ngoes on.", "One sentence goes on.\n"},
    {"One sentence.\n\nTwo.", "One sentence.\nTwo.\n"},
    {"Reason:\n\nit is so", "Reason: it is so\n"},
    {"It failed.\n\nQuickBooks error message: No.", "It failed. QuickBooks error message: No.\n"},
    {"> one\n> two\n>> three", "one two three\n"},
    {"> > One.\n> >\n> > two.", "One.\ntwo.\n"},
    {"a\xc2\xa0"
     "b\xe2\x80\xaf"
     "c\xe2\x80\x8b"
     "d\xe2\x80\x87"
     "e",
     "a b c d e\n"},
    {"so\xc2\xad"
     "ft\xef\xbb\xbf",
     "soft\n"},
    {"\xe2\x80\x9cq\xe2\x80\x9d \xe2\x80\x9eq\xe2\x80\x9c it\xe2\x80\x99s \xe2\x80\x93 \xe2\x80\x94 "
     "\xe2\x80\xa6",
     "\"q\" \"q\" it's - - ...\n"},
    {"&quot;q&quot; it&#39;s it&#x2019;s a&nbsp;b A &amp; B &lt;x&gt; &amp;quot;",
     "\"q\" it's it's a b A & B <x> \"\n"},
    {"&unknown; &; &#0; &#99999999; AT&T", "&unknown; &; &#0; &#99999999; AT&T\n"},
    {"up to a cate=\ngory, and TxnId=3D65=20=\n75", "up to a category, and TxnId=65 75\n"},
    {"DocNumber=18696 is TxnId=2075", "DocNumber=18696 is TxnId=2075\n"},
    {"caf=C3=A9 =E2=80=99=\n", "caf\xc3\xa9 '\n"},
    {"bad \xff\xc3 bytes", "bad ?? bytes\n"},
    {"aaaaaaaaaaaa aaaaaaaaaaaaaaaaa\n"
     "bbbbbbbbbbbb bbbbbbbbbbbbbbbbb\n"
     "cccccccccccc ccccccccccccccccc\n"
     "dddddddddddd ddddddddddddddddd\nee ee",
     "aaaaaaaaaaaa aaaaaaaaaaaaaaaaabbbbbbbbbbbb bbbbbbbbbbbbbbbbbcccccccccccc cccccccccccccccccdddddddddddd "
     "dddddddddddddddddee ee\n"},
    {"short\n"
     "com.sun.org.apache.xerces.internal.impl.io\n"
     ".MalformedByteSequenceException it is here",
     "short com.sun.org.apache.xerces.internal.impl.io.MalformedByteSequenceException it is here\n"},
    {"2026-11-24 10:00 one\n2026-11-24 10:01 two\nand more",
     "2026-11-24 10:00 one\n2026-11-24 10:01 two and more\n"},
    {"- one\n- two", "- one\n- two\n"},
    {"Invoice 1: a\nInvoice 2: b", "Invoice 1: a\nInvoice 2: b\n"},
    {"Company: A\nReason: x\nCompany: B\nReason: y", "Company: A Reason: x\nCompany: B Reason: y\n"},
    {"1 | A | x\n2 | B | y", "1 | A | x\n2 | B | y\n"},
    {"Company | A\nReason | x", "Company | A Reason | x\n"},
    {"one\n-----------\ntwo", "one\ntwo\n"},
    {"-----Original Message-----\nFrom: a@b.test\nTo: c@d.test\nSubject: x\ntext",
     "From: a@b.test To: c@d.test Subject: x\ntext\n"},
    {"", ""},
    {"\n\n \n", ""},
};

static void texts_are_made_normal(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(normals); i++) {
        struct normal n;
        struct buf got = BUF_INIT(10000);
        normal_make(&n, slice_of(normals[i].raw));
        for (size_t b = 0; b < n.n_blocks; b++) {
            buf_slice(&got, normal_block_text(&n, &n.blocks[b]));
            buf_putc(&got, '\n');
        }
        if (strcmp(got.data, normals[i].text) != 0)
            fail_msg("%s\n--- expected\n%s--- got\n%s", normals[i].raw, normals[i].text, got.data);
        buf_release(&got);
        normal_release(&n);
    }
}

static void signatures_and_disclaimers_are_mute(void **state)
{
    static const char text[] =
        "error one\n\n-- \nDana\nerrors@corp.test\n\nThis mail is confidential. If received in error, "
        "please delete it.\n\nFrom: a@b.test\nTo: c@d.test\nSubject: x\n\nerror two";
    static const bool mute[] = {false, true, true, false, false};
    struct normal n;
    (void)state;
    normal_make(&n, slice_of(text));
    assert_int_equal(n.n_blocks, ARRAY_LEN(mute));
    for (size_t i = 0; i < n.n_blocks; i++)
        assert_int_equal(normal_is_mute(&n, &n.blocks[i]), mute[i]);
    normal_release(&n);
}

/* --- matching --- */

struct match_case {
    const char *text, *found; /* "ID name=value name=value\n" for each; own words where it begins with '~' */
};

#define CATEGORY "An item in this transaction is set up as a category instead of a product or service."
#define ENVELOPE "Reason: There was an error. 400 "

static const struct match_case matches[] = {
    /* ranks: the lowest of the block */
    {"QuickBooks: The name supplied already exists. : Another product or service is already using this name.",
     "qbo-duplicate-name-item\n"},
    {"Invalid Reference Id : " CATEGORY, "qbo-item-is-category\n"},
    {ENVELOPE "something new", "qbo-fault-other http_status=400\n"},
    {"There was an error when saving a Invoice. QuickBooks error message: Transaction amount must be "
     "positive.",
     "qbd-negative-total\n"},
    {"You cannot set the quantity for items of this type.\n\nUnable to add all the expected objects "
     "(added/expected): 0/1",
     "qbd-quantity-not-allowed\n"},
    /* blocks: several errors, in order */
    {ENVELOPE "Object Not Found\n\n" ENVELOPE "No Name Provided",
     "qbo-object-not-found http_status=400\nqbo-no-name http_status=400\n"},
    {"Invoice 11: QuickBooks says No Name Provided\nInvoice 12: QuickBooks says Stale Object",
     "qbo-no-name invoice_number=11\nqbo-stale-object invoice_number=12\n"},
    /* the same error of several */
    {"Invoice 11 (Acme): " CATEGORY "\nInvoice 12 (Contoso): " CATEGORY,
     "qbo-item-is-category invoice_number=11 customer_name=Acme invoice_number=12 customer_name=Contoso\n"},
    {"Invoice IDs 101, 102 and 103: " CATEGORY,
     "qbo-item-is-category invoice_id=101 invoice_id=102 invoice_id=103\n"},
    /* short words need the name of a program, or a code */
    {"Object not found", ""},
    {"The token expired", ""},
    {"400 Object not found", "qbo-object-not-found http_status=400\n"},
    {"QBO: object not found", "qbo-object-not-found\n"},
    {"We use QuickBooks.\n\nObject not found", "qbo-object-not-found\n"},
    {"We use QuickBooks.\n\nObject not found when we open the door of the server room", ""},
    {"Invoice 12 did not go to QuickBooks.\n\nError message:\nObject not found",
     "qbo-object-not-found invoice_number=12\n"},
    /* what people write too counts where it begins a sentence */
    {"Could not start QuickBooks.", "qbd-could-not-start\n"},
    {"We could not start QuickBooks.", ""},
    /* a number alone */
    {"QuickBooks Online error 6140 for invoice 77", "qbo-duplicate-doc-number invoice_number=77\n"},
    {"{\"code\":\"6140\"}", "qbo-duplicate-doc-number error_code=6140\n"},
    {"QuickBooks error 6140", ""},
    {"QuickBooks error 6190, -1011", ""},
    {"Our QuickBooks Online has 6140 items", ""},
    {"QBWC1085", "qbwc-log-file error_code=QBWC1085\n"},
    {"HRESULT 0x80040408", "qbd-could-not-start hresult=0x80040408\n"},
    {"x0x80040408", ""},
    {"QBWC10123", ""},
    {"QBWC1\n085", "qbwc-log-file\n"},
    {"QBWC1999 and so on", "qbwc-other error_code=QBWC1999\n"},
    /* wraps in the middle of phrases and of words */
    {"set up as a cate\ngory instead of a product or service", "qbo-item-is-category\n"},
    {"> set up as\n> a category instead\n> of a product or service", "qbo-item-is-category\n"},
    {"set up as a category | instead of a product or service", "qbo-item-is-category\n"},
    /* where facts stand */
    {"Invoice Number: 10233\nCompany: Acme, Inc.\n" ENVELOPE CATEGORY,
     "qbo-item-is-category invoice_number=10233 customer_name=Acme, Inc. http_status=400\n"},
    {"Invoice Number: ERROR\nInvoice ID: 4711\n" CATEGORY, "qbo-item-is-category invoice_id=4711\n"},
    {"Invoice: 1\n\n" CATEGORY "\n\nInvoice: 2\n\n" ENVELOPE "No Name Provided",
     "qbo-item-is-category invoice_number=1\nqbo-no-name http_status=400 invoice_number=2\n"},
    {CATEGORY "\n\nInvoice: 1\n\n" ENVELOPE "No Name Provided\n\nInvoice: 2",
     "qbo-item-is-category invoice_number=1\nqbo-no-name http_status=400 invoice_number=2\n"},
    {"Invoice | Customer | Error\n11 | Acme | " CATEGORY "\n12 | O\xe2\x80\x99"
     "Brien | " CATEGORY,
     "qbo-item-is-category invoice_number=11 customer_name=Acme invoice_number=12 customer_name=O'Brien\n"},
    {"Company | Acme\nMessage | " CATEGORY, "qbo-item-is-category customer_name=Acme\n"},
    {"Ticket T20261101.0001, invoice #12 for Acme Dental: " CATEGORY,
     "qbo-item-is-category ticket_number=T20261101.0001 invoice_number=12 customer_name=Acme Dental\n"},
    {"The customer you have specified has been deleted.", "qbo-customer-deleted\n"},
    {"Invoice 11/24/2026, invoice 7%, invoice total 500: " CATEGORY, "qbo-item-is-category\n"},
    /* the sender's own words */
    {"~invoice 10233 came over as $0", "at-zero-amount-line invoice_number=10233\n"},
    {"invoice 10233 came over as $0", ""},
    {"~The terms are blank. That is in QuickBooks on invoice 12.", "at-terms-blank invoice_number=12\n"},
    {"~The terms are blank. I do not like that. It is QuickBooks.", ""},
    {"~The invoice number of it says ERROR.", "at-invoice-number-error\n"},
    {"~The invoice number of it has no error.", ""},
    {"~invoice 10233 came over as $0\n\n" CATEGORY, "qbo-item-is-category invoice_number=10233\n"},
    {"", ""},
};

static void put_found(const struct diagnoses *d, struct buf *out)
{
    for (size_t i = 0; i < d->n; i++) {
        buf_puts(out, d->found[i].rule->id);
        for (size_t k = 0; k < d->found[i].n_values; k++) {
            const struct diagnose_value *v = &d->found[i].values[k];
            if (strcmp(v->name, "detail") != 0 && strcmp(v->name, "added") != 0 &&
                strcmp(v->name, "expected") != 0)
                buf_printf(out, " %s=%s", v->name, v->text);
        }
        buf_putc(out, '\n');
    }
}

static void rules_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(matches); i++) {
        struct pool *pool = pool_new(4 << 20);
        struct diagnoses d;
        struct buf got = BUF_INIT(100000);
        bool own = matches[i].text[0] == '~';
        struct diagnose_text text = {"", slice_of(matches[i].text + own), own};
        diagnose_match(rules, &text, 1, pool, &d);
        put_found(&d, &got);
        if (strcmp(got.data, matches[i].found) != 0)
            fail_msg("%s\n--- expected\n%s--- got\n%s", matches[i].text, matches[i].found, got.data);
        buf_release(&got);
        pool_free(&pool);
    }
}

static void texts_are_told_apart(void **state)
{
    struct pool *pool = pool_new(4 << 20);
    struct diagnoses d;
    struct diagnose_text texts[] = {{"the mail", SLICE("Invoice 10233 has this:"), true},
                                    {"error.log", SLICE("QuickBooks: " CATEGORY), false}};
    (void)state;
    diagnose_match(rules, texts, 2, pool, &d);
    assert_int_equal(d.n, 1);
    assert_string_equal(d.found[0].where, "error.log");
    assert_string_equal(diagnose_value(&d.found[0], "invoice_number"), "10233");
    assert_string_equal(diagnose_value(&d.found[0], "customer_name"), "");
    assert_string_equal(d.found[0].quote, "QuickBooks: " CATEGORY);
    pool_free(&pool);
}

static void what_looks_like_an_error_is_named(void **state)
{
    static const struct {
        const char *text, *line;
    } cases[] = {
        {"Hello,\nQuickBooks failed today with an error 42.\nBye",
         "QuickBooks failed today with an error 42."},
        {"The printer has an error.", ""},
        {"QuickBooks is fine.\n\nIf you have received this confidential QuickBooks mail in error, delete it.",
         ""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct pool *pool = pool_new(4 << 20);
        struct diagnoses d;
        struct diagnose_text text = {"", slice_of(cases[i].text), false};
        diagnose_match(rules, &text, 1, pool, &d);
        assert_int_equal(d.n, 0);
        assert_string_equal(d.unmatched, cases[i].line);
        pool_free(&pool);
    }
}

/* Numbers of everything are bounded, whatever comes. */
static void much_is_cut(void **state)
{
    struct pool *pool = pool_new(64 << 20);
    struct buf b = BUF_INIT(8 << 20);
    struct diagnoses d;
    (void)state;
    for (int i = 0; i < 200; i++)
        buf_printf(&b, "Invoice %d: %s\n", 1000 + i, CATEGORY);
    struct diagnose_text text = {"", buf_view(&b), false};
    diagnose_match(rules, &text, 1, pool, &d);
    assert_int_equal(d.n, 1);
    assert_int_equal(d.found[0].n_values, DIAGNOSE_VALUES);
    assert_true(d.found[0].more_values);
    buf_clear(&b);
    size_t n;
    const struct diagnose_rule *list = diagnose_rules_list(rules, &n);
    assert_true(n >= 153);
    for (size_t i = 0; i + 1 < n; i++)
        assert_true(strcmp(list[i].id, list[i + 1].id) < 0);
    for (int i = 0; i < 20; i++)
        buf_printf(&b, "QBWC10%02d: it failed.\n\n", 11 + i);
    text.text = buf_view(&b);
    diagnose_match(rules, &text, 1, pool, &d);
    assert_int_equal(d.n, DIAGNOSE_MOST);
    assert_true(d.more);
    buf_release(&b);
    pool_free(&pool);
}

/* --- patterns --- */

static void patterns_that_may_run_for_ever_are_refused(void **state)
{
    static const struct {
        const char *pattern, *why; /* "" = fine */
    } cases[] = {
        {"Item \"(?<item_name>[^\"]{1,80})\"", ""},
        {"(?<value>a?b{0,1}c{3})", ""},
        {"(?:x{2}(?<value>y)){1,5}", ""},
        {"(?<value>\\(\\*\\+[*+{]{1,3})", ""},
        {"(?<value>a{x})", ""},
        {"(?<value>a*)", "no upper end"},
        {"(?<value>a+?)", "no upper end"},
        {"(?<value>a{1,})", "no upper end"},
        {"(?<value>a{1,301})", "beyond 300"},
        {"(?<value>a{1,99999999999999999999})", "beyond 300"},
        {"(?<value>(?:a{1,9}b){1,9})", "a repeat holds another"},
        {"(?<value>(?:(?:a{1,9}))?){2}", "a repeat holds another"},
        {"(?<value>a)\\1", "references back"},
        {"(?<value>a(?R)?)", "recursion"},
        {"(?<value>a(?&value)?)", "recursion"},
        {"(a)", "names no parameter"},
        {"(?<valeu>a)", "did you mean \"value\""},
        {"(?<value>a", "does not compile"},
        {"((((((((((((((((((?<value>a))))))))))))))))))", "nested deeper"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        struct takes *t = NULL;
        struct buf why = BUF_INIT(1000);
        bool ok = takes_add(&t, slice_of(cases[i].pattern), &why);
        if (ok != !cases[i].why[0] || slice_find(buf_view(&why), slice_of(cases[i].why)) < 0)
            fail_msg("%s: \"%s\" instead of \"%s\"", cases[i].pattern, why.data, cases[i].why);
        buf_release(&why);
        takes_free(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_made_normal),
        cmocka_unit_test(signatures_and_disclaimers_are_mute),
        cmocka_unit_test(rules_are_found),
        cmocka_unit_test(texts_are_told_apart),
        cmocka_unit_test(what_looks_like_an_error_is_named),
        cmocka_unit_test(much_is_cut),
        cmocka_unit_test(patterns_that_may_run_for_ever_are_refused),
    };
    return cmocka_run_group_tests_name("diagnose_match", tests, load, unload);
}

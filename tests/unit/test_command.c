/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command: every subject of tests/fixtures/subjects.tsv gives the kind, the technicians, the title and the
 * suggestions that stand there, and the table keeps its size; subjects that no table can hold. */
#include "frontdesk/command.h"
#include "frontdesk/reply.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const char *const none[] = {NULL}, *const sal[] = {"sal", NULL};

/* clang-format off */
#define STAFF(id, first, last, user) {id, 9, first, last, user, "", true, "", none}
static const struct directory_resource staff[] = {
    {1, 9, "Sarah", "Klein", "sarah.klein", "", true, "", sal},
    STAFF(2, "Shana", "Ortiz", "shana.ortiz"),
    STAFF(3, "Mike", "Chen", "mike.chen"),
    STAFF(4, "Mike", "Alvarez", "mike.alvarez"),
    STAFF(5, "Will", "Turner", "will.turner"),
    STAFF(6, "Grace", "Park", "grace.park"),
    STAFF(7, "Mark", "Stone", "mark.stone"),
    STAFF(8, "José", "Núñez", "jose.nunez"),
    STAFF(9, "Dana", "Reed", "dana.reed"),
    STAFF(10, "Alex", "Temp", "temp7"),
    STAFF(11, "May", "Lin", "may.lin"),
    {12, 0, "Tom", "Hale", "tom.hale", "", false, "inactive", none},
    {13, 0, "Lena", "Fox", "lena.fox", "", false, "no service-desk role", none},
    {14, 0, "Frontdesk", "API", "api", "", false, "API user", none},
    /* names that are words of every day, months, places, firms, parts of a computer */
    STAFF(20, "Bill", "Novak", "bill.novak"),
    STAFF(21, "Rob", "Ellis", "rob.ellis"),
    STAFF(22, "Art", "Jensen", "art.jensen"),
    STAFF(23, "Sue", "Barrett", "sue.barrett"),
    STAFF(24, "Drew", "Hollis", "drew.hollis"),
    STAFF(25, "Chase", "Morgan", "chase.morgan"),
    STAFF(26, "Hope", "Diaz", "hope.diaz"),
    STAFF(27, "Faith", "Okafor", "faith.okafor"),
    STAFF(28, "Jack", "Burke", "jack.burke"),
    STAFF(29, "Pat", "Doyle", "pat.doyle"),
    STAFF(30, "Pat", "Irwin", "pat.irwin"),
    STAFF(31, "Gene", "Kowalski", "gene.kowalski"),
    STAFF(32, "Frank", "Weber", "frank"),
    STAFF(33, "Dean", "Walsh", "dean.walsh"),
    STAFF(34, "Miles", "Sutton", "miles.sutton"),
    STAFF(35, "Page", "Whitman", "page.whitman"),
    STAFF(36, "Summer", "Lang", "summer.lang"),
    STAFF(37, "June", "Castro", "june.castro"),
    STAFF(38, "Austin", "Reyes", "austin.reyes"),
    STAFF(39, "Charlotte", "Webb", "charlotte.webb"),
    STAFF(40, "Ram", "Patel", "ram.patel"),
    STAFF(41, "Ruby", "Tran", "ruby.tran"),
    STAFF(42, "Temp", "Nine", "temp9"),
    /* user names that are first names */
    STAFF(43, "Nadia", "Solis", "nadia"),
    STAFF(44, "Omar", "Rahman", "omar"),
    /* short forms, two words, accents, other scripts */
    STAFF(45, "Elizabeth", "Hart", "liz.hart"),
    STAFF(46, "Katherine", "Bloom", "kathy.bloom"),
    STAFF(47, "Jonathan", "Pike", "jonathan.pike"),
    STAFF(48, "Mary Ann", "Fischer", "mary.fischer"),
    STAFF(49, "Jean-Luc", "Moreau", "jeanluc.moreau"),
    STAFF(50, "Zoë", "Schröder", "zoe.schroder"),
    STAFF(51, "Björn", "Åkesson", "bjorn.akesson"),
    STAFF(52, "Łukasz", "Wójcik", "lukasz.wojcik"),
    STAFF(53, "Søren", "Dahl", "soren.dahl"),
    STAFF(54, "Siobhán", "O'Brien", "siobhan.obrien"),
    STAFF(55, "İrem", "Yılmaz", "irem.yilmaz"),
    STAFF(56, "Thảo", "Nguyễn", "thao.nguyen"),
    STAFF(57, "Ирина", "Петрова", "irina.petrova"),
    STAFF(58, "太郎", "田中", "taro.tanaka"),
    STAFF(59, "שירה", "לוי", "shira.levi"),
    STAFF(60, "ليلى", "حداد", "layla.haddad"),
};
/* clang-format on */

struct fixture {
    struct directory *directory;
    struct command_names *names;
    struct templates *templates;
    struct command_topic topics[64];
};

/* The how-tos that are shipped: what they are called must not catch tickets. */
static int teach(struct fixture *f)
{
    const char *root = getenv("FRONTDESK_SRC");
    char path[4200];
    struct buf problems = BUF_INIT(65536);
    size_t n;
    snprintf(path, sizeof(path), "%s/templates", root ? root : ".");
    int rc = templates_load(&f->templates, path, NULL, "en", &problems);
    if (rc == 0) {
        const struct howto *h = templates_howtos(f->templates, &n);
        for (size_t i = 0; i < n && i < ARRAY_LEN(f->topics); i++)
            f->topics[i] = (struct command_topic){h[i].name, h[i].keywords};
        names_index_topics(f->names, f->topics, n);
    }
    buf_release(&problems);
    return rc;
}

static int hire(void **state)
{
    static struct fixture f;
    struct directory values = {.resources = staff, .n_resources = ARRAY_LEN(staff), .web_url = ""};
    f.directory = directory_build(&values);
    f.names = names_index_new(f.directory);
    *state = &f;
    return teach(&f);
}

static int dismiss(void **state)
{
    struct fixture *f = *state;
    names_index_free(&f->names);
    directory_unref(&f->directory);
    templates_free(&f->templates);
    return 0;
}

/* --- the table --- */

enum { COLUMNS = 6 };
enum column { CATEGORY, SUBJECT, KIND, PEOPLE, TITLE, SUGGESTED };

static const char *const categories[] = {"addressed", "mention", "sentence", "lookalike",
                                         "command",   "miss",    "odd"};

struct tally {
    size_t rows, wrong, of[ARRAY_LEN(categories)];
};

static size_t tallied(const struct tally *t, const char *category)
{
    for (size_t i = 0; i < ARRAY_LEN(categories); i++) {
        if (strcmp(categories[i], category) == 0)
            return t->of[i];
    }
    fail_msg("no category %s", category);
    return 0;
}

static int hex_digits(struct slice s, size_t n)
{
    int value = 0;
    for (size_t i = 0; i < n; i++) {
        static const char digits[] = "0123456789abcdef";
        const char *at = i < s.len && s.ptr[i] ? strchr(digits, s.ptr[i]) : NULL;
        if (!at)
            return -1;
        value = value * 16 + (int)(at - digits);
    }
    return value;
}

static void put_utf8(struct buf *out, unsigned c)
{
    if (c < 0x800) {
        buf_putc(out, (char)(0xc0 | c >> 6));
    } else {
        if (c >= 0x10000)
            buf_putc(out, (char)(0xf0 | c >> 18));
        buf_putc(out, (char)(c >= 0x10000 ? 0x80 | (c >> 12 & 63) : 0xe0 | c >> 12));
        buf_putc(out, (char)(0x80 | (c >> 6 & 63)));
    }
    buf_putc(out, (char)(0x80 | (c & 63)));
}

/* \uXXXX and \UXXXXXXXX, beyond ASCII */
static void unescape(struct buf *out, struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        size_t digits = slice_starts(slice_skip(s, i), SLICE("\\u"))   ? 4
                        : slice_starts(slice_skip(s, i), SLICE("\\U")) ? 8
                                                                       : 0;
        int c = digits ? hex_digits(slice_skip(s, i + 2), digits) : -1;
        if (c < 0x80) {
            buf_putc(out, s.ptr[i]);
            continue;
        }
        put_utf8(out, (unsigned)c);
        i += 1 + digits;
    }
}

static void describe(const struct command *c, struct buf *out)
{
    static const char *const kinds[] = {"ticket", "ask", "help", "status", "check", "explain", "operate"};
    buf_printf(out, "%s\t", kinds[c->kind]);
    for (size_t i = 0; i < c->n_resources; i++)
        buf_printf(out, "%s%s", i ? "," : "", c->resources[i]->user);
    buf_printf(out, "%s\t%s", c->n_resources ? "" : "-", c->title);
}

/* Only the first ones are wanted; "-" = none at all. */
static bool suggests(const struct command *c, struct slice wanted, struct buf *got)
{
    struct scan list = scan_of(wanted);
    bool same = true;
    size_t n = 0;
    for (size_t i = 0; i < c->n_suggestions; i++)
        buf_printf(got, "%s%s", i ? "," : "\t", c->suggestions[i]->user);
    if (slice_eq(wanted, SLICE("-")))
        return c->n_suggestions == 0;
    for (; !scan_end(&list); n++) {
        struct slice one = scan_until(&list, ",");
        scan_char(&list, ',');
        same = same && n < c->n_suggestions && slice_eq(one, slice_of(c->suggestions[n]->user));
    }
    return same;
}

static bool row_holds(const struct fixture *f, const struct slice *cell)
{
    struct pool *pool = pool_new(1 << 20);
    struct buf subject = BUF_INIT(4096), wanted = BUF_INIT(4096), got = BUF_INIT(8192);
    struct command c;
    unescape(&subject, cell[SUBJECT]);
    command_read(&c, buf_view(&subject), SLICE("first line\nsecond line"), f->directory, f->names, pool);
    buf_printf(&wanted, "%.*s\t%.*s\t", SLICE_ARG(cell[KIND]), SLICE_ARG(cell[PEOPLE]));
    unescape(&wanted, cell[TITLE]);
    describe(&c, &got);
    bool same = slice_eq(buf_view(&got), buf_view(&wanted));
    if (cell[SUGGESTED].len)
        same = suggests(&c, cell[SUGGESTED], &got) && same;
    if (!same)
        print_error("%.*s\n  wanted %s\t%.*s\n  got    %s\n", SLICE_ARG(cell[SUBJECT]), wanted.data,
                    SLICE_ARG(cell[SUGGESTED]), got.data);
    buf_release(&subject);
    buf_release(&wanted);
    buf_release(&got);
    pool_free(&pool);
    return same;
}

static void check_row(const struct fixture *f, struct slice row, struct tally *t)
{
    struct slice cell[COLUMNS] = {{0}};
    struct scan c = scan_of(row);
    size_t columns = 0, known = 0;
    for (; columns < COLUMNS && !scan_end(&c); columns++) {
        cell[columns] = scan_until(&c, "\t");
        scan_char(&c, '\t');
    }
    if (columns <= TITLE)
        fail_msg("%zu columns: %.*s", columns, SLICE_ARG(row));
    for (size_t i = 0; i < ARRAY_LEN(categories); i++) {
        bool is = slice_eq(cell[CATEGORY], slice_of(categories[i]));
        t->of[i] += is;
        known += is;
    }
    if (!known)
        fail_msg("no such category: %.*s", SLICE_ARG(row));
    t->rows++;
    t->wrong += !row_holds(f, cell);
}

static void subjects_are_understood(void **state)
{
    const struct fixture *f = *state;
    const char *root = getenv("FRONTDESK_SRC");
    char path[4200], line[4096];
    struct tally t = {0};
    snprintf(path, sizeof(path), "%s/tests/fixtures/subjects.tsv", root ? root : ".");
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    while (fgets(line, sizeof(line), file)) {
        struct slice row = slice_of(line);
        while (row.len && (row.ptr[row.len - 1] == '\n' || row.ptr[row.len - 1] == '\r'))
            row.len--;
        if (row.len && row.ptr[0] != '#')
            check_row(f, row, &t);
    }
    fclose(file);
    print_message("# %zu subjects, %zu wrong: %zu ordinary sentences, %zu look-alikes, %zu near misses\n",
                  t.rows, t.wrong, tallied(&t, "sentence"), tallied(&t, "lookalike"), tallied(&t, "miss"));
    assert_int_equal(t.wrong, 0);
    /* nobody shrinks the table unseen */
    assert_true(t.rows >= 700);
    assert_true(tallied(&t, "sentence") * 3 >= t.rows);
    assert_true(tallied(&t, "lookalike") >= 35);
    assert_true(tallied(&t, "miss") >= 25);
}

/* --- topics of help --- */

static const struct {
    const char *subject, *topics; /* with commas; "" = the general help, NULL = no help at all */
    bool unsure;
} help_cases[] = {
    {"help", "", false},
    {"help me please", "", false},
    {"help commands", "", false},
    {"help credit memo", "credit memo", false},
    {"Help: Credit Memos", "credit memo", false},
    {"help refund", "credit memo", false},
    {"help me refund a customer", "credit memo", false},
    {"help me merge two contacts", "merge contacts", false},
    {"how to merge contacts", NULL, false},
    {"please help with merging contacts", "merge contacts", false},
    {"help note templates", "note templates", false},
    {"help me with due dates", "due dates", false},
    {"help attachments", "attachments", false},
    {"help to do by email", "todo by email", false},
    {"help todo", "todo by email", false},
    {"help replies", "replies", false},
    {"help undo", "replies", false},
    {"help explain", "explain", false},
    {"help tickets", "tickets", false},
    {"help with a ticket", "tickets", false},
    {"help add a rule", "add rule", false},
    {"help with a new rule", "add rule", false},
    {"help rules", "add rule", false},
    {"help me write a rule", "add rule", false},
    {"help teach frontdesk an error", "add rule", false},
    {"help create a credit memo", "credit memo", false},
    {"help me apply a credit memo", "credit memo", false},
    {"help refund by paper check", "credit memo", false},
    {"help with a credit card refund", "credit memo", false},
    {"help refunds in QuickBooks", "credit memo", false},
    {"help gl accounts", "gl accounts", false},
    {"help me map GL accounts", "gl accounts", false},
    {"help with the general ledger account", "gl accounts", false},
    {"help change an income account", "gl accounts", false},
    {"help mapping accounts", "gl accounts", false},
    {"help with the account of an item", "gl accounts", false},
    {"help mapping", "mapping", false},
    {"help me map work types", "mapping", false},
    {"help mapping services to QuickBooks", "mapping", false},
    {"help map a product", "mapping", false},
    {"help with mapping billing codes", "mapping", false},
    {"help QuickBooks items", "mapping", false},
    {"help work types in QuickBooks", "mapping", false},
    {"help merge contacts", "merge contacts", false},
    {"help duplicate contacts", "merge contacts", false},
    {"help me combine two contacts", "merge contacts", false},
    {"help contact merge", "merge contacts", false},
    {"help delete a contact", "merge contacts", false},
    {"help note template", "note templates", false},
    {"help with form templates", "note templates", false},
    {"help note types", "note templates", false},
    {"help the template is missing", "note templates", false},
    {"help terms", "payment terms", false},
    {"help payment terms", "payment terms", false},
    {"help me change the terms", "payment terms", false},
    {"help with customer terms", "payment terms", false},
    {"help net 30", "payment terms", false},
    {"help with terms on an invoice", "payment terms", false},
    {"help resend an invoice", "resend invoice", false},
    {"help me send an invoice again", "resend invoice", false},
    {"help resync the invoice", "resend invoice", false},
    {"help retry an invoice", "resend invoice", false},
    {"help reprocess invoice", "resend invoice", false},
    {"help resending invoices", "resend invoice", false},
    {"help send a to-do by email", "todo by email", false},
    {"help with to-dos", "todo by email", false},
    {"help email a todo", "todo by email", false},
    {"help todo ticket", "todo by email", false},
    {"help to do for a technician", "todo by email", false},
    /* slips are shown */
    {"help credti memo", "credit memo", true},
    {"help attachmnets", "attachments", true},
    {"help topic zebra",
     "add rule,attachments,credit memo,due dates,explain,gl accounts,mapping,merge contacts,note "
     "templates,payment terms,replies,resend invoice,tickets,todo by email",
     true},
    /* tickets, by a word too many or a person */
    {"Help Mike set up the printer", NULL, false},
    {"help Sarah merge contacts", NULL, false},
    {"help merge contacts at Acme", NULL, false},
    {"help with a refund for Acme", NULL, false},
    {"help desk is down", NULL, false},
    {"help printer", NULL, false},
    {"help the customer with contacts", NULL, false},
    {"help with mapping a network drive", NULL, false},
    {"help, I cannot open the file", NULL, false},
    {"help attach the printer", NULL, false},
    {"help with the Outlook rule", NULL, false},
    {"help with an invoice", NULL, false},
    {"help invoice error", NULL, false},
    {"help map the printer", NULL, false},
    {"help my account is locked", NULL, false},
    {"help resend the welcome mail", NULL, false},
};

static void help_finds_its_topic(void **state)
{
    const struct fixture *f = *state;
    for (size_t i = 0; i < ARRAY_LEN(help_cases); i++) {
        struct pool *pool = pool_new(1 << 20);
        struct buf got = BUF_INIT(4000);
        struct command c;
        command_read(&c, slice_of(help_cases[i].subject), SLICE_NONE, f->directory, f->names, pool);
        for (size_t k = 0; k < c.n_topics; k++)
            buf_printf(&got, "%s%s", k ? "," : "", c.topics[k]);
        if ((c.kind == COMMAND_HELP) != (help_cases[i].topics != NULL))
            fail_msg("%s: kind %d, topics %s", help_cases[i].subject, c.kind, got.data);
        if (help_cases[i].topics && (strcmp(got.data, help_cases[i].topics) != 0 ||
                                     (c.n_topics && c.topics_unsure != help_cases[i].unsure)))
            fail_msg("%s: topics %s%s", help_cases[i].subject, got.data, c.topics_unsure ? ", unsure" : "");
        buf_release(&got);
        pool_free(&pool);
    }
}

/* --- subjects that no table can hold --- */

static enum command_kind read_as(const struct fixture *f, struct slice subject, const char *user)
{
    struct pool *pool = pool_new(1 << 20);
    struct command c;
    command_read(&c, subject, SLICE_NONE, f->directory, f->names, pool);
    assert_true(strlen(c.title) <= 4 * 250);
    if (user) {
        assert_int_equal(c.kind, COMMAND_TICKET);
        assert_string_equal(c.resources[0]->user, user);
    }
    enum command_kind kind = c.kind;
    pool_free(&pool);
    return kind;
}

/* Who stands behind what is not read is not known, so a mention in front of it gets nothing. Every length, so
 * that the cut falls inside each word once: "- Dan|iela" must not be Dan's. */
static void long_subjects_are_never_guessed(void **state)
{
    const struct fixture *f = *state;
    for (size_t fill = 900; fill < 1100; fill++) {
        struct buf b = BUF_INIT(8192);
        buf_puts(&b, "ask Dana about the ");
        while (b.len < fill)
            buf_puts(&b, "x");
        buf_puts(&b, " - Sarahmariella and a lot more words that nobody reads - Sarah");
        enum command_kind kind = read_as(f, buf_view(&b), b.len <= 1000 ? "sarah.klein" : NULL);
        if (b.len > 1000)
            assert_int_equal(kind, COMMAND_ASK);
        buf_release(&b);
    }
    struct buf many = BUF_INIT(1 << 20);
    buf_puts(&many, "Sarah:");
    for (size_t i = 0; i < 20000; i++)
        buf_puts(&many, " Mike C,");
    read_as(f, buf_view(&many), "sarah.klein");
    buf_clear(&many);
    for (size_t i = 0; i < 130; i++)
        buf_puts(&many, "a - Dana ");
    assert_int_equal(read_as(f, buf_view(&many), NULL), COMMAND_ASK);
    buf_clear(&many);
    for (size_t i = 0; i < 20000; i++)
        buf_puts(&many, "Re: [EXTERNAL] ((((");
    assert_int_equal(read_as(f, buf_view(&many), NULL), COMMAND_ASK);
    buf_release(&many);
}

/* Bytes of no encoding, and every byte in front of and behind a name. */
static void any_bytes_are_read(void **state)
{
    const struct fixture *f = *state;
    for (int c = 1; c < 256; c++) {
        char subject[40];
        snprintf(subject, sizeof(subject), "%cSarah%c %c%c: x %c", c, c, c, 255 - c ? 255 - c : 1, c);
        (void)read_as(f, slice_of(subject), NULL);
    }
    assert_int_equal(read_as(f, SLICE("\xf0\x9f"), NULL), COMMAND_ASK);
    assert_int_equal(read_as(f, SLICE("\xe2\x80"), NULL), COMMAND_ASK);
}

static void no_subject_and_no_text(void **state)
{
    const struct fixture *f = *state;
    struct pool *pool = pool_new(1 << 20);
    struct command c;
    command_read(&c, SLICE_NONE, SLICE_NONE, f->directory, f->names, pool);
    assert_int_equal(c.kind, COMMAND_ASK);
    assert_string_equal(c.title, "");
    command_read(&c, SLICE("Sarah"), SLICE(" \n"), f->directory, f->names, pool);
    assert_string_equal(c.title, "Sarah");
    pool_free(&pool);
}

/* Who is asked for and why it cannot be. A user for programs is often called like a thing: it never stands in
 * the way of somebody. */
static void absent_people_are_told(void **state)
{
    static const struct {
        const char *subject, *who; /* NULL: nobody is absent */
        enum command_kind kind;
    } rows[] = {
        {"Tom: fix it", "tom.hale", COMMAND_ASK},
        {"ask Lena about the server", "lena.fox", COMMAND_ASK},
        {"Frontdesk API: fix it", "api", COMMAND_ASK},
        {"RE: frontdesk api - fix it", "api", COMMAND_ASK},
        {"Frontdesk API is slow", NULL, COMMAND_ASK},
        {"api: fix it", NULL, COMMAND_ASK},
        {"Frontdesk API: error 500 - Sarah", NULL, COMMAND_TICKET},
        {"Frontdesk API: error 500, told Sarah", NULL, COMMAND_TICKET},
        {"Sarah: Frontdesk API: error 500", NULL, COMMAND_TICKET},
        {"Shara: fix it", NULL, COMMAND_ASK},
    };
    const struct fixture *f = *state;
    struct pool *pool = pool_new(4 << 20);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct command c;
        command_read(&c, slice_of(rows[i].subject), SLICE_NONE, f->directory, f->names, pool);
        if (c.kind != rows[i].kind ||
            (c.absent ? !rows[i].who || strcmp(c.absent->user, rows[i].who) != 0 : rows[i].who != NULL))
            fail_msg("%s: kind %d, absent %s", rows[i].subject, (int)c.kind,
                     c.absent ? c.absent->user : "nobody");
        if (c.absent)
            assert_int_equal(c.why_ask, ASK_ABSENT);
    }
    pool_free(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(subjects_are_understood),         cmocka_unit_test(help_finds_its_topic),
        cmocka_unit_test(long_subjects_are_never_guessed), cmocka_unit_test(any_bytes_are_read),
        cmocka_unit_test(no_subject_and_no_text),          cmocka_unit_test(absent_people_are_told)};
    return cmocka_run_group_tests(tests, hire, dismiss);
}

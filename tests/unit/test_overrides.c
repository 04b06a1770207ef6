/* SPDX-License-Identifier: GPL-2.0-or-later */
/* overrides: brackets, lines at the top, single values; hostile input; `test_overrides --bench` times it. */
#include "frontdesk/command_overrides.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "local_time.h"

#define NOW "2026-11-24 10:00" /* a Tuesday, in New York */

static const struct directory_label
    queues[] = {{1, "Help Desk", NULL},
                {2, "Triage", NULL},
                {3, "Level II Support", NULL},
                {4, "Projects", NULL}},
    statuses[] = {{1, "New", NULL},
                  {5, "Complete", NULL},
                  {8, "In Progress", NULL},
                  {9, "Waiting Customer", NULL}},
    four[] = {{11, "Critical", NULL}, {12, "High", NULL}, {14, "Medium", NULL}, {15, "Low", NULL}},
    numbered[] = {{4, "P4 - Low", NULL},
                  {1, "P1 - Urgent", NULL},
                  {2, "P2 - High", NULL},
                  {3, "P3 - Normal", NULL}},
    three[] = {{1, "High", NULL}, {2, "Medium", NULL}, {3, "Low", NULL}},
    odd[] = {{1, "Red", NULL}, {2, "Amber", NULL}, {3, "Gr\xc3\xbcn", NULL}},
    twins[] = {{1, "High", NULL}, {2, "High VIP", NULL}, {3, "Low", NULL}},
    categories[] = {{3, "Standard", NULL}, {4, "RMA", NULL}, {5, "Change Request", NULL}},
    types[] = {{1, "Service Request", NULL}, {2, "Incident", NULL}, {3, "Problem", NULL}};

static const struct directory_company companies[] = {
    {0, "Northwind IT Services", "northwind.example", NULL},
    {301, "Acme Dental", "", NULL},
    {302, "Harbor Dental", "harbor.example", NULL},
    {303, "Acme Logistics", "acme-logistics.example", NULL},
    {304, "Birch & Sons, Inc.", "birch.example", NULL},
    {305, "Soci\xc3\xa9t\xc3\xa9 G\xc3\xa9n\xc3\xa9rale d'\xc3\x89quipement", "sge.example", NULL},
    {306, "HR", "", NULL},
    {307, "IT Partners", "", NULL},
    {308, "Twin Oaks", "", NULL},
    {309, "Twin Oaks", "", NULL},
    {310, "Zeta", "zeta.example", NULL},
    {311, "Zeta Holding", "zeta.example", NULL},
};

enum tenant { FOUR, NUMBERED, THREE, ODD, TWINS, TENANTS };
static struct directory *tenants[TENANTS];

static int build(void **state)
{
    static const struct directory_label *const priorities[] = {four, numbered, three, odd, twins};
    static const size_t sizes[] = {ARRAY_LEN(four), ARRAY_LEN(numbered), ARRAY_LEN(three), ARRAY_LEN(odd),
                                   ARRAY_LEN(twins)};
    (void)state;
    for (int i = 0; i < TENANTS; i++) {
        struct directory values = {.lists = {[LIST_QUEUE] = queues,
                                             [LIST_STATUS] = statuses,
                                             [LIST_PRIORITY] = priorities[i],
                                             [LIST_CATEGORY] = categories,
                                             [LIST_TYPE] = types},
                                   .n_lists = {[LIST_QUEUE] = ARRAY_LEN(queues),
                                               [LIST_STATUS] = ARRAY_LEN(statuses),
                                               [LIST_PRIORITY] = sizes[i],
                                               [LIST_CATEGORY] = ARRAY_LEN(categories),
                                               [LIST_TYPE] = ARRAY_LEN(types)},
                                   .companies = companies,
                                   .n_companies = ARRAY_LEN(companies)};
        tenants[i] = directory_build(&values);
    }
    return 0;
}

static int drop(void **state)
{
    (void)state;
    for (int i = 0; i < TENANTS; i++)
        directory_unref(&tenants[i]);
    return 0;
}

static const struct due_calendar york = {
    .tz = YORK, .workdays = 0x3e, .day_end_min = 1020, .holidays = &holidays};

/* "priority=High", "due=2026-11-27 17:00", "due<2026-11-23 17:00" (past), "company*A/B" (several),
 * "queue?A/B" (unknown, with the nearest) */
static void describe(const struct override *o, struct buf *out)
{
    static const char signs[] = {
        [OVERRIDE_SET] = '=', [OVERRIDE_UNKNOWN] = '?', [OVERRIDE_SEVERAL] = '*', [OVERRIDE_PAST] = '<'};
    struct tm tm;
    char text[32];
    buf_printf(out, "%s%s%c", out->len ? " " : "", override_key_name(o->key), signs[o->state]);
    if (o->key == OVERRIDE_DUE && o->state != OVERRIDE_UNKNOWN && clock_local(o->due_ms, YORK, &tm) &&
        strftime(text, sizeof(text), "%Y-%m-%d %H:%M", &tm))
        buf_puts(out, text);
    else if (o->state == OVERRIDE_SET)
        buf_puts(out, o->name);
    for (size_t i = 0; i < o->n_choices; i++)
        buf_printf(out, "%s%s", i ? "/" : "", o->choices[i].name);
}

static int differs(const char *what, const char *said, struct buf *got, const char *want)
{
    int wrong = strcmp(got->data, want) != 0;
    if (wrong)
        print_error("%s \"%s\": wanted [%s], got [%s]\n", what, said, want, got->data);
    buf_release(got);
    return wrong;
}

/* --- the end of the subject --- */

static const struct {
    const char *subject, *want; /* the title, " | " and what was found */
} subjects[] = {
    {"reset MFA [high]", "reset MFA | priority=High"},
    {"reset MFA [HIGH]", "reset MFA | priority=High"},
    {"reset MFA [ high ]  ", "reset MFA | priority=High"},
    {"reset MFA [high, fri 3pm, acme dental]",
     "reset MFA | priority=High due=2026-11-27 15:00 company=Acme Dental"},
    {"reset MFA [high; fri 3pm; harbor]",
     "reset MFA | priority=High due=2026-11-27 15:00 company=Harbor Dental"},
    {"reset MFA [high fri 3pm harbor]",
     "reset MFA | priority=High due=2026-11-27 15:00 company=Harbor Dental"},
    {"reset MFA [high and fri]", "reset MFA | priority=High due=2026-11-27 17:00"},
    {"reset MFA [due friday 3pm]", "reset MFA | due=2026-11-27 15:00"},
    {"reset MFA [due: friday]", "reset MFA | due=2026-11-27 17:00"},
    {"reset MFA [due: sun]", "reset MFA | due=2026-11-29 17:00"},
    {"reset MFA [by 12/5]", "reset MFA | due=2026-12-05 17:00"},
    {"reset MFA [Dec 5, 2026, low]", "reset MFA | due=2026-12-05 17:00 priority=Low"},
    {"reset MFA [Birch & Sons, Inc.]", "reset MFA | company=Birch & Sons, Inc."},
    {"reset MFA [low, birch & sons, inc., fri]",
     "reset MFA | priority=Low company=Birch & Sons, Inc. due=2026-11-27 17:00"},
    {"reset MFA [yesterday]", "reset MFA | due<2026-11-23 17:00"},
    {"reset MFA [acme]", "reset MFA | company*Acme Dental/Acme Logistics"},
    {"reset MFA [high, acme]", "reset MFA | priority=High company*Acme Dental/Acme Logistics"},
    {"reset MFA [harbor.example]", "reset MFA | company=Harbor Dental"},
    {"reset MFA [societe generale]",
     "reset MFA | company=Soci\xc3\xa9t\xc3\xa9 G\xc3\xa9n\xc3\xa9rale d'\xc3\x89quipement"},
    {"reset MFA [queue triage]", "reset MFA | queue=Triage"},
    {"reset MFA [queue: Tirage]", "reset MFA | queue?Triage"},
    {"reset MFA [Triage]", "reset MFA | queue=Triage"},
    {"reset MFA [priority=low]", "reset MFA | priority=Low"},
    {"reset MFA [prio high]", "reset MFA | priority=High"},
    {"reset MFA [high priority]", "reset MFA | priority=High"},
    {"reset MFA [p1]", "reset MFA | priority=Critical"},
    {"reset MFA [!high]", "reset MFA | priority=High"},
    {"reset MFA [high!]", "reset MFA | priority=High"},
    {"reset MFA !high", "reset MFA | priority=High"},
    {"reset MFA !urgent", "reset MFA | priority=Critical"},
    {"reset MFA [urgent]", "reset MFA | priority=Critical"},
    {"reset MFA [hihg]", "reset MFA | priority?High"},
    {"reset MFA [low, hrabor dental]", "reset MFA | priority=Low company?Harbor Dental"},
    {"reset MFA [low] [fri]", "reset MFA | priority=Low due=2026-11-27 17:00"},
    {"reset MFA [low] [high]", "reset MFA | priority=High"}, /* the later place wins */
    {"reset MFA [fri, mon]", "reset MFA | due=2026-11-30 17:00"},
    {"reset MFA [contact: Bob]", "reset MFA | contact=Bob"},
    {"reset MFA [cc: mike, high]", "reset MFA | cc=mike priority=High"},
    {"reset MFA [cc: mike, sarah, high]", "reset MFA | cc=mike cc=sarah priority=High"},
    {"reset MFA [incident]", "reset MFA | type=Incident"},
    {"reset MFA [RMA]", "reset MFA | category=RMA"},
    {"reset MFA [in progress]", "reset MFA | status=In Progress"},
    {"reset MFA [HR]", "reset MFA | company=HR"},
    {"[high]", " | priority=High"},
    /* what stays in the title */
    {"[EXTERNAL] reset MFA", "[EXTERNAL] reset MFA | "},
    {"reset MFA [EXTERNAL]", "reset MFA [EXTERNAL] | "},
    {"[urgent] printer", "[urgent] printer | "},
    {"printer [urgent] down", "printer [urgent] down | "},
    {"[INC-1234] printer", "[INC-1234] printer | "},
    {"printer [INC-1234]", "printer [INC-1234] | "},
    {"printer [Umbrella]", "printer [Umbrella] | "},
    {"printer [IT]", "printer [IT] | "},
    {"printer [may]", "printer [may] | "},
    {"printer [24/7]", "printer [24/7] | "},
    {"printer [slow]", "printer [slow] | "},
    {"printer [queue full]", "printer [queue full] | "},
    {"printer [high, see mail]", "printer [high, see mail] | "},
    {"printer [status - red light]", "printer [status - red light] | "},
    {"printer []", "printer [] | "},
    {"printer [,]", "printer [,] | "},
    {"printer [[high]]", "printer [[high]] | "},
    {"printer high]", "printer high] | "},
    {"printer [high", "printer [high | "},
    {"printer (high)", "printer (high) | "},
    {"printer!", "printer! | "},
    {"printer !!!", "printer !!! | "},
    {"printer!high", "printer!high | "},
    {"printer down high", "printer down high | "},
    {"", " | "},
};

static void read_with(struct overrides *o, const char *title, const char *text, struct pool *pool)
{
    overrides_read(o, slice_of(title), slice_of(text), tenants[FOUR], &york, local(NOW, YORK), pool);
}

static void put_all(const struct overrides *o, struct buf *out)
{
    struct buf list = BUF_INIT(10000);
    for (size_t i = 0; i < o->n; i++)
        describe(&o->list[i], &list);
    buf_printf(out, " | %s", list.data);
    buf_release(&list);
}

static void brackets_end_a_subject(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_LEN(subjects); i++) {
        struct pool *pool = pool_new(1 << 20);
        struct buf got = BUF_INIT(10000);
        struct overrides o;
        read_with(&o, subjects[i].subject, "Hello", pool);
        assert_true(slice_eq(o.text, SLICE("Hello")));
        buf_slice(&got, o.title);
        put_all(&o, &got);
        wrong += differs("subject", subjects[i].subject, &got, subjects[i].want);
        pool_free(&pool);
    }
    assert_int_equal(wrong, 0);
}

/* --- the top of the text --- */

static const struct {
    const char *text, *want; /* what is left of the text, " | " and what was found */
} texts[] = {
    {"Priority: high\nPrinter.", "Printer. | priority=High"},
    {"priority : HIGH\r\n\r\nPrinter.", "Printer. | priority=High"},
    {"PRIORITY=high\nPrinter.", "Printer. | priority=High"},
    {"Priority - high\nPrinter.", "Printer. | priority=High"},
    {"Priority \xe2\x80\x93 high\nPrinter.", "Printer. | priority=High"},
    {"Priority\xef\xbc\x9ahigh\nPrinter.", "Printer. | priority=High"},
    {"*Priority:* high\nPrinter.", "Printer. | priority=High"},
    {"**Priority**: high\nPrinter.", "Printer. | priority=High"},
    {"*Priority: high*\nPrinter.", "Printer. | priority=High"},
    {"- Priority: high\n- Due: fri\nPrinter.", "Printer. | priority=High due=2026-11-27 17:00"},
    {"\xe2\x80\xa2 Prio: low\nPrinter.", "Printer. | priority=Low"},
    {"Prio: \"high\".\nPrinter.", "Printer. | priority=High"},
    {"Prio: high, please\nPrinter.", "Printer. | priority=High"},
    {"Prio: !high\nPrinter.", "Printer. | priority=High"},
    {"Prio: 1\nPrinter.", "Printer. | priority=Critical"},
    {"!high\nPrinter.", "Printer. | priority=High"},
    {"Due date: Dec 5 at 4 pm\nPrinter.", "Printer. | due=2026-12-05 16:00"},
    {"Due: 2 hours\nPrinter.", "Printer. | due=2026-11-24 12:00"},
    {"By: fri\nPrinter.", "Printer. | due=2026-11-27 17:00"},
    {"Due by: fri\nPrinter.", "Printer. | due=2026-11-27 17:00"},
    {"Deadline: tomorrow noon\nPrinter.", "Printer. | due=2026-11-25 12:00"},
    {"Due: 11/23/2026\nPrinter.", "Due: 11/23/2026\nPrinter. | due<2026-11-23 17:00"},
    {"Due: someday\nPrinter.", "Due: someday\nPrinter. | due?"},
    {"Queue: triage\nPrinter.", "Printer. | queue=Triage"},
    {"Queue: level ii\nPrinter.", "Printer. | queue=Level II Support"},
    {"Queue: Sales\nPrinter.", "Queue: Sales\nPrinter. | queue?Help Desk/Triage/Level II Support/Projects"},
    {"Company: harbor\nPrinter.", "Printer. | company=Harbor Dental"},
    {"Client: acme\nPrinter.", "Client: acme\nPrinter. | company*Acme Dental/Acme Logistics"},
    {"Customer: Umbrella\nPrinter.", "Customer: Umbrella\nPrinter. | company?"},
    {"Company: Akme Dental\nPrinter.", "Company: Akme Dental\nPrinter. | company?Acme Dental"},
    {"Category: rma\nType: incident\nStatus: in progress\nPrinter.",
     "Printer. | category=RMA type=Incident status=In Progress"},
    {"Contact: Bob Miller\nPrinter.", "Printer. | contact=Bob Miller"},
    {"Cc: mike, sarah\nCC: bob@x.example\nPrinter.", "Printer. | cc=mike, sarah cc=bob@x.example"},
    {"Priority: high, Due: fri; Queue: triage\nPrinter.",
     "Printer. | priority=High due=2026-11-27 17:00 queue=Triage"},
    {"Priority: high\nPriority: low\nPrinter.", "Printer. | priority=Low"},
    {"Hi,\n\nPriority: high\n\nPrinter.", "Hi,\nPrinter. | priority=High"},
    {"Hi Sarah,\nPriority: high\nPrinter.", "Hi Sarah,\nPrinter. | priority=High"},
    {"Good morning!\nDue: fri", "Good morning!\n | due=2026-11-27 17:00"},
    {"\n\n  Priority: high  \nPrinter.", "Printer. | priority=High"},
    {"Company:\nDue: fri\nPrinter.", "Printer. | due=2026-11-27 17:00"},
    {"Priority: high", " | priority=High"},
    /* ordinary text */
    {"Printer.\nPriority: high", "Printer.\nPriority: high | "},
    {"Hi,\nHello,\nPriority: high", "Hi,\nHello,\nPriority: high | "},
    {"Hi printer is dead\nPriority: high", "Hi printer is dead\nPriority: high | "},
    {"Hi, the printer burns\nPriority: high", "Hi, the printer burns\nPriority: high | "},
    {"> Priority: high\nPrinter.", "> Priority: high\nPrinter. | "},
    {"Priority high\nPrinter.", "Priority high\nPrinter. | "},
    {"By the way: it burns\nPrinter.", "By the way: it burns\nPrinter. | "},
    {"Type - C cable\nPrinter.", "Type - C cable\nPrinter. | "},
    {"Status - it burns\nPrinter.", "Status - it burns\nPrinter. | "},
    {"Contact - Bob\nPrinter.", "Contact - Bob\nPrinter. | "},
    {"Bypass: on\nPrinter.", "Bypass: on\nPrinter. | "},
    {"Type-C cable: broken\nPrinter.", "Type-C cable: broken\nPrinter. | "},
    {"Due:\nPrinter.", "Due:\nPrinter. | "},
    {"!important note\nPrinter.", "!important note\nPrinter. | "},
    {"From: a@b.example\nCc: c\nPrinter.", "From: a@b.example\nCc: c\nPrinter. | "},
    {"", " | "},
    {"Hi,", "Hi, | "},
};

static void lines_open_a_text(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct pool *pool = pool_new(1 << 20);
        struct buf got = BUF_INIT(10000);
        struct overrides o;
        read_with(&o, "printer", texts[i].text, pool);
        assert_true(slice_eq(o.title, SLICE("printer")));
        buf_slice(&got, o.text);
        put_all(&o, &got);
        wrong += differs("text", texts[i].text, &got, texts[i].want);
        pool_free(&pool);
    }
    assert_int_equal(wrong, 0);
    struct pool *pool = pool_new(1 << 20);
    struct overrides o;
    read_with(&o, "printer [low, fri]", "Priority: high\nPrinter.", pool);
    struct buf got = BUF_INIT(1000);
    put_all(&o, &got);
    assert_int_equal(differs("text over subject", "low", &got, " | priority=High due=2026-11-27 17:00"), 0);
    pool_free(&pool);
}

/* --- single values --- */

static const struct {
    enum tenant tenant;
    const char *said, *want; /* "-" = nothing fits */
} guesses[] = {
    {FOUR, "critical", "priority=Critical"},
    {FOUR, "asap", "priority=Critical"},
    {FOUR, "ASAP!", "priority=Critical"},
    {FOUR, "emergency", "priority=Critical"},
    {FOUR, "p2", "priority=High"},
    {FOUR, "P3", "priority=Medium"},
    {FOUR, "p4", "priority=Low"},
    {FOUR, "p5", "-"},
    {FOUR, "normal", "priority=Medium"},
    {FOUR, "med", "priority=Medium"},
    {FOUR, "no rush", "priority=Low"},
    {FOUR, "prio 1", "priority=Critical"},
    {FOUR, "priority: 2", "priority=High"},
    {FOUR, "1", "-"},
    {FOUR, "crit", "-"},
    {NUMBERED, "p1", "priority=P1 - Urgent"},
    {NUMBERED, "urgent", "priority=P1 - Urgent"},
    {NUMBERED, "asap", "priority=P1 - Urgent"},
    {NUMBERED, "critical", "priority=P1 - Urgent"},
    {NUMBERED, "high", "priority=P2 - High"},
    {NUMBERED, "medium", "priority=P3 - Normal"},
    {NUMBERED, "normal", "priority=P3 - Normal"},
    {NUMBERED, "low", "priority=P4 - Low"},
    {THREE, "urgent", "priority=High"},
    {THREE, "p1", "priority=High"},
    {THREE, "p2", "priority=Medium"},
    {THREE, "p4", "-"},
    {ODD, "red", "priority=Red"},
    {ODD, "grun", "priority=Gr\xc3\xbcn"},
    {ODD, "urgent", "-"},
    {ODD, "p1", "-"},
    {ODD, "high", "-"},
    {TWINS, "high", "priority=High"},
    {TWINS, "high vip", "priority=High VIP"},
    {TWINS, "urgent", "-"},
    {FOUR, "help desk", "queue=Help Desk"},
    {FOUR, "HELP  desk", "-"},
    {FOUR, "waiting customer", "status=Waiting Customer"},
    {FOUR, "harbor dental", "company=Harbor Dental"},
    {FOUR, "Harb", "company=Harbor Dental"},
    {FOUR, "har", "-"},
    {FOUR, "acme", "-"},
    {FOUR, "acme l", "company=Acme Logistics"},
    {FOUR, "dental", "-"},
    {FOUR, "twin oaks", "-"},
    {FOUR, "zeta", "company=Zeta"},
    {FOUR, "zeta.example", "-"},
    {FOUR, "www.birch.example", "company=Birch & Sons, Inc."},
    {FOUR, "bob@birch.example", "company=Birch & Sons, Inc."},
    {FOUR, "it", "-"},
    {FOUR, "queue projects", "queue=Projects"},
    {FOUR, "fri 3pm", "due=2026-11-27 15:00"},
    {FOUR, "yesterday", "due<2026-11-23 17:00"},
    {FOUR, "to mike", "-"},
    {FOUR, "", "-"},
    {FOUR, "[", "-"},
};

static void values_are_guessed(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_LEN(guesses); i++) {
        struct pool *pool = pool_new(1 << 20);
        struct buf got = BUF_INIT(1000);
        struct override o = {.due_ms = 77};
        if (override_guess(&o, slice_of(guesses[i].said), tenants[guesses[i].tenant], &york, local(NOW, YORK),
                           pool)) {
            describe(&o, &got);
        } else {
            buf_puts(&got, "-");
            assert_int_equal(o.due_ms, 77);
        }
        wrong += differs("guess", guesses[i].said, &got, guesses[i].want);
        pool_free(&pool);
    }
    assert_int_equal(wrong, 0);
    assert_true(ARRAY_LEN(guesses) + ARRAY_LEN(texts) + ARRAY_LEN(subjects) >= 120);
}

static const struct {
    enum override_key key;
    const char *said, *want;
} values[] = {
    {OVERRIDE_PRIORITY, "crit", "priority=Critical"},
    {OVERRIDE_PRIORITY, "purple", "priority?Critical/High/Medium/Low"},
    {OVERRIDE_PRIORITY, "mediun", "priority?Medium"},
    {OVERRIDE_COMPANY, "dental", "company*Acme Dental/Harbor Dental"},
    {OVERRIDE_COMPANY, "twin oaks", "company*Twin Oaks/Twin Oaks"},
    {OVERRIDE_COMPANY, "logistics", "company=Acme Logistics"},
    {OVERRIDE_COMPANY, "ogisti", "company=Acme Logistics"},
    {OVERRIDE_COMPANY, "zeta.example", "company*Zeta/Zeta Holding"},
    {OVERRIDE_COMPANY, "https://www.harbor.example/", "company=Harbor Dental"},
    {OVERRIDE_COMPANY, "came dental", "company?Acme Dental"},
    {OVERRIDE_COMPANY, "hr", "company=HR"},
    {OVERRIDE_COMPANY, "\"Northwind IT Services\"", "company=Northwind IT Services"},
    {OVERRIDE_STATUS, "complete", "status=Complete"},
    {OVERRIDE_STATUS, "compelte", "status?Complete"},
    {OVERRIDE_CATEGORY, "change", "category=Change Request"},
    {OVERRIDE_DUE, "the 5th", "due=2026-12-05 17:00"},
    {OVERRIDE_DUE, "soon", "due?"},
    {OVERRIDE_CONTACT, "  Bob\tM\x01iller ", "contact=Bob M iller"},
};

static void values_with_a_key_are_resolved(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        struct pool *pool = pool_new(1 << 20);
        struct buf got = BUF_INIT(1000);
        struct override o;
        override_resolve(&o, values[i].key, slice_of(values[i].said), tenants[FOUR], &york, local(NOW, YORK),
                         pool);
        describe(&o, &got);
        wrong += differs("value", values[i].said, &got, values[i].want);
        pool_free(&pool);
    }
    assert_int_equal(wrong, 0);
}

static void a_tenant_without_lists_knows_nothing(void **state)
{
    (void)state;
    struct directory empty = {.web_url = ""};
    struct directory *d = directory_build(&empty);
    struct pool *pool = pool_new(1 << 20);
    struct overrides o;
    overrides_read(&o, SLICE("x [high, acme]"), SLICE("Priority: high\nCompany: acme\ntext"), d, &york,
                   local(NOW, YORK), pool);
    struct buf got = BUF_INIT(1000);
    put_all(&o, &got);
    assert_string_equal(got.data, " | priority? company?");
    assert_true(slice_eq(o.title, SLICE("x [high, acme]")));
    buf_release(&got);
    pool_free(&pool);
    directory_unref(&d);
}

/* --- what others send --- */

static void try_hostile(struct slice s)
{
    char *copy = malloc(s.len + 1); /* of its own, so that a sanitizer sees its end */
    struct pool *pool = pool_new(64 << 20);
    struct overrides o;
    assert_non_null(copy);
    memcpy(copy, s.ptr, s.len);
    struct slice own = slice_from(copy, s.len);
    overrides_read(&o, own, own, tenants[FOUR], &york, local(NOW, YORK), pool);
    assert_true(o.n <= OVERRIDES_MAX && o.title.len <= s.len && o.text.len <= s.len + 1);
    for (size_t i = 0; i < o.n; i++)
        assert_true(o.list[i].n_choices <= OVERRIDE_CHOICES && o.list[i].name &&
                    !strchr(o.list[i].name, '\n'));
    assert_false(pool_exhausted(pool));
    pool_free(&pool);
    free(copy);
}

static void repeat(const char *unit, size_t times, const char *end)
{
    struct buf b = BUF_INIT(1 << 20);
    for (size_t i = 0; i < times; i++)
        buf_puts(&b, unit);
    buf_puts(&b, end);
    try_hostile(buf_view(&b));
    buf_release(&b);
}

static void hostile_input_is_survived(void **state)
{
    (void)state;
    static const char *const units[] = {"[",        "]",
                                        "[]",       "[high]",
                                        ",",        "[,",
                                        "high,",    "Priority: high\n",
                                        "Due:",     "Cc: x\n",
                                        "a: ",      "\n",
                                        "*",        "!",
                                        "\xff",     "\xe2\x80\xae",
                                        "\xc2",     "fri ",
                                        "= ",       "- ",
                                        "\xe2\x80", "Company: z\n",
                                        "Hi,\n",    "[high "};
    int64_t start = clock_mono_ms();
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        for (size_t n = 1; n <= 10000; n = n * 7 + 3) {
            repeat(units[i], n, "");
            repeat(units[i], n, "]");
        }
    }
    assert_true(clock_mono_ms() - start < 200000);
    try_hostile(slice_from("x [high\0, fri]", 14));
    try_hostile(slice_from("\0Priority: high\0\n\0", 18));
    try_hostile(slice_from("x [\xe2\x80\xaehigih]", 13));
    try_hostile(SLICE_NONE.ptr ? SLICE_NONE : SLICE(""));
    try_hostile(SLICE("Company: \xff\xfe\xfd\n"));
}

/* Marks that turn the direction of text come back in no name. */
static void marks_do_not_come_back(void **state)
{
    (void)state;
    struct pool *pool = pool_new(1 << 20);
    struct override o;
    override_resolve(&o, OVERRIDE_CONTACT, SLICE("Bob \xe2\x80\xae<b>\x07"), tenants[FOUR], &york,
                     local(NOW, YORK), pool);
    assert_string_equal(o.name, "Bob <b");
    override_resolve(&o, OVERRIDE_COMPANY, SLICE("ha\xe2\x80\x8brbor"), tenants[FOUR], &york,
                     local(NOW, YORK), pool);
    assert_int_equal(o.id, 302);
    pool_free(&pool);
}

static void bench(void)
{
    static char names[10000][32];
    static struct directory_company many[10000];
    for (int i = 0; i < 10000; i++) {
        snprintf(names[i], sizeof(names[i]), "%c%c%c Company %d", 'A' + i % 26, 'a' + i / 26 % 26,
                 'a' + i / 676 % 26, i);
        many[i] = (struct directory_company){i, names[i], "", NULL};
    }
    struct directory with_many = *tenants[FOUR], *d;
    with_many.companies = many;
    with_many.n_companies = ARRAY_LEN(many);
    d = directory_build(&with_many);
    static const char *const rows[][2] = {
        {"printer down", "The printer is down.\n"}, {"printer [high, fri 3pm, aca company 52]", "text\n"},
        {"printer [EXTERNAL]", "text\n"},           {"printer", "Company: 4711\nPriority: high\ntext\n"},
        {"printer", "Company: Umbrela\ntext\n"},    {"printer [aa, bb, cc, dd, ee, ff, gg, hh]", "text\n"}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t start = clock_now_us();
        struct overrides o;
        for (int round = 0; round < 200; round++) {
            struct pool *pool = pool_new(1 << 20);
            overrides_read(&o, slice_of(rows[i][0]), slice_of(rows[i][1]), d, &york, 1795536000000, pool);
            pool_free(&pool);
        }
        printf("%6.1f us, %zu found: %s / %.20s\n", (double)(clock_now_us() - start) / 200, o.n, rows[i][0],
               rows[i][1]);
    }
    directory_unref(&d);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--bench") == 0) {
        build(NULL);
        bench();
        drop(NULL);
        return 0;
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(brackets_end_a_subject),
        cmocka_unit_test(lines_open_a_text),
        cmocka_unit_test(values_are_guessed),
        cmocka_unit_test(values_with_a_key_are_resolved),
        cmocka_unit_test(a_tenant_without_lists_knows_nothing),
        cmocka_unit_test(hostile_input_is_survived),
        cmocka_unit_test(marks_do_not_come_back),
    };
    return cmocka_run_group_tests(tests, build, drop);
}

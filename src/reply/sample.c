/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sample: facts for `frontdesk render` and the golden letters; rich enough that every part of every letter
 * shows. */
#include "view.h"

static void set(struct view *v, const char *name, const char *text)
{
    view_set(v, name, slice_of(text));
}

static void ticket(struct view *v)
{
    set(v, "to_example", "to Mike Chen");
    set(v, "add_example", "+Mike Chen");
    set(v, "priority_example", "High");
    set(v, "due_example", "due fri");
    view_flag(v, "ticket", true);
    view_flag(v, "made", true);
    set(v, "number", "T20261124.0007");
    set(v, "id", "50311");
    set(v, "title", "reset MFA for Bob at Acme & Sons <west>");
    set(v, "link",
        "https://ww3.autotask.net/Autotask/AutotaskExtend/"
        "ExecuteCommand.aspx?Code=OpenTicketDetail&TicketID=50311");
    set(v, "priority", "Medium");
    set(v, "due", "Wed 25 Nov 17:00");
}

static void suggestion(struct view *v, const char *n, const char *name, const char *example)
{
    struct view *item = view_item(v, "suggestions");
    set(item, "n", n);
    view_flag(item, "first", strcmp(n, "1") == 0);
    set(item, "name", name);
    set(item, "example", example);
}

static void pair(struct view *v, const char *list, const char *a, const char *b, const char *name_a,
                 const char *name_b)
{
    struct view *item = view_item(v, list);
    set(item, name_a, a);
    set(item, name_b, b);
}

static void fill_triage(struct view *v)
{
    ticket(v);
    set(v, "queue", "Triage");
    set(v, "word", "Shara");
    view_flag(v, "near_miss", true);
    suggestion(v, "1", "Sarah Klein", "Sarah: printer down");
    suggestion(v, "2", "Shana Ortiz", "Shana: printer down");
}

static void fill_created(struct view *v)
{
    ticket(v);
    set(v, "queue", "Help Desk");
    set(v, "assignee", "Sarah Klein");
    set(view_item(v, "others"), "name", "Mike Chen");
    view_flag(v, "todo", true);
    view_flag(v, "cut", true);
}

static void line(struct view *v, const char *list, const char *text)
{
    set(view_item(v, list), "line", text);
}

static void fill_ask(struct view *v)
{
    set(v, "title", "printer down");
    set(v, "target_title", "printer down");
    set(v, "queue", "Triage");
    set(v, "word", "Shara");
    set(v, "hold", "15:40");
    view_flag(v, "near_miss", true);
    view_flag(v, "note", true);
    suggestion(v, "1", "Sarah Klein", "");
    suggestion(v, "2", "Shana Ortiz", "");
    view_flag(v, "nothing", false);
}

static void fill_amended(struct view *v)
{
    ticket(v);
    set(v, "target_title", "reset MFA for Bob at Acme & Sons <west>");
    static const char *const rows[][3] = {{"For", "Mike Chen", "Sarah Klein"},
                                          {"Due", "Wed 25 Nov 17:00", "Fri 27 Nov 17:00"}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct view *item = view_item(v, "changes");
        set(item, "what", rows[i][0]);
        set(item, "was", rows[i][1]);
        set(item, "becomes", rows[i][2]);
    }
    set(view_item(v, "added"), "name", "Shana Ortiz");
    set(view_item(v, "removed"), "name", "Will Turner");
    view_flag(v, "note", true);
    line(v, "remarks", "There is no queue \"Trage\"; nearest: Triage. It has Help Desk.");
    view_flag(v, "has_files", true);
    struct view *file = view_item(v, "files");
    set(file, "name", "error <1>.png");
    set(file, "size", "2.1 MB");
    view_flag(v, "has_left_out", true);
    line(v, "left_out", "logo.png: a picture of the signature");
}

static void fill_again(struct view *v)
{
    set(v, "number", "T20261124.0007");
    set(v, "first_ref", "7KQ1");
}

static void fill_files(struct view *v)
{
    set(v, "number", "T20261124.0007");
    line(v, "remarks", "tool.exe: Autotask does not take files of this kind");
}

static void topics(struct view *v)
{
    pair(v, "topics", "help credit memo", "Credit memos and refunds in QuickBooks Online", "example",
         "title");
    pair(v, "topics", "help merge contacts", "Merging contacts in Autotask", "example", "title");
}

static void fill_help(struct view *v)
{
    pair(v, "people", "Sarah Klein", "Sarah: reset the password", "name", "example");
    pair(v, "people", "Mike Chen", "Mike Chen: reset the password", "name", "example");
    set(v, "more_people", "12");
    set(v, "pair_example", "Sarah and Mike Chen: move the server");
    set(v, "brackets_example", "Sarah: renew the certificate [High, due friday]");
    pair(v, "commands", "help", "what you may ask for, or how something is done", "verb", "summary");
    pair(v, "commands", "explain: Sarah: reset the password", "what would happen, and why; nothing is done",
         "verb", "summary");
    pair(v, "commands", "retry 7KQ2", "a parked message once more", "verb", "summary");
    topics(v);
}

static void block(struct view *v, const char *kind, const char *n, const char *text)
{
    struct view *item = view_item(v, "blocks");
    set(item, kind, text);
    set(item, "n", n);
}

static void fill_howto(struct view *v)
{
    set(v, "topic", "Credit memos and refunds in QuickBooks Online");
    block(v, "para", "", "A credit memo lowers what a customer owes.");
    block(v, "heading", "", "Apply it to an invoice");
    block(v, "step", "1", "Choose + New > Receive payment, and the customer.");
    block(v, "step", "2", "Set Amount received to 0; ignore the amount that is filled in.");
    block(v, "item", "", "The memo stands under Credits.");
    block(v, "caution", "", "Any other account than Accounts Receivable leaves the credit open.");
    block(v, "typed", "", "Sarah: credit the invoice 10233 of Acme & Sons");
    block(v, "said", "", "due friday");
}

static void labelled(struct view *v, const char *what, const char *text, const char *whole)
{
    struct view *item = view_item(v, "lines");
    set(item, "what", what);
    set(item, "text", text);
    set(item, "line", whole);
}

static void fill_status(struct view *v)
{
    labelled(v, "last mail", "5 minutes ago", "last mail    5 minutes ago");
    labelled(v, "Autotask", "reached 2 minutes ago, 14 of 5000 calls used this hour",
             "Autotask     reached 2 minutes ago, 14 of 5000 calls used this hour");
    labelled(v, "alerts", "1 open", "alerts       1 open");
    labelled(v, "", "since 24 Nov 16:05:09, parked-7KQ2", "             since 24 Nov 16:05:09, parked-7KQ2");
    labelled(v, "WARNING", "senders are not authenticated: a mailbox has trust = \"none\"",
             "WARNING      senders are not authenticated: a mailbox has trust = \"none\"");
}

static void fill_show(struct view *v)
{
    set(v, "first_ref", "7KQ1");
    labelled(v, "ref", "7KQ1 in mailbox desk, taken 24 Nov 16:05:09",
             "ref       7KQ1 in mailbox desk, taken 24 Nov 16:05:09");
    labelled(v, "step 1", "ticket.create, key fd-0123456789abcdef0123456789abcdef01234567: done, made",
             "step 1    ticket.create, key fd-0123456789abcdef0123456789abcdef01234567: done, made");
}

static void fill_wish(struct view *v)
{
    set(v, "verb", "retry");
    set(v, "first_ref", "7KQ1");
    set(v, "reason", "parked: rejected: Autotask answered 500: Picklist value [3] does not exist");
    view_flag(v, "noted", true);
}

static void fill_explain(struct view *v)
{
    labelled(v, "verdict", "staff (auth-server)", "verdict   staff (auth-server)");
    labelled(v, "command", "ticket", "command   ticket");
    labelled(v, "", "addressed \"Sarah\" (start with colon): Sarah Klein",
             "          addressed \"Sarah\" (start with colon): Sarah Klein");
    labelled(v, "request", "POST Tickets {\"companyID\":0,\"title\":\"reset MFA for <Bob>\"}",
             "request   POST Tickets {\"companyID\":0,\"title\":\"reset MFA for <Bob>\"}");
    labelled(v, "reply", "to dana.reed@northwind.example", "reply     to dana.reed@northwind.example");
    view_flag(v, "has_letter", true);
    line(v, "letter", "Subject: Re: Sarah: reset MFA for <Bob>");
    line(v, "letter", "");
    line(v, "letter", "  For       Sarah Klein");
}

static void fill_alert(struct view *v)
{
    view_flag(v, "ill", true);
    set(v, "topic", "credentials");
    set(v, "text",
        "Autotask has refused this user, secret and integration code twice; no further try is made.");
}

static void fill_digest(struct view *v)
{
    labelled(v, "", "dana.reed@northwind.example  auth-none (3)",
             "dana.reed@northwind.example  auth-none (3)");
    labelled(v, "", "the mailbox's server said nothing about the sender",
             "    the mailbox's server said nothing about the sender");
}

static void fill_trouble(struct view *v)
{
    set(v, "reason", "Autotask answered 500: Picklist value [3] does not exist for priority");
}

static void fill_no_books(struct view *v)
{
    set(v, "reason", "The setting firm.integration does not say which product takes the invoices there.");
}

static void fill_too_large(struct view *v)
{
    set(v, "reason", "the mail is larger than 35 MB");
    set(v, "advice",
        "Please send it again without the large parts (put big files where your firm shares files, and mail "
        "the link).");
}

static void fill_diverted(struct view *v)
{
    ticket(v);
    set(v, "diverted_to", "T20261120.0003");
}

static struct view *finding(struct view *v, const char *flag, const char *title, const char *cause,
                            const char *step, const char *object, const char *detail)
{
    struct view *g = view_item(v, "groups");
    static const char *const flags[] = {"is_error", "is_warning", "is_note"};
    for (size_t i = 0; i < ARRAY_LEN(flags); i++)
        view_flag(g, flags[i], strcmp(flags[i], flag) == 0);
    set(g, "title", title);
    set(g, "cause", cause);
    set(g, "count", "14");
    set(g, "more", "13");
    pair(g, "steps", "1", step, "n", "step");
    struct view *list = view_item(g, "lists");
    set(list, "href", "https://app.qbo.intuit.com/app/items");
    set(list, "what", "item");
    set(list, "system", "QuickBooks");
    struct view *row = view_item(g, "rows");
    set(row, "object", object);
    set(row, "detail", detail);
    set(row, "ids", "work type 29680301, account 79");
    struct view *link = view_item(row, "links");
    set(link, "href", "https://app.qbo.intuit.com/app/register?accountId=79");
    set(link, "what", "account");
    set(link, "system", "QuickBooks");
    return g;
}

static void bar(struct view *v, const char *flag, const char *count, const char *share)
{
    struct view *item = view_item(v, "bars");
    view_flag(item, flag, true);
    view_flag(item, "one", strcmp(count, "1") == 0);
    set(item, "count", count);
    set(item, "share", share);
}

static void fill_report(struct view *v)
{
    static const char *const bars[][3] = {
        {"is_error", "14", "50"}, {"is_warning", "1", "3"}, {"is_note", "13", "47"}};
    set(v, "verdict", "14 findings can make invoices fail or send revenue to the wrong place.");
    view_flag(v, "wide", true);
    set(v, "errors", "14");
    set(v, "warnings", "1");
    set(v, "notes", "13");
    for (size_t i = 0; i < ARRAY_LEN(bars); i++)
        bar(v, bars[i][0], bars[i][1], bars[i][2]);
    line(v, "compared", "412 names of Autotask against 389 items of QuickBooks.");
    line(v, "unseen", "frontdesk's API user may not see all billing codes in Autotask.");
    line(v, "assumed", "Assumed: items are matched by the name of the billing code.");
    set(v, "made", "24 Nov 16:05:09");
    finding(v, "is_error", "QuickBooks has an item of nearly this name", "Names are compared exactly.",
            "Decide which name is right, and make the other one equal.", "After Hours <west>",
            "Autotask has \"After Hours <west>\", QuickBooks \"After-Hours <west>\"");
    finding(v, "is_warning", "The item books to another account than the code says",
            "QuickBooks takes the account from the item.", "Edit the item.", "Consulting", "");
    finding(v, "is_note", "In QuickBooks only", "No name in Autotask equals this item's.", "Nothing.", "Gas",
            "type Service");
}

static struct view *answer(struct view *v, const char *n, const char *title, const char *flag,
                           const char *meaning, const char *verdict)
{
    struct view *a = view_item(v, "answers");
    view_flag(a, "first", strcmp(n, "1") == 0);
    set(a, "n", n);
    set(a, "title", title);
    set(a, "meaning", meaning);
    set(a, "verdict", verdict);
    view_flag(a, flag, true);
    set(a, "read", "24 Nov 16:05:09");
    return a;
}

static void record(struct view *a, const char *name, const char *detail, const char *flag)
{
    static const char *const flags[] = {"is_confirmed", "is_solved"};
    struct view *item = view_item(a, "records");
    set(item, "what", "invoice");
    set(item, "name", name);
    set(item, "detail", detail);
    for (size_t i = 0; i < ARRAY_LEN(flags); i++)
        view_flag(item, flags[i], strcmp(flags[i], flag) == 0);
}

static void fill_diagnosis(struct view *v)
{
    struct view *a = answer(
        v, "1", "a line points at a product category", "is_confirmed",
        "A line of the invoice goes to a QuickBooks category, and only products and services can be sold.",
        "\"Hardware\" on the invoice is a category in QuickBooks.");
    view_flag(v, "wide", true);
    set(v, "count", "2");
    set(a, "cause", "QuickBooks looks the item up by name, and finds a category of that name first.");
    set(a, "quote", "An item in this transaction is set up as a category instead of a product or service");
    set(a, "where", "error <1>.log");
    view_flag(a, "several", true);
    record(a, "10233", "Acme & Sons, 2026-11-20, 1250.00", "is_confirmed");
    record(a, "10234", "Blue Yonder, 2026-11-20, 80.00", "is_solved");
    struct view *row = view_item(a, "rows");
    set(row, "object", "Hardware");
    set(row, "detail", "the line \"Switch 24 port\" has this code");
    set(row, "ids", "billing code 29680301, category 79");
    struct view *link = view_item(a, "lists");
    set(link, "href", "https://app.qbo.intuit.com/app/items");
    set(link, "what", "item");
    set(link, "system", "QuickBooks");
    link = view_item(row, "links");
    set(link, "href", "https://ww3.autotask.net/open?id=29680301");
    set(link, "what", "billing code");
    set(link, "system", "Autotask");
    pair(a, "steps", "1", "QuickBooks: Gear > All lists > Product categories. Rename the category.", "n",
         "step");
    pair(a, "steps", "2", "Autotask: Contracts > Invoice History. Clear the invoice number, and save.", "n",
         "step");
    view_flag(a, "has_steps", true);
    view_flag(a, "has_resend", true);
    pair(a, "resend", "1", "Look first that it is not in QuickBooks already.", "n", "line");
    view_flag(a, "has_besides", true);
    struct view *besides = view_item(a, "besides");
    set(besides, "title", "The period of the invoice is closed in QuickBooks");
    set(besides, "object", "10233");
    set(besides, "detail", "dated 2026-11-20; closed up to 2026-11-30");
    a = answer(v, "2", "the login to QuickBooks has ended", "is_unchecked",
               "QuickBooks no longer lets the sync in.", "QuickBooks did not answer.");
    view_flag(a, "later", true);
    view_flag(a, "weak", true);
    line(a, "unseen", "QuickBooks could not be reached.");
    view_flag(a, "has_steps", true);
    pair(a, "steps", "1", "Connect the app again.", "n", "step");
}

static void watch(struct view *v)
{
    set(v, "watched", "mapping");
    set(v, "schedule", "daily 07:00");
    set(v, "last", "Tue 24 Nov 07:00");
    set(v, "next", "Wed 25 Nov 07:00");
    set(v, "known", "15");
    view_flag(v, "one", false);
    set(v, "acked", "2");
}

static void fill_watch_first(struct view *v)
{
    watch(v);
    set(v, "acked", "");
    view_flag(v, "wide", true);
    set(v, "errors", "14");
    set(v, "warnings", "1");
    bar(v, "is_error", "14", "93");
    bar(v, "is_warning", "1", "6");
    line(v, "compared", "412 names of Autotask against 389 items of QuickBooks.");
    line(v, "unseen", "frontdesk's API user may not see all billing codes in Autotask.");
    finding(v, "is_error", "QuickBooks has an item of nearly this name", "Names are compared exactly.",
            "Decide which name is right, and make the other one equal.", "After Hours <west>",
            "Autotask has \"After Hours <west>\", QuickBooks \"After-Hours <west>\"");
    struct view *g =
        finding(v, "is_warning", "The item books to another account than the code says",
                "QuickBooks takes the account from the item.", "Edit the item.", "Consulting", "");
    set(g, "count", "1");
    set(g, "more", "");
}

static void fill_watch_change(struct view *v)
{
    watch(v);
    view_flag(v, "wide", true);
    set(v, "fresh", "1");
    set(v, "errors", "1");
    bar(v, "is_error", "1", "100");
    struct view *g =
        finding(v, "is_error", "QuickBooks has an item of nearly this name", "Names are compared exactly.",
                "Decide which name is right, and make the other one equal.", "After Hours <west>",
                "Autotask has \"After Hours <west>\", QuickBooks \"After-Hours <west>\"");
    set(g, "count", "1");
    set(g, "more", "");
    line(v, "unseen", "frontdesk's API user may not see all billing codes in Autotask.");
    set(v, "gone_count", "42");
    line(v, "gone", "No item of this name: Remote Labor <north> (work type 29680302)");
    line(v, "gone", "The item is inactive: Gas (work type 29680303, item 28)");
    set(v, "gone_more", "40");
}

static void fill_watch_answer(struct view *v)
{
    watch(v);
    view_flag(v, "ack", true);
    set(v, "accepts", "2");
    view_flag(v, "snooze", true);
    set(v, "until", "Wed 2 Dec 09:30");
    set(v, "next", "Wed 2 Dec 09:30");
    line(v, "remarks", "The other words of your mail were not kept: they make no ticket.");
}

static struct view *common(struct pool *pool)
{
    struct view *v = view_new(pool);
    set(v, "subject", "Sarah: reset MFA for Bob at Acme & Sons <west>");
    set(v, "firm", "Northwind IT Services");
    set(v, "ref", "7KQ2");
    set(v, "token", "[fd:7KQ2.0123456789abcdef0123]");
    set(v, "greeting", "Dana");
    set(v, "verb", "check mapping");
    set(v, "reason", "The other system could not be reached; your request waits.");
    return v;
}

static void fill_working(struct view *v)
{
    set(v, "check", "check mapping");
}

/* Every letter that frontdesk writes, and what it says besides the common facts. */
static const struct {
    const char *name;
    void (*fill)(struct view *);
} letters[] = {{"created", fill_created},
               {"triage", fill_triage},
               {"help", fill_help},
               {"status", fill_status},
               {"alert", fill_alert},
               {"digest", fill_digest},
               {"trouble", fill_trouble},
               {"diverted", fill_diverted},
               {"too_large", fill_too_large},
               {"ask", fill_ask},
               {"ask_again", fill_ask},
               {"amended", fill_amended},
               {"again", fill_again},
               {"files", fill_files},
               {"howto", fill_howto},
               {"topics", topics},
               {"show", fill_show},
               {"wish", fill_wish},
               {"explain", fill_explain},
               {"no_books", fill_no_books},
               {"report", fill_report},
               {"watch_first", fill_watch_first},
               {"watch_change", fill_watch_change},
               {"watch_still", watch},
               {"watch_answer", fill_watch_answer},
               {"diagnosis", fill_diagnosis},
               {"queued", NULL},
               {"withdrawn", NULL},
               {"working", fill_working}};

const char *sample_letter(size_t i)
{
    return i < ARRAY_LEN(letters) ? letters[i].name : NULL;
}

struct view *templates_sample(const char *name, struct pool *pool)
{
    struct view *v = common(pool);
    for (size_t i = 0; i < ARRAY_LEN(letters); i++) {
        if (strcmp(letters[i].name, name) == 0 && letters[i].fill)
            letters[i].fill(v);
    }
    return v;
}

/* --- other facts --- */

#define MADE                                                                                                 \
    "\"ticket\":true,\"made\":true,\"number\":\"T20261124.0007\",\"title\":\"reset MFA for "                 \
    "<Bob>\",\"id\":\"50311\",\"priority\":\"Medium\",\"due\":\"Wed 25 Nov 17:00\",\"queue\":\"Help Desk\""

const struct template_case *templates_cases(size_t *n)
{
    static const struct template_case cases[] = {
        {"created", "bare", "{" MADE ",\"assignee\":\"Sarah Klein\"}"},
        {"created", "unproven", "{" MADE ",\"assignee\":\"Sarah Klein\",\"warning\":true}"},
        {"triage", "expired", "{" MADE ",\"expired\":true}"},
        {"ask", "nobody",
         "{\"nobody_named\":true,\"title\":\"printer down\",\"hold\":\"15:40\",\"queue\":\"Triage\"}"},
        {"amended", "nothing",
         "{\"id\":\"50311\",\"nothing\":true,\"remarks\":[{\"line\":\"Sarah Klein has it already.\"}]}"},
        {"amended", "note",
         "{\"id\":\"50311\",\"number\":\"T20261124.0007\",\"target_title\":\"printer down\",\"note\":true}"},
        {"alert", "well", "{\"topic\":\"credentials\",\"text\":\"Autotask takes frontdesk's login again.\"}"},
        {"report", "clean",
         "{\"verdict\":\"No error was found.\",\"made\":\"24 Nov 16:05:09\",\"compared\":[{\"line\":\"412 "
         "names of "
         "Autotask against 389 items of QuickBooks.\"}]}"},
        {"diagnosis", "unknown", "{\"unmatched\":\"The flux of invoice 1042 failed.\",\"typed\":\"1042\"}"},
        {"diagnosis", "refuted",
         "{\"answers\":[{\"meaning\":\"A line goes to a category.\",\"is_refuted\":true,\"verdict\":\"No "
         "line "
         "does now.\"}]}"},
        {"show", "unknown", "{\"unknown\":true,\"first_ref\":\"ZZZ2\"}"},
        {"wish", "denied", "{\"denied\":true,\"verb\":\"retry\",\"first_ref\":\"7KQ1\"}"},
        {"wish", "nothing",
         "{\"nothing\":true,\"verb\":\"retry\",\"first_ref\":\"7KQ1\",\"reason\":\"done: ticket\"}"},
        {"trouble", "made", "{\"made\":true,\"id\":\"50311\",\"reason\":\"The note could not be saved.\"}"},
    };
    *n = ARRAY_LEN(cases);
    return cases;
}

struct view *templates_sample_case(const char *letter, const char *name, struct pool *pool)
{
    size_t n;
    const struct template_case *cases = templates_cases(&n);
    if (strcmp(name, "usual") == 0)
        return templates_sample(letter, pool);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(cases[i].letter, letter) != 0 || strcmp(cases[i].name, name) != 0)
            continue;
        struct view *v = common(pool);
        view_read_json(v, cases[i].json);
        return v;
    }
    return NULL;
}

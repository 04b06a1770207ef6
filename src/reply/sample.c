/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sample: facts for `frontdesk render` and the golden letters; rich enough that every part of every letter
 * shows. */
#include "frontdesk/reply.h"

static void set(struct view *v, const char *name, const char *text)
{
    view_set(v, name, slice_of(text));
}

static void ticket(struct view *v)
{
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

static void fill_help(struct view *v)
{
    pair(v, "people", "Sarah Klein", "Sarah: reset the password", "name", "example");
    pair(v, "people", "Mike Chen", "Mike Chen: reset the password", "name", "example");
    set(v, "more_people", "12");
    pair(v, "commands", "help", "what you may ask for", "verb", "summary");
    pair(v, "commands", "status", "how frontdesk is doing", "verb", "summary");
}

static void fill_status(struct view *v)
{
    set(view_item(v, "status"), "line", "Mail: this one arrived 1 s ago.");
    set(view_item(v, "status"), "line", "Work: 0 in hand, 212 done, 0 parked.");
}

static void fill_alert(struct view *v)
{
    view_flag(v, "ill", true);
    set(v, "topic", "credentials");
    set(v, "text",
        "Autotask has refused this user, secret and integration code twice; no further try is made.");
}

static void fill_trouble(struct view *v)
{
    set(v, "reason", "Autotask answered 500: Picklist value [3] does not exist for priority");
}

static void fill_too_large(struct view *v)
{
    set(v, "reason", "the mail is larger than 35 MB");
}

static void fill_diverted(struct view *v)
{
    ticket(v);
    set(v, "diverted_to", "T20261120.0003");
}

struct view *templates_sample(const char *name, struct pool *pool)
{
    static const struct {
        const char *name;
        void (*fill)(struct view *);
    } fills[] = {{"created", fill_created},   {"triage", fill_triage},       {"help", fill_help},
                 {"status", fill_status},     {"alert", fill_alert},         {"trouble", fill_trouble},
                 {"diverted", fill_diverted}, {"too_large", fill_too_large}, {"ask", fill_ask},
                 {"ask_again", fill_ask},     {"amended", fill_amended},     {"again", fill_again},
                 {"files", fill_files}};
    struct view *v = view_new(pool);
    set(v, "subject", "Sarah: reset MFA for Bob at Acme & Sons <west>");
    set(v, "firm", "Northwind IT Services");
    set(v, "ref", "7KQ2");
    set(v, "token", "[fd:7KQ2.0123456789abcdef0123]");
    set(v, "greeting", "Dana");
    set(v, "verb", "check mapping");
    set(v, "reason", "The other system could not be reached; your request waits.");
    for (size_t i = 0; i < ARRAY_LEN(fills); i++) {
        if (strcmp(fills[i].name, name) == 0)
            fills[i].fill(v);
    }
    return v;
}

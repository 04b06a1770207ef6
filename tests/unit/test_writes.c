/* SPDX-License-Identifier: GPL-2.0-or-later */
/* writes: what is done to a ticket that exists, against the simulated Autotask: each write is done once,
 * found again by its mark when its answer was lost, and refused with the right code when it is refused. */
#include "sandbox_child.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct autotask_record read_ticket(int64_t id)
{
    struct autotask_record r;
    OK(autotask_ticket_read(w.at, id, &r, w.pool, &e));
    return r;
}

#define SET(f, v)                                                                                            \
    {                                                                                                        \
        .field = (f), .value = {.set = true, .number = (v) }                                                 \
    }
#define SET_TEXT(f, v)                                                                                       \
    {                                                                                                        \
        .field = (f), .value = {.set = true, .text = (v) }                                                   \
    }
#define CLEAR(f)                                                                                             \
    {                                                                                                        \
        .field = (f)                                                                                         \
    }

/* --- read and change --- */

static void reads_every_field(void **state)
{
    (void)state;
    int64_t id = new_ticket_of(ACME, 29680401, 0);
    struct autotask_record r = read_ticket(id);
    assert_int_equal(r.id, id);
    assert_int_equal(r.values[TICKET_COMPANY].number, ACME);
    assert_int_equal(r.values[TICKET_CONTACT].number, 29680401);
    assert_int_equal(r.values[TICKET_RESOURCE].number, SARAH);
    assert_int_equal(r.values[TICKET_TYPE].number, 1);
    assert_true(r.values[TICKET_DUE].number == INT64_C(1798000000000));
    assert_string_equal(r.values[TICKET_TITLE].text, "Reset MFA");
    assert_string_equal(r.values[TICKET_EXTERNAL_ID].text, "fd-key");
    assert_int_equal(r.values[TICKET_NUMBER].text[0], 'T');
    assert_false(r.values[TICKET_LOCATION].set);
    FAILS(autotask_ticket_read(w.at, 999999, &r, w.pool, &e), ERR_NOT_FOUND);
}

static void changes_fields(void **state)
{
    (void)state;
    int64_t id = new_ticket();
    struct autotask_change c[] = {SET(TICKET_STATUS, 8), SET(TICKET_PRIORITY, 12),
                                  SET(TICKET_DUE, INT64_C(1798100000000)),
                                  SET_TEXT(TICKET_TITLE, "A \"new\" one")};
    struct autotask_record before = read_ticket(id);
    assert_false(autotask_record_shows(&before, c, ARRAY_LEN(c)));
    OK(autotask_ticket_patch(w.at, id, c, ARRAY_LEN(c), &e));
    struct autotask_record after = read_ticket(id);
    assert_true(autotask_record_shows(&after, c, ARRAY_LEN(c)));
    assert_true(after.values[TICKET_QUEUE].number == before.values[TICKET_QUEUE].number);
}

static void unassigns_and_reassigns(void **state)
{
    (void)state;
    int64_t id = new_ticket();
    struct autotask_change none[] = {CLEAR(TICKET_RESOURCE), CLEAR(TICKET_ROLE)},
                           shana[] = {SET(TICKET_RESOURCE, SHANA), SET(TICKET_ROLE, TECHNICIAN)},
                           half[] = {SET(TICKET_RESOURCE, SHANA)},
                           uneven[] = {SET(TICKET_RESOURCE, SHANA), CLEAR(TICKET_ROLE)};
    OK(autotask_ticket_patch(w.at, id, none, 2, &e));
    struct autotask_record r = read_ticket(id);
    assert_false(r.values[TICKET_RESOURCE].set || r.values[TICKET_ROLE].set);
    OK(autotask_ticket_patch(w.at, id, shana, 2, &e));
    r = read_ticket(id);
    assert_int_equal(r.values[TICKET_RESOURCE].number, SHANA);
    FAILS(autotask_ticket_patch(w.at, id, half, 1, &e), ERR_REJECTED);
    FAILS(autotask_ticket_patch(w.at, id, uneven, 2, &e), ERR_REJECTED);
    FAILS(autotask_ticket_patch(w.at, id, half, 0, &e), ERR_REJECTED);
    struct autotask_change key[] = {SET_TEXT(TICKET_EXTERNAL_ID, "other")};
    FAILS(autotask_ticket_patch(w.at, id, key, 1, &e), ERR_REJECTED);
}

/* Bob belongs to Acme: left behind, the whole PATCH would be refused. */
static void company_takes_its_things_along(void **state)
{
    (void)state;
    int64_t id = new_ticket_of(ACME, 29680401, 0);
    struct autotask_change own[] = {SET(TICKET_COMPANY, 0)},
                           harbor[] = {SET(TICKET_COMPANY, 29680302), SET(TICKET_CONTACT, 29680403)};
    OK(autotask_ticket_patch(w.at, id, own, 1, &e));
    struct autotask_record r = read_ticket(id);
    assert_true(r.values[TICKET_COMPANY].set && r.values[TICKET_COMPANY].number == 0);
    assert_false(r.values[TICKET_CONTACT].set);
    OK(autotask_ticket_patch(w.at, id, harbor, 2, &e));
    r = read_ticket(id);
    assert_true(autotask_record_shows(&r, harbor, 2));
}

static void change_refused_lost_without_effect(void **state)
{
    (void)state;
    int64_t id = new_ticket();
    struct autotask_change bad[] = {SET(TICKET_PRIORITY, 3)}, good[] = {SET(TICKET_PRIORITY, 12)};
    FAILS(autotask_ticket_patch(w.at, id, bad, 1, &e), ERR_REJECTED);
    assert_non_null(strstr(e.text, "Picklist value [3]"));
    FAILS(autotask_ticket_patch(w.at, 999999, good, 1, &e), ERR_NOT_FOUND);
    world_tell(&w, "faults", "[{\"action\":\"no_effect\",\"method\":\"PATCH\"}]");
    OK(autotask_ticket_patch(w.at, id, good, 1, &e));
    struct autotask_record r = read_ticket(id);
    assert_false(autotask_record_shows(&r, good, 1)); /* a 200 is no proof */
    world_tell(&w, "faults", "[{\"action\":\"drop_after_commit\",\"method\":\"PATCH\"}]");
    FAILS(autotask_ticket_patch(w.at, id, good, 1, &e), ERR_UNKNOWN_OUTCOME);
    r = read_ticket(id);
    assert_true(autotask_record_shows(&r, good, 1));
}

/* An empty answer is no word that there is no ticket: it is asked again. */
static void nothing_said_of_a_ticket(void **state)
{
    (void)state;
    int64_t id = new_ticket();
    struct autotask_record r;
    world_tell(&w, "faults",
               "[{\"action\":\"status\",\"status\":200,\"body\":\"{}\",\"path\":\"Tickets/*\",\"count\":1}]");
    FAILS(autotask_ticket_read(w.at, id, &r, w.pool, &e), ERR_PROTOCOL);
    FAILS(autotask_ticket_read(w.at, 999999, &r, w.pool, &e), ERR_NOT_FOUND);
    OK(autotask_ticket_read(w.at, id, &r, w.pool, &e));
}

/* --- notes --- */

static struct autotask_note note_on(int64_t ticket)
{
    return (struct autotask_note){
        .ticket_id = ticket, .title = "Reply from Dana", .mark = MARK, .text = "He is \"in\" today.\nBye"};
}

static void note_is_internal_and_found(void **state)
{
    (void)state;
    int64_t ticket = new_ticket(), id, found_id;
    struct autotask_note n = note_on(ticket);
    bool found;
    OK(autotask_note_by_mark(w.at, ticket, MARK, &found, &found_id, &e));
    assert_false(found);
    OK(autotask_note_create(w.at, &n, &id, &e));
    assert_string_equal(world_text(&w, "TicketNotes", id, "title"), "Reply from Dana " MARK);
    assert_string_equal(world_text(&w, "TicketNotes", id, "publish"), "2");
    assert_string_equal(world_text(&w, "TicketNotes", id, "noteType"), "3");
    OK(autotask_note_by_mark(w.at, ticket, MARK, &found, &found_id, &e));
    assert_true(found && found_id == id);
    OK(autotask_note_by_mark(w.at, ticket, MARK2, &found, &found_id, &e));
    assert_false(found);
    OK(autotask_note_by_mark(w.at, 40001, MARK, &found, &found_id, &e));
    assert_false(found);
}

static void note_fits(void **state)
{
    (void)state;
    int64_t ticket = new_ticket(), id;
    struct autotask_note n = note_on(ticket);
    char *title = mem_alloc(1000), *text = mem_alloc(100001);
    memset(title, 'x', 500);
    /* an emoji is two of Autotask's characters and must not be cut in half */
    for (int i = 0; i < 25000; i++)
        memcpy(text + i * 4, "\xf0\x9f\x98\x80", 4);
    n.title = title;
    n.text = text;
    OK(autotask_note_create(w.at, &n, &id, &e));
    const char *kept = world_text(&w, "TicketNotes", id, "title");
    assert_int_equal(strlen(kept), AUTOTASK_NOTE_TITLE);
    assert_true(slice_ends_nocase(slice_of(kept), SLICE(" " MARK)));
    kept = world_text(&w, "TicketNotes", id, "description");
    assert_non_null(strstr(kept, "[...]"));
    assert_int_equal((strstr(kept, "[...]") - kept - 2) % 4,
                     0); /* whole emojis; json_text made blanks of the LFs */
    n.title = NULL;
    n.text = "";
    n.mark = MARK2;
    OK(autotask_note_create(w.at, &n, &id, &e));
    assert_string_equal(world_text(&w, "TicketNotes", id, "title"), MARK2);
    free(title);
    free(text);
}

static void note_lost_is_found_once(void **state)
{
    (void)state;
    static const char *const lost[] = {"drop_after_commit", "truncated", "half", "malformed",
                                       "html500_after_commit"};
    for (size_t i = 0; i < ARRAY_LEN(lost); i++) {
        char rule[200];
        int64_t ticket = new_ticket(), id, found_id;
        struct autotask_note n = note_on(ticket);
        bool found;
        snprintf(rule, sizeof(rule), "[{\"action\":\"%s\",\"method\":\"POST\",\"path\":\"*/Notes\"}]",
                 lost[i]);
        world_tell(&w, "faults", rule);
        FAILS(autotask_note_create(w.at, &n, &id, &e), ERR_UNKNOWN_OUTCOME);
        OK(autotask_note_by_mark(w.at, ticket, MARK, &found, &found_id, &e));
        assert_true(found);
        assert_int_equal(world_count(&w, "TicketNotes", "title", MARK, &id), i + 1);
        assert_true(id == found_id);
        world_tell(&w, "faults", "[]");
    }
}

static void note_not_done_is_not_found(void **state)
{
    (void)state;
    int64_t ticket = new_ticket(), id, found_id;
    struct autotask_note n = note_on(ticket);
    bool found;
    world_tell(&w, "faults",
               "[{\"action\":\"drop_before_commit\",\"method\":\"POST\",\"path\":\"*/Notes\"}]");
    FAILS(autotask_note_create(w.at, &n, &id, &e), ERR_UNKNOWN_OUTCOME);
    OK(autotask_note_by_mark(w.at, ticket, MARK, &found, &found_id, &e));
    assert_false(found);
    world_tell(&w, "faults", "[{\"action\":\"html503\",\"path\":\"TicketNotes/query\"}]");
    FAILS(autotask_note_by_mark(w.at, ticket, MARK, &found, &found_id, &e), ERR_SERVER);
    assert_false(found);
}

static void note_on_nothing(void **state)
{
    (void)state;
    struct autotask_note n = note_on(999999);
    int64_t id;
    FAILS(autotask_note_create(w.at, &n, &id, &e), ERR_REJECTED);
}

/* A tenant whose publish values are all for everybody: better no note than one that a customer reads. */
static void never_public(void **state)
{
    (void)state;
    int64_t ticket = new_ticket(), id;
    struct autotask_note n = note_on(ticket);
    world_tell(
        &w, "faults",
        "[{\"action\":\"status\",\"status\":200,\"path\":\"TicketNotes/entityInformation/fields\",\"body\":"
        "\"{\\\"fields\\\":[{\\\"name\\\":\\\"noteType\\\",\\\"picklistValues\\\":[{\\\"value\\\":\\\"7\\\","
        "\\\"label\\\":\\\"Notiz\\\"}]},{\\\"name\\\":\\\"publish\\\",\\\"picklistValues\\\":[{\\\"value\\\":"
        "\\\"1\\\",\\\"label\\\":\\\"Alle\\\"},{\\\"value\\\":\\\"2\\\",\\\"label\\\":\\\"Interne\\\","
        "\\\"isActive\\\":false}]}]}\"}]");
    FAILS(autotask_note_create(w.at, &n, &id, &e), ERR_LABEL);
    assert_non_null(strstr(e.text, "Alle"));
    assert_int_equal(world_count(&w, "TicketNotes", "title", MARK, NULL), 0);
}

/* --- second resources --- */

static void seconds_come_and_go(void **state)
{
    (void)state;
    int64_t ticket = new_ticket();
    struct autotask_second list[AUTOTASK_SECONDS_MAX];
    size_t n;
    bool found;
    OK(autotask_secondary_create(w.at, ticket, SHANA, TECHNICIAN, &e));
    OK(autotask_secondary_create(w.at, ticket, DANA, TECHNICIAN, &e));
    OK(autotask_secondary_list(w.at, ticket, list, &n, &e));
    assert_int_equal(n, 2);
    assert_int_equal(list[0].resource_id, SHANA);
    assert_int_equal(list[0].role_id, TECHNICIAN);
    OK(autotask_secondary_exists(w.at, ticket, DANA, &found, &e));
    assert_true(found);
    OK(autotask_secondary_delete(w.at, ticket, list[0].id, &e));
    OK(autotask_secondary_delete(w.at, ticket, list[0].id, &e)); /* gone already */
    OK(autotask_secondary_list(w.at, ticket, list, &n, &e));
    assert_int_equal(n, 1);
    world_tell(&w, "faults", "[{\"action\":\"drop_after_commit\",\"method\":\"DELETE\"}]");
    FAILS(autotask_secondary_delete(w.at, ticket, list[0].id, &e), ERR_UNKNOWN_OUTCOME);
    OK(autotask_secondary_exists(w.at, ticket, DANA, &found, &e));
    assert_false(found);
}

static void second_that_may_not_be_deleted(void **state)
{
    (void)state;
    int64_t ticket = new_ticket();
    struct autotask_second list[AUTOTASK_SECONDS_MAX];
    size_t n;
    OK(autotask_secondary_create(w.at, ticket, SHANA, TECHNICIAN, &e));
    OK(autotask_secondary_list(w.at, ticket, list, &n, &e));
    world_tell(&w, "faults",
               "[{\"action\":\"status\",\"method\":\"DELETE\",\"errors\":[\"No matching records found. The "
               "logged in "
               "Resource may not have the required permissions to delete the data.\"]}]");
    FAILS(autotask_secondary_delete(w.at, ticket, list[0].id, &e), ERR_PERMISSION);
    /* which of the two it is cannot be told: later */
    OK(autotask_secondary_list(w.at, ticket, list, &n, &e));
    world_tell(&w, "faults", "[{\"action\":\"html503\",\"path\":\"TicketSecondaryResources/query\"}]");
    FAILS(autotask_secondary_delete(w.at, ticket, 999999, &e), ERR_SERVER);
}

/* --- to-dos --- */

static struct autotask_todo todo_for(int64_t ticket, int64_t company)
{
    return (struct autotask_todo){.ticket_id = ticket,
                                  .company_id = company,
                                  .resource_id = SARAH,
                                  .action = 3, /* of two that are active, the one that would not be guessed */
                                  .start_ms = INT64_C(1798000000000),
                                  .end_ms = INT64_C(1798001800000),
                                  .text = "Call Bob",
                                  .mark = MARK};
}

static void todo_is_made_and_found(void **state)
{
    (void)state;
    int64_t ticket = new_ticket_of(ACME, 0, 0), id, found_id;
    struct autotask_todo t = todo_for(ticket, ACME);
    bool found;
    t.contact_id = 29680401;
    world_tell(&w, "faults",
               "[{\"action\":\"drop_after_commit\",\"method\":\"POST\",\"path\":\"*/ToDos\",\"count\":1}]");
    FAILS(autotask_todo_create(w.at, &t, &id, &e), ERR_UNKNOWN_OUTCOME);
    OK(autotask_todo_by_mark(w.at, ticket, MARK, &found, &found_id, &e));
    assert_true(found);
    assert_int_equal(world_count(&w, "CompanyToDos", "activityDescription", MARK, &id), 1);
    assert_true(id == found_id);
    assert_string_equal(world_text(&w, "CompanyToDos", id, "actionType"), "3");
    assert_string_equal(world_text(&w, "CompanyToDos", id, "contactID"), "29680401");
    OK(autotask_todo_by_mark(w.at, 40001, MARK, &found, &found_id, &e));
    assert_false(found);
    t = todo_for(ticket, 0);
    FAILS(autotask_todo_create(w.at, &t, &id, &e), ERR_REJECTED); /* not the ticket's company */
}

/* --- time, contacts --- */

static void time_is_counted(void **state)
{
    (void)state;
    int64_t n;
    OK(autotask_time_count(w.at, 40009, &n, &e));
    assert_int_equal(n, 0);
    world_tell(&w, "rows",
               "{\"TimeEntries\":[{\"id\":9001,\"ticketID\":40009,\"resourceID\":29680101},"
               "{\"id\":9002,\"ticketID\":40009,\"resourceID\":29680101},{\"id\":9003,\"ticketID\":1}]}");
    OK(autotask_time_count(w.at, 40009, &n, &e));
    assert_int_equal(n, 2);
    world_tell(&w, "faults", "[{\"action\":\"status\",\"status\":200,\"body\":\"{}\",\"path\":\"*/count\"}]");
    FAILS(autotask_time_count(w.at, 40009, &n, &e), ERR_PROTOCOL);
}

static void contacts_are_found(void **state)
{
    (void)state;
    static const struct {
        int64_t company;
        const char *said;
        size_t n;
        int64_t id;
        const char *near;
    } rows[] = {
        {ACME, "Bob Miller", 1, 29680401},
        {ACME, "miller, BOB", 1, 29680401},
        {ACME, "bob", 2, 0},
        {ACME, "Bobby", 1, 29689102},
        {ACME, "Jose Nunez", 1, 29689103},
        {ACME, "n\xc3\xba", 1, 29689103},
        {ACME, "mil", 2, 0},
        {ACME, "Milling", 1, 29689101},
        {ACME, "bob@acme.example", 1, 29680401},
        {ACME, "Second@Acme.example", 1, 29689101},
        {ACME, "old@acme.example", 0, 0},
        {ACME, "Old", 0, 0},
        {ACME, "Sam", 0, 0},
        {ACME, "Bop Miller", 0, 0, "Bob Miller"},
        {ACME, "Boby Tabels", 0, 0, "Bobby Tables"},
        {ACME, "Jsoe", 0, 0,
         "Jos\xc3\xa9 N\xc3\xba\xc3\xb1"
         "ez"},
        {ACME, "Bob Smith", 0, 0, "Bob Miller,Bob Milling"},
        {ACME, "Old Milling", 0, 0, "Bob Milling"},
        {ACME, "bbo@acme.example", 0, 0, "Bob Miller"},
        {ACME, "x", 0, 0},
        {29680302, "sam@harbor.example", 1, 29680403},
        {ACME, "", 0, 0},
        {ACME, "\"}]", 0, 0},
        {ACME, "ob", 0, 0},
    };
    world_tell(
        &w, "rows",
        "{\"Contacts\":[{\"id\":29689101,\"companyID\":29680301,\"firstName\":\"Bob\",\"lastName\":"
        "\"Milling\","
        "\"isActive\":1,\"emailAddress3\":\"second@acme.example\"},{\"id\":29689102,\"companyID\":29680301,"
        "\"firstName\":\"Bobby\",\"lastName\":\"Tables\",\"isActive\":1},{\"id\":29689103,\"companyID\":"
        "29680301,"
        "\"firstName\":\"Jos\\u00e9\",\"lastName\":\"N\\u00fa\\u00f1ez\",\"isActive\":1}]}");
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct autotask_contacts out;
        struct buf near = BUF_INIT(1000);
        OK(autotask_contact_find(w.at, rows[i].company, rows[i].said, &out, w.pool, &e));
        for (size_t k = 0; k < out.n_near; k++)
            buf_printf(&near, "%s%s", k ? "," : "", out.list[k].name);
        if (out.n != rows[i].n || (out.n == 1 && out.list[0].id != rows[i].id) ||
            strcmp(near.data, rows[i].near ? rows[i].near : "") != 0)
            fail_msg("\"%s\": %zu, first %lld, near %s", rows[i].said, out.n,
                     out.n ? (long long)out.list[0].id : 0LL, near.data);
        buf_release(&near);
    }
}

/* A company with more contacts than anybody wants to read for one word. */
static void contacts_are_bounded(void **state)
{
    (void)state;
    struct autotask_contacts out;
    struct buf rows = BUF_INIT(2 << 20);
    for (int i = 0; i < AUTOTASK_CONTACTS_READ; i++)
        buf_printf(&rows, "%s{\"id\":%d,\"companyID\":29680302,\"firstName\":\"N%d\",\"isActive\":1}",
                   i ? "," : "{\"Contacts\":[", 30000000 + i, i);
    buf_puts(&rows, "]}");
    world_tell(&w, "rows", rows.data);
    FAILS(autotask_contact_find(w.at, 29680302, "Sam", &out, w.pool, &e), ERR_LIMIT);
    assert_int_equal(out.n + out.n_near, 0);
    OK(autotask_contact_find(w.at, ACME, "Bob", &out, w.pool, &e));
    buf_release(&rows);
}

/* --- in another's name --- */

static void acts_for_the_sender(void **state)
{
    (void)state;
    int64_t ticket = new_ticket_of(0, 0, DANA), id;
    struct autotask_note n = note_on(ticket);
    struct autotask_todo t = todo_for(ticket, 0);
    assert_string_equal(world_text(&w, "Tickets", ticket, "creatorResourceID"), "29680105");
    assert_string_equal(world_text(&w, "Tickets", ticket, "impersonatorCreatorResourceID"), "29680151");
    n.as_resource = t.as_resource = DANA;
    OK(autotask_note_create(w.at, &n, &id, &e));
    assert_string_equal(world_text(&w, "TicketNotes", id, "creatorResourceID"), "29680105");
    OK(autotask_todo_create(w.at, &t, &id, &e));
    assert_string_equal(world_text(&w, "CompanyToDos", id, "creatorResourceID"), "29680105");
    id = new_ticket(); /* the header does not stick to the connection */
    assert_string_equal(world_text(&w, "Tickets", id, "creatorResourceID"), "29680151");
}

static void may_not_act_for_the_sender(void **state)
{
    (void)state;
    int64_t ticket = new_ticket(), id;
    struct autotask_note n = note_on(ticket);
    n.as_resource = SHANA; /* her security level does not allow it */
    FAILS(autotask_note_create(w.at, &n, &id, &e), ERR_IMPERSONATION);
    assert_int_equal(err_class(&e), ERR_CLASS_RETRY);
    struct autotask_ticket t = {.queue_id = 29680001,
                                .status = 1,
                                .priority = 14,
                                .title = "x",
                                .as_resource = SHANA,
                                .due_ms = INT64_C(1798000000000)};
    FAILS(autotask_ticket_create(w.at, &t, &id, &e), ERR_IMPERSONATION);
    n.as_resource = 0;
    OK(autotask_note_create(w.at, &n, &id, &e));
    /* without impersonation the same words are a missing right of the API user */
    world_tell(&w, "settings", "{\"denied\":{\"TicketNotes\":[\"create\"]}}");
    FAILS(autotask_note_create(w.at, &n, &id, &e), ERR_PERMISSION);
}

/* --- how many calls --- */

static void labels_are_asked_once(void **state)
{
    (void)state;
    int64_t ticket = new_ticket(), id;
    struct autotask_note n = note_on(ticket);
    for (int i = 0; i < 3; i++)
        OK(autotask_note_create(w.at, &n, &id, &e));
    struct json log = world_ask(&w, "log");
    size_t asked = 0;
    for (int i = 0; i < json_length(&log); i++) {
        struct json row = json_at(&log, i);
        const char *path = cJSON_GetStringValue(json_get(&row, "path").value);
        asked += path && strstr(path, "entityInformation") != NULL;
    }
    json_close(&log);
    assert_int_equal(asked, 1); /* note type and publish are in one answer */
}

#define TEST(f) cmocka_unit_test_setup(f, world_test_reset)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_every_field),
        TEST(changes_fields),
        TEST(unassigns_and_reassigns),
        TEST(company_takes_its_things_along),
        TEST(change_refused_lost_without_effect),
        TEST(nothing_said_of_a_ticket),
        TEST(note_is_internal_and_found),
        TEST(note_fits),
        TEST(note_lost_is_found_once),
        TEST(note_not_done_is_not_found),
        TEST(note_on_nothing),
        TEST(never_public),
        TEST(seconds_come_and_go),
        TEST(second_that_may_not_be_deleted),
        TEST(todo_is_made_and_found),
        TEST(time_is_counted),
        TEST(contacts_are_found),
        TEST(contacts_are_bounded),
        TEST(acts_for_the_sender),
        TEST(may_not_act_for_the_sender),
        TEST(labels_are_asked_once),
    };
    return cmocka_run_group_tests(tests, world_test_open, world_test_close);
}

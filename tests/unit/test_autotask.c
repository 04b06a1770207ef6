/* SPDX-License-Identifier: GPL-2.0-or-later */
/* autotask: what each answer means, as tables: typed errors, and a 200 that cannot be believed
 * (autotask-rest.md section 3). */
#include "autotask_stub.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>
#include <cmocka.h>

static struct bench bench;

static int open_bench(void **state)
{
    (void)state;
    bench_open(&bench);
    return 0;
}

static int close_bench(void **state)
{
    (void)state;
    bench_close(&bench);
    return 0;
}

/* --- what an answer means --- */

#define ERRORS(text)  "{\"errors\":[\"" text "\"]}"
#define MESSAGE(text) "{\"Message\":\"" text "\"}"
#define X10           "xxxxxxxxxx"
#define X100          X10 X10 X10 X10 X10 X10 X10 X10 X10 X10
#define HTML          "<html><head><title>Runtime Error</title></head></html>"

static int create(int64_t *id, struct err *e)
{
    struct autotask_ticket t = {.title = "t", .external_id = "fd-1", .status = 1, .priority = 2};
    return autotask_ticket_create(bench.at, &t, id, e);
}

static int get(struct err *e)
{
    struct autotask_found found;
    return autotask_ticket_get(bench.at, 50001, &found, e);
}

/* A status and a body; the code on a read and on a write, and a piece of the text. */
static const struct {
    long status;
    const char *body;
    enum err_code read, write;
    const char *text;
} answers[] = {
    {401, "", ERR_CREDENTIALS, ERR_CREDENTIALS, "401"},
    {403, "", ERR_PERMISSION, ERR_PERMISSION, "403"},
    {403, HTML, ERR_PERMISSION, ERR_PERMISSION, "403"},
    {429, ERRORS("The thread threshold of 3 threads has been exceeded."), ERR_BUSY, ERR_BUSY,
     "thread threshold"},
    {429, "", ERR_BUSY, ERR_BUSY, "429"},
    {429, HTML, ERR_BUSY, ERR_BUSY, "429"},
    {500, ERRORS("The thread threshold of 3 threads has been exceeded."), ERR_BUSY, ERR_BUSY,
     "thread threshold"},
    {400, ERRORS("Itgenatr005"), ERR_BUSY, ERR_BUSY, "Itgenatr005"},
    /* behind what it quotes */
    {500, ERRORS("Value [" X100 X100 X100 X100 "] does not exist for the field title"), ERR_REJECTED,
     ERR_REJECTED, "Value [xxxx"},
    /* each text of section 3.3 */
    {500, ERRORS("Missing Required Field: title"), ERR_REJECTED, ERR_REJECTED, "Field: title"},
    {500, ERRORS("Value does not exist for the required field resourceID"), ERR_REJECTED, ERR_REJECTED,
     "resourceID"},
    {500, ERRORS("queueID is required"), ERR_REJECTED, ERR_REJECTED, "queueID is required"},
    {500,
     ERRORS("assignedResourceID, assignedResourceRoleID, and queueID cannot all be empty. Supply a queueID "
            "or both an assignedResourceID and assignedResourceRoleID."),
     ERR_REJECTED, ERR_REJECTED, "cannot all be empty"},
    {500,
     ERRORS("Data violation: When assigning a Resource, you must assign both a assignedResourceID and "
            "assignedResourceRoleID."),
     ERR_REJECTED, ERR_REJECTED, "you must assign both"},
    {500,
     ERRORS("Data violation: The specified assignedResourceID and AssignedRoleID combination is not "
            "currently defined"),
     ERR_REJECTED, ERR_REJECTED, "not currently defined"},
    {500, ERRORS("Picklist value [3] does not exist for priority ; on record number [1]."), ERR_REJECTED,
     ERR_REJECTED, "Picklist value [3]"},
    {500, ERRORS("Value does not exist for child picklist: subIssueType"), ERR_REJECTED, ERR_REJECTED,
     "child picklist"},
    {500, ERRORS("Reference value on field: contactID of type: Contact does not exist or is invalid."),
     ERR_REJECTED, ERR_REJECTED, "contactID of type"},
    {500, ERRORS("contactID: Value 12345 does not exist or is invalid"), ERR_REJECTED, ERR_REJECTED, "12345"},
    {500, ERRORS("Value does not reference an existing entity for taskType ."), ERR_REJECTED, ERR_REJECTED,
     "taskType"},
    {500, ERRORS("x contactID is not associated to the companyID or its Parent Company"), ERR_REJECTED,
     ERR_REJECTED, "is not associated"},
    {500,
     ERRORS("The companyLocationID[1] cannot be associated with the Ticket. The CompanyLocation must belong "
            "to the Ticket's, ConfigurationItem's, or the Contact's Company."),
     ERR_REJECTED, ERR_REJECTED, "companyLocationID[1]"},
    {500, ERRORS("The configurationItemID [7] is not associated with Company [0]"), ERR_REJECTED,
     ERR_REJECTED, "[7]"},
    {500, ERRORS("The given allocation code is not an active general allocation code"), ERR_REJECTED,
     ERR_REJECTED, "allocation code"},
    {500, ERRORS("The logged in Resource does not have the adequate permissions to create this entity type."),
     ERR_PERMISSION, ERR_PERMISSION, "adequate permissions"},
    {500,
     ERRORS("No matching records found. The logged in Resource may not have the required permissions to "
            "delete the data."),
     ERR_NOT_FOUND, ERR_NOT_FOUND, "No matching records"},
    {500, ERRORS("Unable to find foo in the Ticket Entity"), ERR_REJECTED, ERR_REJECTED, "foo"},
    {500, ERRORS("maxCountOfRecordsToReturn must be between 1 and 500"), ERR_REJECTED, ERR_REJECTED, "500"},
    {500, ERRORS("Invalid query syntax. Queries are limited to 500 or fewer 'OR' conditions."), ERR_REJECTED,
     ERR_REJECTED, "OR"},
    {500, ERRORS("Value cannot be null. Parameter name: filters"), ERR_REJECTED, ERR_REJECTED, "filters"},
    {500, ERRORS("Unexpected character encountered while parsing value: t. Path 'isActive'"), ERR_REJECTED,
     ERR_REJECTED, "parsing value"},
    {500, ERRORS("name must be less than or equal to 50 characters"), ERR_REJECTED, ERR_REJECTED, "50"},
    {500, ERRORS("Attachment could not be found."), ERR_NOT_FOUND, ERR_NOT_FOUND, "Attachment"},
    {500, ERRORS("TimeEntries for Tickets must have a roleID."), ERR_REJECTED, ERR_REJECTED, "roleID"},
    {500, ERRORS("TimeEntries for Service tickets require a start and stop time."), ERR_REJECTED,
     ERR_REJECTED, "stop time"},
    {500, ERRORS("dateWorked is required when no value is supplied for startDateTime"), ERR_REJECTED,
     ERR_REJECTED, "dateWorked"},
    {500, ERRORS("There is no row at position 0."), ERR_REJECTED, ERR_REJECTED, "position 0"},
    {500, "{\"errors\":[\"An error has occurred.\",\" Missing Required Field: title \"]}", ERR_REJECTED,
     ERR_REJECTED, "An error has occurred.; "},
    /* what says nothing may have been done */
    {500, ERRORS("An error has occurred."), ERR_SERVER, ERR_UNKNOWN_OUTCOME, "An error has occurred."},
    {500, "", ERR_SERVER, ERR_UNKNOWN_OUTCOME, "empty answer"},
    {500, HTML, ERR_SERVER, ERR_UNKNOWN_OUTCOME, "no explanation"},
    {503, HTML, ERR_SERVER, ERR_UNKNOWN_OUTCOME, "503"},
    {404, HTML, ERR_SERVER, ERR_UNKNOWN_OUTCOME, "404"},
    {404, "", ERR_SERVER, ERR_UNKNOWN_OUTCOME, "404"},
    {400, HTML, ERR_SERVER, ERR_UNKNOWN_OUTCOME, "400"},
    {500, "{\"errors\":[]}", ERR_SERVER, ERR_UNKNOWN_OUTCOME, "500"},
    {500, "{\"errors\":\"Missing Required Field: title\"}", ERR_SERVER, ERR_UNKNOWN_OUTCOME, "500"},
    {500, "{\"errors\":[null,{\"a\":1},[],true,5]}", ERR_SERVER, ERR_UNKNOWN_OUTCOME, "500"},
    {500, "[\"x\"]", ERR_SERVER, ERR_UNKNOWN_OUTCOME, "500"},
    {500, "\"x\"", ERR_SERVER, ERR_UNKNOWN_OUTCOME, "500"},
    {201, "{\"itemId\":5}", ERR_SERVER, ERR_UNKNOWN_OUTCOME, "201"},
    {204, "", ERR_SERVER, ERR_UNKNOWN_OUTCOME, "204"},
    {302, "", ERR_PROTOCOL, ERR_UNKNOWN_OUTCOME, "302"},
    {307, HTML, ERR_PROTOCOL, ERR_UNKNOWN_OUTCOME, "307"},
    /* the framework's word counts */
    {404, MESSAGE("No HTTP resource was found"), ERR_REJECTED, ERR_REJECTED, "No HTTP resource"},
    {405, MESSAGE("The requested resource does not support http method 'PATCH'."), ERR_REJECTED, ERR_REJECTED,
     "http method"},
    {400, ERRORS("something else"), ERR_REJECTED, ERR_REJECTED, "something else"},
};

static void expect(size_t row, int rc, const struct err *e, enum err_code code, const char *text)
{
    if (rc != -1 || e->code != code || !strstr(e->text, text))
        fail_msg("row %zu (%ld %s): %s, \"%s\" instead of %s with \"%s\"", row, answers[row].status,
                 answers[row].body, rc == 0 ? "success" : err_code_name(e->code), e->text,
                 err_code_name(code), text);
    assert_null(strstr(e->text, "s3cret"));
}

static void answers_mean_what_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
        struct err e = ERR_INIT;
        int64_t id;
        bench_clear(&bench);
        bench_rule(&bench, (struct stub_rule){.part = "v1.0/Tickets",
                                              .status = answers[i].status,
                                              .body = answers[i].body,
                                              .retry_after_s = i % 2 ? 17 : 0});
        expect(i, create(&id, &e), &e, answers[i].write, answers[i].text);
        assert_int_equal(e.retry_after_s, i % 2 ? 17 : 0);
        expect(i, get(&e), &e, answers[i].read, answers[i].text);
        if (answers[i].status == 401)
            bench_secret(&bench, "another\n"); /* two of them stop all calls */
    }
}

/* Classes decide what happens next, so the rows above are held against them once. */
static void a_doubtful_write_is_never_called_undone(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
        struct err write = {.code = answers[i].write}, read = {.code = answers[i].read};
        assert_int_not_equal(err_class(&read), ERR_CLASS_UNKNOWN);
        if (err_class(&write) == ERR_CLASS_RETRY)
            assert_int_equal(write.code, ERR_BUSY);
    }
}

/* --- 200 that cannot be believed --- */

static void a_create_needs_a_good_id(void **state)
{
    static const char *const bodies[] = {"",
                                         "x",
                                         "{",
                                         "null",
                                         "[]",
                                         "\"5\"",
                                         "{}",
                                         "{\"itemId\":null}",
                                         "{\"itemId\":\"50001\"}",
                                         "{\"itemId\":true}",
                                         "{\"itemId\":[50001]}",
                                         "{\"itemId\":1.5}",
                                         "{\"itemId\":0}",
                                         "{\"itemId\":-5}",
                                         "{\"itemId\":1e300}",
                                         "{\"itemId\":9007199254740993123}",
                                         "{\"item\":{\"id\":50001}}",
                                         HTML};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bodies); i++) {
        struct err e = ERR_INIT;
        int64_t id;
        bench_clear(&bench);
        bench_rule(&bench, (struct stub_rule){.part = "v1.0/Tickets", .status = 200, .body = bodies[i]});
        if (create(&id, &e) == 0 || e.code != ERR_UNKNOWN_OUTCOME)
            fail_msg("%s: %s", bodies[i], err_code_name(e.code));
    }
    struct err e = ERR_INIT;
    int64_t id;
    bench_clear(&bench);
    bench_rule(&bench, (struct stub_rule){
                           .part = "v1.0/Tickets", .status = 200, .body = "{\"itemId\":9007199254740991}"});
    assert_int_equal(create(&id, &e), 0);
    assert_int_equal(id, 9007199254740991);
}

static void a_record_needs_its_id_and_number(void **state)
{
    static const struct {
        const char *body;
        enum err_code code;
    } rows[] = {
        {"{\"item\":null}", ERR_NOT_FOUND},
        {"{}", ERR_PROTOCOL},
        {"[]", ERR_PROTOCOL},
        {"{\"item\":\"x\"}", ERR_PROTOCOL},
        {"{\"item\":[]}", ERR_PROTOCOL},
        {"{\"item\":{}}", ERR_PROTOCOL},
        {"{\"item\":{\"id\":\"50001\",\"ticketNumber\":\"T1\"}}", ERR_PROTOCOL},
        {"{\"item\":{\"id\":1e300,\"ticketNumber\":\"T1\"}}", ERR_PROTOCOL},
        {"{\"item\":{\"id\":50002,\"ticketNumber\":\"T1\"}}", ERR_PROTOCOL},
        {"{\"item\":{\"id\":50001}}", ERR_PROTOCOL},
        {"{\"item\":{\"id\":50001,\"ticketNumber\":\"\"}}", ERR_PROTOCOL},
        {"{\"item\":{\"id\":50001,\"ticketNumber\":{}}}", ERR_PROTOCOL},
        {"{\"item\":{\"id\":50001,\"ticketNumber\":\"T1\",\"externalID\":[]}}", ERR_PROTOCOL},
        {"{\"item\":{\"id\":50001,\"ticketNumber\":\"T1\",\"externalID\":null,\"title\":null}}", ERR_NONE},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err e = ERR_INIT;
        bench_clear(&bench);
        bench_rule(&bench,
                   (struct stub_rule){.part = "v1.0/Tickets/50001", .status = 200, .body = rows[i].body});
        int rc = get(&e);
        if (e.code != rows[i].code || (rc == 0) != (rows[i].code == ERR_NONE))
            fail_msg("%s: %s", rows[i].body, err_code_name(e.code));
    }
}

#define ROW(key) "{\"id\":50001,\"ticketNumber\":\"T1\",\"externalID\":\"" key "\",\"title\":\"t\"}"

/* "Not found" leads to a second create: only a list without rows may say it. */
static void a_look_up_says_no_only_by_an_empty_list(void **state)
{
    static const struct {
        const char *body;
        enum err_code code;
        bool found;
    } rows[] = {
        {"{\"items\":[],\"pageDetails\":{\"count\":0,\"nextPageUrl\":null}}", ERR_NONE, false},
        {"{\"items\":[]}", ERR_NONE, false},
        {"{\"items\":[" ROW("fd-1") "]}", ERR_NONE, true},
        {"{\"items\":[" ROW("fd-1") "," ROW("fd-1") "]}", ERR_NONE, true},
        {"{\"items\":[" ROW("other") "]}", ERR_PROTOCOL, false},
        {"{\"items\":[" ROW("") "]}", ERR_PROTOCOL, false},
        {"{\"items\":[{\"externalID\":\"fd-1\"}]}", ERR_PROTOCOL, false},
        {"{}", ERR_PROTOCOL, false},
        {"[]", ERR_PROTOCOL, false},
        {"null", ERR_PROTOCOL, false},
        {"{\"items\":null}", ERR_PROTOCOL, false},
        {"{\"items\":{}}", ERR_PROTOCOL, false},
        {"{\"items\":\"\"}", ERR_PROTOCOL, false},
        {"{\"item\":null}", ERR_PROTOCOL, false},
        {"{\"items\":[null]}", ERR_PROTOCOL, false},
        {"{\"items\":[\"x\"]}", ERR_PROTOCOL, false},
        {"{\"items\":[],\"pageDetails\":{\"nextPageUrl\":5}}", ERR_PROTOCOL, false},
        {"{\"items\":[],\"pageDetails\":{\"nextPageUrl\":{}}}", ERR_PROTOCOL, false},
        {"{\"items\":[],\"pageDetails\":{\"nextPageUrl\":\"\"}}", ERR_NONE, false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err e = ERR_INIT;
        struct autotask_found ticket;
        bool found = true;
        bench_clear(&bench);
        bench_rule(&bench,
                   (struct stub_rule){.part = "v1.0/Tickets/query", .status = 200, .body = rows[i].body});
        int rc = autotask_ticket_by_key(bench.at, "fd-1", &found, &ticket, &e);
        if (e.code != rows[i].code || (rc == 0) != (e.code == ERR_NONE) || found != rows[i].found)
            fail_msg("%s: %s, %s", rows[i].body, err_code_name(e.code), found ? "found" : "not found");
    }
}

static void a_second_resource_is_found_by_both_ids(void **state)
{
    static const struct {
        const char *body;
        enum err_code code;
        bool found;
    } rows[] = {
        {"{\"items\":[]}", ERR_NONE, false},
        {"{\"items\":[{\"id\":1,\"ticketID\":50001,\"resourceID\":7}]}", ERR_NONE, true},
        {"{\"items\":[{\"id\":1,\"ticketID\":50002,\"resourceID\":7}]}", ERR_PROTOCOL, false},
        {"{\"items\":[{\"id\":1,\"ticketID\":50001,\"resourceID\":8}]}", ERR_PROTOCOL, false},
        {"{\"items\":[{\"id\":1}]}", ERR_PROTOCOL, false},
        {"{}", ERR_PROTOCOL, false},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct err e = ERR_INIT;
        bool found = true;
        bench_clear(&bench);
        bench_rule(&bench, (struct stub_rule){.part = "TicketSecondaryResources/query",
                                              .status = 200,
                                              .body = rows[i].body});
        int rc = autotask_secondary_exists(bench.at, 50001, 7, &found, &e);
        if (e.code != rows[i].code || found != rows[i].found || (rc == 0) != (e.code == ERR_NONE))
            fail_msg("%s: %s, %s", rows[i].body, err_code_name(e.code), found ? "found" : "not found");
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_bench, close_bench)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(answers_mean_what_the_table_says),
        TEST(a_doubtful_write_is_never_called_undone),
        TEST(a_create_needs_a_good_id),
        TEST(a_record_needs_its_id_and_number),
        TEST(a_look_up_says_no_only_by_an_empty_list),
        TEST(a_second_resource_is_found_by_both_ids),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

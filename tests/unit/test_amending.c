/* SPDX-License-Identifier: GPL-2.0-or-later */
/* amending: what a letter says when somebody else changed the ticket at the same moment. */
#include "frontdesk/action.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include "shipped.h"

#define DUE   INT64_C(1795730400000) /* Thu 26 Nov 2026 17:00 in New York */
#define HOUR  INT64_C(3600000)
#define FIRST "Somebody else, or a rule of Autotask, changed this ticket at the same moment; that stays. "

static const struct directory_resource people[] = {
    {.id = 1, .role_id = 9, .first = "Sarah", .last = "Klein", .user = "", .email = "", .assignable = true},
    {.id = 2, .role_id = 9, .first = "Grace", .last = "Park", .user = "", .email = "", .assignable = true},
    {.id = 3, .role_id = 9, .first = "Shana", .last = "Ortiz", .user = "", .email = "", .assignable = true}};
static const struct directory_label priorities[] = {
    {11, "Critical", NULL}, {12, "High", NULL}, {14, "Medium", NULL}};
static const struct directory_company companies[] = {{0, "Northwind IT", "", NULL},
                                                     {301, "Acme Dental", "", NULL}};

static const struct plan_change changes[] = {
    {"For", "assignedResourceID", 1, 2, "Sarah Klein", "Grace Park"},
    {"", "assignedResourceRoleID", 9, 9, "", ""},
    {"Priority", "priority", 14, 12, "Medium", "High"},
    {"Due", "dueDateTime", DUE, DUE + HOUR, "Thu 26 Nov 17:00", "Thu 26 Nov 18:00"},
    {"Company", "companyID", 0, 301, "the own company", "Acme Dental"},
    {"Contact", "contactID", PLAN_NULL, 401, "none", "Bob Miller"},
};

static const struct {
    int64_t shows[ARRAY_LEN(changes)];
    const char *kept, *told;
    int64_t technician;
} rows[] = {
    /* another technician; the rest is as we wanted it */
    {{3, 9, 12, DUE + HOUR, 301, 401},
     "Priority Due Company Contact",
     "For is Shana Ortiz, not Grace Park.",
     3},
    /* nothing of ours */
    {{PLAN_NULL, PLAN_NULL, 11, DUE + 2 * HOUR, 0, PLAN_NULL},
     "",
     "For is nobody, not Grace Park. Priority is Critical, not High. Due is Thu 26 Nov 19:00, not Thu 26 Nov "
     "18:00. Company is the own company, not Acme Dental. Contact is none, not Bob Miller.",
     0},
    /* one field is theirs, one is as it was, which is no change of ours either */
    {{2, 9, 14, DUE + HOUR, 301, 402},
     "For Due Company",
     "Priority is Medium, not High. Contact is id 402, not Bob Miller.",
     2},
    {{2, 9, 14, PLAN_NULL, 301, 401},
     "For Company Contact",
     "Priority is Medium, not High. Due is none, not Thu 26 Nov 18:00.",
     2},
    /* what the lists do not know has its number */
    {{4, 9, 77, DUE + HOUR, 301, 401},
     "Due Company Contact",
     "For is id 4, not Grace Park. Priority is id 77, not High.",
     4},
};

static void free_templates(struct plan_input *in)
{
    struct templates *t = (struct templates *)(uintptr_t)in->templates;
    templates_free(&t);
}

static void theirs_is_told(void **state)
{
    (void)state;
    struct pool *pool = pool_new(1 << 20);
    char zone[] = "America/New_York";
    struct conf conf = {.firm = {.timezone = zone}};
    struct directory *d =
        directory_build(&(struct directory){.resources = people,
                                            .n_resources = ARRAY_LEN(people),
                                            .lists = {[LIST_PRIORITY] = priorities},
                                            .n_lists = {[LIST_PRIORITY] = ARRAY_LEN(priorities)},
                                            .companies = companies,
                                            .n_companies = ARRAY_LEN(companies)});
    struct plan_input in = {
        .conf = &conf, .templates = shipped_templates(), .directory = d, .now_ms = DUE - HOUR};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct plan p = {.n_changes = ARRAY_LEN(changes), .holder = 2};
        struct buf kept = BUF_INIT(1000), told = BUF_INIT(4000);
        memcpy(p.changes, changes, sizeof(changes));
        plan_tell_theirs(&p, rows[i].shows, &in, pool);
        for (size_t k = 0; k < p.n_changes; k++)
            buf_printf(&kept, "%s%s", kept.len && p.changes[k].what[0] ? " " : "", p.changes[k].what);
        assert_int_equal(strncmp(p.remarks[0].line, FIRST, strlen(FIRST)), 0);
        for (size_t k = 1; k < p.n_remarks; k++)
            buf_printf(&told, "%s%s", k > 1 ? " " : "", p.remarks[k].line);
        if (strcmp(kept.data, rows[i].kept) != 0 || strcmp(told.data, rows[i].told) != 0)
            fail_msg("row %zu: kept [%s], told [%s]", i, kept.data, told.data);
        assert_int_equal(p.holder, rows[i].technician);
        buf_release(&kept);
        buf_release(&told);
    }
    free_templates(&in);
    directory_unref(&d);
    pool_free(&pool);
}

/* Autotask was not reached since the start: no names, but no wrong ones either. */
static void told_without_names(void **state)
{
    (void)state;
    struct pool *pool = pool_new(1 << 20);
    struct plan_input in = {.templates = shipped_templates(), .now_ms = DUE};
    struct plan p = {.n_changes = 1, .changes = {changes[2]}};
    plan_tell_theirs(&p, (const int64_t[]){11}, &in, pool);
    assert_string_equal(p.remarks[1].line, "Priority is something else, not High.");
    assert_int_equal(p.n_changes, 0);
    free_templates(&in);
    pool_free(&pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(theirs_is_told),
                                       cmocka_unit_test(told_without_names)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

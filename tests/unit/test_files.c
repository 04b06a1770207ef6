/* SPDX-License-Identifier: GPL-2.0-or-later */
/* files: attachments go out as a stream, whole, once, at Autotask's pace; against the simulated Autotask. */
#include "frontdesk/pace.h"
#include "sandbox_child.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

struct bytes {
    uint64_t at, end; /* end: where it breaks off */
};

static size_t give(void *self, char *into, size_t n)
{
    struct bytes *b = self;
    size_t i = 0, most = n > 1000 ? 1000 - b->at % 7 : n; /* uneven pieces */
    for (; i < most && b->at < b->end; i++, b->at++)
        into[i] = (char)(b->at * 131 >> 3);
    return i;
}

static int attach(int64_t ticket, const char *name, const char *mark, uint64_t size, uint64_t end, int64_t as,
                  int64_t *id)
{
    struct bytes b = {.end = end};
    struct autotask_file f = {.ticket_id = ticket,
                              .name = name,
                              .mark = mark,
                              .size = size,
                              .read = give,
                              .self = &b,
                              .as_resource = as};
    e = (struct err)ERR_INIT;
    return autotask_file_create(w.at, &f, id, &e);
}

static void check_content(int64_t id, uint64_t size)
{
    struct buf raw = BUF_INIT(8 << 20);
    struct bytes b = {.end = size};
    while (b.at < size)
        buf_added(&raw, give(&b, buf_room(&raw, 1000), 1000));
    gchar *want = g_base64_encode((const guchar *)raw.data, raw.len);
    struct json all = world_ask(&w, "world"), list = json_get(&all, "TicketAttachments");
    bool seen = false;
    for (int i = 0; i < json_length(&list); i++) {
        struct json item = json_at(&list, i), own = json_get(&item, "id"), data = json_get(&item, "data");
        int64_t n;
        if (json_int(&own, 0, &n, &e) == 0 && n == id) {
            seen = true;
            assert_string_equal(cJSON_GetStringValue(data.value), want);
        }
    }
    assert_true(seen);
    json_close(&all);
    g_free(want);
    buf_release(&raw);
}

static void files_arrive_whole(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {1, 2, 3, 3071, 3072, 3073, 100000, 1234567};
    int64_t ticket = new_ticket(), id, found_id;
    bool found;
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        char name[40], mark[40];
        snprintf(name, sizeof(name), "r\xc3\xa9sum\xc3\xa9 %zu.pdf", i);
        snprintf(mark, sizeof(mark), "[fd-k-%zu]", i);
        OK(attach(ticket, name, mark, sizes[i], sizes[i], 0, &id));
        check_content(id, sizes[i]);
        assert_string_equal(world_text(&w, "TicketAttachments", id, "fullPath"), name);
        assert_string_equal(world_text(&w, "TicketAttachments", id, "publish"), "2");
        OK(autotask_file_by_mark(w.at, ticket, mark, &found, &found_id, &e));
        assert_true(found && found_id == id);
    }
    assert_int_equal(world_count(&w, "TicketAttachments", "title", "[fd-k-0]", NULL), 1);
}

static void file_lost_is_found_once(void **state)
{
    (void)state;
    int64_t ticket = new_ticket(), id, found_id;
    bool found;
    world_tell(&w, "faults",
               "[{\"action\":\"drop_after_commit\",\"method\":\"POST\",\"path\":\"*/Attachments\"}]");
    FAILS(attach(ticket, "a.pdf", MARK, 50000, 50000, 0, &id), ERR_UNKNOWN_OUTCOME);
    OK(autotask_file_by_mark(w.at, ticket, MARK, &found, &found_id, &e));
    assert_true(found);
    assert_int_equal(world_count(&w, "TicketAttachments", "title", MARK, &id), 1);
    assert_true(id == found_id);
    check_content(id, 50000);
}

static void file_refusals(void **state)
{
    (void)state;
    int64_t ticket = new_ticket(), id;
    FAILS(attach(ticket, "virus.exe", MARK, 100, 100, 0, &id), ERR_FILE_REFUSED);
    assert_non_null(strstr(e.text, ".exe"));
    assert_int_equal(err_class(&e), ERR_CLASS_SENDER);
    FAILS(attach(ticket, "big.zip", MARK, AUTOTASK_FILE_MAX + 1, AUTOTASK_FILE_MAX + 1, 0, &id), ERR_LIMIT);
    FAILS(attach(ticket, "none.txt", MARK, 0, 0, 0, &id), ERR_LIMIT);
    world_tell(&w, "settings", "{\"attachment_bytes\":1000}");
    FAILS(attach(ticket, "small-tenant.txt", MARK, 1001, 1001, 0, &id), ERR_FILE_REFUSED);
    FAILS(attach(ticket, "broken.txt", MARK, 900, 400, 0, &id), ERR_IO);
    FAILS(attach(ticket, "broken.txt", MARK, 900, 0, 0, &id), ERR_IO);
    assert_int_equal(world_count(&w, "TicketAttachments", "title", "", NULL), 0);
    /* none of these counts for the pace */
    world_tell(&w, "settings", "{\"attachment_bytes\":6000000}");
    OK(attach(ticket, "most.bin", MARK, AUTOTASK_FILE_MAX, AUTOTASK_FILE_MAX, 0, &id));
    OK(attach(ticket, "rest.bin", MARK2, 4000000, 4000000, 0, &id));
}

static void pace_is_ours_first(void **state)
{
    (void)state;
    int64_t ticket = new_ticket(), id;
    OK(attach(ticket, "1.bin", "[1]", 6000000, 6000000, 0, &id));
    FAILS(attach(ticket, "2.bin", "[2]", 4000001, 4000001, 0, &id), ERR_FILE_PACE);
    assert_int_equal(err_class(&e), ERR_CLASS_RETRY);
    assert_in_range(e.retry_after_s, 300, 331);
    /* another client of the same state directory counts along, as after a restart */
    struct autotask *at = w.at;
    struct autotask_options o = {
        .conf = &w.conf, .http = &w.http, .budget = w.budget, .state_dir = w.dir, .wait_ms = 1000};
    OK(autotask_new(&w.at, &o, &e));
    FAILS(attach(ticket, "2.bin", "[2]", 4000001, 4000001, 0, &id), ERR_FILE_PACE);
    OK(attach(ticket, "3.bin", "[3]", 4000000, 4000000, 0, &id));
    autotask_free(&w.at);
    w.at = at;
    FAILS(attach(ticket, "4.bin", "[4]", 1, 1, 0, &id), ERR_FILE_PACE);
    clock_shift_ms(331000);
    world_tell(&w, "settings", "{\"clock_shift_ms\":331000}");
    OK(attach(ticket, "2.bin", "[2]", 4000001, 4000001, 0, &id));
    clock_shift_ms(-331000);
}

static void pace_of_autotask(void **state)
{
    (void)state;
    int64_t ticket = new_ticket(), id;
    world_tell(&w, "settings", "{\"attachment_budget\":1000}"); /* others have used the rest */
    FAILS(attach(ticket, "1.bin", "[1]", 1001, 1001, 0, &id), ERR_FILE_PACE);
    assert_in_range(e.retry_after_s, 299, 301);
    world_tell(&w, "settings", "{\"attachment_budget\":10000000}");
    /* asked again at once it does not go out at all */
    FAILS(attach(ticket, "1.bin", "[1]", 10, 10, 0, &id), ERR_FILE_PACE);
    assert_in_range(e.retry_after_s, 298, 301);
    assert_int_equal(world_count(&w, "TicketAttachments", "title", "", NULL), 0);
}

static void file_in_another_name(void **state)
{
    (void)state;
    int64_t ticket = new_ticket(), id;
    OK(attach(ticket, "a.txt", MARK, 10, 10, DANA, &id));
    assert_string_equal(world_text(&w, "TicketAttachments", id, "attachedByResourceID"), "29680105");
    FAILS(attach(ticket, "a.txt", MARK, 10, 10, SHANA, &id), ERR_IMPERSONATION);
}

/* --- the count itself --- */

static void pace_counts(void **state)
{
    (void)state;
    struct pace *p, *other;
    OK(pace_open(&p, w.dir, "test", 1000, 60000, &e));
    OK(pace_open(&other, w.dir, "test", 1000, 60000, &e));
    OK(pace_take(p, 600, &e));
    FAILS(pace_take(other, 401, &e), ERR_FILE_PACE);
    pace_give_back(other, 600);
    OK(pace_take(other, 5000, &e)); /* more than all counts as all */
    FAILS(pace_take(p, 1, &e), ERR_FILE_PACE);
    pace_give_back(p, 5000);
    for (int i = 0; i < 1000; i++) /* more bookings than lines */
        OK(pace_take(i % 2 ? p : other, 1, &e));
    FAILS(pace_take(p, 1, &e), ERR_FILE_PACE);
    assert_in_range(e.retry_after_s, 59, 61);
    clock_shift_ms(61000);
    OK(pace_take(p, 1000, &e));
    pace_refused(p, 3600); /* longer than its window makes no sense and is not believed */
    clock_shift_ms(61000);
    OK(pace_take(p, 1000, &e));
    clock_shift_ms(-122000); /* the clock was put back: what lies ahead does not block */
    OK(pace_take(p, 1000, &e));
    pace_close(&p);
    pace_close(&other);
}

#define TEST(f) cmocka_unit_test_setup(f, world_test_reset)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(files_arrive_whole), TEST(file_lost_is_found_once), TEST(file_refusals),
        TEST(pace_is_ours_first), TEST(pace_of_autotask),        TEST(file_in_another_name),
        TEST(pace_counts),
    };
    return cmocka_run_group_tests(tests, world_test_open, world_test_close);
}

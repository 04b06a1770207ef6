/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_json: every value of any JSON through the typed reader: text is short, clean UTF-8, a number is in
 * range, and every refusal says where. */
#include "fuzz.h"

#include "frontdesk/json.h"

enum { MOST_TEXT = 100, MOST_DEPTH = 20 };

static void read_value(const struct json *j, struct pool *pool)
{
    struct err e = ERR_INIT;
    const char *text;
    int64_t n;
    bool on;
    if (json_text(j, MOST_TEXT, pool, &text, &e) == 0)
        ENSURE(strlen(text) <= MOST_TEXT && fuzz_is_clean(slice_of(text)) && fuzz_is_utf8(slice_of(text)));
    if (json_int(j, 7, &n, &e) == 0)
        ENSURE(json_there(j) ? n <= INT64_C(1) << 53 && n >= -(INT64_C(1) << 53) : n == 7);
    if (json_bool(j, true, &on, &e) == 0)
        ENSURE(json_there(j) || on);
    ENSURE(e.code == ERR_NONE || (e.code == ERR_PROTOCOL && strstr(e.text, " expected")));
}

static void walk(const struct json *j, int depth, struct pool *pool)
{
    read_value(j, pool);
    if (depth == MOST_DEPTH)
        return;
    int n = json_length(j);
    for (int i = 0; i < n && i < 50; i++) {
        struct json item = json_at(j, i);
        walk(&item, depth + 1, pool);
    }
    struct json beyond = json_at(j, n), member = json_get(j, "id"), other = json_get(j, "Name");
    ENSURE(!json_there(&beyond));
    if (json_there(&member))
        walk(&member, depth + 1, pool);
    if (json_there(&other))
        walk(&other, depth + 1, pool);
    read_value(&beyond, pool);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pool *pool = pool_new(16 << 20);
    struct err e = ERR_INIT;
    struct json root;
    if (json_open(slice_from((const char *)data, size), &root, &e) == 0) {
        walk(&root, 0, pool);
        json_close(&root);
    } else {
        ENSURE(e.code == ERR_PROTOCOL);
    }
    pool_free(&pool);
    return 0;
}

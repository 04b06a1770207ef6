/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_plan: a plan out of the journal: what is readable stays the same when it is written and read again,
 * and makes a request that is JSON. */
#include "fuzz.h"

#include "frontdesk/action.h"
#include "frontdesk/json.h"

static void check_request(const struct plan *p)
{
    struct journal_step steps[PLAN_MAX_PEOPLE + 1];
    struct autotask_ticket ticket;
    struct buf body = BUF_INIT(16 << 20);
    struct err e = ERR_INIT;
    struct json root;
    size_t n = plan_steps(p, steps);
    ENSURE(n <= ARRAY_LEN(steps) && (n > 0) == (p->title[0] != '\0'));
    plan_ticket(p, &ticket);
    autotask_ticket_json(&ticket, &body);
    ENSURE(json_open(buf_view(&body), &root, &e) == 0);
    struct json company = json_get(&root, "companyID");
    ENSURE(json_there(&company));
    json_close(&root);
    buf_release(&body);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pool *pool = pool_new(16 << 20);
    struct buf first = BUF_INIT(16 << 20), second = BUF_INIT(16 << 20);
    struct err e = ERR_INIT;
    struct plan p, again;
    if (plan_decode(&p, pool_slice(pool, slice_from((const char *)data, size)), pool, &e) == 0) {
        ENSURE(p.n_people <= PLAN_MAX_PEOPLE && p.n_suggestions <= COMMAND_MAX_SUGGESTIONS);
        ENSURE(p.sender && p.title && p.reply && p.references);
        plan_encode(&p, &first);
        ENSURE(plan_decode(&again, first.data, pool, &e) == 0);
        plan_encode(&again, &second);
        ENSURE(slice_eq(buf_view(&first), buf_view(&second)));
        check_request(&p);
    } else {
        ENSURE(e.code == ERR_JOURNAL);
    }
    buf_release(&first);
    buf_release(&second);
    pool_free(&pool);
    return 0;
}

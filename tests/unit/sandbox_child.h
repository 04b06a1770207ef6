/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sandbox_child: frontdesk-sandbox as a child on a free loopback port, an Autotask client of it, and its
 * control addresses. */
#ifndef FRONTDESK_TESTS_SANDBOX_CHILD_H
#define FRONTDESK_TESTS_SANDBOX_CHILD_H

#include "frontdesk/autotask_writes.h"
#include "frontdesk/json.h"

struct world {
    pid_t pid;
    FILE *out;
    char url[100]; /* "http://127.0.0.1:PORT/" */
    char dir[64];
    struct conf conf;
    struct http http;
    struct budget *budget;
    struct autotask *at;
    struct pool *pool;
};

void world_open(struct world *x);
void world_close(struct world *x);
/* Back to the world file, with a client that has no memory. */
void world_reset(struct world *x);
/* POST /sandbox/WHAT ("faults" "settings" "rows"). */
void world_tell(struct world *x, const char *what, const char *json);
/* GET /sandbox/WHAT ("world" "log"); close with json_close. */
struct json world_ask(struct world *x, const char *what);
/* How many records of `entity` carry `part` in a text member; *id the last one's. */
size_t world_count(struct world *x, const char *entity, const char *member, const char *part, int64_t *id);
/* A member of a record as text, in the pool; "" when it is absent or null. */
const char *world_text(struct world *x, const char *entity, int64_t id, const char *member);

enum { SARAH = 29680101, SHANA = 29680102, DANA = 29680105, TECHNICIAN = 29680201, ACME = 29680301 };
#define MARK  "[fd-1a2b3c4d5e-1]"
#define MARK2 "[fd-1a2b3c4d5e-12]"

/* The world, client and error of a test program, and the functions of its groups. */
extern struct world w;
extern struct err e;
int world_test_open(void **state);
int world_test_close(void **state);
int world_test_reset(void **state);
/* For Sarah, in the name of `as` (0 = the API user). */
int64_t new_ticket_of(int64_t company, int64_t contact, int64_t as);
int64_t new_ticket(void);

#define OK(call)                                                                                             \
    do {                                                                                                     \
        e = (struct err)ERR_INIT;                                                                            \
        if ((call) != 0)                                                                                     \
            fail_msg("%s:%d: %s: %s", __FILE__, __LINE__, #call, e.text);                                    \
        assert_int_equal(e.code, ERR_NONE);                                                                  \
    } while (0)
#define FAILS(call, want)                                                                                    \
    do {                                                                                                     \
        e = (struct err)ERR_INIT;                                                                            \
        assert_int_equal(call, -1);                                                                          \
        assert_string_equal(err_code_name(e.code), err_code_name(want));                                     \
    } while (0)

#endif

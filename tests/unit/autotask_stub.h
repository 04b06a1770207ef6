/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * autotask_stub: an Autotask client over a stub in place of HTTP: canned answers by address, and what was
 * asked. Secrets, slots and the note of refusals lie in a folder of the bench's own.
 */
#ifndef FRONTDESK_TESTS_AUTOTASK_STUB_H
#define FRONTDESK_TESTS_AUTOTASK_STUB_H

#include "frontdesk/autotask.h"

/* One canned answer: for addresses that hold `part`, the first rule that is not used up. */
struct stub_rule {
    const char *part;
    long status;
    const char *body;
    unsigned retry_after_s;
    unsigned times;     /* 0 = always */
    enum err_code fail; /* instead of an answer */
    const char *type;   /* content type; NULL = JSON */
};

struct stub_call {
    char method[10], url[3000];
    char *body;
    bool secrets; /* the three headers were sent */
};

struct bench {
    char dir[64];
    struct conf conf;
    struct http http;
    struct budget *budget;
    struct autotask *at;
    struct stub_rule rules[32];
    size_t n_rules;
    struct stub_call calls[64];
    size_t n_calls;
};

#define STUB_ROOT "http://127.0.0.1:9/atservicesrest/"

void bench_open(struct bench *b);
void bench_close(struct bench *b);
/* The same state directory, a new client: what a restart is. */
void bench_restart(struct bench *b);
void bench_secret(struct bench *b, const char *secret);
/* Forgets rules and calls; the zone answers. */
void bench_clear(struct bench *b);
void bench_rule(struct bench *b, struct stub_rule rule);
/* A small directory answers: two technicians, one role, the labels of the bench's settings. */
void bench_directory(struct bench *b);
/* How many calls went to addresses that hold `part`. */
size_t bench_asked(const struct bench *b, const char *part);

#endif

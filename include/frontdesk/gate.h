/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * gate: who is it? Machine mail first, then the sender's proof. Facts: mail.md section 2
 * (T1..T12, 2.1, 2.3, 2.5).
 */
#ifndef FRONTDESK_GATE_H
#define FRONTDESK_GATE_H

#include "frontdesk/base.h"
#include "frontdesk/conf.h"
#include "frontdesk/message.h"

enum gate_verdict {
    GATE_STAFF,    /* proven staff: act */
    GATE_MACHINE,  /* robot, list, bounce, our own mail: record, never answer */
    GATE_STRANGER, /* a well-formed sender who is not staff */
    GATE_UNPROVEN, /* says it is staff; the proof failed or is missing */
};

struct gate_result {
    enum gate_verdict verdict;
    char address[256]; /* strictly parsed From, lower-case domain; "" if it could not be parsed */
    char reason[40]; /* short code of the deciding test: "T1-two-from", "auth-none", "list", "null-sender" ...
                      */
    char evidence[400];   /* one line for the operator: what was seen, printable */
    bool unauthenticated; /* staff by trust = none: every reply carries a warning */
};

struct gate_context {
    const struct conf *conf;
    const struct conf_mailbox *mailbox;
    const char *message_id_host; /* host part of our own Message-IDs */
};

/* Never fails: what cannot be judged is GATE_UNPROVEN. */
void gate_judge(const struct message *m, const struct gate_context *context, struct gate_result *out);

/* The strict parser (T1, T2, T3): raw From value → lower-cased address. False with *reason (static text). */
bool gate_parse_from(struct slice raw, char address[256], const char **reason) MUST_USE;
/* Domain to its lower-case A-label form by IDNA2008; false if it is not a valid host name. */
bool gate_domain_ascii(struct slice domain, char out[256]) MUST_USE;

/* May this sender run frontdesk by mail: one of staff.admins, and proven? */
bool gate_is_operator(const struct conf *conf, const char *address, bool unauthenticated);

const char *gate_verdict_name(enum gate_verdict v);

#endif

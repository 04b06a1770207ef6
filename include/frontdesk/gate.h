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
    /* fields of the header, as index + 1 (0 = none): where the trusted server took the mail, whose words
     * decided, and the first one of the same shape that came with the mail */
    unsigned border, counted, forged;
};

struct gate_context {
    const struct conf *conf;
    const struct conf_mailbox *mailbox;
    const char *message_id_host; /* host part of our own Message-IDs */
    bool proving;                /* a test mail of `doctor --prove` is judged as if it were any other */
    bool assumed;                /* no mail that came: its sender is taken for proven (explain --subject) */
};

/* Never fails: what cannot be judged is GATE_UNPROVEN. */
void gate_judge(const struct message *m, const struct gate_context *context, struct gate_result *out);

/* Is the sender real, whoever it is: the well-formed From and the mailbox's trust profile alone. */
bool gate_proves(const struct message *m, const struct gate_context *context, struct gate_result *out);
/* The authserv-id of an Authentication-Results value, if it is a host name; it is not believed for that. */
bool gate_authserv_id(struct slice value, char id[256]) MUST_USE;

/*
 * Test mail of `doctor --prove`: its subject is one word, "frontdesk-test-", GATE_TEST_CODE letters or
 * digits, and
 * "-in" or "-out"; tags of mail gateways may stand before it. Such mail is for nobody: it is machine mail,
 * whoever sent it, so that a running frontdesk makes nothing of it.
 */
enum { GATE_TEST_CODE = 8 };
enum gate_test { GATE_TEST_NONE, GATE_TEST_INSIDE, GATE_TEST_OUTSIDE };
/* *code: within the subject. */
enum gate_test gate_test_mail(struct slice subject, struct slice *code);

/* The strict parser (T1, T2, T3): raw From value → lower-cased address. False with *reason (static text). */
bool gate_parse_from(struct slice raw, char address[256], const char **reason) MUST_USE;
/* Domain to its lower-case A-label form by IDNA2008; false if it is not a valid host name. */
bool gate_domain_ascii(struct slice domain, char out[256]) MUST_USE;

/* May this sender run frontdesk by mail: one of staff.admins, and proven? */
bool gate_is_operator(const struct conf *conf, const char *address, bool unauthenticated);

const char *gate_verdict_name(enum gate_verdict v);

#endif

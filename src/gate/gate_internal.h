/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gate, inside: what the files of this folder share. */
#ifndef FRONTDESK_GATE_INTERNAL_H
#define FRONTDESK_GATE_INTERNAL_H

#include "frontdesk/gate.h"

/* One finding: a short code and the line for the operator. */
void gate_say(struct gate_result *r, const char *reason, const char *fmt, ...) PRINTF(3, 4);

/* machine.c: true and *r filled when a machine sent it. */
bool machine_test(const struct message *m, const struct gate_context *c, struct gate_result *r) MUST_USE;

/* staff.c */
struct slice staff_domain_of(const char *address); /* behind the last @ */
bool staff_is_domain(const struct conf *conf, struct slice domain) MUST_USE;
bool staff_is_address(const struct conf *conf, const char *address) MUST_USE;
/* Is it an address of ours: a configured mailbox, also with a +tag? */
bool staff_is_own(const struct conf *conf, const char *address) MUST_USE;
/* T1, T4, T6, T7, T10 on a staff address; false and *r filled when one fails. */
bool staff_tests(const struct message *m, const struct gate_context *c, struct gate_result *r) MUST_USE;

/* The trust profiles: does a border that is trusted say that r->address is real? Fill reason and evidence
 * both ways. */
bool authres_proves(const struct message *m, const struct conf_mailbox *box, const struct conf *conf,
                    struct gate_result *r) MUST_USE;
bool google_proves(const struct message *m, const struct conf_mailbox *box, const struct conf *conf,
                   struct gate_result *r) MUST_USE;
bool exchange_proves(const struct message *m, const struct conf_mailbox *box, const struct conf *conf,
                     struct gate_result *r) MUST_USE;

#endif

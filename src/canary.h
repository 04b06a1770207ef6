/* SPDX-License-Identifier: GPL-2.0-or-later */
/* canary: mails to ourselves (canary.c). */
#ifndef FRONTDESK_SRC_CANARY_H
#define FRONTDESK_SRC_CANARY_H

#include "desk.h"

/* Sends those that are due, and tells of those that are not back. Every second. */
void canaries_look(struct desk *d);

struct canary_end {
    bool is_one; /* one of ours that was still on its way; anything else is mail like any other */
    bool late;   /* it was given up */
    int64_t took_ms;
};
/* Is the mail of this job one? Then it counts as back, and no mail with its token does any more. */
int canary_met(struct desk *d, size_t mailbox, const struct message *m, int64_t job, struct canary_end *out,
               struct err *e) MUST_USE;

/* --- health.c --- */
struct health;
int health_start(struct health **out, struct desk *d, struct err *e) MUST_USE;
/* It ends when stop_fd says so. */
void health_join(struct health **health);

#endif

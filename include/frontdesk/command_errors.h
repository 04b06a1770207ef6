/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * command, errors: the pieces of a mail as the matcher of known errors takes them. Pure.
 *
 * The sender's own words (with the subject, unless that is a forward's or a reply's) stand apart from what is
 * quoted or forwarded, since words of staff count as symptoms only when they are the sender's own. Nothing is
 * left out: where signatures and disclaimers are is the matcher's to know.
 */
#ifndef FRONTDESK_COMMAND_ERRORS_H
#define FRONTDESK_COMMAND_ERRORS_H

#include "frontdesk/diagnose_match.h"
#include "frontdesk/message_texts.h"

enum { ERRORS_TEXTS = MESSAGE_TEXTS + 1 };

/* Fills `out` (ERRORS_TEXTS of them), in the order a reader sees them; returns how many. `own_only`: of the
 * mail itself only the sender's own words (what it quotes was written by us). */
size_t errors_texts(struct diagnose_text *out, const struct message_texts *texts, struct slice subject,
                    bool own_only, struct pool *pool);
/* Of quoted or forwarded text what somebody wrote: without marks, header fields, signatures and legal text.
 * Appends; `subjects`, if not NULL, takes the subjects of the header fields. */
void errors_body(struct buf *out, struct buf *subjects, struct slice text);
/* The first line with a word that errors have; empty: there is none. */
struct slice errors_line(struct slice body);
/* The numbers of invoices in an answer to "which invoice?": "10233", "It's INV-10233 and #10234." At most
 * `max`; no dates, times, amounts. */
size_t errors_numbers(struct slice own, const char **out, size_t max, struct pool *pool);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check_rows: rows of both systems from a few lines of text, for tables of checks. A line a row, fields with
 * | between, missing ones empty:
 *
 *   c|ID|KIND|NAME|NUMBER|LEDGER ID|LEDGER      a billing code: work material service milestone expense
 *                                               internal; ! before it: inactive, ~: unseen
 *   s|ID|NAME                                   a service; b: a bundle
 *   i|ID|TYPE|NAME|ACCOUNT ID|FULL NAME         an item; a leading ! before the type: inactive
 *   a|ID|TYPE|NAME|NUMBER|FULL NAME             an account; likewise
 *   t|ID|NAME                                   a term of QuickBooks; T: inactive
 *   m|ID|NAME|TERM ID|TERM                      an invoice template
 *   o|ID|NAME|TEMPLATE ID                       an organization
 *   q|ID|NAME|TERM ID                           a customer; Q: inactive
 *   p|ID|PARTY|NAME                             who has the name; PARTY: customer vendor employee; !:
 * inactive n|ID|NUMBER|TOTAL|DAYS AGO|FLAGS|TERM|TAX   an invoice of company 9; FLAGS: v voided, w taken; N:
 * of `unsynced`, R: of `recent` l|ID|CODE|TOTAL|TIME ENTRY                  a line of it e|ID|CODE|TICKET a
 * time entry k|ID|NUMBER                                 a ticket y|ID|CUSTOMER|TOTAL|TAX what QuickBooks has
 * under its number z|DATE                                      the closing date x|WORDS|PART|SIGHT access:
 * all restricted none
 */
#ifndef FRONTDESK_TESTS_CHECK_ROWS_H
#define FRONTDESK_TESTS_CHECK_ROWS_H

#include "frontdesk/check.h"

struct check_world {
    struct conf conf;
    struct check_rows rows;
};

/* Everything lives in the pool. */
void check_world_read(struct check_world *w, struct pool *pool, const char *text);
/* "item-near 1 19\n" a finding: kind, and the ids of the evidence, in the order of the report. */
void check_world_findings(const struct report *r, struct buf *out);

#endif

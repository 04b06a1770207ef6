/* SPDX-License-Identifier: GPL-2.0-or-later */
/* takes: the patterns of a rule whose named groups are parameters. */
#ifndef FRONTDESK_DIAGNOSE_TAKES_H
#define FRONTDESK_DIAGNOSE_TAKES_H

#include "frontdesk/base.h"

/* sync-errors.md 1.2, NULL-terminated. */
extern const char *const take_names[];

struct takes;

/* `why` says what is wrong: does not compile, may run for ever, an unknown name. Freed with *list. */
bool takes_add(struct takes **list, struct slice pattern, struct buf *why) MUST_USE;
void takes_free(struct takes **list);
/* Calls `take` for each named group that matched in `text`, which is UTF-8 and short. */
void takes_run(const struct takes *list, struct slice text,
               void (*take)(void *self, const char *name, struct slice value), void *self);

#endif

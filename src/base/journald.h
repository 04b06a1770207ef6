/* SPDX-License-Identifier: GPL-2.0-or-later */
/* journald, inside the log: see journald.c. */
#ifndef FRONTDESK_BASE_JOURNALD_H
#define FRONTDESK_BASE_JOURNALD_H

#include "frontdesk/base.h"

/* Is `fd` what systemd named in JOURNAL_STREAM ("device:inode")? */
bool journald_is(int fd, const char *stream);
/* -1 when it is not there. `path`: NULL or "" for systemd's. */
int journald_open(const char *path);

struct journald_line {
    const char *text; /* the line as it would be written */
    enum log_level level;
    const char *subsys, *event, *job;
};
/* False when it did not get through. */
bool journald_send(int fd, const struct journald_line *line, const struct log_kv *kv);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * secret: a password or key read from a file (mode 0600 or a systemd credential "cred:NAME"), one line, at
 * most 8192 bytes. Never on argv, in logs, in errors or in the journal; there the fingerprint stands for it.
 */
#ifndef FRONTDESK_SECRET_H
#define FRONTDESK_SECRET_H

#include "frontdesk/base.h"

struct secret {
    char *value; /* terminated, no control characters */
    size_t len;
    char fingerprint[17];
};

/* Errors: ERR_CONFIG (missing, open to others, empty, more than one line), ERR_IO. */
int secret_load(struct secret *s, const char *path, struct err *e) MUST_USE;
/* The same for a secret of several lines (keys), appended as it stands; the caller wipes `out`. */
int secret_load_text(struct buf *out, const char *path, struct err *e) MUST_USE;
/* The folder that stands in for systemd's when a command is run by hand, if it is there; `first`: also before
 * systemd's. Called before there are threads. */
void secret_folder(const char *path, bool first);
void secret_release(struct secret *s); /* wipes */
/* 16 hexadecimal digits that tell whether two secrets are the same. */
void secret_fingerprint(struct slice value, char out[17]);
/* What functions that have returned left of a secret on this thread's stack. */
void secret_wipe_stack(void);
/* From now on this process leaves no core dump, and no other process of its user may look into it. */
void secret_guard_process(void);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * token_file: the tokens of one account on disk, and the note that its refresh token was refused for good. A
 * file of at most 64 KB, JSON, mode 0600; replaced as a whole. Times are ms since 1970, 0 = not known. No
 * error text holds a token.
 */
#ifndef FRONTDESK_NET_TOKEN_FILE_H
#define FRONTDESK_NET_TOKEN_FILE_H

#include "frontdesk/base.h"

enum { TOKEN_BYTES = 8192 }; /* longest token */

struct token_set {
    struct buf access, refresh; /* refresh may be empty; printable ASCII without blanks */
    char account[256], client[200], trace[80];
    int64_t consent_ms, refreshed_ms;
    int64_t access_ends_ms, refresh_ends_ms, hard_ends_ms;
};

void token_set_init(struct token_set *t);
void token_set_release(struct token_set *t); /* wipes */
/* Could this be a token? 1 to TOKEN_BYTES printable characters. */
bool token_is_sound(struct slice token);

/* *there false when there is no file. ERR_CONFIG: damaged, open to others, no ordinary file; ERR_IO. */
int token_file_load(const char *path, struct token_set *t, bool *there, struct err *e) MUST_USE;
/* Room for the next tokens beside the file: made sure of before the old ones become worthless. */
int token_file_prepare(const char *path, int *fd, struct err *e) MUST_USE;
/* Writes them into the prepared room and puts that in place of the file, durably; closes fd. */
int token_file_store(const char *path, int fd, const struct token_set *t, struct err *e) MUST_USE;
/* Gives the room back. */
void token_file_abandon(const char *path, int fd);

/* The note that this refresh token was refused for good. */
bool token_is_refused(const char *path, struct slice refresh);
void token_note_refused(const char *path, struct slice refresh);

/* An flock of PATH.lock, shared with nobody; ERR_BUSY after `wait_ms`, ERR_STOPPING when stop_fd is readable.
 */
int token_file_lock(const char *path, unsigned wait_ms, int stop_fd, int *fd, struct err *e) MUST_USE;
void token_file_unlock(int fd);

#endif

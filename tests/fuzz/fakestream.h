/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fakestream: stream.h over bytes in memory, linked in place of src/net/stream.c. The peer says the input,
 * line by line, whatever it is told; "!" at the start of a line stands for the tag of the last line that it
 * was sent and a blank; a NUL ends the connection, and the next one goes on behind it. One peer at a time,
 * one thread.
 */
#ifndef FRONTDESK_FAKESTREAM_H
#define FRONTDESK_FAKESTREAM_H

#include "fuzz.h"

#include "frontdesk/stream.h"

struct fake_peer {
    struct scan input;
    struct buf sent;  /* all that we wrote to it */
    struct buf heard; /* all that it said */
    unsigned connections;
    size_t sent_before, heard_before; /* how much of it before the last connection was opened */
};

extern struct fake_peer fake_peer;

void fake_peer_start(struct slice input);
void fake_peer_stop(void);
/* A path from which secret_load reads "password". */
const char *fake_password_file(void);
/* A login by a token that is stored and good for a day; its text is "sesame". No new one can be had. */
const struct conf_mail_login *fake_login(void);

#endif

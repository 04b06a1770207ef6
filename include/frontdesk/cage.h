/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * cage: mail is taken apart in a process of its own. What a stranger sends (MIME, charsets, HTML,
 * winmail.dat) meets the big libraries there, and there alone: the process was started anew (exec) with an
 * empty environment and nothing open but one socket, may open no file and no connection (seccomp), and has
 * bounded memory and time. What it answers is length-checked like any foreign bytes, and the header fields,
 * by which senders are judged, are read a second time on this side (message_vouch). If it dies, only that
 * reading ends: it is tried again with a fresh one, CAGE_TRIES times, then ERR_READER (the mail is parked).
 *
 * A reader that has read a stranger's mail reads nobody else's: cage_read keeps hold of it until cage_let_go
 * says whether the sender was proven.
 *
 * Limits: CAGE_SECONDS of processor time a mail (and one more for each 25 MB), CAGE_WALL_MS of waiting,
 * CAGE_MEMORY of memory.
 */
#ifndef FRONTDESK_CAGE_H
#define FRONTDESK_CAGE_H

#include "frontdesk/message_texts.h"

enum {
    CAGE_TRIES = 3,
    CAGE_SECONDS = 2,
    CAGE_WALL_MS = 15000,
    CAGE_MEMORY = 256 * 1024 * 1024,
    CAGE_MAILS = 1000
};

struct cage;
struct cage_reader;

/* At most `most` readers at a time; each starts when it is first wanted. */
struct cage *cage_new(unsigned most);
/* Told around each question, on the thread that asks: what happens between the two cannot hurt us. */
void cage_on_question(struct cage *cage, void (*asked)(void), void (*answered)(void));
/* Ends all of them. */
void cage_free(struct cage **cage);

/* As reader_read and reader_read_file. *held: the reader that did it; give it back with cage_let_go whatever
 * this returned. Waits for a free one. Further errors: ERR_READER; ERR_BUSY when no process can be started.
 */
int cage_read(struct cage *cage, struct message *out, const struct mail_bytes *mail, bool headers_only,
              const struct message_limits *limits, struct cage_reader **held, struct err *e) MUST_USE;
void cage_let_go(struct cage *cage, struct cage_reader **held, bool proven);
/* As attachments_list, for a mail whose sender is proven. Without a cage it is done here. */
int cage_attachments(struct cage *cage, struct attachments *out, const struct message *m,
                     const struct mail_bytes *mail, const struct attachments_options *options,
                     struct pool *pool, struct err *e) MUST_USE;
/* As message_texts, for a mail whose sender is proven. The mails inside are not theirs: a reader that has
 * seen one reads nobody else's. */
int cage_texts(struct cage *cage, struct message_texts *out, const struct message *m,
               const struct mail_bytes *mail, struct pool *pool, struct err *e) MUST_USE;

/* How many readers died or were ended in the middle of a mail since the start. */
unsigned cage_deaths(struct cage *cage);

/* The process itself, started as `frontdesk --cage`: answers until the socket closes. Returns its exit
 * status. */
int cage_main(void);
extern const char cage_flag[]; /* "--cage" */

#endif

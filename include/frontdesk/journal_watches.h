/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal, watches: what drift watch has told, so that the next run knows what is new and what is gone.
 *
 * A watch goes by the name of its check. Each of its letters has a number; a finding is kept with the number
 * of the letter that told it. A run that has something to tell commits its findings and its letters together;
 * ack and snooze are committed together with the answer to the mail that asked for them
 * (journal_job.watch_answer).
 */
#ifndef FRONTDESK_JOURNAL_WATCHES_H
#define FRONTDESK_JOURNAL_WATCHES_H

#include "frontdesk/journal.h"

enum { WATCH_NAME_BYTES = 32 };
/* How long an accepted finding may be away and still count as accepted when it comes back. */
#define WATCH_ACK_MS ((int64_t)30 * 86400000)

struct journal_watch {
    bool known;         /* it has been made at least once */
    unsigned letters;   /* how many it wrote: the number of the last one */
    int64_t told_ms;    /* when the last one was written */
    int64_t ran_ms;     /* the last run that could be made */
    int64_t tried_ms;   /* the last one that could not; tries of them since ran_ms */
    int64_t failing_ms; /* since when; 0 = the last one could be made */
    int64_t snoozed_ms; /* until when; may be past */
    unsigned tries;
    unsigned findings, acked; /* there now; of them accepted */
    const char *why;          /* the last one could not be made */
    const char *unseen;       /* what the last run could not see, a line each */
};
/* Strings live in `pool`. One that was never made is all zero. */
int journal_watch_load(struct journal *j, const char *watch, struct pool *pool, struct journal_watch *out,
                       struct err *e) MUST_USE;

struct journal_watch_finding {
    int64_t id;       /* check_identity */
    const char *line; /* what it is, in short */
    bool acked;
    int64_t gone_ms; /* an accepted one that is away: since when; 0 = it is there */
};
int journal_watch_findings(struct journal *j, const char *watch, struct pool *pool,
                           struct journal_watch_finding **out, size_t *n, struct err *e) MUST_USE;

struct journal_watch_run {
    const char *watch;
    const struct journal_watch *before; /* as it was loaded */
    int64_t now_ms;
    const char *unseen;
    /* told by these letters and kept from now on; `back`: accepted ones that are there again */
    const struct journal_watch_finding *fresh;
    const int64_t *gone, *back;
    size_t n_fresh, n_gone, n_back;
    const struct journal_letter *letters; /* one a reader; none: nothing is told */
    size_t n_letters;
    bool about_all; /* the letters are about all that was told so far */
    bool lost;      /* result: somebody snoozed it meanwhile; nothing was changed */
};
/* Durable, all in one transaction. Of what is gone accepted ones are kept, to be known again. */
int journal_watch_ran(struct journal *j, struct journal_watch_run *run, struct err *e) MUST_USE;
/* It could not be made. Durable. */
int journal_watch_failed(struct journal *j, const char *watch, int64_t now_ms, const char *why,
                         struct err *e) MUST_USE;

/* It is not watched any more: should it be again, it begins anew. Its letters stay counted, so that an answer
 * to an old one is not taken for one to a new one. Durable; nothing is written when there is nothing. */
int journal_watch_forget(struct journal *j, const char *watch, struct err *e) MUST_USE;

/* Which letters an answer is about: those of numbers since..letter. */
struct journal_watch_letter {
    char watch[WATCH_NAME_BYTES];
    unsigned letter, since;
};
bool journal_watch_by_message_id(struct journal *j, struct slice message_id,
                                 struct journal_watch_letter *out);
bool journal_watch_by_number(struct journal *j, const char *watch, unsigned letter,
                             struct journal_watch_letter *out);
/* How many findings an ack of that letter accepts now. */
unsigned journal_watch_open(struct journal *j, const struct journal_watch_letter *letter);

struct journal_watch_answer {
    struct journal_watch_letter about;
    bool ack, undo;
    int64_t snooze_ms; /* until when; 0 = no */
};

#endif

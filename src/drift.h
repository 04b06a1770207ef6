/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * drift: drift watch. Checks that the settings name are made by themselves, in one thread of their own, so
 * that no mail is ever behind one; when something is new or gone it is told. What was told stands in the
 * journal, committed together with the letters that tell it.
 */
#ifndef FRONTDESK_SRC_DRIFT_H
#define FRONTDESK_SRC_DRIFT_H

#include "desk.h"

#include "frontdesk/action_watch.h"
#include "frontdesk/check.h"

struct drift;
/* NULL without an error when the settings watch nothing. */
int drift_start(struct drift **out, struct desk *d, struct err *e) MUST_USE;
void drift_stop(struct drift **drift);
/* At the start: what the settings no longer watch is forgotten, and no reason for an alert. */
void drift_forget_removed(struct desk *d);
/* Makes what is due now, and returns when it is made (once). */
void drift_once(struct desk *d);

/* When the watch is made next. */
int64_t drift_next(const struct conf *conf, const struct schedule *s, const struct journal_watch *row,
                   int64_t now_ms);
const struct schedule *drift_schedule(const struct conf *conf, const char *watch);
/* What the answer to an answer says. */
void drift_answer_facts(struct desk *d, const struct plan *p, struct facts_input *in, struct pool *pool);

/* --- drift_status.c: a row a watch of the settings --- */
struct drift_view {
    const struct schedule *schedule;
    struct journal_watch row;
    int64_t next_ms;
};
/* `out` has room for SCHEDULE_MOST. */
int drift_look(const struct conf *conf, struct journal *j, struct pool *pool, struct drift_view *out,
               struct err *e) MUST_USE;
/* In the words of the firm's language; "" for no time. */
const char *drift_when(const struct desk *d, int64_t ms, struct pool *pool);
/* `whole`: also why one cannot be made. */
struct telling;
void drift_tell(struct telling *to, const struct conf *conf, const struct drift_view *views, bool whole);
void drift_json(const struct conf *conf, const struct drift_view *views, struct buf *out);

/* --- drift_letters.c --- */

/* One run compared with what was told. */
struct drift_run {
    struct desk *desk;
    const struct schedule *schedule;
    const struct check *check;
    struct pool *pool;
    int64_t now_ms;
    struct journal_watch before;
    struct journal_watch_finding *known;
    size_t n_known;
    /* the difference: drift_compare */
    struct report *fresh; /* findings to be told, and all sentences */
    struct journal_watch_finding *add;
    int64_t *gone, *back;
    const char **gone_lines; /* of what is told to be gone */
    size_t n_add, n_gone, n_back, n_told_gone;
    size_t findings, acked; /* afterwards */
};
/* `found`: errors and warnings count, notes do not. drift_release frees. */
int drift_compare(struct drift_run *run, const struct report *found, struct err *e) MUST_USE;
void drift_release(struct drift_run *run);
/* The letters that the run has to write: one a reader, or none. In the pool. */
int drift_letters(struct drift_run *run, struct journal_letter **out, size_t *n, bool *about_all,
                  struct err *e) MUST_USE;

#endif

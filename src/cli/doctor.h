/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor: what its parts share: a finding is good, doubtful or bad; doubt and fault have a fix. */
#ifndef FRONTDESK_CLI_DOCTOR_H
#define FRONTDESK_CLI_DOCTOR_H

#include "cli.h"

enum doctor_area { HERE = 1, MAIL_IN = 2, MAIL_OUT = 4, AUTOTASK = 8, QUICKBOOKS = 16 };

struct doctor {
    unsigned ill;
    struct buf *json;    /* the findings so far, for --json; NULL: they are printed */
    size_t begun, steps; /* what takes its time: how many were begun, of how many */
};

/* cmd_doctor.c */
/* One of the steps that take their time begins. */
void doctor_begin(struct doctor *d, const char *what);
void doctor_good(struct doctor *d, const char *what, const char *findings);
/* A fault that does not stop the work. */
void doctor_warn(struct doctor *d, const char *what, const char *fix);
void doctor_bad(struct doctor *d, const char *what, const char *cause, const char *fix);
/* Good with rc 0, else bad with the fix of the area and the code. */
void doctor_report(struct doctor *d, const char *what, enum doctor_area area, int rc,
                   const struct buf *findings, const struct err *e);
const char *doctor_fix(enum doctor_area area, const struct err *e);

/* doctor_account.c: nothing, unless root looks at what is another user's */
void doctor_look_as_service(struct doctor *d, const struct conf *conf);
/* doctor_here.c */
void doctor_look_here(struct doctor *d, const struct conf *conf);
void doctor_look_at_rules(struct doctor *d, const struct conf *conf);
/* doctor_mail.c */
void doctor_look_at_mail(struct doctor *d, const struct conf *conf);
/* doctor_autotask.c */
void doctor_look_at_autotask(struct doctor *d, const struct conf *conf);
/* doctor_books.c */
void doctor_look_at_quickbooks(struct doctor *d, const struct conf *conf);
void doctor_look_at_watches(struct doctor *d, const struct conf *conf);

#endif

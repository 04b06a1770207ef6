/* SPDX-License-Identifier: GPL-2.0-or-later */
/* planning: what plan.c, plan_contact.c and amending.c share. Strings live in the pool. */
#ifndef FRONTDESK_ACTION_PLANNING_H
#define FRONTDESK_ACTION_PLANNING_H

#include "frontdesk/action.h"
#include "frontdesk/command_followup.h"

/* One more remark; as sentence(). */
void planning_say(struct plan *p, const struct plan_input *in, struct pool *pool, enum say what, ...)
    __attribute__((sentinel));
/* What the sender wrote, as it is repeated: at most 80 bytes. */
const char *planning_said(struct slice said, struct pool *pool);
/* "id 123": a value without a name */
const char *planning_id(const struct plan_input *in, int64_t id, struct pool *pool);
/* "priority" in a sentence */
const char *planning_kind(const struct plan_input *in, enum override_key key, struct pool *pool);
struct plan_person planning_person(const struct directory_resource *r, struct pool *pool);
/* Help desk or triage, by whether somebody has the ticket. */
void planning_queue(const struct plan_input *in, struct plan *p, struct pool *pool);
/* "Wed 25 Nov 17:00" */
const char *planning_when(const struct plan_input *in, int64_t ms, struct pool *pool);
/* Puts one override into the ticket that is to be made, or says why it cannot be. */
void planning_override(const struct plan_input *in, struct plan *p, const struct override *o,
                       struct pool *pool);
/* Companies to choose from by number. */
void planning_keep_choices(struct plan *p, const struct override *o, struct pool *pool);
/* Says why an override was not taken, and what stays. */
void planning_cannot(const struct plan_input *in, struct plan *p, const struct override *o, const char *stays,
                     struct pool *pool);
/* Takes files along, as far as there is room; those that do not say whose mail holds them are of `job`. */
void planning_files(struct plan *p, const struct plan_file *files, size_t n, int64_t job,
                    const struct templates *t, struct pool *pool);
const char *planning_company_name(const struct plan_input *in, int64_t id, struct pool *pool);

/* Why no check can be made; SAY_ROWS: it can. */
enum say planning_no_books(const struct conf *conf);

/* --- plan_diagnosis.c --- */

/* Known errors in the mail go with what is planned: it is told of them, and waits until they are confirmed.
 */
void planning_errors(const struct plan_input *in, struct plan *p, struct pool *pool);
void plan_of_diagnosis(const struct plan_input *in, struct plan *p, struct pool *pool);

/* --- plan_contact.c --- */

/* Whom `said` means among the contacts of the company. found->id 0: none, and a remark says why. -1: Autotask
 * could not be asked now. */
int planning_find_contact(const struct plan_input *in, struct plan *p, int64_t company, const char *said,
                          struct autotask_contact *found, struct pool *pool, struct err *e) MUST_USE;
/* The contact of the ticket that is to be made, if one is wanted. */
int planning_contact(const struct plan_input *in, struct plan *p, struct pool *pool, struct err *e) MUST_USE;
/* The contact of the ticket that is amended, after its other changes: `said` of this mail, "" = nothing; a
 * change of company takes the contact away, or looks for the one who was wanted at first. */
int planning_change_contact(const struct plan_input *in, struct plan *p, const struct plan_now *now,
                            const char *said, struct pool *pool, struct err *e) MUST_USE;

#endif

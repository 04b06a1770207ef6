/* SPDX-License-Identifier: GPL-2.0-or-later */
/* attach: files go to the ticket after the answer is out, at the pace that Autotask allows; what it does not
 * take is told in a sequel. */
#include "job_private.h"

static int open_mail(struct job *job, int64_t id, struct mail_bytes *mail, struct err *e)
{
    struct journal_job from = job->row;
    struct buf path = BUF_INIT(4096);
    if (id && journal_job_load(job->desk->journal, id, true, job->pool, &from, e) != 0)
        return -1;
    if (from.spool[0])
        journal_spool_path(job->desk->journal, from.spool, &path);
    *mail = (struct mail_bytes){.bytes = from.mail,
                                .path = from.spool[0] ? pool_slice(job->pool, buf_view(&path)) : NULL};
    buf_release(&path);
    return 0;
}

/* The mail that holds each file: this one, the one whose question this one answered, or one in between. Files
 * of one mail stand together, so that each mail is opened once. */
static int open_mails(struct job *job, struct mail_bytes *mails, struct err *e)
{
    const struct plan *p = &job->plan;
    for (size_t i = 0; i < p->n_files; i++) {
        if (i > 0 && p->files[i].job == p->files[i - 1].job)
            mails[i] = mails[i - 1];
        else if (open_mail(job, p->files[i].job, &mails[i], e) != 0)
            return -1;
    }
    return 0;
}

static int tell_troubles(struct job *job, struct err *e)
{
    struct journal_letter letter;
    bool silent = job_is_silent(job);
    memcpy(job->plan.remarks, job->perform.troubles, sizeof(job->perform.troubles));
    job->plan.n_remarks = job->perform.n_troubles;
    job->plan.n_files = job->plan.n_left_out = 0;
    if (!silent && job_make_letter(job, "files", job_numbered(job, "files"), "", &letter, e) != 0)
        return -1;
    letter.kind = LETTER_SEQUEL;
    job->row.reason = pool_printf(job->pool, "done, but %zu of its files could not be put on the ticket",
                                  job->perform.n_troubles);
    if (journal_finish(job->desk->journal, &job->row, silent ? NULL : &letter, JOB_DONE, JOB_FOLDER_DONE,
                       true, e) != 0)
        return -1;
    job->row.state = JOB_DONE; /* on the disk: the job is not kept busy */
    return 0;
}

int job_attach(struct job *job, struct err *e)
{
    struct mail_bytes mails[PLAN_MAX_FILES];
    if (open_mails(job, mails, e) != 0)
        return -1;
    job_load_steps(job);
    job->perform.late = true;
    job->perform.mails = mails;
    if (perform_run(&job->perform, e) != 0)
        return -1;
    return job->perform.n_troubles ? tell_troubles(job, e) : 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* attach: files go to the ticket after the answer is out, at the pace that Autotask allows; what it does not
 * take is told in a sequel. */
#include "job_private.h"

/* The mail that holds the files: this one, or the one whose question this one answered. */
static int find_mail(struct job *job, struct mail_bytes *mail, struct buf *path, struct err *e)
{
    struct journal_job from = job->row;
    if (job->plan.files_job &&
        journal_job_load(job->desk->journal, job->plan.files_job, true, job->pool, &from, e) != 0)
        return -1;
    if (from.spool[0])
        journal_spool_path(job->desk->journal, from.spool, path);
    *mail = (struct mail_bytes){.bytes = from.mail, .path = from.spool[0] ? path->data : NULL};
    return 0;
}

static int tell_troubles(struct job *job, struct err *e)
{
    struct journal_letter letter;
    memcpy(job->plan.remarks, job->perform.troubles, sizeof(job->perform.troubles));
    job->plan.n_remarks = job->perform.n_troubles;
    job->plan.n_files = job->plan.n_left_out = 0;
    if (job_make_letter(job, "files", job_numbered(job, "files"), "", &letter, e) != 0)
        return -1;
    letter.kind = LETTER_SEQUEL;
    job->row.reason = pool_printf(job->pool, "done, but %zu of its files could not be put on the ticket",
                                  job->perform.n_troubles);
    if (journal_finish(job->desk->journal, &job->row, &letter, JOB_DONE, JOB_FOLDER_DONE, true, e) != 0)
        return -1;
    job->row.state = JOB_DONE; /* on the disk: the job is not kept busy */
    return 0;
}

int job_attach(struct job *job, struct err *e)
{
    struct buf path = BUF_INIT(4096);
    struct mail_bytes mail;
    int rc = find_mail(job, &mail, &path, e);
    if (rc == 0) {
        job_load_steps(job);
        job->perform.late = true;
        job->perform.mail = &mail;
        rc = perform_run(&job->perform, e);
    }
    buf_release(&path);
    return rc == 0 && job->perform.n_troubles ? tell_troubles(job, e) : rc;
}

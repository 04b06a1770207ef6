/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unreadable: a mail that is over a limit, or no mail. It is judged by its header block alone, cut down to
 * what the limits allow, so that its sender, if proven, can be told which limit it was and what to do. Words
 * of the reader are only for the operator: what is written to the sender is said by us.
 */
#include "job_private.h"

enum { HEAD_MAX = 256 * 1024, RECIPIENTS = 500 /* of 60 bytes each in a field of 32 KB */ };

int unreadable_read(struct desk *d, struct job_view *v, const struct mail_bytes *mail, const struct err *why,
                    struct cage_reader **held, struct err *e)
{
    struct buf head = BUF_INIT(HEAD_MAX);
    snprintf(v->unreadable, sizeof(v->unreadable), "%s", why->text);
    v->is_over = message_over_of(why, &v->over);
    int rc = message_condense(&head, mail, e);
    struct mail_bytes condensed = {.bytes = buf_view(&head)};
    if (rc == 0)
        rc = cage_read(d->cage, &v->message, &condensed, true, &message_limits_default, held, e);
    buf_release(&head);
    return rc;
}

void unreadable_large(const struct desk *d, struct job_view *v)
{
    v->is_over = true;
    v->over = OVER_SIZE;
    snprintf(v->unreadable, sizeof(v->unreadable), "the mail is larger than %llu MB",
             (unsigned long long)(d->conf->limits.message_size >> 20));
}

/* A limit's number, as the sentence about it says it. */
static unsigned long long most_of(const struct conf *conf, enum message_over what)
{
    return what == OVER_SIZE        ? conf->limits.message_size >> 20
           : what == OVER_PARTS     ? conf->limits.parts
           : what == OVER_DEPTH     ? conf->limits.depth
           : what == OVER_ADDRESSES ? RECIPIENTS
                                    : MESSAGE_MAX_FIELDS;
}

const char *unreadable_reason(const struct desk *d, const struct job_view *v, struct pool *pool)
{
    static const enum say says[] = {
        [OVER_SIZE] = SAY_MAIL_TOO_LARGE,      [OVER_PARTS] = SAY_MAIL_PARTS,
        [OVER_DEPTH] = SAY_MAIL_DEPTH,         [OVER_HEADER] = SAY_MAIL_HEADER,
        [OVER_FIELDS] = SAY_MAIL_HEADER,       [OVER_FIELD] = SAY_MAIL_HEADER,
        [OVER_ADDRESSES] = SAY_MAIL_ADDRESSES, [OVER_ADDRESSES_INSIDE] = SAY_MAIL_INSIDE,
        [OVER_FIELD_INSIDE] = SAY_MAIL_INSIDE, [OVER_STRUCTURE] = SAY_MAIL_INSIDE,
        [OVER_BOUNDARIES] = SAY_MAIL_INSIDE,   [OVER_TEXTS] = SAY_MAIL_INSIDE,
    };
    if (!v->is_over)
        return sentence(d->templates, pool, SAY_MAIL_UNREADABLE, "why", v->unreadable, SAY_END);
    const char *n = pool_printf(pool, "%llu", most_of(d->conf, v->over));
    return sentence(d->templates, pool, says[v->over], "n", n, SAY_END);
}

const char *unreadable_advice(const struct desk *d, const struct job_view *v, struct pool *pool)
{
    enum say what = !v->is_over                 ? SAY_ADVICE_NEW_MAIL
                    : v->over == OVER_SIZE      ? SAY_ADVICE_LARGE
                    : v->over == OVER_PARTS     ? SAY_ADVICE_PARTS
                    : v->over == OVER_ADDRESSES ? SAY_ADVICE_ADDRESSES
                                                : SAY_ADVICE_NEW_MAIL;
    return sentence(d->templates, pool, what, SAY_END);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fetch: mail in UID order into the sink. The journal's cursor moves with what is delivered, so a mail must
 * never be delivered before an older one: runs of small mails are batches, a large one between them ends the
 * batch. mail.md sections 1.6 and 1.7.
 */
#include "imap_private.h"

#include <time.h>

/* --- asking --- */

static bool within(int v, int min, int max)
{
    return v >= min && v <= max;
}

/* 0 for a date that cannot be: libetpan hands on any numbers. */
static int64_t date_ms(const struct mailimap_date_time *d)
{
    if (!within(d->dt_year, 1970, 9999) || !within(d->dt_month, 1, 12) || !within(d->dt_day, 1, 31) ||
        !within(d->dt_hour, 0, 23) || !within(d->dt_min, 0, 59) || !within(d->dt_sec, 0, 60) ||
        !within(d->dt_zone, -9999, 9999))
        return 0;
    struct tm tm = {.tm_year = d->dt_year - 1900,
                    .tm_mon = d->dt_month - 1,
                    .tm_mday = d->dt_day,
                    .tm_hour = d->dt_hour,
                    .tm_min = d->dt_min,
                    .tm_sec = d->dt_sec};
    /* the zone is written as a number: -0130 is -130 */
    int zone_s = (d->dt_zone / 100) * 3600 + (d->dt_zone % 100) * 60;
    return ((int64_t)timegm(&tm) - zone_s) * 1000;
}

static void read_item(const struct mailimap_msg_att_item *item, struct imap_row *row)
{
    if (item->att_type != MAILIMAP_MSG_ATT_ITEM_STATIC)
        return;
    const struct mailimap_msg_att_static *s = item->att_data.att_static;
    if (s->att_type == MAILIMAP_MSG_ATT_UID)
        row->uid = s->att_data.att_uid;
    else if (s->att_type == MAILIMAP_MSG_ATT_RFC822_SIZE)
        row->size = s->att_data.att_rfc822_size;
    else if (s->att_type == MAILIMAP_MSG_ATT_INTERNALDATE)
        row->received_ms = date_ms(s->att_data.att_internal_date);
    else if (s->att_type == MAILIMAP_MSG_ATT_BODY_SECTION)
        row->body =
            slice_from(s->att_data.att_body_section->sec_body_part, s->att_data.att_body_section->sec_length);
}

static struct imap_row read_row(const struct mailimap_msg_att *att)
{
    struct imap_row row = {0};
    for (clistiter *c = clist_begin(att->att_list); c; c = clist_next(c))
        read_item(clist_content(c), &row);
    return row;
}

enum { WANT_META = 1, WANT_BODY = 2, WANT_HEADER = 4 };

static struct mailimap_fetch_type *items(int want, uint32_t offset, uint32_t part)
{
    struct mailimap_fetch_type *t = mailimap_fetch_type_new_fetch_att_list_empty();
    mailimap_fetch_type_new_fetch_att_list_add(t, mailimap_fetch_att_new_uid());
    if (want & WANT_META) {
        mailimap_fetch_type_new_fetch_att_list_add(t, mailimap_fetch_att_new_rfc822_size());
        mailimap_fetch_type_new_fetch_att_list_add(t, mailimap_fetch_att_new_internaldate());
    }
    if (want & WANT_HEADER)
        mailimap_fetch_type_new_fetch_att_list_add(
            t, mailimap_fetch_att_new_body_peek_section_partial(mailimap_section_new_header(), offset, part));
    else if ((want & WANT_BODY) && part)
        mailimap_fetch_type_new_fetch_att_list_add(
            t, mailimap_fetch_att_new_body_peek_section_partial(mailimap_section_new(NULL), offset, part));
    else if (want & WANT_BODY)
        mailimap_fetch_type_new_fetch_att_list_add(
            t, mailimap_fetch_att_new_body_peek_section(mailimap_section_new(NULL)));
    return t;
}

/* Asks for one set; takes over `set`. *answer is freed by the caller, also when NULL. */
static int ask(struct imap *i, struct mailimap_set *set, struct mailimap_fetch_type *what, uint64_t bytes,
               clist **answer, struct err *e)
{
    *answer = NULL;
    imap_limit(i, bytes);
    int rc = mailimap_uid_fetch(i->session, set, what, answer);
    mailimap_set_free(set);
    mailimap_fetch_type_free(what);
    if (rc == MAILIMAP_NO_ERROR)
        return 0;
    return imap_fail(i, rc, "fetching mail", e);
}

static void free_answer(clist *answer)
{
    if (answer)
        mailimap_fetch_list_free(answer);
}

/* --- a growing list of rows, in UID order --- */

struct listing {
    struct imap_row *rows;
    size_t n, room;
};

static void add_row(struct listing *l, struct imap_row row)
{
    size_t at = l->n;
    /* some servers answer out of order; unsolicited lines may repeat a UID */
    while (at > 0 && l->rows[at - 1].uid > row.uid)
        at--;
    if (at > 0 && l->rows[at - 1].uid == row.uid)
        return;
    if (l->n == l->room) {
        l->room = l->room ? l->room * 2 : 256;
        l->rows = mem_grow(l->rows, l->room * sizeof(*l->rows));
    }
    memmove(&l->rows[at + 1], &l->rows[at], (l->n - at) * sizeof(*l->rows));
    l->rows[at] = row;
    l->n++;
}

static void collect(clist *answer, uint32_t from, uint32_t to, struct listing *l)
{
    for (clistiter *c = answer ? clist_begin(answer) : NULL; c; c = clist_next(c)) {
        struct imap_row row = read_row(clist_content(c));
        bool wanted = row.uid >= from && (to == 0 || row.uid <= to);
        /* "n:*" always yields the last mail, even below n */
        if (wanted)
            add_row(l, row);
    }
}

/* --- delivering --- */

static struct mailbox_mail mail_of(const struct imap_row *row)
{
    return (struct mailbox_mail){
        .uid = row->uid, .size = row->size, .received_ms = row->received_ms, .bytes = row->body};
}

/* Rows whose body did not come although the server lists them still: a fault; gone: fine. */
static int check_missing(struct imap *i, uint32_t uid, struct err *e)
{
    clist *answer;
    if (ask(i, mailimap_set_new_single(uid), items(0, 0, 0), SMALL_ANSWER, &answer, e) != 0)
        return -1;
    bool there = false;
    for (clistiter *c = answer ? clist_begin(answer) : NULL; c; c = clist_next(c))
        there = there || read_row(clist_content(c)).uid == uid;
    free_answer(answer);
    return there ? err_set(e, ERR_MAILBOX, "%s lists mail %u but does not send it", i->conf->imap.host, uid)
                 : 0;
}

static int deliver_batch(struct imap *i, const struct imap_row *rows, size_t n, struct err *e)
{
    struct mailimap_set *set = mailimap_set_new_empty();
    struct mailbox_mail mails[BATCH_MAILS];
    uint64_t bytes = SMALL_ANSWER;
    clist *answer;
    for (size_t k = 0; k < n; k++) {
        imap_set_add(set, rows[k].uid);
        bytes += rows[k].size * 2 + 4096;
    }
    if (ask(i, set, items(WANT_BODY, 0, 0), bytes, &answer, e) != 0)
        return -1;
    struct listing bodies = {0};
    collect(answer, 1, 0, &bodies);
    size_t ready = 0, b = 0;
    int rc = 0;
    for (size_t k = 0; k < n && rc == 0; k++) {
        while (b < bodies.n && bodies.rows[b].uid < rows[k].uid)
            b++;
        if (b < bodies.n && bodies.rows[b].uid == rows[k].uid && bodies.rows[b].body.ptr) {
            mails[ready] = mail_of(&rows[k]);
            mails[ready++].bytes = bodies.rows[b].body;
        } else {
            rc = check_missing(i, rows[k].uid, e);
        }
    }
    if (rc == 0 && ready)
        rc = i->sink->deliver(i->sink->self, i->uidvalidity, mails, ready, e);
    free(bodies.rows);
    free_answer(answer);
    return rc;
}

/* The only body in an answer about one mail. */
static struct slice only_body(clist *answer, uint32_t uid)
{
    for (clistiter *c = answer ? clist_begin(answer) : NULL; c; c = clist_next(c)) {
        struct imap_row row = read_row(clist_content(c));
        if (row.uid == uid && row.body.ptr)
            return row.body;
    }
    return SLICE_NONE;
}

/* Its first megabyte: a header block can be as large as a mail, and what cannot be fetched would be asked for
 * again for ever. */
static int deliver_headers(struct imap *i, const struct imap_row *row, struct err *e)
{
    clist *answer;
    if (ask(i, mailimap_set_new_single(row->uid), items(WANT_HEADER, 0, PART_BYTES), 2 * PART_BYTES, &answer,
            e) != 0)
        return -1;
    struct mailbox_mail mail = mail_of(row);
    mail.bytes = only_body(answer, row->uid);
    mail.headers_only = true;
    int rc = mail.bytes.ptr ? i->sink->deliver(i->sink->self, i->uidvalidity, &mail, 1, e)
                            : check_missing(i, row->uid, e);
    free_answer(answer);
    return rc;
}

static int deliver_parts(struct imap *i, const struct imap_row *row, struct err *e)
{
    struct mailbox_mail mail = mail_of(row);
    uint64_t offset = 0;
    bool last = false;
    mail.bytes = SLICE_NONE;
    while (!last) {
        clist *answer;
        if (ask(i, mailimap_set_new_single(row->uid), items(WANT_BODY, (uint32_t)offset, PART_BYTES),
                4 * PART_BYTES, &answer, e) != 0)
            return -1;
        struct slice bytes = only_body(answer, row->uid);
        /* the size that was listed is a hint only: the end is where less comes than was asked for */
        last = bytes.len < PART_BYTES;
        int rc = 0;
        if (!bytes.ptr && offset == 0)
            rc = check_missing(i, row->uid, e);
        else if (offset + bytes.len > i->options->size_limit * 2)
            rc = err_set(e, ERR_PROTOCOL, "mail %u is longer than %s said", row->uid, i->conf->imap.host);
        else
            rc = i->sink->part(i->sink->self, i->uidvalidity, &mail, offset, bytes, last, e);
        offset += bytes.len;
        free_answer(answer);
        if (rc != 0)
            return -1;
    }
    return 0;
}

/* --- a mail that cannot be had --- */

/* Was it tried often, while a later one can be had? Then it would keep all behind it waiting. */
static bool is_in_the_way(struct imap *i, const struct imap_row *rows, size_t n, struct err *e)
{
    const struct imap_stuck *s = i->stuck;
    clist *answer;
    if (s->uid != rows[0].uid || s->uidvalidity != i->uidvalidity || s->tries < MOST_FETCHES || n < 2)
        return false;
    if (ask(i, mailimap_set_new_single(rows[1].uid), items(WANT_BODY, 0, SMALL_MAIL),
            (uint64_t)SMALL_MAIL * 2, &answer, e) != 0)
        return false;
    bool had = only_body(answer, rows[1].uid).ptr != NULL;
    free_answer(answer);
    return had;
}

/* As an empty mail, which is parked. */
static int give_up(struct imap *i, const struct imap_row *row, struct err *e)
{
    struct mailbox_mail mail = mail_of(row);
    struct err why = ERR_INIT;
    mail.bytes = SLICE("");
    err_set(&why, ERR_MAILBOX, "%s could not send mail %u (%llu bytes) in %u tries: %.200s",
            i->conf->imap.host, row->uid, (unsigned long long)row->size, i->stuck->tries, i->stuck->why);
    if (i->sink->state)
        i->sink->state(i->sink->self, MAILBOX_SKIPPED, &why);
    return i->sink->deliver(i->sink->self, i->uidvalidity, &mail, 1, e);
}

void imap_note_stuck(struct imap *i, const struct err *why)
{
    struct imap_stuck *s = i->stuck;
    bool servers = why && (why->code == ERR_CONNECT || why->code == ERR_TIMEOUT ||
                           why->code == ERR_PROTOCOL || why->code == ERR_MAILBOX);
    if (!why)
        *s = (struct imap_stuck){0};
    if (!servers || i->at_uid == 0)
        return;
    bool same = s->uid == i->at_uid && s->uidvalidity == i->uidvalidity;
    s->tries = same ? s->tries + 1 : 1;
    s->failures++;
    s->uid = i->at_uid;
    s->uidvalidity = i->uidvalidity;
    snprintf(s->why, sizeof(s->why), "%.200s", why->text);
}

/* --- all of a listing --- */

/* Small ones together; how many from the first on, 0: it is large. After a failure one by one, so that it
 * shows which one it is. */
static size_t run_of(const struct imap *i, const struct imap_row *rows, size_t n)
{
    size_t run = 0, most = i->stuck->failures ? 1 : BATCH_MAILS;
    uint64_t bytes = 0;
    while (run < n && run < most && rows[run].size <= SMALL_MAIL && bytes < BATCH_BYTES)
        bytes += rows[run++].size;
    return run;
}

static int deliver_rows(struct imap *i, const struct imap_row *rows, size_t n, struct err *e)
{
    size_t k = 0;
    while (k < n) {
        size_t run = run_of(i, &rows[k], n - k);
        int rc;
        i->at_uid = 0;
        if (is_in_the_way(i, &rows[k], n - k, e)) {
            run = 1;
            rc = give_up(i, &rows[k], e);
        } else {
            i->at_uid = rows[k].uid;
            if (run)
                rc = deliver_batch(i, &rows[k], run, e);
            else if (rows[k].size > i->options->size_limit)
                rc = deliver_headers(i, &rows[k], e);
            else
                rc = deliver_parts(i, &rows[k], e);
        }
        if (rc != 0)
            return -1;
        k += run ? run : 1;
        i->next_uid = rows[k - 1].uid + 1;
    }
    i->at_uid = 0;
    return 0;
}

/* --- draining --- */

int imap_highest_uid(struct imap *i, uint32_t *uid, struct err *e)
{
    clist *answer;
    *uid = 0;
    if (ask(i, mailimap_set_new_interval(0, 0), items(0, 0, 0), SMALL_ANSWER, &answer, e) != 0)
        return -1;
    for (clistiter *c = answer ? clist_begin(answer) : NULL; c; c = clist_next(c)) {
        struct imap_row row = read_row(clist_content(c));
        if (row.uid > *uid)
            *uid = row.uid;
    }
    free_answer(answer);
    return 0;
}

/* A span of UIDs: list, then bodies. */
static int drain_span(struct imap *i, uint32_t to, struct err *e)
{
    struct listing l = {0};
    clist *answer;
    if (ask(i, mailimap_set_new_interval(i->next_uid, to), items(WANT_META, 0, 0), SMALL_ANSWER * 2, &answer,
            e) != 0)
        return -1;
    collect(answer, i->next_uid, to, &l);
    free_answer(answer);
    int rc = deliver_rows(i, l.rows, l.n, e);
    free(l.rows);
    if (rc == 0)
        i->next_uid = to + 1;
    return rc;
}

/* IDLE announced a few: one command brings list and bodies, bounded by what was announced. A mail that may be
 * longer than what came goes the long way. */
static int drain_few(struct imap *i, struct err *e)
{
    struct listing l = {0};
    clist *answer;
    int rc = ask(i, mailimap_set_new_interval(i->next_uid, 0), items(WANT_META | WANT_BODY, 0, SMALL_MAIL),
                 (uint64_t)SMALL_MAIL * 64, &answer, e);
    if (rc != 0)
        return -1;
    collect(answer, i->next_uid, 0, &l);
    struct mailbox_mail mails[BATCH_MAILS];
    size_t whole = 0;
    while (whole < l.n && whole < BATCH_MAILS && l.rows[whole].body.ptr &&
           l.rows[whole].body.len < SMALL_MAIL) {
        mails[whole] = mail_of(&l.rows[whole]);
        whole++;
    }
    if (whole)
        rc = i->sink->deliver(i->sink->self, i->uidvalidity, mails, whole, e);
    if (rc == 0 && whole)
        i->next_uid = l.rows[whole - 1].uid + 1;
    if (rc == 0 && whole < l.n) {
        for (size_t k = whole; k < l.n; k++)
            l.rows[k].size = l.rows[k].size > SMALL_MAIL ? l.rows[k].size : SMALL_MAIL + 1;
        rc = deliver_rows(i, l.rows + whole, l.n - whole, e);
    }
    free(l.rows);
    free_answer(answer);
    return rc;
}

/* --- header blocks, for looking only --- */

enum { HEADERS_AT_ONCE = 20, HEADERS_BYTES = 8 << 20 };

static int see_headers(struct imap *i, const struct imap_row *rows, size_t n, const struct imap_eye *eye,
                       struct err *e)
{
    struct mailimap_set *set = mailimap_set_new_empty();
    clist *answer;
    for (size_t k = 0; k < n; k++)
        imap_set_add(set, rows[k].uid);
    if (ask(i, set, items(WANT_HEADER, 0, 0), HEADERS_BYTES, &answer, e) != 0)
        return -1;
    for (size_t k = 0; k < n; k++) {
        struct mailbox_mail mail = mail_of(&rows[k]);
        mail.bytes = only_body(answer, rows[k].uid);
        mail.headers_only = true;
        if (mail.bytes.ptr)
            eye->see(eye->self, &mail);
    }
    free_answer(answer);
    return 0;
}

int imap_look(struct imap *i, uint32_t to, int64_t since_ms, const struct imap_eye *eye, struct err *e)
{
    int rc = 0;
    while (rc == 0 && i->next_uid <= to) {
        uint32_t last = to - i->next_uid < LIST_SPAN ? to : i->next_uid + LIST_SPAN - 1;
        struct listing l = {0};
        clist *answer;
        if (ask(i, mailimap_set_new_interval(i->next_uid, last), items(WANT_META, 0, 0), SMALL_ANSWER * 2,
                &answer, e) != 0)
            return -1;
        collect(answer, i->next_uid, last, &l);
        free_answer(answer);
        size_t n = 0;
        for (size_t k = 0; k < l.n; k++) {
            if (!l.rows[k].received_ms || l.rows[k].received_ms >= since_ms)
                l.rows[n++] = l.rows[k];
        }
        for (size_t k = 0; k < n && rc == 0; k += HEADERS_AT_ONCE)
            rc = see_headers(i, &l.rows[k], n - k < HEADERS_AT_ONCE ? n - k : HEADERS_AT_ONCE, eye, e);
        free(l.rows);
        i->next_uid = last + 1;
    }
    return rc;
}

int imap_drain(struct imap *i, uint32_t fresh, struct err *e)
{
    uint32_t highest;
    i->at_uid = 0;
    if (fresh <= 20)
        return drain_few(i, e);
    if (imap_highest_uid(i, &highest, e) != 0)
        return -1;
    while (i->next_uid <= highest && highest != 0) {
        uint32_t to = highest - i->next_uid < LIST_SPAN ? highest : i->next_uid + LIST_SPAN - 1;
        if (drain_span(i, to, e) != 0)
            return -1;
    }
    return 0;
}

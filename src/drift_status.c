/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drift_status: how each watch is doing, for `status` by mail and at the command line. See drift.h. */
#include "telling.h"

#include "frontdesk/json.h"
#include "frontdesk/reply_dates.h"

int drift_look(const struct conf *conf, struct journal *j, struct pool *pool, struct drift_view *out,
               struct err *e)
{
    int64_t now_ms = clock_now_ms();
    for (size_t i = 0; i < conf->n_watches; i++) {
        const struct schedule *s = &conf->watches[i];
        out[i].schedule = s;
        if (journal_watch_load(j, s->check, pool, &out[i].row, e) != 0)
            return -1;
        int64_t next_ms = drift_next(conf, s, &out[i].row, now_ms);
        out[i].next_ms = next_ms > now_ms ? next_ms : now_ms;
    }
    return 0;
}

const char *drift_when(const struct desk *d, int64_t ms, struct pool *pool)
{
    return ms ? dates_day(d->templates, ms, clock_now_ms(), d->conf->firm.timezone, pool) : "";
}

void drift_tell(struct telling *to, const struct conf *conf, const struct drift_view *views, bool whole)
{
    int64_t now_ms = clock_now_ms();
    for (size_t i = 0; i < conf->n_watches; i++) {
        const struct journal_watch *row = &views[i].row;
        const char *tz = conf->firm.timezone,
                   *next = dates_clock(to->templates, views[i].next_ms, now_ms, tz, to->pool);
        struct buf words = BUF_INIT(100);
        schedule_words(views[i].schedule, &words);
        const char *snoozed = row->snoozed_ms > now_ms
                                  ? dates_clock(to->templates, row->snoozed_ms, now_ms, tz, to->pool)
                                  : "",
                   *failing = row->failing_ms
                                  ? dates_clock(to->templates, row->failing_ms, now_ms, tz, to->pool)
                                  : "";
        const char *text =
            row->known ? sentence(to->templates, to->pool, SAY_STATUS_WATCH, "check",
                                  views[i].schedule->check, "schedule", words.data, "n",
                                  telling_number(to, row->findings), "acked", telling_number(to, row->acked),
                                  "last", dates_clock(to->templates, row->ran_ms, now_ms, tz, to->pool),
                                  "next", next, "snoozed", snoozed, "failing", failing, "why",
                                  row->failing_ms && whole ? row->why : "", SAY_END)
                       : sentence(to->templates, to->pool, SAY_STATUS_WATCH_NEW, "check",
                                  views[i].schedule->check, "schedule", words.data, "next", next, "failing",
                                  failing, "why", row->failing_ms && whole ? row->why : "", SAY_END);
        if (i == 0)
            tell(to, SAY_TELL_WATCH, text);
        else
            tell_more(to, text);
        buf_release(&words);
    }
}

void drift_json(const struct conf *conf, const struct drift_view *views, struct buf *out)
{
    json_put_name(out, "watches");
    buf_putc(out, '[');
    for (size_t i = 0; i < conf->n_watches; i++) {
        const struct journal_watch *row = &views[i].row;
        struct buf words = BUF_INIT(100);
        schedule_words(views[i].schedule, &words);
        json_put_name(out, NULL);
        buf_putc(out, '{');
        json_put_text(out, "check", views[i].schedule->check);
        json_put_text(out, "schedule", words.data);
        json_put_int(out, "findings", row->findings);
        json_put_int(out, "accepted", row->acked);
        json_put_int(out, "letters", row->letters);
        json_put_int(out, "made_ms", row->ran_ms);
        json_put_int(out, "next_ms", views[i].next_ms);
        json_put_int(out, "snoozed_until_ms", row->snoozed_ms);
        json_put_int(out, "failing_since_ms", row->failing_ms);
        json_put_text(out, "failing_why", row->failing_ms ? row->why : "");
        buf_putc(out, '}');
        buf_release(&words);
    }
    buf_putc(out, ']');
}

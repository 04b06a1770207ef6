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

static const char *clock_of(const struct telling *to, const struct conf *conf, int64_t ms)
{
    return dates_clock(to->templates, ms, clock_now_ms(), conf->firm.timezone, to->pool);
}

static const char *how_it_stands(const struct telling *to, const struct conf *conf,
                                 const struct drift_view *view)
{
    const struct journal_watch *row = &view->row;
    struct buf words = BUF_INIT(100);
    schedule_words(view->schedule, &words);
    const char *check = view->schedule->check, *next = clock_of(to, conf, view->next_ms), *text;
    if (row->known)
        text = sentence(to->templates, to->pool, SAY_STATUS_WATCH, "check", check, "schedule", words.data,
                        "n", telling_number(to, row->findings), "acked", telling_number(to, row->acked),
                        "last", clock_of(to, conf, row->ran_ms), "next", next, SAY_END);
    else
        text = sentence(to->templates, to->pool, SAY_STATUS_WATCH_NEW, "check", check, "schedule", words.data,
                        "next", next, SAY_END);
    buf_release(&words);
    return text;
}

void drift_tell(struct telling *to, const struct conf *conf, const struct drift_view *views, bool whole)
{
    for (size_t i = 0; i < conf->n_watches; i++) {
        const struct journal_watch *row = &views[i].row;
        const char *text = how_it_stands(to, conf, &views[i]);
        if (i == 0)
            tell(to, SAY_TELL_WATCH, text);
        else
            tell_more(to, text);
        if (row->snoozed_ms > clock_now_ms())
            tell_more(to, sentence(to->templates, to->pool, SAY_STATUS_WATCH_SNOOZED, "when",
                                   clock_of(to, conf, row->snoozed_ms), SAY_END));
        if (row->failing_ms)
            tell_more(to,
                      sentence(to->templates, to->pool, SAY_STATUS_WATCH_FAILING, "when",
                               clock_of(to, conf, row->failing_ms), "why", whole ? row->why : "", SAY_END));
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drift_status: how each watch is doing, for `status` by mail and at the command line. See drift.h. */
#include "drift.h"
#include "frontdesk/due.h"
#include "frontdesk/json.h"

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

static void put_time(struct buf *out, const char *before, int64_t ms, const char *tz)
{
    buf_puts(out, before);
    if (!due_format(out, ms, clock_now_ms(), tz))
        buf_putc(out, '-');
}

void drift_text(const struct conf *conf, const struct drift_view *views, bool whole, struct buf *out)
{
    const char *tz = conf->firm.timezone;
    for (size_t i = 0; i < conf->n_watches; i++) {
        const struct journal_watch *row = &views[i].row;
        buf_printf(out, "%-13s%s ", i ? "" : "watch", views[i].schedule->check);
        schedule_words(views[i].schedule, out);
        if (row->known) {
            buf_printf(out, ": %u finding%s, %u accepted", row->findings, row->findings == 1 ? "" : "s",
                       row->acked);
            put_time(out, ", made ", row->ran_ms, tz);
        } else {
            buf_puts(out, ": not made yet");
        }
        put_time(out, ", next ", views[i].next_ms, tz);
        if (row->snoozed_ms > clock_now_ms())
            put_time(out, ", snoozed until ", row->snoozed_ms, tz);
        if (row->failing_ms)
            put_time(out, ", cannot be made since ", row->failing_ms, tz);
        if (row->failing_ms && whole)
            buf_printf(out, ": %s", row->why);
        buf_putc(out, '\n');
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

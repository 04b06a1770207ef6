/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ways: by which an alert leaves: the second mail server if there is one, else (or when that does not take
 * it) the first mailbox's; and the operator's program. See desk.h. */
#include "desk.h"
#include "frontdesk/measure.h"
#include "frontdesk/base_program.h"

enum { COMMAND_MS = 30000, TOPIC_BYTES = 100 };

int ways_open(struct desk *d, struct err *e)
{
    const struct conf *conf = d->conf;
    struct outbox_options o = {
        .smtp = &conf->alerts.smtp, .helo_name = d->message_id_host, .connections = 1, .stop_fd = d->stop_fd};
    if (!conf->alerts.smtp.url)
        return 0;
    return outbox_smtp_init(&d->second, &o, e) == 0 ? 0 : err_wrap(e, "alerts.smtp");
}

const char *ways_from(const struct conf *conf)
{
    return conf->alerts.smtp.url && conf->alerts.smtp_from ? conf->alerts.smtp_from
                                                           : conf->mailboxes[0].address;
}

static void count(struct desk *d, enum measure_way way, enum leg leg, int rc, const struct err *e)
{
    measure_add(rc == 0 ? MEASURE_ALERTS : MEASURE_UNTOLD, way, 1);
    if (rc == 0)
        leg_works(d, leg, 0);
    else
        leg_failed(d, leg, 0, e);
}

/* --- the program --- */

void ways_words(const struct desk *d, const char *topic, const char *text, bool ill, struct buf *out)
{
    char when[32];
    clock_format_local(clock_now_ms(), d->conf->firm.timezone, when);
    buf_printf(out, "frontdesk at %s: %s: %s\n%s\n%s. `frontdesk status` says how all stands.\n",
               d->conf->firm.name, ill ? "ILL" : "well again", topic, text, when);
}

/* Letters, digits and a few marks: whatever the program makes of it, it is no word of a shell. */
static void plain_topic(const char *topic, char out[TOPIC_BYTES])
{
    static const char set[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.@-";
    size_t n = 0;
    for (; topic[n] && n < TOPIC_BYTES - 1; n++)
        out[n] = strchr(set, topic[n]) ? topic[n] : '_';
    out[n] = '\0';
}

int ways_command(struct desk *d, const char *to, const char *id, struct slice words, struct err *e)
{
    const struct conf_strings *command = &d->conf->alerts.command;
    char path[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
         lang[] = "LANG=C.UTF-8", home[] = "HOME=/", state[40], topic[TOPIC_BYTES + 20], unique[300],
         plain[TOPIC_BYTES];
    char *env[] = {path, lang, home, state, topic, unique, NULL};
    bool ill = slice_starts(slice_of(to), SLICE("ill "));
    const char *blank = strchr(to, ' ');
    if (!command->n)
        return err_set(e, ERR_CONFIG, "alerts.command is no longer in the settings");
    plain_topic(blank ? blank + 1 : to, plain);
    snprintf(state, sizeof(state), "FRONTDESK_STATE=%s", ill ? "ill" : "well");
    snprintf(topic, sizeof(topic), "FRONTDESK_TOPIC=%s", plain);
    snprintf(unique, sizeof(unique), "FRONTDESK_ID=%.250s", id);
    /* the list has room for a NULL behind its last entry */
    struct program program = {.argv = command->v, .env = env, .input = words, .timeout_ms = COMMAND_MS};
    struct program_end end;
    int rc = program_run(&program, &end, e);
    LOG(rc == 0 ? LOG_INFO : LOG_WARN, "alert", "command", LS("topic", plain), LN("status", end.status),
        LN("ms", end.ms), LS("output", end.output));
    count(d, MEASURE_BY_COMMAND, LEG_ALERT_COMMAND, rc, e);
    return rc;
}

/* --- by mail --- */

/* 1: the second server has it, or may have it: nobody else may be asked. */
static int by_second(struct desk *d, const char *to, struct slice bytes, struct err *e)
{
    if (!d->second.send)
        return 0;
    int rc = outbox_send(&d->second, ways_from(d->conf), to, bytes, e);
    count(d, MEASURE_BY_SECOND, LEG_ALERT_SMTP, rc, e);
    if (rc != 0)
        LOG(LOG_WARN, "alert", "second.failed", LS("error", err_code_name(e->code)), LS("text", e->text));
    return rc == 0 || err_class(e) == ERR_CLASS_UNKNOWN;
}

int ways_mail(struct desk *d, const char *to, struct slice bytes, struct err *e)
{
    struct err why = ERR_INIT;
    if (by_second(d, to, bytes, &why)) {
        *e = why;
        return why.code == ERR_NONE ? 0 : -1;
    }
    int rc = outbox_send(&d->outboxes[0], d->conf->mailboxes[0].address, to, bytes, e);
    measure_add(rc == 0 ? MEASURE_ALERTS : MEASURE_UNTOLD, MEASURE_BY_MAIL, 1);
    leg_tried_out(d, 0, rc, e);
    /* refused here for good says nothing while the other may take it later */
    if (rc != 0 && why.code != ERR_NONE && err_class(&why) != ERR_CLASS_OPERATOR)
        *e = why;
    return rc;
}

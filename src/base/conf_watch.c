/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf_watch: what the settings of drift watch must be: a schedule that can be read, somebody who hears of it
 * and whose answer will be taken, and a mailbox that it is sent from. */
#include "conf_rows.h"

static bool is_staff(const struct conf *conf, const char *address)
{
    const char *at = strrchr(address, '@');
    if (conf->alerts.email && slice_eq_nocase(slice_of(address), slice_of(conf->alerts.email)))
        return true;
    for (size_t i = 0; i < conf->staff.extra_addresses.n; i++) {
        if (slice_eq_nocase(slice_of(address), slice_of(conf->staff.extra_addresses.v[i])))
            return true;
    }
    for (size_t i = 0; at && i < conf->firm.domains.n; i++) {
        if (slice_eq_nocase(slice_of(at + 1), slice_of(conf->firm.domains.v[i])))
            return true;
    }
    return false;
}

static void check_schedule(struct conf_reader *r, unsigned line, struct conf *conf)
{
    struct err e = ERR_INIT;
    conf->watches = pool_array(r->pool, SCHEDULE_MOST, sizeof(*conf->watches));
    if (schedule_parse(conf->watch, conf->watches, &conf->n_watches, &e) != 0)
        conf_problem(r, line, "watch: %s; allowed: %s", e.text, conf_type_words(CONF_WATCH));
}

void conf_check_watch(struct conf_reader *r, const struct conf_watch_lines *at, struct conf *conf)
{
    if (conf->watch)
        check_schedule(r, at->watch, conf);
    if (conf->watch && !conf->watch_to.n && !conf->alerts.email)
        conf_problem(r, at->watch, "watch: nobody would hear of it; allowed: with watch_to or alerts.email");
    for (size_t i = 0; i < conf->watch_to.n; i++) {
        if (!is_staff(conf, conf->watch_to.v[i]))
            conf_problem(r, at->to,
                         "watch_to: %s is no address of the staff; allowed: addresses in firm.domains, of "
                         "staff.extra_addresses, or alerts.email",
                         conf->watch_to.v[i]);
    }
    if (conf->watch_from && !conf_mailbox_by_name(conf, conf->watch_from))
        conf_problem(r, at->from, "watch_from: there is no mailbox \"%s\"; allowed: the name of one",
                     conf->watch_from);
}

size_t conf_watch_readers(const struct conf *conf, const char *const **out)
{
    if (!conf->watch_to.n) {
        *out = (const char *const *)&conf->alerts.email;
        return conf->alerts.email != NULL;
    }
    *out = (const char *const *)conf->watch_to.v;
    return conf->watch_to.n;
}

const struct conf_mailbox *conf_watch_mailbox(const struct conf *conf)
{
    return conf->watch_from ? conf_mailbox_by_name(conf, conf->watch_from) : &conf->mailboxes[0];
}

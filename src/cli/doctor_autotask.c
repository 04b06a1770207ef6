/* SPDX-License-Identifier: GPL-2.0-or-later */
/* doctor_autotask: login, rights, the clock, people, labels, and the templates that letters are made of. */
#include "../desk.h"
#include "doctor.h"
#include "frontdesk/autotask_books.h"

/* a minute may be a slow answer; five are too many for signed logins */
enum { MOST_NAMED = 20, LOOSE_CLOCK_S = 60, WRONG_CLOCK_S = 300 };

static void look_at_people(struct doctor *d, const struct directory *dir)
{
    struct buf names = BUF_INIT(8000), what = BUF_INIT(9000);
    size_t able = 0, unable = 0;
    for (size_t i = 0; i < dir->n_resources; i++) {
        const struct directory_resource *r = &dir->resources[i];
        able += r->assignable;
        if (r->assignable || strcmp(r->why_not, "no service-desk role") != 0)
            continue;
        if (unable++ < MOST_NAMED)
            buf_printf(&names, "%s%s %s", names.len ? ", " : "", r->first, r->last);
    }
    buf_printf(&what, "%zu people in Autotask, %zu of them can be given tickets", dir->n_resources, able);
    static const char fix[] = "give each technician an active service-desk role in Autotask";
    if (able == 0)
        doctor_bad(d, "Autotask: technicians", what.data, fix);
    else
        doctor_good(d, "Autotask: technicians", what.data);
    buf_clear(&what);
    buf_printf(&what, "%zu without a service-desk role cannot be given tickets: %s%s", unable, names.data,
               unable > MOST_NAMED ? ", ..." : "");
    if (able && unable)
        doctor_warn(d, what.data, fix);
    buf_release(&names);
    buf_release(&what);
}

static bool has_nickname(const struct directory_resource *r, const char *nick)
{
    const char *const *names = r->nicknames;
    for (; *names; names++) {
        if (fold_eq(slice_of(*names), slice_of(nick)))
            return true;
    }
    return false;
}

static bool was_looked_at(const struct conf *conf, size_t i)
{
    for (size_t k = 0; k < i; k++) {
        if (fold_eq(slice_of(conf->staff.nicknames[k].nick), slice_of(conf->staff.nicknames[i].nick)))
            return true;
    }
    return false;
}

/* A name that is somebody's, and nobody else's: else each mail with it is asked back. */
static void look_at_nickname(struct doctor *d, size_t i, const struct conf_nickname *n,
                             const struct directory *dir)
{
    struct buf names = BUF_INIT(400), what = BUF_INIT(1000);
    size_t called = 0;
    bool known = false;
    for (size_t k = 0; k < dir->n_resources; k++) {
        const struct directory_resource *r = &dir->resources[k];
        bool nick = has_nickname(r, n->nick);
        known = known || nick;
        if (r->assignable && (nick || fold_eq(slice_of(r->first), slice_of(n->nick))))
            buf_printf(&names, "%s%s %s", called++ ? ", " : "", r->first, r->last);
    }
    buf_printf(&what, "staff.nicknames[%zu]: ", i);
    if (called > 1)
        buf_printf(&what, "\"%s\" means %zu people, so that the sender is asked who: %s", n->nick, called,
                   names.data);
    else
        buf_printf(&what, "nobody in Autotask is \"%s\", so \"%s\" means nobody", n->who, n->nick);
    if (called > 1)
        doctor_warn(d, what.data, "leave the name to one of them, in `who` by full name or user name");
    else if (!known)
        doctor_warn(d, what.data, "write the user name, the full name or the first name as Autotask has it");
    buf_release(&names);
    buf_release(&what);
}

static void look_at_nicknames(struct doctor *d, const struct conf *conf, const struct directory *dir)
{
    for (size_t i = 0; i < conf->staff.n_nicknames; i++) {
        if (!was_looked_at(conf, i))
            look_at_nickname(d, i, &conf->staff.nicknames[i], dir);
    }
}

/* --- rights --- */

static void look_at_rights(struct doctor *d, const struct desk *desk)
{
    static const char what[] = "Autotask: rights of the API user",
                      fix[] =
                          "give the API user the security level \"API User (system)\", or the rights in the "
                          "copy of it that it has: Admin > Resources/Users > Security Levels";
    struct buf lacks = BUF_INIT(64 * 1024), hidden = BUF_INIT(64 * 1024), said = BUF_INIT(64 * 1024);
    struct err e = ERR_INIT;
    size_t asked;
    doctor_begin(d, "asking Autotask for the rights of the API user");
    int rc = autotask_rights(desk->autotask, desk->conf->ticket.todo, &lacks, &hidden, &asked, &e);
    buf_printf(&said, "asked for %zu kinds of record: it may do all that tickets take", asked);
    if (rc != 0)
        doctor_report(d, what, AUTOTASK, rc, &lacks, &e);
    else if (lacks.len)
        doctor_bad(d, what, lacks.data, fix);
    else
        doctor_good(d, what, said.data);
    buf_clear(&said);
    buf_printf(&said, "%s", "Autotask may hide some rows from the API user, without an error: ");
    struct scan c = scan_of(buf_view(&hidden));
    for (bool first = true; !scan_end(&c); first = false) {
        struct slice line = scan_line(&c);
        buf_printf(&said, "%s%.*s", first ? "" : "; ", SLICE_ARG(line));
    }
    if (rc == 0 && hidden.len)
        doctor_warn(d, said.data, fix);
    buf_release(&lacks);
    buf_release(&hidden);
    buf_release(&said);
}

/* What checks and the diagnosis read: what is hidden there would look like a fault of the books. */
static void look_at_sight(struct doctor *d, const struct desk *desk)
{
    struct pool *pool = pool_new(1 << 20);
    struct buf none = BUF_INIT(8000), what = BUF_INIT(9000);
    struct autotask_accesses seen;
    struct err e = ERR_INIT;
    doctor_begin(d, "asking Autotask for what the checks compare");
    int rc = autotask_access(desk->autotask, AT_BOOKS_EVERYTHING, false, pool, &seen, &e);
    for (size_t i = 0; rc == 0 && i < seen.n; i++) {
        if (seen.v[i].query == AT_SIGHT_NONE || seen.v[i].query == AT_SIGHT_RESTRICTED)
            buf_printf(&none, "%s%s%s", none.len ? ", " : "", seen.v[i].words,
                       seen.v[i].query == AT_SIGHT_NONE ? " (none)" : " (not all)");
    }
    buf_printf(&what, "Autotask: checks of the books cannot see all that they compare: %s",
               rc == 0 ? none.data : e.text);
    if (rc != 0 || none.len)
        doctor_warn(d, what.data,
                    "give the API user the right to read them in its security level; reports say "
                    "what could not be seen");
    buf_release(&none);
    buf_release(&what);
    pool_free(&pool);
}

/* --- the clock --- */

static void look_at_clock(struct doctor *d, const struct desk *desk)
{
    static const char fix[] =
        "let this machine follow a time server: timedatectl set-ntp true; due dates, and "
        "the logins that end, are reckoned by its clock";
    int64_t ahead_ms;
    char said[200];
    if (!autotask_clock(desk->autotask, &ahead_ms))
        return;
    long long s = (long long)(ahead_ms < 0 ? -ahead_ms : ahead_ms) / 1000;
    snprintf(said, sizeof(said), "this machine's clock is %lld s %s that of Autotask's server", s,
             ahead_ms < 0 ? "behind" : "before");
    if (s >= WRONG_CLOCK_S)
        doctor_bad(d, "clock", said, fix);
    else if (s >= LOOSE_CLOCK_S)
        doctor_warn(d, said, fix);
    else
        doctor_good(d, "clock", "within a minute of Autotask's server");
}

static void look_at_directory(struct doctor *d, struct desk *desk, struct err *e)
{
    struct buf findings = BUF_INIT(64 * 1024);
    doctor_begin(d, "asking Autotask for staff and labels");
    int rc = desk_refresh(desk, &findings, e);
    doctor_report(d, "Autotask: staff list, and the labels of the group ticket", AUTOTASK, rc, &findings, e);
    struct desk_people *p = desk_people_get(desk);
    if (p) {
        look_at_people(d, p->directory);
        look_at_nicknames(d, desk->conf, p->directory);
    }
    desk_people_put(desk, p);
    buf_release(&findings);
}

static void look_at_language(struct doctor *d, const struct conf *conf, const struct templates *t)
{
    struct buf names = BUF_INIT(8000), what = BUF_INIT(9000);
    char fix[200];
    templates_english(t, &names);
    buf_printf(&what, "templates: these are in English, the language %s has none of them: %s",
               conf->firm.language, names.data);
    snprintf(fix, sizeof(fix),
             "write them in own_templates/%s; frontdesk-templates(5) says where what stands",
             conf->firm.language);
    if (names.len)
        doctor_warn(d, what.data, fix);
    buf_release(&names);
    buf_release(&what);
}

void doctor_look_at_autotask(struct doctor *d, const struct conf *conf)
{
    struct buf findings = BUF_INIT(64 * 1024);
    struct err e = ERR_INIT;
    struct desk desk;
    struct buf rules = BUF_INIT(256 * 1024); /* look_at_rules told them */
    struct desk_options o = {.conf = conf, .stop_fd = -1, .rule_problems = &rules};
    int rc = desk_open(&desk, &o, &findings, &e);
    buf_release(&rules);
    /* what keeps it closed is a fault of the templates, or has been said */
    if (rc == 0 || e.code == ERR_TEMPLATE)
        doctor_report(d, "templates", HERE, rc, &findings, &e);
    else
        doctor_report(d, "Autotask: not asked", HERE, rc, &findings, &e);
    if (rc == 0)
        look_at_language(d, conf, desk.templates);
    buf_clear(&findings);
    if (rc == 0) {
        doctor_begin(d, "asking Autotask for its zone");
        rc = autotask_probe(desk.autotask, &findings, &e);
        doctor_report(d, "Autotask: zone, login", AUTOTASK, rc, &findings, &e);
        look_at_clock(d, &desk);
    }
    if (rc == 0)
        look_at_rights(d, &desk);
    if (rc == 0)
        look_at_directory(d, &desk, &e);
    if (rc == 0 && conf->firm.integration != CONF_INTEGRATION_NONE)
        look_at_sight(d, &desk);
    desk_close(&desk);
    buf_release(&findings);
}

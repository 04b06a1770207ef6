/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * legs: what frontdesk stands on: each mailbox's way in and way out, the two systems, the ways of alerts. Who
 * uses a leg says how it went. One that fails for alerts.grace_seconds is told to the operator once, and once
 * that it works again; what no waiting mends (a refused login, a wrong certificate) is told at once. Names
 * that cannot be looked up are one failure, however many legs it stops.
 *
 * When a leg last worked, and since when it fails, stands in a file of its own, so that a grace does not
 * begin anew with each start and `status` can read it beside us. It is written without waiting for the disk,
 * and not mapped: a store to a page of a disk that has become read-only would end us.
 */
#include "desk.h"

#include <fcntl.h>
#include <unistd.h>

enum { NAME_BYTES = 48, MOST_LEGS = 128, OFTEN_MS = 1000 };
#define DNS_TOPIC err_code_name(ERR_DNS)

static const struct kind {
    enum leg leg;
    const char *name, *topic;                    /* the mailbox's name goes behind */
    unsigned graces;                             /* how many times alerts.grace_seconds */
    const char *ill, *ill_end, *well, *well_end; /* around the mailbox's name */
} kinds[] = {
    {LEG_MAIL_IN, "mail-in-", "mailbox-", 1, "mailbox ", " cannot be watched", "mailbox ",
     " is watched again"},
    {LEG_MAIL_OUT, "mail-out-", "mail-out-", 1, "Answers of mailbox ", " wait; nothing is lost",
     "the mail server of mailbox ", " takes letters again; what waited is sent"},
    {LEG_AUTOTASK, "autotask", "autotask", 1,
     "Autotask does not do what frontdesk asks; requests wait, and their senders were told", "",
     "Autotask works again; what waited is done", ""},
    /* nobody waits for a ticket there */
    {LEG_QUICKBOOKS, "quickbooks", "quickbooks", 2,
     "QuickBooks does not answer; checks and diagnoses say that they could not look there", "",
     "QuickBooks answers again", ""},
    {LEG_ALERT_SMTP, "alerts-smtp", "alerts-smtp", 1,
     "The second way out for alerts, alerts.smtp, takes none", "", "alerts.smtp takes alerts again", ""},
    {LEG_ALERT_COMMAND, "alerts-command", "alerts-command", 1,
     "The program alerts.command fails, and its alerts wait", "", "alerts.command works again", ""},
};

/* In the file; an empty name is free. Wall clock. */
struct row {
    char name[NAME_BYTES];
    int64_t worked_ms, failing_ms, failed_ms; /* last; since when, 0 = it works; last */
};

struct state {
    const struct kind *kind;
    size_t mailbox, place; /* of its row */
    struct row row;
    int64_t since_ms, written_ms; /* it fails since then, for this kind of reason; monotonic */
    bool unsure;                  /* it was not seen to work by this process: an alert may be open */
    bool told;                    /* the operator was, of this failure */
    bool at_once;                 /* without a grace */
    bool dns;                     /* it fails for want of names */
    char why[900];                /* "": this process has not seen it fail */
};

struct legs {
    pthread_mutex_t lock;
    struct state states[MOST_LEGS];
    size_t n;
    int fd; /* -1: what it would hold is forgotten with this process */
    bool dns_may_be_told;
};

static const char *box_of(const struct conf *conf, enum leg leg, size_t mailbox)
{
    return leg <= LEG_MAIL_OUT ? conf->mailboxes[mailbox].name : "";
}

static void join(char *out, size_t size, const char *a, const char *box, const char *b)
{
    snprintf(out, size, "%s%.40s%s", a, box, b);
}

static void path_of(const struct conf *conf, char path[4300])
{
    snprintf(path, 4300, "%.4200s/legs", conf->journal.path);
}

/* --- the file --- */

/* How many rows. */
static size_t read_rows(int fd, struct row *rows)
{
    ssize_t n = fd < 0 ? 0 : pread(fd, rows, sizeof(*rows) * MOST_LEGS, 0);
    size_t whole = n < 0 ? 0 : (size_t)n / sizeof(*rows);
    for (size_t i = 0; i < whole; i++)
        rows[i].name[NAME_BYTES - 1] = '\0';
    return whole;
}

static int open_file(const struct conf *conf)
{
    char path[4300];
    path_of(conf, path);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        handover(path, conf->journal.path);
    else
        fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    return fd;
}

/* Also when nothing is to be written there: it will be again. */
static void write_row(struct legs *l, struct state *s)
{
    ssize_t n = l->fd < 0 ? 0 : pwrite(l->fd, &s->row, sizeof(s->row), (off_t)(s->place * sizeof(s->row)));
    (void)n;
    s->written_ms = clock_mono_ms();
}

/* Its own row; else one that is free, or, when all are taken by mailboxes that are no more, the last. */
static size_t place_for(struct row *rows, const char *name)
{
    size_t free_one = MOST_LEGS - 1;
    for (size_t i = MOST_LEGS; i-- > 0;) {
        if (strcmp(rows[i].name, name) == 0)
            return i;
        if (!rows[i].name[0])
            free_one = i;
    }
    rows[free_one] = (struct row){.worked_ms = 0};
    snprintf(rows[free_one].name, NAME_BYTES, "%s", name);
    return free_one;
}

static int64_t grace_ms(const struct desk *d, const struct kind *kind)
{
    return (int64_t)d->conf->alerts.grace_seconds * 1000 * kind->graces;
}

/* A failure goes on over a restart, not over a longer rest. */
static void add(struct desk *d, struct legs *l, struct row *rows, const struct kind *kind, size_t mailbox)
{
    char name[NAME_BYTES];
    if (l->n == MOST_LEGS)
        return;
    join(name, sizeof(name), kind->name, box_of(d->conf, kind->leg, mailbox), "");
    struct state *s = &l->states[l->n++];
    *s = (struct state){.kind = kind, .mailbox = mailbox, .place = place_for(rows, name), .unsure = true};
    s->row = rows[s->place];
    int64_t now_ms = clock_now_ms(), rest_ms = now_ms - s->row.failed_ms;
    if (s->row.failing_ms && (rest_ms < 0 || rest_ms > grace_ms(d, kind) || s->row.failing_ms > now_ms))
        s->row.failing_ms = 0;
    s->since_ms = s->row.failing_ms ? clock_mono_ms() - (now_ms - s->row.failing_ms) : 0;
}

static size_t how_many(const struct conf *conf, enum leg leg)
{
    return leg <= LEG_MAIL_OUT        ? conf->n_mailboxes
           : leg == LEG_QUICKBOOKS    ? conf->quickbooks != NULL
           : leg == LEG_ALERT_SMTP    ? conf->alerts.smtp.url != NULL
           : leg == LEG_ALERT_COMMAND ? conf->alerts.command.n > 0
                                      : 1;
}

void legs_open(struct desk *d)
{
    struct legs *l = mem_alloc(sizeof(*l));
    struct row *rows = mem_alloc(sizeof(*rows) * MOST_LEGS);
    pthread_mutex_init(&l->lock, NULL);
    l->fd = open_file(d->conf);
    l->dns_may_be_told = true;
    (void)read_rows(l->fd, rows);
    for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
        for (size_t i = 0; i < how_many(d->conf, kinds[k].leg); i++)
            add(d, l, rows, &kinds[k], i);
    }
    free(rows);
    d->legs = l;
}

void legs_close(struct desk *d)
{
    if (!d->legs)
        return;
    if (d->legs->fd >= 0)
        close(d->legs->fd);
    pthread_mutex_destroy(&d->legs->lock);
    free(d->legs);
    d->legs = NULL;
}

static void fill_view(struct leg_view *v, const struct row *rows, size_t n)
{
    for (size_t r = 0; r < n; r++) {
        if (strcmp(rows[r].name, v->name) != 0)
            continue;
        v->worked_ms = rows[r].worked_ms;
        v->failing_ms = rows[r].failing_ms;
    }
}

size_t legs_look(const struct conf *conf, struct leg_view *out, size_t max)
{
    char path[4300];
    size_t n = 0;
    struct row *rows = mem_alloc(sizeof(*rows) * MOST_LEGS);
    path_of(conf, path);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    size_t n_rows = read_rows(fd, rows);
    if (fd >= 0)
        close(fd);
    for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
        for (size_t i = 0; i < how_many(conf, kinds[k].leg) && n < max; i++, n++) {
            out[n] = (struct leg_view){.leg = kinds[k].leg, .mailbox = i};
            join(out[n].name, sizeof(out[n].name), kinds[k].name, box_of(conf, kinds[k].leg, i), "");
            fill_view(&out[n], rows, n_rows);
        }
    }
    free(rows);
    return n;
}

/* --- telling --- */

static struct state *find(struct legs *l, enum leg leg, size_t mailbox)
{
    for (size_t i = 0; l && i < l->n; i++) {
        if (l->states[i].kind->leg == leg && (leg > LEG_MAIL_OUT || l->states[i].mailbox == mailbox))
            return &l->states[i];
    }
    return NULL;
}

static void say_ill(struct desk *d, const struct state *s)
{
    char topic[100], text[1300], when[32];
    const char *box = box_of(d->conf, s->kind->leg, s->mailbox);
    join(topic, sizeof(topic), s->kind->topic, box, "");
    clock_format_local(s->row.failing_ms, d->conf->firm.timezone, when);
    snprintf(text, sizeof(text), "%s%.40s%s (since %s): %s", s->kind->ill, box, s->kind->ill_end, when,
             s->why);
    alert_ill(d, s->dns ? DNS_TOPIC : topic, text);
}

static void say_well(struct desk *d, const struct state *s)
{
    char topic[100], text[200];
    const char *box = box_of(d->conf, s->kind->leg, s->mailbox);
    join(topic, sizeof(topic), s->kind->topic, box, "");
    join(text, sizeof(text), s->kind->well, box, s->kind->well_end);
    alert_well(d, topic, text);
}

/* The lock is held. */
static bool any_without_dns(const struct legs *l)
{
    for (size_t i = 0; i < l->n; i++) {
        if (l->states[i].dns)
            return true;
    }
    return false;
}

static void say_dns_is_well(struct desk *d)
{
    pthread_mutex_lock(&d->legs->lock);
    bool well = d->legs->dns_may_be_told && !any_without_dns(d->legs);
    if (well)
        d->legs->dns_may_be_told = false;
    pthread_mutex_unlock(&d->legs->lock);
    if (well)
        alert_well(d, DNS_TOPIC, "names can be looked up again");
}

/* Is it time to tell? Then *copy is what is told, and counts as told. The lock is held. */
static bool is_due(struct desk *d, struct state *s, struct state *copy)
{
    int64_t least_ms = s->at_once ? 0 : grace_ms(d, s->kind);
    if (!s->row.failing_ms || s->told || !s->why[0] || clock_mono_ms() - s->since_ms < least_ms)
        return false;
    s->told = true;
    d->legs->dns_may_be_told = d->legs->dns_may_be_told || s->dns;
    *copy = *s;
    return true;
}

/* It may have got well while it was told to be ill: the last word must be the true one. */
static void tell(struct desk *d, struct state *s, const struct state *copy)
{
    say_ill(d, copy);
    pthread_mutex_lock(&d->legs->lock);
    bool well = !s->row.failing_ms;
    pthread_mutex_unlock(&d->legs->lock);
    if (well) {
        say_well(d, copy);
        say_dns_is_well(d);
    }
}

/* --- how it went --- */

void leg_failed(struct desk *d, enum leg leg, size_t mailbox, const struct err *why)
{
    struct state *s = find(d->legs, leg, mailbox), copy;
    const char *fix = err_fix(why->code);
    bool dns = why->code == ERR_DNS, busy = leg == LEG_AUTOTASK && why->code == ERR_BUSY;
    if (!s || why->code == ERR_STOPPING)
        return;
    pthread_mutex_lock(&d->legs->lock);
    if (!s->row.failing_ms || (s->why[0] && s->dns != dns)) {
        s->row.failing_ms = clock_now_ms();
        s->since_ms = clock_mono_ms();
        s->told = s->at_once = false;
    }
    s->dns = dns;
    s->at_once = s->at_once || err_class(why) == ERR_CLASS_OPERATOR || why->code == ERR_TLS;
    s->row.failed_ms = clock_now_ms();
    snprintf(
        s->why, sizeof(s->why), "%s%s%s%s", why->text, fix[0] ? ". Fix: " : "", fix,
        busy ? ". All calls of the firm count there, so look which integration makes so many; it passes by "
               "itself"
             : "");
    write_row(d->legs, s);
    bool due = is_due(d, s, &copy);
    pthread_mutex_unlock(&d->legs->lock);
    say_dns_is_well(d);
    if (due)
        tell(d, s, &copy);
}

void leg_works(struct desk *d, enum leg leg, size_t mailbox)
{
    struct state *s = find(d->legs, leg, mailbox);
    if (!s)
        return;
    pthread_mutex_lock(&d->legs->lock);
    bool failed = s->row.failing_ms != 0, news = failed || s->unsure;
    s->row.worked_ms = clock_now_ms();
    s->row.failing_ms = s->since_ms = 0;
    s->unsure = s->told = s->at_once = s->dns = false;
    s->why[0] = '\0';
    if (news || clock_mono_ms() - s->written_ms >= OFTEN_MS)
        write_row(d->legs, s);
    pthread_mutex_unlock(&d->legs->lock);
    if (!news)
        return;
    if (failed && leg == LEG_MAIL_OUT)
        journal_letters_wake(d->journal, d->conf->mailboxes[mailbox].name);
    say_well(d, s);
    say_dns_is_well(d);
}

/* It says nothing about the letter, but about the way out: of a server that is ill it is said when it may be
 * tried again. */
static bool is_of_the_way(const struct err *e)
{
    return (e->retry_after_s && e->code != ERR_BUSY) || e->code == ERR_CONNECT || e->code == ERR_DNS ||
           e->code == ERR_TLS || e->code == ERR_TIMEOUT || e->code == ERR_PROTOCOL || e->code == ERR_SERVER ||
           e->code == ERR_CREDENTIALS;
}

void leg_tried_out(struct desk *d, size_t mailbox, int rc, const struct err *e)
{
    if (rc == 0)
        leg_works(d, LEG_MAIL_OUT, mailbox);
    else if (is_of_the_way(e))
        leg_failed(d, LEG_MAIL_OUT, mailbox, e);
}

bool leg_is_failing(struct desk *d, enum leg leg, size_t mailbox)
{
    const struct state *s = find(d->legs, leg, mailbox);
    if (!s)
        return false;
    pthread_mutex_lock(&d->legs->lock);
    bool failing = s->row.failing_ms != 0;
    pthread_mutex_unlock(&d->legs->lock);
    return failing;
}

/* --- the two systems: their clients know how the last call went --- */

static bool is_news(struct desk *d, enum leg leg)
{
    const struct state *s = find(d->legs, leg, 0);
    if (!s)
        return false;
    pthread_mutex_lock(&d->legs->lock);
    bool news = s->row.failing_ms || s->unsure;
    pthread_mutex_unlock(&d->legs->lock);
    return news;
}

/* `works` of a leg that is known to work says nothing new: when it was last reached stands elsewhere. */
static void take_word(struct desk *d, enum leg leg, bool works, bool fails, const struct err *why)
{
    if (fails)
        leg_failed(d, leg, 0, why);
    else if (works && is_news(d, leg))
        leg_works(d, leg, 0);
}

static void ask_systems(struct desk *d)
{
    struct err why = ERR_INIT;
    enum autotask_state at = autotask_state(d->autotask, &why);
    take_word(d, LEG_AUTOTASK, at == AUTOTASK_WORKS, at == AUTOTASK_FAILS, &why);
    if (!d->accounting)
        return;
    enum quickbooks_state qb = quickbooks_state(d->accounting->qb, &why);
    take_word(d, LEG_QUICKBOOKS, qb == QUICKBOOKS_WORKS, qb == QUICKBOOKS_FAILS, &why);
}

void legs_judge(struct desk *d)
{
    struct legs *l = d->legs;
    if (!l)
        return;
    ask_systems(d);
    for (size_t i = 0; i < l->n; i++) {
        struct state *s = &l->states[i], copy;
        pthread_mutex_lock(&l->lock);
        bool due = is_due(d, s, &copy);
        pthread_mutex_unlock(&l->lock);
        if (due)
            tell(d, s, &copy);
    }
}

void leg_autotask(struct desk *d, int64_t *directory_ms)
{
    enum { LOOK_MS = 30000 };
    struct err why = ERR_INIT;
    ask_systems(d);
    if (autotask_state(d->autotask, &why) != AUTOTASK_FAILS)
        return;
    /* when nobody else asks, the directory does */
    int64_t wait_ms = (int64_t)why.retry_after_s * 1000;
    int64_t latest_ms = clock_mono_ms() + (wait_ms > LOOK_MS ? wait_ms : LOOK_MS);
    if (*directory_ms > latest_ms)
        *directory_ms = latest_ms;
}

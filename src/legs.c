/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * legs: what frontdesk stands on: each mailbox's way in and way out, the two systems, the ways of alerts. Who
 * uses a leg says how it went; a leg that fails for longer than its grace is an alert, once, and so is that
 * it works again. A failure that only a person can mend (a refused login) has no grace.
 *
 * When a leg last worked, and since when it fails, stands in a file that is mapped: it costs no write,
 * outlives this process, so that a grace does not begin anew with each start, and `status` reads it beside
 * us.
 */
#include "desk.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

enum { NAME_BYTES = 48, MOST_LEGS = 128 };

static const struct kind {
    enum leg leg;
    const char *name, *topic; /* the mailbox's name goes behind */
    enum conf_leg grace;
    const char *ill, *ill_end, *well, *well_end; /* around the mailbox's name */
} kinds[] = {
    {LEG_MAIL_IN, "mail-in-", "mailbox-", CONF_LEG_MAIL_IN, "mailbox ", " cannot be watched", "mailbox ",
     " is watched again"},
    {LEG_MAIL_OUT, "mail-out-", "mail-out-", CONF_LEG_MAIL_OUT, "Letters of mailbox ",
     " wait, nothing is lost", "The mail server of mailbox ", " takes letters again; what waited is sent"},
    {LEG_AUTOTASK, "autotask", "autotask", CONF_LEG_AUTOTASK,
     "Calls to Autotask fail; mail is taken, its senders are told that it waits", "",
     "Autotask answers again", ""},
    {LEG_QUICKBOOKS, "quickbooks", "quickbooks", CONF_LEG_QUICKBOOKS,
     "Calls to QuickBooks fail; checks and diagnoses say that they could not look there", "",
     "QuickBooks answers again", ""},
    {LEG_ALERT_SMTP, "alerts-smtp", "alerts-smtp", CONF_LEG_MAIL_OUT,
     "The second way out for alerts, alerts.smtp, takes none", "", "alerts.smtp takes alerts again", ""},
    {LEG_ALERT_COMMAND, "alerts-command", "alerts-command", CONF_LEG_MAIL_OUT,
     "The program alerts.command fails, and its alerts wait", "", "alerts.command works again", ""},
};

/* In the file; an empty name is free. */
struct row {
    char name[NAME_BYTES];
    _Atomic int64_t worked_ms, failing_ms; /* 0 = never; 0 = it does not fail */
};

struct state {
    const struct kind *kind;
    size_t mailbox;
    struct row *row;
    bool unsure;  /* it was not seen to work by this process: an alert may be open */
    bool told;    /* the operator was, of what `row` says */
    bool at_once; /* without a grace */
    char why[700];
};

struct legs {
    pthread_mutex_t lock;
    struct row *rows;
    struct state states[MOST_LEGS];
    size_t n;
    int64_t started_ms;
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

/* Without it, on a full disk, what it holds is forgotten with this process. */
static struct row *map_rows(const struct conf *conf)
{
    enum { SIZE = sizeof(struct row) * MOST_LEGS };
    char path[4300];
    path_of(conf, path);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0)
        handover(path, conf->journal.path);
    else
        fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    bool shared = fd >= 0 && posix_fallocate(fd, 0, SIZE) == 0;
    void *map = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, shared ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS,
                     shared ? fd : -1, 0);
    if (fd >= 0)
        close(fd);
    return map == MAP_FAILED ? NULL : map;
}

/* Its own row, or a free one, or, when all are taken by mailboxes that are no more, the last. */
static struct row *row_for(struct row *rows, const char *name)
{
    struct row *free_one = NULL;
    for (size_t i = 0; i < MOST_LEGS; i++) {
        rows[i].name[NAME_BYTES - 1] = '\0';
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
        if (!free_one && !rows[i].name[0])
            free_one = &rows[i];
    }
    if (!free_one)
        free_one = &rows[MOST_LEGS - 1];
    snprintf(free_one->name, NAME_BYTES, "%s", name);
    free_one->worked_ms = free_one->failing_ms = 0;
    return free_one;
}

static void add(struct legs *l, const struct conf *conf, const struct kind *kind, size_t mailbox)
{
    char name[NAME_BYTES];
    if (l->n == MOST_LEGS - 1) /* the last row is row_for's */
        return;
    join(name, sizeof(name), kind->name, box_of(conf, kind->leg, mailbox), "");
    l->states[l->n++] =
        (struct state){.kind = kind, .mailbox = mailbox, .row = row_for(l->rows, name), .unsure = true};
}

static bool is_wanted(const struct conf *conf, enum leg leg)
{
    return leg == LEG_QUICKBOOKS      ? conf->quickbooks != NULL
           : leg == LEG_ALERT_SMTP    ? conf->alerts.smtp.url != NULL
           : leg == LEG_ALERT_COMMAND ? conf->alerts.command.n > 0
                                      : true;
}

int legs_open(struct desk *d, struct err *e)
{
    struct legs *l = mem_alloc(sizeof(*l));
    l->rows = map_rows(d->conf);
    if (!l->rows) {
        free(l);
        return err_set(e, ERR_IO, "cannot map memory");
    }
    pthread_mutex_init(&l->lock, NULL);
    l->started_ms = clock_now_ms();
    for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
        size_t n = kinds[k].leg <= LEG_MAIL_OUT ? d->conf->n_mailboxes : is_wanted(d->conf, kinds[k].leg);
        for (size_t i = 0; i < n; i++)
            add(l, d->conf, &kinds[k], i);
    }
    d->legs = l;
    return 0;
}

void legs_close(struct desk *d)
{
    if (!d->legs)
        return;
    munmap(d->legs->rows, sizeof(struct row) * MOST_LEGS);
    pthread_mutex_destroy(&d->legs->lock);
    free(d->legs);
    d->legs = NULL;
}

size_t legs_look(const struct conf *conf, struct leg_view *out, size_t max)
{
    char path[4300];
    size_t n = 0;
    struct row *rows = mem_alloc(sizeof(*rows) * MOST_LEGS);
    path_of(conf, path);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    /* a copy may be torn between two rows, not within a number */
    bool whole = fd >= 0 && read(fd, rows, sizeof(*rows) * MOST_LEGS) == (ssize_t)sizeof(*rows) * MOST_LEGS;
    if (fd >= 0)
        close(fd);
    for (size_t k = 0; k < ARRAY_LEN(kinds); k++) {
        size_t boxes = kinds[k].leg <= LEG_MAIL_OUT ? conf->n_mailboxes : is_wanted(conf, kinds[k].leg);
        for (size_t i = 0; i < boxes && n < max; i++, n++) {
            out[n] = (struct leg_view){.leg = kinds[k].leg, .mailbox = i};
            join(out[n].name, sizeof(out[n].name), kinds[k].name, box_of(conf, kinds[k].leg, i), "");
            for (size_t r = 0; whole && r < MOST_LEGS; r++) {
                if (strncmp(rows[r].name, out[n].name, NAME_BYTES) != 0)
                    continue;
                out[n].worked_ms = rows[r].worked_ms;
                out[n].failing_ms = rows[r].failing_ms;
            }
        }
    }
    free(rows);
    return n;
}

/* --- how it went --- */

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
    char topic[100], text[1100], when[32];
    const char *box = box_of(d->conf, s->kind->leg, s->mailbox);
    join(topic, sizeof(topic), s->kind->topic, box, "");
    clock_format_local(s->row->failing_ms, d->conf->firm.timezone, when);
    snprintf(text, sizeof(text), "%s%.40s%s. Since %s: %s", s->kind->ill, box, s->kind->ill_end, when,
             s->why);
    alert_ill(d, topic, text);
}

static void say_well(struct desk *d, const struct state *s)
{
    char topic[100], text[200];
    const char *box = box_of(d->conf, s->kind->leg, s->mailbox);
    join(topic, sizeof(topic), s->kind->topic, box, "");
    join(text, sizeof(text), s->kind->well, box, s->kind->well_end);
    alert_well(d, topic, text);
}

static int64_t grace_ms(const struct desk *d, const struct state *s)
{
    return s->at_once ? 0 : (int64_t)d->conf->alerts.grace[s->kind->grace] * 1000;
}

/* Is it time to tell? Then *copy is what is told, and counts as told. The lock is held. */
static bool is_due(struct desk *d, struct state *s, struct state *copy)
{
    int64_t now_ms = clock_now_ms(), since_ms = s->row->failing_ms;
    if (since_ms > now_ms) /* the clock was put back */
        s->row->failing_ms = since_ms = now_ms;
    if (!since_ms || s->told || !s->why[0] || now_ms - since_ms < grace_ms(d, s))
        return false;
    s->told = true;
    *copy = *s;
    return true;
}

/* It may have got well while it was told to be ill: the last word must be the true one. */
static void tell(struct desk *d, struct state *s, const struct state *copy)
{
    say_ill(d, copy);
    pthread_mutex_lock(&d->legs->lock);
    bool well = !s->row->failing_ms;
    pthread_mutex_unlock(&d->legs->lock);
    if (well)
        say_well(d, copy);
}

static void fails(struct desk *d, struct state *s, int64_t since_ms, const char *why, bool at_once)
{
    struct state copy;
    pthread_mutex_lock(&d->legs->lock);
    if (!s->row->failing_ms)
        s->row->failing_ms = since_ms;
    s->at_once = s->at_once || at_once;
    snprintf(s->why, sizeof(s->why), "%s", why);
    bool due = is_due(d, s, &copy);
    pthread_mutex_unlock(&d->legs->lock);
    if (due)
        tell(d, s, &copy);
}

void leg_failed(struct desk *d, enum leg leg, size_t mailbox, const struct err *why)
{
    struct state *s = find(d->legs, leg, mailbox);
    char text[700];
    if (!s || why->code == ERR_STOPPING)
        return;
    const char *fix = err_fix(why->code);
    snprintf(text, sizeof(text), "%s%s%s", why->text, fix[0] ? ". Fix: " : "", fix);
    fails(d, s, clock_now_ms(), text,
          err_class(why) == ERR_CLASS_OPERATOR || (leg == LEG_MAIL_IN && why->code == ERR_TLS));
}

static void works(struct desk *d, struct state *s, int64_t at_ms)
{
    pthread_mutex_lock(&d->legs->lock);
    bool news = s->row->failing_ms || s->unsure;
    s->row->worked_ms = at_ms;
    s->row->failing_ms = 0;
    s->unsure = s->told = s->at_once = false;
    s->why[0] = '\0';
    pthread_mutex_unlock(&d->legs->lock);
    if (news)
        say_well(d, s);
}

void leg_works(struct desk *d, enum leg leg, size_t mailbox)
{
    struct state *s = find(d->legs, leg, mailbox);
    if (s)
        works(d, s, clock_now_ms());
}

bool leg_is_failing(struct desk *d, enum leg leg, size_t mailbox)
{
    const struct state *s = find(d->legs, leg, mailbox);
    return s && s->row->failing_ms;
}

/* The clients of the two systems tell their budget, which knows also of the command line's calls. */
static void ask_budget(struct desk *d, enum leg leg, struct budget *budget)
{
    struct state *s = find(d->legs, leg, 0);
    char why[512];
    if (!s || !budget)
        return;
    int64_t since_ms = budget_failing(budget, why, sizeof(why)), reached_ms = budget_contact(budget);
    if (since_ms)
        fails(d, s, since_ms, why, false);
    else if (reached_ms >= d->legs->started_ms && reached_ms > s->row->worked_ms)
        works(d, s, reached_ms);
}

void legs_judge(struct desk *d)
{
    ask_budget(d, LEG_AUTOTASK, d->budget);
    ask_budget(d, LEG_QUICKBOOKS, d->accounting ? d->accounting->budget : NULL);
    for (size_t i = 0; i < d->legs->n; i++) {
        struct state *s = &d->legs->states[i], copy;
        pthread_mutex_lock(&d->legs->lock);
        bool due = is_due(d, s, &copy);
        pthread_mutex_unlock(&d->legs->lock);
        if (due)
            tell(d, s, &copy);
    }
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* desk: opening and closing what the flow shares, and handing out the directory of the day. See desk.h. */
#include "errors.h"

#include <poll.h>
#include <unistd.h>

static int open_outboxes(struct desk *d, struct err *e)
{
    const struct conf *conf = d->conf;
    d->outboxes = mem_alloc(conf->n_mailboxes * sizeof(*d->outboxes));
    for (size_t i = 0; i < conf->n_mailboxes; i++) {
        struct outbox_options o = {.smtp = &conf->mailboxes[i].smtp,
                                   .helo_name = d->message_id_host,
                                   .connections = 2,
                                   .stop_fd = d->stop_fd};
        if (outbox_smtp_init(&d->outboxes[i], &o, e) != 0)
            return err_wrap(e, "mailbox %s", conf->mailboxes[i].name);
    }
    if (ways_open(d, e) != 0)
        return -1;
    legs_open(d);
    return 0;
}

static int open_autotask(struct desk *d, struct err *e)
{
    const struct conf *conf = d->conf;
    struct buf dir = BUF_INIT(4096);
    struct http_options http = {.ca_file = conf->autotask.ca_file, .stop_fd = d->stop_fd};
    buf_printf(&dir, "%s/slots", conf->journal.path);
    /* before the first start a tool of the command line makes nothing */
    bool shared = d->journal || access(conf->journal.path, F_OK) == 0;
    int rc = http_curl_init(&d->http, &http, e);
    if (rc == 0)
        rc = budget_open(&d->budget, shared ? dir.data : NULL, "autotask", conf->autotask.in_flight,
                         conf->autotask.calls_per_hour, e);
    struct autotask_options o = {
        .conf = conf, .http = &d->http, .budget = d->budget, .state_dir = conf->journal.path};
    if (rc == 0)
        rc = autotask_new(&d->autotask, &o, e);
    buf_release(&dir);
    return rc;
}

/* Our Message-IDs end in the domain of our address; the local part tells ours from others'. */
static void set_message_id_host(struct desk *d)
{
    const char *at = strrchr(d->conf->mailboxes[0].address, '@');
    snprintf(d->message_id_host, sizeof(d->message_id_host), "frontdesk.%s", at ? at + 1 : "localhost");
}

static void list_topics(struct desk *d)
{
    const struct howto *h = templates_howtos(d->templates, &d->n_topics);
    d->topics = mem_alloc((d->n_topics + 1) * sizeof(*d->topics));
    for (size_t i = 0; i < d->n_topics; i++)
        d->topics[i] = (struct command_topic){h[i].name, h[i].keywords};
}

static void init_reading(struct desk *d)
{
    pthread_rwlockattr_t attr;
    pthread_rwlockattr_init(&attr);
    pthread_rwlockattr_setkind_np(&attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&d->reading, &attr);
    pthread_rwlockattr_destroy(&attr);
}

/* Reading costs the processor only: no more than there are, and none that no worker would use. */
static unsigned readers_of(const struct conf *conf)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    unsigned most = processors > 2 ? (unsigned)processors : 2;
    return conf->limits.workers < most ? conf->limits.workers : most;
}

int desk_open(struct desk *d, const struct desk_options *options, struct buf *problems, struct err *e)
{
    *d = (struct desk){.conf = options->conf, .journal = options->journal, .stop_fd = options->stop_fd};
    pthread_mutex_init(&d->lock, NULL);
    pthread_mutex_init(&d->digest, NULL);
    init_reading(d);
    d->turns = turns_new();
    d->cage = cage_new(readers_of(options->conf));
    cage_on_question(d->cage, reading_pauses, reading_goes_on);
    set_message_id_host(d);
    if (templates_open(&d->templates, d->conf, !options->without_own, problems, e) != 0)
        return -1;
    list_topics(d);
    if (errors_load(&d->rules, d->conf, problems, options->rule_problems ? options->rule_problems : problems,
                    e) != 0)
        return -1;
    if (open_autotask(d, e) != 0)
        return -1;
    bool shared = d->journal || access(d->conf->journal.path, F_OK) == 0;
    if (options->with_books && accounting_open(&d->accounting, d->conf, d->stop_fd, shared, e) != 0)
        return -1;
    return options->with_outboxes ? open_outboxes(d, e) : 0;
}

bool desk_stopping(const struct desk *d)
{
    struct pollfd fd = {.fd = d->stop_fd, .events = POLLIN};
    return poll(&fd, 1, 0) > 0;
}

void desk_people_put(struct desk *d, struct desk_people *people)
{
    if (!people)
        return;
    pthread_mutex_lock(&d->lock);
    bool last = --people->users == 0;
    pthread_mutex_unlock(&d->lock);
    if (!last)
        return;
    names_index_free(&people->names);
    directory_unref(&people->directory);
    free(people);
}

struct desk_people *desk_people_get(struct desk *d)
{
    pthread_mutex_lock(&d->lock);
    struct desk_people *people = d->people;
    if (people)
        people->users++;
    pthread_mutex_unlock(&d->lock);
    return people;
}

int desk_refresh(struct desk *d, struct buf *problems, struct err *e)
{
    struct directory *fresh;
    if (autotask_directory_load(d->autotask, &fresh, problems, e) != 0)
        return -1;
    struct desk_people *people = mem_alloc(sizeof(*people)), *old;
    *people = (struct desk_people){.directory = fresh, .names = names_index_new(fresh), .users = 1};
    names_index_topics(people->names, d->topics, d->n_topics);
    pthread_mutex_lock(&d->lock);
    old = d->people;
    d->people = people;
    pthread_mutex_unlock(&d->lock);
    desk_people_put(d, old);
    LOG(LOG_INFO, "desk", "directory", LN("resources", fresh->n_resources));
    return 0;
}

void desk_close(struct desk *d)
{
    struct desk_people *people = d->people;
    d->people = NULL;
    desk_people_put(d, people);
    for (size_t i = 0; d->outboxes && i < d->conf->n_mailboxes; i++)
        outbox_release(&d->outboxes[i]);
    free(d->outboxes);
    outbox_release(&d->second);
    legs_close(d);
    accounting_close(&d->accounting);
    autotask_free(&d->autotask);
    budget_close(&d->budget);
    http_release(&d->http);
    free(d->topics);
    diagnose_rules_free(&d->rules);
    templates_free(&d->templates);
    pthread_mutex_destroy(&d->lock);
    pthread_mutex_destroy(&d->digest);
    pthread_rwlock_destroy(&d->reading);
    cage_free(&d->cage);
    free(d->unkept);
    free(d->loops);
    free(d->sent);
    turns_free(&d->turns);
}

const struct conf_mailbox *desk_mailbox(const struct desk *d, const char *name, size_t *index)
{
    for (size_t i = 0; i < d->conf->n_mailboxes; i++) {
        if (strcmp(d->conf->mailboxes[i].name, name) == 0) {
            *index = i;
            return &d->conf->mailboxes[i];
        }
    }
    return NULL;
}

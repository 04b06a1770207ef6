/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reading: what a check needs, from both systems side by side: a thread a list of QuickBooks, Autotask's
 * lists by its own threads, while this thread waits. Each list has a pool of its own, since a pool is one
 * thread's.
 */
#include "check_private.h"

#include <pthread.h>

enum { READ_POOL_MAX = 128 << 20, QUICKBOOKS_LISTS = 6, AUTOTASK_READS = 3 };

struct reading;

/* One list: read by a thread of its own. */
struct list {
    struct reading *all;
    int (*read)(struct list *l);
    enum check_unread is;
    struct pool *pool;
    struct err e;
    int rc;
    pthread_t thread;
    bool started;
};

struct reading {
    const struct check *check;
    const struct check_sources *sources;
    struct check_rows *rows;
    unsigned parts; /* of autotask_books_part */
    struct list lists[QUICKBOOKS_LISTS + AUTOTASK_READS];
    size_t n;
};

/* --- the lists --- */

static int read_items(struct list *l)
{
    return quickbooks_items(l->all->sources->quickbooks, l->pool, &l->all->rows->items, &l->e);
}

static int read_accounts(struct list *l)
{
    return quickbooks_accounts(l->all->sources->quickbooks, l->pool, &l->all->rows->accounts, &l->e);
}

static int read_terms(struct list *l)
{
    return quickbooks_terms(l->all->sources->quickbooks, l->pool, &l->all->rows->terms, &l->e);
}

static int read_customers(struct list *l)
{
    return quickbooks_customers(l->all->sources->quickbooks, l->pool, &l->all->rows->customers, &l->e);
}

static int read_preferences(struct list *l)
{
    return quickbooks_preferences(l->all->sources->quickbooks, l->pool, &l->all->rows->preferences, &l->e);
}

static int read_parties(struct list *l)
{
    const struct check_rows *rows = l->all->rows;
    return quickbooks_parties_named(l->all->sources->quickbooks, rows->argument, l->pool,
                                    &l->all->rows->parties, &l->e);
}

static int read_autotask(struct list *l)
{
    return autotask_books(l->all->sources->autotask, l->all->parts, l->pool, &l->all->rows->autotask, &l->e);
}

static int read_more(struct list *l)
{
    return l->all->check->read(l->all->rows, l->all->sources, l->pool, &l->e);
}

static int read_access(struct list *l)
{
    unsigned parts = l->all->parts | l->all->check->sight;
    return autotask_access(l->all->sources->autotask, parts, false, l->pool, &l->all->rows->access, &l->e);
}

/* For people: what came, and how much of it. */
static void tell(const struct list *l, const char *what, size_t rows)
{
    const struct check_sources *s = l->all->sources;
    if (s->progress && l->rc == 0)
        s->progress(s->progress_self, what, rows);
}

static void tell_all(const struct list *l)
{
    const struct check_rows *rows = l->all->rows;
    if (l->read == read_items)
        tell(l, "items", rows->items.n);
    else if (l->read == read_accounts)
        tell(l, "accounts", rows->accounts.n);
    else if (l->read == read_customers)
        tell(l, "customers", rows->customers.n);
    else if (l->read == read_autotask && l->all->parts & AT_BOOKS_CODES)
        tell(l, "billing codes", rows->autotask.codes.n);
    else if (l->read == read_autotask)
        tell(l, "organizations", rows->autotask.customers.n);
}

static const struct {
    unsigned bit;
    int (*read)(struct list *l);
    enum check_unread is;
} quickbooks_lists[QUICKBOOKS_LISTS] = {
    {CHECK_ITEMS, read_items, CHECK_UNREAD_ITEMS},
    {CHECK_ACCOUNTS, read_accounts, CHECK_UNREAD_ACCOUNTS},
    {CHECK_TERMS, read_terms, CHECK_UNREAD_TERMS},
    {CHECK_CUSTOMERS, read_customers, CHECK_UNREAD_CUSTOMERS},
    {CHECK_PREFERENCES, read_preferences, CHECK_UNREAD_PREFERENCES},
    {CHECK_PARTIES, read_parties, CHECK_UNREAD_PARTIES},
};

/* --- side by side --- */

static void *run_list(void *self)
{
    struct list *l = self;
    l->rc = l->read(l);
    tell_all(l);
    return NULL;
}

static void start(struct reading *all, int (*read)(struct list *l), enum check_unread is)
{
    struct list *l = &all->lists[all->n++];
    *l = (struct list){.all = all, .read = read, .is = is, .pool = pool_new(READ_POOL_MAX), .e = ERR_INIT};
    l->started = pthread_create(&l->thread, NULL, run_list, l) == 0;
    if (!l->started)
        run_list(l);
}

/* The first failure, in the order of the lists, is the one that is told. */
static int finish(struct reading *all, struct check_result *out, struct err *e)
{
    int rc = 0;
    for (size_t i = 0; i < all->n; i++) {
        struct list *l = &all->lists[i];
        if (l->started)
            pthread_join(l->thread, NULL);
        if (l->rc != 0 && rc == 0) {
            rc = -1;
            *e = l->e;
            out->unread = l->is;
        }
        out->lists[out->n_lists++] = l->pool;
    }
    return rc;
}

/* Services and the like are read only where the settings say that they are compared. */
static unsigned parts_of(const struct check *check, const struct conf *conf)
{
    static const struct {
        unsigned also, part;
    } optional[] = {{CONF_ALSO_SERVICES, AT_BOOKS_SERVICES},
                    {CONF_ALSO_BUNDLES, AT_BOOKS_BUNDLES},
                    {CONF_ALSO_PRODUCTS, AT_BOOKS_PRODUCTS}};
    unsigned parts = check->autotask;
    for (size_t i = 0; i < ARRAY_LEN(optional); i++) {
        if (!(conf->firm.match_also & optional[i].also) || conf->firm.match_by_number)
            parts &= ~optional[i].part;
    }
    return parts;
}

static int read_rows(struct check_result *out, const struct check *check, const struct check_sources *sources,
                     struct check_rows *rows, struct err *e)
{
    struct reading all = {.check = check, .sources = sources, .rows = rows};
    all.parts = parts_of(check, sources->conf);
    for (size_t i = 0; rows->online && i < ARRAY_LEN(quickbooks_lists); i++) {
        if (check->quickbooks & quickbooks_lists[i].bit)
            start(&all, quickbooks_lists[i].read, quickbooks_lists[i].is);
    }
    start(&all, read_autotask, CHECK_UNREAD_LISTS);
    start(&all, read_access, CHECK_UNREAD_RIGHTS);
    if (check->read)
        start(&all, read_more, CHECK_UNREAD_INVOICES);
    if (finish(&all, out, e) != 0)
        return -1;
    if (!check->read_after || check->read_after(rows, sources, out->lists[0], e) == 0)
        return 0;
    out->unread = CHECK_UNREAD_TRANSACTIONS;
    return -1;
}

static int check_sources_suffice(const struct check *check, const char *argument,
                                 const struct check_sources *sources, struct err *e)
{
    const struct conf *conf = sources->conf;
    if (conf->firm.integration == CONF_INTEGRATION_NONE)
        return err_set(e, ERR_CONFIG,
                       "%s: firm.integration is missing: checks need it to know what to compare", conf->path);
    if (conf->firm.integration != CONF_QBD && !sources->quickbooks)
        return err_set(e, ERR_CONFIG, "%s: the group quickbooks is missing: there is nothing to compare with",
                       conf->path);
    if (check->argument == CHECK_NO_ARGUMENT && argument[0])
        return err_set(e, ERR_USAGE, "check %s takes nothing behind it", check->name);
    if (check->argument != CHECK_NO_ARGUMENT && !argument[0])
        return err_set(e, ERR_USAGE, "check %s needs %s behind it", check->name, check->argument_words);
    return 0;
}

int check_run(struct check_result *out, const struct check *check, const char *argument,
              const struct check_sources *sources, struct err *e)
{
    *out = (struct check_result){.pool = NULL};
    if (check_sources_suffice(check, argument, sources, e) != 0)
        return -1;
    struct check_rows rows = {.conf = sources->conf,
                              .argument = argument,
                              .now_ms = clock_now_ms(),
                              .client = sources->autotask,
                              .online = sources->conf->firm.integration != CONF_QBD};
    if (read_rows(out, check, sources, &rows, e) != 0) {
        check_release(out);
        return -1;
    }
    out->pool = pool_new(READ_POOL_MAX);
    check_compare(&out->report, out->pool, check, &rows);
    return 0;
}

void check_release(struct check_result *r)
{
    report_release(&r->report);
    for (size_t i = 0; i < r->n_lists; i++)
        pool_free(&r->lists[i]);
    r->n_lists = 0;
    pool_free(&r->pool);
}

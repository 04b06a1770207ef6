/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reading: what a check needs, from both systems side by side: a thread a list of QuickBooks, Autotask's
 * lists by its own threads, while this thread waits. Each list has a pool of its own, since a pool is one
 * thread's.
 *
 * A session keeps the lists that it has read, so that a diagnosis over twenty invoices reads them once.
 */
#include "check_private.h"

#include <pthread.h>
#include <stdatomic.h>

enum { READ_POOL_MAX = 128 << 20, QUICKBOOKS_LISTS = 9, AUTOTASK_READS = 3, MOST_KEPT = 40 };

struct check_session {
    const struct check_sources *sources;
    struct check_rows rows;        /* the lists that were read */
    unsigned quickbooks, autotask; /* which of them */
    unsigned sight;                /* of which parts it was asked whether rows can be hidden */
    struct pool *pools[MOST_KEPT];
    size_t n_pools;
    struct err failed; /* what could not be read; nothing more is asked for */
};

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
    struct check_session *session;
    struct check_rows *rows;
    unsigned parts, sight; /* of autotask_books_part: to be read; asked whether rows can be hidden */
    struct autotask_books books;
    struct list lists[QUICKBOOKS_LISTS + AUTOTASK_READS];
    size_t n;
    atomic_size_t done; /* of them */
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

static int read_tax_codes(struct list *l)
{
    return quickbooks_tax_codes(l->all->sources->quickbooks, l->pool, &l->all->rows->deep.tax_codes, &l->e);
}

static int read_tax_rates(struct list *l)
{
    return quickbooks_tax_rates(l->all->sources->quickbooks, l->pool, &l->all->rows->deep.tax_rates, &l->e);
}

static int read_company(struct list *l)
{
    return quickbooks_company(l->all->sources->quickbooks, l->pool, &l->all->rows->deep.company, &l->e);
}

static int read_autotask(struct list *l)
{
    return autotask_books(l->all->sources->autotask, l->all->parts, l->pool, &l->all->books, &l->e);
}

static int read_more(struct list *l)
{
    return l->all->check->read(l->all->rows, l->all->sources, l->pool, &l->e);
}

static int read_access(struct list *l)
{
    return autotask_access(l->all->sources->autotask, l->all->sight, false, l->pool, &l->all->rows->access,
                           &l->e);
}

/* Questions of one session share what was asked about sight, and each hears of what it reads itself. */
static void keep_access_of(struct check_rows *rows, struct pool *pool, unsigned parts)
{
    const struct autotask_accesses all = rows->access;
    rows->access = (struct autotask_accesses){.v = pool_array(pool, all.n + 1, sizeof(*all.v))};
    for (size_t i = 0; i < all.n; i++) {
        if (all.v[i].part & parts)
            rows->access.v[rows->access.n++] = all.v[i];
    }
}

/* For people: what came, and how much of it. */
static struct check_progress came(const struct list *l)
{
    const struct check_rows *rows = l->all->rows;
    if (l->rc != 0)
        return (struct check_progress){.what = NULL};
    if (l->read == read_items)
        return (struct check_progress){"items", rows->items.n, 0, 0};
    if (l->read == read_accounts)
        return (struct check_progress){"accounts", rows->accounts.n, 0, 0};
    if (l->read == read_customers)
        return (struct check_progress){"customers", rows->customers.n, 0, 0};
    if (l->read == read_autotask && l->all->parts & AT_BOOKS_CODES)
        return (struct check_progress){"billing codes", l->all->books.codes.n, 0, 0};
    if (l->read == read_autotask)
        return (struct check_progress){"organizations", l->all->books.customers.n, 0, 0};
    return (struct check_progress){.what = NULL};
}

static void tell(struct list *l)
{
    const struct check_sources *s = l->all->sources;
    struct check_progress p = came(l);
    p.done = atomic_fetch_add(&l->all->done, 1) + 1;
    p.of = l->all->n + (l->all->check->read_after != NULL);
    if (s->progress)
        s->progress(s->progress_self, &p);
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
    {CHECK_TAXES, read_tax_codes, CHECK_UNREAD_PREFERENCES},
    {CHECK_TAXES, read_tax_rates, CHECK_UNREAD_PREFERENCES},
    {CHECK_COMPANY, read_company, CHECK_UNREAD_PREFERENCES},
};

/* --- side by side --- */

static void *run_list(void *self)
{
    struct list *l = self;
    l->rc = l->read(l);
    tell(l);
    return NULL;
}

static void want(struct reading *all, int (*read)(struct list *l), enum check_unread is)
{
    struct list *l = &all->lists[all->n++];
    *l = (struct list){.all = all, .read = read, .is = is, .pool = pool_new(READ_POOL_MAX), .e = ERR_INIT};
}

static void start(struct reading *all)
{
    for (size_t i = 0; i < all->n; i++) {
        struct list *l = &all->lists[i];
        l->started = pthread_create(&l->thread, NULL, run_list, l) == 0;
        if (!l->started)
            run_list(l);
    }
}

/* Lists that belong to one question only; the others are the same for each. */
static bool is_of_question(const struct list *l)
{
    return l->read == read_parties || l->read == read_more;
}

static void keep_pool(struct list *l, struct check_result *out)
{
    struct check_session *s = l->all->session;
    if (s && !is_of_question(l) && s->n_pools < MOST_KEPT)
        s->pools[s->n_pools++] = l->pool;
    else
        out->lists[out->n_lists++] = l->pool;
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
        keep_pool(l, out);
    }
    return rc;
}

static void merge_books(struct autotask_books *into, const struct autotask_books *read, unsigned parts)
{
    if (parts & AT_BOOKS_CODES)
        into->codes = read->codes;
    if (parts & AT_BOOKS_SERVICES)
        into->services = read->services;
    if (parts & AT_BOOKS_BUNDLES)
        into->bundles = read->bundles;
    if (parts & AT_BOOKS_PRODUCTS)
        into->products = read->products;
    if (parts & AT_BOOKS_MILESTONES)
        into->milestones = read->milestones;
    if (parts & AT_BOOKS_TERMS)
        into->terms = read->terms;
    if (parts & AT_BOOKS_TAXES)
        into->taxes = read->taxes;
    if (parts & AT_BOOKS_CUSTOMERS)
        into->customers = read->customers;
    if (parts & AT_BOOKS_ROLES)
        into->roles = read->roles;
    into->denied |= read->denied;
    into->absent |= read->absent;
}

/* The lists of this reading are there for the next ones. */
static void keep_lists(struct check_session *s, const struct check_rows *rows, unsigned quickbooks,
                       const struct reading *all)
{
    s->rows.autotask = rows->autotask;
    s->rows.access = rows->access;
    s->rows.items = rows->items;
    s->rows.accounts = rows->accounts;
    s->rows.terms = rows->terms;
    s->rows.customers = rows->customers;
    s->rows.preferences = rows->preferences;
    s->rows.deep.tax_codes = rows->deep.tax_codes;
    s->rows.deep.tax_rates = rows->deep.tax_rates;
    s->rows.deep.company = rows->deep.company;
    s->quickbooks |= quickbooks & ~(unsigned)CHECK_PARTIES;
    s->autotask |= all->parts;
    s->sight = all->sight;
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
                     struct check_session *session, struct check_rows *rows, struct err *e)
{
    struct reading all = {.check = check, .sources = sources, .session = session, .rows = rows};
    unsigned parts = parts_of(check, sources->conf), quickbooks = check->quickbooks;
    quickbooks |= session ? check->deep : 0;
    all.parts = parts & ~(session ? session->autotask : 0U);
    all.sight = parts | check->sight | (session ? session->sight : 0U);
    for (size_t i = 0; rows->online && i < ARRAY_LEN(quickbooks_lists); i++) {
        if (quickbooks & quickbooks_lists[i].bit & ~(session ? session->quickbooks : 0U))
            want(&all, quickbooks_lists[i].read, quickbooks_lists[i].is);
    }
    if (all.parts)
        want(&all, read_autotask, CHECK_UNREAD_LISTS);
    if (all.sight & ~(session ? session->sight : 0U))
        want(&all, read_access, CHECK_UNREAD_RIGHTS);
    if (check->read)
        want(&all, read_more, CHECK_UNREAD_INVOICES);
    start(&all);
    if (finish(&all, out, e) != 0)
        return -1;
    merge_books(&rows->autotask, &all.books, all.parts);
    if (session && all.sight)
        keep_lists(session, rows, quickbooks, &all);
    struct pool *pool = pool_new(READ_POOL_MAX);
    out->lists[out->n_lists++] = pool;
    keep_access_of(rows, pool, parts | check->sight);
    if (!check->read_after || check->read_after(rows, sources, pool, e) == 0)
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

static int run(struct check_result *out, struct check_session *session, const struct check_question *q,
               const struct check_sources *sources, struct err *e)
{
    struct check_rows rows = {.conf = NULL};
    *out = (struct check_result){.company = ""};
    if (check_sources_suffice(q->check, q->argument, sources, e) != 0)
        return -1;
    if (session)
        rows = session->rows;
    rows.conf = sources->conf;
    rows.argument = q->argument;
    rows.now_ms = clock_now_ms();
    rows.client = sources->autotask;
    rows.online = sources->conf->firm.integration != CONF_QBD;
    rows.deep.wanted = session != NULL;
    rows.deep.id_first = q->by_id;
    rows.deep.number_said = q->number_said ? q->number_said : "";
    if (read_rows(out, q->check, sources, session, &rows, e) != 0) {
        check_release(out);
        return -1;
    }
    out->pool = pool_new(READ_POOL_MAX);
    out->company = rows.named.n ? rows.named.v[0].name : "";
    if (q->check->argument == CHECK_NUMBER && rows.invoices.n)
        out->invoice = rows.invoices.v[0];
    check_compare(&out->report, out->pool, q->check, &rows);
    return 0;
}

int check_run(struct check_result *out, const struct check *check, const char *argument,
              const struct check_sources *sources, struct err *e)
{
    struct check_question q = {.check = check, .argument = argument};
    return run(out, NULL, &q, sources, e);
}

/* --- sessions --- */

struct check_session *check_session_new(const struct check_sources *sources)
{
    struct check_session *s = mem_alloc(sizeof(*s));
    *s = (struct check_session){.sources = sources, .failed = ERR_INIT};
    return s;
}

void check_session_free(struct check_session **s)
{
    for (size_t i = 0; *s && i < (*s)->n_pools; i++)
        pool_free(&(*s)->pools[i]);
    free(*s);
    *s = NULL;
}

/* A system that is away or refuses the login: asking twenty times would take as many deadlines. What only one
 * question may not read is no reason to leave the others out. */
static bool is_lasting(const struct err *e)
{
    return err_class(e) == ERR_CLASS_RETRY || e->code == ERR_LOGIN || e->code == ERR_CREDENTIALS;
}

int check_session_run(struct check_session *s, struct check_result *out, const struct check_question *q,
                      struct err *e)
{
    *out = (struct check_result){.company = ""};
    if (s->failed.code != ERR_NONE && q->check->autotask)
        return *e = s->failed, -1;
    int rc = run(out, s, q, s->sources, e);
    if (rc != 0 && is_lasting(e))
        s->failed = *e;
    return rc;
}

void check_release(struct check_result *r)
{
    report_release(&r->report);
    for (size_t i = 0; i < r->n_lists; i++)
        pool_free(&r->lists[i]);
    r->n_lists = 0;
    pool_free(&r->pool);
}

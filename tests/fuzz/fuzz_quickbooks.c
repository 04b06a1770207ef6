/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_quickbooks: the input is what QuickBooks answers, call by call ("200 body", NUL, "500 body" ...), to
 * one of the reads. Nothing but a GET or a POST of a query leaves; the token goes to QuickBooks only and
 * stands in no error; what is read is clean; a read never leaves anything in doubt.
 */
#include "fuzz.h"

#include "frontdesk/quickbooks.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#define API   "http://127.0.0.1:9/books"
#define TOKEN "http://127.0.0.1:8/token"

enum { MOST_CALLS = 40 };

static char dir[64], secret_file[100], token_file[100], lines_file[120];
static char realm[] = "9341452098766543", client[] = "ABclient", redirect[] = "https://x.test/cb",
            consent[] = "http://127.0.0.1:8/consent", token_url[] = TOKEN, api_url[] = API;
static struct conf_quickbooks books = {.realm = realm,
                                       .client_id = client,
                                       .client_secret_file = secret_file,
                                       .token_file = token_file,
                                       .redirect_url = redirect,
                                       .consent_url = consent,
                                       .token_url = token_url,
                                       .api_url = api_url};
static struct conf conf = {.quickbooks = &books};

static const char stored[] =
    "{\"account\":\"9341452098766543\",\"client_id\":\"ABclient\",\"access_token\":\"at-not-for-you\","
    "\"refresh_token\":\"rt-not-for-you\",\"access_ends_ms\":9000000000000,\"refreshed_ms\":8000000000000}";

/* Pages are asked for by several threads. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

struct peer {
    struct slice input;
    struct scan answers;
    unsigned calls;
};

static bool holds(const struct http_request *r, const char *part)
{
    for (const char *const *h = r->headers; *h; h++) {
        if (strstr(*h, part))
            return true;
    }
    return slice_find(r->body, slice_of(part)) >= 0;
}

static int answer_token(const struct http_request *r, struct http_response *response)
{
    ENSURE(strcmp(r->url, TOKEN) == 0 && !holds(r, "at-not-for-you"));
    response->status = 200;
    buf_puts(&response->body,
             "{\"access_token\":\"at-second-not-for-you\",\"refresh_token\":\"rt-not-for-you\"}");
    return 0;
}

static int answer_next(void *self, const struct http_request *r, struct http_response *response,
                       struct err *e)
{
    struct peer *p = self;
    uint64_t status = 0;
    *response = (struct http_response){.body = BUF_INIT(1 << 20)};
    ENSURE(fuzz_is_clean(slice_of(r->url)));
    if (!slice_starts(slice_of(r->url), SLICE(API "/v3/company/9341452098766543/")))
        return answer_token(r, response);
    ENSURE(++p->calls <= MOST_CALLS && !holds(r, "rt-not-for-you"));
    bool get = strcmp(r->method, "GET") == 0 && r->body.len == 0;
    ENSURE(get || (strcmp(r->method, "POST") == 0 && slice_starts(r->body, SLICE("SELECT ")) &&
                   strstr(r->url, "/query?minorversion=75")));
    struct scan c = scan_of(fuzz_field(&p->answers));
    if (!slice_to_u64(scan_while(&c, "0123456789"), 100, 599, &status))
        return err_set(e, p->calls % 2 ? ERR_UNKNOWN_OUTCOME : ERR_CONNECT, "the connection was lost");
    scan_char(&c, ' ');
    response->status = (long)status;
    response->retry_after_s = status == 429 ? 7 : 0;
    snprintf(response->trace, sizeof(response->trace), "1-trace");
    buf_slice(&response->body, scan_rest(&c));
    return 0;
}

static int answer(void *self, const struct http_request *r, struct http_response *response, struct err *e)
{
    pthread_mutex_lock(&lock);
    int rc = answer_next(self, r, response, e);
    pthread_mutex_unlock(&lock);
    return rc;
}

static void write_file(const char *path, const char *text)
{
    unlink(path);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    ENSURE(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) && close(fd) == 0);
}

static void remove_dir(void)
{
    fuzz_remove_dir(dir);
}

static struct budget *prepare(void)
{
    static struct budget *budget;
    struct err e = ERR_INIT;
    if (budget)
        return budget;
    log_set_output(-1, false);
    snprintf(dir, sizeof(dir), "%s/fuzz-books-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    ENSURE(mkdtemp(dir));
    snprintf(secret_file, sizeof(secret_file), "%s/secret", dir);
    snprintf(token_file, sizeof(token_file), "%s/token", dir);
    snprintf(lines_file, sizeof(lines_file), "%s/token.refused", dir);
    write_file(secret_file, "client-not-for-you");
    ENSURE(budget_open(&budget, NULL, "quickbooks", 4, 0, &e) == 0);
    atexit(remove_dir);
    return budget;
}

/* --- what was read --- */

static void check(const char *text, size_t most)
{
    ENSURE(text && strlen(text) <= most && fuzz_is_clean(slice_of(text)) && fuzz_is_utf8(slice_of(text)));
}

static int try_items(struct quickbooks *qb, struct pool *pool, bool named, struct err *e)
{
    struct quickbooks_items all;
    int rc =
        named ? quickbooks_items_named(qb, "O'Brien", pool, &all, e) : quickbooks_items(qb, pool, &all, e);
    for (size_t i = 0; i < all.n; i++) {
        const struct quickbooks_item *x = &all.v[i];
        check(x->id, 40), check(x->name, 500), check(x->full_name, 2600), check(x->sku, 500);
        check(x->type_name, 100), check(x->parent_id, 40), check(x->income_account_id, 40);
        check(x->income_account_name, 2600), check(x->tax_code_id, 40);
        ENSURE(x->type <= QB_ITEM_CATEGORY && x->unit_price <= JSON_WHOLE_MAX);
        ENSURE(quickbooks_bare_name(x->name).len <= strlen(x->name));
    }
    ENSURE(rc == 0 || all.n == 0);
    return rc;
}

static int try_lists(struct quickbooks *qb, struct pool *pool, struct err *e)
{
    struct quickbooks_accounts accounts;
    struct quickbooks_terms terms;
    struct quickbooks_tax_codes codes;
    if (quickbooks_accounts(qb, pool, &accounts, e) != 0 || quickbooks_terms(qb, pool, &terms, e) != 0 ||
        quickbooks_tax_codes(qb, pool, &codes, e) != 0)
        return -1;
    for (size_t i = 0; i < accounts.n; i++)
        check(accounts.v[i].number, 100), check(accounts.v[i].type, 100), check(accounts.v[i].name, 500);
    for (size_t i = 0; i < terms.n; i++)
        check(terms.v[i].id, 40), check(terms.v[i].name, 500);
    for (size_t i = 0; i < codes.n; i++)
        check(codes.v[i].name, 500), check(codes.v[i].description, 500);
    return 0;
}

static int try_people(struct quickbooks *qb, struct pool *pool, bool named, struct err *e)
{
    struct quickbooks_customers all;
    int rc =
        named ? quickbooks_parties_named(qb, "x\\y", pool, &all, e) : quickbooks_customers(qb, pool, &all, e);
    for (size_t i = 0; i < all.n; i++) {
        const struct quickbooks_customer *x = &all.v[i];
        check(x->id, 40), check(x->name, 500), check(x->email, 500), check(x->term_id, 40);
        ENSURE(x->party <= QB_EMPLOYEE && (named || x->party == QB_CUSTOMER));
    }
    return rc;
}

static void check_invoice(const struct quickbooks_invoice *x)
{
    check(x->id, 40), check(x->number, 100), check(x->date, 40), check(x->customer_name, 2600);
    check(x->private_note, 4000), check(x->tax_code_id, 40), check(x->tax_calculation, 100);
    for (size_t i = 0; i < x->n_lines; i++)
        check(x->lines[i].description, 4000), check(x->lines[i].item_name, 2600),
            check(x->lines[i].kind, 100);
}

static int try_invoices(struct quickbooks *qb, struct pool *pool, bool one, struct err *e)
{
    struct quickbooks_invoices all = {.n = 0};
    struct quickbooks_invoice single;
    int rc = one ? quickbooks_invoice_by_id(qb, "145", pool, &single, e)
                 : quickbooks_invoices_numbered(qb, "1042", pool, &all, e);
    if (one && rc == 0)
        check_invoice(&single);
    for (size_t i = 0; i < all.n; i++)
        check_invoice(&all.v[i]);
    return rc;
}

static int try_company(struct quickbooks *qb, struct pool *pool, struct err *e)
{
    struct quickbooks_company c;
    struct quickbooks_preferences p;
    int64_t count = 0;
    if (quickbooks_company(qb, pool, &c, e) != 0)
        return -1;
    check(c.name, 500), check(c.subscription, 100), check(c.offering, 100), check(c.timezone, 100);
    if (quickbooks_preferences(qb, pool, &p, e) != 0)
        return -1;
    check(p.book_close_date, 40), check(p.home_currency, 100), check(p.default_term_id, 40);
    int rc = quickbooks_count(qb, "Item", NULL, &count, e);
    ENSURE(rc != 0 || count >= 0);
    return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct peer p = {.input = slice_from((const char *)data, size)};
    p.answers = scan_of(p.input);
    struct http http = {.send = answer, .self = &p};
    struct quickbooks_options o = {.conf = &conf,
                                   .http = &http,
                                   .budget = prepare(),
                                   .state_dir = "/nowhere",
                                   .wait_ms = 1,
                                   .stop_fd = -1};
    struct quickbooks *qb;
    struct err e = ERR_INIT;
    struct pool *pool = pool_new(64 << 20);
    unsigned mode = fuzz_pick(&p.answers, 8);
    write_file(token_file, stored);
    unlink(lines_file);
    ENSURE(quickbooks_new(&qb, &o, &e) == 0);
    int rc = mode < 2   ? try_items(qb, pool, mode == 1, &e)
             : mode < 4 ? try_people(qb, pool, mode == 3, &e)
             : mode < 6 ? try_invoices(qb, pool, mode == 5, &e)
             : mode < 7 ? try_lists(qb, pool, &e)
                        : try_company(qb, pool, &e);
    ENSURE((rc == 0) == (e.code == ERR_NONE));
    ENSURE(err_class(&e) != ERR_CLASS_UNKNOWN && err_class(&e) != ERR_CLASS_SENDER);
    ENSURE(fuzz_is_clean(slice_of(e.text)) && fuzz_is_utf8(slice_of(e.text)));
    ENSURE(!strstr(e.text, "not-for-you") || slice_find(p.input, SLICE("not-for")) >= 0);
    quickbooks_free(&qb);
    pool_free(&pool);
    return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fuzz_autotask: the input is what Autotask answers, call by call ("200 body", NUL, "500 body" ...), to
 * the calls of one ticket, the reading of the directory, or that of the books. The secret goes nowhere but to
 * the zone's own server; a write that met any answer which does not refuse it is in doubt, never "certainly
 * not done"; what is read is clean.
 */
#include "fuzz.h"

#include "frontdesk/autotask_books.h"

#include <sys/stat.h>
#include <unistd.h>

static char dir[64], secret_file[100], zone_url[] = "http://127.0.0.1:9/rest", user[] = "api@x.test";
static struct conf conf = {.autotask = {.zone_url = zone_url, .user = user}};

struct peer {
    struct slice input;
    struct scan answers;
    bool own_zone; /* the first call is answered from the input too */
    unsigned calls;
    long status; /* of the last answer */
    bool wrote;
};

static void check_request(const struct http_request *r, const struct peer *p)
{
    ENSURE(fuzz_is_clean(slice_of(r->url)) && strlen(r->url) < 4000);
    bool secret = false;
    for (const char *const *h = r->headers; *h; h++) {
        secret = secret || strncmp(*h, "Secret:", 7) == 0;
        ENSURE(fuzz_is_clean(slice_of(*h)));
    }
    bool safe =
        slice_starts_nocase(slice_of(r->url), SLICE("https://")) || http_same_origin(r->url, zone_url);
    ENSURE(!secret || safe);
    ENSURE(!secret || p->own_zone || http_same_origin(r->url, zone_url));
}

static int answer(void *self, const struct http_request *r, struct http_response *response, struct err *e)
{
    struct peer *p = self;
    uint64_t status = 0;
    *response = (struct http_response){.body = BUF_INIT(1 << 20)};
    check_request(r, p);
    p->wrote = strcmp(r->method, "GET") != 0 && !strstr(r->url, "/query");
    if (++p->calls == 1 && !p->own_zone) {
        response->status = 200;
        buf_puts(&response->body,
                 "{\"url\":\"http://127.0.0.1:9/api/\",\"webUrl\":\"http://127.0.0.1:9/web/\"}");
        return 0;
    }
    struct scan c = scan_of(fuzz_field(&p->answers));
    if (!slice_to_u64(scan_while(&c, "0123456789"), 100, 599, &status)) {
        p->status = 0;
        return err_set(e, p->wrote ? ERR_UNKNOWN_OUTCOME : ERR_CONNECT, "the connection was lost");
    }
    scan_char(&c, ' ');
    p->status = response->status = (long)status;
    response->retry_after_s = status == 429 ? 7 : 0;
    buf_slice(&response->body, scan_rest(&c));
    return 0;
}

static void write_file(const char *name, char *path, size_t size)
{
    snprintf(path, size, "%s/%s", dir, name);
    FILE *f = fopen(path, "wx");
    ENSURE(f && fputs("not-for-you", f) >= 0 && fclose(f) == 0 && chmod(path, 0600) == 0);
}

static void remove_dir(void)
{
    fuzz_remove_dir(dir);
}

/* Once: secrets, slots and labels. */
static struct budget *prepare(void)
{
    static char queue[] = "Help Desk", triage[] = "#7", status[] = "new", priority[] = "Medium",
                company[] = "Acme", nick[] = "sal", who[] = "Sarah", none[] = "";
    static struct conf_nickname nicknames[] = {{.who = who, .nick = nick}};
    static struct budget *budget;
    struct err e = ERR_INIT;
    if (budget)
        return budget;
    log_set_output(-1, false);
    snprintf(dir, sizeof(dir), "%s/fuzz-autotask-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    ENSURE(mkdtemp(dir));
    write_file("secret", secret_file, sizeof(secret_file));
    conf.autotask.secret_file = conf.autotask.integration_code_file = secret_file;
    conf.ticket.queue = queue;
    conf.ticket.triage_queue = triage;
    conf.ticket.status = status;
    conf.ticket.priority = priority;
    conf.ticket.company = company;
    conf.ticket.category = conf.ticket.source = none;
    conf.staff.nicknames = nicknames;
    conf.staff.n_nicknames = 1;
    ENSURE(budget_open(&budget, dir, "autotask", 1, 0, &e) == 0);
    atexit(remove_dir);
    return budget;
}

/* For a person, and without our secret (if Autotask does not itself say it). */
static void check_error(const struct err *e, struct slice input)
{
    ENSURE(fuzz_is_clean(slice_of(e->text)) && fuzz_is_utf8(slice_of(e->text)));
    ENSURE(!strstr(e->text, "not-for-you") || slice_find(input, SLICE("not-for")) >= 0);
}

static void try_ticket(struct autotask *at, struct peer *p)
{
    struct autotask_ticket t = {.title = "x", .description = "y", .external_id = "fd-1", .queue_id = 1};
    struct autotask_found found;
    struct err e = ERR_INIT;
    int64_t id = 0;
    bool there;
    p->wrote = false;
    if (autotask_ticket_create(at, &t, &id, &e) == 0) {
        ENSURE(id > 0 && p->status == 200);
        if (autotask_ticket_get(at, id, &found, &e) == 0)
            ENSURE(fuzz_is_clean(slice_of(found.number)) && fuzz_is_clean(slice_of(found.title)));
    } else if (p->wrote) {
        bool doubtful = p->status < 300 || p->status == 500;
        ENSURE(e.code == ERR_UNKNOWN_OUTCOME || err_class(&e) == ERR_CLASS_OPERATOR || e.code == ERR_BUSY);
        ENSURE(p->status != 200 || err_class(&e) == ERR_CLASS_UNKNOWN);
        ENSURE(!doubtful || err_class(&e) != ERR_CLASS_SENDER);
        check_error(&e, p->input);
    }
    e = (struct err)ERR_INIT;
    if (autotask_ticket_by_key(at, "fd-1", &there, &found, &e) == 0)
        ENSURE(!there || strcmp(found.external_id, "fd-1") == 0);
    else
        ENSURE(!there && err_class(&e) != ERR_CLASS_UNKNOWN && err_class(&e) != ERR_CLASS_NONE);
    e = (struct err)ERR_INIT;
    if (autotask_secondary_exists(at, 1, 2, &there, &e) != 0)
        ENSURE(e.code != ERR_NONE);
}

static void check_person(const struct directory_resource *r)
{
    const char *const texts[] = {r->first, r->last, r->user, r->email};
    for (size_t i = 0; i < ARRAY_LEN(texts); i++)
        ENSURE(texts[i] && strlen(texts[i]) <= 254 && fuzz_is_clean(slice_of(texts[i])) &&
               fuzz_is_utf8(slice_of(texts[i])));
    ENSURE(r->assignable == (r->role_id != 0 && !r->why_not[0]));
}

static void try_directory(struct autotask *at)
{
    struct directory *d;
    struct buf problems = BUF_INIT(1 << 16), findings = BUF_INIT(1 << 16);
    struct err e = ERR_INIT;
    if (autotask_directory_load(at, &d, &problems, &e) == 0) {
        for (size_t i = 0; i < d->n_resources; i++) {
            check_person(&d->resources[i]);
            ENSURE(directory_find(d, d->resources[i].id));
        }
        ENSURE(problems.len == 0 && d->queue_name && d->labels.triage_queue == 7);
        directory_unref(&d);
    } else {
        ENSURE(!d && e.code != ERR_NONE && (e.code != ERR_LABEL || problems.len));
    }
    e = (struct err)ERR_INIT;
    ENSURE(autotask_probe(at, &findings, &e) == 0 || e.code != ERR_NONE);
    buf_release(&problems);
    buf_release(&findings);
}

/* --- the books --- */

static void check_text(const char *text)
{
    ENSURE(text && strlen(text) <= 4000 && fuzz_is_clean(slice_of(text)) && fuzz_is_utf8(slice_of(text)));
}

static void check_codes(const struct autotask_codes *all)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct autotask_code *c = &all->v[i];
        const char *const texts[] = {c->name, c->external_number, c->use_name, c->ledger_name, c->type_name};
        for (size_t k = 0; k < ARRAY_LEN(texts); k++)
            check_text(texts[k]);
        ENSURE(!i || all->v[i - 1].id < c->id);
        ENSURE(c->kind < AT_CODE_KINDS && autotask_code_kind_name(c->kind)[0]);
    }
}

static void check_invoices(const struct autotask_invoices *all)
{
    for (size_t i = 0; i < all->n; i++) {
        const struct autotask_invoice *v = &all->v[i];
        check_text(v->number);
        check_text(v->order_number);
        check_text(v->comments);
        check_text(v->tax_region);
        ENSURE(!i || all->v[i - 1].id < v->id);
        ENSURE(v->error == slice_eq_nocase(slice_trim(slice_of(v->number)), SLICE("ERROR")));
    }
}

/* Nothing half-read, and a reason where there is nothing. */
#define CHECK_READ(call, rows)                                                                               \
    do {                                                                                                     \
        e = (struct err)ERR_INIT;                                                                            \
        if ((call) != 0)                                                                                     \
            ENSURE((rows) == 0 && e.code != ERR_NONE && err_class(&e) != ERR_CLASS_UNKNOWN);                 \
    } while (0)

static void try_books(struct autotask *at, struct slice input)
{
    struct pool *pool = pool_new(8 << 20);
    struct autotask_codes codes;
    struct autotask_invoices invoices;
    struct autotask_lines lines;
    struct autotask_terms terms;
    struct autotask_time_entries times;
    static const int64_t ids[] = {3, 1, 2};
    bool more;
    struct err e;
    CHECK_READ(autotask_codes(at, pool, &codes, &e), codes.n);
    check_codes(&codes);
    CHECK_READ(autotask_invoices(at, AT_INVOICES_NO_NUMBER, 1, 0, 3, pool, &invoices, &more, &e), invoices.n);
    ENSURE(invoices.n <= 3);
    check_invoices(&invoices);
    CHECK_READ(autotask_lines(at, 1, pool, &lines, &e), lines.n);
    for (size_t i = 0; i < lines.n; i++)
        ENSURE(lines.v[i].invoice_id == 1 && lines.v[i].type_name && lines.v[i].sub_type_name);
    CHECK_READ(autotask_terms(at, pool, &terms, &e), terms.n + terms.n_templates);
    for (size_t i = 0; i < terms.n_templates; i++)
        check_text(terms.templates[i].term_name);
    CHECK_READ(autotask_time_entries(at, ids, 3, pool, &times, &e), times.n);
    ENSURE(times.n <= 3);
    if (e.code != ERR_NONE)
        check_error(&e, input);
    pool_free(&pool);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct peer p = {.input = slice_from((const char *)data, size)};
    p.answers = scan_of(p.input);
    struct http http = {.send = answer, .self = &p};
    struct autotask_options options = {
        .conf = &conf, .http = &http, .budget = prepare(), .state_dir = "/nowhere"};
    struct autotask *at;
    struct err e = ERR_INIT;
    unsigned mode = fuzz_pick(&p.answers, 6);
    p.own_zone = mode < 4 && mode & 2;
    ENSURE(autotask_new(&at, &options, &e) == 0);
    if (mode >= 4)
        try_books(at, p.input);
    else if (mode & 1)
        try_directory(at);
    else
        try_ticket(at, &p);
    autotask_free(&at);
    return 0;
}

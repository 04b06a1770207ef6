/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * companies: the active ones, by one query in pages of 500. Ten thousand cost twenty calls, so they are read
 * once an hour and kept in the client; each directory in between copies them from there. Without the right to
 * read them the directory has none.
 */
#include "load.h"

enum { MOST_COMPANIES = 20000, HOUR_MS = 3600 * 1000, NAME_BYTES = 400, ADDRESS_BYTES = 255 };

struct reading {
    struct load *load;
    struct directory_company *list;
    size_t n;
    bool own; /* the own company was among them */
};

/* "https://www.Acme.example:8080/en" → "acme.example"; "" when it is no name of a host. */
static const char *domain_of(const char *address, struct pool *pool)
{
    struct scan c = scan_of(slice_trim(slice_of(address)));
    long scheme = slice_find(scan_rest(&c), SLICE("://"));
    if (scheme >= 0)
        c.p += scheme + strlen("://");
    scan_word_nocase(&c, SLICE("www."));
    char *domain = pool_slice(pool, scan_until(&c, ":/?# "));
    bool dot = false;
    for (char *p = domain; *p; p++) {
        *p = (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
        bool letter = (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '-';
        dot = dot || *p == '.';
        if (!letter && (*p != '.' || p == domain || p[-1] == '.' || !p[1]))
            return "";
    }
    return dot ? domain : "";
}

static int take_company(void *self, const struct json *item, struct err *e)
{
    struct reading *r = self;
    struct pool *pool = r->load->pool;
    struct json id = json_get(item, "id"), name = json_get(item, "companyName"),
                web = json_get(item, "webAddress");
    struct directory_company c;
    const char *address;
    if (r->n == MOST_COMPANIES)
        return err_set(e, ERR_PROTOCOL, "more than %d companies", MOST_COMPANIES);
    /* 0 is the own company, so an absent id must not be 0 */
    if (json_int(&id, -1, &c.id, e) != 0 || json_text(&name, NAME_BYTES, pool, &c.name, e) != 0 ||
        json_text(&web, ADDRESS_BYTES, pool, &address, e) != 0)
        return -1;
    if (c.id < 0 || !slice_trim(slice_of(c.name)).len)
        return 0;
    c.domain = domain_of(address, pool);
    r->own = r->own || c.id == 0;
    r->list[r->n++] = c;
    return 0;
}

static int query(struct autotask *at, struct load *l, struct err *e)
{
    static const char body[] =
        "{\"MaxRecords\":500,\"IncludeFields\":[\"id\",\"companyName\",\"webAddress\"],"
        "\"filter\":[{\"op\":\"eq\",\"field\":\"isActive\",\"value\":true}]}";
    struct reading r = {.load = l};
    r.list = pool_array(l->pool, MOST_COMPANIES + 1, sizeof(*r.list));
    int rc = autotask_query(at, "Companies", body, take_company, &r, e);
    bool full = rc != 0 && r.n == MOST_COMPANIES;
    if (rc != 0 && !full && e->code != ERR_PERMISSION)
        return -1;
    if (rc != 0) {
        LOG(LOG_WARN, "autotask", full ? "companies.many" : "companies.unreadable", LS("error", e->text),
            LN("read", r.n));
        *e = (struct err)ERR_INIT;
    }
    if (rc == 0 && !r.own)
        r.list[r.n++] = (struct directory_company){.id = 0, .name = l->conf->firm.name, .domain = ""};
    l->values.companies = r.list;
    l->values.n_companies = full || rc == 0 ? r.n : 0;
    return 0;
}

int load_companies(struct autotask *at, struct load *l, struct err *e)
{
    int64_t now = clock_now_ms();
    if (!at->companies || now - at->companies_ms >= HOUR_MS || now < at->companies_ms) {
        if (query(at, l, e) != 0)
            return -1;
        directory_unref(&at->companies);
        at->companies = directory_build(
            &(struct directory){.companies = l->values.companies, .n_companies = l->values.n_companies});
        at->companies_ms = now;
    }
    l->values.companies = at->companies->companies;
    l->values.n_companies = at->companies->n_companies;
    return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_rows: see check_rows.h. */
#include "check_rows.h"

enum { FIELDS = 8 };

static int64_t number(const char *text)
{
    uint64_t n = 0;
    return slice_to_u64(slice_of(text), 0, INT64_MAX, &n) ? (int64_t)n : 0;
}

static size_t count(const char *text, char kind)
{
    size_t n = 0;
    struct scan c = scan_of(slice_of(text));
    while (!scan_end(&c)) {
        struct slice line = scan_line(&c);
        n += line.len && (line.ptr[0] | 0x20) == (kind | 0x20);
    }
    return n;
}

static void add_code(struct check_world *w, char *const f[FIELDS])
{
    static const struct {
        const char *name;
        enum autotask_code_kind kind;
    } kinds[] = {{"work", AT_CODE_WORK_TYPE},  {"material", AT_CODE_MATERIAL},
                 {"service", AT_CODE_SERVICE}, {"milestone", AT_CODE_MILESTONE},
                 {"expense", AT_CODE_EXPENSE}, {"internal", AT_CODE_INTERNAL},
                 {"!work", AT_CODE_WORK_TYPE}, {"~work", AT_CODE_WORK_TYPE}};
    struct autotask_codes *list = &w->rows.autotask.codes;
    struct autotask_code *c = &list->v[list->n++];
    *c = (struct autotask_code){.id = number(f[1]),
                                .kind = AT_CODE_OTHER,
                                .use_name = "",
                                .name = f[3],
                                .description = "",
                                .external_number = f[4],
                                .ledger_id = number(f[5]),
                                .ledger_name = f[6],
                                .type_name = "",
                                .active = f[2][0] != '!',
                                .unseen = f[2][0] == '~'};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++)
        c->kind = strcmp(kinds[i].name, f[2]) == 0 ? kinds[i].kind : c->kind;
}

static void add_sold(struct autotask_solds *list, enum autotask_sold_kind kind, char *const f[FIELDS])
{
    list->v[list->n++] = (struct autotask_sold){
        .kind = kind, .id = number(f[1]), .name = f[2], .sku = "", .vendor_id = "", .active = true};
}

static void add_item(struct check_world *w, char *const f[FIELDS])
{
    static const struct {
        const char *name;
        enum quickbooks_item_type type;
    } types[] = {{"Service", QB_ITEM_SERVICE},
                 {"Inventory", QB_ITEM_INVENTORY},
                 {"NonInventory", QB_ITEM_NONINVENTORY},
                 {"Group", QB_ITEM_GROUP},
                 {"Category", QB_ITEM_CATEGORY}};
    const char *type = f[2] + (f[2][0] == '!');
    struct quickbooks_item *item = &w->rows.items.v[w->rows.items.n++];
    *item = (struct quickbooks_item){.id = f[1],
                                     .name = f[3],
                                     .full_name = f[5][0] ? f[5] : f[3],
                                     .sku = "",
                                     .type_name = type,
                                     .parent_id = "",
                                     .parent_name = "",
                                     .income_account_id = f[4],
                                     .income_account_name = "",
                                     .active = f[2][0] != '!'};
    for (size_t i = 0; i < ARRAY_LEN(types); i++)
        item->type = strcmp(types[i].name, type) == 0 ? types[i].type : item->type;
}

static void add_account(struct check_world *w, char *const f[FIELDS])
{
    w->rows.accounts.v[w->rows.accounts.n++] = (struct quickbooks_account){.id = f[1],
                                                                           .name = f[3],
                                                                           .full_name = f[5][0] ? f[5] : f[3],
                                                                           .number = f[4],
                                                                           .type = f[2] + (f[2][0] == '!'),
                                                                           .subtype = "",
                                                                           .classification = "",
                                                                           .parent_id = "",
                                                                           .currency = "",
                                                                           .active = f[2][0] != '!'};
}

static void add_term(struct check_world *w, char *const f[FIELDS])
{
    w->rows.terms.v[w->rows.terms.n++] =
        (struct quickbooks_term){.id = f[1], .name = f[2], .active = f[0][0] == 't'};
}

static void add_template(struct check_world *w, char *const f[FIELDS])
{
    struct autotask_terms *t = &w->rows.autotask.terms;
    t->templates[t->n_templates++] =
        (struct autotask_template){.id = number(f[1]), .name = f[2], .term = number(f[3]), .term_name = f[4]};
}

static void add_company(struct check_world *w, char *const f[FIELDS])
{
    struct autotask_customers *list = &w->rows.autotask.customers;
    list->v[list->n++] = (struct autotask_customer){.id = number(f[1]),
                                                    .name = f[2],
                                                    .number = "",
                                                    .type_name = "",
                                                    .method_name = "",
                                                    .tax_id = "",
                                                    .template_id = number(f[3]),
                                                    .active = true};
}

static struct quickbooks_customer customer(enum quickbooks_party party, char *id, char *name, char *term,
                                           bool active)
{
    return (struct quickbooks_customer){.party = party,
                                        .id = id,
                                        .name = name,
                                        .full_name = name,
                                        .company = "",
                                        .email = "",
                                        .parent_id = "",
                                        .term_id = term,
                                        .tax_code_id = "",
                                        .currency = "",
                                        .active = active};
}

static void add_customer(struct check_world *w, char *const f[FIELDS])
{
    w->rows.customers.v[w->rows.customers.n++] = customer(QB_CUSTOMER, f[1], f[2], f[3], f[0][0] == 'q');
}

static void add_party(struct check_world *w, char *const f[FIELDS])
{
    const char *kind = f[2] + (f[2][0] == '!');
    enum quickbooks_party party = kind[0] == 'v' ? QB_VENDOR : kind[0] == 'e' ? QB_EMPLOYEE : QB_CUSTOMER;
    w->rows.parties.v[w->rows.parties.n++] = customer(party, f[1], f[3], f[4], f[2][0] != '!');
}

static void add_access(struct check_world *w, char *const f[FIELDS])
{
    struct autotask_accesses *list = &w->rows.access;
    list->v[list->n++] =
        (struct autotask_access){.entity = f[1],
                                 .words = f[1],
                                 .part = strcmp(f[2], "codes") == 0 ? AT_BOOKS_CODES : AT_BOOKS_CUSTOMERS,
                                 .query = strcmp(f[3], "all") == 0    ? AT_SIGHT_ALL
                                          : strcmp(f[3], "none") == 0 ? AT_SIGHT_NONE
                                                                      : AT_SIGHT_RESTRICTED,
                                 .visible = -1};
}

static void add_row(struct check_world *w, char *const f[FIELDS])
{
    switch (f[0][0]) {
    case 'c':
        add_code(w, f);
        break;
    case 's':
        add_sold(&w->rows.autotask.services, AT_SOLD_SERVICE, f);
        break;
    case 'b':
        add_sold(&w->rows.autotask.bundles, AT_SOLD_BUNDLE, f);
        break;
    case 'i':
        add_item(w, f);
        break;
    case 'a':
        add_account(w, f);
        break;
    case 't':
    case 'T':
        add_term(w, f);
        break;
    case 'm':
        add_template(w, f);
        break;
    case 'o':
        add_company(w, f);
        break;
    case 'p':
        add_party(w, f);
        break;
    case 'q':
    case 'Q':
        add_customer(w, f);
        break;
    case 'x':
        add_access(w, f);
        break;
    default:
        BUG("a row of no known kind");
    }
}

void check_world_read(struct check_world *w, struct pool *pool, const char *text)
{
    *w = (struct check_world){.conf.firm = {.name = (char *)(uintptr_t) "Example IT",
                                            .timezone = (char *)(uintptr_t) "UTC",
                                            .integration = CONF_QBO_APP,
                                            .look_back_days = 14}};
    w->rows = (struct check_rows){.conf = &w->conf, .argument = "", .now_ms = 1795651200000, .online = true};
    struct autotask_books *at = &w->rows.autotask;
    at->codes.v = pool_array(pool, count(text, 'c') + 1, sizeof(*at->codes.v));
    at->services.v = pool_array(pool, count(text, 's') + 1, sizeof(*at->services.v));
    at->bundles.v = pool_array(pool, count(text, 'b') + 1, sizeof(*at->bundles.v));
    at->terms.templates = pool_array(pool, count(text, 'm') + 1, sizeof(*at->terms.templates));
    at->customers.v = pool_array(pool, count(text, 'o') + 1, sizeof(*at->customers.v));
    w->rows.items.v = pool_array(pool, count(text, 'i') + 1, sizeof(*w->rows.items.v));
    w->rows.accounts.v = pool_array(pool, count(text, 'a') + 1, sizeof(*w->rows.accounts.v));
    w->rows.terms.v = pool_array(pool, count(text, 't') + 1, sizeof(*w->rows.terms.v));
    w->rows.customers.v = pool_array(pool, count(text, 'q') + 1, sizeof(*w->rows.customers.v));
    w->rows.parties.v = pool_array(pool, count(text, 'p') + 1, sizeof(*w->rows.parties.v));
    w->rows.access.v = pool_array(pool, count(text, 'x') + 1, sizeof(*w->rows.access.v));
    struct scan c = scan_of(slice_of(text));
    while (!scan_end(&c)) {
        char *fields[FIELDS];
        struct scan line = scan_of(scan_line(&c));
        for (size_t i = 0; i < FIELDS; i++) {
            fields[i] = pool_slice(pool, scan_until(&line, "|"));
            scan_char(&line, '|');
        }
        if (fields[0][0])
            add_row(w, fields);
    }
}

void check_world_findings(const struct report *r, struct buf *out)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct report_finding *f = &r->findings[i];
        buf_puts(out, r->kinds[f->kind].key);
        for (unsigned k = 0; k < f->n_evidence; k++)
            buf_printf(out, " %s", f->evidence[k].id);
        buf_putc(out, '\n');
    }
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check_rows: see check_rows.h. */
#include "check_rows.h"

enum { FIELDS = 9 };

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

/* Whole units as ten-thousandths; a - before them. */
static int64_t amount(const char *text)
{
    return text[0] == '-' ? -number(text + 1) * 10000 : number(text) * 10000;
}

static void add_invoice(struct check_world *w, char *const f[FIELDS])
{
    struct autotask_invoices *list = f[0][0] == 'n'   ? &w->rows.invoices
                                     : f[0][0] == 'N' ? &w->rows.unsynced
                                                      : &w->rows.recent;
    int64_t made_ms = w->rows.now_ms - number(f[4]) * 86400000;
    list->v[list->n++] = (struct autotask_invoice){.id = number(f[1]),
                                                   .company_id = 9,
                                                   .number = f[2],
                                                   .error = strcmp(f[2], "ERROR") == 0,
                                                   .total = amount(f[3]),
                                                   .tax = amount(f[7]),
                                                   .date_ms = made_ms,
                                                   .created_ms = made_ms,
                                                   .voided = strchr(f[5], 'v') != NULL,
                                                   .web_service_ms = strchr(f[5], 'w') ? made_ms : 0,
                                                   .term = number(f[6]),
                                                   .order_number = "",
                                                   .comments = "",
                                                   .tax_region = ""};
}

static void add_line(struct check_world *w, char *const f[FIELDS])
{
    w->rows.lines.v[w->rows.lines.n++] = (struct autotask_line){.id = number(f[1]),
                                                                .code_id = number(f[2]),
                                                                .total = amount(f[3]),
                                                                .time_entry_id = number(f[4]),
                                                                .type_name = "",
                                                                .sub_type_name = "",
                                                                .item_name = "Line",
                                                                .description = ""};
}

static void add_entry(struct check_world *w, char *const f[FIELDS])
{
    w->rows.entries.v[w->rows.entries.n++] =
        (struct autotask_time_entry){.id = number(f[1]), .code_id = number(f[2]), .ticket_id = number(f[3])};
}

static void add_ticket(struct check_world *w, char *const f[FIELDS])
{
    w->rows.tickets.v[w->rows.tickets.n++] =
        (struct autotask_ticket_name){.id = number(f[1]), .number = f[2], .title = ""};
}

static void add_twin(struct check_world *w, char *const f[FIELDS])
{
    w->rows.in_quickbooks.v[w->rows.in_quickbooks.n++] = (struct quickbooks_invoice){.txn = QB_INVOICE,
                                                                                     .id = f[1],
                                                                                     .number = "",
                                                                                     .date = "2026-11-01",
                                                                                     .customer_name = f[2],
                                                                                     .total = amount(f[3]),
                                                                                     .tax = amount(f[4])};
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

static void add_service(struct check_world *w, char *const f[FIELDS])
{
    add_sold(f[0][0] == 's' ? &w->rows.autotask.services : &w->rows.autotask.bundles,
             f[0][0] == 's' ? AT_SOLD_SERVICE : AT_SOLD_BUNDLE, f);
}

static void add_closing(struct check_world *w, char *const f[FIELDS])
{
    w->rows.preferences.book_close_date = f[1];
}

static void add_row(struct check_world *w, char *const f[FIELDS])
{
    static const struct {
        const char *letters;
        void (*add)(struct check_world *w, char *const f[FIELDS]);
    } kinds[] = {{"c", add_code},  {"sb", add_service}, {"i", add_item},      {"a", add_account},
                 {"tT", add_term}, {"m", add_template}, {"o", add_company},   {"qQ", add_customer},
                 {"p", add_party}, {"x", add_access},   {"nNR", add_invoice}, {"l", add_line},
                 {"e", add_entry}, {"k", add_ticket},   {"y", add_twin},      {"z", add_closing}};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (strchr(kinds[i].letters, f[0][0])) {
            kinds[i].add(w, f);
            return;
        }
    }
    BUG("a row of no known kind");
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
    w->rows.invoices.v = pool_array(pool, count(text, 'n') + 1, sizeof(*w->rows.invoices.v));
    w->rows.unsynced.v = pool_array(pool, count(text, 'n') + 1, sizeof(*w->rows.unsynced.v));
    w->rows.recent.v = pool_array(pool, count(text, 'r') + 1, sizeof(*w->rows.recent.v));
    w->rows.lines.v = pool_array(pool, count(text, 'l') + 1, sizeof(*w->rows.lines.v));
    w->rows.entries.v = pool_array(pool, count(text, 'e') + 1, sizeof(*w->rows.entries.v));
    w->rows.tickets.v = pool_array(pool, count(text, 'k') + 1, sizeof(*w->rows.tickets.v));
    w->rows.in_quickbooks.v = pool_array(pool, count(text, 'y') + 1, sizeof(*w->rows.in_quickbooks.v));
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
    w->rows.named = at->customers;
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tablerows: parameters in rows of a table: beside their label, or under the head of the column. See
 * params.h. */
#include "params.h"

enum { CELLS = 12, CELL_MAX = 120, NUMBER_MAX = 40, MOST_LINES = 40 };

const struct param_label param_labels[] = {
    {"company", "customer_name", true},
    {"company name", "customer_name", true},
    {"customer", "customer_name", true},
    {"customer name", "customer_name", true},
    {"organization", "customer_name", true},
    {"organization name", "customer_name", true},
    {"organisation", "customer_name", true},
    {"client", "customer_name", true},
    {"client name", "customer_name", true},
    {"account", "customer_name", true},
    {"account name", "customer_name", true},
    {"invoice", "invoice_number", false},
    {"invoice number", "invoice_number", false},
    {"invoice no", "invoice_number", false},
    {"invoice no.", "invoice_number", false},
    {"invoice #", "invoice_number", false},
    {"invoice#", "invoice_number", false},
    {"inv", "invoice_number", false},
    {"inv #", "invoice_number", false},
    {"invoice id", "invoice_id", false},
    {"id", "invoice_id", false},
    {"ids", "invoice_id", false},
    {"number", "invoice_number", false},
    {"ticket", "ticket_number", false},
    {0},
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t cells_of(const struct normal *n, uint32_t line, struct slice cells[CELLS])
{
    const struct normal_line *l = &n->lines[line];
    struct scan c = scan_of(slice_from(n->clean + l->cells, l->cells_end - l->cells));
    size_t count = 0;
    while (count < CELLS && !scan_end(&c)) {
        struct slice cell = slice_trim(scan_until(&c, "|\t"));
        scan_next(&c);
        if (cell.len || count)
            cells[count++] = cell;
    }
    return count;
}

static const char *label_of(struct slice cell)
{
    while (cell.len && strchr(":* ", cell.ptr[cell.len - 1]))
        cell.len--;
    for (size_t k = 0; param_labels[k].word; k++) {
        if (slice_eq_nocase(cell, slice_of(param_labels[k].word)))
            return param_labels[k].name;
    }
    return NULL;
}

static bool has_digit(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (is_digit(s.ptr[i]))
            return true;
    }
    return false;
}

static void take_cell(const struct param_sink *sink, const char *name, struct slice cell)
{
    bool party = strcmp(name, "customer_name") == 0;
    if (cell.len && cell.ptr[0] == '#')
        cell = slice_skip(cell, 1);
    if (cell.len && cell.len <= CELL_MAX && (party || (has_digit(cell) && cell.len <= NUMBER_MAX)))
        sink->take(sink->self, name, cell);
}

/* "Invoice | Customer | Error" tells what the cells below mean; "Company | Acme | Invoice | 123" tells it
 * beside. */
static void read_row(const struct slice *cells, size_t n, struct param_table *table,
                     const struct param_sink *sink)
{
    const char *names[CELLS] = {0};
    size_t known = 0, beside = 0;
    for (size_t i = 0; i < n; i++) {
        names[i] = label_of(cells[i]);
        known += names[i] != NULL;
        beside += names[i] && i % 2 == 0 && i + 1 < n && !label_of(cells[i + 1]);
    }
    if (known && known == beside && (n == 2 || known > 1)) {
        for (size_t i = 0; i + 1 < n; i += 2) {
            if (names[i])
                take_cell(sink, names[i], cells[i + 1]);
        }
    } else if (known) {
        memcpy(table->names, names, sizeof(names));
        table->n = n;
    }
    for (size_t i = 0; !known && i < n && table->n == n; i++) {
        if (table->names[i])
            take_cell(sink, table->names[i], cells[i]);
    }
}

void params_take_rows(const struct normal *n, const struct normal_block *b, struct param_table *table,
                      const struct param_sink *sink)
{
    for (uint32_t i = 0; i < b->n_lines && i < MOST_LINES; i++) {
        struct slice cells[CELLS];
        size_t count = cells_of(n, b->line + i, cells);
        if (count > 1)
            read_row(cells, count, table, sink);
    }
}

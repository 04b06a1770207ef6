/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * values: the parameters of a diagnosis. First what its own block says; then, for names that it does not
 * have, the blocks before it or behind it that hold no error: "Invoice: 123" may stand above its reason or
 * below, the same way through a mail. Last the rest of the mail, if there is only one error.
 */
#include "found.h"

enum {
    AROUND = 6,
    PIECE = 4096,
    OVERLAP = 400,
    MOST_PIECES = 16,
    REST_BLOCKS = 80,
    VALUE_MAX = 300,
    TABLE_ROWS = 2000,
    ROW_MAX = 400
};

struct gathering {
    const struct matching *m;
    struct diagnosis *d;
    struct pool *pool;
    const char *const *have; /* names that need no more; NULL-terminated */
    size_t n_taken;
    bool only_records; /* an invoice, a customer, a ticket */

    struct param_table head; /* of the table that the findings stand in, up to head_block */
    uint32_t head_text, head_section, head_block;
};

void values_add(struct diagnosis *d, struct pool *pool, const char *name, struct slice value)
{
    value = slice_cut_utf8(slice_trim(value), VALUE_MAX);
    for (size_t i = 0; i < d->n_values; i++) {
        if (strcmp(d->values[i].name, name) == 0 && slice_eq(slice_of(d->values[i].text), value))
            return;
    }
    if (value.len == 0)
        return;
    if (d->n_values == DIAGNOSE_VALUES) {
        d->more_values = true;
        return;
    }
    d->values[d->n_values++] = (struct diagnose_value){.name = name, .text = pool_text(pool, value)};
}

static bool is_record(const char *name)
{
    static const char *const records[] = {"invoice_number", "invoice_id", "customer_name", "ticket_number"};
    for (size_t i = 0; i < ARRAY_LEN(records); i++) {
        if (strcmp(records[i], name) == 0)
            return true;
    }
    return false;
}

static void take(void *self, const char *name, struct slice value)
{
    struct gathering *g = self;
    if (g->only_records && !is_record(name))
        return;
    for (const char *const *have = g->have; have && *have; have++) {
        if (strcmp(*have, name) == 0)
            return;
    }
    g->n_taken++;
    values_add(g->d, g->pool, name, value);
}

/* The words of all errors in the block. */
static size_t spans_of(const struct matching *m, uint32_t text, uint32_t block, struct param_span *out)
{
    size_t n = 0;
    for (size_t i = 0; i < m->n && n < MOST_SPANS; i++) {
        const struct finding *f = &m->found[i];
        if (f->text == text && f->block == block && f->by == DIAGNOSE_BY_WORDS)
            out[n++] = (struct param_span){f->from, f->to};
    }
    return n;
}

static void take_block(struct gathering *g, uint32_t text, uint32_t block, struct param_table *table)
{
    const struct normal *n = &g->m->normals[text];
    struct param_span spans[MOST_SPANS];
    size_t n_spans = spans_of(g->m, text, block, spans);
    struct param_sink sink = {take, g};
    params_take(n, &n->blocks[block], spans, n_spans, table, &sink);
}

static void take_patterns(struct gathering *g, const struct finding *f)
{
    const struct normal *n = &g->m->normals[f->text];
    struct slice text = normal_block_text(n, &n->blocks[f->block]);
    if (text.len > PIECE) { /* from a little before the words on */
        size_t at = f->from - n->blocks[f->block].from;
        size_t from = at > OVERLAP ? at - OVERLAP : 0;
        while (from && (text.ptr[from] & 0xc0) == 0x80)
            from--;
        text = slice_skip(text, from);
    }
    for (size_t i = 0; i < MOST_PIECES && text.len; i++) {
        struct slice piece = slice_cut_utf8(text, PIECE);
        takes_run(f->rule->takes, piece, take, g);
        if (piece.len == text.len)
            return;
        size_t next = piece.len - OVERLAP;
        while (next && (text.ptr[next] & 0xc0) == 0x80)
            next--;
        text = slice_skip(text, next);
    }
}

/* --- blocks around --- */

static bool has_error(const struct matching *m, uint32_t text, uint32_t block)
{
    for (size_t i = 0; i < m->n; i++) {
        if (m->found[i].text == text && m->found[i].block == block)
            return true;
    }
    return false;
}

/* The number of blocks without an error that stand before (step -1) or behind it in its section. */
static uint32_t free_blocks(const struct matching *m, const struct finding *f, int step)
{
    const struct normal *n = &m->normals[f->text];
    uint32_t count = 0;
    for (int64_t b = (int64_t)f->block + step; count < AROUND && b >= 0 && b < (int64_t)n->n_blocks;
         b += step) {
        if (n->blocks[b].section != n->blocks[f->block].section || has_error(m, f->text, (uint32_t)b) ||
            n->blocks[b].signature)
            break;
        count++;
    }
    return count;
}

static void count_record(void *self, const char *name, struct slice value)
{
    (void)value;
    *(size_t *)self += is_record(name);
}

/* Do the blocks before the first error of the section tell of a record? */
static bool stands_above(const struct matching *m, const struct finding *f)
{
    const struct normal *n = &m->normals[f->text];
    const struct finding *first = f;
    for (size_t i = 0; i < m->n; i++) {
        const struct finding *o = &m->found[i];
        if (o->text == f->text && o->block < first->block &&
            n->blocks[o->block].section == n->blocks[f->block].section)
            first = o;
    }
    size_t records = 0;
    struct param_table table = {0};
    struct param_sink sink = {count_record, &records};
    for (uint32_t i = free_blocks(m, first, -1); i > 0; i--)
        params_take(n, &n->blocks[first->block - i], NULL, 0, &table, &sink);
    return records > 0;
}

static void names_had(const struct diagnosis *d, size_t from, const char *have[DIAGNOSE_VALUES + 1])
{
    size_t n = 0;
    for (size_t i = from; i < d->n_values; i++)
        have[n++] = d->values[i].name;
    have[n] = NULL;
}

static void take_around(struct gathering *g, const struct finding *f)
{
    struct param_table table = {0};
    bool above = stands_above(g->m, f);
    uint32_t before = free_blocks(g->m, f, -1), behind = free_blocks(g->m, f, 1);
    size_t had = g->n_taken;
    for (uint32_t i = before; above && i > 0; i--)
        take_block(g, f->text, f->block - i, &table);
    if (above && g->n_taken > had)
        return;
    for (uint32_t i = 1; i <= behind; i++)
        take_block(g, f->text, f->block + i, &table);
}

/* The head of a table stands some blocks before its rows: looked for once, for findings come in order. */
static const struct param_table *find_table(struct gathering *g, const struct finding *f)
{
    const struct normal *n = &g->m->normals[f->text];
    size_t nothing = 0;
    struct param_sink sink = {count_record, &nothing};
    uint32_t section = n->blocks[f->block].section;
    if (g->head_text != f->text + 1 || g->head_section != section) {
        g->head = (struct param_table){0};
        g->head_text = f->text + 1;
        g->head_section = section;
        g->head_block = f->block;
        while (g->head_block && f->block - g->head_block < TABLE_ROWS &&
               n->blocks[g->head_block - 1].section == section)
            g->head_block--;
    }
    for (; g->head_block < f->block; g->head_block++) {
        const struct normal_block *b = &n->blocks[g->head_block];
        if (b->to - b->from < ROW_MAX && b->n_lines == 1)
            params_take_rows(n, b, &g->head, &sink);
    }
    return &g->head;
}

static bool is_row(const struct normal *n, const struct normal_block *b)
{
    struct slice clean =
        slice_from(n->clean + n->lines[b->line].cells, n->lines[b->line].cells_end - n->lines[b->line].cells);
    return slice_find_char(clean, '|') >= 0 || slice_find_char(clean, '\t') >= 0;
}

/* The names of the finding's own block count first; around it only those that it lacks. */
static void take_finding(struct gathering *g, const struct finding *f)
{
    const char *have[DIAGNOSE_VALUES + 1];
    const struct normal *n = &g->m->normals[f->text];
    struct diagnosis own = {0}, *all = g->d;
    struct param_table table = {0};
    if (is_row(n, &n->blocks[f->block]))
        table = *find_table(g, f);
    g->d = &own;
    take_patterns(g, f);
    take_block(g, f->text, f->block, &table);
    names_had(&own, 0, have);
    g->have = have;
    g->only_records = true;
    take_around(g, f);
    g->have = NULL;
    g->only_records = false;
    g->d = all;
    for (size_t i = 0; i < own.n_values; i++)
        values_add(all, g->pool, own.values[i].name, slice_of(own.values[i].text));
    all->more_values = all->more_values || own.more_values;
}

/* One error in the whole mail: what the rest of it says of records is about it. */
static void take_rest(struct gathering *g)
{
    const char *have[DIAGNOSE_VALUES + 1];
    names_had(g->d, 0, have);
    g->have = have;
    g->only_records = true;
    size_t blocks = 0;
    for (uint32_t t = 0; t < g->m->n_texts; t++) {
        const struct normal *n = &g->m->normals[t];
        struct param_table table = {0};
        for (uint32_t b = 0; b < n->n_blocks && blocks < REST_BLOCKS; b++, blocks++) {
            if (!n->blocks[b].signature && n->blocks[b].to - n->blocks[b].from < PIECE)
                take_block(g, t, b, &table);
        }
    }
    g->have = NULL;
    g->only_records = false;
}

void values_take(const struct matching *m, struct diagnosis *d, bool only_one, struct pool *pool)
{
    struct gathering g = {.m = m, .d = d, .pool = pool};
    for (size_t i = 0; i < m->n && !d->more_values; i++) {
        if (m->found[i].rule->told == d->rule && !m->found[i].dropped)
            take_finding(&g, &m->found[i]);
    }
    if (only_one && !diagnose_value(d, "invoice_number")[0] && !diagnose_value(d, "invoice_id")[0])
        take_rest(&g);
}

const char *diagnose_value(const struct diagnosis *d, const char *name)
{
    for (size_t i = 0; i < d->n_values; i++) {
        if (strcmp(d->values[i].name, name) == 0)
            return d->values[i].text;
    }
    return "";
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* params: what every error may tell, whatever its rule (sync-errors.md 1.2, the second table). */
#ifndef FRONTDESK_DIAGNOSE_PARAMS_H
#define FRONTDESK_DIAGNOSE_PARAMS_H

#include "normal.h"

struct param_sink {
    void (*take)(void *self, const char *name, struct slice value);
    void *self;
};

/* Where words of an error were found; a name is never taken from there. */
struct param_span {
    uint32_t from, to;
};

/* The head of a table, as it was seen in an earlier block of the section. */
struct param_table {
    const char *names[12]; /* NULL: a column of something else */
    size_t n;
};

/* `text`: of normal.text, in its block. spans: sorted by `from`. */
void params_take(const struct normal *n, const struct normal_block *b, const struct param_span *spans,
                 size_t n_spans, struct param_table *table, const struct param_sink *sink);

/* The part of it that stands in rows of a table. */
void params_take_rows(const struct normal *n, const struct normal_block *b, struct param_table *table,
                      const struct param_sink *sink);

/* What may stand before a value, in small letters; ends with {0}. */
struct param_label {
    const char *word, *name;
    bool party; /* a customer */
};
extern const struct param_label param_labels[];

#endif

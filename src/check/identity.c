/* SPDX-License-Identifier: GPL-2.0-or-later */
/* identity: which finding it is, whatever words it is told in, in whatever order the rows came, and whatever
 * its records are called meanwhile; and what a run could not see that an earlier one could. */
#include "check_private.h"

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>

enum { LABEL_MAX = 400 };

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* By its records; by its subject where it has none, or more than are kept. */
static void put_records(const struct report_finding *f, struct buf *out)
{
    char labels[REPORT_EVIDENCE][LABEL_MAX];
    if (f->n_evidence == 0 || f->more_evidence) {
        buf_puts(out, f->subject);
        return;
    }
    for (unsigned i = 0; i < f->n_evidence; i++)
        snprintf(labels[i], LABEL_MAX, "%s\x1f%s\x1f%s", f->evidence[i].system, f->evidence[i].what,
                 f->evidence[i].id);
    qsort(labels, f->n_evidence, LABEL_MAX, by_text);
    for (unsigned i = 0; i < f->n_evidence; i++)
        buf_printf(out, "%s\x1e", labels[i]);
}

int64_t check_identity(const struct report *r, const struct report_finding *f)
{
    unsigned char raw[32];
    uint64_t v = 0;
    struct buf text = BUF_INIT(8000);
    buf_printf(&text, "%s\x1e", r->kinds[f->kind].key);
    put_records(f, &text);
    ENSURE(gnutls_hash_fast(GNUTLS_DIG_SHA256, text.data, text.len, raw) == 0);
    for (int i = 0; i < 8; i++)
        v = v << 8 | raw[i];
    buf_release(&text);
    return (int64_t)(v >> 1);
}

/* --- sight --- */

static const char more_invoices[] = "unseen-more-invoices";

/* Rows are missing without a word when the API user may not see them. */
static bool hides_rows(const struct report_sentence *s)
{
    return s->key && (strcmp(s->key, "unseen-denied") == 0 || strcmp(s->key, "unseen-restricted") == 0);
}

void check_hidden(const struct report *r, struct buf *out)
{
    for (unsigned i = 0; i < r->n_sentences[REPORT_UNSEEN]; i++) {
        const struct report_sentence *s = &r->sentences[REPORT_UNSEEN][i];
        if (!hides_rows(s))
            continue;
        buf_puts(out, s->key);
        for (unsigned k = 0; k < s->n_facts; k++)
            buf_printf(out, " %s", s->facts[k].text);
        buf_putc(out, '\n');
    }
}

/* Hidden as much as now, or more. */
static bool was_hidden(const char *before, const struct buf *line, const struct report_sentence *s)
{
    struct buf denied = BUF_INIT(1000);
    buf_puts(&denied, "unseen-denied");
    buf_slice(&denied, slice_skip(buf_view(line), strlen(s->key)));
    bool was = slice_find(slice_of(before), buf_view(line)) >= 0 ||
               slice_find(slice_of(before), buf_view(&denied)) >= 0;
    buf_release(&denied);
    return was;
}

const struct report_sentence *check_newly_hidden(const struct report *r, const char *before)
{
    for (unsigned i = 0; i < r->n_sentences[REPORT_UNSEEN]; i++) {
        const struct report_sentence *s = &r->sentences[REPORT_UNSEEN][i];
        struct report alone = {.sentences = {[REPORT_UNSEEN] = {*s}}, .n_sentences = {[REPORT_UNSEEN] = 1}};
        struct buf line = BUF_INIT(1000);
        check_hidden(&alone, &line);
        bool is_new = line.len && !was_hidden(before, &line, s);
        buf_release(&line);
        if (is_new)
            return s;
    }
    return NULL;
}

bool check_is_whole(const struct report *r)
{
    for (unsigned i = 0; i < r->n_sentences[REPORT_UNSEEN]; i++) {
        if (strcmp(r->sentences[REPORT_UNSEEN][i].key, more_invoices) == 0)
            return false;
    }
    return true;
}

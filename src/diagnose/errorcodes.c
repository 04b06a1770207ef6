/* SPDX-License-Identifier: GPL-2.0-or-later */
/* errorcodes: mails that give only a number (sync-errors.md 1.3). A number is only a hint: it counts in the
 * form of its product, and where no words of an error are. */
#include "found.h"

enum { SHORT_BLOCK = 400, MOST_RULES = 3, CODE_LETTERS = 12 };

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Words before a number that make it a code; `sure`: whatever product the block names. */
static const struct {
    const char *word, *product;
    unsigned digits; /* at least */
} forms[] = {
    {"errorcode=", "qbo", 3},    {"statuscode=\"", "qbd", 3}, {"code\":\"", "qbo", 3},
    {"code\": \"", "qbo", 3},    {"error code: ", NULL, 4},   {"error code ", NULL, 4},
    {"errorcode: ", NULL, 4},    {"error code = ", NULL, 4},  {"error number ", NULL, 4},
    {"error #", NULL, 4},        {"error ", NULL, 4},         {"status code ", "qbd", 4},
    {"status code: ", "qbd", 4}, {"code ", NULL, 4},          {"qbo ", "qbo", 3},
    {"code: ", NULL, 4},         {"error: ", NULL, 4},        {"fault ", "qbo", 3},
};

/* The product that the block speaks of; NULL: the transfer, but not to which. "" = none: QuickBooks alone is
 * not enough, for a company file on a PC has errors 6000, 6190 and so on of its own. */
static const char *product_of(struct slice lower)
{
    static const char *const desktop[] = {"desktop",          "qbxml", "qbd", "web connector",
                                          "transfer history", NULL};
    static const char *const online[] = {"quickbooks online", "qbo", "intuit api", "accounting hub", NULL};
    static const char *const any[] = {"autotask",    "sync",      "synced", "syncing",     "transfer",
                                      "transferred", "transfers", "intuit", "integration", NULL};
    if (normal_has(lower, desktop))
        return "qbd";
    if (normal_has(lower, online))
        return "qbo";
    return normal_has(lower, any) ? NULL : "";
}

static void add(struct matching *m, uint32_t text, uint32_t block, size_t from, size_t to,
                const struct rule *rule)
{
    if (m->n == MOST_FINDINGS)
        return;
    m->found[m->n++] = (struct finding){.rule = rule,
                                        .text = text,
                                        .block = block,
                                        .from = (uint32_t)from,
                                        .to = (uint32_t)to,
                                        .by = DIAGNOSE_BY_CODE};
}

static bool has_code(const struct rule *r, struct slice code, const char *product)
{
    if (product && strcmp(r->pub.emitter, product) != 0)
        return false;
    for (size_t i = 0; i < r->n_codes; i++) {
        if (slice_eq(slice_of(r->codes[i]), code))
            return true;
        /* "1044" of the Web Connector is QBWC1044 */
        if (strcmp(r->pub.emitter, "qbwc") == 0 && slice_starts(code, SLICE("qbwc")) &&
            slice_eq(slice_of(r->codes[i]), slice_skip(code, 4)))
            return true;
    }
    return false;
}

/* Few rules have the code: those. Many: the one that speaks of all of them, if there is one. */
static bool find_code(struct matching *m, uint32_t text, uint32_t block, struct slice code,
                      const char *product, size_t from)
{
    const struct rule *hits[32], *widest = NULL;
    size_t n = 0, n_widest = 0;
    for (size_t i = 0; i < m->rules->n && n < ARRAY_LEN(hits); i++) {
        if (has_code(m->rules->v[i], code, product))
            hits[n++] = m->rules->v[i];
    }
    for (size_t i = 0; i < n; i++) {
        if (!widest || hits[i]->pub.rank > widest->pub.rank)
            widest = hits[i], n_widest = 0;
        n_widest += hits[i]->pub.rank == widest->pub.rank;
    }
    for (size_t i = 0; i < n && n <= MOST_RULES; i++)
        add(m, text, block, from, from + code.len, hits[i]);
    if (n > MOST_RULES && n_widest == 1 && widest->pub.rank > 1)
        add(m, text, block, from, from + code.len, widest);
    return n > 0;
}

/* "qbwc1039", "0x80040408": the form is the product. */
static bool find_lettered(struct matching *m, uint32_t text, uint32_t b)
{
    const struct normal *n = &m->normals[text];
    struct slice lower = normal_block_lower(n, &n->blocks[b]);
    static const struct slice heads[] = {{"qbwc", 4}, {"0x8004", 6}};
    for (size_t k = 0; k < ARRAY_LEN(heads); k++) {
        long at = slice_find(lower, heads[k]);
        size_t len = k == 0 ? 8 : 10;
        if (at >= 0 && (size_t)at + len <= lower.len && normal_word(lower, (size_t)at, len) &&
            find_code(m, text, b, slice_from(lower.ptr + at, len), NULL, n->blocks[b].from + (size_t)at))
            return true;
    }
    return false;
}

static void find_number(struct matching *m, uint32_t text, uint32_t b)
{
    const struct normal *n = &m->normals[text];
    struct slice lower = normal_block_lower(n, &n->blocks[b]);
    const char *product = product_of(lower);
    for (size_t k = 0; k < ARRAY_LEN(forms); k++) {
        long at = slice_find(lower, slice_of(forms[k].word));
        if (at < 0 || (!forms[k].product && product && !product[0]))
            continue;
        size_t from = (size_t)at + strlen(forms[k].word), to = from;
        while (to < lower.len && is_digit(lower.ptr[to]))
            to++;
        bool pair = slice_starts(slice_skip(lower, to), SLICE(", -")) ||
                    slice_starts(slice_skip(lower, to), SLICE(" -")) ||
                    slice_starts(slice_skip(lower, to), SLICE(", 0"));
        bool part = to < lower.len && (lower.ptr[to] == '.' || lower.ptr[to] == ',') && to + 1 < lower.len &&
                    is_digit(lower.ptr[to + 1]);
        if (to - from < forms[k].digits || to - from > 6 || part || pair ||
            !normal_word(lower, from, to - from))
            continue;
        struct slice code = slice_from(lower.ptr + from, to - from);
        while (code.len > 3 && code.ptr[0] == '0')
            code = slice_skip(code, 1);
        if (find_code(m, text, b, code, forms[k].product ? forms[k].product : product,
                      n->blocks[b].from + from))
            return;
    }
}

/* All codes have three digits in a row. */
static bool has_number(struct slice lower)
{
    size_t run = 0;
    for (size_t i = 0; i < lower.len && run < 3; i++)
        run = is_digit(lower.ptr[i]) ? run + 1 : 0;
    return run == 3;
}

static bool has_findings(const struct matching *m, size_t n, uint32_t text, uint32_t block)
{
    for (size_t i = 0; i < n; i++) {
        if (m->found[i].text == text && m->found[i].block == block && !m->found[i].dropped)
            return true;
    }
    return false;
}

/* Only a summary was found beside the number: the number says more. */
static void drop_summaries(struct matching *m)
{
    size_t n = m->n;
    for (size_t i = 0; i < n; i++) {
        struct finding *f = &m->found[i];
        if (f->rule->pub.rank < 3 || strcmp(f->rule->pub.emitter, "qbwc") != 0)
            continue;
        size_t before = m->n;
        if (!find_lettered(m, f->text, f->block))
            continue;
        bool self = false;
        for (size_t k = before; k < m->n; k++)
            self = self || m->found[k].rule == f->rule;
        if (self)
            m->n = before;
        else
            f->dropped = true;
    }
}

void codes_find(struct matching *m)
{
    size_t by_words = m->n;
    drop_summaries(m);
    for (uint32_t t = 0; t < m->n_texts && by_words == 0; t++) {
        const struct normal *n = &m->normals[t];
        for (uint32_t b = 0; b < n->n_blocks && m->n < MOST_FINDINGS; b++) {
            const struct normal_block *block = &n->blocks[b];
            if (block->to - block->from > SHORT_BLOCK || has_findings(m, by_words, t, b) ||
                !has_number(normal_block_lower(n, block)) || normal_is_mute(n, block))
                continue;
            if (!find_lettered(m, t, b))
                find_number(m, t, b);
        }
    }
}

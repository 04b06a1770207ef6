/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * match: texts → diagnoses. All needles of all rules are looked for in one pass over each block; of the rules
 * that a block holds, those of the lowest rank count. See diagnose_match.h.
 */
#include "found.h"

enum {
    SHORT_NEEDLE = 24,
    SHORT_BLOCK = 600,
    QUOTE_MAX = 300,
    QUOTE_BEFORE = 120,
    NEAR_BLOCKS = 2,
    MOST_SEEN = 512
};

/* Needles seen in one block. */
struct looking {
    struct matching *m;
    uint32_t *stamp; /* of each needle: number of the block it was last seen in */
    struct param_span *where;
    uint32_t number;
    uint32_t seen[MOST_SEEN];
    size_t n_seen;
};

static void note_hit(void *self, const struct needle_hit *at)
{
    struct looking *l = self;
    if (l->stamp[at->needle] == l->number || l->n_seen == MOST_SEEN)
        return;
    l->stamp[at->needle] = l->number;
    l->where[at->needle] = (struct param_span){at->from, at->to};
    l->seen[l->n_seen++] = at->needle;
}

/* --- short words count only beside the name of a program or a code --- */

static const char *const code_words[] = {
    "errorcode",          "statuscode", "error code", "fault",       "qbwc*", "0x8004*",
    "there was an error", "http",       "api",        "status code", NULL};
static const char *const programs[] = {"quickbooks", "quick books", "qbo",           "autotask",
                                       "intuit",     "qbxml",       "web connector", NULL};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "400 Object Not Found", "Error 610: Object Not Found" */
static bool number_before(struct slice lower, size_t at)
{
    while (at && strchr(" :-.", lower.ptr[at - 1]))
        at--;
    size_t digits = 0;
    while (at && is_digit(lower.ptr[at - 1]) && digits < 7) {
        at--;
        digits++;
    }
    return digits >= 3 && digits <= 6 && (!at || lower.ptr[at - 1] == ' ' || lower.ptr[at - 1] == '(');
}

static size_t letters_of(const struct alternative *a)
{
    size_t n = 0;
    for (unsigned i = 0; i < a->n; i++)
        n += strlen(a->words[i]);
    return n;
}

/* Words that no one writes but a program: "throttleexceeded", "errorcode=003001", "0x80040408". */
static bool is_technical(const char *word)
{
    return !strchr(word, ' ') || strpbrk(word, "=_()");
}

static bool named_anywhere(const struct matching *m)
{
    for (size_t i = 0; i < m->n_texts; i++) {
        for (size_t b = 0; b < m->normals[i].n_blocks; b++) {
            if (normal_has(normal_block_lower(&m->normals[i], &m->normals[i].blocks[b]), programs))
                return true;
        }
    }
    return false;
}

/* Without a label before it: "Error message: ..." */
static size_t length_of(struct slice lower)
{
    static const struct slice labels[] = {{"error message:", 14}, {"error:", 6},   {"message:", 8},
                                          {"reason:", 7},         {"details:", 8}, {"result:", 7},
                                          {"fault:", 6}};
    for (size_t i = 0; i < ARRAY_LEN(labels); i++) {
        if (slice_starts(lower, labels[i]))
            return lower.len - labels[i].len;
    }
    return lower.len;
}

/* The block is hardly more than these words: then the rest of the mail may name the program. */
static bool is_most_of(struct slice lower, const struct param_span *at)
{
    return (at->to - at->from) * 10 >= length_of(lower) * 8;
}

static bool counts(struct looking *l, const struct normal *n, const struct normal_block *b,
                   const struct alternative *a, const struct param_span *at)
{
    if (letters_of(a) >= SHORT_NEEDLE || l->m->named)
        return true;
    if (normal_is_mute(n, b))
        return false;
    if (a->n == 1 && is_technical(a->words[0]))
        return true;
    struct slice lower = normal_block_lower(n, b);
    size_t here = at->from - b->from;
    size_t from = here > SHORT_BLOCK ? here - SHORT_BLOCK : 0;
    bool most = is_most_of(lower, at);
    lower = slice_cut(slice_skip(lower, from), 2 * SHORT_BLOCK);
    return number_before(lower, here - from) || normal_has(lower, programs) ||
           normal_has(lower, code_words) || (most && named_anywhere(l->m));
}

/* --- one block --- */

/* All words of it within the block: where the first stands. */
static bool is_whole(const struct looking *l, const struct alternative *a, struct param_span *at)
{
    for (unsigned i = 0; i < a->n; i++) {
        if (l->stamp[a->needles[i]] != l->number)
            return false;
        const struct param_span *w = &l->where[a->needles[i]];
        if (i == 0 || w->from < at->from)
            *at = (struct param_span){w->from, i && at->to > w->to ? at->to : w->to};
    }
    return true;
}

static void add(struct matching *m, uint32_t text, uint32_t block, const struct rule *rule,
                const struct param_span *at)
{
    for (size_t i = m->n; i-- > 0 && m->found[i].text == text && m->found[i].block == block;) {
        if (m->found[i].rule == rule) {
            if (at->from < m->found[i].from) {
                m->found[i].from = at->from;
                m->found[i].to = at->to;
            }
            return;
        }
    }
    if (m->n < MOST_FINDINGS)
        m->found[m->n++] =
            (struct finding){.rule = rule, .text = text, .block = block, .from = at->from, .to = at->to};
}

/* Only the lowest rank of the block stays. */
static void keep_lowest(struct matching *m, size_t first)
{
    int lowest = 9;
    for (size_t i = first; i < m->n; i++)
        lowest = m->found[i].rule->pub.rank < lowest ? m->found[i].rule->pub.rank : lowest;
    size_t n = first;
    for (size_t i = first; i < m->n; i++) {
        if (m->found[i].rule->pub.rank == lowest)
            m->found[n++] = m->found[i];
    }
    m->n = n;
}

static void look_at_block(struct looking *l, uint32_t t, uint32_t b)
{
    struct matching *m = l->m;
    const struct normal *n = &m->normals[t];
    const struct normal_block *block = &n->blocks[b];
    size_t first = m->n;
    l->number++;
    l->n_seen = 0;
    needles_scan(m->rules->needles, slice_from(n->lower, n->len), block->from, block->to, note_hit, l);
    for (size_t i = 0; i < l->n_seen; i++) {
        for (uint32_t u = m->rules->use_from[l->seen[i]]; u < m->rules->use_from[l->seen[i] + 1]; u++) {
            const struct rule *rule = m->rules->v[m->rules->uses[u].rule];
            const struct alternative *a = &rule->alternatives[m->rules->uses[u].alternative];
            struct param_span at = {0};
            if (a->needles[0] == l->seen[i] && is_whole(l, a, &at) && counts(l, n, block, a, &at))
                add(m, t, b, rule, &at);
        }
    }
    keep_lowest(m, first);
}

/* Opening and closing words of a report beside the error itself. */
static void drop_envelopes(struct matching *m)
{
    for (size_t i = 0; i < m->n; i++) {
        struct finding *f = &m->found[i];
        for (size_t k = 0; k < m->n && f->rule->pub.rank == 4 && !f->dropped; k++) {
            const struct finding *o = &m->found[k];
            uint32_t apart = o->block > f->block ? o->block - f->block : f->block - o->block;
            const struct normal *n = &m->normals[f->text];
            f->dropped = o->text == f->text && o->rule->pub.rank < 4 && apart <= NEAR_BLOCKS &&
                         n->blocks[o->block].section == n->blocks[f->block].section;
        }
    }
}

static void find_words(struct matching *m)
{
    size_t n = needles_count(m->rules->needles) + 1;
    struct looking l = {
        .m = m, .stamp = mem_alloc(n * sizeof(*l.stamp)), .where = mem_alloc(n * sizeof(*l.where))};
    for (uint32_t t = 0; t < m->n_texts; t++) {
        for (uint32_t b = 0; b < m->normals[t].n_blocks; b++)
            look_at_block(&l, t, b);
    }
    free(l.stamp);
    free(l.where);
    drop_envelopes(m);
}

/* --- telling --- */

/* The sentence around the words. */
static char *quote_of(const struct matching *m, const struct finding *f, struct pool *pool)
{
    const struct normal *n = &m->normals[f->text];
    const struct normal_block *b = &n->blocks[f->block];
    size_t from = f->from, to = f->to;
    while (from > b->from && f->from - from < QUOTE_BEFORE &&
           !(from > b->from + 1 && n->text[from - 1] == ' ' && strchr(".!?|", n->text[from - 2])))
        from--;
    while (from > b->from && from < f->from && n->text[from - 1] != ' ')
        from++;
    while (to < b->to && to - from < QUOTE_MAX && !(strchr(".!?", n->text[to - 1]) && n->text[to] == ' '))
        to++;
    if (to < b->to && n->text[to] == '.')
        to++;
    struct slice all = slice_cut_utf8(slice_from(n->text + from, to - from), QUOTE_MAX);
    return pool_text(pool, slice_trim(all));
}

static struct diagnosis *find_told(struct diagnoses *out, const struct finding *f)
{
    for (size_t i = 0; i < out->n; i++) {
        if (out->found[i].rule == f->rule->told)
            return &out->found[i];
    }
    return NULL;
}

static bool is_before(const struct finding *a, const struct finding *b)
{
    if (a->text != b->text)
        return a->text < b->text;
    return a->from < b->from;
}

/* Findings of one block were made in the order of the needles' ends; symptoms stand in order of their worth.
 */
static void sort(struct matching *m)
{
    for (size_t i = 1; i < m->n; i++) {
        struct finding f = m->found[i];
        size_t at = i;
        while (at && is_before(&f, &m->found[at - 1]))
            at--;
        memmove(&m->found[at + 1], &m->found[at], (i - at) * sizeof(f));
        m->found[at] = f;
    }
}

static void tell(const struct matching *m, struct pool *pool, struct diagnoses *out)
{
    for (size_t i = 0; i < m->n; i++) {
        const struct finding *f = &m->found[i];
        if (f->dropped || find_told(out, f))
            continue;
        if (out->n == DIAGNOSE_MOST) {
            out->more = true;
            break;
        }
        out->found[out->n++] =
            (struct diagnosis){.rule = f->rule->told,
                               .by = f->by,
                               .where = m->texts[f->text].where ? m->texts[f->text].where : "",
                               .quote = quote_of(m, f, pool)};
    }
    bool one = out->n == 1 || (out->n > 1 && out->found[0].by != DIAGNOSE_BY_WORDS);
    for (size_t i = 0; i < out->n; i++)
        values_take(m, &out->found[i], one, pool);
}

/* --- nothing matched --- */

static const char *const alarms[] = {
    "error",  "errors",    "failed", "failure",  "invalid",   "could not", "cannot",      "can't",
    "unable", "not found", "denied", "rejected", "exception", "refused",   "not allowed", NULL};

/* The first line with an error-like word, in a block that names a program. */
static const char *unmatched_of(const struct matching *m, struct pool *pool)
{
    for (size_t t = 0; t < m->n_texts; t++) {
        const struct normal *n = &m->normals[t];
        for (size_t b = 0; b < n->n_blocks; b++) {
            const struct normal_block *block = &n->blocks[b];
            struct slice lower = normal_block_lower(n, block);
            if (!normal_has(lower, alarms) ||
                (!normal_has(lower, programs) && !normal_has(lower, code_words)) || normal_is_mute(n, block))
                continue;
            for (uint32_t i = 0; i < block->n_lines; i++) {
                const struct normal_line *l = &n->lines[block->line + i];
                struct slice line = slice_from(n->lower + l->from, l->to - l->from);
                if (normal_has(line, alarms))
                    return pool_text(pool,
                                     slice_cut_utf8(slice_from(n->text + l->from, line.len), QUOTE_MAX));
            }
        }
    }
    return "";
}

/* --- */

static void find_all(struct matching *m)
{
    find_words(m);
    codes_find(m);
    sort(m);
    if (m->n == 0)
        symptoms_find(m);
}

static void matching_open(struct matching *m, const struct diagnose_rules *rules,
                          const struct diagnose_text *texts, size_t n)
{
    *m =
        (struct matching){.rules = rules, .texts = texts, .n_texts = n < DIAGNOSE_TEXTS ? n : DIAGNOSE_TEXTS};
    m->normals = mem_alloc((m->n_texts + 1) * sizeof(*m->normals));
    for (size_t i = 0; i < m->n_texts; i++)
        normal_make(&m->normals[i], slice_cut_utf8(texts[i].text, DIAGNOSE_TEXT));
}

static void matching_close(struct matching *m)
{
    for (size_t i = 0; i < m->n_texts; i++)
        normal_release(&m->normals[i]);
    free(m->normals);
}

void diagnose_match(const struct diagnose_rules *rules, const struct diagnose_text *texts, size_t n,
                    struct pool *pool, struct diagnoses *out)
{
    struct matching *m = mem_alloc(sizeof(*m));
    *out = (struct diagnoses){.unmatched = ""};
    matching_open(m, rules, texts, n);
    find_all(m);
    tell(m, pool, out);
    if (out->n == 0)
        out->unmatched = unmatched_of(m, pool);
    matching_close(m);
    free(m);
}

bool match_keeps_promise(const struct diagnose_rules *rules, const struct rule *rule, const struct promise *p,
                         const struct rule **instead)
{
    struct diagnose_text text = {.where = "", .text = slice_of(p->text), .own = p->says};
    struct matching *m = mem_alloc(sizeof(*m));
    bool found = false;
    matching_open(m, rules, &text, 1);
    m->named = true;
    find_all(m);
    *instead = NULL;
    for (size_t i = 0; i < m->n; i++) {
        if (!m->found[i].dropped)
            *instead = m->found[i].rule;
        found = found || *instead == rule;
    }
    matching_close(m);
    free(m);
    return found;
}

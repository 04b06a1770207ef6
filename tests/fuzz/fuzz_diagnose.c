/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_diagnose: any bytes as a piece of mail, against all shipped rules. The first byte says whether they
 * are the sender's own words. */
#include "../../src/diagnose/normal.h"
#include "fuzz.h"

#include "frontdesk/diagnose_match.h"

#include <stdlib.h>

static const struct diagnose_rules *shipped(void)
{
    static struct diagnose_rules *rules;
    const char *src = getenv("FRONTDESK_SRC");
    char path[4300];
    const char *ours[] = {path, NULL};
    struct buf problems = BUF_INIT(1 << 20);
    struct err e = ERR_INIT;
    snprintf(path, sizeof(path), "%s/templates/en/diagnose", src ? src : ".");
    if (!rules)
        ENSURE(diagnose_rules_load(&rules, ours, NULL, NULL, NULL, &problems, &problems, &e) == 0);
    size_t n;
    ENSURE(diagnose_rules_list(rules, &n) && n > 0);
    buf_release(&problems);
    return rules;
}

static void look_at_normal(struct slice text)
{
    struct normal n;
    normal_make(&n, text);
    ENSURE(strlen(n.clean) <= 2 * text.len && fuzz_is_utf8(slice_of(n.clean)));
    ENSURE(fuzz_is_utf8(slice_from(n.text, n.len)));
    uint32_t end = 0, lines = 0;
    for (size_t i = 0; i < n.n_blocks; i++) {
        const struct normal_block *b = &n.blocks[i];
        ENSURE(b->from >= end && b->to >= b->from && b->to <= n.len && b->line == lines && b->n_lines > 0);
        ENSURE(b->to > b->from && n.text[b->from] != ' ' && n.text[b->to - 1] != ' ');
        end = b->to;
        lines += b->n_lines;
        (void)normal_is_mute(&n, b);
    }
    ENSURE(lines == n.n_lines);
    for (size_t i = 0; i < n.len; i++)
        ENSURE(n.text[i] == n.lower[i] || n.text[i] + 32 == n.lower[i]);
    normal_release(&n);
}

static void look_at_found(const struct diagnoses *d)
{
    ENSURE(d->n <= DIAGNOSE_MOST && (d->n || d->unmatched) && (!d->n || !d->unmatched[0]));
    for (size_t i = 0; i < d->n; i++) {
        const struct diagnosis *f = &d->found[i];
        ENSURE(f->rule->id[0] && f->quote[0] && strlen(f->quote) <= 300 && fuzz_is_clean(slice_of(f->quote)));
        ENSURE(f->n_values <= DIAGNOSE_VALUES);
        for (size_t k = 0; k < f->n_values; k++) {
            struct slice value = slice_of(f->values[k].text);
            ENSURE(value.len > 0 && value.len <= 300 && fuzz_is_clean(value) && fuzz_is_utf8(value));
        }
        for (size_t k = 0; k < i; k++)
            ENSURE(d->found[k].rule != f->rule);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scan c = scan_of(slice_from((const char *)data, size));
    bool own = fuzz_pick(&c, 2);
    struct pool *pool = pool_new(64 << 20);
    struct diagnoses *d = mem_alloc(sizeof(*d));
    struct diagnose_text text = {.where = "", .text = scan_rest(&c), .own = own};
    look_at_normal(text.text);
    diagnose_match(shipped(), &text, 1, pool, d);
    look_at_found(d);
    free(d);
    pool_free(&pool);
    return 0;
}

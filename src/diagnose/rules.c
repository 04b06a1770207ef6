/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rules: the folders of rule files, put together by id; the needles of all of them in one table; and the
 * proof that each file matches what it says it matches. */
#include "normal.h"
#include "rules.h"

#include <dirent.h>
#include <errno.h>

enum { MOST_RULES = 1000, MOST_FILES = 2000, POOL_MAX = 64 << 20, TOLD_MAX = 256 * 1024 };

struct loading {
    struct diagnose_rules *rules;
    const char *const *folders; /* ours */
    const char *const *checks, *const *kinds;
    struct buf *problems;
    unsigned folder;
    size_t n_problems;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names that end in .conf, sorted; "" and "." ones are not ours. */
static char **list_files(struct loading *l, const char *folder, size_t *n)
{
    char **names = mem_alloc(MOST_FILES * sizeof(*names));
    DIR *dir = opendir(folder);
    *n = 0;
    if (!dir && errno != ENOENT) {
        buf_printf(l->problems, "%s:1: cannot be read: %s\n", folder, strerror(errno));
        l->n_problems++;
    }
    for (struct dirent *d; dir && (d = readdir(dir)) != NULL;) {
        if (d->d_name[0] == '.' || !slice_ends_nocase(slice_of(d->d_name), SLICE(".conf")))
            continue;
        if (*n == MOST_FILES) {
            buf_printf(l->problems, "%s:1: holds more than %d rules\n", folder, MOST_FILES);
            l->n_problems++;
            break;
        }
        names[(*n)++] = mem_copy(d->d_name);
    }
    if (dir)
        closedir(dir);
    qsort(names, *n, sizeof(*names), by_name);
    return names;
}

static long find_id(const struct diagnose_rules *r, const char *id)
{
    for (size_t i = 0; i < r->n; i++) {
        if (strcmp(r->v[i]->pub.id, id) == 0)
            return (long)i;
    }
    return -1;
}

/* The same id in an earlier folder: that one goes. In the same folder: an error. */
static void add_rule(struct loading *l, struct rule_reading *reading, struct rule *rule)
{
    struct diagnose_rules *r = l->rules;
    long same = find_id(r, rule->pub.id);
    rule->folder = l->folder;
    if (same >= 0 && r->v[same]->folder == l->folder) {
        rule_problem(reading, rule->id_line, "id: \"%s\" is in %s already; allowed: each id once",
                     rule->pub.id, r->v[same]->pub.file);
    } else if (same >= 0) {
        rule->replaces = r->v[same];
        r->v[same] = rule;
        return;
    } else if (r->n == MOST_RULES) {
        rule_problem(reading, 1, "is one rule too many; allowed: %d", MOST_RULES);
    } else {
        r->v[r->n++] = rule;
        return;
    }
    takes_free(&rule->takes);
}

static void load_file(struct loading *l, const char *folder, const char *name)
{
    char path[4400], stem[300];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    snprintf(stem, sizeof(stem), "%.*s", (int)(strlen(name) - strlen(".conf")), name);
    struct rule_reading reading = {.pool = l->rules->pool,
                                   .path = pool_copy(l->rules->pool, path),
                                   .folders = l->folders,
                                   .checks = l->checks,
                                   .kinds = l->kinds,
                                   .problems = l->problems};
    struct rule *rule = rulefile_read(&reading, stem);
    /* an id that is twice there is told even if the rest is wrong too */
    if (rule && rule->pub.id && (!reading.n_problems || find_id(l->rules, rule->pub.id) >= 0)) {
        size_t before = reading.n_problems;
        long same = find_id(l->rules, rule->pub.id);
        if (!before || (same >= 0 && l->rules->v[same]->folder == l->folder))
            add_rule(l, &reading, rule);
        else
            takes_free(&rule->takes);
    } else if (rule) {
        takes_free(&rule->takes);
    }
    l->n_problems += reading.n_problems;
}

/* How many files it has. */
static size_t load_folder(struct loading *l, const char *folder)
{
    size_t n;
    char **names = list_files(l, folder, &n);
    l->folder++;
    for (size_t i = 0; i < n; i++) {
        load_file(l, folder, names[i]);
        free(names[i]);
    }
    free(names);
    return n;
}

/* --- the table of needles --- */

static void tell_rule(struct loading *l, const struct rule *rule, unsigned line, const char *what)
{
    buf_printf(l->problems, "%s:%u: %s\n", rule->pub.file, line, what);
    l->n_problems++;
}

static void index_needles(struct loading *l)
{
    struct diagnose_rules *r = l->rules;
    size_t n_uses = 0;
    needles_free(&r->needles);
    r->needles = needles_new();
    for (size_t i = 0; i < r->n; i++) {
        for (size_t k = 0; k < r->v[i]->n_alternatives; k++) {
            struct alternative *a = &r->v[i]->alternatives[k];
            for (unsigned w = 0; w < a->n; w++) {
                long needle = needles_add(r->needles, slice_of(a->words[w]));
                if (needle < 0)
                    tell_rule(l, r->v[i], a->line, "needles: all rules together have too many");
                a->needles[w] = needle < 0 ? 0 : (uint32_t)needle;
                n_uses++;
            }
        }
    }
    needles_close(r->needles);
    size_t n = needles_count(r->needles);
    r->use_from = pool_array(r->pool, n + 2, sizeof(*r->use_from));
    r->uses = pool_array(r->pool, n_uses + 1, sizeof(*r->uses));
}

/* Counted, then placed: the uses of each needle beside each other. */
static void index_uses(struct diagnose_rules *r)
{
    size_t n = needles_count(r->needles);
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < r->n; i++) {
            for (size_t k = 0; k < r->v[i]->n_alternatives; k++) {
                const struct alternative *a = &r->v[i]->alternatives[k];
                for (unsigned w = 0; w < a->n; w++) {
                    uint32_t *at = &r->use_from[a->needles[w] + 1];
                    if (pass == 0)
                        at[1]++;
                    else
                        r->uses[(*at)++] = (struct needle_use){(uint32_t)i, (uint32_t)k};
                }
            }
        }
        for (size_t i = 1; pass == 0 && i < n + 2; i++)
            r->use_from[i] += r->use_from[i - 1];
    }
}

static int by_id(const void *a, const void *b)
{
    return strcmp((*(struct rule *const *)a)->pub.id, (*(struct rule *const *)b)->pub.id);
}

static void build(struct loading *l)
{
    struct diagnose_rules *r = l->rules;
    qsort(r->v, r->n, sizeof(struct rule *), by_id);
    index_needles(l);
    index_uses(r);
    r->list = pool_array(r->pool, r->n + 1, sizeof(*r->list));
    for (size_t i = 0; i < r->n; i++) {
        r->list[i] = r->v[i]->pub;
        r->v[i]->told = &r->list[i];
    }
}

/* --- */

static void note_found(void *self, const struct needle_hit *at)
{
    bool *found = self;
    found[at->needle] = true;
}

/* Which words of the alternative do not stand in the text; how many. */
static unsigned missing_words(const struct alternative *a, const struct normal *text,
                              bool missing[RULE_WORDS])
{
    bool found[RULE_WORDS] = {false};
    unsigned n = 0;
    struct needles *needles = needles_new();
    long number[RULE_WORDS];
    for (unsigned w = 0; w < a->n; w++)
        number[w] = needles_add(needles, slice_of(a->words[w]));
    needles_close(needles);
    needles_scan(needles, slice_from(text->lower, text->len), 0, text->len, note_found, found);
    needles_free(&needles);
    for (unsigned w = 0; w < a->n; w++)
        n += missing[w] = number[w] >= 0 && !found[number[w]];
    return n;
}

/* Of the alternative that comes nearest. */
static void tell_missing(struct loading *l, const struct rule *rule, const struct promise *p)
{
    bool missing[RULE_WORDS], nearest[RULE_WORDS] = {false};
    const struct alternative *a = NULL;
    unsigned least = RULE_WORDS + 1;
    struct normal text;
    normal_make(&text, slice_of(p->text));
    for (size_t i = 0; i < rule->n_alternatives; i++) {
        unsigned n = missing_words(&rule->alternatives[i], &text, missing);
        if (n >= least)
            continue;
        least = n;
        a = &rule->alternatives[i];
        memcpy(nearest, missing, sizeof(nearest));
    }
    normal_release(&text);
    const char *before = "; not in it: ";
    for (unsigned w = 0; a && w < a->n; w++) {
        if (!nearest[w])
            continue;
        buf_printf(l->problems, "%s\"%s\"", before, a->words[w]);
        before = ", ";
    }
}

static bool keeps_promises(struct loading *l, const struct rule *rule)
{
    bool all = true;
    for (size_t i = 0; i < rule->n_promises; i++) {
        const struct promise *p = &rule->promises[i];
        const struct rule *instead;
        if (match_keeps_promise(l->rules, rule, p, &instead))
            continue;
        buf_printf(l->problems, "%s:%u: %s: \"%.100s\" is not found by this rule", rule->pub.file, p->line,
                   p->says ? "says" : "seen", p->text);
        if (instead)
            buf_printf(l->problems, "; %s, of rank %d, is found in it", instead->pub.id, instead->pub.rank);
        if (!p->says)
            tell_missing(l, rule, p);
        buf_printf(l->problems, "; allowed: what its %s match\n", p->says ? "symptoms" : "needles");
        l->n_problems++;
        all = false;
    }
    return all;
}

/* Rules of the folder that do not match what they should are left out; what they replaced is back. All are
 * looked at before one goes. */
static bool prove(struct loading *l, unsigned folder)
{
    struct diagnose_rules *r = l->rules;
    bool *bad = mem_alloc(r->n + 1);
    size_t n = 0, had = r->n, n_bad = 0;
    for (size_t i = 0; i < had; i++) {
        bad[i] = r->v[i]->folder == folder && !keeps_promises(l, r->v[i]);
        n_bad += bad[i];
    }
    for (size_t i = 0; i < had; i++) {
        struct rule *rule = r->v[i];
        if (bad[i])
            takes_free(&rule->takes);
        if (!bad[i] || rule->replaces)
            r->v[n++] = bad[i] ? rule->replaces : rule;
    }
    r->n = n;
    free(bad);
    return n_bad > 0;
}

static void load_firm(struct loading *l, const char *firm)
{
    if (load_folder(l, firm) == 0)
        return; /* the table is there, and begun anew it costs a tenth of a start */
    build(l);
    if (prove(l, l->folder))
        build(l);
}

static struct diagnose_rules *new_rules(void)
{
    struct diagnose_rules *r = mem_alloc(sizeof(*r));
    r->pool = pool_new(POOL_MAX);
    r->room = MOST_RULES;
    r->v = pool_array(r->pool, r->room, sizeof(struct rule *));
    return r;
}

int diagnose_rules_load(struct diagnose_rules **out, const char *const *ours, const char *firm,
                        const char *const *checks, const char *const *kinds, struct buf *problems,
                        struct buf *firm_problems, struct err *e)
{
    struct loading l = {
        .rules = new_rules(), .folders = ours, .checks = checks, .kinds = kinds, .problems = problems};
    *out = NULL;
    for (; *ours; ours++)
        (void)load_folder(&l, *ours);
    build(&l);
    for (unsigned i = 1; i <= l.folder; i++)
        (void)prove(&l, i);
    if (l.folders[0] && !l.rules->n && !l.n_problems) {
        buf_printf(problems, "%s:1: there is no rule in it\n", l.folders[0]);
        l.n_problems++;
    }
    if (l.n_problems) {
        diagnose_rules_free(&l.rules);
        return err_set(e, ERR_CONFIG, "the rules for errors of the sync have %zu fault%s", l.n_problems,
                       l.n_problems == 1 ? "" : "s");
    }
    l.problems = firm_problems;
    if (firm)
        load_firm(&l, firm);
    *out = l.rules;
    return 0;
}

void diagnose_rules_free(struct diagnose_rules **rules)
{
    struct diagnose_rules *r = *rules;
    if (!r)
        return;
    for (size_t i = 0; i < r->n; i++) {
        for (struct rule *rule = r->v[i]; rule; rule = rule->replaces)
            takes_free(&rule->takes);
    }
    needles_free(&r->needles);
    pool_free(&r->pool);
    free(r);
    *rules = NULL;
}

const struct diagnose_rule *diagnose_rules_list(const struct diagnose_rules *rules, size_t *n)
{
    *n = rules->n;
    return rules->list;
}

const struct diagnose_rule *diagnose_rule_find(const struct diagnose_rules *rules, struct slice id)
{
    for (size_t i = 0; i < rules->n; i++) {
        if (slice_eq(slice_of(rules->v[i]->pub.id), id))
            return rules->v[i]->told;
    }
    return NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * override_labels: what is said for a label of a picklist. Tenants name their priorities as they like, so
 * words of urgency have ranks, and "p2", "urgent" or "normal" are looked up by rank; what fits two labels
 * fits none.
 */
#include "override_values.h"

enum { MOST_RANKED = 40, SHORTEST_PART = 3 };

/* How urgent a word is, wherever it stands in a label ("P1 - Critical"). */
static const struct {
    const char *word;
    int rank;
} ranks[] = {
    {"emergency", 1}, {"critical", 1}, {"urgent", 1}, {"highest", 1}, {"p1", 1},     {"prio1", 1},
    {"high", 2},      {"major", 2},    {"p2", 2},     {"prio2", 2},   {"medium", 3}, {"normal", 3},
    {"standard", 3},  {"default", 3},  {"p3", 3},     {"prio3", 3},   {"low", 4},    {"minor", 4},
    {"p4", 4},        {"prio4", 4},    {"lowest", 5}, {"p5", 5},      {"prio5", 5},
};

/* What people say instead of a label: the n-th of the tenant's ranked labels, or (rank) the one of that rank.
 * `top`: the first, if it is more than ordinary. */
static const struct {
    const char *said;
    enum { TOP, NTH, RANK } how;
    int n;
} sayings[] = {
    {"urgent", TOP, 1},    {"urgently", TOP, 1}, {"asap", TOP, 1},        {"a.s.a.p.", TOP, 1},
    {"emergency", TOP, 1}, {"critical", TOP, 1}, {"immediately", TOP, 1}, {"immediate", TOP, 1},
    {"highest", TOP, 1},   {"top", TOP, 1},      {"blocker", TOP, 1},     {"p1", NTH, 1},
    {"p2", NTH, 2},        {"p3", NTH, 3},       {"p4", NTH, 4},          {"p5", NTH, 5},
    {"p-1", NTH, 1},       {"p-2", NTH, 2},      {"p-3", NTH, 3},         {"p-4", NTH, 4},
    {"prio1", NTH, 1},     {"prio2", NTH, 2},    {"prio3", NTH, 3},       {"prio4", NTH, 4},
    {"high", RANK, 2},     {"hi", RANK, 2},      {"important", RANK, 2},  {"medium", RANK, 3},
    {"med", RANK, 3},      {"normal", RANK, 3},  {"standard", RANK, 3},   {"default", RANK, 3},
    {"low", RANK, 4},      {"lo", RANK, 4},      {"minor", RANK, 4},      {"whenever", RANK, 4},
    {"no rush", RANK, 4},  {"lowest", RANK, 5},  {"not urgent", RANK, 4},
};

static int rank_of(struct slice text)
{
    int best = 0;
    for (size_t i = 0; i < ARRAY_LEN(ranks); i++) {
        if (override_has_words(text, slice_of(ranks[i].word)) && (!best || ranks[i].rank < best))
            best = ranks[i].rank;
    }
    return best;
}

/* The label of that rank, or the n-th in the order of ranks; NULL when it is not the only one. */
static const struct directory_label *ranked(const struct directory *d, bool nth, int n, int *rank)
{
    const struct directory_label *found[6] = {NULL};
    unsigned count[6] = {0};
    for (size_t i = 0; i < d->n_lists[LIST_PRIORITY] && i < MOST_RANKED; i++) {
        const struct directory_label *label = &d->lists[LIST_PRIORITY][i];
        int is = rank_of(slice_of(label->folded));
        found[is] = label;
        count[is]++;
    }
    for (int i = 1; i <= 5; i++) {
        if (!count[i] || (nth ? --n != 0 : i != n))
            continue;
        *rank = i;
        return count[i] == 1 ? found[i] : NULL;
    }
    return NULL;
}

static const struct directory_label *saying(const struct directory *d, struct slice f)
{
    for (size_t i = 0; i < ARRAY_LEN(sayings); i++) {
        int rank = 0;
        if (!slice_eq(f, slice_of(sayings[i].said)))
            continue;
        const struct directory_label *label = ranked(d, sayings[i].how != RANK, sayings[i].n, &rank);
        return sayings[i].how == TOP && rank > 2 ? NULL : label;
    }
    return NULL;
}

/* "high priority", "prio 1", "!high" */
static struct slice priority_words(struct slice f, bool *said_so)
{
    static const struct slice words[] = {{"priority", 8}, {"prio", 4}};
    f = override_strip(f, "!#", "!");
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        bool front =
            slice_starts(f, words[i]) && f.len > words[i].len && override_among(f.ptr[words[i].len], " :=-");
        if (front || (slice_ends_nocase(f, words[i]) && f.len > words[i].len &&
                      f.ptr[f.len - words[i].len - 1] == ' ')) {
            *said_so = true;
            return override_strip(front ? slice_skip(f, words[i].len) : slice_cut(f, f.len - words[i].len),
                                  ":=-", "-");
        }
    }
    return f;
}

/* "status done": what ends a ticket has many names, and a tenant has one or two of them; the first that it
 * has counts. */
static const struct directory_label *ending(const struct directory *d, struct slice f)
{
    static const char *const names[] = {"complete", "completed", "closed", "done",  "resolved",
                                        "finished", "solved",    "fixed",  "close", "finish"};
    bool known = false;
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        known = known || slice_eq(f, slice_of(names[i]));
    for (size_t k = 0; known && k < ARRAY_LEN(names); k++) {
        for (size_t i = 0; i < d->n_lists[LIST_STATUS]; i++) {
            const struct directory_label *label = &d->lists[LIST_STATUS][i];
            if (slice_eq(slice_of(label->folded), slice_of(names[k])))
                return label;
        }
    }
    return NULL;
}

/* Exact, a saying, or the only label that has these words. */
const struct directory_label *override_label_exact(const struct directory *d, enum directory_list list,
                                                   struct slice f)
{
    const struct directory_label *found = NULL;
    for (size_t i = 0; i < d->n_lists[list]; i++) {
        if (slice_eq(f, slice_of(d->lists[list][i].folded)))
            return &d->lists[list][i];
    }
    for (size_t i = 0; list == LIST_PRIORITY && rank_of(f) && i < d->n_lists[list]; i++) {
        const struct directory_label *label = &d->lists[list][i];
        if (!override_has_words(slice_of(label->folded), f))
            continue;
        if (found)
            return NULL;
        found = label;
    }
    return found || list != LIST_PRIORITY ? found : saying(d, f);
}

const struct directory_label *override_priority_exact(const struct directory *d, struct slice f, bool keyed)
{
    f = priority_words(f, &keyed);
    if (keyed && f.len == 1 && f.ptr[0] >= '1' && f.ptr[0] <= '5') {
        char nth[3] = {'p', f.ptr[0], '\0'};
        return override_label_exact(d, LIST_PRIORITY, slice_of(nth));
    }
    return override_label_exact(d, LIST_PRIORITY, f);
}

static void nearest_labels(struct override *out, const struct directory *d, enum directory_list list,
                           struct slice f)
{
    struct nearest near = {.out = out};
    size_t n = d->n_lists[list];
    for (size_t i = 0; i < n; i++) {
        const struct directory_label *label = &d->lists[list][i];
        struct slice name = slice_of(label->folded);
        unsigned allowed = override_slip(f.len > name.len ? f.len : name.len),
                 distance = fold_distance(f, name, allowed);
        if (override_begins(name, f, false) || override_has_words(name, f))
            override_offer_near(&near, 0, label->id, label->name);
        else if (distance <= allowed)
            override_offer_near(&near, distance, label->id, label->name);
    }
    if (out->n_choices)
        return;
    for (size_t i = 0; i < n; i++)
        override_offer(out, d->lists[list][i].id, d->lists[list][i].name);
}

void override_label(struct override *out, enum directory_list list, struct slice f, const struct directory *d)
{
    const struct directory_label *label =
        list == LIST_PRIORITY ? override_priority_exact(d, f, true) : override_label_exact(d, list, f);
    if (!label && list == LIST_STATUS)
        label = ending(d, f);
    const struct directory_label *beginning = NULL;
    size_t n = 0;
    for (size_t i = 0; !label && f.len >= SHORTEST_PART && i < d->n_lists[list]; i++) {
        if (override_begins(slice_of(d->lists[list][i].folded), f, false)) {
            beginning = &d->lists[list][i];
            n++;
        }
    }
    if (!label && n == 1)
        label = beginning;
    if (label)
        override_set(out, label->id, label->name);
    else
        nearest_labels(out, d, list, f);
}

/* More than ordinary, and none is more urgent. */
static bool is_alarm(const struct directory *d, int rank)
{
    bool first = rank == 1 || rank == 2;
    for (size_t i = 0; i < d->n_lists[LIST_PRIORITY]; i++) {
        int other = rank_of(slice_of(d->lists[LIST_PRIORITY][i].folded));
        first = first && (!other || other >= rank);
    }
    return first;
}

/* Of labels that have no rank the first and the last may be the most urgent one. */
const char *override_example_priority(const struct directory *d, int64_t has)
{
    static const int order[] = {2, 3, 4, 5, 0};
    size_t n = d->n_lists[LIST_PRIORITY];
    for (size_t k = 0; k < ARRAY_LEN(order); k++) {
        for (size_t i = 0; i < n && !is_alarm(d, order[k]); i++) {
            const struct directory_label *label = &d->lists[LIST_PRIORITY][i];
            bool edge = order[k] == 0 && (i == 0 || i == n - 1);
            if (label->id != d->labels.priority && label->id != has && !edge &&
                rank_of(slice_of(label->folded)) == order[k])
                return label->name;
        }
    }
    return NULL;
}

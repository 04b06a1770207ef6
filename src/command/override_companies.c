/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * override_companies: what is said for a company: its name, its domain, the beginning or a part of its name.
 * They lie sorted by folded name, so that only a domain, a part or a slip looks at all of them.
 */
#include "override_values.h"

enum { SHORTEST_PART = 3, SHORTEST_BEGINNING = 4 };

/* The first company whose folded name is not before `f`. */
static size_t first_from(const struct directory *d, struct slice f)
{
    size_t low = 0, high = d->n_companies;
    while (low < high) {
        size_t middle = (low + high) / 2;
        struct slice name = slice_of(d->by_name[middle]->folded);
        size_t n = name.len < f.len ? name.len : f.len;
        int c = n ? memcmp(name.ptr, f.ptr, n) : 0;
        if (c < 0 || (c == 0 && name.len < f.len))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Sets or offers every company that begins with `f`; those of exactly that name come before the others. */
size_t override_company_begins(struct override *out, struct slice f, bool whole_words,
                               const struct directory *d)
{
    size_t n = 0, exact = 0;
    const struct directory_company *only = NULL;
    for (size_t i = first_from(d, f); i < d->n_companies; i++) {
        const struct directory_company *c = d->by_name[i];
        struct slice name = slice_of(c->folded);
        if (!slice_starts(name, f) || (exact && name.len > f.len))
            break;
        if (!override_begins(name, f, whole_words))
            continue;
        exact += name.len == f.len;
        only = c;
        override_offer(out, c->id, c->name);
        if (++n > OVERRIDE_CHOICES)
            break;
    }
    if (n == 1) {
        out->n_choices = 0;
        override_set(out, only->id, only->name);
    } else if (n > 1) {
        out->state = OVERRIDE_SEVERAL;
    }
    return n;
}

/* "acme.example", "www.acme.example", "bob@acme.example" */
static size_t by_domain(struct override *out, struct slice f, const struct directory *d)
{
    long at = slice_find_char(f, '@'), scheme = slice_find(f, SLICE("://"));
    f = at >= 0 ? slice_skip(f, (size_t)at + 1) : scheme >= 0 ? slice_skip(f, (size_t)scheme + 3) : f;
    f = slice_starts(f, SLICE("www.")) ? slice_skip(f, 4) : f;
    f = override_strip(f, "", "/");
    size_t n = 0;
    if (slice_find_char(f, '.') <= 0)
        return 0;
    for (size_t i = 0; i < d->n_companies; i++) {
        const struct directory_company *c = &d->companies[i];
        if (!slice_eq(f, slice_of(c->domain)))
            continue;
        override_offer(out, c->id, c->name);
        n++;
    }
    if (n == 1)
        override_set(out, out->choices[0].id, out->choices[0].name);
    out->n_choices = n == 1 ? 0 : out->n_choices;
    out->state = n > 1 ? OVERRIDE_SEVERAL : out->state;
    return n;
}

/* Somewhere in the name: whole words outweigh parts of words. */
static size_t by_part(struct override *out, struct slice f, const struct directory *d)
{
    struct override parts = *out;
    size_t words = 0, n = 0;
    for (size_t i = 0; f.len >= SHORTEST_PART && i < d->n_companies && words <= OVERRIDE_CHOICES; i++) {
        const struct directory_company *c = d->by_name[i];
        if (!strstr(c->folded, f.ptr))
            continue;
        bool whole = override_has_words(slice_of(c->folded), f);
        override_offer(whole ? out : &parts, c->id, c->name);
        words += whole;
        n += !whole;
    }
    if (!words)
        *out = parts;
    n = words ? words : n;
    if (n == 1)
        override_set(out, out->choices[0].id, out->choices[0].name);
    out->n_choices = n == 1 ? 0 : out->n_choices;
    out->state = n > 1 ? OVERRIDE_SEVERAL : out->state;
    return n;
}

/* Slips of the whole name, or of as many of its first words as were said. */
void override_company_near(struct override *out, struct slice f, const struct directory *d)
{
    struct nearest near = {.out = out};
    unsigned allowed = override_slip(f.len);
    size_t words = 1;
    for (size_t i = 0; i < f.len; i++)
        words += f.ptr[i] == ' ';
    for (size_t i = 0; f.len >= 2 && i < d->n_companies; i++) {
        const struct directory_company *c = &d->companies[i];
        const char *letters = c->folded;
        /* the first letter is right, or was swapped with the second */
        if (letters[0] != f.ptr[0] && (letters[0] != f.ptr[1] || letters[1] != f.ptr[0]))
            continue;
        struct slice name = slice_of(letters);
        size_t end = 0, left = words;
        while (end < name.len && (name.ptr[end] != ' ' || --left))
            end++;
        unsigned distance = fold_distance(f, slice_cut(name, end), allowed);
        if (distance <= allowed)
            override_offer_near(&near, distance, c->id, c->name);
    }
}

void override_company(struct override *out, struct slice f, const struct directory *d)
{
    if (f.len && (by_domain(out, f, d) || override_company_begins(out, f, true, d)))
        return;
    if (f.len >= 2 && (override_company_begins(out, f, false, d) || by_part(out, f, d)))
        return;
    override_company_near(out, f, d);
}

/* By domain, exact name, or a beginning that is long enough to be no accident. */
void override_company_guess(struct override *out, struct slice f, const struct directory *d)
{
    if (by_domain(out, f, d) || (override_company_begins(out, f, true, d) && f.len >= SHORTEST_PART))
        return;
    if (f.len >= SHORTEST_BEGINNING)
        override_company_begins(out, f, false, d);
    else if (out->state == OVERRIDE_SET && !fold_eq(f, slice_of(out->name)))
        out->state = OVERRIDE_UNKNOWN;
}

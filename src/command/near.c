/* SPDX-License-Identifier: GPL-2.0-or-later */
/* near: whom a word may have meant that is nobody's name. Suggestions only: nothing here assigns a ticket. */
#include "words.h"

/* What a likeness costs; one slip of the keyboard costs ONE_SLIP and up to 4 more. */
enum {
    LAST_NAME = 6,
    PART_OF_NAME = 4,
    INITIALS = 8,
    ONE_SLIP = 20,
    SHORT_FORM = NEAR_TIGHT,
    BEGINNING = 30,
    NONE = 1000
};

static bool beside(char a, char b)
{
    static const char *const rows[] = {"1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"};
    enum { FAR = 100 };
    int x[2] = {FAR, FAR}, y[2] = {0, FAR};
    char both[2] = {a, b};
    for (size_t k = 0; k < 2; k++) {
        for (int r = 0; r < (int)ARRAY_LEN(rows); r++) {
            const char *at = both[k] ? strchr(rows[r], both[k]) : NULL;
            if (at) {
                x[k] = (int)(at - rows[r]);
                y[k] = r;
            }
        }
    }
    int dx = x[0] - x[1], dy = y[0] - y[1];
    return x[0] != FAR && x[1] != FAR && dx >= -1 && dx <= 1 && dy >= -1 && dy <= 1;
}

static char byte_at(struct slice s, size_t i)
{
    return i < s.len ? s.ptr[i] : '\0';
}

/* How unlikely the one slip is that made `typed` of `name`: 0 swapped or doubled letters, 1 a letter lost or
 * one of its neighbours hit, 2 a letter too much, 3 another letter; the first letter is seldom wrong. */
static unsigned kind_of_slip(struct slice typed, struct slice name)
{
    size_t same = 0;
    while (same < typed.len && same < name.len && typed.ptr[same] == name.ptr[same])
        same++;
    char t = byte_at(typed, same), n = byte_at(name, same), before = same ? typed.ptr[same - 1] : '\0';
    unsigned first = same == 0;
    if (typed.len == name.len)
        return byte_at(typed, same + 1) == n && byte_at(name, same + 1) == t ? 0
               : beside(t, n)                                                ? 1 + first
                                                                             : 3 + first;
    if (typed.len > name.len)
        return t == before ? 0 : beside(t, before) || beside(t, n) ? 1 + first : 2 + first;
    return n == before ? 0 : 1 + first;
}

/* The same letters in another order: the commonest slip of all. */
static bool anagram(struct slice a, struct slice b)
{
    if (a.len != b.len)
        return false;
    int counts[256] = {0};
    for (size_t i = 0; i < a.len; i++) {
        counts[(unsigned char)a.ptr[i]]++;
        counts[(unsigned char)b.ptr[i]]--;
    }
    for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
        if (counts[i])
            return false;
    }
    return true;
}

/* The letters of a word, a bit each; false if it has others than ASCII's. */
static bool letters_of(struct slice s, uint64_t *letters)
{
    *letters = 0;
    for (size_t i = 0; i < s.len; i++) {
        if ((unsigned char)s.ptr[i] >= 0x80)
            return false;
        *letters |= (uint64_t)1 << (s.ptr[i] & 63);
    }
    return true;
}

/* Each slip loses one letter of a word and brings one in, at most: what differs in more is far, and most
 * names are. */
static bool far_apart(struct slice typed, struct slice name, unsigned slips)
{
    uint64_t a, b;
    if (!letters_of(typed, &a) || !letters_of(name, &b))
        return false;
    return __builtin_popcountll(a & ~b) > (int)slips || __builtin_popcountll(b & ~a) > (int)slips;
}

static unsigned cost_of_typo(struct slice typed, struct slice name)
{
    size_t longest = typed.len > name.len ? typed.len : name.len;
    unsigned allowed = longest >= 5 ? 2 : longest >= 3 ? 1 : 0;
    if (far_apart(typed, name, allowed))
        return NONE;
    if (anagram(typed, name))
        return ONE_SLIP;
    unsigned d = fold_distance(typed, name, allowed);
    if (d > allowed)
        return NONE;
    return d * ONE_SLIP + (d == 1 ? kind_of_slip(typed, name) : 0);
}

static unsigned least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

/* The first name as somebody may write it: a word of it, run together, cut short, its short form. */
static unsigned cost_of_first(struct slice typed, const struct short_forms *also, const struct form *f)
{
    char joined[200];
    size_t len = 0;
    unsigned cost = NONE;
    for (size_t i = 0; i < f->n; i++) {
        if (f->n > 1 && slice_eq(f->words[i], typed))
            cost = least(cost, PART_OF_NAME + (unsigned)i);
        for (size_t k = 0; k < f->words[i].len && len < sizeof(joined); k++)
            joined[len++] = f->words[i].ptr[k];
    }
    struct slice whole = slice_from(joined, len);
    cost = least(cost, cost_of_typo(typed, whole));
    if (vocabulary_is_short_form(also, f->words[0]))
        cost = least(cost, SHORT_FORM);
    if (typed.len >= 3 && whole.len >= 3 && (slice_starts(whole, typed) || slice_starts(typed, whole)))
        cost = least(cost, BEGINNING);
    return cost;
}

static bool initials(struct slice typed, const struct form *f)
{
    return typed.len == 2 && f->n >= 2 && f->words[0].len && f->words[f->n - 1].len &&
           typed.ptr[0] == f->words[0].ptr[0] && typed.ptr[1] == f->words[f->n - 1].ptr[0];
}

static unsigned cost_of(struct slice typed, const struct short_forms *also, const struct form *f)
{
    switch (f->kind) {
    case FORM_FIRST:
        return cost_of_first(typed, also, f);
    case FORM_FULL:
        if (!f->reversed)
            return initials(typed, f) ? INITIALS : NONE;
        return slice_eq(typed, f->words[0]) ? LAST_NAME : NONE;
    case FORM_USER:
    case FORM_NICK:
        return f->n == 1 ? cost_of_typo(typed, f->words[0]) : NONE;
    default:
        return NONE;
    }
}

static void keep(struct near *out, size_t *n, size_t max, struct near one)
{
    size_t at = 0;
    while (at < *n && out[at].who != one.who)
        at++;
    if (at < *n && out[at].cost <= one.cost)
        return;
    if (at == *n && *n == max && out[max - 1].cost <= one.cost)
        return;
    if (at == *n && *n < max)
        (*n)++;
    else if (at == *n)
        at = *n - 1;
    for (; at > 0 && out[at - 1].cost > one.cost; at--)
        out[at] = out[at - 1];
    out[at] = one;
}

size_t near_find(const struct command_names *names, struct slice folded, struct near *out, size_t max)
{
    size_t n = 0;
    struct short_forms also;
    ENSURE(max > 0);
    vocabulary_short_forms(&also, folded);
    for (size_t i = 0; folded.len && i < names->n; i++) {
        const struct form *f = &names->forms[i];
        unsigned cost = f->who->assignable ? cost_of(folded, &also, f) : NONE;
        if (cost < NONE)
            keep(out, &n, max,
                 (struct near){.who = f->who, .cost = cost, .slip = cost >= ONE_SLIP && cost < SHORT_FORM});
    }
    return n;
}

void near_sort_by_last(const struct directory_resource **who, size_t n, struct slice last)
{
    unsigned cost[MOST_SAME];
    ENSURE(n <= MOST_SAME);
    for (size_t i = 0; i < n; i++) {
        struct buf b = BUF_INIT(400);
        fold_name(&b, slice_of(who[i]->last));
        unsigned d = cost_of_typo(last, buf_view(&b));
        buf_release(&b);
        const struct directory_resource *one = who[i];
        size_t at = i;
        for (; at > 0 && cost[at - 1] > d; at--) {
            who[at] = who[at - 1];
            cost[at] = cost[at - 1];
        }
        who[at] = one;
        cost[at] = d;
    }
}

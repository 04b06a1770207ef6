/* SPDX-License-Identifier: GPL-2.0-or-later */
/* names: the forms by which technicians are called (product.md "Technician in the subject"), sorted by their
 * first word. */
#include "words.h"

enum { MOST_FORMS_EACH = 16, MOST_NICKNAMES = 8 };

/* --- the index --- */

static int compare_forms(const void *a, const void *b)
{
    const struct form *x = a, *y = b;
    size_t n = x->words[0].len < y->words[0].len ? x->words[0].len : y->words[0].len;
    int c = memcmp(x->words[0].ptr, y->words[0].ptr, n);
    if (c == 0)
        c = (x->words[0].len > y->words[0].len) - (x->words[0].len < y->words[0].len);
    return c;
}

static void add_form(struct command_names *names, const struct directory_resource *who, enum form_kind kind,
                     const char *text)
{
    struct form f = {.kind = kind, .who = who};
    struct buf b = BUF_INIT(400);
    fold_name(&b, slice_of(text));
    char *kept = pool_slice(names->pool, buf_view(&b));
    buf_release(&b);
    struct scan c = scan_of(slice_of(kept));
    while (!scan_end(&c) && f.n < MOST_FORM_WORDS) {
        scan_while(&c, " ");
        struct slice word = scan_until(&c, " ");
        if (word.len)
            f.words[f.n++] = word;
    }
    if (f.n == 0 || !scan_end(&c))
        return;
    names->forms[names->n++] = f;
}

/* "Jean-Luc" and "Jean Luc" are one name: the form with every `from` written as `to`, if there is one. */
static void add_variant(struct command_names *names, const struct directory_resource *who,
                        enum form_kind kind, const char *text, char from, char to)
{
    char other[300];
    size_t n = strlen(text);
    if (!strchr(text, from) || n >= sizeof(other))
        return;
    for (size_t i = 0; i <= n; i++)
        other[i] = text[i] == from ? to : text[i];
    add_form(names, who, kind, other);
}

/* "Temp Nine" is nobody's "temp password" */
static void add_first_names(struct command_names *names, const struct directory_resource *r)
{
    struct buf b = BUF_INIT(400);
    fold_name(&b, slice_of(r->first));
    bool role = slice_is(buf_view(&b), WORD_ROLE);
    buf_release(&b);
    if (role)
        return;
    add_form(names, r, FORM_FIRST, r->first);
    add_variant(names, r, FORM_FIRST, r->first, '-', ' ');
    add_variant(names, r, FORM_FIRST, r->first, ' ', '-');
}

static void add_full_names(struct command_names *names, const struct directory_resource *r)
{
    char text[300];
    /* one letter, which may be two bytes */
    struct slice letter = slice_cut_utf8(slice_of(r->last), ((unsigned char)r->last[0] & 0x80) ? 2 : 1);
    snprintf(text, sizeof(text), "%s %s", r->first, r->last);
    add_form(names, r, FORM_FULL, text);
    add_variant(names, r, FORM_FULL, text, '-', ' ');
    snprintf(text, sizeof(text), "%s %.*s", r->first, SLICE_ARG(letter));
    add_form(names, r, FORM_INITIAL, text);
    snprintf(text, sizeof(text), "%s %s", r->last, r->first);
    size_t before = names->n;
    add_form(names, r, FORM_FULL, text);
    for (size_t i = before; i < names->n; i++)
        names->forms[i].reversed = true;
}

static void add_person(struct command_names *names, const struct directory_resource *r)
{
    add_first_names(names, r);
    if (r->last[0])
        add_full_names(names, r);
    if (r->user[0])
        add_form(names, r, FORM_USER, r->user);
    for (size_t i = 0; r->nicknames && r->nicknames[i] && i < MOST_NICKNAMES; i++)
        add_form(names, r, FORM_NICK, r->nicknames[i]);
}

struct command_names *names_index_new(const struct directory *directory)
{
    struct command_names *names = mem_alloc(sizeof(*names));
    names->pool = pool_new(64 << 20);
    names->forms =
        pool_array(names->pool, directory->n_resources * MOST_FORMS_EACH + 1, sizeof(*names->forms));
    for (size_t i = 0; i < directory->n_resources; i++) {
        /* an API user is nobody whom people call */
        if (strcmp(directory->resources[i].why_not, "API user") != 0)
            add_person(names, &directory->resources[i]);
    }
    qsort(names->forms, names->n, sizeof(*names->forms), compare_forms);
    return names;
}

void names_index_free(struct command_names **names)
{
    if (!*names)
        return;
    pool_free(&(*names)->pool);
    free(*names);
    *names = NULL;
}

void names_index_topics(struct command_names *names, const struct command_topic *topics, size_t n)
{
    names->topics = topics;
    names->n_topics = n;
}

/* --- matching --- */

/* The initial of a last name, not a word: "Mike A laptop" and "Pat I need a dock" name no Alvarez and no
 * Irwin.
 */
static bool is_initial(const struct words *words, const struct word *w)
{
    bool also_a_word = !w->capital || words->shouting || words->title_case || slice_eq(w->folded, SLICE("i"));
    return !also_a_word || (w->capital && w->possessive) || (w->after != GAP_BLANK && w->after != GAP_COMMA);
}

static bool gap_fits(const struct form *f, size_t k, const struct word *w)
{
    bool latin = (unsigned char)w->folded.ptr[0] < 0x80;
    if (k == 0)
        return true;
    /* "stone mark on the desk" is not "Stone, Mark" */
    if (f->reversed && latin)
        return w->before == GAP_COMMA;
    return w->before == GAP_BLANK || w->before == GAP_STOP;
}

static bool form_fits(const struct form *f, const struct words *words, size_t at)
{
    if (at + f->n > words->n)
        return false;
    for (size_t k = 0; k < f->n; k++) {
        const struct word *w = &words->w[at + k];
        bool last = k + 1 == f->n;
        if (w->opaque || !slice_eq(f->words[k], w->folded) || !gap_fits(f, k, w) || (!last && w->possessive))
            return false;
        if (last && f->kind == FORM_INITIAL && !is_initial(words, w))
            return false;
    }
    return true;
}

static void take_form(struct match *m, const struct form *f, size_t at)
{
    bool better = f->n > m->n || (f->n == m->n && f->who->assignable && m->absent);
    bool same = f->n == m->n && f->who->assignable != m->absent;
    if (better) {
        *m = (struct match){.at = at, .n = f->n, .kind = f->kind, .absent = !f->who->assignable};
        m->who[m->n_who++] = f->who;
        return;
    }
    if (!same)
        return;
    /* a user name that is a first name too says no more than that */
    if (f->kind > m->kind)
        m->kind = f->kind;
    for (size_t i = 0; i < m->n_who; i++) {
        if (m->who[i] == f->who)
            return;
    }
    if (m->n_who < MOST_SAME)
        m->who[m->n_who++] = f->who;
}

bool names_match(const struct command_names *names, const struct words *words, size_t at, struct match *out)
{
    struct form key = {.words = {words->w[at].folded}};
    *out = (struct match){0};
    if (words->w[at].opaque || words->w[at].folded.len == 0)
        return false;
    size_t low = 0, high = names->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (compare_forms(&names->forms[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < names->n && compare_forms(&names->forms[low], &key) == 0; low++) {
        if (form_fits(&names->forms[low], words, at))
            take_form(out, &names->forms[low], at);
    }
    if (out->n_who == 0)
        return false;
    out->everyday = out->n == 1 && word_is(&words->w[at], WORD_EVERYDAY);
    return true;
}

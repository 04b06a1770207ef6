/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * decide: subject and text → what is wanted. Start reading this folder here: strip prefixes, read words, find
 * names and their places, then the first of: command, addressed technician, near miss, single mention,
 * question.
 */
#include "words.h"

enum { TITLE_MAX = 250 };

static void note_evidence(struct command *out, const struct words *words, const struct match *m)
{
    if (out->n_evidence == COMMAND_MAX_EVIDENCE)
        return;
    const struct word *first = &words->w[m->at], *last = &words->w[m->at + m->n - 1];
    out->evidence[out->n_evidence++] = (struct command_evidence){
        .resource = m->who[0],
        .how = m->absent              ? "absent"
               : m->strong || m->weak ? "addressed"
               : m->everyday          ? "everyday-word"
                                      : "mentioned",
        .where = m->where,
        .text = slice_from(first->raw.ptr, (size_t)(last->raw.ptr + last->raw.len - first->raw.ptr))};
}

static bool have(const struct command *out, const struct directory_resource *r)
{
    for (size_t i = 0; i < out->n_resources; i++) {
        if (out->resources[i] == r)
            return true;
    }
    return false;
}

static void suggest(struct command *out, const struct directory_resource *r)
{
    for (size_t i = 0; i < out->n_suggestions; i++) {
        if (out->suggestions[i] == r)
            return;
    }
    if (r->assignable && out->n_suggestions < COMMAND_MAX_SUGGESTIONS)
        out->suggestions[out->n_suggestions++] = r;
}

static void ask(struct command *out, enum command_why_ask why, struct slice word)
{
    out->kind = COMMAND_ASK;
    out->verb = "ticket";
    out->why_ask = why;
    out->asked_word = word;
    out->n_resources = 0;
}

static void offer_everybody(struct command *out, const struct directory *d)
{
    size_t assignable = 0;
    for (size_t i = 0; i < d->n_resources; i++)
        assignable += d->resources[i].assignable;
    for (size_t i = 0; assignable <= COMMAND_MAX_SUGGESTIONS && i < d->n_resources; i++)
        suggest(out, &d->resources[i]);
}

static bool counts(const struct match *m, bool strong_only)
{
    return m->strong || (!strong_only && m->weak);
}

/* One name may stand for two people: unless another word of the subject tells them apart, we ask. */
static bool shared(const struct match *m)
{
    return m->n_who > 1;
}

/* True when somebody is addressed: the outcome is set. */
static bool decide_addressed(struct command *out, const struct words *words, const struct match *m, size_t n,
                             const struct directory *d)
{
    bool strong = false, any = false;
    for (size_t i = 0; i < n; i++)
        strong = strong || m[i].strong;
    for (size_t i = 0; i < n; i++) {
        const struct match *one = &m[i];
        if (!counts(one, strong))
            continue;
        any = true;
        if (one->absent || shared(one)) {
            ask(out, one->absent ? ASK_ABSENT : ASK_SHARED_NAME, words->w[one->at].raw);
            for (size_t k = 0; k < one->n_who; k++)
                suggest(out, one->who[k]);
            if (one->absent)
                offer_everybody(out, d);
            return true;
        }
        if (!have(out, one->who[0]) && out->n_resources < COMMAND_MAX_RESOURCES)
            out->resources[out->n_resources++] = one->who[0];
    }
    if (any) {
        out->kind = COMMAND_TICKET;
        out->verb = "ticket";
    }
    return any;
}

static void decide_mentioned(struct command *out, const struct words *words, const struct match *m, size_t n,
                             const struct directory *d)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < m[i].n_who; k++)
            suggest(out, m[i].who[k]);
    }
    if (n == 0) {
        ask(out, ASK_NOBODY_NAMED, SLICE_NONE);
        offer_everybody(out, d);
    } else if (m[0].absent && n == 1) {
        ask(out, ASK_ABSENT, words->w[m[0].at].raw);
        offer_everybody(out, d);
    } else if (out->n_suggestions == 1) {
        out->resources[out->n_resources++] = out->suggestions[0];
        out->n_suggestions = 0;
        out->kind = COMMAND_TICKET;
        out->verb = "ticket";
    } else {
        ask(out, n == 1 ? ASK_SHARED_NAME : ASK_SEVERAL_MENTIONED, words->w[m[0].at].raw);
    }
}

/* --- title --- */

static struct slice first_line(struct slice text)
{
    struct scan c = scan_of(text);
    while (!scan_end(&c)) {
        struct slice line = slice_trim(scan_line(&c));
        if (line.len)
            return line;
    }
    return SLICE_NONE;
}

static struct slice trim_edges(struct slice s)
{
    static const char junk[] = " \t:;,-|>~";
    static const struct slice dashes[] = {{"\xe2\x80\x93", 3}, {"\xe2\x80\x94", 3}, {"\xc2\xb7", 2}};
    for (bool again = true; again;) {
        size_t before = s.len;
        while (s.len && (strchr(junk, s.ptr[0]) || s.ptr[0] == '.'))
            s = slice_skip(s, 1);
        while (s.len && strchr(junk, s.ptr[s.len - 1]))
            s.len--;
        for (size_t i = 0; i < ARRAY_LEN(dashes); i++) {
            if (slice_starts(s, dashes[i]))
                s = slice_skip(s, dashes[i].len);
            if (slice_ends_nocase(s, dashes[i]))
                s.len -= dashes[i].len;
        }
        again = s.len != before;
    }
    return s;
}

/* Single blanks, at most 250 of the 255 UTF-16 units that Autotask takes. */
static const char *tidy(struct slice s, struct pool *pool)
{
    struct buf b = BUF_INIT(4 * TITLE_MAX);
    for (size_t i = 0; i < s.len && !b.overflow; i++) {
        bool blank = s.ptr[i] == ' ' || s.ptr[i] == '\t' || s.ptr[i] == '\n' || s.ptr[i] == '\r';
        if (blank && (b.len == 0 || b.data[b.len - 1] == ' '))
            continue;
        buf_putc(&b, blank ? ' ' : s.ptr[i]);
    }
    const char *out = pool_slice(pool, slice_trim(slice_cut_utf16(buf_view(&b), TITLE_MAX)));
    buf_release(&b);
    return out;
}

static const char *title_of(struct slice stripped, struct slice text, const struct words *words,
                            const struct match *m, size_t n, long unknown, struct pool *pool)
{
    size_t from, to;
    struct slice s = stripped;
    places_title(words, m, n, unknown, &from, &to);
    if (words->n && (from > 0 || to < words->n)) {
        const char *begin = from > 0 ? words->w[from - 1].raw.ptr + words->w[from - 1].raw.len : stripped.ptr;
        const char *end =
            to < words->n ? words->w[to].raw.ptr - words->w[to].at_sign : stripped.ptr + stripped.len;
        s = slice_from(begin, (size_t)(end - begin));
        /* the bracket that opened before the name, or closed behind it, goes with it */
        while (to < words->n && s.len &&
               (s.ptr[s.len - 1] == '(' || s.ptr[s.len - 1] == '[' || s.ptr[s.len - 1] == ' '))
            s.len--;
        while (from > 0 && s.len && (s.ptr[0] == ')' || s.ptr[0] == ']' || s.ptr[0] == ' '))
            s = slice_skip(s, 1);
    }
    s = trim_edges(slice_trim(s));
    if (s.len == 0)
        s = slice_trim(stripped);
    if (from == 0 && to == words->n && s.len == 0)
        s = first_line(text);
    const char *title = tidy(s, pool);
    return title[0] ? title : "(no subject)";
}

/* Only a name and nothing else: the first line of the text says what it is about. */
static bool names_only(const struct words *words, const struct match *m, size_t n)
{
    size_t covered = 0;
    for (size_t i = 0; i < n; i++)
        covered += m[i].n;
    return n > 0 && covered == words->n;
}

static bool decide_near_miss(struct command *out, const struct words *words,
                             const struct command_names *names, long unknown)
{
    const struct directory_resource *near[COMMAND_MAX_SUGGESTIONS];
    size_t n = names_near(names, words->w[unknown].folded, near, ARRAY_LEN(near));
    if (n == 0)
        return false;
    ask(out, ASK_NEAR_MISS, words->w[unknown].raw);
    for (size_t i = 0; i < n; i++)
        suggest(out, near[i]);
    if (out->n_evidence < COMMAND_MAX_EVIDENCE)
        out->evidence[out->n_evidence++] = (struct command_evidence){.resource = near[0],
                                                                     .how = "near-miss",
                                                                     .where = "where a name belongs",
                                                                     .text = words->w[unknown].raw};
    return true;
}

void command_read(struct command *out, struct slice subject, struct slice text,
                  const struct directory *directory, const struct command_names *names, struct pool *pool)
{
    struct match matches[MOST_MATCHES];
    struct words *words = pool_alloc(pool, sizeof(*words));
    *out = (struct command){0};
    struct slice stripped = command_subject(subject, &out->is_reply, &out->is_forward);
    stripped = slice_from(pool_slice(pool, stripped), stripped.len);
    out->stripped = stripped.ptr;
    words_read(words, stripped, pool);
    size_t n = places_find(names, words, matches, MOST_MATCHES);
    bool addressed = false, strong = false, unknown_strong;
    for (size_t i = 0; i < n; i++) {
        note_evidence(out, words, &matches[i]);
        addressed = addressed || matches[i].strong || matches[i].weak;
        strong = strong || matches[i].strong;
    }
    const struct command_verb *verb = addressed ? NULL : phrases_find(words, n > 0, stripped, &out->argument);
    if (verb) {
        out->verb = verb->verb;
        out->title = tidy(stripped, pool);
        out->kind = !verb->built                      ? COMMAND_NOT_YET
                    : strcmp(verb->verb, "help") == 0 ? COMMAND_HELP
                                                      : COMMAND_STATUS;
        return;
    }
    long unknown = places_unknown(words, matches, n, &unknown_strong);
    /* where a separator says that a name belongs, an unknown one outweighs mentions; a bare first word
     * outweighs nobody */
    bool miss =
        !strong && unknown >= 0 && (unknown_strong || n == 0) && decide_near_miss(out, words, names, unknown);
    if (!miss && !decide_addressed(out, words, matches, n, directory))
        decide_mentioned(out, words, matches, n, directory);
    struct slice line = names_only(words, matches, n) ? first_line(text) : SLICE_NONE;
    out->title =
        line.len ? tidy(line, pool) : title_of(stripped, text, words, matches, n, miss ? unknown : -1, pool);
}

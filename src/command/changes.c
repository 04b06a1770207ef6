/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * changes: the grammar of one line. From left to right the longest run of words that is a change is taken;
 * the line counts if nothing is left over. The forms are the functions in `forms`, in this order.
 */
#include "changes.h"

enum { SPAN_WORDS = 12, BARE_WORDS = 4, CONTACT_WORDS = 5, MOST_NUMBER = 99, MOST_HOURS = 90 * 24 };

struct parser {
    const struct change_world *w;
    struct tokens t; /* without words of politeness */
    bool bare_name, bare_value, loose;
    bool weak; /* the last form found a date or a company without its key */
};

/* A run of words [from, to) that is tried. */
struct run {
    struct parser *p;
    size_t from, to;
    bool inner; /* a separator stands inside */
};

/* Words of politeness: they change nothing wherever they stand. */
static const char *const polite[] = {"please", "pls",   "plz",  "kindly",  "ok",  "okay",
                                     "yes",    "sorry", "just", "instead", "then"};
/* Courtesies: the same, but only apart from what follows ("thanks to Mike" thanks him). */
static const char *const courtesies[] = {"thanks", "thx", "cheers", "ty", "hi", "hello", "hey"};
static const struct {
    const char *first, *second;
    bool courtesy;
} pairs[] = {
    {"can", "you", false},  {"could", "you", false},  {"would", "you", false},   {"will", "you", false},
    {"thank", "you", true}, {"many", "thanks", true}, {"thanks", "again", true},
};
static const char *const objects[] = {"it", "this", "that"};
static const char *const things[] = {"ticket", "request", "one", "task", "job"};
static const char *const move_verbs[] = {"assign", "reassign", "re-assign", "give",    "hand",
                                         "pass",   "move",     "transfer",  "reroute", "route"};
static const char *const set_verbs[] = {"set",  "change", "make",  "move", "push",   "put",
                                        "mark", "raise",  "lower", "bump", "switch", "update"};

static const struct {
    const char *word, *second; /* second: may follow */
    enum override_key key;
} keys[] = {
    {"due", "date", OVERRIDE_DUE},         {"deadline", NULL, OVERRIDE_DUE},
    {"priority", NULL, OVERRIDE_PRIORITY}, {"prio", NULL, OVERRIDE_PRIORITY},
    {"queue", NULL, OVERRIDE_QUEUE},       {"company", NULL, OVERRIDE_COMPANY},
    {"customer", NULL, OVERRIDE_COMPANY},  {"client", NULL, OVERRIDE_COMPANY},
    {"status", NULL, OVERRIDE_STATUS},     {"category", NULL, OVERRIDE_CATEGORY},
    {"type", NULL, OVERRIDE_TYPE},         {"contact", NULL, OVERRIDE_CONTACT},
};

static bool is(const struct run *r, size_t at, const char *text)
{
    return at < r->to && slice_eq(r->p->t.t[at].folded, slice_of(text));
}

static bool in_list(struct slice folded, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (slice_eq(folded, slice_of(list[i])))
            return true;
    }
    return false;
}

static bool is_one(const struct run *r, size_t at, const char *const *list, size_t n)
{
    return at < r->to && in_list(r->p->t.t[at].folded, list, n);
}

static bool ends_piece(const struct run *r)
{
    return r->to == r->p->t.n || r->p->t.t[r->to].split;
}

static bool alone(const struct run *r)
{
    return r->p->t.t[r->from].split && ends_piece(r);
}

/* The words [from, to of r) as written. */
static struct slice said(const struct run *r, size_t from)
{
    if (from >= r->to)
        return SLICE_NONE;
    const struct slice *a = &r->p->t.t[from].raw, *b = &r->p->t.t[r->to - 1].raw;
    return slice_from(a->ptr, (size_t)(b->ptr + b->len - a->ptr));
}

/* "it", "this", "the ticket", "this request": one past it. */
static size_t skip_object(const struct run *r, size_t at)
{
    bool article = is(r, at, "the") || is_one(r, at, objects, ARRAY_LEN(objects));
    if (article && is_one(r, at + 1, things, ARRAY_LEN(things)))
        return at + 2;
    if (is(r, at, "ticket") || is_one(r, at, objects, ARRAY_LEN(objects)))
        return at + 1;
    return at;
}

/* --- names --- */

enum named { NAME_NONE, NAME_ONE, NAME_SEVERAL, NAME_ABSENT };

/* Does the whole text name somebody? */
static enum named name_of(const struct change_world *w, struct slice text, struct match *m)
{
    struct words *words = w->scratch;
    if (text.len > 200)
        return NAME_NONE;
    words_read(words, text, w->pool);
    if (words->n == 0 || words->n > MOST_FORM_WORDS || !names_match(w->names, words, 0, m) ||
        m->n != words->n || words->w[words->n - 1].possessive)
        return NAME_NONE;
    return m->absent ? NAME_ABSENT : m->n_who > 1 ? NAME_SEVERAL : NAME_ONE;
}

static void suggest_all(struct change *out, const struct match *m)
{
    for (size_t i = 0; i < m->n_who && out->n_suggestions < COMMAND_MAX_SUGGESTIONS; i++)
        out->suggestions[out->n_suggestions++] = m->who[i];
}

static bool take_name(struct change *out, enum change_kind kind, enum named named, const struct match *m,
                      struct slice text)
{
    *out = (struct change){.kind = kind, .said = text};
    if (named == NAME_ONE)
        out->resources[out->n_resources++] = m->who[0];
    else if (named == NAME_SEVERAL)
        suggest_all(out, m);
    return named != NAME_NONE;
}

/* Nobody of that name: it still counts where it is spelt like a name, or is nearly one. */
static bool take_unknown(struct change *out, enum change_kind kind, const struct run *r, size_t from,
                         bool certain)
{
    const struct token *t = &r->p->t.t[from];
    struct words *words = r->p->w->scratch;
    if (r->to != from + 1 || !ends_piece(r) || slice_is(t->folded, WORD_COMMON) || t->folded.len < 3)
        return false;
    words_read(words, t->raw, r->p->w->pool);
    if (words->n != 1 || words->w[0].opaque || words->w[0].possessive || words->w[0].all_caps)
        return false;
    *out = (struct change){.kind = kind, .said = t->raw};
    struct near near[COMMAND_MAX_SUGGESTIONS];
    size_t n = near_find(r->p->w->names, t->folded, near, ARRAY_LEN(near));
    for (size_t i = 0; i < n; i++)
        out->suggestions[out->n_suggestions++] = near[i].who;
    return out->n_suggestions || (certain && words->w[0].capital);
}

/* --- values --- */

static bool guess(struct change *out, const struct run *r, size_t from)
{
    const struct change_world *w = r->p->w;
    struct slice text = said(r, from);
    *out = (struct change){.kind = CHANGE_SET, .said = text};
    /* a contact is any words: only form_key is strict enough for it */
    return text.len && override_guess(&out->value, text, w->d, w->cal, w->now_ms, w->pool) &&
           out->value.key != OVERRIDE_CONTACT;
}

/* In a first pass only what is known, so that "queue Triage, high" is not a queue of that whole name. */
static bool resolve(struct change *out, const struct run *r, size_t from, enum override_key key, bool certain)
{
    const struct change_world *w = r->p->w;
    struct slice text = said(r, from);
    *out = (struct change){.kind = CHANGE_SET, .said = text};
    if (text.len == 0)
        return false;
    override_resolve(&out->value, key, text, w->d, w->cal, w->now_ms, w->pool);
    if (out->value.state != OVERRIDE_UNKNOWN)
        return !r->p->loose;
    if (!r->p->loose || r->inner || !ends_piece(r) || r->to - from > 4)
        return false;
    struct buf a = BUF_INIT(400), b = BUF_INIT(400);
    fold_into(&a, text);
    if (out->value.n_choices)
        fold_into(&b, slice_of(out->value.choices[0].name));
    bool near = text.len >= 4 && b.len && fold_distance(buf_view(&a), buf_view(&b), 2) <= 2;
    buf_release(&a);
    buf_release(&b);
    return certain || near;
}

static bool is_whole_name(const struct change *c)
{
    return c->value.state == OVERRIDE_SET && fold_eq(c->said, slice_of(c->value.name));
}

/* --- forms --- */

static bool form_undo(struct change *out, const struct run *r)
{
    if (!is(r, r->from, "undo") && !is(r, r->from, "cancel"))
        return false;
    size_t at = skip_object(r, r->from + 1);
    bool force = is(r, at, "anyway");
    *out = (struct change){.kind = CHANGE_UNDO, .said = said(r, r->from), .force = force};
    return at + force == r->to && !r->inner && alone(r);
}

static bool form_word(struct change *out, const struct run *r)
{
    size_t at = r->from;
    bool keep = is(r, at, "keep") || is(r, at, "make");
    at = keep ? skip_object(r, at + 1) : at;
    bool ack = !keep && is(r, at, "ack");
    bool separate = is(r, at, "separate") || (!keep && is(r, at, "separately"));
    *out = (struct change){.kind = ack ? CHANGE_ACK : CHANGE_SEPARATE, .said = said(r, r->from)};
    if (separate && is_one(r, at + 1, things, ARRAY_LEN(things)))
        at++;
    return (ack || separate) && at + 1 == r->to && alone(r);
}

static bool form_snooze(struct change *out, const struct run *r)
{
    static const struct {
        const char *unit;
        unsigned hours;
    } units[] = {{"h", 1},     {"hour", 1}, {"hours", 1},  {"d", 24},     {"day", 24},
                 {"days", 24}, {"w", 168},  {"week", 168}, {"weeks", 168}};
    if (!is(r, r->from, "snooze") || !alone(r))
        return false;
    size_t at = r->from + 1 + is(r, r->from + 1, "for");
    if (at >= r->to || r->to - at > 2)
        return false;
    struct scan c = scan_of(r->p->t.t[at].folded);
    uint64_t n;
    if (!slice_to_u64(scan_while(&c, "0123456789"), 1, MOST_HOURS, &n))
        return false;
    struct slice unit = scan_rest(&c);
    if (unit.len && r->to - at == 2)
        return false;
    unit = r->to - at == 2 ? r->p->t.t[at + 1].folded : unit;
    for (size_t i = 0; i < ARRAY_LEN(units); i++) {
        if (!slice_eq(unit, slice_of(units[i].unit)) || n * units[i].hours > MOST_HOURS)
            continue;
        *out = (struct change){
            .kind = CHANGE_SNOOZE, .said = said(r, r->from), .number = (unsigned)n * units[i].hours};
        return true;
    }
    return false;
}

static bool form_choice(struct change *out, const struct run *r)
{
    static const char *const words[] = {"option", "choice", "number", "no", "nr", "answer"};
    bool word = is_one(r, r->from, words, ARRAY_LEN(words));
    size_t at = r->from + word;
    uint64_t n;
    if (at + 1 != r->to || r->inner || !alone(r) || (!word && !r->p->bare_value))
        return false;
    struct slice digits = r->p->t.t[at].folded;
    digits = slice_starts(digits, SLICE("#")) ? slice_skip(digits, 1) : digits;
    if (!slice_to_u64(digits, 1, MOST_NUMBER, &n) || digits.ptr[0] == '0')
        return false;
    *out = (struct change){.kind = CHANGE_CHOICE, .said = said(r, r->from), .number = (unsigned)n};
    return true;
}

static bool form_signed(struct change *out, const struct run *r)
{
    char sign = r->p->t.t[r->from].sign;
    struct match m;
    if (!sign || r->inner)
        return false;
    enum change_kind kind = sign == '+' ? CHANGE_ADD : CHANGE_REMOVE;
    struct slice text = said(r, r->from);
    return take_name(out, kind, name_of(r->p->w, text, &m), &m, text) ||
           take_unknown(out, kind, r, r->from, false);
}

/* "to Mike", "assign it to Mike", "move to the Triage queue", "change to high" */
static bool form_to(struct change *out, const struct run *r)
{
    bool moves = is_one(r, r->from, move_verbs, ARRAY_LEN(move_verbs)),
         sets = is_one(r, r->from, set_verbs, ARRAY_LEN(set_verbs));
    size_t at = r->from;
    struct match m;
    if (r->p->t.t[r->from].colon)
        return false;
    if (moves || sets) {
        at = skip_object(r, at + 1);
        at += is(r, at, "over") || is(r, at, "back");
    }
    bool to = is(r, at, "to");
    at += to;
    /* "assign Mike" */
    if (at >= r->to || (!to && !is(r, r->from, "assign") && !is(r, r->from, "reassign")))
        return false;
    struct slice text = said(r, at);
    if (!r->inner && !r->p->loose && take_name(out, CHANGE_TO, name_of(r->p->w, text, &m), &m, text))
        return true;
    if (!to)
        return false;
    size_t value = at + is(r, at, "the");
    struct run bare = *r;
    bare.to -= is(r, r->to - 1, "queue") && r->to - 1 > value;
    /* the whole name: "to help" is no queue Help Desk */
    if (!r->inner && !r->p->loose && resolve(out, &bare, value, OVERRIDE_QUEUE, false) && is_whole_name(out))
        return true;
    if ((sets || is(r, r->from, "move")) && !r->p->loose && guess(out, r, value))
        return true;
    return r->p->loose && !r->inner && take_unknown(out, CHANGE_TO, r, at, !sets || moves);
}

static bool find_key(const struct run *r, size_t *at, enum override_key *key)
{
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (!is(r, *at, keys[i].word))
            continue;
        *key = keys[i].key;
        *at += keys[i].second && is(r, *at + 1, keys[i].second) ? 2 : 1;
        return true;
    }
    return false;
}

/* "due fri", "priority: high", "change the due date to friday", "make it due friday" */
static bool form_key(struct change *out, const struct run *r)
{
    size_t at = r->from;
    enum override_key key;
    bool sets = is_one(r, at, set_verbs, ARRAY_LEN(set_verbs));
    if (sets) {
        at = skip_object(r, at + 1);
        at += is(r, at, "in") || is(r, at, "the");
        at += is(r, at, "the");
    }
    if (!find_key(r, &at, &key))
        return false;
    bool colon = r->p->t.t[at - 1].colon, to = is(r, at, "to");
    at += to || is(r, at, "as") || is(r, at, "at");
    /* any words are a contact's name: "contact Bob at Acme" says what to do */
    if (key == OVERRIDE_CONTACT && (r->inner || !(colon || (sets && to)) || r->to > at + CONTACT_WORDS))
        return false;
    return resolve(out, r, at, key, colon || sets);
}

/* "make it high", "mark as complete", "set it to high priority", "high priority", "Triage queue" */
static bool form_value(struct change *out, const struct run *r)
{
    size_t at = r->from;
    bool sets = is_one(r, at, set_verbs, ARRAY_LEN(set_verbs)), marks = is(r, at, "mark");
    enum override_key key;
    struct run bare = *r;
    size_t last = r->to - 1;
    if (r->p->loose)
        return false;
    if (sets) {
        at = skip_object(r, at + 1);
        at += is(r, at, "as") || is(r, at, "to");
    }
    if (last > at && find_key(r, &last, &key) && last == r->to && key != OVERRIDE_DUE &&
        key != OVERRIDE_COMPANY && key != OVERRIDE_CONTACT) {
        bare.to--;
        bool known = !r->inner && resolve(out, &bare, at, key, false) && out->value.state == OVERRIDE_SET;
        return known && (sets || key == OVERRIDE_PRIORITY || (key == OVERRIDE_QUEUE && is_whole_name(out)));
    }
    if (marks)
        return !r->inner && resolve(out, r, at, OVERRIDE_STATUS, false) && out->value.state == OVERRIDE_SET;
    return sets && guess(out, r, at);
}

/* Words that are a priority and nothing else. In a bracket there are more: "important", "whenever". */
static bool is_plain_priority(const struct change *c)
{
    static const char *const words[] = {"urgent", "asap", "emergency", "critical", "high", "medium",
                                        "low",    "p1",   "p2",        "p3",       "p4",   "p5"};
    struct buf b = BUF_INIT(400);
    fold_into(&b, slice_cut_utf8(c->said, 80));
    bool found = in_list(buf_view(&b), words, ARRAY_LEN(words)) || is_whole_name(c);
    buf_release(&b);
    return found;
}

/* "high"; a date or a company alone is certain only beside another change, which changes_read sees to */
static bool form_bare(struct change *out, const struct run *r)
{
    uint64_t n;
    if (r->p->loose || r->to - r->from > BARE_WORDS ||
        (r->to == r->from + 1 && slice_to_u64(r->p->t.t[r->from].folded, 0, UINT64_MAX, &n)))
        return false;
    if (!guess(out, r, r->from))
        return false;
    r->p->weak = out->value.key != OVERRIDE_PRIORITY;
    return r->p->weak ? alone(r) : r->p->bare_value && is_plain_priority(out);
}

/* "Sarah", "for Sarah", "it's for Sarah": only when we asked who. */
static bool form_name(struct change *out, const struct run *r)
{
    size_t at = r->from;
    struct match m;
    if (!r->p->bare_name || at != 0 || r->inner || !alone(r))
        return false;
    if (is(r, at, "it's") || is(r, at, "its"))
        at++;
    else if ((is(r, at, "it") || is(r, at, "this")) && is(r, at + 1, "is"))
        at += 2;
    if (at > 0 && !is(r, at, "for"))
        return false;
    at += is(r, at, "for");
    struct slice text = said(r, at);
    if (text.len == 0)
        return false;
    if (!r->p->loose)
        return take_name(out, CHANGE_TO, name_of(r->p->w, text, &m), &m, text);
    return r->to == r->p->t.n && take_unknown(out, CHANGE_TO, r, at, false);
}

static bool (*const forms[])(struct change *, const struct run *) = {
    form_undo, form_word, form_snooze, form_choice, form_to, form_key, form_value, form_bare, form_name,
};

/* Is the run a change? No form may reach over a word that was taken out, or over a sign. */
static bool try_run(struct change *out, struct run *r)
{
    const struct token *t = r->p->t.t;
    r->inner = false;
    if (t[r->to - 1].at - t[r->from].at != r->to - 1 - r->from)
        return false;
    for (size_t i = r->from + 1; i < r->to; i++) {
        if (t[i].sign)
            return false;
        r->inner = r->inner || t[i].split;
    }
    if (t[r->from].sign)
        return form_signed(out, r);
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        if (forms[i](out, r))
            return true;
    }
    return false;
}

static size_t next_change(struct change *out, struct parser *p, size_t from)
{
    size_t most = from + SPAN_WORDS < p->t.n ? from + SPAN_WORDS : p->t.n;
    for (int pass = 0; pass < 2; pass++) {
        p->loose = pass == 1;
        for (size_t to = most; to > from; to--) {
            struct run r = {.p = p, .from = from, .to = to};
            if (try_run(out, &r))
                return to;
        }
    }
    return 0;
}

/* ", Sarah" and "and Sarah" after "to Mike": more people for the same change. */
static size_t more_names(struct change *out, size_t *n, size_t max, struct parser *p, size_t at)
{
    while (at < p->t.n && p->t.t[at].joined && !p->t.t[at].sign) {
        struct change *to = &out[*n - 1];
        size_t next = 0;
        for (size_t end = at + MOST_FORM_WORDS; end > at && !next; end--) {
            struct run r = {.p = p, .from = at, .to = end};
            struct match m;
            if (end > p->t.n || !ends_piece(&r))
                continue;
            struct slice text = said(&r, at);
            enum named named = name_of(p->w, text, &m);
            if (named == NAME_NONE)
                continue;
            next = end;
            if (named == NAME_ONE && to->n_resources && to->n_resources < COMMAND_MAX_RESOURCES)
                to->resources[to->n_resources++] = m.who[0];
            else if (*n < max)
                take_name(&out[(*n)++], to->kind == CHANGE_REMOVE ? CHANGE_REMOVE : CHANGE_ADD, named, &m,
                          text);
        }
        if (!next)
            break;
        at = next;
    }
    return at;
}

/* How many words of politeness stand at `i`. */
static size_t politeness(const struct tokens *t, size_t i)
{
    size_t n = 0;
    bool courtesy = false;
    for (size_t k = 0; k < ARRAY_LEN(pairs) && i + 1 < t->n && !n; k++) {
        bool both = slice_eq(t->t[i].folded, slice_of(pairs[k].first)) &&
                    slice_eq(t->t[i + 1].folded, slice_of(pairs[k].second));
        n = both ? 2 : 0;
        courtesy = both && pairs[k].courtesy;
    }
    if (!n && in_list(t->t[i].folded, polite, ARRAY_LEN(polite)))
        return 1;
    if (!n && in_list(t->t[i].folded, courtesies, ARRAY_LEN(courtesies))) {
        courtesy = true;
        n = 1;
    }
    return courtesy && i + n < t->n && !t->t[i + n].split ? 0 : n;
}

static void without_politeness(struct tokens *out, const struct tokens *in)
{
    bool split = false, joined = false;
    *out = *in;
    out->n = 0;
    for (size_t i = 0; i < in->n;) {
        struct token t = in->t[i];
        size_t n = t.sign || t.colon ? 0 : politeness(in, i);
        split = split || t.split;
        joined = joined || t.joined;
        i += n ? n : 1;
        if (n)
            continue;
        t.split = split || out->n == 0;
        t.joined = joined;
        out->t[out->n++] = t;
        split = joined = false;
    }
}

/* What contradicts itself within one line is not certain. */
static bool contradicts(const struct change *c, size_t n)
{
    size_t kinds[CHANGE_SNOOZE + 1] = {0};
    for (size_t i = 0; i < n; i++)
        kinds[c[i].kind]++;
    return kinds[CHANGE_CHOICE] > 1 || kinds[CHANGE_TO] > 1 || (kinds[CHANGE_UNDO] && n > 1);
}

size_t changes_read(struct change *out, size_t max, const struct tokens *line, const struct change_world *w,
                    bool bare_name, bool bare_value)
{
    struct parser *p = pool_alloc(w->pool, sizeof(*p));
    size_t n = 0;
    bool certain = false;
    *p = (struct parser){.w = w, .bare_value = bare_value};
    static const char *const requests[] = {"can", "could", "would", "will"};
    if (line->too_many || line->n == 0)
        return 0;
    if (line->question && !in_list(line->t[0].folded, requests, ARRAY_LEN(requests)))
        return 0;
    without_politeness(&p->t, line);
    p->bare_name = bare_name && !line->bullet && p->t.n && p->t.t[0].at == 0;
    for (size_t at = 0; at < p->t.n;) {
        p->weak = false;
        size_t next = n < max ? next_change(&out[n], p, at) : 0;
        if (!next)
            return 0;
        const struct change *c = &out[n++];
        certain = certain || !p->weak;
        if (c->kind == CHANGE_TO || c->kind == CHANGE_ADD || c->kind == CHANGE_REMOVE)
            next = more_names(out, &n, max, p, next);
        at = next;
    }
    return certain && !contradicts(out, n) ? n : 0;
}

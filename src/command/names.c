/* SPDX-License-Identifier: GPL-2.0-or-later */
/* names: the forms by which technicians are called (product.md "Technician in the subject"), sorted by their
 * first word. */
#include "words.h"

enum { MOST_FORMS_EACH = 12 };

struct form {
    struct slice words[MOST_FORM_WORDS];
    size_t n;
    enum form_kind kind;
    const struct directory_resource *who;
};

struct command_names {
    struct pool *pool;
    struct form *forms;
    size_t n;
};

/* Names that are words of every day. */
static const char *const everyday[] = {
    "will",     "mark",     "grace",     "may",     "bill",      "rob",      "art",    "sue",     "drew",
    "chase",    "hope",     "faith",     "joy",     "rose",      "june",     "april",  "august",  "pat",
    "jack",     "dean",     "guy",       "frank",   "grant",     "miles",    "dale",   "wade",    "ray",
    "gene",     "rich",     "christian", "summer",  "penny",     "ruby",     "pearl",  "iris",    "dawn",
    "heath",    "cliff",    "clay",      "brook",   "daisy",     "ivy",      "lily",   "violet",  "olive",
    "ginger",   "melody",   "harmony",   "destiny", "chance",    "hunter",   "mason",  "carter",  "parker",
    "cooper",   "taylor",   "tanner",    "skip",    "buck",      "chip",     "bud",    "buddy",   "nick",
    "peg",      "max",      "star",      "sky",     "angel",     "mike",     "bob",    "don",     "jim",
    "van",      "page",     "stone",     "ash",     "reed",      "rusty",    "sandy",  "sunny",   "tiffany",
    "victor",   "royal",    "major",     "case",    "chuck",     "colt",     "forest", "glen",    "holly",
    "jade",     "jasmine",  "jet",       "june",    "king",      "lane",     "lance",  "laurel",  "link",
    "luke",     "marshall", "matt",      "merry",   "misty",     "myrtle",   "norm",   "opal",    "otto",
    "patience", "prince",   "randy",     "reggie",  "rocky",     "sage",     "scout",  "spike",   "terry",
    "trace",    "tripp",    "tucker",    "wren",    "port",      "core",     "cash",   "crystal", "duke",
    "earl",     "ford",     "gage",      "gray",    "jay",       "kit",      "les",    "levy",    "mercy",
    "phoenix",  "piper",    "rain",      "robin",   "roman",     "sterling", "storm",  "troy",    "basil",
    "bishop",   "blaze",    "carol",     "clement", "constance", "pierce",   "abbey",
};
/* "mike", "bob" and the like are in no dictionary of every day: kept out below. */
static const char *const not_everyday[] = {"mike", "bob",     "jim",  "luke",  "matt",
                                           "troy", "tiffany", "otto", "terry", "victor"};

static const char *const months[] = {"april", "may", "june", "august", "summer"};

/* Words that open an ordinary subject; none of them is anybody's misspelt name. */
static const char *const common[] = {
    "the",      "a",        "an",       "new",       "old",      "please",   "can",       "could",
    "would",    "will",     "need",     "needs",     "help",     "issue",    "issues",    "problem",
    "problems", "error",    "printer",  "printers",  "server",   "servers",  "email",     "mail",
    "outlook",  "phone",    "laptop",   "computer",  "pc",       "internet", "wifi",      "network",
    "vpn",      "password", "reset",    "install",   "setup",    "set",      "update",    "urgent",
    "fix",      "broken",   "down",     "slow",      "order",    "invoice",  "quote",     "call",
    "meeting",  "backup",   "restore",  "user",      "users",    "account",  "access",    "remove",
    "add",      "change",   "move",     "replace",   "check",    "test",     "testing",   "question",
    "request",  "ticket",   "customer", "client",    "office",   "teams",    "license",   "monitor",
    "screen",   "share",    "shared",   "drive",     "file",     "files",    "folder",    "scan",
    "scanner",  "router",   "switch",   "firewall",  "website",  "domain",   "app",       "application",
    "windows",  "mac",      "iphone",   "ipad",      "mobile",   "login",    "locked",    "mfa",
    "today",    "tomorrow", "monday",   "friday",    "re",       "fwd",      "fw",        "hello",
    "hi",       "hey",      "thanks",   "thank",     "follow",   "reminder", "important", "asap",
    "from",     "for",      "to",       "with",      "about",    "status",   "mapping",   "report",
    "reports",  "review",   "training", "service",   "services", "system",   "camera",    "sarge",
    "storage",  "note",     "notes",    "team",      "all",      "everyone", "anyone",    "nobody",
    "we",       "our",      "my",       "your",      "i",        "it",       "this",      "that",
    "there",    "no",       "not",      "is",        "are",      "was",      "has",       "have",
    "had",      "do",       "does",     "did",       "what",     "when",     "where",     "why",
    "how",      "who",      "and",      "or",        "but",      "if",       "in",        "on",
    "at",       "of",       "by",       "as",        "so",       "than",     "then",      "more",
    "most",     "share",    "spare",    "care",      "search",   "same",     "some",      "mike",
    "milk",     "make",     "take",     "marketing", "market",   "smart",    "start",     "stuck",
    "share",    "shop",     "power",    "cable",     "keyboard", "mouse",    "toner",     "paper",
    "fax",      "desk",     "door",     "light",     "sales",    "sync",     "task",      "todo",
};

static bool in_list(struct slice word, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (slice_eq(word, slice_of(list[i])))
            return true;
    }
    return false;
}

bool names_everyday(struct slice folded)
{
    return in_list(folded, everyday, ARRAY_LEN(everyday)) &&
           !in_list(folded, not_everyday, ARRAY_LEN(not_everyday));
}

bool names_month(struct slice folded)
{
    return in_list(folded, months, ARRAY_LEN(months));
}

bool names_common_word(struct slice folded)
{
    return in_list(folded, common, ARRAY_LEN(common));
}

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
    fold_into(&b, slice_of(text));
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

static void add_person(struct command_names *names, const struct directory_resource *r)
{
    char text[300];
    add_form(names, r, FORM_FIRST, r->first);
    snprintf(text, sizeof(text), "%s %s", r->first, r->last);
    add_form(names, r, FORM_FULL, text);
    if (r->last[0]) {
        /* one letter, which may be two bytes */
        struct slice letter = slice_cut_utf8(slice_of(r->last), ((unsigned char)r->last[0] & 0x80) ? 2 : 1);
        snprintf(text, sizeof(text), "%s %.*s", r->first, SLICE_ARG(letter));
        add_form(names, r, FORM_INITIAL, text);
    }
    if (r->user[0])
        add_form(names, r, FORM_USER, r->user);
    for (size_t i = 0; r->nicknames && r->nicknames[i] && i < MOST_FORMS_EACH - 4; i++)
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

/* --- matching --- */

static bool word_fits(const struct form *f, size_t k, const struct words *words, size_t at)
{
    const struct word *w = &words->w[at];
    if (w->opaque)
        return false;
    if (f->kind != FORM_INITIAL || k + 1 < f->n)
        return slice_eq(f->words[k], w->folded);
    /* an initial is a capital of its own: "Mike a laptop" names no Alvarez */
    return w->capital && slice_eq(f->words[k], w->folded);
}

static bool form_fits(const struct form *f, const struct words *words, size_t at)
{
    if (at + f->n > words->n)
        return false;
    for (size_t k = 0; k < f->n; k++) {
        const struct word *w = &words->w[at + k];
        bool glued = k == 0 || w->before == GAP_BLANK || w->before == GAP_STOP;
        if (!glued || !word_fits(f, k, words, at + k) || (k + 1 < f->n && w->possessive))
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
    for (size_t i = 0; i < m->n_who; i++) {
        if (m->who[i] == f->who)
            return;
    }
    /* a user name says exactly whom, a first name may be shared */
    if (f->kind < m->kind)
        m->kind = f->kind;
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
    out->everyday = out->n == 1 && names_everyday(words->w[at].folded);
    return true;
}

/* The same letters in another order: the commonest slip of all. */
static bool anagram(struct slice a, struct slice b)
{
    int counts[256] = {0};
    if (a.len != b.len)
        return false;
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

size_t names_near(const struct command_names *names, struct slice folded,
                  const struct directory_resource **out, size_t max)
{
    unsigned distances[COMMAND_MAX_SUGGESTIONS] = {0};
    size_t n = 0;
    ENSURE(max > 0 && max <= ARRAY_LEN(distances));
    for (size_t i = 0; i < names->n; i++) {
        const struct form *f = &names->forms[i];
        if (f->n != 1 || !f->who->assignable)
            continue;
        size_t longest = f->words[0].len > folded.len ? f->words[0].len : folded.len;
        unsigned allowed = longest >= 5   ? 2
                           : longest >= 3 ? 1
                                          : 0,
                 d = fold_distance(folded, f->words[0], allowed);
        if (d > allowed)
            continue;
        d = anagram(folded, f->words[0]) ? 1 : d * 2;
        size_t at = 0;
        while (at < n && out[at] != f->who)
            at++;
        if (at < n && distances[at] <= d)
            continue;
        if (at == n && n == max && distances[n - 1] <= d)
            continue;
        if (at == n && n < max)
            n++;
        else if (at == n)
            at = n - 1;
        for (; at > 0 && distances[at - 1] > d; at--) {
            out[at] = out[at - 1];
            distances[at] = distances[at - 1];
        }
        out[at] = f->who;
        distances[at] = d;
    }
    return n;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report_words: files of sections, one a kind of finding or a sentence:
 *
 *   [item-missing]
 *   title: ...            detail: ... with {facts}         cause: ...         text: ...
 *   fix: a step           fix qbd: a step for that integration only
 *
 * A line that begins with a blank goes on with the one before it; # begins a comment. A section is taken
 * whole from one language. Everything that is wrong stops the start, with file and line.
 *
 * LANGUAGE/words.txt has the same form: sentence.c gives the rule that says which sections and facts it may
 * have.
 */
#include "report_words.h"
#include "view.h"

#include <dirent.h>
#include <errno.h>

enum {
    MOST_ENTRIES = 400,
    MOST_LINES = 24,
    WORDS_FILE_MAX = 128 * 1024,
    WORDS_TEXT_MAX = 2000,
    FILLED_MAX = 64 * 1024
};

struct words_line {
    enum report_field field;
    const char *integration; /* "" = any */
    const char *text;
};

struct report_entry {
    const char *key;
    const char *firm; /* the file of the firm that it is of; NULL: ours */
    unsigned line;
    bool known; /* of the firm, and ours has it too */
    struct words_line lines[MOST_LINES];
    size_t n;
};

struct report_words {
    struct pool *pool;
    const struct report_words_rule *rule; /* NULL: any section; borrowed while it is read */
    struct report_entry *v;
    size_t n, n_own; /* n_own: of the language itself, the rest is English */
    bool english;
};

const char *const report_fact_names[] = {
    "name",     "other", "names",   "kind",     "kinds",  "type",   "account", "want",       "have",  "near",
    "n",        "of",    "errors",  "warnings", "notes",  "items",  "limit",   "length",     "sign",  "term",
    "template", "days",  "date",    "since",    "number", "id",     "company", "amount",     "total", "tax",
    "party",    "line",  "ticket",  "entry",    "window", "what",   "setting", "technician", "hours", "email",
    "lines",    "users", "verdict", "place",    "mine",   "theirs", "why",     NULL,
};

static const struct {
    const char *name;
    enum report_field field;
} fields[] = {{"title", WORDS_TITLE},
              {"detail", WORDS_DETAIL},
              {"cause", WORDS_CAUSE},
              {"text", WORDS_TEXT},
              {"fix", WORDS_FIX}};

static const char *const integrations[] = {"qbo-app", "sah", "qbd", "3rd", NULL};

struct words_reading {
    struct report_words *words;
    struct report_entry *entry; /* NULL: a section that another file or language has already */
    const char *const *facts;   /* of the section */
    const char *path;
    unsigned line;
    size_t before; /* sections of files before this folder */
    bool firm;
    struct buf *problems;
    struct buf text; /* of the line that may go on */
    struct words_line *open;
};

static void problem(const struct words_reading *r, const char *fmt, ...) PRINTF(2, 3);

static void problem(const struct words_reading *r, const char *fmt, ...)
{
    va_list ap;
    buf_printf(r->problems, "%s:%u: ", r->path, r->line);
    va_start(ap, fmt);
    buf_vprintf(r->problems, fmt, ap);
    va_end(ap);
    buf_putc(r->problems, '\n');
}

static bool in_list(const char *const *list, struct slice word)
{
    for (; *list; list++) {
        if (slice_eq(slice_of(*list), word))
            return true;
    }
    return false;
}

static void check_facts(const struct words_reading *r, struct slice text)
{
    for (long at; (at = slice_find_char(text, '{')) >= 0;) {
        text = slice_skip(text, (size_t)at + 1);
        struct scan c = scan_of(text);
        struct slice name = scan_until(&c, "|}");
        if (scan_end(&c)) {
            problem(r, "a { is not closed");
            return;
        }
        if (in_list(r->facts, name))
            continue;
        char word[40];
        snprintf(word, sizeof(word), "%.*s", SLICE_ARG(slice_cut(name, 30)));
        const char *near = fold_nearest(word, r->facts);
        problem(r, "there is no {%s}%s%s%s", word, near ? "; did you mean {" : "", near ? near : "",
                near ? "}?" : "");
    }
}

/* --- reading --- */

static void close_line(struct words_reading *r)
{
    if (r->open) {
        check_facts(r, buf_view(&r->text));
        if (r->text.overflow)
            problem(r, "a text is longer than %d bytes", WORDS_TEXT_MAX);
        r->open->text = pool_slice(r->words->pool, buf_view(&r->text));
    }
    r->open = NULL;
    buf_clear(&r->text);
}

/* What may stand in { } in the section; NULL: the rule has none of that name. */
static const char *const *facts_of(const struct words_reading *r, struct slice key)
{
    const struct report_words_rule *rule = r->words->rule;
    for (size_t i = 0; rule && rule->keys[i]; i++) {
        if (slice_eq(slice_of(rule->keys[i]), key))
            return rule->facts[i];
    }
    if (!rule)
        return report_fact_names;
    char word[60];
    snprintf(word, sizeof(word), "%.*s", SLICE_ARG(slice_cut(key, 50)));
    const char *near = fold_nearest(word, rule->keys);
    problem(r, "frontdesk says nothing of the name [%s]%s%s%s", word, near ? "; did you mean [" : "",
            near ? near : "", near ? "]?" : "");
    return NULL;
}

static void begin_section(struct words_reading *r, struct slice key)
{
    struct report_words *w = r->words;
    r->entry = NULL;
    r->facts = facts_of(r, key);
    if (!r->facts)
        return;
    for (size_t i = 0; i < w->n; i++) {
        if (!slice_eq(slice_of(w->v[i].key), key))
            continue;
        if (i >= r->before)
            problem(r, "[%.*s] is there twice", SLICE_ARG(key));
        w->v[i].known = w->v[i].known || !r->firm;
        return;
    }
    if (w->n == MOST_ENTRIES) {
        problem(r, "more than %d sections", MOST_ENTRIES);
        return;
    }
    r->entry = &w->v[w->n++];
    r->entry->key = pool_slice(w->pool, key);
    r->entry->firm = r->firm ? pool_copy(w->pool, r->path) : NULL;
    r->entry->line = r->line;
}

/* "fix qbd" → the field, and for which integration. */
static bool read_field(struct words_reading *r, struct slice head, struct words_line *out)
{
    struct scan c = scan_of(head);
    struct slice name = scan_until(&c, " ");
    struct slice integration = slice_trim(scan_rest(&c));
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        if (!slice_eq(slice_of(fields[i].name), name))
            continue;
        if (r->words->rule && (fields[i].field != WORDS_TEXT || integration.len))
            break;
        if (integration.len && !in_list(integrations, integration))
            return problem(r, "there is no integration \"%.*s\"", SLICE_ARG(integration)), false;
        *out = (struct words_line){.field = fields[i].field,
                                   .integration = pool_slice(r->words->pool, integration)};
        return true;
    }
    problem(r, r->words->rule ? "allowed here: text, with a colon"
                              : "allowed here: title, detail, cause, text and fix, each with a colon");
    return false;
}

static void read_line(struct words_reading *r, struct slice line)
{
    struct slice text = slice_trim(line);
    if (text.len == 0 || text.ptr[0] == '#') {
        close_line(r);
        return;
    }
    if (line.ptr[0] == ' ') {
        if (r->open) {
            buf_putc(&r->text, ' ');
            buf_slice(&r->text, text);
        }
        return;
    }
    close_line(r);
    if (text.ptr[0] == '[' && text.ptr[text.len - 1] == ']') {
        begin_section(r, slice_from(text.ptr + 1, text.len - 2));
        return;
    }
    struct words_line head;
    long colon = slice_find_char(text, ':');
    if (!read_field(r, slice_cut(text, colon < 0 ? 0 : (size_t)colon), &head) || !r->entry)
        return;
    if (r->entry->n == MOST_LINES) {
        problem(r, "more than %d lines in a section", MOST_LINES);
        return;
    }
    r->open = &r->entry->lines[r->entry->n++];
    *r->open = head;
    buf_slice(&r->text, slice_trim(slice_skip(text, (size_t)colon + 1)));
}

static void read_words(struct words_reading *r, struct slice source)
{
    struct scan c = scan_of(source);
    while (!scan_end(&c)) {
        r->line++;
        read_line(r, scan_line(&c));
    }
    close_line(r);
}

static void load_file(struct words_reading *r)
{
    char chunk[4096];
    struct buf source = BUF_INIT(WORDS_FILE_MAX);
    FILE *f = fopen(r->path, "re");
    if (!f) {
        problem(r, "cannot be read");
        return;
    }
    for (size_t n; (n = fread(chunk, 1, sizeof(chunk), f)) > 0 && !source.overflow;)
        buf_put(&source, chunk, n);
    fclose(f);
    if (source.overflow || memchr(source.data, '\0', source.len))
        problem(r, "is larger than %d KB or holds a NUL", WORDS_FILE_MAX >> 10);
    else
        read_words(r, buf_view(&source));
    buf_release(&source);
}

static void load_one(struct report_words *w, const char *path, size_t before, bool firm, struct buf *problems)
{
    struct words_reading r = {.words = w, .path = path, .before = before, .firm = firm, .problems = problems};
    buf_init(&r.text, WORDS_TEXT_MAX);
    load_file(&r);
    buf_release(&r.text);
}

/* `place`: a file, or a folder of them. */
static void load_part(struct report_words *w, const struct language_place *place, struct buf *problems)
{
    const char *part_path = place->path;
    size_t before = w->n;
    char path[4700];
    DIR *dir = opendir(part_path);
    if (!dir) {
        /* words that are missing are told by those who need them: report_words_missing, sentences_load */
        if (errno == ENOTDIR)
            load_one(w, part_path, before, place->firm, problems);
        return;
    }
    for (struct dirent *d; (d = readdir(dir)) != NULL;) {
        if (!slice_ends_nocase(slice_of(d->d_name), SLICE(".txt")))
            continue;
        snprintf(path, sizeof(path), "%s/%s", part_path, d->d_name);
        load_one(w, path, before, place->firm, problems);
    }
    closedir(dir);
}

/* A section of the firm that ours lacks is nothing that a report would look for. */
static void refuse_unknown(const struct report_words *w, struct buf *problems)
{
    const char *names[MOST_ENTRIES + 1] = {NULL};
    size_t n = 0;
    for (size_t i = 0; i < w->n; i++) {
        if (!w->v[i].firm || w->v[i].known)
            names[n++] = w->v[i].key;
    }
    for (size_t i = 0; i < w->n; i++) {
        const struct report_entry *entry = &w->v[i];
        const char *near = entry->firm && !entry->known ? fold_nearest(entry->key, names) : NULL;
        if (entry->firm && !entry->known)
            buf_printf(problems, "%s:%u: no report has [%s]%s%s%s\n", entry->firm, entry->line, entry->key,
                       near ? "; did you mean [" : "", near ? near : "", near ? "]?" : "");
    }
}

struct report_words *report_words_load(const struct language_where *where, const char *part,
                                       const struct report_words_rule *rule, struct buf *problems)
{
    struct language_places places;
    struct report_words *w = mem_alloc(sizeof(*w));
    w->pool = pool_new(4 << 20);
    w->v = pool_array(w->pool, MOST_ENTRIES, sizeof(*w->v));
    w->rule = rule;
    w->english = strcmp(where->language, TEMPLATES_FULL_LANGUAGE) == 0;
    language_find(&places, where, part);
    for (size_t i = 0; i < places.n; i++) {
        load_part(w, &places.v[i], problems);
        w->n_own = places.v[i].english ? w->n_own : w->n;
    }
    if (!rule)
        refuse_unknown(w, problems);
    w->rule = NULL;
    return w;
}

size_t report_words_english(const struct report_words *w)
{
    return w->n - w->n_own;
}

void report_words_free(struct report_words **words)
{
    if (*words)
        pool_free(&(*words)->pool);
    free(*words);
    *words = NULL;
}

/* --- use --- */

const struct report_entry *report_words_find(const struct report_words *w, const char *key)
{
    for (size_t i = 0; i < w->n; i++) {
        if (strcmp(w->v[i].key, key) == 0)
            return &w->v[i];
    }
    return NULL;
}

const struct report_entry *report_words_need(const struct report_words *w, const char *key, struct err *e)
{
    const struct report_entry *entry = report_words_find(w, key);
    if (!entry)
        err_set(e, ERR_TEMPLATE, "the templates say nothing about \"%s\"; see check/ in their folder", key);
    return entry;
}

const char *report_words_text(const struct report_entry *e, enum report_field field, const char *integration,
                              size_t n)
{
    bool own = false;
    for (size_t i = 0; i < e->n; i++)
        own = own || (e->lines[i].field == field && strcmp(e->lines[i].integration, integration) == 0);
    for (size_t i = 0; i < e->n; i++) {
        const struct words_line *l = &e->lines[i];
        if (l->field == field && strcmp(l->integration, own ? integration : "") == 0 && n-- == 0)
            return l->text;
    }
    return "";
}

static const char *fact_text(const struct report_fact *facts, size_t n, struct slice name)
{
    for (size_t i = 0; i < n; i++) {
        if (slice_eq(slice_of(facts[i].name), name))
            return facts[i].text;
    }
    return "";
}

/* What is between { and }; false: the fact is missing. */
static bool put_fact(struct slice inside, const struct report_fact *facts, size_t n, struct buf *out)
{
    struct scan c = scan_of(inside);
    const char *text = fact_text(facts, n, scan_until(&c, "|"));
    buf_puts(out, text);
    if (scan_char(&c, '|')) {
        struct slice one = scan_until(&c, "|");
        scan_char(&c, '|');
        buf_putc(out, ' ');
        buf_slice(out, strcmp(text, "1") == 0 ? one : scan_rest(&c));
    }
    return text[0] != '\0';
}

static bool fill(struct slice text, const struct report_fact *facts, size_t n, struct buf *out)
{
    bool whole = true;
    struct scan c = scan_of(text);
    while (!scan_end(&c)) {
        buf_slice(out, scan_until(&c, "{["));
        if (scan_word_nocase(&c, SLICE("[["))) {
            long end = slice_find(scan_rest(&c), SLICE("]]"));
            struct slice part = slice_cut(scan_rest(&c), end < 0 ? 0 : (size_t)end);
            size_t before = out->len;
            if (!fill(part, facts, n, out))
                buf_truncate(out, before);
            c.p += part.len + (end < 0 ? 0 : 2);
        } else if (scan_char(&c, '{')) {
            whole = put_fact(scan_until(&c, "}"), facts, n, out) && whole;
            scan_char(&c, '}');
        } else if (!scan_end(&c)) {
            buf_putc(out, (char)scan_next(&c));
        }
    }
    return whole;
}

void report_words_fill(const char *text, const struct report_fact *facts, size_t n_facts, struct buf *out)
{
    struct buf filled = BUF_INIT(FILLED_MAX);
    struct scan c;
    (void)fill(slice_of(text), facts, n_facts, &filled);
    c = scan_of(buf_view(&filled));
    (void)scan_while(&c, ";, "); /* what stood before it had no facts */
    buf_slice(out, scan_rest(&c));
    buf_release(&filled);
}

/* --- words of ours in facts --- */

const char *report_words_thing(const struct report_words *w, const char *text)
{
    enum { LONGEST = 40 };
    char key[sizeof("thing-") + LONGEST] = "thing-";
    size_t n = strlen(text);
    if (w->english || n == 0 || n > LONGEST)
        return text;
    for (size_t i = 0; i <= n; i++) {
        char c = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 32) : text[i];
        key[sizeof("thing-") - 1 + i] = (char)(c == ' ' ? '-' : c);
    }
    const struct report_entry *entry = report_words_find(w, key);
    return entry ? report_words_text(entry, WORDS_TEXT, "", 0) : text;
}

size_t report_words_speak(const struct report_words *w, const struct report_fact *facts, size_t n,
                          struct report_fact said[REPORT_FACTS])
{
    n = n < REPORT_FACTS ? n : (size_t)REPORT_FACTS;
    for (size_t i = 0; i < n; i++)
        said[i] = (struct report_fact){.name = facts[i].name, .text = report_words_thing(w, facts[i].text)};
    return n;
}

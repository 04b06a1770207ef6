/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * howto: the how-to articles, one file a topic: LANGUAGE/help/NAME.txt. A header of "title:" and "keywords:"
 * lines, an empty line, then the body, a block a paragraph, told by its first sign:
 *
 *   # heading     1. step     - item     ! warning     > subject to mail     < words to reply
 *   @ sah, qbd    what follows is for firms with these integrations      @ all: for every one again
 *
 * Lines that begin with none of these go on with the block before them; headings, subjects and replies are
 * one line. {name} and the like stand for what the sender's own desk has; one that is not known stops the
 * start, as everything else that is wrong here.
 */
#include "view.h"

#include "frontdesk/conf.h"

#include <dirent.h>
#include <errno.h>

enum { MOST_TOPICS = 64, MOST_BLOCKS = 100, MOST_KEYWORDS = 32, ARTICLE_MAX = 32 * 1024, KEYWORD_MAX = 60 };

struct topic {
    struct howto public;
    const char *keywords[MOST_KEYWORDS + 1];
    size_t n_keywords;
    struct howto_block blocks[MOST_BLOCKS];
};

struct howtos {
    struct pool *pool;
    struct topic *topics;
    struct howto *list;
    size_t n;
};

struct reading {
    struct howtos *all;
    struct topic *topic;
    const char *path;
    unsigned line;
    struct buf *problems;
    struct buf block; /* the one that goes on, and the line where it began */
    unsigned began;
    enum howto_kind kind;
    unsigned number;
    unsigned only; /* of the blocks from here on */
};

static void problem(const struct reading *r, const char *fmt, ...) PRINTF(2, 3);

static void problem(const struct reading *r, const char *fmt, ...)
{
    va_list ap;
    buf_printf(r->problems, "%s:%u: ", r->path, r->line);
    va_start(ap, fmt);
    buf_vprintf(r->problems, fmt, ap);
    va_end(ap);
    buf_putc(r->problems, '\n');
}

/* --- header --- */

static void add_keyword(struct reading *r, struct slice word)
{
    struct topic *t = r->topic;
    word = slice_trim(word);
    if (word.len == 0)
        return;
    if (word.len > KEYWORD_MAX) {
        problem(r, "a keyword is longer than %d bytes", KEYWORD_MAX);
        return;
    }
    if (t->n_keywords == MOST_KEYWORDS) {
        problem(r, "more than %d keywords", MOST_KEYWORDS);
        return;
    }
    struct buf folded = BUF_INIT(8 * KEYWORD_MAX);
    fold_into(&folded, word);
    t->keywords[t->n_keywords++] = pool_slice(r->all->pool, buf_view(&folded));
    buf_release(&folded);
}

static void read_header_line(struct reading *r, struct slice line)
{
    long colon = slice_find_char(line, ':');
    struct slice key = slice_trim(slice_cut(line, colon < 0 ? 0 : (size_t)colon));
    struct slice value = slice_trim(slice_skip(line, colon < 0 ? line.len : (size_t)colon + 1));
    if (slice_eq(key, SLICE("title"))) {
        r->topic->public.title = pool_slice(r->all->pool, slice_cut_utf8(value, 120));
        return;
    }
    if (!slice_eq(key, SLICE("keywords"))) {
        problem(r, "allowed here: \"title: ...\", \"keywords: ..., ...\", and an empty line before the text");
        return;
    }
    struct scan c = scan_of(value);
    while (!scan_end(&c)) {
        add_keyword(r, scan_until(&c, ","));
        scan_char(&c, ',');
    }
}

/* --- body --- */

static void check_names(const struct reading *r, struct slice text)
{
    for (long at; (at = slice_find_char(text, '{')) >= 0;) {
        text = slice_skip(text, (size_t)at + 1);
        long end = slice_find_char(text, '}');
        char word[40];
        snprintf(word, sizeof(word), "%.*s", SLICE_ARG(slice_cut(text, end < 0 ? 0 : (size_t)end)));
        size_t i = 0;
        while (howto_names[i] && strcmp(howto_names[i], word) != 0)
            i++;
        if (howto_names[i])
            continue;
        const char *near = fold_nearest(word, howto_names);
        problem(r, "there is no {%s}%s%s%s", word, near ? "; did you mean {" : "", near ? near : "",
                near ? "}?" : " (templates/README.md lists what may stand there)");
    }
}

static void end_block(struct reading *r)
{
    struct slice text = slice_trim(buf_view(&r->block));
    struct howto *h = &r->topic->public;
    if (text.len && h->n_blocks == MOST_BLOCKS) {
        problem(r, "more than %d paragraphs", MOST_BLOCKS);
    } else if (text.len) {
        unsigned now = r->line;
        r->line = r->began;
        check_names(r, text);
        r->line = now;
        r->topic->blocks[h->n_blocks++] = (struct howto_block){
            .kind = r->kind, .number = r->number, .only = r->only, .text = pool_slice(r->all->pool, text)};
    }
    buf_clear(&r->block);
    r->kind = HOWTO_TEXT;
}

/* "12. " begins a step. */
static size_t step_number(struct slice line, unsigned *number)
{
    uint64_t n;
    long dot = slice_find_char(line, '.');
    if (dot < 1 || dot > 2 || !slice_to_u64(slice_cut(line, (size_t)dot), 1, 99, &n))
        return 0;
    *number = (unsigned)n;
    return (size_t)dot + 1;
}

/* "@ sah, qbd" */
static void read_integrations(struct reading *r, struct slice names)
{
    r->only = 0;
    if (slice_eq(names, SLICE("all")))
        return;
    struct scan c = scan_of(names);
    do {
        struct slice name = slice_trim(scan_until(&c, ","));
        enum conf_integration i = CONF_THIRD;
        while (i != CONF_INTEGRATION_NONE && !slice_eq(name, slice_of(conf_integration_word(i))))
            i--;
        if (i == CONF_INTEGRATION_NONE)
            problem(r, "there is no integration \"%.*s\": qbo-app, sah, qbd, 3rd, or all",
                    SLICE_ARG(slice_cut_utf8(name, 40)));
        r->only |= 1U << i;
    } while (scan_char(&c, ','));
}

static void read_body_line(struct reading *r, struct slice line)
{
    static const struct {
        char sign;
        enum howto_kind kind;
    } signs[] = {{'#', HOWTO_HEADING},
                 {'-', HOWTO_ITEM},
                 {'!', HOWTO_WARNING},
                 {'>', HOWTO_SUBJECT},
                 {'<', HOWTO_ANSWER}};
    struct slice s = slice_trim(line);
    if (s.len == 0) {
        end_block(r);
        return;
    }
    if (slice_starts(s, SLICE("@ "))) {
        end_block(r);
        read_integrations(r, slice_trim(slice_skip(s, 2)));
        return;
    }
    unsigned number = 0;
    size_t skip = step_number(s, &number);
    enum howto_kind kind = skip ? HOWTO_STEP : HOWTO_TEXT;
    for (size_t i = 0; i < ARRAY_LEN(signs) && s.len > 1 && s.ptr[1] == ' '; i++) {
        if (signs[i].sign == s.ptr[0]) {
            kind = signs[i].kind;
            skip = 1;
        }
    }
    if (skip) {
        end_block(r);
        r->kind = kind;
        r->number = number;
    }
    if (r->block.len == 0)
        r->began = r->line;
    buf_puts(&r->block, r->block.len ? " " : "");
    buf_slice(&r->block, slice_trim(slice_skip(s, skip)));
    if (r->kind == HOWTO_HEADING || r->kind == HOWTO_SUBJECT || r->kind == HOWTO_ANSWER)
        end_block(r);
}

/* --- files --- */

static bool read_file(struct reading *r, char *text, size_t size)
{
    FILE *f = fopen(r->path, "re");
    size_t n = f ? fread(text, 1, size, f) : 0;
    if (f)
        fclose(f);
    if (!f || n == size || memchr(text, '\0', n)) {
        problem(r, !f ? "cannot be read" : "is larger than 32 KB or holds a NUL");
        return false;
    }
    text[n] = '\0';
    return true;
}

static void read_article(struct reading *r)
{
    char *text = mem_alloc(ARTICLE_MAX + 1);
    bool body = false;
    r->line = 1;
    if (read_file(r, text, ARTICLE_MAX + 1)) {
        struct scan c = scan_of(slice_of(text));
        for (; !scan_end(&c); r->line++) {
            struct slice line = scan_line(&c);
            if (body)
                read_body_line(r, line);
            else if (slice_trim(line).len)
                read_header_line(r, line);
            else
                body = true;
        }
        end_block(r);
        r->line = 1;
        if (!r->topic->public.title[0])
            problem(r, "the title is missing: \"title: ...\"");
        if (r->topic->public.n_blocks == 0)
            problem(r, "there is no text behind the header");
    }
    free(text);
}

/* "credit memo" of "credit-memo.txt" */
static const char *topic_name(struct pool *pool, const char *file)
{
    char *name = pool_slice(pool, slice_cut(slice_of(file), strlen(file) - strlen(".txt")));
    for (char *p = name; *p; p++)
        *p = *p == '-' ? ' ' : *p;
    return name;
}

static bool has_topic(const struct howtos *h, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(h->topics[i].public.name, name) == 0)
            return true;
    }
    return false;
}

static void load_folder(struct howtos *h, const struct language_place *place, struct buf *problems)
{
    const char *folder = place->path;
    size_t had = h->n;
    DIR *dir = opendir(folder);
    char path[4700];
    if (!dir && !place->must_be && errno == ENOENT)
        return;
    if (!dir) {
        char text[100];
        buf_printf(problems, "%s: %s\n", folder, strerror_r(errno, text, sizeof(text)));
        return;
    }
    for (struct dirent *d; (d = readdir(dir)) != NULL;) {
        if (!slice_ends_nocase(slice_of(d->d_name), SLICE(".txt")))
            continue;
        const char *name = topic_name(h->pool, d->d_name);
        if (has_topic(h, had, name))
            continue;
        if (h->n == MOST_TOPICS) {
            buf_printf(problems, "%s: more than %d topics\n", folder, MOST_TOPICS);
            break;
        }
        struct topic *t = &h->topics[h->n++];
        t->public = (struct howto){.name = name, .title = "", .english = place->english};
        snprintf(path, sizeof(path), "%s/%s", folder, d->d_name);
        struct reading r = {
            .all = h, .topic = t, .path = path, .problems = problems, .block = BUF_INIT(8000)};
        add_keyword(&r, slice_of(name));
        read_article(&r);
        buf_release(&r.block);
    }
    closedir(dir);
}

static int compare_topics(const void *a, const void *b)
{
    return strcmp(((const struct howto *)a)->name, ((const struct howto *)b)->name);
}

struct howtos *howtos_load(const struct language_where *w, struct buf *problems)
{
    struct language_places places;
    struct howtos *h = mem_alloc(sizeof(*h));
    h->pool = pool_new(16 << 20);
    h->topics = pool_array(h->pool, MOST_TOPICS, sizeof(*h->topics));
    language_find(&places, w, "help");
    for (size_t i = 0; i < places.n; i++)
        load_folder(h, &places.v[i], problems);
    h->list = pool_array(h->pool, h->n + 1, sizeof(*h->list));
    for (size_t i = 0; i < h->n; i++) {
        struct topic *t = &h->topics[i];
        t->public.keywords = t->keywords;
        t->public.blocks = t->blocks;
        h->list[i] = t->public;
    }
    qsort(h->list, h->n, sizeof(*h->list), compare_topics);
    return h;
}

void howtos_free(struct howtos **howtos)
{
    if (*howtos)
        pool_free(&(*howtos)->pool);
    free(*howtos);
    *howtos = NULL;
}

const struct howto *howtos_list(const struct howtos *h, size_t *n)
{
    *n = h->n;
    return h->list;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sentence: LANGUAGE/words.txt by the rows of the table. See reply_sentence.h; the file's form is that of
 * report_words. */
#include "sentence.h"

#include <errno.h>
#include <unistd.h>

enum { MOST_FACTS = 6, SENTENCE_MAX = 8000 };

static const struct {
    const char *name, *facts;
} rows[] = {
#define SAY_ROW(name, facts) [SAY_##name] = {#name, facts},
    SAY_TABLE(SAY_ROW)
#undef SAY_ROW
};

static const enum err_code codes[] = {
#define SAY_CODE(code, name, class) code,
    ERR_TABLE(SAY_CODE)
#undef SAY_CODE
};

struct sentences {
    struct report_words *words;
    struct pool *pool;
    const char *says[SAY_ROWS], *of_error[ARRAY_LEN(codes)];
};

/* Those of the command line and "no error": no mail brings them about. */
static bool is_told(enum err_code code)
{
    return code != ERR_NONE && code != ERR_USAGE;
}

/* "only-asker-decides" of ONLY_ASKER_DECIDES */
static const char *key_of(const char *name, struct pool *pool)
{
    char *key = pool_copy(pool, name);
    for (char *p = key; *p; p++)
        *p = *p == '_' ? '-' : (char)(*p >= 'A' && *p <= 'Z' ? *p + 32 : *p);
    return key;
}

static const char *const *facts_of(const char *names, struct pool *pool)
{
    const char **list = pool_array(pool, MOST_FACTS + 1, sizeof(*list));
    struct scan c = scan_of(slice_of(names));
    for (size_t i = 0; i < MOST_FACTS && !scan_end(&c); i++) {
        list[i] = pool_slice(pool, scan_until(&c, " "));
        scan_char(&c, ' ');
    }
    return list;
}

static const char *text_of(const struct sentences *s, const char *key, const char *folder,
                           struct buf *problems)
{
    const struct report_entry *entry = report_words_find(s->words, key);
    const char *text = entry ? report_words_text(entry, WORDS_TEXT, "", 0) : "";
    if (!text[0])
        buf_printf(problems, "%s/%s/words.txt: [%s] is missing, or has no text\n", folder,
                   TEMPLATES_FULL_LANGUAGE, key);
    return text;
}

/* Days of a week and months of a year: a name each. */
static void count_names(const struct sentences *s, enum say what, size_t wanted, struct buf *problems)
{
    size_t n = 0;
    struct scan c = scan_of(slice_of(s->says[what]));
    for (; !scan_end(&c); n++) {
        scan_until(&c, " ");
        scan_while(&c, " ");
    }
    if (n && n != wanted)
        buf_printf(problems, "words.txt: [%s] has %zu names, there must be %zu with a blank between two\n",
                   key_of(rows[what].name, s->pool), n, wanted);
}

/* One line for the whole file instead of one a section. */
static bool has_english(const char *folder, struct buf *problems)
{
    char why[100], path[4500];
    snprintf(path, sizeof(path), "%s/%s/words.txt", folder, TEMPLATES_FULL_LANGUAGE);
    if (access(path, R_OK) == 0)
        return true;
    buf_printf(problems, "%s: %s\n", path, strerror_r(errno, why, sizeof(why)));
    return false;
}

struct sentences *sentences_load(const struct language_where *w, struct buf *problems)
{
    struct sentences *s = mem_alloc(sizeof(*s));
    if (!has_english(w->folder, problems))
        return s;
    s->pool = pool_new(1 << 20);
    enum { ROWS = SAY_ROWS + ARRAY_LEN(codes) };
    const char *keys[ROWS + 1] = {NULL};
    const char *const *facts[ROWS + 1] = {NULL};
    for (size_t i = 0; i < SAY_ROWS; i++) {
        keys[i] = key_of(rows[i].name, s->pool);
        facts[i] = facts_of(rows[i].facts, s->pool);
    }
    for (size_t i = 0, n = SAY_ROWS; i < ARRAY_LEN(codes); i++) {
        if (!is_told(codes[i]))
            continue;
        keys[n] = pool_printf(s->pool, "error-%s", err_code_name(codes[i]));
        facts[n++] = facts_of("", s->pool);
    }
    const struct report_words_rule rule = {keys, facts};
    s->words = report_words_load(w, "words.txt", &rule, problems);
    for (size_t i = 0; i < SAY_ROWS; i++)
        s->says[i] = text_of(s, keys[i], w->folder, problems);
    count_names(s, SAY_WEEKDAYS, 7, problems);
    count_names(s, SAY_MONTHS, 12, problems);
    for (size_t i = 0, n = SAY_ROWS; i < ARRAY_LEN(codes); i++)
        s->of_error[i] = is_told(codes[i]) ? text_of(s, keys[n++], w->folder, problems) : "";
    return s;
}

void sentences_free(struct sentences **sentences)
{
    struct sentences *s = *sentences;
    if (!s)
        return;
    report_words_free(&s->words);
    pool_free(&s->pool);
    free(s);
    *sentences = NULL;
}

size_t sentences_english(const struct sentences *s)
{
    return report_words_english(s->words);
}

const char *vsentence(const struct templates *t, struct pool *pool, enum say what, va_list ap)
{
    struct report_fact facts[MOST_FACTS];
    struct buf out = BUF_INIT(SENTENCE_MAX);
    size_t n = 0;
    for (const char *name; (name = va_arg(ap, const char *)) != NULL; n++) {
        ENSURE(n < MOST_FACTS);
        const char *text = va_arg(ap, const char *);
        facts[n] = (struct report_fact){name, text ? text : ""};
    }
    report_words_fill(templates_sentences(t)->says[what], facts, n, &out);
    const char *made = pool_slice(pool, buf_view(&out));
    buf_release(&out);
    return made;
}

const char *sentence(const struct templates *t, struct pool *pool, enum say what, ...)
{
    va_list facts;
    va_start(facts, what);
    const char *made = vsentence(t, pool, what, facts);
    va_end(facts);
    return made;
}

const char *sentence_of_error(const struct templates *t, enum err_code code)
{
    ENSURE((size_t)code < ARRAY_LEN(codes));
    return templates_sentences(t)->of_error[code];
}

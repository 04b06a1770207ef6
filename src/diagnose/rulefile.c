/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rulefile: one file of libconfig → a rule. A table says what each key may be; whatever is wrong is told with
 * file and line, all at once.
 */
#include "rules.h"

#include <errno.h>
#include <fcntl.h>
#include <libconfig.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RULE_FILE_MAX = 64 * 1024, WORD_MAX = 120, TEXT_MAX = 2000, MOST_PROBLEMS = 60, SYMPTOM_MAX = 60 };

/* What is being read, and where to. */
struct value {
    struct rule_reading *r;
    struct rule *rule;
    const config_setting_t *s;
    const char *key;
};

struct key {
    const char *name;
    const char *form; /* for people */
    void (*read)(struct value *v);
    bool required;
};

void rule_problem(struct rule_reading *r, unsigned line, const char *fmt, ...)
{
    va_list ap;
    if (++r->n_problems > MOST_PROBLEMS)
        return;
    buf_printf(r->problems, "%s:%u: ", r->path, line ? line : 1);
    va_start(ap, fmt);
    buf_vprintf(r->problems, fmt, ap);
    va_end(ap);
    buf_putc(r->problems, '\n');
}

static unsigned line_of(const config_setting_t *s)
{
    return config_setting_source_line(s);
}

static bool is_list(const config_setting_t *s)
{
    return config_setting_type(s) == CONFIG_TYPE_ARRAY || config_setting_type(s) == CONFIG_TYPE_LIST;
}

/* NULL after it was told. */
static const char *text_of(struct value *v, const config_setting_t *s, size_t max)
{
    const char *text = config_setting_type(s) == CONFIG_TYPE_STRING ? config_setting_get_string(s) : NULL;
    if (!text)
        rule_problem(v->r, line_of(s), "%s: must be a text in quotes", v->key);
    else if (strlen(text) > max)
        rule_problem(v->r, line_of(s), "%s: is longer than %zu bytes", v->key, max);
    else if (!text[0])
        rule_problem(v->r, line_of(s), "%s: is empty; allowed: a text, or leave the key out", v->key);
    else if (strchr(text, '\r') || strchr(text, 0x1b))
        rule_problem(v->r, line_of(s), "%s: holds a control character", v->key);
    else
        return pool_copy(v->r->pool, text);
    return NULL;
}

/* How many; 0 after it was told. */
static size_t length_of(struct value *v, const config_setting_t *s, size_t most)
{
    int n = is_list(s) ? config_setting_length(s) : -1;
    if (n < 0)
        rule_problem(v->r, line_of(s), "%s: must be a list; allowed: [ \"...\", \"...\" ]", v->key);
    else if ((size_t)n > most)
        rule_problem(v->r, line_of(s), "%s: has %d entries; allowed: at most %zu", v->key, n, most);
    return n < 0 || (size_t)n > most ? 0 : (size_t)n;
}

static const config_setting_t *entry(const config_setting_t *s, size_t i)
{
    return config_setting_get_elem(s, (unsigned)i);
}

/* --- one text --- */

static void read_id(struct value *v)
{
    const char *id = text_of(v, v->s, 60);
    if (!id)
        return;
    v->rule->id_line = line_of(v->s);
    for (const char *p = id; *p; p++) {
        if (!strchr("abcdefghijklmnopqrstuvwxyz0123456789-", *p)) {
            rule_problem(v->r, line_of(v->s), "id: \"%s\"; allowed: small letters, digits and -", id);
            return;
        }
    }
    v->rule->pub.id = id;
}

static const struct plain {
    const char *key;
    size_t offset;
} plains[] = {
    {"title", offsetof(struct diagnose_rule, title)},
    {"check", offsetof(struct diagnose_rule, check)},
    {"unconfirmable", offsetof(struct diagnose_rule, unconfirmable)},
    {"meaning", offsetof(struct diagnose_rule, meaning)},
    {"cause", offsetof(struct diagnose_rule, cause)},
    {"confirmed", offsetof(struct diagnose_rule, confirmed)},
    {"refuted", offsetof(struct diagnose_rule, refuted)},
};

static void read_plain(struct value *v)
{
    const char *text = text_of(v, v->s, TEXT_MAX);
    if (text && strcmp(v->key, "unconfirmable") == 0 && strstr(text, "{{"))
        rule_problem(v->r, line_of(v->s), "unconfirmable: no tags; allowed: plain words");
    else if (text)
        rule_text_check(v->r, line_of(v->s), v->key, text);
    for (size_t i = 0; text && i < ARRAY_LEN(plains); i++) {
        if (strcmp(plains[i].key, v->key) == 0)
            memcpy((char *)&v->rule->pub + plains[i].offset, &text, sizeof(text));
    }
}

/* Is it one of the words (NULL-terminated)? Told otherwise. */
static bool one_of(struct value *v, const config_setting_t *s, const char *text, const char *const *words,
                   bool list_all)
{
    size_t n = 0;
    if (!words || !words[0])
        return true;
    for (; words[n]; n++) {
        if (strcmp(words[n], text) == 0)
            return true;
    }
    const char *near = fold_nearest(text, words);
    struct buf say = BUF_INIT(3000);
    buf_printf(&say, "%s: there is no \"%.60s\"%s%s%s", v->key, text, near ? "; did you mean \"" : "",
               near ? near : "", near ? "\"?" : "");
    if (!list_all && !near)
        buf_puts(&say, "; allowed: the sections of check/ beside the folder of the rules");
    for (size_t i = 0; list_all && i < n; i++)
        buf_printf(&say, "%s%s", i ? ", " : near ? " Allowed: " : "; allowed: ", words[i]);
    rule_problem(v->r, line_of(s), "%s", say.data);
    buf_release(&say);
    return false;
}

static void read_emitter(struct value *v)
{
    static const char *const emitters[] = {"qbo", "autotask", "qbd", "qbwc", NULL};
    const char *text = text_of(v, v->s, WORD_MAX);
    if (text && one_of(v, v->s, text, emitters, true))
        v->rule->pub.emitter = text;
}

static void read_severity(struct value *v)
{
    static const char *const severities[] = {"blocker", "high", "medium", "low", NULL};
    const char *text = text_of(v, v->s, WORD_MAX);
    if (!text || !one_of(v, v->s, text, severities, true))
        return;
    for (int i = 0; severities[i]; i++) {
        if (strcmp(severities[i], text) == 0)
            v->rule->pub.severity = (enum diagnose_severity)i;
    }
}

static void read_rank(struct value *v)
{
    int rank = config_setting_type(v->s) == CONFIG_TYPE_INT ? config_setting_get_int(v->s) : 0;
    if (rank < 1 || rank > 4)
        rule_problem(v->r, line_of(v->s), "rank: allowed: a number from 1 (exact sentence) to 4 (envelope)");
    v->rule->pub.rank = rank;
}

static void read_check(struct value *v)
{
    const char *text = text_of(v, v->s, WORD_MAX);
    if (text && one_of(v, v->s, text, v->r->checks, true))
        v->rule->pub.check = text;
}

/* --- lists of texts --- */

static void read_codes(struct value *v)
{
    size_t n = length_of(v, v->s, RULE_TEXTS);
    for (size_t i = 0; i < n; i++) {
        const char *text = text_of(v, entry(v->s, i), 20);
        char code[32];
        size_t len = 0;
        for (; text && text[len] && len < sizeof(code) - 1; len++)
            code[len] = text[len] >= 'A' && text[len] <= 'Z' ? (char)(text[len] + 32) : text[len];
        code[len] = '\0';
        if (len)
            v->rule->codes[v->rule->n_codes++] = pool_copy(v->r->pool, code);
    }
}

static void read_promises(struct value *v)
{
    struct rule *rule = v->rule;
    size_t n = length_of(v, v->s, RULE_TEXTS / 2);
    for (size_t i = 0; i < n && rule->n_promises < RULE_TEXTS; i++) {
        const char *text = text_of(v, entry(v->s, i), TEXT_MAX);
        if (text)
            rule->promises[rule->n_promises++] = (struct promise){
                .text = text, .line = line_of(entry(v->s, i)), .says = strcmp(v->key, "says") == 0};
    }
}

/* Words out of `allowed`; or (NULL) sentences. */
static const char *const *read_texts(struct value *v, const char *const *allowed)
{
    size_t n = length_of(v, v->s, RULE_TEXTS), used = 0;
    const char **list = pool_array(v->r->pool, n + 1, sizeof(*list));
    for (size_t i = 0; i < n; i++) {
        const char *text = text_of(v, entry(v->s, i), TEXT_MAX);
        if (text && !allowed)
            rule_text_check(v->r, line_of(entry(v->s, i)), v->key, text);
        if (text && (!allowed || one_of(v, entry(v->s, i), text, allowed, false)))
            list[used++] = text;
    }
    return list;
}

static void read_kinds(struct value *v)
{
    static const char *const any[] = {NULL};
    v->rule->pub.confirmed_by = read_texts(v, v->r->kinds ? v->r->kinds : any);
}

static void read_steps(struct value *v)
{
    v->rule->pub.steps = read_texts(v, NULL);
}

static void read_takes(struct value *v)
{
    size_t n = length_of(v, v->s, RULE_TEXTS);
    for (size_t i = 0; i < n; i++) {
        const char *text = text_of(v, entry(v->s, i), TEXT_MAX);
        struct buf why = BUF_INIT(1000);
        if (text && !takes_add(&v->rule->takes, slice_of(text), &why))
            rule_problem(v->r, line_of(entry(v->s, i)), "takes: the pattern \"%.80s\": %s", text, why.data);
        buf_release(&why);
    }
}

/* --- words to be found --- */

/* As it stands in a normalised text: "" after it was told. */
static bool check_needle(struct value *v, const config_setting_t *s, const char *text, size_t least)
{
    size_t letters = 0, len = strlen(text);
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        letters += c != ' ' && c != '#' && (c != '^' || i > 0);
        if ((c >= 'A' && c <= 'Z') || (c == ' ' && (i == 0 || text[i - 1] == ' ' || i + 1 == len)) ||
            (unsigned char)c >= 0x80 || c == '|' || c == '\n' || c == '\t') {
            rule_problem(v->r, line_of(s),
                         "%s: \"%s\"; allowed: small letters, plain quotes and dashes, single blanks", v->key,
                         text);
            return false;
        }
    }
    if (letters < least)
        rule_problem(v->r, line_of(s), "%s: \"%s\" is shorter than %d letters", v->key, text, (int)least);
    return letters >= least;
}

static void read_alternative(struct value *v, const config_setting_t *s)
{
    struct alternative *a = &v->rule->alternatives[v->rule->n_alternatives];
    *a = (struct alternative){.line = line_of(s)};
    size_t n = is_list(s) ? length_of(v, s, RULE_WORDS) : 1;
    for (size_t i = 0; i < n; i++) {
        const config_setting_t *word = is_list(s) ? entry(s, i) : s;
        const char *text = text_of(v, word, NEEDLE_MAX);
        if (!text || !check_needle(v, word, text, n > 1 ? 2 : NEEDLE_MIN))
            return;
        a->words[a->n++] = text;
    }
    v->rule->n_alternatives += a->n > 0;
}

static void read_needles(struct value *v)
{
    size_t n = length_of(v, v->s, RULE_TEXTS);
    for (size_t i = 0; i < n; i++)
        read_alternative(v, entry(v->s, i));
}

static void read_symptom(struct value *v, struct symptom_group *g, const config_setting_t *s)
{
    const char *text = text_of(v, s, SYMPTOM_MAX);
    size_t len = text ? strlen(text) : 0, capitals = 0, others = 0;
    if (!len)
        return;
    char folded[SYMPTOM_MAX + 1];
    for (size_t i = 0; i <= len; i++) {
        bool big = text[i] >= 'A' && text[i] <= 'Z';
        capitals += big;
        others += text[i] >= 'a' && text[i] <= 'z';
        folded[i] = big ? (char)(text[i] + 32) : text[i];
    }
    struct symptom_word *w = &g->words[g->n++];
    w->capitals = capitals > 1 && !others;
    w->any_ending = text[len - 1] == '*';
    folded[w->any_ending ? len - 1 : len] = '\0';
    w->text =
        pool_slice(v->r->pool, w->capitals ? slice_cut(slice_of(text), strlen(folded)) : slice_of(folded));
    if (strlen(w->text) < 2)
        rule_problem(v->r, line_of(s), "symptoms: \"%s\" is too short", text);
}

static void read_symptoms(struct value *v)
{
    size_t n = length_of(v, v->s, RULE_GROUPS);
    for (size_t i = 0; i < n; i++) {
        const config_setting_t *s = entry(v->s, i);
        struct symptom_group *g = &v->rule->groups[v->rule->n_groups];
        if (!is_list(s)) {
            g->words = pool_array(v->r->pool, 1, sizeof(*g->words));
            read_symptom(v, g, s);
        } else {
            size_t words = length_of(v, s, GROUP_WORDS);
            g->words = pool_array(v->r->pool, words + 1, sizeof(*g->words));
            for (size_t k = 0; k < words; k++)
                read_symptom(v, g, entry(s, k));
        }
        v->rule->n_groups += g->n > 0;
    }
}

/* --- the file --- */

static const struct key keys[] = {
    {"id", "a text, the name of the file", read_id, true},
    {"title", "a text", read_plain, true},
    {"emitter", "a word", read_emitter, true},
    {"codes", "a list", read_codes, false},
    {"severity", "a word", read_severity, true},
    {"rank", "a number", read_rank, true},
    {"seen", "a list", read_promises, false},
    {"needles", "a list", read_needles, false},
    {"symptoms", "a list", read_symptoms, false},
    {"says", "a list", read_promises, false},
    {"takes", "a list", read_takes, false},
    {"check", "a word", read_check, false},
    {"confirmed_by", "a list", read_kinds, false},
    {"confirmed", "a text", read_plain, false},
    {"refuted", "a text", read_plain, false},
    {"unconfirmable", "a text", read_plain, false},
    {"meaning", "a text", read_plain, true},
    {"cause", "a text", read_plain, true},
    {"steps", "a list", read_steps, true},
};

static void read_key(struct rule_reading *r, struct rule *rule, const config_setting_t *s)
{
    const char *names[ARRAY_LEN(keys) + 1] = {0}, *name = config_setting_name(s);
    struct value v = {.r = r, .rule = rule, .s = s, .key = name};
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        names[i] = keys[i].name;
        if (strcmp(keys[i].name, name) == 0) {
            keys[i].read(&v);
            return;
        }
    }
    const char *near = fold_nearest(name, names);
    struct buf all = BUF_INIT(1000);
    for (size_t i = 0; names[i]; i++)
        buf_printf(&all, "%s%s", i ? ", " : "", names[i]);
    rule_problem(r, line_of(s), "%.60s: unknown key; %s%s%sallowed: %s", name, near ? "did you mean " : "",
                 near ? near : "", near ? "? All that is " : "", all.data);
    buf_release(&all);
}

/* What no single key says. */
static void check_whole(struct rule_reading *r, struct rule *rule, const config_setting_t *root,
                        const char *stem)
{
    for (size_t i = 0; i < ARRAY_LEN(keys); i++) {
        if (keys[i].required && !config_setting_get_member(root, keys[i].name))
            rule_problem(r, 1, "%s: is missing; allowed: %s", keys[i].name, keys[i].form);
    }
    if (rule->pub.id && strcmp(rule->pub.id, stem) != 0)
        rule_problem(r, rule->id_line, "id: \"%s\" is not the name of the file; allowed: \"%s\"",
                     rule->pub.id, stem);
    if (!config_setting_get_member(root, "needles") && !config_setting_get_member(root, "symptoms") &&
        !rule->n_codes)
        rule_problem(r, 1, "needles: nothing says how to find it; allowed: needles, symptoms or codes");
    bool check = config_setting_get_member(root, "check"),
         kinds = config_setting_get_member(root, "confirmed_by"),
         unconfirmable = config_setting_get_member(root, "unconfirmable");
    if (check == unconfirmable)
        rule_problem(r, 1, "check: %s; allowed: check, or unconfirmable with the reason why nothing can tell",
                     check ? "contradicts unconfirmable" : "is missing");
    if (kinds != check)
        rule_problem(r, 1, "confirmed_by: belongs to check; allowed: both or neither");
}

static struct rule *new_rule(struct rule_reading *r)
{
    static const char *const nothing[] = {NULL};
    struct rule *rule = pool_alloc(r->pool, sizeof(*rule));
    for (size_t i = 0; i < ARRAY_LEN(plains); i++) {
        const char **text = (void *)((char *)&rule->pub + plains[i].offset);
        *text = "";
    }
    rule->pub.emitter = "";
    rule->pub.confirmed_by = rule->pub.steps = nothing;
    rule->pub.file = r->path;
    return rule;
}

/* @include would read any file. */
static bool includes(const char *text)
{
    for (const char *at = text; (at = strstr(at, "@include")); at++) {
        const char *line = at;
        while (line > text && (line[-1] == ' ' || line[-1] == '\t'))
            line--;
        if (line == text || line[-1] == '\n')
            return true;
    }
    return false;
}

static struct rule *parse(struct rule_reading *r, const char *text, const char *stem)
{
    config_t file;
    struct rule *rule = new_rule(r);
    config_init(&file);
    if (includes(text)) {
        rule_problem(r, 1, "@include is not allowed");
    } else if (config_read_string(&file, text) != CONFIG_TRUE) {
        rule_problem(
            r, (unsigned)config_error_line(&file),
            "%s; allowed: key = value; and lists that hold lists in round brackets: ( ( \"a\", \"b\" ) )",
            config_error_text(&file));
    } else {
        const config_setting_t *root = config_root_setting(&file);
        for (int i = 0; i < config_setting_length(root); i++)
            read_key(r, rule, config_setting_get_elem(root, (unsigned)i));
        check_whole(r, rule, root, stem);
        rule->pub.symptom = rule->n_groups && !rule->n_alternatives;
    }
    config_destroy(&file);
    return rule;
}

static bool slurp(struct rule_reading *r, struct buf *text)
{
    char chunk[8192];
    struct stat st;
    ssize_t n = -1;
    int fd = open(r->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &st) != 0) {
        rule_problem(r, 1, "cannot be opened: %s", strerror(errno));
    } else if (!S_ISREG(st.st_mode)) {
        rule_problem(r, 1, "is no ordinary file");
    } else {
        while ((n = read(fd, chunk, sizeof(chunk))) > 0 && !text->overflow)
            buf_put(text, chunk, (size_t)n);
        if (n < 0)
            rule_problem(r, 1, "cannot be read: %s", strerror(errno));
    }
    if (fd >= 0)
        close(fd);
    if (text->overflow || memchr(text->data, '\0', text->len))
        rule_problem(r, 1, "is larger than %d KB or holds a NUL", RULE_FILE_MAX >> 10);
    return r->n_problems == 0;
}

struct rule *rulefile_read(struct rule_reading *r, const char *stem)
{
    struct buf text = BUF_INIT(RULE_FILE_MAX);
    struct rule *rule = slurp(r, &text) ? parse(r, text.data, stem) : NULL;
    buf_release(&text);
    return rule;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * template: the letters of a firm, in Mustache (mustache.h), and stricter than it: every name and every
 * partial must be there when they are loaded, each fault is told with file and line, and a value that is not
 * made safe
 * ({{{raw}}}, {{&raw}}) does not exist. In .html values are escaped, in .txt they are not. The pieces that
 * rules are written with (LANGUAGE/diagnose/_*.txt) have names of their own, and are used by templates_fill
 * only.
 */
#include "mustache.h"
#include "sentence.h"

#include "frontdesk/conf.h"

#include <dirent.h>
#include <errno.h>
#include <unistd.h>

enum { MOST_TEMPLATES = 128, MOST_PIECES = 24, FILE_MAX = 128 * 1024 };

struct file {
    char *name;         /* "created.txt" */
    char *path;         /* for people */
    bool html, english; /* english: the language has no such letter */
    bool firm;          /* of the firm */
    bool piece;         /* of rules: their names are not those of letters */
    struct mustache text;
};

struct templates {
    struct file files[MOST_TEMPLATES], pieces[MOST_PIECES];
    size_t n_files, n_pieces;
    struct howtos *howtos;
    struct report_words *report_words;
    struct sentences *sentences;
    const char *names[MOST_TEMPLATES + 1];
};

/* --- loading --- */

static void problem(struct buf *problems, const struct file *f, unsigned line, const char *fmt, ...)
    PRINTF(4, 5);

static void problem(struct buf *problems, const struct file *f, unsigned line, const char *fmt, ...)
{
    va_list ap;
    buf_printf(problems, "%s:%u: ", f->path, line);
    va_start(ap, fmt);
    buf_vprintf(problems, fmt, ap);
    va_end(ap);
    buf_putc(problems, '\n');
}

static void check_name(const struct file *f, struct slice name, unsigned line, struct buf *problems)
{
    struct scan c = scan_of(name);
    const char *near = NULL;
    if (f->piece || slice_eq(name, SLICE(".")))
        return;
    do {
        struct slice part = scan_until(&c, ".");
        if (!variable_known(part, &near))
            problem(problems, f, line, "there is no variable \"%.*s\"%s%s%s", SLICE_ARG(part),
                    near ? "; did you mean \"" : "", near ? near : "",
                    near ? "\"?" : " (templates/README.md lists them)");
    } while (scan_char(&c, '.'));
}

struct reading {
    const struct file *file;
    struct buf *problems;
};

static void on_problem(void *self, unsigned line, const char *text)
{
    const struct reading *r = self;
    problem(r->problems, r->file, line, "%s", text);
}

static void cut(struct file *f, char *source, struct buf *problems)
{
    struct reading r = {f, problems};
    mustache_cut(&f->text, source, on_problem, &r);
    for (size_t i = 0; i < f->text.n; i++) {
        const struct token *t = &f->text.tokens[i];
        if (t->kind == TOKEN_RAW)
            problem(problems, f, t->line, "{{{%.*s}}} is not allowed: values are always made safe",
                    SLICE_ARG(slice_cut(t->text, 80)));
        else if (t->kind != TOKEN_TEXT && t->kind != TOKEN_PARTIAL)
            check_name(f, t->text, t->line, problems);
    }
}

static const struct file *find_file(const struct templates *t, struct slice name, bool html)
{
    char full[120];
    snprintf(full, sizeof(full), "%.*s.%s", SLICE_ARG(slice_cut(name, 80)), html ? "html" : "txt");
    for (size_t i = 0; i < t->n_files; i++) {
        if (strcmp(t->files[i].name, full) == 0)
            return &t->files[i];
    }
    return NULL;
}

static const struct file *find_piece(const struct templates *t, struct slice name)
{
    char full[120];
    snprintf(full, sizeof(full), "_%.*s.txt", SLICE_ARG(slice_cut(name, 80)));
    for (size_t i = 0; i < t->n_pieces; i++) {
        if (strcmp(t->pieces[i].name, full) == 0)
            return &t->pieces[i];
    }
    return NULL;
}

/* The file, cut; an empty one after a problem. */
static void read_source(const char *folder, const char *name, struct file *f, struct buf *problems)
{
    char path[4400], *source = mem_alloc(FILE_MAX + 1);
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *in = fopen(path, "re");
    f->name = mem_copy(name);
    f->path = mem_copy(path);
    f->html = slice_ends_nocase(slice_of(name), SLICE(".html"));
    size_t n = in ? fread(source, 1, FILE_MAX + 1, in) : 0;
    bool bad = !in || n > FILE_MAX || memchr(source, '\0', n);
    if (in)
        fclose(in);
    if (bad)
        problem(problems, f, 1, !in ? "cannot be read" : "is larger than 128 KB or holds a NUL");
    source[bad ? 0 : n] = '\0';
    cut(f, source, problems);
}

static int compare_files(const void *a, const void *b)
{
    return strcmp(((const struct file *)a)->name, ((const struct file *)b)->name);
}

static void check_partials(const struct templates *t, const struct file *f, struct buf *problems)
{
    for (size_t i = 0; i < f->text.n; i++) {
        const struct token *k = &f->text.tokens[i];
        if (k->kind == TOKEN_PARTIAL && !find_file(t, k->text, f->html))
            problem(problems, f, k->line, "there is no template \"%.*s\"", SLICE_ARG(slice_cut(k->text, 80)));
    }
}

/* "created" of "created.html" */
static struct slice stem_of(const char *name)
{
    return slice_cut(slice_of(name), strcspn(name, "."));
}

static bool has_stem(const struct templates *t, size_t n, struct slice stem)
{
    for (size_t i = 0; i < n; i++) {
        if (slice_eq(stem_of(t->files[i].name), stem))
            return true;
    }
    return false;
}

/* Letters are never taken half from one place and half from another; of partials each file counts by itself.
 */
static bool stands_already(const struct templates *t, size_t n, const char *name)
{
    if (name[0] != '_')
        return has_stem(t, n, stem_of(name));
    for (size_t i = 0; i < n; i++) {
        if (strcmp(t->files[i].name, name) == 0)
            return true;
    }
    return false;
}

/* What an earlier folder has stays. */
static void load_files(struct templates *t, const struct language_place *place, struct buf *problems)
{
    size_t had = t->n_files;
    const char *folder = place->path;
    DIR *dir = opendir(folder);
    if (!dir && errno == ENOENT && !place->must_be)
        return;
    if (!dir) {
        char text[100];
        buf_printf(problems, "%s: %s\n", folder, strerror_r(errno, text, sizeof(text)));
        return;
    }
    for (struct dirent *d; (d = readdir(dir)) != NULL;) {
        struct slice name = slice_of(d->d_name);
        if (!slice_ends_nocase(name, SLICE(".txt")) && !slice_ends_nocase(name, SLICE(".html")))
            continue;
        bool words = place->firm && strcmp(d->d_name, "words.txt") == 0; /* no letter: sentence.c */
        if (words || stands_already(t, had, d->d_name))
            continue;
        if (t->n_files == MOST_TEMPLATES) {
            buf_printf(problems, "%s: more than %d templates\n", folder, MOST_TEMPLATES);
            break;
        }
        struct file *f = &t->files[t->n_files++];
        f->english = place->english;
        f->firm = place->firm;
        read_source(folder, d->d_name, f, problems);
    }
    closedir(dir);
}

/* A folder that is not there has none. */
static void load_pieces(struct templates *t, const char *path, struct buf *problems)
{
    DIR *dir = opendir(path);
    for (struct dirent *d; dir && (d = readdir(dir)) != NULL;) {
        struct slice name = slice_of(d->d_name), stem = slice_skip(stem_of(d->d_name), 1);
        if (name.ptr[0] != '_' || !slice_ends_nocase(name, SLICE(".txt")) || find_piece(t, stem))
            continue;
        if (t->n_pieces == MOST_PIECES) {
            buf_printf(problems, "%s: more than %d pieces\n", path, MOST_PIECES);
            break;
        }
        struct file *f = &t->pieces[t->n_pieces++];
        f->piece = true;
        read_source(path, d->d_name, f, problems);
    }
    if (dir)
        closedir(dir);
}

static void list_names(struct templates *t, struct buf *problems)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n_files; i++) {
        struct file *f = &t->files[i];
        check_partials(t, f, problems);
        /* a partial begins with _ ; a template has a subject in its text form */
        if (f->html || f->name[0] == '_')
            continue;
        if (!slice_starts(slice_of(f->text.source), SLICE("Subject: ")))
            problem(problems, f, 1, "the first line must be \"Subject: ...\"");
        char *name = mem_copy(f->name);
        name[strlen(name) - 4] = '\0';
        t->names[n++] = name;
    }
}

/* A letter of the firm that frontdesk never writes, or that has no text, would be taken for a change. */
static void check_firm(const struct templates *t, const struct file *f, struct buf *problems)
{
    const char *names[MOST_TEMPLATES + 1] = {NULL};
    struct slice stem = stem_of(f->name);
    char name[100];
    bool known = false;
    if (!f->firm || f->name[0] == '_')
        return;
    for (size_t i = 0; i < MOST_TEMPLATES && (names[i] = sample_letter(i)) != NULL; i++)
        known = known || slice_eq(stem, slice_of(names[i]));
    snprintf(name, sizeof(name), "%.*s", SLICE_ARG(slice_cut(stem, sizeof(name) - 1)));
    const char *near = known ? NULL : fold_nearest(name, names);
    if (!known)
        problem(problems, f, 1, "frontdesk writes no letter \"%s\"%s%s%s", name,
                near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    else if (!find_file(t, stem, false))
        problem(problems, f, 1, "the text of this letter is missing: put %s.txt beside it", name);
}

static void load_letters(struct templates *t, const struct language_where *w, struct buf *problems)
{
    struct language_places places;
    language_find(&places, w, "reply");
    for (size_t i = 0; i < places.n; i++)
        load_files(t, &places.v[i], problems);
    language_find(&places, w, "diagnose");
    for (size_t i = 0; i < places.n; i++)
        load_pieces(t, places.v[i].path, problems);
    qsort(t->files, t->n_files, sizeof(t->files[0]), compare_files);
    list_names(t, problems);
    for (size_t i = 0; i < t->n_files; i++)
        check_firm(t, &t->files[i], problems);
}

int templates_load(struct templates **out, const char *folder, const char *own, const char *language,
                   struct buf *problems)
{
    const struct language_where w = {folder, own, language};
    size_t before = problems->len;
    struct templates *t = mem_alloc(sizeof(*t));
    if (language_is_there(&w, problems)) {
        load_letters(t, &w, problems);
        t->howtos = howtos_load(&w, problems);
        t->report_words = report_words_load(&w, "check", NULL, problems);
        t->sentences = sentences_load(&w, problems);
    }
    *out = t;
    if (problems->len == before)
        return 0;
    templates_free(out);
    return -1;
}

int templates_open(struct templates **out, const struct conf *conf, bool with_own, struct buf *problems,
                   struct err *e)
{
    const char *folder = conf ? conf->templates : FD_TEMPLATE_DIR, *letter;
    const char *own = conf && with_own ? conf->own_templates : NULL;
    /* a language may be the firm's alone */
    const char *language = conf && with_own ? conf->firm.language : TEMPLATES_FULL_LANGUAGE;
    size_t before = problems->len;
    int rc = templates_load(out, folder, own, language, problems);
    for (size_t i = 0; rc == 0 && (letter = sample_letter(i)) != NULL; i++) {
        if (!find_file(*out, slice_of(letter), false))
            buf_printf(
                problems,
                "%s/%s/reply/%s.txt:1: is missing: templates has to be the folder that belongs to this "
                "version; what a firm changes stands in own_templates\n",
                folder, TEMPLATES_FULL_LANGUAGE, letter);
    }
    if (problems->len == before)
        return 0;
    templates_free(out);
    return err_set(e, ERR_TEMPLATE, "the templates in %s%s%s have errors", folder,
                   own ? ", or those of the firm in " : "", own ? own : "");
}

static void release_file(struct file *f)
{
    free(f->name);
    free(f->path);
    mustache_release(&f->text);
}

void templates_free(struct templates **templates)
{
    struct templates *t = *templates;
    if (!t)
        return;
    for (size_t i = 0; i < t->n_files; i++)
        release_file(&t->files[i]);
    for (size_t i = 0; i < t->n_pieces; i++)
        release_file(&t->pieces[i]);
    for (size_t i = 0; t->names[i]; i++)
        free((void *)(uintptr_t)t->names[i]);
    howtos_free(&t->howtos);
    report_words_free(&t->report_words);
    sentences_free(&t->sentences);
    free(t);
    *templates = NULL;
}

const char *const *templates_names(const struct templates *t)
{
    return t->names;
}

const struct report_words *templates_report_words(const struct templates *t)
{
    return t->report_words;
}

const struct sentences *templates_sentences(const struct templates *t)
{
    return t->sentences;
}

const struct howto *templates_howtos(const struct templates *t, size_t *n)
{
    return howtos_list(t->howtos, n);
}

void templates_english(const struct templates *t, struct buf *out)
{
    for (size_t i = 0; i < t->n_files; i++) {
        if (t->files[i].english && !t->files[i].html)
            buf_printf(out, "%s%.*s", out->len ? ", " : "", SLICE_ARG(stem_of(t->files[i].name)));
    }
    size_t n;
    const struct howto *h = howtos_list(t->howtos, &n);
    for (size_t i = 0; i < n; i++) {
        if (h[i].english)
            buf_printf(out, "%shelp %s", out->len ? ", " : "", h[i].name);
    }
    size_t lacks = sentences_english(t->sentences);
    if (lacks)
        buf_printf(out, "%s%zu of the sentences in words.txt", out->len ? ", " : "", lacks);
}

/* --- rendering --- */

static const struct mustache *partial_txt(void *self, struct slice name)
{
    const struct file *f = find_file(self, name, false);
    return f ? &f->text : NULL;
}

static const struct mustache *partial_html(void *self, struct slice name)
{
    const struct file *f = find_file(self, name, true);
    return f ? &f->text : NULL;
}

static const struct mustache *partial_piece(void *self, struct slice name)
{
    const struct file *f = find_piece(self, name);
    return f ? &f->text : NULL;
}

static int render(const struct templates *t, const struct file *f, const struct view *v, struct buf *out,
                  struct err *e)
{
    const struct mustache_rendering r = {.name = f->name,
                                         .html = f->html,
                                         .partial = f->piece  ? partial_piece
                                                    : f->html ? partial_html
                                                              : partial_txt,
                                         .self = (void *)(uintptr_t)t};
    return mustache_render(&f->text, &r, v, out, e);
}

int templates_fill(const struct templates *t, const char *text, const struct view *v, struct buf *out,
                   struct err *e)
{
    struct file f = {.name = mem_copy("a rule"), .path = mem_copy(""), .piece = true};
    struct buf problems = BUF_INIT(2000);
    cut(&f, mem_copy(text), &problems);
    int rc = problems.len ? err_set(e, ERR_TEMPLATE, "a rule's text cannot be read: %.200s", problems.data)
                          : render(t, &f, v, out, e);
    buf_release(&problems);
    release_file(&f);
    return rc;
}

/* "Subject: ..." is the first line of the rendered text. */
static void split_subject(struct buf *text, struct buf *subject)
{
    struct scan c = scan_of(buf_view(text));
    struct slice line = scan_line(&c);
    buf_slice(subject, slice_cut_utf8(slice_trim(slice_skip(line, strlen("Subject:"))), 900));
    while (scan_peek(&c) == '\n')
        scan_next(&c);
    struct slice rest = scan_rest(&c);
    memmove(text->data, rest.ptr, rest.len);
    buf_truncate(text, rest.len);
}

int templates_render(const struct templates *t, const char *name, const struct view *v, struct buf *subject,
                     struct buf *text, struct buf *html, struct err *e)
{
    const struct file *plain = find_file(t, slice_of(name), false),
                      *rich = find_file(t, slice_of(name), true);
    if (!plain)
        return err_set(e, ERR_TEMPLATE, "there is no template \"%s\"", name);
    if (render(t, plain, v, text, e) != 0)
        return -1;
    split_subject(text, subject);
    return rich ? render(t, rich, v, html, e) : 0;
}

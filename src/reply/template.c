/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * template: Mustache, the part that letters need: {{name}}, {{#section}}, {{^inverted}}, {{/end}}, {{!
 * comment}}, {{> partial}}. Templates are cut into tokens when they are loaded; every name is checked then.
 * In .html values are escaped, in .txt they are not; {{{raw}}} does not exist. A tag alone on its line takes
 * the line with it. The pieces that rules are written with (LANGUAGE/diagnose/_*.txt) have names of their
 * own, and are used by templates_fill only.
 */
#include "sentence.h"

#include <dirent.h>
#include <errno.h>

enum { MOST_TEMPLATES = 128, MOST_PIECES = 24, MOST_DEPTH = 12, MOST_ITEMS = 200, FILE_MAX = 128 * 1024 };

enum token_kind { TOKEN_TEXT, TOKEN_VALUE, TOKEN_SECTION, TOKEN_INVERTED, TOKEN_END, TOKEN_PARTIAL };

struct token {
    enum token_kind kind;
    struct slice text; /* literal text, or the name */
    size_t end;        /* of a section: index of its TOKEN_END */
    unsigned line;
};

struct file {
    char *name; /* "created.txt" */
    char *path; /* for people */
    char *source;
    bool html, english; /* english: the language has no such letter */
    bool piece;         /* of rules: their names are not those of letters */
    struct token *tokens;
    size_t n, room;
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

static struct token *add_token(struct file *f, enum token_kind kind, struct slice text, unsigned line)
{
    if (f->n == f->room) {
        f->room = f->room ? f->room * 2 : 64;
        f->tokens = mem_grow(f->tokens, f->room * sizeof(*f->tokens));
    }
    f->tokens[f->n] = (struct token){.kind = kind, .text = text, .line = line};
    return &f->tokens[f->n++];
}

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
    const char *near = NULL;
    if (!f->piece && !variable_known(name, &near))
        problem(problems, f, line, "there is no variable \"%.*s\"%s%s%s", SLICE_ARG(name),
                near ? "; did you mean \"" : "", near ? near : "",
                near ? "\"?" : " (templates/README.md lists them)");
}

/* Blanks before a tag that stands alone on its line go, and the line end behind it. */
static bool alone_on_line(const char *source, const char *open, const char *close)
{
    while (open > source && (open[-1] == ' ' || open[-1] == '\t'))
        open--;
    while (*close == ' ' || *close == '\t')
        close++;
    return (open == source || open[-1] == '\n') && (*close == '\n' || *close == '\0');
}

static void add_tag(struct file *f, struct slice inside, unsigned line, struct buf *problems)
{
    static const struct {
        char sign;
        enum token_kind kind;
    } signs[] = {{'#', TOKEN_SECTION}, {'^', TOKEN_INVERTED}, {'/', TOKEN_END}, {'>', TOKEN_PARTIAL}};
    char sign = inside.len ? inside.ptr[0] : ' ';
    if (sign == '!')
        return;
    if (sign == '{' || sign == '&' || sign == '=') {
        problem(problems, f, line, "{{%c is not allowed: values are always made safe", sign);
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
        if (signs[i].sign != sign)
            continue;
        struct slice name = slice_trim(slice_skip(inside, 1));
        add_token(f, signs[i].kind, name, line);
        if (signs[i].kind != TOKEN_PARTIAL)
            check_name(f, name, line, problems);
        return;
    }
    struct slice name = slice_trim(inside);
    add_token(f, TOKEN_VALUE, name, line);
    if (!slice_eq(name, SLICE(".")))
        check_name(f, name, line, problems);
}

static unsigned lines_in(const char *from, const char *to)
{
    unsigned n = 0;
    for (; from < to; from++)
        n += *from == '\n';
    return n;
}

static void cut_into_tokens(struct file *f, struct buf *problems)
{
    const char *at = f->source;
    unsigned line = 1;
    for (;;) {
        const char *open = strstr(at, "{{"), *close = open ? strstr(open, "}}") : NULL;
        if (!open) {
            add_token(f, TOKEN_TEXT, slice_of(at), line);
            return;
        }
        if (!close) {
            problem(problems, f, line + lines_in(at, open), "a tag is not closed with }}");
            return;
        }
        struct slice inside = slice_from(open + 2, (size_t)(close - open - 2));
        bool section = inside.len && strchr("#^/!>", inside.ptr[0]);
        bool alone = section && alone_on_line(f->source, open, close + 2);
        const char *text_end = open, *next = close + 2;
        while (alone && text_end > at && (text_end[-1] == ' ' || text_end[-1] == '\t'))
            text_end--;
        if (alone)
            next += strcspn(next, "\n") + (next[strcspn(next, "\n")] == '\n');
        add_token(f, TOKEN_TEXT, slice_from(at, (size_t)(text_end - at)), line);
        line += lines_in(at, open);
        add_tag(f, inside, line, problems);
        line += lines_in(open, next);
        at = next;
    }
}

static void pair_sections(struct file *f, struct buf *problems)
{
    size_t open[MOST_DEPTH], depth = 0;
    for (size_t i = 0; i < f->n; i++) {
        struct token *t = &f->tokens[i];
        if (t->kind == TOKEN_SECTION || t->kind == TOKEN_INVERTED) {
            if (depth == MOST_DEPTH) {
                problem(problems, f, t->line, "sections are nested deeper than %d", MOST_DEPTH);
                return;
            }
            t->end = f->n;
            open[depth++] = i;
        } else if (t->kind == TOKEN_END) {
            if (depth == 0 || !slice_eq(f->tokens[open[depth - 1]].text, t->text)) {
                problem(problems, f, t->line, "{{/%.*s}} closes nothing", SLICE_ARG(t->text));
                return;
            }
            f->tokens[open[--depth]].end = i;
        }
    }
    if (depth)
        problem(problems, f, f->tokens[open[depth - 1]].line, "{{#%.*s}} is not closed",
                SLICE_ARG(f->tokens[open[depth - 1]].text));
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

static int read_source(const char *folder, const char *name, struct file *f, struct buf *problems)
{
    char path[4400];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *in = fopen(path, "re");
    f->name = mem_copy(name);
    f->path = mem_copy(path);
    f->html = slice_ends_nocase(slice_of(name), SLICE(".html"));
    f->source = mem_alloc(FILE_MAX + 1);
    size_t n = in ? fread(f->source, 1, FILE_MAX + 1, in) : 0;
    if (in)
        fclose(in);
    if (!in || n > FILE_MAX || memchr(f->source, '\0', n)) {
        problem(problems, f, 1, !in ? "cannot be read" : "is larger than 128 KB or holds a NUL");
        f->source[0] = '\0';
        return -1;
    }
    f->source[n] = '\0';
    return 0;
}

static int compare_files(const void *a, const void *b)
{
    return strcmp(((const struct file *)a)->name, ((const struct file *)b)->name);
}

static void check_partials(const struct templates *t, const struct file *f, struct buf *problems)
{
    for (size_t i = 0; i < f->n; i++) {
        if (f->tokens[i].kind == TOKEN_PARTIAL && !find_file(t, f->tokens[i].text, f->html))
            problem(problems, f, f->tokens[i].line, "there is no template \"%.*s\"",
                    SLICE_ARG(f->tokens[i].text));
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

/* A letter is taken whole from one place, never half of it. */
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
        if (has_stem(t, had, stem_of(d->d_name)))
            continue;
        if (t->n_files == MOST_TEMPLATES) {
            buf_printf(problems, "%s: more than %d templates\n", folder, MOST_TEMPLATES);
            break;
        }
        struct file *f = &t->files[t->n_files++];
        f->english = place->english;
        if (read_source(folder, d->d_name, f, problems) == 0) {
            cut_into_tokens(f, problems);
            pair_sections(f, problems);
        }
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
        if (read_source(path, d->d_name, f, problems) == 0) {
            cut_into_tokens(f, problems);
            pair_sections(f, problems);
        }
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
        if (!slice_starts(slice_of(f->source), SLICE("Subject: ")))
            problem(problems, f, 1, "the first line must be \"Subject: ...\"");
        char *name = mem_copy(f->name);
        name[strlen(name) - 4] = '\0';
        t->names[n++] = name;
    }
}

static void load_letters(struct templates *t, const char *folder, const char *language, struct buf *problems)
{
    struct language_places places;
    language_find(&places, folder, language, "reply");
    for (size_t i = 0; i < places.n; i++)
        load_files(t, &places.v[i], problems);
    language_find(&places, folder, language, "diagnose");
    for (size_t i = 0; i < places.n; i++)
        load_pieces(t, places.v[i].path, problems);
    qsort(t->files, t->n_files, sizeof(t->files[0]), compare_files);
    list_names(t, problems);
}

int templates_load(struct templates **out, const char *folder, const char *language, struct buf *problems)
{
    size_t before = problems->len;
    struct templates *t = mem_alloc(sizeof(*t));
    if (language_is_there(folder, language, problems)) {
        load_letters(t, folder, language, problems);
        t->howtos = howtos_load(folder, language, problems);
        t->report_words = report_words_load(folder, language, "check", NULL, problems);
        t->sentences = sentences_load(folder, language, problems);
    }
    *out = t;
    if (problems->len == before)
        return 0;
    templates_free(out);
    return -1;
}

static void release_file(struct file *f)
{
    free(f->name);
    free(f->path);
    free(f->source);
    free(f->tokens);
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

struct rendering {
    const struct templates *t;
    const struct file *file;
    struct buf *out;
    unsigned depth;
};

static void put_html(struct buf *out, struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        switch (s.ptr[i]) {
        case '&':
            buf_puts(out, "&amp;");
            break;
        case '<':
            buf_puts(out, "&lt;");
            break;
        case '>':
            buf_puts(out, "&gt;");
            break;
        case '"':
            buf_puts(out, "&quot;");
            break;
        case '\'':
            buf_puts(out, "&#39;");
            break;
        default:
            buf_putc(out, s.ptr[i]);
        }
    }
}

/* Foreign text in a letter: no controls, no characters that turn the direction of writing. */
static void put_value(const struct rendering *r, struct slice text)
{
    struct buf clean = BUF_INIT(text.len * 4 + 16);
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        unsigned char next = i + 1 < text.len ? (unsigned char)text.ptr[i + 1] : 0;
        unsigned char third = i + 2 < text.len ? (unsigned char)text.ptr[i + 2] : 0;
        bool turns = c == 0xe2 && ((next == 0x80 && third >= 0xaa && third <= 0xae) ||
                                   (next == 0x81 && third >= 0xa6 && third <= 0xa9) ||
                                   (next == 0x80 && (third == 0x8e || third == 0x8f)));
        bool c1 = c == 0xc2 && next >= 0x80 && next < 0xa0;
        if (turns)
            i += 2;
        else if (c1)
            i += 1;
        else if (c >= 0x20 && c != 0x7f)
            buf_putc(&clean, (char)c);
        else if (c == '\t' || c == '\n')
            buf_putc(&clean, ' ');
    }
    if (r->file->html)
        put_html(r->out, buf_view(&clean));
    else
        buf_slice(r->out, buf_view(&clean));
    buf_release(&clean);
}

static int render_range(struct rendering *r, size_t from, size_t to, const struct view *v, struct err *e);

static int render_section(struct rendering *r, const struct token *t, size_t at, const struct view *v,
                          struct err *e)
{
    const struct view_entry *entry = view_find(v, t->text);
    bool on = entry && (entry->on || entry->items);
    if (t->kind == TOKEN_INVERTED)
        return on ? 0 : render_range(r, at + 1, t->end, v, e);
    if (!on)
        return 0;
    if (!entry->items)
        return render_range(r, at + 1, t->end, v, e);
    unsigned n = 0;
    for (const struct view *item = entry->items; item; item = item->sibling) {
        if (++n > MOST_ITEMS)
            break;
        if (render_range(r, at + 1, t->end, item, e) != 0)
            return -1;
    }
    return 0;
}

static int render_partial(struct rendering *r, const struct token *t, const struct view *v, struct err *e)
{
    const struct file *around = r->file;
    const struct file *file =
        around->piece ? find_piece(r->t, t->text) : find_file(r->t, t->text, around->html);
    if (!file || r->depth >= MOST_DEPTH)
        return err_set(e, ERR_TEMPLATE, "%s: partials are nested too deep", r->file->name);
    r->file = file;
    r->depth++;
    int rc = render_range(r, 0, file->n, v, e);
    r->depth--;
    r->file = around;
    return rc;
}

static int render_range(struct rendering *r, size_t from, size_t to, const struct view *v, struct err *e)
{
    for (size_t i = from; i < to && i < r->file->n; i++) {
        const struct token *t = &r->file->tokens[i];
        int rc = 0;
        const struct view_entry *entry;
        switch (t->kind) {
        case TOKEN_TEXT:
            buf_slice(r->out, t->text);
            break;
        case TOKEN_VALUE:
            entry = view_find(v, t->text);
            if (entry)
                put_value(r, entry->text);
            break;
        case TOKEN_SECTION:
        case TOKEN_INVERTED:
            rc = render_section(r, t, i, v, e);
            i = t->end;
            break;
        case TOKEN_PARTIAL:
            rc = render_partial(r, t, v, e);
            break;
        case TOKEN_END:
            break;
        }
        if (rc != 0)
            return -1;
    }
    return r->out->overflow ? err_set(e, ERR_TEMPLATE, "%s: the letter is too long", r->file->name) : 0;
}

int templates_fill(const struct templates *t, const char *text, const struct view *v, struct buf *out,
                   struct err *e)
{
    struct file f = {.name = mem_copy("a rule"), .path = mem_copy(""), .piece = true};
    struct buf problems = BUF_INIT(2000);
    struct rendering r = {.t = t, .file = &f, .out = out};
    f.source = mem_copy(text);
    cut_into_tokens(&f, &problems);
    pair_sections(&f, &problems);
    int rc = problems.len ? err_set(e, ERR_TEMPLATE, "a rule's text cannot be read: %.200s", problems.data)
                          : render_range(&r, 0, f.n, v, e);
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
    struct rendering r = {.t = t, .file = plain, .out = text};
    if (render_range(&r, 0, plain->n, v, e) != 0)
        return -1;
    split_subject(text, subject);
    r = (struct rendering){.t = t, .file = rich, .out = html};
    return rich ? render_range(&r, 0, rich->n, v, e) : 0;
}

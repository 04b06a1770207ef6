/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mustache: see mustache.h. First the cutting into tokens, then the rendering. */
#include "mustache.h"

enum { MOST_DEPTH = 12, MOST_ITEMS = 200, DELIMITER_BYTES = 8 };

/* --- cutting --- */

struct cutting {
    struct mustache *m;
    const char *at; /* not yet read */
    char open[DELIMITER_BYTES + 1], close[DELIMITER_BYTES + 1];
    unsigned line;
    mustache_problem *problem;
    void *self;
};

/* One tag, from its opening to behind its closing delimiter. */
struct tag {
    const char *begin, *end;
    char sign; /* "#^/!>={&", or ' ' */
    struct slice inside;
    bool alone; /* on its line, so that the line goes with it */
};

static void complain(const struct cutting *c, unsigned line, const char *fmt, ...) PRINTF(3, 4);

static void complain(const struct cutting *c, unsigned line, const char *fmt, ...)
{
    char text[300];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof(text), fmt, ap);
    va_end(ap);
    c->problem(c->self, line, text);
}

static struct token *add_token(struct mustache *m, enum token_kind kind, struct slice text, unsigned line)
{
    if (m->n == m->room) {
        m->room = m->room ? m->room * 2 : 64;
        m->tokens = mem_grow(m->tokens, m->room * sizeof(*m->tokens));
    }
    m->tokens[m->n] = (struct token){.kind = kind, .text = text, .line = line};
    return &m->tokens[m->n++];
}

static unsigned lines_in(const char *from, const char *to)
{
    unsigned n = 0;
    for (; from < to; from++)
        n += *from == '\n';
    return n;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Nothing but blanks before it and behind it. */
static bool alone_on_line(const char *source, const char *open, const char *close)
{
    while (open > source && is_blank(open[-1]))
        open--;
    while (is_blank(*close))
        close++;
    close += close[0] == '\r' && close[1] == '\n';
    return (open == source || open[-1] == '\n') && (*close == '\n' || *close == '\0');
}

/* The tag that opens at `begin`; false when it is not closed. */
static bool read_tag(const struct cutting *c, const char *begin, struct tag *t)
{
    const char *inside = begin + strlen(c->open);
    char end[DELIMITER_BYTES + 2];
    t->begin = begin;
    t->sign = *inside && strchr("#^/!>={&", *inside) ? *inside : ' ';
    /* {{{ is known by its own closing; with other delimiters there is no such tag */
    if (t->sign == '{' && strcmp(c->open, "{{") != 0)
        t->sign = ' ';
    snprintf(end, sizeof(end), "%s%s", t->sign == '{' ? "}" : t->sign == '=' ? "=" : "", c->close);
    inside += t->sign != ' ';
    const char *close = strstr(inside, end);
    if (!close)
        return false;
    t->inside = slice_trim(slice_from(inside, (size_t)(close - inside)));
    t->end = close + strlen(end);
    t->alone =
        t->sign != ' ' && t->sign != '{' && t->sign != '&' && alone_on_line(c->m->source, begin, t->end);
    return true;
}

static bool is_delimiter(struct slice s)
{
    return s.len > 0 && s.len <= DELIMITER_BYTES && slice_find_char(s, '=') < 0;
}

/* {{=<% %>=}} */
static void set_delimiters(struct cutting *c, struct slice inside)
{
    struct scan s = scan_of(inside);
    struct slice open = scan_until(&s, " \t\r\n");
    scan_while(&s, " \t\r\n");
    struct slice close = scan_rest(&s);
    if (!is_delimiter(open) || !is_delimiter(close) || slice_find_char(close, ' ') >= 0) {
        complain(c, c->line, "delimiters are set by {{=<%% %%>=}}: two words of at most %d signs",
                 DELIMITER_BYTES);
        return;
    }
    snprintf(c->open, sizeof(c->open), "%.*s", SLICE_ARG(open));
    snprintf(c->close, sizeof(c->close), "%.*s", SLICE_ARG(close));
}

static void add_tag(struct cutting *c, const struct tag *t, struct slice indent)
{
    static const struct {
        char sign;
        enum token_kind kind;
    } signs[] = {{'#', TOKEN_SECTION}, {'^', TOKEN_INVERTED}, {'/', TOKEN_END},  {'>', TOKEN_PARTIAL},
                 {'{', TOKEN_RAW},     {'&', TOKEN_RAW},      {' ', TOKEN_VALUE}};
    if (t->sign == '=')
        set_delimiters(c, t->inside);
    for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
        if (signs[i].sign != t->sign)
            continue;
        struct token *token = add_token(c->m, signs[i].kind, t->inside, c->line);
        token->alone = t->alone;
        token->indent = indent;
    }
}

/* The text up to the next tag, and the tag; false at the end. */
static bool cut_one(struct cutting *c)
{
    const char *open = strstr(c->at, c->open), *end;
    struct tag t;
    if (!open) {
        add_token(c->m, TOKEN_TEXT, slice_of(c->at), c->line);
        return false;
    }
    if (!read_tag(c, open, &t)) {
        complain(c, c->line + lines_in(c->at, open), "a tag is not closed with %s", c->close);
        return false;
    }
    for (end = open; t.alone && end > c->at && is_blank(end[-1]);)
        end--;
    add_token(c->m, TOKEN_TEXT, slice_from(c->at, (size_t)(end - c->at)), c->line);
    c->line += lines_in(c->at, open);
    c->at = t.end;
    if (t.alone) {
        c->at += strcspn(c->at, "\n");
        c->at += *c->at == '\n';
    }
    add_tag(c, &t, slice_from(end, (size_t)(open - end)));
    c->line += lines_in(open, c->at);
    return true;
}

static void pair_sections(struct cutting *c)
{
    size_t open[MOST_DEPTH], depth = 0;
    struct token *tokens = c->m->tokens;
    for (size_t i = 0; i < c->m->n; i++) {
        struct token *t = &tokens[i];
        if (t->kind == TOKEN_SECTION || t->kind == TOKEN_INVERTED) {
            if (depth == MOST_DEPTH) {
                complain(c, t->line, "sections are nested deeper than %d", MOST_DEPTH);
                return;
            }
            t->end = c->m->n;
            open[depth++] = i;
        } else if (t->kind == TOKEN_END) {
            if (depth == 0 || !slice_eq(tokens[open[depth - 1]].text, t->text)) {
                complain(c, t->line, "{{/%.*s}} closes nothing", SLICE_ARG(slice_cut(t->text, 100)));
                return;
            }
            tokens[open[--depth]].end = i;
        }
    }
    if (depth)
        complain(c, tokens[open[depth - 1]].line, "{{#%.*s}} is not closed",
                 SLICE_ARG(slice_cut(tokens[open[depth - 1]].text, 100)));
}

void mustache_cut(struct mustache *m, char *source, mustache_problem *problem, void *self)
{
    *m = (struct mustache){.source = source};
    struct cutting c = {
        .m = m, .at = source, .open = "{{", .close = "}}", .line = 1, .problem = problem, .self = self};
    while (cut_one(&c))
        ;
    pair_sections(&c);
}

void mustache_release(struct mustache *m)
{
    free(m->source);
    free(m->tokens);
    *m = (struct mustache){0};
}

/* --- looking up --- */

/* "a.b.c": the first part here or around, each further one in what was found. */
static const struct view_entry *look_up(const struct view *v, struct slice name)
{
    struct scan c = scan_of(name);
    if (slice_eq(name, SLICE(".")))
        return view_find(v, name);
    const struct view_entry *e = view_find(v, scan_until(&c, "."));
    while (e && scan_char(&c, '.'))
        e = e->items ? view_find_in(e->items, scan_until(&c, ".")) : NULL;
    return e;
}

/* --- rendering --- */

struct running {
    const struct mustache_rendering *r;
    struct buf *out;
    struct buf indent; /* of the partials around, before each of their lines */
    bool fresh;        /* nothing stands in the line yet; kept only with an indent */
    unsigned depth;
};

static void put_indent(struct running *run)
{
    if (run->fresh)
        buf_slice(run->out, buf_view(&run->indent));
    run->fresh = false;
}

static void put_text(struct running *run, struct slice text)
{
    struct scan c = scan_of(text);
    if (run->indent.len == 0) {
        buf_slice(run->out, text);
        return;
    }
    while (!scan_end(&c)) {
        struct slice part = scan_until(&c, "\n");
        if (part.len)
            put_indent(run);
        buf_slice(run->out, part);
        if (scan_char(&c, '\n')) {
            buf_putc(run->out, '\n');
            run->fresh = true;
        }
    }
}

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
static void put_value(struct running *run, struct slice text)
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
    if (run->r->html)
        put_html(run->out, buf_view(&clean));
    else
        buf_slice(run->out, buf_view(&clean));
    buf_release(&clean);
}

static int render_range(struct running *run, const struct mustache *m, size_t from, size_t to,
                        const struct view *v, struct err *e);

/* A text is a list of one: inside, the implicit iterator is that text. */
static int render_once(struct running *run, const struct mustache *m, size_t from, size_t to,
                       const struct view_entry *entry, const struct view *v, struct err *e)
{
    struct view_entry dot = {.name = ".", .text = entry->text, .on = true};
    struct view inner = {.parent = v, .first = &dot};
    return render_range(run, m, from, to, entry->text.len ? &inner : v, e);
}

static int render_section(struct running *run, const struct mustache *m, size_t at, const struct view *v,
                          struct err *e)
{
    const struct token *t = &m->tokens[at];
    const struct view_entry *entry = look_up(v, t->text);
    bool on = entry && (entry->on || entry->items);
    unsigned n = 0;
    if (t->kind == TOKEN_INVERTED)
        return on ? 0 : render_range(run, m, at + 1, t->end, v, e);
    if (!on)
        return 0;
    if (!entry->items)
        return render_once(run, m, at + 1, t->end, entry, v, e);
    for (const struct view *item = entry->items; item && n < MOST_ITEMS; item = item->sibling, n++) {
        /* around it stands where the section is, not where the list was made */
        const struct view inner = {.parent = v, .first = item->first};
        if (render_range(run, m, at + 1, t->end, &inner, e) != 0)
            return -1;
    }
    return 0;
}

static int render_partial(struct running *run, const struct token *t, const struct view *v, struct err *e)
{
    const struct mustache *m = run->r->partial ? run->r->partial(run->r->self, t->text) : NULL;
    size_t indent = run->indent.len;
    if (!m && run->r->lenient)
        return 0;
    if (!m || run->depth >= MOST_DEPTH)
        return err_set(e, ERR_TEMPLATE,
                       m ? "%s: partials are nested too deep" : "%s: there is no partial of that name",
                       run->r->name);
    if (t->alone) {
        buf_slice(&run->indent, t->indent);
        run->fresh = true;
    }
    run->depth++;
    int rc = render_range(run, m, 0, m->n, v, e);
    run->depth--;
    buf_truncate(&run->indent, indent);
    return rc;
}

static void render_value(struct running *run, const struct token *t, const struct view *v)
{
    const struct view_entry *entry = look_up(v, t->text);
    if (run->indent.len)
        put_indent(run);
    if (entry && t->kind == TOKEN_VALUE)
        put_value(run, entry->text);
    else if (entry)
        buf_slice(run->out, entry->text);
}

static int render_range(struct running *run, const struct mustache *m, size_t from, size_t to,
                        const struct view *v, struct err *e)
{
    for (size_t i = from; i < to && i < m->n; i++) {
        const struct token *t = &m->tokens[i];
        int rc = 0;
        if (t->kind == TOKEN_TEXT) {
            put_text(run, t->text);
        } else if (t->kind == TOKEN_VALUE || t->kind == TOKEN_RAW) {
            render_value(run, t, v);
        } else if (t->kind == TOKEN_PARTIAL) {
            rc = render_partial(run, t, v, e);
        } else if (t->kind != TOKEN_END) {
            rc = render_section(run, m, i, v, e);
            i = t->end;
        }
        if (rc != 0)
            return -1;
    }
    return run->out->overflow ? err_set(e, ERR_TEMPLATE, "%s: the letter is too long", run->r->name) : 0;
}

int mustache_render(const struct mustache *m, const struct mustache_rendering *r, const struct view *v,
                    struct buf *out, struct err *e)
{
    struct running run = {.r = r, .out = out, .indent = BUF_INIT(1000)};
    int rc = render_range(&run, m, 0, m->n, v, e);
    buf_release(&run.indent);
    return rc;
}

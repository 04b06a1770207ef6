/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * books_parse: SELECT * | columns | COUNT(*) FROM Entity [WHERE p op v [AND ...]] [ORDERBY p [ASC|DESC], ...]
 * [STARTPOSITION n] [MAXRESULTS n] (quickbooks-online.md 2.2). Words in any case. What does not parse is code
 * 4000, what parses and cannot be is 4001.
 */
#include "books.h"

enum token_kind { T_END, T_WORD, T_STRING, T_SIGN };
enum { PARSE_ERROR = 4000, INVALID = 4001, DEFAULT_ROWS = 100, MOST_ROWS = 1000, TEXT_MAX = 4000 };

struct reader {
    struct scan scan;
    struct pool *pool;
    struct statement *out;
    enum token_kind kind; /* of the token that is looked at */
    struct slice word;    /* of a word or sign */
    const char *string;
    char *why;
    int code;
};

static bool fail(struct reader *r, int code, const char *fmt, ...) PRINTF(3, 4);
static bool fail(struct reader *r, int code, const char *fmt, ...)
{
    va_list ap;
    if (r->code)
        return false;
    r->code = code;
    int n = snprintf(r->why, 300, "%s: ", code == PARSE_ERROR ? "QueryParserError" : "QueryValidationError");
    va_start(ap, fmt);
    vsnprintf(r->why + n, 300 - (size_t)n, fmt, ap);
    va_end(ap);
    return false;
}

static bool surprise(struct reader *r)
{
    const char *text = r->kind == T_STRING ? r->string : pool_slice(r->pool, r->word);
    return fail(r, PARSE_ERROR, "Encountered \" <%s> \"%.100s \"\" at line 1.",
                r->kind == T_END      ? "EOF"
                : r->kind == T_STRING ? "STRING"
                                      : "WORD",
                text);
}

static void read_string(struct reader *r)
{
    struct buf text = BUF_INIT(TEXT_MAX);
    int c;
    while ((c = scan_next(&r->scan)) >= 0 && c != '\'') {
        if (c == '\\')
            c = scan_next(&r->scan);
        if (c >= 0)
            buf_putc(&text, (char)c);
    }
    r->kind = T_STRING;
    r->string = pool_copy(r->pool, text.data);
    if (c < 0)
        fail(r, PARSE_ERROR, "Lexical error at line 1. Encountered: <EOF> after : \"'\"");
    buf_release(&text);
}

static void advance(struct reader *r)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-+:";
    scan_while(&r->scan, " \t\r\n");
    const char *at = r->scan.p;
    r->string = "";
    if (scan_end(&r->scan)) {
        r->kind = T_END;
        r->word = SLICE_NONE;
        return;
    }
    if (scan_char(&r->scan, '\'')) {
        read_string(r);
        return;
    }
    r->word = scan_while(&r->scan, letters);
    r->kind = r->word.len ? T_WORD : T_SIGN;
    if (r->word.len)
        return;
    int first = scan_next(&r->scan);
    if (first == '<' || first == '>' || first == '!')
        scan_char(&r->scan, '=');
    r->word = slice_from(at, (size_t)(r->scan.p - at));
}

static bool at_word(const struct reader *r, const char *word)
{
    return (r->kind == T_WORD || r->kind == T_SIGN) && slice_eq_nocase(r->word, slice_of(word));
}

/* Steps over `word` if it is there. */
static bool take(struct reader *r, const char *word)
{
    if (!at_word(r, word))
        return false;
    advance(r);
    return true;
}

static bool need(struct reader *r, const char *word)
{
    return take(r, word) || surprise(r);
}

static bool read_columns(struct reader *r)
{
    if (!need(r, "select"))
        return false;
    if (take(r, "count")) {
        r->out->count = true;
        return need(r, "(") && need(r, "*") && need(r, ")");
    }
    if (take(r, "*"))
        return true;
    do { /* a list of columns: whole records come back all the same */
        if (r->kind != T_WORD)
            return surprise(r);
        advance(r);
    } while (take(r, ","));
    return true;
}

static bool read_entity(struct reader *r)
{
    if (!need(r, "from") || r->kind != T_WORD)
        return surprise(r);
    r->out->kind = book_kind(r->word);
    if (!r->out->kind)
        return fail(r, INVALID, "Entity %.60s is not supported", pool_slice(r->pool, r->word));
    advance(r);
    return true;
}

/* The property of that name; NULL when it cannot be asked for. */
static const struct book_field *field_of(struct reader *r, struct slice word)
{
    const struct book_field *f = book_field(r->out->kind, word);
    const char *name = pool_slice(r->pool, word);
    if (!f)
        fail(r, INVALID, "Property %.60s not found for Entity %s", name, r->out->kind->name);
    else if (!f->queryable)
        fail(r, INVALID, "property '%.60s' is not queryable", name);
    return f && f->queryable ? f : NULL;
}

static bool read_value(struct reader *r, struct condition *c)
{
    if (r->kind != T_STRING && r->kind != T_WORD)
        return surprise(r);
    if (c->n_values == MOST_VALUES)
        return fail(r, INVALID, "too many values");
    const char *text = r->kind == T_STRING ? r->string : pool_slice(r->pool, r->word);
    bool bare = r->kind == T_WORD;
    if (c->field->type == B_BOOL && strcasecmp(text, "true") != 0 && strcasecmp(text, "false") != 0)
        return fail(r, INVALID, "invalid value for boolean property %s", c->field->name);
    if (bare && (c->field->type == B_TEXT || c->field->type == B_ID))
        return surprise(r); /* text is quoted */
    c->values[c->n_values++] = text;
    advance(r);
    return true;
}

static bool read_condition(struct reader *r)
{
    static const char *const ops[] = {"=", "<", ">", "<=", ">=", "in", "like"};
    if (r->out->n_conditions == MOST_CONDITIONS)
        return fail(r, INVALID, "too many conditions");
    struct condition *c = &r->out->conditions[r->out->n_conditions];
    struct slice name = r->word;
    if (r->kind != T_WORD)
        return surprise(r);
    advance(r);
    size_t op = 0;
    while (op < ARRAY_LEN(ops) && !take(r, ops[op]))
        op++;
    if (op == ARRAY_LEN(ops))
        return surprise(r);
    c->op = (enum book_op)op;
    c->field = field_of(r, name);
    if (!c->field)
        return false;
    c->values = pool_array(r->pool, MOST_VALUES, sizeof(*c->values));
    r->out->n_conditions++;
    if (c->field->type == B_ID && c->op != OP_EQ && c->op != OP_IN)
        return fail(r, INVALID, "operator %s is not supported for property Id", ops[op]);
    if (c->op != OP_IN)
        return read_value(r, c);
    if (!need(r, "("))
        return false;
    do {
        if (!read_value(r, c))
            return false;
    } while (take(r, ","));
    return need(r, ")");
}

static bool read_where(struct reader *r)
{
    if (!take(r, "where"))
        return true;
    do {
        if (!read_condition(r))
            return false;
    } while (take(r, "and"));
    return true;
}

static bool read_orders(struct reader *r)
{
    if (!take(r, "orderby")) {
        if (!take(r, "order"))
            return true;
        if (!need(r, "by"))
            return false;
    }
    do {
        if (r->out->n_orders == MOST_ORDERS)
            return fail(r, INVALID, "too many properties to sort by");
        if (r->kind != T_WORD)
            return surprise(r);
        const struct book_field *f = field_of(r, r->word);
        if (!f)
            return false;
        advance(r);
        bool down = take(r, "desc");
        if (!down)
            take(r, "asc");
        r->out->orders[r->out->n_orders++] = (struct order){f, down};
    } while (take(r, ","));
    return true;
}

static bool read_number(struct reader *r, const char *word, int64_t least, int64_t *out)
{
    uint64_t n;
    if (!take(r, word))
        return true;
    if (r->kind != T_WORD || !slice_to_u64(r->word, 0, INT32_MAX, &n))
        return surprise(r);
    advance(r);
    *out = (int64_t)n;
    return *out >= least || fail(r, INVALID, "value %lld is too small.", (long long)n);
}

int statement_read(struct statement *s, const char *text, struct pool *pool, char why[300])
{
    struct reader r = {.scan = scan_of(slice_of(text)), .pool = pool, .out = s, .why = why};
    *s = (struct statement){.start = 1, .most = DEFAULT_ROWS};
    why[0] = '\0';
    advance(&r);
    bool ok = read_columns(&r) && read_entity(&r) && read_where(&r) && read_orders(&r) &&
              read_number(&r, "startposition", 1, &s->start) && read_number(&r, "maxresults", 0, &s->most);
    if (ok && r.kind != T_END)
        surprise(&r);
    if (s->most > MOST_ROWS)
        fail(&r, INVALID, "value %lld is too large. Max allowed value is %d.", (long long)s->most, MOST_ROWS);
    return r.code;
}

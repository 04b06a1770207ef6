/* SPDX-License-Identifier: GPL-2.0-or-later */
/* params: one pass over the words of a block; what a word begins is read where it stands. See params.h. */
#include "params.h"

enum { NAME_MAX_BYTES = 120, TOKEN_MAX = 40, MOST_LIST = 50 };

struct reading {
    const struct normal *n;
    const struct normal_block *b;
    struct slice text, lower;
    const struct param_span *spans;
    size_t n_spans;
    const struct param_sink *sink;
    size_t line; /* of the word that is read; moves on with the pass */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_word(char c)
{
    return is_digit(c) || is_upper(c) || (c >= 'a' && c <= 'z') || (unsigned char)c >= 0x80;
}

static void take(const struct reading *r, const char *name, size_t from, size_t to)
{
    if (to > from)
        r->sink->take(r->sink->self, name, slice_from(r->text.ptr + from, to - from));
}

static char at(const struct reading *r, size_t i)
{
    return i < r->text.len ? r->text.ptr[i] : '\0';
}

static size_t skip(const struct reading *r, size_t i, const char *set)
{
    while (i < r->text.len && strchr(set, r->text.ptr[i]))
        i++;
    return i;
}

static bool says(const struct reading *r, size_t i, const char *word)
{
    size_t len = strlen(word);
    return i + len <= r->lower.len && memcmp(r->lower.ptr + i, word, len) == 0 && !is_word(at(r, i + len));
}

static bool begins(const struct reading *r, size_t i, const char *word)
{
    size_t len = strlen(word);
    return i + len <= r->lower.len && memcmp(r->lower.ptr + i, word, len) == 0;
}

static bool is_found(const struct reading *r, size_t from, size_t to)
{
    for (size_t i = 0; i < r->n_spans; i++) {
        if (r->spans[i].from < r->b->from + to && r->b->from + from < r->spans[i].to)
            return true;
    }
    return false;
}

/* --- numbers --- */

static size_t digits_end(const struct reading *r, size_t i)
{
    while (is_digit(at(r, i)))
        i++;
    return i;
}

/* An invoice's number or id: the end of it; 0: there is none. */
static size_t token_end(const struct reading *r, size_t from, bool only_digits)
{
    size_t i = from;
    bool digit = false;
    for (; i < r->text.len && i - from <= TOKEN_MAX; i++) {
        char c = r->text.ptr[i];
        bool inside = i > from && i + 1 < r->text.len && is_word(r->text.ptr[i + 1]);
        if (!is_digit(c) && (only_digits || (!is_word(c) && !(inside && (c == '-' || c == '_')))))
            break;
        digit = digit || is_digit(c);
    }
    char next = at(r, i), then = at(r, i + 1);
    bool part = next == '/' || next == '%' ||
                ((next == '.' || next == ':' || next == ',') && is_digit(then) && i - from < 4) ||
                (only_digits && is_word(next));
    return digit && !part && i - from <= TOKEN_MAX ? i : 0;
}

/* --- names --- */

/* The end of the line that a person wrote, of the place `i`. */
static size_t line_end(struct reading *r, size_t i)
{
    const struct normal_line *lines = r->n->lines + r->b->line;
    while (r->line + 1 < r->b->n_lines && lines[r->line + 1].from <= r->b->from + i)
        r->line++;
    size_t k = r->line;
    while (k + 1 < r->b->n_lines && lines[k].soft && lines[k].to - r->b->from < i + NAME_MAX_BYTES)
        k++;
    return lines[k].to - r->b->from;
}

/* What ends a name that stands behind "Company:". */
static const char *const name_stops[] = {
    " invoice",   " reason", " error",        " status",    " date",     " ticket",
    " amount",    " total",  " id:",          " number:",   " message",  " there was an error",
    " could not", " failed", " description:", " customer:", " company:", " due ",
};

static size_t name_end(struct reading *r, size_t from)
{
    size_t end = line_end(r, from), i = from;
    if (end > from + NAME_MAX_BYTES)
        end = from + NAME_MAX_BYTES;
    for (; i < end; i++) {
        char c = r->text.ptr[i];
        if (c == '|' || c == ';' || c == '"')
            break;
        for (size_t k = 0; c == ' ' && k < ARRAY_LEN(name_stops); k++) {
            if (begins(r, i, name_stops[k]))
                end = i;
        }
    }
    return i < end ? i : end;
}

static size_t trimmed_end(const struct reading *r, size_t from, size_t to)
{
    while (to > from && strchr(" ,:-/(", r->text.ptr[to - 1]))
        to--;
    return to;
}

static void take_name(struct reading *r, size_t from)
{
    if (at(r, from) == '"') {
        size_t to = ++from;
        while (to < r->text.len && to < from + NAME_MAX_BYTES && r->text.ptr[to] != '"')
            to++;
        if (at(r, to) == '"')
            take(r, "customer_name", from, to);
        return;
    }
    size_t to = trimmed_end(r, from, name_end(r, from));
    if (to > from && is_word(at(r, from)))
        take(r, "customer_name", from, to);
}

/* Words that begin something else than a name. */
static const char *const no_names[] = {
    "reason", "error",  "there",   "status", "failed",    "message",    "the",   "you",
    "this",   "date",   "due",     "total",  "amount",    "balance",    "dated", "i",
    "we",     "no",     "invalid", "object", "duplicate", "quickbooks", "qbo",   "autotask",
    "it",     "please", "sync",    "not",    "november",  "december",   "today", "yesterday"};

static bool is_no_name(const struct reading *r, size_t i)
{
    for (size_t k = 0; k < ARRAY_LEN(no_names); k++) {
        if (says(r, i, no_names[k]))
            return true;
    }
    return false;
}

static size_t word_end(const struct reading *r, size_t i)
{
    while (i < r->text.len && !strchr(" |;()\"", r->text.ptr[i]) &&
           !(strchr(",:.", r->text.ptr[i]) && (at(r, i + 1) == ' ' || at(r, i + 1) == '\0')))
        i++;
    return i;
}

static bool goes_on_small(const struct reading *r, size_t i)
{
    static const char *const small[] = {"of", "and", "the", "&",   "de", "la",
                                        "du", "van", "von", "und", "for"};
    for (size_t k = 0; k < ARRAY_LEN(small); k++) {
        if (says(r, i, small[k]) || (small[k][0] == '&' && at(r, i) == '&'))
            return true;
    }
    return false;
}

static bool is_company_form(const struct reading *r, size_t i)
{
    static const char *const forms[] = {"inc", "llc",  "ltd", "co", "corp", "gmbh", "pc",
                                        "llp", "pllc", "lp",  "pa", "p.c",  "p.a"};
    for (size_t k = 0; k < ARRAY_LEN(forms); k++) {
        if (says(r, i, forms[k]))
            return true;
    }
    return false;
}

/* A name in running text, word by word: each begins with a capital or a digit. `*plain`: nothing but a mark
 * ended it. */
static size_t running_name(struct reading *r, size_t from, bool *plain)
{
    size_t i = from, end = from, stop = line_end(r, from);
    *plain = true;
    while (i < stop && i < r->text.len && end - from < NAME_MAX_BYTES) {
        char c = at(r, i);
        if (!is_upper(c) && !is_digit(c) && (unsigned char)c < 0x80) {
            size_t next = skip(r, word_end(r, i), " ");
            if (end == from || !goes_on_small(r, i) || !is_upper(at(r, next))) {
                *plain = !is_word(c);
                break;
            }
        }
        size_t word = word_end(r, i);
        if (word == i)
            break;
        end = word;
        if (at(r, end) == '.' && is_company_form(r, i))
            end++;
        if (at(r, end) == ',' && is_company_form(r, skip(r, end + 1, " "))) {
            i = skip(r, end + 1, " ");
            continue;
        }
        if (at(r, end) != ' ' || (at(r, end + 1) == '-' && at(r, end + 2) == ' ') || at(r, end + 1) == '|')
            break;
        i = end + 1;
    }
    return end;
}

/* " for Acme", " (Acme)", ", Acme", " / Acme", " - Acme" behind the number of an invoice. */
static void take_beside(struct reading *r, size_t i)
{
    bool plain, certain = false;
    if (begins(r, i, " for ")) {
        i += 5;
        certain = true;
    } else if (begins(r, i, " (")) {
        i += 2;
        certain = true;
    } else if (begins(r, i, ", ") || begins(r, i, " - ") || begins(r, i, " / ") || begins(r, i, ") - ")) {
        i = skip(r, i, ",-/ )");
    } else {
        return;
    }
    if (begins(r, i, "the customer ") || begins(r, i, "customer ") || begins(r, i, "client "))
        i += begins(r, i, "the") ? 13 : begins(r, i, "client") ? 7 : 9;
    if (at(r, i) == '"') {
        take_name(r, i);
        return;
    }
    bool paren = i && r->text.ptr[i - 1] == '(';
    size_t end = running_name(r, i, &plain);
    bool letters = false;
    for (size_t k = i; k < end; k++)
        letters = letters || (is_word(r->text.ptr[k]) && !is_digit(r->text.ptr[k]));
    if (end - i < 2 || !letters || is_no_name(r, i) || is_found(r, i, end))
        return;
    if (paren && at(r, end) != ')')
        return;
    if (certain || plain || at(r, end) == ':')
        take(r, "customer_name", i, trimmed_end(r, i, end));
}

/* --- invoices --- */

static size_t skip_label(const struct reading *r, size_t i, bool *id, bool *several)
{
    static const struct {
        const char *word;
        bool id, several;
    } words[] = {{"number", false, false}, {"numbers", false, true}, {"no.", false, false},
                 {"no", false, false},     {"nr.", false, false},    {"num", false, false},
                 {"id", true, false},      {"ids", true, true}};
    size_t next = skip(r, i, " \"");
    for (size_t k = 0; k < ARRAY_LEN(words); k++) {
        size_t len = strlen(words[k].word);
        if (!begins(r, next, words[k].word) || is_word(at(r, next + len)))
            continue;
        *id = words[k].id;
        *several = *several || words[k].several;
        return next + len;
    }
    return i;
}

static bool list_goes_on(const struct reading *r, size_t *i)
{
    size_t next = *i;
    if (at(r, next) == ',')
        next = skip(r, next + 1, " ");
    else
        next = skip(r, next, " ");
    if (says(r, next, "and"))
        next = skip(r, next + 3, " ");
    else if (at(r, next) == '&')
        next = skip(r, next + 1, " ");
    if (next == *i || (at(r, *i) == ' ' && next == *i + 1))
        return false;
    next = skip(r, next, "#");
    *i = next;
    return true;
}

/* What stands behind "Invoice", "Inv" or "ID". */
static void take_invoice(struct reading *r, size_t i, bool id, bool several)
{
    size_t word = i;
    if (!id)
        i = skip_label(r, i, &id, &several);
    i = skip(r, i, " .#:=\"");
    if (says(r, i, "is"))
        i = skip(r, i + 2, " :");
    if (i == word)
        return;
    for (size_t n = 0; n < MOST_LIST; n++) {
        size_t end = token_end(r, i, id);
        if (!end)
            return;
        take(r, id ? "invoice_id" : "invoice_number", i, end);
        size_t next = end;
        if (!several || !list_goes_on(r, &next) || !token_end(r, next, id)) {
            take_beside(r, at(r, end) == '"' ? end + 1 : end);
            return;
        }
        i = next;
    }
}

/* "ID 123" of an invoice, not of something else. */
static bool is_other_id(const struct reading *r, size_t i)
{
    static const char *const others[] = {
        "element", "object",   "list",     "transaction", "ticket",    "request",        "user",
        "company", "customer", "item",     "account",     "vendor",    "client",         "realm",
        "app",     "session",  "tax",      "order",       "po",        "resource",       "class",
        "term",    "record",   "tracking", "file",        "reference", "customsalestax", "case",
        "meeting", "your",     "employee", "contract",    "project"};
    size_t end = i;
    while (end && strchr(" \"", r->lower.ptr[end - 1]))
        end--;
    size_t begin = end;
    while (begin && is_word(r->lower.ptr[begin - 1]))
        begin--;
    struct slice word = slice_from(r->lower.ptr + begin, end - begin);
    for (size_t k = 0; k < ARRAY_LEN(others); k++) {
        if (slice_eq(word, slice_of(others[k])))
            return true;
    }
    return false;
}

/* --- codes --- */

static void take_until(struct reading *r, const char *name, size_t i, bool word)
{
    size_t end = digits_end(r, i);
    if (end > i && end - i <= 8)
        take(r, name, word ? i - 4 : i, end);
}

/* "There was an error. 400 ..." */
static void take_status(struct reading *r, size_t i, bool sure)
{
    size_t end = digits_end(r, i);
    if (end - i != 3 || is_word(at(r, end)) || r->text.ptr[i] < '3' || r->text.ptr[i] > '5')
        return;
    bool before_fault =
        at(r, end) == ' ' && (begins(r, end + 1, "message=") || is_found(r, end + 1, end + 3));
    if (sure || before_fault || is_found(r, i, end))
        take(r, "http_status", i, end);
}

static void take_txn_type(struct reading *r, size_t i)
{
    size_t end = i;
    while (is_word(at(r, end)))
        end++;
    if (end > i && is_upper(at(r, i)) && (begins(r, end, " line") || at(r, end) == '.') && end - i < 40)
        take(r, "txn_type", i, end);
}

static void read_code_word(struct reading *r, size_t i)
{
    if (begins(r, i, "errorcode="))
        take_until(r, "error_code", skip(r, i + 10, " \""), false);
    else if (begins(r, i, "statuscode=\""))
        take_until(r, "error_code", i + 12, false);
    else if (begins(r, i, "statuscode="))
        take_status(r, i + 11, true);
    else if (begins(r, i, "qbwc") && is_digit(at(r, i + 4)) && digits_end(r, i + 4) - i == 8)
        take_until(r, "error_code", i + 4, true);
    else if (begins(r, i, "error ") && at(r, digits_end(r, i + 6)) == ':')
        take_until(r, "error_code", i + 6, false);
    else if (begins(r, i, "error. "))
        take_status(r, i + 7, true);
    else if (begins(r, i, "code\"") && i && r->text.ptr[i - 1] == '"')
        take_until(r, "error_code", skip(r, i + 5, " :\""), false);
    else if (begins(r, i, "in the "))
        take_txn_type(r, i + 7);
    else if (begins(r, i, "txntype="))
        take(r, "txn_type", i + 8, word_end(r, i + 8));
}

static void read_hresult(struct reading *r, size_t i)
{
    size_t end = i + 2;
    while (end < r->lower.len && strchr("0123456789abcdef", r->lower.ptr[end]))
        end++;
    if (end - i == 10 && !is_word(at(r, end)))
        take(r, "hresult", i, end);
}

/* "T20260102.0042" */
static void read_ticket(struct reading *r, size_t i)
{
    size_t dot = digits_end(r, i + 1);
    size_t end = at(r, dot) == '.' ? digits_end(r, dot + 1) : dot;
    if (dot - i == 9 && end > dot + 1)
        take(r, "ticket_number", i, end);
}

/* --- labels --- */

static bool is_label_place(const struct reading *r, size_t i)
{
    while (i && r->lower.ptr[i - 1] == ' ')
        i--;
    return i == 0 || strchr("|,;(.:\"", r->lower.ptr[i - 1]) ||
           r->n->lines[r->b->line + r->line].from == r->b->from + i;
}

/* "Company: Acme", "Customer "Acme"" */
static void read_party(struct reading *r, size_t i)
{
    for (size_t k = 0; param_labels[k].word && param_labels[k].party; k++) {
        if (!says(r, i, param_labels[k].word))
            continue;
        size_t end = i + strlen(param_labels[k].word), next = skip(r, end, " \"");
        bool sign = at(r, next) == ':' || at(r, next) == '=';
        bool account = param_labels[k].word[0] == 'a';
        (void)line_end(r, i);
        if (sign && (!account || is_label_place(r, i)))
            take_name(r, skip(r, next + 1, " "));
        else if (!account && at(r, end) == ' ' && at(r, end + 1) == '"')
            take_name(r, end + 1);
    }
}

static void read_word(struct reading *r, size_t i)
{
    switch (r->lower.ptr[i]) {
    case 'i':
        if (says(r, i, "invoice") || says(r, i, "invoices"))
            take_invoice(r, i + (at(r, i + 7) == 's' || at(r, i + 7) == 'S' ? 8 : 7), false,
                         at(r, i + 7) == 's');
        else if (says(r, i, "inv"))
            take_invoice(r, i + 3, false, false);
        else if ((says(r, i, "id") || says(r, i, "ids")) && !is_other_id(r, i))
            take_invoice(r, i + (at(r, i + 2) == 's' ? 3 : 2), true, at(r, i + 2) == 's');
        else
            read_code_word(r, i);
        break;
    case 'c':
    case 'o':
    case 'a':
        read_party(r, i);
        read_code_word(r, i);
        break;
    case 'e':
    case 's':
    case 'q':
        read_code_word(r, i);
        break;
    case 't':
        if (is_digit(at(r, i + 1)))
            read_ticket(r, i);
        else
            read_code_word(r, i);
        break;
    case '0':
        if (begins(r, i, "0x8004"))
            read_hresult(r, i);
        break;
    case '4':
    case '5':
        take_status(r, i, false);
        break;
    }
}

void params_take(const struct normal *n, const struct normal_block *b, const struct param_span *spans,
                 size_t n_spans, struct param_table *table, const struct param_sink *sink)
{
    struct reading r = {.n = n,
                        .b = b,
                        .text = normal_block_text(n, b),
                        .lower = normal_block_lower(n, b),
                        .spans = spans,
                        .n_spans = n_spans,
                        .sink = sink};
    bool inside = false;
    params_take_rows(n, b, table, sink);
    for (size_t i = 0; i < r.text.len; i++) {
        bool word = is_word(r.text.ptr[i]);
        if (word && !inside)
            read_word(&r, i);
        inside = word;
    }
}

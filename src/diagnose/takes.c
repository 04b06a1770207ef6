/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * takes: PCRE2, without JIT, with limits on steps and depth. Before that a pattern is looked at: a quantifier
 * without an upper end, one larger than 300, or one on a group that holds another is refused, for such
 * patterns can take for ever.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include "takes.h"

#include <pcre2.h>

enum {
    MATCH_LIMIT = 20000,
    DEPTH_LIMIT = 200,
    MOST_REPEAT = 300,
    MOST_MATCHES = 60,
    PATTERN_MAX = 400,
    DEPTH = 16
};

const char *const take_names[] = {
    "invoice_number", "invoice_id",
    "doc_number",     "customer_name",
    "vendor_name",    "item_name",
    "account_name",   "term_name",
    "class_name",     "tax_code",
    "tax_kind",       "currency",
    "email",          "http_status",
    "error_code",     "hresult",
    "field_name",     "value",
    "supplied_value", "min_length",
    "max_length",     "supplied_length",
    "txn_type",       "txn_id",
    "object_type",    "object_name",
    "object_id",      "edit_sequence",
    "user_name",      "resource_name",
    "ticket_number",  "po_number",
    "app_name",       "plan",
    "date",           "amount",
    "added",          "expected",
    "detail",         "threshold",
    "entity",         NULL,
};

struct take {
    struct take *next;
    pcre2_code *code;
    struct {
        const char *name;
        uint32_t group;
    } names[16];
    size_t n_names;
};

struct takes {
    struct take *first, **last;
    pcre2_match_context *limits;
};

/* --- what a pattern may hold --- */

struct looking {
    struct scan c;
    bool repeats[DEPTH]; /* the group holds a quantifier; [0] is the whole */
    size_t depth;
    bool group_ended, inner; /* what stands before is a group; it holds a quantifier */
};

static void skip_class(struct scan *c)
{
    scan_char(c, '^');
    scan_char(c, ']');
    while (!scan_end(c) && scan_peek(c) != ']') {
        if (scan_next(c) == '\\')
            scan_next(c);
    }
    scan_next(c);
}

/* "{1,40}" → its upper end; -1: none; 0: no quantifier. */
static long repeat_of(struct scan *c, bool *fixed)
{
    struct scan at = *c;
    uint64_t low, high;
    scan_next(&at);
    struct slice first = scan_while(&at, "0123456789");
    bool comma = scan_char(&at, ',');
    struct slice second = scan_while(&at, "0123456789");
    if ((!first.len && !comma) || !scan_char(&at, '}'))
        return 0;
    *c = at;
    *fixed = !comma;
    if (comma && !second.len)
        return -1;
    if (!slice_to_u64(comma ? second : first, 0, MOST_REPEAT, &high) ||
        (first.len && !slice_to_u64(first, 0, MOST_REPEAT, &low)))
        return MOST_REPEAT + 1;
    return (long)high;
}

static bool look_at_repeat(struct looking *l, long most, bool fixed, struct buf *why)
{
    if (most < 0)
        buf_puts(why, "a quantifier has no upper end; write {0,40} for *, {1,40} for +");
    else if (most > MOST_REPEAT)
        buf_printf(why, "a quantifier goes beyond %d", MOST_REPEAT);
    else if (most > 1 && l->group_ended && l->inner)
        buf_puts(why, "a repeat holds another repeat");
    if (most != 1 && !fixed)
        l->repeats[l->depth] = true;
    return why->len == 0;
}

static bool open_group(struct looking *l, struct buf *why)
{
    if (l->depth + 1 == DEPTH)
        return buf_printf(why, "groups are nested deeper than %d", DEPTH), false;
    l->repeats[++l->depth] = false;
    if (scan_char(&l->c, '?')) {
        if (scan_peek(&l->c) == 'R' || scan_peek(&l->c) == '&' || scan_peek(&l->c) == '(' ||
            (scan_peek(&l->c) >= '0' && scan_peek(&l->c) <= '9'))
            return buf_puts(why, "recursion and conditions are not allowed"), false;
        scan_while(&l->c, "P:=!<>");
    }
    return true;
}

static bool look(struct looking *l, struct buf *why)
{
    bool group = false;
    switch (scan_next(&l->c)) {
    case '\\':
        if (scan_peek(&l->c) >= '1' && scan_peek(&l->c) <= '9')
            return buf_puts(why, "references back are not allowed"), false;
        scan_next(&l->c);
        break;
    case '[':
        skip_class(&l->c);
        break;
    case '(':
        if (!open_group(l, why))
            return false;
        break;
    case ')':
        if (l->depth) {
            l->inner = l->repeats[l->depth--];
            l->repeats[l->depth] = l->repeats[l->depth] || l->inner;
            group = true;
        }
        break;
    }
    l->group_ended = group;
    int next = scan_peek(&l->c);
    long most = 0;
    bool fixed = false;
    if (next == '*' || next == '+')
        most = -1;
    else if (next == '?')
        most = 1;
    else if (next == '{')
        most = repeat_of(&l->c, &fixed);
    if (most == -1 || most == 1)
        scan_while(&l->c, "*+?");
    return !most || look_at_repeat(l, most, fixed, why);
}

static bool is_safe(struct slice pattern, struct buf *why)
{
    struct looking l = {.c = scan_of(pattern)};
    while (!scan_end(&l.c)) {
        if (!look(&l, why))
            return false;
    }
    return true;
}

/* --- */

static const char *known_name(const char *name, struct buf *why)
{
    for (const char *const *n = take_names; *n; n++) {
        if (strcmp(*n, name) == 0)
            return *n;
    }
    const char *near = fold_nearest(name, take_names);
    buf_printf(why, "there is no parameter \"%.40s\"%s%s%s", name, near ? "; did you mean \"" : "",
               near ? near : "", near ? "\"?" : "");
    return NULL;
}

static bool read_names(struct take *t, struct buf *why)
{
    uint32_t count = 0, size = 0;
    PCRE2_SPTR table;
    pcre2_pattern_info(t->code, PCRE2_INFO_NAMECOUNT, &count);
    pcre2_pattern_info(t->code, PCRE2_INFO_NAMEENTRYSIZE, &size);
    pcre2_pattern_info(t->code, PCRE2_INFO_NAMETABLE, &table);
    if (count == 0 || count > ARRAY_LEN(t->names))
        return buf_puts(why, "names no parameter, as in (?<item_name>...), or more than 16"), false;
    for (uint32_t i = 0; i < count; i++, table += size) {
        const char *name = known_name((const char *)table + 2, why);
        if (!name)
            return false;
        t->names[t->n_names].name = name;
        t->names[t->n_names++].group = (uint32_t)table[0] << 8 | table[1];
    }
    return true;
}

static bool compile(struct take *t, struct slice pattern, struct buf *why)
{
    int code;
    PCRE2_SIZE where;
    t->code = pcre2_compile((PCRE2_SPTR)pattern.ptr, pattern.len,
                            PCRE2_UTF | PCRE2_CASELESS | PCRE2_DUPNAMES | PCRE2_NEVER_BACKSLASH_C, &code,
                            &where, NULL);
    if (!t->code) {
        PCRE2_UCHAR text[160];
        pcre2_get_error_message(code, text, sizeof(text));
        buf_printf(why, "does not compile at character %zu: %s", (size_t)where + 1, (const char *)text);
        return false;
    }
    return read_names(t, why);
}

static void free_take(struct take *t)
{
    pcre2_code_free(t->code);
    free(t);
}

bool takes_add(struct takes **list, struct slice pattern, struct buf *why)
{
    if (pattern.len > PATTERN_MAX)
        return buf_printf(why, "is longer than %d bytes", PATTERN_MAX), false;
    if (!is_safe(pattern, why))
        return false;
    struct take *t = mem_alloc(sizeof(*t));
    if (!compile(t, pattern, why)) {
        free_take(t);
        return false;
    }
    if (!*list) {
        struct takes *made = mem_alloc(sizeof(*made));
        made->last = &made->first;
        made->limits = pcre2_match_context_create(NULL);
        if (!made->limits)
            abort();
        pcre2_set_match_limit(made->limits, MATCH_LIMIT);
        pcre2_set_depth_limit(made->limits, DEPTH_LIMIT);
        *list = made;
    }
    *(*list)->last = t;
    (*list)->last = &t->next;
    return true;
}

void takes_free(struct takes **list)
{
    if (!*list)
        return;
    for (struct take *t = (*list)->first, *next; t; t = next) {
        next = t->next;
        free_take(t);
    }
    pcre2_match_context_free((*list)->limits);
    free(*list);
    *list = NULL;
}

/* The rules are shared by threads: what a match writes is made here. */
void takes_run(const struct takes *list, struct slice text,
               void (*take)(void *self, const char *name, struct slice value), void *self)
{
    for (const struct take *t = list ? list->first : NULL; t; t = t->next) {
        size_t from = 0;
        pcre2_match_data *data = pcre2_match_data_create_from_pattern(t->code, NULL);
        for (unsigned i = 0; data && i < MOST_MATCHES && from < text.len; i++) {
            if (pcre2_match(t->code, (PCRE2_SPTR)text.ptr, text.len, from, 0, data, list->limits) <= 0)
                break;
            const PCRE2_SIZE *at = pcre2_get_ovector_pointer(data);
            for (size_t k = 0; k < t->n_names; k++) {
                PCRE2_SIZE begin = at[2 * t->names[k].group], end = at[2 * t->names[k].group + 1];
                if (begin != PCRE2_UNSET && end > begin)
                    take(self, t->names[k].name, slice_from(text.ptr + begin, end - begin));
            }
            from = at[1] > from ? at[1] : from + 1;
        }
        pcre2_match_data_free(data);
    }
}

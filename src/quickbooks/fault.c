/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fault: how QuickBooks says no (quickbooks-online.md section 5.1): a Fault with keys in either case, with
 * any HTTP status, 200 too; the same as XML, whatever was asked for; a page of HTML; nothing. The code is
 * text and may have leading zeros, or stands only inside the message.
 */
#include "ledger.h"

/* Codes whose meaning the HTTP status does not tell (5.2). */
static const struct known {
    unsigned code;
    enum err_code means;
    const char *fix;
} known[] = {
    {100, ERR_LOGIN, ""},
    {110, ERR_LOGIN, ""},
    {120, ERR_PERMISSION,
     "the person who logged in is no longer an administrator of the company: an administrator must log in"},
    {130, ERR_SERVER, ""},
    {140, ERR_SERVER, ""},
    {150, ERR_SERVER, ""},
    {610, ERR_NOT_FOUND, ""},
    {3001, ERR_BUSY, ""},
    {3100, ERR_PERMISSION,
     "the keys are of another environment (quickbooks.environment), or the company disconnected the app"},
    {3200, ERR_LOGIN, ""},
    {3202, ERR_LOGIN, ""},
    {4002, ERR_SERVER, ""},
    {5020, ERR_PERMISSION, "the plan of the company, or the role of who logged in, lacks it"},
    {10000, ERR_SERVER, ""},
    {10200, ERR_SERVER, ""},
};

static unsigned code_number(struct slice text)
{
    uint64_t n = 0;
    struct scan c = scan_of(slice_trim(text));
    return slice_to_u64(scan_while(&c, "0123456789"), 1, 999999, &n) ? (unsigned)n : 0;
}

static unsigned code_in(const char *message)
{
    const struct slice mark = SLICE("errorCode=");
    long at = slice_find_nocase(slice_of(message), mark);
    return at < 0 ? 0 : code_number(slice_skip(slice_of(message), (size_t)at + mark.len));
}

/* --- JSON --- */

static void read_member(const struct json *error, const char *name, struct pool *pool, char *out, size_t size)
{
    struct json j = json_get(error, name);
    struct err ignored = ERR_INIT;
    const char *text;
    if (json_text(&j, size - 1, pool, &text, &ignored) == 0)
        snprintf(out, size, "%s", text);
}

static void read_json(const struct json *root, struct fault *f)
{
    struct json fault = json_get(root, "Fault"), list = json_get(&fault, "Error"), first = json_at(&list, 0);
    struct pool *pool = pool_new(1 << 16);
    char code[20] = "";
    f->there = json_there(&fault);
    if (cJSON_IsObject(list.value))
        first = list;
    read_member(&first, "Message", pool, f->message, sizeof(f->message));
    read_member(&first, "Detail", pool, f->detail, sizeof(f->detail));
    read_member(&first, "code", pool, code, sizeof(code));
    f->code = code_number(slice_of(code));
    pool_free(&pool);
}

/* --- XML --- */

/* Between <name> or <name ...> and </name>; the first one. */
static struct slice element(struct slice xml, const char *name, struct slice *attributes)
{
    char open[20], close[20];
    snprintf(open, sizeof(open), "<%s", name);
    snprintf(close, sizeof(close), "</%s", name);
    long at = slice_find_nocase(xml, slice_of(open));
    if (at < 0)
        return SLICE_NONE;
    struct slice rest = slice_skip(xml, (size_t)at + strlen(open));
    long end = slice_find_char(rest, '>');
    if (end < 0)
        return SLICE_NONE;
    if (attributes)
        *attributes = slice_cut(rest, (size_t)end);
    rest = slice_skip(rest, (size_t)end + 1);
    long stop = slice_find_nocase(rest, slice_of(close));
    return slice_cut(rest, stop < 0 ? rest.len : (size_t)stop);
}

/* The five named references; anything else stands as it is. */
static void put_plain(struct slice text, char *out, size_t size)
{
    static const struct {
        const char *word, c;
    } references[] = {{"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&amp;", '&'}};
    size_t n = 0;
    while (text.len && n + 1 < size) {
        size_t i = 0;
        while (i < ARRAY_LEN(references) && !slice_starts(text, slice_of(references[i].word)))
            i++;
        bool known_one = i < ARRAY_LEN(references);
        out[n++] = known_one ? references[i].c : *text.ptr;
        text = slice_skip(text, known_one ? strlen(references[i].word) : 1);
    }
    out[n] = '\0';
    slice_clean_text(out);
}

static void read_xml(struct slice xml, struct fault *f)
{
    struct slice attributes = SLICE_NONE, fault = element(xml, "Fault", NULL),
                 error = element(fault, "Error", &attributes);
    long at = slice_find_nocase(attributes, SLICE("code=\""));
    f->there = fault.len > 0;
    put_plain(element(error, "Message", NULL), f->message, sizeof(f->message));
    put_plain(element(error, "Detail", NULL), f->detail, sizeof(f->detail));
    if (at >= 0)
        f->code = code_number(slice_skip(attributes, (size_t)at + strlen("code=\"")));
}

void fault_read(const struct http_response *r, const struct json *root, struct fault *f)
{
    struct slice body = slice_trim(buf_view(&r->body));
    *f = (struct fault){.there = false};
    if (root)
        read_json(root, f);
    else if (slice_starts(body, SLICE("<")))
        read_xml(slice_cut(body, 64 << 10), f);
    if (!f->code)
        f->code = code_in(f->message);
}

/* --- what it means --- */

static const struct known *find(unsigned code)
{
    for (size_t i = 0; code && i < ARRAY_LEN(known); i++) {
        if (known[i].code == code)
            return &known[i];
    }
    return NULL;
}

/* A refusal counts only if QuickBooks itself explains it: a page of HTML may come from anything in between.
 */
static enum err_code code_of(long status, const struct fault *f)
{
    const struct known *k = find(f->code);
    if (status == 429)
        return ERR_BUSY;
    if (status == 401)
        return ERR_LOGIN;
    if (k)
        return k->means;
    if (status == 403)
        return ERR_PERMISSION;
    if (status >= 500)
        return ERR_SERVER;
    if (f->there)
        return ERR_REJECTED;
    /* no redirect is ever followed: the token would go along */
    return status < 400 ? ERR_PROTOCOL : ERR_SERVER;
}

bool fault_may_pass(const struct fault *f)
{
    return f->code == 10000 || f->code == 4002;
}

static bool repeats(const char *text, const char *token)
{
    return token && token[0] && strstr(text, token);
}

int fault_error(const struct http_response *r, const struct fault *f, const char *token, struct err *e)
{
    const struct known *k = find(f->code);
    const char *message = repeats(f->message, token) ? "" : f->message,
               *detail = repeats(f->detail, token) ? "" : f->detail;
    struct buf text = BUF_INIT(1000);
    if (r->status == 200 && !f->there)
        buf_puts(&text, ": not the JSON that was expected");
    else if (!message[0] && !detail[0])
        buf_puts(&text, r->body.len ? " (no explanation)" : " (empty answer)");
    buf_printf(&text, "%s%s%s%s", message[0] ? ": " : "", message, detail[0] ? ": " : "", detail);
    if (f->code)
        buf_printf(&text, " (code %u)", f->code);
    if (k && k->fix[0])
        buf_printf(&text, "; %s", k->fix);
    err_set(e, code_of(r->status, f), "QuickBooks answered %ld%.380s%s%s%s", r->status, text.data,
            r->trace[0] ? " [intuit_tid " : "", r->trace, r->trace[0] ? "]" : "");
    e->retry_after_s = r->retry_after_s;
    buf_release(&text);
    return -1;
}

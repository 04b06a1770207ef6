/* SPDX-License-Identifier: GPL-2.0-or-later */
/* books: one call to the simulated QuickBooks, and the forms of its answers (quickbooks-online.md 2.3, 5.1).
 */
#include "books.h"

enum { CALLS_KEPT = 2000 };

/* --- forms --- */

static void put_time(char out[40])
{
    char utc[32];
    int64_t now_ms = clock_now_ms();
    clock_format_utc(now_ms - INT64_C(8) * 3600000, utc);
    snprintf(out, 40, "%.19s.%03d-08:00", utc, (int)(now_ms % 1000));
}

static void reply_book(struct call *c, int status, cJSON *body)
{
    char now[40];
    put_time(now);
    cJSON_AddStringToObject(body, "time", now);
    reply_json(&c->reply, status, body);
    c->reply.type = "application/json;charset=UTF-8";
}

void book_fault(struct call *c, const char *code, const char *message, const char *detail)
{
    cJSON *o = cJSON_CreateObject(), *fault = cJSON_AddObjectToObject(o, "Fault"),
          *error = cJSON_CreateObject();
    cJSON_AddItemToArray(cJSON_AddArrayToObject(fault, "Error"), error);
    cJSON_AddStringToObject(error, "Message", message);
    cJSON_AddStringToObject(error, "Detail", detail);
    cJSON_AddStringToObject(error, "code", code);
    cJSON_AddStringToObject(error, "element", "");
    cJSON_AddStringToObject(fault, "type", "ValidationFault");
    reply_book(c, 400, o);
}

void book_refusal(struct call *c, int status, const char *type, const char *code, const char *what,
                  const char *detail)
{
    char message[200];
    cJSON *o = cJSON_CreateObject(), *error = cJSON_CreateObject();
    snprintf(message, sizeof(message), "message=%s; errorCode=%06d; statusCode=%d", what,
             (int)strtol(code, NULL, 10), status);
    cJSON_AddNullToObject(o, "warnings");
    cJSON_AddNullToObject(o, "intuitObject");
    cJSON *fault = cJSON_AddObjectToObject(o, "fault");
    cJSON_AddItemToArray(cJSON_AddArrayToObject(fault, "error"), error);
    cJSON_AddStringToObject(error, "message", message);
    cJSON_AddItemToObject(error, "detail", detail ? cJSON_CreateString(detail) : cJSON_CreateNull());
    cJSON_AddStringToObject(error, "code", code);
    cJSON_AddNullToObject(error, "element");
    cJSON_AddStringToObject(fault, "type", type);
    cJSON_AddNullToObject(o, "queryResponse");
    cJSON_AddNumberToObject(o, "time", (double)clock_now_ms());
    reply_json(&c->reply, status, o);
}

void book_throttled(struct call *c)
{
    struct buf text = BUF_INIT(2000);
    char now[40];
    put_time(now);
    buf_printf(&text,
               "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><IntuitResponse "
               "xmlns=\"http://schema.intuit.com/finance/v3\" time=\"%s\"><Fault type=\"SERVICE\"><Error "
               "code=\"3001\"><Message>message=ThrottleExceeded; errorCode=003001; "
               "statusCode=429</Message><Detail>The request limit was reached.  Try again later</Detail>"
               "</Error></Fault></IntuitResponse>",
               now);
    free(c->reply.body);
    c->reply.body = buf_detach(&text);
    c->reply.status = 429;
    c->reply.type = "application/xml";
}

const char *form_value(const char *form, const char *name, struct pool *pool)
{
    struct scan c = scan_of(slice_of(form));
    while (!scan_end(&c)) {
        struct slice pair = scan_until(&c, "&");
        scan_char(&c, '&');
        long equals = slice_find_char(pair, '=');
        if (equals < 0 || !slice_eq(slice_cut(pair, (size_t)equals), slice_of(name)))
            continue;
        struct slice raw = slice_skip(pair, (size_t)equals + 1);
        char *out = pool_alloc(pool, raw.len + 1), *to = out;
        for (size_t i = 0; i < raw.len; i++) {
            unsigned high, low;
            static const char digits[] = "0123456789abcdef0123456789ABCDEF";
            const char *h = i + 2 < raw.len && raw.ptr[i] == '%' ? strchr(digits, raw.ptr[i + 1]) : NULL;
            const char *l = h ? strchr(digits, raw.ptr[i + 2]) : NULL;
            high = h ? (unsigned)(h - digits) % 16 : 0;
            low = l ? (unsigned)(l - digits) % 16 : 0;
            *to++ = l ? (char)(high << 4 | low) : raw.ptr[i] == '+' ? ' ' : raw.ptr[i];
            i += l ? 2 : 0;
        }
        return out;
    }
    return NULL;
}

/* US companies keep Latin-1, and what is no UTF-8 is refused by all. */
static bool is_utf8(const char *text)
{
    for (struct slice s = slice_of(text); s.len;) {
        size_t n = slice_utf8_length(s);
        if (!n)
            return false;
        s = slice_skip(s, n);
    }
    return true;
}

/* --- throttle: calls of a second and of a minute, of the one company (section 6) --- */

static int64_t calls[CALLS_KEPT]; /* monotonic, in a ring */
static size_t next_call;

void books_throttle_reset(void)
{
    memset(calls, 0, sizeof(calls));
}

static bool too_many(void)
{
    int64_t now_ms = clock_mono_ms(), second = 0, minute = 0;
    calls[next_call++ % CALLS_KEPT] = now_ms;
    for (size_t i = 0; i < CALLS_KEPT; i++) {
        second += calls[i] && now_ms - calls[i] < 1000;
        minute += calls[i] && now_ms - calls[i] < 60000;
    }
    return (setting_int("qb_per_second") && second > setting_int("qb_per_second")) ||
           (setting_int("qb_per_minute") && minute > setting_int("qb_per_minute"));
}

/* --- one call --- */

static void answer_query(struct call *c, struct pool *pool)
{
    struct statement s;
    char why[300];
    const char *text = c->statement;
    if (!text || !text[0]) {
        book_fault(c, "4000", "Error parsing query", "QueryParserError: empty statement");
        return;
    }
    if (!is_utf8(text)) {
        book_fault(c, "500", "Unsupported Operation",
                   "MalformedByteSequenceException: Invalid byte 2 of 2-byte UTF-8 sequence.");
        return;
    }
    int code = statement_read(&s, text, pool, why);
    if (code) {
        book_fault(c, code == 4000 ? "4000" : "4001", code == 4000 ? "Error parsing query" : "Invalid query",
                   why);
        return;
    }
    cJSON *o = cJSON_CreateObject();
    cJSON_AddItemToObject(o, "QueryResponse", statement_run(&s));
    reply_book(c, 200, o);
}

static void answer_single(struct call *c, const char *name, const cJSON *value)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddItemToObject(o, name, cJSON_Duplicate(value, true));
    reply_book(c, 200, o);
}

static void answer_record(struct call *c, struct slice entity, struct slice id, struct pool *pool)
{
    const struct book_kind *k = book_kind(entity);
    const char *text = pool_slice(pool, id);
    const cJSON *row = k ? books_row(k, text) : NULL;
    bool pseudo = strcmp(text, "TAX") == 0 || strcmp(text, "NON") == 0;
    if (!k)
        book_fault(c, "2000", "Invalid or unsupported object name", "Invalid or unsupported object name");
    else if (!pseudo && (!text[0] || strspn(text, "0123456789") != strlen(text)))
        book_fault(c, "2030", "Invalid ID", "Supplied Id is not valid");
    else if (!row)
        book_fault(c, "610", "Object Not Found",
                   "Object Not Found : Something you're trying to use has been made inactive. Check the "
                   "fields with accounts, customers, items, vendors or employees.");
    else
        answer_single(c, k->name, row);
}

/* v3/company/REALM/WHAT[/ID] */
static void answer_company(struct call *c, struct pool *pool)
{
    struct scan s = scan_of(slice_skip(c->path, strlen("v3/company/")));
    struct slice realm = scan_until(&s, "/");
    scan_char(&s, '/');
    struct slice what = scan_until(&s, "/");
    struct slice id = scan_char(&s, '/') ? scan_rest(&s) : SLICE_NONE;
    bool get = strcmp(c->method, "GET") == 0;
    if (!tokens_accept(c, realm))
        return;
    if (too_many())
        book_throttled(c);
    else if (slice_eq_nocase(what, SLICE("query")) && !id.len)
        answer_query(c, pool);
    else if (!get)
        book_fault(c, "500", "Unsupported Operation", "Operation is not supported.");
    else if (slice_eq_nocase(what, SLICE("companyinfo")) && slice_eq(id, realm))
        answer_single(c, "CompanyInfo", books_member("CompanyInfo"));
    else if (slice_eq_nocase(what, SLICE("preferences")) && !id.len)
        answer_single(c, "Preferences", books_member("Preferences"));
    else
        answer_record(c, what, id, pool);
}

static const struct door {
    const char *method, *path;
    void (*run)(struct call *c);
} doors[] = {{"GET", "connect/oauth2", tokens_consent},
             {"POST", "oauth2/v1/tokens/bearer", tokens_issue},
             {"POST", "v2/oauth2/tokens/revoke", tokens_revoke}};

bool books_serves(struct slice path)
{
    for (size_t i = 0; i < ARRAY_LEN(doors); i++) {
        if (slice_eq(path, slice_of(doors[i].path)))
            return true;
    }
    return slice_starts(path, SLICE("v3/company/"));
}

static void serve(struct call *c, struct pool *pool)
{
    bool door = false;
    for (size_t i = 0; i < ARRAY_LEN(doors) && !door; i++) {
        door = slice_eq(c->path, slice_of(doors[i].path));
        if (door && strcmp(doors[i].method, c->method) == 0)
            doors[i].run(c);
        else if (door)
            reply_html(&c->reply, 404);
    }
    if (!door && !books_member("realm"))
        reply_html(&c->reply, 404);
    else if (!door)
        answer_company(c, pool);
}

/* What only QuickBooks does. */
static void spoil(struct call *c)
{
    if (fault_is(c, "fault200")) {
        book_fault(c, "10000", "An application error has occurred while processing your request",
                   "System Failure Error: java.lang.NullPointerException");
        c->reply.status = 200;
    }
    c->reply.gzip = fault_is(c, "gzip");
}

void books_exchange(struct call *c, int64_t first_us)
{
    static unsigned serial;
    struct pool *pool = pool_new(SIZE_MAX);
    c->statement = strcmp(c->method, "GET") == 0 ? form_value(c->args, "query", pool) : c->text;
    faults_match(c);
    int64_t ms = setting_int("latency_ms") + (fault_is(c, "delay_before") ? c->fault.ms : 0);
    if (ms)
        world_sleep(ms);
    c->reply.status = 200;
    if (fault_is(c, "drop_before_commit"))
        c->reply.dropped = true;
    else if (fault_is(c, "xml429"))
        book_throttled(c);
    else if (!fault_answers(c)) {
        serve(c, pool);
        fault_spoils(c);
        spoil(c);
    }
    snprintf(c->reply.trace, sizeof(c->reply.trace), "1-%08llx-%024x",
             (unsigned long long)(clock_now_ms() / 1000), ++serial);
    size_t row = requestlog_add(c, first_us);
    pool_free(&pool);
    if (fault_is(c, "delay_after"))
        world_sleep(c->fault.ms);
    requestlog_done(row, c->reply.status);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * faults: rules that make calls go wrong. A rule is an object: action, and if wanted method, path (a pattern
 * as of the shell, behind v1.0/; of QuickBooks the whole one without its first /), statement (a pattern, of a
 * query of QuickBooks), nth (from that call on; alone: that call only), count (so many times), status, errors
 * (text or list), body and type (answered as they stand), retry_after (seconds) and retry_after_date (true:
 * as a date), ms, to (id). The first rule that fits a call counts.
 */
#include "sandbox.h"

#include <fnmatch.h>

enum { MOST_RULES = 64 };

static const struct fault_kind actions[] = {
    {"delay_before", BEFORE_WORK, "wait ms, then do it"},
    {"drop_before_commit", BEFORE_WORK, "end the connection; nothing is done"},
    {"status", INSTEAD, "answer status with errors (or body); nothing is done"},
    {"html404", INSTEAD, "answer 404 as HTML; nothing is done"},
    {"html500", INSTEAD, "answer 500 as HTML; nothing is done"},
    {"html503", INSTEAD, "answer 503 as HTML; nothing is done"},
    {"empty500", INSTEAD, "answer 500 without a body; nothing is done"},
    {"xml429", INSTEAD, "QuickBooks: answer 429 as XML; nothing is done"},
    {"redirect", INSTEAD, "answer 302 to another server; nothing is done"},
    {"hidden", DURING, "create a record that is visible only ms later"},
    {"divert", DURING, "answer a create with the id of another record (to, or the first)"},
    {"no_effect", DURING, "answer as if it were done; nothing is done"},
    {"foreign_next", DURING, "name a next page on another server"},
    {"path_next", DURING, "name the next page by its path only"},
    {"drop_after_commit", AFTER_WORK, "do it, then end the connection"},
    {"truncated", AFTER_WORK, "do it, then end the connection within the answer"},
    {"half", AFTER_WORK, "do it, answer the first half"},
    {"malformed", AFTER_WORK, "do it, answer what is not JSON"},
    {"html500_after_commit", AFTER_WORK, "do it, answer 500 as HTML"},
    {"status_after_commit", AFTER_WORK, "do it, answer status with errors (or body)"},
    {"fault200", AFTER_WORK, "QuickBooks: do it, answer 200 with a Fault"},
    {"gzip", AFTER_WORK, "QuickBooks: do it, answer compressed"},
    {"delay_after", AFTER_ALL, "do it, answer ms later"},
};

static struct rule {
    const char *method, *path, *statement; /* "" = any */
    unsigned nth, count, seen, used;
    struct fault fault;
} rules[MOST_RULES];
static size_t n_rules;
static cJSON *source; /* what the rules borrow from */

void faults_clear(void)
{
    n_rules = 0;
    cJSON_Delete(source);
    source = NULL;
}

static const struct fault_kind *action_named(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(actions); i++) {
        if (strcmp(actions[i].name, name) == 0)
            return &actions[i];
    }
    return NULL;
}

/* A misspelt rule would make a test that cannot fail. */
static const char *rule_problem(const cJSON *item)
{
    static const char *const members[] = {"action", "method", "path",   "statement",   "nth",
                                          "count",  "status", "errors", "body",        "type",
                                          "ms",     "to",     "why",    "retry_after", "retry_after_date"};
    static char text[200];
    if (!action_named(row_text(item, "action"))) {
        snprintf(text, sizeof(text), "no action is called \"%.100s\"", row_text(item, "action"));
        return text;
    }
    for (const cJSON *m = item->child; m; m = m->next) {
        bool known = false;
        for (size_t i = 0; i < ARRAY_LEN(members); i++)
            known = known || strcmp(members[i], m->string) == 0;
        if (!known) {
            snprintf(text, sizeof(text), "a rule has no member %.100s", m->string);
            return text;
        }
    }
    return NULL;
}

static struct rule rule_of(const cJSON *item)
{
    const cJSON *body = cJSON_GetObjectItem(item, "body");
    return (struct rule){.method = row_text(item, "method"),
                         .path = row_text(item, "path"),
                         .statement = row_text(item, "statement"),
                         .nth = (unsigned)row_int(item, "nth", 0),
                         .count = (unsigned)row_int(item, "count", 0),
                         .fault = {.kind = action_named(row_text(item, "action")),
                                   .errors = cJSON_GetObjectItem(item, "errors"),
                                   .body = body ? row_text(item, "body") : NULL,
                                   .type = row_text(item, "type"),
                                   .status = (int)row_int(item, "status", 500),
                                   .retry_after = (int)row_int(item, "retry_after", 0),
                                   .retry_after_date = row_true(item, "retry_after_date"),
                                   .ms = (int)row_int(item, "ms", 0),
                                   .to = row_int(item, "to", 0)}};
}

const char *faults_set(const char *json)
{
    cJSON *list = cJSON_Parse(json), *item;
    const char *wrong = cJSON_IsArray(list) ? NULL : "a list of rules is needed";
    if (!wrong && cJSON_GetArraySize(list) > MOST_RULES)
        wrong = "too many rules";
    for (item = wrong ? NULL : list->child; item && !wrong; item = item->next)
        wrong = rule_problem(item);
    if (wrong) {
        cJSON_Delete(list);
        return wrong;
    }
    faults_clear();
    source = list;
    cJSON_ArrayForEach(item, list)
    {
        rules[n_rules++] = rule_of(item);
    }
    return NULL;
}

void faults_match(struct call *c)
{
    for (size_t i = 0; i < n_rules; i++) {
        struct rule *r = &rules[i];
        if (r->method[0] && strcasecmp(r->method, c->method) != 0)
            continue;
        if (r->path[0] && fnmatch(r->path, c->path.ptr, FNM_CASEFOLD) != 0)
            continue;
        if (r->statement[0] && (!c->statement || fnmatch(r->statement, c->statement, FNM_CASEFOLD) != 0))
            continue;
        r->seen++;
        if ((r->nth && r->seen < r->nth) || (r->nth && !r->count && r->seen != r->nth) ||
            (r->count && r->used >= r->count))
            continue;
        r->used++;
        c->fault = r->fault;
        return;
    }
}

bool fault_is(const struct call *c, const char *name)
{
    return c->fault.kind && strcmp(c->fault.kind->name, name) == 0;
}

static void set_retry_after(struct call *c)
{
    time_t at = (time_t)(clock_now_ms() / 1000) + c->fault.retry_after;
    struct tm tm;
    char date[60];
    if (!c->fault.retry_after)
        return;
    gmtime_r(&at, &tm);
    strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", &tm);
    if (c->fault.retry_after_date)
        snprintf(c->reply.header, sizeof(c->reply.header), "Retry-After: %s", date);
    else
        snprintf(c->reply.header, sizeof(c->reply.header), "Retry-After: %d", c->fault.retry_after);
}

static void answer_status(struct call *c)
{
    struct reply *r = &c->reply;
    free(r->body);
    *r = (struct reply){0};
    if (c->fault.body) {
        r->body = mem_copy(c->fault.body);
        r->type = c->fault.type[0] ? c->fault.type : "application/json; charset=utf-8";
    } else if (cJSON_IsString(c->fault.errors)) {
        reply_error(r, c->fault.errors->valuestring);
    } else if (c->fault.errors) {
        cJSON *o = cJSON_CreateObject();
        cJSON_AddItemToObject(o, "errors", cJSON_Duplicate(c->fault.errors, true));
        reply_json(r, 500, o);
    }
    r->status = c->fault.status;
    set_retry_after(c);
}

bool fault_answers(struct call *c)
{
    if (!c->fault.kind || c->fault.kind->when != INSTEAD)
        return false;
    if (fault_is(c, "status"))
        answer_status(c);
    else if (fault_is(c, "empty500"))
        c->reply.status = 500;
    else if (fault_is(c, "redirect")) {
        c->reply.status = 302;
        snprintf(c->reply.header, sizeof(c->reply.header), "Location: http://127.0.0.9:1/");
    } else {
        reply_html(&c->reply, fault_is(c, "html404") ? 404 : fault_is(c, "html503") ? 503 : 500);
    }
    return true;
}

void fault_spoils(struct call *c)
{
    struct reply *r = &c->reply;
    size_t n = r->body ? strlen(r->body) : 0;
    if (fault_is(c, "drop_after_commit"))
        r->dropped = true;
    else if (fault_is(c, "truncated"))
        r->cut = n / 2 + 1;
    else if (fault_is(c, "half") && n)
        r->body[n / 2] = '\0';
    else if (fault_is(c, "malformed") && n)
        r->body[0] = '!';
    else if (fault_is(c, "html500_after_commit"))
        reply_html(r, 500);
    else if (fault_is(c, "status_after_commit"))
        answer_status(c);
}

void faults_describe(struct buf *out)
{
    for (size_t i = 0; i < ARRAY_LEN(actions); i++)
        buf_printf(out, "  %-23s %s\n", actions[i].name, actions[i].sentence);
}

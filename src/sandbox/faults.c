/* SPDX-License-Identifier: GPL-2.0-or-later */
/* faults: rules that make requests go wrong: {method, path, nth, count, action, status, retry_after, ms,
 * errors}. */
#include "sandbox.h"

#include <fnmatch.h>

enum { MOST_RULES = 64 };

static struct rule {
    char method[12], path[160];
    unsigned nth, count, seen, used; /* nth 0 = every; count 0 = without end */
    struct fault fault;
} rules[MOST_RULES];
static size_t n_rules;

void faults_clear(void)
{
    n_rules = 0;
}

int faults_set(const char *json)
{
    cJSON *list = cJSON_Parse(json), *item;
    if (!cJSON_IsArray(list)) {
        cJSON_Delete(list);
        return -1;
    }
    n_rules = 0;
    cJSON_ArrayForEach(item, list)
    {
        if (n_rules == MOST_RULES)
            break;
        struct rule *r = &rules[n_rules++];
        *r = (struct rule){.nth = (unsigned)row_int(item, "nth", 0),
                           .count = (unsigned)row_int(item, "count", 0)};
        snprintf(r->method, sizeof(r->method), "%s", row_text(item, "method"));
        snprintf(r->path, sizeof(r->path), "%s", row_text(item, "path"));
        snprintf(r->fault.action, sizeof(r->fault.action), "%s", row_text(item, "action"));
        snprintf(r->fault.texts, sizeof(r->fault.texts), "%s", row_text(item, "errors"));
        r->fault.status = (int)row_int(item, "status", 500);
        r->fault.retry_after = (int)row_int(item, "retry_after", 0);
        r->fault.ms = (int)row_int(item, "ms", 0);
    }
    cJSON_Delete(list);
    return 0;
}

bool faults_match(const char *method, const char *path, struct fault *out)
{
    for (size_t i = 0; i < n_rules; i++) {
        struct rule *r = &rules[i];
        if (r->method[0] && strcasecmp(r->method, method) != 0)
            continue;
        if (r->path[0] && fnmatch(r->path, path, FNM_CASEFOLD) != 0)
            continue;
        r->seen++;
        if ((r->nth && r->seen < r->nth) || (r->nth && !r->count && r->seen != r->nth) ||
            (r->count && r->used >= r->count))
            continue;
        r->used++;
        *out = r->fault;
        return true;
    }
    return false;
}

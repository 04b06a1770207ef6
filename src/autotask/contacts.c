/* SPDX-License-Identifier: GPL-2.0-or-later */
/* contacts: who is meant by a name or an address. The company's active contacts are compared here, folded:
 * whether the server minds case and accents is not known (autotask-rest.md 2.2, 5.8). */
#include "client.h"

enum fit { NO_FIT, STARTS, ONE_NAME, WHOLE };

struct contact_search {
    int64_t company;
    struct buf said; /* folded */
    enum fit best;
    size_t n;
    struct autotask_contact *out;
    struct pool *pool;
};

static void fold_pair(struct buf *out, const char *a, const char *between, const char *b)
{
    buf_clear(out);
    fold_into(out, slice_trim(slice_of(a)));
    buf_puts(out, between);
    fold_into(out, slice_trim(slice_of(b)));
}

static enum fit fit_of(struct slice said, const char *first, const char *last)
{
    struct buf name = BUF_INIT(1000);
    enum fit fit = NO_FIT;
    const struct {
        const char *a, *between, *b;
        enum fit whole;
    } forms[] = {{first, " ", last, WHOLE},
                 {last, ", ", first, WHOLE},
                 {first, "", "", ONE_NAME},
                 {last, "", "", ONE_NAME}};
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        fold_pair(&name, forms[i].a, forms[i].between, forms[i].b);
        enum fit this = slice_eq(buf_view(&name), said)       ? forms[i].whole
                        : slice_starts(buf_view(&name), said) ? STARTS
                                                              : NO_FIT;
        if (this > fit)
            fit = this;
    }
    buf_release(&name);
    return fit;
}

static bool is_address(const struct json *item, struct slice said)
{
    static const char *const fields[] = {"emailAddress", "emailAddress2", "emailAddress3"};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        const char *address = cJSON_GetStringValue(json_get(item, fields[i]).value);
        if (address && address[0] && fold_eq(slice_trim(slice_of(address)), said))
            return true;
    }
    return false;
}

static int take_contact(void *self, const struct json *item, struct err *e)
{
    struct contact_search *s = self;
    struct json id = json_get(item, "id"), company_id = json_get(item, "companyID"),
                active_is = json_get(item, "isActive"), first_is = json_get(item, "firstName"),
                last_is = json_get(item, "lastName"), email_is = json_get(item, "emailAddress");
    const char *first, *last, *email;
    int64_t contact, company, active;
    if (json_int(&id, 0, &contact, e) != 0 || json_int(&company_id, -1, &company, e) != 0 ||
        json_int(&active_is, 1, &active, e) != 0 || json_text(&first_is, 50, s->pool, &first, e) != 0 ||
        json_text(&last_is, 50, s->pool, &last, e) != 0 || json_text(&email_is, 254, s->pool, &email, e) != 0)
        return -1;
    if (company != s->company || active != 1 || contact <= 0)
        return 0;
    struct slice said = buf_view(&s->said);
    enum fit fit = slice_find_char(said, '@') >= 0 ? (is_address(item, said) ? WHOLE : NO_FIT)
                                                   : fit_of(said, first, last);
    if (fit == NO_FIT || fit < s->best)
        return 0;
    if (fit > s->best)
        s->n = 0;
    s->best = fit;
    if (s->n < AUTOTASK_CONTACTS_MAX)
        s->out[s->n] = (struct autotask_contact){
            .id = contact,
            .name = pool_printf(s->pool, "%s%s%s", first, first[0] && last[0] ? " " : "", last),
            .email = email};
    s->n++;
    return 0;
}

int autotask_contact_find(struct autotask *at, int64_t company, const char *said,
                          struct autotask_contact out[AUTOTASK_CONTACTS_MAX], size_t *n, struct pool *pool,
                          struct err *e)
{
    struct contact_search s = {.company = company, .said = BUF_INIT(1000), .out = out, .pool = pool};
    char body[600];
    *n = 0;
    fold_into(&s.said, slice_trim(slice_of(said)));
    snprintf(body, sizeof(body),
             "{\"MaxRecords\":500,\"IncludeFields\":[\"id\",\"companyID\",\"firstName\",\"lastName\","
             "\"isActive\",\"emailAddress\",\"emailAddress2\",\"emailAddress3\"],\"filter\":[{\"op\":\"eq\","
             "\"field\":\"companyID\",\"value\":%lld},{\"op\":\"eq\",\"field\":\"isActive\",\"value\":1}]}",
             (long long)company);
    int rc = s.said.len ? autotask_query(at, "Contacts", body, take_contact, &s, e) : 0;
    if (rc == 0)
        *n = s.n;
    buf_release(&s.said);
    return rc;
}

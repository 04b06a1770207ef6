/* SPDX-License-Identifier: GPL-2.0-or-later */
/* contacts: who is meant by a name or an address. The company's active contacts are compared here, folded:
 * whether the server minds case and accents is not known (autotask-rest.md 2.2, 5.8). */
#include "client.h"

enum fit { NO_FIT, STARTS, ONE_NAME, WHOLE };

struct contact_search {
    int64_t company;
    struct buf said; /* folded */
    enum fit best;
    size_t read;
    unsigned distance[AUTOTASK_CONTACTS_MAX]; /* of the near ones */
    struct autotask_contacts *out;
    struct pool *pool;
};

static const char *const addresses[] = {"emailAddress", "emailAddress2", "emailAddress3"};

/* Who shares a name comes behind all slips. */
enum { SLIPS = 2, SHARES_NAME = SLIPS + 1, FAR = SHARES_NAME + 1 };

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
    for (size_t i = 0; i < ARRAY_LEN(addresses); i++) {
        const char *address = cJSON_GetStringValue(json_get(item, addresses[i]).value);
        if (address && address[0] && fold_eq(slice_trim(slice_of(address)), said))
            return true;
    }
    return false;
}

static unsigned slips_between(struct slice said, struct slice name)
{
    unsigned allowed = said.len >= 5 ? SLIPS : said.len >= 3 ? 1 : 0;
    unsigned distance = name.len ? fold_distance(said, name, allowed) : FAR;
    return distance <= allowed ? distance : FAR;
}

/* "Bob Smith" is near to Bob Miller; one letter is near to nobody. */
static bool shares_name(struct slice said, struct slice name)
{
    struct scan c = scan_of(said);
    while (!scan_end(&c)) {
        struct slice word = scan_until(&c, " ,");
        if (word.len > 1 && slice_eq(word, name))
            return true;
        scan_while(&c, " ,");
    }
    return false;
}

static unsigned distance_of(const struct json *item, struct slice said, const char *first, const char *last)
{
    struct buf name = BUF_INIT(1000);
    unsigned nearest = FAR;
    for (size_t i = 0; i < ARRAY_LEN(addresses) && slice_find_char(said, '@') >= 0; i++) {
        const char *address = cJSON_GetStringValue(json_get(item, addresses[i]).value);
        fold_pair(&name, address ? address : "", "", "");
        unsigned d = slips_between(said, buf_view(&name));
        nearest = d < nearest ? d : nearest;
    }
    const char *const forms[][2] = {{first, last}, {first, ""}, {last, ""}};
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        fold_pair(&name, forms[i][0], forms[i][1][0] ? " " : "", forms[i][1]);
        unsigned d = slips_between(said, buf_view(&name));
        d = d == FAR && i > 0 && shares_name(said, buf_view(&name)) ? SHARES_NAME : d;
        nearest = d < nearest ? d : nearest;
    }
    buf_release(&name);
    return nearest;
}

static void put_near(struct contact_search *s, unsigned distance, const struct autotask_contact *c)
{
    struct autotask_contacts *out = s->out;
    size_t at = out->n_near;
    while (at > 0 && s->distance[at - 1] > distance)
        at--;
    if (distance == FAR || at == AUTOTASK_CONTACTS_MAX)
        return;
    out->n_near += out->n_near < AUTOTASK_CONTACTS_MAX;
    for (size_t i = out->n_near - 1; i > at; i--) {
        out->list[i] = out->list[i - 1];
        s->distance[i] = s->distance[i - 1];
    }
    out->list[at] = *c;
    s->distance[at] = distance;
}

static void put_fit(struct contact_search *s, enum fit fit, const struct autotask_contact *c)
{
    struct autotask_contacts *out = s->out;
    if (fit < s->best)
        return;
    if (fit > s->best)
        out->n = 0;
    s->best = fit;
    out->n_near = 0;
    if (out->n < AUTOTASK_CONTACTS_MAX)
        out->list[out->n] = *c;
    out->n++;
}

static int take_contact(void *self, const struct json *item, struct err *e)
{
    struct contact_search *s = self;
    struct json id = json_get(item, "id"), company_id = json_get(item, "companyID"),
                active_is = json_get(item, "isActive"), first_is = json_get(item, "firstName"),
                last_is = json_get(item, "lastName"), email_is = json_get(item, "emailAddress");
    const char *first, *last, *email;
    int64_t contact, company, active;
    if (s->read++ == AUTOTASK_CONTACTS_READ)
        return err_set(e, ERR_LIMIT, "more than %d contacts", AUTOTASK_CONTACTS_READ);
    if (json_int(&id, 0, &contact, e) != 0 || json_int(&company_id, -1, &company, e) != 0 ||
        json_int(&active_is, 1, &active, e) != 0 || json_text(&first_is, 50, s->pool, &first, e) != 0 ||
        json_text(&last_is, 50, s->pool, &last, e) != 0 || json_text(&email_is, 254, s->pool, &email, e) != 0)
        return -1;
    if (company != s->company || active != 1 || contact <= 0)
        return 0;
    struct slice said = buf_view(&s->said);
    enum fit fit = slice_find_char(said, '@') >= 0 ? (is_address(item, said) ? WHOLE : NO_FIT)
                                                   : fit_of(said, first, last);
    if (fit < s->best)
        return 0;
    struct autotask_contact c = {
        .id = contact,
        .name = pool_printf(s->pool, "%s%s%s", first, first[0] && last[0] ? " " : "", last),
        .email = email};
    if (fit == NO_FIT)
        put_near(s, distance_of(item, said, first, last), &c);
    else
        put_fit(s, fit, &c);
    return 0;
}

int autotask_contact_find(struct autotask *at, int64_t company, const char *said,
                          struct autotask_contacts *out, struct pool *pool, struct err *e)
{
    struct contact_search s = {.company = company, .said = BUF_INIT(1000), .out = out, .pool = pool};
    char body[600];
    *out = (struct autotask_contacts){0};
    fold_into(&s.said, slice_trim(slice_of(said)));
    snprintf(body, sizeof(body),
             "{\"MaxRecords\":500,\"IncludeFields\":[\"id\",\"companyID\",\"firstName\",\"lastName\","
             "\"isActive\",\"emailAddress\",\"emailAddress2\",\"emailAddress3\"],\"filter\":[{\"op\":\"eq\","
             "\"field\":\"companyID\",\"value\":%lld},{\"op\":\"eq\",\"field\":\"isActive\",\"value\":1}]}",
             (long long)company);
    int rc = s.said.len ? autotask_query(at, "Contacts", body, take_contact, &s, e) : 0;
    if (rc != 0)
        *out = (struct autotask_contacts){0};
    buf_release(&s.said);
    return rc;
}

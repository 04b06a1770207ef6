/* SPDX-License-Identifier: GPL-2.0-or-later */
/* firm: the company and its preferences (quickbooks-online.md 3.6). */
#include "ledger.h"

/* Value of the pair of that name, "" = none. */
static const char *pair_value(const struct json *info, const char *name, struct pool *pool)
{
    struct json list = json_get(info, "NameValue");
    const char *value = "";
    const cJSON *item;
    int i = 0;
    cJSON_ArrayForEach(item, list.value)
    {
        struct json each = {.value = item, .parent = &list, .index = i++}, key = json_get(&each, "Name"),
                    v = json_get(&each, "Value");
        const char *text = cJSON_GetStringValue(key.value);
        struct err ignored = ERR_INIT;
        if (text && strcmp(text, name) == 0 && json_text(&v, WORD_BYTES, pool, &value, &ignored) == 0)
            return value;
    }
    return "";
}

static bool pair_true(const struct json *info, const char *name, struct pool *pool)
{
    return slice_eq_nocase(slice_of(pair_value(info, name, pool)), SLICE("true"));
}

/* The record `name` of the answer to `what`. */
static int read_single(struct quickbooks *qb, const char *what, const char *name, struct json *answer,
                       struct json *record, struct err *e)
{
    if (ledger_read(qb, what, NULL, answer, e) != 0)
        return err_wrap(e, "%s", name);
    *record = json_get(answer, name);
    if (cJSON_IsObject(record->value))
        return 0;
    json_close(answer);
    return err_set(e, ERR_PROTOCOL, "%s: a record expected", name);
}

int quickbooks_company(struct quickbooks *qb, struct pool *pool, struct quickbooks_company *out,
                       struct err *e)
{
    char what[60];
    struct json answer, info;
    *out = (struct quickbooks_company){.name = ""};
    snprintf(what, sizeof(what), "companyinfo/%s", qb->conf->realm);
    if (read_single(qb, what, "CompanyInfo", &answer, &info, e) != 0)
        return -1;
    struct record r = {.json = &info, .pool = pool, .e = e};
    *out = (struct quickbooks_company){
        .name = record_text(&r, "CompanyName", NAME_BYTES),
        .legal_name = record_text(&r, "LegalName", NAME_BYTES),
        .country = record_text(&r, "Country", WORD_BYTES),
        .email = record_text(&r, "Email.Address", NAME_BYTES),
        .timezone = record_text(&r, "DefaultTimeZone", WORD_BYTES),
        .subscription = pair_value(&info, "SubscriptionStatus", pool),
        .offering = pair_value(&info, "OfferingSku", pool),
        .categories = pair_true(&info, "ItemCategoriesFeature", pool),
        .from_desktop = pair_true(&info, "IsQbdtMigrated", pool),
    };
    json_close(&answer);
    return record_end(&r);
}

/* Groups of pairs: {"Name":"SalesFormsPrefs.UseSalesCustom1","BooleanValue":true}. */
static int custom_fields(const struct json *sales)
{
    struct json groups = json_get(sales, "CustomField");
    const cJSON *group, *pair;
    int n = 0;
    bool told = false;
    cJSON_ArrayForEach(group, groups.value)
    {
        cJSON_ArrayForEach(pair, cJSON_GetObjectItem(group, "CustomField"))
        {
            const char *name = cJSON_GetStringValue(cJSON_GetObjectItem(pair, "Name"));
            if (!name || strncmp(name, "SalesFormsPrefs.UseSalesCustom", 30) != 0)
                continue;
            told = true;
            n += cJSON_IsTrue(cJSON_GetObjectItem(pair, "BooleanValue"));
        }
    }
    return told ? n : -1;
}

int quickbooks_preferences(struct quickbooks *qb, struct pool *pool, struct quickbooks_preferences *out,
                           struct err *e)
{
    struct json answer, all;
    *out = (struct quickbooks_preferences){.book_close_date = "", .custom_fields = -1};
    if (read_single(qb, "preferences", "Preferences", &answer, &all, e) != 0)
        return -1;
    struct json sales = json_get(&all, "SalesFormsPrefs"), currency = json_get(&all, "CurrencyPrefs");
    struct record r = {.json = &all, .pool = pool, .e = e}, s = {.json = &sales, .pool = pool, .e = e},
                  c = {.json = &currency, .pool = pool, .e = e};
    *out = (struct quickbooks_preferences){
        .book_close_date = record_text(&r, "AccountingInfoPrefs.BookCloseDate", ID_BYTES),
        .default_term_id = record_text(&s, "DefaultTerms.value", ID_BYTES),
        .home_currency = record_text(&c, "HomeCurrency.value", WORD_BYTES),
        .custom_fields = custom_fields(&sales),
        .custom_numbers = record_true(&s, "CustomTxnNumbers", false),
        .account_numbers = record_true(&r, "AccountingInfoPrefs.UseAccountNumbers", false),
        .sales_tax = record_true(&r, "TaxPrefs.UsingSalesTax", false),
        .automated_tax = record_true(&r, "TaxPrefs.PartnerTaxEnabled", false),
        .multicurrency = record_true(&c, "MultiCurrencyEnabled", false),
        .classes = record_true(&r, "AccountingInfoPrefs.ClassTrackingPerTxn", false) ||
                   record_true(&r, "AccountingInfoPrefs.ClassTrackingPerTxnLine", false),
        .quantities = record_true(&r, "ProductAndServicesPrefs.QuantityWithPriceAndRate", false),
    };
    json_close(&answer);
    return r.rc != 0 || s.rc != 0 || c.rc != 0 ? -1 : record_end(&r);
}

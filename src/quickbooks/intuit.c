/* SPDX-License-Identifier: GPL-2.0-or-later */
/* intuit: Intuit's addresses and its own ways with OAuth 2 as data (quickbooks-online.md 0, 1.1), and links
 * into the web pages of QuickBooks (8). */
#include "ledger.h"

void intuit_provider(const struct conf_quickbooks *conf, struct oauth2_provider *out)
{
    *out = (struct oauth2_provider){
        .name = "QuickBooks",
        .login = "frontdesk login quickbooks",
        .consent_url = conf->consent_url,
        .token_url = conf->token_url,
        .scope = "com.intuit.quickbooks.accounting", /* there is none that only reads */
        .refresh_life = "x_refresh_token_expires_in",
        .hard_life = "x_refresh_token_hard_expires_in",
        .hard_header = "x-include-refresh-token-hard-expires-in: true",
        .account_field = "realmId",
        .trace_header = "intuit_tid",
        .basic = true,
    };
}

const char *intuit_api(const struct conf_quickbooks *conf)
{
    if (conf->api_url)
        return conf->api_url;
    return conf->sandbox ? "https://sandbox-quickbooks.api.intuit.com" : "https://quickbooks.api.intuit.com";
}

void quickbooks_link(const struct conf *conf, enum quickbooks_page page, const char *id, struct buf *out)
{
    static const char *const pages[QB_PAGES] = {[QB_PAGE_INVOICE] = "invoice?txnId=",
                                                [QB_PAGE_CUSTOMER] = "customerdetail?nameId=",
                                                [QB_PAGE_VENDOR] = "vendordetail?nameId=",
                                                [QB_PAGE_ACCOUNT] = "register?accountId=",
                                                [QB_PAGE_ITEMS] = "items",
                                                [QB_PAGE_CATEGORIES] = "categories",
                                                [QB_PAGE_ACCOUNTS] = "chartofaccounts",
                                                [QB_PAGE_TERMS] = "terms"};
    bool sandbox = conf->quickbooks && conf->quickbooks->sandbox;
    buf_printf(out, "https://%s.qbo.intuit.com/app/%s", sandbox ? "sandbox" : "app", pages[page]);
    if (strchr(pages[page], '='))
        http_put_encoded(out, slice_of(id));
}

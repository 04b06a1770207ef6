/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kindsource: kinds that Autotask alone decides: where QuickBooks cannot be read, their absence still says
 * something. */
#include "check_private.h"

static const unsigned kinds_of_autotask[] = {
    KIND_NAME_FORBIDDEN,       KIND_NAME_TOO_LONG,     KIND_NUMBER_EMPTY,          KIND_INVOICE_ERROR,
    KIND_INVOICE_NEGATIVE,     KIND_SYNC_ERROR,        KIND_SYNC_TOO_OLD,          KIND_SYNC_DUE,
    KIND_INVOICE_TOO_OLD,      KIND_INVOICE_VOIDED,    KIND_INVOICE_DUE,           KIND_LINE_NO_WORK_TYPE,
    KIND_CUSTOMER_FORBIDDEN,   KIND_NUMBER_TWICE,      KIND_LINE_NO_CODE,          KIND_LINE_ZERO,
    KIND_CODES_ALIKE,          KIND_NUMBER_DOUBLE,     KIND_LEVEL_TOO_LONG,        KIND_CODE_NO_ACCOUNT,
    KIND_TEMPLATE_SENDS_TERM,  KIND_CODES_SAME,        KIND_COMPANY_OWN_TEMPLATE,  KIND_NAME_IN_AUTOTASK,
    KIND_INVOICE_NO_LINES,     KIND_NUMBER_TOO_LONG,   KIND_COMMENT_TOO_LONG,      KIND_ORDER_TOO_LONG,
    KIND_CUSTOMER_TOO_LONG,    KIND_CUSTOMER_NO_NAME,  KIND_INVOICE_DATE_ODD,      KIND_AUTOTASK_REFUSED,
    KIND_AUTOTASK_BUSY,        KIND_AUTOTASK_ANSWERS,  KIND_LINE_AMOUNT_ODD,       KIND_LINE_DECIMALS,
    KIND_LINE_RATE_ZERO,       KIND_WEB_ADDRESS_ODD,   KIND_COMPANY_NO_TAX_REGION, KIND_TEXT_SPECIAL,
    KIND_NAME_APOSTROPHE,      KIND_LINE_NEGATIVE,     KIND_LINE_NO_DESCRIPTION,   KIND_LINE_OF_BUSINESS,
    KIND_LINE_NO_TAX_CATEGORY, KIND_LINE_NON_BILLABLE, KIND_LINE_CONTRACT,         KIND_METHOD_EMAIL,
    KIND_INVOICE_TAX_REGION,
};

bool check_kind_of_autotask(const char *key)
{
    size_t n;
    const struct report_kind *kinds = check_kinds(&n);
    for (size_t i = 0; i < ARRAY_LEN(kinds_of_autotask); i++) {
        if (strcmp(kinds[kinds_of_autotask[i]].key, key) == 0)
            return true;
    }
    return false;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* books_kinds: what there is to read, and what may be asked for (quickbooks-online.md sections 2.2 and 3).
 * Properties that are not listed here are shown, and unknown to a query. */
#include "books.h"

#define Q true
#define TIMES                                                                                                \
    {"MetaData.CreateTime", B_TIME, Q},                                                                      \
    {                                                                                                        \
        "MetaData.LastUpdatedTime", B_TIME, Q                                                                \
    }
#define LIST {"Id", B_ID, Q}, {"Active", B_BOOL, Q}, TIMES

static const struct book_field item[] = {
    LIST,
    {"Name", B_TEXT, Q},
    {"FullyQualifiedName", B_TEXT, Q},
    {"Sku", B_TEXT, Q},
    {"Type", B_TEXT, Q},
    {"UnitPrice", B_NUMBER, Q},
    {"ParentRef", B_REF, Q},
    {"Description", B_TEXT, false},
    {"IncomeAccountRef", B_REF, false},
};
static const struct book_field account[] = {
    LIST,
    {"Name", B_TEXT, Q},
    {"FullyQualifiedName", B_TEXT, Q},
    {"AcctNum", B_TEXT, Q},
    {"AccountType", B_TEXT, Q},
    {"AccountSubType", B_TEXT, Q},
    {"Classification", B_TEXT, Q},
    {"Description", B_TEXT, false},
};
static const struct book_field person[] = {
    LIST,
    {"DisplayName", B_TEXT, Q},
    {"GivenName", B_TEXT, Q},
    {"FamilyName", B_TEXT, Q},
    {"CompanyName", B_TEXT, Q},
    {"PrintOnCheckName", B_TEXT, Q},
    {"FullyQualifiedName", B_TEXT, Q},
    {"Balance", B_NUMBER, Q},
    {"Notes", B_TEXT, false},
    {"SalesTermRef", B_REF, false},
};
static const struct book_field term[] = {LIST, {"Name", B_TEXT, Q}, {"DueDays", B_NUMBER, false}};
static const struct book_field tax_code[] = {LIST, {"Name", B_TEXT, Q}, {"Description", B_TEXT, false}};
static const struct book_field transaction[] = {
    {"Id", B_ID, Q},
    TIMES,
    {"DocNumber", B_TEXT, Q},
    {"TxnDate", B_DAY, Q},
    {"DueDate", B_DAY, Q},
    {"CustomerRef", B_REF, Q},
    {"TotalAmt", B_NUMBER, Q},
    {"Balance", B_NUMBER, Q},
    {"PrivateNote", B_TEXT, false},
    {"Line", B_TEXT, false},
};

#define KIND(name, is_list, fields)                                                                          \
    {                                                                                                        \
        name, is_list, fields, ARRAY_LEN(fields)                                                             \
    }

const struct book_kind book_kinds[] = {
    KIND("Item", true, item),
    KIND("Account", true, account),
    KIND("Customer", true, person),
    KIND("Vendor", true, person),
    KIND("Employee", true, person),
    KIND("Term", true, term),
    KIND("TaxCode", true, tax_code),
    KIND("TaxRate", true, tax_code),
    KIND("Invoice", false, transaction),
    KIND("CreditMemo", false, transaction),
    KIND("SalesReceipt", false, transaction),
    KIND("RefundReceipt", false, transaction),
    KIND("Payment", false, transaction),
};
const size_t n_book_kinds = ARRAY_LEN(book_kinds);
_Static_assert(ARRAY_LEN(book_kinds) <= MOST_BOOK_KINDS, "the store counts them");

const struct book_kind *book_kind(struct slice name)
{
    for (size_t i = 0; i < n_book_kinds; i++) {
        if (slice_eq_nocase(slice_of(book_kinds[i].name), name))
            return &book_kinds[i];
    }
    return NULL;
}

const struct book_field *book_field(const struct book_kind *k, struct slice name)
{
    for (size_t i = 0; i < k->n_fields; i++) {
        if (slice_eq_nocase(slice_of(k->fields[i].name), name))
            return &k->fields[i];
    }
    return NULL;
}

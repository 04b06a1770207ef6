/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reply, sentence: what frontdesk tells the sender of a mail besides the letters themselves: remarks,
 * reasons, summaries. The words stand in LANGUAGE/words.txt, a section a row below; what a language lacks is
 * English.
 *
 * The table is the only list: a row that words.txt (English) lacks, a section without a row, and a fact that
 * its row does not name stop the start. tests/lint holds rows and their uses together.
 */
#ifndef FRONTDESK_REPLY_SENTENCE_H
#define FRONTDESK_REPLY_SENTENCE_H

#include "frontdesk/base.h"

#include <stdarg.h>

struct templates;

/* Section [only-asker-decides] of the row ONLY_ASKER_DECIDES; the facts that may stand in it in { }. */
#define SAY_TABLE(X)                                                                                         \
    /* a reply that changes a ticket */                                                                      \
    X(ONLY_ASKER_DECIDES, "sender")                                                                          \
    X(ONLY_ASKER_CHANGES, "sender")                                                                          \
    X(CHANGED_BY_OTHERS, "")                                                                                 \
    X(SHOWS_INSTEAD, "what have want")                                                                       \
    X(DIVERTED_BEFORE, "")                                                                                   \
    X(HAS_IT_ALREADY, "name")                                                                                \
    X(IS_ALREADY, "what have")                                                                               \
    X(NOT_BY_MAIL, "kind")                                                                                   \
    X(NO_CHOICE, "n")                                                                                        \
    X(UNDO_WORKED_ON, "")                                                                                    \
    X(UNDO_STATUS_STAYS, "")                                                                                 \
    X(NOBODY_OF_THAT_NAME, "said names")                                                                     \
    X(DOES_NOTHING, "said")                                                                                  \
    X(TODO_STAYS, "name")                                                                                    \
    X(NEW_REQUEST, "number")                                                                                 \
    X(DIAGNOSIS_NO_TICKET, "name")                                                                           \
    X(DIAGNOSIS_MORE, "n")                                                                                   \
    /* what was wanted and cannot be */                                                                      \
    X(IN_THE_PAST, "said have")                                                                              \
    X(FITS_SEVERAL, "said kind names have")                                                                  \
    X(NOT_THERE, "said kind names have")                                                                     \
    X(CC_NOBODY, "said")                                                                                     \
    X(CONTACT_SEVERAL, "said company names")                                                                 \
    X(CONTACT_NEAR, "said company names near")                                                               \
    X(CONTACT_NONE, "said company")                                                                          \
    X(CONTACT_UNREADABLE, "said company")                                                                    \
    X(CONTACT_LATER, "said")                                                                                 \
    X(NAMES_AND_OTHERS, "names")                                                                             \
    /* fields of a ticket, as what a value belongs to, and in a sentence */                                  \
    X(FIELD_FOR, "")                                                                                         \
    X(FIELD_DUE, "")                                                                                         \
    X(FIELD_COMPANY, "")                                                                                     \
    X(FIELD_CONTACT, "")                                                                                     \
    X(FIELD_PRIORITY, "")                                                                                    \
    X(FIELD_QUEUE, "")                                                                                       \
    X(FIELD_CATEGORY, "")                                                                                    \
    X(FIELD_TYPE, "")                                                                                        \
    X(FIELD_STATUS, "")                                                                                      \
    X(KIND_PRIORITY, "")                                                                                     \
    X(KIND_DUE, "")                                                                                          \
    X(KIND_QUEUE, "")                                                                                        \
    X(KIND_COMPANY, "")                                                                                      \
    X(KIND_CATEGORY, "")                                                                                     \
    X(KIND_TYPE, "")                                                                                         \
    X(KIND_STATUS, "")                                                                                       \
    X(KIND_CC, "")                                                                                           \
    X(KIND_CONTACT, "")                                                                                      \
    X(VALUE_NONE, "")                                                                                        \
    X(VALUE_NOBODY, "")                                                                                      \
    X(VALUE_ID, "id")                                                                                        \
    X(VALUE_OTHER, "")                                                                                       \
    X(VALUE_OWN_COMPANY, "")                                                                                 \
    X(VALUE_USUAL_COMPANY, "")                                                                               \
    X(VALUE_USUAL_CATEGORY, "")                                                                              \
    X(VALUE_USUAL_TYPE, "")                                                                                  \
    X(NO_SUBJECT, "")                                                                                        \
    /* files that do not go along */                                                                         \
    X(FILE_ONE_TOO_MANY, "name")                                                                             \
    X(FILE_EMPTY, "name")                                                                                    \
    X(FILE_TOO_LARGE, "name size most")                                                                      \
    X(FILE_SAME, "name other")                                                                               \
    X(FILE_TOO_MANY, "name most")                                                                            \
    X(FILE_ONLY_OUTLOOK, "name")                                                                             \
    X(FILE_OUTLOOK_DAMAGED, "name")                                                                          \
    X(FILE_OUTLOOK_UNREADABLE, "name")                                                                       \
    X(FILE_OUTLOOK_TOO_MANY, "name")                                                                         \
    X(FILE_OUTLOOK_FORMAT, "name")                                                                           \
    X(FILE_SIGNATURE, "name")                                                                                \
    X(FILE_ENCRYPTION, "name")                                                                               \
    X(FILE_MACINTOSH, "name")                                                                                \
    X(FILE_INVITATION, "name")                                                                               \
    X(FILE_REPORT, "name")                                                                                   \
    X(FILE_LOGO, "name")                                                                                     \
    X(FILE_UNREADABLE, "name")                                                                               \
    X(FILE_REFUSED, "name why")                                                                              \
    X(TODO_REFUSED, "name why")                                                                              \
    /* reasons */                                                                                            \
    X(MAIL_TOO_LARGE, "n")                                                                                   \
    X(MAIL_UNREADABLE, "why")                                                                                \
    X(REFUSED_BECAUSE, "why")                                                                                \
    X(ANSWERED_IS_PARKED, "ref")                                                                             \
    X(OVER_THE_CAP, "n")                                                                                     \
    X(NO_INTEGRATION, "")                                                                                    \
    X(NO_QUICKBOOKS, "")                                                                                     \
    /* help */                                                                                               \
    X(HELP_HELP, "")                                                                                         \
    X(HELP_STATUS, "")                                                                                       \
    X(HELP_CHECK_MAPPING, "")                                                                                \
    X(HELP_CHECK_ACCOUNTS, "")                                                                               \
    X(HELP_CHECK_TERMS, "")                                                                                  \
    X(HELP_CHECK_SYNC, "")                                                                                   \
    X(HELP_CHECK_ALL, "")                                                                                    \
    X(HELP_CHECK_INVOICE, "")                                                                                \
    X(HELP_CHECK_CUSTOMER, "")                                                                               \
    X(HELP_CHECK_ITEM, "")                                                                                   \
    X(HELP_EXPLAIN, "")                                                                                      \
    X(HELP_SHOW, "")                                                                                         \
    X(HELP_RETRY, "")                                                                                        \
    X(EXAMPLE_ONE, "")                                                                                       \
    X(EXAMPLE_PAIR, "")                                                                                      \
    X(EXAMPLE_BRACKETS, "")

enum say {
#define SAY_ENUM(name, facts) SAY_##name,
    SAY_TABLE(SAY_ENUM)
#undef SAY_ENUM
        SAY_ROWS
};

/* Ends the facts: a bare NULL may be an int, which is not what a variable argument takes. */
#define SAY_END ((const char *)NULL)
/* The sentence with its facts, in the pool: after `what` name and text in turn, SAY_END at the end. A text
 * may be "" or NULL: that fact is missing. */
const char *sentence(const struct templates *t, struct pool *pool, enum say what, ...)
    __attribute__((sentinel)) MUST_USE;
const char *vsentence(const struct templates *t, struct pool *pool, enum say what, va_list facts) MUST_USE;
/* What the sender of a mail is told about an error: section [error-NAME] by its short name. "" for those that
 * no mail can cause. Borrowed from the templates. */
const char *sentence_of_error(const struct templates *t, enum err_code code) MUST_USE;

#endif

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
    X(WATCH_KEEPS_NO_WORDS, "")                                                                              \
    X(TODO_STAYS, "name")                                                                                    \
    X(NEW_REQUEST, "number")                                                                                 \
    X(NOT_ADDRESSED, "address")                                                                              \
    X(DIAGNOSIS_NO_TICKET, "name")                                                                           \
    X(DIAGNOSIS_MORE, "n")                                                                                   \
    /* what was wanted and cannot be */                                                                      \
    X(IN_THE_PAST, "said have example")                                                                      \
    X(FITS_SEVERAL, "said kind names have")                                                                  \
    X(FITS_SEVERAL_LATER, "said names")                                                                      \
    X(CHOOSE_COMPANY, "names")                                                                               \
    X(NAME_COMPANY, "names near")                                                                            \
    X(CHOICE_UNCLEAR, "n name company")                                                                      \
    X(HELPS_ALREADY, "name")                                                                                 \
    X(HELPS_NOT, "name")                                                                                     \
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
    X(MAIL_PARTS, "n")                                                                                       \
    X(MAIL_DEPTH, "n")                                                                                       \
    X(MAIL_HEADER, "n")                                                                                      \
    X(MAIL_ADDRESSES, "n")                                                                                   \
    X(MAIL_INSIDE, "")                                                                                       \
    X(ADVICE_LARGE, "")                                                                                      \
    X(ADVICE_PARTS, "")                                                                                      \
    X(ADVICE_ADDRESSES, "")                                                                                  \
    X(ADVICE_NEW_MAIL, "")                                                                                   \
    X(MAIL_UNREADABLE, "why")                                                                                \
    X(REFUSED_BECAUSE, "why")                                                                                \
    X(ANSWERED_IS_PARKED, "ref")                                                                             \
    X(OVER_THE_CAP, "n")                                                                                     \
    X(NO_INTEGRATION, "")                                                                                    \
    X(NO_QUICKBOOKS, "")                                                                                     \
    /* who is asked for and cannot have it */                                                                \
    X(ABSENT_INACTIVE, "name")                                                                               \
    X(ABSENT_NO_ROLE, "name")                                                                                \
    X(ABSENT_PROGRAM, "name")                                                                                \
    /* what is written into tickets */                                                                       \
    X(TICKET_REQUESTED, "name address")                                                                      \
    X(TICKET_NO_TEXT, "")                                                                                    \
    X(TICKET_CUT, "")                                                                                        \
    X(NOTE_TITLE, "address")                                                                                 \
    X(NOTE_TITLE_LATER, "address")                                                                           \
    X(NOTE_HEAD, "name address")                                                                             \
    X(NOTE_UNDONE, "")                                                                                       \
    /* days and times; the names in one line each, Sunday and January first */                               \
    X(DATE, "weekday day month year time")                                                                   \
    X(MOMENT, "day month time")                                                                              \
    X(WEEKDAYS, "")                                                                                          \
    X(MONTHS, "")                                                                                            \
    X(AGE_DAYS, "n")                                                                                         \
    X(AGE_HOURS, "n")                                                                                        \
    X(AGE_MINUTES, "n")                                                                                      \
    X(AGE_SECONDS, "n")                                                                                      \
    /* status, show and explain: what the first column says */                                               \
    X(TELL_FRONTDESK, "")                                                                                    \
    X(TELL_LAST_MAIL, "")                                                                                    \
    X(TELL_LEGS, "")                                                                                         \
    X(TELL_CANARY, "")                                                                                       \
    X(TELL_IN_HAND, "")                                                                                      \
    X(TELL_WAITING, "")                                                                                      \
    X(TELL_DONE, "")                                                                                         \
    X(TELL_PARKED, "")                                                                                       \
    X(TELL_LETTERS, "")                                                                                      \
    X(TELL_CAPS, "")                                                                                         \
    X(TELL_ALERTS, "")                                                                                       \
    X(TELL_WARNING, "")                                                                                      \
    X(TELL_REF, "")                                                                                          \
    X(TELL_SENDER, "")                                                                                       \
    X(TELL_STATE, "")                                                                                        \
    X(TELL_OUTCOME, "")                                                                                      \
    X(TELL_DO, "")                                                                                           \
    X(TELL_REASON, "")                                                                                       \
    X(TELL_TICKET, "")                                                                                       \
    X(TELL_STEP, "n")                                                                                        \
    X(TELL_LETTER, "")                                                                                       \
    X(TELL_LIFE, "")                                                                                         \
    X(TELL_VERDICT, "")                                                                                      \
    X(TELL_EVIDENCE, "")                                                                                     \
    X(TELL_WATCH, "")                                                                                        \
    X(TELL_BEFORE, "")                                                                                       \
    X(TELL_COMMAND, "")                                                                                      \
    X(TELL_QUESTION, "")                                                                                     \
    X(TELL_CHOICE, "")                                                                                       \
    X(TELL_HELD, "")                                                                                         \
    X(TELL_REQUEST, "")                                                                                      \
    X(TELL_REPLY, "")                                                                                        \
    X(TELL_ERROR, "")                                                                                        \
    /* status */                                                                                             \
    X(STATUS_RUNNING, "")                                                                                    \
    X(STATUS_NOT_RUNNING, "")                                                                                \
    X(STATUS_AGO, "age")                                                                                     \
    X(STATUS_NO_MAIL, "")                                                                                    \
    X(STATUS_REACHED, "age")                                                                                 \
    X(STATUS_NOT_REACHED, "")                                                                                \
    X(STATUS_REFUSED, "")                                                                                    \
    X(STATUS_AUTOTASK, "refused reached used most")                                                          \
    X(STATUS_QUICKBOOKS, "reached login")                                                                    \
    X(STATUS_LEG, "leg reached failing")                                                                     \
    X(STATUS_CANARY, "mailbox back took open")                                                               \
    X(LOGIN_UNREADABLE, "")                                                                                  \
    X(LOGIN_MISSING, "")                                                                                     \
    X(LOGIN_ENDED, "")                                                                                       \
    X(LOGIN_LASTS, "age")                                                                                    \
    X(LOGIN_THERE, "")                                                                                       \
    X(STATUS_WAITING, "n")                                                                                   \
    X(STATUS_PARKED, "n")                                                                                    \
    X(STATUS_LETTERS, "n age sent most")                                                                     \
    X(STATUS_CAPS, "each over most")                                                                         \
    X(STATUS_WATCH, "check schedule n acked last next")                                                      \
    X(STATUS_WATCH_NEW, "check schedule next")                                                               \
    X(STATUS_WATCH_SNOOZED, "when")                                                                          \
    X(STATUS_WATCH_FAILING, "when why")                                                                      \
    X(STATUS_ALERTS, "n")                                                                                    \
    X(STATUS_ALERT, "when topic why")                                                                        \
    X(STATUS_UNWATCHED, "")                                                                                  \
    X(STATUS_UNWRITABLE, "when why")                                                                         \
    X(STATUS_UNAUTHENTICATED, "")                                                                            \
    /* show */                                                                                               \
    X(STORY_TAKEN, "ref mailbox when")                                                                       \
    X(STORY_UNPROVEN, "")                                                                                    \
    X(STORY_DO, "ref how")                                                                                   \
    X(CURE_CONFIG, "")                                                                                       \
    X(CURE_CREDENTIALS, "")                                                                                  \
    X(CURE_LABEL, "")                                                                                        \
    X(CURE_LOGIN, "")                                                                                        \
    X(CURE_MAIL, "ref")                                                                                      \
    X(CURE_NOT_FOUND, "")                                                                                    \
    X(CURE_PERMISSION, "")                                                                                   \
    X(CURE_READER, "ref")                                                                                    \
    X(CURE_REJECTED, "")                                                                                     \
    X(CURE_AWAY, "")                                                                                         \
    X(CURE_OTHER, "")                                                                                        \
    X(STORY_UNTIL, "state when")                                                                             \
    X(STORY_NEXT_RUN, "state when")                                                                          \
    X(STORY_TICKET, "number id")                                                                             \
    X(STORY_STEP, "kind key state result n")                                                                 \
    X(STORY_LETTER, "kind to when state n error")                                                            \
    X(LIFE_RECEIVED, "when")                                                                                 \
    X(LIFE_TAKEN, "when mailbox")                                                                            \
    X(LIFE_DECIDED, "when verb outcome who due")                                                             \
    X(LIFE_SENT, "when kind key result")                                                                     \
    X(LIFE_CUT_OFF, "when kind")                                                                             \
    X(LIFE_NOT_DONE, "when kind")                                                                            \
    X(LIFE_LETTER, "when kind to")                                                                           \
    X(LIFE_ENDED, "when outcome")                                                                            \
    X(LIFE_PARKED, "when reason")                                                                            \
    X(LIFE_NEXT, "when state")                                                                               \
    /* what becomes of a mail */                                                                             \
    X(STATE_TAKEN, "")                                                                                       \
    X(STATE_PLANNED, "")                                                                                     \
    X(STATE_ACTED, "")                                                                                       \
    X(STATE_ANSWERED, "")                                                                                    \
    X(STATE_WAITING, "")                                                                                     \
    X(STATE_DONE, "")                                                                                        \
    X(STATE_PARKED, "")                                                                                      \
    X(OUTCOME_TICKET, "")                                                                                    \
    X(OUTCOME_AMENDED, "")                                                                                   \
    X(OUTCOME_ANSWERED, "")                                                                                  \
    X(OUTCOME_ASKED, "")                                                                                     \
    X(OUTCOME_UNASSIGNED, "")                                                                                \
    X(OUTCOME_REFUSED, "")                                                                                   \
    X(OUTCOME_IGNORED, "")                                                                                   \
    X(OUTCOME_SAME, "")                                                                                      \
    X(OUTCOME_DIVERTED, "")                                                                                  \
    X(OUTCOME_PARKED, "")                                                                                    \
    X(OUTCOME_GONE, "")                                                                                      \
    X(OUTCOME_CANARY, "")                                                                                    \
    X(STEP_NOT_SENT, "")                                                                                     \
    X(STEP_SENT, "")                                                                                         \
    X(STEP_DONE, "")                                                                                         \
    X(LETTER_INTERIM, "")                                                                                    \
    X(LETTER_FINAL, "")                                                                                      \
    X(LETTER_SEQUEL, "")                                                                                     \
    X(LETTER_ALERT, "")                                                                                      \
    X(SENT_NOT_YET, "")                                                                                      \
    X(SENT_ACCEPTED, "")                                                                                     \
    X(SENT_REFUSED, "")                                                                                      \
    X(SENT_REPLACED, "")                                                                                     \
    /* explain */                                                                                            \
    X(EXPLAIN_NO_ADDRESS, "")                                                                                \
    X(VERDICT_STAFF, "")                                                                                     \
    X(VERDICT_MACHINE, "")                                                                                   \
    X(VERDICT_STRANGER, "")                                                                                  \
    X(VERDICT_UNPROVEN, "")                                                                                  \
    X(EXPLAIN_TURNED_AWAY, "outcome")                                                                        \
    X(EXPLAIN_TAKEN, "ref")                                                                                  \
    X(EXPLAIN_SAID_AGAIN, "ref")                                                                             \
    X(EXPLAIN_ANSWERS_WATCH, "n check")                                                                      \
    X(EXPLAIN_ERROR, "rule where quote")                                                                     \
    X(EXPLAIN_ERROR_UNKNOWN, "quote")                                                                        \
    X(EXPLAIN_ANSWERS, "ref state number")                                                                   \
    X(EXPLAIN_ANSWERS_LATER, "ref state number")                                                             \
    X(VERB_TICKET, "")                                                                                       \
    X(VERB_FOLLOW_UP, "")                                                                                    \
    X(EXPLAIN_UNREAD, "")                                                                                    \
    X(EXPLAIN_FOUND, "how text where name")                                                                  \
    X(HOW_ADDRESSED, "")                                                                                     \
    X(HOW_MENTIONED, "")                                                                                     \
    X(HOW_NEAR_MISS, "")                                                                                     \
    X(HOW_EVERYDAY_WORD, "")                                                                                 \
    X(HOW_ABSENT, "")                                                                                        \
    X(WHERE_POSSESSIVE, "")                                                                                  \
    X(WHERE_FOR, "")                                                                                         \
    X(WHERE_FIRST_WORD, "")                                                                                  \
    X(WHERE_FULL_NAME, "")                                                                                   \
    X(WHERE_USER_NAME, "")                                                                                   \
    X(WHERE_EVERYDAY, "")                                                                                    \
    X(WHERE_SENTENCE, "")                                                                                    \
    X(WHERE_ORDINARY, "")                                                                                    \
    X(WHERE_TITLE, "")                                                                                       \
    X(WHERE_NOT_MEANT, "")                                                                                   \
    X(WHERE_SIGNATURE, "")                                                                                   \
    X(WHERE_FIRM, "")                                                                                        \
    X(WHERE_LAST_NAME, "")                                                                                   \
    X(WHERE_FIRST_NAME, "")                                                                                  \
    X(WHERE_AT_SIGN, "")                                                                                     \
    X(WHERE_ASSIGN, "")                                                                                      \
    X(WHERE_OTHER_FIRM, "")                                                                                  \
    X(WHERE_OTHER_LAST_NAME, "")                                                                             \
    X(WHERE_END, "")                                                                                         \
    X(WHERE_START, "")                                                                                       \
    X(WHERE_NAME_BELONGS, "")                                                                                \
    X(EXPLAIN_QUESTION, "why word")                                                                          \
    X(WHY_NOBODY_NAMED, "")                                                                                  \
    X(WHY_SEVERAL_MENTIONED, "")                                                                             \
    X(WHY_SHARED_NAME, "")                                                                                   \
    X(WHY_NEAR_MISS, "")                                                                                     \
    X(WHY_ABSENT, "")                                                                                        \
    X(EXPLAIN_HELD, "when queue")                                                                            \
    X(REQUEST_FOR, "request name")                                                                           \
    X(REQUEST_TODO, "request name when")                                                                     \
    X(REQUEST_NUMBER, "request")                                                                             \
    X(EXPLAIN_NO_REQUEST, "")                                                                                \
    X(EXPLAIN_NONE_YET, "")                                                                                  \
    X(EXPLAIN_THEN, "")                                                                                      \
    X(EXPLAIN_WITHOUT, "")                                                                                   \
    X(EXPLAIN_REPLY_TO, "address")                                                                           \
    X(EXPLAIN_NO_REPLY, "")                                                                                  \
    X(EXPLAIN_UNREADABLE, "")                                                                                \
    X(EXPLAIN_WITHIN, "")                                                                                    \
    X(EXPLAIN_ATTACHED_TOO_LARGE, "n")                                                                       \
    X(PLACE_REF, "")                                                                                         \
    X(PLACE_NUMBER, "")                                                                                      \
    X(PLACE_ID, "")                                                                                          \
    X(PLACE_LINK, "")                                                                                        \
    X(PLACE_STATUS, "")                                                                                      \
    X(PLACE_VERDICT, "")                                                                                     \
    /* what a check could not read; why: of [error-NAME] */                                                  \
    X(UNREAD_ITEMS, "why")                                                                                   \
    X(UNREAD_ACCOUNTS, "why")                                                                                \
    X(UNREAD_TERMS, "why")                                                                                   \
    X(UNREAD_CUSTOMERS, "why")                                                                               \
    X(UNREAD_PREFERENCES, "why")                                                                             \
    X(UNREAD_PARTIES, "why")                                                                                 \
    X(UNREAD_TRANSACTIONS, "why")                                                                            \
    X(UNREAD_LISTS, "why")                                                                                   \
    X(UNREAD_INVOICES, "why")                                                                                \
    X(UNREAD_RIGHTS, "why")                                                                                  \
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

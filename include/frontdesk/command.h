/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * command: subject and text → what is wanted, with the evidence for it. Pure: no I/O, no clock.
 * Rules: product.md "How a message is classified" and "Technician in the subject".
 */
#ifndef FRONTDESK_COMMAND_H
#define FRONTDESK_COMMAND_H

#include "frontdesk/autotask_directory.h"
#include "frontdesk/base.h"

enum command_kind {
    COMMAND_TICKET, /* resources[0] is primary, the others secondary */
    COMMAND_ASK,    /* no certain technician: `suggestions`, why_ask */
    COMMAND_HELP,   /* with an argument: `topics` */
    COMMAND_STATUS,
    COMMAND_CHECK,    /* `verb` "check mapping", about `argument` where it takes one */
    COMMAND_EXPLAIN,  /* `argument` is the subject; empty: an attached mail */
    COMMAND_OPERATE,  /* `verb` about the message `argument`: show, retry, discard */
    COMMAND_DIAGNOSE, /* nobody is addressed, and the mail holds an error of the sync: said by who looks for
                         that (src/recognise.c), never by command_read */
};

enum command_why_ask { ASK_NOBODY_NAMED, ASK_SEVERAL_MENTIONED, ASK_SHARED_NAME, ASK_NEAR_MISS, ASK_ABSENT };

enum {
    COMMAND_MAX_RESOURCES = 10,
    COMMAND_MAX_SUGGESTIONS = 9,
    COMMAND_MAX_EVIDENCE = 24,
    COMMAND_MAX_TOPICS = 64
};

struct command_evidence {
    const struct directory_resource *resource;
    const char *how;   /* "addressed" "mentioned" "near-miss" "everyday-word" "command" "absent" */
    const char *where; /* "start with colon", "@", "for NAME", "full name", "user name", "mid-sentence" ... */
    struct slice text; /* the words in the subject (points into the pool) */
};

struct command {
    enum command_kind kind;
    const char *verb; /* "ticket" "help" "status" "check mapping" ... */
    struct slice argument;
    const struct directory_resource *resources[COMMAND_MAX_RESOURCES];
    size_t n_resources;
    bool addressed; /* they stand where people are addressed; false: they are mentioned */
    const struct directory_resource *suggestions[COMMAND_MAX_SUGGESTIONS];
    size_t n_suggestions;
    enum command_why_ask why_ask;
    struct slice asked_word; /* "Shara" */
    const char
        *title; /* subject without prefixes and without the address part; never empty ("(no subject)") */
    const char *stripped;                   /* subject without Re:/Fwd:/[EXTERNAL] */
    const char *topics[COMMAND_MAX_TOPICS]; /* names of how-tos; one and not unsure: that is it */
    size_t n_topics;
    bool topics_unsure;
    struct command_evidence evidence[COMMAND_MAX_EVIDENCE];
    size_t n_evidence;
};

/* All forms by which people are called, folded and sorted once per directory. Read-only afterwards, shared by
 * all threads; borrows the directory, which must live longer. */
struct command_names;
struct command_names *names_index_new(const struct directory *directory) MUST_USE;
void names_index_free(struct command_names **names);
/* What `help` can be asked about; borrowed. Without this call there are no topics. */
struct command_topic {
    const char *name;
    const char *const *keywords; /* folded words with blanks between, NULL-terminated */
};
void names_index_topics(struct command_names *names, const struct command_topic *topics, size_t n);

/* `subject` and `text` as message gives them. Everything in *out lives in `pool` or in the directory. */
void command_read(struct command *out, struct slice subject, struct slice text,
                  const struct directory *directory, const struct command_names *names, struct pool *pool);
/* A subject without Re:, Fwd:, [EXTERNAL] and the like in front of it. The outermost prefix says what the
 * mail is; both are set for "VS:". `in_thread`: it is known to answer something, so that "R:" is no initial.
 */
struct slice command_subject(struct slice subject, bool in_thread, bool *is_reply, bool *is_forward);
/* The commands as a table for help texts. */
struct command_verb {
    const char *verb, *argument;
    enum command_kind kind;
    bool operators;      /* for staff.admins only */
    const char *example; /* an argument, where one is not made of the day's facts; NULL: none */
};
const struct command_verb *command_verbs(size_t *n);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * setup, inside: one table of questions (setup_questions.c), asked at a terminal (setup_talk.c) or answered
 * in a file (setup_answers.c); each step is proven against the real systems (setup_prove.c) with the settings
 * that would be written (setup_conf.c); files appear under their names only when all is done (setup_files.c).
 */
#ifndef FRONTDESK_CLI_SETUP_H
#define FRONTDESK_CLI_SETUP_H

#include "cli.h"
#include "frontdesk/autotask_directory.h"

enum setup_step {
    STEP_FIRM,
    STEP_MAIL_IN,
    STEP_MAIL_OUT,
    STEP_TRUST,
    STEP_AUTOTASK,
    STEP_TICKET,
    STEP_BOOKS,
    STEP_HERE,
    SETUP_STEPS
};

enum setup_answer {
    A_FIRM_NAME,
    A_DOMAINS,
    A_TIMEZONE,
    A_ADMINS,
    A_ALERTS,
    A_PROVIDER,
    A_ADDRESS,
    A_LOGIN,
    A_TENANT,
    A_CLIENT_ID,
    A_CLIENT_SECRET,
    A_SECRET_ENDS,
    A_CERTIFICATE,
    A_SERVICE_ACCOUNT,
    A_REDIRECT,
    A_IMAP,
    A_USER,
    A_PASSWORD,
    A_CA,
    A_TOKEN_URL,
    A_DEVICE_URL,
    A_CONSENT_URL,
    A_SMTP,
    A_TRUST,
    A_ZONE,
    A_AUTOTASK_USER,
    A_AUTOTASK_SECRET,
    A_AUTOTASK_CODE,
    A_AUTOTASK_CA,
    A_QUEUE,
    A_TRIAGE,
    A_STATUS,
    A_PRIORITY,
    A_CANCELLED,
    A_CATEGORY,
    A_INTEGRATION,
    A_READ_BOOKS,
    A_REALM,
    A_QB_CLIENT,
    A_QB_SECRET,
    A_QB_REDIRECT,
    A_QB_ENVIRONMENT,
    A_QB_CONSENT_URL,
    A_QB_TOKEN_URL,
    A_QB_API_URL,
    A_JOURNAL,
    A_TEMPLATES,
    SETUP_ANSWERS
};

enum setup_kind {
    ASK_TEXT,
    ASK_LIST,   /* commas or blanks between */
    ASK_WORD,   /* one of `words` */
    ASK_LABEL,  /* one of a list that Autotask has */
    ASK_SECRET, /* not echoed; KEY_file names a file with it */
    ASK_FILE    /* path of a file with a secret of several lines, which is copied */
};

struct setup_question {
    const char *key;     /* in the file of answers */
    const char *setting; /* whose rules the answer keeps; NULL: those of its kind */
    enum setup_kind kind;
    enum setup_step step;
    bool optional;
    const char *when;     /* other answers with which it counts: "KEY=WORD KEY=WORD|KEY=WORD"; "" = always */
    const char *asked;    /* of these, when a person is asked; NULL: never */
    const char *words;    /* "word=what it means", a line each */
    const char *file;     /* name among the credentials */
    const char *stand_in; /* where the settings must have something, before it is answered */
    const char *prompt, *help, *example;
};
extern const struct setup_question setup_questions[SETUP_ANSWERS];

struct setup {
    const struct cli *cli;
    char *answers[SETUP_ANSWERS];  /* NULL: none */
    unsigned lines[SETUP_ANSWERS]; /* on which they stand in the file of answers */
    char conf_path[4096];          /* absolute */
    char scratch[4096];            /* where all is written first; "" = not made yet */
    bool made_folder;              /* the folder of the settings is ours */
    int folder_fd;                 /* of that folder, locked; -1: none */
    bool certificate_refused;      /* a person is asked for the authority */
    struct directory *directory;   /* what Autotask has; NULL: not asked yet */
    struct buf seen;            /* names that begin Authentication-Results fields in the inbox, a line each */
    size_t proofs, proofs_made; /* of a series; 0: they are made one by one */
    unsigned mails_seen, tops;  /* how many mails; on how many of them the first of these stands on top */
};

/* --- setup_questions.c --- */
const char *setup_get(const struct setup *s, enum setup_answer id); /* "" = none */
void setup_set(struct setup *s, enum setup_answer id, const char *text);
bool setup_is(const struct setup *s, enum setup_answer id, const char *word);
/* Does the condition hold with the answers so far? */
bool setup_holds(const struct setup *s, const char *condition);
/* Puts the answer into its usual form, and says whether it keeps the rules; else "KEY: why; allowed: ...". */
bool setup_check(const struct setup *s, enum setup_answer id, const char *text, struct buf *usual,
                 struct buf *why) MUST_USE;
/* The word's line of q->words; empty at the end. */
bool setup_next_word(struct scan *words, struct slice *word, struct slice *meaning);
bool setup_word_fits(const struct setup *s, enum setup_answer id, struct slice word);
/* Splits a list: at most `most` entries, in `pool`. */
size_t setup_split(const char *text, struct pool *pool, const char **out, size_t most);
/* Are these the settings that the service reads? */
bool setup_for_service(const struct setup *s);
/* Lines of at most about 90 columns, each behind `prefix`. */
void setup_print_wrapped(const char *prefix, const char *text);
void setup_release(struct setup *s); /* wipes */

/* --- setup_presets.c --- */
/* What stands in brackets, or is taken when a file is silent; "" = nothing. */
void setup_preset(const struct setup *s, enum setup_answer id, struct buf *out);

/* --- setup_labels.c --- */
const struct directory_label *setup_labels(const struct setup *s, enum setup_answer id, size_t *n);
const char *setup_find_label(const struct setup *s, enum setup_answer id, const char *wanted);
/* "KEY = "x": Autotask has no such queue; did you mean ...? It has ..." */
void setup_say_missing(const struct setup *s, enum setup_answer id, const char *wanted, struct buf *out);
/* Who can be given tickets; who cannot for want of a role: appended as lines. */
void setup_say_people(const struct setup *s, struct buf *good, struct buf *lacking);

/* --- setup_conf.c --- */
/* The settings. `trial`: what is not answered yet has a stand-in, and what would be written lies in the
 * scratch folder. */
void setup_conf_text(const struct setup *s, bool trial, struct buf *out);

/* --- setup_prove.c --- */
enum setup_result { PROVEN, DOUBTFUL, REFUTED };
struct setup_proof {
    enum setup_result result;
    char what[1400];
    struct buf findings; /* lines for a person: what was found, or the cause */
    char fix[800];       /* "" when proven */
    enum err_code code;
    bool worth_asking; /* doubtful, and another answer may mend it */
};
/* Proves what the step's answers say; *proof is released by the caller. False: the step proves nothing. */
bool setup_prove(struct setup *s, enum setup_step step, struct setup_proof *proof) MUST_USE;
/* All proofs follow, one behind the other: progress is told of all of them, until its end. */
void setup_prove_series(struct setup *s);
/* The user of Autotask alone, by its zone. */
bool setup_prove_zone(struct setup *s, struct setup_proof *proof) MUST_USE;
void setup_proof_print(const struct setup_proof *proof);
void setup_proof_release(struct setup_proof *proof);

/* --- setup_files.c --- */
/* Folder and scratch folder; -1 with *e. */
int setup_open_files(struct setup *s, struct err *e) MUST_USE;
/* A secret, mode 0600, into the scratch folder. */
int setup_stage(struct setup *s, const char *name, struct slice bytes, mode_t mode, struct err *e) MUST_USE;
/* All secrets that have been answered. */
int setup_stage_secrets(struct setup *s, struct err *e) MUST_USE;
/* Gives all of it its names. All or nothing. */
int setup_commit(struct setup *s, struct err *e) MUST_USE;
/* Removes what is not committed; safe from another thread. */
void setup_drop_files(struct setup *s);
/* "NAME\n" of each secret. */
void setup_credentials(const struct setup *s, struct buf *out);
/* The unit's drop-in, if the settings are those of the service and need one; "" = none. */
void setup_dropin_path(const struct setup *s, char out[4096]);

/* --- setup_answers.c --- */
/* Reads, checks and completes the answers; every problem is a line in *problems. */
int setup_read_answers(struct setup *s, const char *path, struct buf *problems) MUST_USE;
void setup_print_example(void);

/* --- setup_talk.c --- */
/* Asks everything. -1: input ended. */
int setup_talk(struct setup *s) MUST_USE;
/* The terminal as it was; safe from another thread. */
void setup_restore_terminal(void);

#endif

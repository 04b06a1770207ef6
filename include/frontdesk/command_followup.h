/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * command, follow-ups: what a reply to one of our letters (or to a mail that became a ticket) wants. Pure.
 *
 * Only the sender's own new words count: own_text takes away quoted text in every mail program's form and
 * language (mail.md 4.2, 4.3), signatures and disclaimers. "undo" inside quoted text never undoes.
 */
#ifndef FRONTDESK_COMMAND_FOLLOWUP_H
#define FRONTDESK_COMMAND_FOLLOWUP_H

#include "frontdesk/command.h"
#include "frontdesk/command_overrides.h"

/* Top posting, bottom posting (nothing but a greeting above the quote: the text below it counts) and inline
 * answers (the lines between quoted lines count). Never fails; in doubt text is kept as a note, but a line
 * that follows a quote header is never own. Linear in the length of the text. */
void own_text(struct buf *out, struct slice text);
/* The same into `own`; and all the rest, in order, into `rest` (NULL: dropped): what is quoted or forwarded,
 * its marks kept, and the tails; an empty line where something else stood between. */
void own_text_split(struct buf *own, struct buf *rest, struct slice text);
/* Is what it quotes a forward: "---------- Forwarded message", "Begin forwarded message:"? Outlook's forwards
 * look like its replies. */
bool own_text_is_forward(struct slice text);

enum change_kind {
    CHANGE_CHOICE, /* "2": a number out of our list */
    CHANGE_UNDO,   /* `force`: "undo anyway" */
    CHANGE_TO,     /* resources[0] primary, others secondary; n_resources 0: nobody of that name, see said */
    CHANGE_ADD,    /* +Mike */
    CHANGE_REMOVE, /* -Mike */
    CHANGE_SET,    /* value: due, priority, queue, company, status, category, type */
    CHANGE_SEPARATE, /* "separate": the same text again was meant as a second request */
    CHANGE_ACK,      /* for drift watch: `ack`, `snooze 7d` (number: hours) */
    CHANGE_SNOOZE,
};

struct change {
    enum change_kind kind;
    struct slice said;
    unsigned number; /* choice, or hours */
    bool force;
    const struct directory_resource *resources[COMMAND_MAX_RESOURCES];
    size_t n_resources;
    const struct directory_resource
        *suggestions[COMMAND_MAX_SUGGESTIONS]; /* for a name that is not certain */
    size_t n_suggestions;
    struct override value;
};

enum { FOLLOWUP_MAX = 16 };

struct followup {
    struct change changes[FOLLOWUP_MAX];
    size_t n;
    struct slice note; /* own words that are no change; "" = none */
    bool thanks_only;  /* "Thanks!", "ok", "great": nothing to be done, no note */
};

/* A line counts as changes only if the whole of it is changes, separated by commas, semicolons, "and" or line
 * ends ("to Mike, due fri" · "1" · "undo please" · "High and queue Triage"); every other line is the note. A
 * bare name is a CHANGE_TO only while `asked` (we asked who): otherwise "Sarah" alone is a note. */
void followup_read(struct followup *out, struct slice own, bool asked, const struct directory *d,
                   const struct command_names *names, const struct due_calendar *cal, int64_t now_ms,
                   struct pool *pool);

#endif

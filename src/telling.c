/* SPDX-License-Identifier: GPL-2.0-or-later */
/* telling: lines of two columns in the words of the firm's language. See telling.h. */
#include "telling.h"

/* How many columns a text takes, where a letter takes one. */
static size_t columns(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

void tell_more(struct telling *to, const char *text)
{
    buf_printf(to->out, "%*s%s\n", (int)to->width, "", text);
}

/* Two blanks at least: by them the columns are told apart again (action/guide.c). */
void tell_as(struct telling *to, const char *label, const char *text)
{
    size_t have = columns(label);
    int gap = have + 2 < to->width ? (int)(to->width - have) : 2;
    buf_printf(to->out, "%s%*s%s\n", label, gap, "", text);
}

void tell(struct telling *to, enum say label, const char *text)
{
    tell_as(to, telling_word(to, label), text);
}

const char *telling_word(const struct telling *to, enum say what)
{
    return sentence(to->templates, to->pool, what, SAY_END);
}

const char *telling_number(const struct telling *to, uint64_t n)
{
    return pool_printf(to->pool, "%llu", (unsigned long long)n);
}

/* --- names of what a program counts --- */

const char *telling_state(const struct telling *to, enum job_state state)
{
    static const enum say names[] = {
        [JOB_TAKEN] = SAY_STATE_TAKEN,       [JOB_PLANNED] = SAY_STATE_PLANNED, [JOB_ACTED] = SAY_STATE_ACTED,
        [JOB_ANSWERED] = SAY_STATE_ANSWERED, [JOB_WAITING] = SAY_STATE_WAITING, [JOB_DONE] = SAY_STATE_DONE,
        [JOB_PARKED] = SAY_STATE_PARKED};
    ENSURE((size_t)state < ARRAY_LEN(names));
    return telling_word(to, names[state]);
}

const char *telling_outcome(const struct telling *to, enum job_outcome outcome)
{
    static const enum say names[] = {[OUTCOME_TICKET] = SAY_OUTCOME_TICKET,
                                     [OUTCOME_AMENDED] = SAY_OUTCOME_AMENDED,
                                     [OUTCOME_ANSWERED] = SAY_OUTCOME_ANSWERED,
                                     [OUTCOME_ASKED] = SAY_OUTCOME_ASKED,
                                     [OUTCOME_UNASSIGNED] = SAY_OUTCOME_UNASSIGNED,
                                     [OUTCOME_REFUSED] = SAY_OUTCOME_REFUSED,
                                     [OUTCOME_IGNORED] = SAY_OUTCOME_IGNORED,
                                     [OUTCOME_SAME] = SAY_OUTCOME_SAME,
                                     [OUTCOME_DIVERTED] = SAY_OUTCOME_DIVERTED,
                                     [OUTCOME_PARKED] = SAY_OUTCOME_PARKED,
                                     [OUTCOME_GONE] = SAY_OUTCOME_GONE,
                                     [OUTCOME_CANARY] = SAY_OUTCOME_CANARY};
    ENSURE((size_t)outcome < ARRAY_LEN(names));
    return outcome ? telling_word(to, names[outcome]) : "";
}

const char *telling_verdict(const struct telling *to, enum gate_verdict verdict)
{
    static const enum say names[] = {[GATE_STAFF] = SAY_VERDICT_STAFF,
                                     [GATE_MACHINE] = SAY_VERDICT_MACHINE,
                                     [GATE_STRANGER] = SAY_VERDICT_STRANGER,
                                     [GATE_UNPROVEN] = SAY_VERDICT_UNPROVEN};
    ENSURE((size_t)verdict < ARRAY_LEN(names));
    return telling_word(to, names[verdict]);
}

const char *telling_how(const struct telling *to, enum command_how how)
{
    static const enum say names[] = {
#define HOW_SAY(name, text) [HOW_##name] = SAY_HOW_##name,
        COMMAND_HOW_TABLE(HOW_SAY)
#undef HOW_SAY
    };
    ENSURE((size_t)how < ARRAY_LEN(names));
    return telling_word(to, names[how]);
}

const char *telling_where(const struct telling *to, enum command_where where)
{
    static const enum say names[] = {
#define WHERE_SAY(name, text) [WHERE_##name] = SAY_WHERE_##name,
        COMMAND_WHERE_TABLE(WHERE_SAY)
#undef WHERE_SAY
    };
    ENSURE((size_t)where < ARRAY_LEN(names));
    return telling_word(to, names[where]);
}

/* A name that C gave something, and what a person reads instead. What stands in no row is typed by people
 * ("check mapping"), and stays. */
const char *telling_named(const struct telling *to, const char *name)
{
    static const struct {
        const char *name;
        enum say says;
    } rows[] = {{"ticket", SAY_VERB_TICKET},
                {"follow-up", SAY_VERB_FOLLOW_UP},
                {"nobody-named", SAY_WHY_NOBODY_NAMED},
                {"several-mentioned", SAY_WHY_SEVERAL_MENTIONED},
                {"shared-name", SAY_WHY_SHARED_NAME},
                {"near-miss", SAY_WHY_NEAR_MISS},
                {"absent", SAY_WHY_ABSENT}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (strcmp(rows[i].name, name) == 0)
            return telling_word(to, rows[i].says);
    }
    return name;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* when_words: the words of dates, in English, a row each, and a text cut into them. See when_words.h. */
#include "when_words.h"

#include <ctype.h>

static const struct entry table[] = {
    {"due", LEAD, 0},
    {"due date", LEAD, 0},
    {"by", LEAD, 0},
    {"on", LEAD, 0},
    {"before", LEAD, 0},
    {"until", LEAD, 0},
    {"till", LEAD, 0},
    {"til", LEAD, 0},
    {"deadline", LEAD, 0},
    {"no later than", LEAD, 0},
    {"not later than", LEAD, 0},
    {"at", LINK, 0},
    {"@", LINK, 0},
    {",", LINK, 0},
    {"please", POLITE, 0},
    {"pls", POLITE, 0},
    {"latest", POLITE, 0},
    {"at the latest", POLITE, 0},
    {"sharp", POLITE, 0},
    {"!", POLITE, 0},
    {".", POLITE, 0},
    {"yesterday", OFFSET, -1},
    {"today", OFFSET, 0},
    {"tomorrow", OFFSET, 1},
    {"tomorow", OFFSET, 1},
    {"tommorow", OFFSET, 1},
    {"tommorrow", OFFSET, 1},
    {"tmrw", OFFSET, 1},
    {"tmr", OFFSET, 1},
    {"tmw", OFFSET, 1},
    {"day after tomorrow", OFFSET, 2},
    {"the day after tomorrow", OFFSET, 2},
    {"sunday", WEEKDAY, 0},
    {"sun", SHY_DAY, 0},
    {"monday", WEEKDAY, 1},
    {"mon", WEEKDAY, 1},
    {"tuesday", WEEKDAY, 2},
    {"tues", WEEKDAY, 2},
    {"tue", WEEKDAY, 2},
    {"wednesday", WEEKDAY, 3},
    {"weds", WEEKDAY, 3},
    {"wed", WEEKDAY, 3},
    {"thursday", WEEKDAY, 4},
    {"thurs", WEEKDAY, 4},
    {"thur", WEEKDAY, 4},
    {"thu", WEEKDAY, 4},
    {"friday", WEEKDAY, 5},
    {"fri", WEEKDAY, 5},
    {"saturday", WEEKDAY, 6},
    {"sat", WEEKDAY, 6},
    {"january", MONTH, 0},
    {"jan", MONTH, 0},
    {"february", MONTH, 1},
    {"feb", MONTH, 1},
    {"march", MONTH, 2},
    {"mar", MONTH, 2},
    {"april", MONTH, 3},
    {"apr", MONTH, 3},
    {"may", MONTH, 4},
    {"june", MONTH, 5},
    {"jun", MONTH, 5},
    {"july", MONTH, 6},
    {"jul", MONTH, 6},
    {"august", MONTH, 7},
    {"aug", MONTH, 7},
    {"september", MONTH, 8},
    {"sept", MONTH, 8},
    {"sep", MONTH, 8},
    {"october", MONTH, 9},
    {"oct", MONTH, 9},
    {"november", MONTH, 10},
    {"nov", MONTH, 10},
    {"december", MONTH, 11},
    {"dec", MONTH, 11},
    {"next", NEXT, 0},
    {"this", THIS, 0},
    {"coming", THIS, 0},
    {"this coming", THIS, 0},
    {"noon", CLOCK, 12 * 60},
    {"midday", CLOCK, 12 * 60},
    {"midnight", CLOCK, 23 * 60 + 59},
    {"eod", CLOCK, CLOSING},
    {"eob", CLOCK, CLOSING},
    {"cob", CLOCK, CLOSING},
    {"end of day", CLOCK, CLOSING},
    {"end of the day", CLOCK, CLOSING},
    {"end of business", CLOCK, CLOSING},
    {"close of business", CLOCK, CLOSING},
    {"closing time", CLOCK, CLOSING},
    {"morning", PART, 12 * 60},
    {"afternoon", PART, CLOSING},
    {"m", MINUTES, 1},
    {"min", MINUTES, 1},
    {"mins", MINUTES, 1},
    {"minute", MINUTES, 1},
    {"minutes", MINUTES, 1},
    {"h", MINUTES, 60},
    {"hr", MINUTES, 60},
    {"hrs", MINUTES, 60},
    {"hour", MINUTES, 60},
    {"hours", MINUTES, 60},
    {"d", DAYS, 1},
    {"day", DAYS, 1},
    {"days", DAYS, 1},
    {"w", DAYS, 7},
    {"wk", DAYS, 7},
    {"wks", DAYS, 7},
    {"week", DAYS, 7},
    {"weeks", DAYS, 7},
    {"workday", WORKDAYS, 1},
    {"workdays", WORKDAYS, 1},
    {"work day", WORKDAYS, 1},
    {"work days", WORKDAYS, 1},
    {"working day", WORKDAYS, 1},
    {"working days", WORKDAYS, 1},
    {"business day", WORKDAYS, 1},
    {"business days", WORKDAYS, 1},
    {"month", MONTHS, 1},
    {"months", MONTHS, 1},
    {"a", NUMBER, 1},
    {"an", NUMBER, 1},
    {"one", NUMBER, 1},
    {"two", NUMBER, 2},
    {"a couple of", NUMBER, 2},
    {"three", NUMBER, 3},
    {"four", NUMBER, 4},
    {"five", NUMBER, 5},
    {"six", NUMBER, 6},
    {"seven", NUMBER, 7},
    {"eight", NUMBER, 8},
    {"nine", NUMBER, 9},
    {"ten", NUMBER, 10},
    {"twelve", NUMBER, 12},
    {"half an hour", MINUTES, 30},
    {"in", IN, 0},
    {"within", IN, 0},
    {"from now", FROM_NOW, 0},
    {"from today", FROM_NOW, 0},
    {"next workday", WORKDAY, 0},
    {"next work day", WORKDAY, 0},
    {"next working day", WORKDAY, 0},
    {"next business day", WORKDAY, 0},
    {"nbd", WORKDAY, 0},
    {"next week", WEEK, 1},
    {"eow", WEEK_END, 0},
    {"this week", WEEK_END, 0},
    {"end of week", WEEK_END, 0},
    {"end of the week", WEEK_END, 0},
    {"end of this week", WEEK_END, 0},
    {"end of next week", WEEK_END, 1},
    {"eom", MONTH_END, 0},
    {"end of month", MONTH_END, 0},
    {"end of the month", MONTH_END, 0},
    {"next month", NEXT_MONTH, 0},
    {"am", MERIDIEM, 0},
    {"a.m.", MERIDIEM, 0},
    {"a.m", MERIDIEM, 0},
    {"pm", MERIDIEM, 12},
    {"p.m.", MERIDIEM, 12},
    {"p.m", MERIDIEM, 12},
    {"st", ORDINAL, 0},
    {"nd", ORDINAL, 0},
    {"rd", ORDINAL, 0},
    {"th", ORDINAL, 0},
    {"of", OF, 0},
    {"the", THE, 0},
    {"t", ISO_T, 0},
};

/* Where people write the month first. The rest of the continent does not. */
static const char *const month_first[] = {"US/",
                                          "Canada/",
                                          "America/New_York",
                                          "America/Detroit",
                                          "America/Kentucky/",
                                          "America/Indiana/",
                                          "America/Indianapolis",
                                          "America/Louisville",
                                          "America/Fort_Wayne",
                                          "America/Knox_IN",
                                          "America/Chicago",
                                          "America/Menominee",
                                          "America/North_Dakota/",
                                          "America/Denver",
                                          "America/Boise",
                                          "America/Shiprock",
                                          "America/Phoenix",
                                          "America/Los_Angeles",
                                          "America/Anchorage",
                                          "America/Juneau",
                                          "America/Sitka",
                                          "America/Metlakatla",
                                          "America/Yakutat",
                                          "America/Nome",
                                          "America/Adak",
                                          "America/Atka",
                                          "America/Puerto_Rico",
                                          "America/St_Thomas",
                                          "America/Toronto",
                                          "America/Montreal",
                                          "America/Halifax",
                                          "America/St_Johns",
                                          "America/Moncton",
                                          "America/Winnipeg",
                                          "America/Regina",
                                          "America/Edmonton",
                                          "America/Calgary",
                                          "America/Vancouver",
                                          "Pacific/Honolulu",
                                          "Pacific/Guam",
                                          "EST5EDT",
                                          "CST6CDT",
                                          "MST7MDT",
                                          "PST8PDT"};

static const struct entry no_entry = {"", NOTHING, 0};

static size_t span(const char *s, size_t left, int (*is)(int))
{
    size_t n = 0;
    while (n < left && (unsigned char)s[n] < 0x80 && is((unsigned char)s[n]))
        n++;
    return n;
}

static bool add_token(struct reading *r, const char *s, size_t len, bool number, bool glued)
{
    struct token *t = &r->t[r->n];
    uint64_t value = 0;
    if (r->n == MOST_TOKENS || len >= sizeof(t->text))
        return false;
    if (number && !slice_to_u64(slice_from(s, len), 0, 99999, &value))
        return false;
    for (size_t i = 0; i < len; i++)
        t->text[i] = (char)tolower((unsigned char)s[i]);
    t->number = number;
    t->glued = glued;
    t->value = (unsigned)value;
    r->n++;
    return true;
}

static bool cut(struct reading *r, struct slice s)
{
    bool glued = false;
    for (size_t i = 0, len; i < s.len; i += len) {
        const char *p = s.ptr + i;
        size_t left = s.len - i;
        bool nbsp = left > 1 && p[0] == '\xc2' && p[1] == '\xa0';
        len = nbsp ? 2 : 1;
        if (nbsp || *p == ' ' || *p == '\t' || *p == '\r' || *p == '\n') {
            glued = false;
            continue;
        }
        size_t digits = span(p, left, isdigit), letters = span(p, left, isalpha);
        len = digits ? digits : letters ? letters : 1;
        if ((!digits && !letters && !strchr(",.:/-@!", *p)) || *p == '\0' ||
            !add_token(r, p, len, digits > 0, glued))
            return false;
        glued = true;
    }
    return r->n > 0;
}

/* How many tokens from `at` on are the phrase; 0 = it does not stand there. */
static size_t phrase_at(const struct reading *r, size_t at, const char *words)
{
    size_t n = 0;
    while (*words) {
        const struct token *t = &r->t[at + n];
        size_t len = strlen(t->text);
        if (at + n >= r->n || strncmp(words, t->text, len) != 0)
            return 0;
        words += len;
        n++;
        bool new_word = *words == ' ';
        /* "a.m.": no blank may stand inside a word */
        if (*words && !new_word && !r->t[at + n].glued)
            return 0;
        words += new_word;
    }
    return n;
}

static void look_up(struct reading *r)
{
    for (size_t at = 0; at <= MOST_TOKENS; at++) {
        struct token *t = &r->t[at];
        t->entry = &no_entry;
        for (size_t i = 0; at < r->n && !t->number && i < ARRAY_LEN(table); i++) {
            if (table[i].words[0] != t->text[0])
                continue;
            size_t n = phrase_at(r, at, table[i].words);
            if (n > t->entry_len) {
                t->entry = &table[i];
                t->entry_len = n;
            }
        }
    }
}

bool when_tokenise(struct reading *r, struct slice s)
{
    if (!cut(r, s))
        return false;
    look_up(r);
    return true;
}

bool when_month_first(const char *tz)
{
    for (size_t i = 0; i < ARRAY_LEN(month_first); i++) {
        if (slice_starts(slice_of(tz), slice_of(month_first[i])))
            return true;
    }
    return false;
}

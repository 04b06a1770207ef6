/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shape: what a server says, looked at before libetpan's parser sees it. That parser recurses without bound
 * on nested parentheses (a megabyte of them overflows the stack) and follows NULL where a list does not end,
 * so each line must have its parentheses balanced and few deep. Literals are stepped over, free text may hold
 * anything.
 */
#include "imap_private.h"

enum { DEPTH_MAX = 30 };

static int malformed(struct err *e)
{
    return err_set(e, ERR_PROTOCOL, "an answer is malformed: its parentheses do not match");
}

static bool is_text_word(const struct imap_shape *s)
{
    static const char *const words[] = {"OK", "NO", "BAD", "BYE", "PREAUTH"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (slice_eq_nocase(slice_from(s->word, s->n_word), slice_of(words[i])))
            return true;
    }
    return false;
}

/* Inside a list of data or a response code: quotes, parentheses. False when the line is malformed. */
static bool structure(struct imap_shape *s, char c)
{
    if (s->quoted) {
        s->quoted = s->escaped || c != '"';
        s->escaped = !s->escaped && c == '\\';
    } else if (c == '"') {
        s->quoted = true;
    } else if (c == '(' || c == ')') {
        s->depth += c == '(' ? 1 : -1;
    }
    return s->depth >= 0 && s->depth <= DEPTH_MAX;
}

/* A list in a response code must begin with a flag, or end: else libetpan frees a list that it never made. In
 * the greeting there is none: it would be parsed without a context. */
static bool begins_well(struct imap_shape *s, char c)
{
    bool atom = c > 0x20 && c < 0x7f && !strchr("(){%*\"\\]", c);
    bool fits = s->list == SHAPE_OPENED      ? atom || c == ')' || c == '\\'
                : s->list == SHAPE_BACKSLASH ? atom || c == '*'
                : s->list == SHAPE_ENDED     ? c == ']'
                                             : true;
    s->list = c == '(' && !s->quoted                    ? SHAPE_OPENED
              : s->list == SHAPE_OPENED && c == '\\'    ? SHAPE_BACKSLASH
              : c == ')' && s->depth == 1 && !s->quoted ? SHAPE_ENDED
                                                        : SHAPE_WITHIN;
    return fits && (s->greeted || c != '(');
}

/* "{123}" at the end of a line announces a literal. */
static void note_brace(struct imap_shape *s, char c)
{
    if (c == '{') {
        s->brace = SHAPE_DIGITS;
        s->announced = 0;
        s->digits = false;
    } else if (s->brace == SHAPE_DIGITS && c >= '0' && c <= '9' && s->announced < UINT32_MAX) {
        s->announced = s->announced * 10 + (uint64_t)(c - '0');
        s->digits = true;
    } else if (s->brace == SHAPE_DIGITS && c == '}' && s->digits) {
        s->brace = SHAPE_CLOSED;
    } else if (c != '\r') {
        s->brace = SHAPE_NONE;
    }
}

static bool end_line(struct imap_shape *s)
{
    if (s->at == SHAPE_DATA && s->brace == SHAPE_CLOSED && !s->quoted) {
        s->literal = s->announced;
        s->brace = SHAPE_NONE;
        return true; /* the line goes on behind the literal */
    }
    bool whole = s->at == SHAPE_DATA ? s->depth == 0 && !s->quoted : s->at != SHAPE_CODE;
    *s = (struct imap_shape){.greeted = true};
    return whole;
}

static bool step(struct imap_shape *s, char c)
{
    switch (s->at) {
    case SHAPE_TAG:
        if (c == ' ')
            s->at = SHAPE_WORD;
        else if (c == '+')
            s->at = SHAPE_FREE;
        return true;
    case SHAPE_WORD:
        if (c != ' ' && c != '\r' && s->n_word < sizeof(s->word)) {
            s->word[s->n_word++] = c;
            return c != '(' && c != ')' && c != '"';
        }
        s->at = s->n_word == 0 ? SHAPE_WORD : is_text_word(s) ? SHAPE_TEXT : SHAPE_DATA;
        return true;
    case SHAPE_TEXT:
        s->at = c == '[' ? SHAPE_CODE : c == ' ' ? SHAPE_TEXT : SHAPE_FREE;
        return true;
    case SHAPE_CODE:
        if (!begins_well(s, c))
            return false;
        if (c == ']' && s->depth == 0 && !s->quoted)
            s->at = SHAPE_FREE;
        break;
    case SHAPE_DATA:
        break;
    case SHAPE_FREE:
        return true;
    }
    note_brace(s, c);
    return structure(s, c);
}

int imap_shape_look(void *self, const char *bytes, size_t n, struct err *e)
{
    struct imap_shape *s = self;
    for (size_t i = 0; i < n; i++) {
        if (s->literal) {
            uint64_t skip = s->literal < n - i ? s->literal : n - i;
            s->literal -= skip;
            i += (size_t)skip - 1;
        } else if (!(bytes[i] == '\n' ? end_line(s) : step(s, bytes[i]))) {
            return malformed(e);
        }
    }
    return 0;
}

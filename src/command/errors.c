/* SPDX-License-Identifier: GPL-2.0-or-later */
/* errors: what of a mail is looked through for known errors. See command_errors.h. */
#include "frontdesk/command_errors.h"

#include "frontdesk/command.h"
#include "frontdesk/command_followup.h"
#include "quotes.h"

enum { NUMBER_MIN = 2, NUMBER_MAX = 30 };

static struct diagnose_text piece(const char *where, const struct buf *b, bool own, struct pool *pool)
{
    return (struct diagnose_text){
        .where = where, .text = slice_from(pool_slice(pool, buf_view(b)), b->len), .own = own};
}

/* What the sender typed as the subject belongs to the first words below it. */
static void put_subject(struct buf *out, struct slice subject)
{
    bool reply, forward;
    struct slice typed = slice_trim(command_subject(subject, false, &reply, &forward));
    if (reply || forward || typed.len == 0)
        return;
    buf_slice(out, typed);
    buf_puts(out, strchr(".!?:", typed.ptr[typed.len - 1]) ? "\n" : ".\n");
}

size_t errors_texts(struct diagnose_text *out, const struct message_texts *texts, struct slice subject,
                    bool own_only, struct pool *pool)
{
    struct buf part = BUF_INIT(2 * MESSAGE_TEXTS_ALL), rest = BUF_INIT(2 * MESSAGE_TEXTS_ALL);
    size_t n = 0;
    for (size_t i = 0; i < texts->n; i++) {
        const struct message_text *t = &texts->list[i];
        if (!t->is_mail || i > 0) {
            out[n++] = (struct diagnose_text){.where = t->where, .text = t->text};
            continue;
        }
        put_subject(&part, subject);
        own_text_split(&part, own_only ? NULL : &rest, t->text);
        out[n++] = piece(t->where, &part, true, pool);
        if (rest.len)
            out[n++] = piece(t->where, &rest, false, pool);
    }
    buf_release(&part);
    buf_release(&rest);
    return n;
}

void errors_body(struct buf *out, struct buf *subjects, struct slice text)
{
    struct buf body = BUF_INIT(text.len + 1);
    struct scan c = scan_of(text);
    while (!scan_end(&c)) {
        struct scan line = scan_of(scan_line(&c));
        scan_while(&line, "> \t");
        struct slice rest = scan_rest(&line);
        enum quote_field field = quotes_field(rest);
        if (field == QUOTE_SUBJECT && subjects) {
            buf_slice(subjects, rest);
            buf_putc(subjects, '\n');
        }
        if (field || quotes_separator(rest) != QUOTE_NO_SEPARATOR)
            continue;
        buf_slice(&body, rest);
        buf_putc(&body, '\n');
    }
    own_text(out, buf_view(&body));
    buf_release(&body);
}

struct slice errors_line(struct slice body)
{
    static const char *const alarms[] = {"error",       "fail",    "invalid",  "could not",
                                         "cannot",      "unable",  "denied",   "rejected",
                                         "not allowed", "refused", "exception"};
    struct scan c = scan_of(body);
    while (!scan_end(&c)) {
        struct slice line = slice_trim(scan_line(&c));
        for (size_t i = 0; i < ARRAY_LEN(alarms); i++) {
            if (slice_find_nocase(line, slice_of(alarms[i])) >= 0)
                return line;
        }
    }
    return SLICE_NONE;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Letters and digits with dashes between, ending in digits. */
static bool is_number(struct slice s)
{
    size_t digits = 0, letters = 0;
    for (size_t i = 0; i < s.len; i++) {
        digits += is_digit(s.ptr[i]);
        letters += is_letter(s.ptr[i]);
        if (!is_digit(s.ptr[i]) && !is_letter(s.ptr[i]) && s.ptr[i] != '-')
            return false;
    }
    return s.len && digits >= NUMBER_MIN && digits > letters && is_digit(s.ptr[s.len - 1]);
}

size_t errors_numbers(struct slice own, const char **out, size_t max, struct pool *pool)
{
    struct scan c = scan_of(own);
    size_t n = 0;
    while (n < max && !scan_end(&c)) {
        scan_while(&c, " \t\r\n,;()\"'");
        struct slice word = scan_until(&c, " \t\r\n,;()\"'");
        while (word.len && strchr("#.!?:", word.ptr[0]))
            word = slice_skip(word, 1);
        while (word.len && strchr(".!?:", word.ptr[word.len - 1]))
            word.len--;
        if (word.len <= NUMBER_MAX && is_number(word))
            out[n++] = pool_slice(pool, word);
    }
    return n;
}

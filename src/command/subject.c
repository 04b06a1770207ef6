/* SPDX-License-Identifier: GPL-2.0-or-later */
/* subject: prefixes of replies and forwards in many languages, and tags of mail gateways (mail.md 4.3, 4.4).
 */
#include "words.h"

#include <pthread.h>

/* Short ones (I, R, TR ...) are ordinary letters too: they count only in front of another prefix or tag, or
 * when something else says that the mail belongs to a thread. "VS" is a reply in Finnish, a forward in Danish
 * and Norwegian. */
static const struct {
    const char *word;
    enum { REPLY = 1, FORWARD = 2, EITHER = 3 } kind;
    bool is_short;
} prefixes[] = {
    {"re", REPLY, false},
    {"aw", REPLY, false},
    {"antw", REPLY, false},
    {"antwort", REPLY, false},
    {"sv", REPLY, false},
    {"vá", REPLY, false},
    {"odp", REPLY, false},
    {"res", REPLY, false},
    {"ynt", REPLY, false},
    {"atb", REPLY, false},
    {"bls", REPLY, false},
    {"απ", REPLY, false},
    {"σχετ", REPLY, false},
    {"ответ", REPLY, false},
    {"отв", REPLY, false},
    {"відп", REPLY, false},
    {"odg", REPLY, false},
    {"răsp", REPLY, false},
    {"回复", REPLY, false},
    {"答复", REPLY, false},
    {"回覆", REPLY, false},
    {"返信", REPLY, false},
    {"회신", REPLY, false},
    {"답장", REPLY, false},
    {"תגובה", REPLY, false},
    {"השב", REPLY, false},
    {"رد", REPLY, false},
    {"rif", REPLY, false},
    {"fwd", FORWARD, false},
    {"fw", FORWARD, false},
    {"wg", FORWARD, false},
    {"doorst", FORWARD, false},
    {"rv", FORWARD, false},
    {"reenv", FORWARD, false},
    {"enc", FORWARD, false},
    {"vb", FORWARD, false},
    {"vs", EITHER, false},
    {"vl", FORWARD, false},
    {"videresend", FORWARD, false},
    {"tov", FORWARD, false},
    {"továbbítás", FORWARD, false},
    {"předávám", FORWARD, false},
    {"ilt", FORWARD, false},
    {"i̇lt", FORWARD, false},
    {"πρθ", FORWARD, false},
    {"пересл", FORWARD, false},
    {"пер", FORWARD, false},
    {"转发", FORWARD, false},
    {"轉寄", FORWARD, false},
    {"転送", FORWARD, false},
    {"전달", FORWARD, false},
    {"הועבר", FORWARD, false},
    {"إعادة توجيه", FORWARD, false},
    {"redir", FORWARD, false},
    {"trs", FORWARD, false},
    {"yml", FORWARD, false},
    {"r", REPLY, true},
    {"tl", REPLY, true},
    {"на", REPLY, true},
    {"i", FORWARD, true},
    {"tr", FORWARD, true},
    {"pd", FORWARD, true},
    {"ct", FORWARD, true},
    {"pr", FORWARD, true},
};

static const char *const tags[] = {"[EXTERNAL]",       "[EXT]",
                                   "[External Email]", "EXT:",
                                   "**EXTERNAL**",     "[EXTERN]",
                                   "[Externe]",        "*** SPAM ***",
                                   "[SPAM]",           "[Unverified Sender]",
                                   "[SUSPICIOUS]",     "[EXTERNAL EMAIL]",
                                   "(EXTERNAL)",       "EXTERNAL:",
                                   "[EXTERN E-MAIL]"};

/* The prefixes as they are compared. */
static char folded_prefixes[ARRAY_LEN(prefixes)][64];

static void fold_prefixes(void)
{
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
        struct buf folded = BUF_INIT(sizeof(folded_prefixes[i]) - 1);
        fold_into(&folded, slice_of(prefixes[i].word));
        ENSURE(!folded.overflow);
        snprintf(folded_prefixes[i], sizeof(folded_prefixes[i]), "%s", folded.data);
        buf_release(&folded);
    }
}

static struct slice after_tag(struct slice s)
{
    for (size_t i = 0; i < ARRAY_LEN(tags); i++) {
        if (slice_starts_nocase(s, slice_of(tags[i])))
            return slice_trim(slice_skip(s, strlen(tags[i])));
    }
    return s;
}

/* "Re", "Re[2]", "RE^2", "Re(3)" and then ":" or its full-width form. Returns what follows the colon. */
static bool take_prefix(struct slice s, size_t *which, struct slice *rest)
{
    static const struct slice wide = {"\xef\xbc\x9a", 3};
    struct scan c = scan_of(s);
    struct slice word = scan_until(&c, " :[(^\xef");
    if (word.len == 0 || word.len > 40)
        return false;
    /* a count in brackets, and the blank that the French put before a colon */
    if (scan_peek(&c) == '[' || scan_peek(&c) == '(' || scan_peek(&c) == '^') {
        scan_next(&c);
        if (scan_while(&c, "0123456789").len == 0)
            return false;
        scan_while(&c, "])");
    }
    scan_while(&c, " ");
    struct slice left = scan_rest(&c);
    bool plain = scan_char(&c, ':');
    if (!plain && !slice_starts(left, wide))
        return false;
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct buf folded = BUF_INIT(400);
    bool found = false;
    pthread_once(&once, fold_prefixes);
    fold_into(&folded, word);
    for (size_t i = 0; i < ARRAY_LEN(prefixes) && !found; i++) {
        found = slice_eq(slice_of(folded_prefixes[i]), buf_view(&folded));
        *which = i;
    }
    buf_release(&folded);
    *rest = slice_trim(slice_skip(left, plain ? 1 : wide.len));
    return found;
}

struct slice command_subject(struct slice subject, bool in_thread, bool *is_reply, bool *is_forward)
{
    struct slice s = slice_trim(subject);
    *is_reply = *is_forward = false;
    for (int rounds = 0; rounds < 30; rounds++) {
        struct slice before = s, rest, next;
        size_t which, other;
        s = after_tag(s);
        if (take_prefix(s, &which, &rest)) {
            next = after_tag(rest);
            bool counts = in_thread || !prefixes[which].is_short || next.len != rest.len ||
                          take_prefix(rest, &other, &next);
            if (counts) {
                bool outermost = !*is_reply && !*is_forward;
                *is_reply = *is_reply || (outermost && prefixes[which].kind & REPLY);
                *is_forward = *is_forward || (outermost && prefixes[which].kind & FORWARD);
                s = rest;
            }
        }
        if (s.ptr == before.ptr && s.len == before.len)
            break;
    }
    return s;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* testmail: the subject of a test mail of `doctor --prove` (gate.h). The word alone: a mail that speaks of
 * it, or that answers it, is one like any other. */
#include "gate_internal.h"

#include <glib.h>

enum { TAGS_MAX = 4, TAG_MAX = 40 };

static const char word[] = "frontdesk-test-";

/* "[EXTERNAL] ", "(EXT) ", "**EXTERNAL** ", "EXTERNAL: " before the word; what it is called is the gateway's.
 */
static struct slice after_tag(struct slice s)
{
    static const struct {
        char open, close;
    } marks[] = {{'[', ']'}, {'(', ')'}, {'*', '*'}};
    struct scan c = scan_of(s);
    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        const char open[] = {marks[i].open, '\0'}, close[] = {marks[i].close, '\0'};
        if (scan_while(&c, open).len == 0)
            continue;
        bool fits = scan_until(&c, close).len <= TAG_MAX && scan_while(&c, close).len > 0;
        return fits ? slice_trim(scan_rest(&c)) : s;
    }
    struct slice name = scan_until(&c, ": ");
    bool external = slice_eq_nocase(name, SLICE("EXT")) || slice_eq_nocase(name, SLICE("EXTERNAL"));
    return external && scan_char(&c, ':') ? slice_trim(scan_rest(&c)) : s;
}

static bool is_code(struct slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (!g_ascii_isalnum(s.ptr[i]))
            return false;
    }
    return s.len == GATE_TEST_CODE;
}

enum gate_test gate_test_mail(struct slice subject, struct slice *code)
{
    struct slice s = slice_trim(subject);
    *code = SLICE_NONE;
    for (unsigned i = 0; i < TAGS_MAX; i++)
        s = after_tag(s);
    if (!slice_starts_nocase(s, slice_of(word)))
        return GATE_TEST_NONE;
    s = slice_skip(s, sizeof(word) - 1);
    struct slice end = slice_skip(s, GATE_TEST_CODE);
    enum gate_test side = slice_eq_nocase(end, SLICE("-in"))    ? GATE_TEST_INSIDE
                          : slice_eq_nocase(end, SLICE("-out")) ? GATE_TEST_OUTSIDE
                                                                : GATE_TEST_NONE;
    if (side == GATE_TEST_NONE || !is_code(slice_cut(s, GATE_TEST_CODE)))
        return GATE_TEST_NONE;
    *code = slice_cut(s, GATE_TEST_CODE);
    return side;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* limits: what a mail can have too much of, and how an error says it: "NAME: ..., at most N are accepted".
 * The name is how it is known again on the other side of a caged reader, whose other words nobody is shown.
 */
#include "message_internal.h"

#include <inttypes.h>

const struct message_limits message_limits_default = {.size = 35 * 1024 * 1024, .parts = 200, .depth = 20};

static const struct {
    const char *name, *has, *what;
} rows[] = {
    [OVER_SIZE] = {"limits.message_size", "the mail has", "bytes"},
    [OVER_PARTS] = {"limits.parts", "the mail has", "parts"},
    [OVER_DEPTH] = {"limits.depth", "the mail is nested", "levels deep"},
    [OVER_HEADER] = {"header block", "it has", "bytes"},
    [OVER_FIELDS] = {"header fields", "there are", "of them"},
    [OVER_FIELD] = {"header field", "one has", "bytes"},
    [OVER_ADDRESSES] = {"address field", "one has", "separators or bytes"},
    [OVER_ADDRESSES_INSIDE] = {"address field inside", "one has", "colons"},
    [OVER_FIELD_INSIDE] = {"header field inside", "one has", "bytes"},
    [OVER_STRUCTURE] = {"structure", "the parts inside take", "bytes of memory"},
    [OVER_BOUNDARIES] = {"boundaries", "the parts inside take", "comparisons of lines"},
    [OVER_TEXTS] = {"texts", "what can be read has", "bytes"},
};

int message_over(struct err *e, enum message_over what, bool counted, uint64_t has, uint64_t most)
{
    return err_set(e, ERR_LIMIT, "%s: %s %s%" PRIu64 " %s, at most %" PRIu64 " are accepted", rows[what].name,
                   rows[what].has, counted ? "" : "over ", has, rows[what].what, most);
}

bool message_over_of(const struct err *e, enum message_over *what)
{
    const char *colon = strchr(e->text, ':');
    struct slice name = slice_from(e->text, colon ? (size_t)(colon - e->text) : 0);
    for (size_t i = 0; e->code == ERR_LIMIT && i < ARRAY_LEN(rows); i++) {
        if (slice_eq(name, slice_of(rows[i].name))) {
            *what = (enum message_over)i;
            return true;
        }
    }
    return false;
}

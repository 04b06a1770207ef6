/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_command: subject, text and the people's names from the input: whoever gets a ticket may get one, a
 * question assigns nobody, and the title always fits Autotask's 255 UTF-16 units. */
#include "fuzz.h"

#include "frontdesk/command.h"
#include "frontdesk/message.h"

enum { PEOPLE = 8 };

/* As message gives it: clean UTF-8. */
static struct slice cleaned(struct slice raw, bool multiline, struct pool *pool)
{
    struct buf utf8 = BUF_INIT(1 << 20), clean = BUF_INIT(1 << 20);
    message_to_utf8(&utf8, raw, SLICE_NONE);
    message_clean(&clean, buf_view(&utf8), multiline);
    struct slice kept = slice_from(pool_slice(pool, buf_view(&clean)), clean.len);
    buf_release(&utf8);
    buf_release(&clean);
    return kept;
}

static struct directory *people(struct scan *c, struct pool *pool)
{
    struct directory_resource r[PEOPLE];
    const char *nicknames[PEOPLE][2];
    struct directory values = {.resources = r, .web_url = ""};
    while (!scan_end(c) && values.n_resources < PEOPLE) {
        size_t i = values.n_resources++;
        bool assignable = fuzz_pick(c, 4) != 0;
        r[i] = (struct directory_resource){.id = (int64_t)i + 1,
                                           .role_id = assignable,
                                           .assignable = assignable,
                                           .why_not = assignable ? "" : "inactive",
                                           .email = ""};
        r[i].first = cleaned(fuzz_field(c), false, pool).ptr;
        r[i].last = cleaned(fuzz_field(c), false, pool).ptr;
        r[i].user = cleaned(fuzz_field(c), false, pool).ptr;
        nicknames[i][0] = cleaned(fuzz_field(c), false, pool).ptr;
        nicknames[i][1] = NULL;
        r[i].nicknames = nicknames[i];
    }
    return directory_build(&values);
}

static size_t utf16_units(const char *s)
{
    size_t units = 0;
    for (; *s; s++)
        units += (*s & 0xc0) != 0x80 ? 1 + ((unsigned char)*s >= 0xf0) : 0;
    return units;
}

static void check(const struct command *cmd)
{
    ENSURE(cmd->verb && cmd->title && cmd->stripped);
    ENSURE(fuzz_is_clean(slice_of(cmd->title)) && fuzz_is_utf8(slice_of(cmd->title)));
    ENSURE(utf16_units(cmd->title) <= 255);
    ENSURE((cmd->kind == COMMAND_TICKET) == (cmd->n_resources > 0));
    ENSURE(cmd->n_resources <= COMMAND_MAX_RESOURCES && cmd->n_suggestions <= COMMAND_MAX_SUGGESTIONS);
    ENSURE(cmd->n_evidence <= COMMAND_MAX_EVIDENCE);
    for (size_t i = 0; i < cmd->n_resources; i++) {
        ENSURE(cmd->resources[i]->assignable);
        for (size_t k = 0; k < i; k++)
            ENSURE(cmd->resources[i] != cmd->resources[k]);
    }
    for (size_t i = 0; i < cmd->n_suggestions; i++)
        ENSURE(cmd->suggestions[i]->assignable);
    for (size_t i = 0; i < cmd->n_evidence; i++)
        ENSURE(command_how_name(cmd->evidence[i].how)[0] && command_where_name(cmd->evidence[i].where)[0] &&
               cmd->evidence[i].text.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct scan c = scan_of(slice_from((const char *)data, size));
    struct pool *pool = pool_new(16 << 20);
    struct slice subject = slice_cut_utf8(cleaned(fuzz_field(&c), false, pool), 998);
    struct slice text = cleaned(fuzz_field(&c), true, pool);
    struct directory *d = people(&c, pool);
    struct command_names *names = names_index_new(d);
    struct command cmd, stripped;
    command_read(&cmd, subject, text, d, names, pool);
    check(&cmd);
    /* what was stripped once has nothing left to strip, but for a chain longer than anybody's */
    command_read(&stripped, slice_of(cmd.stripped), text, d, names, pool);
    ENSURE(subject.len > 90 || (strcmp(stripped.stripped, cmd.stripped) == 0 &&
                                strcmp(stripped.title, cmd.title) == 0 && stripped.kind == cmd.kind));
    names_index_free(&names);
    directory_unref(&d);
    pool_free(&pool);
    return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_authres: a header block goes through the whole gate. Without "pass" anywhere nobody may be staff. */
#include "fuzz.h"

#include "frontdesk/gate.h"

/* A staff verdict takes one of these words of the profile, and "pass" or "internal". */
static const char *const marks[] = {[CONF_TRUST_SERVER] = "mx.corp.test",
                                    [CONF_TRUST_GOOGLE] = "mx.google.com",
                                    [CONF_TRUST_EXCHANGE] = ".outlook.com"};

static void judge(const struct message *m, struct slice bytes, enum conf_trust trust)
{
    static char corp[] = "corp.test", *domains[] = {corp};
    static char server[] = "mx.corp.test", bot[] = "tickets@bot.test";
    struct conf_mailbox box = {.address = bot, .trust = trust, .trust_server = server};
    struct conf conf = {.firm = {.domains = {.v = domains, .n = 1}}, .mailboxes = &box, .n_mailboxes = 1};
    struct gate_context c = {.conf = &conf, .mailbox = &box, .message_id_host = "frontdesk.bot.test"};
    struct gate_result r;
    gate_judge(m, &c, &r);
    ENSURE(r.reason[0] && strlen(r.evidence) < sizeof(r.evidence));
    if (r.verdict != GATE_STAFF)
        return;
    ENSURE(slice_find_nocase(bytes, SLICE("pass")) >= 0 || slice_find_nocase(bytes, SLICE("internal")) >= 0);
    ENSURE(slice_find_nocase(bytes, slice_of(marks[trust])) >= 0 ||
           (trust == CONF_TRUST_EXCHANGE && slice_find_nocase(bytes, SLICE(".office365.com")) >= 0));
    ENSURE(strchr(r.address, '@') && strcmp(strchr(r.address, '@'), "@corp.test") == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice bytes = slice_from((const char *)data, size);
    struct message m;
    struct err e = ERR_INIT;
    if (reader_read(&m, bytes, true, NULL, &e) != 0)
        return 0;
    judge(&m, bytes, CONF_TRUST_SERVER);
    judge(&m, bytes, CONF_TRUST_GOOGLE);
    judge(&m, bytes, CONF_TRUST_EXCHANGE);
    message_release(&m);
    return 0;
}

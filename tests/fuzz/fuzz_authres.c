/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz_authres: a header block goes through the whole gate. Without "pass" anywhere nobody may be staff. */
#include "fuzz.h"

#include "frontdesk/gate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char corp[] = "corp.test", *domains[] = {corp};
    static char server[] = "mx.corp.test", bot[] = "tickets@bot.test";
    struct conf_mailbox box = {.address = bot, .trust = CONF_TRUST_SERVER, .trust_server = server};
    struct conf conf = {.firm = {.domains = {.v = domains, .n = 1}}, .mailboxes = &box, .n_mailboxes = 1};
    struct gate_context c = {.conf = &conf, .mailbox = &box, .message_id_host = "frontdesk.bot.test"};
    struct gate_result r;
    struct message m;
    struct err e = ERR_INIT;
    if (reader_read(&m, slice_from((const char *)data, size), true, NULL, &e) != 0)
        return 0;
    gate_judge(&m, &c, &r);
    ENSURE(r.reason[0] && strlen(r.evidence) < sizeof(r.evidence));
    if (r.verdict == GATE_STAFF) {
        struct slice bytes = slice_from((const char *)data, size);
        ENSURE(slice_find_nocase(bytes, SLICE("pass")) >= 0 &&
               slice_find_nocase(bytes, SLICE("mx.corp.test")) >= 0);
        ENSURE(strchr(r.address, '@') && strcmp(strchr(r.address, '@'), "@corp.test") == 0);
    }
    message_release(&m);
    return 0;
}

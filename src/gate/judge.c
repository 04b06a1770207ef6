/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge: the order of the gate's questions. Machine? Well-formed? Staff? Consistent? Proven? */
#include "gate_internal.h"

#include <stdarg.h>

void gate_say(struct gate_result *r, const char *reason, const char *fmt, ...)
{
    char line[2048];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(line, sizeof(line), fmt, ap);
    va_end(ap);
    snprintf(r->reason, sizeof(r->reason), "%s", reason);
    /* raw header bytes go to terminals from here: made UTF-8 and clean first */
    struct buf utf8 = BUF_INIT(8 * sizeof(line)), clean = BUF_INIT(8 * sizeof(line));
    message_to_utf8(&utf8, slice_of(line), SLICE_NONE);
    message_clean(&clean, buf_view(&utf8), false);
    struct slice cut = slice_cut_utf8(buf_view(&clean), sizeof(r->evidence) - 1);
    memcpy(r->evidence, cut.ptr, cut.len);
    r->evidence[cut.len] = '\0';
    buf_release(&utf8);
    buf_release(&clean);
}

/* T1 to T3 on the field as it stands. */
static bool from_is_strict(const struct message *m, struct gate_result *r)
{
    const struct message_field *f = message_field(m, "From", 0);
    if (!f || message_count(m, "From") != 1) {
        gate_say(r, f ? "T1-two-from" : "T1-no-from", "%u From fields, exactly 1 is accepted",
                 message_count(m, "From"));
        return false;
    }
    if (f->name.len != 4) {
        gate_say(r, "T1-from-blank", "blank before the colon of From");
        return false;
    }
    const char *reason;
    struct slice value = message_str(m, f->value);
    if (!gate_parse_from(value, r->address, &reason)) {
        gate_say(r, reason, "From: %.*s", SLICE_ARG(slice_cut(value, 300)));
        return false;
    }
    return true;
}

/* trust = "none": every sender is taken at their word, and every reply says so. */
static bool believes(const struct message *m, const struct conf_mailbox *box, const struct conf *conf,
                     struct gate_result *r)
{
    (void)m, (void)box, (void)conf;
    r->unauthenticated = true;
    gate_say(r, "trust-none", "%s taken at its word: trust = \"none\"", r->address);
    return true;
}

static bool (*const profiles[])(const struct message *, const struct conf_mailbox *, const struct conf *,
                                struct gate_result *) = {
    [CONF_TRUST_NONE] = believes,
    [CONF_TRUST_SERVER] = authres_proves,
    [CONF_TRUST_GOOGLE] = google_proves,
    [CONF_TRUST_EXCHANGE] = exchange_proves,
};

void gate_judge(const struct message *m, const struct gate_context *c, struct gate_result *r)
{
    *r = (struct gate_result){.verdict = GATE_UNPROVEN};
    bool strict = from_is_strict(m, r);
    struct gate_result machine = *r;
    if (machine_test(m, c, &machine)) {
        *r = machine;
        r->verdict = GATE_MACHINE;
        return;
    }
    if (!strict)
        return;
    if (!staff_is_address(c->conf, r->address)) {
        r->verdict = GATE_STRANGER;
        gate_say(r, "not-staff", "%s is in no domain of firm.domains and not in staff.extra_addresses",
                 r->address);
        return;
    }
    if (c->assumed) {
        r->verdict = GATE_STAFF;
        gate_say(r, "assumed", "taken for a mail of %s that the mail server vouches for", r->address);
        return;
    }
    if (!staff_tests(m, c, r))
        return;
    if (profiles[c->mailbox->trust](m, c->mailbox, c->conf, r))
        r->verdict = GATE_STAFF;
}

bool gate_proves(const struct message *m, const struct gate_context *c, struct gate_result *r)
{
    *r = (struct gate_result){.verdict = GATE_UNPROVEN};
    return from_is_strict(m, r) && profiles[c->mailbox->trust](m, c->mailbox, c->conf, r);
}

const char *gate_verdict_name(enum gate_verdict v)
{
    static const char *const names[] = {[GATE_STAFF] = "staff",
                                        [GATE_MACHINE] = "machine",
                                        [GATE_STRANGER] = "stranger",
                                        [GATE_UNPROVEN] = "unproven"};
    return (size_t)v < ARRAY_LEN(names) ? names[v] : "unknown";
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* provemail: one mail before every trust profile: the verdicts, and the fields that they rest on. */
#include "frontdesk/json.h"
#include "prove.h"

enum { MOST_FIELDS = 60, VALUE_SHOWN = 150 };

/* --- the profiles --- */

static void add_profile(struct prove_box *box, enum conf_trust trust, const char *server)
{
    static const char *const names[] = {[CONF_TRUST_NONE] = "none",
                                        [CONF_TRUST_SERVER] = "server:",
                                        [CONF_TRUST_GOOGLE] = "google",
                                        [CONF_TRUST_EXCHANGE] = "exchange-online"};
    struct prove_profile p = {.trust = trust};
    snprintf(p.server, sizeof(p.server), "%s", server);
    snprintf(p.name, sizeof(p.name), "%s%s", names[trust], p.server);
    for (size_t i = 0; i < box->n_profiles; i++) {
        if (strcasecmp(box->profiles[i].name, p.name) == 0)
            return;
    }
    if (box->n_profiles < PROVE_PROFILES)
        box->profiles[box->n_profiles++] = p;
}

void prove_box_init(struct prove_box *box, const struct conf *conf, const struct conf_mailbox *mailbox)
{
    *box = (struct prove_box){.conf = conf, .mailbox = mailbox};
    const char *at = strrchr(conf->mailboxes[0].address, '@');
    snprintf(box->message_id_host, sizeof(box->message_id_host), "frontdesk.%s", at ? at + 1 : "localhost");
    add_profile(box, mailbox->trust, mailbox->trust == CONF_TRUST_SERVER ? mailbox->trust_server : "");
    add_profile(box, CONF_TRUST_EXCHANGE, "");
    add_profile(box, CONF_TRUST_GOOGLE, "");
    add_profile(box, CONF_TRUST_NONE, "");
}

void prove_box_release(struct prove_box *box)
{
    for (size_t i = 0; i < box->n_mails; i++)
        message_release(&box->mails[i].message);
    mailbox_peek_free(&box->peek);
}

bool prove_box_add(struct prove_box *box, const struct prove_mail *mail)
{
    const struct message_field *f;
    char id[256];
    if (box->n_mails == PROVE_MAILS)
        return false;
    box->mails[box->n_mails++] = *mail;
    for (unsigned n = 0; (f = message_field(&mail->message, "Authentication-Results", n)) != NULL; n++) {
        if (gate_authserv_id(message_str(&mail->message, f->value), id))
            add_profile(box, CONF_TRUST_SERVER, id);
    }
    return true;
}

size_t prove_box_count(const struct prove_box *box, enum gate_test side)
{
    size_t n = 0;
    for (size_t i = 0; i < box->n_mails; i++)
        n += box->mails[i].side == side;
    return n;
}

void prove_judge(const struct prove_box *box, const struct prove_mail *mail,
                 const struct prove_profile *profile, struct prove_opinion *out)
{
    struct conf_mailbox mailbox = *box->mailbox;
    char server[sizeof(profile->server)];
    struct gate_context c = {
        .conf = box->conf, .mailbox = &mailbox, .message_id_host = box->message_id_host, .proving = true};
    snprintf(server, sizeof(server), "%s", profile->server);
    mailbox.trust = profile->trust;
    mailbox.trust_server = server;
    gate_judge(&mail->message, &c, &out->whole);
    out->proves = gate_proves(&mail->message, &c, &out->proof);
}

/* --- what is shown of it --- */

static const char *would(enum gate_verdict verdict)
{
    static const char *const words[] = {[GATE_STAFF] = "do what it asks, and answer",
                                        [GATE_MACHINE] = "file it: a machine wrote it",
                                        [GATE_STRANGER] = "file it: a stranger",
                                        [GATE_UNPROVEN] = "file it: not proven"};
    return words[verdict];
}

/* Fields by which the sender is judged. */
static bool is_shown(const struct message *m, const struct message_field *f)
{
    static const char *const names[] = {"Received",
                                        "Authentication-Results",
                                        "ARC-Authentication-Results",
                                        "X-MS-Exchange-Organization-AuthAs",
                                        "X-MS-Exchange-Organization-AuthSource",
                                        "Return-Path",
                                        "From",
                                        "Sender",
                                        "Reply-To"};
    struct slice name = slice_trim(message_str(m, f->name));
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (slice_eq_nocase(name, slice_of(names[i])))
            return true;
    }
    return false;
}

/* A field as one line of clean text. */
static void put_field(const struct message *m, const struct message_field *f, struct buf *out)
{
    struct buf raw = BUF_INIT(70000), utf8 = BUF_INIT(300000), clean = BUF_INIT(300000);
    buf_slice(&raw, slice_trim(message_str(m, f->name)));
    buf_puts(&raw, ": ");
    buf_slice(&raw, slice_trim(message_str(m, f->value)));
    message_to_utf8(&utf8, buf_view(&raw), SLICE_NONE);
    message_clean(&clean, buf_view(&utf8), false);
    struct slice line = buf_view(&clean);
    buf_slice(out, slice_cut_utf8(line, VALUE_SHOWN));
    buf_puts(out, line.len > VALUE_SHOWN ? " ..." : "");
    buf_release(&raw);
    buf_release(&utf8);
    buf_release(&clean);
}

/* What field `i` means to which profiles. */
static void put_meaning(const struct prove_box *box, const struct prove_mail *mail, unsigned i,
                        struct buf *out)
{
    for (size_t k = 0; k < box->n_profiles; k++) {
        struct prove_opinion o;
        prove_judge(box, mail, &box->profiles[k], &o);
        const char *what = o.proof.border == i + 1    ? "where it came in, for"
                           : o.proof.counted == i + 1 ? "decides for"
                           : o.proof.forged == i + 1  ? "came with the mail, so it does not count for"
                                                      : NULL;
        if (what)
            buf_printf(out, "%s%s %s", out->len ? "; " : "", what, box->profiles[k].name);
    }
}

static void show_fields(const struct prove_box *box, const struct prove_mail *mail, struct buf *json)
{
    const struct message *m = &mail->message;
    unsigned shown = 0;
    for (unsigned i = 0; i < m->n_fields && shown < MOST_FIELDS; i++) {
        struct buf line = BUF_INIT(2000), meaning = BUF_INIT(20000);
        if (!is_shown(m, &m->fields[i]))
            continue;
        shown++;
        put_field(m, &m->fields[i], &line);
        put_meaning(box, mail, i, &meaning);
        if (json) {
            json_put_name(json, NULL);
            buf_putc(json, '{');
            json_put_int(json, "place", i + 1);
            json_put_text(json, "field", line.data);
            json_put_text(json, "meaning", meaning.data);
            buf_putc(json, '}');
        } else {
            cli_printf("    %3u  %s\n", i + 1, line.data);
            if (meaning.len)
                cli_printf("         ^ %s\n", meaning.data);
        }
        buf_release(&line);
        buf_release(&meaning);
    }
}

static const char *side_name(const struct prove_mail *mail)
{
    static const char *const names[] = {[GATE_TEST_NONE] = "mail",
                                        [GATE_TEST_INSIDE] = "mail from inside",
                                        [GATE_TEST_OUTSIDE] = "mail from outside"};
    return names[mail->side];
}

static void show_json(const struct prove_box *box, const struct prove_mail *mail, struct buf *json)
{
    char when[32];
    clock_format_utc(mail->received_ms, when);
    json_put_name(json, NULL);
    buf_putc(json, '{');
    json_put_text(json, "side",
                  mail->side == GATE_TEST_INSIDE    ? "inside"
                  : mail->side == GATE_TEST_OUTSIDE ? "outside"
                                                    : "");
    json_put_text(json, "place", mail->place);
    json_put_text(json, "received", mail->received_ms ? when : "");
    json_put_name(json, "profiles");
    buf_putc(json, '[');
    for (size_t k = 0; k < box->n_profiles; k++) {
        struct prove_opinion o;
        prove_judge(box, mail, &box->profiles[k], &o);
        json_put_name(json, NULL);
        buf_putc(json, '{');
        json_put_text(json, "profile", box->profiles[k].name);
        json_put_text(json, "sender", o.proof.address);
        json_put_bool(json, "proven", o.proves);
        json_put_text(json, "reason", o.proof.reason);
        json_put_text(json, "evidence", o.proof.evidence);
        json_put_text(json, "verdict", gate_verdict_name(o.whole.verdict));
        json_put_text(json, "test", o.whole.reason);
        buf_putc(json, '}');
    }
    buf_putc(json, ']');
    json_put_name(json, "fields");
    buf_putc(json, '[');
    show_fields(box, mail, json);
    buf_puts(json, "]}");
}

void prove_show(const struct prove_box *box, const struct prove_mail *mail, struct buf *json)
{
    struct prove_opinion first;
    char when[32];
    if (json) {
        show_json(box, mail, json);
        return;
    }
    prove_judge(box, mail, &box->profiles[0], &first);
    cli_time(box->conf, mail->received_ms, when);
    cli_printf("\n%s: %s, %s%s%s, from %s\n", box->mailbox->name, side_name(mail), mail->place,
               mail->received_ms ? " " : "", mail->received_ms ? when : "",
               first.proof.address[0] ? first.proof.address : "an address that cannot be read");
    cli_printf("    %-36s %-15s frontdesk would\n", "trust (* as it is set)", "sender proven");
    for (size_t k = 0; k < box->n_profiles; k++) {
        struct prove_opinion o;
        prove_judge(box, mail, &box->profiles[k], &o);
        cli_printf("  %s %-36s %-15s %s\n", k == 0 ? "*" : " ", box->profiles[k].name,
                   !o.proves                                   ? "no"
                   : box->profiles[k].trust == CONF_TRUST_NONE ? "nobody asks"
                                                               : "yes",
                   would(o.whole.verdict));
        cli_printf("        %s: %s\n", o.proof.reason, o.proof.evidence);
        if (o.whole.verdict != GATE_STAFF && strcmp(o.whole.reason, o.proof.reason) != 0)
            cli_printf("        %s: %s\n", o.whole.reason, o.whole.evidence);
    }
    printf("    what its header says of that, from the top:\n");
    show_fields(box, mail, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * machine: mail that no person wrote, as a table of tests (mail.md 2.1, rules 1 to 11 and 13). Such mail is
 * recorded and never answered. Subject words never decide alone (rule 11): they count only beside another
 * sign that by itself is too weak.
 *
 * X-Auto-Response-Suppress with All or AutoReply only asks for no answer. A request that must not be answered
 * cannot be served as promised, and automatic mail of Exchange carries it: it counts as machine mail.
 */
#include "gate_internal.h"

#include <glib.h>

struct hearing {
    const struct message *m;
    const struct gate_context *c;
    struct gate_result *r;
    const char *code;
};

static bool found(const struct hearing *h, const char *field, struct slice value)
{
    gate_say(h->r, h->code, "%s: %.*s", field, SLICE_ARG(slice_cut(value, 200)));
    return true;
}

static struct slice value_of(const struct hearing *h, const char *name, unsigned n)
{
    const struct message_field *f = message_field(h->m, name, n);
    return f ? message_str(h->m, f->value) : SLICE_NONE;
}

/* First word of a value, comments and parameters away. */
static struct slice first_word(struct slice value)
{
    struct scan c = scan_of(value);
    for (;;) {
        scan_while(&c, " \t");
        if (!scan_char(&c, '('))
            return scan_until(&c, " \t;,(");
        unsigned depth = 1;
        while (depth && !scan_end(&c)) {
            int ch = scan_next(&c);
            depth += ch == '(';
            depth -= ch == ')';
        }
    }
}

static bool has_word(struct slice value, const char *word)
{
    struct scan c = scan_of(value);
    while (!scan_end(&c)) {
        scan_while(&c, " \t,;");
        if (slice_eq_nocase(scan_until(&c, " \t,;"), slice_of(word)))
            return true;
    }
    return false;
}

static bool null_sender(const struct hearing *h, const char *arg)
{
    (void)arg;
    if (!message_field(h->m, "Return-Path", 0))
        return false;
    struct slice v = value_of(h, "Return-Path", 0);
    struct scan c = scan_of(v);
    scan_while(&c, " \t");
    bool angle = scan_char(&c, '<');
    scan_while(&c, " \t");
    return ((angle && scan_char(&c, '>')) || v.len == 0) && found(h, "Return-Path", v);
}

static bool auto_submitted(const struct hearing *h, const char *arg)
{
    for (unsigned n = 0; message_field(h->m, arg, n); n++) {
        if (!slice_eq_nocase(first_word(value_of(h, arg, n)), SLICE("no")))
            return found(h, arg, value_of(h, arg, n));
    }
    return false;
}

static bool precedence(const struct hearing *h, const char *arg)
{
    static const char *const words[] = {"bulk", "junk", "list", "auto_reply", "auto-reply"};
    for (unsigned n = 0; message_field(h->m, arg, n); n++) {
        struct slice word = first_word(value_of(h, arg, n));
        for (size_t i = 0; i < ARRAY_LEN(words); i++) {
            if (slice_eq_nocase(word, slice_of(words[i])))
                return found(h, arg, word);
        }
    }
    return false;
}

static bool present(const struct hearing *h, const char *arg)
{
    return message_field(h->m, arg, 0) && found(h, arg, value_of(h, arg, 0));
}

static bool suppress(const struct hearing *h, const char *arg)
{
    for (unsigned n = 0; message_field(h->m, arg, n); n++) {
        struct slice v = value_of(h, arg, n);
        if (has_word(v, "All") || has_word(v, "AutoReply"))
            return found(h, arg, v);
    }
    return false;
}

static bool autoresponder(const struct hearing *h, const char *arg)
{
    for (unsigned n = 0; message_field(h->m, arg, n); n++) {
        if (slice_starts_nocase(value_of(h, arg, n), SLICE("Autoresponder")))
            return found(h, arg, value_of(h, arg, n));
    }
    return false;
}

static bool report(const struct hearing *h, const char *arg)
{
    (void)arg;
    struct slice top = message_str(h->m, h->m->top_type);
    if (slice_eq(top, SLICE("multipart/report")) || slice_eq(top, SLICE("message/delivery-status")) ||
        slice_eq(top, SLICE("message/disposition-notification")))
        return found(h, "Content-Type", top);
    for (unsigned i = 0; i < h->m->n_parts; i++) {
        const struct message_part *p = &h->m->parts[i];
        if (p->kind == PART_REPORT && p->depth <= 1)
            return found(h, "part", message_str(h->m, p->type));
    }
    return false;
}

static bool calendar_answer(const struct hearing *h, const char *arg)
{
    (void)arg;
    for (unsigned i = 0; i < h->m->n_parts; i++) {
        if (h->m->parts[i].kind == PART_CALENDAR && h->m->parts[i].is_answer)
            return found(h, "part", SLICE("text/calendar with the answer to an invitation"));
    }
    return false;
}

static bool robot_name(struct slice local)
{
    static const char *const names[] = {
        "mailer-daemon", "postmaster", "no-reply", "noreply", "do-not-reply",
        "donotreply",    "nobody",     "bounce",   "bounces", "listserv",
        "majordomo",     "mdaemon",    "daemon",   "root",    "abuse",
    };
    static const char *const tails[] = {"-bounces", "-owner", "-request"};
    long plus = slice_find_char(local, '+');
    if (plus > 0)
        local = slice_cut(local, (size_t)plus);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (slice_eq_nocase(local, slice_of(names[i])))
            return true;
    }
    for (size_t i = 0; i < ARRAY_LEN(tails); i++) {
        if (slice_ends_nocase(local, slice_of(tails[i])))
            return true;
    }
    return slice_starts_nocase(local, SLICE("owner-"));
}

/* The address in a field: ours where it is strict, the library's view of From where it is not (a robot may
 * write badly; it is only left unanswered for it). */
static bool address_in(const struct hearing *h, const char *field, unsigned n, char address[256])
{
    const char *reason;
    if (gate_parse_from(value_of(h, field, n), address, &reason))
        return true;
    struct slice library = message_str(h->m, h->m->from_library);
    if (strcmp(field, "From") != 0 || library.len == 0 || library.len > 255)
        return false;
    memcpy(address, library.ptr, library.len);
    address[library.len] = '\0';
    return true;
}

static bool robot_sender(const struct hearing *h, const char *arg)
{
    char address[256];
    for (unsigned n = 0; n < 4 && message_field(h->m, arg, n); n++) {
        if (!address_in(h, arg, n, address))
            continue;
        long at = slice_find_char(slice_of(address), '@');
        if (at > 0 && robot_name(slice_from(address, (size_t)at)))
            return found(h, arg, slice_of(address));
    }
    return false;
}

static bool own_address(const struct hearing *h, const char *arg)
{
    char address[256];
    for (unsigned n = 0; n < 4 && message_field(h->m, arg, n); n++) {
        if (address_in(h, arg, n, address) && staff_is_own(h->c->conf, address))
            return found(h, arg, slice_of(address));
    }
    return false;
}

static bool own_message_id(const struct hearing *h, const char *arg)
{
    struct slice id = value_of(h, arg, 0);
    struct slice host = slice_of(h->c->message_id_host);
    if (!id.ptr || host.len == 0 || id.len < host.len + 2 || id.ptr[id.len - 1] != '>')
        return false;
    struct slice tail = slice_skip(slice_cut(id, id.len - 1), id.len - 2 - host.len);
    return slice_starts(tail, SLICE("@")) && slice_eq_nocase(slice_skip(tail, 1), host) && found(h, arg, id);
}

static bool many_hops(const struct hearing *h, const char *arg)
{
    unsigned n = message_count(h->m, arg);
    if (n <= 25)
        return false;
    gate_say(h->r, h->code, "%u Received fields, at most 25 are plausible", n);
    return true;
}

static bool weak_signs(const struct hearing *h, const char *arg)
{
    static const char *const words[] = {
        "Automatic reply:",
        "Auto:",
        "Out of office",
        "Abwesenheitsnotiz",
        "Automatische Antwort:",
        "Réponse automatique",
        "Respuesta automática",
        "Risposta automatica",
        "Resposta automática",
        "Automatisch antwoord",
        "Autosvar",
        "Automaattinen vastaus",
        "Automatyczna odpowiedź",
        "Automatická odpověď",
        "Автоматический ответ",
        "自动答复",
        "自動回覆",
        "自動応答",
        "Undeliverable:",
        "Undelivered Mail Returned to Sender",
        "Delivery Status Notification",
        "Unzustellbar:",
        "Read:",
        "Gelesen:",
        "Lu:",
    };
    /* a suppress request of any kind; a person's program sets none */
    if (!message_field(h->m, arg, 0))
        return false;
    struct slice subject = message_str(h->m, h->m->subject);
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (slice_starts_nocase(subject, slice_of(words[i])))
            return found(h, "Subject", subject);
    }
    return false;
}

static bool test_mail(const struct hearing *h, const char *arg)
{
    struct slice subject = message_str(h->m, h->m->subject), code;
    return !h->c->proving && gate_test_mail(subject, &code) != GATE_TEST_NONE && found(h, arg, subject);
}

static const struct {
    const char *code;
    bool (*test)(const struct hearing *h, const char *arg);
    const char *arg;
} rows[] = {
    {"test-mail", test_mail, "Subject"},
    {"null-sender", null_sender, NULL},
    {"own-id", own_message_id, "Message-ID"},
    {"own-address", own_address, "From"},
    {"own-address", own_address, "Sender"},
    {"own-address", own_address, "Reply-To"},
    {"own-address", own_address, "Return-Path"},
    {"auto-submitted", auto_submitted, "Auto-Submitted"},
    {"precedence", precedence, "Precedence"},
    {"list", present, "List-Id"},
    {"list", present, "List-Unsubscribe"},
    {"list", present, "List-Post"},
    {"list", present, "List-Help"},
    {"list", present, "List-Archive"},
    {"list", present, "List-Owner"},
    {"list", present, "Mailing-List"},
    {"list", present, "X-Mailing-List"},
    {"list", present, "X-BeenThere"},
    {"list", present, "Feedback-ID"},
    {"suppress", suppress, "X-Auto-Response-Suppress"},
    {"auto-reply", present, "X-Autoreply"},
    {"auto-reply", present, "X-Autorespond"},
    {"auto-reply", present, "X-Autoresponse"},
    {"auto-reply", present, "X-AutoReply-From"},
    {"auto-reply", present, "X-Mail-Autoreply"},
    {"auto-reply", present, "X-Autogenerated"},
    {"auto-reply", present, "X-Vacation"},
    {"loop", present, "X-Loop"},
    {"loop", present, "X-MS-Exchange-Inbox-Rules-Loop"},
    {"bounce", present, "X-Failed-Recipients"},
    {"cron", present, "X-Cron-Env"},
    {"auto-reply", autoresponder, "Delivered-To"},
    {"report", report, NULL},
    {"calendar-answer", calendar_answer, NULL},
    {"robot-sender", robot_sender, "From"},
    {"robot-sender", robot_sender, "Sender"},
    {"many-hops", many_hops, "Received"},
    {"weak-signs", weak_signs, "X-Auto-Response-Suppress"},
};

bool machine_test(const struct message *m, const struct gate_context *c, struct gate_result *r)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct hearing h = {.m = m, .c = c, .r = r, .code = rows[i].code};
        if (rows[i].test(&h, rows[i].arg))
            return true;
    }
    return false;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * prove: `doctor --prove`. Says how to send one test mail from inside and one from outside to each mailbox,
 * waits for them, and shows what each trust profile would make of each: which one fits is seen, not guessed.
 * Works beside a running frontdesk, which makes nothing of test mail (gate_test_mail); nothing is moved,
 * marked or answered here.
 */
#include "prove.h"
#include "frontdesk/cage.h"
#include "frontdesk/json.h"

#include <poll.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { LOOK_MS = 2000, MOST_FAILURES = 5, MOST_MINUTES = 1440, MINUTES = 10 };

struct prove {
    const struct cli *cli;
    struct conf *conf;
    struct prove_box *boxes;
    size_t n_boxes;
    struct cage *cage;
    char code[GATE_TEST_CODE + 1]; /* of this run */
    int64_t since_ms;              /* also mail that came since then, of any run; 0: none */
    unsigned minutes;
    int stop_fd;
    bool stopped;
    struct buf json;
};

/* --- reading --- */

static int read_header(struct prove *p, struct slice bytes, struct message *out, struct err *e)
{
    struct mail_bytes mail = {.bytes = bytes};
    struct cage_reader *held = NULL;
    int rc = cage_read(p->cage, out, &mail, true, &message_limits_default, &held, e);
    cage_let_go(p->cage, &held, false);
    return rc;
}

struct seeing {
    struct prove *prove;
    struct prove_box *box;
};

static void see(void *self, const char *folder, const struct mailbox_mail *header)
{
    struct seeing *s = self;
    struct prove_mail mail = {.place = folder, .received_ms = header->received_ms};
    struct err e = ERR_INIT;
    struct slice code;
    /* the word is plain, or in an encoded word that a tag of a gateway made necessary */
    if (slice_find_nocase(header->bytes, SLICE("frontdesk-test-")) < 0 &&
        slice_find(header->bytes, SLICE("=?")) < 0)
        return;
    if (read_header(s->prove, header->bytes, &mail.message, &e) != 0)
        return;
    mail.side = gate_test_mail(message_str(&mail.message, mail.message.subject), &code);
    bool ours = s->prove->since_ms > 0 || slice_eq_nocase(code, slice_of(s->prove->code));
    /* filed meanwhile: the same mail in another folder */
    for (size_t i = 0; i < s->box->n_mails; i++) {
        const struct message *m = &s->box->mails[i].message;
        ours = ours && !(mail.message.message_id.len &&
                         slice_eq(message_str(m, m->message_id),
                                  message_str(&mail.message, mail.message.message_id)));
    }
    if (mail.side == GATE_TEST_NONE || !ours || !prove_box_add(s->box, &mail))
        message_release(&mail.message);
}

/* --- the sum --- */

/* Why the profile does not fit the mails that came; "" if it does. */
static void unfit(const struct prove_box *box, const struct prove_profile *profile, struct buf *why)
{
    if (profile->trust == CONF_TRUST_NONE) {
        buf_puts(why, "anybody who can write a From line is believed");
        return;
    }
    for (size_t i = 0; i < box->n_mails && !why->len; i++) {
        const struct prove_mail *mail = &box->mails[i];
        struct prove_opinion o;
        prove_judge(box, mail, profile, &o);
        if (mail->side != GATE_TEST_OUTSIDE && o.whole.verdict != GATE_STAFF)
            buf_printf(why, "%s is not proven to be staff: %s",
                       o.whole.address[0] ? o.whole.address : "the sender from inside", o.whole.evidence);
        else if (mail->side == GATE_TEST_OUTSIDE && o.whole.verdict == GATE_STAFF)
            buf_printf(
                why,
                "the mail from outside counts as staff (%s); if %s is one of the firm, send from another one",
                o.whole.evidence, o.whole.address);
        else if (mail->side == GATE_TEST_OUTSIDE && strcmp(o.proof.reason, "auth-no-border") == 0)
            buf_puts(why,
                     "mail from outside does not pass that server, so whoever is outside can write what it "
                     "would write");
    }
}

/* The one of the settings if it fits, else the first that does; NULL: none does. */
static const struct prove_profile *fitting(const struct prove_box *box, struct buf *why)
{
    size_t inside = prove_box_count(box, GATE_TEST_INSIDE) + prove_box_count(box, GATE_TEST_NONE);
    for (size_t k = 0; k < box->n_profiles && inside; k++) {
        struct buf reason = BUF_INIT(2000);
        unfit(box, &box->profiles[k], &reason);
        bool fits = reason.len == 0;
        if (k == 0)
            buf_slice(why, buf_view(&reason));
        buf_release(&reason);
        if (fits)
            return &box->profiles[k];
    }
    return NULL;
}

static bool complete(const struct prove_box *box)
{
    return prove_box_count(box, GATE_TEST_INSIDE) > 0 && prove_box_count(box, GATE_TEST_OUTSIDE) > 0;
}

/* What is to be done with one mailbox; true: nothing. */
static bool sum_up(const struct prove *p, const struct prove_box *box, struct buf *out)
{
    const struct prove_profile *set = &box->profiles[0];
    struct buf why = BUF_INIT(4000);
    const struct prove_profile *fits = fitting(box, &why);
    bool offline = p->cli->n_args > 0, all = offline || complete(box);
    if (fits == set)
        buf_printf(out, "trust = \"%s\" fits%s", set->name, all ? "" : " so far");
    else if (fits)
        buf_printf(out, "set trust = \"%s\" (now it is \"%s\": %s)", fits->name, set->name, why.data);
    else if (why.len)
        buf_printf(out, "no trust profile fits; with \"%s\": %s", set->name, why.data);
    else
        buf_puts(out, "no mail from inside came");
    if (!offline && prove_box_count(box, GATE_TEST_INSIDE) == 0)
        buf_puts(
            out,
            "; the mail from inside is missing: look into the junk folder, and whether it was sent to this "
            "address");
    if (!offline && prove_box_count(box, GATE_TEST_OUTSIDE) == 0)
        buf_puts(out, "; the mail from outside is missing, so it is not seen that a stranger is kept out");
    buf_release(&why);
    return fits == set && all;
}

static int finish(struct prove *p)
{
    bool well = true;
    if (!p->cli->json)
        printf("\n");
    for (size_t i = 0; i < p->n_boxes; i++) {
        struct prove_box *box = &p->boxes[i];
        struct buf sum = BUF_INIT(8000);
        bool fine = sum_up(p, box, &sum);
        well = well && fine;
        if (p->cli->json) {
            json_put_name(&p->json, NULL);
            buf_putc(&p->json, '{');
            json_put_text(&p->json, "mailbox", box->mailbox->name);
            json_put_text(&p->json, "trust", box->profiles[0].name);
            json_put_bool(&p->json, "well", fine);
            json_put_text(&p->json, "advice", sum.data);
            json_put_name(&p->json, "mails");
            buf_putc(&p->json, '[');
            for (size_t k = 0; k < box->n_mails; k++)
                prove_show(box, &box->mails[k], &p->json);
            buf_puts(&p->json, "]}");
        } else {
            cli_paint(fine ? CLI_GREEN : CLI_RED, fine ? "ok  " : "FAIL");
            cli_printf("  mailbox %s: %s\n", box->mailbox->name, sum.data);
        }
        buf_release(&sum);
    }
    if (p->cli->json)
        printf("{\"well\":%s,\"mailboxes\":[%s]}\n", well ? "true" : "false", p->json.data);
    return well ? EX_OK : EX_UNAVAILABLE;
}

/* --- waiting --- */

static void draw_code(struct prove *p)
{
    static const char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
    unsigned char bytes[GATE_TEST_CODE];
    ENSURE(getrandom(bytes, sizeof(bytes), 0) == (ssize_t)sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++)
        p->code[i] = letters[bytes[i] % (sizeof(letters) - 1)];
}

/* In JSON the answer stands alone on stdout. */
static void instruct(const struct prove *p)
{
    struct buf text = BUF_INIT(64 * 1024);
    const char *domain = p->conf->firm.domains.v[0];
    buf_puts(&text,
             "Send two mails to each mailbox, with any text and with just this subject. Nothing is made of "
             "them, and\nnobody is answered, whether frontdesk runs or not.\n");
    for (size_t i = 0; i < p->n_boxes; i++) {
        const struct conf_mailbox *m = p->boxes[i].mailbox;
        buf_printf(
            &text,
            "\nMailbox %s, %s\n"
            "  1. from inside: as one of the staff (an address in %s), with the program that staff use\n"
            "       Subject: frontdesk-test-%s-in\n"
            "  2. from outside: from a private account that has nothing to do with the firm\n"
            "       Subject: frontdesk-test-%s-out\n"
            "     or, if you can write any From line, in the name of one of the staff:\n"
            "       swaks --server THE-MAIL-SERVER --to %s --from somebody@%s \\\n"
            "             --header 'Subject: frontdesk-test-%s-out'\n",
            m->name, m->address, domain, p->code, p->code, m->address, domain, p->code);
    }
    buf_printf(&text, "\nWaiting %u minutes for them; Ctrl-C ends that earlier.\n", p->minutes);
    if (p->cli->json)
        cli_problems(&text);
    else
        cli_print(text.data);
    fflush(stdout);
    buf_release(&text);
}

/* Those that are new, as soon as they are there. */
static void show_new(struct prove *p)
{
    for (size_t i = 0; i < p->n_boxes; i++) {
        struct prove_box *box = &p->boxes[i];
        for (; box->n_told < box->n_mails; box->n_told++) {
            if (p->cli->json)
                continue;
            prove_show(box, &box->mails[box->n_told], NULL);
            fflush(stdout);
        }
    }
}

static int look_at_all(struct prove *p, struct err *e)
{
    for (size_t i = 0; i < p->n_boxes; i++) {
        struct prove_box *box = &p->boxes[i];
        struct seeing s = {.prove = p, .box = box};
        bool first = box->peek == NULL;
        if (first)
            mailbox_peek_new(&box->peek, box->mailbox, p->stop_fd);
        int rc = mailbox_peek_look(box->peek, p->since_ms, see, &s, e);
        box->failures = rc == 0 ? 0 : box->failures + 1;
        p->stopped = rc != 0 && e->code == ERR_STOPPING;
        if (p->stopped)
            return 0;
        if (rc != 0 && (first || box->failures == MOST_FAILURES))
            return err_wrap(e, "mailbox %s", box->mailbox->name);
    }
    show_new(p);
    return 0;
}

static bool all_there(const struct prove *p)
{
    for (size_t i = 0; i < p->n_boxes; i++) {
        if (!complete(&p->boxes[i]))
            return false;
    }
    return true;
}

static void tell_progress(const struct prove *p, int64_t left_ms)
{
    char text[100];
    size_t there = 0;
    for (size_t i = 0; i < p->n_boxes; i++)
        there += (prove_box_count(&p->boxes[i], GATE_TEST_INSIDE) > 0) +
                 (prove_box_count(&p->boxes[i], GATE_TEST_OUTSIDE) > 0);
    long long minutes = (long long)(left_ms + 59999) / 60000;
    snprintf(text, sizeof(text), "waiting for test mails, %lld minute%s more", minutes,
             minutes == 1 ? "" : "s");
    cli_progress_of(text, there, 2 * p->n_boxes);
}

static int wait_for_mails(struct prove *p, struct err *e)
{
    if (look_at_all(p, e) != 0)
        return -1;
    if (p->stopped || all_there(p) || p->minutes == 0)
        return 0;
    instruct(p);
    int64_t end = deadline_in((int64_t)p->minutes * 60000);
    while (!all_there(p) && deadline_left(end) > 0) {
        struct pollfd stop = {.fd = p->stop_fd, .events = POLLIN};
        tell_progress(p, deadline_left(end));
        p->stopped = poll(&stop, 1, LOOK_MS) > 0;
        if (p->stopped)
            break;
        if (look_at_all(p, e) != 0)
            return -1;
        if (p->stopped)
            break;
    }
    cli_progress(NULL);
    return 0;
}

/* --- mails as files --- */

static int read_files(struct prove *p, struct err *e)
{
    for (int i = 0; i < p->cli->n_args; i++) {
        struct buf bytes = BUF_INIT(CLI_MAIL_MAX);
        struct prove_mail mail = {.place = p->cli->args[i]};
        struct slice code;
        cli_progress_of("reading the mails", (size_t)i, (size_t)p->cli->n_args);
        int rc = cli_read(p->cli->args[i], &bytes, e);
        struct slice head = buf_view(&bytes);
        long end = slice_find(head, SLICE("\n\r\n"));
        if (end < 0)
            end = slice_find(head, SLICE("\n\n"));
        head = end < 0 ? head : slice_cut(head, (size_t)end + 3);
        if (rc == 0 && (rc = read_header(p, head, &mail.message, e)) != 0)
            err_wrap(e, "%s", p->cli->args[i]);
        if (rc == 0) {
            mail.side = gate_test_mail(message_str(&mail.message, mail.message.subject), &code);
            if (!prove_box_add(&p->boxes[0], &mail))
                message_release(&mail.message);
        }
        buf_release(&bytes);
        if (rc != 0)
            return -1;
    }
    show_new(p);
    return 0;
}

/* --- the command --- */

static int choose_boxes(struct prove *p)
{
    const struct cli *cli = p->cli;
    const struct conf_mailbox *one = cli->mailbox  ? conf_mailbox_by_name(p->conf, cli->mailbox)
                                     : cli->n_args ? p->conf->mailboxes
                                                   : NULL;
    if (cli->mailbox && !one) {
        struct buf why = BUF_INIT(1000);
        cli_no_mailbox(p->conf, cli->mailbox, &why);
        cli_misused(cli, "%s", why.data);
        buf_release(&why);
        return EX_USAGE;
    }
    p->n_boxes = one ? 1 : p->conf->n_mailboxes;
    p->boxes = mem_alloc(p->n_boxes * sizeof(*p->boxes));
    for (size_t i = 0; i < p->n_boxes; i++)
        prove_box_init(&p->boxes[i], p->conf, one ? one : &p->conf->mailboxes[i]);
    return EX_OK;
}

static int choose_time(struct prove *p)
{
    const struct cli *cli = p->cli;
    uint64_t minutes = MINUTES;
    if (cli->wait && !slice_to_u64(slice_of(cli->wait), 0, MOST_MINUTES, &minutes))
        return cli_misused(cli, "--wait %s: minutes, at most %d", cli->wait, MOST_MINUTES);
    if (cli->since && !cli_date(cli->since, p->conf->firm.timezone, &p->since_ms))
        return cli_misused(cli, "--since %s: a day, as 2026-01-31", cli->since);
    p->minutes = (unsigned)minutes;
    return EX_OK;
}

static int hear_signals(void)
{
    sigset_t signals;
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    return signalfd(-1, &signals, SFD_CLOEXEC);
}

int prove_run(const struct cli *cli)
{
    struct prove p = {.cli = cli, .stop_fd = -1, .json = BUF_INIT(16 << 20)};
    struct err e = ERR_INIT;
    if (!(p.conf = cli_conf(cli)))
        return EX_CONFIG;
    cli_quiet(cli, LOG_ERROR);
    int code = choose_time(&p);
    if (code == EX_OK)
        code = choose_boxes(&p);
    if (code == EX_OK) {
        p.stop_fd = hear_signals();
        p.cage = cage_new(1);
        draw_code(&p);
        int rc = cli->n_args ? read_files(&p, &e) : wait_for_mails(&p, &e);
        cli_progress(NULL);
        code = rc == 0 ? finish(&p) : cli_fail(&e);
    }
    for (size_t i = 0; i < p.n_boxes; i++)
        prove_box_release(&p.boxes[i]);
    free(p.boxes);
    cage_free(&p.cage);
    conf_free(&p.conf);
    buf_release(&p.json);
    if (p.stop_fd >= 0)
        close(p.stop_fd);
    return code;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* setup_questions: what setup needs to know, a row each, and the rules of an answer. See setup.h. */
#include "frontdesk/secret.h"
#include "setup.h"

#include <errno.h>
#include <unistd.h>

enum { WRAP_AT = 90, MOST_ENTRIES = 501 };

#define BY_TOKEN "mail.login=application|mail.login=certificate|mail.login=service-account|mail.login=person"
#define BOOKS    "quickbooks.read=yes"
#define ONLINE   "firm.integration=qbo-app|firm.integration=sah|firm.integration=3rd"

const struct setup_question setup_questions[SETUP_ANSWERS] = {
    [A_FIRM_NAME] = {"firm.name", "firm.name", ASK_TEXT, STEP_FIRM, .asked = "", .stand_in = "-",
                     .prompt = "Name of the firm", .help = "As replies show it.", .example = "Northwind IT"},
    [A_DOMAINS] = {"firm.domains", "firm.domains", ASK_LIST, STEP_FIRM, .asked = "",
                   .stand_in = "example.com", .prompt = "Mail domains of the staff (commas between)",
                   .help = "Only mail that is proven to come from one of them is acted on.",
                   .example = "northwind.example"},
    [A_TIMEZONE] = {"firm.timezone", "firm.timezone", ASK_TEXT, STEP_FIRM, .asked = "", .prompt = "Time zone",
                    .help = "Due dates are counted and shown in it.", .example = "America/New_York"},
    [A_ADMINS] =
        {"staff.admins", "staff.admins", ASK_LIST, STEP_FIRM, .optional = true, .asked = "",
         .prompt = "Administrators (addresses, commas between)",
         .help = "Who may use the operator commands by mail: the life of a message, and running it again.",
         .example = "operator@northwind.example"},
    [A_ALERTS] =
        {"alerts.email", "alerts.email", ASK_TEXT, STEP_FIRM, .optional = true, .asked = "",
         .prompt = "Who is told when frontdesk is ill (address)",
         .help = "One letter when something fails, one when it is well again. Without it only the log tells.",
         .example = "operator@northwind.example"},

    [A_PROVIDER] =
        {"mail.provider", NULL, ASK_WORD, STEP_MAIL_IN, .asked = "",
         .words = "microsoft=Microsoft 365\ngoogle=Google Workspace\nserver=a mail server of your own\n",
         .prompt = "Where is the mailbox that staff write to?",
         .help = "It decides servers, way of logging in, and whose word is taken for who sent a mail.",
         .example = "server"},
    [A_ADDRESS] = {"mail.address", "mailboxes[].address", ASK_TEXT, STEP_MAIL_IN, .asked = "",
                   .stand_in = "a@example.com", .prompt = "Address of that mailbox",
                   .help = "Staff write to it, and replies come from it. Make a mailbox for this alone.",
                   .example = "newticket@northwind.example"},
    [A_LOGIN] = {"mail.login", NULL, ASK_WORD, STEP_MAIL_IN,
                 .asked = "mail.provider=microsoft|mail.provider=google",
                 .words = "password=a password\napplication=an application with a client secret\n"
                          "certificate=an application with a certificate\nservice-account=a service account "
                          "with delegation\n"
                          "person=a person consents once, in a browser\n",
                 .prompt = "How does frontdesk log in?",
                 .help = "Microsoft 365 takes no passwords. doc/operator.md says how an application is "
                         "registered there. Google "
                         "takes app passwords (16 letters), or a service account.",
                 .example = "password"},
    [A_TENANT] = {"mail.tenant", "mailboxes[].oauth2.tenant", ASK_TEXT, STEP_MAIL_IN,
                  .when = "mail.provider=microsoft", .asked = "",
                  .prompt = "Directory (tenant): id or domain",
                  .help = "Entra admin center, App registrations > the application > Overview.",
                  .example = "northwind.example"},
    [A_CLIENT_ID] = {"mail.client_id", "mailboxes[].oauth2.client_id", ASK_TEXT, STEP_MAIL_IN,
                     .when = "mail.provider=microsoft|mail.provider=google mail.login=person", .asked = "",
                     .prompt = "Client id of the application",
                     .help = "As the provider shows it where the application is registered.",
                     .example = "11111111-2222-3333-4444-555555555555"},
    [A_CLIENT_SECRET] = {"mail.client_secret", NULL, ASK_SECRET, STEP_MAIL_IN,
                         .when = "mail.login=application|mail.provider=google mail.login=person", .asked = "",
                         .file = "mail-secret", .prompt = "Client secret of the application",
                         .help = "The value of the secret, not its id. It is shown once, when it is made."},
    [A_SECRET_ENDS] = {"mail.secret_ends", "mailboxes[].oauth2.secret_ends", ASK_TEXT, STEP_MAIL_IN,
                       .optional = true, .when = "mail.login=application", .asked = "",
                       .prompt = "Day on which the secret ends (2027-05-31)",
                       .help = "As the provider shows it; you are told 30 and 7 days before.",
                       .example = "2027-05-31"},
    [A_CERTIFICATE] = {"mail.certificate_file", NULL, ASK_FILE, STEP_MAIL_IN,
                       .when = "mail.login=certificate", .asked = "", .file = "mail-certificate",
                       .prompt = "File (PEM) with the application's certificate and RSA key",
                       .help = "It is copied. Mode 0600.", .example = "/root/mail.pem"},
    [A_SERVICE_ACCOUNT] = {"mail.service_account_file", NULL, ASK_FILE, STEP_MAIL_IN,
                           .when = "mail.login=service-account", .asked = "", .file = "mail-service-account",
                           .prompt = "File (JSON) with the key of the service account",
                           .help = "As Google gives it; it is copied. Mode 0600. The admin console must "
                                   "allow it https://mail.google.com/ for the domain.",
                           .example = "/root/service.json"},
    [A_REDIRECT] = {"mail.redirect_url", "mailboxes[].oauth2.redirect_url", ASK_TEXT, STEP_MAIL_IN,
                    .when = "mail.provider=google mail.login=person", .asked = "",
                    .prompt = "Redirect address of the application",
                    .help = "An https address that is registered with it; there need be nothing.",
                    .example = "https://www.northwind.example/mail"},
    [A_IMAP] = {"mail.imap", "mailboxes[].imap.url", ASK_TEXT, STEP_MAIL_IN, .asked = "mail.provider=server",
                .stand_in = "imaps://localhost", .prompt = "Incoming server",
                .help = "imaps://HOST (port 993), or imap://HOST with STARTTLS (143). HOST as it stands in "
                        "the server's certificate.",
                .example = "imaps://mail.northwind.example"},
    [A_USER] = {"mail.user", "mailboxes[].imap.user", ASK_TEXT, STEP_MAIL_IN, .asked = "mail.provider=server",
                .stand_in = "-", .prompt = "User name there",
                .help = "As mail programs log in with it; most servers want the address.",
                .example = "newticket@northwind.example"},
    [A_PASSWORD] = {"mail.password", NULL, ASK_SECRET, STEP_MAIL_IN, .when = "mail.login=password",
                    .asked = "", .file = "mail-password", .prompt = "Password",
                    .help = "It is not shown. At Google: an app password of 16 letters."},
    [A_CA] =
        {"mail.ca_file", "mailboxes[].imap.ca_file", ASK_TEXT, STEP_MAIL_IN, .optional = true, .asked = "",
         .prompt =
             "File with the certificate of the servers' own authority (PEM; empty: the system's authorities)",
         .help = "Only for servers whose certificate no public authority has signed. frontdesk must be able "
                 "to read it.",
         .example = "/etc/ssl/certs/northwind-ca.pem"},
    [A_TOKEN_URL] = {"mail.token_url", "mailboxes[].oauth2.token_url", ASK_TEXT, STEP_MAIL_IN,
                     .optional = true, .when = BY_TOKEN},
    [A_DEVICE_URL] = {"mail.device_url", "mailboxes[].oauth2.device_url", ASK_TEXT, STEP_MAIL_IN,
                      .optional = true, .when = "mail.provider=microsoft mail.login=person"},
    [A_CONSENT_URL] = {"mail.consent_url", "mailboxes[].oauth2.consent_url", ASK_TEXT, STEP_MAIL_IN,
                       .optional = true, .when = "mail.provider=google mail.login=person"},
    [A_SMTP] = {"mail.smtp", "mailboxes[].smtp.url", ASK_TEXT, STEP_MAIL_OUT, .asked = "mail.provider=server",
                .stand_in = "smtp://localhost", .prompt = "Outgoing server",
                .help = "smtp://HOST with STARTTLS (port 587), or smtps://HOST (465). The same user and "
                        "password are used.",
                .example = "smtp://mail.northwind.example"},
    [A_TRUST] =
        {"mail.trust", "mailboxes[].trust", ASK_TEXT, STEP_TRUST,
         .asked = "mail.provider=server", .stand_in = "google",
         .prompt = "Name with which your mail server begins the Authentication-Results field",
         .help = "Open a mail that has arrived in this mailbox and look at its header: the first word behind "
                 "Authentication-Results, if your own server wrote it: anybody can write such a field into a "
                 "mail. Only what this server writes is believed about who sent a mail.",
         .example = "mx.northwind.example"},

    [A_ZONE] = {"autotask.zone_url", "autotask.zone_url", ASK_TEXT, STEP_AUTOTASK, .optional = true},
    [A_AUTOTASK_USER] = {"autotask.user", "autotask.user", ASK_TEXT, STEP_AUTOTASK, .asked = "",
                         .stand_in = "-", .prompt = "User name (key) of the API user",
                         .help = "Autotask, Admin > Organization Settings & Users > Resources/Users > New "
                                 "API User; its security level is API User "
                                 "(system). To try frontdesk out, give the address that frontdesk-sandbox "
                                 "prints, http://127.0.0.1:PORT/.",
                         .example = "abcdefgh@northwind.example"},
    [A_AUTOTASK_SECRET] =
        {"autotask.secret", NULL, ASK_SECRET, STEP_AUTOTASK, .asked = "", .file = "autotask-secret",
         .prompt = "Secret of the API user",
         .help = "Password (secret) of the same page. It is not shown. A few wrong ones lock the user."},
    [A_AUTOTASK_CODE] =
        {"autotask.code", NULL, ASK_SECRET, STEP_AUTOTASK, .asked = "", .file = "autotask-code",
         .prompt = "Tracking identifier of the API user",
         .help = "The same page, API Tracking Identifier: Custom (Internal Integration). It is not shown."},
    [A_AUTOTASK_CA] = {"autotask.ca_file", "autotask.ca_file", ASK_TEXT, STEP_AUTOTASK, .optional = true},

    [A_QUEUE] = {"ticket.queue", "ticket.queue", ASK_LABEL, STEP_TICKET, .asked = "", .stand_in = "-",
                 .prompt = "Queue of tickets that have a technician", .help = "A queue as Autotask shows it.",
                 .example = "Help Desk"},
    [A_TRIAGE] =
        {"ticket.triage_queue", "ticket.triage_queue", ASK_LABEL, STEP_TICKET, .asked = "", .stand_in = "-",
         .prompt = "Queue of tickets without a technician",
         .help = "Where a request goes when nobody says in time who is meant. Somebody should look into it.",
         .example = "Triage"},
    [A_STATUS] = {"ticket.status", "ticket.status", ASK_LABEL, STEP_TICKET, .asked = "", .stand_in = "-",
                  .prompt = "Status of new tickets", .help = "A status as Autotask shows it.",
                  .example = "New"},
    [A_PRIORITY] = {"ticket.priority", "ticket.priority", ASK_LABEL, STEP_TICKET, .asked = "",
                    .stand_in = "-", .prompt = "Priority of new tickets",
                    .help = "Staff may say another one in the mail.", .example = "Medium"},
    [A_CANCELLED] = {"ticket.cancelled_status", "ticket.cancelled_status", ASK_LABEL, STEP_TICKET,
                     .optional = true, .asked = "",
                     .prompt = "Status that `undo` by mail gives a ticket (- for none)",
                     .help = "Without one, undo says that a person has to cancel the ticket.",
                     .example = "Complete"},
    [A_CATEGORY] = {"ticket.category", "ticket.category", ASK_LABEL, STEP_TICKET, .optional = true},

    [A_INTEGRATION] =
        {"firm.integration", NULL, ASK_WORD, STEP_BOOKS, .asked = "",
         .words = "none=nothing, or it does not matter here\nqbo-app=Autotask Invoices to QuickBooks Online "
                  "(the app)\n"
                  "sah=Smart Accounting Hub\nqbd=the Web Connector of QuickBooks Desktop\n3rd=a product of "
                  "somebody else\n",
         .prompt = "What carries invoices from Autotask to QuickBooks?",
         .help = "With it, mails with errors of the sync are explained, and checks compare both systems.",
         .example = "none"},
    [A_READ_BOOKS] =
        {"quickbooks.read", NULL, ASK_WORD, STEP_BOOKS, .when = ONLINE, .asked = "",
         .words = "no=no, or later\nyes=yes: I have an app at developer.intuit.com\n",
         .prompt = "May frontdesk read the books in QuickBooks Online?",
         .help =
             "It reads and cannot write. doc/operator.md says how the app is made; it can be added later.",
         .example = "no"},
    [A_REALM] =
        {"quickbooks.realm", "quickbooks.realm", ASK_TEXT, STEP_BOOKS, .when = BOOKS, .asked = "",
         .prompt = "Id of the company in QuickBooks Online (digits)",
         .help =
             "Gear > Additional info, or realmId in the address at which the browser ends after logging in.",
         .example = "1234567890123456"},
    [A_QB_CLIENT] = {"quickbooks.client_id", "quickbooks.client_id", ASK_TEXT, STEP_BOOKS, .when = BOOKS,
                     .asked = "", .prompt = "Client id of the app",
                     .help = "developer.intuit.com, the app > Keys & credentials.", .example = "AB..."},
    [A_QB_SECRET] = {"quickbooks.client_secret", NULL, ASK_SECRET, STEP_BOOKS, .when = BOOKS, .asked = "",
                     .file = "quickbooks-secret", .prompt = "Client secret of the app",
                     .help = "The same page. It is not shown."},
    [A_QB_REDIRECT] = {"quickbooks.redirect_url", "quickbooks.redirect_url", ASK_TEXT, STEP_BOOKS,
                       .when = BOOKS, .asked = "",
                       .prompt = "Redirect address that is registered with the app",
                       .help = "Any https page of yours; there need be nothing.",
                       .example = "https://www.northwind.example/quickbooks"},
    [A_QB_ENVIRONMENT] = {"quickbooks.environment", NULL, ASK_WORD, STEP_BOOKS, .when = BOOKS, .asked = "",
                          .words = "production=a real company\nsandbox=Intuit's sandbox for developers\n",
                          .prompt = "What are the keys for?",
                          .help = "Keys for development work with Intuit's sandbox companies only.",
                          .example = "production"},
    [A_QB_CONSENT_URL] = {"quickbooks.consent_url", "quickbooks.consent_url", ASK_TEXT, STEP_BOOKS,
                          .optional = true, .when = BOOKS},
    [A_QB_TOKEN_URL] = {"quickbooks.token_url", "quickbooks.token_url", ASK_TEXT, STEP_BOOKS,
                        .optional = true, .when = BOOKS},
    [A_QB_API_URL] = {"quickbooks.api_url", "quickbooks.api_url", ASK_TEXT, STEP_BOOKS, .optional = true,
                      .when = BOOKS},

    [A_JOURNAL] = {"journal.path", "journal.path", ASK_TEXT, STEP_HERE, .help = "State directory."},
    [A_TEMPLATES] = {"templates", "templates", ASK_TEXT, STEP_HERE, .asked = "",
                     .prompt = "Folder of the reply templates",
                     .help =
                         "The installed ones are not there. In the source tree it is the folder templates."},
};

const char *setup_get(const struct setup *s, enum setup_answer id)
{
    return s->answers[id] ? s->answers[id] : "";
}

void setup_set(struct setup *s, enum setup_answer id, const char *text)
{
    char *old = s->answers[id];
    s->answers[id] = mem_copy(text);
    if (old)
        explicit_bzero(old, strlen(old));
    free(old);
}

bool setup_is(const struct setup *s, enum setup_answer id, const char *word)
{
    return strcmp(setup_get(s, id), word) == 0;
}

void setup_release(struct setup *s)
{
    for (size_t i = 0; i < SETUP_ANSWERS; i++)
        setup_set(s, (enum setup_answer)i, NULL);
    directory_unref(&s->directory);
    buf_release(&s->seen);
    if (s->folder_fd >= 0)
        close(s->folder_fd);
}

bool setup_for_service(const struct setup *s)
{
    return strcmp(s->conf_path, FD_SYSCONF_DIR "/frontdesk.conf") == 0;
}

void setup_print_wrapped(const char *prefix, const char *text)
{
    struct scan c = scan_of(slice_of(text));
    for (size_t column = 0; !scan_end(&c);) {
        struct slice word = scan_until(&c, " ");
        scan_char(&c, ' ');
        bool fresh = column == 0 || column + word.len > WRAP_AT;
        cli_printf("%s%s%.*s", fresh && column ? "\n" : "", fresh ? prefix : " ", SLICE_ARG(word));
        column = (fresh ? 0 : column + 1) + word.len;
    }
    printf("\n");
}

/* --- conditions --- */

/* KEY=WORD */
static bool is_so(const struct setup *s, struct slice pair)
{
    struct scan c = scan_of(pair);
    struct slice key = scan_until(&c, "=");
    scan_char(&c, '=');
    for (size_t i = 0; i < SETUP_ANSWERS; i++) {
        if (slice_eq(key, slice_of(setup_questions[i].key)))
            return slice_eq(scan_rest(&c), slice_of(setup_get(s, (enum setup_answer)i)));
    }
    BUG("a condition names no question");
}

bool setup_holds(const struct setup *s, const char *condition)
{
    struct scan any = scan_of(slice_of(condition));
    if (scan_end(&any))
        return true;
    while (!scan_end(&any)) {
        struct scan all = scan_of(scan_until(&any, "|"));
        bool holds = true;
        scan_char(&any, '|');
        while (!scan_end(&all)) {
            holds = is_so(s, scan_until(&all, " ")) && holds;
            scan_char(&all, ' ');
        }
        if (holds)
            return true;
    }
    return false;
}

/* --- the rules of an answer --- */

bool setup_next_word(struct scan *words, struct slice *word, struct slice *meaning)
{
    if (scan_end(words))
        return false;
    struct scan line = scan_of(scan_line(words));
    *word = scan_until(&line, "=");
    scan_char(&line, '=');
    *meaning = scan_rest(&line);
    return true;
}

/* Which ways of logging in there are at a provider. */
bool setup_word_fits(const struct setup *s, enum setup_answer id, struct slice word)
{
    static const struct {
        const char *provider, *words;
    } ways[] = {{"microsoft", " application certificate person "},
                {"google", " password service-account person "},
                {"server", " password "}};
    char wanted[40];
    if (id != A_LOGIN)
        return true;
    snprintf(wanted, sizeof(wanted), " %.*s ", SLICE_ARG(word));
    for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
        if (setup_is(s, A_PROVIDER, ways[i].provider))
            return strstr(ways[i].words, wanted) != NULL;
    }
    return true;
}

static bool check_word(const struct setup *s, enum setup_answer id, const char *text, struct buf *why)
{
    const struct setup_question *q = &setup_questions[id];
    struct scan c = scan_of(slice_of(q->words));
    struct slice word, meaning;
    struct buf allowed = BUF_INIT(1000);
    bool good = false;
    while (setup_next_word(&c, &word, &meaning)) {
        if (!setup_word_fits(s, id, word))
            continue;
        good = good || slice_eq(word, slice_of(text));
        buf_printf(&allowed, "%s%.*s", allowed.len ? ", " : "", SLICE_ARG(word));
    }
    if (!good)
        buf_printf(why, "%s: \"%.60s\" is none of the words; allowed: %s", q->key, text, allowed.data);
    buf_release(&allowed);
    return good;
}

size_t setup_split(const char *text, struct pool *pool, const char **out, size_t most)
{
    struct scan c = scan_of(slice_of(text));
    size_t n = 0;
    while (!scan_end(&c) && n < most) {
        struct slice word = scan_until(&c, ", ");
        scan_while(&c, ", ");
        if (word.len)
            out[n++] = pool_slice(pool, word);
    }
    return n;
}

static bool check_list(const struct setup_question *q, const char *text, struct buf *usual, struct buf *why)
{
    const char *words[MOST_ENTRIES];
    struct pool *pool = pool_new(1 << 20);
    size_t n = setup_split(text, pool, words, MOST_ENTRIES);
    bool good = conf_try(q->setting, q->key, words, n, why);
    for (size_t i = 0; i < n; i++)
        buf_printf(usual, "%s%s", i ? ", " : "", words[i]);
    pool_free(&pool);
    return good;
}

static bool check_secret(const struct setup_question *q, const char *text, struct buf *why)
{
    for (const char *p = text; *p; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f) {
            buf_printf(why, "%s: holds a control character; allowed: one line", q->key);
            return false;
        }
    }
    return true;
}

static bool check_file(const struct setup_question *q, const char *path, struct buf *why)
{
    struct buf text = BUF_INIT(64 << 10);
    struct err e = ERR_INIT;
    bool good = secret_load_text(&text, path, &e) == 0;
    if (!good)
        buf_printf(why, "%s: %s", q->key, e.text);
    buf_wipe(&text);
    return good;
}

/* Of certificates; the service may see less than whoever sets it up. */
static bool is_readable(const struct setup_question *q, const char *path, struct buf *why)
{
    char text[100];
    if (access(path, R_OK) == 0)
        return true;
    buf_printf(why, "%s: cannot read %s: %s", q->key, path, strerror_r(errno, text, sizeof(text)));
    return false;
}

/* The unit shuts these away from the service, though whoever sets it up can read them. */
static bool is_hidden(const struct setup *s, const struct setup_question *q, const char *path,
                      struct buf *why)
{
    static const char *const hidden[] = {"/home/", "/root/", "/run/user/", "/tmp/", "/var/tmp/"};
    for (size_t i = 0; setup_for_service(s) && i < ARRAY_LEN(hidden); i++) {
        if (slice_starts(slice_of(path), slice_of(hidden[i]))) {
            buf_printf(
                why,
                "%s: the service sees nothing below %s; allowed: a copy elsewhere, such as in /etc/ssl/certs",
                q->key, hidden[i]);
            return true;
        }
    }
    return false;
}

/* A bare name is that of a server. */
static void put_trust(const char *text, struct buf *usual)
{
    bool whole = slice_starts(slice_of(text), SLICE("server:")) || !strcmp(text, "google") ||
                 !strcmp(text, "exchange-online") || !strcmp(text, "none");
    buf_printf(usual, "%s%s", whole ? "" : "server:", text);
}

bool setup_check(const struct setup *s, enum setup_answer id, const char *text, struct buf *usual,
                 struct buf *why)
{
    const struct setup_question *q = &setup_questions[id];
    buf_clear(usual);
    if (q->kind == ASK_LIST)
        return check_list(q, text, usual, why);
    if (id == A_TRUST)
        put_trust(text, usual);
    else
        buf_puts(usual, text);
    const char *words[] = {usual->data};
    if (q->kind == ASK_WORD)
        return check_word(s, id, text, why);
    if (q->kind == ASK_SECRET)
        return check_secret(q, text, why);
    if (q->kind == ASK_FILE)
        return check_secret(q, text, why) && check_file(q, text, why);
    if ((id == A_CA || id == A_AUTOTASK_CA) && (is_hidden(s, q, text, why) || !is_readable(q, text, why)))
        return false;
    return conf_try(q->setting, q->key, words, 1, why);
}

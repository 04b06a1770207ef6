/* SPDX-License-Identifier: GPL-2.0-or-later */
/* setup_conf: the settings as a person would write them. Lines with # are defaults that were left alone. */
#include "setup.h"

enum { COMMENT_AT = 40 };

struct text {
    const struct setup *s;
    bool trial;
    struct buf *out;
};

static bool given(const struct text *t, enum setup_answer id)
{
    return setup_get(t->s, id)[0] && setup_holds(t->s, setup_questions[id].when);
}

static void put_quoted(const char *text, struct buf *out)
{
    buf_putc(out, '"');
    for (const char *p = text; *p; p++) {
        if (*p == '"' || *p == '\\')
            buf_putc(out, '\\');
        buf_putc(out, *p);
    }
    buf_putc(out, '"');
}

static void put_list(const char *text, struct buf *out)
{
    const char *words[500];
    struct pool *pool = pool_new(1 << 20);
    size_t n = setup_split(text, pool, words, ARRAY_LEN(words));
    buf_putc(out, '[');
    for (size_t i = 0; i < n; i++) {
        buf_puts(out, i ? ", " : "");
        put_quoted(words[i], out);
    }
    buf_putc(out, ']');
    pool_free(&pool);
}

/* "    # why" in its column, and the end of the line. */
static void end_line(struct text *t, size_t begin, const char *comment)
{
    size_t len = t->out->len - begin;
    if (comment[0])
        buf_printf(t->out, "%*s# %s", len < COMMENT_AT ? (int)(COMMENT_AT - len) : 1, "", comment);
    buf_putc(t->out, '\n');
}

/* `name = value;` of an answer; without one the line `otherwise` (NULL: none). */
static void setting(struct text *t, const char *indent, const char *name, enum setup_answer id,
                    const char *otherwise, const char *comment)
{
    const struct setup_question *q = &setup_questions[id];
    size_t begin = t->out->len;
    bool stands_in = !given(t, id) && t->trial && q->stand_in;
    if (!given(t, id) && !stands_in) {
        if (!otherwise)
            return;
        buf_printf(t->out, "%s%s", indent, otherwise);
        end_line(t, begin, comment);
        return;
    }
    const char *value = stands_in ? q->stand_in : setup_get(t->s, id);
    buf_printf(t->out, "%s%s = ", indent, name);
    if (q->kind == ASK_LIST)
        put_list(value, t->out);
    else if (q->file)
        buf_printf(t->out, "\"cred:%s\"", q->file);
    else
        put_quoted(value, t->out);
    buf_putc(t->out, ';');
    end_line(t, begin, comment);
}

static void lines(struct text *t, const char *text)
{
    buf_puts(t->out, text);
}

static void put_firm(struct text *t)
{
    bool none = setup_is(t->s, A_INTEGRATION, "none");
    lines(t, "firm = {\n");
    setting(t, "    ", "name", A_FIRM_NAME, NULL, "");
    setting(t, "    ", "domains", A_DOMAINS, NULL, "mail domains of the staff");
    setting(t, "    ", "timezone", A_TIMEZONE, NULL, "");
    lines(t, "    # workdays = [\"mon\", \"tue\", \"wed\", \"thu\", \"fri\"];\n"
             "    # hours = \"08:00-17:00\";\n"
             "    # holidays = [\"01-01\", \"07-04\", \"12-25\"];\n"
             "    # language = \"en\";\n");
    if (none)
        lines(t, "    # integration = \"qbo-app\";          # or \"sah\", \"qbd\", \"3rd\": what carries "
                 "invoices to QuickBooks\n");
    else
        setting(t, "    ", "integration", A_INTEGRATION, NULL, "what carries invoices to QuickBooks");
    lines(t, "    # match_items_by = \"name\";          # or \"external-number\"; as it is set in the "
             "integration\n"
             "    # match_items_also = [\"services\", \"bundles\", \"products\", \"expenses\"];\n"
             "    # invoice_numbers = \"quickbooks\";   # or \"autotask\"\n"
             "    # look_back_days = 14;\n"
             "};\n\n");
}

static bool by_token(const struct text *t)
{
    return setup_get(t->s, A_LOGIN)[0] && !setup_is(t->s, A_LOGIN, "password");
}

static void put_server(struct text *t, const char *name, enum setup_answer url)
{
    buf_printf(t->out, "    %s = {\n", name);
    setting(t, "        ", "url", url, NULL, "");
    setting(t, "        ", "user", A_USER, NULL, "");
    if (by_token(t))
        setting(t, "        ", "oauth2", A_PROVIDER, NULL, "the group below says how");
    else
        lines(t, "        password_file = \"cred:mail-password\";\n");
    setting(t, "        ", "ca_file", A_CA, NULL, "");
    lines(t, "    };\n");
}

/* A trial leaves nothing but the scratch folder behind. */
static void put_state_file(struct text *t, const char *indent, const char *name)
{
    struct buf path = BUF_INIT(5000);
    buf_printf(&path, "%s/%s", t->trial ? t->s->scratch : setup_get(t->s, A_JOURNAL), name);
    buf_printf(t->out, "%stoken_file = ", indent);
    put_quoted(path.data, t->out);
    lines(t, ";\n");
    buf_release(&path);
}

static void put_tokens(struct text *t)
{
    lines(t, "    oauth2 = {\n");
    setting(t, "        ", "tenant", A_TENANT, NULL, "");
    setting(t, "        ", "client_id", A_CLIENT_ID, NULL, "");
    setting(t, "        ", "client_secret_file", A_CLIENT_SECRET, NULL, "");
    setting(t, "        ", "secret_ends", A_SECRET_ENDS,
            given(t, A_CLIENT_SECRET) ? "# secret_ends = \"2027-05-31\";" : NULL, "");
    setting(t, "        ", "certificate_file", A_CERTIFICATE, NULL, "");
    setting(t, "        ", "service_account_file", A_SERVICE_ACCOUNT, NULL, "");
    setting(t, "        ", "redirect_url", A_REDIRECT, NULL, "");
    put_state_file(t, "        ", "mail-token");
    setting(t, "        ", "token_url", A_TOKEN_URL, NULL, "");
    setting(t, "        ", "device_url", A_DEVICE_URL, NULL, "");
    setting(t, "        ", "consent_url", A_CONSENT_URL, NULL, "");
    lines(t, "    };\n");
}

static void put_mailbox(struct text *t)
{
    lines(t, "mailboxes = ( {\n"
             "    name = \"desk\";                      # never change it: the journal knows mail by it\n");
    setting(t, "    ", "address", A_ADDRESS, NULL, "");
    setting(t, "    ", "trust", A_TRUST, NULL, "whose word is taken for who sent a mail");
    put_server(t, "imap", A_IMAP);
    put_server(t, "smtp", A_SMTP);
    if (by_token(t))
        put_tokens(t);
    lines(t, "    # folders = { inbox = \"INBOX\"; done = \"Done\"; refused = \"Refused\"; parked = "
             "\"Parked\"; };\n"
             "} );\n\n");
}

static void put_staff(struct text *t)
{
    lines(t, "staff = {\n    # extra_addresses = [\"temp@agency.example\"];\n");
    setting(t, "    ", "admins", A_ADMINS, "# admins = [\"boss@example.com\"];", "operator commands by mail");
    lines(t, "    # nicknames = ( { who = \"Sarah Klein\"; nick = \"sal\"; } );\n};\n\n");
}

static void put_autotask(struct text *t)
{
    lines(t, "autotask = {\n");
    setting(t, "    ", "zone_url", A_ZONE, NULL, "not the real Autotask");
    setting(t, "    ", "user", A_AUTOTASK_USER, NULL, "");
    lines(t, "    secret_file = \"cred:autotask-secret\";\n"
             "    integration_code_file = \"cred:autotask-code\";\n");
    setting(t, "    ", "ca_file", A_AUTOTASK_CA, NULL, "");
    lines(t, "    # calls_per_hour = 5000;\n    # in_flight = 2;\n"
             "    # impersonate = false;              # tickets in the name of the sender\n};\n\n");
}

static void put_books(struct text *t)
{
    if (!setup_is(t->s, A_READ_BOOKS, "yes")) {
        lines(t, "# The books, if they are in QuickBooks Online; then `frontdesk login quickbooks`.\n"
                 "# quickbooks = {\n"
                 "#     realm = \"1234567890123456\";       # id of the company\n"
                 "#     client_id = \"AB...\";\n"
                 "#     client_secret_file = \"cred:quickbooks-secret\";\n"
                 "#     token_file = \"/var/lib/frontdesk/quickbooks-token\";\n"
                 "#     redirect_url = \"https://www.example.com/quickbooks\";\n"
                 "# };\n\n");
        return;
    }
    lines(t, "quickbooks = {                          # `frontdesk login quickbooks` logs in\n");
    setting(t, "    ", "realm", A_REALM, NULL, "id of the company");
    setting(t, "    ", "environment", A_QB_ENVIRONMENT, NULL, "");
    setting(t, "    ", "client_id", A_QB_CLIENT, NULL, "");
    setting(t, "    ", "client_secret_file", A_QB_SECRET, NULL, "");
    put_state_file(t, "    ", "quickbooks-token");
    setting(t, "    ", "redirect_url", A_QB_REDIRECT, NULL, "");
    setting(t, "    ", "consent_url", A_QB_CONSENT_URL, NULL, "");
    setting(t, "    ", "token_url", A_QB_TOKEN_URL, NULL, "");
    setting(t, "    ", "api_url", A_QB_API_URL, NULL, "");
    lines(t, "};\n\n");
}

static void put_ticket(struct text *t)
{
    lines(t, "ticket = {                              # labels as Autotask shows them\n");
    setting(t, "    ", "queue", A_QUEUE, NULL, "");
    setting(t, "    ", "triage_queue", A_TRIAGE, NULL, "tickets without a technician");
    setting(t, "    ", "status", A_STATUS, NULL, "");
    setting(t, "    ", "priority", A_PRIORITY, NULL, "");
    lines(t, "    # company = \"\";                     # the own company\n");
    setting(t, "    ", "category", A_CATEGORY, "# category = \"\";", "");
    lines(t, "    # source = \"\";\n    # due = \"next workday 17:00\";\n");
    setting(t, "    ", "cancelled_status", A_CANCELLED, "# cancelled_status = \"\";", "what undo sets");
    lines(t, "    # todo = false;                     # a to-do in the calendar beside the ticket,\n"
             "    # todo_action = \"\";                 # and its action type\n};\n\n");
}

static void put_rest(struct text *t)
{
    char path[4096];
    cli_folder(t->s->conf_path, "state", path);
    bool usual = strcmp(setup_get(t->s, A_JOURNAL), FD_STATE_DIR) == 0;
    lines(t, "limits = {\n"
             "    # replies_per_hour = 600;           # to all senders together; more wait\n"
             "    # message_size = \"35 MB\";\n    # workers = 8;\n    # poll_seconds = 60;\n"
             "    # settle_seconds = 330;\n"
             "    # hold_minutes = 30;                # how long a question waits\n"
             "    # same_minutes = 15;\n    # attachment_size = \"6 MB\";\n};\n\njournal = {\n");
    if (usual)
        lines(t, "    # path = \"" FD_STATE_DIR "\";\n");
    else
        setting(t, "    ", "path", A_JOURNAL, NULL, "");
    lines(t, "    # keep_days = 400;                  # of texts and addresses; keys and outcomes "
             "stay\n};\n\nalerts = {\n");
    setting(t, "    ", "email", A_ALERTS, "# email = \"operator@example.com\";", "");
    lines(t, "    # a second way out, for when the mail server is what is ill:\n"
             "    # smtp = { url = \"smtps://smtp.elsewhere.example\"; user = \"alerts@elsewhere.example\"; "
             "password_file = \"cred:alerts-password\"; };\n"
             "    # command = [\"/usr/local/bin/page-ops\"];        # a program for chat or pager\n"
             "};\n\n");
    if (!setup_is(t->s, A_TEMPLATES, FD_TEMPLATE_DIR))
        setting(t, "", "templates", A_TEMPLATES, NULL, "");
    lines(t, "# metrics = { listen = \"127.0.0.1:9464\"; };       # for Prometheus, on this machine alone\n\n"
             "# watch = \"mapping daily 07:00, sync hourly\";   # checks made by themselves; a letter when "
             "something is new or gone\n"
             "# watch_to = [\"books@example.com\"];             # staff; absent: alerts.email\n"
             "# watch_from = \"desk\";                          # a mailbox; absent: the first one\n");
}

void setup_conf_text(const struct setup *s, bool trial, struct buf *out)
{
    struct text t = {.s = s, .trial = trial, .out = out};
    lines(
        &t,
        "# frontdesk.conf: all settings are described in frontdesk.conf(5). Lines with # are the defaults.\n"
        "# Made by `frontdesk setup`; change it as you like. `frontdesk doctor` tests it, a restart takes "
        "it.\n"
        "# \"cred:NAME\" is the file NAME in the folder credentials beside this one; systemd hands it "
        "over.\n\n");
    put_firm(&t);
    put_mailbox(&t);
    put_staff(&t);
    put_autotask(&t);
    put_books(&t);
    put_ticket(&t);
    put_rest(&t);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conf_table: every setting, one row each. frontdesk.conf(5) is checked against it by tests/lint/manual.sh.
 */
#include "conf_rows.h"
#include "frontdesk/due.h"

#define TOP(member)        CONF_TOP, offsetof(struct conf, member)
#define MAILBOX(member)    CONF_MAILBOX, offsetof(struct conf_mailbox, member)
#define NICKNAME(member)   CONF_NICKNAME, offsetof(struct conf_nickname, member)
#define QUICKBOOKS(member) CONF_QUICKBOOKS, offsetof(struct conf_quickbooks, member)
#define KB                 (UINT64_C(1) << 10)
#define MB                 (UINT64_C(1) << 20)
#define PATH_BYTES         1, 1024

/* clang-format off: one line a setting, its sentence below */
const struct conf_row conf_rows[] = {
    {"firm.name", CONF_TEXT, TOP(firm.name), 1, 100, NULL, true, "Name of the firm, as replies show it."},
    {"firm.domains", CONF_DOMAINS, TOP(firm.domains), 1, 50, NULL, true,
     "Mail domains of the staff. Only mail proven to come from one of them is acted on."},
    {"firm.timezone", CONF_ZONE, TOP(firm.timezone), 1, 63, "UTC", false,
     "Time zone in which due dates are counted and shown."},
    {"firm.workdays", CONF_WEEKDAYS, TOP(firm.workdays), 1, 7, "mon tue wed thu fri", false,
     "Days on which the firm works. Due dates skip the others."},
    {"firm.hours", CONF_HOURS, TOP(firm.day_start_min), 0, 0, "08:00-17:00", false,
     "Opening and closing time. A due rule without a time means the closing time."},
    {"firm.holidays", CONF_DATES, TOP(firm.holidays), 0, 500, NULL, false,
     "Days that due dates skip: one day of one year, or a day of every year."},
    {"firm.language", CONF_TEXT, TOP(firm.language), 2, 10, "en", false,
     "Language of the letters, and of what is written into tickets: a folder of the templates. Alerts and "
     "the log are English. What it lacks is taken from "
     "en."},
    {"firm.integration", CONF_INTEGRATION, TOP(firm.integration), 0, 0, NULL, false,
     "What carries invoices from Autotask to QuickBooks: the Autotask Invoices app, the Smart Accounting "
     "Hub, "
     "the Web Connector of QuickBooks Desktop, or somebody else's product. Its menus and rules are told."},
    {"firm.match_items_by", CONF_MATCH_BY, TOP(firm.match_by_number), 0, 0, "name", false,
     "What of a billing code has to be the name of the item in QuickBooks, as it is set in the integration."},
    {"firm.match_items_also", CONF_MATCH_ALSO, TOP(firm.match_also), 0, 4, NULL, false,
     "What the mapping check covers beside work types, material codes, service codes and milestone codes."},
    {"firm.invoice_numbers", CONF_NUMBERS_BY, TOP(firm.autotask_numbers), 0, 0, "quickbooks", false,
     "Who numbers invoices. It decides which ones count as not yet transferred: those without a number, or "
     "those without a Web Service Date."},
    {"firm.look_back_days", CONF_NUMBER, TOP(firm.look_back_days), 1, 3650, "14", false,
     "How many days old an invoice may be that the integration still takes, as it is set there."},
    {"mailboxes[].name", CONF_NAME, MAILBOX(name), 1, 32, NULL, true,
     "Short name of the mailbox in logs and in the journal. Never change it: the journal knows mail by it."},
    {"mailboxes[].address", CONF_ADDRESS, MAILBOX(address), 3, 254, NULL, true,
     "Address the staff write to, and the sender of the replies."},
    {"mailboxes[].trust", CONF_TRUST_PROFILE, MAILBOX(trust), 1, 255, NULL, true,
     "Whose word is taken for who sent a mail: the Authentication-Results of the named server, Exchange "
     "Online "
     "or Google Workspace where the mailbox is there, or nobody's."},
    {"mailboxes[].imap.url", CONF_IMAP_URL, MAILBOX(imap), 1, 512, NULL, true,
     "Incoming server. imap means STARTTLS, imaps means TLS from the first byte."},
    {"mailboxes[].imap.user", CONF_TEXT, MAILBOX(imap.user), 1, 254, NULL, true,
     "Login name at the incoming server."},
    {"mailboxes[].imap.password_file", CONF_SECRET_FILE, MAILBOX(imap.password_file), PATH_BYTES, NULL, false,
     "File that holds the password on one line; mode 0600. Needed unless oauth2 is set."},
    {"mailboxes[].imap.oauth2", CONF_OAUTH2, MAILBOX(imap.oauth2), 0, 0, NULL, false,
     "Log in with tokens of this provider instead of a password; the group oauth2 of the mailbox says how."},
    {"mailboxes[].imap.ca_file", CONF_PATH, MAILBOX(imap.ca_file), PATH_BYTES, NULL, false,
     "Certificates to trust for this server instead of the system's."},
    {"mailboxes[].imap.insecure_plain", CONF_BOOL, MAILBOX(imap.insecure_plain), 0, 0, "false", false,
     "Speak without TLS. Only allowed to a server on this machine."},
    {"mailboxes[].smtp.url", CONF_SMTP_URL, MAILBOX(smtp), 1, 512, NULL, true,
     "Outgoing server. smtp means STARTTLS, smtps means TLS from the first byte."},
    {"mailboxes[].smtp.user", CONF_TEXT, MAILBOX(smtp.user), 1, 254, NULL, false,
     "Login name at the outgoing server; absent: no login."},
    {"mailboxes[].smtp.password_file", CONF_SECRET_FILE, MAILBOX(smtp.password_file), PATH_BYTES, NULL, false,
     "File that holds the password on one line; mode 0600."},
    {"mailboxes[].smtp.oauth2", CONF_OAUTH2, MAILBOX(smtp.oauth2), 0, 0, NULL, false,
     "Log in with tokens of this provider instead of a password; the group oauth2 of the mailbox says how."},
    {"mailboxes[].smtp.ca_file", CONF_PATH, MAILBOX(smtp.ca_file), PATH_BYTES, NULL, false,
     "Certificates to trust for this server instead of the system's."},
    {"mailboxes[].smtp.insecure_plain", CONF_BOOL, MAILBOX(smtp.insecure_plain), 0, 0, "false", false,
     "Speak without TLS. Only allowed to a server on this machine."},
    {"mailboxes[].oauth2.tenant", CONF_TEXT, MAILBOX(login.tenant), 1, 90, NULL, false,
     "Microsoft: id or domain of the directory (tenant)."},
    {"mailboxes[].oauth2.client_id", CONF_TEXT, MAILBOX(login.client_id), 1, 190, NULL, false,
     "Client id of the application that is registered with the provider; a service account needs none."},
    {"mailboxes[].oauth2.client_secret_file", CONF_SECRET_FILE, MAILBOX(login.client_secret_file), PATH_BYTES,
     NULL, false,
     "File that holds the client secret on one line; mode 0600. At Microsoft the application then logs in "
     "by itself."},
    {"mailboxes[].oauth2.certificate_file", CONF_SECRET_FILE, MAILBOX(login.certificate_file), PATH_BYTES,
     NULL, false,
     "Microsoft: file (PEM) with certificate and RSA key of the application, instead of a secret; mode "
     "0600."},
    {"mailboxes[].oauth2.service_account_file", CONF_SECRET_FILE, MAILBOX(login.service_account_file),
     PATH_BYTES, NULL, false,
     "Google: key of a service account with delegation over the domain, as Google gives it (JSON); mode "
     "0600."},
    {"mailboxes[].oauth2.secret_ends", CONF_DAY, MAILBOX(login.secret_ends), 10, 10, NULL, false,
     "Day on which the client secret ends, as the provider shows it. The operator is told 30 and 7 days "
     "before; of a certificate the day is known."},
    {"mailboxes[].oauth2.token_file", CONF_PATH, MAILBOX(login.token_file), PATH_BYTES, NULL, false,
     "File in which frontdesk keeps the tokens; its folder must be writable. No other mailbox or program may "
     "use it."},
    {"mailboxes[].oauth2.redirect_url", CONF_API_URL, MAILBOX(login.redirect_url), 1, 512, NULL, false,
     "Google without a service account: redirect address that is registered with the application; there "
     "need be nothing."},
    {"mailboxes[].oauth2.token_url", CONF_API_URL, MAILBOX(login.token_url), 1, 512, NULL, false,
     "Where tokens come from; absent: the provider's address. Change it only for tests."},
    {"mailboxes[].oauth2.device_url", CONF_API_URL, MAILBOX(login.device_url), 1, 512, NULL, false,
     "Where the code of a login comes from; absent: Microsoft's address. Change it only for tests."},
    {"mailboxes[].oauth2.consent_url", CONF_API_URL, MAILBOX(login.consent_url), 1, 512, NULL, false,
     "Page at which one logs in; absent: Google's address. Change it only for tests."},
    {"mailboxes[].folders.inbox", CONF_TEXT, MAILBOX(inbox), 1, 200, "INBOX", false,
     "Folder that is watched."},
    {"mailboxes[].folders.done", CONF_TEXT, MAILBOX(done), 1, 200, "Done", false,
     "Folder for mail that was acted on or answered; created if missing."},
    {"mailboxes[].folders.refused", CONF_TEXT, MAILBOX(refused), 1, 200, "Refused", false,
     "Folder for mail of strangers and machines; created if missing."},
    {"mailboxes[].folders.parked", CONF_TEXT, MAILBOX(parked), 1, 200, "Parked", false,
     "Folder for mail that waits for the operator; created if missing."},
    {"mailboxes[].canary.every_minutes", CONF_NUMBER, MAILBOX(canary_minutes), 0, 1440, "0", false,
     "How often frontdesk sends a mail to itself through both servers of the mailbox, to see that mail gets "
     "through; 0: never."},
    {"mailboxes[].canary.within_seconds", CONF_NUMBER, MAILBOX(canary_seconds), 5, 86400, "300", false,
     "Within how long it has to be back before the operator is told."},
    {"mailboxes[].former_instances", CONF_TEXT, MAILBOX(former_instances), 1, 400, NULL, false,
     "Ids of installations that filed this mailbox's mail before and are gone for good, with blanks "
     "between."},
    {"staff.extra_addresses", CONF_ADDRESSES, TOP(staff.extra_addresses), 0, 500, NULL, false,
     "Single addresses outside the staff domains that are staff too."},
    {"staff.admins", CONF_ADDRESSES, TOP(staff.admins), 0, 50, NULL, false,
     "Staff who may use the operator commands by mail."},
    {"staff.nicknames[].who", CONF_TEXT, NICKNAME(who), 1, 200, NULL, true,
     "Technician: user name, full name, or a first name that only one person has."},
    {"staff.nicknames[].nick", CONF_TEXT, NICKNAME(nick), 1, 64, NULL, true,
     "A name that also means this technician in a subject."},
    {"staff.accept_forged_senders", CONF_BOOL, TOP(staff.accept_forged_senders), 0, 0, "false", false,
     "Allow trust none outside this machine: anybody can then pose as staff. Every reply and status say so."},
    {"autotask.zone_url", CONF_API_URL, TOP(autotask.zone_url), 1, 512,
     "https://webservices.autotask.net/atservicesrest", false,
     "Where the zone of the account is asked for. Change it only for tests."},
    {"autotask.user", CONF_TEXT, TOP(autotask.user), 1, 254, NULL, true, "User name (key) of the API user."},
    {"autotask.secret_file", CONF_SECRET_FILE, TOP(autotask.secret_file), PATH_BYTES, NULL, true,
     "File that holds the secret of the API user on one line; mode 0600."},
    {"autotask.integration_code_file", CONF_SECRET_FILE, TOP(autotask.integration_code_file), PATH_BYTES,
     NULL, true, "File that holds the tracking identifier of the API user on one line; mode 0600."},
    {"autotask.ca_file", CONF_PATH, TOP(autotask.ca_file), PATH_BYTES, NULL, false,
     "Certificates to trust for Autotask instead of the system's."},
    {"autotask.calls_per_hour", CONF_NUMBER, TOP(autotask.calls_per_hour), 10, 10000, "5000", false,
     "Calls an hour that frontdesk allows itself of the 10,000 that the whole firm shares."},
    {"autotask.in_flight", CONF_NUMBER, TOP(autotask.in_flight), 1, 3, "2", false,
     "Calls at one time to one endpoint; Autotask allows 3."},
    {"autotask.impersonate", CONF_BOOL, TOP(autotask.impersonate), 0, 0, "false", false,
     "Create tickets in the name of the sender. Autotask must allow it in every security level of the "
     "staff."},
    {"quickbooks.realm", CONF_DIGITS, QUICKBOOKS(realm), 1, 20, NULL, true,
     "Id of the company in QuickBooks Online: realmId of the address that the browser ends at when one logs "
     "in."},
    {"quickbooks.environment", CONF_ENVIRONMENT, QUICKBOOKS(sandbox), 1, 20, "production", false,
     "Whether the keys and the company are real, or of Intuit's sandbox for developers."},
    {"quickbooks.client_id", CONF_TEXT, QUICKBOOKS(client_id), 1, 190, NULL, true,
     "Client id of the app at Intuit."},
    {"quickbooks.client_secret_file", CONF_SECRET_FILE, QUICKBOOKS(client_secret_file), PATH_BYTES, NULL,
     true, "File that holds the client secret of the app on one line; mode 0600."},
    {"quickbooks.token_file", CONF_PATH, QUICKBOOKS(token_file), PATH_BYTES, NULL, true,
     "File in which frontdesk keeps the tokens of the login; its folder must be writable. No other program "
     "may use them."},
    {"quickbooks.redirect_url", CONF_API_URL, QUICKBOOKS(redirect_url), 1, 512, NULL, true,
     "Redirect address that is registered with the app at Intuit, letter for letter; there need be nothing."},
    {"quickbooks.consent_url", CONF_API_URL, QUICKBOOKS(consent_url), 1, 512,
     "https://appcenter.intuit.com/connect/oauth2", false,
     "Page at which one logs in. Change it only for tests."},
    {"quickbooks.token_url", CONF_API_URL, QUICKBOOKS(token_url), 1, 512,
     "https://oauth.platform.intuit.com/oauth2/v1/tokens/bearer", false,
     "Where tokens come from. Change it only for tests."},
    {"quickbooks.api_url", CONF_API_URL, QUICKBOOKS(api_url), 1, 200, NULL, false,
     "Where the books are read; absent: Intuit's address for the environment. Change it only for tests."},
    {"ticket.company", CONF_TEXT, TOP(ticket.company), 0, 100, "", false,
     "Company of new tickets; absent: the own company."},
    {"ticket.queue", CONF_TEXT, TOP(ticket.queue), 1, 100, NULL, true,
     "Label of the queue for tickets of a technician."},
    {"ticket.triage_queue", CONF_TEXT, TOP(ticket.triage_queue), 1, 100, NULL, true,
     "Label of the queue for tickets without a technician."},
    {"ticket.status", CONF_TEXT, TOP(ticket.status), 1, 100, NULL, true,
     "Label of the status of new tickets."},
    {"ticket.priority", CONF_TEXT, TOP(ticket.priority), 1, 100, NULL, true,
     "Label of the priority of new tickets."},
    {"ticket.category", CONF_TEXT, TOP(ticket.category), 0, 100, "", false,
     "Label of the ticket category; absent: Autotask's own default."},
    {"ticket.source", CONF_TEXT, TOP(ticket.source), 0, 100, "", false,
     "Label of the source of new tickets; absent: none."},
    {"ticket.due", CONF_DUE, TOP(ticket.due), 1, 100, "next workday 17:00", false,
     "When a new ticket is due. Days that are not worked, and times that have passed, move to the next "
     "workday."},
    {"ticket.cancelled_status", CONF_TEXT, TOP(ticket.cancelled_status), 0, 100, "", false,
     "Label of the status that undo gives a ticket; absent: undo says that a person has to cancel it."},
    {"ticket.todo", CONF_BOOL, TOP(ticket.todo), 0, 0, "false", false,
     "Also put a to-do into the technician's calendar."},
    {"ticket.todo_action", CONF_TEXT, TOP(ticket.todo_action), 0, 100, "", false,
     "Label of the action type of these to-dos; needed when ticket.todo is true."},
    {"limits.message_size", CONF_SIZE, TOP(limits.message_size), 64 * KB, 200 * MB, "35 MB", false,
     "Largest mail that is read, as it travels (a file grows by a third). Larger mail is answered politely."},
    {"limits.parts", CONF_NUMBER, TOP(limits.parts), 10, 2000, "200", false,
     "Most MIME parts of one mail. Mail with more is answered, and made nothing of."},
    {"limits.depth", CONF_NUMBER, TOP(limits.depth), 3, 100, "20", false,
     "Deepest nesting of MIME parts. Mail that is nested deeper is answered, and made nothing of."},
    {"limits.per_sender_hour", CONF_NUMBER, TOP(limits.per_sender_hour), 1, 100000, "30", false,
     "Mails an hour of one sender that are acted on at once; more are delayed, never dropped."},
    {"limits.replies_per_hour", CONF_NUMBER, TOP(limits.replies_hour), 10, 1000000, "600", false,
     "Letters an hour to all senders together; more wait, and the operator is told. Alerts are not counted."},
    {"limits.settle_seconds", CONF_NUMBER, TOP(limits.settle_seconds), 1, 86400, "330", false,
     "How long after a lost answer \"not found\" is believed. Autotask may work on a request for 300 "
     "seconds."},
    {"limits.workers", CONF_NUMBER, TOP(limits.workers), 1, 64, "8", false, "Threads that work on mail."},
    {"limits.poll_seconds", CONF_NUMBER, TOP(limits.poll_seconds), 5, 540, "60", false,
     "How often a mailbox is looked into beside IDLE."},
    {"limits.hold_minutes", CONF_NUMBER, TOP(limits.hold_minutes), 1, 10080, "30", false,
     "How long a question waits for its answer before the ticket goes to triage."},
    {"limits.same_minutes", CONF_NUMBER, TOP(limits.same_minutes), 0, 1440, "15", false,
     "How long the same text of the same sender counts as the same request; 0: never."},
    {"limits.attachment_size", CONF_SIZE, TOP(limits.attachment_size), 1 * KB, 6 * MB, "6 MB", false,
     "Largest file that goes along to the ticket. Autotask takes 6 MB at most."},
    {"journal.path", CONF_PATH, TOP(journal.path), PATH_BYTES, FD_STATE_DIR, false,
     "State directory: the journal, large mail, the lock."},
    {"journal.keep_days", CONF_NUMBER, TOP(journal.keep_days), 30, 36500, "400", false,
     "How many days texts and addresses of mail are kept after it was done; keys and outcomes stay."},
    {"alerts.email", CONF_ADDRESS, TOP(alerts.email), 3, 254, NULL, false,
     "Operator who is told when frontdesk is ill, and when it is well again."},
    {"alerts.smtp.url", CONF_SMTP_URL, TOP(alerts.smtp), 1, 512, NULL, false,
     "A second outgoing server: letters to the operator go through it, and only when it does not take them "
     "through that of the first mailbox."},
    {"alerts.smtp.user", CONF_TEXT, TOP(alerts.smtp.user), 1, 254, NULL, false,
     "Login name at it; absent: no login."},
    {"alerts.smtp.password_file", CONF_SECRET_FILE, TOP(alerts.smtp.password_file), PATH_BYTES, NULL, false,
     "File that holds the password on one line; mode 0600."},
    {"alerts.smtp.ca_file", CONF_PATH, TOP(alerts.smtp.ca_file), PATH_BYTES, NULL, false,
     "Certificates to trust for it instead of the system's."},
    {"alerts.smtp.insecure_plain", CONF_BOOL, TOP(alerts.smtp.insecure_plain), 0, 0, "false", false,
     "Speak without TLS. Only allowed to a server on this machine."},
    {"alerts.smtp.from", CONF_ADDRESS, TOP(alerts.smtp_from), 3, 254, NULL, false,
     "Sender of what goes through it; absent: the address of the first mailbox."},
    {"alerts.command", CONF_COMMAND, TOP(alerts.command), 1, 20, NULL, false,
     "Program that is told besides, for chat or pager: its path and its arguments, no shell. The words come "
     "on its standard input."},
    {"alerts.grace_seconds", CONF_NUMBER, TOP(alerts.grace_seconds), 1, 86400, "600", false,
     "How long a mailbox, the way out, Autotask, or the look-up of names may fail before the operator hears "
     "of it; QuickBooks twice as long."},
    {"metrics.listen", CONF_LISTEN, TOP(metrics), 1, 100, NULL, false,
     "Address and port at which Prometheus gets the metrics, path /metrics; absent: there are none."},
    {"watch", CONF_WATCH, TOP(watch), 1, 400, NULL, false,
     "Checks that are made by themselves (mapping, accounts, terms, sync, connection, all), and when, in the "
     "time zone "
     "of the "
     "firm. A letter is written when something is new or gone."},
    {"watch_to", CONF_ADDRESSES, TOP(watch_to), 1, 20, NULL, false,
     "Staff who get these letters and may answer them with ack or snooze 7d; absent: alerts.email."},
    {"watch_from", CONF_TEXT, TOP(watch_from), 1, 32, NULL, false,
     "Name of the mailbox that these letters come from; absent: the first one."},
    {"templates", CONF_PATH, TOP(templates), PATH_BYTES, FD_TEMPLATE_DIR, false,
     "Folder of all words, as this version has them, a folder a language: frontdesk-templates(5). What the "
     "firm "
     "changes does not stand there."},
    {"own_templates", CONF_PATH, TOP(own_templates), PATH_BYTES, FD_SYSCONF_DIR "/templates", false,
     "Folder of what the firm has instead: letters, sentences, articles and words of the checks. It need not "
     "be there."},
    {"diagnose", CONF_PATH, TOP(diagnose), PATH_BYTES, FD_SYSCONF_DIR "/diagnose.d", false,
     "Folder of the firm's own rules for errors of the sync, frontdesk-rules(5). It need not be there."},
};
/* clang-format on */
const size_t conf_n_rows = ARRAY_LEN(conf_rows);

const struct conf_later conf_laters[] = {
    {"mailboxes[].role", "a mailbox for the books"},
};
const size_t conf_n_laters = ARRAY_LEN(conf_laters);

const char *conf_type_words(enum conf_type type)
{
    static const char *const words[] = {
        [CONF_TEXT] = "text",
        [CONF_NAME] = "letters, digits and -",
        [CONF_PATH] = "an absolute path",
        [CONF_SECRET_FILE] = "an absolute path, or cred:NAME for a systemd credential",
        [CONF_ADDRESS] = "an e-mail address",
        [CONF_DUE] = "one of " DUE_FORMS,
        [CONF_ZONE] = "a time zone such as \"Europe/Berlin\" or \"America/New_York\"",
        [CONF_API_URL] = "https://HOST[:PORT]/PATH, or http:// to this machine",
        [CONF_ADDRESSES] = "a list of e-mail addresses [\"sam@example.com\"]",
        [CONF_DOMAINS] = "a list of domains [\"example.com\"]",
        [CONF_COMMAND] = "a list [\"/usr/local/bin/page\", \"ARGUMENT\"] that begins with an absolute path",
        [CONF_DATES] = "a list of dates [\"2026-12-24\", \"12-25\"]",
        [CONF_NUMBER] = "a number",
        [CONF_SIZE] = "a number of bytes, or \"25 MB\", \"500 KB\"",
        [CONF_BOOL] = "true or false",
        [CONF_WEEKDAYS] = "a list out of \"mon\", \"tue\", \"wed\", \"thu\", \"fri\", \"sat\", \"sun\"",
        [CONF_HOURS] = "\"HH:MM-HH:MM\"",
        [CONF_IMAP_URL] = "imap://HOST[:PORT] or imaps://HOST[:PORT]",
        [CONF_SMTP_URL] = "smtp://HOST[:PORT] or smtps://HOST[:PORT]",
        [CONF_LISTEN] = "127.0.0.1:PORT or [::1]:PORT",
        [CONF_DIGITS] = "digits in quotes",
        [CONF_OAUTH2] = "\"microsoft\" or \"google\"",
        [CONF_DAY] = "a date \"2027-05-31\"",
        [CONF_INTEGRATION] = "\"qbo-app\", \"sah\", \"qbd\" or \"3rd\"",
        [CONF_MATCH_BY] = "\"name\" or \"external-number\"",
        [CONF_MATCH_ALSO] = "a list out of \"services\", \"bundles\", \"products\", \"expenses\"",
        [CONF_NUMBERS_BY] = "\"quickbooks\" or \"autotask\"",
        [CONF_ENVIRONMENT] = "\"production\" or \"sandbox\"",
        [CONF_WATCH] = SCHEDULE_FORMS,
        [CONF_TRUST_PROFILE] = "\"server:NAME\", \"exchange-online\", \"google\" or \"none\"",
    };
    return words[type];
}

const char *conf_row_key(const struct conf_row *row)
{
    const char *in_list = strstr(row->path, "[].");
    return in_list ? in_list + strlen("[].") : row->path;
}

static void describe_limits(struct buf *out, const struct conf_row *row)
{
    unsigned long long min = row->min, max = row->max;
    if (row->type == CONF_NUMBER)
        buf_printf(out, ", %llu to %llu", min, max);
    else if (row->type == CONF_SIZE)
        buf_printf(out, ", %llu KB to %llu MB", (unsigned long long)(min / KB),
                   (unsigned long long)(max / MB));
}

void conf_describe(struct buf *out)
{
    for (size_t i = 0; i < conf_n_rows; i++) {
        const struct conf_row *row = &conf_rows[i];
        buf_printf(out, "%s\n    %s", row->path, conf_type_words(row->type));
        describe_limits(out, row);
        if (row->required)
            buf_puts(out, "; required");
        else if (row->preset && row->preset[0])
            buf_printf(out, "; default %s", row->preset);
        buf_printf(out, "\n    %s\n\n", row->sentence);
    }
}

/* --- settings that are one of some words --- */

static const struct choice {
    enum conf_type type;
    const char *word;
    unsigned value;
} choices[] = {
    {CONF_INTEGRATION, "qbo-app", CONF_QBO_APP},
    {CONF_INTEGRATION, "sah", CONF_SAH},
    {CONF_INTEGRATION, "qbd", CONF_QBD},
    {CONF_INTEGRATION, "3rd", CONF_THIRD},
    {CONF_OAUTH2, "microsoft", CONF_OAUTH2_MICROSOFT},
    {CONF_OAUTH2, "google", CONF_OAUTH2_GOOGLE},
    {CONF_MATCH_BY, "name", false},
    {CONF_MATCH_BY, "external-number", true},
    {CONF_MATCH_ALSO, "services", CONF_ALSO_SERVICES},
    {CONF_MATCH_ALSO, "bundles", CONF_ALSO_BUNDLES},
    {CONF_MATCH_ALSO, "products", CONF_ALSO_PRODUCTS},
    {CONF_MATCH_ALSO, "expenses", CONF_ALSO_EXPENSES},
    {CONF_NUMBERS_BY, "quickbooks", false},
    {CONF_NUMBERS_BY, "autotask", true},
};

bool conf_choice(enum conf_type type, const char *word, unsigned *value)
{
    for (size_t i = 0; i < ARRAY_LEN(choices); i++) {
        if (choices[i].type == type && slice_eq_nocase(slice_of(word), slice_of(choices[i].word))) {
            *value = choices[i].value;
            return true;
        }
    }
    return false;
}

/* They are the first choices, in the order of their numbers. */
const char *conf_integration_word(enum conf_integration integration)
{
    return integration == CONF_INTEGRATION_NONE ? "" : choices[integration - 1].word;
}

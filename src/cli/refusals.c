/* SPDX-License-Identifier: GPL-2.0-or-later */
/* refusals: see refusals.h. Facts: mail.md sections 3.2 and 3.3. */
#include "refusals.h"

#define ENTRA    "in the Entra admin center, App registrations > the application"
#define EXCHANGE "in Exchange Online PowerShell"

const struct refusal refusals[] = {
    /* Microsoft's token server */
    {REFUSED_ANYWHERE, "AADSTS700016", "The directory (tenant) does not know the application.",
     "check oauth2.client_id and oauth2.tenant: both stand " ENTRA " > Overview"},
    {REFUSED_ANYWHERE, "AADSTS7000215", "The client secret is wrong.",
     "put the value of the secret, not its id, into oauth2.client_secret_file; it is shown only once, when "
     "it is "
     "made: " ENTRA " > Certificates & secrets"},
    {REFUSED_ANYWHERE, "AADSTS7000222", "The client secret has ended.",
     "make a new secret " ENTRA
     " > Certificates & secrets, put its value into oauth2.client_secret_file and its "
     "end into oauth2.secret_ends"},
    {REFUSED_ANYWHERE, "AADSTS700027", "The certificate is not one that the application knows.",
     "upload the certificate of oauth2.certificate_file " ENTRA
     " > Certificates & secrets, and check the clock of "
     "this machine"},
    {REFUSED_ANYWHERE, "AADSTS90002", "There is no such directory (tenant).",
     "write into oauth2.tenant the directory (tenant) id that stands " ENTRA " > Overview"},
    {REFUSED_ANYWHERE, "AADSTS65001", "Nobody has consented to what the application may do.",
     "let an administrator grant consent " ENTRA
     " > API permissions; without a secret log in anew: frontdesk "
     "login microsoft"},
    {REFUSED_ANYWHERE, "AADSTS700082", "The login was not used for 90 days and has ended.",
     "log in again: frontdesk login microsoft"},
    {REFUSED_ANYWHERE, "AADSTS50173", "The login was revoked, as a change of the password does.",
     "log in again: frontdesk login microsoft"},
    {REFUSED_ANYWHERE, "AADSTS50076", "The account must show a second factor.",
     "log in again with it: frontdesk login microsoft; better let the application log in by itself, with a "
     "secret "
     "or a certificate"},
    {REFUSED_ANYWHERE, "AADSTS53003", "A Conditional Access policy blocks the login.",
     "in the Entra admin center, Protection > Conditional Access, leave this application or account out of "
     "the "
     "policy"},
    /* Google's */
    {REFUSED_ANYWHERE, "unauthorized_client",
     "The service account may not act for this mailbox with the scope https://mail.google.com/.",
     "in the Google admin console, Security > API controls > Domain-wide delegation, add the client id of "
     "the "
     "service account with that scope"},
    {REFUSED_ANYWHERE, "Google answered invalid_grant",
     "The login was revoked or has ended, the mailbox does not exist, or this machine's clock is wrong.",
     "check the clock and imap.user; without a service account log in again: frontdesk login google (an "
     "application that Google lists as in testing loses its login every 7 days: publish it)"},
    /* Exchange Online, mail in */
    {REFUSED_IN, "AUTHENTICATE failed",
     "The token is sound, but Exchange Online does not take it for IMAP: the permission is missing, or "
     "Exchange "
     "does not know the application.",
     "add the application permission IMAP.AccessAsApp of Office 365 Exchange Online (not of Microsoft Graph) "
     "with "
     "admin consent, " ENTRA " > API permissions; then " EXCHANGE
     " New-ServicePrincipal with the object id of the "
     "enterprise application, not of the app registration"},
    {REFUSED_IN, "User is authenticated but not connected",
     "The login is good, but it has no right to this mailbox, or too many connections are open.",
     EXCHANGE
     " Add-MailboxPermission -Identity MAILBOX -User OBJECT-ID -AccessRights FullAccess, where OBJECT-ID is "
     "that of the enterprise application (the id of the app registration is the usual mistake); wait an "
     "hour; check "
     "imap.user"},
    {REFUSED_IN, "Request is throttled", "Exchange Online asks for a pause.",
     "nothing; if it stays, look for other programs on this mailbox"},
    {REFUSED_IN, "Server Unavailable. 15", "Exchange Online is away for the moment.",
     "try again in some minutes"},
    {REFUSED_IN, "Connection is closed. 1", "Exchange Online closed the connection.",
     "try again in some minutes; if it stays, check the rights to the mailbox"},
    /* Google, mail in */
    {REFUSED_IN, "Too many simultaneous connections", "More than 15 programs are connected to the mailbox.",
     "close other programs on this mailbox"},
    {REFUSED_IN, "exceeded command or bandwidth limits", "The mailbox has used up its traffic of the day.",
     "wait a day; look for other programs that read the whole mailbox"},
    /* Exchange Online, mail out */
    {REFUSED_OUT, "SmtpClientAuthentication is disabled for the Tenant",
     "SMTP AUTH is off for the whole organisation.",
     EXCHANGE
     " Set-CASMailbox -Identity MAILBOX -SmtpClientAuthenticationDisabled $false switches it on for this "
     "mailbox alone; Security Defaults must not block it"},
    {REFUSED_OUT, "SmtpClientAuthentication is disabled for the Mailbox",
     "SMTP AUTH is off for this mailbox.",
     EXCHANGE " Set-CASMailbox -Identity MAILBOX -SmtpClientAuthenticationDisabled $false"},
    {REFUSED_OUT, "Basic authentication is not supported",
     "Exchange Online takes no password for sending any more.",
     "set oauth2 = \"microsoft\" in the group smtp instead of password_file"},
    {REFUSED_OUT, "5.7.60", "The login is good, but may not send as this address.",
     EXCHANGE " Add-RecipientPermission -Identity ADDRESS -Trustee OBJECT-ID -AccessRights SendAs"},
    {REFUSED_OUT, "5.7.3 Authentication unsuccessful",
     "Exchange Online does not take the login for sending: the permission, or the right to the mailbox, is "
     "missing.",
     "add the application permission SMTP.SendAsApp of Office 365 Exchange Online with admin consent, " ENTRA
     " > API permissions; " EXCHANGE " allow SMTP AUTH for the mailbox: Set-CASMailbox -Identity MAILBOX "
     "-SmtpClientAuthenticationDisabled $false"},
    {REFUSED_OUT, "sender thread limit exceeded", "More than 3 programs send from this mailbox at once.",
     "close other programs that send from it"},
    {REFUSED_OUT, "SubmissionQuotaExceeded", "The mailbox has sent all that it may send in a day.",
     "wait a day"},
    {REFUSED_OUT, "5.1.90", "The mailbox has sent all that it may send in a day.", "wait a day"},
    {REFUSED_OUT, "451 4.7.500", "Exchange Online is busy.", "try again in some minutes"},
    /* any login by token */
    {REFUSED_ANYWHERE, "a person who may must log in", "Nobody has logged in, or the login has ended.",
     "log in with the command that it names, as the user that runs frontdesk"},
    {REFUSED_ANYWHERE, "offers neither XOAUTH2 nor OAUTHBEARER", "This server knows no login by tokens.",
     "check the url; for a server that is neither Microsoft's nor Google's set password_file instead of "
     "oauth2"},
    {REFUSED_ANYWHERE, "", "The server or the token server does not take the login by token.",
     "check the user of the server and the group oauth2 of the mailbox"},
};
const size_t n_refusals = ARRAY_LEN(refusals);

const struct refusal *refusal_of(enum refusal_where where, bool by_token, const struct err *e)
{
    for (size_t i = 0; i < n_refusals; i++) {
        const struct refusal *r = &refusals[i];
        bool fits = r->words[0] ? slice_find_nocase(slice_of(e->text), slice_of(r->words)) >= 0
                                : by_token && e->code == ERR_CREDENTIALS;
        if (fits && (r->where & where))
            return r;
    }
    return NULL;
}

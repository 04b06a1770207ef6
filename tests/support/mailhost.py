#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A private mail host for tests and the demo: Dovecot (IMAP, LMTP) and Exim (MX, submission) on free loopback
ports in a temporary folder, with an own CA. Nothing of the system's configuration is read or changed.

Both servers run as one unprivileged user: the caller, or Debian-exim when the caller is root (Exim refuses to
deliver as root). Certificates: 127.0.0.1 good, 127.0.0.2 wrong name, 127.0.0.3 expired, 127.0.0.4 self-signed.
Mail that comes in with AUTH is stamped `auth=pass smtp.auth=USER` by mx.desk.example; unauthenticated mail is
stamped `dmarc=pass` when the client says EHLO dmarc-pass.test, else `dmarc=fail`. Forged fields of that id go.

    with MailHost() as host:
        host.submit("sarah@northwind.example", ["newticket@desk.example"], message_bytes)
        raw = host.wait_for_mail("sarah@northwind.example", lambda raw: b"T2026" in raw)

By hand: python3 tests/support/mailhost.py --keep
"""
import contextlib
import email.message
import email.utils
import imaplib
import os
import pwd
import shutil
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import tempfile
import time

from markers import PASSWORD
from ports import free_ports
import tap

SERVER_ID = "mx.desk.example"
MAILBOX = "newticket@desk.example"
USERS = [MAILBOX, "operator@desk.example", "dana.reed@northwind.example",
         "sarah@northwind.example", "mike@northwind.example", "sarah.klein@northwind.example", "mike.chen@northwind.example",
         "operator@northwind.example",
         "office@northwind.example", "stranger@elsewhere.example"]

DOVECOT = """
base_dir = {dir}/run
state_dir = {dir}/state
log_path = {dir}/log/dovecot.log
instance_name = test-{imap}
hostname = store.desk.example
protocols = imap lmtp
listen = 127.0.0.1, 127.0.0.2, 127.0.0.3, 127.0.0.4
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
default_vsz_limit = 0
mail_fsync = never
first_valid_uid = 1
mail_uid = {user}
mail_gid = {group}
mail_home = {dir}/mail/%Lu
mail_location = maildir:{dir}/mail/%Lu/Maildir
mail_max_userip_connections = 100
recipient_delimiter = +
namespace inbox {{
  inbox = yes
  separator = /
}}
auth_mechanisms = plain login
auth_failure_delay = 0
auth_username_format = %Lu
passdb {{
  driver = passwd-file
  args = scheme=plain username_format=%Lu {dir}/users
}}
userdb {{
  driver = passwd-file
  args = username_format=%Lu {dir}/users
}}
ssl = yes
disable_plaintext_auth = no
ssl_cert = <{dir}/tls/good.pem
ssl_key = <{dir}/tls/good.key
local 127.0.0.2 {{
  ssl_cert = <{dir}/tls/wrongname.pem
  ssl_key = <{dir}/tls/wrongname.key
}}
local 127.0.0.3 {{
  ssl_cert = <{dir}/tls/expired.pem
  ssl_key = <{dir}/tls/expired.key
}}
local 127.0.0.4 {{
  ssl_cert = <{dir}/tls/selfsigned.pem
  ssl_key = <{dir}/tls/selfsigned.key
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  service_count = 0
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
"""

# Rights to folders, by a file dovecot-acl in each.
ACL = """
mail_plugins = $mail_plugins acl
protocol imap {{
  mail_plugins = $mail_plugins acl imap_acl
}}
plugin {{
  acl = vfile
}}
"""

# What Dovecot asks about a token: the simulated token server.
TOKENS = """
auth_mechanisms = plain login xoauth2 oauthbearer
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {dir}/tokens.conf
}}
"""
TOKENS_ARGS = """
tokeninfo_url = {tokens}mail/tokeninfo?access_token=
introspection_mode = auth
username_attribute = email
debug = no
"""

EXIM = """
exim_user = {user}
exim_group = {group}
spool_directory = {dir}/spool
log_file_path = {dir}/log/exim-%slog
pid_file_path = {dir}/run-exim.pid
deliver_drop_privilege = true
primary_hostname = {server}
qualify_domain = desk.example
local_interfaces = 127.0.0.1
daemon_smtp_ports = {mx} : {submission} : {submissions}
tls_on_connect_ports = {submissions}
tls_advertise_hosts = *
tls_certificate = {dir}/tls/good.pem
tls_privatekey = {dir}/tls/good.key
auth_advertise_hosts = ${{if and{{{{!eq{{$tls_in_cipher}}{{}}}}{{!eq{{$received_port}}{{{mx}}}}}}}{{*}}{{}}}}
domainlist local_domains = lsearch;{dir}/domains
smtp_accept_max = 200
smtp_accept_queue_per_connection = 0
remote_max_parallel = 4
smtp_enforce_sync = true
never_users = root
host_lookup =
rfc1413_hosts =
message_size_limit = 60M
acl_smtp_mail = acl_mail
acl_smtp_rcpt = acl_rcpt
acl_smtp_data = acl_data

begin acl
acl_mail:
  deny authenticated = *
       condition = ${{if and{{{{exists{{{dir}/own-sender-only}}}}{{!eqi{{$sender_address}}{{$authenticated_id}}}}}}}}
       message = 5.7.1 this user may not send as $sender_address
  deny condition = ${{if !eq{{$received_port}}{{{mx}}}}}
       !authenticated = *
       message = 5.7.0 authentication required
  accept
acl_rcpt:
  deny domains = ! +local_domains
       message = 5.7.1 nothing leaves this host
  deny ! verify = recipient
       message = 5.1.1 no such user
  accept
acl_data:
  warn condition = ${{if match{{$h_Authentication-Results:}}{{{server}}}}}
       remove_header = Authentication-Results
  warn authenticated = *
       add_header = :at_start:Authentication-Results: {server}; auth=pass (plain) smtp.auth=$authenticated_id
  warn !authenticated = *
       add_header = :at_start:Authentication-Results: {server}; dmarc=${{if eq{{$sender_helo_name}}{{dmarc-pass.test}}{{pass}}{{fail}}}} header.from=${{domain:${{address:$h_From:}}}}
  accept

begin routers
users:
  driver = accept
  condition = ${{lookup{{${{lc:$local_part}}@${{lc:$domain}}}}lsearch{{{dir}/passwords}}{{yes}}{{no}}}}
  local_part_suffix = +*
  local_part_suffix_optional
  transport = store

begin transports
store:
  driver = smtp
  protocol = lmtp
  hosts = 127.0.0.1
  hosts_override
  allow_localhost
  port = {lmtp}
  rcpt_include_affixes
  hosts_try_fastopen =

begin retry
* * F,1h,2s

begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = ${{if eq{{$auth3}}{{${{lookup{{${{lc:$auth2}}}}lsearch{{{dir}/passwords}}{{$value}}{{*}}}}}}}}
  server_set_id = ${{lc:$auth2}}
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${{if eq{{$auth2}}{{${{lookup{{${{lc:$auth1}}}}lsearch{{{dir}/passwords}}{{$value}}{{*}}}}}}}}
  server_set_id = ${{lc:$auth1}}
"""


def make_mail(sender, recipient, subject, text="", headers=(), files=None):
    """One mail as bytes, plain or with files (name -> bytes), with Date and Message-ID."""
    mail = email.message.EmailMessage()
    mail["From"] = sender
    mail["To"] = recipient
    mail["Subject"] = subject
    mail["Date"] = email.utils.formatdate(localtime=True)
    mail["Message-ID"] = email.utils.make_msgid(domain=sender.rsplit("@", 1)[-1].rstrip(">"))
    for name, value in headers:
        mail[name] = value
    mail.set_content(text or "\n")
    for name, data in (files or {}).items():
        mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes(policy=mail.policy.clone(linesep="\r\n"))


class MailHost:
    """start() and stop(), or a with block. Attributes: dir, ports (name -> number), ca_file, password."""

    def __init__(self, users=USERS, keep=False, tokens=None, acl=False):
        """tokens: address of a sandbox whose mail tokens open the mailboxes besides. acl: folders have rights (allow())."""
        self.tokens, self.acl = tokens, acl
        self.users = list(users)
        self.keep = keep
        self.password = PASSWORD
        self.children = []
        self.dir = None
        self.ports = {}

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()

    # --- life -------------------------------------------------------------------------------------------------

    def start(self):
        entry = pwd.getpwnam("Debian-exim") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self.user, self.uid, self.gid = entry.pw_name, entry.pw_uid, entry.pw_gid
        self.dir = tempfile.mkdtemp(prefix="frontdesk-mail-")
        self.ca_file = self.path("tls/ca.pem")
        try:
            self._lay_out()
            self._spawn([shutil.which("dovecot", path="/usr/sbin:/usr/bin"), "-F", "-c", self.path("dovecot.conf")])
            self._spawn([self.path("bin/exim4"), "-C", self.path("exim.conf"), "-bdf", "-q2s"])
            for name in ("imap", "imaps", "lmtp", "mx", "submission", "submissions"):
                self._wait_port(self.ports[name])
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self):
        """Ends the servers with all their children (each is a process group of its own) and the folder."""
        for child in self.children:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGTERM)
        for child in self.children:
            try:
                child.wait(3)
            except subprocess.TimeoutExpired:
                pass
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            self._wait_group(child.pid)
        self.children = []
        if self.dir and not self.keep:
            shutil.rmtree(self.dir, ignore_errors=True)

    @staticmethod
    def _wait_group(group, timeout=2):
        """Killed children of children are init's: their end is seen a moment later."""
        end = time.monotonic() + timeout
        with contextlib.suppress(ProcessLookupError):
            while time.monotonic() < end:
                os.killpg(group, 0)
                time.sleep(0.01)

    def path(self, name):
        return os.path.join(self.dir, name)

    def _write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as out:
            out.write(text)

    def _lay_out(self):
        for name in ("run", "state", "log", "mail", "spool", "bin", "tls"):
            os.mkdir(self.path(name))
        names = ("imap", "imaps", "lmtp", "mx", "submission", "submissions")
        self.ports = dict(zip(names, free_ports(len(names))))
        group = subprocess.run(["id", "-gn", self.user], check=True, capture_output=True, text=True).stdout.strip()
        fill = dict(self.ports, dir=self.dir, user=self.user, group=group, server=SERVER_ID)
        self._write("users", "".join("%s:{PLAIN}%s::::::\n" % (u, self.password) for u in self.users))
        self._write("passwords", "".join("%s: %s\n" % (u, self.password) for u in self.users))
        self._write("domains", "".join(sorted({u.split("@")[1] + "\n" for u in self.users})))
        self._write("dovecot.conf", DOVECOT.format(**fill) + (TOKENS.format(**fill) if self.tokens else "") + (
            ACL.format() if self.acl else ""))
        self._write("tokens.conf", TOKENS_ARGS.format(tokens=self.tokens) if self.tokens else "")
        self._write("exim.conf", EXIM.format(**fill))
        # The installed binary is set-uid root and would refuse our configuration file; a copy is not.
        shutil.copyfile(shutil.which("exim4", path="/usr/sbin:/usr/bin"), self.path("bin/exim4"))
        os.chmod(self.path("bin/exim4"), 0o755)
        self._certificates()
        if os.geteuid() == 0:
            for top, dirs, files in os.walk(self.dir):
                for name in [top] + [os.path.join(top, f) for f in dirs + files]:
                    os.chown(name, self.uid, self.gid)
            # Exim reads no configuration that somebody else than root or its own user could have written.
            os.chown(self.path("exim.conf"), 0, self.gid)
            os.chmod(self.path("exim.conf"), 0o640)

    def _certificates(self):
        def openssl(*args):
            subprocess.run(["openssl", *args], check=True, capture_output=True, cwd=self.path("tls"))

        curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        openssl("req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=Test CA",
                "-addext", "keyUsage=critical,keyCertSign")
        good = "DNS:%s,DNS:localhost,IP:127.0.0.1,IP:127.0.0.3,IP:127.0.0.4" % SERVER_ID
        for name, days, alt in (("good", "30", good), ("wrongname", "30", "DNS:other.example"),
                                ("expired", "-1", good)):
            openssl("req", *curve, "-keyout", name + ".key", "-out", name + ".csr", "-subj", "/CN=" + name)
            self._write("tls/ext", "subjectAltName=%s\n" % alt)
            openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                    "-days", days, "-extfile", "ext", "-out", name + ".pem")
        openssl("req", "-x509", *curve, "-keyout", "selfsigned.key", "-out", "selfsigned.pem", "-days", "30",
                "-subj", "/CN=self", "-addext", "subjectAltName=" + good)

    def _spawn(self, command):
        cover = ["setpriv", "--pdeathsig", "TERM"]
        if os.geteuid() == 0:
            cover += ["--reuid", str(self.uid), "--regid", str(self.gid), "--clear-groups"]
        with open(self.path("log/stderr"), "ab") as log:
            self.children.append(subprocess.Popen(cover + command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                  start_new_session=True, cwd=self.dir))

    def _wait_port(self, port, timeout=tap.PATIENCE):
        end = time.monotonic() + timeout
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                if time.monotonic() > end or any(child.poll() is not None for child in self.children):
                    raise RuntimeError("mail host did not start:\n" + self.logs()) from None
                time.sleep(0.01)

    def logs(self):
        text = ""
        for name in sorted(os.listdir(self.path("log"))):
            with open(self.path("log/" + name), encoding="utf-8", errors="replace") as log:
                text += "--- %s\n%s" % (name, log.read()[-4000:])
        return text

    # --- mail in ----------------------------------------------------------------------------------------------

    def tls(self):
        return ssl.create_default_context(cafile=self.ca_file)

    def submit(self, user, recipients, raw):
        """As a staff member's program does: STARTTLS, AUTH, one mail."""
        with smtplib.SMTP("127.0.0.1", self.ports["submission"], timeout=tap.PATIENCE) as smtp:
            smtp.starttls(context=self.tls())
            smtp.login(user, self.password)
            smtp.sendmail(user, recipients, raw)

    def deliver_mx(self, sender, recipients, raw, dmarc_pass=False):
        """As another server does: no AUTH; `sender` may be "" (bounces)."""
        name = "dmarc-pass.test" if dmarc_pass else "client.test"
        with smtplib.SMTP("127.0.0.1", self.ports["mx"], local_hostname=name, timeout=tap.PATIENCE) as smtp:
            smtp.sendmail(sender, recipients, raw)

    def deliver_lmtp(self, sender, recipients, raw):
        """Straight into the store, unstamped."""
        with smtplib.LMTP("127.0.0.1", self.ports["lmtp"], timeout=tap.PATIENCE) as lmtp:
            lmtp.sendmail(sender, recipients, raw)

    def allow(self, user, folder, rights):
        """The rights of the user to a folder, made if it is not there; as letters of RFC 4314."""
        where = os.path.join(self.path("mail"), user, "Maildir", "" if folder == "INBOX" else "." + folder)
        if not os.path.isdir(where):
            with self.imap(user) as box:
                box.select() if folder == "INBOX" else box.create(folder)
        with open(os.path.join(where, "dovecot-acl"), "w", encoding="utf-8") as out:
            out.write("owner %s\n" % rights)

    def append(self, user, raw, folder="INBOX"):
        with self.imap(user) as box:
            status, answer = box.append(folder, None, None, raw)
            if status != "OK":
                raise RuntimeError("append: %r" % answer)

    # --- mail out ---------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def imap(self, user):
        box = imaplib.IMAP4_SSL("127.0.0.1", self.ports["imaps"], ssl_context=self.tls(), timeout=tap.PATIENCE)
        try:
            box.login(user, self.password)
            yield box
        finally:
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                box.logout()

    def folders(self, user):
        """Folder name -> number of messages."""
        result = {}
        with self.imap(user) as box:
            for line in box.list()[1]:
                name = line.decode().rsplit(' "/" ', 1)[1].strip('"')
                result[name] = int(box.select('"%s"' % name, readonly=True)[1][0])
        return result

    def mails(self, user, folder="INBOX"):
        """All messages of a folder as bytes, in UID order."""
        with self.imap(user) as box:
            if box.select('"%s"' % folder, readonly=True)[0] != "OK":
                return []
            answer = box.uid("FETCH", "1:*", "(BODY.PEEK[])")[1]
            return [part[1] for part in answer if isinstance(part, tuple)]

    def wait_for_mail(self, user, predicate=lambda raw: True, timeout=tap.PATIENCE, folder="INBOX"):
        """The first message for which predicate(raw) holds; TimeoutError after `timeout` seconds."""
        return tap.until("such a mail for " + user, lambda: next((raw for raw in self.mails(user, folder) if predicate(raw)), None),
                         timeout)


def main():
    with MailHost() as host:
        print("IMAP   127.0.0.1:%(imap)d (STARTTLS), 127.0.0.1:%(imaps)d (TLS)" % host.ports)
        print("SMTP   127.0.0.1:%(submission)d (STARTTLS), :%(submissions)d (TLS), MX :%(mx)d" % host.ports)
        print("users  %s\npasswd %s\nCA     %s" % (" ".join(host.users), host.password, host.ca_file), flush=True)
        if "--keep" in sys.argv[1:]:
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
            with contextlib.suppress(KeyboardInterrupt):
                signal.pause()


if __name__ == "__main__":
    main()

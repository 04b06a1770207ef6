#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A private mail host for tests and the demo: Dovecot (IMAP, LMTP) and Exim (MX, submission) on free loopback
ports in a temporary folder, with an own CA. Nothing of the system's configuration is read or changed.

Both servers run as one unprivileged user: the caller, or Debian-exim when the caller is root (Exim refuses to
deliver as root). Certificates: 127.0.0.1 good, 127.0.0.2 wrong name, 127.0.0.3 expired, 127.0.0.4 self-signed,
for IMAP and SMTP alike. Mail that comes in with AUTH is stamped `auth=pass smtp.auth=USER` by mx.desk.example
above its own Received; other mail is stamped `none`; fields that somebody else wrote under that id are removed.

    with MailHost() as host:
        host.submit("sarah.klein@northwind.example", "newticket@desk.example", message_bytes)
        raw = host.wait_for_mail("sarah.klein@northwind.example", lambda raw: b"T2026" in raw, timeout=10)

By hand: python3 tests/support/mailhost.py --keep
"""
import contextlib
import grp
import imaplib
import os
import pwd
import random
import re
import shutil
import signal
import smtplib
import socket
import ssl
import subprocess
import sys
import tempfile
import time

SERVER_ID = "mx.desk.example"
MAILBOX = "newticket@desk.example"
OPERATOR = "operator@northwind.example"
USERS = [MAILBOX, "sarah.klein@northwind.example", "dana.reed@northwind.example", "mike.chen@northwind.example",
         OPERATOR, "eve@elsewhere.example"]
PORTS = ("imap", "imaps", "lmtp", "mx", "submission", "submissions")
TLS_HOSTS = ("good", "wrongname", "expired", "selfsigned")  # 127.0.0.1 to .4

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

EXIM = """
exim_user = {user}
exim_group = {group}
spool_directory = {dir}/spool
log_file_path = {dir}/log/exim-%slog
pid_file_path = {dir}/run-exim.pid
deliver_drop_privilege = true
primary_hostname = {server}
qualify_domain = desk.example
local_interfaces = 127.0.0.1 : 127.0.0.2 : 127.0.0.3 : 127.0.0.4
disable_ipv6 = true
exim_path = {dir}/bin/exim4
keep_environment =
check_spool_space = 0
check_spool_inodes = 0
daemon_smtp_ports = {mx} : {submission} : {submissions}
tls_on_connect_ports = {submissions}
tls_advertise_hosts = *
tls_certificate = {dir}/tls/${{if eq{{$received_ip_address}}{{127.0.0.2}}{{wrongname}}{{${{if eq{{$received_ip_address}}{{127.0.0.3}}{{expired}}{{${{if eq{{$received_ip_address}}{{127.0.0.4}}{{selfsigned}}{{good}}}}}}}}}}}}.pem
tls_privatekey = {dir}/tls/${{if eq{{$received_ip_address}}{{127.0.0.2}}{{wrongname}}{{${{if eq{{$received_ip_address}}{{127.0.0.3}}{{expired}}{{${{if eq{{$received_ip_address}}{{127.0.0.4}}{{selfsigned}}{{good}}}}}}}}}}}}.key
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
  deny condition = ${{if !eq{{$received_port}}{{{mx}}}}}
       !authenticated = *
       message = 5.7.0 authentication required
  accept
acl_rcpt:
  deny domains = ! +local_domains
       message = 5.7.1 nothing leaves this host
  deny ! verify = recipient
       message = 5.1.1 no such user
  defer condition = ${{lookup{{$local_part@$domain}}lsearch{{{dir}/defer}}{{yes}}{{no}}}}
       message = 4.2.1 mailbox busy
  deny condition = ${{lookup{{$local_part@$domain}}lsearch{{{dir}/refuse}}{{yes}}{{no}}}}
       message = 5.2.1 mailbox disabled
  accept
acl_data:
  warn remove_header = Authentication-Results
  warn authenticated = *
       add_header = :at_start:Authentication-Results: {server}; auth=pass smtp.auth=$authenticated_id
  warn !authenticated = *
       add_header = :at_start:Authentication-Results: {server}; none
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
  server_condition = ${{if eq{{$auth3}}{{${{lookup{{${{lc:$auth2}}}}lsearch{{{dir}/passwords}}{{$value}}{{*}}}}}}}}
  server_set_id = ${{lc:$auth2}}
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = ${{if eq{{$auth2}}{{${{lookup{{${{lc:$auth1}}}}lsearch{{{dir}/passwords}}{{$value}}{{*}}}}}}}}
  server_set_id = ${{lc:$auth1}}
"""


def free_ports(count):
    """Ports that were free on all four test addresses a moment ago, outside the kernel's ephemeral range, so that
    no outgoing connection takes one meanwhile."""
    ports = []
    while len(ports) < count:
        port = random.randrange(10000, 32000)
        held = []
        try:
            for last in (1, 2, 3, 4):
                held.append(socket.socket())
                held[-1].bind(("127.0.0.%d" % last, port))
            if port not in ports:
                ports.append(port)
        except OSError:
            pass
        for sock in held:
            sock.close()
    return ports


def password_of(user):
    return "pw-" + user.split("@")[0]


class MailHost:
    """start() and stop(), or a with block. Attributes: dir, ports (name -> number), ca_file, users."""

    def __init__(self, users=tuple(USERS), keep=False):
        self.users = list(users)
        self.keep = keep
        self.imap_server = self.smtp_server = None
        self.dir = None
        self.ports = {}

    def __enter__(self):
        return self.start()

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
            self._start_imap()
            self.smtp_server = self._spawn([self.path("bin/exim4"), "-C", self.path("exim.conf"), "-bdf", "-q2s"])
            for name in PORTS:
                self._wait_port(self.ports[name])
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self):
        """Ends the servers with all their children and removes the folder; all in it is thrown away anyway, so
        nobody is asked politely (Dovecot's log process would take a second)."""
        for server in (self.imap_server, self.smtp_server):
            end_session(server)
        self.imap_server = self.smtp_server = None
        if self.dir and not self.keep:
            shutil.rmtree(self.dir, ignore_errors=True)

    def stop_imap(self):
        """Cuts all IMAP and LMTP connections; mail that Exim takes meanwhile waits in its queue."""
        end_session(self.imap_server)
        self.imap_server = None

    def restart_imap(self):
        self.stop_imap()
        self._start_imap()
        for name in ("imap", "imaps", "lmtp"):
            self._wait_port(self.ports[name])

    def path(self, name):
        return os.path.join(self.dir, name)

    def _write(self, name, text):
        with open(self.path(name), "w", encoding="utf-8") as out:
            out.write(text)

    def _lay_out(self):
        for name in ("run", "state", "log", "mail", "spool", "bin", "tls"):
            os.mkdir(self.path(name))
        self.ports = dict(zip(PORTS, free_ports(len(PORTS))))
        group = grp.getgrgid(self.gid).gr_name
        fill = dict(self.ports, dir=self.dir, user=self.user, group=group, server=SERVER_ID)
        self._write("users", "".join("%s:{PLAIN}%s::::::\n" % (u, password_of(u)) for u in self.users))
        self._write("passwords", "".join("%s: %s\n" % (u, password_of(u)) for u in self.users))
        self._write("domains", "".join(sorted({u.split("@")[1] + "\n" for u in self.users})))
        self._write("refuse", "")
        self._write("defer", "")
        self._write("dovecot.conf", DOVECOT.format(**fill))
        self._write("exim.conf", EXIM.format(**fill))
        # The installed binary is set-uid root and would refuse our configuration file; a copy is not.
        shutil.copyfile(program("exim4"), self.path("bin/exim4"))
        os.chmod(self.path("bin/exim4"), 0o755)
        make_certificates(self.path("tls"))
        if os.geteuid() == 0:
            for top, dirs, files in os.walk(self.dir):
                for name in [top] + [os.path.join(top, f) for f in dirs + files]:
                    os.chown(name, self.uid, self.gid)
            # Exim reads no configuration that somebody else than root or its own user could have written.
            os.chown(self.path("exim.conf"), 0, self.gid)
            os.chmod(self.path("exim.conf"), 0o640)
        os.chmod(self.dir, 0o755)
        os.chmod(self.path("tls"), 0o755)

    def _start_imap(self):
        self.imap_server = self._spawn([program("dovecot"), "-F", "-c", self.path("dovecot.conf")])

    def _spawn(self, command):
        """A server in a session of its own, which ends with us even if we are killed."""
        cover = ["setpriv", "--pdeathsig", "TERM"]
        if os.geteuid() == 0:
            cover += ["--reuid", str(self.uid), "--regid", str(self.gid), "--clear-groups"]
        with open(self.path("log/stderr"), "ab") as log:
            return subprocess.Popen(cover + command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                    start_new_session=True, cwd=self.dir)

    def _wait_port(self, port, timeout=10):
        end = time.monotonic() + timeout
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            except OSError:
                dead = [s for s in (self.imap_server, self.smtp_server) if s and s.poll() is not None]
                if time.monotonic() > end or dead:
                    raise RuntimeError("mail host did not start:\n" + self.logs()) from None
                time.sleep(0.005)

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
        with smtplib.SMTP("127.0.0.1", self.ports["submission"], local_hostname="client.example", timeout=20) as smtp:
            smtp.starttls(context=self.tls())
            smtp.login(user, password_of(user))
            smtp.sendmail(user, recipients, raw)

    def deliver_mx(self, sender, recipients, raw):
        """As another server does: no AUTH; `sender` may be "" (bounces)."""
        with smtplib.SMTP("127.0.0.1", self.ports["mx"], local_hostname="mail.elsewhere.example", timeout=20) as smtp:
            smtp.sendmail(sender, recipients, raw)

    def deliver(self, user, *mails, sender="test@desk.example"):
        """Straight into the store by LMTP, unstamped; several mails go over one connection, in order."""
        with smtplib.LMTP("127.0.0.1", self.ports["lmtp"], local_hostname="client.example", timeout=20) as lmtp:
            for raw in mails:
                lmtp.sendmail(sender, user, raw)

    def refuse(self, *users):
        """RCPT of these is refused for good (550) from now on; none: nobody."""
        self._write("refuse", "".join(u + "\n" for u in users))

    def defer(self, *users):
        """RCPT of these is put off (450) from now on; none: nobody."""
        self._write("defer", "".join(u + "\n" for u in users))

    # --- mail out ---------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def imap(self, user):
        """A logged-in imaplib connection, for tests that need flags or UIDs."""
        box = imaplib.IMAP4_SSL("127.0.0.1", self.ports["imaps"], ssl_context=self.tls(), timeout=20)
        try:
            box.login(user, password_of(user))
            yield box
        finally:
            with contextlib.suppress(OSError, imaplib.IMAP4.error):
                box.logout()

    def _maildir(self, user, folder="INBOX"):
        top = self.path("mail/%s/Maildir" % user.lower())
        return top if folder == "INBOX" else os.path.join(top, "." + folder.replace("/", "."))

    def _files(self, user, folder):
        """Message files of a folder in the order of their arrival there."""
        found = []
        for part in ("cur", "new"):
            with contextlib.suppress(FileNotFoundError):
                found += [(arrival(name), os.path.join(self._maildir(user, folder), part, name))
                          for name in os.listdir(os.path.join(self._maildir(user, folder), part))]
        return [path for _, path in sorted(found)]

    def mails(self, user, folder="INBOX"):
        """All messages of a folder as bytes, read from the files; asking costs the servers nothing."""
        while True:
            try:
                return [read_bytes(path) for path in self._files(user, folder)]
            except FileNotFoundError:
                pass  # Dovecot renamed one from new/ to cur/ under our eyes: look again

    def folders(self, user):
        """Folder name -> number of messages."""
        result = {"INBOX": len(self._files(user, "INBOX"))}
        with contextlib.suppress(FileNotFoundError):
            for name in sorted(os.listdir(self._maildir(user))):
                if name.startswith(".") and os.path.isdir(os.path.join(self._maildir(user), name, "cur")):
                    result[name[1:].replace(".", "/")] = len(self._files(user, name[1:]))
        return result

    def clear(self, user):
        """Removes all messages of all folders; the folders, UIDVALIDITY and the next UID stay. Dovecot takes it
        as an expunge, also in an open session."""
        for folder in self.folders(user):
            for path in self._files(user, folder):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(path)

    def wipe(self, user):
        """Removes the whole mailbox: the next session meets a new UIDVALIDITY. No session may be open."""
        shutil.rmtree(self.path("mail/" + user.lower()), ignore_errors=True)

    def wait_for_mail(self, user, predicate=lambda raw: True, timeout=10.0, folder="INBOX"):
        """The first message for which predicate(raw) holds; TimeoutError after `timeout` seconds."""
        end = time.monotonic() + timeout
        while True:
            for raw in self.mails(user, folder):
                if predicate(raw):
                    return raw
            if time.monotonic() > end:
                raise TimeoutError("no such mail for %s after %g s" % (user, timeout))
            time.sleep(0.005)


def program(name):
    found = shutil.which(name, path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    if not found:
        raise RuntimeError("%s is not installed: run ./scripts/setup --test" % name)
    return found


def read_bytes(path):
    with open(path, "rb") as mail:
        return mail.read()


def arrival(name):
    """(seconds, microseconds) out of a Maildir file name, as Dovecot makes them."""
    match = re.match(r"(\d+)\.M(\d+)", name)
    return (int(match.group(1)), int(match.group(2))) if match else (0, 0)


def end_session(server):
    """SIGKILL for a server that was started with start_new_session and for all that it started; its children may
    have left its process group but not its session."""
    if not server:
        return
    for _ in range(100):
        left = [pid for pid in session_members(server.pid) if pid != server.pid or server.poll() is None]
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if not left:
            break
        time.sleep(0.005)
    server.wait()


def session_members(session):
    """Living processes of a session (proc(5): the third number after the name)."""
    members = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            with contextlib.suppress(OSError):
                with open("/proc/%s/stat" % entry, encoding="utf-8", errors="replace") as stat:
                    fields = stat.read().rsplit(")", 1)[1].split()
                if int(fields[3]) == session and fields[0] != "Z":
                    members.append(int(entry))
    return members


def make_certificates(folder):
    """ca.pem, and NAME.pem with NAME.key for each of TLS_HOSTS."""
    def openssl(*args):
        subprocess.run(["openssl", *args], check=True, capture_output=True, cwd=folder)

    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *curve, "-keyout", "ca.key", "-out", "ca.pem", "-days", "30", "-subj", "/CN=Test CA",
            "-addext", "keyUsage=critical,keyCertSign")
    good = "DNS:mail.desk.example,DNS:%s,DNS:localhost,IP:127.0.0.1,IP:127.0.0.3,IP:127.0.0.4" % SERVER_ID
    for name, days, alt in (("good", "30", good), ("wrongname", "30", "DNS:other.example"), ("expired", "-1", good)):
        with open(os.path.join(folder, "ext"), "w", encoding="utf-8") as ext:
            ext.write("subjectAltName=%s\n" % alt)
        openssl("req", *curve, "-keyout", name + ".key", "-out", name + ".csr", "-subj", "/CN=" + name)
        openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial",
                "-days", days, "-extfile", "ext", "-out", name + ".pem")
    openssl("req", "-x509", *curve, "-keyout", "selfsigned.key", "-out", "selfsigned.pem", "-days", "30",
            "-subj", "/CN=self", "-addext", "subjectAltName=" + good)


def describe(host):
    """What an ordinary mail program needs, as text."""
    return "".join(["IMAP   127.0.0.1:%(imap)d (STARTTLS) or 127.0.0.1:%(imaps)d (TLS)\n"
                    "SMTP   127.0.0.1:%(submission)d (STARTTLS) or 127.0.0.1:%(submissions)d (TLS), with password\n"
                    "MX     127.0.0.1:%(mx)d (as strangers' servers do, without password)\n" % host.ports,
                    "CA     %s\n" % host.ca_file] +
                   ["user   %-32s password %s\n" % (user, password_of(user)) for user in host.users])


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with MailHost() as host:
        print(describe(host), end="", flush=True)
        if "--keep" in sys.argv[1:]:
            print("Ctrl-C ends it.", flush=True)
            with contextlib.suppress(KeyboardInterrupt):
                signal.pause()


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: GPL-2.0-or-later
"""A firm that only looks into its books: settings, secrets and a login for the command line, no mail server."""
import json
import os
import shutil
import subprocess
import tempfile
import urllib.request

from books import CLIENT, REALM, REDIRECT
from daemon import SETTINGS
from console import PROGRAM
import markers
from sandbox import ROOT, Sandbox
import tap

BOOKS = """
quickbooks = {{ realm = "{realm}"; environment = "sandbox"; client_id = "{client}"; client_secret_file = "{dir}/books-secret";
  token_file = "{dir}/state/quickbooks-token"; redirect_url = "{redirect}"; consent_url = "{url}/connect/oauth2";
  token_url = "{url}/oauth2/v1/tokens/bearer"; api_url = "{url}"; }};
"""


def books_settings(directory, url):
    """The group quickbooks of the settings, for a simulated QuickBooks."""
    return BOOKS.format(dir=directory, realm=REALM, client=CLIENT[0], redirect=REDIRECT, url=url.rstrip("/"))


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def log_in(conf, program=PROGRAM, more=()):
    """As a person does it with a browser."""
    child = subprocess.Popen([program, "login", "quickbooks", "-c", conf, *more], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, text=True)
    said = ""
    for line in child.stdout:
        said += line
        if line.startswith("http"):
            address = line.strip()
        if "press Enter" in line:
            break
    try:
        urllib.request.build_opener(NoRedirect).open(address, timeout=tap.PATIENCE)
    except urllib.error.HTTPError as answer:
        back = answer.headers["Location"]
    said += child.communicate(back + "\n", timeout=tap.PATIENCE)[0]
    markers.check("the output of frontdesk login", said)
    if child.returncode != 0:
        raise AssertionError(said)


class Firm:
    """`world` is a world as data, None: the one of the fixtures; `integration` and `more` are settings of the firm."""

    def __init__(self, world=None, integration="qbo-app", more=""):
        self.dir = tempfile.mkdtemp(prefix="frontdesk-firm-")
        self.conf = os.path.join(self.dir, "frontdesk.conf")
        os.mkdir(os.path.join(self.dir, "state"), 0o700)
        path = os.path.join(self.dir, "world.json")
        if world:
            with open(path, "w", encoding="utf-8") as out:
                json.dump(world, out)
        self.sandbox = Sandbox(path) if world else Sandbox()
        self.integration, self.more = integration, more

    def __enter__(self):
        self.sandbox.start()
        self.sandbox.settings(qb_per_second=0, qb_per_minute=0)
        self.write("mail-password", "x\n")
        self.write("autotask-secret", markers.AUTOTASK_SECRET + "\n")
        self.write("autotask-code", markers.AUTOTASK_CODE + "\n")
        self.write("books-secret", CLIENT[1] + "\n")
        self.settings()
        if self.integration != "qbd":
            self.login()
        return self

    def __exit__(self, *_):
        try:
            self.sandbox.no_secret()
            markers.check_folder(self.dir, ("autotask-secret", "autotask-code", "books-secret"))
        finally:
            self.sandbox.stop()
            shutil.rmtree(self.dir)

    def settings(self):
        url = self.sandbox.url
        chosen = 'integration = "%s"; ' % self.integration if self.integration else ""
        firm = SETTINGS.format(dir=self.dir, mailbox="desk@northwind.example", trust="none", ca="/dev/null", url=url, imaps=993,
                               submission=587, templates=os.path.join(ROOT, "templates"), extra="", autotask="", ticket="",
                               firm=chosen + self.more)
        if self.integration != "qbd":
            firm += books_settings(self.dir, url)
        self.write("frontdesk.conf", firm)

    def write(self, name, text):
        with open(os.open(os.path.join(self.dir, name), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
            out.write(text)

    def login(self):
        log_in(self.conf)

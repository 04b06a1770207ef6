# SPDX-License-Identifier: GPL-2.0-or-later
"""The simulated QuickBooks of a Sandbox, called as an app would: consent, tokens, queries."""
import base64
import gzip
import http.client
import json
import urllib.parse

from markers import BOOKS_SECRET
import tap

REALM = "9341452098766543"
CLIENT = ("ABsandboxClientId1234567890", BOOKS_SECRET)
REDIRECT = "https://northwind.example/quickbooks"
SCOPE = "com.intuit.quickbooks.accounting"


class Answer:
    """status, text, headers, json (None when the text is none)."""

    def __init__(self, status, headers, data):
        self.status, self.headers, self.raw = status, headers, data
        self.text = (gzip.decompress(data) if headers.get("Content-Encoding") == "gzip" else data).decode()
        try:
            self.json = json.loads(self.text)
        except ValueError:
            self.json = None

    def __repr__(self):
        return "%d %s" % (self.status, self.text[:400])

    @property
    def fault(self):
        """(code, message, detail, type) of the first error, whatever the case of the keys."""
        fault = self.json.get("Fault") or self.json["fault"]
        error = {k.lower(): v for k, v in (fault.get("Error") or fault["error"])[0].items()}
        return error["code"], error["message"], error["detail"], fault["type"]


class Books:
    def __init__(self, box):
        self.box, self.access, self.refresh = box, None, None

    def call(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection(self.box.url.split("/")[2], timeout=tap.PATIENCE)
        try:
            connection.request(method, path, body, {k: v for k, v in (headers or {}).items() if v is not None})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        except http.client.HTTPException as error:
            raise ConnectionError(repr(error)) from error
        finally:
            connection.close()

    # --- login ---

    def consent(self, **changes):
        """The redirect's arguments as a dict; or the Answer when there is no redirect."""
        wanted = {"client_id": CLIENT[0], "response_type": "code", "scope": SCOPE, "redirect_uri": REDIRECT, "state": "st 1&2", **changes}
        got = self.call("GET", "/connect/oauth2?" + urllib.parse.urlencode(wanted))
        if got.status != 302:
            return got
        return {k: v[0] for k, v in urllib.parse.parse_qs(got.headers["Location"].partition("?")[2]).items()}

    def token(self, headers=None, client=CLIENT, **form):
        basic = "Basic " + base64.b64encode(":".join(client).encode()).decode()
        return self.call("POST", "/oauth2/v1/tokens/bearer", urllib.parse.urlencode(form), {
            "Authorization": basic, "Accept": "application/json", "Content-Type": "application/x-www-form-urlencoded", **(headers or {})})

    def exchange(self, code, redirect=REDIRECT, **more):
        return self.token(grant_type="authorization_code", code=code, redirect_uri=redirect, **more)

    def renew(self, refresh=None, **more):
        return self.token(grant_type="refresh_token", refresh_token=refresh or self.refresh, **more)

    def login(self):
        got = self.exchange(self.consent()["code"]).json
        self.access, self.refresh = got["access_token"], got["refresh_token"]
        return self

    def revoke(self, token, client=CLIENT):
        basic = "Basic " + base64.b64encode(":".join(client).encode()).decode()
        return self.call("POST", "/v2/oauth2/tokens/revoke", json.dumps({"token": token}), {"Authorization": basic})

    # --- reading ---

    def get(self, path, realm=REALM, headers=None, method="GET", body=None):
        return self.call(method, "/v3/company/%s/%s" % (realm, path), body, {
            "Authorization": "Bearer " + (self.access or "x"), "Accept": "application/json", **(headers or {})})

    def query(self, statement, post=False, **more):
        if post:
            return self.get("query?minorversion=75", method="POST", body=statement.encode(),
                            headers={"Content-Type": "application/text"}, **more)
        return self.get("query?minorversion=75&query=" + urllib.parse.quote(statement), **more)

    def rows(self, statement, **more):
        got = self.query(statement, **more)
        if got.status != 200:
            raise AssertionError(repr(got))
        lists = [v for v in got.json["QueryResponse"].values() if isinstance(v, list)]
        return lists[0] if lists else []

    def ids(self, statement, **more):
        return [row["Id"] for row in self.rows(statement, **more)]

    # --- behind the curtain ---

    def put(self, **entities):
        self.box._talk("books", entities)

    def tokens(self):
        return self.box._talk("tokens")

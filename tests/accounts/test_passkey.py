"""A passkey is made and used in a real browser, with allauth's own scripts, under the strict policy."""

import os
import shutil
from collections.abc import Callable
from contextvars import copy_context
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.staticfiles import finders
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.urls import reverse

from compliance.accounts.models import User
from compliance.projects.models import Project
from tests.accounts.test_sign_in import reauthenticated

CHROMIUM = os.environ.get("ASSAY_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
HOME = "http://localhost"

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed")


class Desk:
    """A browser whose requests are answered by a test client, with a security key plugged in."""

    def __init__(self, browser: object) -> None:
        self.client = Client(HTTP_HOST="localhost")
        self.page = browser.new_page()
        self.refused: list[str] = []
        self.page.on("console", lambda message: self.refused.append(message.text) if message.type == "error" else None)
        self.page.route(lambda url: url.startswith(HOME), self.answer)
        key = self.page.context.new_cdp_session(self.page)
        key.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        key.send("WebAuthn.addVirtualAuthenticator", {"options": options})

    def answer(self, route: object) -> None:
        url = urlsplit(route.request.url)
        if url.path.startswith("/static/"):
            found = finders.find(url.path.removeprefix("/static/"))
            route.fulfill(path=Path(found)) if found else route.fulfill(status=404)
            return
        response = self.context.run(self.ask, route.request)
        route.fulfill(status=response.status_code, headers=dict(response.headers), body=response.content)

    def ask(self, request: object) -> object:
        """The page at the end of the redirects: the browser does not follow those of an answered request."""
        response = self.client.generic(
            request.method,
            request.url.removeprefix(HOME),
            request.post_data or "",
            content_type=request.headers.get("content-type", ""),
            headers={"accept": request.headers.get("accept", "")},
        )
        while response.status_code == 302:
            response = self.client.get(response.url)
        return response


@pytest.fixture
def passkey_desk(monkeypatch: pytest.MonkeyPatch, empty_stage: Callable[[], None]):
    empty_stage()  # while the browser's loop runs, Django has another connection
    from playwright.sync_api import sync_playwright

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # the browser's driver runs an event loop in this thread
    cache.clear()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield Desk(browser)
        browser.close()
        connections.close_all()  # while its loop runs, Django keeps connections apart: nobody else would close these


def test_a_passkey_signs_in_without_a_password(passkey_desk: Desk, db: None, ed: User, stridewell: Project) -> None:
    desk = passkey_desk
    desk.context = copy_context()  # holds the test's database connection; the driver answers in another one
    own = reauthenticated(ed)
    desk.client.cookies = own.cookies
    desk.page.goto(HOME + reverse("mfa_add_webauthn"))

    desk.page.get_by_label("Name").fill("Phone", timeout=3000)
    desk.page.get_by_label("Passwordless").check()
    with desk.page.expect_navigation():
        desk.page.click("#mfa_webauthn_add")
    assert list(Authenticator.objects.filter(user=ed, type="webauthn").values_list("user__name", flat=True)) == ["Ed"]

    desk.client = Client(HTTP_HOST="localhost")
    desk.page.goto(HOME + reverse("account_login"))
    with desk.page.expect_navigation():
        desk.page.click("#passkey_login")
    assert desk.client.session["_auth_user_id"] == str(ed.pk)
    assert desk.client.get(stridewell.get_absolute_url()).status_code == 200
    assert desk.refused == []

"""Sign-in by password, second factor and recovery code, through allauth's own pages."""

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.projects.models import Organisation, Project
from tests.conftest import PASSWORD

CSP = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
}


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    cache.clear()


def code_for(secret: str) -> str:
    """What the authenticator shows; never a code about to change, which the server would refuse a moment later."""
    if (left := 30 - time.time() % 30) < 3:
        time.sleep(left)
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def sign_in_by_password(user: User, password: str = PASSWORD) -> tuple[Client, object]:
    client = Client()
    return client, client.post(reverse("account_login"), {"login": user.email, "password": password})


def reauthenticated(user: User) -> Client:
    """Signed in, and asked for the password once more, as every change of a factor asks."""
    client, _ = sign_in_by_password(user)
    assert client.get(reverse("mfa_activate_totp")).status_code == 302
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def enrol(user: User) -> tuple[str, list[str]]:
    """Set up an authenticator app by the pages; returns the secret and the recovery codes."""
    client = reauthenticated(user)
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    secret = page.context["form"].secret
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_for(secret)})
    assert (answer.status_code, answer.url) == (302, reverse("mfa_view_recovery_codes"))
    codes = client.get(answer.url).context["unused_codes"]
    return secret, codes


def test_a_password_opens_the_house(ed: User, stridewell: Project) -> None:
    client, answer = sign_in_by_password(ed)
    assert (answer.status_code, answer.url) == (302, reverse("projects:home"))
    assert client.get(stridewell.get_absolute_url()).status_code == 200


def test_a_wrong_password_opens_nothing(ed: User, stridewell: Project) -> None:
    client, answer = sign_in_by_password(ed, "wrong horse battery")
    assert answer.status_code == 200
    assert client.get(stridewell.get_absolute_url()).status_code == 302


def test_a_closed_account_opens_nothing(ed: User, stridewell: Project) -> None:
    ed.is_active = False
    with change(by="tests"):
        ed.save()
    client, _ = sign_in_by_password(ed)
    assert client.get(stridewell.get_absolute_url()).status_code == 302


def test_nobody_signs_up_unasked(db: None) -> None:
    page = Client().get(reverse("account_signup"))
    assert page.templates[0].name == "account/signup_closed.html"
    Client().post(reverse("account_signup"), {"email": "eve@example.com", "password1": PASSWORD, "password2": PASSWORD})
    assert not User.objects.exists()


def test_after_enrolment_the_password_alone_opens_nothing(ed: User, stridewell: Project) -> None:
    secret, _ = enrol(ed)
    cache.clear()  # a code counts once; the next sign-in would be half a minute later
    client, answer = sign_in_by_password(ed)
    assert (answer.status_code, answer.url) == (302, reverse("mfa_authenticate"))
    assert client.get(stridewell.get_absolute_url()).status_code == 302
    assert client.post(answer.url, {"code": "000000"}).status_code == 200
    assert client.get(stridewell.get_absolute_url()).status_code == 302
    entered = client.post(answer.url, {"code": code_for(secret)})
    assert (entered.status_code, entered.url) == (302, reverse("projects:home"))
    assert client.get(stridewell.get_absolute_url()).status_code == 200


def test_a_recovery_code_works_once(ed: User, stridewell: Project) -> None:
    _, codes = enrol(ed)
    assert len(codes) == 10
    client, answer = sign_in_by_password(ed)
    assert client.post(answer.url, {"code": codes[0]}).status_code == 302
    assert client.get(stridewell.get_absolute_url()).status_code == 200
    client, answer = sign_in_by_password(ed)
    assert client.post(answer.url, {"code": codes[0]}).status_code == 200
    assert client.get(stridewell.get_absolute_url()).status_code == 302


def test_the_secret_is_stored_encrypted(ed: User) -> None:
    secret, codes = enrol(ed)
    stored = " ".join(str(row.data) for row in Authenticator.objects.filter(user=ed))
    assert [text for text in (secret, *codes) if text in stored] == []


def test_guessing_is_slowed_down(ed: User) -> None:
    answers = [sign_in_by_password(ed, f"guess number {n}")[1].status_code for n in range(12)]
    answers += [sign_in_by_password(ed, PASSWORD)[1].status_code]
    assert answers[0] == 200
    assert answers[-1] in {200, 429}  # even the right password is turned away now
    client, _ = sign_in_by_password(ed)
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("page", ["account_login", "mfa_activate_totp", "mfa_add_webauthn", "mfa_index"])
def test_sign_in_pages_live_under_the_strict_policy(page: str, ed: User) -> None:
    client = Client()
    if page != "account_login":
        client = reauthenticated(ed)
    answer = client.get(reverse(page))
    assert answer.status_code == 200
    assert set(answer.headers["Content-Security-Policy"].split("; ")) == CSP
    html = answer.content.decode()
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", html, re.DOTALL)
    inline = [body for tag, body in scripts if "src=" not in tag and "application/json" not in tag and body.strip()]
    assert inline == []
    assert re.findall(r"\s(?:style|on[a-z]+)=\"", html) == []


def test_the_passkey_script_is_served_from_here(ed: User) -> None:
    html = Client().get(reverse("account_login")).content.decode()
    assert "/static/mfa/js/webauthn.js" in html


def test_a_session_ends_by_itself(ed: User, stridewell: Project) -> None:
    client, _ = sign_in_by_password(ed)
    session = client.session
    session["signed_in_at"] = time.time() - 12 * 3600 - 1
    session.save()
    answer = client.get(stridewell.get_absolute_url())
    assert answer.url == f"{reverse('account_login')}?next={stridewell.get_absolute_url()}"
    assert "_auth_user_id" not in client.session


def test_the_session_key_changes_at_sign_in(ed: User) -> None:
    client = Client()
    client.get(reverse("account_login"))
    before = client.cookies.get("sessionid")
    client.post(reverse("account_login"), {"login": ed.email, "password": PASSWORD})
    assert client.cookies["sessionid"] != before


class TestWhereASecondFactorIsAskedFor:
    @pytest.fixture(autouse=True)
    def asked(self, settings) -> None:
        settings.ASSAY_REQUIRE_MFA = True

    def test_who_manages_gets_nowhere_without(self, mara: User, lumaro: Organisation) -> None:
        client, _ = sign_in_by_password(mara)
        for page in (lumaro.get_absolute_url(), "/", reverse("projects:members", args=[lumaro.slug])):
            answer = client.get(page)
            assert (answer.status_code, answer.url) == (302, reverse("mfa_index"))
        assert client.get(reverse("mfa_index")).status_code == 200
        assert client.get(reverse("projects:health")).status_code == 200

    def test_who_manages_works_after_enrolment(self, mara: User, lumaro: Organisation) -> None:
        secret, _ = enrol(mara)
        cache.clear()
        client, answer = sign_in_by_password(mara)
        client.post(answer.url, {"code": code_for(secret)})
        assert client.get(lumaro.get_absolute_url()).status_code == 200

    def test_who_only_edits_is_not_asked(self, ed: User, stridewell: Project) -> None:
        client, _ = sign_in_by_password(ed)
        assert client.get(stridewell.get_absolute_url()).status_code == 200

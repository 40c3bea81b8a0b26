import re

import pytest
from django.template.loader import render_to_string
from django.urls import reverse

ENTRANCES = (
    "account_login",
    "account_reset_password",
    "account_reset_password_done",
    "account_signup",
    "account_inactive",
)
OWN = ("mfa_index", "account_change_password", "account_logout", "mfa_activate_totp", "mfa_add_webauthn")


def inline(html):
    scripts = re.findall(r"<script(?![^>]*(?:src=|application/json))", html)
    return scripts + re.findall(r"<style|\sstyle=|\son\w+=", html)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ENTRANCES)
def test_the_way_in_is_in_our_clothes_without_inline_code(client, name):
    response = client.get(reverse(name))

    html = response.content.decode()
    assert response.status_code == 200
    assert inline(html) == []
    assert html.count('class="wordmark"') == 1
    assert html.count("<h1") == 1


@pytest.mark.parametrize("name", OWN)
def test_my_account_is_in_our_clothes_without_inline_code(sign_in, mara, name):
    client = sign_in(mara)

    response = client.get(reverse(name), follow=True)

    html = response.content.decode()
    assert response.status_code == 200
    assert inline(html) == []
    assert html.count("<h1") == 1


@pytest.mark.django_db
def test_a_wrong_password_is_told_on_top_and_keeps_the_address(client):
    response = client.post(reverse("account_login"), {"login": "nobody@example.org", "password": "wrong"})

    html = response.content.decode()
    assert html.count('class="error-summary"') == 1
    assert html.count('value="nobody@example.org"') == 1


@pytest.mark.parametrize("code", [400, 403, 404, 500])
def test_an_error_page_stands_on_its_own(code):
    html = render_to_string(f"{code}.html")

    assert inline(html) == []
    assert html.count("<h1>") == 1

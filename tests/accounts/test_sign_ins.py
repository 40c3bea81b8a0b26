"""Whoever comes in, goes out or tries to leaves an entry, without an address."""

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from compliance.accounts.models import SignIn, User
from compliance.ledger import change
from compliance.ledger.models import Entry
from tests.conftest import PASSWORD


def events(user: User) -> list[tuple[str, str]]:
    rows = SignIn.history.filter(user_id=user.pk).order_by("history_id")
    return list(rows.values_list("event", "method"))


def attempt(email: str, password: str) -> Client:
    client = Client(headers={"user-agent": "Sniffer/1.0"}, REMOTE_ADDR="203.0.113.9")
    client.post(reverse("account_login"), {"login": email, "password": password})
    return client


def test_a_sign_in_and_a_sign_out(ada: User) -> None:
    client = attempt(ada.email, PASSWORD)
    client.post(reverse("account_logout"))

    assert events(ada) == [("signed_in", "password"), ("signed_out", "")]
    entry = Entry.objects.filter(model="accounts.signin").last()
    assert (entry.actor, entry.origin, entry.stream) == (f"user:{ada.pk}", "page", "instance")


def test_a_failed_sign_in_of_somebody_known(ada: User) -> None:
    attempt(ada.email.upper(), "wrong")

    assert events(ada) == [("failed", "password")]
    assert Entry.objects.get(model="accounts.signin").actor == "system:sign_in"


def test_what_a_stranger_types_is_not_kept(ada: User) -> None:
    attempt("stranger@nowhere.example", "wrong")

    assert SignIn.objects.count() == 0


def test_the_second_factor_leaves_its_trace(ada: User) -> None:
    TOTP.activate(ada, generate_totp_secret())
    client = attempt(ada.email, PASSWORD)
    client.post(reverse("mfa_authenticate"), {"code": "000000"})

    assert events(ada) == [("factor_failed", "TOTP Authenticator")]


def test_no_address_and_no_browser_is_stored(ada: User) -> None:
    attempt(ada.email, PASSWORD)

    (row,) = SignIn.history.values()
    assert not [value for value in row.values() if "203.0.113" in str(value) or "Sniffer" in str(value)]


def test_nobody_changes_or_removes_a_sign_in(ada: User) -> None:
    attempt(ada.email, PASSWORD)
    row = SignIn.objects.get()

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), change(by="tests"):
        row.event = "signed_out"
        row.save()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), change(by="tests"):
        SignIn.objects.get().delete()

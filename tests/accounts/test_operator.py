import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from compliance.accounts.models import User
from compliance.projects.models import Organisation
from tests.conftest import PASSWORD


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch):
    def typed(text: str) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{text}\n"))

    return typed


def test_the_first_account_sets_up_the_first_organisation(db: None, typed) -> None:
    typed(PASSWORD)
    call_command("create_operator", "Oskar@Lumaro.example", name="Oskar Brandt", stdout=io.StringIO())
    client = Client()
    client.post(reverse("account_login"), {"login": "oskar@lumaro.example", "password": PASSWORD})
    answer = client.post(reverse("projects:organisation_add"), {"name": "Lumaro", "country": "de"})
    lumaro = Organisation.objects.get()
    assert (answer.status_code, answer.url) == (302, lumaro.get_absolute_url())
    assert (lumaro.name, lumaro.country) == ("Lumaro", "DE")
    assert client.get(reverse("projects:members", args=[lumaro.slug])).status_code == 200


@pytest.mark.parametrize(
    ("email", "password", "message"),
    [("nobody", PASSWORD, "valid email"), ("a@b.example", "short", "too short"), ("a@b.example", "", "too short")],
)
def test_nothing_is_made_of_bad_input(db: None, typed, email: str, password: str, message: str) -> None:
    typed(password)
    with pytest.raises(CommandError, match=message):
        call_command("create_operator", email)
    assert not User.objects.exists()


def test_only_operators_set_up_organisations(mara: User, sign_in) -> None:
    assert sign_in(mara).get(reverse("projects:organisation_add")).status_code == 403

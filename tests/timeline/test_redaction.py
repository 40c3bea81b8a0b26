"""Erasing personal data on a page: shown in full first, confirmed, told ever after."""

from typing import Any

import pytest

from compliance.accounts.models import User
from compliance.ledger.models import ERASED, Redaction
from compliance.projects.models import Organisation, Project
from compliance.projects.services import update_organisation

GIVEN = {"fields_chosen": ["dpo_name"], "ground": "art17_1_a", "reason": "Request of 3 May, ticket 118"}


@pytest.fixture
def url(lumaro: Organisation, mara: User) -> str:
    update_organisation(organisation=lumaro, by=mara, dpo_name="Jane Doe")
    update_organisation(organisation=lumaro, by=mara, dpo_name="Jane Roe")
    return f"/organisations/{lumaro.slug}/timeline/projects.organisation/{lumaro.pk}/"


def test_everything_that_goes_is_shown_before_it_goes(url: str, lumaro: Organisation, mara: User, sign_in: Any) -> None:
    client = sign_in(mara)
    assert client.get(url).context["erase_url"] == f"{url}redact/"

    shown = client.post(f"{url}redact/", GIVEN)
    assert "Jane Doe" in shown.content.decode()
    assert (shown.status_code, Redaction.objects.count()) == (200, 0)

    done = client.post(f"{url}redact/", {**GIVEN, "confirmed": "yes"})
    assert (done.status_code, done.url) == (302, url)
    lumaro.refresh_from_db()
    assert lumaro.dpo_name == ERASED


def test_the_timeline_shows_what_was_erased_and_where_it_says_so(
    url: str, lumaro: Organisation, mara: User, sign_in: Any
) -> None:
    client = sign_in(mara)
    client.post(f"{url}redact/", {**GIVEN, "confirmed": "yes"})
    (made,) = Redaction.objects.all()

    page = client.get(url)

    told = [
        (one["change"].new, one["change"].redaction, one["url"])
        for click in page.context["clicks"]
        for item in click["lines"]
        for one in item["changes"]
        if one["change"].name == "dpo_name"
    ]
    record = f"/organisations/{lumaro.slug}/timeline/ledger.redaction/{made.pk}/"
    assert told[-1] == (ERASED, made, record)
    assert client.get(record).context["erase_url"] == ""
    assert "Jane" not in page.content.decode()


def test_the_reason_may_not_repeat_the_value(url: str, mara: User, sign_in: Any) -> None:
    page = sign_in(mara).post(f"{url}redact/", {**GIVEN, "reason": "Jane Roe asked us", "confirmed": "yes"})

    assert (page.status_code, Redaction.objects.count()) == (422, 0)


def test_only_whoever_manages_the_history_erases(url: str, ria: User, ed: User, sign_in: Any) -> None:
    assert sign_in(ria).get(f"{url}redact/").status_code == 403
    assert sign_in(ria).get(url).context["erase_url"] == ""


def test_a_person_who_works_elsewhere_too_is_left_to_the_operator(
    lumaro: Organisation, stridewell: Project, mara: User, ed: User, otto: User, sign_in: Any
) -> None:
    from compliance.projects.services import grant_role

    url = f"/organisations/{lumaro.slug}/timeline/accounts.user/{ed.pk}/redact/"
    client = sign_in(mara)
    assert client.get(url).status_code == 200
    grant_role(user=ed, role="executive", scope=Organisation.objects.get(name="Elsewhere"), by=otto)

    assert client.get(url).status_code == 403

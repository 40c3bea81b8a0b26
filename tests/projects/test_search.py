"""Search finds what one may view, by reference or by name, and nothing else."""

from collections.abc import Callable

import pytest
from django.test import Client

from compliance.accounts.models import User
from compliance.projects.models import Organisation, Project
from risks.services import identify_risk

SignIn = Callable[[User], Client]


@pytest.fixture
def risk(stridewell: Project, mara: User) -> object:
    return identify_risk(
        organisation=stridewell.organisation, project=stridewell, by=mara, title="Health data in crash reports",
        weakness="stack traces", source="a crash", event="send data", consequence="disclosure", risk_source="failure",
    )  # fmt: skip


def labels(client: Client, url: str, text: str) -> list[str]:
    return [group["label"] for group in client.get(url, {"q": text}).context["groups"]]


def test_a_word_of_a_name_finds_the_record(risk: object, lumaro: Organisation, mara: User, sign_in: SignIn) -> None:
    assert labels(sign_in(mara), f"/organisations/{lumaro.slug}/search/", "crash") == ["Risks"]


def test_a_reference_leads_straight_to_the_record(risk: object, stridewell: Project, ed: User, sign_in: SignIn) -> None:
    answer = sign_in(ed).get(f"/projects/{stridewell.slug}/search/", {"q": risk.reference.lower()})  # type: ignore[attr-defined]

    assert (answer.status_code, answer.url) == (302, risk.get_absolute_url())  # type: ignore[attr-defined]


def test_another_project_is_not_searched(risk: object, korvo: Project, mara: User, sign_in: SignIn) -> None:
    assert labels(sign_in(mara), f"/projects/{korvo.slug}/search/", "crash") == []


def test_another_organisation_finds_nothing_of_ours(risk: object, otto: User, sign_in: SignIn) -> None:
    assert labels(sign_in(otto), "/organisations/elsewhere/search/", "crash") == []


def test_a_project_member_does_not_find_what_the_organisation_keeps(
    stridewell: Project, ed: User, mara: User, sign_in: SignIn
) -> None:
    identify_risk(
        organisation=stridewell.organisation, by=mara, title="Support reads crash data", weakness="wide views",
        source="an agent", event="browse", consequence="disclosure", risk_source="insider",
    )  # fmt: skip
    url = f"/projects/{stridewell.slug}/search/"

    assert labels(sign_in(mara), url, "crash") == ["Risks"]
    assert labels(sign_in(ed), url, "crash") == []


@pytest.mark.parametrize("text", ["", "x", "%", "\0\0", "a" * 5000, "'; drop table"])
def test_odd_words_find_nothing_and_break_nothing(text: str, lumaro: Organisation, mara: User, sign_in: SignIn) -> None:
    assert sign_in(mara).get(f"/organisations/{lumaro.slug}/search/", {"q": text}).status_code == 200

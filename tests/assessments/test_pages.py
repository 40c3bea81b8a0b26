"""The pages: answers kept one by one or page by page, without a script and without overwriting anybody."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from compliance.accounts.models import User
from compliance.assessments.models import Answer, Assessment, Proposal
from compliance.assessments.panels import of_project
from compliance.assessments.questionnaire import questionnaire
from compliance.assessments.reminders import assessments as falling_due
from compliance.assessments.services import approve_assessment, start_assessment, submit_assessment
from compliance.assessments.values import posted_value
from compliance.ledger.models import Entry
from compliance.projects.models import Organisation, Project
from compliance.projects.services import grant_role
from tests.assessments.answers import FITTING, answer_all, to_reviewed
from tests.conftest import person
from tests.due import due

SignIn = Callable[[User], Client]
HTMX = {"HX-Request": "true"}
Q = questionnaire().questions


@pytest.fixture
def draft(stridewell: Project, ed: User) -> Assessment:
    return start_assessment(project=stridewell, by=ed)


def place(row: Assessment, name: str, *more: str) -> str:
    return reverse(f"assessments:{name}", args=[row.project.slug, row.reference, *more])


def test_a_change_is_kept_and_answered_with_what_it_switches_on(draft: Assessment, ed: User, sign_in: SignIn) -> None:
    answer = sign_in(ed).post(
        place(draft, "question", "Q10"), {"Q10-account": "required", "Q10-version": "0"}, headers=HTMX
    )
    told = json.loads(answer["HX-Trigger"])["answer-kept"]

    assert (told["question"], told["version"], told["shown"]) == ("Q10", 1, ["Q10", "Q11", "Q12", "Q13", "Q14"])
    assert "Accounts can be taken over" in answer.text
    assert Answer.objects.get().value == {"account": "required"}


def test_somebody_elses_answer_is_not_overwritten(draft: Assessment, ed: User, mara: User, sign_in: SignIn) -> None:
    said = {"Q04-answer": "major", "Q04-version": "0"}
    sign_in(mara).post(place(draft, "question", "Q04"), {**said, "Q04-answer": "minor"}, headers=HTMX)
    answer = sign_in(ed).post(place(draft, "question", "Q04"), said, headers=HTMX)

    assert (answer.status_code, Answer.objects.get().value) == (409, {"answer": "minor"})
    assert answer.text == "Mara answered Q04 since this page was drawn: load it again to see how."


def test_save_keeps_a_page_without_a_script_and_goes_on(draft: Assessment, ed: User, sign_in: SignIn) -> None:
    browser = sign_in(ed)
    posted = {
        "Q01-answer": "Records runs.",
        "Q02-answer-0-platform": "ios",
        "Q02-answer-1-store": "Google Play",
        "Q03-answer": ["native", "nonsense"],
        "Q04-unknown": "on",
    }
    answer = browser.post(place(draft, "step", "app"), posted)
    held = {one.question: (one.value, one.unknown) for one in Answer.objects.all()}

    assert answer.url == place(draft, "step", "people")
    assert held == {
        "Q01": ({"answer": "Records runs."}, False),
        "Q02": ({"answer": [{"platform": "ios"}, {"store": "Google Play"}]}, False),
        "Q03": ({"answer": ["native"]}, False),
        "Q04": ({}, True),
    }
    entries = Entry.objects.count()
    browser.post(place(draft, "step", "app"), posted)
    assert Entry.objects.count() == entries


def test_what_is_wrong_is_said_and_the_rest_is_kept(draft: Assessment, ed: User, sign_in: SignIn) -> None:
    answer = sign_in(ed).post(place(draft, "step", "people"), {"Q05-used": "Germany, Atlantis", "Q08-answer": "cost"})

    assert (answer.status_code, Answer.objects.get(question="Q05").value) == (422, {"used": ["DE"]})
    assert answer.context["errors"] == {
        "Q05": ["“Atlantis” is no country we know: write its name, or its code of two letters."]
    }


@pytest.mark.once
@pytest.mark.parametrize(
    ("key", "posted", "value", "wrong"),
    [
        ("Q05", {"Q05-used": "de AT, usa;Czech Republic"}, {"used": ["DE", "AT", "US", "CZ"]}, 0),
        ("Q27", {"Q27-answer": ["screen", "none"]}, {}, 1),
        ("Q40", {"Q40-answer-0-date": "yesterday", "Q40-answer-0-open_highs": "-1"}, {}, 2),
        ("Q41", {"Q41-answer-none": "on", "Q41-answer-0-source": "Contract"}, {"answer": [{"source": "Contract"}]}, 1),
        ("Q41", {"Q41-answer-none": "on"}, {"answer": "none"}, 0),
        ("Q01", {"Q01-answer": " \x00x" + "y" * 3000}, {"answer": "x" + "y" * 1999}, 1),
        ("Q04", {"Q04-answer": "enormous"}, {}, 0),
    ],
)
def test_a_form_is_read_as_people_fill_it_in(key: str, posted: dict[str, Any], value: Any, wrong: int) -> None:
    def several(name: str) -> Any:
        return posted.get(name, [])

    read, errors = posted_value(Q[key], posted, several)

    assert (read, len(errors)) == (value, wrong)


def test_it_goes_from_start_to_submit_and_is_frozen(
    stridewell: Project, ed: User, mara: User, sign_in: SignIn, lumaro: Organisation
) -> None:
    browser = sign_in(ed)
    begun = browser.post(reverse("assessments:start", args=["stridewell"]), {})
    row = Assessment.objects.get()
    assert begun.url == place(row, "step", "app")
    early = browser.post(place(row, "check"))
    assert (early.status_code, "Not answered yet: Q01" in early.text) == (422, True)
    answer_all(row, ed, **FITTING)
    assert browser.post(place(row, "check")).url == row.get_absolute_url()

    late = browser.post(place(row, "question", "Q01"), {"Q01-answer": "Other"}, headers=HTMX)
    assert (late.status_code, late.text) == (409, "ASM-001 is submitted: its answers are frozen.")
    assert browser.get(place(row, "step", "app")).url == row.get_absolute_url()
    [line] = due(falling_due, lumaro, row.started_at)
    assert (line.title, line.url) == ("Stridewell: review the assessment", row.get_absolute_url())
    assert of_project(stridewell, can=None)["standing"] == "submitted"


def test_a_reviewer_remarks_and_a_colleague_is_asked(draft: Assessment, ed: User, mara: User, sign_in: SignIn) -> None:
    asked = {"colleague": mara.pk, "due_date": "2030-01-01", "note": "Who signs?"}
    sent = sign_in(ed).post(place(draft, "ask", "Q38"), asked)
    assert (sent.url, getattr(Answer.objects.get().task, "assignee", None)) == (
        f"{place(draft, 'step', 'behind')}#Q38",
        mara,
    )
    answer_all(draft, ed, **FITTING)
    submit_assessment(assessment=draft, by=ed)
    browser = sign_in(mara)
    assert browser.post(f"{place(draft, 'move')}?to=in_review").url == place(draft, "review")
    assert browser.post(place(draft, "remark", "Q38"), {"text": "Which two?"}).url == f"{place(draft, 'review')}#Q38"
    browser.post(f"{place(draft, 'move')}?to=returned", {"reason": "See Q38"})

    again = sign_in(ed).get(place(draft, "step", "behind"))
    assert ("Which two?" in again.text, again.status_code) == (True, 200)


def test_proposals_are_decided_by_kind_with_one_reason(
    draft: Assessment, ed: User, mara: User, lumaro: Organisation, sign_in: SignIn
) -> None:
    dora = person("Dora")
    grant_role(user=dora, role="dpo", scope=lumaro, by=mara)
    approve_assessment(assessment=to_reviewed(draft, ed, mara), by=dora, reason="Read")
    browser, page = sign_in(mara), place(draft, "decide")
    refused = browser.post(page, {"decision": "is", "verdict": "accept-every", "reason": " "})
    browser.post(page, {"decision": "is", "verdict": "accept-every", "reason": "It is so"})
    one = draft.proposals.filter(kind="risk")[0]
    browser.post(page, {"selected": [one.reference], "verdict": "decline", "reason": "Not here"})
    states = set(Proposal.objects.filter(kind="flag").values_list("state", flat=True))

    assert (refused.status_code, states) == (422, {"accepted"})
    assert Proposal.objects.get(pk=one.pk).state == "declined"
    assert browser.post(page, {"selected": ["PR-9999"]}).url == place(draft, "proposals")
    shown = sign_in(ed).get(place(draft, "proposals"))
    assert ("Because Q04 = A new app" in shown.text, 'name="verdict"' in shown.text) == (True, False)

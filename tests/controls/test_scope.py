"""The scope: stated in versions, decided by somebody else, and what packs are held against."""

from datetime import date

import pytest
from django.utils import timezone

from compliance.accounts.models import User
from compliance.approvals.services import NotYours
from compliance.ledger import Refused
from compliance.packs.registry import Period
from compliance.projects.models import Organisation, Project
from controls.documented.pack_sections import scope_statement
from controls.documented.preflight import pack_is_inside_the_scope
from controls.models import ScopeStatement
from controls.services.scope import decide_scope, draft_scope, edit_scope, submit_scope

TEXTS = {"statement": "All apps and their backends.", "summary": "First version"}
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


@pytest.fixture
def scope(lumaro: Organisation, stridewell: Project, mara: User) -> ScopeStatement:
    """A draft that holds Stridewell."""
    return draft_scope(organisation=lumaro, texts=TEXTS, projects=[stridewell], by=mara)


def approve(scope: ScopeStatement, by: User) -> ScopeStatement:
    return decide_scope(scope=scope, approve=True, by=by, reason="Read with the management")


def test_a_scope_is_approved_by_somebody_else_and_stands_on_the_page(
    scope: ScopeStatement, lumaro: Organisation, mara: User, ria: User
) -> None:
    with pytest.raises(Refused, match=r"^SC-001 is draft: it cannot become approved from there\.$"):
        approve(scope, ria)
    submit_scope(scope=scope, by=mara)
    with pytest.raises(Refused, match=r"^SC-001 is in review: it cannot become in review from there\.$"):
        submit_scope(scope=scope, by=mara)
    with pytest.raises(Refused, match=r"^SC-001 is in review: only a draft is changed. Begin a new version\.$"):
        edit_scope(scope=scope, texts=TEXTS, projects=[], by=mara)
    with pytest.raises(NotYours):
        approve(scope, mara)
    approve(scope, ria)

    lumaro.refresh_from_db()
    assert (scope.state, lumaro.scope_statement) == ("approved", "All apps and their backends.")
    with pytest.raises(Refused, match=r"^SC-001 is approved: it cannot become draft from there\.$"):
        decide_scope(scope=scope, approve=False, by=ria, reason="Changed my mind")


def test_one_version_is_written_at_a_time_and_supersedes(
    scope: ScopeStatement, lumaro: Organisation, stridewell: Project, mara: User, ria: User
) -> None:
    with pytest.raises(Refused, match=r"^SC-001 is not finished: go on with it first\.$"):
        draft_scope(organisation=lumaro, texts=TEXTS, projects=[], by=mara)
    submit_scope(scope=scope, by=mara)
    decide_scope(scope=scope, approve=False, by=ria, reason="Sites are missing")
    edit_scope(scope=scope, texts={**TEXTS, "sites": "Leipzig"}, projects=[stridewell], by=mara)
    submit_scope(scope=scope, by=mara)
    approve(scope, ria)
    second = draft_scope(organisation=lumaro, texts={**TEXTS, "summary": "Korvo"}, projects=[], by=mara)
    submit_scope(scope=second, by=mara)
    approve(second, ria)

    scope.refresh_from_db()
    assert (scope.state, second.state) == ("superseded", "approved")


@pytest.mark.parametrize(
    ("texts", "said"), [({"statement": " "}, "^Say what the man"), ({"summary": ""}, "^Say what ch")]
)
def test_a_scope_says_something(lumaro: Organisation, mara: User, texts: dict, said: str) -> None:
    with pytest.raises(Refused, match=said):
        draft_scope(organisation=lumaro, texts={**TEXTS, **texts}, projects=[], by=mara)


def test_another_organisations_project_is_never_in_scope(lumaro: Organisation, mara: User, otto: User) -> None:
    foreign = Project.objects.exclude(organisation=lumaro).get()

    with pytest.raises(Refused, match=r"^Foreign belongs to another organisation\.$"):
        draft_scope(organisation=lumaro, texts=TEXTS, projects=[foreign], by=mara)


def test_a_pack_about_a_project_outside_the_scope_is_held_back(
    scope: ScopeStatement, lumaro: Organisation, stridewell: Project, korvo: Project, mara: User, ria: User
) -> None:
    before = pack_is_inside_the_scope(korvo, timezone.now(), YEAR)
    submit_scope(scope=scope, by=mara)
    approve(scope, ria)
    now = timezone.now()

    assert before == []
    assert [one.text for one in pack_is_inside_the_scope(korvo, now, YEAR)] == [
        "Korvo Wallet is not among the projects of the approved scope SC-001."
    ]
    assert pack_is_inside_the_scope(stridewell, now, YEAR) == []
    assert scope_statement(lumaro, now, YEAR)["scope"]["projects"] == ["Stridewell"]

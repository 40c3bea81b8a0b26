"""A project leaves out what its organisation includes only with an exception: approved by another, and for a time."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from compliance.accounts.models import User
from compliance.approvals.services import NotYours
from compliance.ledger import Refused, change
from compliance.packs.registry import Period, day
from compliance.projects.models import Organisation, Project
from compliance.projects.services import grant_role
from controls.models import DEVIATION_MOVES, Applicability, Deviation, DeviationState, Requirement, Statement
from controls.pack_sections import statements_of_applicability
from controls.past import exceptions_at
from controls.reminders import exceptions
from controls.services.applicability import CannotDecide, decide_applicability, inherit_again
from controls.services.deviation import decide_deviation, end_deviation, request_deviation
from controls.services.soa import lines, present
from controls.services.soa import past as soa_past
from controls.services.statement import decide_statement, submit_statement
from tests.due import due
from tests.stage import staged

TODAY = timezone.now().date()
MONTH = timedelta(days=30)


@staged
def asked(statement: Statement, stridewell: Project, ed: User) -> Deviation:
    """Ed asks to leave out K.1 for a month."""
    return request_deviation(
        project=stridewell,
        requirement=Requirement.objects.get(edition=statement.edition, ref="K.1"),
        compensating="Backups of the phone's vendor",
        valid_until=TODAY + MONTH,
        by=ed,
        reason="No servers of its own",
    )


def granted(asked: Deviation, by: User) -> Deviation:
    return decide_deviation(deviation=asked, approve=True, by=by, reason="Weighed")


def holds(scope: Organisation | Project, on: date = TODAY) -> tuple[bool, bool]:
    """Whether K.1 is included, and decided by the project itself."""
    row = Applicability.objects.effective(scope, on).get(requirement__ref="K.1")
    return row.included, row.project_id is not None


def test_asking_changes_nothing(asked: Deviation, stridewell: Project, lumaro: Organisation) -> None:
    assert (asked.reference, asked.state, holds(stridewell), holds(lumaro)) == (
        "EX-001",
        "requested",
        (True, False),
        (True, False),
    )


def test_approved_it_leaves_the_requirement_out_until_its_last_day(
    asked: Deviation, stridewell: Project, lumaro: Organisation, ria: User
) -> None:
    granted(asked, ria)

    assert holds(stridewell, TODAY + MONTH) == (False, True)
    assert holds(stridewell, TODAY + MONTH + timedelta(days=1)) == (True, False)
    assert holds(lumaro) == (True, False)
    row = Applicability.objects.get(project=stridewell)
    assert (row.holds_until, row.deviation_reason) == (TODAY + MONTH, "EX-001: No servers of its own")
    shown = next(one for one in lines(present(stridewell), stridewell, TODAY) if one.row.requirement.ref == "K.1")
    assert (shown.inherited, shown.problems) == (False, [])


def test_who_asked_does_not_decide_whatever_their_role(asked: Deviation, ed: User, lumaro: Organisation) -> None:
    with pytest.raises(Refused, match="decided by somebody who approves applicability for "):
        granted(asked, ed)
    for role in ("organisation_admin", "executive"):
        grant_role(user=ed, role=role, scope=lumaro, by="tests")

    with pytest.raises(NotYours):
        granted(asked, ed)


def test_an_exception_over_falls_back_shows_a_task_and_is_settled_in_words(
    asked: Deviation, stridewell: Project, ria: User, ed: User
) -> None:
    granted(asked, ria)
    later = timezone.now() + MONTH + timedelta(days=2)

    assert [one.title for one in due(exceptions, stridewell, timezone.now())] == [
        "Exception from K.1 in Stridewell ends"
    ]
    assert [(one.title, one.owner, one.state) for one in due(exceptions, stridewell, later)] == [
        ("K.1 applies in Stridewell again: say what became of the exception", ed.name, "overdue")
    ]
    assert asked.standing(later.date()) == "expired"
    with change(by=ria):
        for row in (asked, Applicability.objects.get(project=stridewell)):
            setattr(row, "valid_until" if row == asked else "holds_until", TODAY - timedelta(days=1))
            row.save()
    assert holds(stridewell) == (True, False)
    decided = Applicability.objects.effective(stridewell).select_related("requirement").get(requirement__ref="K.1")
    decide_applicability(row=decided, scope=stridewell, by=ed, codes="LR", reason="It applies now")
    own = Applicability.objects.get(project=stridewell)
    assert (own.included, own.holds_until) == (True, None)
    assert end_deviation(deviation=asked, by=ed, reason="Servers rented").state == "expired"
    assert due(exceptions, stridewell, later) == []


def test_an_exception_ended_gives_the_decision_back(
    asked: Deviation, stridewell: Project, ria: User, ed: User, statement: Statement
) -> None:
    granted(asked, ria)
    own = Applicability.objects.select_related("requirement").get(project=stridewell)
    with pytest.raises(CannotDecide, match="An exception holds for K"):
        decide_applicability(row=own, scope=stridewell, by=ria, included=True, reason="Again")
    with pytest.raises(Refused, match="end the exception instead"):
        inherit_again(row=own, by=ria, reason="Again")

    assert end_deviation(deviation=asked, by=ed, reason="Done earlier").state == "revoked"
    assert holds(stridewell) == (True, False)


def test_a_longer_one_takes_its_place(asked: Deviation, stridewell: Project, ria: User, ed: User) -> None:
    granted(asked, ria)
    facts = {"requirement": asked.requirement, "compensating": "Same", "by": ed, "reason": "Needs longer"}
    longer = request_deviation(project=stridewell, valid_until=TODAY + 2 * MONTH, **facts)

    granted(longer, ria)

    asked.refresh_from_db()
    assert (asked.state, asked.outcome, longer.state) == ("superseded", "Followed by EX-002.", "approved")
    assert holds(stridewell, TODAY + 2 * MONTH) == (False, True)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"compensating": " "}, "Say what protects instead"),
        ({"valid_until": TODAY}, "Last day: choose one after today"),
        ({"valid_until": TODAY + timedelta(days=367)}, "Last day: choose one after today"),
        ({}, "EX-001 waits for a decision already"),
    ],
)
def test_a_request_lacks_nothing(given: dict[str, Any], said: str, asked: Deviation, ed: User) -> None:
    facts = {"compensating": "Something", "valid_until": TODAY + MONTH, **given}

    with pytest.raises(Refused, match=said):
        request_deviation(project=asked.project, requirement=asked.requirement, by=ed, reason="So", **facts)


def test_there_is_no_exception_from_what_is_excluded(statement: Statement, stridewell: Project, mara: User) -> None:
    row = Applicability.objects.select_related("requirement").get(requirement__ref="K.2")
    decide_applicability(row=row, by=mara, included=False, exclusion_reason="No")

    with pytest.raises(Refused, match=r"does not include K.2: there is nothing to be excepted from"):
        request_deviation(
            project=stridewell,
            requirement=row.requirement,
            compensating="x",
            valid_until=TODAY + MONTH,
            by=mara,
            reason="x",
        )


@pytest.mark.parametrize("start", DeviationState.values)
def test_every_move_is_allowed_or_refused_in_words(start: str, asked: Deviation, ria: User) -> None:
    with change(by="tests"):
        asked.state = start
        asked.save()
    verbs: dict[str, Callable[[], Any]] = {
        "approved": lambda: granted(asked, ria),
        "rejected": lambda: decide_deviation(deviation=asked, approve=False, by=ria, reason="No"),
        "withdrawn" if start == "requested" else "revoked": lambda: end_deviation(deviation=asked, by=ria, reason="x"),
    }
    for to, act in verbs.items():
        with change(by="tests"):
            asked.state = start
            asked.save()
        if to in DEVIATION_MOVES[start] and to != "approved":
            assert act().state == to
            if to == "rejected":
                asked.approval.refresh_from_db()
                with change(by="tests"):
                    asked.approval.state = "requested"
                    asked.approval.save()
        elif to not in DEVIATION_MOVES[start]:
            with pytest.raises(Refused, match=r"EX-001 is .*: it cannot become"):
                act()


def test_the_past_and_the_pack_tell_it(asked: Deviation, stridewell: Project, lumaro: Organisation, ria: User) -> None:
    before = timezone.now()
    granted(asked, ria)
    after = timezone.now()

    told = {scope: exceptions_at(scope, after)[0] for scope in (stridewell, lumaro)}
    assert [(one["state"], one["decided_by"], one["project"]) for one in told.values()] == [
        ("Approved", "Ria", "Stridewell")
    ] * 2
    assert exceptions_at(stridewell, before)[0]["state"] == "Waits for approval"
    period = Period(TODAY, TODAY)
    section = statements_of_applicability(stridewell, after, period)
    row = next(row for row in section["tables"][0]["rows"] if row["requirement"] == "K.1")
    assert (row["included"], row["until"], len(section["exceptions"])) == (False, TODAY + MONTH, 1)
    whole = statements_of_applicability(lumaro, after, period)["tables"][0]["rows"]
    assert [row["projects"] for row in whole] == [
        f"All projects; Stridewell leaves it out until {day(TODAY + MONTH)}",
        "All projects",
        "All projects",
    ]
    lapsed = lines(soa_past(stridewell, after + 2 * MONTH), stridewell, TODAY + 2 * MONTH)
    assert next(one for one in lapsed if one.row.requirement.ref == "K.1").row.included is True


def test_the_pages_lead_from_the_row_to_the_decision(
    statement: Statement, stridewell: Project, ed: User, ria: User, mara: User, sign_in: Any
) -> None:
    base = f"/projects/{stridewell.slug}/applicability"
    asking, row_url = f"{base}/annex/except/K.1/", f"{base}/annex/rows/K.1/"
    given = {"reason": "No servers", "compensating": "Vendor", "valid_until": (TODAY + MONTH).isoformat()}

    client = sign_in(mara)
    assert asking in client.get(row_url).content.decode()
    assert client.post(asking, {}).status_code == 422
    assert client.post(asking, given).headers["Location"] == f"{base}/exceptions/EX-001/"
    own = client.get(f"{base}/exceptions/EX-001/").content.decode()
    assert "You asked for this" in own

    other = sign_in(ria)
    deciding = "/organisations/lumaro/applicability/exceptions/EX-001/decide/"
    assert deciding in other.get(f"{base}/exceptions/EX-001/").content.decode()
    other.post(deciding, {"verdict": "yes", "reason": "Weighed"})
    assert Deviation.objects.get().state == "approved"
    assert "exception until" in other.get(f"{base}/annex/").content.decode()
    assert client.get(f"{base}/exceptions/").context["listing"].total == 1


def test_an_exception_does_not_outdate_the_statement_it_is_inherited_from(
    asked: Deviation, statement: Statement, stridewell: Project, mara: User, ria: User, sign_in: Any
) -> None:
    version = submit_statement(statement=statement, by=mara)
    decide_statement(version=version, approve=True, by=ria, reason="Read")
    granted(asked, ria)

    client = sign_in(mara)
    page = client.get(f"/projects/{stridewell.slug}/applicability/annex/")
    listed = client.get(f"/projects/{stridewell.slug}/applicability/").context["statements"]
    assert [page.context["standing"].state, listed[0]["standing"].state] == ["approved", "approved"]

"""A statement is approved as a whole, by somebody else, and turns outdated by itself; contradictions show by row."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.test import Client

from compliance.accounts.models import User
from compliance.approvals.services import NotYours
from compliance.ledger import Refused
from compliance.projects.models import Organisation, Project
from controls.claims import Claim, claims
from controls.models import Applicability, Control, Evidence, Implementation, Statement
from controls.services.applicability import adopt_edition, decide_applicability, decide_many
from controls.services.control import answer_requirements
from controls.services.review import accept_evidence, begin_review
from controls.services.soa import Line, lines, present
from controls.services.statement import (
    decide_statement,
    facts_now,
    standing_of,
    statements_in,
    submit_statement,
)
from controls.services.statement_versions import RowChange, compare_versions, facts_of_version
from controls.totals import contradicting
from tests.controls.editions import make_edition, requirement

DAY = date(2026, 11, 22)


@pytest.fixture
def risky() -> Iterator[dict]:
    """A room above that says which controls its risks rely on."""
    answers: dict = {}
    before = dict(claims._items)
    claims._items.clear()
    claims.add("risk", Claim("risk", "Risks", lambda scope, at=None: answers))
    yield answers
    claims._items.clear()
    claims._items.update(before)


def justified(scope: Organisation, mara: User, codes: str = "BR") -> None:
    rows = list(Applicability.objects.effective(scope).select_related("requirement", "implementation"))
    decide_many(rows=rows, scope=scope, by=mara, codes=codes, justification="We want it", reason="Decided together")


def line(scope: Organisation | Project, ref: str = "K.1") -> Line:
    """The line; the database counts as many with a problem as there are."""
    found = lines(present(scope), scope, DAY)
    assert contradicting(scope, DAY).total() == sum(bool(one.problems) for one in found)
    return next(one for one in found if one.row.requirement.ref == ref)


def kinds(scope: Organisation | Project, ref: str = "K.1") -> list[str]:
    return [problem.kind for problem in line(scope, ref).problems]


def test_a_statement_is_approved_by_somebody_else(statement: Statement, lumaro, mara: User, ria: User) -> None:
    version = submit_statement(statement=statement, by=mara)
    assert standing_of(statement).state == "waiting for approval"

    with pytest.raises(NotYours):
        decide_statement(version=version, approve=True, by=mara, reason="Fine")
    decide_statement(version=version, approve=True, by=ria, reason="Discussed on 20 Nov")

    assert standing_of(statement).state == "approved"
    assert (version.number, version.included_count, version.excluded_count) == (1, 3, 0)


def test_an_approved_statement_turns_outdated_by_itself(statement: Statement, lumaro, mara: User, ria: User) -> None:
    decide_statement(version=submit_statement(statement=statement, by=mara), approve=True, by=ria, reason="Fine")

    justified(lumaro, mara)

    assert standing_of(statement).state == "outdated"
    second = submit_statement(statement=statement, by=mara)
    decide_statement(version=second, approve=True, by=ria, reason="Fine again")
    assert (second.number, standing_of(statement).state) == (2, "approved")


def test_versions_are_compared_row_by_row(
    statement: Statement, lumaro, mara: User, ria: User, sign_in: Callable[[User], Client]
) -> None:
    first = submit_statement(statement=statement, by=mara)
    decide_statement(version=first, approve=True, by=ria, reason="Fine")
    row = Applicability.objects.get(requirement__ref="K.2")
    decide_applicability(row=row, scope=lumaro, by=mara, codes="BR", justification="We want it", reason="Decided")

    changed = [RowChange("K.2", "changed", [("Why it applies", "", "BR"), ("Justification", "", "We want it")])]
    assert compare_versions(facts_of_version(first), facts_now(statement)) == changed
    page = sign_in(ria).get(f"{statement.get_absolute_url()}versions/")
    assert (page.context["old"], page.context["new"], page.context["changes"]) == (1, None, changed)
    page = sign_in(ria).get(f"{statement.get_absolute_url()}versions/?old=1&new=1")
    assert (page.context["new"], page.context["changes"]) == (1, [])
    assert sign_in(ria).get(f"{statement.get_absolute_url()}versions/?old=7&new=x").context["old"] == 1


def test_rows_that_changed_meanwhile_are_not_approved(statement: Statement, lumaro, mara: User, ria: User) -> None:
    version = submit_statement(statement=statement, by=mara)
    justified(lumaro, mara)

    with pytest.raises(Refused):
        decide_statement(version=version, approve=True, by=ria, reason="Fine")


def test_how_far_the_work_has_come_does_not_outdate_an_approval(
    statement: Statement, lumaro, running: Implementation, mara: User, ria: User
) -> None:
    decide_statement(version=submit_statement(statement=statement, by=mara), approve=True, by=ria, reason="Fine")

    answer_requirements(control=running.control, requirements=[requirement(statement.edition, "K.1")], by=mara)

    assert line(lumaro).progress == "implemented"
    assert standing_of(statement).state == "approved"


def test_an_empty_statement_is_not_put_forward(lumaro: Organisation, mara: User) -> None:
    empty = adopt_edition(scope=lumaro, edition=make_edition("empty", 0), by=mara)

    with pytest.raises(Refused):
        submit_statement(statement=empty, by=mara)


def test_a_projects_own_statement_stands_before_its_organisations(
    statement: Statement, lumaro, stridewell: Project, mara: User
) -> None:
    assert statements_in(stridewell) == [statement]

    own = adopt_edition(scope=stridewell, edition=statement.edition, by=mara)

    assert statements_in(stridewell) == [own]
    assert statements_in(lumaro) == [statement]


def test_included_without_words_is_a_contradiction(statement: Statement, lumaro, mara: User) -> None:
    assert kinds(lumaro) == ["unjustified"]

    justified(lumaro, mara)

    assert kinds(lumaro) == []


def test_ra_needs_a_risk_that_relies_on_it(
    statement: Statement, lumaro, running: Implementation, mara: User, risky: dict
) -> None:
    justified(lumaro, mara, "RA")
    answer_requirements(control=running.control, requirements=[requirement(statement.edition, "K.1")], by=mara)
    assert kinds(lumaro) == ["unclaimed", "unproven"]

    risky[running.control_id] = ["R-0001"]

    assert line(lumaro).claims == {"risk": ["R-0001"]}
    assert kinds(lumaro) == ["unproven"]


def test_an_inherited_reason_is_borne_out_in_the_organisation(
    statement: Statement, lumaro, stridewell: Project, mara: User, risky: dict
) -> None:
    justified(lumaro, mara, "RA")

    assert kinds(lumaro) == ["unclaimed"]
    assert kinds(stridewell) == []


def test_excluded_yet_relied_on(statement: Statement, lumaro, running: Implementation, mara: User, risky: dict) -> None:
    answer_requirements(control=running.control, requirements=[requirement(statement.edition, "K.1")], by=mara)
    risky[running.control_id] = ["R-0001"]
    row = Applicability.objects.get(pk=line(lumaro).row.pk)

    decide_applicability(row=row, by=mara, included=False, exclusion_reason="Not ours")

    assert [problem.text for problem in line(lumaro).problems] == ["Excluded, yet relied on by R-0001, CI-001."]


def test_implemented_becomes_operating_with_accepted_evidence(
    statement: Statement, lumaro, stridewell: Project, evidence: Evidence, backups: Control, mara: User, ria: User
) -> None:
    justified(lumaro, mara)
    answer_requirements(control=backups, requirements=[requirement(statement.edition, "K.1")], by=mara)
    assert (line(lumaro).progress, kinds(lumaro)) == ("implemented", ["unproven"])

    version = begin_review(version=evidence.versions.get(), by=ria)
    accept_evidence(version=version, by=ria, note="Complete.")

    assert (line(lumaro).progress, kinds(lumaro)) == ("operating", [])
    assert line(stridewell).progress == "operating"
    assert line(stridewell).inherited is True
    late = lines(present(lumaro), lumaro, date(2028, 1, 1))[0]
    assert late.progress == "implemented"


def test_a_statement_is_read_in_a_fixed_number_of_queries(lumaro, mara: User, risky: dict, queries) -> None:
    small, large = make_edition("small", 3), make_edition("large", 93)
    for edition in (small, large):
        adopt_edition(scope=lumaro, edition=edition, by=mara)

    for edition, count in ((small, 3), (large, 93)):
        with queries(3):
            assert len(lines(present(lumaro, edition), lumaro, DAY)) == count

"""Packs and checks read the past; panels and reminders the present."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.ledger.proof.canonical import canonical
from compliance.packs.contents import plain_data
from compliance.packs.registry import Citation, Period, checks, sections
from compliance.projects.models import Organisation, Project
from controls import reminders
from controls.models import Applicability, Evidence, EvidenceVersion, Implementation, Statement
from controls.panels import (
    contradictions_of_project,
    coverage_of_organisation,
    coverage_of_project,
    evidence_of_organisation,
    evidence_of_project,
)
from controls.services.applicability import decide_applicability, decide_many
from controls.services.control import answer_requirements, update_implementation
from controls.services.evidence import Facts, Links, Upload, submit_evidence
from controls.services.review import accept_evidence, begin_review
from controls.services.soa import lines, past, present
from controls.services.statement import decide_statement, submit_statement
from tests.controls.editions import requirement
from tests.due import due

PERIOD = Period(date(2026, 1, 1), date(2027, 12, 31))


def context(key: str, scope: Any, at: datetime | None = None) -> Any:
    return sections[key].source(scope, at or timezone.now(), PERIOD)


def findings(name: str, scope: Any, later: timedelta = timedelta(), period: Period = PERIOD) -> list[tuple[str, str]]:
    return [(str(one.level), one.text) for one in checks[name].source(scope, timezone.now() + later, period)]


def judged(evidence: Evidence, ria: User) -> EvidenceVersion:
    return accept_evidence(version=begin_review(version=evidence.versions.get(), by=ria), by=ria, note="Complete.")


@pytest.fixture
def complete(
    statement: Statement, running: Implementation, evidence: Evidence, lumaro: Organisation, mara: User, ria: User
) -> Statement:
    """K.1 operating, K.2 excluded, everything justified, approved by Ria."""
    answer_requirements(control=running.control, requirements=[requirement(statement.edition, "K.1")], by=mara)
    rows = Applicability.objects.effective(lumaro).select_related("requirement", "implementation")
    decide_many(rows=rows, scope=lumaro, by=mara, codes="BR", justification="We want it", reason="Workshop")
    row = rows.get(requirement__ref="K.2")
    decide_applicability(row=row, by=mara, included=False, exclusion_reason="Not ours")
    judged(evidence, ria)
    decide_statement(version=submit_statement(statement=statement, by=mara), approve=True, by=ria, reason="Read")
    return statement


def test_every_section_prints_plain_data(complete: Statement, stridewell: Project, lumaro: Organisation) -> None:
    for scope in (stridewell, lumaro):
        for key in ("criteria", "soa", "control_evidence", "evidence"):
            found = context(key, scope)
            assert canonical(plain_data(found))
            assert "CI-001" in render_to_string(sections[key].template, found) or key in {"criteria", "evidence"}


def test_empty_sections_say_so(stridewell: Project) -> None:
    for key in ("criteria", "soa", "control_evidence", "evidence"):
        assert 'class="empty"' in render_to_string(sections[key].template, context(key, stridewell))


def test_the_statement_is_printed_row_by_row(complete: Statement, stridewell: Project) -> None:
    found = context("soa", stridewell)

    (table,) = found["tables"]
    assert (table["state"], table["version"], table["approved_by"], table["inherited"]) == ("approved", 1, "Ria", True)
    rows = [(row["requirement"], row["included"], row["progress"], row["evidence"]) for row in table["rows"]]
    assert rows == [
        ("K.1", True, "Operating", ["EV-001"]),
        ("K.2", False, "", []),
        ("K.3", True, "Nothing yet", []),
    ]
    assert found["citations"] == [
        Citation("ANNEX K.1", "CI-001", "Backups"),
        Citation("ANNEX K.1", "EV-001", "Restore test"),
    ]
    assert [row["evidence"] for row in found["registers"]["soa-annex.csv"]] == ["EV-001", "", ""]


def test_accepted_evidence_comes_along_as_an_exhibit(complete: Statement, stridewell: Project) -> None:
    found = context("evidence", stridewell)

    (exhibit,) = found["exhibits"]
    assert (exhibit.reference, exhibit.file_name, exhibit.verdict) == ("EV-001", "restore.pdf", "Accepted by Ria")
    assert exhibit.sha256 == found["rows"][0]["sha256"]


def test_what_was_true_then_is_what_is_printed(complete: Statement, lumaro: Organisation, mara: User) -> None:
    then = timezone.now()
    before = context("soa", lumaro, then)
    row = Applicability.objects.effective(lumaro).select_related("requirement", "implementation").first()

    decide_applicability(row=row, by=mara, justification="Something else", reason="Reworded")

    assert context("soa", lumaro, then) == before
    (table,) = context("soa", lumaro)["tables"]
    assert (table["state"], table["rows"][0]["justification"]) == ("outdated", "Something else")


def test_past_and_present_tell_the_same_lines(complete: Statement, stridewell: Project, mara: User) -> None:
    row = Applicability.objects.effective(stridewell).select_related("requirement", "implementation").last()
    decide_applicability(row=row, scope=stridewell, by=mara, codes="LR", reason="Health data")
    day = timezone.now().date()

    def told(holdings: Any) -> list[Any]:
        return [
            (one.row.requirement.ref, one.row.codes, one.progress, one.inherited, [p.text for p in one.problems])
            for one in lines(holdings, stridewell, day)
        ]

    assert told(past(stridewell, timezone.now())) == told(present(stridewell))


def test_a_complete_statement_passes(complete: Statement, stridewell: Project, lumaro: Organisation) -> None:
    for scope in (stridewell, lumaro):
        for name in ("PF02", "PF03", "PF04", "PF05", "PF06", "PF07", "PF08"):
            assert findings(name, scope) == [], name


def test_an_unapproved_or_outdated_statement_blocks(statement, lumaro, mara: User, ria: User) -> None:
    assert findings("PF02", lumaro) == [("block", "The statement of applicability for ANNEX is not approved.")]

    decide_statement(version=submit_statement(statement=statement, by=mara), approve=True, by=ria, reason="Read")
    row = Applicability.objects.effective(lumaro).select_related("requirement", "implementation").first()
    decide_applicability(row=row, by=mara, codes="BR", reason="Decided anew")

    assert findings("PF02", lumaro) == [
        ("block", "The statement of applicability for ANNEX changed after its approval.")
    ]


def test_unjustified_rows_block_together(statement: Statement, stridewell: Project) -> None:
    assert findings("PF03", stridewell) == [("block", "ANNEX: included without a justification: K.1, K.2, K.3.")]


def test_implemented_without_evidence_warns(statement, running: Implementation, lumaro, mara: User) -> None:
    answer_requirements(control=running.control, requirements=[requirement(statement.edition, "K.3")], by=mara)

    assert findings("PF04", lumaro) == [("warn", "ANNEX: implemented without accepted evidence that is in date: K.3.")]


def test_expired_evidence_blocks_where_a_control_rests_on_it_alone(
    complete: Statement, running: Implementation, lumaro: Organisation, mara: User, ria: User
) -> None:
    late = timedelta(days=400)
    text = "EV-001 Restore test is out of date since 30 Apr 2027."
    assert findings("PF05", lumaro, late) == [("block", f"{text} A control rests on it alone.")]

    facts = Facts(
        source="Console",
        method="automated",
        collected_by=mara,
        period_start=date(2026, 1, 1),
        period_end=date(2026, 11, 1),
    )
    other = submit_evidence(
        scope=lumaro,
        title="Contract",
        shows="x",
        kind="contract",
        facts=facts,
        upload=Upload(BytesIO(b"%PDF-1.7 contract"), "c.pdf"),
        links=Links(implementations=[running]),
        by=mara,
    )
    judged(other, ria)

    assert findings("PF05", lumaro, late) == [("warn", text)]
    early = Period(date(2026, 1, 1), date(2026, 10, 1))
    assert [level for level, _ in findings("PF05", lumaro, period=early)] == ["block", "block"]


def test_one_file_for_two_pieces_warns(complete: Statement, running, lumaro, mara: User, ria: User) -> None:
    facts = Facts(
        source="Console", method="automated", collected_by=mara, observed_at=datetime(2026, 11, 2, tzinfo=UTC)
    )
    again = submit_evidence(
        scope=lumaro,
        title="Again",
        shows="x",
        kind="test_result",
        facts=facts,
        upload=Upload(BytesIO(b"%PDF-1.7 restore report"), "again.pdf"),
        links=Links(implementations=[running]),
        by=mara,
    )
    judged(again, ria)

    assert findings("PF06", lumaro) == [("warn", "EV-001, EV-002 are the same file.")]


def test_evidence_judged_past_the_service_blocks(evidence: Evidence, lumaro: Organisation, mara: User) -> None:
    version = evidence.versions.get()
    with change(by=mara, reason="Past the service"):
        version.state, version.reviewer = "accepted", mara
        version.save()

    assert findings("PF07", lumaro) == [("block", "EV-001 was accepted by Mara, who collected it or handed it in.")]


def test_changed_bytes_block(complete: Statement, evidence: Evidence, lumaro: Organisation) -> None:
    path = evidence.versions.get().blob.path
    path.write_bytes(b"%PDF-1.7 exchanged")

    ((level, text),) = findings("PF08", lumaro)

    path.unlink()
    assert (level, text.startswith("EV-001: The file ")) == ("block", True)


def test_panels_count_and_lead_to_the_rows(complete: Statement, stridewell: Project, lumaro: Organisation) -> None:
    bars = coverage_of_project(stridewell)["picture"].bars
    assert [(bar.label, bar.figure, bar.url) for bar in bars] == [
        ("ANNEX", "50% · 1 of 2", "/projects/stridewell/applicability/coverage/annex/")
    ]
    assert coverage_of_organisation(lumaro)["picture"].bars[0].figure == "50% · 1 of 2"
    figures = contradictions_of_project(stridewell)["figures"]
    assert figures == [{"label": "ANNEX", "number": 0, "url": "/projects/stridewell/applicability/annex/?problem=any"}]
    numbers = {one["label"]: one["number"] for one in evidence_of_organisation(lumaro)["figures"]}
    assert numbers == {"To be judged": 0, "Expiring": 0, "Expired": 0, "Rejected": 0, "Controls unproven": 0}
    later = datetime(2028, 1, 1, tzinfo=UTC)
    numbers = {one["label"]: one["number"] for one in evidence_of_project(stridewell, at=later)["figures"]}
    assert (numbers["Expired"], numbers["Controls unproven"]) == (1, 1)


def test_overviews_show_the_boxes(complete: Statement, stridewell: Project, mara: User, sign_in: Any) -> None:
    client = sign_in(mara)

    for url in ("/projects/stridewell/", "/organisations/lumaro/"):
        assert b"50% \xc2\xb7 1 of 2" in client.get(url).content


def test_what_runs_out_and_what_is_to_be_reviewed_falls_due(
    complete: Statement, running: Implementation, lumaro: Organisation, mara: User
) -> None:
    update_implementation(implementation=running, by=mara, review_date=date(2027, 4, 1))
    with change(by=mara):
        complete.review_date = date(2027, 4, 10)
        complete.save()
    early, later = datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 3, 15, tzinfo=UTC)
    finders = (reminders.evidence_expiring, reminders.implementation_reviews, reminders.statement_reviews)

    assert [due(find, lumaro, early) for find in finders] == [[], [], []]
    assert [(one.reference, one.date, one.owner) for find in finders for one in due(find, lumaro, later)] == [
        ("EV-001", date(2027, 4, 30), mara.name),
        ("CI-001", date(2027, 4, 1), mara.name),
        ("SOA-001", date(2027, 4, 10), mara.name),
    ]

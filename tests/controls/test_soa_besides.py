"""A statement taken out as a spreadsheet, and in a pack, says what auditors expect beside each row."""

import csv
from datetime import date
from io import StringIO

from django.utils import timezone

from compliance.accounts.models import User
from compliance.packs.registry import Period
from compliance.projects.models import Organisation
from controls.models import Implementation, Statement
from controls.pack_sections import statements_of_applicability
from controls.services.control import answer_requirements
from controls.services.control_test import conclude_test, plan_test, start_test
from controls.services.finding import raise_finding, send_finding

TODAY = timezone.now().date()


def test_a_row_tells_its_last_test_and_open_findings(
    statement: Statement, running: Implementation, lumaro: Organisation, mara: User, ria: User, ed: User, sign_in
) -> None:
    asked = statement.edition.requirements.get(ref="K.1")
    answer_requirements(control=running.control, requirements=[asked], by=mara)
    plan = {"objective": "It works", "method": "interview", "procedure": "Ask", "criteria": "No answer"}
    test = plan_test(implementation=running, tester=ria, planned_date=TODAY, by=mara, **plan)
    conclude_test(test=start_test(test=test, by=ria), result="effective", conclusion="It does", by=ria)
    said = {"title": "One was missed", "statement": "S", "evidence_seen": "E", "grade": "observation"}
    finding = raise_finding(scope=lumaro, requirement=asked, owner=ed, response_due=TODAY, by=ria, **said)
    raise_finding(scope=lumaro, requirement=asked, by=ria, **said)  # a draft is nobody else's business
    send_finding(finding=finding, by=ria)

    file = sign_in(mara).get("/organisations/lumaro/applicability/annex/?format=csv").getvalue().decode("utf-8-sig")
    first, second, _ = csv.DictReader(StringIO(file))
    names = ("Projects", "Responsibility", "Last test", "Open findings")
    assert [first[name] for name in names] == [
        "All projects",
        running.get_responsibility_display(),
        f"{TODAY}: effective (CT-001)",
        finding.reference,
    ]
    assert [second[name] for name in names] == ["All projects", "", "", ""]
    assert first["Last change"].startswith(str(TODAY))

    section = statements_of_applicability(lumaro, timezone.now(), Period(date(2026, 1, 1), TODAY))
    row = section["tables"][0]["rows"][0]
    assert (row["tested"], row["findings"]) == (f"{TODAY}: effective (CT-001)", [finding.reference])

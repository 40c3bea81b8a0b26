"""500 controls in 10 frameworks: statement, coverage and lists ask the database as often as for 10."""

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.projects import drawn, kept
from compliance.projects.models import Organisation
from controls.models import (
    Applicability,
    Control,
    ControlRequirement,
    Edition,
    Evidence,
    EvidenceImplementation,
    EvidenceVersion,
    Implementation,
    Requirement,
    Statement,
)
from tests.controls.editions import make_edition

FRAMEWORKS, FEW, MANY = 10, 10, 500
BASE = "/organisations/lumaro/"
PAGES = {
    "statements": f"{BASE}applicability/",
    "statement": f"{BASE}applicability/fw-0/",
    "coverage": f"{BASE}applicability/coverage/",
    "coverage of one": f"{BASE}applicability/coverage/fw-0/",
    "controls": f"{BASE}controls/",
    "at work": f"{BASE}controls/at-work/",
    "evidence": f"{BASE}evidence/",
}


def put_to_work(lumaro: Organisation, by: User, first: int, last: int) -> None:
    """Controls, each answering one requirement of every framework, at work and with accepted evidence."""
    home, now = {"organisation": lumaro}, timezone.now()
    asked = [list(Requirement.objects.filter(edition__key=f"fw-{n}").order_by("position")) for n in range(FRAMEWORKS)]
    with change(by=by, reason="To fill the lists"):
        controls = [Control(**home, title=f"Control {n}") for n in range(first, last)]
        Control.objects.bulk_create(controls)
        works = [Implementation(**home, control=one, owner=by, status="implemented") for one in controls]
        Implementation.objects.bulk_create(works)
        ControlRequirement.objects.bulk_create(
            ControlRequirement(**home, control=one, requirement=rows[n % len(rows)])
            for n, one in enumerate(controls, first)
            for rows in asked
        )
        pieces = [Evidence(**home, title=f"Report {n}", shows="It runs.", kind="other") for n in range(first, last)]
        Evidence.objects.bulk_create(pieces)
        said = {"source": "Console", "source_url": "https://a.example", "method": "automated", "state": "accepted"}
        people = {"collected_by": by, "submitted_by": by, "collected_at": now, "observed_at": now}
        EvidenceVersion.objects.bulk_create(
            EvidenceVersion(**home, evidence=one, number=1, **said, **people) for one in pieces
        )
        EvidenceImplementation.objects.bulk_create(
            EvidenceImplementation(**home, evidence=one, implementation=work)
            for one, work in zip(pieces, works, strict=True)
        )


def adopt(lumaro: Organisation, by: User, editions: list[Edition]) -> None:
    with change(by=by, reason="Adopted"):
        Statement.objects.bulk_create(Statement(organisation=lumaro, edition=one, owner=by) for one in editions)
        Applicability.objects.bulk_create(
            Applicability(organisation=lumaro, requirement=row, codes="BR", justification="We want it")
            for row in Requirement.objects.filter(edition__in=editions).order_by("edition", "position")
        )


def asked(client: Client) -> dict[str, int]:
    """The queries of every page, when nothing is kept of it."""
    found = {}
    for name, url in PAGES.items():
        client.get(url)
        kept.forget()
        drawn.forget()
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200, url
        found[name] = len(queries)
    return found


def test_pages_ask_the_same_of_ten_controls_and_of_five_hundred(lumaro: Organisation, mara: User, sign_in) -> None:
    client = sign_in(mara)
    adopt(lumaro, mara, [make_edition(f"fw-{n}", 50) for n in range(FRAMEWORKS)])
    put_to_work(lumaro, mara, 0, FEW)
    few = asked(client)

    put_to_work(lumaro, mara, FEW, MANY)

    assert ControlRequirement.objects.count() == FRAMEWORKS * MANY
    many = asked(client)
    assert {name: count for name, count in many.items() if count > few[name]} == {}
    assert {name: count for name, count in few.items() if count > 25} == {}

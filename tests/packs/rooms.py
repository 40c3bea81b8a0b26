"""A project with records in every room, some of them naming people and machines; its packs are read by the tests."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.ledger.keys import make_signing_key
from compliance.projects.models import Organisation, Project
from compliance.projects.services import plan_release, update_organisation
from compliance.registers.declaration import register_types
from compliance.registers.services.row import Said, add_row
from controls.models import Applicability, Control, Evidence, Implementation, Statement
from controls.services.applicability import decide_many
from controls.services.control import answer_requirements
from controls.services.evidence import Facts, Links, Upload, submit_evidence
from controls.services.review import accept_evidence, begin_review
from controls.services.statement import decide_statement, submit_statement
from dataflows.models import DataFlow
from risks import services as risks
from risks.models import Risk

ADDRESS, VISITOR = "10.20.30.40", "Jan Kowalski"  # who has no account


@dataclass
class Rooms:
    """What the project holds."""

    organisation: Organisation
    project: Project
    risk: Risk
    flow: DataFlow
    evidence: Evidence
    control: Control


@pytest.fixture
def filled(
    lumaro: Organisation,
    stridewell: Project,
    risk: Risk,
    running: Implementation,
    statement: Statement,
    approved: Callable[..., DataFlow],
    score: Callable[..., Any],
    mara: User,
    ed: User,
    ria: User,
    dora: User,
) -> Rooms:
    """Stridewell with a statement, a control, evidence, a scored and treated risk, a flow and a release."""
    make_signing_key()  # on PostgreSQL the sealer makes it
    update_organisation(
        organisation=lumaro, by=mara, scope_statement="All apps.", dpo_name="Dora", dpo_contact="dora@lumaro.example"
    )
    control = running.control
    rows = Applicability.objects.in_organisation(lumaro)
    decide_many(rows=rows, by=mara, codes="BR", justification="Mara asked for it.", owner=mara, reason="All apply.")
    requirements = [row.requirement for row in rows.select_related("requirement")[:2]]
    answer_requirements(control=control, requirements=requirements, by=mara)
    version = submit_statement(statement=statement, by=mara, reason="First.")
    decide_statement(version=version, approve=True, by=ria, reason="Read.")
    evidence = hand_in(lumaro, running, ed, "Restore test watched by Mara")
    accept_evidence(
        version=begin_review(version=evidence.versions.get(latest=True), by=mara, reason="Taken up."),
        by=mara,
        note="Complete.",
    )
    score(risk, "current", 2, 2)
    risks.link_control(risk=risk, implementation=running, by=ed)
    risks.update_risk(risk=risk, by=ed, title=f"Ask Ed (ed@lumaro.example) about host {ADDRESS}")
    trained = Said("Secure coding", {"person": VISITOR, "outcome": "passed"}, mara)
    add_row(register=register_types["training"], scope=lumaro, said=trained, by=mara)
    plan_release(project=stridewell, by=ed, name="4.2.0", notes="Ria asked for dark mode.")
    return Rooms(lumaro, stridewell, risk, approved(), evidence, control)


def hand_in(scope: Any, running: Implementation, by: User, title: str) -> Evidence:
    """Evidence of a running control, observed yesterday."""
    return submit_evidence(
        scope=scope,
        title=title,
        shows="A restore took three hours.",
        kind="test_result",
        facts=Facts(
            source="Backup console, production",
            method="export_by_hand",
            collected_by=by,
            observed_at=timezone.now() - timedelta(days=1),
        ),
        upload=Upload(BytesIO(b"%PDF-1.7 restore report"), "restore by Ed.pdf"),
        links=Links(implementations=[running]),
        by=by,
    )


def rename(person: User, name: str) -> None:
    """Somebody takes another name."""
    with change(by="tests"):
        person.name = name
        person.save()

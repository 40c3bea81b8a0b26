"""What the access matrix puts into the addresses of this room."""

from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.projects.models import Project
from controls.models import (
    Applicability,
    Control,
    ControlTest,
    Deviation,
    Edition,
    Requirement,
    ScopeStatement,
    Statement,
)
from controls.services.applicability import adopt_edition, decide_applicability
from controls.services.catalogue_load import load_catalogues
from controls.services.control import add_control, implement_control
from controls.services.control_test import plan_test
from controls.services.deviation import request_deviation
from controls.services.evidence import Facts, Links, Upload, submit_evidence
from controls.services.request import request_evidence
from controls.services.sample import freeze_population
from controls.services.scope import draft_scope
from tests.controls.desks import (
    action_of,
    apart,
    audit_of,
    desk_of,
    finding_of,
    frozen_evidence,
    open_finding,
    programme_of,
    review_of,
    sample_of,
)
from tests.controls.documents import write
from tests.controls.editions import make_edition
from tests.controls.small_catalogue import write_small_catalogue
from tests.objects import MATRIX, value, word

SOA = (
    "controls:*deviation_add",
    "controls:*statement*",
    "controls:*row",
    "controls:*decide",
    "controls:*inherit",
    "controls:*bulk",
)


def somebody(project: Project) -> User:
    return User.objects.filter(memberships__organisation=project.organisation).order_by("email").first()


@value("desk", "controls:desk*")
def desk(project: Project) -> object:
    return desk_of(project).pk


@value("part", "controls:desk_*", names_record=False)
def desk_part(project: Project) -> str:
    return "evidence"


@value("reference", "controls:desk_item")
def desk_item(project: Project) -> str:
    return frozen_evidence(project)["reference"]


@value("sha256", "controls:desk_file")
def desk_file(project: Project) -> str:
    return frozen_evidence(project)["sha256"]


@value("reference", "controls:desk_sample")
def desk_sample(project: Project) -> str:
    return sample_of(project)


@value("reference", "controls:desk_finding")
def desk_finding(project: Project) -> str:
    return finding_of(project)


@value("reference", "controls:*audit", "controls:audit_*")
def audit_reference(project: Project) -> str:
    return apart(lambda: audit_of(project)).reference


@value("reference", "controls:programme*")
def programme_reference(project: Project) -> str:
    return apart(lambda: programme_of(project)).reference


@value("reference", "controls:*finding", "controls:*finding_*", "controls:*action_add")
def finding_reference(project: Project) -> str:
    return apart(lambda: open_finding(project)).reference


@value("reference", "controls:*action", "controls:*action_next", "controls:*action_decide")
def action_reference(project: Project) -> str:
    return apart(lambda: action_of(project)).reference


@value("reference", "controls:management_review*")
def review_reference(project: Project) -> str:
    return apart(lambda: review_of(project)).reference


@value("edition", *SOA, "controls:*coverage_edition", "controls:*oscal_profile", names_record=False)
def edition(project: Project) -> str:
    """Editions are shared; the statement is made in the organisation, and the project's K.1 is its own."""
    shared = Edition.objects.filter(key="matrix").first() or make_edition("matrix")
    if not Statement.objects.filter(organisation=project.organisation, edition=shared).exists():
        adopt_edition(scope=project.organisation, edition=shared, by=somebody(project))
    row = Applicability.objects.effective(project).of_edition(shared).get(requirement__ref="K.1")
    if row.project_id is None:
        decide_applicability(row=row, scope=project, by=somebody(project), codes="BR", reason="Its own")
    return "matrix"


@value("reference", "controls:*deviation", "controls:*deviation_end", "controls:*deviation_decide")
def deviation(project: Project) -> str:
    """The matrix may end one: then another is asked for."""
    edition(project)
    wanted = Requirement.objects.get(edition__key="matrix", ref="K.2")
    waiting = Deviation.objects.in_project(project).filter(state="requested").first()
    return (
        waiting
        or request_deviation(
            project=project,
            requirement=wanted,
            compensating="By hand",
            valid_until=timezone.now().date() + timedelta(days=30),
            by=somebody(project),
            reason="Not yet",
        )
    ).reference


@value("ref", *SOA, names_record=False)
def requirement_ref(project: Project) -> str:
    return "K.1"


@value(
    "reference",
    "controls:*control",
    "controls:*control_edit",
    "controls:*implement",
    "controls:*move",
    names_record=False,
)
def control(project: Project) -> str:
    """A control of the organisation, at work in the project: both projects know it."""
    found = Control.objects.in_organisation(project.organisation).first()
    found = found or add_control(organisation=project.organisation, title="Matrix control", by=MATRIX)
    if not found.implementations.filter(project=project).exists():
        implement_control(control=found, scope=project, owner=somebody(project), by=MATRIX)
    return found.reference


@value("reference", "controls:*sample*")
def sample(project: Project) -> str:
    test = ControlTest.objects.get(organisation=project.organisation, reference=control_test(project))
    with change(by=MATRIX):
        test.state = "running"
        test.save()
    return freeze_population(test=test, items=["one", "two"], source="Matrix", by=test.tester).reference


@value("reference", "controls:*test*")
def control_test(project: Project) -> str:
    owner = somebody(project)
    with change(by=MATRIX):
        tester = User.objects.create_user(f"{word()}@matrix.example", None, name="Tester")
    made = add_control(organisation=project.organisation, title=f"Control {word()}", by=MATRIX)
    running = implement_control(control=made, scope=project, owner=owner, by=MATRIX)
    plan = {"method": "test", "objective": "It works", "procedure": "Try it.", "criteria": "It does not."}
    return plan_test(implementation=running, tester=tester, planned_date=date(2026, 12, 1), by=owner, **plan).reference


@value("reference", "controls:*request*")
def evidence_request(project: Project) -> str:
    by = somebody(project)
    words = {"title": "Logs", "instruction": "Of the quarter.", "due_date": date(2026, 12, 1)}
    return request_evidence(scope=project, assignee=by, by=by, **words).reference


@value("reference", "controls:*evidence_*")
def evidence(project: Project) -> str:
    person = somebody(project)
    facts = Facts(
        source="Console", method="automated", collected_by=person, observed_at=datetime(2026, 11, 1, 9, tzinfo=UTC)
    )
    about = {"title": f"Evidence of {project}", "shows": "It runs.", "kind": "system_report"}
    given = {"scope": project, "facts": facts, "links": Links(), "by": person, **about}
    return apart(lambda: submit_evidence(upload=Upload(BytesIO(b"matrix"), "matrix.txt"), **given)).reference


@value("upload", "controls:*upload", names_record=False)
def upload(project: Project) -> UUID:
    """Another person's upload is as if it were not there."""
    return UUID(int=7)


@value("number", "controls:*evidence_*", names_record=False)
def evidence_number(project: Project) -> int:
    return 1


@value("edition", "controls:*", names_record=False)
def catalogue_edition(project: Project) -> str:
    """Catalogues are shared by all organisations."""
    with TemporaryDirectory() as folder:
        load_catalogues(folder=write_small_catalogue(Path(folder)), by=MATRIX)
    return "law-1"


@value("ref", "controls:*", names_record=False)
def catalogue_ref(project: Project) -> str:
    return "Art.3"


@value("reference", "controls:document_file")
def filed_document(project: Project) -> str:
    version = write(project.organisation, somebody(project), f"Filed policy of {project}", upload=b"%PDF-1.7 policy")
    return version.document.reference


@value("reference", "controls:document*")
def document(project: Project) -> str:
    return write(project.organisation, somebody(project), f"Policy of {project}").document.reference


@value("number", "controls:document*", names_record=False)
def document_number(project: Project) -> int:
    return 1


@value("reference", "controls:scope_version")
def scope_version(project: Project) -> str:
    """One version is written at a time; what there is, is shown."""
    found = ScopeStatement.objects.in_organisation(project.organisation).first()
    texts = {"statement": f"All of {project.organisation}", "summary": "First version"}
    by = somebody(project)
    made = found or draft_scope(organisation=project.organisation, texts=texts, projects=[project], by=by)
    return made.reference

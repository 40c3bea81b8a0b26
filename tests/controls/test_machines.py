"""Every state machine of this room is known here, whole, and held by a test of each of its moves.

A new one (a mapping called MOVES or …_MOVES in a module of controls.models) fails here until it names its states and
the file that takes every allowed move and has every other refused in words.
"""

import pkgutil
from importlib import import_module
from itertools import product
from pathlib import Path

import pytest
from django.db.models import TextChoices
from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import Refused
from compliance.projects.models import Organisation, Project
from controls import models
from controls.models import (
    SCOPE_MOVES,
    DeviationState,
    Evidence,
    ProgrammeState,
    ScopeState,
    ScopeStatement,
)
from controls.services.audit import close_programme
from controls.services.evidence import Facts, submit_version
from controls.services.management_review import collect_inputs, schedule_review
from controls.services.review import begin_review
from controls.services.scope import decide_scope, draft_scope, submit_scope
from tests.controls.auditing import put
from tests.controls.desks import programme_of

HERE = Path(__file__).parent
MACHINES: dict[str, tuple[type[TextChoices], str]] = {
    "control.MOVES": (models.Status, "test_control.py"),
    "control_test.TEST_MOVES": (models.ControlTestState, "test_control_test.py"),
    "corrective_action.ACTION_MOVES": (models.ActionState, "test_finding.py"),
    "deviation.DEVIATION_MOVES": (DeviationState, "test_deviation.py"),
    "document.DOCUMENT_MOVES": (models.VersionState, "test_document.py"),
    "evidence.EVIDENCE_MOVES": (models.EvidenceState, "test_evidence.py"),
    "finding.FINDING_MOVES": (models.FindingState, "test_finding.py"),
    "management_review.REVIEW_MOVES": (models.ReviewState, "test_management_review.py"),
    "audit.AUDIT_MOVES": (models.AuditState, "test_audit.py"),
    "audit.PROGRAMME_MOVES": (ProgrammeState, "test_audit.py"),
    "request.REQUEST_MOVES": (models.RequestState, "test_request.py"),
    "scope.SCOPE_MOVES": (ScopeState, "test_machines.py"),
}


def found() -> dict[str, dict[str, frozenset[str]]]:
    """Every machine declared in the models, by module and name."""
    machines = {}
    for one in pkgutil.iter_modules(models.__path__):
        module = import_module(f"controls.models.{one.name}")
        for name, value in vars(module).items():
            if (name == "MOVES" or name.endswith("_MOVES")) and f"{name}:" in Path(module.__file__ or "").read_text():
                machines[f"{one.name}.{name}"] = value
    return machines


def test_every_machine_is_known_and_has_its_tests() -> None:
    assert found().keys() == MACHINES.keys()
    untested = [
        key
        for key, (_, file) in MACHINES.items()
        if key.partition(".")[2] not in (text := (HERE / file).read_text()) or "pytest.raises(" not in text
    ]
    assert untested == []


@pytest.mark.parametrize("key", MACHINES)
def test_a_machine_names_all_its_states_and_leads_to_no_other(key: str) -> None:
    states, moves = MACHINES[key][0], found()[key]

    assert set(moves) == set(states.values)
    assert {to for ends in moves.values() for to in ends} <= set(states.values)
    assert set(states.values) - {to for ends in moves.values() for to in ends} <= {states.values[0]}


@pytest.fixture
def scope(lumaro: Organisation, stridewell: Project, mara: User) -> ScopeStatement:
    texts = {"statement": "All apps.", "summary": "First version"}
    return draft_scope(organisation=lumaro, texts=texts, projects=[stridewell], by=mara)


@pytest.mark.parametrize(("start", "to"), list(product(ScopeState.values, ("review", "approved", "draft"))))
def test_every_step_of_a_scope_is_taken_or_refused_in_words(
    start: str, to: str, scope: ScopeStatement, mara: User, ria: User
) -> None:
    submit_scope(scope=scope, by=mara)
    put(scope, start)
    acts = {
        "review": lambda: submit_scope(scope=scope, by=mara),
        "approved": lambda: decide_scope(scope=scope, approve=True, by=ria, reason="Read"),
        "draft": lambda: decide_scope(scope=scope, approve=False, by=ria, reason="Read"),
    }
    if to in SCOPE_MOVES[start]:
        assert acts[to]().state == to
    else:
        with pytest.raises(Refused, match=r"^SC-001 is .*: it cannot become .* from there\.$"):
            acts[to]()


@pytest.mark.parametrize("state", ["submitted", "under_review"])
def test_a_newer_version_supersedes_one_nobody_has_judged(
    state: str, evidence: Evidence, mara: User, ria: User
) -> None:
    first = evidence.versions.get()
    if state == "under_review":
        begin_review(version=first, by=ria)
    facts = Facts(source="Console", source_url="https://console.example", method="automated", collected_by=mara)
    newer = submit_version(evidence=evidence, facts=Facts(**{**vars(facts), "observed_at": timezone.now()}), by=mara)

    first.refresh_from_db()
    assert (first.state, newer.state) == ("superseded", "submitted")


def test_a_programme_closes_before_it_runs_and_inputs_are_collected_again(
    stridewell: Project, lumaro: Organisation, mara: User, ria: User
) -> None:
    programme = put(programme_of(stridewell), "approved")
    assert close_programme(programme=programme, by=mara, reason="Given up").state == "closed"

    today = timezone.now().date()
    review = schedule_review(organisation=lumaro, title="Second half", planned_date=today, chair=ria, by=mara)
    for _ in range(2):
        collect_inputs(review=review, by=mara)
    assert review.state == "inputs_collected"

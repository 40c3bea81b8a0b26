"""What we hold, as OSCAL documents: numbers and short titles of frameworks, our own words about our own controls.

Written for OSCAL 1.0, which later 1.x readers take; a test validates each against NIST's schema.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import uuid4

from django.utils import timezone

from compliance.ledger import Refused
from compliance.projects.models import Organisation, Project
from controls.addresses import split
from controls.models import (
    Applicability,
    ControlRequirement,
    ControlTest,
    ControlTestState,
    Edition,
    Effectiveness,
    Finding,
    FindingState,
    Implementation,
    Requirement,
    Statement,
)

VERSION = "1.0.6"
NAMES = "https://assay.example/ns/oscal"
# Frameworks whose licence lets their numbers and titles go out as a catalog; an organisation's own is its own affair.
FREE = frozenset({"gdpr", "hipaa-security", "masvs"})
UNSEEN = (FindingState.DRAFT, FindingState.WITHDRAWN)
Document = dict[str, Any]


class NotOurs(Refused):
    """The framework's licence does not let us hand it out."""


def catalog(edition: Edition) -> Document:
    """The edition's groups and requirements. Raises NotOurs where its licence keeps them from going out."""
    if not may_leave(edition):
        raise NotOurs(f"{edition.label} is protected: its numbers and titles cannot be handed out as a catalog.")
    rows = list(_requirements(edition))
    ids = ids_of(rows)
    under: dict[Any, list[Requirement]] = defaultdict(list)
    for row in rows:
        under[row.parent_id if row.parent_id in ids else row.group_id].append(row)
    groups = [
        _kept(
            {"id": token(group.ref), "title": one_line(group.title), "controls": _controls(group.pk, under, ids)},
        )
        for group in {row.group_id: row.group for row in rows}.values()
    ]
    remarks = f"{edition.licence}\nSource: {edition.source}"
    return {"catalog": {"uuid": _new(), "metadata": _about(edition.title, edition.label, remarks), "groups": groups}}


def may_leave(edition: Edition) -> bool:
    """Whether its numbers and titles may be handed out as a catalog."""
    return edition.owner_id is not None or edition.framework.key in FREE


def _controls(key: Any, under: Mapping[Any, list[Requirement]], ids: Mapping[Any, str]) -> list[Document]:
    return [
        _kept(
            {
                "id": ids[row.pk],
                "title": one_line(row.title),
                "props": [{"name": "label", "value": one_line(row.ref)}],
                "controls": _controls(row.pk, under, ids),
            }
        )
        for row in under.get(key, [])
    ]


def profile(scope: Organisation | Project, statement: Statement) -> Document:
    """A statement of applicability: what is picked of the edition, and why."""
    edition = statement.edition
    ids = ids_of(_requirements(edition))
    rows = Applicability.objects.effective(scope).of_edition(edition).filter(requirement__in=ids)
    found = list(rows.select_related("requirement").order_by("requirement__position"))
    picked = [ids[row.requirement_id] for row in found if row.included]
    left = [ids[row.requirement_id] for row in found if not row.included]
    source, resource = _resource(edition)
    picks: Document = {"include-controls": [{"with-ids": picked}]} if picked else {"include-all": {}}
    if not picked:
        picks["exclude-controls"] = [{"with-ids": left}] if left else [{"matching": [{"pattern": "*"}]}]
    alters = [
        {"control-id": ids[row.requirement_id], "adds": [{"props": [prop]}]}
        for row in found
        if row.included and (prop := _why(row))
    ]
    words = "; ".join(f"{row.requirement.ref}: {row.exclusion_reason}" for row in found if not row.included)
    about = _about(f"Statement of applicability of {scope}", edition.label, f"Excluded: {words}" if words else "")
    body = {"uuid": _new(), "metadata": about, "imports": [{"href": source, **picks}], "merge": {"as-is": True}}
    if alters:
        body["modify"] = {"alters": alters}
    return {"profile": {**body, "back-matter": {"resources": [resource]}}}


def _why(row: Applicability) -> Document:
    found: Document = {"name": "reason-codes", "ns": NAMES, "value": row.codes} if row.codes else {}
    if row.justification.strip():
        found = found or {"name": "justification", "ns": NAMES, "value": "given"}
        found["remarks"] = row.justification.strip()
    return found


def components(scope: Organisation | Project) -> Document:
    """Our controls at work, each a component, with the requirements it answers."""
    organisation, _ = split(scope)
    running = list(Implementation.objects.running_in(scope).select_related("control", "owner").order_by("reference"))
    links = ControlRequirement.objects.in_organisation(organisation).filter(requirement__retired_at=None)
    answers: dict[Any, dict[Edition, list[ControlRequirement]]] = defaultdict(lambda: defaultdict(list))
    ids: dict[Any, str] = {}
    for link in links.select_related("requirement__edition__framework"):
        answers[link.control_id][link.requirement.edition].append(link)
    for edition in {edition for found in answers.values() for edition in found}:
        ids |= ids_of(_requirements(edition))
    resources = {edition.pk: _resource(edition) for found in answers.values() for edition in found}
    body: Document = {"uuid": _new(), "metadata": _about(f"Controls of {scope}", "as they stand", "")}
    if running:
        body["components"] = [_component(one, answers[one.control_id], ids, resources) for one in running]
    if resources:
        body["back-matter"] = {"resources": [resource for _, resource in resources.values()]}
    return {"component-definition": body}


def _component(
    one: Implementation,
    answers: Mapping[Edition, list[ControlRequirement]],
    ids: Mapping[Any, str],
    resources: Mapping[Any, tuple[str, Document]],
) -> Document:
    how = one.statement.strip() or "Not described yet."
    implementations = [
        {
            "uuid": _new(),
            "source": resources[edition.pk][0],
            "description": how,
            "implemented-requirements": [
                {"uuid": str(uuid4()), "control-id": ids[link.requirement_id], "description": how} for link in links
            ],
        }
        for edition, links in answers.items()
    ]
    status = {"name": "implementation-status", "ns": NAMES, "value": token(one.status)}
    return _kept(
        {
            "uuid": str(one.pk),
            "type": "process-procedure",
            "title": one_line(one.control.title),
            "description": one.control.description.strip() or one_line(one.control.title),
            "props": [{"name": "label", "ns": NAMES, "value": one.reference}, status],
            "control-implementations": implementations,
        }
    )


def results(scope: Organisation | Project) -> Document:
    """Concluded tests of controls as observations, with what they and the audits found."""
    tests = _in(ControlTest, scope).filter(state=ControlTestState.CONCLUDED).select_related("implementation__control")
    found = _in(Finding, scope).exclude(state__in=UNSEEN).select_related("requirement__edition", "implementation")
    now = timezone.now().isoformat(timespec="seconds")
    observations: list[Document] = []
    findings: list[Document] = []
    for test in tests.order_by("concluded_at"):
        observations.append(_observation(test))
        target = f"{test.implementation.reference} {test.implementation.control.title}"
        good = test.result == Effectiveness.EFFECTIVE
        about = (test.reference, f"{target}: {test.result or 'tested'}", test.conclusion or test.objective)
        findings.append({**_finding(*about, target=test.implementation.reference, good=good)})
        findings[-1]["related-observations"] = [{"observation-uuid": str(test.pk)}]
    for one in found.order_by("reference"):
        target = one.requirement.citation if one.requirement else one.reference
        good = not one.is_nonconformity or one.settled_at is not None
        made = _finding(one.reference, one.title, one.statement, target=target, good=good)
        made["props"].append({"name": "grade", "ns": NAMES, "value": token(one.grade)})
        findings.append(made)
    result: Document = {
        "uuid": _new(),
        "title": f"Tests and findings of {scope}",
        "description": "Concluded tests of controls, and findings told to the audited.",
        "start": now,
        "reviewed-controls": {"control-selections": [{"include-all": {}}]},
        "observations": observations,
        "findings": findings,
    }
    plan = {"uuid": str(uuid4()), "title": "Tests as they were planned in Assay"}
    body: Document = {"uuid": _new(), "metadata": _about(f"Assessment results of {scope}", "as they stand", "")}
    body |= {"import-ap": {"href": f"#{plan['uuid']}"}, "results": [_kept(result)]}
    return {"assessment-results": {**body, "back-matter": {"resources": [plan]}}}


def _observation(test: ControlTest) -> Document:
    return {
        "uuid": str(test.pk),
        "title": one_line(test.objective),
        "description": test.procedure.strip() or one_line(test.objective),
        "props": [{"name": "label", "ns": NAMES, "value": test.reference}],
        "methods": ["EXAMINE" if test.method == "observe" else test.method.upper()],
        "types": ["control-objective"],
        "collected": (test.concluded_at or timezone.now()).isoformat(timespec="seconds"),
    }


def _finding(reference: str, title: str, description: str, *, target: str, good: bool) -> Document:
    state = {"state": "satisfied" if good else "not-satisfied"}
    return {
        "uuid": _new(),
        "title": one_line(title),
        "description": description.strip() or one_line(title),
        "props": [{"name": "label", "ns": NAMES, "value": reference}],
        "target": {"type": "objective-id", "target-id": token(target), "status": state},
    }


def _in(model: Any, scope: Organisation | Project) -> Any:
    rows = model.objects
    return rows.in_project(scope) if isinstance(scope, Project) else rows.in_organisation(scope)


def _requirements(edition: Edition) -> Any:
    rows = Requirement.objects.live().in_edition(edition)
    return rows.select_related("group", "parent").order_by("position")


def ids_of(rows: Iterable[Requirement]) -> dict[Any, str]:
    """An identifier for each requirement, as OSCAL wants them, no two alike."""
    ids: dict[Any, str] = {}
    taken: set[str] = set()
    for row in rows:
        name, number = token(row.ref), 1
        while name in taken:
            number += 1
            name = f"{token(row.ref)}-{number}"
        taken.add(name)
        ids[row.pk] = name
    return ids


def token(text: str) -> str:
    """Art. 32(1)(b) as art.32.1.b: letters, digits, dots, hyphens and underscores, a letter first."""
    name = re.sub(r"[^\w\-]+", ".", text.casefold().strip()).strip(".") or "x"
    return name if name[0].isalpha() or name[0] == "_" else f"_{name}"


def one_line(text: str) -> str:
    """Text without line ends, and not empty."""
    return " ".join(text.split()) or "Without a name"


def _resource(edition: Edition) -> tuple[str, Document]:
    """How a document points to the catalog of an edition: a reference, and what stands at it."""
    key = str(edition.pk)
    return f"#{key}", {"uuid": key, "title": edition.label, "description": f"Catalog of {edition.label}"}


def _about(title: str, version: str, remarks: str) -> Document:
    about = {
        "title": one_line(title),
        "last-modified": timezone.now().isoformat(timespec="seconds"),
        "version": one_line(version),
        "oscal-version": VERSION,
    }
    return {**about, "remarks": remarks.strip()} if remarks.strip() else about


def _kept(values: Document) -> Document:
    """Without the lists that are empty: OSCAL has none."""
    return {name: value for name, value in values.items() if value != []}


def _new() -> str:
    return str(uuid4())

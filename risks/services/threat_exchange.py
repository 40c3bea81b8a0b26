"""Threat models from and to OWASP Threat Dragon: rows from plain values, and plain values from rows."""

from collections.abc import Iterable, Sequence

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.projects.models import Project
from risks.models.threat_model import Threat, ThreatElement, ThreatModel
from risks.services.threat_model import draft_threat_model, save_element, save_threat
from risks.threat_diagram import WIDTH, Diagram
from risks.threat_dragon import SEVERITIES, Cell, Found, Model
from risks.threat_reading import diagram

WORDS = {"low": "Low", "medium": "Medium", "high": "High", "critical": "Critical"}


def bring_in_model(
    *, project: Project, model: Model, by: User, reason: str, previous: ThreatModel | None = None
) -> ThreatModel:
    """A draft of what a file holds; going on from `previous`, the ids of the file tell what is new and what changed."""
    with change(by=by, reason=reason):
        made = draft_threat_model(
            project=project,
            by=by,
            title=model.title[:120],
            description=model.description,
            participants=model.participants[:300],
            method=model.method,
        )
        if previous is not None:
            made.previous, made.number = previous, previous.number + 1
            made.save()
        rows: dict[str, ThreatElement] = {}
        order = {"boundary": 0, "flow": 2}
        for cell in sorted(model.cells, key=lambda one: order.get(one.shape, 1)):
            rows[cell.key] = _element(made, cell, rows, by)
        for cell in model.cells:
            for found in cell.threats:
                _threat(made, rows[cell.key], found, by)
    return made


def _element(made: ThreatModel, cell: Cell, rows: dict[str, ThreatElement], by: User) -> ThreatElement:
    return save_element(
        model=made,
        by=by,
        key=cell.key,
        shape=cell.shape,
        name=cell.name,
        description=cell.description,
        source=rows.get(cell.source),
        target=rows.get(cell.target),
        inside=rows.get(cell.inside),
        both_ways=cell.both_ways,
        protocol=cell.protocol,
        encrypted=cell.encrypted,
        public_network=cell.public_network,
        out_of_scope=cell.out_of_scope,
        out_because=cell.out_because,
    )


def _threat(made: ThreatModel, element: ThreatElement, found: Found, by: User) -> None:
    likelihood, impact = SEVERITIES.get(found.severity.lower(), ("medium", "medium"))
    status = found.status
    if status == "mitigated" and not found.mitigation.strip():
        status = "open"  # the file does not say what stands against it
    save_threat(
        model=made,
        by=by,
        key=found.key,
        element=element,
        category=found.category,
        title=found.title,
        description=found.description,
        mitigation=found.mitigation,
        status=status,
        likelihood=likelihood,
        impact=impact,
    )


def as_dragon(model: ThreatModel, elements: Sequence[ThreatElement], threats: Iterable[Threat]) -> Model:
    """A model as plain values, placed as the page draws it."""
    threats = list(threats)
    drawn = diagram(model, elements, [])
    boxes = _boxes(drawn, elements)
    by_element: dict[object, list[Found]] = {}
    for row in threats:
        by_element.setdefault(row.element_id, []).append(_found(row))
    keys: dict[object, str] = {row.pk: row.key for row in elements}
    cells = tuple(
        Cell(
            key=row.key,
            shape=row.shape,
            name=row.name,
            description=row.description,
            source=keys.get(row.source_id, ""),
            target=keys.get(row.target_id, ""),
            inside=keys.get(row.inside_id, ""),
            both_ways=row.both_ways,
            protocol=row.protocol,
            encrypted=row.encrypted,
            public_network=row.public_network,
            out_of_scope=row.out_of_scope,
            out_because=row.out_because,
            box=boxes.get(str(row.pk), (0, 0, 0, 0)),
            threats=tuple(by_element.get(row.pk, ())),
        )
        for row in elements
    )
    return Model(model.title, model.description, model.participants, model.method, cells)


def _boxes(drawn: Diagram, elements: Sequence[ThreatElement]) -> dict[str, tuple[int, int, int, int]]:
    """Places of boxes and frames; a boundary with nothing inside stands below all."""
    found = {one.part.key: (one.x, one.y, one.width, one.height) for one in drawn.boxes}
    below = drawn.height
    frames = {one.key: one for one in drawn.frames}
    for row in elements:
        if row.shape != "boundary":
            continue
        frame = frames.get(str(row.pk))
        found[str(row.pk)] = (frame.x, frame.y, frame.width, frame.height) if frame else (0, below, WIDTH, 60)
        below += 0 if frame else 80
    return found


def _found(row: Threat) -> Found:
    status = {"mitigated": "mitigated", "not_applicable": "not_applicable"}.get(row.status, "open")
    return Found(
        key=row.key,
        title=row.title,
        category=row.category,
        status=status,
        severity=WORDS[row.level],
        description=row.description,
        mitigation=row.mitigation,
    )

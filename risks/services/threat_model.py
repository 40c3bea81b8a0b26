"""Drawing up threat models, filling them, having them approved, and going on from one version to the next."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from compliance.accounts.models import User
from compliance.approvals.services import NotYours
from compliance.approvals.snapshot import facts_of, snapshot
from compliance.ledger import Refused, change, governed
from compliance.projects.models import Project
from controls.models import Implementation
from dataflows.models import DataFlow, Node
from risks.models import Risk
from risks.models.threat_model import (
    THREAT_MODEL_MOVES,
    Assumption,
    Threat,
    ThreatControl,
    ThreatElement,
    ThreatModel,
    ThreatModelState,
)
from risks.scales import threats as library
from risks.services.register import CannotMove, identify_risk
from risks.services.vulnerability import now
from risks.threat_vocabulary import categories, kinds, surfaces

State, Shape = ThreatModelState, ThreatElement.Shape
MODEL = frozenset({"title", "description", "method", "participants", "from_release", "to_release", "review_date"})
ELEMENT = frozenset(
    {
        *("shape", "kind", "name", "description", "inside", "source", "target", "both_ways", "protocol", "encrypted"),
        *("public_network", "personal_data", "out_of_scope", "out_because", "node", "flow", "key"),
    }
)
THREAT = frozenset(
    {
        *("element", "library", "category", "title", "description", "preconditions", "likelihood", "impact"),
        *("status", "mitigation", "masvs", "test", "risk", "detection", "key"),
    }
)
ANSWERS = ("yes", "no", "unknown")
Answers = dict[str, dict[str, str]]
NODES = {
    Node.Kind.PERSON: "user",
    Node.Kind.DEVICE: "os_services",
    Node.Kind.APP: "app",
    Node.Kind.API: "backend",
    Node.Kind.STORE: "database",
    Node.Kind.PROCESSOR: "other_actor",
    Node.Kind.RECIPIENT: "other_actor",
}


def draft_threat_model(
    *, project: Project, by: User, reason: str = "", from_flows: bool = False, **fields: Any
) -> ThreatModel:
    """Begin a model; with `from_flows` the places and steps of the recorded data flows are its first elements."""
    model = ThreatModel(project=project, author=by)
    _take(model, fields, MODEL)
    with change(by=by, reason=reason):
        model.save()
        if from_flows:
            add_from_flows(model=model, by=by)
    return model


def update_threat_model(*, model: ThreatModel, by: User, reason: str = "", **fields: Any) -> ThreatModel:
    """Change what a draft says of itself."""
    _need_draft(model)
    _take(model, fields, MODEL)
    with change(by=by, reason=reason):
        model.save()
    return model


def answer_surface(*, model: ThreatModel, answers: Answers, by: User, reason: str = "") -> ThreatModel:
    """Say of each surface whether it is present, protected and tested."""
    _need_draft(model)
    if unknown := set(answers) - set(surfaces()):
        raise Refused(f"{', '.join(sorted(unknown))}: no such surface.")
    bad = {value for one in answers.values() for name, value in one.items() if name != "note"} - {"", *ANSWERS}
    if bad:
        raise Refused("A surface is answered with yes, no or unknown.")
    with change(by=by, reason=reason):
        model.surface = {key: dict(one) for key, one in answers.items() if any(one.values())}
        model.save()
    return model


def assume(*, model: ThreatModel, text: str, owner: User, by: User, reason: str = "") -> Assumption:
    """Write down what is taken for granted, and who answers for it."""
    _need_draft(model)
    if not text.strip():
        raise Refused("What is assumed: write one sentence.")
    with change(by=by, reason=reason):
        made = Assumption(project=model.project, threat_model=model, text=text.strip()[:300], owner=owner)
        made.save()
    return made


def save_element(
    *, model: ThreatModel, by: User, element: ThreatElement | None = None, reason: str = "", **fields: Any
) -> ThreatElement:
    """Add an element, or change one of a draft."""
    _need_draft(model)
    row = element or ThreatElement(project=model.project, threat_model=model)
    if fields.get("kind") and not fields.get("shape") and fields["kind"] in kinds():
        fields["shape"] = kinds()[fields["kind"]]["shape"]
    _take(row, fields, ELEMENT)
    ends = (row.source, row.target)
    if row.shape == Shape.FLOW and None in ends:
        raise Refused("From and to: say between which elements it flows.")
    for other in (*ends, row.inside):
        if other is not None and other.threat_model_id != model.pk:
            raise Refused(f"{other.name} stands in another threat model.")
    if row.inside is not None and (row.inside.shape != Shape.BOUNDARY or row.inside.pk == row.pk):
        raise Refused("Inside of: choose a trust boundary.")
    with change(by=by, reason=reason):
        row.save()
    return row


@governed("Say why it is taken out")
def remove_element(*, element: ThreatElement, by: User, reason: str) -> None:
    """Take an element out of a draft, with its flows and threats."""
    _need_draft(element.threat_model)
    if element.parts.exists():
        raise CannotMove(f"{element.name} still has elements inside: move them out first.")
    with change(by=by, reason=reason):
        element.delete()


def save_threat(
    *,
    model: ThreatModel,
    by: User,
    threat: Threat | None = None,
    controls: Iterable[Implementation] | None = None,
    reason: str = "",
    **fields: Any,
) -> Threat:
    """Add a threat, or change one of a draft; from the library it brings its words and MASVS tags."""
    _need_draft(model)
    row = threat or Threat(project=model.project, threat_model=model)
    taken = library().get(fields.get("library") or "", None)
    if taken and threat is None:
        fields["title"] = fields.get("title") or taken["name"]
        fields["masvs"] = fields.get("masvs") or ", ".join(taken["masvs"])
    _take(row, fields, THREAT)
    if row.category not in categories():
        raise Refused("Category: choose one of STRIDE or LINDDUN.")
    if row.element.threat_model_id != model.pk:
        raise Refused(f"{row.element.name} stands in another threat model.")
    if row.status == "mitigated" and not row.mitigation.strip() and not controls and not row.controls.exists():
        raise Refused("A mitigated threat says what stands against it: in words, or by a control.")
    with change(by=by, reason=reason):
        row.save()
        if controls is not None:
            _against(row, controls)
    return row


def _against(threat: Threat, controls: Iterable[Implementation]) -> None:
    wanted = {one.pk: one for one in controls}
    known = {link.implementation_id: link for link in threat.controls.all()}
    for pk, one in wanted.items():
        if pk not in known:
            ThreatControl(project=threat.project, threat=threat, implementation=one).save()
    for pk, link in known.items():
        if pk not in wanted:
            link.delete()


@governed("Say why it is taken out")
def remove_threat(*, threat: Threat, by: User, reason: str) -> None:
    """Take a threat out of a draft."""
    _need_draft(threat.threat_model)
    with change(by=by, reason=reason):
        threat.delete()


def link_risk(*, threat: Threat, risk: Risk | None, by: User, reason: str = "") -> Threat:
    """Say which risk stands behind a threat, at any time: approved models go on to be lived with."""
    with change(by=by, reason=reason):
        threat.risk = risk
        threat.save()
    return threat


def risk_from_threat(*, threat: Threat, by: User, reason: str = "") -> Risk:
    """A draft risk in the words of the threat, linked to it; somebody completes and assesses it."""
    if threat.risk is not None:
        raise CannotMove(f"{threat.reference} has a risk already: {threat.risk.reference}.")
    with change(by=by, reason=reason or f"From threat {threat.reference}"):
        risk = identify_risk(
            organisation=threat.project.organisation,
            project=threat.project,
            by=by,
            title=threat.title[:160],
            weakness=(threat.preconditions or f"what stands open at {threat.element.name}")[:300],
            source="an attacker",
            event=(threat.description or threat.title).partition("\n")[0][:300],
            consequence=f"{threat.category_name.lower()} at {threat.element.name}"[:300],
            risk_source=Risk.Source.CRIMINAL,
            threat=threat.library,
            **_properties(threat.category),  # type: ignore[arg-type]
        )
        link_risk(threat=threat, risk=risk, by=by)
    return risk


def _properties(category: str) -> dict[str, bool]:
    lost = {
        "tampering": "integrity",
        "repudiation": "integrity",
        "spoofing": "integrity",
        "denial_of_service": "availability",
    }
    return {lost.get(category, "confidentiality"): True}


def submit_threat_model(*, model: ThreatModel, by: User, reason: str = "") -> ThreatModel:
    """Put a draft before somebody else; what stands open or was accepted names its risk by then."""
    _check(model, State.IN_REVIEW)
    if not model.elements.exists():
        raise CannotMove("Draw the elements first: a model without any cannot be judged.")
    without = [one.reference for one in model.threats.select_related("risk") if one.needs_risk]
    if without:
        raise CannotMove(f"Open or accepted threats name the risk they are: {', '.join(without[:10])} do not yet.")
    with change(by=by, reason=reason):
        model.state = State.IN_REVIEW
        model.snapshot_sha256 = snapshot(facts_of_model(model)).sha256
        model.save()
    return model


@governed("Say what you looked at")
def decide_threat_model(*, model: ThreatModel, approve: bool, by: User, reason: str) -> ThreatModel:
    """Approve, or send back to be worked on; never by its author. The version before is superseded."""
    _check(model, State.APPROVED if approve else State.DRAFT)
    if by.pk == model.author_id:
        raise NotYours("You drew this up yourself: somebody else has to decide.")
    with change(by=by, reason=reason):
        if not approve:
            model.state, model.snapshot_sha256 = State.DRAFT, ""
            model.save()
            return model
        if model.previous is not None and model.previous.state == State.APPROVED:
            model.previous.state = State.SUPERSEDED
            model.previous.save()
        model.state, model.approved_by, model.approved_at = State.APPROVED, by, now()
        model.review_date = model.review_date or _in_a_year(now().date())
        model.save()
    return model


def next_version(*, model: ThreatModel, by: User, reason: str = "", **fields: Any) -> ThreatModel:
    """A draft that goes on from an approved model: everything is copied, and keeps what tells it apart."""
    if model.state not in {State.APPROVED, State.SUPERSEDED}:
        raise CannotMove(f"{model.reference} is {model.get_state_display().lower()}: change that one.")
    if model.later.exclude(state=State.SUPERSEDED).exists():
        raise CannotMove(f"{model.later.first()} goes on from here already: work on that one.")
    kept = {name: getattr(model, name) for name in MODEL - {"review_date", "from_release", "to_release"}}
    with change(by=by, reason=reason):
        made = ThreatModel(
            project=model.project,
            author=by,
            previous=model,
            number=model.number + 1,
            surface=model.surface,
            from_release=model.to_release or model.from_release,
            **{**kept, **fields},
        )
        made.save()
        _copy(model, made)
    return made


def _copy(model: ThreatModel, made: ThreatModel) -> None:
    new: dict[Any, ThreatElement] = {}
    rows = list(model.elements.order_by("reference"))
    for old in sorted(rows, key=lambda one: (one.shape != Shape.BOUNDARY, one.shape == Shape.FLOW)):
        row = _like(old, ELEMENT)
        row.project, row.threat_model = made.project, made
        for name in ("inside", "source", "target"):
            setattr(row, name, new.get(getattr(old, f"{name}_id")))
        row.save()
        new[old.pk] = row
    for threat in model.threats.prefetch_related("controls").order_by("reference"):
        row_of = _like(threat, THREAT)
        row_of.project, row_of.threat_model, row_of.element = made.project, made, new[threat.element_id]
        row_of.save()
        for link in threat.controls.all():
            ThreatControl(project=made.project, threat=row_of, implementation_id=link.implementation_id).save()
    for one in model.assumptions.all():
        Assumption(project=made.project, threat_model=made, text=one.text, owner_id=one.owner_id).save()


def _like(row: Any, names: frozenset[str]) -> Any:
    columns = {field.name: field.attname for field in row._meta.concrete_fields}
    return type(row)(**{columns[name]: getattr(row, columns[name]) for name in names if name in columns})


def add_from_flows(*, model: ThreatModel, by: User, reason: str = "") -> int:
    """The places and steps of the recorded data flows that are not in the model yet; gives how many were added."""
    _need_draft(model)
    placed = {row.node_id: row for row in model.elements.exclude(node=None)}
    known = set(model.elements.filter(shape=Shape.FLOW).values_list("flow_id", "source__node_id", "target__node_id"))
    added = 0
    with change(by=by, reason=reason):
        for flow in DataFlow.objects.in_project(model.project).present().complete().order_by("reference"):
            for node in flow.nodes:
                if node.pk not in placed:
                    kind = NODES[Node.Kind(node.kind)]
                    placed[node.pk] = save_element(
                        model=model, by=by, kind=kind, name=node.name, node=node, personal_data=True
                    )
                    added += 1
            for start, end in zip(flow.nodes, flow.nodes[1:], strict=False):
                if (flow.pk, start.pk, end.pk) in known:
                    continue
                save_element(
                    model=model,
                    by=by,
                    shape=Shape.FLOW,
                    name=flow.title,
                    source=placed[start.pk],
                    target=placed[end.pk],
                    both_ways=flow.both_ways,
                    protocol=flow.get_protection_display(),
                    encrypted=flow.protection not in {"", "none"},
                    personal_data=True,
                    flow=flow,
                )
                added += 1
    return added


def facts_of_model(model: ThreatModel) -> dict[str, Any]:
    """What an approval binds to: the model, its elements, threats, mitigations and assumptions."""
    out = ("state", "approved_by", "approved_at", "snapshot_sha256", "review_date")
    threats = model.threats.prefetch_related("controls").order_by("key")
    return {
        **facts_of(model, leave_out=out),
        "elements": [facts_of(row) for row in model.elements.order_by("key")],
        "threats": [{**facts_of(row, leave_out=("risk", "detection")), "controls": _controls(row)} for row in threats],
        "assumptions": sorted(f"{row.owner_id} {row.text}" for row in model.assumptions.all()),
    }


def _controls(threat: Threat) -> list[str]:
    return sorted(str(link.implementation_id) for link in threat.controls.all())


def _check(model: ThreatModel, to: str) -> None:
    if to not in THREAT_MODEL_MOVES[model.state]:
        words = dict(State.choices)
        raise CannotMove(
            f"{model.reference} is {words[model.state].lower()}: it cannot become {words[to].lower()} from there."
        )


def _need_draft(model: ThreatModel) -> None:
    if model.state != State.DRAFT:
        raise CannotMove(
            f"{model.reference} is {model.get_state_display().lower()}: begin its next version to change it."
        )


def _in_a_year(day: date) -> date:
    return date(day.year + 1, day.month, min(day.day, 28))


def _take(row: Any, fields: dict[str, Any], known: frozenset[str]) -> None:
    if unknown := set(fields) - known:
        raise Refused(f"{', '.join(sorted(unknown))}: not changed this way.")
    for name, value in fields.items():
        setattr(row, name, value)
    required = [field.name for field in row._meta.concrete_fields if field.name not in fields]
    try:
        row.clean_fields(exclude=required)
    except ValidationError as wrong:
        names = {field.name: str(field.verbose_name) for field in row._meta.concrete_fields}
        said = (f"{names[name]}: {texts[0]}" for name, texts in wrong.message_dict.items())
        raise Refused(" ".join(f"{text[:1].upper()}{text[1:]}" for text in said)) from None

"""Risks with their positions, as a spreadsheet."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from compliance.accounts.models import User
from compliance.exchange.cells import Choice, Day, Flag, Number, One, Text, Words
from compliance.exchange.registry import Column, Sheet, sheet
from controls.addresses import split
from controls.sheets import names
from risks.models import AFFECTED, Risk, RiskMethod, RiskPosition
from risks.scales import threats
from risks.services import assess_risk, identify_risk, update_risk

KINDS = RiskPosition.Kind.values
PARTS = ("likelihood", "consequence", "rationale")
PLAIN = ("title", "approach", "weakness", "source", "event", "consequence", "risk_source", "threat", *AFFECTED)
PROJECT_ONCE = "A risk stays where it is: add one for the other scope."


def _position(kind: str) -> Iterator[Column]:
    name = kind.capitalize()
    yield Column(f"{kind}_likelihood", f"{name} likelihood", Number(limit=5), help="On the scale of the method.")
    yield Column(f"{kind}_consequence", f"{name} consequence", Number(limit=5), help="The worst dimension.")
    yield Column(f"{kind}_level", f"{name} level", fixed=True)
    yield Column(f"{kind}_rationale", f"{name}: why", Words(), help="Asked for whenever a score is new.")


@sheet
class RiskSheet(Sheet):
    """The register: the sentence, the owner, and where each risk stands."""

    key, title, noun, kind, order = "risks", "Risks", "risk", "risk", 60
    intro = "Adds risks and changes their words, owners and scores. Scores are made by the method in force."
    columns = (
        Column("reference", "Reference", help="R-001. Empty for a new risk."),
        Column("title", "Risk", Text(160), required=True, help="What happens, in a few words."),
        Column(
            "project",
            "Project",
            One(source="projects", named="slug"),
            help="Short name of the project; empty for the whole organisation.",
            once=PROJECT_ONCE,
        ),
        Column("approach", "Seen from", Choice(choices=(("event", "event"), ("asset", "asset")))),
        Column("weakness", "Because of", Text(300), required=True),
        Column("source", "Who or what", Text(200), required=True),
        Column("event", "Could", Text(300), required=True),
        Column("consequence", "Leading to", Text(300), required=True),
        Column("risk_source", "Kind of source", Choice(choices=Risk.Source.choices), required=True),
        Column("threat", "Threat", Text(4), help="T01 to T36, or empty."),
        *(Column(name, name.capitalize(), Flag(), help="Whether it would be lost.") for name in AFFECTED),
        Column("owner", "Owner", One(source="people", named="email"), help="Mail address."),
        Column("parent", "Part of", One(source="parents"), help="Reference of the wider scenario, or empty."),
        *(column for kind in KINDS for column in _position(kind)),
        Column("state", "State", fixed=True),
        Column("next_review_date", "Next review", Day(), fixed=True),
    )

    @cached_property
    def known(self) -> dict[str, Any]:
        organisation, project = split(self.scope)
        projects = [project] if project else organisation.projects.all()
        parents = Risk.objects.in_organisation(organisation).open().filter(parent=None)
        if project:
            parents = parents.for_project(project)
        return {
            "people": names.people(self.scope),
            "projects": {one.slug.casefold(): one for one in projects},
            "parents": {one.reference.casefold(): one for one in parents},
        }

    @cached_property
    def _method(self) -> RiskMethod | None:
        return RiskMethod.objects.in_force(split(self.scope)[0])

    def records(self, only: str = "") -> Iterable[Risk]:
        rows = names.owned(Risk.objects.select_related("project", "organisation", "owner", "parent"), self.scope)
        return rows.prefetch_related("positions").order_by("reference")

    def values(self, record: Risk) -> dict[str, Any]:
        plain = ("reference", *PLAIN, "owner", "parent", "project", "next_review_date")
        found = {name: getattr(record, name) for name in plain}
        for kind in KINDS:
            row = record.position(kind)
            found |= {f"{kind}_{part}": getattr(row, part) if row else None for part in ("likelihood", "consequence")}
            found[f"{kind}_level"] = row.get_level_display() if row else ""
            found[f"{kind}_rationale"] = row.rationale if row else ""
        return {**found, "state": record.get_state_display()}

    def check(self, record: Risk | None, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
        if record is not None and record.is_closed:
            yield "reference", f"{record.reference} is closed: reopen it first."
        if values["threat"] and values["threat"] not in threats():
            yield "threat", f"There is no threat {values['threat']}: T01 to T{len(threats()):02d}, or empty."
        owner = values["owner"]
        if owner and not owner.is_active and (record is None or record.owner != owner):
            yield "owner", f"The account of {owner.name} is closed: name somebody else."
        if record is not None and values["parent"] == record:
            yield "parent", "A risk is no part of itself."
        for kind in KINDS:
            yield from self._check_position(kind, record, values)

    def _check_position(self, kind: str, record: Risk | None, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
        given = [values[f"{kind}_{part}"] for part in PARTS]
        held = record.position(kind) if record else None
        before = [getattr(held, part) for part in PARTS] if held else [None, None, ""]
        if given == before:
            return
        if self._method is None:
            yield f"{kind}_likelihood", "No risk method is in force: approve one before scoring."
            return
        scales = {"likelihood": len(self._method.likelihoods), "consequence": len(self._method.consequences)}
        for part, top in scales.items():
            value = values[f"{kind}_{part}"]
            if value is None:
                yield f"{kind}_{part}", "A position has both likelihood and consequence, and is not taken away."
            elif not 1 <= value <= top:
                yield f"{kind}_{part}", f"It is outside the scale of {self._method.label}: 1 to {top}."
        if given[:2] != before[:2] and not (given[2] or "").strip():
            yield f"{kind}_rationale", "Say why it stands there."
        elif given[:2] != before[:2] and held and given[2] == before[2]:
            yield f"{kind}_rationale", "The score changes: say anew why it stands there."

    def add(self, values: dict[str, Any], *, by: User, reason: str) -> Risk:
        organisation, project = split(self.scope)
        fields = {name: values[name] for name in (*PLAIN, "owner", "parent") if values.get(name) not in (None, "")}
        within = project or values.get("project")
        risk = identify_risk(organisation=organisation, project=within, by=by, reason=reason, **fields)
        self._assess(risk, values, by, reason)
        return risk

    def change(self, record: Risk, values: dict[str, Any], *, by: User, reason: str) -> None:
        if fields := {name: values[name] for name in (*PLAIN, "owner", "parent") if name in values}:
            update_risk(risk=record, by=by, reason=reason, **fields)
        self._assess(record, values, by, reason)

    def _assess(self, risk: Risk, values: dict[str, Any], by: User, reason: str) -> None:
        for kind in KINDS:
            given = {part: values[f"{kind}_{part}"] for part in PARTS if f"{kind}_{part}" in values}
            held = risk.position(kind)
            said: dict[str, Any] = {part: given.get(part, getattr(held, part, None)) for part in PARTS}
            if given and said["likelihood"] is not None:
                assess_risk(risk=risk, kind=kind, by=by, reason=reason, **said)

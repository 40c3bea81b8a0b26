"""Our controls and where they are at work, as spreadsheets."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from compliance.accounts.models import User
from compliance.exchange.cells import Choice, Day, Many, One, Text, Words
from compliance.exchange.registry import Column, Sheet, sheet
from compliance.projects.models import Project
from controls.addresses import address, split
from controls.models import MOVES, Control, ControlKind, Implementation, Responsibility, Status
from controls.services.control import (
    add_control,
    answer_requirements,
    implement_control,
    move_implementation,
    stop_answering,
    update_control,
    update_implementation,
)
from controls.sheets import names

WORDS = dict(Status.choices)


@sheet
class ControlSheet(Sheet):
    """The organisation's own controls and what they answer."""

    key, title, noun, kind, order = "controls", "Controls", "control", "implementation", 20
    intro = "Adds controls and changes them, with the requirements they answer."
    in_projects = False
    columns = (
        Column("reference", "Reference", help="C-001. Empty for a new control."),
        Column("title", "Control", Text(160), required=True, help="What we call it; once in the organisation."),
        Column("description", "Description", Words(), help="What it does, so that a colleague could run it."),
        Column("kind", "Kind", Choice(choices=ControlKind.choices), help="Empty for a new control: preventive."),
        Column(
            "answers",
            "Answers",
            Many(source="requirements", named="citation"),
            help="Requirements with their edition, separated by semicolons: ISO/IEC 27001:2022 A.8.24.",
        ),
    )

    @cached_property
    def known(self) -> dict[str, Any]:
        return {"requirements": names.requirements(self.scope)}

    @cached_property
    def _titles(self) -> dict[str, str]:
        return {one.title: one.reference for one in self.records()}

    @classmethod
    def documents(cls, scope: Any, only: str = "") -> list[tuple[str, str]]:
        return [
            ("Export as OSCAL component definition", address(scope, "oscal_components")),
            ("Export tests and findings as OSCAL assessment results", address(scope, "oscal_results")),
        ]

    def records(self, only: str = "") -> Iterable[Control]:
        rows = Control.objects.in_organisation(split(self.scope)[0]).order_by("reference")
        return rows.prefetch_related("requirement_links__requirement__edition")

    def values(self, record: Control) -> dict[str, Any]:
        answers = [link.requirement for link in record.requirement_links.all()]
        return {
            "reference": record.reference,
            "title": record.title,
            "description": record.description,
            "kind": record.kind,
            "answers": tuple(sorted(answers, key=lambda one: one.citation)),
        }

    def check(self, record: Control | None, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
        own = record.reference if record else "Another row"
        holder = self._titles.setdefault(values["title"], "")
        if holder and (record is None or holder != own):
            yield "title", f"{holder} is called so already: choose another title."
        self._titles[values["title"]] = holder or own

    def add(self, values: dict[str, Any], *, by: User, reason: str) -> Control:
        about = {name: values[name] for name in ("title", "description", "kind") if values.get(name)}
        control = add_control(organisation=split(self.scope)[0], by=by, reason=reason, **about)
        answer_requirements(control=control, requirements=values["answers"], by=by, reason=reason)
        return control

    def change(self, record: Control, values: dict[str, Any], *, by: User, reason: str) -> None:
        given = dict(values)
        answers = given.pop("answers", None)
        if given:
            update_control(control=record, by=by, reason=reason, **given)
        if answers is not None:
            answer_requirements(control=record, requirements=answers, by=by, reason=reason)
            for link in record.requirement_links.all():
                if link.requirement not in answers:
                    stop_answering(link=link, by=by, reason=reason)


@sheet
class ImplementationSheet(Sheet):
    """Where controls are at work, by whom, and how far."""

    key, title, noun, kind, order = "implementations", "Implementations", "implementation", "implementation", 30
    intro = "Puts controls to work and changes owner, status, dates and how it is done."
    columns = (
        Column("reference", "Reference", help="CI-001. Empty for a new one."),
        Column("control", "Control", One(source="controls"), required=True, once="It keeps its control."),
        Column("title", "Title of the control", fixed=True),
        Column(
            "project",
            "Project",
            One(source="projects", named="slug"),
            help="Short name of the project; empty for the whole organisation.",
            once="An implementation stays where it is: add one for the other scope.",
        ),
        Column("responsibility", "Responsibility", Choice(choices=Responsibility.choices)),
        Column("owner", "Owner", One(source="people", named="email"), required=True, help="Mail address."),
        Column("status", "Status", Choice(choices=Status.choices), help="Moves only where the page would offer it."),
        Column("statement", "How it is done", Words(), help="Policy, procedure or system; who does what."),
        Column("planned_date", "Planned for", Day(), help="2026-11-22."),
        Column("review_date", "Next review", Day(), help="2026-11-22."),
    )

    @cached_property
    def known(self) -> dict[str, Any]:
        organisation, project = split(self.scope)
        projects = [project] if project else organisation.projects.all()
        controls = Control.objects.in_organisation(organisation)
        return {
            "people": names.people(self.scope),
            "controls": {one.reference.casefold(): one for one in controls},
            "projects": {one.slug.casefold(): one for one in projects},
        }

    @cached_property
    def _placed(self) -> dict[tuple[Any, Any], str]:
        return {(one.control_id, one.project_id): one.reference for one in self.records()}

    @classmethod
    def documents(cls, scope: Any, only: str = "") -> list[tuple[str, str]]:
        return ControlSheet.documents(scope)

    def records(self, only: str = "") -> Iterable[Implementation]:
        rows = Implementation.objects.select_related("control", "owner", "project", "organisation")
        rows = names.owned(rows, self.scope)
        return rows.order_by("reference")

    def values(self, record: Implementation) -> dict[str, Any]:
        names_ = [column.key for column in self.columns if column.key != "title"]
        return {"title": record.control.title, **{name: getattr(record, name) for name in names_}}

    def check(self, record: Implementation | None, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
        status = values["status"] or Status.NOT_STARTED
        if record is None:
            yield from self._check_new(values)
        elif status != record.status and status not in MOVES[record.status]:
            steps = ", ".join(WORDS[one] for one in sorted(MOVES[record.status])) or "nothing: it ends there"
            yield "status", f"From {WORDS[record.status].lower()} it cannot become that. Next may come: {steps}."
        if values["owner"] and not values["owner"].is_active and (record is None or record.owner != values["owner"]):
            yield "owner", f"The account of {values['owner'].name} is closed: name somebody else."
        if status == Status.PLANNED and values["planned_date"] is None:
            yield "planned_date", "Planned for when? Give the day by which it will be in place."
        if status == Status.IMPLEMENTED and not values["statement"].strip():
            yield "statement", "Say how it is done before you call it implemented: policy, procedure or system."

    def _check_new(self, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
        project = self.scope if isinstance(self.scope, Project) else values["project"]
        place = (values["control"].pk, project.pk if project else None)
        if found := self._placed.setdefault(place, ""):
            yield "control", f"It is at work there already ({found}): change that row."
        self._placed[place] = found or "another row"
        if values["status"] == Status.RETIRED:
            yield "status", "A new implementation cannot begin as retired."

    def add(self, values: dict[str, Any], *, by: User, reason: str) -> Implementation:
        project = self.scope if isinstance(self.scope, Project) else values["project"]
        details = {
            name: values[name]
            for name in ("responsibility", "status", "statement", "planned_date", "review_date")
            if values.get(name)
        }
        return implement_control(
            control=values["control"],
            scope=project or split(self.scope)[0],
            owner=values["owner"],
            by=by,
            reason=reason,
            **details,
        )

    def change(self, record: Implementation, values: dict[str, Any], *, by: User, reason: str) -> None:
        given = dict(values)
        status = given.pop("status", None)
        if given:
            update_implementation(implementation=record, by=by, reason=reason, **given)
        if status:
            move_implementation(implementation=record, to=status, by=by, reason=reason)

"""Records of processing, as a spreadsheet: a line each; purposes and time limits are lines of their cell."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from compliance.accounts.models import User
from compliance.exchange.cells import Choice, Day, Flag, Many, One, Text, Words
from compliance.exchange.registry import Column, Sheet, sheet
from controls.addresses import split
from controls.sheets import names
from dataflows import vocabulary
from dataflows.models import (
    DataItem,
    InterestAssessment,
    Party,
    ProcessingActivity,
    RetentionRule,
    System,
)
from dataflows.services import change_activity, draft_activity
from dataflows.sheets.lines import BadLine, Known, limits_in, limits_out, purposes_in, purposes_out

FIELDS = (
    "name",
    "role",
    "joint_arrangement",
    "volume",
    "data_source",
    "automated_decisions",
    "security_measures",
    "owner",
    "review_date",
)
LINKS = ("systems", "parties", "measures")
UNDER_REVIEW = ("dpo_review", "retired")


@sheet
class ProcessingSheet(Sheet):
    """What is done with personal data, why, and for how long it is kept."""

    key, title, noun, kind, order = "processing", "Records of processing", "record", "flow", 73
    intro = (
        "Adds drafts and changes records; an approved one is then to be approved again. It tells the present version; "
        "records as they were approved are under “As file”."
    )
    columns = (
        Column("reference", "Reference", help="RA-001. Empty for a new record."),
        Column("name", "Activity", Text(120), required=True),
        Column("role", "Our role", Choice(choices=ProcessingActivity.Role.choices), required=True),
        Column(
            "project",
            "Project",
            One(source="projects", named="slug"),
            help="Short name of the project; empty when all share it.",
            once="A record stays where it is: add one for the other scope.",
        ),
        Column(
            "purposes",
            "Purposes",
            Words(),
            help="A line each: purpose | people | legal basis | condition (Art. 9) | law | device | assessment. "
            "Codes as in the export; only the purpose is needed.",
        ),
        Column(
            "subject_categories",
            "Data subjects",
            Many(source="subjects", named="code"),
            help=f"Codes, separated by semicolons: {', '.join(vocabulary.subjects())}.",
        ),
        Column(
            "data", "Data and time limits", Words(), help="A line each: data | rule (RR-001) or the limit in words."
        ),
        Column("systems", "Systems", Many(source="systems"), help="References, separated by semicolons."),
        Column("parties", "Parties", Many(source="parties"), help="References, separated by semicolons."),
        Column("measures", "Controls", Many(source="measures"), help="References, separated by semicolons."),
        Column("security_measures", "Security measures", Words()),
        Column("joint_arrangement", "Joint arrangement", Words()),
        Column("volume", "How many people", Choice(choices=ProcessingActivity.Volume.choices)),
        Column("data_source", "Source of the data", Text(200)),
        Column("automated_decisions", "Automated decisions", Flag()),
        Column("owner", "Owner", One(source="people", named="email"), help="Mail address."),
        Column("review_date", "Next review", Day(), help="2026-11-22."),
        Column("state", "State", Choice(choices=ProcessingActivity.State.choices), fixed=True),
    )

    @cached_property
    def known(self) -> dict[str, Any]:
        organisation, project = split(self.scope)
        projects = [project] if project else organisation.projects.all()
        return {
            "people": names.people(self.scope),
            "projects": {one.slug.casefold(): one for one in projects},
            "subjects": {one.code.casefold(): one for one in vocabulary.subjects().values()},
            "systems": self._by(System.objects.running()),
            "parties": self._by(Party.objects.all()),
            "measures": names.implementations(self.scope),
        }

    @cached_property
    def _lines(self) -> Known:
        items = DataItem.objects.in_organisation(split(self.scope)[0])
        return Known(
            {row.name.casefold(): row for row in items},
            self._by(RetentionRule.objects.in_force()),
            self._by(InterestAssessment.objects.present()),
        )

    def _by(self, rows: Any) -> dict[str, Any]:
        return {row.reference.casefold(): row for row in rows.in_organisation(split(self.scope)[0])}

    def records(self, only: str = "") -> Iterable[ProcessingActivity]:
        rows = names.owned(ProcessingActivity.objects.present(), self.scope).complete()
        found: Iterable[ProcessingActivity] = rows.order_by("reference")
        return found

    def values(self, record: ProcessingActivity) -> dict[str, Any]:
        return {
            "reference": record.reference,
            "project": record.project,
            "state": record.state,
            **{name: getattr(record, name) for name in FIELDS},
            "purposes": purposes_out(record),
            "data": limits_out(record),
            "subject_categories": tuple(
                one for one in vocabulary.subjects().values() if one.code in record.subject_categories
            ),
            "systems": tuple(link.system for link in record.system_rows),
            "parties": tuple(link.party for link in record.party_rows),
            "measures": tuple(link.implementation for link in record.measure_rows),
        }

    def check(self, record: ProcessingActivity | None, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
        if record is not None and record.state in UNDER_REVIEW:
            yield "state", f"{record.reference} is under review: it is not changed now."
        for column, read in (("purposes", purposes_in), ("data", limits_in)):
            try:
                read(values[column] or "", self._lines)
            except BadLine as problem:
                yield column, str(problem)

    def _said(self, values: dict[str, Any]) -> dict[str, Any]:
        said = {name: values[name] for name in (*FIELDS, *LINKS) if name in values}
        if said.get("automated_decisions", False) is None:
            said["automated_decisions"] = False
        if "subject_categories" in values:
            said["subject_categories"] = [one.code for one in values["subject_categories"]]
        if "purposes" in values:
            said["purposes"] = purposes_in(values["purposes"] or "", self._lines)
        if "data" in values:
            said["data"] = limits_in(values["data"] or "", self._lines)
        return said

    def add(self, values: dict[str, Any], *, by: User, reason: str) -> ProcessingActivity:
        organisation, project = split(self.scope)
        within = project or values.get("project")
        return draft_activity(organisation=organisation, project=within, by=by, reason=reason, **self._said(values))

    def change(self, record: ProcessingActivity, values: dict[str, Any], *, by: User, reason: str) -> None:
        change_activity(activity=record, by=by, reason=reason, **self._said(values))

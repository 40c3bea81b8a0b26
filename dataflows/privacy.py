"""What a data protection officer looks at first: figures asked of the database, each with the address of its rows."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q

from compliance.ui.pictures import Coverage, CoverageRow, coverage
from dataflows import vocabulary
from dataflows.models import ProcessingActivity, SubjectRequest, Transfer
from dataflows.problems import BASIS, CONTRACT, PLACE, PROTECTION, TRANSFER
from dataflows.totals import LETTERS, flawed, with_lacks

Role = ProcessingActivity.Role
TITLES = {
    "1": {
        "a": "Controller and contacts",
        "b": "Purposes",
        "c": "Data subjects and data",
        "d": "Recipients",
        "e": "Transfers",
        "f": "Time limits",
        "g": "Security",
    },
    "2": {"a": "Processor and controllers", "b": "Categories of processing", "c": "Transfers", "d": "Security"},
}
KINDS = (
    (CONTRACT, "Contracts with processors"),
    (TRANSFER, "Transfers rest on something"),
    (BASIS, "Legal bases and conditions"),
    (PROTECTION, "Protected on the way"),
    (PLACE, "Country of every place known"),
)
SOON = timedelta(days=90)
SHOWN = 8


def paragraph_of(role: str) -> str:
    """Of Art. 30: 1 for those who decide, 2 for those who process for somebody."""
    return "2" if ("controller", "a") in LETTERS[Role(role)] else "1"


def short_of(paragraph: str, letter: str) -> Q:
    """Records under a paragraph that lack a letter; they come `with_lacks`."""
    found = Q(pk__in=())
    for role, parts in LETTERS.items():
        if paragraph_of(role) == paragraph:
            keys = [key for key, name in parts if name == letter]
            found |= Q(role=role) & Q(*((f"lacks_{key}", True) for key in keys), _connector=Q.OR)
    return found


def without_letter(records: Any, paragraph: str, letter: str) -> Any:
    """Those of records that lack a letter of a paragraph of Art. 30."""
    told = "lacks_name" in records.query.annotations
    return (records if told else with_lacks(records, annotate=False)).filter(short_of(paragraph, letter))


def letters_picture(records: Any, url: str) -> Coverage | None:
    """How many records have each letter of Art. 30, and the way to those that have not; None without records."""
    roles = {paragraph: [role for role in LETTERS if paragraph_of(role) == paragraph] for paragraph in TITLES}
    asked = {f"all{paragraph}": Count("pk", filter=Q(role__in=held)) for paragraph, held in roles.items()}
    for paragraph, titles in TITLES.items():
        asked |= {f"{paragraph}{one}": Count("pk", filter=short_of(paragraph, one)) for one in titles}
    counted = with_lacks(records).aggregate(**asked)
    rows = [
        CoverageRow(
            f"Art. 30({paragraph})({letter}) {title}",
            counted[f"all{paragraph}"] - counted[f"{paragraph}{letter}"],
            0,
            counted[f"all{paragraph}"],
            f"{url}?letters={paragraph}{letter}" if counted[f"{paragraph}{letter}"] else "",
        )
        for paragraph, titles in TITLES.items()
        if counted[f"all{paragraph}"]
        for letter, title in titles.items()
    ]
    return coverage(rows, id="letters", title="Records of processing, letter by letter", of="Letter") if rows else None


def order_picture(flows: Any, on: date, url: str) -> Coverage | None:
    """How many flows are in order by what can be wrong with them; None without flows."""
    total = flows.count()
    rows = []
    for kind, label in KINDS if total else ():
        wrong = flawed(flows, on, kind).count()
        rows.append(CoverageRow(label, total - wrong, 0, total, f"{url}?problem={kind}" if wrong else ""))
    return coverage(rows, id="order", title="Flows in order", of="Question") if rows else None


@dataclass(frozen=True)
class Waiting:
    """An open request and its clock: words, tone, and how much of the time has gone in percent."""

    request: SubjectRequest
    words: str
    tone: str
    gone: int


def waiting(requests: Any, now: datetime) -> list[Waiting]:
    """The open requests whose end is nearest."""
    found = []
    for row in requests.open().select_related("organisation", "app").order_by("due_at", "reference")[:SHOWN]:
        words, tone = row.clock(now)
        left = row.left(now)
        found.append(Waiting(row, words, tone, 100 - left.share if left else 0))
    return found


@dataclass(frozen=True)
class Destination:
    """A country outside the EEA that data goes to: how many flows, how many assessments end soon or have ended."""

    code: str
    name: str
    flows: int
    bare: int
    ending: int


def destinations(flows: Any, on: date) -> list[Destination]:
    """Where the recorded transfers of flows lead."""
    soon = Q(assessment__expires_date__lte=on + SOON)
    rows = Transfer.objects.filter(flow__in=flows).order_by().values("country")
    counted = rows.annotate(
        flows=Count("flow", distinct=True), bare=Count("pk", filter=Q(mechanism="")), ending=Count("pk", filter=soon)
    )
    found = [Destination(code, vocabulary.country_name(code), **one) for one in counted if (code := one.pop("country"))]
    return sorted(found, key=lambda one: one.name)

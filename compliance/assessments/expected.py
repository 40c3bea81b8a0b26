"""What the approved answers say an app is and contains, for whoever compares it with a build.

    found = expected(project)
    found.known                                # False: nobody has said anything yet, so nothing can be missing
    "camera" in found.permissions              # as people call it: the options of Q31 and three words for the place
    [one.name for one in found.sdks]           # the names of Q36, with company, countries and purpose
    "payments" in found.flags

Counted is what a person accepted, or what stood already, and still follows from the answers in force. Three queries.
"""

from dataclasses import dataclass

from compliance.assessments.models import Assessment, Proposal
from compliance.assessments.services.moves import now
from compliance.assessments.services.sheet import Sheet
from compliance.projects.models import Project

KINDS = ("flag", "permission", "sdk")


@dataclass(frozen=True)
class ExpectedSdk:
    """A component somebody named; `countries` are ISO codes, `purpose` an option of Q36."""

    name: str
    company: str
    countries: tuple[str, ...]
    purpose: str
    data: str
    reference: str


@dataclass(frozen=True)
class Expected:
    """What a build may contain without anybody wondering."""

    known: bool = False
    assessment: str = ""
    flags: frozenset[str] = frozenset()
    permissions: frozenset[str] = frozenset()
    sdks: tuple[ExpectedSdk, ...] = ()


def expected(project: Project) -> Expected:
    """What the answers in force lead one to expect, as far as somebody agreed to it."""
    row = Assessment.objects.in_project(project).approved().select_related("project__organisation").first()
    if row is None:
        return Expected()
    follows = {(one.kind, one.key) for one in Sheet(row, now().date()).outcomes}
    found = Proposal.objects.in_project(project).in_force().filter(kind__in=KINDS).order_by("reference")
    held = [one for one in found if (one.kind, one.key) in follows]
    return Expected(
        known=True,
        assessment=row.reference,
        flags=frozenset(one.key for one in held if one.kind == Proposal.Kind.FLAG),
        permissions=frozenset(one.named for one in held if one.kind == Proposal.Kind.PERMISSION),
        sdks=tuple(_sdk(one) for one in held if one.kind == Proposal.Kind.SDK),
    )


def _sdk(row: Proposal) -> ExpectedSdk:
    said = next((one for one in row.given.get("rows", ()) if isinstance(one, dict)), {})
    return ExpectedSdk(
        name=row.named,
        company=str(said.get("company", "")),
        countries=tuple(str(said.get("country", "")).split()),
        purpose=str(said.get("purpose", "")),
        data=str(said.get("data", "")),
        reference=row.reference,
    )

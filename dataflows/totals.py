"""Which flows have problems and which records lack letters, asked of the database.

The same ones as `problems.with_problems` and `letters.missing` find in memory; tests compare them.
"""

from datetime import date
from functools import cache, reduce
from operator import or_
from typing import Any

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast, Coalesce, NullIf

from compliance.projects.models import Organisation, Project
from compliance.projects.scoped import ScopedRows
from dataflows import vocabulary
from dataflows.models import (
    ActivityData,
    ActivityMeasure,
    ActivityParty,
    ActivityPurpose,
    AssessmentState,
    Contract,
    DataFlow,
    FlowItem,
    FlowStop,
    Node,
    Party,
    ProcessingActivity,
    Transfer,
    TransferAssessment,
)
from dataflows.problems import BASIS, CONTRACT, PLACE, PROTECTION, TRANSFER

KINDS = ("adequacy", "derogation", "uk")


def count_flawed(scope: Organisation | Project, on: date) -> int:
    """How many present flows of a scope have a problem on a day. One query."""
    return _flawed_rows(_adequate(on))(scope, on=on).count()


@cache
def _flawed_rows(adequate: frozenset[str]) -> ScopedRows:
    """Of days on which these countries are adequate: that is worked into the query, the day is not."""
    return ScopedRows(DataFlow, lambda rows, on: flawed(rows.present(), on, adequate=adequate), on=date)


def count_incomplete(scope: Organisation | Project) -> int:
    """How many present records of processing a scope keeps or shares lack a letter. One query."""
    return INCOMPLETE(scope).count()


def flawed(flows: Any, on: date, kind: str = "any", adequate: frozenset[str] | None = None) -> Any:
    """Those of present flows that have a problem on a day, or one of a kind."""
    sure = _adequate(on) if adequate is None else adequate
    stops = FlowStop.objects.filter(flow=OuterRef("pk")).order_by()
    off_device = _placed(stops.exclude(node__kind__in=Node.ON_DEVICE))
    unnamed = Q(legal_basis="") | Q(legal_basis="legitimate_interests", legitimate_interests="")
    special = FlowItem.objects.filter(Q(item__special=True) | Q(item__category__in=_special()), flow=OuterRef("pk"))
    found = {
        BASIS: unnamed | Q(Exists(special), article9_condition=""),
        PROTECTION: Q(Exists(off_device), protection__in=("", DataFlow.Protection.NONE)),
        PLACE: Q(Exists(off_device.filter(place=""))),
        TRANSFER: Exists(_unanswered(off_device)) | Exists(_weak(on, sure).filter(flow=OuterRef("pk"))),
        CONTRACT: Q(Exists(stops.filter(_uncontracted(on)))),
    }
    return flows.filter(reduce(or_, found.values()) if kind == "any" else found[kind])


def incomplete(records: Any) -> Any:
    """Those of records of processing that lack a letter of Art. 30(1), or as a processor's of Art. 30(2)."""
    told = "lacks_name" in records.query.annotations
    asked: dict[Parts, list[str]] = {}
    for role, parts in LETTERS.items():
        asked.setdefault(parts, []).append(role)
    shared = set.intersection(*({key for key, _ in parts} for parts in asked))
    found = _any(shared)
    for parts, roles in asked.items():
        found |= Q(role__in=roles) & _any({key for key, _ in parts} - shared)
    return (records if told else with_lacks(records, annotate=False)).filter(found)


INCOMPLETE = ScopedRows(ProcessingActivity, lambda rows: incomplete(rows.present()), shared=True)


def _any(lacks: set[str]) -> Q:
    return Q(*((f"lacks_{key}", True) for key in sorted(lacks)), _connector=Q.OR)


Role = ProcessingActivity.Role
Parts = tuple[tuple[str, str], ...]
AS_CONTROLLER: Parts = (
    ("name", "a"),
    ("purposes", "b"),
    ("data", "c"),
    ("recipients", "d"),
    ("transfers", "e"),
    ("retention", "f"),
    ("security", "g"),
)
AS_PROCESSOR: Parts = (("name", "a"), ("controller", "a"), ("purposes", "b"), ("transfers", "c"), ("security", "d"))
# What each letter of a record is made of, in the order of Art. 30(1) and of Art. 30(2).
LETTERS: dict[str, Parts] = {
    Role.CONTROLLER: AS_CONTROLLER,
    Role.JOINT_CONTROLLER: (*AS_CONTROLLER, ("joint", "a")),
    Role.PROCESSOR: AS_PROCESSOR,
    Role.SUB_PROCESSOR: AS_PROCESSOR,
}


def with_lacks(records: Any, *, annotate: bool = True) -> Any:
    """With `lacks_name`, `lacks_purposes` … for what each letter is made of; `lacking` reads letters from them."""
    data, mine = ActivityData.objects.filter(activity=OuterRef("pk")), {"activity": OuterRef("pk")}
    flows = DataFlow.objects.present().filter(**mine)
    others = ActivityParty.objects.filter(**mine).exclude(party__role=Party.Role.CONTROLLER)
    known_subjects = f'"({"|".join(vocabulary.subjects())})"'
    lacks = {
        "name": _nameless(),
        "controller": ~_has_party(Party.Role.CONTROLLER),
        "joint": ~_has_party(Party.Role.JOINT_CONTROLLER) | ~Q(joint_arrangement__regex=r"\S"),
        "purposes": ~Exists(ActivityPurpose.objects.filter(text__regex=r"\S", **mine)),
        "data": ~Q(subjects__regex=known_subjects) | ~Exists(data),
        "recipients": ~(Exists(flows) | Exists(others)),
        "transfers": ~Exists(flows) | Exists(_unfounded()),
        "retention": ~Exists(data) | Exists(data.filter(retention="", rule=None)),
        "security": ~(Q(security_measures__regex=r"\S") | Exists(ActivityMeasure.objects.filter(**mine))),
    }
    found = {f"lacks_{key}": ExpressionWrapper(Q(one), BooleanField()) for key, one in lacks.items()}
    records = records.alias(subjects=Cast("subject_categories", TextField()))
    return records.annotate(**found) if annotate else records.alias(**found)


def lacking(record: Any) -> list[str]:
    """The letters a record that comes `with_lacks` is short of, as `letters.missing` gives them."""
    letters = LETTERS[record.role]
    return sorted({f"({letter})" for key, letter in letters if getattr(record, f"lacks_{key}")})


def score(record: Any) -> str:
    """How many of its letters a record that comes `with_lacks` has complete: 5 of 7."""
    letters = {letter for _, letter in LETTERS[record.role]}
    return f"{len(letters) - len(lacking(record))} of {len(letters)}"


def with_flow_counts(records: Any) -> Any:
    """With `flow_count`: how many present flows belong to a record."""
    flows = DataFlow.objects.present().filter(activity=OuterRef("pk")).order_by().values("activity")
    return records.annotate(flow_count=Coalesce(Subquery(flows.annotate(n=Count("pk")).values("n")), 0))


def with_bases(records: Any) -> Any:
    """With `first_basis`, the code of the first purpose's, and `basis_count`, the number of bases."""
    mine = ActivityPurpose.objects.filter(activity=OuterRef("pk"))
    first = mine.order_by("position").values("legal_basis")[:1]
    kinds = mine.exclude(legal_basis="").order_by().values("activity").annotate(n=Count("legal_basis", distinct=True))
    return records.annotate(
        first_basis=Coalesce(Subquery(first), Value("")), basis_count=Coalesce(Subquery(kinds.values("n")), 0)
    )


def _nameless() -> Q:
    """The organisation says nowhere how it is reached, who its data protection officer or its representative is."""
    outside = Q(organisation__eu_representative="") & ~Q(organisation__country__in=["", *_eea()])
    return Q(organisation__address="", organisation__contact_email="") | Q(organisation__dpo_name="") | outside


def _has_party(role: str) -> Any:
    """A party in a role is named in the record or stands on the way of one of its flows."""
    named = ActivityParty.objects.filter(activity=OuterRef("pk"), party__role=role)
    passed = _passed().filter(node__party__role=role)
    return Exists(named) | Exists(passed)


def _passed() -> Any:
    """The stops of a record's present flows."""
    return FlowStop.objects.filter(flow__activity=OuterRef("pk")).exclude(flow__state=DataFlow.State.RETIRED).order_by()


def _unfounded() -> Any:
    """A record's present flows that reach a country outside the EEA for which no mechanism is recorded."""
    bare = Transfer.objects.filter(flow=OuterRef("pk"), mechanism="").exclude(country__in=["", *_eea()])
    stops = FlowStop.objects.filter(flow=OuterRef("pk")).order_by()
    reached = _unanswered(_placed(stops.exclude(node__kind__in=Node.ON_DEVICE)))
    return DataFlow.objects.present().filter(Exists(bare) | Exists(reached), activity=OuterRef("pk"))


def _placed(stops: Any) -> Any:
    """With `place`, the ISO code of the country, as `Node.where` says it."""
    return stops.annotate(place=Coalesce(NullIf(F("node__country"), Value("")), F("node__party__country"), Value("")))


def _unanswered(stops: Any) -> Any:
    """Stops outside the EEA for whose country no mechanism is recorded."""
    answered = Transfer.objects.filter(flow=OuterRef("flow"), country=OuterRef("place")).exclude(mechanism="")
    return stops.exclude(place__in=["", *_eea()]).exclude(Exists(answered))


def _uncontracted(on: date) -> Q:
    """Stops at a party that needs a contract or an arrangement and has none in force (GDPR Art. 26(1), 28(3))."""
    held = Contract.objects.in_force(on).filter(party=OuterRef("node__party")).order_by()
    return Q(node__party__role__in=Party.CONTRACTED) & ~Exists(held.of_processing()) | Q(
        node__party__role=Party.Role.JOINT_CONTROLLER
    ) & ~Exists(held.filter(kind=Contract.Kind.JOINT))


def _adequate(on: date) -> frozenset[str]:
    """The countries an adequacy decision holds for on a day."""
    return frozenset(row.country for row in vocabulary.adequacy() if row.holds(on))


def _weak(on: date, adequate: frozenset[str]) -> Any:
    """Transfers out of the EEA that rest on nothing that holds on a day."""
    named = {kind: [one.code for one in vocabulary.mechanisms().values() if one.kind == kind] for kind in KINDS}
    assessed = [one.code for one in vocabulary.mechanisms().values() if one.assessment]
    certified = [one.code for one in vocabulary.mechanisms().values() if one.certified]
    only = {country for country in adequate if vocabulary.is_certified_only(country)}
    by_adequacy, holds = Q(mechanism__in=named["adequacy"]), Q(assessment__state=AssessmentState.IN_FORCE)
    lasts = Q(assessment__expires_date__isnull=True) | Q(assessment__expires_date__gte=on)
    lapsed = Q(importer__framework_until_date__isnull=True) | Q(importer__framework_until_date__lt=on)
    return Transfer.objects.exclude(country__in=["", *_eea()]).filter(
        Q(mechanism="")
        | Q(fell_date__lte=on)
        | (by_adequacy & ~Q(country__in=sorted(adequate)))
        | (by_adequacy & (Q(country__in=sorted(only)) | Q(mechanism__in=certified)) & lapsed)
        | Q(mechanism__in=named["derogation"], repetitive=True)
        | Q(mechanism__in=named["uk"])
        | Q(assessment__result=TransferAssessment.Result.NOT_ALLOWED)
        | Q(mechanism__in=assessed, assessment__isnull=True)
        | (Q(mechanism__in=assessed) & ~(holds & lasts))
    )


def _eea() -> list[str]:
    return [one.code for one in vocabulary.countries().values() if one.eea]


def _special() -> list[str]:
    return [one.code for one in vocabulary.categories().values() if one.special]

"""A scope's risks in numbers, counted by the database: the same numbers as `reading.summarise` gives of rows in memory.

What an acceptance is worth follows from the facts of its risk; only the acceptances that are relied on are read for it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from compliance.ledger.moment import now_read
from risks.facts import material_facts
from risks.models import (
    Risk,
    RiskAcceptance,
    RiskControl,
    RiskMethod,
    RiskPosition,
    RiskTreatment,
    TreatmentAction,
)
from risks.reading import FIGURES, SOON, Summary

FACTS = (
    *("weakness", "source", "event", "consequence"),
    *("owner_id", "privacy_severity", "privacy_likelihood"),
)
FEW = 500  # risks named by their keys: asking again which they are costs more
Cell = tuple[int, int]
STEPS = (("inherent", "current"), ("current", "residual"))


def totals(rows: Any, method: RiskMethod | None, today: date | None = None) -> Summary:
    """The open risks among `rows`, each of which stands there once, counted in a fixed number of queries."""
    day = today or now_read().date()
    risks = rows.open().order_by()
    figures = dict.fromkeys(FIGURES, 0) | _simple(risks, method, day)
    older = figures.pop("older")
    cells: dict[str, Counter[tuple[int, int]]] = {kind: Counter() for kind in RiskPosition.Kind.values}
    levels: Counter[str] = Counter()
    for kind, likelihood, consequence, level, count in _positions(risks):
        cells[kind][likelihood, consequence] += count
        if kind == RiskPosition.Kind.CURRENT:
            levels[level] += count
    figures["unscored"] = figures["open"] - levels.total()
    figures["appetite"] = sum(levels[level] for level in method.unacceptable) if method else 0
    figures |= {word: len(found) for word, found in said_of_acceptances(risks, day).items()}
    return Summary(method, cells, levels, figures, older)


def ways(rows: Any) -> dict[tuple[str, str], Counter[tuple[Cell, Cell]]]:
    """How many open risks stand where in one position and where in the next; a query for each step."""
    risks = Risk.objects.open().filter(pk__in=rows.order_by().values("pk"))
    there = ("risk__positions__likelihood", "risk__positions__consequence")
    counted: dict[tuple[str, str], Counter[tuple[Cell, Cell]]] = {}
    for first, second in STEPS:
        both = RiskPosition.objects.filter(kind=first, risk__positions__kind=second, risk__in=risks.values("pk"))
        found = both.order_by().values_list("likelihood", "consequence", *there).annotate(count=Count("pk"))
        if cells := Counter({((a, b), (c, d)): count for a, b, c, d, count in found}):
            counted[first, second] = cells
    return counted


def count_ways(placed: Iterable[Mapping[str, Cell]]) -> dict[tuple[str, str], Counter[tuple[Cell, Cell]]]:
    """The same of positions in memory."""
    counted: dict[tuple[str, str], Counter[tuple[Cell, Cell]]] = {}
    cells = list(placed)
    for first, second in STEPS:
        both = Counter((one[first], one[second]) for one in cells if first in one and second in one)
        if both:
            counted[first, second] = both
    return counted


def _simple(risks: Any, method: RiskMethod | None, day: date) -> dict[str, int]:
    """What one pass over the risks counts."""
    late = TreatmentAction.objects.overdue(day).filter(treatment__risk=OuterRef("pk"))
    earlier = RiskPosition.objects.filter(risk=OuterRef("pk")).exclude(method=method)
    counted: dict[str, int] = risks.aggregate(
        open=Count("pk"),
        review=Count("pk", filter=Q(next_review_date__lt=day) | Q(state=Risk.State.REVIEW_DUE)),
        unowned=Count("pk", filter=Q(owner=None)),
        actions=Count("pk", filter=Exists(late)),
        older=Count("pk", filter=Exists(earlier if method else RiskPosition.objects.none())),
    )
    return counted


def _positions(risks: Any) -> Iterable[tuple[str, int, int, str, int]]:
    fields = ("kind", "likelihood", "consequence", "level")
    found = RiskPosition.objects.filter(risk__in=risks.values("pk")).order_by()
    return found.values_list(*fields).annotate(count=Count("pk"))


def said_of_acceptances(risks: Any, day: date) -> dict[str, set[UUID]]:
    """Of which open risks an acceptance is requested, outdated, expired or expiring, by their ids."""
    ids = risks.order_by().values("pk")
    said: dict[str, set[UUID]] = {word: set() for word in ("requested", "outdated", "expired", "expiring")}
    requested = RiskAcceptance.objects.filter(risk__in=ids, state=RiskAcceptance.State.REQUESTED)
    said["requested"] = set(requested.order_by().values_list("risk_id", flat=True))
    relied = RiskAcceptance.objects.filter(risk__in=ids).relied_on().order_by()
    found = list(relied.only("risk_id", "kind", "state", "valid_until", "facts"))
    lasting: Any = {one.risk_id for one in found if one.valid_until >= day}
    if len(lasting) > FEW:
        lasting = relied.filter(valid_until__gte=day).values("risk")
    facts = _facts(Risk.objects.filter(pk__in=lasting)) if lasting else {}
    for one in found:
        word = one.standing(facts.get(one.risk_id, {}), day)
        if word == "accepted" and one.valid_until <= day + SOON:
            word = "expiring"
        if word in said:
            said[word].add(one.risk_id)
    return said


def _facts(risks: Any) -> dict[UUID, dict[str, Any]]:
    """The material facts of each risk, by its id; four queries."""
    ids = risks.order_by().values("pk")
    controls = RiskControl.objects.filter(risk__in=ids).order_by()
    links = _grouped(controls.values_list("risk_id", "implementation__reference"))
    options = RiskTreatment.objects.filter(risk__in=ids).order_by().only("risk_id", "option")
    treatments = _grouped((one.risk_id, one) for one in options)
    fields = ("risk_id", "kind", "likelihood", "consequence", "level", "method__label")
    positions = RiskPosition.objects.filter(risk__in=ids).order_by().select_related("method").only(*fields)
    placed = _grouped((one.risk_id, one) for one in positions)
    return {
        risk.pk: material_facts(risk, placed[risk.pk], treatments[risk.pk], links[risk.pk])
        for risk in risks.order_by().only(*FACTS)
    }


def _grouped(pairs: Iterable[tuple[UUID, Any]]) -> Mapping[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found

"""Questions that need the material facts of many risks, in a fixed number of queries."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Prefetch

from risks.facts import material_facts
from risks.models import (
    Risk,
    RiskAcceptance,
    RiskControl,
    RiskLink,
    RiskMethod,
    RiskPosition,
    RiskTreatment,
    TreatmentAction,
    newest,
)

SOON = timedelta(days=30)
FIGURES = (
    *("open", "review", "appetite", "unowned", "unscored", "actions"),
    *("requested", "outdated", "expired", "expiring"),
)


def with_everything(rows: Any) -> Any:
    """Risks with positions, treatments and their actions, controls and acceptances, a query each."""
    actions: Any = Prefetch("actions", TreatmentAction.objects.select_related("owner", "verified_by"))
    return rows.select_related("owner", "project", "organisation", "parent").prefetch_related(
        Prefetch("positions", RiskPosition.objects.select_related("method", "assessor")),
        Prefetch("treatments", RiskTreatment.objects.prefetch_related(actions)),
        Prefetch("controls", RiskControl.objects.select_related("implementation__control", "implementation__owner")),
        Prefetch("links", RiskLink.objects.select_related("asset__project", "asset__organisation", "flow__project")),
        Prefetch("acceptances", RiskAcceptance.objects.select_related("accepted_by", "requested_by", "method")),
    )


def with_rise(rows: Any) -> Any:
    """Risks with what `rising` reads of them: positions, and controls at work."""
    return rows.select_related("project", "organisation").prefetch_related(
        "positions", Prefetch("controls", RiskControl.objects.select_related("implementation"))
    )


def facts_of(risk: Risk) -> dict[str, Any]:
    """The material facts of a prefetched risk."""
    links = risk.controls.all()
    return material_facts(
        risk,
        risk.positions.all(),
        risk.treatments.all(),
        [link.implementation.reference for link in links],
    )


@dataclass(frozen=True)
class Standing:
    """An acceptance a risk relies on, as it counts on a day."""

    acceptance: RiskAcceptance
    word: str

    def expiring(self, today: date) -> bool:
        return self.word == "accepted" and self.acceptance.valid_until <= today + SOON


def standings(risk: Risk, today: date) -> list[Standing]:
    """The newest acceptance of each kind and every open request of a prefetched risk."""
    acceptances = list(risk.acceptances.all())
    facts = facts_of(risk)
    relied = [newest(acceptances, kind) for kind in RiskAcceptance.Kind.values]
    waiting = [one for one in acceptances if one.state == RiskAcceptance.State.REQUESTED]
    return [Standing(one, one.standing(facts, today)) for one in [*relied, *waiting] if one is not None]


def words_of(risk: Risk, today: date) -> set[str]:
    """What is to be said about a risk's acceptances: requested, outdated, expired, expiring."""
    found = standings(risk, today)
    said = {one.acceptance.state if one.acceptance.state == "requested" else one.word for one in found}
    if any(one.expiring(today) for one in found):
        said.add("expiring")
    return said


@dataclass(frozen=True)
class Summary:
    """A scope's risks in numbers; each key of `figures` is a choice of the register's filter `show`."""

    method: RiskMethod | None
    cells: dict[str, Counter[tuple[int, int]]]
    levels: Counter[str]
    figures: dict[str, int]
    older: int


def summarise(risks: Iterable[Risk], method: RiskMethod | None, today: date) -> Summary:
    """Count rows in memory, of a pack; closed ones do not count. Pages ask `totals`, which counts in the database."""
    cells: dict[str, Counter[tuple[int, int]]] = {kind: Counter() for kind in RiskPosition.Kind.values}
    levels: Counter[str] = Counter()
    figures = dict.fromkeys(FIGURES, 0)
    older = 0
    for risk in risks:
        if risk.is_closed:
            continue
        for key, holds in _answers(risk, method, today).items():
            figures[key] += holds
        positions = list(risk.positions.all())
        older += any(method is not None and one.method_id != method.pk for one in positions)
        for position in positions:
            cells[position.kind][position.likelihood, position.consequence] += 1
        if risk.current:
            levels[risk.current.level] += 1
    return Summary(method, cells, levels, figures, older)


def _answers(risk: Risk, method: RiskMethod | None, today: date) -> dict[str, bool]:
    current, words = risk.current, words_of(risk, today)
    actions = [one for treatment in risk.treatments.all() for one in treatment.actions.all()]
    return {
        "open": True,
        "review": risk.review_overdue(today),
        "appetite": bool(current and method and current.level in method.unacceptable),
        "unowned": risk.owner_id is None,
        "unscored": current is None,
        "actions": any(one.overdue(today) for one in actions),
        **{word: word in words for word in ("requested", "outdated", "expired", "expiring")},
    }

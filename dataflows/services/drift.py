"""What was found is brought up to what an app shows today, and people decide about it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from compliance.accounts.models import User
from compliance.approvals.services import NotYours
from compliance.approvals.writers import writers_of
from compliance.artefacts.formats.app_files import LABELS
from compliance.ledger import Refused, change, governed
from compliance.ledger.context import simulated_moment
from compliance.projects.models import Release
from compliance.tasks.models import Task
from compliance.tasks.services import add_task
from dataflows import vocabulary
from dataflows.drift import Finding, known_rules
from dataflows.mends import party_behind
from dataflows.models import DRIFT_MOVES, DataFlow, DataItem, Drift, DriftState
from dataflows.releases import rank
from dataflows.services.flow import propose_flow
from dataflows.services.item import items_named
from dataflows.services.node import node_of_kind, node_of_party
from dataflows.services.review import WrongState

ENGINE = "drift"
LONGEST = 180
S = DriftState
FIXES = {S.FIX_RECORD: "the papers are mended until then", S.FIX_APP: "the app is mended until then"}
PLATFORMS = {"android": "Android", "ios": "iOS"}
Found = Mapping[str, Iterable[Finding]]
Judged = Callable[[str, str], bool]


@dataclass
class Outcome:
    """How many findings of a release came, changed, came again, ended by themselves."""

    new: int = 0
    changed: int = 0
    again: int = 0
    resolved: int = 0

    def __bool__(self) -> bool:
        return any((self.new, self.changed, self.again, self.resolved))

    def __str__(self) -> str:
        said = [f"{self.new} new", f"{self.again} again", f"{self.resolved} resolved"]
        return ", ".join(one for one in said if not one.startswith("0 ")) or "nothing new"


def record_findings(
    *,
    release: Release,
    found: Found,
    judged: Judged,
    by: User | str = ENGINE,
    reason: str = "",
    hold: Callable[[], object] = lambda: None,
) -> Outcome:
    """Make the findings of a release what was `found` by platform. The same again writes nothing.

    What no longer comes is resolved where `judged(rule, platform)` says that it could have come.
    """
    outcome, at = Outcome(), _now()
    with change(by=by, reason=reason or "App and papers compared"):
        hold()
        Release.objects.select_for_update().get(pk=release.pk)  # two checks at once: one after the other
        known = {row.mark: row for row in Drift.objects.filter(release=release)}
        facts = _merged(found)
        earlier = _earlier(release, set(facts) - set(known))
        for mark, told in facts.items():
            row = known.get(mark)
            if row is None:
                _begin(release, mark, told, earlier.get(mark), at)
                outcome.new += 1
            else:
                _go_on(row, told, at, outcome)
        for mark, row in known.items():
            if mark not in facts:
                _end(row, judged, at, outcome)
    return outcome


def _merged(found: Found) -> dict[str, dict[str, object]]:
    """The columns of each finding, by its mark; one that stands in several platforms is one."""
    by_mark: dict[str, list[tuple[str, Finding]]] = {}
    for platform, findings in found.items():
        for one in findings:
            by_mark.setdefault(one.mark[:255], []).append((platform, one))
    return {mark: _columns(pairs) for mark, pairs in by_mark.items()}


def _columns(pairs: list[tuple[str, Finding]]) -> dict[str, object]:
    first = min((one for _, one in pairs), key=lambda one: list(ORDER).index(one.severity))
    names = dict.fromkeys(key for _, one in pairs for key in one.about)
    return {
        "rule": first.rule,
        "key": first.key[:250],
        "severity": first.severity,
        "platforms": " ".join(sorted({platform for platform, _ in pairs})),
        "app_does": _said(pairs, lambda one: one.app_does),
        "papers_say": _said(pairs, lambda one: one.papers_say),
        "where": list(dict.fromkeys(LABELS.get(place, place) for _, one in pairs for place in one.where)),
        "about": {name: list(dict.fromkeys(w for _, one in pairs for w in one.about.get(name, ()))) for name in names},
    }


ORDER = ("block", "high", "medium", "low")


def _said(pairs: list[tuple[str, Finding]], told: Callable[[Finding], str]) -> str:
    """One sentence when all platforms say the same, else each with its name."""
    if len({told(one) for _, one in pairs}) == 1:
        return told(pairs[0][1])
    return "\n".join(f"{PLATFORMS.get(platform, platform)}: {told(one)}" for platform, one in pairs)


def _earlier(release: Release, marks: set[str]) -> dict[str, Drift]:
    """The same findings in the nearest release before; what was resolved there begins anew."""
    rows = Drift.objects.filter(project=release.project_id, mark__in=marks).exclude(release=release)
    rows = rows.exclude(state=S.RESOLVED).select_related("release")
    before = [row for row in rows if rank(row.release) < rank(release)]
    return {row.mark: row for row in sorted(before, key=lambda row: rank(row.release))}


def _begin(release: Release, mark: str, told: Mapping[str, object], earlier: Drift | None, at: datetime) -> None:
    row = Drift(project=release.project, release=release, mark=mark, found_at=at, **told)
    if earlier is not None:
        row.goes_on = earlier
        if not earlier.is_over(at.date()):
            for name, value in earlier.decision().items():
                setattr(row, name, value)
    row.save()


def _go_on(row: Drift, told: Mapping[str, object], at: datetime, outcome: Outcome) -> None:
    back = row.state == S.RESOLVED or row.is_over(at.date())
    differs = [name for name, value in told.items() if getattr(row, name) != value]
    if not back and not differs:
        return
    for name in differs:
        setattr(row, name, told[name])
    if back:
        _reset(row, S.OPEN)
        outcome.again += 1
    else:
        outcome.changed += 1
    row.save()


def _end(row: Drift, judged: Judged, at: datetime, outcome: Outcome) -> None:
    platforms = row.platforms.split() or [""]
    if row.state != S.RESOLVED and all(judged(row.rule, one) for one in platforms):
        row.state, row.resolved_at = S.RESOLVED, at
        row.save()
        outcome.resolved += 1
    elif row.is_over(at.date()):
        _reset(row, S.OPEN)
        row.save()
        outcome.again += 1


def _reset(row: Drift, state: str) -> None:
    """Forget what was decided; the history keeps it."""
    row.state, row.reason, row.until, row.resolved_at = state, "", None, None
    row.decided_by, row.decided_at = None, None


@governed("Say why this may stay so until then")
def accept_drift(*, drift: Drift, fix: str, until: date, by: User, reason: str) -> Drift:
    """Take a finding on until a day, by when papers or app are mended; by nobody who planned the release.

    Raises WrongState, NotYours, Refused for a day that is past or too far, or a rule that allows none.
    """
    if fix not in FIXES:
        raise Refused("What will be mended: choose the papers or the app.")
    _check(drift, fix)
    if not any(mend.kind == "accept" for mend in known_rules()[drift.rule].mends):
        raise Refused(f"{drift.reference}: {drift.title.lower()} is mended, not accepted.")
    today = _now().date()
    if not today <= until <= today + timedelta(days=LONGEST):
        raise Refused(f"Accepted until: choose a day from today, at most {LONGEST} days ahead.")
    return _decide(drift, fix, by, reason, until)


@governed("Say why this is no finding")
def call_false_alarm(*, drift: Drift, by: User, reason: str) -> Drift:
    """Say that a finding is none: the rule misread the app; by nobody who planned the release."""
    _check(drift, S.FALSE_POSITIVE)
    return _decide(drift, S.FALSE_POSITIVE, by, reason, None)


@governed("Say why it is open again")
def reopen_drift(*, drift: Drift, by: User, reason: str) -> Drift:
    """Take back what was decided. Raises WrongState."""
    if drift.state == S.RESOLVED:
        raise WrongState(f"{drift.reference} is resolved: it opens by itself when the app shows it again.")
    _check(drift, S.OPEN)
    with change(by=by, reason=reason):
        _reset(drift, S.OPEN)
        drift.save()
    return drift


def hand_to_developers(
    *, drift: Drift, assignee: User, due_date: date, by: User, reason: str = "", what: str = "remove_from_app"
) -> Task:
    """Give somebody the task to change the app; the finding stays open until a build shows that it is gone."""
    mends = {mend.kind: mend.label for mend in known_rules()[drift.rule].mends}
    detail = "\n".join((drift.app_does, drift.papers_say, *(f"In: {place}" for place in drift.where[:10])))
    return add_task(
        scope=drift.project,
        title=f"{drift.reference}: {mends.get(what, 'change the app')}"[:200],
        assignee=assignee,
        due_date=due_date,
        by=by,
        reason=reason,
        detail=detail,
        source_url=drift.get_absolute_url(),
    )


def draft_flow(*, drift: Drift, by: User | str, reason: str = "", **details: Any) -> DataFlow:
    """Propose the flow a finding shows, from the app to the party behind it; somebody still has to say why and by
    which right. Raises Refused when nobody recorded that party, or a flow to it is there already.
    """
    party, project = party_behind(drift), drift.project
    if party is None:
        raise Refused(f"{drift.reference}: bring the company in as a party first.")
    there = DataFlow.objects.in_project(project).present().reaching(party).order_by("reference").first()
    if there:
        raise Refused(f"{there.reference} reaches {party} already: complete that one and have it approved.")
    with change(by=by, reason=reason or f"From {drift.reference}"):
        path = [node_of_kind(project=project, kind="app", by=by), node_of_party(project=project, party=party, by=by)]
        given = {
            "items": details.get("items") or _items(drift, by),
            "title": party.service[:100],
            "purpose": f"Not said yet: {party.service}"[:250],
            "channel": DataFlow.Channel.SDK,
            "since_release": drift.release,
            "notes": f"From {drift.reference}: {drift.app_does}",
        }
        return propose_flow(project=project, path=path, by=by, reason=reason, **{**given, **details})


def _items(drift: Drift, by: User | str) -> list[DataItem]:
    """What the team calls data of these kinds; a kind nobody has named yet gets an item of its own."""
    house = drift.project.organisation
    codes = [code for code in drift.about.get("categories", ()) if code in vocabulary.categories()]
    known = {one.category: one for one in DataItem.objects.in_organisation(house).filter(category__in=codes)}
    return [*known.values(), *items_named(organisation=house, categories=[c for c in codes if c not in known], by=by)]


def _decide(drift: Drift, state: str, by: User, reason: str, until: date | None) -> Drift:
    if by in writers_of(drift.release):
        raise NotYours(
            f"You planned or changed release {drift.release.name}: somebody else decides about {drift.reference}."
        )
    with change(by=by, reason=reason):
        drift.state, drift.reason, drift.until = state, reason.strip(), until
        drift.decided_by, drift.decided_at = by, _now()
        drift.save()
    return drift


def _check(drift: Drift, to: str) -> None:
    if to not in DRIFT_MOVES[drift.state]:
        raise WrongState(f"{drift.reference} is {drift.get_state_display().lower()}: that does not follow from there.")


def _now() -> datetime:
    return simulated_moment() or timezone.now()

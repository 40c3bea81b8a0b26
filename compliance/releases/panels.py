"""The gates on the page of a release, and the next release on the page of its project."""

from datetime import datetime
from typing import Any

from compliance.ledger.moment import now_read
from compliance.projects.models import Project, Release
from compliance.projects.panels import panel
from compliance.releases.models import GateDecision
from compliance.releases.standing import WORDS, GateStanding, next_gate, review_due, standings
from compliance.ui.addresses import filled

HIDDEN = "Something you have no access to holds it back."


@panel("release", title="May it ship?", template="releases/panels/gates.html", kind="release", order=1, wide=True)
def gates_of_release(release: Release, *, can: Any, user: Any, at: datetime | None = None) -> dict[str, Any]:
    """Every gate with its decision, and what holds the next one back."""
    decisions = list(GateDecision.objects.of(release))
    found = standings(release, decisions, now_read())
    where = next_gate(found)
    return {
        "lines": [_line(one, can) for one in found],
        "next": _next(release, where, can) if where else None,
        "answer": _answer(release, where),
        "review_due": review_due(release),
        "decisions": decisions,
        "release": release,
    }


@panel("project", title="Next release", template="releases/panels/next.html", kind="release", order=15)
def next_release(project: Project, *, at: datetime | None = None) -> dict[str, Any] | None:
    """Where the release that comes next stands."""
    planned = Release.objects.filter(project=project, state=Release.State.PLANNED).order_by("planned_date", "name")
    release = planned.first()
    if release is None:
        return None
    release.project = project
    found = standings(release, GateDecision.objects.of(release), now_read())
    where = next_gate(found)
    return {
        "release": release,
        "url": filled("projects:release", project.slug, release.reference),
        "answer": _answer(release, where),
        "lines": [{"gate": one.gate, "state": one.state, "word": WORDS[one.state]} for one in found],
    }


def _line(one: GateStanding, can: Any) -> dict[str, Any]:
    return {
        "gate": one.gate,
        "state": one.state,
        "word": WORDS[one.state],
        "decision": one.decision,
        "findings": [_shown(finding, can) for finding in one.findings],
    }


def _shown(finding: Any, can: Any) -> dict[str, str]:
    """A finding about records the person may not read says only that it is there."""
    if getattr(can, finding.kind).view:
        return {"text": finding.text, "url": finding.url, "who": finding.who}
    return {"text": HIDDEN, "url": "", "who": finding.who}


def _next(release: Release, where: GateStanding, can: Any) -> dict[str, Any]:
    """What can be done at the gate it stands at, and by whom."""
    slug, key = release.project.slug, where.gate.key
    steps: list[dict[str, str]] = []
    if release.state != Release.State.WITHDRAWN:
        if key == "G0" and can.edit:
            steps.append({"label": "Confirm the class", "url": filled("releases:classify", slug, release.reference)})
        elif key != "G0" and can.approve:
            steps.append({"label": f"Decide {key}", "url": filled("releases:decide", slug, release.reference, key)})
            if where.state == "blocked" and "executive" in can.roles:
                url = filled("releases:override", slug, release.reference, key)
                steps.append({"label": "Override", "url": url})
    line = _line(where, can)
    return {**line, "steps": steps, "groups": _by_who(line["findings"])}


def _by_who(findings: list[dict[str, str]]) -> list[tuple[str, list[dict[str, str]]]]:
    """The findings under who can mend them, whoever has most first."""
    groups: dict[str, list[dict[str, str]]] = {}
    for one in findings:
        groups.setdefault(one["who"] or "Nobody in particular", []).append(one)
    return sorted(groups.items(), key=lambda group: -len(group[1]))


def _answer(release: Release, where: GateStanding | None) -> str:
    """One sentence: whether it may be published, and what stands in the way."""
    if release.state == Release.State.WITHDRAWN:
        return "It is withdrawn."
    if release.state == Release.State.RELEASED:
        return "It is published." + (f" {where.gate} is open." if where else " Every gate is passed.")
    if where is None or where.gate.key == "G5":
        return "It may be published."
    count = len(where.findings)
    said = f"{count} point{'s' if count > 1 else ''} hold{'' if count > 1 else 's'} it back" if count else "not decided"
    return f"It may not be published yet: {where.gate}, {said}."

"""What gates ask of flows and their receivers (G2), and whether the app does what its papers say (G3, G4)."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from django.db.models import Q
from django.utils.text import Truncator

from compliance.projects.models import Release
from compliance.releases.registry import Blocker, few, gate_check
from compliance.ui.addresses import filled
from dataflows.models import DataFlow, Drift, DriftSeverity, Party
from dataflows.problems import CONTRACT, TRANSFER, problems
from dataflows.totals import flawed

ENGAGED = (Party.State.APPROVED, Party.State.ACTIVE, Party.State.REVIEW_DUE)
DPO = "Data protection officer"
KINDS = (CONTRACT, TRANSFER)
LONGEST = 110
VULNERABLE = "DR18"
MENDS = "Product owner mends it, compliance officer accepts it"


@gate_check("G2", "parties", "Everybody who receives data is approved", kind="party", order=30)
def parties(release: Release, at: datetime) -> list[Blocker]:
    """Parties on the map that nobody has approved (domain: an SDK of a party that is not approved holds a release)."""
    found = Party.objects.in_flows_of(release.project).working().exclude(state__in=ENGAGED).order_by("name")
    organisation = release.project.organisation.slug
    blockers = [
        Blocker(
            f"{one.reference} {one.name} stands on the flow map and is {one.get_state_display().lower()}.",
            filled("dataflows:party", organisation, one.reference),
            "Compliance officer",
        )
        for one in found
    ]
    return few(blockers, "see the flow map", filled("dataflows:map", release.project.slug), "Compliance officer")


@gate_check("G2", "transfers", "Contracts and transfers are in order", kind="flow", order=40)
def covered(release: Release, at: datetime) -> list[Blocker]:
    """Flows without a contract or a mechanism (GDPR Art. 28, 44)."""
    flows, on = DataFlow.objects.in_project(release.project).present(), at.date()
    kinds = [Q(pk__in=flawed(flows, on, kind).values("pk")) for kind in KINDS]
    blockers = list(_uncovered(flows.filter(kinds[0] | kinds[1]).complete().order_by("reference"), on))
    return few(blockers, "see the flows", filled("dataflows:project_flows", release.project.slug), DPO)


def _uncovered(flows: Iterable[DataFlow], on: date) -> Iterator[Blocker]:
    for flow in flows:
        for problem in problems(flow, on):
            if problem.blocks and problem.kind in KINDS:
                yield Blocker(f"{flow.reference}: {problem.text}", flow.get_absolute_url(), DPO)


@gate_check("G3", "drift", "The app does what its papers say, or somebody decided about it", kind="flow", order=50)
def triaged(release: Release, at: datetime) -> list[Blocker]:
    """Findings nobody has decided about hold a release, but for low ones; late vulnerabilities are asked by risks."""
    rows = Drift.objects.filter(release=release).untriaged(at.date()).exclude(severity=DriftSeverity.LOW)
    rows = rows.exclude(rule=VULNERABLE)
    return _held(release, rows.gravest_first())


@gate_check("G4", "declarations", "Notice, store labels and contracts fit the build", kind="flow", order=25)
def declared(release: Release, at: datetime) -> list[Blocker]:
    """What people and stores are told, and who may receive data: open findings of the rules that hold G4."""
    rows = Drift.objects.filter(release=release).untriaged(at.date()).gravest_first()
    return _held(release, [one for one in rows if one.blocks == "G4"])


def _held(release: Release, found: Iterable[Drift]) -> list[Blocker]:
    page = filled("dataflows:release_drift", release.project.slug, release.reference)
    blockers = [
        Blocker(
            f"{one.reference} {one.title}: {Truncator(one.app_does.splitlines()[0]).chars(LONGEST)}",
            filled("dataflows:drift", release.project.slug, one.reference),
            MENDS,
        )
        for one in found
    ]
    return few(blockers, "see what the app and its papers do not both say", page, MENDS)

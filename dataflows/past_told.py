"""What people were told as it stood at a moment, beside the flows as they were approved then; packs read these only."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from compliance.approvals.models import Approval
from compliance.files.store import FileDamaged
from compliance.ledger import as_of
from compliance.projects.models import Organisation, Project
from dataflows.consent_check import Need, needs
from dataflows.label_difference import Difference, differences
from dataflows.label_files import Unreadable, read_file
from dataflows.label_rules import derive
from dataflows.models import ConsentCount, DataFlow, StoreDeclaration, TextVersion
from dataflows.models.told import TextState
from dataflows.notice_check import Answer, missing
from dataflows.past import past_approvals, past_flows
from dataflows.services.told import content_of
from dataflows.standing import is_outdated

Scope = Organisation | Project


@dataclass(frozen=True)
class Past:
    """One notice, consent or label at a moment, with all its versions, the newest first, and its project's flows."""

    about: Any
    project: Project
    versions: list[TextVersion] = field(default_factory=list)
    flows: list[DataFlow] = field(default_factory=list)

    @property
    def published(self) -> TextVersion | None:
        return next((one for one in self.versions if one.state == TextState.PUBLISHED), None)

    def lines(self) -> list[Answer]:
        """What the flows do and the published notice does not say."""
        return missing(self.published, self.flows) if self.published else []

    def differences(self) -> tuple[list[Difference], str]:
        """Where the published label differs from the flows, or what is wrong with its file."""
        version = self.published
        if version is None or version.blob is None:
            return [], ""
        try:
            said = read_file(self.about.store, content_of(version.blob))
        except (Unreadable, FileDamaged) as wrong:
            return [], str(wrong)
        return differences(said, derive(self.flows, self.about.store), version.reasons), ""


def streams_of(scope: Scope) -> list[str]:
    if isinstance(scope, Project):
        return [scope.stream]
    return [project.stream for project in Project.objects.in_organisation(scope)]


def told_at(scope: Scope, model: type[Any], at: datetime) -> list[Past]:
    """All of a model at a moment, in the order of their references, with what belongs to them."""
    streams = streams_of(scope)
    if not streams:
        return []
    related = ("project", "owner", "target") if model is StoreDeclaration else ("project", "owner")
    rows = as_of(model, at, stream=streams).order_by("reference").instances(*related)
    if not rows:
        return []
    flows = approved_at(scope, at)
    versions = _versions(model.kind, streams, at)
    found = []
    for row in rows:
        mine = versions[row.pk]
        for one in mine:
            setattr(one, model.kind, row)
        found.append(Past(row, row.project, mine, [flow for flow in flows if flow.project_id == row.project_id]))
    return found


def _versions(kind: str, streams: list[str], at: datetime) -> dict[Any, list[TextVersion]]:
    rows = as_of(TextVersion, at, stream=streams).filter(**{f"{kind}_id__isnull": False}).order_by("-number")
    found: dict[Any, list[TextVersion]] = defaultdict(list)
    for row in rows.instances("approval__decided_by", "since_release", "evidence", "author"):
        found[getattr(row, f"{kind}_id")].append(row)
    return found


def approved_at(scope: Scope, at: datetime) -> list[DataFlow]:
    """The present flows at a moment, each as it was approved last."""
    granted: dict[Any, Approval] = past_approvals(scope, DataFlow, at)
    then: dict[datetime, dict[Any, DataFlow]] = {}
    found = []
    for flow in past_flows(scope, at):
        approval = granted.get(flow.pk)
        if approval is None or approval.decided_at is None or not flow.is_approved:
            continue
        if is_outdated(flow, approval):
            moment = approval.decided_at
            if moment not in then:
                then[moment] = {row.pk: row for row in past_flows(scope, moment)}
            flow = then[moment].get(flow.pk, flow)
        found.append(flow)
    return found


def needs_at(scope: Scope, at: datetime, consents: list[Past]) -> list[Need]:
    """The approved flows that rest on consent or read the device, and what each lacks."""
    worded = [one.about.pk for one in consents if one.published]
    return needs(approved_at(scope, at), worded)


def counts_at(scope: Scope, at: datetime) -> dict[UUID, list[ConsentCount]]:
    """Counts by the version they are about, the newest month first."""
    found: dict[UUID, list[ConsentCount]] = defaultdict(list)
    streams = streams_of(scope)
    for row in as_of(ConsentCount, at, stream=streams).order_by("-month").instances() if streams else ():
        found[row.wording_id].append(row)
    return found

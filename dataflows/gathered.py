"""The papers of an app as drift compares them: approved flows, parties, labels, answers, notices, policy; on a day.

Only what was approved counts: a flow that was changed since is read as it stood. The number of queries does not grow
with the records, but for flows changed since their approval, which are read once per day of approval.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Prefetch, Q

from compliance.artefacts.formats import Unreadable
from compliance.artefacts.formats.app_files import observe
from compliance.artefacts.formats.observation import Observed
from compliance.assessments.models import Answer, Assessment
from compliance.files.store import FileDamaged, open_verified
from compliance.projects.models import AppTarget, Project, Release
from dataflows import notice_check, vocabulary
from dataflows.approved import approved_flows
from dataflows.drift import papers as told
from dataflows.drift.imported import labels_of
from dataflows.drift.known import Sdk, policy_of, sdks
from dataflows.handed import handed_down
from dataflows.label_rules import OUTSIDE_THE_APP
from dataflows.models import Contract, DataFlow, Engagement, Node, Party, RetentionRule, SupplierReview, TextVersion
from dataflows.models.told import TextState
from dataflows.releases import flows_in

EVERY_SDK = ("device_id",)  # what any part that calls home gets to see, when nobody has said more
CONSENT = frozenset({"consent", "explicit_consent"})
SHOWN = (TextState.APPROVED, TextState.PUBLISHED)
STORES = {"android": told.PLAY, "ios": told.APPLE}


@dataclass(frozen=True)
class Gathered:
    """What is recorded about one app on a day; `papers` narrows it to one release and platform."""

    project: Project
    on: date
    flows: list[DataFlow]
    parties: list[Party]
    targets: list[AppTarget]
    versions: list[TextVersion]
    rules: list[RetentionRule]
    answers: Mapping[str, frozenset[str]]
    above: Mapping[str, Any]

    def papers(self, release: Release, platform: str, observed: Iterable[Observed] = (), **more: Any) -> told.Papers:
        """The papers of a release on a platform; labels handed in with it count before those kept here."""
        flows = flows_in(release, self.flows)
        here = [one for one in self._labels(observed) if platform not in STORES or one.store == STORES[platform]]
        return told.Papers(
            on=self.on,
            flows=tuple(_flow(one) for one in flows),
            parties=tuple(_party(one, self.on) for one in self.parties),
            labels=tuple(here),
            transfers=frozenset(code for one in flows for code in _covered(one, self.on)),
            free_countries=_free(self.on),
            answers=self.answers,
            policy=policy_of(platform, self._oldest(platform), self.on),
            retention=tuple(self._retention(flows)),
            notices=tuple(self._notices(flows)),
            own_sdks=tuple(_own_sdks(self.parties, self.flows)),
            **{**self.above, **more},
        )

    def _labels(self, observed: Iterable[Observed]) -> Iterator[told.Label]:
        handed_in = {label.store: label for label in labels_of(observed)}
        yield from handed_in.values()
        yield from (label for label in self._kept_labels if label.store not in handed_in)

    @cached_property
    def _kept_labels(self) -> tuple[told.Label, ...]:
        """The published store labels of this app, read from their files."""
        return labels_of(filter(None, map(_label_file, self.versions)))

    def _oldest(self, platform: str) -> str:
        return next((one.minimum_os for one in self.targets if one.platform == platform and one.minimum_os), "")

    def _retention(self, flows: list[DataFlow]) -> Iterator[told.Retention]:
        """Rules about data the app's flows carry, of which a run said how old the oldest is."""
        items = {item.pk: item.category for flow in flows for item in flow.data}
        for rule in self.rules:
            about = rule.item_id in items if rule.item_id else rule.category in items.values()
            if about and rule.oldest_date and rule.gone_by_date:
                keeps, oldest = (rule.gone_by_date - rule.oldest_date).days, (self.on - rule.oldest_date).days
                yield told.Retention(rule.reference, rule.name, keeps, oldest)

    def _notices(self, flows: list[DataFlow]) -> Iterator[told.Notice]:
        """Notices people see: the version shown beside the one approved, and what its text does not name."""
        own, out = [one for one in self.versions if one.notice_id], [one for one in flows if _flow(one).goes_out]
        for shown in (one for one in own if one.state == TextState.PUBLISHED):
            newest = max((one.number for one in own if one.notice_id == shown.notice_id), default=shown.number)
            missing = notice_check.missing(shown, out) if shown.text else None
            yield told.Notice(
                reference=shown.about.reference,
                approved=str(newest),
                in_app=str(shown.number),
                recipients=_named(missing, notice_check.RECIPIENT, _recipients(flows)),
                purposes=_named(missing, notice_check.PURPOSE, {_purpose(one): _purpose(one) for one in flows}),
            )


def gather(project: Project, on: date) -> Gathered:
    """Everything recorded about an app."""
    rows = DataFlow.objects.in_project(project).present().complete().order_by("reference")
    versions = TextVersion.objects.in_project(project).filter(state__in=SHOWN)
    return Gathered(
        project=project,
        on=on,
        flows=approved_flows(project.organisation, rows),
        parties=list(_parties(project)),
        targets=list(AppTarget.objects.filter(project=project)),
        versions=list(versions.select_related("notice", "declaration", "blob").order_by("number")),
        rules=list(RetentionRule.objects.in_organisation(project.organisation).in_force().order_by("reference")),
        answers=answers_of(project, on),
        above=handed_down(project, on),
    )


def _parties(project: Project) -> Any:
    engaged = Engagement.objects.select_related("sub_processor")
    seen = SupplierReview.objects.order_by("-held_date", "-reference")
    prefetched = (Prefetch("engages", engaged), Prefetch("reviews", seen), "contracts", "engaged_by")
    return Party.objects.in_organisation(project.organisation).prefetch_related(*prefetched).order_by("reference")


def _label_file(version: TextVersion) -> Observed | None:
    if version.declaration is None or version.state != TextState.PUBLISHED or version.blob is None:
        return None
    try:
        with open_verified(version.blob) as stream:
            return observe(stream.read())
    except (Unreadable, FileDamaged):
        return None


def _flow(flow: DataFlow) -> told.Flow:
    bases = {flow.legal_basis, flow.article9_condition}
    return told.Flow(
        reference=flow.reference,
        title=flow.title,
        categories=frozenset(item.category for item in flow.data),
        on_device_only=flow.on_device_only,
        leaves_device=flow.leaves_device,
        through_app=_begins_in_app(flow),
        ephemeral=flow.ephemeral,
        end_to_end=flow.protection == DataFlow.Protection.E2EE,
        consent=flow.consent_id is not None or bool(bases & CONSENT),
        tracks=flow.tracks,
        user_initiated=flow.user_initiated,
        special=flow.is_special,
        channel=flow.channel,
        parties=tuple(dict.fromkeys(node.party.reference for node in flow.nodes if node.party)),
        purposes=(_purpose(flow),) if flow.purpose else (),
    )


def _begins_in_app(flow: DataFlow) -> bool:
    """Whether it sets out from the device by the app, as store labels are derived."""
    by_app = flow.channel not in OUTSIDE_THE_APP or any(node.kind == Node.Kind.APP for node in flow.nodes)
    return bool(flow.nodes) and flow.nodes[0].on_device and by_app


def _purpose(flow: DataFlow) -> str:
    return flow.purpose.strip().rstrip(".")


def _party(party: Party, on: date) -> told.Party:
    signed = [one for one in party.contracts.all() if one.is_of_processing and one.signed_date]
    held = any(one.holds(on) for one in signed)
    engaged = party.role == Party.Role.SUB_PROCESSOR and any(one.runs(on) for one in party.engaged_by.all())
    reviews = list(party.reviews.all())
    return told.Party(
        reference=party.reference,
        name=party.name,
        role=party.role,
        state=party.state,
        country=party.country,
        has_contract=held or bool(signed) or engaged,
        contract_ends=None if held or engaged else _last_day(signed),
        sdks=party.sdk_names,
        domains=party.hosts,
        sub_processors=frozenset(_called(one.seen) for one in party.engages.all() if one.runs(on)),
        reviewed_sub_processors=frozenset(_called(one) for one in reviews[0].list_seen) if reviews else None,
    )


def _last_day(signed: Iterable[Contract]) -> date | None:
    return max((one.expires_date for one in signed if one.expires_date), default=None)


def _called(seen: Mapping[str, Any]) -> str:
    return f"{seen.get('name', '')} ({seen.get('country', '')})"


def _covered(flow: DataFlow, on: date) -> Iterator[str]:
    """Countries a flow has a transfer to, with a mechanism that has not fallen."""
    yield from (one.country for one in flow.transfer_rows if one.mechanism and not one.has_fallen(on))


def _free(on: date) -> frozenset[str]:
    """Countries data may go to without more: the EEA, and those with an adequacy decision for everybody."""
    certified = vocabulary.is_certified_only
    adequate = (row.country for row in vocabulary.adequacy() if row.holds(on) and not certified(row.country))
    return frozenset({*adequate, *(code for code, row in vocabulary.countries().items() if row.eea)})


def _own_sdks(parties: Iterable[Party], flows: Iterable[DataFlow]) -> Iterator[Sdk]:
    """SDKs only this organisation knows: the names a party carries that no list has."""
    known = {word for row in sdks() for word in (row.code, *row.android, *row.ios, *row.packages)}
    for party in parties:
        names = tuple(name for name in party.sdk_names if name not in known)
        if names:
            carried = sorted(
                {i.category for f in flows if any(n.party_id == party.pk for n in f.nodes) for i in f.data}
            )
            yield Sdk(
                code=party.reference,
                name=next((name for name in names if "." not in name), names[0]),
                company=party.name,
                country=party.country,
                does=party.service[:1].lower() + party.service[1:],
                categories=tuple(carried) or EVERY_SDK,
                android=names,
                ios=names,
                packages=tuple(name.lower() for name in names),
                trackers=names,
                domains=party.hosts,
            )


def _recipients(flows: Iterable[DataFlow]) -> dict[str, str]:
    """References of those flows reach, to the names a notice has to say."""
    return {node.party.reference: node.party.name for flow in flows for node in flow.nodes if node.party}


def _named(missing: list[notice_check.Answer] | None, kind: str, asked: Mapping[str, str]) -> frozenset[str] | None:
    """What of a kind a notice names; None when its text cannot be searched."""
    if missing is None:
        return None
    unsaid = {one.asked.what for one in missing if one.asked.kind == kind}
    return frozenset(key for key, what in asked.items() if what not in unsaid)


def answers_of(project: Project, on: date) -> dict[str, frozenset[str]]:
    """The approved answers, by question: the options that were chosen."""
    lasting = Q(valid_until__isnull=True) | Q(valid_until__gte=on)
    approved = Assessment.objects.in_project(project).approved().filter(lasting).order_by("-started_at")[:1]
    rows = Answer.objects.filter(assessment__in=[row.pk for row in approved], unknown=False)
    return {row.question: frozenset(_chosen(row.value)) for row in rows}


def _chosen(value: Mapping[str, Any]) -> Iterator[str]:
    """Codes of options; a table that says there is none reads `none`."""
    for said in value.values():
        if isinstance(said, str):
            yield said
        elif isinstance(said, list):
            yield from (one for one in said if isinstance(one, str))

"""Ways out of a finding: which form or record each mend of its rule opens, and what forms are filled in with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, reverse

from compliance.projects.models import Project
from dataflows import vocabulary
from dataflows.drift import known_rules
from dataflows.drift.known import Sdk, company_matches, sdks
from dataflows.models import DataItem, Drift, Node, Party, StoreDeclaration

TASKS = frozenset({"remove_from_app", "correct_app", "update_sdk", "correct_manifest", "rotate", "build"})
DECISIONS = frozenset({"accept"})
DRAFTED = frozenset({"add_flow", "add_party", "add_transfer", "add_consent"})


@dataclass(frozen=True)
class Way:
    """A way out: what it is, what to do, and where; `who` may take it: edit (whoever writes), approve (who decides)."""

    kind: str
    label: str
    url: str
    who: str = "edit"

    @property
    def verb(self) -> str:
        """What its button says."""
        if self.kind in DECISIONS:
            return "Decide"
        if self.kind in TASKS:
            return "Give the task"
        return "Fill in the form" if "?drift=" in self.url else "Open it"


def ways(drift: Drift) -> list[Way]:
    """The mends of its rule in their order, each with its page; `drift` has its project."""
    rule = known_rules().get(drift.rule)
    return [_way(drift, mend.kind, mend.label) for mend in rule.mends] if rule else []


def _way(drift: Drift, kind: str, label: str) -> Way:
    slug, reference = drift.project.slug, drift.reference
    if kind in DECISIONS:
        return Way(kind, label, reverse("dataflows:drift_decide", args=[slug, reference, kind]), "approve")
    if kind in TASKS:
        return Way(kind, label, f"{reverse('dataflows:drift_task', args=[slug, reference])}?mend={kind}")
    page = PAGES.get(kind)
    return Way(kind, label, page(drift) if page else _release("release")(drift))


def may_draft(drift: Drift, given: list[Way]) -> bool:
    """Whether the flow can be drafted from the finding alone: it says which data, and its party is recorded."""
    asks = any(way.kind in DRAFTED for way in given)
    return asks and bool(drift.about.get("categories")) and party_behind(drift) is not None


def _about(drift: Drift, name: str) -> str:
    """The first word of what a finding is about."""
    return next(iter(drift.about.get(name, ())), "")


def _flow_form(drift: Drift) -> str:
    return f"{reverse('dataflows:flow_add', args=[drift.project.slug])}?drift={drift.reference}"


def _flow(drift: Drift) -> str:
    flow = _about(drift, "flow")
    if not flow:
        return reverse("dataflows:project_flows", args=[drift.project.slug])
    return reverse("dataflows:flow", args=[drift.project.slug, flow])


def _party(drift: Drift) -> str:
    organisation, party = drift.project.organisation.slug, _about(drift, "party")
    if party:
        return reverse("dataflows:party", args=[organisation, party])
    known = party_behind(drift)
    return known.get_absolute_url() if known else reverse("dataflows:parties", args=[organisation])


def _party_form(drift: Drift) -> str:
    """The flow when its party is recorded already, else the party."""
    if party_behind(drift):
        return _flow_form(drift)
    query = f"drift={drift.reference}&project={drift.project.slug}"
    return f"{reverse('dataflows:party_add', args=[drift.project.organisation.slug])}?{query}"


def _label(drift: Drift) -> str:
    store = _about(drift, "store") or ("apple" if drift.platforms == "ios" else "play")
    kept = StoreDeclaration.objects.in_project(drift.project).filter(store=store).order_by("reference").first()
    if kept is None:
        return reverse("dataflows:declarations", args=[drift.project.slug])
    return reverse("dataflows:declaration", args=[drift.project.slug, kept.reference])


def _notice(drift: Drift) -> str:
    notice = _about(drift, "notice")
    if not notice:
        return reverse("dataflows:notices", args=[drift.project.slug])
    return reverse("dataflows:notice", args=[drift.project.slug, notice])


def _rule(drift: Drift) -> str:
    return reverse("dataflows:retention_rule", args=[drift.project.organisation.slug, _about(drift, "retention")])


def _release(name: str) -> Callable[[Drift], str]:
    return lambda drift: reverse(f"projects:{name}", args=[drift.project.slug, drift.release.reference])


def _project(name: str) -> Callable[[Drift], str]:
    """A page of a room beside or above by its name; the project when that room is not there."""

    def page(drift: Drift) -> str:
        try:
            return reverse(name, args=[drift.project.slug])
        except NoReverseMatch:
            return drift.project.get_absolute_url()

    return page


PAGES: dict[str, Callable[[Drift], str]] = {
    "add_flow": _flow_form,
    "add_consent": _flow_form,
    "add_transfer": _flow_form,
    "add_party": _party_form,
    "contract": _party,
    "correct_party": _party,
    "review_party": _party,
    "correct_flow": _flow,
    "retire_flow": _flow,
    "correct_label": _label,
    "update_notice": _notice,
    "ship_notice": _notice,
    "correct_rule": _rule,
    "delete": _rule,
    "correct_answer": _project("assessments:project_assessments"),
    "add_interface": _project("risks:threat_models"),
    "correct_policy": _project("projects:project"),
    "reclassify": _release("release_edit"),
    "correct_record": _release("release_edit"),
    "retest": _release("release"),
    "regenerate": _release("release"),
}


def sdk_behind(drift: Drift) -> Sdk | None:
    """The known SDK a finding is about."""
    code = _about(drift, "sdk")
    return next((row for row in sdks() if row.code == code), None)


def party_behind(drift: Drift) -> Party | None:
    """The recorded party a finding is about: named in it, or behind its SDK by what is recorded of it."""
    names = {*drift.about.get("party", ()), *drift.about.get("sdk", ())}
    parties = list(Party.objects.in_organisation(drift.project.organisation).select_related("organisation"))
    named = next((one for one in parties if one.reference in names or names & set(one.sdk_names)), None)
    sdk = sdk_behind(drift)
    return named or next((one for one in parties if sdk and company_matches(sdk.company, one.name)), None)


def flow_filled(project: Project, drift: Drift) -> dict[str, Any]:
    """What the form of a flow begins with when it is opened from a finding."""
    party, codes = party_behind(drift), [c for c in drift.about.get("categories", ()) if c in vocabulary.categories()]
    items = DataItem.objects.in_organisation(project.organisation).filter(category__in=codes).order_by("name")
    owned = {item.category: str(item.pk) for item in items}
    filled: dict[str, Any] = {
        "title": f"{party.service if party else drift.title}"[:100],
        "items": list(owned.values()),
        "categories": [code for code in codes if code not in owned],
        "channel": "sdk" if drift.about.get("sdk") else "",
        "notes": f"From {drift.reference}: {drift.app_does}",
        "since_release": drift.release_id,
        "reads_device": bool({"ad_id", "device_id"} & set(codes)),
    }
    return filled | dict(_stops(project, party))


def _stops(project: Project, party: Party | None) -> Iterator[tuple[str, str]]:
    """From the app to the party, in the words of the form's choices."""
    nodes = list(Node.objects.in_project(project))
    app = next((one for one in nodes if one.kind == Node.Kind.APP), None)
    yield "stop_1", f"node:{app.pk}" if app else "kind:app"
    there = next((one for one in nodes if party and one.party_id == party.pk), None)
    if there or party:
        yield "stop_2", f"node:{there.pk}" if there else f"party:{party.pk}" if party else ""


def party_filled(drift: Drift) -> dict[str, Any]:
    """What the form of a party begins with when it is opened from a finding."""
    sdk = sdk_behind(drift)
    if sdk is None:
        return {"notes": f"From {drift.reference}: {drift.app_does}"}
    return {
        "name": sdk.company,
        "country": sdk.country,
        "service": sdk.does[:1].upper() + sdk.does[1:],
        "sdks": "\n".join((sdk.code, *sdk.android, *sdk.ios)[:12]),
        "domains": "\n".join(sdk.domains),
        "notes": f"From {drift.reference}: {drift.app_does}",
    }

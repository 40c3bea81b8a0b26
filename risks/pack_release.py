"""Which risks belong to a release: those its threats and weaknesses feed, and those somebody dealt with for it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from compliance.ledger import as_of
from compliance.packs.about import About
from compliance.projects.models import Organisation, Project
from risks.models import Risk, Threat, ThreatModel, VulnerabilityRelease, VulnerabilityRisk
from risks.past import streams_of


def belonging(scope: Organisation | Project, risks: Sequence[Risk], about: About, at: datetime) -> list[Risk]:
    """The risks a release file shows."""
    linked = _linked(streams_of(scope), about, at)
    return [risk for risk in risks if risk.pk in linked or _was_touched(risk, about)]


def affecting(streams: list[str], about: About, at: datetime) -> set[Any]:
    """The vulnerabilities somebody said the release has."""
    links = as_of(VulnerabilityRelease, at, stream=streams).filter(release_id=about.release.pk)
    return {link.vulnerability_id for link in links.instances()}


def covers(model: ThreatModel, about: About) -> bool:
    """Whether the range of releases of a threat model, read with both ends, holds this one."""
    return about.covers(model.from_release, model.to_release)


def _linked(streams: list[str], about: About, at: datetime) -> set[Any]:
    models = as_of(ThreatModel, at, stream=streams).exclude(state="superseded").instances("from_release", "to_release")
    mine = {model.pk for model in models if covers(model, about)}
    threats = as_of(Threat, at, stream=streams).instances()
    weak = affecting(streams, about, at)
    fed = as_of(VulnerabilityRisk, at, stream=streams).instances()
    return {one.risk_id for one in threats if one.threat_model_id in mine and one.risk_id} | {
        one.risk_id for one in fed if one.vulnerability_id in weak
    }


def _was_touched(risk: Risk, about: About) -> bool:
    """Whether it was assessed or accepted for the release, or something was to be done about it until then."""
    assessed = (one.assessed_at for one in risk.positions.all())
    accepted = (one.accepted_at for one in risk.acceptances.all())
    due = (action.due_date for treatment in risk.treatments.all() for action in treatment.actions.all())
    return any(map(about.holds, (*assessed, *accepted))) or any(map(about.holds_day, due))

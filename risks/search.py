"""What of this room can be found by search."""

from compliance.projects.search import searchable
from risks.models import (
    Asset,
    Breach,
    ImpactAssessment,
    Incident,
    Risk,
    SecurityRequirement,
    Threat,
    ThreatModel,
    Vulnerability,
)

searchable("risk", "Risks", model=Risk, kind="risk", words=("title",), related=("project", "organisation"), order=20)
searchable("asset", "Assets", model=Asset, kind="risk", words=("name",), related=("project", "organisation"), order=21)
searchable(
    "incident",
    "Incidents",
    model=Incident,
    kind="incident",
    words=("title",),
    related=("project", "organisation"),
    order=24,
)
searchable(
    "breach", "Breaches", model=Breach, kind="incident", words=("title",), related=("project", "organisation"), order=25
)
searchable(
    "assessment_dpia",
    "Impact assessments",
    model=ImpactAssessment,
    kind="flow",
    words=("title",),
    related=("project", "organisation"),
    order=26,
)
searchable(
    "security-requirement",
    "Security requirements",
    model=SecurityRequirement,
    kind="release",
    words=("statement",),
    related=("project",),
    order=28,
)
searchable(
    "vulnerability",
    "Vulnerabilities",
    model=Vulnerability,
    kind="risk",
    words=("title", "identifier", "component"),
    related=("project",),
    order=22,
)
searchable(
    "threat-model", "Threat models", model=ThreatModel, kind="risk", words=("title",), related=("project",), order=23
)
searchable(
    "threat", "Threats", model=Threat, kind="risk", words=("title",), related=("project", "threat_model"), order=27
)

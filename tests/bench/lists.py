"""The lists that are measured, by their name; tests/site/test_lists.py tells when one of the pages' is missing.

A page of both scopes stands here twice. `REGISTER` is the one that stands for all of its kind.
"""

from typing import Any

from django.urls import NoReverseMatch, reverse

LISTS = {
    "Projects": "projects:projects",
    "People": "projects:members",
    "People of the project": "projects:project_members",
    "Releases": "projects:releases",
    "All assessments": "assessments:assessments",
    "Assessments": "assessments:project_assessments",
    "Frameworks": "controls:frameworks",
    "Requirements": "controls:requirements",
    "Controls": "controls:controls",
    "Controls at work": "controls:implementations",
    "Controls of the project": "controls:project_controls",
    "Documents": "controls:documents",
    "All evidence": "controls:evidence",
    "Evidence": "controls:project_evidence",
    "All requests": "controls:requests",
    "Requests": "controls:project_requests",
    "All tests": "controls:tests",
    "Tests": "controls:project_tests",
    "All audits": "controls:audits",
    "Audits": "controls:project_audits",
    "All findings": "controls:findings",
    "Findings": "controls:project_findings",
    "Management reviews": "controls:management_reviews",
    "All deviations": "controls:deviations",
    "Deviations": "controls:project_deviations",
    "Register": "registers:register",
    "Register of the project": "registers:project_register",
    "All risks": "risks:register",
    "Risks": "risks:project_register",
    "All to look at again": "risks:reassessments",
    "To look at again": "risks:project_reassessments",
    "Threat models": "risks:threat_models",
    "Threats": "risks:threats",
    "Security requirements": "risks:requirements",
    "Vulnerabilities": "risks:vulnerabilities",
    "Suggestions of reports": "risks:suggestions",
    "Components": "risks:components",
    "All controls risks rely on": "risks:failing",
    "Controls risks rely on": "risks:project_failing",
    "All assets": "risks:assets",
    "Assets": "risks:project_assets",
    "All incidents": "risks:incidents",
    "Incidents": "risks:project_incidents",
    "All breaches": "risks:breaches",
    "Breaches": "risks:project_breaches",
    "All impact assessments": "risks:assessments",
    "Impact assessments": "risks:project_assessments",
    "Parties": "dataflows:parties",
    "Transfers": "dataflows:transfers",
    "Transfer assessments": "dataflows:transfer_assessments",
    "All records of processing": "dataflows:activities",
    "Records of processing": "dataflows:project_activities",
    "All data flows": "dataflows:flows",
    "Data flows": "dataflows:project_flows",
    "App and papers": "dataflows:project_drift",
    "Personal data": "dataflows:items",
    "Notices": "dataflows:notices",
    "Consents": "dataflows:consents",
    "Store labels": "dataflows:declarations",
    "Systems": "dataflows:systems",
    "Retention schedule": "dataflows:retention_rules",
    "Legitimate interests": "dataflows:interests",
    "Requests of data subjects": "dataflows:requests",
    "All packs": "packs:organisation_packs",
    "Packs": "packs:packs",
    "My tasks": "tasks:mine",
    "All tasks": "tasks:organisation",
    "Tasks": "tasks:project",
}
REGISTER = "obligations"


def address(page: str, organisation: str, project: str) -> str:
    """The address of a page that needs a scope, or none; "" for one that needs more."""
    for scope in ({"organisation": organisation}, {"project": project}, {}):
        for more in ({}, {"register": REGISTER}):
            arguments: dict[str, Any] = {**scope, **more}
            try:
                return reverse(page, kwargs=arguments)
            except NoReverseMatch:
                continue
    return ""


AGAIN = ", drawn again"  # as for the first who looks after a change

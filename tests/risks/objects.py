"""Records of this room for the access matrix: one risk per scope, with everything its pages ask for."""

from collections.abc import Callable
from datetime import date, timedelta
from importlib import import_module
from typing import Any

from django.utils import timezone

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.projects.models import Project
from controls.models import Implementation
from controls.services.control import add_control, implement_control
from risks import services
from risks.models import Asset, Reassessment, Risk, RiskAcceptance, RiskControl, RiskMethod, TreatmentAction
from risks.services.trigger import ask
from risks.triggering import Hit, Trigger
from tests.objects import MATRIX, value, word
from tests.risks.conftest import SCENARIO

IN_PROJECT = ("risks:risk", "risks:risk_*")
IN_ORGANISATION = ("risks:organisation_risk", "risks:organisation_risk_*")


def person(name: str) -> User:
    email = f"{name}@risks.example"
    with change(by=MATRIX):
        return User.objects.filter(email=email).first() or User.objects.create_user(email, None, name=name)


def unlike_others(make: Callable[[], Any]) -> Any:
    """Make rows until the reference is none of another organisation's: the numbers of two begin alike."""
    while True:
        row = make()
        others = type(row).objects.filter(reference=row.reference).exclude(organisation=row.organisation)
        if not others.exists():
            return row


def the_risk(project: Project, shared: bool) -> Risk:
    """The risk of a scope, made once, with a score, an option, an action, a control and a request."""
    within = None if shared else project
    title = f"Matrix {'organisation' if shared else project.slug}"
    known = Risk.objects.filter(organisation=project.organisation, project=within, title=title)
    if found := known.filter(acceptances__isnull=False).first():
        return found
    author = person("author")
    if RiskMethod.objects.in_force(project.organisation) is None:
        approved(project)
    risk = unlike_others(
        lambda: services.identify_risk(
            organisation=project.organisation, project=within, by=author, owner=author, **{**SCENARIO, "title": title}
        )
    )
    services.assess_risk(risk=risk, kind="current", likelihood=2, consequence=2, rationale="Known.", by=author)
    treatment = services.treat_risk(risk=risk, option="modify", rationale="Cheap.", by=author)
    day = date(2030, 1, 1)
    unlike_others(
        lambda: services.plan_action(treatment=treatment, title="Mend", owner=author, due_date=day, by=author)
    )
    services.link_control(risk=risk, implementation=unlike_others(lambda: control(project, within)), by=author)
    unlike_others(lambda: request(risk))
    services.link_thing(risk=risk, thing=the_asset(project, shared), by=author)
    return risk


def control(project: Project, within: Project | None) -> Implementation:
    author, number = person("author"), Implementation.objects.count()
    made = add_control(organisation=project.organisation, title=f"Matrix {number}", by=author)
    return implement_control(control=made, scope=within or project.organisation, owner=author, by=author)


def request(risk: Risk) -> RiskAcceptance:
    author = person("author")
    for waiting in risk.acceptances.filter(state="requested"):
        services.revoke_acceptance(acceptance=waiting, by=author, reason="Again.")
    return services.request_acceptance(risk=risk, kind="residual", reason="Cheap.", by=author)


def approved(project: Project) -> RiskMethod:
    label = f"RM-{project.slug}-{RiskMethod.objects.count()}"
    drafted = services.draft_method(organisation=project.organisation, by=person("author"), label=label)
    return services.approve_method(method=drafted, by=person("approver"), reason="Fits.")


@value("label", "risks:method_*")
def label(project: Project) -> str:
    return approved(project).label


def _for_both(argument: str, read: Callable[[Risk], str]) -> None:
    value(argument, *IN_PROJECT)(lambda project: read(the_risk(project, shared=False)))
    value(argument, *IN_ORGANISATION)(lambda project: read(the_risk(project, shared=True)))


_for_both("reference", lambda risk: risk.reference)
_for_both("action", lambda risk: TreatmentAction.objects.filter(treatment__risk=risk).latest("reference").reference)
_for_both("implementation", lambda risk: RiskControl.objects.get(risk=risk).implementation.reference)
_for_both("thing", lambda risk: risk.links.get().thing.reference)
_for_both("acceptance", lambda risk: risk.acceptances.get(state="requested").reference)


@value("implementation", "risks:failing_control", "risks:project_failing_control")
def failing(project: Project) -> str:
    return RiskControl.objects.get(risk=the_risk(project, shared=False)).implementation.reference


@value("reference", "risks:asset", "risks:asset_*")
def asset(project: Project) -> str:
    return the_asset(project, shared=True).reference


@value("reference", "risks:project_asset", "risks:project_asset_*")
def project_asset(project: Project) -> str:
    return the_asset(project, shared=False).reference


def the_asset(project: Project, shared: bool) -> Asset:
    author, within = person("author"), None if shared else project
    facts = {"kind": "software", "rank": "supporting", "owner": author}

    def made() -> Asset:
        return services.add_asset(organisation=project.organisation, project=within, by=author, name=word(), **facts)

    return unlike_others(made)


for name, said in {"option": "modify", "kind": "current", "verb": "flag", "to": "in_progress"}.items():
    value(name, "risks:*", names_record=False)(lambda project, said=said: said)


@value("asked", "risks:project_reassessment", "risks:reassessment")
def asked(project: Project) -> object:
    """What is asked of a risk of the project, or of the organisation."""
    return asked_of(the_risk(project, shared=False)).pk


def asked_of(risk: Risk) -> Reassessment:
    one = Trigger("incident_closed", "risk", lambda organisation, at: [])
    hit = Hit(risk, f"matrix:{risk.pk}", "Something happened.", timezone.now() + timedelta(days=1))
    ask(one, [hit], risk.organisation)
    return Reassessment.objects.about(risk).get(cause=hit.cause)


import_module("tests.risks.case_objects")
import_module("tests.risks.vulnerability_objects")  # they stand on this module
import_module("tests.risks.threat_objects")
import_module("tests.risks.requirement_objects")

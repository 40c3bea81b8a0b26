"""Records of this room for the access matrix."""

import io
from datetime import date

from compliance.accounts.models import User
from compliance.files.store import store
from compliance.ledger import change
from compliance.projects.models import AppTarget, Project
from compliance.projects.services import plan_release
from dataflows import services
from dataflows.falling import Basis
from dataflows.models import Consent, DataFlow, Notice, Party, RetentionRule, StoreDeclaration
from tests.dataflows.drift_cast import finding
from tests.objects import MATRIX, value, word


@value("reference", "dataflows:flow", "dataflows:flow_*", "dataflows:transfer_add")
def flow(project: Project) -> str:
    return _flow(project).reference


@value("reference", "dataflows:node")
def node(project: Project) -> str:
    return services.add_node(project=project, kind="api", name=word(), by=MATRIX).reference


@value("reference", "dataflows:transfer", "dataflows:transfer_remove")
def transfer(project: Project) -> str:
    return services.record_transfer(flow=_flow(project), country="IN", by=MATRIX).reference


@value("reference", "dataflows:project_activity", "dataflows:project_activity_*")
def own_activity(project: Project) -> str:
    made = services.draft_activity(organisation=project.organisation, project=project, name=word(), by=MATRIX)
    return made.reference


@value("reference", "dataflows:activity", "dataflows:activity_*")
def shared_activity(project: Project) -> str:
    return services.draft_activity(organisation=project.organisation, name=word(), by=MATRIX).reference


@value("reference", "dataflows:item", "dataflows:item_edit")
def item(project: Project) -> str:
    return services.add_item(organisation=project.organisation, name=word(), category="email", by=MATRIX).reference


@value("reference", "dataflows:system", "dataflows:system_*")
def system(project: Project) -> str:
    return services.add_system(organisation=project.organisation, name=word(), by=MATRIX).reference


def _rule(project: Project) -> RetentionRule:
    details = {"name": word(), "category": "email", "period": 1}
    return services.add_rule(organisation=project.organisation, by=MATRIX, **details)


RULE_PAGES = ("retention_rule", "retention_edit", "retention_end", "retention_run")


@value("reference", *(f"dataflows:{name}" for name in RULE_PAGES))
def retention_rule(project: Project) -> str:
    return _rule(project).reference


@value("reference", "dataflows:retention_verify")
def disposal_run(project: Project) -> str:
    facts = {"run_date": date(2026, 1, 2), "scope": "All", "count": 0}
    return services.record_run(rule=_rule(project), by=MATRIX, **facts).reference


@value("reference", "dataflows:interest", "dataflows:interest_*")
def interest(project: Project) -> str:
    return services.draft_interest(organisation=project.organisation, title=word(), by=MATRIX).reference


@value("reference", "dataflows:party", "dataflows:party_*")
def party(project: Project) -> str:
    return _party(project).reference


@value("reference", "dataflows:contract")
def contract(project: Project) -> str:
    return services.add_contract(party=_party(project), name="DPA", by=MATRIX).reference


@value("reference", "dataflows:engagement")
def engagement(project: Project) -> str:
    return services.engage(processor=_party(project), sub_processor=_party(project), by=MATRIX).reference


@value("reference", "dataflows:transfer_assessment", "dataflows:transfer_assessment_*")
def transfer_assessment(project: Project) -> str:
    details = {"title": word(), "country": "IN"}
    return services.draft_assessment(organisation=project.organisation, by=MATRIX, **details).reference


@value("basis", "dataflows:affected_by", "dataflows:fall_add", names_record=False)
def basis(project: Project) -> str:
    return "adequacy:GB"


@value("reference", "dataflows:fall", "dataflows:fall_settle")
def fall(project: Project) -> str:
    details = {"basis": Basis("adequacy", country="GB"), "fell_date": date(2026, 1, 1), "source": word()}
    return services.record_fall(organisation=project.organisation, by=MATRIX, **details).reference  # type: ignore[arg-type]


@value("reference", "dataflows:request", "dataflows:request_*")
def subject_request(project: Project) -> str:
    return services.receive_request(
        organisation=project.organisation, type="access", channel="mail", by=MATRIX
    ).reference


@value("step", "dataflows:request_step", names_record=False)
def step(project: Project) -> str:
    return "identity"


@value("step", "dataflows:request_decide", names_record=False)
def decision(project: Project) -> str:
    return "refuse"


@value("reference", "dataflows:intake_end")
def intake_key(project: Project) -> str:
    return services.open_intake(organisation=project.organisation, label=word(), by=MATRIX)[0].reference  # type: ignore[arg-type]


def _flow(project: Project) -> DataFlow:
    person = services.node_of_kind(project=project, kind="person", by=MATRIX)
    app = services.node_of_kind(project=project, kind="app", by=MATRIX)
    items = services.items_named(organisation=project.organisation, categories=["email"], by=MATRIX)
    return services.propose_flow(
        project=project, path=[person, app], items=items, title="Account", purpose="To keep it.", by=MATRIX
    )


@value("form", "dataflows:*records_file", names_record=False)
def form(project: Project) -> str:
    return "json"


def person(project: Project) -> User:
    return User.objects.filter(memberships__organisation=project.organisation).order_by("email").first()


@value("reference", "dataflows:notice", "dataflows:told_*")
def notice(project: Project) -> str:
    about = services.add_told(project=project, model=Notice, title=word(), by=MATRIX)
    version = services.draft_text(about=about, summary="First", text="We.", by=person(project))
    with change(by=MATRIX):
        version.blob = version.proof = store(io.BytesIO(b"We."), limit=9)
        version.file_name = version.proof_name = "we.txt"
        version.save()
    return about.reference


@value("reference", "dataflows:consent", "dataflows:consent_count")
def consent(project: Project) -> str:
    about = services.add_told(project=project, model=Consent, title=word(), purposes="Plan", screen="2", by=MATRIX)
    return about.reference


@value("reference", "dataflows:declaration", "dataflows:declaration_*")
def declaration(project: Project) -> str:
    with change(by=MATRIX):
        target = AppTarget(project=project, platform="ios", store="App Store", app_id=word())
        target.save()
    made = services.add_told(project=project, model=StoreDeclaration, target=target, store="apple", by=MATRIX)
    return made.reference


@value("number", "dataflows:told_*", names_record=False)
def number(project: Project) -> str:
    return "1"


@value("part", "dataflows:told_answers", names_record=False)
def part(project: Project) -> str:
    return "checklist"


def _party(project: Project) -> Party:
    details = {"name": word(), "country": "DE", "service": "Hosting"}
    return services.add_party(organisation=project.organisation, by=MATRIX, **details)


@value("reference", "dataflows:drift", "dataflows:drift_*")
def drift(project: Project) -> str:
    return finding(project).reference


@value("step", "dataflows:drift_decide", names_record=False)
def drift_decision(project: Project) -> str:
    return "accept"


@value("reference", "dataflows:release_*")
def drift_release(project: Project) -> str:
    return plan_release(project=project, name=word(), by=MATRIX).reference

"""What an assessment proposes for the records of this room: data, systems, processing, transfers, retention, texts."""

from collections.abc import Callable
from typing import Any

from compliance.accounts.models import User
from compliance.assessments.registry import Made, Stand, consequence
from compliance.ledger import Refused
from compliance.projects.models import Project
from dataflows import vocabulary
from dataflows.models import (
    Consent,
    DataFlow,
    DataItem,
    Notice,
    Party,
    ProcessingActivity,
    RetentionRule,
    System,
    Transfer,
)
from dataflows.said import (
    category_of,
    category_of_option,
    items_said,
    method_said,
    names_in,
    period_said,
    rows_of,
    trigger_said,
)
from dataflows.services import (
    add_rule,
    add_system,
    add_told,
    draft_activity,
    draft_assessment,
    items_named,
    record_transfer,
)

Parameters = dict[str, Any]
FLOW = ("edit", "flow")
VOLUMES = {"upto_1k": "few", "upto_10k": "thousands", "upto_100k": "many", "upto_1m": "large", "over_1m": "mass"}
SUBJECTS = {"children": "children", "employees": "employees"}


def _each(find: Callable[[Parameters], Any], several: list[Parameters], none: str = "") -> list[Stand]:
    """How each stands, by what is found for it."""
    found = [find(one) for one in several]
    return [Stand(_told(row), _made(row)) if row is not None else Stand(none) for row in found]


def _told(row: Any) -> str:
    return f"{row.reference} is there"


def _made(row: Any) -> Made:
    name = str(row) if row.reference in str(row) else f"{row.reference} {row}"
    return Made(name, row.get_absolute_url(), row)


def _line(parameters: Parameters) -> Parameters:
    return next(iter(rows_of(parameters)), {})


def items_stand(project: Project, several: list[Parameters]) -> list[Stand]:
    """Data of the category is in the inventory. One query."""
    rows = DataItem.objects.in_organisation(project.organisation).select_related("organisation")
    known = {row.category: row for row in rows.order_by("-reference")}
    return _each(lambda one: known.get(category_of_option(str(_line(one).get("key", "")))), several)


@consequence("record", of="data_item", title="Data in the inventory", needs=FLOW, look=items_stand)
def name_data(*, project: Project, parameters: Parameters, by: User, reason: str) -> Made:
    """Put the category into the inventory, under its own name."""
    if (stand := items_stand(project, [parameters])[0]).made is not None:
        return stand.made
    code = category_of_option(str(_line(parameters).get("key", "")))
    return _made(items_named(organisation=project.organisation, categories=[code], by=by)[0])


def records_stand(project: Project, several: list[Parameters]) -> list[Stand]:
    """A record of processing of the project in the same role is there. One query."""
    rows = ProcessingActivity.objects.in_project(project).present().select_related("organisation", "project")
    known = {row.role: row for row in rows.order_by("-reference")}
    return _each(lambda one: known.get(str(one.get("role"))), several)


@consequence("record", of="processing", title="Records of processing", needs=FLOW, look=records_stand)
def begin_record(*, project: Project, parameters: Parameters, by: User, reason: str) -> Made:
    """Begin the record with purposes, data, people and how many; bases and time limits are for whoever takes it up."""
    if (stand := records_stand(project, [parameters])[0]).made is not None:
        return stand.made
    lines = rows_of(parameters, "Q16")
    people: list[str] = next((row.get("answer", []) for row in rows_of(parameters, "Q06")), [])
    size = next((row.get("users", "") for row in rows_of(parameters, "Q07")), "")
    role = str(parameters.get("role", "controller"))
    items = items_said(
        organisation=project.organisation, texts=[str(row.get("item", "")) for row in lines], by=by, reason=reason
    )
    made = draft_activity(
        organisation=project.organisation,
        project=project,
        by=by,
        reason=reason,
        name=f"{project.name}, as {role}"[:120],
        role=role,
        purposes="\n".join(str(row.get("purpose", ""))[:250] for row in lines),
        data=dict.fromkeys(items, ""),
        subject_categories=["users", *(SUBJECTS[one] for one in people if one in SUBJECTS)],
        volume=VOLUMES.get(size, ""),
    )
    return _made(made)


def systems_stand(project: Project, several: list[Parameters]) -> list[Stand]:
    """A system of the same name is there. One query."""
    rows = System.objects.in_organisation(project.organisation).running().select_related("organisation")
    known = {row.name.casefold(): row for row in rows}
    return _each(lambda one: known.get(str(_line(one).get("system", "")).casefold().strip()), several)


KINDS = (("database", "database"), ("storage", "object_store"), ("files", "object_store"), ("log", "log"))


@consequence("record", of="system", title="Systems", needs=FLOW, look=systems_stand)
def enter_system(*, project: Project, parameters: Parameters, by: User, reason: str) -> Made:
    """Enter it in the inventory, run by the party that was named."""
    from dataflows.consequences import parties_of, party_named  # consequences.py imports this module

    line = _line(parameters)
    name = str(line.get("system", "") or parameters["title"])[:80]
    if (stand := systems_stand(project, [parameters])[0]).made is not None:
        return stand.made
    cloud = line.get("hosting") in {"cloud", "mix"}
    made = add_system(
        organisation=project.organisation,
        name=name,
        by=by,
        reason=reason,
        kind=next((kind for word, kind in KINDS if word in name.casefold()), System.Kind.SERVICE),
        hosting=System.Hosting.PAAS if cloud else System.Hosting.OWN,
        operator=party_named(parties_of(project), str(line.get("provider", ""))),
        region=str(line.get("region", ""))[:60],
    )
    return _made(made)


def transfers_stand(project: Project, several: list[Parameters]) -> list[Stand]:
    """A transfer of the project to that country, or an assessment of one, is there. Two queries."""
    rows = Transfer.objects.in_project(project).select_related("project").order_by("-reference")
    known: dict[str, Any] = {row.country: row for row in rows}
    return _each(lambda one: next((known[code] for code in _outside(one) if code in known), None), several)


def _outside(parameters: Parameters) -> list[str]:
    line = _line(parameters)
    codes = str(line.get("country") or line.get("operator_country") or "").split()
    return [code for code in codes if code in vocabulary.countries() and not vocabulary.in_eea(code)]


@consequence("record", of="transfer", title="Transfers outside the EEA", needs=FLOW, look=transfers_stand)
def begin_transfer(*, project: Project, parameters: Parameters, by: User, reason: str) -> Made:
    """On the flow that reaches whoever gets it; without one, begin the assessment of the transfer."""
    if (stand := transfers_stand(project, [parameters])[0]).made is not None:
        return stand.made
    countries, line = _outside(parameters), _line(parameters)
    if not countries:
        raise Refused("nobody named a country outside the EEA.")
    said = str(line.get("company") or line.get("provider") or line.get("group") or "")
    flow, party = _flow_to(project, said)
    if flow is None or flow.state not in (DataFlow.State.PROPOSED, DataFlow.State.ACTIVE):
        title = f"{project.name}: {parameters['title']}"[:120]
        made = draft_assessment(
            organisation=project.organisation, by=by, reason=reason, title=title, country=countries[0], importer=party
        )
        return _made(made)
    remote = "group" in line
    return _made(
        record_transfer(flow=flow, country=countries[0], by=by, reason=reason, importer=party, remote_access=remote)
    )


def _flow_to(project: Project, said: str) -> tuple[DataFlow | None, Party | None]:
    """The first flow to a party whose name begins with a word of what was said."""
    words = {word for word in said.casefold().replace(",", " ").split() if len(word) > 3}
    flows = DataFlow.objects.in_project(project).present().complete()
    for flow in flows:
        for node in flow.nodes:
            if node.party is not None and node.party.name.casefold().split()[0] in words:
                return flow, node.party
    return None, None


def rules_stand(project: Project, several: list[Parameters]) -> list[Stand]:
    """A retention rule in force of that name, or for data of the category. One query."""
    rows = RetentionRule.objects.in_organisation(project.organisation).in_force()
    known: dict[str, Any] = {}
    for row in rows.select_related("item", "organisation").order_by("-reference"):
        known[row.category or (row.item.name.casefold() if row.item else "")] = row
        known[row.name.casefold()] = row

    def find(one: Parameters) -> Any:
        group = str(_line(one).get("group", ""))
        names = [group.casefold(), *(name.casefold() for name in names_in(group)), category_of(group)]
        return next((known[name] for name in names if name in known and name != "other"), None)

    return _each(find, several)


@consequence("record", of="retention", title="Retention", needs=FLOW, look=rules_stand)
def begin_rule(*, project: Project, parameters: Parameters, by: User, reason: str) -> Made:
    """A rule for the category of the data, with the length, event and method that were said."""
    if (stand := rules_stand(project, [parameters])[0]).made is not None:
        return stand.made
    line = _line(parameters)
    said = period_said(str(line.get("period", "")))
    if said is None:
        raise Refused(
            f"“{line.get('period', '')}” is no length of days, months or years. Decline it, and add the rule."
        )
    period, unit = said
    made = add_rule(
        organisation=project.organisation,
        name=f"{project.name}: {line.get('group', '')}"[:100],
        period=period,
        unit=unit,
        category=category_of(str(line.get("group", ""))),
        trigger=trigger_said(str(line.get("trigger", ""))),
        method=method_said(str(line.get("method", ""))),
        basis=f"{line.get('period', '')} after {line.get('trigger', '')}: {line.get('method', '')}"[:250],
        by=by,
        reason=reason,
    )
    return _made(made)


def notices_stand(project: Project, several: list[Parameters]) -> list[Stand]:
    """Any notice of the project is the notice. One query."""
    row = Notice.objects.in_project(project).select_related("project").order_by("reference").first()
    return _each(lambda one: row, several)


@consequence("record", of="notice", title="Privacy notices", needs=FLOW, look=notices_stand)
def begin_notice(*, project: Project, parameters: Parameters, by: User, reason: str) -> Made:
    if (stand := notices_stand(project, [parameters])[0]).made is not None:
        return stand.made
    place = str(_line(parameters).get("notice", ""))[:160]
    title = f"Privacy notice of {project.name}"[:120]
    return _made(add_told(project=project, model=Notice, by=by, reason=reason, title=title, place=place))


def consents_stand(project: Project, several: list[Parameters]) -> list[Stand]:
    """A consent asked on the same screen, or about the same. One query."""
    rows = list(Consent.objects.in_project(project).select_related("project").order_by("reference"))

    def find(one: Parameters) -> Any:
        line = _line(one)
        screen, about = (str(line.get(key, "")).casefold().strip() for key in ("screen", "purpose"))
        return next((row for row in rows if row.screen.casefold() == screen or row.title.casefold() == about), None)

    return _each(find, several)


@consequence("record", of="consent", title="Consents", needs=FLOW, look=consents_stand)
def begin_consent(*, project: Project, parameters: Parameters, by: User, reason: str) -> Made:
    if (stand := consents_stand(project, [parameters])[0]).made is not None:
        return stand.made
    line = _line(parameters)
    about = str(line.get("purpose") or parameters["title"])
    made = add_told(
        project=project,
        model=Consent,
        by=by,
        reason=reason,
        title=about[:120],
        purposes=about,
        screen=str(line.get("screen") or "To be said")[:160],
    )
    return _made(made)

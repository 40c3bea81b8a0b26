"""The room's own cast: Dora, the data protection officer, and the places and parties flows pass through."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from compliance.accounts.models import User
from compliance.ledger import change
from compliance.projects.models import Organisation, Project
from compliance.projects.services import grant_role
from dataflows import services
from dataflows.clauses import checklist
from dataflows.models import DataFlow, DataItem, Node, Party, TransferAssessment
from tests.conftest import person
from tests.stage import staged

SIGNED = date(2026, 1, 15)


@staged
def dora(stridewell: Project, lumaro: Organisation, mara: User) -> User:
    """Decides about privacy records: data protection officer of Lumaro."""
    user = person("Dora")
    grant_role(user=user, role="dpo", scope=lumaro, by=mara)
    return user


@staged
def heart_rate(lumaro: Organisation, mara: User) -> DataItem:
    return services.add_item(organisation=lumaro, name="Heart rate", category="health", by=mara)


@staged
def email(lumaro: Organisation, mara: User) -> DataItem:
    return services.add_item(organisation=lumaro, name="E-mail", category="email", by=mara)


@staged
def nimbus(lumaro: Organisation, mara: User) -> Party:
    """Hosts the backend in Luxembourg, under contract."""
    party = services.add_party(organisation=lumaro, name="Nimbus", country="LU", service="Hosting", by=mara)
    services.add_contract(party=party, name="DPA", signed_date=SIGNED, by=mara)
    return party


@staged
def adspire(lumaro: Organisation, mara: User) -> Party:
    """Attributes installs from the United States, without a contract."""
    return services.add_party(organisation=lumaro, name="Adspire", country="US", service="Attribution", by=mara)


@staged
def way(stridewell: Project, nimbus: Party, mara: User) -> list[Node]:
    """User, app, API, database."""
    user = services.node_of_kind(project=stridewell, kind="person", by=mara)
    app = services.node_of_kind(project=stridewell, kind="app", by=mara)
    api = services.add_node(project=stridewell, kind="api", name="Coaching API", party=nimbus, by=mara)
    store = services.add_node(project=stridewell, kind="store", name="Database", party=nimbus, by=mara)
    return [user, app, api, store]


@pytest.fixture
def propose(stridewell: Project, way: list[Node], email: DataItem, ed: User) -> Callable[..., DataFlow]:
    """Ed proposes a flow that is in order, unless told otherwise."""

    def proposed(**details: Any) -> DataFlow:
        given = {
            "title": "Account",
            "purpose": "To keep the account.",
            "legal_basis": "contract",
            "protection": "tls13",
            "path": way,
            "items": [email],
            "by": ed,
        }
        return services.propose_flow(project=stridewell, **(given | details))

    return proposed


@pytest.fixture
def approved(propose: Callable[..., DataFlow], ed: User, dora: User) -> Callable[..., DataFlow]:
    """Ed proposes and submits, Dora approves."""

    def active(**details: Any) -> DataFlow:
        flow = propose(**details)
        services.submit_for_review(record=flow, by=ed)
        return services.approve_record(record=flow, by=dora, reason="As described.")

    return active


STEPS = {
    "title": "Support desk",
    "known": "Tickets of people who ask for help.",
    "mechanism": "scc_m2_c2p",
    "law": "Read.",
    "practice": "No request in ten years.",
    "formal_steps": "Clauses signed.",
    "expires_date": date(2099, 1, 1),
    "result": "no_obstacle",
    "conclusion": "Nothing stands against it.",
}


@pytest.fixture
def assess(lumaro: Organisation, mara: User) -> Callable[..., TransferAssessment]:
    """Mara drafts an assessment that lacks nothing, unless told otherwise."""

    def drafted(**details: Any) -> TransferAssessment:
        return services.draft_assessment(organisation=lumaro, by=mara, **({"country": "IN"} | STEPS | details))

    return drafted


def in_force(
    made: TransferAssessment, author: User, dpo: User, decider: User, until: date | None = None
) -> TransferAssessment:
    """Put forward by its author, with an opinion, decided by somebody else; `until` as if that was said then."""
    services.submit_assessment(assessment=made, by=author)
    services.give_opinion(assessment=made, by=dpo, reason="Sound.")
    services.approve_assessment(assessment=made, by=decider, reason="As assessed.")
    if until:
        with change(by="tests"):
            made.expires_date = until
            made.save()
    return made


@pytest.fixture
def ready(mara: User) -> Callable[..., Party]:
    """Everything an approval asks of a party that processes data for us, written by Mara."""

    def prepared(party: Party, **details: Any) -> Party:
        services.change_party(party=party, tier=2, due_diligence="Certificate read.", by=mara, **details)
        services.answer_checklist(
            party=party, answers={code: {"answer": "yes", "concrete": True} for code in checklist()}, by=mara
        )
        return Party.objects.get(pk=party.pk)

    return prepared

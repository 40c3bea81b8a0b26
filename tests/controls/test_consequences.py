"""What an assessment proposes to this room, accepted."""

from typing import Any

import pytest

from compliance.accounts.models import User
from compliance.assessments.models import Assessment, Proposal, ProposalState
from compliance.assessments.services import accept_proposals, start_assessment
from compliance.ledger import Refused, change
from compliance.projects.models import Project
from controls.consequences import controls_stand, frameworks_stand
from controls.models import Applicability, Edition, EvidenceRequest, Statement
from controls.services.applicability import decide_applicability
from tests.controls.editions import make_edition


@pytest.fixture
def proposed(stridewell: Project, ed: User) -> Any:
    """Writes a proposal of an assessment."""
    row: Assessment = start_assessment(project=stridewell, by=ed)

    def propose(kind: str, named: str) -> Proposal:
        proposal = Proposal(project=stridewell, assessment=row, kind=kind, key=named, title=named, question="Q32")
        proposal.because = "Because Q32 = Cards, in a form of our own: the widest scope applies."
        proposal.given = {"named": named, "title": named}
        with change(by="tests"):
            proposal.save()
        return proposal

    return propose


def test_a_control_that_was_left_out_applies_because_of_the_answer(
    proposed: Any, statement: Statement, annex: Edition, stridewell: Project, mara: User
) -> None:
    first, second = Applicability.objects.of_edition(annex).select_related("requirement")[:2]
    decide_applicability(row=first, by=mara, included=False, exclusion_reason="No cards")
    named = [f"{annex.key}:{one.requirement.ref}" for one in (first, second)]
    assert [one.told for one in controls_stand(stridewell, [{"named": one} for one in named])] == [
        f"{first.requirement.title}: is left out today",
        f"{second.requirement.title}: applies already",
    ]

    accepted = accept_proposals(proposals=[proposed("control", one) for one in named], by=mara, reason="It is so")
    own = Applicability.objects.get(project=stridewell)
    assert [one.made.split(" ", 1)[1] for one in accepted] == ["applies to the project", "applied already"]
    assert (own.requirement_id, own.included, own.codes) == (first.requirement_id, True, "RA")
    assert own.justification.startswith("It is so (PR-0001: Because Q32 = Cards")


def test_a_framework_is_adopted_before_its_controls_and_a_law_without_catalogue_is_noted(
    proposed: Any, stridewell: Project, mara: User, lumaro: Any
) -> None:
    edition = make_edition("masvs-2")
    ref = edition.requirements.first().ref
    control = proposed("control", f"masvs-2:{ref}")
    with pytest.raises(Refused, match="there is no statement of applicability for"):
        accept_proposals(proposals=[control], by=mara, reason="It is so")
    control.refresh_from_db()
    assert control.state == ProposalState.PROPOSED
    law, framework = proposed("framework", "us_states"), proposed("framework", "masvs-2")
    assert [one.told for one in frameworks_stand(stridewell, [one.given for one in (law, framework)])] == [
        "no catalogue of it here: it is noted",
        "not adopted yet",
    ]

    accept_proposals(proposals=[control, law, framework], by=mara, reason="It is so")
    assert Statement.objects.get(project=stridewell).edition == edition
    assert (law.made, control.made) == ("Noted; there is no catalogue of it here", f"{ref} applied already")


def test_evidence_is_asked_of_the_product_owner_by_whoever_may(proposed: Any, ed: User, mara: User, ria: User) -> None:
    wanted = proposed("evidence", "Contract with the provider")
    with pytest.raises(Refused, match="your role does not edit statements of applicability"):
        accept_proposals(proposals=[proposed("framework", "gdpr")], by=ria, reason="It is so")
    accept_proposals(proposals=[wanted], by=mara, reason="It is so")

    asked = EvidenceRequest.objects.get()
    assert (asked.assignee, asked.title, wanted.made) == (
        ed,
        "Contract with the provider",
        f"{asked.reference}, asked of Ed",
    )

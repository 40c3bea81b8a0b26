"""What falls due of parties and transfers: contracts, reviews, objections, assessments, certificates, decisions."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.urls import reverse

from compliance.projects.models import Organisation, Project
from compliance.tasks.registry import Due, Dues, Several, ahead, reminder, said
from compliance.ui.addresses import filled
from dataflows import vocabulary
from dataflows.models import (
    AssessmentState,
    Contract,
    DataFlow,
    Engagement,
    FallCase,
    Party,
    Transfer,
    TransferAssessment,
)

Scope = Organisation | Project


def _house(scope: Scope) -> Organisation:
    return scope.organisation if isinstance(scope, Project) else scope


def _parties(scope: Scope) -> Any:
    """Parties whose relation goes on; for a project those on its flow map."""
    rows = Party.objects.working()
    if isinstance(scope, Project):
        return rows.filter(pk__in=Party.objects.in_flows_of(scope).values("pk"))
    return rows.in_organisation(scope)


def _party(scope: Scope, where: str, key: str) -> str:
    return filled("dataflows:party", _house(scope).slug, key)


@reminder("contracts", kind="party")
def contracts(scope: Scope, at: datetime) -> Dues:
    """Contracts with parties at work that end with no later one beside them (GDPR Art. 28(3))."""
    rows = Contract.objects.filter(party__in=_parties(scope), signed_date__isnull=False)
    rows = rows.filter(expires_date__lte=ahead(at))
    later = Contract.objects.filter(Q(expires_date__isnull=True) | Q(expires_date__gt=ahead(at)))
    renewed = later.filter(signed_date__isnull=False).values("party_id", "kind")
    for_kind = Q(pk__in=[])
    for kind in Contract.Kind.values:
        for_kind |= Q(kind=kind, party__in=renewed.filter(kind=kind).values("party_id"))
    title = said("The contract with ", F("party__name"), " ends")
    return Dues(rows.exclude(for_kind), "expires_date", title, _party, key="party__reference")


@reminder("supplier-reviews", kind="party")
def supplier_reviews(scope: Scope, at: datetime) -> Dues:
    """Parties to be reviewed, as often as their tier asks (ISO/IEC 27001 A.5.22)."""
    rows = _parties(scope).filter(review_date__lte=ahead(at))
    return Dues(rows, "review_date", said(F("name"), " is to be reviewed"), _party)


@reminder("objections", kind="party")
def objections(scope: Scope, at: datetime) -> Dues:
    """New sub-processors we may still object to (GDPR Art. 28(2)); what has passed is not told."""
    rows = Engagement.objects.filter(processor__in=_parties(scope), decision="", ended_date__isnull=True)
    rows = rows.filter(objection_date__gte=at.date(), objection_date__lte=ahead(at))
    title = said("Objecting to ", F("sub_processor__name"), " at ", F("processor__name"), " is possible until then")
    return Dues(rows, "objection_date", title, _party, key="processor__reference")


@reminder("certificates", kind="party")
def certificates(scope: Scope, at: datetime) -> Dues:
    """Certifications under the EU-US framework that present transfers rest on (GDPR Art. 45)."""
    adequacy = [one.code for one in vocabulary.mechanisms().values() if one.kind == "adequacy"]
    used = _present(Transfer.objects.filter(mechanism__in=adequacy), scope)
    rows = _parties_of(scope).filter(framework_until_date__lte=ahead(at), pk__in=used.values("importer"))
    return Dues(rows, "framework_until_date", said("The certification of ", F("name"), " ends"), _party)


def _parties_of(scope: Scope) -> Any:
    return Party.objects.working().in_organisation(_house(scope))


def _present(transfers: Any, scope: Scope) -> Any:
    rows = transfers.in_project(scope) if isinstance(scope, Project) else transfers.in_organisation(scope)
    return rows.exclude(flow__state=DataFlow.State.RETIRED)


@reminder("transfer-assessments", kind="flow")
def transfer_assessments(scope: Scope, at: datetime) -> Several:
    """Assessments in force that are to be repeated (EDPB 01/2020, step 6)."""
    rows = TransferAssessment.objects.filter(state=AssessmentState.IN_FORCE, expires_date__lte=ahead(at))
    rows = rows.filter(organisation=_house(scope))
    if isinstance(scope, Project):
        rows = rows.filter(transfers__in=_present(Transfer.objects.all(), scope)).distinct()
    title = said("The assessment ", F("title"), " runs out")
    return Several([Dues(rows, "expires_date", title, _assessment)])


def _assessment(scope: Scope, where: str, key: str) -> str:
    return filled("dataflows:transfer_assessment", _house(scope).slug, key)


@reminder("fallen-mechanisms", kind="flow")
def fallen_mechanisms(scope: Scope, at: datetime) -> Dues:
    """Flows whose mechanism fell or is announced to, and for which nothing is done yet."""
    rows = FallCase.objects.filter(action="", fall__fell_date__lte=ahead(at))
    rows = rows.in_project(scope) if isinstance(scope, Project) else rows.in_organisation(scope)
    title = said("What ", F("flow__reference"), " ", F("flow__title"), " rests on falls")
    return Dues(rows, "fall__fell_date", title, _fall, reference="fall__reference", key="fall__reference")


def _fall(scope: Scope, where: str, key: str) -> str:
    return filled("dataflows:fall", _house(scope).slug, key)


@reminder("adequacy", kind="flow")
def adequacy(scope: Scope, at: datetime) -> Iterator[Due]:
    """Adequacy decisions that are known to end soon, where present transfers rest on them (GDPR Art. 45(3))."""
    ending = {
        row.country: row
        for row in vocabulary.adequacy()
        if row.country and row.holds(at.date()) and row.expires_date and row.expires_date <= ahead(at)
    }
    if not ending:
        return
    codes = [one.code for one in vocabulary.mechanisms().values() if one.kind == "adequacy"]
    used = _present(Transfer.objects.filter(country__in=ending, mechanism__in=codes), scope)
    for country in sorted(set(used.values_list("country", flat=True))):
        url = reverse("dataflows:affected_by", args=[_house(scope).slug, f"adequacy:{country}"])
        row = ending[country]
        yield Due(f"The adequacy decision for {row.territory} ends", url, row.expires_date)  # type: ignore[arg-type]

"""Processors and other parties of an organisation."""

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Case, Count, F, OuterRef, Subquery, When
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from compliance.ledger.moment import now_read
from compliance.prepared import Rows
from compliance.projects.access import Request, organisation_view
from compliance.projects.models import Organisation, Project
from compliance.ui.register import Column, Register
from compliance.ui.templatetags.ui import day
from dataflows import clauses, onboarding, services, vocabulary
from dataflows.checked import score
from dataflows.forms import PartyFilter, PartyForm
from dataflows.mends import party_filled
from dataflows.models import Contract, ContractCheck, DataFlow, Drift, FlowStop, Party
from dataflows.models.party import PartyQuerySet
from dataflows.onboarding import missing
from dataflows.problems import problems
from dataflows.services.party import waiting
from dataflows.services.review import WrongState
from dataflows.standing import latest_approvals
from dataflows.views.answer import save_form, take_step

MOVES = [state for state in Party.State if state != Party.State.APPROVED]


def _contract(party: Any) -> str:
    """The contract in words, for the cell and for the export."""
    if not party.needs_contract:
        return "not needed"
    if party.is_engaged and party.signed is None:
        return "with its processor"
    if party.signed is None:
        return "missing"
    if party.ends is None:
        return f"signed {day(party.signed)}"
    over = party.ends < now_read().date()
    return f"{'ended' if over else 'until'} {day(party.ends)}"


def _review(party: Party, value: Any) -> str:
    """The next review, in red when it is over."""
    if not value:
        return ""
    late = value < now_read().date() and party.state != Party.State.ENDED
    return format_html('<span class="nowrap{}">{}</span>', " overdue" if late else "", day(value))


PARTIES = Register(
    key="parties",
    noun="party",
    plural="parties",
    title="Parties",
    order="name",
    filterset=PartyFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("name", "Party", kind="main", sort="name"),
        Column("role", "Role", sort="role"),
        Column("service", "Service", sort="service", shown=False),
        Column("country", "Seat", value=lambda party: vocabulary.country_name(party.country), sort="country"),
        Column("tier", "Tier", value=lambda party: party.tier, sort="tier"),
        Column(
            "contract",
            "Contract",
            value=_contract,
            template="dataflows/_contract_cell.html",
            sort="ends",
        ),
        Column("checked", "Checklist", value=lambda party: _checked(party), sort="settled"),
        Column("review_date", "Next review", draw=_review, sort="review_date"),
        Column("flows", "Flows", kind="number", sort="flows"),
        Column("state", "State", kind="state", sort="state"),
        Column("contact", "Contact", shown=False),
    ),
    empty_title="No parties yet",
    empty_text="Everybody who touches personal data for you or receives it: hosters, SDK makers, support desks.",
)


def _checked(party: Any) -> str:
    """How many rows of the checklist are settled, of how many."""
    asked = party.needs_contract and not (party.is_engaged and not party.settled)
    return f"{party.settled}\N{NO-BREAK SPACE}of\N{NO-BREAK SPACE}{len(clauses.checklist())}" if asked else ""


def _counted(parties: Any) -> Any:
    stops = FlowStop.objects.filter(node__party=OuterRef("pk")).order_by().values("node__party")
    flows = stops.annotate(flows=Count("flow", distinct=True)).values("flows")
    answered = ContractCheck.objects.filter(party=OuterRef("pk"), answer__in=("yes", "na")).order_by().values("party")
    held = Contract.objects.of_processing().filter(party=OuterRef("pk"), signed_date__isnull=False)
    held = held.order_by(F("expires_date").desc(nulls_first=True))
    return parties.select_related("organisation").annotate(
        flows=Coalesce(Subquery(flows), 0),
        is_engaged=Case(When(PartyQuerySet.engaged_by_others(), then=True), default=False),
        settled=Coalesce(Subquery(answered.annotate(n=Count("pk")).values("n")), 0),
        signed=Subquery(held.values("signed_date")[:1]),
        ends=Subquery(held.values("expires_date")[:1]),
    )


OF_ORGANISATION = Rows(lambda scope: _counted(Party.objects.filter(organisation=scope)), scope=UUID)


@organisation_view("view", kind="party")
@require_safe
def parties(request: Request, organisation: Organisation) -> HttpResponse:
    add = {"add_url": reverse("dataflows:party_add", args=[organisation.slug]), "add_label": "Add a party"}
    context: dict[str, Any] = add if request.can.edit else {}
    return PARTIES.respond(
        request, OF_ORGANISATION(scope=organisation.pk), template="dataflows/party_list.html", **context
    )


@organisation_view("view", kind="party")
@require_safe
def party(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    found, today = party_of(organisation, reference, complete=True), now_read().date()
    mine = Project.objects.in_organisation(organisation).visible_to(request.user)
    flows = DataFlow.objects.present().filter(project__in=mine).reaching(found).complete()
    context = {
        "party": found,
        "today": today,
        "rows": [(flow, problems(flow, today)) for flow in flows] if request.can.flow.view else [],
        **shown(found, today),
        **steps(found, today),
    }
    return render(request, "dataflows/party.html", context)


def shown(found: Party, today: date) -> dict[str, Any]:
    """What is known about a party, for its page; a fixed number of queries."""
    reviews = list(found.reviews.select_related("reviewer"))
    came, went = services.changed_since(found, reviews[0] if reviews else None, today)
    return {
        "seat": vocabulary.country_name(found.country),
        "parent": vocabulary.country_name(found.parent_country),
        "has_contract": found.has_contract(today),
        "contracts": [(one, one.holds(today)) for one in found.contract_list],
        "score": score(found.checks.all()),
        "sub_processors": [(one, one.runs(today), one.waits(today)) for one in _engaged(found)],
        "engaged_by": list(found.engaged_by.select_related("processor__organisation").order_by("processor__name")),
        "reviews": reviews,
        "came": came,
        "went": went,
        "assessments": found.transfer_assessments.order_by("-reference"),
        "duties": Counter(duty.split for duty in found.duties.all()) if found.is_cloud else {},
        "overdue": found.review_date is not None and found.review_date < today,
    }


def _engaged(found: Party) -> Any:
    return found.engages.select_related("sub_processor__organisation").order_by("sub_processor__name")


def steps(found: Party, today: date) -> dict[str, Any]:
    """Where a party stands and what each next step still lacks."""
    request, approval = waiting(found), latest_approvals([found]).get(found.pk)
    changed = approval is not None and approval.is_outdated(found.facts())
    moves = [(to, missing(found, to, today)) for to in found.next_states if to != Party.State.APPROVED]
    can_ask = onboarding.approvable(found) or changed
    return {
        "waiting": request,
        "approval": approval,
        "changed": changed,
        "can_ask": can_ask,
        "lacking": missing(found, Party.State.APPROVED, today) if can_ask else [],
        "moves": [(to, lacks, any(one.blocks for one in lacks)) for to, lacks in moves],
    }


@organisation_view("edit", kind="party")
def party_add(request: Request, organisation: Organisation) -> HttpResponse:
    form = PartyForm(request.POST or None, initial=_from_drift(request, organisation))

    def save() -> Party:
        return services.add_party(organisation=organisation, by=request.user, **form.values())

    back = reverse("dataflows:parties", args=[organisation.slug])
    return save_form(request, form, "dataflows/form.html", save, "is asked for.", heading="Add a party", back=back)


def _from_drift(request: Request, organisation: Organisation) -> dict[str, Any]:
    """What a finding of drift of a project the person may open fills in (`?drift=DRF-0001`)."""
    reference = request.GET.get("drift", "")[:20]
    mine = Project.objects.in_organisation(organisation).visible_to(request.user)
    found = Drift.objects.filter(project__in=mine, reference=reference).first() if reference else None
    return party_filled(found) if found else {}


@organisation_view("edit", kind="party")
def party_edit(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    found = party_of(organisation, reference)
    form = PartyForm(request.POST or None, instance=found)

    def save() -> Party:
        return services.change_party(party=found, by=request.user, **form.values())

    heading, back = f"Change {found.name}", found.get_absolute_url()
    return save_form(request, form, "dataflows/form.html", save, "is saved.", heading=heading, back=back)


@organisation_view("edit", kind="party")
def party_move(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    """Every move but the approval, which is asked for here."""
    found = party_of(organisation, reference)

    def move(reason: str) -> None:
        to = request.POST.get("to", "")
        if to not in MOVES:
            raise WrongState("Choose one of the steps on the page.")
        services.move_party(party=found, to=to, by=request.user, reason=reason)

    def ask(reason: str) -> None:
        services.put_party_forward(party=found, by=request.user, reason=reason)

    said = {"move": f"{found} moved on.", "ask": f"{found} is put forward for approval."}
    return take_step(request, {"move": move, "ask": ask}, found.get_absolute_url(), said)


@organisation_view("approve", kind="party")
def party_approve(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    found = party_of(organisation, reference)
    taken = {"approve": services.approve_party, "send_back": services.send_party_back}
    said = {"approve": f"{found} is approved as it was put forward.", "send_back": f"{found} went back."}
    return take_step(request, taken, found.get_absolute_url(), said, party=found, by=request.user)


def party_of(organisation: Organisation, reference: str, *, complete: bool = False) -> Party:
    """A party of the organisation, or 404."""
    rows = Party.objects.in_organisation(organisation)
    return get_object_or_404(rows.complete() if complete else rows.select_related("organisation"), reference=reference)

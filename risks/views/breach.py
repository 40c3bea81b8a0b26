"""Breaches: the register of Art. 33(5), one breach, its steps and its notification file."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from compliance.approvals.models import Approval
from compliance.ledger.moment import now_read
from compliance.projects.models import Organisation, Project
from compliance.projects.pairs import in_both
from compliance.projects.views.forms import attempt, form_page, posted
from compliance.ui.register import Column, Register
from compliance.ui.templatetags.ui import state as state_dot
from controls.views.scopes import owned
from controls.views.steps import Step, offered, step_page
from risks.forms.breach import (
    AwareForm,
    BreachFilter,
    BreachForm,
    EnisaForm,
    ExemptForm,
    InformForm,
    NewBreachForm,
    RiskForm,
    VerdictForm,
    notify_form,
)
from risks.forms.incident import RegimeForm
from risks.models import BREACH_SURE, PEOPLE_MOVES, Breach, Incident
from risks.models.incident import case_address
from risks.notification_file import as_text, notification_file
from risks.services.breach import (
    AWARE,
    decide_awareness,
    decide_risk,
    move_breach,
    open_breach,
    propose_awareness,
    update_breach,
)
from risks.services.clock import start_regime
from risks.services.notification import exempt_people, inform_people, leave_unnotified, notify_authority, spare_people
from risks.totals_of_cases import shown
from risks.views.clock import clock_lines
from risks.views.incident import crumbs

Scope = Organisation | Project


def where(row: Breach) -> Scope:
    """The project, or the whole organisation."""
    return row.project or row.organisation


def _risk(row: Breach, value: Any) -> str:
    tones = {"unlikely": "ok", "risk": "warn", "high_risk": "bad"}
    return str(state_dot(row.risk, row.get_risk_display(), tone=tones[row.risk])) if row.risk else "Not decided"


BREACHES = Register(
    key="breaches",
    noun="breach",
    plural="breaches",
    order="-reference",
    filterset=BreachFilter,
    columns=(
        Column("reference", "Reference", kind="reference", sort="reference"),
        Column("title", "Breach", kind="main", sort="title"),
        Column("role", "Our role", value="get_role_display", sort="role", shown=False),
        Column("state", "State", kind="state", sort="state"),
        Column("aware_at", "Aware", kind="moment", sort="aware_at"),
        Column("subjects_count", "People", kind="number", sort="subjects_count"),
        Column("risk", "Risk to people", draw=_risk, sort="risk"),
        Column("authority", "Authority", kind="state", sort="authority"),
        Column("people", "People told", kind="state", sort="people"),
        Column("incident", "Incident", value="incident.reference", sort="incident__reference", shown=False),
        Column(
            "project", "About", value=lambda row: row.project or row.organisation, sort="project__name", shown=False
        ),
    ),
    empty_title="No breaches",
    empty_text="Every breach of personal data is documented here, notified or not (GDPR Art. 33(5)). "
    "A breach is opened on the page of its incident.",
)


def _controller(row: Breach, user: Any) -> bool:
    return row.role == "controller"


def _to(state: str, key: str, label: str, *before: str, danger: bool = False) -> Step:
    def act(row: Breach, data: dict[str, Any], by: Any) -> Breach:
        return move_breach(breach=row, to=state, by=by, **data)

    return Step(key, label, frozenset(before), act, danger=danger)


SURE = frozenset(BREACH_SURE)
STEPS = (
    _to("assessing", "assess", "Assess", "suspected"),
    _to("confirmed", "confirm", "Confirm the breach", "assessing"),
    Step(
        "notify",
        "Record the notification",
        SURE,
        lambda row, data, by: notify_authority(breach=row, complete=False, by=by, **data),
        make=notify_form,
        only=lambda row, user: _controller(row, user) and row.authority in {"undecided", "not_notified"},
        intro="The initial notification; what is not known yet follows (Art. 33(4)).",
    ),
    Step(
        "complete",
        "Record the complete notification",
        SURE,
        lambda row, data, by: notify_authority(breach=row, complete=True, by=by, **data),
        make=notify_form,
        only=lambda row, user: _controller(row, user) and row.authority != "complete",
    ),
    Step(
        "inform",
        "Record that the people were told",
        SURE,
        lambda row, data, by: inform_people(breach=row, by=by, **data),
        make=lambda row, data: InformForm(data, initial={"message": row.message}),
        only=lambda row, user: _controller(row, user) and "informed" in PEOPLE_MOVES[row.people],
    ),
    _to("contained", "contain", "Contained", "confirmed"),
    _to("lessons", "lessons", "Learn from it", "contained"),
    Step(
        "aware",
        "Ask for another moment of awareness",
        (SURE - {"closed"}) | {"suspected", "assessing"},
        lambda row, data, by: propose_awareness(breach=row, by=by, **data),
        make=lambda row, data: AwareForm(data, initial={"aware_at": row.aware_at}),
        intro="The data protection officer decides; until then the clocks run by the present moment.",
    ),
)
DECISIONS = (
    Step(
        "allow",
        "Decide the moment of awareness",
        (SURE - {"closed"}) | {"suspected", "assessing"},
        lambda row, data, by: decide_awareness(breach=row, by=by, **data),
        form=VerdictForm,
        only=lambda row, user: Approval.objects.of(row, AWARE).waiting().exists(),
    ),
    Step(
        "risk",
        "Decide the risk to people",
        frozenset({"assessing", "confirmed", "contained", "lessons"}),
        lambda row, data, by: decide_risk(breach=row, by=by, **data),
        form=RiskForm,
    ),
    Step(
        "unnotified",
        "Do not notify the authority",
        SURE,
        lambda row, data, by: leave_unnotified(breach=row, by=by, **data),
        only=lambda row, user: _controller(row, user) and row.authority == "undecided" and row.risk == "unlikely",
    ),
    Step(
        "exempt",
        "Do not tell the people, exempt",
        SURE,
        lambda row, data, by: exempt_people(breach=row, by=by, **data),
        form=ExemptForm,
        only=lambda row, user: (
            _controller(row, user) and "exempt" in PEOPLE_MOVES[row.people] and row.risk == "high_risk"
        ),
    ),
    Step(
        "spare",
        "The people need not be told",
        SURE,
        lambda row, data, by: spare_people(breach=row, by=by, **data),
        only=lambda row, user: (
            _controller(row, user) and row.people == "undecided" and row.risk in {"unlikely", "risk"}
        ),
    ),
    _to("closed", "close", "Close", "lessons"),
    _to("not_a_breach", "dismiss", "Not a breach", "assessing", "confirmed", danger=True),
    _to("assessing", "reopen", "Assess again", "not_a_breach", "closed"),
)


def _breaches(request: HttpRequest, scope: Scope) -> HttpResponse:
    return BREACHES.respond(
        request,
        lambda: shown(scope, Breach).select_related("incident", "project", "organisation"),
        url=lambda row: case_address(scope, "breach", row.reference),
        template="risks/cases/breach_list.html",
        incidents_url=case_address(scope, "incidents"),
    )


def _found(scope: Scope, reference: str) -> Breach:
    rows = shown(scope, Breach).select_related("incident__organisation", "incident__project", "project", "organisation")
    found: Breach = get_object_or_404(rows, reference=reference)
    return found


def _breach(request: HttpRequest, scope: Scope, reference: str) -> HttpResponse:
    found = _found(scope, reference)
    can: Any = request.can  # type: ignore[attr-defined]
    own = isinstance(scope, Organisation) or found.project_id == scope.pk
    context = {
        "breach": found,
        "steps": offered(found, STEPS, case_address(scope, "breach_next", reference), request.user),
        "decisions": offered(found, DECISIONS, case_address(scope, "breach_decide", reference), request.user),
        "urls": {name: case_address(scope, f"breach_{name}", reference) for name in ("edit", "enisa", "clock", "file")},
        "scope_url": case_address(scope, "breaches"),
        "incident_url": case_address(scope, "incident", found.incident.reference),
        "changeable": own,
        "clocks": clock_lines(scope, found.clocks.select_related("ended_by", "evidence"), now_read(), can, own),
        "waiting": Approval.objects.of(found, AWARE).waiting().select_related("requested_by").first(),
        "parts": notification_file(found, found.organisation, found.clocks.all())[3:10],
    }
    return render(request, "risks/cases/breach.html", context)


def _file(request: HttpRequest, scope: Scope, reference: str) -> HttpResponse:
    """The notification file, to print or (with ?download) as text."""
    found = _found(scope, reference)
    parts = notification_file(found, found.organisation, found.clocks.all())
    if "download" in request.GET:
        answer = HttpResponse(as_text(found, parts), content_type="text/plain; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{found.reference}-notification.txt"'
        return answer
    back = case_address(scope, "breach", reference)
    return render(request, "risks/cases/breach_file.html", {"breach": found, "parts": parts, "back_url": back})


def _add(request: HttpRequest, scope: Scope, reference: str) -> HttpResponse:
    incident = get_object_or_404(owned(scope, Incident), reference=reference)
    form = NewBreachForm(posted(request), initial={"aware_at": incident.aware_at or incident.detected_at})
    by: Any = request.user
    made = attempt(form, lambda: open_breach(incident=incident, by=by, **form.cleaned_data))
    back = case_address(scope, "incident", reference)
    if made:
        return redirect(case_address(scope, "breach", made.reference))
    return form_page(
        request, form, heading="Open a breach", cancel=back, submit="Open it", crumbs=crumbs(scope, reference)
    )


def _edit(request: HttpRequest, scope: Scope, reference: str) -> HttpResponse:
    found = get_object_or_404(owned(scope, Breach), reference=reference)
    form = BreachForm(posted(request), instance=found)
    by: Any = request.user
    back = case_address(scope, "breach", reference)
    if attempt(form, lambda: update_breach(breach=found, by=by, **form.given())):
        return redirect(back)
    return form_page(request, form, heading=f"Change {reference}", cancel=back, crumbs=[(reference, back)])


def _enisa(request: HttpRequest, scope: Scope, reference: str) -> HttpResponse:
    found = get_object_or_404(owned(scope, Breach), reference=reference)
    form = EnisaForm(posted(request), initial={name: getattr(found, name) for name in EnisaForm.base_fields})
    by: Any = request.user
    back = case_address(scope, "breach", reference)
    if attempt(form, lambda: update_breach(breach=found, by=by, **form.cleaned_data)):
        return redirect(back)
    intro = "SE = DPC × EI + CB. It helps to judge; the decision about the risk is taken apart from it, in words."
    return form_page(request, form, heading="Severity by ENISA", cancel=back, intro=intro, crumbs=[(reference, back)])


def _clock(request: HttpRequest, scope: Scope, reference: str) -> HttpResponse:
    found = get_object_or_404(owned(scope, Breach), reference=reference)
    form = RegimeForm(posted(request), on="breach")
    by: Any = request.user
    back = case_address(scope, "breach", reference)
    if attempt(form, lambda: start_regime(case=found, by=by, **form.cleaned_data)):
        return redirect(back)
    return form_page(request, form, heading="Start clocks", cancel=back, submit="Start", crumbs=[(reference, back)])


def _next(request: HttpRequest, scope: Scope, reference: str) -> HttpResponse:
    found = get_object_or_404(owned(scope, Breach), reference=reference)
    return step_page(request, found, STEPS, back=case_address(scope, "breach", reference), crumb=reference)


def _decide(request: HttpRequest, scope: Scope, reference: str) -> HttpResponse:
    found = get_object_or_404(owned(scope, Breach), reference=reference)
    return step_page(request, found, DECISIONS, back=case_address(scope, "breach", reference), crumb=reference)


breaches = in_both("view", kind="incident")(require_safe(_breaches))
breach = in_both("view", kind="incident")(require_safe(_breach))
breach_file = in_both("view", kind="incident")(require_safe(_file))
breach_add = in_both("edit", kind="incident")(_add)
breach_edit = in_both("edit", kind="incident")(_edit)
breach_enisa = in_both("edit", kind="incident")(_enisa)
breach_clock = in_both("edit", kind="incident")(_clock)
breach_next = in_both("edit", kind="incident")(_next)
breach_decide = in_both("approve", kind="incident")(_decide)

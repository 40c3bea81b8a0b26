"""Where people land, and whether this process can serve."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from compliance.accounts.access import PersonRequest
from compliance.accounts.models import User
from compliance.ledger import guard
from compliance.projects import services
from compliance.projects.access import operator_view, public_view, signed_in_view
from compliance.projects.desks import desks_of
from compliance.projects.forms import NewOrganisationForm
from compliance.projects.models import Membership, Organisation, Project
from compliance.projects.views.forms import attempt, form_page, posted

CHOICES = 50


@public_view
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """Whether this process can serve: database reachable, history guard complete."""
    gone = guard.missing()
    return JsonResponse({"ok": not gone, "guard_missing": len(gone)}, status=503 if gone else 200)


@signed_in_view
@require_safe
def home(request: PersonRequest) -> HttpResponse:
    """Straight to the only project, organisation or desk, else a choice."""
    organisations = list(Organisation.objects.visible_to(request.user)[: CHOICES + 1])
    places = desks_of(request.user)
    if len(organisations) + len(places) == 1 and not request.user.is_operator:
        return redirect(_only_project(request.user) or [*organisations, *places][0])
    projects = Project.objects.visible_to(request.user).select_related("organisation")[:CHOICES]
    context = {"organisations": organisations[:CHOICES], "projects": projects, "desks": places}
    return render(request, "projects/home.html", context)


def _only_project(user: User) -> Project | None:
    """The project of somebody who works in one and holds nothing in its organisation."""
    rows = Membership.objects.of(user).valid(timezone.now()).order_by("project")
    held = rows.values_list("project", flat=True).distinct()[:2]
    projects = [key for key in held if key is not None]
    return Project.objects.get(pk=projects[0]) if len(held) == len(projects) == 1 else None


@operator_view
def organisation_add(request: PersonRequest) -> HttpResponse:
    """A new organisation, administered at first by the operator who makes it."""
    form = NewOrganisationForm(posted(request))
    made = attempt(
        form,
        lambda: services.create_organisation(by=request.user, admin=request.user, **form.values),
    )
    if made is not None:
        messages.success(request, f"{made} is set up. You are its first admin: invite the others.")
        return redirect(made)
    intro = "An organisation keeps one ISMS and one PIMS for all its apps. You become its first admin."
    return form_page(request, form, heading="New organisation", cancel="/", submit="Set it up", intro=intro)

"""Upload tokens of a project."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from compliance.artefacts import services
from compliance.artefacts.forms.artefact import TokenForm
from compliance.artefacts.models import UploadToken
from compliance.ledger.moment import now_read
from compliance.projects.access import Request, project_view
from compliance.projects.forms import ReasonForm
from compliance.projects.models import Project
from compliance.projects.views.forms import attempt, form_page, posted


@project_view("edit", kind="release")
def tokens(request: Request, project: Project) -> HttpResponse:
    """The tokens; a new one is shown this once."""
    form, secret = TokenForm(posted(request)), ""
    made = attempt(form, lambda: services.make_token(project=project, by=request.user, **form.cleaned_data))
    if made is not None:
        secret, form = made[1], TokenForm()
    now = now_read()
    rows = UploadToken.objects.in_project(project).order_by("-reference")[:100]
    context = {
        "form": form,
        "secret": secret,
        "rows": [(row, row.holds(now)) for row in rows],
        "api_url": request.build_absolute_uri(reverse("artefacts:api", args=["VERSION"])),
    }
    return render(request, "artefacts/tokens.html", context, status=422 if form.errors else 200)


@project_view("edit", kind="release")
def token_revoke(request: Request, project: Project, reference: str) -> HttpResponse:
    row = get_object_or_404(UploadToken.objects.in_project(project), reference=reference)
    form, back = ReasonForm(posted(request)), reverse("artefacts:tokens", args=[project.slug])
    done = attempt(form, lambda: services.revoke_token(token=row, by=request.user, reason=form.cleaned_data["reason"]))
    if done is not None:
        messages.success(request, f"{done.reference} opens nothing any more.")
        return redirect(back)
    return form_page(
        request,
        form,
        heading=f"Revoke {row}",
        cancel=back,
        submit="Revoke it",
        danger=True,
        intro="From now on it uploads nothing. What was handed in with it stays.",
        crumbs=[("Upload tokens", back)],
    )

"""Inviting somebody, and taking the place one was invited to."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from compliance.accounts.models import User
from compliance.ledger import Refused
from compliance.projects import services
from compliance.projects.access import Request, organisation_view, public_view
from compliance.projects.forms import AcceptForm, InvitationForm, ReasonForm
from compliance.projects.models import Invitation, Organisation
from compliance.projects.views.forms import attempt, form_page, posted


@organisation_view("manage", kind="member")
def invite(request: Request, organisation: Organisation) -> HttpResponse:
    """The link is shown once, here, and mailed; nobody can look it up later."""
    form = InvitationForm(posted(request), organisation=organisation, initial=request.GET.dict())
    made = attempt(
        form,
        lambda: services.invite(
            name=form.cleaned_data["name"], email=form.cleaned_data["email"], by=request.user, **form.place()
        ),
    )
    back = reverse("projects:members", args=[organisation.slug])
    crumbs = [("People", back)]
    if made is None:
        heading = "Invite somebody"
        return form_page(request, form, heading=heading, cancel=back, submit="Make the link", crumbs=crumbs)
    invitation, token = made
    link = request.build_absolute_uri(reverse("projects:invitation", args=[token]))
    mailed = services.mail_invitation(invitation, link)
    context = {"invitation": invitation, "link": link, "mailed": mailed, "crumbs": crumbs, "heading": "Invited"}
    return render(request, "projects/invited.html", context)


@organisation_view("manage", kind="member")
def invitation_withdraw(request: Request, organisation: Organisation, reference: str) -> HttpResponse:
    found = get_object_or_404(Invitation.objects.in_organisation(organisation), reference=reference)
    form = ReasonForm(posted(request))
    done = attempt(
        form,
        lambda: services.withdraw_invitation(invitation=found, by=request.user, reason=form.cleaned_data["reason"]),
    )
    back = reverse("projects:members", args=[organisation.slug])
    if done is not None:
        messages.success(request, f"The invitation of {found.name} is withdrawn. Its link is dead.")
        return redirect(back)
    words: dict[str, Any] = {"heading": f"Withdraw the invitation of {found.name}", "submit": "Withdraw it"}
    return form_page(request, form, cancel=back, crumbs=[("People", back)], danger=True, **words)


@public_view
@never_cache
@sensitive_post_parameters("password", "again")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link leads: make an account, or accept with the one there is."""
    try:
        found = services.find_invitation(token)
        return _accept(request, found)
    except Refused as refused:
        return render(request, "projects/invitation_over.html", {"refused": refused}, status=410)


def _accept(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    person = request.user if request.user.is_authenticated else None
    known = User.objects.filter(email=invitation.email).first()
    context: dict[str, Any] = {"invitation": invitation, "scope": None, "known": known, "person": person}
    if known is not None and person is None:
        query = urlencode({REDIRECT_FIELD_NAME: request.path})
        return render(
            request, "projects/invitation.html", {**context, "sign_in": f"{reverse('account_login')}?{query}"}
        )
    if person is not None and person != known:
        return render(request, "projects/invitation.html", {**context, "stranger": True})
    if known is not None:
        if request.method == "POST":
            services.accept_invitation(invitation=invitation, user=known)
            messages.success(request, f"Welcome to {invitation.scope}.")
            return redirect(invitation.scope) if invitation.role else redirect("/")
        return render(request, "projects/invitation.html", context)
    form = AcceptForm(posted(request), invitation=invitation)
    made = attempt(
        form,
        lambda: services.accept_invitation(
            invitation=invitation, name=form.cleaned_data["name"], password=form.cleaned_data["password"]
        ),
    )
    if made is not None:
        messages.success(request, "Your account is ready. Sign in with your e-mail address and the password you chose.")
        return redirect("account_login")
    status = 422 if form.errors else 200
    return render(request, "projects/invitation.html", {**context, "form": form}, status=status)

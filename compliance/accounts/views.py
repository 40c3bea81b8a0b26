"""A person's own pages."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from compliance.accounts import services
from compliance.accounts.access import PersonRequest, signed_in_view
from compliance.accounts.forms import ProfileForm
from compliance.accounts.models import User


@signed_in_view
def profile(request: PersonRequest) -> HttpResponse:
    """Name and job; password, e-mail and second factor are pages of allauth beside it."""
    form = ProfileForm(
        request.POST if request.method == "POST" else None, instance=User.objects.get(pk=request.user.pk)
    )
    if form.is_bound and form.is_valid():
        services.update_profile(user=form.instance, **form.cleaned_data)
        messages.success(request, "Your profile is saved.")
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form}, status=422 if form.errors else 200)

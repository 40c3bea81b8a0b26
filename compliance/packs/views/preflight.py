"""What the checks say of a draft, what is mended since, and taking a finding upon oneself."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from compliance.packs import services
from compliance.packs.models import EvidencePack, Override, State
from compliance.packs.preflight import Result
from compliance.packs.profiles import profile_of
from compliance.packs.registry import Finding
from compliance.packs.views.scoped import either, find, page
from compliance.projects.access import Request
from compliance.projects.forms import ReasonForm
from compliance.projects.models import Organisation, Project
from compliance.projects.views.forms import attempt


@either("view")
@require_http_methods(["GET"])
def pack_preflight(request: Request, scope: Organisation | Project, reference: str) -> HttpResponse:
    """Every check at the moment the pack describes; `?again` asks the records of now as well."""
    pack = find(request, scope, reference)
    now = timezone.now() if "again" in request.GET else None
    rows = _rows(pack, now)
    held = [one for row in rows for one in row["findings"] if one["holds"]]
    context = {
        "pack": pack,
        "rows": rows,
        "now": now,
        "held": len(held),
        "mended": now is not None and bool(held) and all(one["still"] is False for one in held),
        "overrides": Override.objects.filter(pack=pack).select_related("by"),
        "open": pack.is_draft and pack.state not in {State.REQUESTED, State.DISCARDED},
    }
    return page(request, "packs/preflight.html", context)


@either("approve")
@require_http_methods(["GET", "POST"])
def pack_override(request: Request, scope: Organisation | Project, reference: str) -> HttpResponse:
    """Let the pack go out in spite of one finding, named by `check` and `finding`."""
    pack = find(request, scope, reference)
    asked = request.POST if request.method == "POST" else request.GET
    check, finding = asked.get("check", ""), asked.get("finding", "")
    form = ReasonForm(request.POST or None)

    def act() -> Override:
        return services.override_finding(
            pack=pack, check=check, finding=finding, by=request.user, reason=form.cleaned_data["reason"]
        )

    if attempt(form, act):
        messages.success(request, f"{check} no longer holds {pack.reference} back; the pack prints your reason.")
        return redirect(pack.address("preflight"))
    context = {"pack": pack, "form": form, "check": check, "finding": finding}
    return page(request, "packs/override.html", context, bad=bool(form.errors))


def _rows(pack: EvidencePack, now: Any) -> list[dict[str, Any]]:
    """A row a check, with its findings, whether each still holds the pack back, and whether it is there today."""
    left = {(one.check, one.text) for one in services.holding_back(pack, services.findings_of(pack))}
    taken = {(one.check_id, one.finding): one for one in Override.objects.filter(pack=pack).select_related("by")}
    today = services.results_now(pack, now) if now else {}
    return [
        {
            "result": result,
            "findings": [
                {
                    "finding": one,
                    "holds": (one.check, one.text) in left,
                    "override": taken.get((one.check, one.text)),
                    "still": _is_there(pack, one, today.get(result.check)),
                }
                for one in result.findings
            ],
        }
        for result in services.results_of(pack)
    ]


def _is_there(pack: EvidencePack, finding: Finding, today: Result | None) -> bool | None:
    """Whether the finding is there today; None when only a new pack can tell."""
    if today is None:
        return None
    if profile_of(pack.profile).names:
        return finding.text in {one.text for one in today.findings}
    return bool(today.findings)  # the finding in the pack names roles where today's names people

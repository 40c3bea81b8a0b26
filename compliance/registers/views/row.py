"""One line of a register: shown, entered, changed, reviewed, retired, linked."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from compliance.ledger import Refused
from compliance.ledger.moment import now_read
from compliance.projects.forms.rows import ReasonForm
from compliance.projects.models import Organisation, Project
from compliance.projects.pairs import in_both
from compliance.projects.panels import panels_at
from compliance.projects.views.forms import attempt, form_page, posted
from compliance.registers.addresses import address
from compliance.registers.declaration import RegisterType
from compliance.registers.forms import LinkForm, ReviewForm, RowForm
from compliance.registers.models import RegisterRow
from compliance.registers.reading import children_shown, facts_shown, links_shown
from compliance.registers.services.row import (
    RowRefused,
    add_row,
    edit_row,
    found_target,
    link_record,
    reopen_row,
    retire_row,
    review_row,
    unlink_record,
)
from compliance.registers.views.register import keeps, register_or_404

Scope = Organisation | Project


def kept_or_404(scope: Scope, register: RegisterType, reference: str) -> RegisterRow:
    """A line that may be changed from the scope."""
    rows = RegisterRow.objects.kept_in(scope).of(register).select_related("organisation", "project", "parent")
    return get_object_or_404(rows, reference=reference)


def _row(request: HttpRequest, scope: Scope, register: str, reference: str) -> HttpResponse:
    declared = register_or_404(scope, register)
    people = ("owner", "reviewed_by", "person_1", "person_2", "parent", "project", "organisation")
    rows = RegisterRow.objects.seen_in(scope).of(declared).select_related(*people)
    row = get_object_or_404(rows, reference=reference)
    can: Any = request.can  # type: ignore[attr-defined]
    context = {
        "row": row,
        "register": declared,
        "standing": row.standing_on(now_read().date()),
        "facts": facts_shown(row),
        "links": links_shown(row, scope, can),
        "children": children_shown(row, scope, can),
        "changeable": isinstance(scope, Organisation) or row.project_id == scope.pk,
        "panels": panels_at("register-row", row, can, request.user),
        "link_form": LinkForm(),
        "list_url": address(scope, "register", declared.key),
        "parent_url": address(scope, "row", row.parent.register, row.parent.reference) if row.parent else "",
        "urls": {
            name: address(scope, f"row_{name}", declared.key, reference)
            for name in ("edit", "review", "retire", "link", "unlink")
        },
    }
    return render(request, "registers/row.html", context)


def _add(request: HttpRequest, scope: Scope, register: str) -> HttpResponse:
    declared = register_or_404(scope, register)
    initial = {"main": request.GET.get("main", "")[:300]}
    if declared.under and (above := request.GET.get("under", "")[:32]):
        parents = RegisterRow.objects.seen_in(scope).filter(register=declared.under, reference=above)
        initial["parent"] = parents.values_list("pk", flat=True).first()
    form = RowForm(posted(request), register=declared, scope=scope, initial=initial)
    if form.is_bound and form.is_valid():
        by: Any = request.user
        try:
            made = add_row(
                register=declared, scope=scope, said=form.said(), by=by, links=form.cleaned_data.get("links", ())
            )
        except RowRefused as refused:
            form.refuse(refused.problems)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{made.reference} entered.")
            return redirect(address(scope, "row", declared.key, made.reference))
    return _page(request, scope, declared, form, f"Add to {declared.title.lower()}", keeps(declared, scope))


def _edit(request: HttpRequest, scope: Scope, register: str, reference: str) -> HttpResponse:
    declared = register_or_404(scope, register)
    row = kept_or_404(scope, declared, reference)
    form = RowForm(posted(request), register=declared, scope=scope, row=row)
    if form.is_bound and form.is_valid():
        by: Any = request.user
        row.version = form.cleaned_data["version"]
        try:
            edit_row(row=row, said=form.said(), by=by)
        except RowRefused as refused:
            form.refuse(refused.problems)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{reference} saved.")
            return redirect(address(scope, "row", declared.key, reference))
    return _page(request, scope, declared, form, f"Edit {reference}", True)


def _page(
    request: HttpRequest, scope: Scope, register: RegisterType, form: RowForm, heading: str, kept: bool
) -> HttpResponse:
    crumbs = [(register.title, address(scope, "register", register.key))]
    intro = register.purpose if kept else f"{register.title} are entered in the {register.scopes[0]}."
    return form_page(request, form, heading=heading, cancel=crumbs[0][1], crumbs=crumbs, intro=intro)


def _review(request: HttpRequest, scope: Scope, register: str, reference: str) -> HttpResponse:
    declared = register_or_404(scope, register)
    row = kept_or_404(scope, declared, reference)
    form = ReviewForm(posted(request))
    by: Any = request.user
    if attempt(form, lambda: review_row(row=row, by=by, **form.cleaned_data)):
        messages.success(request, f"{reference} reviewed.")
        return redirect(address(scope, "row", declared.key, reference))
    cancel = address(scope, "row", declared.key, reference)
    intro = "Say that the line is right as it stands. If it is not, edit it first."
    return form_page(request, form, heading=f"Review {reference}", cancel=cancel, submit="Reviewed", intro=intro)


def _retire(request: HttpRequest, scope: Scope, register: str, reference: str) -> HttpResponse:
    declared = register_or_404(scope, register)
    row = kept_or_404(scope, declared, reference)
    retired = row.retired_date is not None
    form = ReasonForm(posted(request))
    by: Any = request.user
    act: Any = reopen_row if retired else retire_row
    if attempt(form, lambda: act(row=row, by=by, reason=form.cleaned_data["reason"])):
        messages.success(request, f"{reference} {'taken up again' if retired else 'retired'}.")
        return redirect(address(scope, "row", declared.key, reference))
    heading, submit = (f"Take {reference} up again", "Take up") if retired else (f"Retire {reference}", "Retire")
    cancel = address(scope, "row", declared.key, reference)
    return form_page(request, form, heading=heading, cancel=cancel, submit=submit, danger=not retired)


def _link(request: HttpRequest, scope: Scope, register: str, reference: str) -> HttpResponse:
    declared = register_or_404(scope, register)
    row = kept_or_404(scope, declared, reference)
    form = LinkForm(request.POST)
    by: Any = request.user
    try:
        kind, target = found_target(declared, scope, form.data.get("reference", "")[:40])
        link_record(row=row, kind=kind, target=target, by=by)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{target.reference} linked.")
    return redirect(address(scope, "row", declared.key, reference))


def _unlink(request: HttpRequest, scope: Scope, register: str, reference: str) -> HttpResponse:
    declared = register_or_404(scope, register)
    row = kept_or_404(scope, declared, reference)
    link = row.links.filter(target_reference=request.POST.get("reference", "")[:80]).first()
    if link is None:
        messages.error(request, f"{reference} has no such link any more.")
        return redirect(address(scope, "row", declared.key, reference))
    form = ReasonForm(request.POST if "reason" in request.POST else None)
    by: Any = request.user
    if form.is_bound and form.is_valid():
        unlink_record(link=link, by=by, reason=form.cleaned_data["reason"])
        messages.success(request, f"{link.target_reference} is no longer linked.")
        return redirect(address(scope, "row", declared.key, reference))
    cancel = address(scope, "row", declared.key, reference)
    context = {"form": form, "link": link, "row": row, "cancel_url": cancel}
    return render(request, "registers/row_unlink.html", context, status=422 if form.errors else 200)


row = in_both("view", kind="register")(require_safe(_row))
row_add = in_both("edit", kind="register")(_add)
row_edit = in_both("edit", kind="register")(_edit)
row_review = in_both("edit", kind="register")(_review)
row_retire = in_both("edit", kind="register")(_retire)
row_link = in_both("edit", kind="register")(require_POST(_link))
row_unlink = in_both("edit", kind="register")(require_POST(_unlink))

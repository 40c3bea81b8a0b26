"""All registers of a scope, and one of them as a list."""

from typing import Any

from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from compliance.ledger.moment import now_read
from compliance.projects.models import Organisation, Project
from compliance.projects.pairs import in_both
from compliance.registers.addresses import address
from compliance.registers.declaration import RegisterType, register_types
from compliance.registers.listing import list_of, rows_of
from compliance.registers.models import RegisterRow
from compliance.registers.sheets import sheet_key

Scope = Organisation | Project


def register_or_404(scope: Scope, key: str) -> RegisterType:
    """The declared register of that key, where it is kept or shown in such a scope."""
    if key not in register_types or not _belongs(register_types[key], scope):
        raise Http404("No such register here.")
    return register_types[key]


def _belongs(register: RegisterType, scope: Scope) -> bool:
    return isinstance(scope, Organisation) or "project" in register.scopes


def keeps(register: RegisterType, scope: Scope) -> bool:
    """Whether lines of the register are entered in this scope."""
    return ("project" if isinstance(scope, Project) else "organisation") in register.scopes


def _registers(request: HttpRequest, scope: Scope) -> HttpResponse:
    today = now_read().date()
    live = Count("pk", filter=Q(retired_date__isnull=True))
    overdue = Count("pk", filter=Q(retired_date__isnull=True, review_date__lt=today))
    found = RegisterRow.objects.seen_in(scope).order_by().values("register").annotate(live=live, overdue=overdue)
    counts = {one["register"]: one for one in found}
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in register_types:
        here = _belongs(one, scope) and (one.key in counts or one.applies is None or one.applies(scope))
        if here:
            figures = counts.get(one.key, {"live": 0, "overdue": 0})
            line = {**figures, "register": one, "url": address(scope, "register", one.key)}
            groups.setdefault(one.group, []).append(line)
    return render(request, "registers/register_index.html", {"register_groups": groups})


def _register(request: HttpRequest, scope: Scope, register: str) -> HttpResponse:
    declared = register_or_404(scope, register)
    entered = request.can.edit and keeps(declared, scope)  # type: ignore[attr-defined]
    return list_of(declared).respond(
        request,
        lambda: rows_of(declared)(scope),
        url=lambda row: address(scope, "row", declared.key, row.reference),
        template="registers/register_list.html",
        register=declared,
        sheet=sheet_key(declared),
        index_url=address(scope, "registers"),
        add_url=address(scope, "row_add", declared.key) if entered else "",
        add_label=f"Add {_article(declared.noun)} {declared.noun}",
    )


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"


registers = in_both("view", kind="register")(require_safe(_registers))
register = in_both("view", kind="register")(require_safe(_register))

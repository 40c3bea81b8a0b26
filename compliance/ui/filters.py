"""Filters that read as a sentence: "status is Open, owner is Ria"."""

from collections import OrderedDict
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.forms import Form
from django.http import HttpRequest
from django_filters import Filter, FilterSet
from django_filters.widgets import BooleanWidget

VERBS = {
    "icontains": "contains",
    "contains": "contains",
    "istartswith": "begins with",
    "gt": "above",
    "lt": "below",
    "gte": "from",
    "lte": "until",
    "isnull": "is missing:",
}


class _Declared(OrderedDict[str, Filter]):
    """The filters of a class. A request gets its own of each, with what they were declared with shared by all."""

    def __deepcopy__(self, memo: dict[int, Any]) -> "OrderedDict[str, Filter]":
        return OrderedDict((name, _own(declared)) for name, declared in self.items())


def _own(declared: Filter) -> Filter:
    own = copy(declared)
    own.extra = dict(declared.extra)
    if "filter" in vars(own):
        own.method = declared.method  # binds to the copy
    return own


class Filters(FilterSet):
    """What a list's filters derive from: django_filters' own, which makes no class of a form for every request."""

    @classmethod
    def get_filters(cls) -> "OrderedDict[str, Filter]":
        return _Declared(super().get_filters())

    @property
    def form(self) -> Form:
        if not hasattr(self, "_form"):
            self._form = self._meta.form(self.data if self.is_bound else None, prefix=self.form_prefix)
            self._form.fields |= {name: one.field for name, one in self.filters.items()}
        return self._form


@dataclass(frozen=True)
class Term:
    """One condition in words, and the query string without it."""

    text: str
    without: str


def soften(form: Form) -> None:
    """Let an unset yes-or-no read "any", and no filter ask to be filled in."""
    for field in form.fields.values():
        field.required = False
        if isinstance(field.widget, BooleanWidget):
            field.widget.choices = [("", "any"), ("true", "yes"), ("false", "no")]


def terms(filters: FilterSet, request: HttpRequest) -> list[Term]:
    """What the bound filters ask, in the order they are declared."""
    form = filters.form
    if not form.is_bound:
        return []
    form.full_clean()
    found = []
    for name, value in form.cleaned_data.items():
        if value in (None, "", []) or (isinstance(value, QuerySet) and not value):
            continue
        label = str(filters.filters[name].label or form[name].label)
        verb = VERBS.get(filters.filters[name].lookup_expr, "is")
        found.append(Term(f"{label[:1].lower()}{label[1:]} {verb} {_said(form, name, value)}", _without(request, name)))
    return found


def _said(form: Form, name: str, value: Any) -> str:
    if isinstance(value, slice):
        return " to ".join(str(end) for end in (value.start, value.stop) if end is not None)
    if isinstance(value, bool):
        return "yes" if value else "no"
    choices = dict(_flat(getattr(form.fields[name], "choices", ()))) if not isinstance(value, Model | QuerySet) else {}
    many = value if isinstance(value, list | tuple | set | QuerySet) else [value]
    return " or ".join(str(choices.get(str(one), one)) for one in many)


def _flat(choices: Iterable[tuple[Any, Any]]) -> Iterable[tuple[str, Any]]:
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield str(key), label


def _without(request: HttpRequest, name: str) -> str:
    left = request.GET.copy()
    for key in list(left):
        if key in {name, "page"} or key in {f"{name}_{end}" for end in ("min", "max", "after", "before", "0", "1")}:
            del left[key]
    return f"?{left.urlencode()}"

"""Plain widgets are drawn without templates, and read as Django's own."""

import pytest
from django import forms
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.renderers import DjangoTemplates
from django.utils.html import format_html
from django.utils.safestring import mark_safe

from compliance.ui.forms import FormRenderer

ODD = 'a "b" <c> & d'
CHOICES = [("", "any"), ("1", ODD), (format_html("{}", "2"), mark_safe("<b>two</b>")), ("Group", [("3", "three")])]
WIDGETS = [
    (forms.TextInput(attrs={"type": "search", "required": True, "disabled": False, "title": ODD}), ODD),
    (forms.TextInput(), None),
    (forms.NumberInput(attrs={"min": 0}), 3),
    (forms.HiddenInput(), ODD),
    (forms.PasswordInput(), "never shown"),
    (forms.DateInput(), "2026-11-22"),
    (forms.Select(choices=CHOICES), "1"),
    (forms.SelectMultiple(choices=CHOICES), ["1", "3"]),
    (forms.NullBooleanSelect(), True),
    (forms.CheckboxSelectMultiple(choices=CHOICES), ["1", "3"]),
    (forms.RadioSelect(choices=CHOICES), "3"),
]


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(("widget", "value"), WIDGETS, ids=lambda one: type(one).__name__)
def test_a_widget_reads_as_djangos_own(widget: forms.Widget, value: object) -> None:
    drawn = [
        widget.render("name", value, {"id": "id_name"}, renderer) for renderer in (FormRenderer(), DjangoTemplates())
    ]

    assert squeezed(drawn[0]) == squeezed(drawn[1])


class Asked(forms.Form):
    kind = forms.ChoiceField(choices=CHOICES, required=False, widget=forms.Select(attrs={"title": ODD}))


@pytest.mark.parametrize("data", [None, {"kind": "1"}, {"kind": "3"}, {"kind": "nonsense"}])
def test_a_choice_of_one_in_a_form_reads_as_djangos_own(data: dict[str, str] | None) -> None:
    bound = Asked(data, renderer=FormRenderer())["kind"]
    attrs = {**bound.build_widget_attrs({}), "id": bound.auto_id}

    own = bound.field.widget.render("kind", bound.value(), attrs, DjangoTemplates())

    assert squeezed(str(bound)) == squeezed(own)


@pytest.mark.parametrize(("required", "said"), [(True, "Choose"), (False, "Not said")])
def test_djangos_dashes_are_said_in_words(required: bool, said: str) -> None:
    class Form(forms.Form):
        kind = forms.ChoiceField(choices=[*BLANK_CHOICE_DASH, ("1", "One")], required=required)

    assert f'<option value="" selected>{said}</option>' in str(Form(renderer=FormRenderer())["kind"])

"""How forms are drawn: one field template for every form (templates/ui/field.html)."""

from typing import Any

from django.forms import BoundField, CheckboxInput, Select, Widget
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import ChoiceWidget
from django.utils.safestring import SafeString

from compliance.ui.widgets import drawn, plain_select


class Field(BoundField):
    """A field that knows its clause, and gives its widget the class of its kind.

    A form may say `clauses = {"likelihood": "ISO/IEC 27001, 6.1.2 d"}`, or a pair of text and address.
    """

    @property
    def clause(self) -> dict[str, str]:
        """Text and address of what the standard asks here; empty when the form names none."""
        named = getattr(self.form, "clauses", {}).get(self.name, ())
        text, url = (named, "") if isinstance(named, str) else (*named, "", "")[:2]
        return {"text": text, "url": url}

    @property
    def is_check(self) -> bool:
        """A single tick box: its label stands behind it."""
        return isinstance(self.field.widget, CheckboxInput)

    @property
    def summary_target(self) -> str:
        """Where the error summary leads: the control, or the first of its options."""
        first = f"{self.auto_id}_0"
        return first if self.use_fieldset else self.id_for_label or self.auto_id

    def as_widget(
        self, widget: Widget | None = None, attrs: dict[str, Any] | None = None, only_initial: bool = False
    ) -> SafeString:
        """Django's, with plain choices drawn straight away."""
        used = widget or self.field.widget
        if type(used) is not Select or only_initial or self.field.localize:
            return super().as_widget(widget, attrs, only_initial)
        about = self.build_widget_attrs(attrs or {}, used)
        if self.auto_id and "id" not in used.attrs:
            about.setdefault("id", self.auto_id)
        return plain_select(used, self.html_name, self.value(), about, "Choose" if self.field.required else "Not said")

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Widget | None = None) -> dict[str, Any]:
        """Django's attributes and the class of the kind of widget."""
        attrs = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        if "class" not in attrs and "class" not in widget.attrs:
            attrs["class"] = self._widget_class(widget)
        return {name: value for name, value in attrs.items() if value != ""}

    @staticmethod
    def _widget_class(widget: Widget) -> str:
        if widget.is_hidden:
            return ""
        if isinstance(widget, Select):
            return "form-select"
        if isinstance(widget, CheckboxInput):
            return "form-check-input"
        return "" if isinstance(widget, ChoiceWidget) else "form-control"


class FormRenderer(TemplatesSetting):
    """Django's forms in Assay's clothes."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"
    bound_field_class = Field

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> Any:
        """Plain widgets straight away, everything else by its template."""
        return drawn(template_name, context) or super().render(template_name, context, request)

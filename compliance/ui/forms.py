"""How forms are drawn: one field template for every form (templates/ui/field.html)."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    """Django's forms in Assay's clothes."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"

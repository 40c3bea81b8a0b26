"""The filters of a list as a form that submits itself."""

from typing import TYPE_CHECKING

from django.forms import BoundField
from django.utils.safestring import SafeString, mark_safe

from compliance.ui.columns import text

if TYPE_CHECKING:
    from compliance.ui.register import Listing


def filter_form(listing: "Listing") -> SafeString:
    """Nothing when the list has no filters."""
    if listing.filters is None:
        return SafeString("")
    path, form = text(listing.request.path), listing.filters.form
    hidden = "".join(str(field) for field in form.hidden_fields() if field.value())
    fields = "\n".join(_field(field) for field in form.visible_fields())
    return mark_safe(  # noqa: S308
        f'<form id="filters" class="filters" method="get" action="{path}" data-autosubmit role="search" '
        f'aria-label="Filter {text(listing.plural)}"\n'
        f'hx-get="{path}" hx-target="#rows" hx-swap="outerHTML" hx-push-url="true" '
        'hx-trigger="submit, input delay:350ms" hx-sync="this:replace">\n'
        f'{hidden}{fields}\n<button class="btn" data-no-script>Filter</button>\n</form>'
    )


def _field(field: BoundField) -> str:
    label, errors = text(field.label), "".join(f"<li>{text(error)}</li>" for error in field.errors)
    if field.use_fieldset:
        drawn = f"<fieldset><legend>{label}</legend>{field}</fieldset>"
    else:
        drawn = f'<label for="{text(field.id_for_label)}">{label}</label>{field}'
    said = f'<ul class="error" id="{text(field.auto_id)}_error">{errors}</ul>' if errors else ""
    return f'<div class="field">\n{drawn}\n{said}</div>'

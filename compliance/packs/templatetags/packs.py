"""What section templates need: links between the records of a pack."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def cite(reference: str) -> SafeString:
    """A record's reference as a link to where the pack prints it (the element with that id); plain when it does not."""
    return format_html('<a class="ref" href="pack:{}">{}</a>', reference, reference) if reference else SafeString("")


@register.filter
def anchor(reference: str) -> SafeString:
    """A record's reference at the place where the pack prints it: what `cite` leads to."""
    return format_html('<span class="ref" id="{}">{}</span>', reference, reference)


@register.filter
def breakable(digest: str) -> SafeString:
    """A hash in groups of eight, so that it breaks in the same places everywhere."""
    return format_html('<span class="hash">{}</span>', " ".join(digest[at : at + 8] for at in range(0, len(digest), 8)))


@register.filter
def listed(text: str) -> list[str]:
    """Words of a template, apart: "Prepared,Reviewed"."""
    return text.split(",")

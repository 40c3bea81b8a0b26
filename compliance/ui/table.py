"""The table of a list, the menus above it and the pages below, drawn from a listing."""

from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString, mark_safe

from compliance.ui.columns import text
from compliance.ui.templatetags.ui import in_words

if TYPE_CHECKING:
    from compliance.ui.register import Listing

EXPORTS = (("xlsx", "Spreadsheet (XLSX)"), ("csv", "Plain table (CSV)"))
ALL_BOX = (
    '<th class="select" scope="col"><input type="checkbox" data-all aria-label="Select every row on this page"></th>'
)


def asking(listing: "Listing", **changes: Any) -> str:
    """The present query with changes; None takes a word out."""
    asked = listing.request.GET.copy()
    for name, value in changes.items():
        if value is None:
            asked.pop(name, None)
        else:
            asked[name] = str(value)
    return text(f"?{asked.urlencode()}")


def table(listing: "Listing") -> SafeString:
    """The rows of one page."""
    said = f"{text(in_words(listing.plural))}, page {listing.page.number} of {listing.page.paginator.num_pages}"
    boxes = ALL_BOX if listing.register.selectable else ""
    heads = "\n".join(_head(listing, head) for head in listing.heads)
    rows = "\n".join(f"<tr>{_box(listing, row)}{cells}</tr>" for row, _, cells in listing.rows())
    return mark_safe(  # noqa: S308
        f'<table class="table">\n<caption class="visually-hidden">{said}</caption>\n'
        f"<thead><tr>{boxes}\n{heads}\n</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"
    )


def _head(listing: "Listing", head: dict[str, Any]) -> str:
    column, label = head["column"], text(head["column"].label)
    if column.sort:
        url = asking(listing, sort=head["next"], page=None)
        label = f'<a id="sort-{text(column.key)}" href="{url}" hx-get="{url}">{label}</a>'
    now = f' aria-sort="{head["now"]}"' if head["now"] else ""
    return f'<th scope="col" class="{"number" if column.kind == "number" else ""}"{now}>{label}</th>'


def _box(listing: "Listing", row: Any) -> str:
    if not listing.register.selectable:
        return ""
    return (
        f'<td class="select"><input type="checkbox" name="selected" value="{text(row.pk)}" form="bulk" '
        f'aria-label="Select {text(str(row))}"></td>'
    )


def tools(listing: "Listing") -> SafeString:
    """Column choice and export."""
    path, shown = text(listing.request.path), set(listing.shown)
    kept = "".join(
        f'<input type="hidden" name="{text(name)}" value="{text(value)}">'
        for name, values in listing.request.GET.lists()
        if name not in {"columns", "page"}
        for value in values
    )
    boxes = "\n".join(
        f'<label><input type="checkbox" name="columns" value="{text(column.key)}"'
        f"{' checked' if column in shown else ''}{'' if n else ' disabled'}> {text(column.label)}</label>"
        for n, column in enumerate(listing.register.columns)
    )
    files = "\n".join(
        f'<li><a href="{asking(listing, format=kind, page=None)}">{label}</a></li>' for kind, label in EXPORTS
    )
    return mark_safe(  # noqa: S308
        '<div class="register-tools">\n<details class="menu columns-menu">\n<summary>Columns</summary>\n'
        f'<form class="menu-list" method="get" action="{path}">\n{kept}\n{boxes}\n'
        '<button class="btn btn-small">Show these</button>\n</form>\n</details>\n'
        f'<details class="menu">\n<summary>Export</summary>\n<ul class="menu-list">\n{files}\n</ul>\n</details>\n</div>'
    )


def pages(listing: "Listing") -> SafeString:
    """The way to the other pages; nothing when there is one."""
    page = listing.page
    if page.paginator.num_pages <= 1:
        return SafeString("")
    steps = [_page(listing, number) for number in listing.pages]
    if page.has_previous():
        steps.insert(0, _step(listing, page.previous_page_number(), "Previous", "prev"))
    if page.has_next():
        steps.append(_step(listing, page.next_page_number(), "Next", "next"))
    return mark_safe(  # noqa: S308
        f'<nav class="pages" aria-label="Pages">\n<span>{page.start_index()} to {page.end_index()} of {listing.total}'
        f"</span>\n<ul>\n{''.join(steps)}</ul>\n</nav>"
    )


def _page(listing: "Listing", number: int | str) -> str:
    if number == listing.page.number:
        return f'<li><span aria-current="page">{number}</span></li>\n'
    return _step(listing, number, str(number), "") if isinstance(number, int) else "<li><span>…</span></li>\n"


def _step(listing: "Listing", number: int, label: str, relation: str) -> str:
    url, rel = asking(listing, page=number), f' rel="{relation}"' if relation else ""
    return f'<li><a href="{url}" hx-get="{url}"{rel}>{label}</a></li>\n'

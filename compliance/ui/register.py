"""The one way to make a list page: columns, sort, filters, pages, column choice, export; all of it in the URL.

    RISKS = Register(key="risks", noun="risk", columns=(Column("reference", "Reference", kind="reference"), ...))

    @project_view("view", kind="risk")
    def register_list(request, project):
        return RISKS.respond(request, Risk.objects.in_project(project).select_related("owner"))

The queries are two (count and page) and those of the filters' own choices, whatever the number of rows; none when
nothing has changed since the same person saw the same list (`compliance.projects.drawn`).
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, TypeAlias

from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import Context
from django.template.loader import get_template
from django.utils.cache import patch_vary_headers
from django.utils.safestring import SafeString
from django_filters import FilterSet

from compliance.ui import table as drawing
from compliance.ui.columns import Column, cell
from compliance.ui.export import download
from compliance.ui.filter_form import filter_form
from compliance.ui.filters import Term, soften, terms

__all__ = ["Column", "Listing", "Register"]
PAGE_SIZE = 50


class Found(Protocol):
    """Rows that need no query to be written while nothing narrows them (`compliance.prepared.Rows`)."""

    @property
    def queryset(self) -> Any: ...

    @property
    def model(self) -> Any: ...

    def count(self) -> int: ...

    def page(self, order: Sequence[Any], key: str, start: int, stop: int) -> list[Any]: ...


Source: TypeAlias = QuerySet[Any] | Sequence[Any] | Found


@dataclass
class _Slices:
    """Found rows in an order, as Django's paginator takes them."""

    found: Found
    order: Sequence[Any]
    key: str
    size: int = 0  # of a first page that may be read together with the number of all

    def count(self) -> int:
        if self.size and (begin := getattr(self.found, "begin", None)):
            begin(self.order, self.key, self.size)
        return self.found.count()

    def __getitem__(self, wanted: slice) -> list[Any]:
        return self.found.page(self.order, self.key, wanted.start, wanted.stop)


@dataclass(frozen=True)
class Register:
    """A list page.

    `noun` is singular; `plural` stands when an s does not do. `order` is a column key, with - for descending.
    `kept` is False for a list that shows what no history tells of (jobs): each request draws it.
    """

    key: str
    noun: str
    columns: tuple[Column, ...]
    plural: str = ""
    title: str = ""
    order: str = ""
    filterset: type[FilterSet] | None = None
    empty_title: str = ""
    empty_text: str = ""
    selectable: bool = False
    page_size: int = PAGE_SIZE
    kept: bool = True

    def respond(
        self,
        request: HttpRequest,
        rows: Source | Callable[[], Source],
        *,
        url: Callable[[Any], str] | None = None,
        template: str = "ui/register.html",
        besides: Hashable = None,
        **context: Any,
    ) -> HttpResponse:
        """The page, its `#rows` for htmx, or the file `?format=` asks for.

        `rows` may be a function, which is asked only when the list is drawn. `url` gives a row's address (default: its
        get_absolute_url). `add_url` and `add_label` in the context put the first step into the empty page and the
        actions. `besides` is what the list shows that no history tells of: while it is the same, the list may be.
        """
        add = (context.get("add_url", ""), context.get("add_label", ""))
        view = Listing(self, request, rows, url, add, besides)
        if request.GET.get("format") in {"csv", "xlsx"}:
            return download(self.key, request.GET["format"], view.shown, view.ordered())  # type: ignore[return-value]
        partial = request.headers.get("HX-Target") == "rows"
        response = render(request, "ui/rows.html" if partial else template, {**context, "listing": view})
        patch_vary_headers(response, ["HX-Target"])
        return response

    def shows(self, request: HttpRequest, column: str) -> bool:
        """Whether the person has a column before them: what is dear to ask is asked only then."""
        return any(one.key == column for one in Listing(self, request, ()).shown)


@dataclass
class Listing:
    """One request's reading of a register; what the templates draw from."""

    register: Register
    request: HttpRequest
    rows_asked: Source | Callable[[], Source]
    url: Callable[[Any], str] | None = None
    add: tuple[str, str] = ("", "")
    besides: Hashable = None

    @cached_property
    def source(self) -> Source:
        """What the list is of."""
        return self.rows_asked() if callable(self.rows_asked) else self.rows_asked

    @cached_property
    def drawn(self) -> dict[str, SafeString]:
        """The filters and the rows, as they were drawn last when nothing they show has changed since."""
        keep = getattr(self.request, "keep", None) if self.register.kept else None
        if keep is None:
            return self._draw()
        shown = tuple(column.key for column in self.shown)
        asked = (self.register.key, self.request.get_full_path(), shown, self.add, self.besides)
        found: dict[str, SafeString] = keep.text(asked, self._draw)
        return found

    def _draw(self) -> dict[str, SafeString]:
        url, label = self.add
        values = {"listing": self, "request": self.request, "add_url": url, "add_label": label}
        rows: Any = get_template("ui/_rows.html")
        return {"filters": self.filter_form(), "rows": rows.template.render(Context(values))}

    @cached_property
    def filters(self) -> FilterSet | None:
        """The bound filters, or nothing when the register has none."""
        if self.register.filterset is None or isinstance(self.source, Sequence):
            return None
        rows = self.source if isinstance(self.source, QuerySet) else self.source.model._default_manager.all()
        bound = self.register.filterset(self.request.GET or None, queryset=rows, request=self.request)
        soften(bound.form)
        return bound

    @cached_property
    def terms(self) -> list[Term]:
        """What the filters say, one term each."""
        return terms(self.filters, self.request) if self.filters else []

    @cached_property
    def sort(self) -> str:
        """The key sorted by, with - for descending; an unknown one falls back to the register's order."""
        asked = self.request.GET.get("sort", "")
        sortable = {column.key for column in self.register.columns if column.sort}
        return asked if asked.removeprefix("-") in sortable else self.register.order

    @cached_property
    def shown(self) -> list[Column]:
        """The columns to show: from the URL, else as last chosen, else as declared. The first always stands."""
        slot = f"columns:{self.register.key}"
        session = getattr(self.request, "session", None)
        known = {column.key for column in self.register.columns}
        asked = [key for key in self.request.GET.getlist("columns") if key in known]
        if asked and session is not None and session.get(slot) != asked:
            session[slot] = asked
        kept = asked or (session.get(slot, []) if session is not None else [])
        chosen = set(kept) & known or {column.key for column in self.register.columns if column.shown}
        return [column for n, column in enumerate(self.register.columns) if n == 0 or column.key in chosen]

    def ordered(self) -> QuerySet[Any] | Sequence[Any]:
        """Every row the filters leave, in order; ties by primary key so that pages never overlap."""
        if isinstance(self.source, Sequence):
            return _sorted(self.source, self._column, self.sort.startswith("-"))
        found = self.source if isinstance(self.source, QuerySet) else self.source.queryset
        if self.filters:
            self.filters.queryset = found
            found = self.filters.qs
        return found.order_by(*self._order) if self._order else found if found.ordered else found.order_by("pk")

    @cached_property
    def _column(self) -> Column | None:
        return next((c for c in self.register.columns if c.key == self.sort.removeprefix("-")), None)

    @cached_property
    def _order(self) -> Sequence[Any]:
        """What the query is ordered by; nothing leaves its own order."""
        if self._column is None or not self._column.sort:
            return ()
        by = F(self._column.sort.replace(".", "__"))
        return (by.desc(nulls_last=True) if self.sort.startswith("-") else by.asc(nulls_last=True), "pk")

    @cached_property
    def page(self) -> Page[Any]:
        """The page asked for; a page that is no number is the first, one beyond the end the last."""
        rows: Any = self.source
        asked = self.request.GET.get("page", "1")[:9]
        if isinstance(rows, QuerySet | Sequence) or self.terms:
            rows = self.ordered()
        else:
            rows = _Slices(rows, self._order, f"by {self.sort}", self.register.page_size if asked == "1" else 0)
        return Paginator(rows, self.register.page_size).get_page(asked)

    @cached_property
    def pages(self) -> list[int | str]:
        """Page numbers to offer, with an ellipsis where some are left out."""
        return list(self.page.paginator.get_elided_page_range(self.page.number, on_each_side=2, on_ends=1))

    @property
    def total(self) -> int:
        """How many rows the filters leave."""
        return self.page.paginator.count

    @property
    def noun(self) -> str:
        """The register's noun in the number of its rows."""
        return self.register.noun if self.total == 1 else self.plural

    @property
    def plural(self) -> str:
        """The register's noun for many."""
        return self.register.plural or f"{self.register.noun}s"

    @cached_property
    def heads(self) -> list[dict[str, Any]]:
        """The column heads with the direction sorted now and the sort the next click asks for."""
        heads = []
        for column in self.shown:
            now = {column.key: "ascending", f"-{column.key}": "descending"}.get(self.sort, "")
            heads.append({"column": column, "now": now, "next": f"-{column.key}" if now == "ascending" else column.key})
        return heads

    def rows(self) -> Iterator[tuple[Any, str, str]]:
        """The page's rows: the object, its address, its cells as they are drawn."""
        drawn: dict[Any, list[Callable[[Any, str], str]]] = {}
        for row in self.page:
            kind: Any = type(row)
            if kind not in drawn:
                drawn[kind] = [cell(column, kind, n == 0) for n, column in enumerate(self.shown)]
            url = self.url(row) if self.url else getattr(row, "get_absolute_url", str)()
            yield row, url, "".join([draw(row, url) for draw in drawn[kind]])

    def filter_form(self) -> SafeString:
        """The filters as a form; nothing when there are none."""
        return filter_form(self)

    def table(self) -> SafeString:
        """The page's rows as a table."""
        return drawing.table(self)

    def tools(self) -> SafeString:
        """Column choice and export."""
        return drawing.tools(self)

    def page_links(self) -> SafeString:
        """The way to the other pages."""
        return drawing.pages(self)


def _sorted(rows: Sequence[Any], column: Column | None, down: bool) -> Sequence[Any]:
    if column is None:
        return rows
    filled = [row for row in rows if column.of(row) is not None]
    blank = [row for row in rows if column.of(row) is None]
    return [*sorted(filled, key=column.of, reverse=down), *blank]

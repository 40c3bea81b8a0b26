"""Django's plain widgets drawn without templates: the same text, at a tenth of the time (one template per option)."""

import html
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms import Select
from django.utils.html import conditional_escape, escape
from django.utils.safestring import SafeString, mark_safe

FEW = 50  # records a page offers to choose from
DASHES = BLANK_CHOICE_DASH[0][1]


def attributes(widget: dict[str, Any]) -> str:
    """The attributes of a widget; True stands alone, False is left out."""
    return "".join(
        f" {escape(name)}" if value is True else f' {escape(name)}="{conditional_escape(str(value))}"'
        for name, value in widget["attrs"].items()
        if value is not False
    )


def text_input(widget: dict[str, Any]) -> str:
    value = "" if widget["value"] is None else f' value="{_text(widget["value"])}"'
    return f'<input type="{widget["type"]}" name="{escape(widget["name"])}"{value}{attributes(widget)}>'


def option(widget: dict[str, Any]) -> str:
    label = "Choose" if widget["label"] == DASHES else conditional_escape(widget["label"])
    return f'<option value="{_text(widget["value"])}"{attributes(widget)}>{label}</option>'


def select(widget: dict[str, Any]) -> str:
    parts = [f'<select name="{escape(widget["name"])}"{attributes(widget)}>']
    for group, options, _ in widget["optgroups"]:
        inside = "\n".join(option(one) for one in options)
        parts.append(f'<optgroup label="{escape(group)}">\n{inside}\n</optgroup>' if group else inside)
    return "\n".join([*parts, "</select>"])


def plain_select(widget: Select, name: str, value: Any, attrs: dict[str, Any], blank: str = "Choose") -> SafeString:
    """A choice of one, straight from its choices: Django makes a dictionary of every option first.

    `blank` is said where Django draws dashes.
    """
    left = list(widget.format_value(value))
    inside = "\n".join(_options(widget.choices, left, blank))
    about = attributes({"attrs": widget.build_attrs(widget.attrs, attrs)})
    return mark_safe(f'<select name="{escape(name)}"{about}>\n{inside}\n</select>')  # noqa: S308


def _options(choices: Iterable[tuple[Any, Any]], left: list[str], blank: str) -> Iterator[str]:
    """Only the first option that fits is selected."""
    for value, label in choices:
        if isinstance(label, list | tuple):
            inside = "\n".join(_options(label, left, blank))
            yield f'<optgroup label="{escape(value)}">\n{inside}\n</optgroup>'
            continue
        written = _text("" if value is None else value)
        chosen = ("" if value is None else str(value)) in left
        if chosen:
            left.clear()
        said = blank if label == DASHES and not written else _text(label)
        yield f'<option value="{written}"{" selected" if chosen else ""}>{said}</option>'


class Pick(Select):
    """A choice of one among FEW records; where there are more, words with the first of them to choose from."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        given: Any = self.choices
        offered = [(str(key), label) for key, label in islice(given, FEW + 2)]
        about, said = attrs or {}, str(value or "")
        if len(offered) <= FEW + 1 and (not said or any(said == key for key, _ in offered)):
            return plain_select(Select(self.attrs, offered), name, value, about)
        return self._search(name, dict(offered[: FEW + 1]), said, self.build_attrs(self.attrs, about))

    def _search(self, name: str, offered: dict[str, Any], said: str, attrs: dict[str, Any]) -> SafeString:
        words = (offered.get(said) or self._label(said)) if said else ""
        attrs = {**attrs, "class": "form-control", "list": f"{attrs.get('id', name)}_names", "autocomplete": "off"}
        empty = offered.pop("", "any")
        empty = "Choose" if empty == DASHES else empty
        box = f'<input type="search" name="{escape(name)}" value="{_text(words)}" placeholder="{_text(empty)}"'
        names = "".join(f'<option value="{_text(label)}"></option>' for label in offered.values())
        return mark_safe(f'{box}{attributes({"attrs": attrs})}><datalist id="{attrs["list"]}">{names}</datalist>')  # noqa: S308

    def _label(self, said: str) -> str:
        """The name of the record with this key, else the words themselves."""
        field = getattr(self.choices, "field", None)
        if not field or not said:
            return said
        try:
            found = field.to_python(said)
        except ValidationError:
            return said
        return found if isinstance(found, str) else str(getattr(found, field.search))


def tick_boxes(widget: dict[str, Any]) -> str:
    """The boxes of a choice of several, or the dots of a choice of one."""
    attrs = widget["attrs"]
    about = "".join(f' {name}="{escape(attrs[name])}"' for name in ("id", "class") if attrs.get(name))
    parts = [f"<div{about}>"]
    for group, options, _ in widget["optgroups"]:
        inside = "".join(f"<div>\n{_labelled(one)}</div>" for one in options)
        parts.append(f"<div><label>{escape(group)}</label>{inside}</div>" if group else inside)
    return "\n".join([*parts, "</div>"])


def _labelled(widget: dict[str, Any]) -> str:
    if not widget.get("wrap_label"):
        return text_input(widget)
    named = f' for="{escape(widget["attrs"]["id"])}"' if widget["attrs"].get("id") else ""
    return f"<label{named}>{text_input(widget)} {conditional_escape(widget['label'])}</label>"


def _text(value: Any) -> str:
    if type(value) is str:
        return html.escape(value)
    return conditional_escape(value if isinstance(value, str) else str(value))


FOLDER = "django/forms/widgets/"
DRAWN: dict[str, Callable[[dict[str, Any]], str]] = {
    **{f"{FOLDER}{kind}.html": text_input for kind in ("text", "number", "email", "url", "hidden", "password", "date")},
    f"{FOLDER}input.html": text_input,
    f"{FOLDER}select.html": select,
    f"{FOLDER}checkbox_select.html": tick_boxes,
    f"{FOLDER}radio.html": tick_boxes,
}


def drawn(template_name: str, context: dict[str, Any]) -> SafeString | None:
    """The widget, or None where only its template knows how to draw it."""
    draw = DRAWN.get(template_name)
    return mark_safe(draw(context["widget"])) if draw else None  # noqa: S308

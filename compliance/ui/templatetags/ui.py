"""Template tags every page has without loading them. README.md beside this folder shows each in use."""

import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from compliance.ui import addresses, parts

register = template.Library()
WRITTEN = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d\.\d{6}Z)?", re.ASCII)

MONTHS = ("", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LEVELS = ("low", "medium", "high", "critical")
TONES = {
    "ok": (
        "accepted active adequate answered approved closed compliant conformity conforms current delivered done "
        "effective fulfilled implemented issued met mitigated passed present present_current published resolved "
        "reviewed operating satisfied sealed succeeded tested valid verified verified_closed fresh"
    ),
    "warn": (
        "awaiting awaiting_approval due escalated exception expiring in_progress in_review minor_nc offered open "
        "outdated partial partially partly partially_implemented passed_with_deviation pending planned present_overdue "
        "proposed requested review_due stale submitted suspended under_review waiting"
    ),
    "bad": (
        "blocked breached expired failed ineffective not_effective late major_nc missing not_implemented overdue "
        "overridden needs_remediation refused rejected revoked stuck"
    ),
}
TONE_OF = {word: tone for tone, words in TONES.items() for word in words.split()}


def in_words(value: Any) -> str:
    """A stored choice as a person reads it: `in_progress` is `In progress`."""
    text = str(value).replace("_", " ").strip()
    return text[:1].upper() + text[1:]


@register.simple_tag
def level(value: Any, label: Any = "") -> SafeString:
    """A level as word and square; an unset one reads "Not assessed"."""
    return _level(_key(value), label)


@lru_cache(maxsize=500, typed=True)
def _level(key: str, label: Any) -> SafeString:
    if not key:
        return format_html('<span class="level level-none">{}</span>', label or "Not assessed")
    return format_html(
        '<span class="level level-{}">{}</span>', key if key in LEVELS else "other", label or in_words(key)
    )


@register.simple_tag
def state(value: Any, label: Any = "", tone: str = "") -> SafeString:
    """A state as word and dot. The tone (ok, warn, bad) follows from the word unless given."""
    return _state(_key(value), label, tone)


@lru_cache(maxsize=500, typed=True)
def _state(key: str, label: Any, tone: str) -> SafeString:
    if not key and not label:
        return SafeString("")
    return format_html(
        '<span class="state state-{}">{}</span>', tone or TONE_OF.get(key, "plain"), label or in_words(key)
    )


def _key(value: Any) -> str:
    return str(getattr(value, "value", value) or "").lower()


@register.simple_tag
def reference(record: Any, url: str = "") -> SafeString:
    """A record's reference in the mono face, as a link when the record has an address."""
    text = getattr(record, "reference", record)
    if not url and hasattr(record, "get_absolute_url"):
        url = record.get_absolute_url()
    if not url:
        return format_html('<span class="reference">{}</span>', text)
    return format_html('<a class="reference" href="{}">{}</a>', url, text)


@register.simple_tag
def filled(name: str, *args: Any) -> str:
    """What `url` gives, for addresses of which a page has hundreds."""
    return addresses.filled(name, *args)


@register.simple_tag
def part(template_name: str, **values: Any) -> SafeString:
    """A template drawn from these values alone, once per process; `include` sees the whole page instead."""
    return parts.part(template_name, **values)


@register.simple_tag
def crumb(label: Any, url: str = "") -> SafeString:
    """One step of the breadcrumb; the last has no address."""
    if url:
        return format_html('<li><a href="{}">{}</a></li>', url, label)
    return format_html('<li aria-current="page">{}</li>', label)


@register.inclusion_tag("ui/_empty.html")
def empty_state(title: str, text: str = "", url: str = "", label: str = "") -> dict[str, str]:
    """What belongs here and the first step. (`empty` is the for tag's own word.)"""
    return {"title": title, "text": text, "url": url, "label": label}


@register.inclusion_tag("ui/_progress.html")
def progress(done: int, total: int, label: str = "Done") -> dict[str, Any]:
    """A bar with its numbers; nothing to do is full."""
    return {"done": done, "total": total, "label": label}


@register.inclusion_tag("ui/_diff.html")
def diff(changes: Iterable[tuple[str, Any, Any]]) -> dict[str, Any]:
    """Rows of (label, before, after) as a table of what changed."""
    return {"changes": changes}


@register.filter
def words(value: Any) -> str:
    """A stored choice as a person reads it."""
    return in_words(value) if value not in (None, "") else ""


@register.filter
def day(value: date | datetime | None) -> str:
    """22 Nov 2026; a moment's day is its day in UTC."""
    if isinstance(value, datetime) and value.tzinfo:
        value = value.astimezone(UTC)
    return f"{value.day} {MONTHS[value.month]} {value.year}" if isinstance(value, date) else str(value or "")


@register.filter
def moment(value: datetime | None) -> str:
    """22 Nov 2026, 14:10 UTC."""
    if not isinstance(value, datetime):
        return day(value)
    value = value.astimezone(UTC) if value.tzinfo else value
    return f"{day(value)}, {value:%H:%M} UTC"


@register.filter
def dated(value: Any) -> Any:
    """A day or moment as records are written down (`ledger.proof.canonical`), as a person reads it; else the value."""
    if isinstance(value, str) and WRITTEN.fullmatch(value):
        with suppress(ValueError):  # it only looks like one
            return moment(datetime.fromisoformat(value)) if "T" in value else day(date.fromisoformat(value))
    return value


@register.filter
def short_hash(value: Any, length: int = 12) -> str:
    """The first 12 hexadecimal digits of a digest given as text or bytes."""
    text = value.hex() if isinstance(value, bytes | memoryview) else str(value or "")
    return text[: int(length)]

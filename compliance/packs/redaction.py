"""What a reader outside does not see: names become roles, addresses and private notes are left out, all of it counted.

The same person has the same pseudonym everywhere in a pack ("Risk owner 2"), numbered in order of first appearance.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, is_dataclass, replace
from datetime import datetime
from ipaddress import ip_address
from typing import Any

from django.apps import apps
from django.db import models

from compliance.accounts.models import User
from compliance.ledger import as_of
from compliance.ledger.models import Entry
from compliance.packs.profiles import Profile
from compliance.packs.registry import Citation, Exhibit, Section
from compliance.packs.told import names_of
from compliance.projects.models import Membership
from compliance.projects.roles import ROLES, role_name

NAMES, MAIL, MACHINES = "names of people", "e-mail addresses", "addresses of machines"
FILES, VALUES = "files of evidence", "texts in the change history"
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
ADDRESS = re.compile(r"(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7})(?![\w.:]*\w)")
WORD = re.compile(r"\w+")
SHORTEST, MOST_WORDS = 4, 5
WITHHELD = "withheld"


@dataclass(frozen=True)
class Person:
    """Somebody a pack may speak of: every name they have had, every address, and the role they are known by.

    `whole` names are only meant when all of them stands there: "Privacy Desk", not every "privacy".
    """

    key: str
    names: frozenset[str]
    addresses: frozenset[str]
    role: str
    whole: bool = False


def people_at(streams: list[str], at: datetime) -> list[Person]:
    """Everybody who acted or held a role in these scopes up to a moment, with every name they had by then."""
    roles: dict[str, set[str]] = {}
    for held in as_of(Membership, at, stream=streams):
        roles.setdefault(str(held.user_id), set()).add(held.role)
    order = list(ROLES)
    return [
        Person(
            key,
            frozenset(name.strip() for name, _ in had if name.strip()),
            frozenset(email.lower() for _, email in had if email),
            role_name(min(roles[key], key=order.index)) if key in roles else "Person",
        )
        for key, had in names_of(_keys(streams, at), at).items()
    ]


def named_at(streams: list[str], at: datetime) -> list[Person]:
    """People without an account, by the names the records of these scopes ever held: trained, auditing, taking part."""
    found: dict[str, Person] = {}
    every: list[Any] = apps.get_models()
    for model in every:
        for column in sorted(getattr(model, "personal_fields", ())):
            if model is User or not isinstance(model._meta.get_field(column), models.CharField | models.TextField):
                continue
            rows = model.history.filter(entry_stream__in=streams, history_date__lte=at).exclude(**{column: ""})
            desk = column.endswith("contact")
            for text in rows.order_by().values_list(column, flat=True).distinct():
                for name in _names_in(text, least=2 if desk else 1):
                    found.setdefault(name, Person(f"name:{name}", frozenset({name}), frozenset(), "Person", whole=desk))
    return [found[name] for name in sorted(found)]


def _names_in(text: str, *, least: int) -> Iterator[str]:
    """What in a field for people looks like a name: a few words, the first and the last with a capital."""
    for part in re.split(r"[,;\n]", text):
        name = part.partition("(")[0].strip()
        words = name.split()
        short = least <= len(words) <= MOST_WORDS and not re.search(r"[\d@/]", name)
        if short and words[0][0].isupper() and words[-1][0].isupper():
            yield name


def _keys(streams: list[str], at: datetime) -> set[str]:
    held = Membership.history.filter(entry_stream__in=streams, history_date__lte=at)
    acted = Entry.objects.in_streams(*streams).filter(at__lte=at, actor__startswith="user:")
    actors = acted.order_by().values_list("actor", flat=True).distinct()
    return {str(key) for key in held.values_list("user_id", flat=True)} | {key.partition(":")[2] for key in actors}


@dataclass
class Redactor:
    """Applies a profile to everything a pack says, and counts what it left out."""

    profile: Profile
    people: list[Person]
    kept: frozenset[str] = frozenset()
    counted: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._files: set[str] = set()
        self._pseudonyms: dict[str, str] = {}
        self._numbers: Counter[str] = Counter()
        self._index()

    def learn(self, users: Iterable[User]) -> None:
        """Know people who came after the moment and stand on the pack all the same: who signed it, who issued it."""
        known = {person.key for person in self.people}
        self.people += [
            Person(key, frozenset({user.name.strip()}), frozenset({user.email.lower()}), "Person")
            for key, user in {str(user.pk): user for user in users}.items()
            if key not in known
        ]
        self._index()

    def _index(self) -> None:
        self._known: dict[str, Person] = {}
        for person in self.people:
            for name in person.names:
                for part in (name,) if person.whole else (name, *_parts_of(name)):
                    if part.casefold() not in self.kept:
                        self._known.setdefault(part, person)
        self._by_start: dict[str, list[str]] = {}
        for name in sorted(self._known, key=len, reverse=True):
            start = WORD.match(name)
            self._by_start.setdefault(start[0] if start else name, []).append(name)

    def count(self, reason: str, number: int = 1) -> None:
        """Note that something was left out."""
        if number:
            self.counted[reason] += number

    def count_files(self, hashes: set[str]) -> None:
        """Note files that stay at home, each once."""
        self.count(FILES, len(hashes - self._files))
        self._files |= hashes

    @property
    def redactions(self) -> list[dict[str, Any]]:
        """What was left out: reason and count."""
        return [{"reason": reason, "count": self.counted[reason]} for reason in sorted(self.counted)]

    def pseudonym(self, person: Person) -> str:
        """The name of a person in this pack: their role and a number."""
        if person.key not in self._pseudonyms:
            self._numbers[person.role] += 1
            self._pseudonyms[person.key] = f"{person.role} {self._numbers[person.role]}"
        return self._pseudonyms[person.key]

    def text(self, text: str) -> str:
        """A text as the reader sees it."""
        if self.profile.names or not text:
            return text
        text = EMAIL.sub(lambda found: self._left_out(MAIL, "(address withheld)"), text)
        text = ADDRESS.sub(self._address, text)
        said, upto = [], 0
        for start, name in self._found(text):
            said += [text[upto:start], self._left_out(NAMES, self.pseudonym(self._known[name]))]
            upto = start + len(name)
        return "".join([*said, text[upto:]])

    def change(self, change: dict[str, Any]) -> dict[str, Any]:
        """An entry of the change history; for a reader outside it says which fields changed, not to what."""
        if self.profile.open:
            return change
        fields = [{**one, "old": "", "new": WITHHELD} for one in change["fields"]]
        reason = WITHHELD if change["reason"] else ""
        return {**change, "actor": self.text(change["actor"]), "reason": reason, "fields": fields}

    def _found(self, text: str) -> Iterator[tuple[int, str]]:
        """Where which name stands; the longest of those that begin at a word."""
        upto = 0
        for word in WORD.finditer(text):
            start = word.start()
            for name in self._by_start.get(word[0], ()) if start >= upto else ():
                end = start + len(name)
                if text.startswith(name, start) and not text[end : end + 1].isalnum():
                    yield start, name
                    upto = end
                    break

    def _left_out(self, reason: str, instead: str) -> str:
        self.count(reason)
        return instead

    def _address(self, found: re.Match[str]) -> str:
        try:
            ip_address(found[0])
        except ValueError:
            return found[0]
        return self._left_out(MACHINES, "(address withheld)")

    def section(self, section: Section, context: Mapping[str, Any]) -> dict[str, Any]:
        """A section's context as the reader sees it."""
        if self.profile.names:
            return dict(context)
        return {key: self._value(item, key, section.private) for key, item in context.items()}

    def plain(self, value: Any, private: Mapping[str, str] | None = None) -> Any:
        """Any plain data as the reader sees it."""
        return value if self.profile.names else self._value(value, "", private or {})

    def _value(self, value: Any, key: str, private: Mapping[str, str]) -> Any:
        if key in private and value not in ("", None, [], {}):
            return self._left_out(private[key], WITHHELD)
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(str(name)): self._value(item, str(name), private) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._value(item, key, private) for item in value]
        if isinstance(value, Exhibit):
            return self._exhibit(value)
        if isinstance(value, Citation):
            return replace(value, title=self.text(value.title))
        if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{name: self._value(item, name, private) for name, item in vars(value).items()})
        return value

    def _exhibit(self, exhibit: Exhibit) -> Exhibit:
        return replace(
            exhibit,
            title=self.text(exhibit.title),
            file_name=self.text(exhibit.file_name),
            collected=self.text(exhibit.collected),
            verdict=self.text(exhibit.verdict),
        )

    def leaks(self, text: str) -> list[str]:
        """The names and addresses that stand in a text all the same."""
        found = {name for _, name in self._found(text)}
        addresses = {address for person in self.people for address in person.addresses}
        lower = text.lower()
        return sorted(found) + sorted(address for address in addresses if address in lower)


def _parts_of(name: str) -> list[str]:
    """First and family names that are long enough to mean somebody."""
    parts = name.split()
    return [part for part in parts if len(part) >= SHORTEST] if len(parts) > 1 else []

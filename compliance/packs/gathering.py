"""Asking every section and check for its part, and showing it to the reader the pack is for."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from itertools import chain
from typing import Any

from django.apps import apps
from django.db import models

from compliance.jobs.registry import JobFailed
from compliance.ledger import as_of, remembering
from compliance.ledger.proof.canonical import canonical
from compliance.packs.about import speaking_of
from compliance.packs.contents import Carried, Contents, Parts, plain_data, section_data
from compliance.packs.documents import DOCUMENTS_SLOT, documents
from compliance.packs.history import History, Rule, heed_erasures, history_of, withhold
from compliance.packs.outline import CHANGES_SLOT, absent, shown
from compliance.packs.preflight import QUESTIONS, Result, assess, judged, search_in
from compliance.packs.profiles import Profile, profile_of
from compliance.packs.redaction import VALUES, Redactor, named_at, people_at
from compliance.packs.registry import Exhibit, Finding, Level, Period, Section, Subject, subjects_of
from compliance.packs.since import since_last_issue
from compliance.packs.told import REASON, changes_in
from compliance.packs.types import PackType, pack_type
from compliance.projects.models import Organisation, Project

# Addresses of people who may never have come: proven to be there, shown to nobody.
NEVER_SHOWN = frozenset({"projects.invitation"})
SAID_PLAINLY = (models.BooleanField, models.IntegerField, models.DecimalField, models.DateField, models.UUIDField)
PLACEHOLDER = re.compile(
    r"\b(?:TODO|TBD|FIXME|XXX+|lorem ipsum|to be (?:done|defined|written))\b|\?\?\?", re.IGNORECASE
)
FEW = 5


@remembering()
def gather(
    *,
    scope: Organisation | Project,
    type: str,
    at: datetime,
    period: Period,
    profile: str,
    subject: str = "",
) -> Contents:
    """Ask every section and check for its part; raises JobFailed when there is nothing to ask at that moment."""
    heed_erasures()
    kind, reader = pack_type(type), profile_of(profile)
    then = as_of(scope.__class__, at, ids=[scope.pk]).first(*(["organisation"] if isinstance(scope, Project) else []))
    if then is None:
        raise JobFailed(f"{scope.name} did not exist at that moment: choose a later one.")
    about = _subject(kind, scope, at, subject)
    asked = ((section, _ask(section, scope, at, period, about)) for section in shown(kind, reader))
    parts: Parts = [(section, context) for section, context in asked if context is not None]
    for section, context in parts:
        section_data(section, context)  # refuses what has no canonical form, naming the section
    if DOCUMENTS_SLOT in kind.slots and not reader.sections:
        parts.append(documents(kind, parts))
    histories = _histories(scope, at)
    parts.append(since_last_issue(scope, at, kind, reader, subject, [item.history for item in histories]))
    redactor = Redactor(reader, _people(histories, at, reader), _kept(scope, at))
    parts = _in_order(kind, [(section, _shown(redactor, section, context)) for section, context in parts])
    parts = _in_order(kind, [*parts, *absent(kind, reader)])
    only = speaking_of(parts, histories[0].history) if kind.only else None
    printed = _printed(redactor, histories[0].history, about.within(period) if about else period, only)
    results = [_result(redactor, one) for one in assess(scope, at, period, type=type, profile=profile)]
    histories = [_withheld(redactor, item) for item in histories]
    contents = Contents(
        type=kind,
        scope=scope,
        then=then,
        organisation=then.organisation if isinstance(then, Project) else then,
        subject=about,
        at=at,
        period=period,
        profile=reader,
        parts=parts,
        results=results,
        histories=histories,
        printed=printed,
        only=only,
        redactor=redactor,
        redactions=redactor.redactions,
    )
    return replace(contents, results=_read_through(contents, kind))


def _ask(section: Section, scope: Any, at: datetime, period: Period, about: Subject | None) -> Any:
    """What a section has to say; the log of changes of the days that belong to what the pack is about."""
    told = about.within(period) if about and section.order // 10 == CHANGES_SLOT else period
    return section.ask(scope, at, told, about.reference if about else "")


def _subject(kind: PackType, scope: Any, at: datetime, reference: str) -> Subject | None:
    if not kind.subject:
        return None
    known = subjects_of(kind.subject, scope, at)
    for one in known:
        if one.reference == reference:
            return one
    there = ", ".join(one.reference for one in known[:20]) or "none"
    raise JobFailed(
        f"A pack of this kind is about a {kind.subject}: {reference or 'none was named'}. There are: {there}."
    )


def _histories(scope: Organisation | Project, at: datetime) -> list[Carried]:
    """The scope's own history first, then the organisation's, or those of the projects it had."""
    if isinstance(scope, Project):
        own, beside = history_of(scope.stream, at), history_of(scope.organisation.stream, at)
        return [
            Carried(own, "history/history.jsonl", "the project"),
            Carried(beside, "history/organisation.jsonl", "the organisation"),
        ]
    found = [Carried(history_of(scope.stream, at), "history/history.jsonl", "the organisation")]
    for project in Project.objects.in_organisation(scope).order_by("reference"):
        history = history_of(project.stream, at)
        if history.size:
            path = f"history/{project.reference.lower()}.jsonl"
            found.append(Carried(history, path, f"project {project.reference}"))
    return found


def _people(histories: list[Carried], at: datetime, reader: Profile) -> list[Any]:
    streams = [item.history.stream for item in histories]
    return [] if reader.names else [*people_at(streams, at), *named_at(streams, at)]


def _kept(scope: Organisation | Project, at: datetime) -> frozenset[str]:
    """Words that are names of things here, not of people."""
    owner = scope.organisation if isinstance(scope, Project) else scope
    rows = [*as_of(Organisation, at, ids=[owner.pk]), *Project.objects.in_organisation(owner)]
    return frozenset(word.casefold() for row in rows for word in row.name.split())


def _in_order(kind: PackType, parts: Any) -> Parts:
    place = {number: index for index, number in enumerate(kind.slots)}
    return sorted(parts, key=lambda part: (place.get(part[0].order // 10, len(place)), part[0].order))


def _shown(redactor: Redactor, section: Section, context: Mapping[str, Any]) -> Mapping[str, Any]:
    if not redactor.profile.exhibits and context.get("exhibits"):
        held = [replace(one, withheld=True) for one in context["exhibits"] if isinstance(one, Exhibit)]
        redactor.count_files({one.sha256 for one in held} - {""})
        context = {**context, "exhibits": held}
    return redactor.section(section, context)


def _printed(redactor: Redactor, history: History, period: Period, only: frozenset[int] | None) -> int:
    """How many entries are printed; for a reader outside, what is left out of them is counted and people numbered."""
    if not redactor.profile.open:
        for change in changes_in(history, period, only):
            redactor.change(change)
    return sum(len(piece.within(period, only)) for piece in history.pieces)


def _result(redactor: Redactor, result: Result) -> Result:
    return replace(result, findings=[replace(one, text=redactor.text(one.text)) for one in result.findings])


def _withheld(redactor: Redactor, item: Carried) -> Carried:
    history = withhold(item.history, _rule(redactor.profile))
    if not redactor.profile.open:
        redactor.count(VALUES, history.hidden)
    return replace(item, history=history)


def _rule(reader: Profile) -> Rule:
    """What the reader does not see, named by every field it hides: a new field makes a new rule."""
    columns = [
        (model._meta.label_lower, field.attname)
        for model in apps.get_models()
        if hasattr(model, "personal_fields")
        for field in model._meta.concrete_fields
    ]
    hidden = [[model, name] for model, name in columns if _is_hidden(reader, model, name)]
    key = sha256(canonical([reader.open, sorted(NEVER_SHOWN), hidden])).hexdigest()[:16]
    return Rule(key, lambda model, name: _is_hidden(reader, model, name))


def _is_hidden(reader: Profile, model: str, name: str) -> bool:
    """Closed histories prove every text and every personal field by its commitment, and show the rest."""
    if model in NEVER_SHOWN or name in apps.get_model(model).desk_fields:
        return True
    if reader.open:
        return False
    row = apps.get_model(model)
    if name == REASON or name in row.personal_fields:
        return True
    field = next((one for one in row._meta.concrete_fields if one.attname == name), None)
    if field is None or name == "reference":
        return field is None
    return not (field.is_relation or field.choices or isinstance(field, SAID_PLAINLY))


def _read_through(contents: Contents, kind: PackType) -> list[Result]:
    """The two checks that read what the pack says: placeholders, and people in a copy that names nobody."""
    read = {"PF24": _placeholders(contents)}
    if not contents.profile.names:
        read["PF25"] = _leaks(contents)
    return [
        judged(QUESTIONS[one.check], kind, read[one.check]) if one.check in read else one for one in contents.results
    ]


def _placeholders(contents: Contents) -> list[Finding]:
    found = []
    for section, context in contents.parts:
        data = plain_data({name: item for name, item in context.items() if name != "registers"})
        words = sorted({match[0] for match in PLACEHOLDER.finditer(canonical(data).decode())})
        if words:
            text = f"{section.title} holds placeholder text: {', '.join(words[:FEW])}."
            found.append(Finding("PF24", Level.WARN, text, search_in(contents.scope, words[0])))
    return found


def _leaks(contents: Contents) -> list[Finding]:
    texts = chain([contents.canonical.decode()], *(item.history.text() for item in contents.histories))
    found = {name for text in texts for name in contents.redactor.leaks(text)}
    if not found:
        return []
    text = f"{len(found)} name{'' if len(found) == 1 else 's'} or address{'' if len(found) == 1 else 'es'} stand in it."
    return [Finding("PF25", Level.BLOCK, text, search_in(contents.scope))]

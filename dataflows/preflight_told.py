"""What is published and contradicts what is done: notices, consent, store labels."""

from collections.abc import Iterator
from datetime import datetime

from compliance.packs.registry import Finding, Level, Period, check
from compliance.projects.models import Organisation, Project
from dataflows.models import Consent, Notice, StoreDeclaration
from dataflows.past_told import needs_at, told_at

Scope = Organisation | Project
FEW = 6


@check("PF20", level=Level.WARN)
def told_as_done(scope: Scope, at: datetime, period: Period) -> list[Finding]:
    """Notices and labels that are published say what approved flows do; what needs consent has it."""
    return [*_notices(scope, at), *_labels(scope, at), *_consents(scope, at)]


def _notices(scope: Scope, at: datetime) -> Iterator[Finding]:
    for one in told_at(scope, Notice, at):
        if lines := one.lines():
            version = one.published
            said = " ".join(str(line) for line in lines[:FEW])
            more = f" And {len(lines) - FEW} more." if len(lines) > FEW else ""
            yield Finding("PF20", Level.WARN, f"{version}: {said}{more}", one.about.get_absolute_url())


def _labels(scope: Scope, at: datetime) -> Iterator[Finding]:
    for one in told_at(scope, StoreDeclaration, at):
        found, wrong = one.differences()
        if wrong:
            yield Finding("PF20", Level.WARN, f"{one.published}: {wrong}", one.about.get_absolute_url())
        for each in found:
            if each.contradicts:
                yield Finding("PF20", Level.WARN, f"{one.published} {each}", one.about.get_absolute_url())


def _consents(scope: Scope, at: datetime) -> Iterator[Finding]:
    for need in needs_at(scope, at, told_at(scope, Consent, at)):
        if need.missing:
            text = f"{need.flow}: {need.why} {need.missing} {need.article}."
            yield Finding("PF20", Level.WARN, text, need.flow.get_absolute_url())

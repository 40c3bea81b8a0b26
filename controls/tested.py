"""Requests, tests and samples as they stood at a moment, as the plain facts packs print."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from compliance.ledger import as_of
from compliance.packs.registry import Exhibit, day
from compliance.projects.models import Organisation, Project
from controls.models import (
    ControlTest,
    ControlTestState,
    EvidenceRequest,
    EvidenceVersion,
    Sample,
    SampleItem,
    Verdict,
)
from controls.services.soa import streams_of

Scope = Organisation | Project


def facts_of_tests(scope: Scope, at: datetime, subject: str = "") -> list[dict[str, Any]]:
    """The tests of a scope, of one control when `subject` names it, with their samples."""
    streams = streams_of(scope)
    found = as_of(ControlTest, at, stream=streams).instances("implementation__control", "tester")
    samples = defaultdict(list)
    for sample in samples_at(scope, at):
        samples[sample["test"]].append(sample)
    return [
        _test(one, samples[one.pk])
        for one in sorted(found, key=lambda one: one.reference)
        if subject in ("", one.implementation.control.reference)
    ]


def samples_at(scope: Scope, at: datetime) -> list[dict[str, Any]]:
    """Every sample of a scope with what was found on its items; `test` is the key of its test, or None."""
    streams = streams_of(scope)
    items: dict[Any, list[SampleItem]] = defaultdict(list)
    for item in as_of(SampleItem, at, stream=streams).instances():
        items[item.sample_id].append(item)
    found = as_of(Sample, at, stream=streams).instances("population", "frozen_by", "drawn_by")
    return [_sample(one, sorted(items[one.pk], key=lambda item: item.position)) for one in _by_reference(found)]


def requests_at(scope: Scope, at: datetime, control: str = "") -> list[dict[str, Any]]:
    """The requests of a scope, or those about one control, with what was handed in for them."""
    streams = streams_of(scope)
    answers: dict[Any, set[str]] = defaultdict(set)
    for version in as_of(EvidenceVersion, at, stream=streams).filter(request__isnull=False).instances("evidence"):
        answers[version.request_id].add(version.evidence.reference)
    found = as_of(EvidenceRequest, at, stream=streams).instances(
        "assignee", "requested_by", "waived_by", "implementation__control"
    )
    return [
        {
            "reference": one.reference,
            "title": one.title,
            "about": one.implementation.reference if one.implementation else "",
            "asked_of": str(one.assignee),
            "asked_by": str(one.requested_by),
            "due": one.due_date,
            "recurrence": one.get_recurrence_display(),
            "state": one.state,
            "late": one.is_late(at.date()),
            "waived_by": str(one.waived_by) if one.waived_by else "",
            "why": one.closing_note,
            "answers": sorted(answers[one.pk]),
        }
        for one in _by_reference(found)
        if not control or (one.implementation and one.implementation.control.reference == control)
    ]


def populations(samples: list[dict[str, Any]]) -> list[Exhibit]:
    """The frozen lists, so that whoever holds the pack can draw again."""
    return [
        Exhibit(
            reference=one["reference"],
            title=f"Population: {one['source']}",
            sha256=one["sha256"],
            size=one["bytes"],
            content_type="text/plain",
            file_name=f"{one['reference']}-population.txt",
            collected=f"{day(one['frozen_at'].date())} by {one['frozen_by']}",
        )
        for one in samples
    ]


def lines_of(samples: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Every drawn item as one line of a register."""
    return [{"sample": one["reference"], **item} for one in samples for item in one["items"]]


def _by_reference(rows: Any) -> list[Any]:
    return sorted(rows, key=lambda one: str(one.reference))


def _test(one: ControlTest, samples: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "reference": one.reference,
        "implementation": one.implementation.reference,
        "control": one.implementation.control.reference,
        "title": one.implementation.control.title,
        "objective": one.objective,
        "method": one.method,
        "procedure": one.procedure,
        "criteria": one.criteria,
        "period_start": one.period_start,
        "period_end": one.period_end,
        "tester": str(one.tester),
        "planned": one.planned_date,
        "state": one.state,
        "late": one.state in {ControlTestState.PLANNED, ControlTestState.RUNNING},
        "result": one.result,
        "conclusion": one.conclusion,
        "concluded_at": one.concluded_at,
        "samples": [{name: value for name, value in row.items() if name != "test"} for row in samples],
    }


def _sample(one: Sample, items: list[SampleItem]) -> dict[str, Any]:
    return {
        "test": one.test_id,
        "reference": one.reference,
        "source": one.population_source,
        "count": one.population_count,
        "sha256": one.population_id,
        "bytes": one.population.size,
        "frozen_by": str(one.frozen_by),
        "frozen_at": one.frozen_at,
        "draw": one.get_draw_display() if one.draw else "",
        "stratum": one.stratum,
        "size": one.size or 0,
        "seed": one.seed,
        "algorithm": one.algorithm if one.seed else "",
        "drawn_by": str(one.drawn_by) if one.drawn_by else "",
        "drawn_at": one.drawn_at,
        "extrapolation": one.extrapolation,
        "exceptions": sum(item.verdict == Verdict.EXCEPTION for item in items),
        "items": [
            {"line": item.position, "item": item.text, "found": item.verdict, "note": item.note} for item in items
        ],
    }

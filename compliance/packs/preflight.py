"""The checks before a pack is issued: the whole list, who answers each, and what the answer means for a kind of pack.

Rooms register what they can answer (`@check("PF09")`). What nobody answers yet is told as not assessed, never passed.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.apps import apps
from django.urls import reverse
from django.utils.http import urlencode

from compliance.approvals.models import Approval
from compliance.ledger import as_of, remembering
from compliance.ledger.models import Leaf, LogLeaf
from compliance.ledger.proof.merkle import root
from compliance.packs import registry
from compliance.packs.profiles import Profile, profile_of
from compliance.packs.registry import Check, Finding, Level, Period, check
from compliance.packs.types import PACK_TYPES, PackType, pack_type
from compliance.projects.models import Organisation, Project

PRIVACY_KINDS = frozenset(kind.key for kind in PACK_TYPES.values() if kind.privacy)
PASSED, FAILED, LIMITED = "passed", "failed", "limited"
NOT_ASSESSED, NOT_APPLICABLE = "not_assessed", "not_applicable"


@dataclass(frozen=True)
class Question:
    """One of the checks every pack is held to: what is asked, how grave a finding is, what mends it.

    A question that `blocks_in` some kinds only is a warning in the others. `room` names who will answer it one day.
    """

    id: str
    title: str
    level: Level
    mend: str
    room: str = ""
    blocks_in: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Result:
    """What became of a question: passed, failed (holds back), limited (printed), not_assessed or not_applicable."""

    check: str
    title: str
    level: str
    result: str
    comment: str = ""
    findings: list[Finding] = field(default_factory=list)


# The places of the outline a question is about; a pack that holds none of them is not asked.
PLACES: dict[str, tuple[int, ...]] = {
    "PF01": (2,),
    "PF02": (6,),
    "PF03": (6,),
    "PF04": (6, 9),
    "PF05": (6, 9),
    "PF06": (6, 9),
    "PF07": (6, 7, 9, 12, 13),
    "PF08": (6, 9),
    "PF09": (7,),
    "PF10": (7, 8),
    "PF11": (7,),
    "PF12": (8,),
    "PF13": (20,),
    "PF14": (20,),
    "PF15": (20,),
    "PF16": (12,),
    "PF17": (13, 15),
    "PF18": (12, 13),
    "PF19": (14,),
    "PF20": (14,),
    "PF21": (16, 17),
    "PF22": (9,),
    "PF28": (9,),
    "PF29": (9,),
    "PF40": (18,),
    "PF41": (10,),
    "PF42": (10,),
}


def _ask(id: str, title: str, level: str, mend: str, room: str = "", privacy: bool = False) -> Question:
    return Question(id, title, Level(level), mend, room, PRIVACY_KINDS if privacy else frozenset())


QUESTIONS = {
    item.id: item
    for item in (
        _ask("PF01", "The scope is stated and holds what the pack is about", "block", "State the scope in settings."),
        _ask("PF02", "The statement of applicability is approved and unchanged", "block", "Have it approved again."),
        _ask("PF03", "Every row of it is justified and free of contradiction", "block", "Decide the rows named."),
        _ask("PF04", "What is called implemented is shown", "warn", "Add evidence, or say that it is in progress."),
        _ask("PF05", "Evidence is dated, sourced and of the period", "block", "Hand in a newer version."),
        _ask("PF06", "One file does not stand for several things", "warn", "Hand in what shows each of them."),
        _ask("PF07", "Nobody judged their own work", "block", "Have somebody else review it."),
        _ask("PF08", "Files are as they were received", "block", "Restore the file, or hand in a new version."),
        _ask("PF09", "Risks above appetite are treated or accepted", "block", "Plan an action or ask for acceptance."),
        _ask("PF10", "Acceptances are valid, by whom they must be", "block", "Ask for acceptance again."),
        _ask("PF11", "Scores have reasons and one method", "block", "Score the risk again."),
        _ask("PF12", "Treatment keeps its days, or says why not", "warn", "Finish the action, or plan a new day."),
        _ask("PF13", "Internal audits are recent and independent", "block", "Audit again.", "the audit room"),
        _ask("PF14", "The management review had all its inputs", "warn", "Add the input.", "the management review"),
        _ask(
            "PF15",
            "Nonconformities are closed with cause and effect",
            "block",
            "Record cause and effectiveness.",
            "the corrective-action room",
        ),
        _ask("PF16", "Records of processing have every letter", "warn", "Fill in the letters named."),
        _ask(
            "PF17",
            "Processors have contracts, transfers a mechanism",
            "block",
            "Record contract, mechanism or assessment.",
            privacy=True,
        ),
        _ask("PF18", "Processing has its legal basis", "block", "Record basis and condition.", privacy=True),
        _ask(
            "PF19",
            "Impact assessments are there where required",
            "block",
            "Carry out the assessment.",
            "the impact-assessment room",
            True,
        ),
        _ask(
            "PF20",
            "Notices and store labels agree with the flows",
            "warn",
            "Correct notice, label or flow.",
            "the room of notices, store declarations and drift",
        ),
        _ask(
            "PF21",
            "Breaches and requests kept their clocks",
            "warn",
            "Record the reasons.",
            "the room of incidents and data-subject requests",
        ),
        _ask(
            "PF22",
            "Tests name population and sample",
            "warn",
            "Record both with the test.",
            "the room of control tests",
        ),
        _ask("PF23", "The ledger is whole", "block", "Run manage.py verify_ledger and follow what it names."),
        _ask("PF24", "No placeholder text stands in the records", "warn", "Write what is meant."),
        _ask("PF25", "A shareable copy names nobody", "block", "Take the name out of the record it stands in."),
        _ask("PF28", "Evidence that was asked for came in time", "warn", "Answer the request, or waive it."),
        _ask("PF29", "No control works that failed its test", "warn", "Mend the control, then test it again."),
        _ask("PF40", "Grave vulnerabilities are mended in time", "block", "Mend it, or say why it stays."),
        _ask("PF41", "Threats that stay name their risk", "warn", "Link the risk somebody lives with."),
        _ask("PF42", "Threat models are looked at in time", "warn", "Look at the model again and have it approved."),
    )
}


@remembering()
def assess(
    scope: Any, at: datetime, period: Period, *, type: str = "project_app", profile: str = "internal"
) -> list[Result]:
    """Ask every question as of a moment; what holds back first among its kind stands in the findings of a result."""
    kind, reader = pack_type(type), profile_of(profile)
    known = {**QUESTIONS, **{item.id: _own(item) for item in registry.checks if item.id not in QUESTIONS}}
    asked: dict[str, list[Check]] = {}
    for item in registry.checks:
        asked.setdefault(item.id, []).append(item)
    return [
        _result(question, asked.get(question.id, []), (scope, at, period), kind, reader)
        for question in sorted(known.values(), key=lambda one: one.id)
    ]


def live_ids() -> set[str]:
    """The checks that look at the bytes and rows of today, so that their answer is no part of the content."""
    return {item.id for item in registry.checks if item.live}


def findings_of(results: Iterable[Result]) -> list[Finding]:
    """Every finding, those that hold the pack back first."""
    found = [finding for result in results for finding in result.findings]
    return sorted(found, key=lambda finding: (finding.level != Level.BLOCK, finding.check))


def judged(question: Question, kind: PackType, found: list[Finding]) -> Result:
    """The result of a question that was asked, graver or milder by the kind of pack."""
    level = Level.WARN if question.blocks_in and kind.key not in question.blocks_in else question.level
    said = [
        replace(
            finding,
            level=Level.WARN if level == Level.WARN else Level(finding.level),
            mend=finding.mend or question.mend,
        )
        for finding in found
    ]
    outcome = PASSED if not said else FAILED if any(one.level == Level.BLOCK for one in said) else LIMITED
    comment = f"{len(said)} finding{'' if len(said) == 1 else 's'}" if said else ""
    return Result(question.id, question.title, str(level), outcome, comment, said)


def _own(item: Check) -> Question:
    """A check outside the list, as rooms of an organisation's own may add."""
    return Question(item.id, (item.source.__doc__ or item.id).strip().partition("\n")[0].rstrip("."), item.level, "")


def _result(question: Question, asked: list[Check], of: tuple[Any, ...], kind: PackType, reader: Profile) -> Result:
    if question.id == "PF25":
        outcome, comment = (
            (NOT_APPLICABLE, "This copy names people on purpose")
            if reader.names
            else (NOT_ASSESSED, "Assessed while the pack is built")
        )
        return Result(question.id, question.title, str(question.level), outcome, comment)
    numbers = set(kind.slots) & (reader.sections or set(kind.slots))
    if question.id in PLACES and not numbers & set(PLACES[question.id]):
        comment = "Not asked of what this pack holds"
        return Result(question.id, question.title, str(question.level), NOT_APPLICABLE, comment)
    if not asked:
        comment = f"{question.room[:1].upper()}{question.room[1:]} is not part of Assay yet" if question.room else ""
        return Result(question.id, question.title, str(question.level), NOT_ASSESSED, comment or "Nobody answers it")
    found = [finding for item in asked for finding in item.source(*of)]
    return judged(question, kind, found)


@check("PF01", Level.BLOCK)
def scope_is_stated(scope: Organisation | Project, at: datetime, period: Period) -> list[Finding]:
    """The organisation has stated its scope (ISO/IEC 27001 4.3), and what the pack is about was inside it."""
    owner = scope.organisation if isinstance(scope, Project) else scope
    then = as_of(Organisation, at, ids=[owner.pk]).first() or owner
    found = []
    if not then.scope_statement.strip():
        url = reverse("projects:organisation", args=[owner.slug])
        text = "The scope of the management systems is not stated."
        found.append(Finding("PF01", Level.BLOCK, text, url, "Write the scope in the settings of the organisation."))
    if isinstance(scope, Project):
        project = as_of(Project, at, ids=[scope.pk]).first()
        if project is not None and project.state == Project.State.RETIRED:
            text = f"{project.name} is retired: it is outside the scope."
            found.append(Finding("PF01", Level.WARN, text, scope.get_absolute_url(), "Say so to the reader."))
    return found


@check("PF07", Level.BLOCK, part="approvals")
def nobody_approved_their_own(scope: Organisation | Project, at: datetime, period: Period) -> list[Finding]:
    """What was approved (statements, records of processing, flows) was approved by somebody who did not ask for it."""
    streams = [scope.stream, scope.organisation.stream] if isinstance(scope, Project) else [scope.stream]
    granted = as_of(Approval, at, stream=streams).filter(state=Approval.State.APPROVED)
    return [
        Finding(
            "PF07", Level.BLOCK, f"{row.subject_reference or row.subject_model} was approved by who asked for it.", url
        )
        for row in granted
        if row.decided_by_id == row.requested_by_id
        for url in [_page_of(row) or timeline_of(scope)]
    ]


def _page_of(approval: Approval) -> str:
    """Where the record stands that was approved; nothing when it is gone or has no page."""
    found = apps.get_model(approval.subject_model)._default_manager.filter(pk=approval.subject_id).first()
    return found.get_absolute_url() if found is not None and hasattr(found, "get_absolute_url") else ""


def timeline_of(scope: Organisation | Project) -> str:
    """Where the history of the scope is read."""
    return reverse(f"timeline:{'project' if isinstance(scope, Project) else 'organisation'}", args=[scope.slug])


def search_in(scope: Organisation | Project, words: str = "") -> str:
    """Where the records of the scope are searched for words."""
    url = reverse(f"projects:{'project' if isinstance(scope, Project) else 'organisation'}_search", args=[scope.slug])
    return f"{url}?{urlencode({'q': words})}" if words else url


@check("PF23", Level.BLOCK, live=True)
def ledger_is_whole(scope: Organisation | Project, at: datetime, period: Period) -> list[Finding]:
    """The leaves of the scope's histories are without gap and give the root that was sealed."""
    streams = [scope.stream, scope.organisation.stream] if isinstance(scope, Project) else [scope.stream]
    found, url = [], timeline_of(scope)
    for stream in streams:
        head = LogLeaf.objects.filter(kind="head", stream=stream).order_by("-index").first()
        if head is None:
            continue
        leaves = list(Leaf.objects.filter(stream=stream, seq__lt=head.size).order_by("seq").values_list("seq", "hash"))
        whole = [seq for seq, _ in leaves] == list(range(head.size))
        sealed = f'"root":"{root(bytes.fromhex(text) for _, text in leaves).hex()}"'
        if not whole or sealed not in head.body:
            found.append(Finding("PF23", Level.BLOCK, f"The sealed history of {stream} is broken or has a gap.", url))
    return found

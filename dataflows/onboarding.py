"""What a party still lacks for its next step, in words: pages show it, services refuse with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from compliance.ui.templatetags.ui import day
from dataflows import clauses, vocabulary
from dataflows.models import AssessmentState, ContractCheck, DataFlow, Engagement, Party, TransferAssessment

State = Party.State
WORKING = (State.APPROVED, State.ACTIVE, State.REVIEW_DUE)


@dataclass(frozen=True)
class Missing:
    """One thing that is missing; `blocks` when the step is refused without it."""

    text: str
    clause: str
    blocks: bool = True


def missing(party: Party, to: str, on: date) -> list[Missing]:
    """What stands in the way of a step on a day; the party has to be complete."""
    asked = {
        State.CONTRACT: _guarantees,
        State.APPROVED: _approval,
        State.ACTIVE: _use,
        State.OFFBOARDING: _leaving,
        State.ENDED: _end,
    }
    found = asked.get(State(to))
    return list(found(party, on)) if found else []


def approvable(party: Party) -> bool:
    """Whether the next step may be the approval."""
    return State.APPROVED in party.next_states


def _guarantees(party: Party, on: date) -> Iterator[Missing]:
    if not party.needs_contract:
        return
    if not party.due_diligence.strip():
        yield Missing("Write down what shows that it gives sufficient guarantees.", "GDPR Art. 28(1)")
    if party.tier is None:
        yield Missing("Give it a tier: how often it is reviewed follows from it.", "ISO/IEC 27001 A.5.19")


def _approval(party: Party, on: date) -> Iterator[Missing]:
    yield from _guarantees(party, on)
    yield from _contracted(party, on)
    if party.needs_contract:
        yield from _checklist(list(ContractCheck.objects.filter(party=party)))
    yield from _abroad(party, on)


def _contracted(party: Party, on: date) -> Iterator[Missing]:
    if party.needs_contract and not party.has_contract(on):
        text = f"{party} processes data for us and has no contract in force: enter the contract first."
        yield Missing(text, "GDPR Art. 28(3)")
    if party.needs_arrangement and not party.has_arrangement(on):
        yield Missing(f"{party} decides with us: enter the arrangement that says who does what.", "GDPR Art. 26(1)")
    if party.needs_arrangement and not any(one.essence for one in party.contract_list):
        yield Missing("Say where people can read the essence of the arrangement.", "GDPR Art. 26(2)", blocks=False)


def _checklist(checks: list[ContractCheck]) -> Iterator[Missing]:
    rows, answered = clauses.checklist(), {one.row: one for one in checks}
    open_rows = [row for code, row in rows.items() if code not in answered]
    if open_rows:
        number = len(open_rows)
        said = f"row {open_rows[0].number}" if number == 1 else f"{number} of {len(rows)} rows"
        yield Missing(f"The checklist of the contract is open: answer {said}.", "GDPR Art. 28(3)")
    for code, check in answered.items():
        row = rows.get(code)
        if row and row.must and check.answer == ContractCheck.Answer.NO:
            yield Missing(
                f"The contract does not settle row {row.number}, {row.title.lower()}.", f"GDPR Art. {row.article}"
            )
    weak = [rows[code].number for code, check in answered.items() if check.is_weak and code in rows]
    if weak:
        numbers = ", ".join(map(str, sorted(weak)))
        yield Missing(f"Only repeats the article in row {numbers}.", "EDPB 07/2020", blocks=False)


def _abroad(party: Party, on: date) -> Iterator[Missing]:
    made = TransferAssessment.objects.filter(organisation=party.organisation_id, state=AssessmentState.IN_FORCE)
    held = {(one.importer_id, one.country) for one in made if one.holds(on)}
    seat = party.country
    if not (_is_free(party, on) or (party.pk, seat) in held):
        where = vocabulary.country_name(seat)
        yield Missing(f"It sits in {where}: a transfer assessment of it has to be in force.", "GDPR Art. 44, 46")
    parent = party.parent_outside
    if parent and not any(importer == party.pk for importer, _ in held):
        text = f"Its parent company sits in {vocabulary.country_name(parent)}: assess whether that reaches the data."
        yield Missing(text, "EDPB 01/2020", blocks=False)
    for link in party.engages.all():
        yield from _sub(link, held, on)


def _sub(link: Engagement, held: set[tuple[Any, str]], on: date) -> Iterator[Missing]:
    sub = link.sub_processor
    known = {(sub.pk, sub.country), (link.processor_id, sub.country)} & held
    if link.runs(on) and not known and not _is_free(sub, on):
        where = vocabulary.country_name(sub.country)
        yield Missing(
            f"Its sub-processor {sub} sits in {where} and is not assessed.", "GDPR Art. 28(4), 46", blocks=False
        )


def _is_free(party: Party, on: date) -> bool:
    """Whether data may go to its seat without an assessment."""
    if party.in_eea:
        return True
    decision = vocabulary.adequate(party.country, on)
    return decision is not None and (not decision.certified or party.is_certified(on))


def _use(party: Party, on: date) -> Iterator[Missing]:
    yield from _contracted(party, on)
    if party.state == State.REVIEW_DUE and party.review_date and party.review_date <= on:
        text = f"Its review was due on {day(party.review_date)}: record it, and it is in use again."
        yield Missing(text, "ISO/IEC 27001 A.5.22")


def _leaving(party: Party, on: date) -> Iterator[Missing]:
    if not party.exit_plan.strip():
        yield Missing("There is no exit plan to follow.", "ISO/IEC 27001 A.5.23", blocks=False)


def _end(party: Party, on: date) -> Iterator[Missing]:
    if party.state != State.OFFBOARDING:
        return
    if not (party.exit_done and party.exit_date and party.exit_proof.strip()):
        text = "Say what became of the data, on which day that was confirmed, and what proves it."
        yield Missing(text, "GDPR Art. 28(3)(g)")
    flows = DataFlow.objects.present().reaching(party).order_by("reference").values_list("reference", flat=True)
    if flows:
        yield Missing(f"Data still flows to it: retire {', '.join(flows)} first.", "GDPR Art. 28(3)(g)")
